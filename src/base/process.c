#include "config.h"

#include "base/process.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "base/signals.h"

#define READ_SIZE ((size_t)64 << 10)
#define GRACE_MS  2000 /* between the polite signal and SIGKILL */

enum state { QUEUED, RUNNING, ENDED, NOT_STARTED };

struct process {
    struct process *next;
    enum state state;
    pid_t pid;
    char *path;
    char **argv;
    char *const *envp;
    int timeout_ms;
    size_t max_output_bytes;
    char *input;         /* what it gets on stdin; NULL: nothing, or it has it */
    int kept;            /* a descriptor that the child gets as its 3; -1: none */
    long long deadline;  /* 0: none */
    long long kill_time; /* when SIGKILL follows; 0: no signal was sent */
    int pipes[2];        /* our ends for stdout and stderr; -1: closed */
    int start_errno;     /* of NOT_STARTED */
    bool alone;          /* it was started while no other one ran */
    int read_errno;      /* its output could not be read to the end */
    struct process_result result;
};

struct process_set {
    struct process_set *next;
    struct process *first; /* in the order of their starts */
    size_t limit;
};

/* ---- one child ---- */

long long process_clock_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void close_pipe(struct process *child, int which)
{
    if (child->pipes[which] >= 0)
        close(child->pipes[which]);
    child->pipes[which] = -1;
}

/* Signals the whole group, so that what a wrapper script started ends too. */
static void send_signal(const struct process *child, int number)
{
    if (kill(-child->pid, number) != 0)
        kill(child->pid, number);
}

static void end_politely(struct process *child, int number)
{
    if (child->kill_time || child->state != RUNNING)
        return;
    send_signal(child, number);
    child->kill_time = process_clock_ms() + GRACE_MS;
}

static bool prepare(posix_spawn_file_actions_t *actions, posix_spawnattr_t *attributes, int input,
                    const int outputs[2], int kept)
{
    sigset_t defaults;
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);
    sigaddset(&defaults, SIGXFSZ);
    const short flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF;
    return !(input >= 0 ? posix_spawn_file_actions_adddup2(actions, input, 0)
                        : posix_spawn_file_actions_addopen(actions, 0, "/dev/null", O_RDONLY, 0)) &&
           !posix_spawn_file_actions_adddup2(actions, outputs[0], 1) &&
           !posix_spawn_file_actions_adddup2(actions, outputs[1], 2) &&
           (kept < 0 || !posix_spawn_file_actions_adddup2(actions, kept, 3)) &&
           !posix_spawnattr_setsigmask(attributes, signals_callers_mask()) &&
           !posix_spawnattr_setsigdefault(attributes, &defaults) &&
           !posix_spawnattr_setpgroup(attributes, 0) &&
           !posix_spawnattr_setflags(attributes, flags);
}

static int spawn(struct process *child, int input, const int outputs[2])
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    if (posix_spawn_file_actions_init(&actions))
        return ENOMEM;
    if (posix_spawnattr_init(&attributes)) {
        posix_spawn_file_actions_destroy(&actions);
        return ENOMEM;
    }
    int number = ENOMEM;
    if (prepare(&actions, &attributes, input, outputs, child->kept))
        number =
            posix_spawn(&child->pid, child->path, &actions, &attributes, child->argv, child->envp);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return number;
}

static void start_now(struct process *child)
{
    int out[2];
    int err[2];
    int input = -1;
    child->state = NOT_STARTED;
    if (child->input && !bytes_pipe_with(child->input, PROCESS_MAX_INPUT, &input)) {
        child->start_errno = errno;
        return;
    }
    if (!bytes_pipe(out)) {
        child->start_errno = errno;
        goto close_input;
    }
    if (!bytes_pipe(err)) {
        child->start_errno = errno;
        goto close_out;
    }
    if (!bytes_nonblocking(out[0]) || !bytes_nonblocking(err[0])) {
        child->start_errno = errno;
        goto close_err;
    }
    child->start_errno = spawn(child, input, (int[]){out[1], err[1]});
    if (child->start_errno)
        goto close_err;
    if (input >= 0)
        close(input);
    mem_free_secret(child->input);
    child->input = NULL;
    close(out[1]);
    close(err[1]);
    child->pipes[0] = out[0];
    child->pipes[1] = err[0];
    child->state = RUNNING;
    if (child->timeout_ms > 0)
        child->deadline = process_clock_ms() + child->timeout_ms;
    return;

close_err:
    close(err[0]);
    close(err[1]);
close_out:
    close(out[0]);
    close(out[1]);
close_input:
    if (input >= 0)
        close(input);
}

