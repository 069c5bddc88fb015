#include "config.h"

#include "base/process.h"
#include "base/signals.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/bytes.h"
#include "children.h"
#include "unit.h"

static struct error error;

/* ---- deadlines ---- */

/* SIGTERM is blocked from the child's start on, so that none can come before it waits for it. */
START_TEST(deadline_asks_first)
{
    sigset_t mask;
    sigset_t before;
    char *folder = unit_folder();
    sigemptyset(&mask);
    sigaddset(&mask, SIGTERM);
    sigprocmask(SIG_BLOCK, &mask, &before);
    struct process_request request = HELPER("await", folder, "x");
    request.timeout_ms = 50;
    struct process_result result = children_run(request);
    sigprocmask(SIG_SETMASK, &before, NULL);
    ck_assert(result.timed_out);
    ck_assert_int_eq(result.exit_status, 0);
    char *path = unit_path(folder, "x.got");
    char *number = unit_read(path);
    ck_assert_ptr_nonnull(number);
    ck_assert_int_eq(atoi(number), SIGTERM);
    process_result_free(&result);
}
END_TEST

START_TEST(deadline_then_kills)
{
    sigset_t mask;
    sigset_t before;
    char *folder = unit_folder();
    sigemptyset(&mask);
    sigaddset(&mask, SIGTERM);
    sigprocmask(SIG_BLOCK, &mask, &before);
    struct process_request request = HELPER("deaf", folder, "x");
    request.timeout_ms = 50;
    struct process_result result = children_run(request);
    sigprocmask(SIG_SETMASK, &before, NULL);
    ck_assert(result.timed_out);
    ck_assert_int_eq(result.exit_status, -1);
    ck_assert_int_eq(result.ending_signal, SIGKILL);
    process_result_free(&result);
}
END_TEST

/* A wrapper script's own children end with it. */
START_TEST(deadline_ends_the_whole_group)
{
    char *folder = unit_folder();
    char *script = unit_format("(sleep 300 & echo $! > %s/pid; wait)", folder);
    struct process_request request = SHELL(script);
    struct process_result result;
    struct process_set *set = children_begin(1);
    request.timeout_ms = 1000;
    struct process *child = process_start(set, &request);
    unit_worked(process_wait(set, child, &result, &error), &error);
    ck_assert(result.timed_out);
    char *path = unit_path(folder, "pid");
    char *number = unit_read(path);
    if (number && *number) {
        /* It is somebody else's child by now, who may take a moment to reap it. */
        pid_t pid = (pid_t)atol(number);
        bool gone = false;
        for (int i = 0; i < 1000 && !gone; i++) {
            char *status = unit_format("/proc/%ld/stat", (long)pid);
            char *text = unit_read(status);
            gone = kill(pid, 0) != 0 || (text && strstr(text, ") Z "));
            unit_worked(process_pause(set, 10, &error), &error);
        }
        ck_assert_msg(gone, "the wrapper's own child is still there");
    }
    process_result_free(&result);
    children_end(set);
}
END_TEST

START_TEST(deadline_counts_from_the_start)
{
    /* The second one waits longer in the queue than its deadline allows it to run. */
    struct process_result result;
    struct process_set *set = children_begin(1);
    struct process *first = process_start(set, &SHELL("sleep 2.3"));
    struct process_request request = SHELL("exit 0");
    request.timeout_ms = 2000;
    struct process *second = process_start(set, &request);
    unit_worked(process_wait(set, second, &result, &error), &error);
    ck_assert(!result.timed_out);
    ck_assert_int_eq(result.exit_status, 0);
    process_result_free(&result);
    unit_worked(process_wait(set, first, &result, &error), &error);
    process_result_free(&result);
    children_end(set);
}
END_TEST

/* ---- many children ---- */

#define MANY 40

START_TEST(never_more_than_the_limit)
{
    char *folder = unit_folder();
    struct process *children[MANY];
    size_t open = unit_descriptors();
    struct process_set *set = children_begin(4);
    for (int i = 0; i < MANY; i++) {
        char *name = unit_format("%d", i);
        children[i] = process_start(set, &HELPER("turn", folder, name, i < 4 ? "4" : "0"));
    }
    int most = 0;
    for (int i = 0; i < MANY; i++) {
        int which = (i * 7 + 31) % MANY;
        struct process_result result;
        int name;
        int seen;
        unit_worked(process_wait(set, children[which], &result, &error), &error);
        ck_assert_int_eq(sscanf(buffer_text(&result.out), "%d %d", &name, &seen), 2);
        ck_assert_int_eq(name, which);
        most = seen > most ? seen : most;
        process_result_free(&result);
    }
    ck_assert_int_eq(most, 4);
    children_end(set);
    ck_assert(!unit_has_children());
    ck_assert_uint_eq(unit_descriptors(), open);
}
END_TEST

