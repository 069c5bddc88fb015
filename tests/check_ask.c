#include "config.h"

#include "doctl/ask.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "doctl/released.h"
#include "questions.h"
#include "testcases.h"
#include "unit.h"

/* ---- which words: tests/doctls ---- */

static struct testcases unsupported, odd, failures;

static const char *shell_of(const struct testcases *cases, int i)
{
    const struct testcase *one = &cases->list[i];
    if (cases == &odd)
        testcase_check(one, 1, 1, "shell");
    else if (cases == &unsupported)
        testcase_check(one, 2, 2, "\"released\" or \"-\", shell");
    else
        testcase_check(one, 3, 3, "error, \"retried\" or \"-\", shell");
    return one->fields[one->count - 1];
}

/* The error of tests/doctls/failures, with a part of its message. */
static char *failure(int i, const char *part)
{
    return unit_format("! %s: %s", failures.list[i].fields[0], part);
}

#define READ_SHIPPED   "databases get abc --format Status --no-header"
#define CREATE_SHIPPED "vpcs create --name freshtrack-vpc --region nyc3 --ip-range 10.116.0.0/20"

static const char no_format[] = "echo 'Error: unknown flag: --format' >&2; exit 255";

static char *unless(const char *words, const char *yes, const char *otherwise)
{
    return fake(unit_format("case \"$*\" in '%s') %s; exit 0 ;; esac\n%s", words, yes, otherwise));
}

static void a_read_works(const struct testcases *cases, int i)
{
    struct doctl *doctl =
        open_doctl(unless(READ_SHIPPED, "echo online", shell_of(cases, i)), DIALECT_AUTO);
    expect(doctl, "status abc", "= online");
    ck_assert_uint_eq(call_count(), 2);
    ck_assert(doctl_is_released(doctl));
    /* From then on those words come first. */
    expect(doctl, "status abc", "= online");
    ck_assert_uint_eq(call_count(), 3);
    doctl_free(doctl);
}

START_TEST(a_read_is_tried_in_other_words)
{
    a_read_works(&unsupported, _i);
}
END_TEST

START_TEST(a_read_is_tried_in_other_words_after_an_odd_answer)
{
    a_read_works(&odd, _i);
}
END_TEST

START_TEST(a_change_is_tried_in_other_words_where_it_was_not_sent)
{
    struct doctl *doctl =
        open_doctl(unless(CREATE_SHIPPED, "echo vpc-1", shell_of(&unsupported, _i)), DIALECT_AUTO);
    expect(doctl, "create-vpc", "= vpc-1");
    ck_assert_str_eq(calls(), CREATE_SHIPPED " --format ID --no-header\n" CREATE_SHIPPED "\n");
    doctl_free(doctl);
}
END_TEST

START_TEST(a_change_that_may_have_been_sent_is_not_repeated)
{
    struct doctl *doctl =
        open_doctl(unless(CREATE_SHIPPED, "echo vpc-2", shell_of(&odd, _i)), DIALECT_AUTO);
    expect(doctl, "create-vpc", "! unreadable: create the VPC freshtrack-vpc");
    ck_assert_uint_eq(call_count(), 1);
    doctl_free(doctl);
}
END_TEST

START_TEST(an_answer_is_an_answer)
{
    struct doctl *doctl = open_doctl(fake(shell_of(&failures, _i)), DIALECT_AUTO);
    expect(doctl, "status abc", failure(_i, "could not read the status"));
    ck_assert_uint_eq(call_count(), 1);
    expect(doctl, "create-vpc", failure(_i, "could not create the VPC"));
    ck_assert_uint_eq(call_count(), 2);
    expect(doctl, "create-pool abc 25", failure(_i, ""));
    expect(doctl, "add-rule abc droplet:1", failure(_i, ""));
    expect(doctl, "pool-uri abc app-pool", failure(_i, ""));
    ck_assert_uint_eq(call_count(), 5);
    doctl_free(doctl);
}
END_TEST

/* Only a released doctl says in a certain way that it does not know the words. */
static void has_manners(const struct testcases *cases, int i, bool released)
{
    struct doctl *doctl = open_doctl(fake(shell_of(cases, i)), DIALECT_AUTO);
    expect(doctl, "rules abc", "! unsupported");
    ck_assert_int_eq(doctl_is_released(doctl), released);
    doctl_free(doctl);
}

START_TEST(manners_of_a_released_doctl)
{
    has_manners(&unsupported, _i, strcmp(unsupported.list[_i].fields[0], "released") == 0);
}
END_TEST

