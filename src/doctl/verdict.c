#include "config.h"

#include "doctl/verdict.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "base/pattern.h"
#include "base/quote.h"

/* Some commands put a sentence of their own in front ("Unable to delete Droplet 42: "). */
static struct pattern api_error_pattern =
    PATTERN("^Error: (?:[^\\n]*?: )?([A-Z]+) (https?://\\S+): ([1-5][0-9][0-9])\\b"
            "(?: \\(request \"([^\"\\n]*)\"\\))?[ ]?([^\\n]*)$");
static struct pattern json_error_pattern =
    PATTERN("\\A\\s*\\{\"errors\":\\[\\{\"detail\":\"((?:[^\"\\\\]|\\\\.)*+)\"");
static struct pattern unknown_pattern =
    PATTERN("^(?:Error: )?unknown (?:flag|shorthand flag|command)\\b");
static struct pattern help_pattern = PATTERN("^Usage:[ \\t]*\\r?$");
static struct pattern token_pattern =
    PATTERN("^Error: Unable to initialize DigitalOcean API client|access token is required");
static struct pattern network_pattern =
    PATTERN("^Error: (?:[^\\n]*?: )?(?:Get|Post|Put|Delete|Patch|Head|Options) \"?https?://|"
            "^Error: .*(?:dial tcp|read tcp|i/o timeout|no such host|connection re(?:fused|set)|"
            "context deadline exceeded|TLS handshake|unexpected EOF|\\bEOF$)");
/* These have the form of a network error, and never heal. */
static struct pattern bad_token_pattern =
    PATTERN("^Error: .*invalid header field value for \"Authorization\"");
static struct pattern certificate_pattern = PATTERN("^Error: .*\\bx509: ");
/* Complaints of doctl itself: neither an unknown command nor from the API. */
static struct pattern missing_pattern =
    PATTERN("^Error: \\([a-z0-9.-]+\\) command is missing required arguments");
static struct pattern column_pattern = PATTERN("^Error: unknown column \"");
static struct pattern error_line_pattern = PATTERN("^Error: (\\S[^\\n]*)");
static struct pattern line_pattern = PATTERN("^(?!Notice: |Warning: )(\\S[^\\n]*)");
/* All that doctl prints, and where, if it cannot begin. */
static struct pattern only_line_pattern = PATTERN("\\AError: [^\\n]*\\n?\\z");

bool verdict_api_error(const char *text, size_t length, struct api_error *found)
{
    struct span groups[PATTERN_GROUPS];
    if (!pattern_match(&api_error_pattern, text, length, 0, groups))
        return false;
    const char *digits = groups[3].start;
    found->status = (digits[0] - '0') * 100 + (digits[1] - '0') * 10 + (digits[2] - '0');
    found->method = groups[1];
    found->url = groups[2];
    found->request_id = groups[4];
    found->text = groups[5];
    return true;
}

/* Takes the first error out of {"errors":[{"detail":"…"}]} as a line of stderr would have it. */
static bool from_json(const struct buffer *out, struct buffer *line)
{
    struct span groups[PATTERN_GROUPS];
    if (!out->length || !pattern_match(&json_error_pattern, out->data, out->length, 0, groups))
        return false;
    buffer_add_text(line, "Error: ");
    for (size_t i = 0; i < groups[1].length; i++) {
        if (groups[1].start[i] == '\\' && i + 1 < groups[1].length)
            i++;
        buffer_add(line, groups[1].start + i, 1);
    }
    return true;
}

static void describe_api_error(const struct api_error *found, const char *doing,
                               struct error *error)
{
    char *text = quote_for_message(found->text.start, found->text.length);
    char *request = quote_for_message(found->request_id.start ? found->request_id.start : "",
                                      found->request_id.length);
    error_set(error, found->status == 401 ? ERROR_AUTH : ERROR_API, found->status,
              "could not %s: DigitalOcean answered %d%s%s%s%s%s", doing, found->status,
              *text ? ", " : "", text, *request ? " (request " : "", request, *request ? ")" : "");
    free(request);
    free(text);
    switch (found->status) {
    case 401:
        error_advise(error, "check the token: run 'doctl auth init', or set DO_API_TOKEN");
        break;
    case 404:
        error_advise(error, "check the ID and the account");
        break;
    case 409:
    case 422:
        error_advise(error, "change the setting that it names, then run again");
        break;
    case 412:
        error_advise(error, "it is busy, with maintenance or another change: run again when that "
                            "is over");
        break;
    case 429:
        error_advise(error, "too many requests: wait a few minutes and run again");
        break;
    default:
        if (found->status >= 500)
            error_advise(error, "DigitalOcean has a problem: run again later");
        break;
    }
}

static bool matches(struct pattern *pattern, const struct buffer *stream)
{
    return stream->length && pattern_match(pattern, stream->data, stream->length, 0, NULL);
}

/*
 * The first error on stderr, else its first line that is neither notice nor warning, for messages.
 * Of stdout, which may hold a password, only what is nothing but an error.
 */