START_TEST(a_limit_of_zero_is_one)
{
    char *folder = unit_folder();
    struct process *children[3];
    struct process_set *set = children_begin(0);
    for (int i = 0; i < 3; i++)
        children[i] =
            process_start(set, &HELPER("turn", folder, (char[]){(char)('0' + i), 0}, "0"));
    for (int i = 2; i >= 0; i--) {
        struct process_result result;
        unit_worked(process_wait(set, children[i], &result, &error), &error);
        ck_assert_str_eq(buffer_text(&result.out) + 1, " 1\n");
        process_result_free(&result);
    }
    children_end(set);
}
END_TEST

START_TEST(free_kills_and_reaps)
{
    char *folder = unit_folder();
    size_t open = unit_descriptors();
    struct process_set *set = children_begin(3);
    process_start(set, &SHELL("exit 1"));
    process_start(set, &HELPER("deaf", folder, "one"));
    process_start(set, &HELPER("deaf", folder, "two"));
    process_start(set, &HELPER("deaf", folder, "three"));
    process_start(set, &HELPER("deaf", folder, "never"));
    children_wait_for(set, folder, "one.ready");
    children_wait_for(set, folder, "two.ready");
    children_wait_for(set, folder, "three.ready");
    process_set_free(set);
    ck_assert(!unit_has_children());
    ck_assert_uint_eq(unit_entries(folder), 3);
    signals_release();
    ck_assert_uint_eq(unit_descriptors(), open);
    process_set_free(NULL);
}
END_TEST

/* ---- signals ---- */

static const int passed_on[] = {SIGINT, SIGTERM, SIGHUP};

START_TEST(a_signal_goes_to_all_children)
{
    int number = passed_on[_i];
    char *folder = unit_folder();
    struct process_result result;
    ck_assert_int_eq(signals_noted(), 0);
    struct process_set *set = children_begin(2);
    struct process *one = process_start(set, &HELPER("await", folder, "one"));
    struct process *two = process_start(set, &HELPER("await", folder, "two"));
    struct process *queued = process_start(set, &HELPER("await", folder, "queued"));
    children_wait_for(set, folder, "one.ready");
    children_wait_for(set, folder, "two.ready");
    kill(getpid(), number);
    unit_failed(process_wait(set, two, &result, &error), &error, ERROR_SIGNAL, "signal");
    ck_assert_int_eq(error.number, number);
    ck_assert_int_eq(error_exit_status(&error), 128 + number);
    ck_assert(!unit_has_children());
    ck_assert_int_eq(signals_noted(), number);
    static const char *const names[] = {"one.got", "two.got"};
    for (int i = 0; i < 2; i++) {
        char *path = unit_path(folder, names[i]);
        char *got = unit_read(path);
        ck_assert_msg(got != NULL, "%s got no signal", names[i]);
        ck_assert_int_eq(atoi(got), number);
    }
    /* What is asked for afterwards ends at once, and nothing is started any more. */
    unit_failed(process_wait(set, queued, &result, &error), &error, ERROR_SIGNAL, "");
    unit_failed(process_wait(set, one, &result, &error), &error, ERROR_SIGNAL, "");
    unit_failed(process_pause(set, 60000, &error), &error, ERROR_SIGNAL, "");
    ck_assert_uint_eq(unit_entries(folder), 4);
    children_end(set);
}
END_TEST

START_TEST(a_signal_kills_who_does_not_listen)
{
    char *folder = unit_folder();
    struct process_result result;
    struct process_set *set = children_begin(2);
    struct process *deaf = process_start(set, &HELPER("deaf", folder, "x"));
    children_wait_for(set, folder, "x.ready");
    kill(getpid(), SIGTERM);
    unit_failed(process_wait(set, deaf, &result, &error), &error, ERROR_SIGNAL, "");
    ck_assert_int_eq(error.number, SIGTERM);
    ck_assert(!unit_has_children());
    children_end(set);
}
END_TEST

