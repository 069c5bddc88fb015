#include "config.h"

#include "base/process.h"
#include "base/program.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "children.h"
#include "unit.h"

static struct error error;

/* What a child that exits with 0 prints on stdout. */
static char *printed(struct process_request request)
{
    struct process_result result = children_run(request);
    ck_assert_int_eq(result.exit_status, 0);
    ck_assert_int_eq(result.ending_signal, 0);
    ck_assert(!result.timed_out && !result.too_much);
    ck_assert_str_eq(buffer_text(&result.err), "");
    char *text = unit_keep(buffer_take(&result.out));
    process_result_free(&result);
    return text;
}

#define prints(request, wanted) ck_assert_str_eq(printed(request), wanted)

/* ---- standard input ---- */

START_TEST(input_arrives_whole)
{
    char *most = unit_keep(mem_alloc(PROCESS_MAX_INPUT + 2));
    memset(most, 'x', PROCESS_MAX_INPUT);
    struct process_request request = {
        .path = "/bin/cat", .argv = (char *[]){"cat", NULL}, .envp = (char *[]){NULL}};
    prints(request, "");
    request.input = "a\nb";
    prints(request, "a\nb");
    request.input = most;
    prints(request, most);
    /* A child that reads nothing is no reason to wait. */
    request.path = "/bin/true";
    prints(request, "");
    most[PROCESS_MAX_INPUT] = 'x';
    struct process_set *set = process_set_new(1);
    struct process_result result;
    ck_assert(!process_wait(set, process_start(set, &request), &result, &error));
    ck_assert_int_eq(error.kind, ERROR_LOCAL);
    process_set_free(set);
}
END_TEST

/* ---- finding a program ---- */

static char *found(const char *name)
{
    char *path = NULL;
    unit_worked(program_find(name, &path, &error), &error);
    return unit_keep(path);
}

START_TEST(find_takes_the_first_on_path)
{
    char *one = unit_folder();
    char *two = unit_folder();
    char *first = unit_script(one, "tool", "");
    char *second = unit_script(two, "tool", "");
    char *both = unit_format("/nonexistent:%s:%s", one, two);
    setenv("PATH", both, 1);
    char *path = found("tool");
    ck_assert_str_eq(path, first);
    both = unit_format("%s:%s", two, one);
    setenv("PATH", both, 1);
    path = found("tool");
    ck_assert_str_eq(path, second);
}
END_TEST

START_TEST(find_goes_past_what_cannot_run)
{
    char *one = unit_folder();
    char *two = unit_folder();
    char *three = unit_folder();
    char *text = unit_file(one, "tool", "not a program", 0644);
    char *folder = unit_path(two, "tool");
    ck_assert_int_eq(mkdir(folder, 0755), 0);
    char *good = unit_script(three, "tool", "");
    char *all = unit_format("%s:%s:%s", one, two, three);
    setenv("PATH", all, 1);
    char *path = found("tool");
    ck_assert_str_eq(path, good);

    ck_assert_int_eq(unlink(good), 0);
    unit_failed(program_find("tool", &path, &error), &error, ERROR_NO_PROGRAM, text);
    ck_assert_int_eq(error.number, EACCES);
    ck_assert_ptr_nonnull(strstr(error.text, "not an executable program"));
    ck_assert_int_eq(unlink(text), 0);
    unit_failed(program_find("tool", &path, &error), &error, ERROR_NO_PROGRAM,
                "tool was not found on PATH");
    ck_assert_int_eq(error.number, ENOENT);
}
END_TEST

/* An empty entry is the current folder (POSIX, 8.3). */
static const char *const empty_entries[] = {":/nonexistent", "/nonexistent:", "/nonexistent::/tmp"};

