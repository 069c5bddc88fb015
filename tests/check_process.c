#include "config.h"

#include "base/process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/bytes.h"
#include "unit.h"

#define ARGV(...) ((char *const[]){__VA_ARGS__, NULL})
#define SHELL(script)                                                                              \
    (struct process_request)                                                                       \
    {                                                                                              \
        .path = "/bin/sh", .argv = ARGV("sh", "-c", script), .envp = environ                       \
    }
#define HELPER(...)                                                                                \
    (struct process_request)                                                                       \
    {                                                                                              \
        .path = unit_child, .argv = ARGV("child", __VA_ARGS__), .envp = environ                    \
    }

extern char **environ;

static struct error error;

static struct process_set *begin(size_t limit)
{
    unit_worked(process_signals_catch(&error), &error);
    return process_set_new(limit);
}

static void end(struct process_set *set)
{
    process_set_free(set);
    process_signals_release();
}

/* One child from start to end; the descriptors and the children are as before. */
static struct process_result run(struct process_request request)
{
    struct process_result result;
    size_t open = unit_descriptors();
    struct process_set *set = begin(2);
    struct process *child = process_start(set, &request);
    unit_worked(process_wait(set, child, &result, &error), &error);
    end(set);
    ck_assert(!unit_has_children());
    ck_assert_uint_eq(unit_descriptors(), open);
    return result;
}

/* What a child that exits with 0 prints on stdout. */
static char *printed(struct process_request request)
{
    struct process_result result = run(request);
    ck_assert_int_eq(result.exit_status, 0);
    ck_assert_int_eq(result.ending_signal, 0);
    ck_assert(!result.timed_out && !result.too_much);
    ck_assert_str_eq(buffer_text(&result.err), "");
    char *text = unit_keep(buffer_take(&result.out));
    process_result_free(&result);
    return text;
}

#define prints(request, wanted) ck_assert_str_eq(printed(request), wanted)

/* Serves the set until a file is there; the test's own time limit ends a wait in vain. */
static void wait_for(struct process_set *set, const char *folder, const char *name)
{
    char *path = unit_path(folder, name);
    while (access(path, F_OK) != 0)
        unit_worked(process_pause(set, 5, &error), &error);
}

/* ---- finding a program -------------------------------------------------------------------------
 */

