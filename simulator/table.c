#include "table.h"

#include <string.h>
#include <strings.h>

#include "call.h"
#include "command.h"

enum { PADDING = 4 };

/* What Go prints for a value that is not there. */
static const char nothing[] = "<nil>";

/* Characters, as the tab writer counts them: UTF-8 sequences, and every byte that is part of none.
 */
static size_t width(const char *cell)
{
    size_t count = 0;

    for (const unsigned char *byte = (const unsigned char *)cell; *byte != '\0'; count++) {
        size_t more = *byte >= 0xf0 ? 3 : *byte >= 0xe0 ? 2 : *byte >= 0xc2 ? 1 : 0;
        size_t length = 1;

        while (length <= more && (byte[length] & 0xc0) == 0x80)
            length++;
        byte += length > more ? length : 1;
    }
    return count;
}

static bool shown(const struct call *call, const struct column *column)
{
    return column->where == 0 || (column->where & call->personality) != 0;
}

/* The index of a column, column_count when there is none of that name. */
static size_t column_find(const struct call *call, const struct table *table, const char *key)
{
    size_t i;

    for (i = 0; i < table->column_count; i++) {
        const struct column *column = &table->columns[i];

        /* The plan's doctl is not known to mind; the shipped ones do. */
        if (shown(call, column) &&
            (strcmp(column->key, key) == 0 ||
             (call->personality == ON_PLAN && strcasecmp(column->key, key) == 0)))
            break;
    }
    return i;
}

/* Which columns, in which order. */
static size_t columns_default(const struct call *call, const struct table *table, size_t *chosen)
{
    size_t count = 0;

    for (size_t i = 0; i < table->column_count; i++) {
        const struct column *column = &table->columns[i];

        if (shown(call, column) && column->use != NAMED && !(table->brief && column->use == DETAIL))
            chosen[count++] = i;
    }
    return count;
}

static const char *without_blanks(struct call *call, const char *list)
{
    struct text text = {.arena = call->arena};

    for (; *list != '\0'; list++)
        if (strchr(" \t\n\v\f\r", *list) == NULL)
            text_byte(&text, *list);
    return text_string(&text);
}

/*
 * False when an unknown column ends the call. doctl looks names up only to
 * print the header row; without one an unknown column is a column of "<nil>".
 */
static bool columns_named(struct call *call, const struct table *table, const char *format,
                          bool header, size_t *chosen, size_t *count)
{
    for (const char *rest = format; *rest != '\0';) {
        size_t length = strcspn(rest, ",");
        const char *key = arena_slice(call->arena, rest, length);

        rest += length + (rest[length] == ',');
        if (*key == '\0')
            continue;
        chosen[*count] = column_find(call, table, key);
        if (chosen[*count] == table->column_count && (header || call->personality == ON_PLAN))
            return call_error(call, "unknown column \"%s\"", key);
        (*count)++;
    }
    return true;
}

static void row_print(struct text *out, const char *const *cells, const size_t *widths,
                      size_t count)
{
    for (size_t i = 0; i < count; i++) {
        text_add(out, cells[i]);
        if (i + 1 < count)
            text_format(out, "%*s", (int)(widths[i] - width(cells[i]) + PADDING), "");
    }
    text_byte(out, '\n');
}

bool table_print(struct call *call, const struct table *table, const char *const *cells,
                 size_t row_count)
{
    const char *format = without_blanks(call, call_option(call, "format"));
    bool header = !call_truth(call, "no-header");
    size_t *chosen =
        arena_take(call->arena, (strlen(format) + table->column_count + 1) * sizeof(*chosen));
    size_t count = 0, total = row_count + (header ? 1 : 0);
    const char **picked;
    size_t *widths;

    if (strcmp(call_option(call, "output"), "json") == 0)
        return call_not_imitated(call, "a result as JSON");
    if (strcmp(call_option(call, "output"), "text") != 0)
        return call_error(call, "unknown output type");
    if (!columns_named(call, table, format, header, chosen, &count))
        return false;
    if (count == 0)
        count = columns_default(call, table, chosen);
    picked = arena_take(call->arena, (total * count + 1) * sizeof(*picked));
    widths = arena_take(call->arena, (count + 1) * sizeof(*widths));
    for (size_t row = 0; row < total; row++) {
        for (size_t i = 0; i < count; i++) {
            const char *cell;

            if (header && row == 0)
                cell = table->columns[chosen[i]].header;
            else if (chosen[i] == table->column_count)
                cell = nothing;
            else
                cell = cells[(row - (header ? 1 : 0)) * table->column_count + chosen[i]];
            picked[row * count + i] = cell;
            if (width(cell) > widths[i])
                widths[i] = width(cell);
        }
    }
    for (size_t row = 0; row < total; row++)
        row_print(&call->answer.out, picked + row * count, widths, count);
    return true;
}
