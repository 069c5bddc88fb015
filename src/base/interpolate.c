#include "config.h"

#include "base/interpolate.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "base/pattern.h"
#include "base/quote.h"

#define MAX_DEPTH 20

/* 1 name; behind it in braces 2 the operator, and the rest follows the match. */
static struct pattern name_pattern = PATTERN("\\A([A-Za-z_][A-Za-z0-9_]*)");
static struct pattern braced_pattern = PATTERN("\\A\\{([A-Za-z_][A-Za-z0-9_]*)(:?[-?+]|(?=\\}))");

static bool put_in(struct interpolation *interpolation, const char *text, size_t length, int depth,
                   struct buffer *out, struct error *error);

static bool add(struct interpolation *interpolation, const char *text, size_t length,
                struct buffer *out, struct error *error)
{
    interpolation->made += length;
    if (interpolation->made > INTERPOLATE_MAX_BYTES)
        return error_set(error, ERROR_USAGE, 0,
                         "the variables make more than %zu MiB of these files",
                         INTERPOLATE_MAX_BYTES >> 20);
    buffer_add(out, text, length);
    return true;
}

static bool invalid(const char *text, size_t length, struct error *error)
{
    char *shown = quote_for_message(text, length > 60 ? 60 : length);
    error_set(error, ERROR_USAGE, 0,
              "%s is not a valid variable: write ${NAME}, ${NAME:-default} or ${NAME:?message}, "
              "or $$ for a dollar sign",
              shown);
    free(shown);
    return false;
}

/* The length up to the brace that closes this one; braces of variables within do not count. */
static size_t closing_brace(const char *text, size_t length)
{
    size_t open = 0;
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '$' && i + 1 < length && text[i + 1] == '$')
            i++;
        else if (text[i] == '$' && i + 1 < length && text[i + 1] == '{')
            open++;
        else if (text[i] == '}' && open-- == 0)
            return i;
    }
    return length;
}

static bool missing(const char *name, const char *message, size_t length, struct error *error)
{
    char *shown = quote_for_message(message, length);
    error_set(error, ERROR_USAGE, 0, "the variable %s has to be set%s%s", name, *shown ? ": " : "",
              shown);
    free(shown);
    return false;
}

/* What stands for ${NAME}, or for ${NAME, an operator and the rest. */
static bool put_variable(struct interpolation *interpolation, const char *name, struct span oper,
                         struct span rest, int depth, struct buffer *out, struct error *error)
{
    const char *value =
        interpolation->value ? interpolation->value(interpolation->context, name) : NULL;
    bool colon = oper.length == 2;
    bool has_value = value && (!colon || *value);
    char kind = oper.length ? oper.start[oper.length - 1] : '\0';
    if (kind == '+' ? has_value : kind == '-' && !has_value)
        return put_in(interpolation, rest.start, rest.length, depth + 1, out, error);
    if (kind == '?' && !has_value && interpolation->value)
        return missing(name, rest.start, rest.length, error);
    if (kind == '+' || !value)
        return true;
    return add(interpolation, value, strlen(value), out, error);
}

/* What follows a dollar sign; *used tells how much of it. */
static bool put_reference(struct interpolation *interpolation, const char *text, size_t length,
                          int depth, size_t *used, struct buffer *out, struct error *error)
{
    struct span groups[PATTERN_GROUPS];
    struct span oper = {NULL, 0};
    struct span rest = {NULL, 0};
    if (length && *text == '$') {
        *used = 1;
        return add(interpolation, "$", 1, out, error);
    }
    if (pattern_match(&name_pattern, text, length, 0, groups)) {
        *used = groups[0].length;
    } else if (pattern_match(&braced_pattern, text, length, 0, groups)) {
        oper = groups[2];
        rest.start = text + groups[0].length;
        rest.length = closing_brace(rest.start, length - groups[0].length);
        *used = groups[0].length + rest.length + 1;
        if (*used > length)
            return invalid(text - 1, length + 1, error);
    } else {
        return invalid(text - 1, length + 1, error);
    }
    if (++interpolation->used > INTERPOLATE_MAX_VARIABLES)
        return error_set(error, ERROR_USAGE, 0, "more than %d variables are named in these files",
                         INTERPOLATE_MAX_VARIABLES);
    char *name = mem_copy_n(groups[1].start, groups[1].length);
    bool good = put_variable(interpolation, name, oper, rest, depth, out, error);
    free(name);
    return good;
}

static bool put_in(struct interpolation *interpolation, const char *text, size_t length, int depth,
                   struct buffer *out, struct error *error)
{
    if (depth > MAX_DEPTH)
        return error_set(error, ERROR_USAGE, 0, "variables stand in defaults more than %d deep",
                         MAX_DEPTH);
    while (length) {
        const char *dollar = memchr(text, '$', length);
        size_t before = dollar ? (size_t)(dollar - text) : length;
        size_t used = 0;
        if (!add(interpolation, text, before, out, error))
            return false;
        text += before;
        length -= before;
        if (!dollar)
            return true;
        if (!put_reference(interpolation, text + 1, length - 1, depth, &used, out, error))
            return false;
        text += used + 1;
        length -= used + 1;
    }
    return true;
}

bool interpolate(struct interpolation *interpolation, const char *text, struct buffer *out,
                 struct error *error)
{
    return put_in(interpolation, text, strlen(text), 0, out, error);
}
