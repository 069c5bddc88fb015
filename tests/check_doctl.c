#include "config.h"

#include "doctl/doctl.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "doctl/released.h"
#include "questions.h"
#include "recorded.h"
#include "testcases.h"
#include "unit.h"

/* ---- the recorded calls: tests/transcripts/cases ---- */

static struct testcases recorded;

enum { CALLS, RELEASES, DIALECT, QUESTION, ANSWER, COLUMNS };

static void check_recorded(const struct testcase *one)
{
    testcase_check(one, COLUMNS, COLUMNS, "calls, releases, dialect, question, answer");
}

/*
 * The next name of a list with blanks between them, or NULL. `any` tells whether it ends with "*".
 */
static char *next_call(const char **names, bool *any)
{
    size_t length = strcspn(*names, " ");
    if (!length)
        return NULL;
    *any = (*names)[length - 1] == '*';
    char *name = unit_keep(mem_copy_n(*names, length - *any));
    *names += length + ((*names)[length] == ' ');
    return name;
}

/* Sets what replay.c is to answer; gives how many calls that are. */
static size_t stage(const struct testcase *one, const struct recorded_release *release)
{
    struct buffer paths = BUFFER_INIT;
    const char *names = one->fields[CALLS];
    size_t count = 0;
    bool any;
    for (char *name; (name = next_call(&names, &any)); count++)
        buffer_add_format(&paths, "%s%s%s", count ? ":" : "", any ? "+" : "",
                          recorded_path(one, release, name));
    setenv("REPLAY_CASES", buffer_text(&paths), 1);
    buffer_free(&paths);
    return count;
}

static enum dialect dialect_of(const struct testcase *one)
{
    static const char *const names[] = {
        [DIALECT_AUTO] = "auto", [DIALECT_PLAN] = "plan", [DIALECT_SHIPPED] = "shipped"};
    for (size_t i = 0; i < COUNT(names); i++)
        if (strcmp(names[i], one->fields[DIALECT]) == 0)
            return (enum dialect)i;
    ck_abort_msg("%s: there is no dialect %s", one->where, one->fields[DIALECT]);
    return DIALECT_AUTO;
}

static void replay(const struct testcase *one, const struct recorded_release *release)
{
    char *where = unit_format("%s (%s)", one->where, release->name);
    char *answer = recorded_fill(release, one->fields[ANSWER]);
    if (strncmp(answer, "< ", 2) == 0)
        answer = unit_format("= %s", recorded_file(release, answer + 2, "stdout"));
    size_t wanted = stage(one, release);
    size_t before = call_count();
    struct doctl *doctl = open_doctl(unit_replay, dialect_of(one));
    expect_at(where, doctl, recorded_fill(release, one->fields[QUESTION]), answer);
    ck_assert_msg(call_count() - before == wanted, "%s: %zu calls were wanted:\n%s", where, wanted,
                  calls());
    doctl_free(doctl);
    ck_assert_uint_eq(unit_entries(questions_folder), 1);
}

START_TEST(recorded_calls)
{
    const struct testcase *one = &recorded.list[_i];
    size_t count = 0;
    check_recorded(one);
    for (const struct recorded_release *release = recorded_releases(); release->name; release++)
        if (recorded_applies(one, one->fields[RELEASES], release)) {
            replay(one, release);
            count++;
        }
    ck_assert_msg(count > 0, "%s: no release is meant", one->where);
}
END_TEST

static void is_named(const struct recorded_release *release, const char *call)
{
    bool named = false;
    for (size_t i = 0; i < recorded.count; i++) {
        const struct testcase *one = &recorded.list[i];
        check_recorded(one);
        const char *names = one->fields[CALLS];
        bool any;
        if (!recorded_applies(one, one->fields[RELEASES], release))
            continue;
        for (char *name; (name = next_call(&names, &any));)
            named = named || strcmp(name, call) == 0;
    }
    ck_assert_msg(named, "tests/transcripts/%s/%s: no case of tests/transcripts/cases names it",
                  release->name, call);
}

START_TEST(every_recorded_call_is_asked)
{
    for (const struct recorded_release *release = recorded_releases(); release->name; release++)
        ck_assert_uint_ge(recorded_each(release, is_named), 45);
}
END_TEST

/* ---- what an answer must hold: tests/doctls/answers ---- */

static struct testcases answers;

START_TEST(contents_of_answers)
{
    const struct testcase *one = &answers.list[_i];
    testcase_check(one, 3, 3, "question, shell, answer; each on a line");
    struct doctl *doctl = open_doctl(fake(one->fields[1]), DIALECT_AUTO);
    expect_at(one->where, doctl, one->fields[0], testcase_unescape(one->fields[2]));
    doctl_free(doctl);
}
END_TEST

