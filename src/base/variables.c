#include "config.h"

#include "base/variables.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "base/pattern.h"
#include "base/readfile.h"

#define MAX_SIZE ((size_t)1 << 20)
/* They are searched one by one. */
#define MAX_VARIABLES 1000

/* 1 key; the value follows the match. */
static struct pattern key_pattern =
    PATTERN("\\A[ \\t]*(?:export[ \\t]+)?([A-Za-z_][A-Za-z0-9_.]*)[ \\t]*=[ \\t]*");
/* A bare value ends before a comment that has white space before it. */
static struct pattern bare_pattern =
    PATTERN("\\A(?:[^\\s#]|(?<=[^\\s=])#|[ \\t]+(?![\\s#]|\\z))*+");

/* Puts a variable into the list from `first` on, in place of one of its name. */
static void put(struct variable **list, size_t *count, size_t first, const char *name, char *value)
{
    for (size_t i = first; i < *count; i++)
        if (strcmp((*list)[i].name, name) == 0) {
            mem_free_secret((*list)[i].value);
            (*list)[i].value = value;
            return;
        }
    *list = mem_grow(*list, *count + 1, sizeof **list);
    (*list)[(*count)++] = (struct variable){mem_copy(name), value};
}

void variables_set(struct variables *variables, const char *name, const char *value)
{
    put(&variables->set, &variables->set_count, 0, name, mem_copy(value));
}

static const struct variable *find(const struct variable *list, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(list[i].name, name) == 0)
            return &list[i];
    return NULL;
}

const char *variables_get(const struct variables *variables, const char *name)
{
    const struct variable *found = find(variables->set, variables->set_count, name);
    if (found)
        return found->value;
    const char *value = getenv(name);
    if (value)
        return value;
    found = find(variables->read, variables->read_count, name);
    return found ? found->value : NULL;
}

static const char *value_of(const void *context, const char *name)
{
    return variables_get(context, name);
}

struct interpolation variables_interpolation(const struct variables *variables)
{
    return (struct interpolation){.value = value_of, .context = variables};
}

char *variables_env_path(const char *compose_file)
{
    const char *slash = strrchr(compose_file, '/');
    return mem_format("%.*s.env", slash ? (int)(slash - compose_file) + 1 : 0, compose_file);
}

static void free_list(struct variable *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(list[i].name);
        mem_free_secret(list[i].value);
    }
    free(list);
}

void variables_free(struct variables *variables)
{
    free_list(variables->set, variables->set_count);
    free_list(variables->read, variables->read_count);
    *variables = (struct variables)VARIABLES_INIT;
}

/* ---- reading a file ---- */

/* Where the quote that opens at `at` ends; `end` where it does not. */
static const char *closing_quote(const char *at, const char *end)
{
    char quote = *at++;
    while (at < end && *at != quote)
        at += quote == '"' && *at == '\\' && at + 1 < end ? 2 : 1;
    return at < end ? at : end;
}

/* A dollar sign that is escaped is doubled, for expand() to take it as it is. */
static void unescape(char *text)
{
    static const char letters[] = "nrt\"\\$";
    static const char meanings[] = "\n\r\t\"\\$";
    char *to = text;
    for (const char *from = text; *from; from++) {
        const char *letter = *from == '\\' && from[1] ? strchr(letters, from[1]) : NULL;
        if (letter && *letter == '$')
            *to++ = '$';
        *to++ = letter ? meanings[letter - letters] : *from;
        from += letter != NULL;
    }
    *to = '\0';
}

/* A value that cannot be interpolated is taken as it is. */
static char *expand(const struct variables *variables, char *text)
{
    struct interpolation interpolation = variables_interpolation(variables);
    struct buffer out = BUFFER_INIT;
    struct error ignored = ERROR_INIT;
    if (!strchr(text, '$') || !interpolate(&interpolation, text, &out, &ignored)) {
        buffer_free(&out);
        return text;
    }
    mem_free_secret(text);
    return buffer_take(&out);
}

/* Reads one entry, or skips a line without one; gives where the next line begins. */
static const char *read_entry(struct variables *variables, size_t first, const char *at,
                              const char *end, bool *is_open)
{
    struct span groups[PATTERN_GROUPS];
    const char *newline = memchr(at, '\n', (size_t)(end - at));
    const char *stop = newline ? newline : end;
    if (!pattern_match(&key_pattern, at, (size_t)(stop - at), 0, groups))
        return newline ? newline + 1 : end;
    char *name = mem_copy_n(groups[1].start, groups[1].length);
    const char *value = groups[0].start + groups[0].length;
    char quote = value < stop && (*value == '"' || *value == '\'') ? *value : '\0';
    const char *close = quote ? closing_quote(value, end) : stop;
    *is_open = quote && close == end;
    if (!quote) {
        bool found = pattern_match(&bare_pattern, value, (size_t)(stop - value), 0, groups);
        close = value + (found ? groups[0].length : 0);
    }
    char *text = mem_copy_n(value + (quote != 0), (size_t)(close - value) - (quote != 0));
    if (quote == '"')
        unescape(text);
    if (quote != '\'')
        text = expand(variables, text);
    put(&variables->read, &variables->read_count, first, name, text);
    free(name);
    newline = memchr(close, '\n', (size_t)(end - close));
    return newline ? newline + 1 : end;
}

bool variables_read(struct variables *variables, const char *path, bool must_exist,
                    struct error *error)
{
    struct buffer content = BUFFER_INIT;
    size_t first = variables->read_count;
    bool good = readfile(path, must_exist ? READFILE_REQUIRED : READFILE_OPTIONAL, MAX_SIZE,
                         &content, error);
    const char *at = buffer_text(&content);
    const char *end = at + content.length;
    while (good && at < end) {
        bool is_open = false;
        const char *rest = read_entry(variables, first, at, end, &is_open);
        if (variables->read_count > MAX_VARIABLES)
            good = error_set(error, ERROR_USAGE, 0, "%s: there are more than %d variables", path,
                             MAX_VARIABLES);
        if (is_open) {
            size_t line = 1;
            for (const char *byte = buffer_text(&content); byte < at; byte++)
                line += *byte == '\n';
            good = error_set(error, ERROR_USAGE, 0, "%s:%zu: the quote is not closed", path, line);
        }
        at = rest;
    }
    buffer_free(&content);
    return good;
}
