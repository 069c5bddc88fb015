/*
 * invent: what the service makes up: UUIDs, passwords, times.
 *
 * With a seed, everything is the same again after the same calls: how many values were drawn is
 * counted in the rows. Without one, values are random. Strings belong to the arena; nothing fails.
 */
#ifndef SIMULATOR_INVENT_H
#define SIMULATOR_INVENT_H

#include "rows.h"

struct invention {
    struct arena *arena;
    struct rows *rows;
    const char *seed; /* NULL: none */
};

const char *invent_uuid(struct invention *invention);
const char *invent_password(struct invention *invention);
/* Counts nothing: a refused call leaves no trace in the rows. */
const char *invent_request_id(struct invention *invention);
/* Now, as doctl shows a time; with a seed always the same time. */
const char *invent_time(struct invention *invention);

#endif
