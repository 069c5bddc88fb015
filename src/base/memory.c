#include "config.h"

#include "base/memory.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MOST_CLEAN_UPS 8

static void (*clean_ups[MOST_CLEAN_UPS])(void);
static size_t clean_up_count;

void mem_at_exhaustion(void (*clean_up)(void))
{
    for (size_t i = 0; i < clean_up_count; i++)
        if (clean_ups[i] == clean_up)
            return;
    if (clean_up_count < MOST_CLEAN_UPS)
        clean_ups[clean_up_count++] = clean_up;
}

_Noreturn void mem_exhausted(void)
{
    static const char message[] = "✗ out of memory: free some and run again\n";
    while (clean_up_count)
        clean_ups[--clean_up_count]();
    ssize_t ignored = write(STDERR_FILENO, message, sizeof message - 1);
    (void)ignored;
    _exit(6);
}

void *mem_alloc(size_t size)
{
    void *memory = calloc(1, size ? size : 1);
    if (!memory)
        mem_exhausted();
    return memory;
}

void *mem_array(size_t count, size_t size)
{
    if (size && count > SIZE_MAX / size)
        mem_exhausted();
    return mem_alloc(count * size);
}

void *mem_grow(void *old, size_t count, size_t size)
{
    if (size && count > SIZE_MAX / size)
        mem_exhausted();
    void *memory = realloc(old, count && size ? count * size : 1);
    if (!memory)
        mem_exhausted();
    return memory;
}

char *mem_copy_n(const char *text, size_t length)
{
    char *copy = mem_alloc(length + 1);
    if (length)
        memcpy(copy, text, length);
    return copy;
}

char *mem_copy(const char *text)
{
    return text ? mem_copy_n(text, strlen(text)) : NULL;
}

char *mem_format(const char *format, ...)
{
    va_list values;
    va_start(values, format);
    int length = vsnprintf(NULL, 0, format, values);
    va_end(values);
    if (length < 0)
        mem_exhausted();
    char *text = mem_alloc((size_t)length + 1);
    va_start(values, format);
    vsnprintf(text, (size_t)length + 1, format, values);
    va_end(values);
    return text;
}

void mem_wipe(void *memory, size_t size)
{
    if (!size)
        return;
#ifdef HAVE_EXPLICIT_BZERO
    explicit_bzero(memory, size);
#else
    volatile unsigned char *byte = memory;
    while (size--)
        *byte++ = 0;
#endif
}

void mem_free_secret(char *text)
{
    if (text)
        mem_wipe(text, strlen(text));
    free(text);
}
