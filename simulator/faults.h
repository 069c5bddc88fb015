/*
 * faults: which fault a call meets. README.md says what each kind does; spoil.c does it.
 *
 * A list of faults is `CALL=KIND[@N]`, several separated by `;`. CALL is the words of a command, or
 * `*`; `@N` is the N-th such call only, `@N+` every one from the N-th on. The first entry that fits
 * counts. Calls are counted in the rows of the account.
 *
 * Calling sequence: faults_check() for a list that is new; faults_find() with the account held.
 */
#ifndef SIMULATOR_FAULTS_H
#define SIMULATOR_FAULTS_H

#include "call.h"

enum fault_kind {
    FAULT_NONE,
    FAULT_HTTP,
    FAULT_NETWORK,
    FAULT_LOST,
    FAULT_PAGE_LOST,
    FAULT_HANG,
    FAULT_HANG_HARD,
    FAULT_DONE_HANG,
    FAULT_SIGNAL,
    FAULT_GARBAGE,
    FAULT_TRUNCATED,
    FAULT_EMPTY,
    FAULT_DONE_EMPTY,
    FAULT_ERROR_EXIT0,
    FAULT_OK_EXIT1,
    FAULT_WRONG_COLUMNS,
    FAULT_HUGE,
    FAULT_SLOW,
    FAULT_GRANDCHILD
};

struct fault {
    enum fault_kind kind;
    int number; /* the HTTP status or the signal */
};

/* False with a message in `problem` when the list cannot be read. */
bool faults_check(const char *list, struct buffer *problem);
/* The fault that a call of these words meets, by the list in call->faults; counts the call. An
 * entry for `*` fits only where `words` are those of the call's own command. */
struct fault faults_find(struct call *call, const char *words);

#endif
