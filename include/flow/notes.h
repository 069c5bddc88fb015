/*
 * notes: what a run of setup would make and change, and what differs from what is wanted.
 *
 * A rehearsal (`plan`, `setup --dry-run`) is a run of setup in which doctl makes no change: its
 * commands are noted under the change that they belong to (client.h, on_change), and files are
 * compared and not written. So what is planned is what setup would do: the same functions decide.
 * They tell it by note() (state.h).
 */
#ifndef MANAGED_DB_FLOW_NOTES_H
#define MANAGED_DB_FLOW_NOTES_H

#include <stddef.h>

#include "base/bytes.h"

enum mark { MARK_MAKE = '+', MARK_CHANGE = '~', MARK_SAME = '=', MARK_DIFFERS = '!' };

struct note {
    enum mark mark;
    char *what, *name; /* "cluster", "freshtrack-db" */
    char *detail;      /* "" where there is nothing to tell */
    char *command;     /* doctl's, as a shell takes it; "" where there is none */
};

struct notes {
    struct note *list;
    size_t count;
};
void notes_free(struct notes *notes);

void notes_add(struct notes *notes, enum mark mark, const char *what, const char *name,
               const char *detail);
/* Puts doctl's command to the last note. `notes` is a struct notes, as client.h passes it. */
void notes_add_command(void *notes, char *const *argv);

/* Whether the thing of this name is to be made or changed. */
bool notes_change(const struct notes *notes, const char *what, const char *name);
size_t notes_count(const struct notes *notes, enum mark mark);
/* A line each, with `with_commands` doctl's commands below, and a last line that counts. */
void notes_add_text(struct buffer *text, const struct notes *notes, bool with_commands);

#endif