static char *found(const char *name)
{
    char *path = NULL;
    unit_worked(process_find(name, &path, &error), &error);
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
    unit_failed(process_find("tool", &path, &error), &error, ERROR_NO_DOCTL, text);
    ck_assert_int_eq(error.number, EACCES);
    ck_assert_ptr_nonnull(strstr(error.text, "not an executable program"));
    ck_assert_int_eq(unlink(text), 0);
    unit_failed(process_find("tool", &path, &error), &error, ERROR_NO_DOCTL,
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
    char *none = NULL;
    unit_failed(process_find("here-only", &none, &error), &error, ERROR_NO_DOCTL, "here-only");
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
    unit_failed(process_find("./tool", &path, &error), &error, ERROR_NO_DOCTL, "./tool");
    unit_failed(process_find(missing, &path, &error), &error, ERROR_NO_DOCTL, missing);
    ck_assert_int_eq(error.number, ENOENT);
    unit_failed(process_find(text, &path, &error), &error, ERROR_NO_DOCTL, text);
    ck_assert_int_eq(error.number, EACCES);
    unit_failed(process_find(folder, &path, &error), &error, ERROR_NO_DOCTL, folder);
    unit_failed(process_find("", &path, &error), &error, ERROR_NO_DOCTL, "");
}
END_TEST

START_TEST(find_without_a_path)
{
    unsetenv("PATH");
    char *path = found("sh");
    ck_assert_int_eq(*path, '/');
}
END_TEST

/* ---- what a child gets -------------------------------------------------------------------------
 */

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
    struct process_set *set = begin(8);
    for (int i = 0; i < 3; i++)
        process_start(set, &HELPER("pause"));
    struct process *child = process_start(set, &HELPER("descriptors"));
    unit_worked(process_wait(set, child, &result, &error), &error);
    ck_assert_str_eq(buffer_text(&result.out), buffer_text(&wanted));
    process_result_free(&result);
    buffer_free(&wanted);
    end(set);
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

/* ---- what comes back ---------------------------------------------------------------------------
 */

START_TEST(streams_are_kept_apart)
{
    struct process_result result = run(SHELL("echo one; echo two >&2; echo three; exit 0"));
    ck_assert_str_eq(buffer_text(&result.out), "one\nthree\n");
    ck_assert_str_eq(buffer_text(&result.err), "two\n");
    ck_assert_uint_eq(result.out.length, 10);
    ck_assert_uint_eq(result.err.length, 4);
    process_result_free(&result);
}
END_TEST

START_TEST(nul_bytes_are_kept)
{
    struct process_result result = run(SHELL("printf 'a\\000b'"));
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
    struct process_result result = run(SHELL((char *)(size_t)endings[_i].script));
    ck_assert_int_eq(result.exit_status, endings[_i].status);
    ck_assert_int_eq(result.ending_signal, endings[_i].signal);
    ck_assert(!result.timed_out && !result.too_much);
    process_result_free(&result);
}
END_TEST

START_TEST(five_megabytes_on_both_streams)
{
    struct process_result result = run(HELPER("flood", "5242881"));
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
    struct process_result result = run(request);
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
    struct process_result result = run(request);
    ck_assert(!result.too_much);
    ck_assert_int_eq(result.exit_status, 0);
    process_result_free(&result);
    request = SHELL("printf 12345678901 >&2");
    request.max_output_bytes = 10;
    result = run(request);
    ck_assert(result.too_much);
    process_result_free(&result);
}
END_TEST

/* The grandchild outlives the test's time limit, unless it is killed here. */
START_TEST(a_grandchild_is_not_waited_for)
{
    struct process_result result = run(SHELL("sleep 300 & echo $!; exit 5"));
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
    struct process_set *set = begin(1);
    struct process *child = process_start(set, &HELPER("large", "300000"));
    ck_assert_int_eq(waitid(P_ALL, 0, &info, WEXITED | WNOWAIT), 0);
    unit_worked(process_wait(set, child, &result, &error), &error);
    ck_assert_uint_eq(result.out.length, 300000);
    process_result_free(&result);
    end(set);
#endif
}
END_TEST

START_TEST(a_grandchild_that_prints_for_ever_is_left_alone)
{
    struct process_result result = run(SHELL("yes & exit 3"));
    ck_assert(!result.too_much);
    ck_assert_int_eq(result.exit_status, 3);
    process_result_free(&result);
}
END_TEST

START_TEST(a_child_without_pipes_is_waited_for)
{
    char *folder = unit_folder();
    char *script = unit_format("exec >&- 2>&-; sleep 0.2; : > %s/done; exit 6", folder);
    struct process_result result = run(SHELL(script));
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
    struct process_result result = run(SHELL("exec >&- 2>&-; sleep 0.2; exit 6"));
    sigprocmask(SIG_SETMASK, &before, NULL);
    ck_assert_int_eq(result.exit_status, 6);
    process_result_free(&result);
}
END_TEST

START_TEST(an_ignored_sigchld_does_no_harm)
{
    void (*before)(int) = signal(SIGCHLD, SIG_IGN);
    struct process_result result = run(SHELL("exit 7"));
    signal(SIGCHLD, before);
    ck_assert_int_eq(result.exit_status, 7);
    process_result_free(&result);
}
END_TEST

/* ---- children that cannot be started -----------------------------------------------------------
 */

static void cannot_start(const char *path)
{
    struct process_result result;
    struct process_request request = {.path = path, .argv = ARGV("x"), .envp = environ};
    size_t open = unit_descriptors();
    struct process_set *set = begin(1);
    struct process *bad = process_start(set, &request);
    struct process *good = process_start(set, &SHELL("echo fine"));
    unit_failed(process_wait(set, bad, &result, &error), &error, ERROR_NO_DOCTL, path);
    unit_worked(process_wait(set, good, &result, &error), &error);
    ck_assert_str_eq(buffer_text(&result.out), "fine\n");
    process_result_free(&result);
    end(set);
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

/* ---- deadlines ---------------------------------------------------------------------------------
 */

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
    struct process_result result = run(request);
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
    struct process_result result = run(request);
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
    struct process_set *set = begin(1);
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
    end(set);
}
END_TEST

START_TEST(deadline_counts_from_the_start)
{
    /* The second one waits longer in the queue than its deadline allows it to run. */
    struct process_result result;
    struct process_set *set = begin(1);
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
    end(set);
}
END_TEST

/* ---- many children -----------------------------------------------------------------------------
 */

#define MANY 40

START_TEST(never_more_than_the_limit)
{
    char *folder = unit_folder();
    struct process *children[MANY];
    size_t open = unit_descriptors();
    struct process_set *set = begin(4);
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
    end(set);
    ck_assert(!unit_has_children());
    ck_assert_uint_eq(unit_descriptors(), open);
}
END_TEST

START_TEST(a_limit_of_none_is_one)
{
    char *folder = unit_folder();
    struct process *children[3];
    struct process_set *set = begin(0);
    for (int i = 0; i < 3; i++)
        children[i] =
            process_start(set, &HELPER("turn", folder, (char[]){(char)('0' + i), 0}, "0"));
    for (int i = 2; i >= 0; i--) {
        struct process_result result;
        unit_worked(process_wait(set, children[i], &result, &error), &error);
        ck_assert_str_eq(buffer_text(&result.out) + 1, " 1\n");
        process_result_free(&result);
    }
    end(set);
}
END_TEST

START_TEST(free_kills_and_reaps)
{
    char *folder = unit_folder();
    size_t open = unit_descriptors();
    struct process_set *set = begin(3);
    process_start(set, &SHELL("exit 1"));
    process_start(set, &HELPER("deaf", folder, "one"));
    process_start(set, &HELPER("deaf", folder, "two"));
    process_start(set, &HELPER("deaf", folder, "three"));
    process_start(set, &HELPER("deaf", folder, "never"));
    wait_for(set, folder, "one.ready");
    wait_for(set, folder, "two.ready");
    wait_for(set, folder, "three.ready");
    process_set_free(set);
    ck_assert(!unit_has_children());
    ck_assert_uint_eq(unit_entries(folder), 3);
    process_signals_release();
    ck_assert_uint_eq(unit_descriptors(), open);
    process_set_free(NULL);
}
END_TEST

/* ---- signals -----------------------------------------------------------------------------------
 */

static const int passed_on[] = {SIGINT, SIGTERM, SIGHUP};

START_TEST(a_signal_goes_to_all_children)
{
    int number = passed_on[_i];
    char *folder = unit_folder();
    struct process_result result;
    ck_assert_int_eq(process_signal_noted(), 0);
    struct process_set *set = begin(2);
    struct process *one = process_start(set, &HELPER("await", folder, "one"));
    struct process *two = process_start(set, &HELPER("await", folder, "two"));
    struct process *queued = process_start(set, &HELPER("await", folder, "queued"));
    wait_for(set, folder, "one.ready");
    wait_for(set, folder, "two.ready");
    kill(getpid(), number);
    unit_failed(process_wait(set, two, &result, &error), &error, ERROR_SIGNAL, "signal");
    ck_assert_int_eq(error.number, number);
    ck_assert_int_eq(error_exit_status(&error), 128 + number);
    ck_assert(!unit_has_children());
    ck_assert_int_eq(process_signal_noted(), number);
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
    end(set);
}
END_TEST

START_TEST(a_signal_kills_who_does_not_listen)
{
    char *folder = unit_folder();
    struct process_result result;
    struct process_set *set = begin(2);
    struct process *deaf = process_start(set, &HELPER("deaf", folder, "x"));
    wait_for(set, folder, "x.ready");
    kill(getpid(), SIGTERM);
    unit_failed(process_wait(set, deaf, &result, &error), &error, ERROR_SIGNAL, "");
    ck_assert_int_eq(error.number, SIGTERM);
    ck_assert(!unit_has_children());
    end(set);
}
END_TEST

START_TEST(a_signal_ends_a_pause)
{
    struct process_set *set = begin(1);
    /* It comes while this program sleeps: the child sends it. */
    char *script = unit_format("kill -INT %ld; sleep 300", (long)getpid());
    process_start(set, &SHELL(script));
    unit_failed(process_pause(set, 600000, &error), &error, ERROR_SIGNAL, "");
    ck_assert_int_eq(error.number, SIGINT);
    ck_assert(!unit_has_children());
    end(set);
}
END_TEST

/* A signal that comes at the same time as the end of the child is not lost. */
START_TEST(a_signal_beats_a_result)
{
    struct process_result result;
    struct process_set *set = begin(1);
    struct process *child = process_start(set, &SHELL("exit 0"));
    siginfo_t info;
    ck_assert_int_eq(waitid(P_ALL, 0, &info, WEXITED | WNOWAIT), 0);
    kill(getpid(), SIGINT);
    unit_failed(process_wait(set, child, &result, &error), &error, ERROR_SIGNAL, "");
    ck_assert(!unit_has_children());
    end(set);
}
END_TEST

START_TEST(an_ignored_signal_stays_ignored)
{
    void (*before)(int) = signal(SIGHUP, SIG_IGN);
    struct process_set *set = begin(1);
    kill(getpid(), SIGHUP);
    unit_worked(process_pause(set, 20, &error), &error);
    ck_assert_int_eq(process_signal_noted(), 0);
    end(set);
    ck_assert(signal(SIGHUP, before) == SIG_IGN);
}
END_TEST

static void mine(int number)
{
    (void)number;
}

START_TEST(release_puts_the_handlers_back)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGCHLD};
    struct sigaction before[4];
    struct sigaction now;
    size_t open = unit_descriptors();
    struct sigaction action = {.sa_handler = mine};
    for (int i = 0; i < 4; i++)
        sigaction(numbers[i], &action, &before[i]);
    unit_worked(process_signals_catch(&error), &error);
    unit_worked(process_signals_catch(&error), &error);
    for (int i = 0; i < 4; i++) {
        sigaction(numbers[i], NULL, &now);
        ck_assert(now.sa_handler != mine);
    }
    process_signals_release();
    process_signals_release();
    for (int i = 0; i < 4; i++) {
        sigaction(numbers[i], &before[i], &now);
        ck_assert(now.sa_handler == mine);
    }
    ck_assert_uint_eq(unit_descriptors(), open);
}
END_TEST

