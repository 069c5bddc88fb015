#include "rows.h"

#include <string.h>

#include "number.h"

/* A row is read and written as an array of strings. */
#define FIELDS(type) (sizeof(struct type) / sizeof(const char *))

enum { MOST_FIELDS = 16 };

static const struct {
    const char *name;
    size_t fields;
    const char *field[MOST_FIELDS];
} kinds[KINDS] = {
    [CLUSTERS] = {"cluster",
                  FIELDS(cluster),
                  {"id", "name", "engine", "version", "nodes", "region", "status", "size",
                   "storage", "vpc", "created", "password", "polls", "early", "tags", "backup"}},
    [POOLS] = {"pool", FIELDS(pool), {"cluster", "name", "user", "size", "database", "mode"}},
    [USERS] = {"user", FIELDS(user), {"cluster", "name", "password"}},
    [DATABASES] = {"database", FIELDS(database), {"cluster", "name"}},
    [RULES] = {"rule", FIELDS(rule), {"cluster", "uuid", "type", "value"}},
    [VPCS] = {"vpc",
              FIELDS(vpc),
              {"id", "name", "description", "range", "region", "created", "default", "leaving"}},
    [DROPLETS] = {"droplet",
                  FIELDS(droplet),
                  {"id", "name", "public", "private", "region", "size", "image", "vpc", "tags",
                   "status", "polls"}},
    [CLOUD_FIREWALLS] = {"firewall",
                         FIELDS(cloud_firewall),
                         {"id", "name", "status", "created", "inbound", "outbound", "droplets",
                          "tags"}},
    [KEYS] = {"key", FIELDS(key), {"id", "name", "fingerprint"}},
    [COUNTERS] = {"count", FIELDS(counter), {"name", "value"}},
};

_Static_assert(FIELDS(cluster) <= MOST_FIELDS, "a cluster has more fields than a row can hold");
_Static_assert(sizeof(struct cluster) == FIELDS(cluster) * sizeof(const char *),
               "a row is strings only");

static const char first_line[] = "doctl-simulator 1";

/* --- rows ------------------------------------------------------------------ */

static size_t row_size(enum kind kind)
{
    return kinds[kind].fields * sizeof(const char *);
}

const char *rows_kind_name(enum kind kind)
{
    return kinds[kind].name;
}

size_t rows_field_count(enum kind kind)
{
    return kinds[kind].fields;
}

const char *rows_field_name(enum kind kind, size_t field)
{
    return kinds[kind].field[field];
}

size_t rows_count(const struct rows *rows, enum kind kind)
{
    return rows->lists[kind].count;
}

void *rows_at(const struct rows *rows, enum kind kind, size_t index)
{
    return rows->lists[kind].data + index * row_size(kind);
}

void rows_clear(struct rows *rows)
{
    for (enum kind kind = 0; kind < KINDS; kind++)
        rows->lists[kind] = (struct row_list){NULL, 0, 0};
    rows->changed = false;
}

static void grow(struct arena *arena, struct row_list *list, size_t size)
{
    size_t room = list->room ? list->room * 2 : 16;
    char *data = arena_take(arena, room * size);
    if (list->count > 0)
        memcpy(data, list->data, list->count * size);
    list->data = data;
    list->room = room;
}

static const char **new_row(struct rows *rows, enum kind kind)
{
    struct row_list *list = &rows->lists[kind];
    if (list->count == list->room)
        grow(rows->arena, list, row_size(kind));
    const char **fields = rows_at(rows, kind, list->count++);
    for (size_t i = 0; i < kinds[kind].fields; i++)
        fields[i] = "";
    return fields;
}

void *rows_add(struct rows *rows, enum kind kind)
{
    rows->changed = true;
    return new_row(rows, kind);
}

void rows_remove(struct rows *rows, enum kind kind, size_t index)
{
    struct row_list *list = &rows->lists[kind];
    size_t size = row_size(kind);
    memmove(list->data + index * size, list->data + (index + 1) * size,
            (list->count - index - 1) * size);
    list->count--;
    rows->changed = true;
}

void rows_remove_row(struct rows *rows, enum kind kind, const void *row)
{
    rows_remove(rows, kind, (size_t)((const char *)row - rows->lists[kind].data) / row_size(kind));
}

/* --- counters -------------------------------------------------------------- */