/* Reads what is there, once; false when there is nothing more for now, or ever. */
static bool read_some(struct process *child, int which)
{
    if (child->pipes[which] < 0)
        return false;
    struct buffer *buffer = which == 0 ? &child->result.out : &child->result.err;
    ssize_t count = read(child->pipes[which], buffer_reserve(buffer, READ_SIZE), READ_SIZE);
    if (count > 0) {
        buffer->length += (size_t)count;
        buffer->data[buffer->length] = '\0';
        if (buffer->length > child->max_output_bytes) {
            child->result.too_much = true;
            end_politely(child, SIGTERM);
            close_pipe(child, which);
            return false;
        }
        return true;
    }
    if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
        return false;
    if (count < 0)
        child->read_errno = errno;
    close_pipe(child, which);
    return false;
}

/*
 * Reaps the child if it has ended. All that it printed is in the pipes by then; a grandchild may go
 * on writing, so no more than a pipe can hold is read.
 */
static void reap(struct process *child, int options)
{
    int status;
    pid_t pid;
    do
        pid = waitpid(child->pid, &status, options);
    while (pid < 0 && errno == EINTR);
    if (pid == 0)
        return;
    child->state = ENDED;
    for (int which = 0; which < 2; which++) {
        for (int i = 0; i < 32 && read_some(child, which); i++)
            ;
        close_pipe(child, which);
    }
    child->result.exit_status = -1;
    if (pid == child->pid && WIFEXITED(status))
        child->result.exit_status = WEXITSTATUS(status);
    if (pid == child->pid && WIFSIGNALED(status))
        child->result.ending_signal = WTERMSIG(status);
}

static void free_child(struct process *child)
{
    process_result_free(&child->result);
    for (char **argument = child->argv; *argument; argument++)
        free(*argument);
    free(child->argv);
    free(child->path);
    mem_free_secret(child->input);
    free(child);
}

/* ---- the set ---- */

/* All sets, for kill_all_children(), which is called without arguments. */
static struct process_set *sets;

static void kill_all_children(void)
{
    for (struct process_set *set = sets; set; set = set->next)
        for (struct process *child = set->first; child; child = child->next)
            if (child->state == RUNNING) {
                send_signal(child, SIGKILL);
                waitpid(child->pid, NULL, 0);
            }
}

struct process_set *process_set_new(size_t limit)
{
    struct process_set *set = mem_alloc(sizeof *set);
    set->limit = limit ? limit : 1;
    set->next = sets;
    sets = set;
    mem_at_exhaustion(kill_all_children);
    return set;
}

static size_t running(const struct process_set *set)
{
    size_t count = 0;
    for (const struct process *child = set->first; child; child = child->next)
        count += child->state == RUNNING;
    return count;
}

static void start_queued(struct process_set *set)
{
    size_t count = running(set);
    for (struct process *child = set->first; child && count < set->limit; child = child->next) {
        if (child->state != QUEUED)
            continue;
        start_now(child);
        count += child->state == RUNNING;
    }
}

struct process *process_start(struct process_set *set, const struct process_request *request)
{
    struct process *child = mem_alloc(sizeof *child);
    size_t count = 0;
    while (request->argv[count])
        count++;
    child->argv = mem_array(count + 1, sizeof *child->argv);
    for (size_t i = 0; i < count; i++)
        child->argv[i] = mem_copy(request->argv[i]);
    child->path = mem_copy(request->path);
    child->envp = request->envp;
    child->timeout_ms = request->timeout_ms;
    child->max_output_bytes =
        request->max_output_bytes ? request->max_output_bytes : PROCESS_MAX_OUTPUT;
    child->input = mem_copy(request->input);
    child->kept = request->keep ? request->descriptor : -1;
    child->pipes[0] = child->pipes[1] = -1;
    struct process **end = &set->first;
    while (*end)
        end = &(*end)->next;
    *end = child;
    start_queued(set);
    return child;
}

/* Ends those whose time is up; gives the milliseconds until the next one, or -1. */
static int keep_deadlines(struct process_set *set, long long until)
{
    long long now = process_clock_ms();
    long long next = until;
    for (struct process *child = set->first; child; child = child->next) {
        if (child->state != RUNNING)
            continue;
        if (child->deadline && now >= child->deadline && !child->kill_time) {
            child->result.timed_out = true;
            end_politely(child, SIGTERM);
        }
        if (child->kill_time && now >= child->kill_time) {
            send_signal(child, SIGKILL);
            child->kill_time = now + GRACE_MS;
        }
        long long due = child->kill_time ? child->kill_time : child->deadline;
        if (due && (!next || due < next))
            next = due;
    }
    if (!next)
        return -1;
    if (next <= now)
        return 0;
    return next - now > INT_MAX ? INT_MAX : (int)(next - now);
}

