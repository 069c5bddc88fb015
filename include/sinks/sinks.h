/*
 * sinks: the table of the kinds of sinks, and giving all of a list what they are for.
 */
#ifndef MANAGED_DB_SINKS_SINKS_H
#define MANAGED_DB_SINKS_SINKS_H

#include "sinks/sink.h"

struct sink_kind {
    const char *name; /* what stands before the colon */
    sink_function *give;
};

/* Ended by an entry without a name. */
extern const struct sink_kind sink_table[];

/* Told after each sink; in a rehearsal before it is written. `sink` is KIND:WHERE. */
typedef void sink_observer(void *observer, const char *sink, const struct sink_result *result);

/*
 * Gives the secrets to each sink of a list (KIND:WHERE, one a line), in its order, until one fails.
 * *handed_over tells whether one has handed them over. Errors name the sink.
 */
bool sinks_give(const struct sink_run *run, const char *list, const struct secrets *secrets,
                sink_observer *tell, void *observer, bool *handed_over, struct error *error);

#endif
