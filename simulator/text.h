/*
 * Memory and growing text.
 *
 * One call of the simulator is one short process: whatever it allocates comes
 * out of one arena and is given back at the end in one go, so nothing has an
 * owner of its own. Running out of memory ends the program with a message.
 */
#ifndef SIMULATOR_TEXT_H
#define SIMULATOR_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#if defined(__GNUC__)
#define FORMATS(which, first) __attribute__((format(printf, which, first)))
#else
#define FORMATS(which, first)
#endif

struct arena {
    struct arena_block *blocks;
};

/* A byte string that grows; `data` is always followed by a NUL once anything was added. */
struct text {
    struct arena *arena;
    char *data;
    size_t length;
    size_t room;
};

void *arena_take(struct arena *arena, size_t size);
char *arena_copy(struct arena *arena, const char *from);
char *arena_slice(struct arena *arena, const char *from, size_t length);
char *arena_format(struct arena *arena, const char *format, ...) FORMATS(2, 3);
void arena_free(struct arena *arena);

void text_bytes(struct text *text, const void *bytes, size_t length);
void text_add(struct text *text, const char *string);
void text_byte(struct text *text, char byte);
void text_vformat(struct text *text, const char *format, va_list arguments) FORMATS(2, 0);
void text_format(struct text *text, const char *format, ...) FORMATS(2, 3);
/* The content as a string, "" when nothing was added. */
const char *text_string(const struct text *text);

/* A whole number in decimal digits and nothing else; false when it is not one. */
bool number_read(const char *string, long *number);

#endif
