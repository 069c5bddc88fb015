#include "config.h"

#include "settings/envfile.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "base/pattern.h"
#include "base/readfile.h"

#define MAX_SIZE ((size_t)1 << 20)

/* 1 key; then one of: 2 single-quoted, 3 double-quoted, 4 bare. */
static struct pattern line_pattern =
    PATTERN("\\A[ \\t]*(?:export[ \\t]+)?([A-Za-z_][A-Za-z0-9_]*)="
            "(?:'([^']*)'|\"((?:[^\"\\\\]|\\\\.)*)\"|((?:[^\\s'\"\\\\;&|<>()#]|(?<=\\S)#)*))"
            "[ \\t]*(?:(?<=\\s)#.*)?\\r?\\z");
static struct pattern ignored_pattern = PATTERN("\\A[ \\t]*(?:#.*)?\\r?\\z");
/* What was meant to set a variable. */
static struct pattern key_pattern =
    PATTERN("\\A[ \\t]*(?:export[ \\t]+)?([A-Za-z_][A-Za-z0-9_]*)[ \\t]*\\+?=");
static struct pattern expansion_pattern = PATTERN("(?<!\\\\)(?:\\\\\\\\)*[$`]");

/* In double quotes a backslash escapes $, `, " and \ (POSIX shell, 2.2.3). */
static void unescape(char *text)
{
    char *to = text;
    for (const char *from = text; *from; from++) {
        if (*from == '\\' && from[1] && strchr("$`\"\\", from[1]))
            from++;
        *to++ = *from;
    }
    *to = '\0';
}

static bool read_line(const char *line, size_t length, const char *where, struct settings *settings,
                      struct error *error)
{
    struct span groups[PATTERN_GROUPS];
    if (pattern_match(&ignored_pattern, line, length, 0, NULL))
        return true;
    if (!pattern_match(&line_pattern, line, length, 0, groups)) {
        /* Other lines are the shell's, unless they set one of the settings. */
        if (!pattern_match(&key_pattern, line, length, 0, groups))
            return true;
        char *key = mem_copy_n(groups[1].start, groups[1].length);
        bool ours = settings_by_variable(key) != SETTING_COUNT;
        if (ours)
            error_set(error, ERROR_USAGE, 0,
                      "%s: the value of %s cannot be read as data: write %s=VALUE or %s=\"VALUE\"",
                      where, key, key, key);
        free(key);
        return !ours;
    }
    char *key = mem_copy_n(groups[1].start, groups[1].length);
    enum setting setting = settings_by_variable(key);
    bool good = true;
    if (setting != SETTING_COUNT) {
        struct span value = groups[2].start ? groups[2] : groups[3].start ? groups[3] : groups[4];
        if (!groups[2].start &&
            pattern_match(&expansion_pattern, value.start, value.length, 0, NULL)) {
            good = error_set(error, ERROR_USAGE, 0,
                             "%s: the value of %s would be expanded by a shell, here it is data: "
                             "write it out",
                             where, key);
        } else {
            char *text = mem_copy_n(value.start, value.length);
            if (groups[3].start)
                unescape(text);
            char *place = mem_format("%s: %s", where, key);
            good = settings_set(settings, setting, text, SOURCE_ENV_FILE, place, error);
            free(place);
            mem_free_secret(text);
        }
    }
    free(key);
    return good;
}

static bool read_lines(const char *path, const struct buffer *content, struct settings *settings,
                       struct error *error)
{
    const char *at = buffer_text(content);
    const char *end = at + content->length;
    for (size_t number = 1; at < end; number++) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        const char *stop = newline ? newline : end;
        char *where = mem_format("%s:%zu", path, number);
        bool good = read_line(at, (size_t)(stop - at), where, settings, error);
        free(where);
        if (!good)
            return false;
        at = newline ? newline + 1 : end;
    }
    return true;
}

bool envfile_read(const char *path, struct settings *settings, struct error *error)
{
    struct buffer content = BUFFER_INIT;
    bool good = readfile(path, READFILE_REQUIRED, MAX_SIZE, &content, error);
    if (good && content.length && memchr(content.data, '\0', content.length))
        good = error_set(error, ERROR_USAGE, 0, "%s holds NUL characters: it is not an env file",
                         path);
    good = good && read_lines(path, &content, settings, error);
    buffer_free(&content);
    return good;
}
