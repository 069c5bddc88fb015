/*
 * released: whether this doctl is one that DigitalOcean released, or a hand-made one that speaks
 * the plan's dialect (docs/DOCTL.md). For a released one no answer is made up: what only a
 * hand-made one may leave out or print in another form is an error there.
 *
 * How a doctl refuses words that it does not know shows which it is; each run is noted. Where
 * nothing was seen yet and it matters, doctl_is_released() asks once.
 */
#ifndef MANAGED_DB_DOCTL_RELEASED_H
#define MANAGED_DB_DOCTL_RELEASED_H

#include "doctl/client.h"
#include "doctl/verdict.h"

/*
 * Whether this doctl is a released one. Where that is not known yet it is asked once, without an
 * argument that the command needs: a released doctl complains in words of its own and sends nothing
 * (docs/DOCTL.md, "Exit status and errors"). The plan's dialect allows no such call: there it is
 * what was seen so far.
 */
bool doctl_is_released(struct doctl *doctl);

/* Starts that question, so that the answer is there when it matters. */
void released_begin(struct doctl *doctl);

/* The same by what was seen so far. */
bool released_so_far(const struct doctl *doctl);

/*
 * Notes what a run shows: only a released doctl ends with status 255 where it does not know the
 * words, or prints a whole help page and calls it success; one that sets columns four blanks apart
 * prints as a released one does.
 */
void released_note(struct doctl *doctl, enum verdict verdict, const struct process_result *result);
/* Notes that the shipped words were answered where the plan's were not known. */
void released_note_shipped(struct doctl *doctl);

/*
 * Whether an answer was cut off: a released doctl ends each with a newline, and without one the
 * last cell may be too short. A hand-made doctl may leave the newline out of a single value, not of
 * a list.
 */
bool released_was_cut_off(struct doctl *doctl, const struct call *call,
                          const struct wording *wording, const struct buffer *out);

#endif