START_TEST(manners_of_a_hand_made_doctl)
{
    has_manners(&odd, _i, false);
}
END_TEST

/* Neither wording is known: the message is about the last one, and the plan's words stay first. */
START_TEST(words_that_nobody_knows)
{
    struct doctl *doctl = open_doctl(fake("echo 'fake: no idea' >&2; exit 1"), DIALECT_AUTO);
    expect(doctl, "status abc", "! unsupported: fake: no idea");
    /* And once, whether it is a released one. */
    ck_assert_uint_eq(call_count(), 3);
    ck_assert(!doctl_is_released(doctl));
    /* A question with one wording only: nothing else can be tried. */
    expect(doctl, "email", "! unreadable: fake: no idea");
    expect(doctl, "pool-uri abc app-pool", "! unsupported");
    expect(doctl, "rules abc", "! unsupported");
    expect(doctl, "cluster-details abc", "! unsupported");
    ck_assert_uint_eq(call_count(), 7);
    doctl_free(doctl);
}
END_TEST

START_TEST(plan_words_only)
{
    struct doctl *doctl = open_doctl(fake(no_format), DIALECT_PLAN);
    expect(doctl, "status abc", "! unsupported: unknown flag: --format");
    expect(doctl, "create-vpc", "! unsupported: unknown flag: --format");
    ck_assert_uint_eq(call_count(), 2);
    ck_assert_ptr_null(strstr(calls(), READ_SHIPPED));
    doctl_free(doctl);
}
END_TEST

START_TEST(shipped_words_only)
{
    struct doctl *doctl = open_doctl(
        fake("case \"$*\" in 'databases create'*) echo db-1 ;; *' --format Status '*) echo online "
             ";; 'account get'*) echo me@example.com ;; *) exit 1 ;; esac"),
        DIALECT_SHIPPED);
    expect(doctl, "status abc", "= online");
    expect(doctl, "create-cluster", "= db-1");
    /* Words that both dialects have. */
    expect(doctl, "email", "= me@example.com");
    ck_assert_uint_eq(call_count(), 3);
    ck_assert_ptr_null(strstr(calls(), "--wait"));
    doctl_free(doctl);
}
END_TEST

/* ---- prefetching ---- */

static void wait_for_calls(struct doctl *doctl, size_t count)
{
    while (call_count() < count)
        unit_worked(doctl_pause(doctl, 5, &questions_error), &questions_error);
}

START_TEST(a_prefetched_question_is_asked_once)
{
    struct doctl *doctl = open_doctl(fake_file("slow"), DIALECT_AUTO);
    char *beside = unit_path(questions_folder, "ca.crt");
    for (int i = 0; i < 2; i++) {
        doctl_prefetch(doctl, CALL_ACCOUNT_GET, NULL, NULL);
        doctl_prefetch(doctl, CALL_POOL_LIST, "abc", NULL);
        doctl_prefetch(doctl, CALL_DROPLET_GET, "42", NULL);
        doctl_prefetch(doctl, CALL_CERTIFICATE, "abc", beside);
    }
    /* They run before anybody needs them. */
    wait_for_calls(doctl, 4);
    expect(doctl, "droplet 42", "= 10.0.0.2");
    expect(doctl, "certificate abc", "= PEM\n");
    expect(doctl, "has-pool abc app-pool", "= yes");
    expect(doctl, "email", "= me@example.com");
    ck_assert_uint_eq(call_count(), 4);
    /* An answer is taken once. */
    expect(doctl, "email", "= me@example.com");
    ck_assert_uint_eq(call_count(), 5);
    /* Another cluster's question is another one. */
    doctl_prefetch(doctl, CALL_POOL_LIST, "abc", NULL);
    expect(doctl, "has-pool xyz app-pool", "= yes");
    expect(doctl, "has-pool abc app-pool", "= yes");
    ck_assert_uint_eq(call_count(), 7);
    doctl_free(doctl);
}
END_TEST

START_TEST(prefetched_words_that_are_not_known_are_followed_by_others)
{
    struct doctl *doctl = open_doctl(fake_file("slow"), DIALECT_AUTO);
    doctl_prefetch(doctl, CALL_CLUSTER_STATUS, "abc", NULL);
    doctl_prefetch(doctl, CALL_POOL_GET, "abc", "app-pool");
    expect(doctl, "status abc", "= online");
    expect(doctl, "pool-uri abc app-pool", "! unsupported: --format");
    ck_assert_uint_eq(call_count(), 3);
    doctl_free(doctl);
}
END_TEST

