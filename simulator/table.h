/*
 * Tables as doctl prints them: cells padded with blanks so that four blanks or
 * more stand between columns, the last column not padded.
 */
#ifndef SIMULATOR_TABLE_H
#define SIMULATOR_TABLE_H

#include <stdbool.h>
#include <stddef.h>

struct call;

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
 * Adds the table to the call's answer; --format and --no-header are looked up.
 * `cells` holds row_count times column_count strings, in the order of all
 * columns. False (and an error for an answer) when --format names a column
 * that does not exist.
 */
bool table_print(struct call *call, const struct table *table, const char *const *cells,
                 size_t row_count);

#endif
