#include "config.h"

#include "flow/notes.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/quote.h"

void notes_free(struct notes *notes)
{
    for (size_t i = 0; i < notes->count; i++) {
        struct note *one = &notes->list[i];
        char *const texts[] = {one->what, one->name, one->detail, one->command};
        for (size_t at = 0; at < sizeof texts / sizeof texts[0]; at++)
            free(texts[at]);
    }
    free(notes->list);
    *notes = (struct notes){.count = 0};
}

void notes_add(struct notes *notes, enum mark mark, const char *what, const char *name,
               const char *detail)
{
    notes->list = mem_grow(notes->list, notes->count + 1, sizeof *notes->list);
    notes->list[notes->count++] =
        (struct note){mark, mem_copy(what), mem_copy(name), mem_copy(detail), mem_copy("")};
}

void notes_add_command(void *notes, char *const *argv)
{
    struct notes *all = notes;
    struct buffer line = BUFFER_INIT;
    if (!all->count)
        return;
    struct note *last = &all->list[all->count - 1];
    if (*last->command)
        buffer_add_format(&line, "%s; ", last->command);
    quote_add_command(&line, argv);
    free(last->command);
    last->command = buffer_take(&line);
}

bool notes_change(const struct notes *notes, const char *what, const char *name)
{
    for (size_t i = 0; i < notes->count; i++) {
        const struct note *one = &notes->list[i];
        if ((one->mark == MARK_MAKE || one->mark == MARK_CHANGE) && strcmp(one->what, what) == 0 &&
            strcmp(one->name, name) == 0)
            return true;
    }
    return false;
}

size_t notes_count(const struct notes *notes, enum mark mark)
{
    size_t count = 0;
    for (size_t i = 0; i < notes->count; i++)
        count += notes->list[i].mark == mark;
    return count;
}

void notes_add_text(struct buffer *text, const struct notes *notes, bool with_commands)
{
    for (size_t i = 0; i < notes->count; i++) {
        const struct note *one = &notes->list[i];
        buffer_add_format(text, "%c %s %s%s%s\n", (char)one->mark, one->what, one->name,
                          *one->detail ? ": " : "", one->detail);
        if (with_commands && *one->command)
            buffer_add_format(text, "    %s\n", one->command);
    }
    buffer_add_format(text, "%zu to make, %zu to change, %zu as wanted",
                      notes_count(notes, MARK_MAKE), notes_count(notes, MARK_CHANGE),
                      notes_count(notes, MARK_SAME));
    size_t differences = notes_count(notes, MARK_DIFFERS);
    if (differences)
        buffer_add_format(text, "; %zu differ%s and will not be changed", differences,
                          differences == 1 ? "s" : "");
    buffer_add_text(text, "\n");
}
