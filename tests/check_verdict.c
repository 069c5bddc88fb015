#include "config.h"

#include "doctl/verdict.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "questions.h"
#include "recorded.h"
#include "testcases.h"
#include "unit.h"

static struct error error;

static enum verdict judge(const char *out, const char *err, int status)
{
    struct process_result result = {.exit_status = status};
    buffer_add_text(&result.out, out);
    buffer_add_text(&result.err, err);
    error = (struct error)ERROR_INIT;
    enum verdict verdict = verdict_of(&result, "make tea", &error);
    process_result_free(&result);
    return verdict;
}

#define URL     "https://api.digitalocean.com/v2/databases"
#define REQUEST "(request \"5b3f1a52-0000-4000-8000-000000000000\")"
#define HELP    "Manage databases.\n\nUsage:\n  doctl databases [command]\n\nFlags:\n  -h, --help\n"

static const struct {
    const char *out, *err;
    int status;
    enum verdict verdict;
    enum error_kind kind;
    int number;
    const char *part, *other; /* of the message */
} answers[] = {
    /* Success, whatever stands on stderr beside it. */
    {"x\n", "", 0, VERDICT_ANSWERED, ERROR_NONE, 0, "", ""},
    {"", "", 0, VERDICT_ANSWERED, ERROR_NONE, 0, "", ""},
    {"x\n", "Notice: Database created\n", 0, VERDICT_ANSWERED, ERROR_NONE, 0, "", ""},
    {"x\n", "Warning: old\n", 0, VERDICT_ANSWERED, ERROR_NONE, 0, "", ""},
    /* A name may read like a complaint. */
    {"my unknown flag    1\nUsage    2\n", "", 0, VERDICT_ANSWERED, ERROR_NONE, 0, "", ""},

    /* The API's refusals. */
    {"", "Error: GET " URL ": 404 " REQUEST " cluster not found\n", 1, VERDICT_FAILED, ERROR_API,
     404, "DigitalOcean answered 404, cluster not found", "5b3f1a52-0000-4000-8000-000000000000"},
    {"", "Error: POST " URL ": 409 " REQUEST " name is not available\n", 1, VERDICT_FAILED,
     ERROR_API, 409, "name is not available", "could not make tea"},
    {"", "Error: POST " URL ": 422 invalid size\n", 1, VERDICT_FAILED, ERROR_API, 422,
     "422, invalid size", ""},
    {"", "Error: PUT " URL ": 429 " REQUEST " slow down\n", 1, VERDICT_FAILED, ERROR_API, 429,
     "wait", ""},
    {"", "Error: Unable to delete Droplet 42: DELETE " URL ": 404 " REQUEST " gone\n", 1,
     VERDICT_FAILED, ERROR_API, 404, "gone", ""},
    {"", "Notice: a newer version\nError: entering: Get \"" URL "\": dial tcp: refused\n", 1,
     VERDICT_FAILED, ERROR_NETWORK, 0, "refused", ""},
    {"", "Error: GET " URL ": 500 " REQUEST " oops; giving up after 5 attempt(s)\n", 1,
     VERDICT_FAILED, ERROR_API, 500, "oops; giving up after 5 attempt(s)", ""},
    {"", "Error: GET " URL ": 403 " REQUEST " forbidden\n", 1, VERDICT_FAILED, ERROR_API, 403,
     "forbidden", ""},
    {"", "Error: POST " URL ": 412 " REQUEST " cluster is undergoing maintenance\n", 1,
     VERDICT_FAILED, ERROR_API, 412, "undergoing maintenance", "run again when that is over"},
    {"", "Error: GET " URL ": 401 " REQUEST " Unable to authenticate you\n", 1, VERDICT_FAILED,
     ERROR_AUTH, 401, "Unable to authenticate you", "doctl auth init"},
    {"", "Error: GET http://127.0.0.1:9/v2: 503 down\r\n", 1, VERDICT_FAILED, ERROR_API, 503, "",
     ""},
    {"", "Notice: hello\nError: DELETE " URL ": 404 " REQUEST " gone\n", 1, VERDICT_FAILED,
     ERROR_API, 404, "gone", ""},
    /* Even where doctl calls it a success, and where stdout holds something. */
    {"", "Error: GET " URL ": 404 " REQUEST " cluster not found\n", 0, VERDICT_FAILED, ERROR_API,
     404, "cluster not found", ""},
    {"some    table\n", "Error: GET " URL ": 500 boom\n", 0, VERDICT_FAILED, ERROR_API, 500, "boom",
     ""},
    /* An API's text that speaks of flags or a help page is the API's all the same. */
    {"", "Error: POST " URL ": 422 unknown flag: --format\n", 1, VERDICT_FAILED, ERROR_API, 422,
     "unknown flag", ""},
    {HELP, "Error: POST " URL ": 422 no\n", 1, VERDICT_FAILED, ERROR_API, 422, "no", ""},
    {"", "Error: POST " URL ": 422 access token is required\n", 1, VERDICT_FAILED, ERROR_API, 422,
     "", ""},

    /* The same as JSON on stdout. */
    {"{\"errors\":[{\"detail\":\"GET " URL ": 404 (request \\\"abc-1\\\") cluster not found\"}]}",
     "", 1, VERDICT_FAILED, ERROR_API, 404, "cluster not found", "abc-1"},
    {"\n{\"errors\":[{\"detail\":\"POST " URL ": 401 who?\"},{\"detail\":\"x\"}]}\n", "", 1,
     VERDICT_FAILED, ERROR_AUTH, 401, "who?", ""},
    {"{\"errors\":[{\"detail\":\"unknown flag: --format\"}]}", "", 255, VERDICT_UNSUPPORTED,
     ERROR_UNSUPPORTED, 0, "unknown flag", ""},
    {"{\"errors\":[{\"detail\":\"Unable to initialize DigitalOcean API client: access token is "
     "required.\"}]}",
     "", 1, VERDICT_FAILED, ERROR_AUTH, 0, "token", ""},
    {"{\"errors\":[{\"detail\":\"Get \\\"" URL "\\\": dial tcp: no such host\"}]}", "", 1,
     VERDICT_FAILED, ERROR_NETWORK, 0, "no such host", ""},

    /* doctl does not know the words, at whatever exit status. */
    {"unknown flag: --format\n", "Error: unknown flag: --format\n" HELP, 255, VERDICT_UNSUPPORTED,
     ERROR_UNSUPPORTED, 0, "unknown flag: --format", "make tea"},
    {"", "Error: unknown flag: --private\n", 1, VERDICT_UNSUPPORTED, ERROR_UNSUPPORTED, 0,
     "--private", ""},
    {"", "unknown flag: --private\n", 0, VERDICT_UNSUPPORTED, ERROR_UNSUPPORTED, 0, "", ""},
    {"unknown flag: --x\n", "", 2, VERDICT_UNSUPPORTED, ERROR_UNSUPPORTED, 0, "", ""},
    {"", "Error: unknown shorthand flag: 'x' in -x\n", 255, VERDICT_UNSUPPORTED, ERROR_UNSUPPORTED,
     0, "shorthand", ""},
    {"", "Error: unknown command \"nosuch\" for \"doctl\"\n", 255, VERDICT_UNSUPPORTED,
     ERROR_UNSUPPORTED, 0, "nosuch", ""},
    {HELP, "", 0, VERDICT_UNSUPPORTED, ERROR_UNSUPPORTED, 0, "help page", ""},
    {"", HELP, 1, VERDICT_UNSUPPORTED, ERROR_UNSUPPORTED, 0, "help page", ""},
    {"Manage databases.\r\n\r\nUsage:\r\n  doctl\r\n", "", 0, VERDICT_UNSUPPORTED,
     ERROR_UNSUPPORTED, 0, "", ""},

    /* Not sent, or not known to be sent, but not because of the words. */
    {"",
     "Error: Unable to initialize DigitalOcean API client: access token is required. (hint: run "
     "'doctl auth init')\n",
     1, VERDICT_FAILED, ERROR_AUTH, 0, "doctl auth init", "DO_API_TOKEN"},
    {"", "Error: access token is required\n", 0, VERDICT_FAILED, ERROR_AUTH, 0, "token", ""},
    {"", "Error: Get \"" URL "\": dial tcp 1.2.3.4:443: connect: connection refused\n", 1,
     VERDICT_FAILED, ERROR_NETWORK, 0, "connection refused", "check the network"},
    {"", "Error: Post \"" URL "\": context deadline exceeded\n", 1, VERDICT_FAILED, ERROR_NETWORK,
     0, "deadline exceeded", ""},
    {"", "Error: Put \"" URL "\": net/http: TLS handshake timeout\n", 1, VERDICT_FAILED,
     ERROR_NETWORK, 0, "TLS", ""},
    {"", "Error: Get \"" URL "\": x509: certificate signed by unknown authority\n", 1,
     VERDICT_FAILED, ERROR_UNREADABLE, 0, "x509", ""},
    {"", "Error: Get \"" URL "\": net/http: invalid header field value for \"Authorization\"\n", 1,
     VERDICT_FAILED, ERROR_AUTH, 0, "a byte that no token has", ""},
    {"", "Error: EOF\n", 1, VERDICT_FAILED, ERROR_NETWORK, 0, "EOF", ""},
    {"", "Error: unexpected EOF\n", 1, VERDICT_FAILED, ERROR_NETWORK, 0, "EOF", ""},
    {"", "Error: noEOF\n", 1, VERDICT_ODD, ERROR_UNREADABLE, 0, "noEOF", ""},
    {"", "Error: Get \"" URL "\": EOF\n", 1, VERDICT_FAILED, ERROR_NETWORK, 0, "EOF", ""},
    {"", "Error: dial tcp: lookup api.digitalocean.com: no such host\n", 1, VERDICT_FAILED,
     ERROR_NETWORK, 0, "no such host", ""},
    {"", "Error: unknown column \"Bogus\"\n", 1, VERDICT_FAILED, ERROR_UNREADABLE, 0, "Bogus", ""},
    {"", "Error: (pool.get) command is missing required arguments\n", 1, VERDICT_FAILED,
     ERROR_UNREADABLE, 0, "missing required arguments", ""},

    /* A failure in nobody's words. */
    {"", "mock doctl: unhandled: databases list\n", 1, VERDICT_ODD, ERROR_UNREADABLE, 0,
     "exit status 1: mock doctl: unhandled", "make tea"},
    {"", "", 1, VERDICT_ODD, ERROR_UNREADABLE, 0, "exit status 1", ""},
    {"x\n", "", 127, VERDICT_ODD, ERROR_UNREADABLE, 0, "exit status 127", ""},
    {"", "Error: GET something: 404\n", 3, VERDICT_ODD, ERROR_UNREADABLE, 0, "exit status 3", ""},
    {"", "panic: runtime error\n\ngoroutine 1:\n", 2, VERDICT_ODD, ERROR_UNREADABLE, 0,
     "panic: runtime error", ""},
    {"", "Notice: a newer version\nWarning: old\npanic: nil\n\ngoroutine 1:\n", 2, VERDICT_ODD,
     ERROR_UNREADABLE, 0, "exit status 2: panic: nil", ""},
    /* What doctl says before it begins. What else stands on stdout is never shown. */
    {"Error: neither $XDG_CONFIG_HOME nor $HOME are defined\n", "", 1, VERDICT_ODD,
     ERROR_UNREADABLE, 0, "neither $XDG_CONFIG_HOME nor $HOME are defined", ""},
    {"Error: access token is required\n", "", 1, VERDICT_FAILED, ERROR_AUTH, 0, "", ""},
    {"Error: x\nAVNS_secret\n", "", 1, VERDICT_ODD, ERROR_UNREADABLE, 0, "exit status 1", ""},
    {"AVNS_secret\n", "", 1, VERDICT_ODD, ERROR_UNREADABLE, 0, "exit status 1", ""},
    {"Error: x\n", "", 0, VERDICT_ANSWERED, ERROR_NONE, 0, "", ""},
};

