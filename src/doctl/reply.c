#include "config.h"

#include "doctl/reply.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "base/quote.h"
#include "yaml/parse.h"

#define PADDING 4 /* blanks after the longest cell of a column */

static struct pattern id_pattern = PATTERN("[A-Za-z0-9][A-Za-z0-9_.-]{0,127}");

/* What a cell has to look like: anything else is not an answer to what was asked. */
static struct {
    const char *column;
    struct pattern form;
} forms[] = {
    {"Email", PATTERN("[!-~]+@[!-~]+")},
    {"Name", PATTERN("[A-Za-z0-9_][A-Za-z0-9_.-]{0,254}")},
    {"ID", PATTERN("[A-Za-z0-9][A-Za-z0-9_.-]{0,127}")},
    {"Engine", PATTERN("[a-z][a-z0-9_-]{0,63}")},
    {"Status", PATTERN("[a-z][a-z0-9_-]{0,63}")},
    {"PrivateIPv4", PATTERN("[0-9]{1,3}(?:\\.[0-9]{1,3}){3}")},
};

bool reply_is_id(const char *text)
{
    return pattern_is(&id_pattern, text);
}

static bool has_form(const char *column, struct span cell)
{
    size_t i = 0;
    while (i < sizeof forms / sizeof forms[0] && strcmp(forms[i].column, column) != 0)
        i++;
    if (i == sizeof forms / sizeof forms[0])
        return true;
    char *text = span_copy(cell);
    bool good = pattern_is(&forms[i].form, text);
    free(text);
    return good;
}

static const struct buffer *printed(const struct reply *reply)
{
    return &reply->result.out;
}

static bool check_cells(const struct wording *wording, const char *doing, const struct table *table,
                        struct error *error)
{
    for (size_t i = 0; i < table->rows * table->columns; i++) {
        const char *column = wording->columns[i % table->columns];
        /* With --no-header, a released doctl prints this for a column that it does not know. */
        if (span_is(table->cells[i], "<nil>"))
            return error_set(error, ERROR_UNREADABLE, 0,
                             "could not %s: this doctl does not know a column that was asked for",
                             doing);
        if (!has_form(column, table->cells[i]))
            return error_set(error, ERROR_UNREADABLE, 0,
                             "could not %s: row %zu of what doctl printed has no %s", doing,
                             i / table->columns + 1, column);
    }
    return true;
}

/* The blanks between two cells of one row; 0 where it is not blanks alone. */
static size_t gap(struct span left, struct span right)
{
    const char *end = left.start + left.length;
    size_t blanks = strspn(end, " ");
    return end + blanks == right.start ? blanks : 0;
}

/*
 * A password may begin and end with blanks. In a table of one row four of them part the cells, and
 * no other cell of a connection has any.
 */
static void keep_blanks(struct table *table, const char *const *columns)
{
    struct span *cells = table->cells;
    size_t i = 1;
    while (i < table->columns && strcmp(columns[i], "Password") != 0)
        i++;
    if (table->rows != 1 || i + 1 >= table->columns || gap(cells[0], cells[1]) != PADDING)
        return;
    size_t before = gap(cells[i - 1], cells[i]);
    size_t after = gap(cells[i], cells[i + 1]);
    if (before < PADDING || after < PADDING)
        return;
    cells[i].start -= before - PADDING;
    cells[i].length += before - PADDING + after - PADDING;
}

static bool read_rows(const struct wording *wording, const char *doing, struct reply *reply,
                      struct error *error)
{
    size_t count = 0;
    while (wording->columns[count])
        count++;
    if (!table_read_bare(buffer_text(printed(reply)), printed(reply)->length, doing,
                         wording->columns, count, &reply->table, error))
        return false;
    keep_blanks(&reply->table, wording->columns);
    return check_cells(wording, doing, &reply->table, error);
}

static bool read_table(const struct wording *wording, const char *doing, struct reply *reply,
                       struct error *error)
{
    if (!table_read(buffer_text(printed(reply)), printed(reply)->length, doing, &reply->table,
                    error))
        return false;
    for (size_t i = 0; wording->columns[i]; i++) {
        int column = table_column(&reply->table, wording->columns[i]);
        if (column < 0)
            return error_set(error, ERROR_UNREADABLE, 0,
                             "could not %s: doctl's table has no column %s", doing,
                             wording->columns[i]);
        for (size_t row = 0; row < reply->table.rows; row++)
            if (table_cell(&reply->table, row, (size_t)column).length == 0)
                return error_set(error, ERROR_BLANK, 0, "could not %s: doctl left %s blank", doing,
                                 wording->columns[i]);
    }
    return true;
}

/*
 * One ID: in a table's column ID, or alone. What else doctl prints there is never shown: the table
 * of a new cluster holds its password.
 */