/* ---- a hand-made doctl that knows the plan's calls ---- */

START_TEST(the_plans_dialect)
{
    struct doctl *doctl = open_doctl(fake_file("plan"), _i ? DIALECT_PLAN : DIALECT_AUTO);
    expect(doctl, "email", "= me@example.com");
    expect(doctl, "find-vpc freshtrack-vpc", "= vpc-1");
    expect(doctl, "create-vpc", "= vpc-1");
    expect(doctl, "find-cluster freshtrack-db", "= db-1 pg online");
    expect(doctl, "create-cluster", "= db-1 waited");
    expect(doctl, "create-cluster vpc-1", "= db-3 waited");
    expect(doctl, "status db-1", "= online");
    expect(doctl, "has-pool db-1 app-pool", "= yes");
    expect(doctl, "create-pool db-1 25", "= created");
    expect(doctl, "connection db-1", "= db.example.com|25060|doadmin|p@ss|defaultdb");
    expect(doctl, "droplet 42", "= 10.0.0.2");
    expect(doctl, "add-rule db-1 droplet:42", "= added");
    ck_assert_uint_eq(call_count(), 12);

    /*
     * What goes beyond the plan is asked once, or not at all, and the caller goes on without it. A
     * doctl that answers oddly is asked once whether it is a released one.
     */
    expect(doctl, "pool-uri db-1 app-pool", "! unsupported");
    expect(doctl, "rules db-1", "! unsupported");
    expect(doctl, "cluster-details db-1", "! unsupported");
    ck_assert_uint_eq(call_count(), _i ? 12 : 16);
    ck_assert(!doctl_is_released(doctl));
    /* The plan's words still come first. */
    expect(doctl, "status db-1", "= online");
    ck_assert_uint_eq(call_count(), _i ? 13 : 17);
    doctl_free(doctl);
}
END_TEST

/* ---- the certificate's file ---- */

START_TEST(certificate_through_a_file)
{
    struct doctl *doctl = open_doctl(
        fake("printf 'a\\nb' > \"$6\"; dirname \"$6\" >> \"$REPLAY_LOG.where\""), DIALECT_AUTO);
    char *where = unit_path(questions_folder, "log.where");
    char *beside = unit_file(questions_folder, "ca.crt", "old", 0600);
    expect(doctl, "certificate db-1", "= a\nb");
    /* Nothing was left behind, and the file itself was not touched. */
    ck_assert_uint_eq(unit_entries(questions_folder), 4);
    ck_assert_str_eq(unit_read(beside), "old");
    ck_assert_str_eq(unit_read(where), unit_format("%s\n", questions_folder));
    ck_assert_uint_eq(call_count(), 1);
    doctl_free(doctl);
}
END_TEST

START_TEST(a_certificate_that_failed_leaves_nothing)
{
    struct doctl *doctl =
        open_doctl(fake("echo half > \"$6\"; echo 'Error: GET https://x/y: 404 gone' >&2; exit 1"),
                   DIALECT_AUTO);
    expect(doctl, "certificate db-1", "! api 404: gone");
    doctl_free(doctl);
    ck_assert_uint_eq(unit_entries(questions_folder), 2);
}
END_TEST

/* ---- what doctl gets ---- */

START_TEST(no_doctl)
{
    struct doctl_options options = usual_options;
    struct error error = ERROR_INIT;
    options.program = "no-such-doctl";
    unit_failed(doctl_new(&options, &error), &error, ERROR_NO_PROGRAM, "no-such-doctl");
    ck_assert_ptr_nonnull(strstr(error.text, "--doctl PATH"));
    options.program = unit_file(questions_folder, "plain", "", 0644);
    unit_failed(doctl_new(&options, &error), &error, ERROR_NO_PROGRAM, "plain");
}
END_TEST

static char *environment_of(struct doctl_options options)
{
    options.program = fake("env > \"$REPLAY_LOG.env\"; echo me@example.com");
    options.timeout_ms = usual_options.timeout_ms;
    struct doctl *doctl = open_with(options);
    expect(doctl, "email", "= me@example.com");
    doctl_free(doctl);
    char *text = unit_read(unit_path(questions_folder, "log.env"));
    ck_assert_ptr_nonnull(text);
    return unit_format("\n%s", text);
}

#define has(text, entry)     ck_assert_msg(strstr(text, "\n" entry "\n") != NULL, "no " entry)
#define has_not(text, start) ck_assert_msg(strstr(text, "\n" start) == NULL, "there is " start)