START_TEST(judgements)
{
    enum verdict verdict = judge(answers[_i].out, answers[_i].err, answers[_i].status);
    ck_assert_msg(verdict == answers[_i].verdict, "verdict %d: %s", (int)verdict, error.text);
    ck_assert_msg(error.kind == answers[_i].kind, "kind %d: %s", (int)error.kind, error.text);
    ck_assert_int_eq(error.number, answers[_i].number);
    ck_assert_ptr_null(strstr(error.text, "AVNS_secret"));
    ck_assert_msg(strstr(error.text, answers[_i].part) && strstr(error.text, answers[_i].other),
                  "\"%s\" or \"%s\" is not in: %s", answers[_i].part, answers[_i].other,
                  error.text);
    if (verdict != VERDICT_ANSWERED)
        ck_assert_msg(strncmp(error.text, "could not make tea: ", 20) == 0, "%s", error.text);
}
END_TEST

/* What a process's end alone tells. */
START_TEST(deadlines_signals_and_floods)
{
    struct process_result result = {.exit_status = -1, .ending_signal = 15, .timed_out = true};
    ck_assert_int_eq(verdict_of(&result, "make tea", &error), VERDICT_FAILED);
    ck_assert_int_eq(error.kind, ERROR_DEADLINE);
    ck_assert_ptr_nonnull(strstr(error.text, "--timeout"));

    /* Also when it had printed something by then. */
    buffer_add_text(&result.err, "Error: unknown flag: --format\n");
    ck_assert_int_eq(verdict_of(&result, "make tea", &error), VERDICT_FAILED);
    ck_assert_int_eq(error.kind, ERROR_DEADLINE);
    process_result_free(&result);

    result = (struct process_result){.exit_status = -1, .ending_signal = 9};
    ck_assert_int_eq(verdict_of(&result, "make tea", &error), VERDICT_FAILED);
    ck_assert_int_eq(error.kind, ERROR_UNREADABLE);
    ck_assert_ptr_nonnull(strstr(error.text, "signal 9"));

    result = (struct process_result){.too_much = true};
    ck_assert_int_eq(verdict_of(&result, "make tea", &error), VERDICT_FAILED);
    ck_assert_int_eq(error.kind, ERROR_UNREADABLE);
}
END_TEST

