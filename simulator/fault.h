/*
 * What can go wrong on purpose.
 *
 * A fault is `CALL=KIND[@N]`: CALL the words of a command, or `*`; @N only the
 * N-th such call, @N+ from the N-th on. Faults are separated by `;`; the first
 * one that fits is the one. README.md says what each KIND does.
 *
 * Calling sequence: fault_find() with the state held; fault_before() may end
 * the call without carrying it out; else carry it out, then fault_print()
 * prints the answer, spoilt as the fault says.
 */
#ifndef SIMULATOR_FAULT_H
#define SIMULATOR_FAULT_H

#include <stdbool.h>

#include "call.h"

enum fault_kind {
    FAULT_NONE,
    FAULT_HTTP,
    FAULT_NETWORK,
    FAULT_LOST,
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

/* Checks a list of faults; false with a message in `problem` when it cannot be read. */
bool fault_list_ok(const char *list, struct text *problem);
/* The fault in force for a call of these words, counting it; `*` is the command itself only. */
struct fault fault_find(struct call *call, const char *words);
/* True when the call is over: its answer is complete. Some faults do not return. */
bool fault_before(struct call *call, struct fault fault);
/* The same for a look of `create --wait`; true when the look has failed. */
bool fault_in_look(struct call *call, struct fault fault, const struct request *look);
/* After the call: prints. False when a stream could not be written. */
bool fault_print(struct call *call, struct fault fault);

#endif
