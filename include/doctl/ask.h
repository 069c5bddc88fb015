/*
 * ask: asks doctl one question: which words first, what was started before its turn, what counts as
 * an answer, and when a read is retried. For doctl.c and compute.c, whose functions know what each
 * question means.
 *
 * The rules (docs/DOCTL.md, "Two kinds of doctl"):
 *   - a question is asked in the plan's words; where doctl does not know them, in the shipped
 * words, and from then on the shipped words come first;
 *   - an API error, a network error or a missing token never makes it try other words;
 *   - a change is asked for in other words only where doctl cannot have sent it;
 *   - a read that failed on the network or with 429 or 5xx is retried, with growing pauses, within
 *     the deadline of one call; a change only after 429, which made nothing;
 *   - a list of more than a page is asked for again until two answers in a row agree, because doctl
 *     leaves out pages that it did not get; ERROR_UNREADABLE where they never do.
 */
#ifndef MANAGED_DB_DOCTL_ASK_H
#define MANAGED_DB_DOCTL_ASK_H

#include "doctl/client.h"
#include "doctl/reply.h"

/*
 * Asks a question. The reply is the caller's to free with reply_free(), on success alone. *used,
 * where wanted, is the wording that was answered. Fails with the errors of process_wait(),
 * verdict_of() and reply_read(); ERROR_UNSUPPORTED where doctl knows the question in no wording, or
 * is a hand-made one that gave an odd answer to a question that the plan does not ask.
 */
bool ask(struct doctl *doctl, enum call_id id, const char *const arguments[CALL_ARGUMENTS],
         struct reply *reply, const struct wording **used, struct error *error);

/*
 * Asks for a list of a cluster's, and tells whether a row begins with this name. Fails as ask() does.
 */
bool ask_whether_listed(struct doctl *doctl, enum call_id id, const char *cluster_id,
                        const char *name, bool *exists, struct error *error);

/*
 * Starts a question that will be asked anyway, in the words that ask() would try first; ask() then
 * takes this answer. Does nothing where it was started already, or with one job.
 */
void ask_prefetch(struct doctl *doctl, enum call_id id,
                  const char *const arguments[CALL_ARGUMENTS]);
/* The answer is not true any more: the question will be asked anew. */
void ask_forget(struct doctl *doctl, enum call_id id, const char *const arguments[CALL_ARGUMENTS]);

#endif
