#include "config.h"

#include "base/bytes.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"

#define BLOCK 4096

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

void buffer_add_values(struct buffer *buffer, const char *format, va_list values)
{
    va_list again;
    va_copy(again, values);
    int length = vsnprintf(NULL, 0, format, values);
    if (length < 0)
        mem_exhausted();
    char *end = buffer_reserve(buffer, (size_t)length);
    vsnprintf(end, (size_t)length + 1, format, again);
    va_end(again);
    buffer->length += (size_t)length;
}

void buffer_add_format(struct buffer *buffer, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    buffer_add_values(buffer, format, values);
    va_end(values);
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

bool bytes_read(int file, size_t limit, struct buffer *buffer)
{
    ssize_t count = 1;
    while (count != 0 && buffer->length <= limit) {
        count = read(file, buffer_reserve(buffer, BLOCK), BLOCK);
        if (count < 0 && errno != EINTR)
            return false;
        buffer->length += count > 0 ? (size_t)count : 0;
    }
    buffer_add(buffer, "", 0);
    return true;
}

bool bytes_write(int file, const void *bytes, size_t length)
{
    const char *at = bytes;
    while (length) {
        ssize_t count = write(file, at, length);
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return false;
        at += count;
        length -= (size_t)count;
    }
    return true;
}

bool bytes_pipe(int ends[2])
{
#ifdef HAVE_PIPE2
    return pipe2(ends, O_CLOEXEC) == 0;
#else
    if (pipe(ends) != 0)
        return false;
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    return true;
#endif
}

bool bytes_nonblocking(int descriptor)
{
    int flags = fcntl(descriptor, F_GETFL);
    return flags >= 0 && fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) == 0;
}

bool bytes_pipe_with(const char *text, size_t limit, int *end)
{
    int ends[2];
    size_t length = strlen(text);
    if (length > limit) {
        errno = E2BIG;
        return false;
    }
    if (!bytes_pipe(ends))
        return false;
    bool good = bytes_nonblocking(ends[1]) && bytes_write(ends[1], text, length);
    int number = errno;
    close(ends[1]);
    if (good)
        *end = ends[0];
    else
        close(ends[0]);
    errno = number;
    return good;
}
