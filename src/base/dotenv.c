#include "config.h"

#include "base/dotenv.h"

#include <string.h>

#include "base/memory.h"
#include "base/pattern.h"

/* 1 name; the value follows the match. */
static struct pattern name_pattern =
    PATTERN("\\A[ \\t]*(?:export[ \\t]+)?([A-Za-z_][A-Za-z0-9_.]*)[ \\t]*[=:][ \\t]*");
/* A bare value ends before a comment that has white space before it. */
static struct pattern bare_pattern =
    PATTERN("\\A(?:[^\\s#]|(?<=[^\\s=])#|[ \\t]+(?![\\s#]|\\z))*+");

struct entry {
    const char *start, *end; /* its line, or all lines of a value that spans some */
    struct span name;        /* start is NULL: an empty line, a comment */
    struct span value;
    char quote; /* around the value, or NUL */
    bool is_open;
};

/* Where the quote that opens at `at` ends; `end` where it does not. */
static const char *closing_quote(const char *at, const char *end)
{
    char quote = *at++;
    while (at < end && *at != quote)
        at += quote == '"' && *at == '\\' && at + 1 < end ? 2 : 1;
    return at < end ? at : end;
}

static struct entry read_entry(const char *at, const char *end)
{
    struct span groups[PATTERN_GROUPS];
    const char *newline = memchr(at, '\n', (size_t)(end - at));
    const char *stop = newline ? newline : end;
    struct entry entry = {.start = at, .end = newline ? newline + 1 : end};
    if (!pattern_match(&name_pattern, at, (size_t)(stop - at), 0, groups))
        return entry;
    entry.name = groups[1];
    entry.value.start = groups[0].start + groups[0].length;
    if (entry.value.start < stop && strchr("\"'", *entry.value.start)) {
        const char *close = closing_quote(entry.value.start, end);
        entry.quote = *entry.value.start++;
        entry.is_open = close == end;
        entry.value.length = (size_t)(close - entry.value.start);
        newline = memchr(close, '\n', (size_t)(end - close));
        entry.end = newline ? newline + 1 : end;
    } else if (pattern_match(&bare_pattern, entry.value.start, (size_t)(stop - entry.value.start),
                             0, groups)) {
        entry.value.length = groups[0].length;
    }
    return entry;
}

static bool is_of(const struct entry *entry, const char *name)
{
    return entry->name.start && entry->name.length == strlen(name) &&
           memcmp(entry->name.start, name, entry->name.length) == 0;
}

/* In double quotes, which is all that is told apart: a backslash takes the next byte as it is. */
static char *value_of(const struct entry *entry)
{
    char *value = mem_copy_n(entry->value.start, entry->value.length);
    char *to = value;
    for (const char *from = value; *from; from++) {
        if (entry->quote == '"' && *from == '\\' && from[1])
            from++;
        *to++ = *from;
    }
    *to = '\0';
    return value;
}

bool dotenv_get(const struct buffer *file, const char *name, char **value, struct error *error)
{
    const char *at = buffer_text(file);
    const char *end = at + file->length;
    *value = NULL;
    while (at < end) {
        struct entry entry = read_entry(at, end);
        at = entry.end;
        bool found = is_of(&entry, name);
        bool is_put_in =
            found && entry.quote != '\'' && memchr(entry.value.start, '$', entry.value.length);
        if (!entry.is_open && !found)
            continue;
        mem_free_secret(*value);
        *value = NULL;
        if (entry.is_open)
            return error_set(error, ERROR_USAGE, 0, "the quote of %.*s is not closed",
                             (int)entry.name.length, entry.name.start);
        if (is_put_in)
            return error_set(error, ERROR_USAGE, 0,
                             "the value of %s holds another variable: write it out", name);
        *value = value_of(&entry);
    }
    return true;
}

static void add_line(struct buffer *file, const char *name, const char *value, bool has_end)
{
    buffer_add_format(file, "%s='%s'%s", name, value, has_end ? "\n" : "");
}

void dotenv_put(struct buffer *file, const char *name, const char *value)
{
    struct buffer result = BUFFER_INIT;
    const char *start = buffer_text(file);
    const char *end = start + file->length;
    const char *last = NULL;
    for (const char *at = start; at < end;) {
        struct entry entry = read_entry(at, end);
        if (is_of(&entry, name))
            last = at;
        at = entry.end;
    }
    for (const char *at = start; at < end;) {
        struct entry entry = read_entry(at, end);
        if (!is_of(&entry, name))
            buffer_add(&result, at, (size_t)(entry.end - at));
        else if (at == last)
            add_line(&result, name, value, entry.end[-1] == '\n');
        at = entry.end;
    }
    if (!last) {
        if (result.length && result.data[result.length - 1] != '\n')
            buffer_add_text(&result, "\n");
        add_line(&result, name, value, true);
    }
    buffer_free(file);
    *file = result;
}