/* ---- pausing -----------------------------------------------------------------------------------
 */

START_TEST(a_pause_serves_the_children)
{
    char *folder = unit_folder();
    char *script = unit_format("%s flood 1000000; : > %s/done", unit_child, folder);
    struct process_result result;
    struct process_set *set = begin(1);
    struct process *child = process_start(set, &SHELL(script));
    wait_for(set, folder, "done");
    unit_worked(process_wait(set, child, &result, &error), &error);
    ck_assert_uint_eq(result.out.length, 1000000);
    process_result_free(&result);
    end(set);
}
END_TEST

START_TEST(a_pause_is_not_short)
{
    struct process_set *set = begin(1);
    process_start(set, &SHELL("exit 0"));
    long long start = process_clock_ms();
    unit_worked(process_pause(set, 150, &error), &error);
    ck_assert_int_ge(process_clock_ms() - start, 150);
    unit_worked(process_pause(set, 0, &error), &error);
    end(set);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("process");
    TCase *tests = unit_case(suite, "find");
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
    tcase_add_test(tests, a_grandchild_that_prints_for_ever_is_left_alone);
    tcase_add_test(tests, a_child_without_pipes_is_waited_for);
    tcase_add_test(tests, a_blocked_sigchld_does_no_harm);
    tcase_add_test(tests, an_ignored_sigchld_does_no_harm);
    tcase_add_test(tests, start_of_a_missing_program);
    tcase_add_test(tests, start_of_what_is_no_program);
    tests = unit_case(suite, "deadline");
    tcase_add_test(tests, deadline_asks_first);
    tcase_add_test(tests, deadline_then_kills);
    tcase_add_test(tests, deadline_ends_the_whole_group);
    tcase_add_test(tests, deadline_counts_from_the_start);
    tests = unit_case(suite, "set");
    tcase_add_test(tests, never_more_than_the_limit);
    tcase_add_test(tests, a_limit_of_none_is_one);
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