/* stdout may hold a password, and so may a URI on stderr. */
START_TEST(no_secret_in_messages)
{
    judge("postgresql://doadmin:AVNS_secret@db/x\n", "", 1);
    ck_assert_ptr_null(strstr(error.text, "AVNS"));
    judge("", "cannot parse postgresql://doadmin:AVNS_secret@db/x\n", 1);
    ck_assert_ptr_null(strstr(error.text, "AVNS"));
    ck_assert_ptr_nonnull(strstr(error.text, "cannot parse postgresql://****@db/x"));
    judge("", "Error: GET " URL ": 422 bad postgres://u:AVNS_secret@h\n", 1);
    ck_assert_ptr_null(strstr(error.text, "AVNS"));
    ck_assert_int_eq(error.kind, ERROR_API);
}
END_TEST

START_TEST(no_escapes_in_messages)
{
    judge("", "Error: GET " URL ": 422 \x1b[31mred\x1b[0m\x07 text\n", 1);
    ck_assert_ptr_nonnull(strstr(error.text, "red text"));
    ck_assert_ptr_null(strchr(error.text, '\x1b'));
    ck_assert_ptr_null(strchr(error.text, '\x07'));
}
END_TEST

/* Long answers of the API are cut, and their kind is still seen. */
START_TEST(long_texts)
{
    struct buffer text = BUFFER_INIT;
    for (int round = 0; round < 40; round++) {
        buffer_free(&text);
        buffer_add_text(&text, "{\"errors\":[{\"detail\":\"GET " URL ": 404 ");
        for (int i = 0; i < 20000; i++)
            buffer_add_text(&text, "\\\"x");
        buffer_add_text(&text, "\"}]}");
        ck_assert_int_eq(judge(text.data, "", 1), VERDICT_FAILED);
        ck_assert_int_eq(error.kind, ERROR_API);
        ck_assert_int_eq(error.number, 404);
        ck_assert_uint_lt(strlen(error.text), ERROR_TEXT_SIZE);
    }
    buffer_free(&text);
}
END_TEST

