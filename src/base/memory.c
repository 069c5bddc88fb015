#include "config.h"

#include "base/memory.h"

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

char *buffer_reserve(struct buffer *buffer, size_t length)
{
    if (length >= SIZE_MAX / 2 - buffer->length)
        mem_exhausted();
    size_t needed = buffer->length + length + 1;
    if (needed > buffer->capacity) {
        size_t capacity = buffer->capacity ? buffer->capacity : 256;
        while (capacity < needed)
            capacity *= 2;
        /* Not realloc(): it may leave the old bytes behind. */
        char *data = malloc(capacity);
        if (!data)
            mem_exhausted();
        if (buffer->length)
            memcpy(data, buffer->data, buffer->length);
        if (buffer->data)
            mem_wipe(buffer->data, buffer->capacity);
        free(buffer->data);
        buffer->data = data;
        buffer->capacity = capacity;
        buffer->data[buffer->length] = '\0';
    }
    return buffer->data + buffer->length;
}

void buffer_add(struct buffer *buffer, const void *bytes, size_t length)
{
    char *end = buffer_reserve(buffer, length);
    if (length)
        memcpy(end, bytes, length);
    buffer->length += length;
    buffer->data[buffer->length] = '\0';
}

void buffer_add_text(struct buffer *buffer, const char *text)
{
    buffer_add(buffer, text, strlen(text));
}

void buffer_add_format(struct buffer *buffer, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    int length = vsnprintf(NULL, 0, format, values);
    va_end(values);
    if (length < 0)
        mem_exhausted();
    char *end = buffer_reserve(buffer, (size_t)length);
    va_start(values, format);
    vsnprintf(end, (size_t)length + 1, format, values);
    va_end(values);
    buffer->length += (size_t)length;
}

const char *buffer_text(const struct buffer *buffer)
{
    return buffer->data ? buffer->data : "";
}

char *buffer_take(struct buffer *buffer)
{
    char *data = buffer->data ? buffer->data : mem_copy("");
    *buffer = (struct buffer)BUFFER_INIT;
    return data;
}

void buffer_free(struct buffer *buffer)
{
    if (buffer->data)
        mem_wipe(buffer->data, buffer->capacity);
    free(buffer->data);
    *buffer = (struct buffer)BUFFER_INIT;
}
