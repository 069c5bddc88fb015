/*
 * process: runs programs and collects what they print.
 *
 * Calling sequence:
 *     signals_catch(&error);                           once, before the first start
 *     set = process_set_new(8);                        at most 8 children at a time
 *     child = process_start(set, &request);            any number; those over the limit queue
 *     process_wait(set, child, &result, &error);       runs the whole set until this one has ended
 *     process_result_free(&result);
 *     process_set_free(set);                           kills and reaps what was not waited for
 *
 * A child has its standard input from /dev/null, or from a text that it is given, a process group
 * of its own, the signal mask that this program was started with, and no descriptor of this
 * program. Its standard output and error are read together and kept apart. It has ended when it
 * was reaped: a grandchild that still holds a pipe open is not waited for.
 *
 * The call that finds a signal noted (signals.h) passes it on to all children, reaps them (with
 * SIGKILL after a moment) and fails with ERROR_SIGNAL; the program unwinds, and main raises the
 * signal again.
 */
#ifndef MANAGED_DB_BASE_PROCESS_H
#define MANAGED_DB_BASE_PROCESS_H

#include "base/bytes.h"
#include "base/error.h"

struct process_set;
struct process;

struct process_request {
    const char *path;  /* the program; copied */
    char *const *argv; /* NULL-terminated; copied */
    char *const *envp; /* NULL-terminated; borrowed until the child has ended */
    int timeout_ms;    /* from the start of the child on; 0: no deadline */
    bool keep;         /* the child gets `descriptor` too, as its 3 */
    int descriptor;
    size_t max_output_bytes; /* per stream; 0: PROCESS_MAX_OUTPUT */
    const char *input;       /* its standard input, at most PROCESS_MAX_INPUT; copied, and wiped
                                once the child has it; NULL: /dev/null */
};

#define PROCESS_MAX_OUTPUT ((size_t)256 << 20)
#define PROCESS_MAX_INPUT                                                                          \
    ((size_t)16 << 10) /* what every pipe holds: nothing waits for the child */

struct process_result {
    struct buffer out, err;
    int exit_status;   /* -1 when a signal ended it */
    int ending_signal; /* 0 when it exited */
    bool timed_out;    /* it was ended because its deadline passed */
    bool too_much;     /* it was ended because it printed over max_output_bytes */
};

/* `limit`: children at a time, at least 1. */
struct process_set *process_set_new(size_t limit);
void process_set_free(struct process_set *set);

/* Starts a child, or queues it. A start that fails is reported by process_wait(). */
struct process *process_start(struct process_set *set, const struct process_request *request);

/*
 * Waits until the child has ended and gives its result, which the caller frees; the child is gone
 * afterwards, whatever is returned. Fails with ERROR_NO_PROGRAM or ERROR_LOCAL when it could not be
 * started, and with ERROR_SIGNAL. A child that fails, crashes or runs into its deadline is a
 * result.
 */
bool process_wait(struct process_set *set, struct process *child, struct process_result *result,
                  struct error *error);

/* Sleeps; children are served meanwhile. Fails with ERROR_SIGNAL. */
bool process_pause(struct process_set *set, int milliseconds, struct error *error);

void process_result_free(struct process_result *result);

/* The monotonic clock in milliseconds. */
long long process_clock_ms(void);

#endif