START_TEST(find_empty_entry_is_here)
{
    char *folder = unit_folder();
    unit_script(folder, "here-only", "echo here");
    char *before = getcwd(NULL, 0);
    ck_assert_int_eq(chdir(folder), 0);
    setenv("PATH", empty_entries[_i], 1);
    char *path = found("here-only");
    prints(((struct process_request){.path = path, .argv = ARGV("x"), .envp = environ}), "here\n");
    setenv("PATH", "/nonexistent:/also-nonexistent", 1);
    char *missing = NULL;
    unit_failed(program_find("here-only", &missing, &error), &error, ERROR_NO_PROGRAM, "here-only");
    ck_assert_int_eq(chdir(before), 0);
    free(before);
}
END_TEST

START_TEST(find_takes_a_path_as_it_is)
{
    char *folder = unit_folder();
    char *script = unit_script(folder, "tool", "");
    char *text = unit_file(folder, "text", "", 0600);
    char *missing = unit_path(folder, "missing");
    char *path = found(script);
    ck_assert_str_eq(path, script);
    setenv("PATH", folder, 1);
    unit_failed(program_find("./tool", &path, &error), &error, ERROR_NO_PROGRAM, "./tool");
    unit_failed(program_find(missing, &path, &error), &error, ERROR_NO_PROGRAM, missing);
    ck_assert_int_eq(error.number, ENOENT);
    unit_failed(program_find(text, &path, &error), &error, ERROR_NO_PROGRAM, text);
    ck_assert_int_eq(error.number, EACCES);
    unit_failed(program_find(folder, &path, &error), &error, ERROR_NO_PROGRAM, folder);
    unit_failed(program_find("", &path, &error), &error, ERROR_NO_PROGRAM, "");
}
END_TEST

START_TEST(find_without_a_path)
{
    unsetenv("PATH");
    char *path = found("sh");
    ck_assert_int_eq(*path, '/');
}
END_TEST

/* ---- what a child gets ---- */

START_TEST(child_gets_its_arguments)
{
    prints(HELPER("arguments", "", "two words", "$(id)", "-x", "\x1b[1m\xc3\xa9\n"),
           "[child][arguments][][two words][$(id)][-x][\x1b[1m\xc3\xa9\n]");
}
END_TEST

START_TEST(child_gets_the_environment_that_was_asked_for)
{
    setenv("UNIT_LEAK", "1", 1);
    prints(((struct process_request){.path = unit_child,
                                     .argv = ARGV("child", "env"),
                                     .envp = ARGV("A=1", "B=two words", "C=")}),
           "[A=1][B=two words][C=]");
}
END_TEST

START_TEST(child_reads_nothing)
{
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    int saved = dup(0);
    ck_assert_int_eq(dup2(ends[0], 0), 0);
    ck_assert_int_eq(write(ends[1], "secret", 6), 6);
    prints(HELPER("stdin"), "0 1");
    dup2(saved, 0);
    close(saved);
    close(ends[0]);
    close(ends[1]);
}
END_TEST

/* What the tests' own caller left open for everybody is not ours to close. */
START_TEST(child_gets_no_descriptor)
{
    struct buffer wanted = BUFFER_INIT;
    for (int i = 0; i < 256; i++) {
        int flags = fcntl(i, F_GETFD);
        if (i < 3 || (flags >= 0 && !(flags & FD_CLOEXEC)))
            buffer_add_format(&wanted, "%d ", i);
    }
    /* Other children are running, so that their pipes are open too. */
    struct process_result result;
    struct process_set *set = children_begin(8);
    for (int i = 0; i < 3; i++)
        process_start(set, &HELPER("pause"));
    struct process *child = process_start(set, &HELPER("descriptors"));
    unit_worked(process_wait(set, child, &result, &error), &error);
    ck_assert_str_eq(buffer_text(&result.out), buffer_text(&wanted));
    process_result_free(&result);
    buffer_free(&wanted);
    children_end(set);
}
END_TEST

START_TEST(child_gets_the_callers_mask)
{
    sigset_t mask;
    sigset_t before;
    sigemptyset(&mask);
    sigaddset(&mask, SIGUSR2);
    sigprocmask(SIG_BLOCK, &mask, &before);
    char *wanted = unit_format("%d ", SIGUSR2);
    prints(HELPER("blocked"), wanted);
    sigprocmask(SIG_SETMASK, &before, NULL);
    prints(HELPER("blocked"), "");
}
END_TEST

