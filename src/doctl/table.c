#include "config.h"

#include "doctl/table.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "base/quote.h"

/* A cell: words with single blanks between them. */
static struct pattern cell_pattern = PATTERN("[^\\s\\0]+(?: [^\\s\\0]+)*+");
static struct pattern word_pattern = PATTERN("[^\\s\\0]+");
static struct pattern notice_pattern = PATTERN("\\A(?:Notice|Warning): ");

bool span_is(struct span span, const char *text)
{
    return span.length == strlen(text) && memcmp(span.start, text, span.length) == 0;
}

char *span_copy(struct span span)
{
    return mem_copy_n(span.start, span.length);
}

/* Gives the next line that belongs to a table, without its end, and moves *rest past it. */
static bool next_line(struct span *rest, struct span *line)
{
    while (rest->length) {
        const char *end = memchr(rest->start, '\n', rest->length);
        size_t length = end ? (size_t)(end - rest->start) : rest->length;
        *line = (struct span){rest->start, length};
        rest->start += length + (end ? 1 : 0);
        rest->length -= length + (end ? 1 : 0);
        if (line->length && line->start[line->length - 1] == '\r')
            line->length--;
        size_t blanks = 0;
        while (blanks < line->length && (line->start[blanks] == ' ' || line->start[blanks] == '\t'))
            blanks++;
        bool notice = line->length && (*line->start == 'N' || *line->start == 'W') &&
                      pattern_match(&notice_pattern, line->start, line->length, 0, NULL);
        if (blanks < line->length && !notice)
            return true;
    }
    return false;
}

static size_t code_points(const char *start, size_t length)
{
    size_t count = 0;
    for (size_t i = 0; i < length; i++)
        count += ((unsigned char)start[i] & 0xc0) != 0x80;
    return count;
}

/*
 * Splits a line into at most `most` cells; gives how many there are in all. `offsets`, where
 * wanted, receives the code point at which each cell starts.
 */
static size_t split(struct pattern *pattern, struct span line, struct span *cells, size_t *offsets,
                    size_t most)
{
    struct span groups[PATTERN_GROUPS];
    size_t count = 0;
    size_t points = 0;
    const char *counted = line.start;
    size_t position = 0;
    while (pattern_match(pattern, line.start, line.length, position, groups)) {
        if (cells && count < most) {
            cells[count] = groups[0];
            if (offsets) {
                points += code_points(counted, (size_t)(groups[0].start - counted));
                counted = groups[0].start;
                offsets[count] = points;
            }
        }
        count++;
        position = (size_t)(groups[0].start - line.start) + groups[0].length;
    }
    return count;
}

static struct span *add_row(struct table *table, size_t *capacity)
{
    if (table->rows == *capacity) {
        *capacity = *capacity ? 2 * *capacity : 16;
        table->cells = mem_grow(table->cells, *capacity * table->columns, sizeof *table->cells);
    }
    struct span *row = table->cells + table->rows * table->columns;
    table->rows++;
    return row;
}

/* Puts the cells of one line below their headers. */
static bool place(const struct span *found, const size_t *offsets, size_t count,
                  const size_t *starts, size_t columns, struct span *row)
{
    memset(row, 0, columns * sizeof *row);
    for (size_t column = 0; column < columns; column++)
        row[column].start = "";
    size_t column = 0;
    for (size_t i = 0; i < count; i++) {
        while (column < columns && starts[column] < offsets[i])
            column++;
        if (column == columns || starts[column] != offsets[i])
            return false;
        row[column++] = found[i];
    }
    return true;
}

/*
 * A hand-made table: single blanks part its headers and its cells, so a row with a blank cell does
 * not fit.
 */
static bool read_words(struct span rest, struct span line, const char *doing, struct table *table,
                       struct error *error)
{
    table->columns = split(&word_pattern, line, NULL, NULL, 0);
    table->headers = mem_array(table->columns, sizeof *table->headers);
    split(&word_pattern, line, table->headers, NULL, table->columns);
    size_t capacity = 0;
    while (next_line(&rest, &line)) {
        struct span *row = add_row(table, &capacity);
        if (split(&word_pattern, line, row, NULL, table->columns) == table->columns)
            continue;
        size_t number = table->rows;
        table_free(table);
        return error_set(error, ERROR_UNREADABLE, 0,
                         "could not %s: row %zu of doctl's table does not fit its header row",
                         doing, number);
    }
    return true;
}

bool table_read(const char *text, size_t length, const char *doing, struct table *table,
                struct error *error)
{
    struct span rest = {text, length};
    struct span line;
    *table = (struct table)TABLE_INIT;
    if (!next_line(&rest, &line))
        return error_set(error, ERROR_UNREADABLE, 0, "could not %s: doctl printed no table", doing);
    size_t columns = split(&cell_pattern, line, NULL, NULL, 0);
    if (columns == 1 && split(&word_pattern, line, NULL, NULL, 0) > 1)
        return read_words(rest, line, doing, table, error);
    if (columns == 0)
        return error_set(error, ERROR_UNREADABLE, 0, "could not %s: doctl printed no table", doing);
    table->columns = columns;
    table->headers = mem_array(columns, sizeof *table->headers);
    size_t *starts = mem_array(columns, sizeof *starts);
    size_t *offsets = mem_array(columns, sizeof *offsets);
    struct span *found = mem_array(columns, sizeof *found);
    split(&cell_pattern, line, table->headers, starts, columns);

