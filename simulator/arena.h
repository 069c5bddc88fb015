/*
 * arena: memory that is given back all at once.
 *
 * A call of the simulator is one short process. What it allocates comes from one arena, which owns
 * it until arena_free(); nobody else frees anything. All memory is zeroed, so that a string of
 * `length` bytes in `length + 1` is ended by a NUL. When there is no memory left the program ends
 * with a message: no function here fails.
 *
 * Calling sequence: `struct arena arena = {NULL};`, any of the functions, arena_free().
 */
#ifndef SIMULATOR_ARENA_H
#define SIMULATOR_ARENA_H

#include <stddef.h>

#if defined(__GNUC__)
#define PRINTF_LIKE(which, first) __attribute__((format(printf, which, first)))
#else
#define PRINTF_LIKE(which, first)
#endif

struct arena {
    struct arena_block *blocks;
};

void *arena_take(struct arena *arena, size_t size);
char *arena_copy(struct arena *arena, const char *from);
/* The first `length` bytes as a string. */
char *arena_slice(struct arena *arena, const char *from, size_t length);
char *arena_format(struct arena *arena, const char *format, ...) PRINTF_LIKE(2, 3);
void arena_free(struct arena *arena);

#endif
