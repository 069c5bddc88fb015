/*
 * interpolate: any text is put in within the limit or refused with a message that can be shown;
 * a text whose dollar signs are doubled comes back as it was.
 */
#include "config.h"

#include "fuzz.h"

#include <string.h>

#include "base/bytes.h"
#include "base/interpolate.h"

static const char *value_of(const void *context, const char *name)
{
    static const char *const values[] = {NULL, "", "v", "$x", "${A}"};
    (void)context;
    return values[(unsigned char)name[0] % 5];
}

static void check(struct interpolation interpolation, const char *text)
{
    struct buffer out = BUFFER_INIT;
    struct error error = ERROR_INIT;
    bool good = interpolate(&interpolation, text, &out, &error);
    MUST(!good || out.length <= INTERPOLATE_MAX_BYTES);
    MUST(!good || strchr(text, '$') || strcmp(buffer_text(&out), text) == 0);
    MUST(good || (error.kind == ERROR_USAGE && is_message(&error)));
    buffer_free(&out);
}

FUZZ(interpolate)
{
    struct input input = {bytes, size};
    struct error error = ERROR_INIT;
    struct interpolation some = {.value = value_of};
    struct interpolation none = {.value = NULL};
    char *text = take_string(&input, '\0');
    check(some, text);
    check(none, text);

    struct buffer doubled = BUFFER_INIT;
    struct buffer back = BUFFER_INIT;
    for (const char *at = text; *at; at++)
        buffer_add(&doubled, *at == '$' ? "$$" : at, *at == '$' ? 2 : 1);
    MUST(interpolate(&some, buffer_text(&doubled), &back, &error));
    MUST(strcmp(buffer_text(&back), text) == 0);
    buffer_free(&back);
    buffer_free(&doubled);
    free(text);
    return 0;
}