START_TEST(child_gets_the_callers_ignored_signals_but_sigpipe)
{
    void (*hup)(int) = signal(SIGHUP, SIG_IGN);
    void (*sigpipe)(int) = signal(SIGPIPE, SIG_IGN);
    char *wanted = unit_format("%d ", SIGHUP);
    prints(HELPER("ignored"), wanted);
    signal(SIGHUP, hup);
    signal(SIGPIPE, sigpipe);
    prints(HELPER("ignored"), "");
}
END_TEST

START_TEST(child_has_a_group_of_its_own)
{
    prints(HELPER("group"), "1");
}
END_TEST

/* ---- what comes back ---- */

START_TEST(streams_are_kept_apart)
{
    struct process_result result =
        children_run(SHELL("echo one; echo two >&2; echo three; exit 0"));
    ck_assert_str_eq(buffer_text(&result.out), "one\nthree\n");
    ck_assert_str_eq(buffer_text(&result.err), "two\n");
    ck_assert_uint_eq(result.out.length, 10);
    ck_assert_uint_eq(result.err.length, 4);
    process_result_free(&result);
}
END_TEST

START_TEST(nul_bytes_are_kept)
{
    struct process_result result = children_run(SHELL("printf 'a\\000b'"));
    ck_assert_uint_eq(result.out.length, 3);
    ck_assert_mem_eq(result.out.data, "a\0b", 4);
    process_result_free(&result);
}
END_TEST

static const struct {
    const char *script;
    int status, signal;
} endings[] = {
    {"exit 0", 0, 0},          {"exit 1", 1, 0},
    {"exit 255", 255, 0},      {"kill -KILL $$", -1, 9},
    {"kill -TERM $$", -1, 15}, {"kill -PIPE $$", -1, 13},
    {"exit 137", 137, 0},      {"exec >&- 2>&-; exit 4", 4, 0},
};

START_TEST(exit_status_and_ending_signal)
{
    struct process_result result = children_run(SHELL((char *)(size_t)endings[_i].script));
    ck_assert_int_eq(result.exit_status, endings[_i].status);
    ck_assert_int_eq(result.ending_signal, endings[_i].signal);
    ck_assert(!result.timed_out && !result.too_much);
    process_result_free(&result);
}
END_TEST

START_TEST(five_megabytes_on_both_streams)
{
    struct process_result result = children_run(HELPER("flood", "5242881"));
    ck_assert_int_eq(result.exit_status, 0);
    ck_assert_uint_eq(result.out.length, 5242881);
    ck_assert_uint_eq(result.err.length, 5242881);
    ck_assert_uint_eq(strspn(result.out.data, "o"), 5242881);
    ck_assert_uint_eq(strspn(result.err.data, "e"), 5242881);
    process_result_free(&result);
}
END_TEST

START_TEST(too_much_output_ends_the_child)
{
    struct process_request request = HELPER("flood", "0");
    request.max_output_bytes = 100000;
    struct process_result result = children_run(request);
    ck_assert(result.too_much);
    ck_assert(!result.timed_out);
    ck_assert_uint_gt(result.out.length, 0);
    ck_assert_uint_le(result.out.length, 100000 + 65536);
    ck_assert_uint_le(result.err.length, 100000 + 65536);
    process_result_free(&result);
}
END_TEST

START_TEST(too_much_counts_for_each_stream)
{
    struct process_request request = SHELL("printf 1234567890; printf 1234567890 >&2");
    request.max_output_bytes = 10;
    struct process_result result = children_run(request);
    ck_assert(!result.too_much);
    ck_assert_int_eq(result.exit_status, 0);
    process_result_free(&result);
    request = SHELL("printf 12345678901 >&2");
    request.max_output_bytes = 10;
    result = children_run(request);
    ck_assert(result.too_much);
    process_result_free(&result);
}
END_TEST