START_TEST(with_one_job_nothing_is_prefetched)
{
    struct doctl_options options = usual_options;
    options.program = fake_file("slow");
    options.jobs = 1;
    struct doctl *doctl = open_with(options);
    doctl_prefetch(doctl, CALL_POOL_LIST, "abc", NULL);
    doctl_prefetch(doctl, CALL_CERTIFICATE, "abc", unit_path(questions_folder, "ca.crt"));
    ck_assert(!unit_has_children());
    expect(doctl, "email", "= me@example.com");
    ck_assert_uint_eq(call_count(), 1);
    doctl_free(doctl);
}
END_TEST

START_TEST(what_nobody_asked_for_is_ended)
{
    struct doctl *doctl = open_doctl(fake_file("slow"), DIALECT_AUTO);
    doctl_prefetch(doctl, CALL_CONNECTION, "abc", NULL);
    doctl_prefetch(doctl, CALL_CERTIFICATE, "abc", unit_path(questions_folder, "ca.crt"));
    wait_for_calls(doctl, 2);
    doctl_free(doctl);
    ck_assert(!unit_has_children());
    ck_assert_uint_eq(unit_entries(questions_folder), 2);
    doctl_free(NULL);
}
END_TEST

/* ---- deadlines, retries, signals ---- */

START_TEST(a_call_that_never_ends)
{
    struct doctl_options options = usual_options;
    options.program = fake("exec sleep 300");
    options.timeout_ms = 100;
    struct doctl *doctl = open_with(options);
    expect(doctl, "status abc", "! deadline: --timeout");
    expect(doctl, "create-vpc", "! deadline: create the VPC");
    /* An answer that did not come is not asked for in other words. */
    ck_assert_uint_le(call_count(), 2);
    doctl_free(doctl);
}
END_TEST

/* The plan's create waits for the cluster: it has the time of --wait-timeout. */
START_TEST(a_call_that_waits)
{
    struct doctl_options options = usual_options;
    options.program = fake("sleep 0.7; echo db-1");
    options.timeout_ms = 200;
    options.dialect = DIALECT_PLAN;
    struct doctl *doctl = open_with(options);
    expect(doctl, "create-cluster", "= db-1 waited");
    expect(doctl, "create-vpc", "! deadline");
    doctl_free(doctl);
}
END_TEST

static int retries[8];
static size_t retry_count;

static void note_retry(const void *context, const struct error *why, int pause_ms)
{
    (void)context;
    ck_assert_int_ne(why->kind, ERROR_NONE);
    ck_assert_uint_lt(retry_count, COUNT(retries));
    retries[retry_count++] = pause_ms;
}

static struct doctl *open_patient(const char *body, int retry_ms)
{
    struct doctl_options options = usual_options;
    options.program = fake(body);
    options.retry_ms = retry_ms;
    options.on_retry = note_retry;
    retry_count = 0;
    return open_with(options);
}

/* DigitalOcean counts requests by the minute: after 429 the pauses are longer. */
static void check_pauses(int least)
{
    for (size_t i = 0; i < retry_count; i++) {
        ck_assert_int_ge(retries[i], (least << i) / 2);
        ck_assert_int_le(retries[i], (least << i) * 3 / 2);
    }
    retry_count = 0;
}

static void is_retried(const char *body, unsigned times, bool is_limit, const char *read,
                       const char *change)
{
    unsigned of_change = is_limit ? times : 0;
    struct doctl *doctl = open_patient(body, 4);
    expect(doctl, "email", read);
    ck_assert_uint_eq(call_count(), 1 + times);
    ck_assert_uint_eq(retry_count, times);
    check_pauses(is_limit ? 16 : 4);
    /* Only 429 made nothing for sure. */
    expect(doctl, "create-pool abc 25", change);
    check_pauses(16);
    expect(doctl, "add-rule abc tag:x", change);
    ck_assert_uint_eq(call_count(), 1 + times + 2 * (1 + of_change));
    doctl_free(doctl);
}

START_TEST(what_is_retried)
{
    is_retried(shell_of(&failures, _i), (unsigned)atoi(failures.list[_i].fields[1]),
               strcmp(failures.list[_i].fields[0], "api 429") == 0,
               failure(_i, "read the DigitalOcean account"), failure(_i, ""));
}
END_TEST