START_TEST(a_signal_ends_a_pause)
{
    struct process_set *set = children_begin(1);
    /* It comes while this program sleeps: the child sends it. */
    char *script = unit_format("kill -INT %ld; sleep 300", (long)getpid());
    process_start(set, &SHELL(script));
    unit_failed(process_pause(set, 600000, &error), &error, ERROR_SIGNAL, "");
    ck_assert_int_eq(error.number, SIGINT);
    ck_assert(!unit_has_children());
    children_end(set);
}
END_TEST

/* A signal that comes at the same time as the end of the child is not lost. */
START_TEST(a_signal_beats_a_result)
{
    struct process_result result;
    struct process_set *set = children_begin(1);
    struct process *child = process_start(set, &SHELL("exit 0"));
    siginfo_t info;
    ck_assert_int_eq(waitid(P_ALL, 0, &info, WEXITED | WNOWAIT), 0);
    kill(getpid(), SIGINT);
    unit_failed(process_wait(set, child, &result, &error), &error, ERROR_SIGNAL, "");
    ck_assert(!unit_has_children());
    children_end(set);
}
END_TEST

START_TEST(an_ignored_signal_stays_ignored)
{
    void (*before)(int) = signal(SIGHUP, SIG_IGN);
    struct process_set *set = children_begin(1);
    kill(getpid(), SIGHUP);
    unit_worked(process_pause(set, 20, &error), &error);
    ck_assert_int_eq(signals_noted(), 0);
    children_end(set);
    ck_assert(signal(SIGHUP, before) == SIG_IGN);
}
END_TEST

static void on_signal(int number)
{
    (void)number;
}

START_TEST(release_puts_the_handlers_back)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGCHLD};
    struct sigaction before[4];
    struct sigaction now;
    size_t open = unit_descriptors();
    struct sigaction action = {.sa_handler = on_signal};
    for (int i = 0; i < 4; i++)
        sigaction(numbers[i], &action, &before[i]);
    unit_worked(signals_catch(&error), &error);
    unit_worked(signals_catch(&error), &error);
    for (int i = 0; i < 4; i++) {
        sigaction(numbers[i], NULL, &now);
        ck_assert(now.sa_handler != on_signal);
    }
    signals_release();
    signals_release();
    for (int i = 0; i < 4; i++) {
        sigaction(numbers[i], &before[i], &now);
        ck_assert(now.sa_handler == on_signal);
    }
    ck_assert_uint_eq(unit_descriptors(), open);
}
END_TEST

/* ---- pausing ---- */

START_TEST(a_pause_serves_the_children)
{
    char *folder = unit_folder();
    char *script = unit_format("%s flood 1000000; : > %s/done", unit_child, folder);
    struct process_result result;
    struct process_set *set = children_begin(1);
    struct process *child = process_start(set, &SHELL(script));
    children_wait_for(set, folder, "done");
    unit_worked(process_wait(set, child, &result, &error), &error);
    ck_assert_uint_eq(result.out.length, 1000000);
    process_result_free(&result);
    children_end(set);
}
END_TEST

START_TEST(a_pause_is_not_short)
{
    struct process_set *set = children_begin(1);
    process_start(set, &SHELL("exit 0"));
    long long start = process_clock_ms();
    unit_worked(process_pause(set, 150, &error), &error);
    ck_assert_int_ge(process_clock_ms() - start, 150);
    unit_worked(process_pause(set, 0, &error), &error);
    children_end(set);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("process_set");
    TCase *tests = unit_case(suite, "deadline");
    tcase_add_test(tests, deadline_asks_first);
    tcase_add_test(tests, deadline_then_kills);
    tcase_add_test(tests, deadline_ends_the_whole_group);
    tcase_add_test(tests, deadline_counts_from_the_start);
    tests = unit_case(suite, "set");
    tcase_add_test(tests, never_more_than_the_limit);
    tcase_add_test(tests, a_limit_of_zero_is_one);
    tcase_add_test(tests, free_kills_and_reaps);
    tests = unit_case(suite, "signals");
    tcase_add_loop_test(tests, a_signal_goes_to_all_children, 0, COUNT(passed_on));
    tcase_add_test(tests, a_signal_kills_who_does_not_listen);
    tcase_add_test(tests, a_signal_ends_a_pause);
    tcase_add_test(tests, a_signal_beats_a_result);
    tcase_add_test(tests, an_ignored_signal_stays_ignored);
    tcase_add_test(tests, release_puts_the_handlers_back);
    tests = unit_case(suite, "pause");
    tcase_add_test(tests, a_pause_serves_the_children);
    tcase_add_test(tests, a_pause_is_not_short);
    return unit_run(suite);
}
