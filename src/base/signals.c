#include "config.h"

#include "base/signals.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <unistd.h>

#include "base/bytes.h"

/* Those that end the program, then the one for a child that has ended. */
static const int caught_signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGCHLD};
#define LOOK_MS 200
#define CAUGHT  (sizeof caught_signals / sizeof caught_signals[0])

static volatile sig_atomic_t noted_signal;
static int wake_pipe[2] = {-1, -1};
static struct sigaction old_actions[CAUGHT];
static bool replaced[CAUGHT];
static sigset_t callers_mask;

static void note(int number)
{
    int saved = errno;
    if (number != SIGCHLD)
        noted_signal = number;
    /* A full pipe wakes poll() as well, so a failed write loses nothing. */
    ssize_t ignored = write(wake_pipe[1], "", 1);
    (void)ignored;
    errno = saved;
}

bool signals_catch(struct error *error)
{
    if (wake_pipe[0] >= 0)
        return true;
    if (!bytes_pipe(wake_pipe))
        return error_set_errno(error, "cannot make a pipe");
    if (!bytes_nonblocking(wake_pipe[0]) || !bytes_nonblocking(wake_pipe[1])) {
        error_set_errno(error, "cannot make a pipe");
        close(wake_pipe[0]);
        close(wake_pipe[1]);
        wake_pipe[0] = wake_pipe[1] = -1;
        return false;
    }
    noted_signal = 0;
    /* A caller that blocks SIGCHLD would have this program wait for ever. */
    sigset_t children;
    sigemptyset(&children);
    sigaddset(&children, SIGCHLD);
    sigprocmask(SIG_UNBLOCK, &children, &callers_mask);
    for (size_t i = 0; i < CAUGHT; i++) {
        struct sigaction action = {.sa_handler = note, .sa_flags = SA_RESTART | SA_NOCLDSTOP};
        sigemptyset(&action.sa_mask);
        sigaction(caught_signals[i], NULL, &old_actions[i]);
        /* What the caller ignores (nohup) stays ignored, here and in the children. */
        replaced[i] = caught_signals[i] == SIGCHLD || old_actions[i].sa_handler != SIG_IGN;
        if (replaced[i])
            sigaction(caught_signals[i], &action, NULL);
    }
    return true;
}

int signals_noted(void)
{
    return noted_signal;
}

void signals_release(void)
{
    if (wake_pipe[0] < 0)
        return;
    for (size_t i = 0; i < CAUGHT; i++)
        if (replaced[i])
            sigaction(caught_signals[i], &old_actions[i], NULL);
    sigprocmask(SIG_SETMASK, &callers_mask, NULL);
    close(wake_pipe[0]);
    close(wake_pipe[1]);
    wake_pipe[0] = wake_pipe[1] = -1;
    noted_signal = 0;
}

/* As poll() says, a pipe has room for PIPE_BUF bytes or none. */
bool signals_write(int file, const void *bytes, size_t length)
{
    const char *next = bytes;
    while (length) {
        struct pollfd room = {.fd = file, .events = POLLOUT};
        int ready = poll(&room, 1, noted_signal ? 0 : LOOK_MS);
        if (ready == 0 || (ready < 0 && errno == EINTR)) {
            errno = EINTR;
            if (noted_signal)
                return false;
            continue;
        }
        ssize_t count = write(file, next, length < PIPE_BUF ? length : PIPE_BUF);
        if (count < 0 && errno != EINTR && errno != EAGAIN)
            return false;
        next += count > 0 ? count : 0;
        length -= count > 0 ? (size_t)count : 0;
    }
    return true;
}

void signals_drain(void)
{
    char bytes[256];
    while (read(wake_pipe[0], bytes, sizeof bytes) > 0)
        ;
}

void signals_set(int number)
{
    noted_signal = number;
}

int signals_descriptor(void)
{
    return wake_pipe[0];
}

const sigset_t *signals_callers_mask(void)
{
    return &callers_mask;
}
