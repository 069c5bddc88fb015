/*
 * fuzz: what the harnesses share.
 *
 * A harness is one file, tests/fuzz/NAME.c, with one function FUZZ(NAME): it takes arbitrary bytes,
 * gives them to a room and asserts with MUST() what has to hold whatever the bytes are. The same
 * file is built in two ways:
 *   - alone, as libFuzzer and AFL++ want it (tests/fuzz/fuzz.sh);
 *   - with all others and -DFUZZ_REPLAY, into the test that runs the corpora (replay.c).
 *
 * Harnesses make no system calls that the room does not make, keep no state between two inputs, and
 * leak nothing. What a room reads as a whole is handed to it in a block of just its size, so that
 * AddressSanitizer sees a read past the end.
 */
#ifndef MANAGED_DB_FUZZ_H
#define MANAGED_DB_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/error.h"

#ifdef FUZZ_REPLAY
#define FUZZ(name)                                                                                 \
    int fuzz_##name(const uint8_t *bytes, size_t size);                                            \
    int fuzz_##name(const uint8_t *bytes, size_t size)
#else
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
#define FUZZ(name) int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
#endif

/* Ends the program, with the condition on stderr, where the condition does not hold. */
#define MUST(condition)                                                                            \
    do {                                                                                           \
        if (!(condition))                                                                          \
            fuzz_fail(__FILE__, __LINE__, #condition);                                             \
    } while (0)

_Noreturn void fuzz_fail(const char *file, int line, const char *condition);

/* Bytes that are taken from the front. */
struct input {
    const uint8_t *at;
    size_t left;
};

/* The next byte, 0 at the end. */
unsigned take_byte(struct input *input);
/* A string up to the next `end` (or the end of the bytes), without NULs; the caller frees it. */
char *take_string(struct input *input, char end);
/* The bytes up to the next `end`, or all, in a block of just that size; the caller frees it. */
char *take_bytes(struct input *input, int end, size_t *length);
#define TAKE_ALL (-1)

/* Whether a text may go to a terminal: UTF-8 without control characters, C0, C1 and DEL. */
bool is_showable(const char *text);
/* The same for a message, whose end may have been cut off in the middle of a code point. */
bool is_message(const struct error *error);

/* The path of a file with this content; the same one each time for each of FILES numbers. */
const char *file_with(unsigned number, const void *bytes, size_t length);
#define FILES 2

#endif
