#include "state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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
                   "storage", "vpc", "created", "password", "polls", "early"}},
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
    [KEYS] = {"key", FIELDS(key), {"id", "name", "fingerprint"}},
    [COUNTS] = {"count", FIELDS(count), {"name", "value"}},
};

_Static_assert(FIELDS(cluster) <= MOST_FIELDS, "a cluster has more fields than a row can hold");
_Static_assert(sizeof(struct cluster) == FIELDS(cluster) * sizeof(const char *),
               "a row is strings only");

static const char first_line[] = "doctl-simulator 1";

static size_t row_size(enum kind kind)
{
    return kinds[kind].fields * sizeof(const char *);
}

const char *state_kind_name(enum kind kind)
{
    return kinds[kind].name;
}

size_t state_kind_fields(enum kind kind)
{
    return kinds[kind].fields;
}

const char *state_kind_field(enum kind kind, size_t field)
{
    return kinds[kind].field[field];
}

size_t state_count(const struct state *state, enum kind kind)
{
    return state->rows[kind].count;
}

void *state_at(const struct state *state, enum kind kind, size_t index)
{
    return state->rows[kind].data + index * row_size(kind);
}

static void *row_new(struct state *state, enum kind kind)
{
    struct rows *rows = &state->rows[kind];
    const char **fields;

    if (rows->count == rows->room) {
        size_t room = rows->room == 0 ? 16 : rows->room * 2;
        char *data = arena_take(state->arena, room * row_size(kind));

        if (rows->count > 0)
            memcpy(data, rows->data, rows->count * row_size(kind));
        rows->data = data;
        rows->room = room;
    }
    fields = state_at(state, kind, rows->count++);
    for (size_t i = 0; i < kinds[kind].fields; i++)
        fields[i] = "";
    return fields;
}

void *state_add(struct state *state, enum kind kind)
{
    state->changed = true;
    return row_new(state, kind);
}

void state_remove(struct state *state, enum kind kind, size_t index)
{
    struct rows *rows = &state->rows[kind];
    size_t size = row_size(kind);

    memmove(rows->data + index * size, rows->data + (index + 1) * size,
            (rows->count - index - 1) * size);
    rows->count--;
    state->changed = true;
}

static struct count *counter_find(const struct state *state, const char *name)
{
    for (size_t i = 0; i < state_count(state, COUNTS); i++) {
        struct count *count = state_at(state, COUNTS, i);

        if (strcmp(count->name, name) == 0)
            return count;
    }
    return NULL;
}

long state_counter(const struct state *state, const char *name)
{
    const struct count *count = counter_find(state, name);
    long value = 0;

    if (count != NULL)
        number_read(count->value, &value);
    return value;
}

void state_counter_set(struct state *state, const char *name, long value)
{
    struct count *count = counter_find(state, name);

    if (count == NULL) {
        count = state_add(state, COUNTS);
        count->name = arena_copy(state->arena, name);
    }
    count->value = arena_format(state->arena, "%ld", value);
    state->changed = true;
}

static bool fails(struct state *state, const char *what, const char *name)
{
    text_format(&state->problem, "cannot %s %s/%s: %s", what, state->folder, name, strerror(errno));
    return false;
}

static bool write_all(int fd, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t written = write(fd, bytes, length);

        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return false;
        bytes += written;
        length -= (size_t)written;
    }
    return true;
}

/* Under the lock nobody else writes, so one temporary name will do, and what a
 * killed process left under it is simply overwritten. */
bool state_file_write(struct state *state, const char *name, const char *content)
{
    int fd = openat(state->folder_fd, "new", O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC,
                    0600);
    bool written;

    if (fd < 0)
        return fails(state, "create", "new");
    written = write_all(fd, content, strlen(content));
    if (close(fd) != 0 || !written)
        return fails(state, "write", "new");
    if (renameat(state->folder_fd, "new", state->folder_fd, name) != 0)
        return fails(state, "replace", name);
    return true;
}

