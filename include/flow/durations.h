/*
 * durations: how long waiting has taken on this machine, so that the next run can say what is
 * usual. The file `durations` in managed-db below $XDG_STATE_HOME (or ~/.local/state) has a line
 * for each thing: its name and the last five durations in seconds.
 *
 * It is no more than a help to who waits: what cannot be read or written is left, and said nowhere.
 * The simulator's times are not kept, and none with sudo.
 */
#ifndef MANAGED_DB_FLOW_DURATIONS_H
#define MANAGED_DB_FLOW_DURATIONS_H

#include "settings/settings.h"

/* "4 to 6 min", as the thing usually takes; "" where nothing is known. */
void durations_usual(const struct settings *settings, const char *what, char *text, size_t size);

/* Keeps a duration, unless it is so short that the thing had begun before, or none at all. */
void durations_learn(const struct settings *settings, const char *what, long long milliseconds);

/* "45 s", "4 min", "4 min 10 s". */
void durations_write(long long seconds, char *text, size_t size);

#endif
