/*
 * buffer: bytes that are put together piece by piece.
 *
 * Calling sequence: `struct buffer buffer = {.arena = arena};`, then any of the functions. The
 * memory belongs to the arena; nothing is freed here, and nothing fails.
 */
#ifndef SIMULATOR_BUFFER_H
#define SIMULATOR_BUFFER_H

#include <stdarg.h>
#include <stddef.h>

#include "arena.h"

struct buffer {
    struct arena *arena;
    char *data;    /* always followed by a NUL once anything was added; may be NULL */
    size_t length; /* bytes, without that NUL */
    size_t room;
};

void buffer_add(struct buffer *buffer, const void *bytes, size_t length);
void buffer_add_text(struct buffer *buffer, const char *text);
void buffer_add_byte(struct buffer *buffer, char byte);
void buffer_add_format(struct buffer *buffer, const char *format, ...) PRINTF_LIKE(2, 3);
void buffer_add_arguments(struct buffer *buffer, const char *format, va_list arguments)
    PRINTF_LIKE(2, 0);
/* The content as a string, "" when nothing was added; it belongs to the buffer. */
const char *buffer_text(const struct buffer *buffer);

#endif
