/*
 * signals: SIGINT, SIGTERM, SIGHUP and SIGQUIT are only noted when they arrive; who waits for
 * something looks at the note and unwinds. What the caller ignores (as under nohup) stays ignored.
 */
#ifndef MANAGED_DB_BASE_SIGNALS_H
#define MANAGED_DB_BASE_SIGNALS_H

#include <signal.h>
#include <stddef.h>

#include "base/error.h"

/* Installs the handlers, once. Fails with ERROR_LOCAL. */
bool signals_catch(struct error *error);
/* Takes the handlers out again. */
void signals_release(void);

/* The signal that was noted, 0 for none. */
int signals_noted(void);
/* Replaces the note; 0 clears it. */
void signals_set(int number);

/*
 * Writes all of it to stdout or stderr. False with errno: EINTR where a signal was noted and nobody
 * reads what is in the pipe.
 */
bool signals_write(int file, const void *bytes, size_t length);

/* Becomes readable when a signal has arrived or a child has ended; signals_drain() empties it. */
int signals_descriptor(void);
void signals_drain(void);

/* The signal mask that this program was started with, for children. */
const sigset_t *signals_callers_mask(void);

#endif
