/*
 * bytes: growing byte buffers, reading and writing descriptors to the end, and pipes.
 *
 * A buffer is set up with BUFFER_INIT and grows as it is added to. What it outgrows or frees is
 * wiped first, because nearly everything that doctl prints may hold a password.
 */
#ifndef MANAGED_DB_BASE_BYTES_H
#define MANAGED_DB_BASE_BYTES_H

#include <stdarg.h>
#include <stddef.h>

#include "base/error.h"

struct buffer {
    char *data;    /* always followed by a NUL once anything was added; may be NULL */
    size_t length; /* bytes, without that NUL */
    size_t capacity;
};

#define BUFFER_INIT                                                                                \
    {                                                                                              \
        NULL, 0, 0                                                                                 \
    }

void buffer_add(struct buffer *buffer, const void *bytes, size_t length);
void buffer_add_text(struct buffer *buffer, const char *text);
void buffer_add_format(struct buffer *buffer, const char *format, ...) PRINTF_LIKE(2, 3);
void buffer_add_values(struct buffer *buffer, const char *format, va_list values) PRINTF_LIKE(2, 0);
/* Room for `length` more bytes at data + length; the caller advances `length` by what it wrote. */
char *buffer_reserve(struct buffer *buffer, size_t length);
/* The content as a string, "" when nothing was added; still owned by the buffer. */
const char *buffer_text(const struct buffer *buffer);
/* Hands the content to the caller, who frees it; the buffer is empty afterwards. */
char *buffer_take(struct buffer *buffer);
void buffer_free(struct buffer *buffer);

/*
 * Appends what a descriptor gives up to its end, at most a block more than makes `limit` bytes: the
 * caller compares the length with the limit. False, with errno, where a read fails.
 */
bool bytes_read(int file, size_t limit, struct buffer *buffer);

/* Writes all bytes. False, with errno, where a write fails. */
bool bytes_write(int file, const void *bytes, size_t length);

/* A pipe that no program inherits. False, with errno, where there can be none. */
bool bytes_pipe(int ends[2]);
/*
 * A pipe that a text of at most `limit` bytes was put into, as much as every pipe holds: *end is
 * read to its end. False, with errno; E2BIG for a longer text.
 */
bool bytes_pipe_with(const char *text, size_t limit, int *end);
/* Has reads and writes of a descriptor fail with EAGAIN instead of waiting. False, with errno. */
bool bytes_nonblocking(int file);

#endif
