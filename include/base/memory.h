/*
 * memory: allocation that cannot fail, growing byte buffers, and forgetting secrets.
 *
 * The mem_ functions return memory that the caller frees with free(); when there is none left they
 * end the program (the only place besides main that may).
 * A buffer is zero-initialised with BUFFER_INIT; what it outgrows or frees is wiped first, because
 * nearly everything that doctl prints may hold a password.
 */
#ifndef MANAGED_DB_BASE_MEMORY_H
#define MANAGED_DB_BASE_MEMORY_H

#include <stdarg.h>
#include <stddef.h>

#include "base/error.h"

/*
 * Ends the program as it ends when there is no memory left: runs the functions of
 * mem_at_exhaustion(), the last one first, says so on stderr and exits with 6.
 */
_Noreturn void mem_exhausted(void);
/* Has a function called in that case, to stop children and remove files; it must not allocate. */
void mem_at_exhaustion(void (*clean_up)(void));

void *mem_alloc(size_t size);               /* zeroed */
void *mem_array(size_t count, size_t size); /* zeroed; guards against overflow */
void *mem_grow(void *old, size_t count, size_t size);
char *mem_copy(const char *text);                  /* NULL stays NULL */
char *mem_copy_n(const char *text, size_t length); /* adds the final NUL */
char *mem_format(const char *format, ...) PRINTF_LIKE(1, 2);

/* Overwrites `size` bytes in a way that the compiler does not remove. */
void mem_wipe(void *memory, size_t size);
/* Wipes and frees a string that holds a secret; NULL is allowed. */
void mem_free_secret(char *text);

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
/* Room for `length` more bytes at data + length; the caller advances `length` by what it wrote. */
char *buffer_reserve(struct buffer *buffer, size_t length);
/* The content as a string, "" when nothing was added; still owned by the buffer. */
const char *buffer_text(const struct buffer *buffer);
/* Hands the content to the caller, who frees it; the buffer is empty afterwards. */
char *buffer_take(struct buffer *buffer);
void buffer_free(struct buffer *buffer);

#endif