    size_t capacity = 0;
    size_t number = 0;
    bool good = true;
    while (good && next_line(&rest, &line)) {
        number++;
        size_t count = split(&cell_pattern, line, found, offsets, columns);
        good = count <= columns &&
               place(found, offsets, count, starts, columns, add_row(table, &capacity));
    }
    free(found);
    free(offsets);
    free(starts);
    if (good)
        return true;
    table_free(table);
    return error_set(error, ERROR_UNREADABLE, 0,
                     "could not %s: row %zu of doctl's table does not fit its header row", doing,
                     number);
}

/*
 * Names the cells that are missing in a row. In a table of one row the padding tells which: it is
 * four blanks for every cell that ends, so n blanks more are n / 4 blank cells.
 */
static void name_missing(struct span line, bool only_row, const char *const *names, size_t count,
                         struct buffer *list)
{
    struct span *cells = mem_array(count, sizeof *cells);
    size_t *offsets = mem_array(count, sizeof *offsets);
    bool *there = mem_array(count, sizeof *there);
    size_t found = split(&cell_pattern, line, cells, offsets, count);
    bool known = only_row && found <= count;
    size_t column = 0;
    size_t end = 0; /* code point after the last cell */
    for (size_t i = 0; known && i < found; i++) {
        size_t gap = offsets[i] - end;
        column += i ? gap / 4 - 1 : gap / 4;
        known = gap % 4 == 0 && column < count;
        if (known)
            there[column++] = true;
        end = offsets[i] + code_points(cells[i].start, cells[i].length);
    }
    for (size_t i = 0; i < count; i++)
        if (!known || !there[i])
            buffer_add_format(list, "%s%s", list->length ? ", " : "", names[i]);
    if (!known)
        buffer_add_format(list, " (%zu of %zu)", count - (found < count ? found : 0), count);
    free(there);
    free(offsets);
    free(cells);
}

bool table_read_bare(const char *text, size_t length, const char *doing, const char *const *names,
                     size_t count, struct table *table, struct error *error)
{
    struct span rest = {text, length};
    struct span line;
    size_t capacity = 0;
    *table = (struct table){.columns = count};
    while (next_line(&rest, &line)) {
        struct span *row = add_row(table, &capacity);
        size_t found = split(&cell_pattern, line, row, NULL, count);
        /* A hand-made line, with single blanks between its cells. */
        if (found == 1 && count > 1 && row->length == line.length)
            found = split(&word_pattern, line, row, NULL, count);
        if (found == count)
            continue;
        bool only_row = table->rows == 1 && !next_line(&rest, &(struct span){NULL, 0});
        size_t number = table->rows;
        table_free(table);
        if (found > count)
            return error_set(
                error, ERROR_UNREADABLE, 0,
                "could not %s: doctl printed %zu cells in row %zu, not the %zu that were "
                "asked for",
                doing, found, number, count);
        struct buffer missing = BUFFER_INIT;
        name_missing(line, only_row, names, count, &missing);
        error_set(error, ERROR_BLANK, 0, "could not %s: doctl left cells blank in row %zu: %s",
                  doing, number, buffer_text(&missing));
        buffer_free(&missing);
        return false;
    }
    return true;
}

int table_column(const struct table *table, const char *header)
{
    for (size_t i = 0; table->headers && i < table->columns; i++)
        if (span_is(table->headers[i], header))
            return (int)i;
    return -1;
}

struct span table_cell(const struct table *table, size_t row, size_t column)
{
    return table->cells[row * table->columns + column];
}

void table_free(struct table *table)
{
    free(table->headers);
    free(table->cells);
    *table = (struct table)TABLE_INIT;
}

char *table_copy(const struct table *table, size_t row, const char *header)
{
    int column = table_column(table, header);
    return column < 0 ? mem_copy("") : span_copy(table_cell(table, row, (size_t)column));
}

/* ---- showing ---- */

#define PADDING 4 /* blanks behind the longest cell of a column */

static size_t widest(char *const *cells, size_t columns, size_t column, size_t count)
{
    size_t width = 0;
    for (size_t i = column; i < count; i += columns)
        width = strlen(cells[i]) > width ? strlen(cells[i]) : width;
    return width;
}

char *table_shown(const char *const *headers, size_t columns, const char *const *cells, size_t rows)
{
    struct buffer text = BUFFER_INIT;
    size_t count = (rows + 1) * columns;
    char **shown = mem_array(count, sizeof *shown);
    for (size_t i = 0; i < count; i++) {
        const char *cell = i < columns ? headers[i] : cells[i - columns];
        shown[i] = quote_for_message(cell, strlen(cell));
    }
    for (size_t row = 0; row <= rows; row++)
        for (size_t column = 0; column < columns; column++) {
            bool is_last = column + 1 == columns;
            int width = is_last ? 0 : (int)widest(shown, columns, column, count) + PADDING;
            buffer_add_format(&text, "%-*s%s", width, shown[row * columns + column],
                              is_last ? "\n" : "");
        }
    for (size_t i = 0; i < count; i++)
        free(shown[i]);
    free(shown);
    return buffer_take(&text);
}
