/*
 * memory: allocation that cannot fail, and forgetting secrets.
 *
 * The mem_ functions return memory that the caller frees with free(); when there is none left they
 * end the program (besides main only these may, and pattern, for a pattern that does not compile).
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

#endif
