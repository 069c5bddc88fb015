/*
 * sinks: gives each sink of a list what it is for, by the table of their kinds.
 */
#ifndef MANAGED_DB_SINKS_SINKS_H
#define MANAGED_DB_SINKS_SINKS_H

#include "sinks/sink.h"

/* Told after each sink; in a rehearsal before it is written. `sink` is KIND:WHERE. */
typedef void sink_observer(void *observer, const char *sink, const struct sink_result *result);

/*
 * Gives the secrets to each sink of a list (KIND:WHERE, one a line), in its order, until one fails.
 * *handed_over tells whether one has handed them over. Errors name the sink.
 */
bool sinks_give(const struct sink_run *run, const char *list, const struct secrets *secrets,
                sink_observer *tell, void *observer, bool *handed_over, struct error *error);

#endif