START_TEST(environment)
{
    setenv("DIGITALOCEAN_OUTPUT", "json", 1);
    setenv("DIGITALOCEAN_TRACE", "true", 1);
    setenv("DIGITALOCEAN_ACCESS_TOKEN", "theirs", 1);
    setenv("DIGITALOCEAN_CONTEXT", "work", 1);
    setenv("DIGITALOCEAN_OUTPUTS", "kept", 1);
    char *text = environment_of((struct doctl_options){.jobs = 1});
    has_not(text, "DIGITALOCEAN_OUTPUT=");
    has_not(text, "DIGITALOCEAN_TRACE=");
    has(text, "DIGITALOCEAN_OUTPUTS=kept");
    has(text, "DIGITALOCEAN_ACCESS_TOKEN=theirs");
    has(text, "DIGITALOCEAN_CONTEXT=work");
    has_not(text, "DOCTL_SIM_STATE=");

    text = environment_of((struct doctl_options){.jobs = 1, .token = "dop_v1_secret"});
    has(text, "DIGITALOCEAN_ACCESS_TOKEN=dop_v1_secret");
    has(text, "DIGITALOCEAN_CONTEXT=default");
    has_not(text, "DIGITALOCEAN_ACCESS_TOKEN=theirs");
    has_not(text, "DIGITALOCEAN_CONTEXT=work");
    /* Where ps shows it, it is not. */
    ck_assert_ptr_null(strstr(calls(), "dop_v1_secret"));

    text = environment_of((struct doctl_options){.jobs = 1, .context = "other"});
    has(text, "DIGITALOCEAN_CONTEXT=other");
    has_not(text, "DIGITALOCEAN_CONTEXT=work");
    ck_assert_ptr_null(strstr(calls(), "other"));

    text = environment_of((struct doctl_options){.jobs = 1, .simulator = "/some/where"});
    has(text, "DOCTL_SIM_STATE=/some/where");
}
END_TEST

static struct buffer noted;

static void note_call(const void *observer, char *const *argv)
{
    ck_assert_ptr_eq(observer, &noted);
    ck_assert_str_eq(argv[0], "doctl");
    for (argv++; *argv; argv++)
        buffer_add_format(&noted, "%s%s", *argv, argv[1] ? " " : "\n");
}

START_TEST(every_call_is_reported)
{
    struct doctl_options options = usual_options;
    options.program = fake("case \"$*\" in *' --format Status '*) echo online; exit 0 ;; esac\n"
                           "echo 'Error: unknown flag: --format' >&2; exit 255");
    options.on_call = note_call;
    options.observer = &noted;
    struct doctl *doctl = open_with(options);
    expect(doctl, "status abc", "= online");
    expect(doctl, "add-rule abc tag:web", "! unsupported");
    ck_assert_str_eq(buffer_text(&noted), calls());
    ck_assert_uint_eq(call_count(), 3);
    doctl_free(doctl);
    buffer_free(&noted);
}
END_TEST

/* A doctl that needs no shebang line is no program to posix_spawn(): the message says which. */
START_TEST(a_fake_without_a_shebang)
{
    struct error error = ERROR_INIT;
    char *text = NULL;
    if (!unit_spawn_tells())
        return;
    char *program = unit_file(questions_folder, "doctl", "echo me@example.com\n", 0755);
    struct doctl *doctl = open_doctl(program, DIALECT_AUTO);
    unit_failed(doctl_account_email(doctl, &text, &error), &error, ERROR_NO_PROGRAM,
                questions_folder);
    doctl_free(doctl);
}
END_TEST

int main(void)
{
    recorded = testcases_read("transcripts/cases", COLUMNS);
    answers = testcases_read("doctls/answers", IN_BLOCKS);
    recorded_releases();
    Suite *suite = suite_create("doctl");
    TCase *tests = questions_case(suite, "recorded");
    tcase_add_loop_test(tests, recorded_calls, 0, (int)recorded.count);
    tcase_add_test(tests, every_recorded_call_is_asked);
    tests = questions_case(suite, "answers");
    tcase_add_loop_test(tests, contents_of_answers, 0, (int)answers.count);
    tcase_add_loop_test(tests, the_plans_dialect, 0, 2);
    tcase_add_test(tests, certificate_through_a_file);
    tcase_add_test(tests, a_certificate_that_failed_leaves_nothing);
    tests = questions_case(suite, "process");
    tcase_add_test(tests, no_doctl);
    tcase_add_test(tests, environment);
    tcase_add_test(tests, every_call_is_reported);
    tcase_add_test(tests, a_fake_without_a_shebang);
    int status = unit_run(suite);
    testcases_free(&recorded);
    testcases_free(&answers);
    recorded_free();
    return status;
}