START_TEST(parts_of_an_api_error)
{
    static const char text[] = "Error: POST " URL ": 409 (request \"abc\") name is not available\n";
    struct api_error found;
    ck_assert(verdict_api_error(text, strlen(text), &found));
    ck_assert_int_eq(found.status, 409);
    ck_assert_int_eq(strncmp(found.method.start, "POST", found.method.length), 0);
    ck_assert_uint_eq(found.method.length, 4);
    ck_assert_uint_eq(found.url.length, strlen(URL));
    ck_assert_uint_eq(found.request_id.length, 3);
    ck_assert_uint_eq(found.text.length, strlen("name is not available"));
    static const char bare[] = "Error: GET " URL ": 500";
    ck_assert(verdict_api_error(bare, strlen(bare), &found));
    ck_assert_int_eq(found.status, 500);
    ck_assert_uint_eq(found.request_id.length, 0);
    ck_assert_uint_eq(found.text.length, 0);
    static const char *const wrong[] = {"", "Error: GET " URL ": 40", "GET " URL ": 404 x",
                                        "Error: GET ftp://x: 404 x", "Error: GET " URL ": 4040 x"};
    for (size_t i = 0; i < COUNT(wrong); i++)
        ck_assert(!verdict_api_error(wrong[i], strlen(wrong[i]), &found));
}
END_TEST

