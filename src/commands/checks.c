#include "config.h"

#include "commands/checks.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/quote.h"

void checks_free(struct checks *checks)
{
    for (size_t i = 0; i < checks->count; i++) {
        free(checks->list[i].what);
        free(checks->list[i].found);
        free(checks->list[i].remedy);
    }
    free(checks->list);
    *checks = (struct checks){NULL, 0};
}

void checks_add(struct checks *checks, enum check_state state, const char *what, const char *remedy,
                const char *found, ...)
{
    struct buffer text = BUFFER_INIT;
    va_list values;
    va_start(values, found);
    buffer_add_values(&text, found, values);
    va_end(values);
    checks->list = mem_grow(checks->list, checks->count + 1, sizeof *checks->list);
    struct buffer shown = BUFFER_INIT;
    quote_add_shown(&shown, buffer_text(&text), text.length, ERROR_TEXT_SIZE);
    checks->list[checks->count++] =
        (struct check){state, mem_copy(what), buffer_take(&shown), mem_copy(remedy)};
    buffer_free(&text);
}

const char *checks_state(const struct check *check)
{
    static const char *const words[] = {"good", "warning", "failed"};
    return words[check->state];
}

size_t checks_count(const struct checks *checks, enum check_state state)
{
    size_t count = 0;
    for (size_t i = 0; i < checks->count; i++)
        count += checks->list[i].state == state;
    return count;
}

char *checks_text(const struct checks *checks)
{
    static const char *const marks[] = {"✓", "⚠", "✗"};
    struct buffer text = BUFFER_INIT;
    for (size_t i = 0; i < checks->count; i++) {
        const struct check *one = &checks->list[i];
        buffer_add_format(&text, "%s %s: %s\n", marks[one->state], one->what, one->found);
        if (*one->remedy)
            buffer_add_format(&text, "    %s\n", one->remedy);
    }
    return buffer_take(&text);
}
