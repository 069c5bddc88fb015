#include "columns.h"

#include <string.h>
#include <strings.h>

enum { PADDING = 4 };

/* The columns that are printed, in their order; `unknown` is one that the table has not. */
struct choice {
    size_t *columns;
    size_t count;
    size_t unknown;
};

/* The cells that are printed, the header row among them. */
struct grid {
    const char **cells;
    size_t *widths; /* a column */
    size_t rows, columns;
};

/* Characters, as Go's tab writer counts them: UTF-8 sequences, and bytes that are part of none. */
static size_t width(const char *cell)
{
    size_t count = 0;
    for (const unsigned char *byte = (const unsigned char *)cell; *byte; count++) {
        size_t more = *byte >= 0xf0 ? 3 : *byte >= 0xe0 ? 2 : *byte >= 0xc2 ? 1 : 0;
        size_t length = 1;
        while (length <= more && (byte[length] & 0xc0) == 0x80)
            length++;
        byte += length > more ? length : 1;
    }
    return count;
}

/* --- which columns ------------------------------------------------------------ */

static bool is_shown(const struct call *call, const struct column *column)
{
    return column->where == 0 || (column->where & call->personality) != 0;
}

/* A released doctl minds capitals; the plan's is not known to. */
static bool has_key(const struct call *call, const struct column *column, const char *key)
{
    return strcmp(column->key, key) == 0 ||
           (call->personality == ON_PLAN && strcasecmp(column->key, key) == 0);
}

/* The index of a column, column_count when there is none of that name. */
static size_t find_column(const struct call *call, const struct table *table, const char *key)
{
    size_t i = 0;
    while (i < table->column_count &&
           !(is_shown(call, &table->columns[i]) && has_key(call, &table->columns[i], key)))
        i++;
    return i;
}

static void choose_usual(const struct call *call, const struct table *table, struct choice *choice)
{
    for (size_t i = 0; i < table->column_count; i++) {
        const struct column *column = &table->columns[i];
        if (is_shown(call, column) && column->use != NAMED &&
            !(table->brief && column->use == DETAIL))
            choice->columns[choice->count++] = i;
    }
}

/*
 * False when an unknown column ends the call. doctl looks names up only to print the header row;
 * without one an unknown column is a column of "<nil>".
 */
static bool choose_named(struct call *call, const struct table *table, const char *format,
                         bool header, struct choice *choice)
{
    for (const char *rest = format; *rest;) {
        size_t length = strcspn(rest, ",");
        const char *key = arena_slice(call->arena, rest, length);
        rest += length + (rest[length] == ',');
        if (!*key)
            continue;
        size_t column = find_column(call, table, key);
        if (column == choice->unknown && (header || call->personality == ON_PLAN))
            return call_error(call, "unknown column \"%s\"", key);
        choice->columns[choice->count++] = column;
    }
    return true;
}

static const char *without_blanks(struct call *call, const char *list)
{
    struct buffer text = {.arena = call->arena};
    for (; *list; list++)
        if (!strchr(" \t\n\v\f\r", *list))
            buffer_add_byte(&text, *list);
    return buffer_text(&text);
}

static bool choose(struct call *call, const struct table *table, bool header, struct choice *choice)
{
    const char *format = without_blanks(call, call_option(call, "format"));
    size_t most = strlen(format) + table->column_count + 1;
    *choice = (struct choice){.columns = arena_take(call->arena, most * sizeof(*choice->columns)),
                              .unknown = table->column_count};
    if (!choose_named(call, table, format, header, choice))
        return false;
    if (choice->count == 0)
        choose_usual(call, table, choice);
    return true;
}

/* --- the table ------------------------------------------------------------------ */

static struct grid new_grid(struct arena *arena, size_t rows, size_t columns)
{
    struct grid grid = {.rows = rows, .columns = columns};
    grid.cells = arena_take(arena, (rows * columns + 1) * sizeof(*grid.cells));
    grid.widths = arena_take(arena, (columns + 1) * sizeof(*grid.widths));
    return grid;
}

static void put(struct grid *grid, size_t row, size_t column, const char *cell)
{
    size_t cell_width = width(cell);
    grid->cells[row * grid->columns + column] = cell;
    if (cell_width > grid->widths[column])
        grid->widths[column] = cell_width;
}

static void print_row(struct buffer *out, const struct grid *grid, size_t row)
{
    const char *const *cells = grid->cells + row * grid->columns;
    for (size_t i = 0; i < grid->columns; i++) {
        buffer_add_text(out, cells[i]);
        if (i + 1 < grid->columns)
            buffer_add_format(out, "%*s", (int)(grid->widths[i] - width(cells[i]) + PADDING), "");
    }
    buffer_add_byte(out, '\n');
}

/* Whether results can be printed as --output says. */
static bool check_output(struct call *call)
{
    const char *output = call_option(call, "output");
    if (strcmp(output, "json") == 0)
        return call_not_imitated(call, "a result as JSON");
    return strcmp(output, "text") == 0 || call_error(call, "unknown output type");
}

bool columns_print(struct call *call, const struct table *table, const char *const *cells,
                   size_t row_count)
{
    size_t header = call_is_on(call, "no-header") ? 0 : 1;
    struct choice choice;
    if (!check_output(call) || !choose(call, table, header == 1, &choice))
        return false;
    struct grid grid = new_grid(call->arena, header + row_count, choice.count);
    for (size_t i = 0; i < choice.count; i++) {
        size_t column = choice.columns[i];
        if (header == 1)
            put(&grid, 0, i, table->columns[column].header);
        for (size_t row = 0; row < row_count; row++)
            put(&grid, header + row, i,
                column == choice.unknown ? "<nil>" : cells[row * table->column_count + column]);
    }
    for (size_t row = 0; row < grid.rows; row++)
        print_row(&call->answer.out, &grid, row);
    return true;
}