static struct counter *find_counter(const struct rows *rows, const char *name)
{
    for (size_t i = 0; i < rows_count(rows, COUNTERS); i++) {
        struct counter *counter = rows_at(rows, COUNTERS, i);
        if (strcmp(counter->name, name) == 0)
            return counter;
    }
    return NULL;
}

long rows_counter(const struct rows *rows, const char *name)
{
    const struct counter *counter = find_counter(rows, name);
    long value = 0;
    if (counter)
        number_read(counter->value, &value);
    return value;
}

void rows_set_counter(struct rows *rows, const char *name, long value)
{
    struct counter *counter = find_counter(rows, name);
    if (!counter) {
        counter = rows_add(rows, COUNTERS);
        counter->name = arena_copy(rows->arena, name);
    }
    counter->value = arena_format(rows->arena, "%ld", value);
    rows->changed = true;
}

/* --- as text --------------------------------------------------------------- */

/* How many bytes at the start can be written as they are. */
static size_t plain_length(const char *value)
{
    size_t length = 0;
    while ((unsigned char)value[length] > 0x1f && value[length] != '%' && value[length] != 0x7f)
        length++;
    return length;
}

static void escape(struct buffer *text, const char *value)
{
    for (;;) {
        size_t length = plain_length(value);
        buffer_add(text, value, length);
        value += length;
        if (!*value)
            return;
        buffer_add_format(text, "%%%02X", (unsigned)(unsigned char)*value++);
    }
}

static int hex_digit(char digit)
{
    static const char digits[] = "0123456789ABCDEF";
    const char *found = digit ? strchr(digits, digit) : NULL;
    return found ? (int)(found - digits) : -1;
}

/* In place: the result is never longer. */
static bool unescape(char *value)
{
    char *to = value;
    for (const char *from = value; *from; from++) {
        if (*from != '%') {
            *to++ = *from;
            continue;
        }
        int high = hex_digit(from[1]);
        int low = high < 0 ? -1 : hex_digit(from[2]);
        if (low < 0)
            return false;
        *to++ = (char)(high * 16 + low);
        from += 2;
    }
    *to = '\0';
    return true;
}

/* Cuts a line at its tabs; false when it has too many cells or one that is written wrongly. */
static bool split(char *line, char **cells, size_t most, size_t *count)
{
    *count = 0;
    for (char *cell = line; cell;) {
        char *tab = strchr(cell, '\t');
        if (tab)
            *tab++ = '\0';
        if (*count == most || !unescape(cell))
            return false;
        cells[(*count)++] = cell;
        cell = tab;
    }
    return true;
}

/* KINDS when there is none of that name. */
static enum kind find_kind(const char *name)
{
    enum kind kind = 0;
    while (kind < KINDS && strcmp(kinds[kind].name, name) != 0)
        kind++;
    return kind;
}

static bool read_row(struct rows *rows, char *line)
{
    char *cells[MOST_FIELDS + 1] = {""};
    size_t count;
    if (!split(line, cells, MOST_FIELDS + 1, &count))
        return false;
    enum kind kind = find_kind(cells[0]);
    if (kind == KINDS || count != kinds[kind].fields + 1)
        return false;
    const char **fields = new_row(rows, kind);
    for (size_t i = 0; i < kinds[kind].fields; i++)
        fields[i] = cells[i + 1];
    return true;
}

bool rows_read(struct rows *rows, char *text, size_t *wrong_line)
{
    rows_clear(rows);
    *wrong_line = 1;
    if (!*text)
        return false;
    for (char *line = text; *line; ++*wrong_line) {
        char *end = strchr(line, '\n');
        if (!end)
            return false;
        *end = '\0';
        if (*wrong_line == 1 ? strcmp(line, first_line) != 0 : !read_row(rows, line))
            return false;
        line = end + 1;
    }
    return true;
}

void rows_write(const struct rows *rows, struct buffer *text)
{
    buffer_add_format(text, "%s\n", first_line);
    for (enum kind kind = 0; kind < KINDS; kind++) {
        for (size_t row = 0; row < rows_count(rows, kind); row++) {
            const char **fields = rows_at(rows, kind, row);
            buffer_add_text(text, kinds[kind].name);
            for (size_t i = 0; i < kinds[kind].fields; i++) {
                buffer_add_byte(text, '\t');
                escape(text, fields[i]);
            }
            buffer_add_byte(text, '\n');
        }
    }
}
