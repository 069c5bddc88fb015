/*
 * verdict: whatever doctl printed and however it ended, the verdict and the error agree, the
 * message can go to a terminal, and what stood on stdout (where passwords are) is not in it.
 */
#include "config.h"

#include "fuzz.h"

#include <string.h>

#include "base/bytes.h"
#include "doctl/verdict.h"

static bool inside(struct span span, const char *text, size_t length)
{
    return span.start >= text && span.start + span.length <= text + length &&
           !memchr(span.start, '\n', span.length);
}

static void check_api_error(const char *text, size_t length)
{
    struct api_error found;
    if (!verdict_api_error(text, length, &found))
        return;
    MUST(found.status >= 100 && found.status <= 599);
    MUST(inside(found.method, text, length) && found.method.length > 0);
    MUST(inside(found.url, text, length) && found.url.length > 7);
    MUST(inside(found.text, text, length));
    MUST(!found.request_id.start || inside(found.request_id, text, length));
}

static void check_verdict(const struct process_result *result, enum verdict verdict,
                          const struct error *error)
{
    if (verdict == VERDICT_ANSWERED) {
        MUST(error->kind == ERROR_NONE && !*error->text);
        MUST(result->exit_status == 0 && !result->ending_signal && !result->timed_out &&
             !result->too_much);
        return;
    }
    MUST(is_message(error));
    MUST(strncmp(error->text, "could not list the clusters: ", 29) == 0);
    switch (error->kind) {
    case ERROR_UNSUPPORTED:
        MUST(verdict == VERDICT_UNSUPPORTED);
        break;
    case ERROR_UNREADABLE:
        MUST(verdict == VERDICT_FAILED || (verdict == VERDICT_ODD && result->exit_status != 0));
        break;
    case ERROR_API:
        MUST(error->number >= 100 && error->number <= 599 && error->number != 401);
        MUST(verdict == VERDICT_FAILED);
        break;
    default:
        MUST(error->kind == ERROR_AUTH || error->kind == ERROR_NETWORK ||
             error->kind == ERROR_DEADLINE);
        MUST(verdict == VERDICT_FAILED);
    }
    MUST((error->kind == ERROR_DEADLINE) == result->timed_out);
}

/* What may be shown of stdout: an API error as JSON, or an error line that is all doctl printed. */
static bool is_error_alone(const struct process_result *result)
{
    const char *out = buffer_text(&result->out);
    return strstr(out, "{\"errors\"") ||
           (result->exit_status != 0 && !result->err.length && strncmp(out, "Error: ", 7) == 0 &&
            !memchr(out, '\n', result->out.length));
}

FUZZ(verdict)
{
    static const char password[] = "AVNS_zQ7#x~9";
    struct input input = {bytes, size};
    unsigned flags = take_byte(&input);
    size_t length;
    char *out = take_bytes(&input, '\0', &length);
    struct process_result result = {.exit_status = (flags & 1) ? (int)(flags >> 4) : 0,
                                    .timed_out = (flags & 0xe) == 2,
                                    .too_much = (flags & 0xe) == 4};
    if ((flags & 0xe) == 6) {
        result.ending_signal = 9;
        result.exit_status = -1;
    }
    buffer_add(&result.out, out, length);
    buffer_add_text(&result.out, password);
    free(out);
    char *err = take_bytes(&input, TAKE_ALL, &length);
    check_api_error(err, length);
    /* Words of stderr may be shown, and what is taken out of them may make others. */
    bool known = length && memchr(err, '~', length);
    buffer_add(&result.err, err, length);
    free(err);

    struct error error = ERROR_INIT;
    enum verdict verdict = verdict_of(&result, "list the clusters", &error);
    check_verdict(&result, verdict, &error);
    MUST(known || !strstr(error.text, password) || is_error_alone(&result));
    process_result_free(&result);
    return 0;
}
