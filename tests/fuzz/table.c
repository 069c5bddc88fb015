/*
 * table: whatever doctl printed, every cell lies inside it and nothing that was printed is lost;
 * and what Go's tabwriter makes of any cells is read back as these cells.
 */
#include "config.h"

#include "fuzz.h"

#include <string.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "doctl/table.h"

static const char *const names[] = {"Host", "Port", "User", "Password", "Database"};

static bool is_blank(char byte)
{
    return byte == '\0' || byte == ' ' || (byte >= '\t' && byte <= '\r');
}

/* Gives the bytes of a cell that are no blanks, and sees that it is one. */
static size_t check_cell(struct span cell, const char *text, size_t length)
{
    if (cell.length == 0)
        return 0;
    MUST(cell.start >= text && cell.start + cell.length <= text + length);
    MUST(!is_blank(cell.start[0]) && !is_blank(cell.start[cell.length - 1]));
    size_t count = 0;
    for (size_t i = 0; i < cell.length; i++) {
        MUST(!is_blank(cell.start[i]) || (cell.start[i] == ' ' && cell.start[i + 1] != ' '));
        count += !is_blank(cell.start[i]);
    }
    return count;
}

/* A second way to the lines of a table: how many there are, and their bytes that are no blanks. */
static size_t count_lines(const char *text, size_t length, size_t *filled)
{
    size_t lines = 0;
    *filled = 0;
    for (size_t i = 0; i < length;) {
        size_t start = i;
        size_t here = 0;
        bool any = false;
        for (; i < length && text[i] != '\n'; i++) {
            bool end = text[i] == '\r' && (i + 1 == length || text[i + 1] == '\n');
            any = any || (text[i] != ' ' && text[i] != '\t' && !end);
            here += !is_blank(text[i]);
        }
        bool notice = (i - start >= 8 && memcmp(text + start, "Notice: ", 8) == 0) ||
                      (i - start >= 9 && memcmp(text + start, "Warning: ", 9) == 0);
        if (any && !notice) {
            lines++;
            *filled += here;
        }
        i++;
    }
    return lines;
}

static void check_table(const struct table *table, const char *text, size_t length)
{
    size_t filled;
    size_t lines = count_lines(text, length, &filled);
    size_t seen = 0;
    for (size_t column = 0; table->headers && column < table->columns; column++) {
        struct span header = table->headers[column];
        MUST(header.length > 0);
        seen += check_cell(header, text, length);
        char *name = span_copy(header);
        int first = table_column(table, name);
        MUST(first >= 0 && (size_t)first <= column);
        free(name);
    }
    for (size_t row = 0; row < table->rows; row++)
        for (size_t column = 0; column < table->columns; column++)
            seen += check_cell(table_cell(table, row, column), text, length);
    MUST(table->rows + (table->headers ? 1 : 0) == lines);
    MUST(seen == filled);
}

static void check_failure(const struct table *table, const struct error *error)
{
    MUST(error->kind == ERROR_UNREADABLE || error->kind == ERROR_BLANK);
    MUST(is_message(error));
    MUST(!table->cells && !table->headers && !table->rows);
}

static void read_any(const char *text, size_t length, size_t count)
{
    struct table table;
    struct error error = ERROR_INIT;
    if (table_read(text, length, "read it", &table, &error))
        check_table(&table, text, length);
    else
        check_failure(&table, &error);
    table_free(&table);

    error = (struct error)ERROR_INIT;
    if (table_read_bare(text, length, "read it", names, count, &table, &error)) {
        MUST(table.columns == count && !table.headers);
        check_table(&table, text, length);
        for (size_t i = 0; i < table.rows * count; i++)
            MUST(table.cells[i].length > 0);
    } else {
        check_failure(&table, &error);
    }
    table_free(&table);
}

/* ---- there and back ---- */

#define ROWS    4
#define COLUMNS 5

struct cell {
    char *text;   /* "": blank */
    size_t width; /* code points */
};

