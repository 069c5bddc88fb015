/*
 * table: what doctl prints, as rows and cells. Pure: bytes in, spans into the same bytes out.
 *
 * doctl's tables come from Go's tabwriter (docs/DOCTL.md, "Output"): cells are padded with blanks,
 * at least four stand between two columns, the last column is not padded, a value may hold single
 * blanks but never two, and padding counts code points, not bytes. With a header row the offset of
 * a header is the offset of its column, so it is known which cells are blank; without one it is
 * not.
 *
 * Lines `Notice: …` and `Warning: …` and empty lines are not part of a table. The spans point into
 * the caller's buffer, which must outlive the table; table_free() frees what the table itself
 * holds.
 */
#ifndef MANAGED_DB_DOCTL_TABLE_H
#define MANAGED_DB_DOCTL_TABLE_H

#include "base/error.h"
#include "base/pattern.h"

struct table {
    size_t rows, columns;
    struct span *headers; /* columns; NULL in a table without a header row */
    struct span *cells;   /* rows * columns, row by row; a blank cell has length 0 */
};

#define TABLE_INIT                                                                                 \
    {                                                                                              \
        0, 0, NULL, NULL                                                                           \
    }

/*
 * Reads a table with a header row. Where the header row has single blanks only, every word is a
 * header and every word below it a cell: no released doctl prints that, a hand-made one may. Fails
 * with ERROR_UNREADABLE where there is no header row, or where a cell does not stand below one
 * header. `doing` is what was asked, for messages (dialect.h).
 */
bool table_read(const char *text, size_t length, const char *doing, struct table *table,
                struct error *error);

/*
 * Reads rows without a header row: exactly `count` cells in each, named `names` in messages. Cells
 * are parted by two blanks or a tab or, where that gives too few, by any white space (a hand-made
 * doctl may print single blanks). Fails with ERROR_UNREADABLE and the names of the missing cells.
 * No rows at all is a table of no rows.
 */
bool table_read_bare(const char *text, size_t length, const char *doing, const char *const *names,
                     size_t count, struct table *table, struct error *error);

/* The number of the column with this header (exactly), or -1. */
int table_column(const struct table *table, const char *header);

/* The cell; row and column must be in range. */
struct span table_cell(const struct table *table, size_t row, size_t column);

/*
 * A table as doctl prints it, headers first; `cells` holds the rows, one behind the other. What the
 * cells hold is made fit to be shown. The caller frees the text.
 */
char *table_shown(const char *const *headers, size_t columns, const char *const *cells,
                  size_t rows);

/* A copy of a cell by its column's header, "" where the table has no such column; to be freed. */
char *table_copy(const struct table *table, size_t row, const char *header);

void table_free(struct table *table);

bool span_is(struct span span, const char *text);
/* A copy as a string; the caller frees it. */
char *span_copy(struct span span);

#endif