/* NULL with errno 0 when there is no such file. */
static char *file_read(struct state *state, const char *name)
{
    struct text text = {.arena = state->arena};
    char buffer[16384];
    ssize_t got;
    int fd = openat(state->folder_fd, name, O_RDONLY | O_CLOEXEC);

    if (fd < 0) {
        if (errno == ENOENT)
            errno = 0;
        return NULL;
    }
    text_bytes(&text, "", 0);
    while ((got = read(fd, buffer, sizeof(buffer))) != 0) {
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            int error = errno;

            close(fd);
            errno = error;
            return NULL;
        }
        text_bytes(&text, buffer, (size_t)got);
    }
    close(fd);
    return text.data;
}

const char *state_file(struct state *state, const char *name)
{
    char *content = file_read(state, name);
    size_t length;

    if (content == NULL)
        return NULL;
    length = strlen(content);
    while (length > 0 && strchr(" \t\r\n", content[length - 1]) != NULL)
        content[--length] = '\0';
    return content;
}

static void escape(struct text *text, const char *value)
{
    size_t plain;

    for (; *value != '\0'; value += plain) {
        plain = 0;
        while ((unsigned char)value[plain] > 0x1f && value[plain] != '%' && value[plain] != 0x7f)
            plain++;
        text_bytes(text, value, plain);
        if (value[plain] != '\0') {
            text_format(text, "%%%02X", (unsigned)(unsigned char)value[plain]);
            plain++;
        }
    }
}

static int hex_digit(char digit)
{
    static const char digits[] = "0123456789ABCDEF";
    const char *found = digit == '\0' ? NULL : strchr(digits, digit);

    return found == NULL ? -1 : (int)(found - digits);
}

/* In place: the result is never longer. */
static bool unescape(char *value)
{
    char *to = value;

    for (const char *from = value; *from != '\0'; from++) {
        if (*from == '%') {
            int high = hex_digit(from[1]);
            int low = high < 0 ? -1 : hex_digit(from[2]);

            if (low < 0)
                return false;
            *to++ = (char)(high * 16 + low);
            from += 2;
        } else {
            *to++ = *from;
        }
    }
    *to = '\0';
    return true;
}

static bool row_read(struct state *state, char *line)
{
    char *values[MOST_FIELDS + 1] = {""};
    size_t count = 0;
    const char **fields;
    enum kind kind;

    for (char *cell = line; cell != NULL;) {
        char *tab = strchr(cell, '\t');

        if (tab != NULL)
            *tab++ = '\0';
        if (count > MOST_FIELDS || !unescape(cell))
            return false;
        values[count++] = cell;
        cell = tab;
    }
    for (kind = 0; kind < KINDS; kind++)
        if (strcmp(kinds[kind].name, values[0]) == 0)
            break;
    if (kind == KINDS || count != kinds[kind].fields + 1)
        return false;
    fields = row_new(state, kind);
    for (size_t i = 0; i < kinds[kind].fields; i++)
        fields[i] = values[i + 1];
    return true;
}

static bool damaged(struct state *state, size_t line)
{
    text_format(&state->problem, "%s/state is damaged at line %zu", state->folder, line);
    return false;
}

static bool rows_read(struct state *state, char *content)
{
    size_t number = 1;

    for (char *line = content; *line != '\0'; number++) {
        char *end = strchr(line, '\n');

        if (end == NULL)
            return damaged(state, number);
        *end = '\0';
        if (number == 1 ? strcmp(line, first_line) != 0 : !row_read(state, line))
            return damaged(state, number);
        line = end + 1;
    }
    return number == 1 ? damaged(state, number) : true;
}