/* The grandchild outlives the test's time limit, unless it is killed here. */
START_TEST(a_grandchild_is_not_waited_for)
{
    struct process_result result = children_run(SHELL("sleep 300 & echo $!; exit 5"));
    ck_assert_int_eq(result.exit_status, 5);
    long pid = strtol(buffer_text(&result.out), NULL, 10);
    ck_assert_int_gt(pid, 1);
    kill((pid_t)pid, SIGKILL);
    process_result_free(&result);
}
END_TEST

/* It is gone before anything was read, and left more than one read takes. */
START_TEST(what_an_ended_child_left_is_read)
{
#ifdef F_SETPIPE_SZ
    struct process_result result;
    siginfo_t info;
    struct process_set *set = children_begin(1);
    struct process *child = process_start(set, &HELPER("large", "300000"));
    ck_assert_int_eq(waitid(P_ALL, 0, &info, WEXITED | WNOWAIT), 0);
    unit_worked(process_wait(set, child, &result, &error), &error);
    ck_assert_uint_eq(result.out.length, 300000);
    process_result_free(&result);
    children_end(set);
#endif
}
END_TEST

/* Descriptors for one start and no more: the second one has to wait for the first. */
START_TEST(a_start_that_lacks_something_is_tried_again_alone)
{
    struct rlimit before;
    struct process_result result;
    struct process_set *set = children_begin(2);
    int lowest = dup(0);
    close(lowest);
    ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &before), 0);
    struct rlimit low = {(rlim_t)lowest + 5, before.rlim_max};
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &low), 0);
    struct process *first = process_start(set, &SHELL("sleep 0.1; echo first"));
    struct process *second = process_start(set, &SHELL("echo second"));
    bool good = process_wait(set, second, &result, &error);
    setrlimit(RLIMIT_NOFILE, &before);
    unit_worked(good, &error);
    ck_assert_str_eq(buffer_text(&result.out), "second\n");
    process_result_free(&result);
    unit_worked(process_wait(set, first, &result, &error), &error);
    ck_assert_str_eq(buffer_text(&result.out), "first\n");
    process_result_free(&result);
    children_end(set);
}
END_TEST

/* What it lacks is not there without others either. */
START_TEST(a_start_that_lacks_something_fails_at_last)
{
    struct rlimit before;
    struct process_result result;
    struct process_set *set = children_begin(2);
    int lowest = dup(0);
    close(lowest);
    ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &before), 0);
    struct rlimit low = {(rlim_t)lowest + 3, before.rlim_max};
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &low), 0);
    struct process *child = process_start(set, &SHELL("echo"));
    bool good = process_wait(set, child, &result, &error);
    setrlimit(RLIMIT_NOFILE, &before);
    unit_failed(good, &error, ERROR_LOCAL, "cannot run");
    children_end(set);
}
END_TEST

START_TEST(a_grandchild_that_prints_for_ever_is_left_alone)
{
    struct process_result result = children_run(SHELL("yes & exit 3"));
    ck_assert(!result.too_much);
    ck_assert_int_eq(result.exit_status, 3);
    process_result_free(&result);
}
END_TEST

START_TEST(a_child_without_pipes_is_waited_for)
{
    char *folder = unit_folder();
    char *script = unit_format("exec >&- 2>&-; sleep 0.2; : > %s/done; exit 6", folder);
    struct process_result result = children_run(SHELL(script));
    ck_assert_int_eq(result.exit_status, 6);
    ck_assert_uint_eq(unit_entries(folder), 1);
    process_result_free(&result);
}
END_TEST

/* Some supervisors start programs with signals blocked. */
START_TEST(a_blocked_sigchld_does_no_harm)
{
    sigset_t mask;
    sigset_t before;
    sigemptyset(&mask);
    sigaddset(&mask, SIGCHLD);
    sigprocmask(SIG_BLOCK, &mask, &before);
    struct process_result result = children_run(SHELL("exec >&- 2>&-; sleep 0.2; exit 6"));
    sigprocmask(SIG_SETMASK, &before, NULL);
    ck_assert_int_eq(result.exit_status, 6);
    process_result_free(&result);
}
END_TEST