/*
 * One turn of the loop: waits for something to happen, up to `until` (0: no limit), and serves it.
 */
static void turn(struct process_set *set, long long until)
{
    size_t count = 1;
    struct pollfd *waits = mem_array(1 + 2 * running(set), sizeof *waits);
    waits[0] = (struct pollfd){.fd = signals_descriptor(), .events = POLLIN};
    for (struct process *child = set->first; child; child = child->next)
        for (int which = 0; which < 2; which++)
            if (child->state == RUNNING && child->pipes[which] >= 0)
                waits[count++] = (struct pollfd){.fd = child->pipes[which], .events = POLLIN};

    int ready = poll(waits, (nfds_t)count, keep_deadlines(set, until));
    if (ready > 0) {
        if (waits[0].revents)
            signals_drain();
        size_t i = 1;
        for (struct process *child = set->first; child; child = child->next)
            for (int which = 0; which < 2; which++)
                if (child->state == RUNNING && i < count && waits[i].fd == child->pipes[which] &&
                    waits[i++].revents)
                    read_some(child, which);
    }
    free(waits);
    for (struct process *child = set->first; child; child = child->next)
        if (child->state == RUNNING)
            reap(child, WNOHANG);
    start_queued(set);
}

/*
 * Passes a signal on and sees all children out. A second signal from the user cuts the wait short.
 */
static void stop_all(struct process_set *set, int number)
{
    signals_set(0);
    for (struct process *child = set->first; child; child = child->next) {
        if (child->state == QUEUED)
            child->state = ENDED;
        if (child->state == RUNNING)
            end_politely(child, number);
    }
    while (running(set)) {
        if (signals_noted())
            for (struct process *child = set->first; child; child = child->next)
                if (child->state == RUNNING)
                    send_signal(child, SIGKILL);
        turn(set, 0);
    }
    signals_set(number);
}

static bool interrupted(struct process_set *set, struct error *error)
{
    int number = signals_noted();
    if (!number)
        return false;
    stop_all(set, number);
    error_set(error, ERROR_SIGNAL, number, "interrupted by signal %d (%s)", number,
              strsignal(number));
    return true;
}

static void forget(struct process_set *set, struct process *child)
{
    struct process **link = &set->first;
    while (*link != child)
        link = &(*link)->next;
    *link = child->next;
    free_child(child);
}

/*
 * What could not be started beside the others, for want of descriptors or processes, is started
 * again once they have ended. False: it can be no better.
 */
static bool start_alone(struct process_set *set, struct process *child)
{
    int why = child->start_errno;
    if (child->alone || (why != EAGAIN && why != EMFILE && why != ENFILE && why != ENOMEM))
        return false;
    child->alone = running(set) == 0;
    if (child->alone)
        start_now(child);
    else
        turn(set, 0);
    return true;
}

bool process_wait(struct process_set *set, struct process *child, struct process_result *result,
                  struct error *error)
{
    bool done = false;
    while (!interrupted(set, error)) {
        if (child->state == NOT_STARTED && start_alone(set, child))
            continue;
        if (child->state == ENDED || child->state == NOT_STARTED) {
            done = true;
            break;
        }
        turn(set, 0);
    }
    if (done && child->state == NOT_STARTED) {
        errno = child->start_errno;
        error_set_errno(error, "cannot run %s", child->path);
        if (errno == ENOENT || errno == EACCES || errno == ENOEXEC || errno == ENOTDIR)
            error->kind = ERROR_NO_PROGRAM;
        if (child->start_errno == ENOEXEC)
            error_advise(error, "a script needs a first line such as #!/bin/sh");
        done = false;
    }
    if (done && child->read_errno) {
        errno = child->read_errno;
        done = error_set_errno(error, "cannot read what %s printed", child->path);
    }
    if (done) {
        *result = child->result;
        child->result = (struct process_result){.exit_status = 0};
    }
    forget(set, child);
    return done;
}

bool process_pause(struct process_set *set, int milliseconds, struct error *error)
{
    long long until = process_clock_ms() + milliseconds;
    while (!interrupted(set, error)) {
        if (process_clock_ms() >= until)
            return true;
        turn(set, until);
    }
    return false;
}

void process_set_free(struct process_set *set)
{
    if (!set)
        return;
    for (struct process *child = set->first; child; child = child->next) {
        if (child->state != RUNNING)
            continue;
        send_signal(child, SIGKILL);
        reap(child, 0);
    }
    while (set->first)
        forget(set, set->first);
    struct process_set **link = &sets;
    while (*link != set)
        link = &(*link)->next;
    *link = set->next;
    free(set);
}

void process_result_free(struct process_result *result)
{
    buffer_free(&result->out);
    buffer_free(&result->err);
}