/* ---- the recorded answers: tests/transcripts/verdicts ---- */

static struct testcases verdicts;

/* The verdict that a kind of error goes with. */
static enum verdict verdict_for(enum error_kind kind)
{
    return kind == ERROR_NONE          ? VERDICT_ANSWERED
           : kind == ERROR_UNSUPPORTED ? VERDICT_UNSUPPORTED
                                       : VERDICT_FAILED;
}

static const struct testcase *find_verdict(const struct recorded_release *release, const char *call)
{
    for (size_t i = 0; i < verdicts.count; i++) {
        const struct testcase *one = &verdicts.list[i];
        testcase_check(one, 3, 3, "call, releases, verdict");
        if (strcmp(one->fields[0], call) == 0 && recorded_applies(one, one->fields[1], release))
            return one;
    }
    return NULL;
}

static void judge_recorded(const struct recorded_release *release, const char *call)
{
    const struct testcase *one = find_verdict(release, call);
    enum error_kind kind = ERROR_NONE;
    int number = 0;
    if (one)
        questions_kind(one->where, one->fields[2], &kind, &number);
    enum verdict seen =
        judge(recorded_file(release, call, "stdout"), recorded_file(release, call, "stderr"),
              atoi(recorded_file(release, call, "status")));
    ck_assert_msg(seen == verdict_for(kind) && error.kind == kind && error.number == number,
                  "%s: %s/%s: verdict %d, kind %d, number %d: %s",
                  one ? one->where : "tests/transcripts/verdicts", release->name, call, (int)seen,
                  (int)error.kind, error.number, error.text);
}

START_TEST(recorded_answers)
{
    for (const struct recorded_release *release = recorded_releases(); release->name; release++)
        ck_assert_uint_ge(recorded_each(release, judge_recorded), 45);
}
END_TEST

START_TEST(every_verdict_is_of_a_recorded_call)
{
    const struct testcase *one = &verdicts.list[_i];
    testcase_check(one, 3, 3, "call, releases, verdict");
    size_t count = 0;
    for (const struct recorded_release *release = recorded_releases(); release->name; release++)
        if (recorded_applies(one, one->fields[1], release)) {
            recorded_path(one, release, one->fields[0]);
            count++;
        }
    ck_assert_msg(count > 0, "%s: no release is meant", one->where);
}
END_TEST

int main(void)
{
    verdicts = testcases_read("transcripts/verdicts", 3);
    recorded_releases();
    Suite *suite = suite_create("answer");
    TCase *tests = unit_case(suite, "judge");
    tcase_add_loop_test(tests, judgements, 0, COUNT(answers));
    tcase_add_test(tests, deadlines_signals_and_floods);
    tcase_add_test(tests, no_secret_in_messages);
    tcase_add_test(tests, no_escapes_in_messages);
    tcase_add_test(tests, long_texts);
    tcase_add_test(tests, parts_of_an_api_error);
    tests = unit_case(suite, "recorded");
    tcase_add_test(tests, recorded_answers);
    tcase_add_loop_test(tests, every_verdict_is_of_a_recorded_call, 0, (int)verdicts.count);
    int status = unit_run(suite);
    testcases_free(&verdicts);
    recorded_free();
    return status;
}
