/*
 * ask: putting a question to doctl: which words first, what was asked ahead, what counts as an
 * answer. For doctl.c alone, whose functions know what each question means.
 */
#ifndef MANAGED_DB_ASK_H
#define MANAGED_DB_ASK_H

#include "doctl.h"
#include "reply.h"

#define ARGUMENTS(...) ((const char *const[CALL_ARGUMENTS]){NULL, __VA_ARGS__})
#define NO_ARGUMENTS   ((const char *const[CALL_ARGUMENTS]){NULL})

/*
 * Puts a question, in other words where the first ones are turned down (doctl.h). The reply is the
 * caller's to free with reply_free(), on success alone. *used, where wanted, is the wording that
 * was answered.
 */
bool ask(struct doctl *doctl, enum call_id id, const char *const arguments[CALL_ARGUMENTS],
         struct reply *reply, const struct wording **used, struct error *error);

/* Starts a question whose answer ask() will be wanted for, in the words that it would try first. */
void ask_ahead(struct doctl *doctl, enum call_id id, const char *const arguments[CALL_ARGUMENTS]);

/* The file that the plan's words have doctl write the certificate to, beside a path. */
const char *ask_scratch(struct doctl *doctl, const char *beside);

/*
 * Whether this doctl is a released one, for answers that only a hand-made one may give. Where that
 * is not known yet it is asked once, in words that a released doctl turns down by itself in a way
 * of its own (docs/DOCTL.md, "Exit status and errors"). The plan's dialect takes no such question:
 * there it is what was seen so far.
 */
bool ask_is_released(struct doctl *doctl);

#endif