static bool rows_write(struct state *state)
{
    struct text text = {.arena = state->arena};

    text_format(&text, "%s\n", first_line);
    for (enum kind kind = 0; kind < KINDS; kind++) {
        for (size_t row = 0; row < state_count(state, kind); row++) {
            const char **fields = state_at(state, kind, row);

            text_add(&text, kinds[kind].name);
            for (size_t i = 0; i < kinds[kind].fields; i++) {
                text_byte(&text, '\t');
                escape(&text, fields[i]);
            }
            text_byte(&text, '\n');
        }
    }
    return state_file_write(state, "state", text_string(&text));
}

/* An account as the tests expect it: two Droplets, one of them without a private address. */
static bool first_use(struct state *state)
{
    struct droplet *droplet;

    /* The token before the state: a process killed in between starts over. */
    if (state->with_auth && state_file(state, "auth") == NULL &&
        !state_file_write(state, "auth", "default\n"))
        return false;
    droplet = state_add(state, DROPLETS);
    *droplet = (struct droplet){"42",
                                "freshtrack-pro",
                                "203.0.113.42",
                                "10.116.0.2",
                                "nyc3",
                                "s-1vcpu-2gb",
                                "Ubuntu 22.04 (LTS) x64",
                                "",
                                "",
                                "active",
                                "-1"};
    droplet = state_add(state, DROPLETS);
    *droplet = (struct droplet){"100",
                                "no-private-ip",
                                "203.0.113.100",
                                "",
                                "nyc3",
                                "s-1vcpu-1gb",
                                "Ubuntu 22.04 (LTS) x64",
                                "",
                                "",
                                "active",
                                "-1"};
    return true;
}

static bool lock(int fd, short type)
{
    struct flock range = {.l_type = type, .l_whence = SEEK_SET};
    int result;

    do
        result = fcntl(fd, F_SETLKW, &range);
    while (result != 0 && errno == EINTR);
    return result == 0;
}

/* mkdir -p, for us alone. */
static bool folder_make(struct state *state)
{
    char *path = arena_copy(state->arena, state->folder);
    int reason = 0;

    for (char *slash = path + 1; *path != '\0' && (slash = strchr(slash, '/')) != NULL; slash++) {
        *slash = '\0';
        if (mkdir(path, 0700) != 0 && errno != EEXIST && reason == 0)
            reason = errno;
        *slash = '/';
    }
    if (mkdir(path, 0700) == 0 || errno == EEXIST)
        return true;
    /* What kept a folder above from being made is the cause of all that follows. */
    if (reason != 0)
        errno = reason;
    return false;
}

bool state_open(struct state *state, struct arena *arena, const char *folder, bool with_auth)
{
    *state = (struct state){.arena = arena,
                            .problem = {.arena = arena},
                            .folder = folder,
                            .folder_fd = -1,
                            .lock_fd = -1,
                            .with_auth = with_auth};
    if (!folder_make(state))
        return fails(state, "create", "");
    state->folder_fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (state->folder_fd < 0)
        return fails(state, "open", "");
    state->lock_fd =
        openat(state->folder_fd, "lock", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (state->lock_fd < 0)
        return fails(state, "open", "lock");
    return true;
}

bool state_begin(struct state *state)
{
    char *content;

    if (!lock(state->lock_fd, F_WRLCK))
        return fails(state, "lock", "lock");
    for (enum kind kind = 0; kind < KINDS; kind++)
        state->rows[kind] = (struct rows){NULL, 0, 0};
    state->changed = false;
    errno = 0;
    content = file_read(state, "state");
    if (content != NULL)
        return rows_read(state, content);
    if (errno != 0)
        return fails(state, "read", "state");
    return first_use(state);
}

bool state_end(struct state *state)
{
    bool written = !state->changed || rows_write(state);

    state->changed = false; /* ending what was not begun does nothing */
    return lock(state->lock_fd, F_UNLCK) && written;
}

void state_close(struct state *state)
{
    if (state->lock_fd >= 0)
        close(state->lock_fd);
    if (state->folder_fd >= 0)
        close(state->folder_fd);
}