/* The 429 may be the answer to one of its looks: the cluster is being made. */
START_TEST(a_create_that_waits_is_not_retried)
{
    struct doctl_options options = usual_options;
    options.program = fake("echo 'Error: GET https://x/y: 429 later' >&2; exit 1");
    options.retry_ms = 1;
    options.dialect = DIALECT_PLAN;
    struct doctl *doctl = open_with(options);
    expect(doctl, "create-cluster", "! api 429");
    ck_assert_uint_eq(call_count(), 1);
    doctl_free(doctl);
}
END_TEST

START_TEST(an_odd_answer_is_not_retried)
{
    is_retried("exit 1", 0, false, "! unreadable: read the DigitalOcean account", "! unreadable");
}
END_TEST

static const char network[] = "echo 'Error: Get \"https://x\": dial tcp: i/o timeout' >&2; exit 1";

START_TEST(a_read_that_works_the_third_time)
{
    struct doctl *doctl = open_patient(
        unit_format("test $(wc -l < \"$REPLAY_LOG\") -ge 3 && { echo me@example.com; exit 0; }; %s",
                    network),
        1);
    expect(doctl, "email", "= me@example.com");
    ck_assert_uint_eq(call_count(), 3);
    doctl_free(doctl);
}
END_TEST

START_TEST(no_retry_after_the_deadline)
{
    struct doctl *doctl = open_patient(network, 60000);
    expect(doctl, "email", "! network: i/o timeout");
    ck_assert_uint_eq(call_count(), 1);
    doctl_free(doctl);
    doctl = open_patient(network, 0);
    expect(doctl, "email", "! network: i/o timeout");
    ck_assert_uint_eq(call_count(), 2);
    doctl_free(doctl);
}
END_TEST

START_TEST(a_signal_stops_it)
{
    struct doctl *doctl =
        open_doctl(fake(unit_format("kill -TERM %ld; sleep 300", (long)getpid())), DIALECT_AUTO);
    expect(doctl, "status abc", unit_format("! signal %d", SIGTERM));
    ck_assert_uint_eq(call_count(), 1);
    unit_failed(doctl_pause(doctl, 60000, &questions_error), &questions_error, ERROR_SIGNAL, "");
    doctl_free(doctl);
    ck_assert(!unit_has_children());
}
END_TEST

int main(void)
{
    unsupported = testcases_read("doctls/unsupported", 2);
    odd = testcases_read("doctls/odd", 1);
    failures = testcases_read("doctls/failures", 3);
    const int unknowns = (int)unsupported.count;
    const int odds = (int)odd.count;
    Suite *suite = suite_create("ask");
    TCase *tests = questions_case(suite, "words");
    tcase_add_loop_test(tests, a_read_is_tried_in_other_words, 0, unknowns);
    tcase_add_loop_test(tests, a_read_is_tried_in_other_words_after_an_odd_answer, 0, odds);
    tcase_add_loop_test(tests, a_change_is_tried_in_other_words_where_it_was_not_sent, 0, unknowns);
    tcase_add_loop_test(tests, a_change_that_may_have_been_sent_is_not_repeated, 0, odds);
    tcase_add_loop_test(tests, an_answer_is_an_answer, 0, (int)failures.count);
    tcase_add_loop_test(tests, manners_of_a_released_doctl, 0, unknowns);
    tcase_add_loop_test(tests, manners_of_a_hand_made_doctl, 0, odds);
    tcase_add_test(tests, words_that_nobody_knows);
    tcase_add_test(tests, plan_words_only);
    tcase_add_test(tests, shipped_words_only);
    tests = questions_case(suite, "prefetching");
    tcase_add_test(tests, a_prefetched_question_is_asked_once);
    tcase_add_test(tests, prefetched_words_that_are_not_known_are_followed_by_others);
    tcase_add_test(tests, with_one_job_nothing_is_prefetched);
    tcase_add_test(tests, what_nobody_asked_for_is_ended);
    tests = questions_case(suite, "run");
    tcase_add_test(tests, a_call_that_never_ends);
    tcase_add_test(tests, a_call_that_waits);
    tcase_add_loop_test(tests, what_is_retried, 0, (int)failures.count);
    tcase_add_test(tests, a_create_that_waits_is_not_retried);
    tcase_add_test(tests, an_odd_answer_is_not_retried);
    tcase_add_test(tests, a_read_that_works_the_third_time);
    tcase_add_test(tests, no_retry_after_the_deadline);
    tcase_add_test(tests, a_signal_stops_it);
    int status = unit_run(suite);
    testcases_free(&unsupported);
    testcases_free(&odd);
    testcases_free(&failures);
    return status;
}