START_TEST(an_ignored_sigchld_does_no_harm)
{
    void (*before)(int) = signal(SIGCHLD, SIG_IGN);
    struct process_result result = children_run(SHELL("exit 7"));
    signal(SIGCHLD, before);
    ck_assert_int_eq(result.exit_status, 7);
    process_result_free(&result);
}
END_TEST

/* ---- children that cannot be started ---- */

static void cannot_start(const char *path)
{
    struct process_result result;
    struct process_request request = {.path = path, .argv = ARGV("x"), .envp = environ};
    size_t open = unit_descriptors();
    struct process_set *set = children_begin(1);
    struct process *bad = process_start(set, &request);
    struct process *good = process_start(set, &SHELL("echo fine"));
    unit_failed(process_wait(set, bad, &result, &error), &error, ERROR_NO_PROGRAM, path);
    unit_worked(process_wait(set, good, &result, &error), &error);
    ck_assert_str_eq(buffer_text(&result.out), "fine\n");
    process_result_free(&result);
    children_end(set);
    ck_assert(!unit_has_children());
    ck_assert_uint_eq(unit_descriptors(), open);
}

START_TEST(start_of_a_missing_program)
{
    if (!unit_spawn_tells())
        return;
    cannot_start("/nonexistent/doctl");
}
END_TEST

START_TEST(start_of_what_is_no_program)
{
    if (!unit_spawn_tells())
        return;
    char *folder = unit_folder();
    char *text = unit_file(folder, "text", "echo no\n", 0644);
    char *odd = unit_file(folder, "odd", "\x7f\x01no program", 0755);
    char *lost = unit_file(folder, "lost", "#!/nonexistent/sh\necho no\n", 0755);
    cannot_start(text);
    cannot_start(odd);
    cannot_start(lost);
    cannot_start(folder);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("process");
    TCase *tests = unit_case(suite, "find");
    tcase_add_test(tests, input_arrives_whole);
    tcase_add_test(tests, find_takes_the_first_on_path);
    tcase_add_test(tests, find_goes_past_what_cannot_run);
    tcase_add_loop_test(tests, find_empty_entry_is_here, 0, COUNT(empty_entries));
    tcase_add_test(tests, find_takes_a_path_as_it_is);
    tcase_add_test(tests, find_without_a_path);
    tests = unit_case(suite, "child");
    tcase_add_test(tests, child_gets_its_arguments);
    tcase_add_test(tests, child_gets_the_environment_that_was_asked_for);
    tcase_add_test(tests, child_reads_nothing);
    tcase_add_test(tests, child_gets_no_descriptor);
    tcase_add_test(tests, child_gets_the_callers_mask);
    tcase_add_test(tests, child_gets_the_callers_ignored_signals_but_sigpipe);
    tcase_add_test(tests, child_has_a_group_of_its_own);
    tests = unit_case(suite, "result");
    tcase_add_test(tests, streams_are_kept_apart);
    tcase_add_test(tests, nul_bytes_are_kept);
    tcase_add_loop_test(tests, exit_status_and_ending_signal, 0, COUNT(endings));
    tcase_add_test(tests, five_megabytes_on_both_streams);
    tcase_add_test(tests, too_much_output_ends_the_child);
    tcase_add_test(tests, too_much_counts_for_each_stream);
    tcase_add_test(tests, a_grandchild_is_not_waited_for);
    tcase_add_test(tests, what_an_ended_child_left_is_read);
    tcase_add_test(tests, a_start_that_lacks_something_is_tried_again_alone);
    tcase_add_test(tests, a_start_that_lacks_something_fails_at_last);
    tcase_add_test(tests, a_grandchild_that_prints_for_ever_is_left_alone);
    tcase_add_test(tests, a_child_without_pipes_is_waited_for);
    tcase_add_test(tests, a_blocked_sigchld_does_no_harm);
    tcase_add_test(tests, an_ignored_sigchld_does_no_harm);
    tcase_add_test(tests, start_of_a_missing_program);
    tcase_add_test(tests, start_of_what_is_no_program);
    return unit_run(suite);
}