/* Any bytes as a cell: words of printable code points with single blanks between them. */
static struct cell make_cell(struct input *input)
{
    static const char *const signs[] = {"\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x90\x98"};
    struct buffer text = BUFFER_INIT;
    struct cell cell = {NULL, 0};
    size_t length;
    char *bytes = take_bytes(input, '\n', &length);
    bool blank = true;
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)bytes[i];
        bool last = i + 1 == length || (unsigned char)bytes[i + 1] <= ' ';
        if (byte <= ' ' && (blank || last))
            continue;
        blank = byte <= ' ';
        char sign[2] = {blank ? ' ' : (char)byte, '\0'};
        buffer_add_text(&text, byte > '~' ? signs[byte % 3] : sign);
        cell.width++;
    }
    free(bytes);
    cell.text = buffer_take(&text);
    return cell;
}

/* As tabwriter does: every cell but the last of a line is padded to its column, and four blanks. */
static void write_table(struct cell cells[][COLUMNS], size_t rows, size_t columns,
                        struct buffer *text)
{
    for (size_t row = 0; row < rows; row++) {
        for (size_t column = 0; column < columns; column++) {
            size_t widest = 0;
            for (size_t i = 0; i < rows; i++)
                if (cells[i][column].width > widest)
                    widest = cells[i][column].width;
            buffer_add_text(text, cells[row][column].text);
            if (column + 1 < columns)
                buffer_add_format(text, "%*s", (int)(widest + 4 - cells[row][column].width), "");
        }
        buffer_add_text(text, "\n");
    }
}

static bool is_row(const struct cell *row, size_t columns)
{
    bool any = false;
    for (size_t i = 0; i < columns; i++)
        any = any || row[i].width;
    /* A notice of doctl's is no row; nor is a first cell that reads like one with its padding. */
    return any && strncmp(row[0].text, "Notice:", 7) != 0 &&
           strncmp(row[0].text, "Warning:", 8) != 0;
}

static void check_cells(const struct table *table, struct cell cells[][COLUMNS], size_t rows,
                        size_t columns)
{
    MUST(table->rows == rows && table->columns == columns);
    for (size_t row = 0; row < rows; row++)
        for (size_t column = 0; column < columns; column++)
            MUST(span_is(table_cell(table, row, column), cells[row][column].text));
}

static void write_and_read(struct input *input, size_t columns)
{
    struct cell cells[1 + ROWS][COLUMNS];
    for (size_t column = 0; column < columns; column++)
        cells[0][column] = (struct cell){mem_copy(names[column]), strlen(names[column])};
    size_t rows = 0;
    bool full = true;
    while (rows < ROWS && input->left) {
        struct cell *row = cells[1 + rows];
        for (size_t column = 0; column < columns; column++)
            row[column] = make_cell(input);
        bool keep = is_row(row, columns);
        rows += keep;
        for (size_t column = 0; column < columns; column++) {
            full = full && (!keep || row[column].width);
            if (!keep)
                free(row[column].text);
        }
    }
    struct buffer text = BUFFER_INIT;
    struct table table;
    struct error error = ERROR_INIT;
    write_table(cells, 1 + rows, columns, &text);
    MUST(table_read(text.data, text.length, "read it", &table, &error));
    check_cells(&table, cells + 1, rows, columns);
    table_free(&table);
    buffer_free(&text);

    write_table(cells + 1, rows, columns, &text);
    bool good =
        table_read_bare(buffer_text(&text), text.length, "read it", names, columns, &table, &error);
    if (full) {
        MUST(good);
        check_cells(&table, cells + 1, rows, columns);
    } else if (good) {
        /* Blanks inside a cell may pass for the gap where a cell is blank: not told as good. */
        MUST(table.rows == rows);
    } else {
        MUST(error.kind == ERROR_BLANK || error.kind == ERROR_UNREADABLE);
    }
    table_free(&table);
    buffer_free(&text);
    for (size_t row = 0; row <= rows; row++)
        for (size_t column = 0; column < columns; column++)
            free(cells[row][column].text);
}

FUZZ(table)
{
    struct input input = {bytes, size};
    unsigned choice = take_byte(&input);
    size_t columns = 1 + choice / 2 % COLUMNS;
    if (choice & 1) {
        write_and_read(&input, columns);
        return 0;
    }
    size_t length;
    char *text = take_bytes(&input, TAKE_ALL, &length);
    read_any(text, length, columns);
    free(text);
    return 0;
}
