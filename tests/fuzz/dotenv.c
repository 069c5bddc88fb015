/*
 * dotenv: whatever a .env holds, a value is read or refused with a message that can be shown; a line
 * that is put in is read as itself, and other variables keep their values.
 */
#include "config.h"

#include "fuzz.h"

#include <string.h>

#include "base/dotenv.h"
#include "base/memory.h"

FUZZ(dotenv)
{
    struct input input = {bytes, size};
    struct buffer file = BUFFER_INIT;
    struct error error = ERROR_INIT;
    size_t length;
    char *value = take_string(&input, '\n');
    char *content = take_bytes(&input, TAKE_ALL, &length);
    char *before;
    char *other;
    char *after;
    buffer_add(&file, content, length);
    for (char *at = value; *at; at++)
        if (*at == '\'')
            *at = '_';
    if (dotenv_get(&file, "A", &before, &error)) {
        /* Nothing that is read is refused for another variable alone, unless it holds a third. */
        bool has_other = dotenv_get(&file, "B", &other, &error);
        dotenv_put(&file, "A", value);
        MUST(dotenv_get(&file, "A", &after, &error) && after && strcmp(after, value) == 0);
        mem_free_secret(after);
        MUST(dotenv_get(&file, "B", &after, &error) == has_other);
        MUST(!has_other || (!after == !other && (!after || strcmp(after, other) == 0)));
        mem_free_secret(after);
        mem_free_secret(other);
    } else {
        MUST(error.kind == ERROR_USAGE && is_message(&error) && !before);
    }
    mem_free_secret(before);
    buffer_free(&file);
    free(content);
    free(value);
    return 0;
}
