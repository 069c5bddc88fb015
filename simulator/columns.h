/*
 * columns: tables as doctl prints them: cells padded with blanks, at least four between two
 * columns, the last column not padded.
 *
 * A command has a constant `struct table`, puts its cells together row by row, in the order of all
 * columns, and calls columns_print(). --format and --no-header of the call say which are printed.
 */
#ifndef SIMULATOR_COLUMNS_H
#define SIMULATOR_COLUMNS_H

#include "call.h"

enum column_use {
    ALWAYS,
    DETAIL, /* not in the short table of a list */
    NAMED   /* only when --format asks for it */
};

struct column {
    const char *key; /* for --format */
    const char *header;
    enum column_use use;
    unsigned where; /* 0: everywhere */
};

struct table {
    const struct column *columns;
    size_t column_count;
    bool brief; /* without the DETAIL columns */
};

/*
 * Adds the table to the call's answer; `cells` are row_count times column_count. False (and an
 * error for an answer) when --format names a column that does not exist, or --output another form.
 */
bool columns_print(struct call *call, const struct table *table, const char *const *cells,
                   size_t row_count);

#endif