static bool read_id(const char *doing, struct reply *reply, struct error *error)
{
    static const char *const names[] = {"ID", NULL};
    const char *text = buffer_text(printed(reply));
    size_t length = printed(reply)->length;
    struct error ignored = ERROR_INIT;
    struct table *table = &reply->table;
    int column = -1;
    if (table_read(text, length, doing, table, &ignored) &&
        (column = table_column(table, "ID")) >= 0) {
        if (table->rows == 1) {
            struct span id = table_cell(table, 0, (size_t)column);
            table->cells[0] = id;
            return id.length > 0 || error_set(error, ERROR_UNREADABLE, 0,
                                              "could not %s: doctl printed no ID", doing);
        }
    } else {
        table_free(table);
        if (table_read_bare(text, length, doing, names, 1, table, &ignored) && table->rows == 1) {
            char *id = span_copy(table_cell(table, 0, 0));
            bool good = reply_is_id(id);
            free(id);
            if (good)
                return true;
        }
    }
    return error_set(error, ERROR_UNREADABLE, 0, "could not %s: doctl printed no ID", doing);
}

/* libyaml does not wipe what it frees, so it gets no secret to read. */
static void cover_secrets(struct buffer *out)
{
    static struct pattern secret_pattern =
        PATTERN("\"(?:password|uri)\": *\"((?:[^\"\\\\]|\\\\.)*+)\"");
    struct span groups[PATTERN_GROUPS];
    size_t at = 0;
    while (at < out->length && pattern_match(&secret_pattern, out->data, out->length, at, groups)) {
        size_t start = (size_t)(groups[1].start - out->data);
        memset(out->data + start, '*', groups[1].length);
        at = start + groups[1].length;
    }
}

/* JSON is YAML. What libyaml has to say about it is not told: the text may hold a password. */
static bool read_json(const char *doing, struct reply *reply, struct error *error)
{
    struct node *root = NULL;
    struct error ignored = ERROR_INIT;
    const struct buffer *out = printed(reply);
    cover_secrets(&reply->result.out);
    reply->json = tree_new();
    if (!yaml_parse(reply->json, "doctl", buffer_text(out), out->length, &root, &ignored) ||
        !root || root->kind != NODE_SEQUENCE || root->count != 1 ||
        root->items[0]->kind != NODE_MAPPING)
        return error_set(error, ERROR_UNREADABLE, 0, "could not %s: doctl printed no JSON of it",
                         doing);
    reply->object = root->items[0];
    return true;
}

static bool read_file(const char *path, const char *doing, char **content, struct error *error)
{
    struct buffer bytes = BUFFER_INIT;
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (file < 0 && errno == ENOENT)
        return error_set(error, ERROR_UNSUPPORTED, 0, "could not %s: doctl wrote no file", doing);
    if (file < 0)
        return error_set_errno(error, "cannot read %s", path);
    bool good =
        bytes_read(file, SIZE_MAX, &bytes) || error_set_errno(error, "cannot read %s", path);
    close(file);
    unlink(path);
    *content = buffer_take(&bytes);
    return good;
}

bool reply_read(const struct call *call, const struct wording *wording, const char *doing,
                const char *scratch, struct reply *reply, struct error *error)
{
    switch (wording->shape) {
    case SHAPE_ANY:
    case SHAPE_TEXT:
        return true;
    case SHAPE_ROWS:
        if (!read_rows(wording, doing, reply, error))
            return false;
        break;
    case SHAPE_TABLE:
        if (!read_table(wording, doing, reply, error))
            return false;
        break;
    case SHAPE_ID:
        return read_id(doing, reply, error);
    case SHAPE_JSON:
        return read_json(doing, reply, error);
    case SHAPE_PEM:
        if (!strstr(buffer_text(printed(reply)), "-----BEGIN "))
            return error_set(error, ERROR_UNREADABLE, 0,
                             "could not %s: doctl printed no certificate", doing);
        reply->certificate = mem_copy(buffer_text(printed(reply)));
        return true;
    case SHAPE_FILE:
        return read_file(scratch, doing, &reply->certificate, error);
    }
    if (reply->table.rows < call->least_rows)
        return error_set(error, ERROR_UNREADABLE, 0, "could not %s: doctl printed nothing", doing);
    return true;
}

#define MOST_SHOWN ((size_t)64 << 10)

char *reply_shown(const struct reply *reply)
{
    struct buffer clean = BUFFER_INIT;
    const char *at = buffer_text(&reply->result.out);
    buffer_add_text(&clean, "");
    while (*at && clean.length < MOST_SHOWN) {
        size_t length = strcspn(at, "\n");
        quote_add_shown(&clean, at, length, MOST_SHOWN);
        buffer_add_text(&clean, "\n");
        at += length + (at[length] ? 1 : 0);
    }
    if (*at)
        buffer_add_format(&clean, "(cut here, doctl printed %zu bytes)\n",
                          reply->result.out.length);
    return buffer_take(&clean);
}

void reply_free(struct reply *reply)
{
    table_free(&reply->table);
    process_result_free(&reply->result);
    mem_free_secret(reply->certificate);
    reply->certificate = NULL;
    tree_free(reply->json);
    reply->json = NULL;
}