static char *first_complaint(const struct buffer *err)
{
    struct span groups[PATTERN_GROUPS];
    if (!err->length || (!pattern_match(&error_line_pattern, err->data, err->length, 0, groups) &&
                         !pattern_match(&line_pattern, err->data, err->length, 0, groups)))
        return mem_copy("");
    return quote_for_message(groups[1].start, groups[1].length);
}

static enum verdict fail(struct error *error, enum verdict verdict, enum error_kind kind,
                         const char *doing, const char *reason, const struct buffer *err)
{
    char *complaint = first_complaint(err);
    error_set(error, kind, 0, "could not %s: %s%s%s", doing, reason, *complaint ? ": " : "",
              complaint);
    free(complaint);
    return verdict;
}

bool verdict_misses_arguments(const struct process_result *result)
{
    return matches(&missing_pattern, &result->err);
}

/* It was ended by this program. */
static bool was_stopped(const struct process_result *result, const char *doing, struct error *error)
{
    if (result->timed_out)
        error_set(
            error, ERROR_DEADLINE, 0,
            "could not %s: doctl gave no answer in time; check the network, or raise --timeout",
            doing);
    else if (result->too_much)
        error_set(error, ERROR_UNREADABLE, 0, "could not %s: doctl printed without end", doing);
    return result->timed_out || result->too_much;
}

/* Whether the API refused; an error in JSON on stdout is put into `line`. */
static bool was_refused(const struct process_result *result, struct buffer *line, const char *doing,
                        struct error *error)
{
    struct api_error found;
    const struct buffer *err = &result->err;
    bool refused = err->length && verdict_api_error(err->data, err->length, &found);
    if (!refused && from_json(&result->out, line))
        refused = verdict_api_error(line->data, line->length, &found);
    if (refused)
        describe_api_error(&found, doing, error);
    return refused;
}

/* A complaint that released doctls are known for is a failure; any other may be a hand-made doctl's. */
static enum verdict judge_status(const struct process_result *result,
                                 const struct buffer *complaints, const char *doing,
                                 struct error *error)
{
    if (result->exit_status == 0)
        return VERDICT_ANSWERED;
    bool is_own = matches(&missing_pattern, &result->err) || matches(&column_pattern, &result->err);
    char *reason = mem_format("doctl failed with exit status %d", result->exit_status);
    enum verdict verdict = is_own ? VERDICT_FAILED : VERDICT_ODD;
    fail(error, verdict, ERROR_UNREADABLE, doing, reason, complaints);
    free(reason);
    return verdict;
}

/* What a run says that was neither stopped nor refused by the API. */
static enum verdict judge_complaints(const struct process_result *result,
                                     const struct buffer *complaints, const char *doing,
                                     struct error *error)
{
    if (result->ending_signal) {
        error_set(error, ERROR_UNREADABLE, 0, "could not %s: doctl was ended by signal %d (%s)",
                  doing, result->ending_signal, strsignal(result->ending_signal));
        return VERDICT_FAILED;
    }
    if (matches(&unknown_pattern, complaints) || matches(&unknown_pattern, &result->out))
        return fail(error, VERDICT_UNSUPPORTED, ERROR_UNSUPPORTED, doing,
                    "this doctl does not know the call", complaints);
    bool bad_token = matches(&bad_token_pattern, complaints);
    if (bad_token || matches(&token_pattern, complaints)) {
        error_set(error, ERROR_AUTH, 0,
                  "could not %s: doctl %s; run 'doctl auth init', or set DO_API_TOKEN", doing,
                  bad_token ? "cannot send its access token, which has a byte that no token has"
                            : "has no access token");
        return VERDICT_FAILED;
    }
    if (matches(&certificate_pattern, complaints)) {
        fail(error, VERDICT_FAILED, ERROR_UNREADABLE, doing,
             "doctl does not trust the server's certificate", complaints);
        error_advise(error, "install the package ca-certificates, or look at the proxy");
        return VERDICT_FAILED;
    }
    if (matches(&network_pattern, complaints)) {
        fail(error, VERDICT_FAILED, ERROR_NETWORK, doing, "no answer from DigitalOcean",
             complaints);
        error_advise(error, "check the network and run again");
        return VERDICT_FAILED;
    }
    if (matches(&help_pattern, &result->out) || matches(&help_pattern, &result->err)) {
        error_set(error, ERROR_UNSUPPORTED, 0,
                  "could not %s: this doctl does not know the call and printed a help page", doing);
        return VERDICT_UNSUPPORTED;
    }
    return judge_status(result, complaints, doing, error);
}

enum verdict verdict_of(const struct process_result *result, const char *doing, struct error *error)
{
    if (was_stopped(result, doing, error))
        return VERDICT_FAILED;
    struct buffer line = BUFFER_INIT;
    enum verdict verdict = VERDICT_FAILED;
    if (result->exit_status != 0 && !result->err.length &&
        matches(&only_line_pattern, &result->out))
        buffer_add(&line, result->out.data, result->out.length);
    if (!was_refused(result, &line, doing, error))
        verdict = judge_complaints(result, line.length ? &line : &result->err, doing, error);
    buffer_free(&line);
    return verdict;
}
