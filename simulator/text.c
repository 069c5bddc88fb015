#include "text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_SIZE = 64 * 1024 };

struct arena_block {
    struct arena_block *next;
    size_t used;
    size_t size;
    max_align_t bytes[];
};

static struct arena_block *block_new(size_t size)
{
    struct arena_block *block = malloc(sizeof(*block) + size);

    if (block == NULL) {
        fputs("doctl simulator: out of memory\n", stderr);
        abort();
    }
    block->next = NULL;
    block->used = 0;
    block->size = size;
    return block;
}

void *arena_take(struct arena *arena, size_t size)
{
    size_t rounded = (size + sizeof(max_align_t) - 1) / sizeof(max_align_t) * sizeof(max_align_t);
    struct arena_block *block = arena->blocks;
    void *memory;

    if (block == NULL || block->size - block->used < rounded) {
        block = block_new(rounded > BLOCK_SIZE ? rounded : BLOCK_SIZE);
        block->next = arena->blocks;
        arena->blocks = block;
    }
    memory = (char *)block->bytes + block->used;
    block->used += rounded;
    memset(memory, 0, size);
    return memory;
}

char *arena_slice(struct arena *arena, const char *from, size_t length)
{
    char *copy = arena_take(arena, length + 1);

    if (length > 0)
        memcpy(copy, from, length);
    return copy;
}

char *arena_copy(struct arena *arena, const char *from)
{
    return arena_slice(arena, from, strlen(from));
}

static void text_reserve(struct text *text, size_t more)
{
    size_t room = text->room == 0 ? 256 : text->room;
    char *data;

    while (room - text->length <= more)
        room *= 2;
    if (room == text->room)
        return;
    data = arena_take(text->arena, room);
    if (text->length > 0)
        memcpy(data, text->data, text->length);
    text->data = data;
    text->room = room;
}

void text_bytes(struct text *text, const void *bytes, size_t length)
{
    text_reserve(text, length);
    if (length > 0)
        memcpy(text->data + text->length, bytes, length);
    text->length += length;
    text->data[text->length] = '\0';
}

void text_add(struct text *text, const char *string)
{
    text_bytes(text, string, strlen(string));
}

void text_byte(struct text *text, char byte)
{
    text_bytes(text, &byte, 1);
}

void text_vformat(struct text *text, const char *format, va_list arguments)
{
    va_list again;
    size_t room;
    int length;

    va_copy(again, arguments);
    text_reserve(text, 1);
    room = text->room - text->length;
    length = vsnprintf(text->data + text->length, room, format, arguments);
    if (length > 0 && (size_t)length >= room) {
        text_reserve(text, (size_t)length);
        vsnprintf(text->data + text->length, (size_t)length + 1, format, again);
    }
    if (length > 0)
        text->length += (size_t)length;
    va_end(again);
}

void text_format(struct text *text, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    text_vformat(text, format, arguments);
    va_end(arguments);
}

char *arena_format(struct arena *arena, const char *format, ...)
{
    struct text text = {.arena = arena};
    va_list arguments;

    text_bytes(&text, "", 0);
    va_start(arguments, format);
    text_vformat(&text, format, arguments);
    va_end(arguments);
    return text.data;
}

const char *text_string(const struct text *text)
{
    return text->data == NULL ? "" : text->data;
}

void arena_free(struct arena *arena)
{
    while (arena->blocks != NULL) {
        struct arena_block *next = arena->blocks->next;

        free(arena->blocks);
        arena->blocks = next;
    }
}

bool number_read(const char *string, long *number)
{
    char *end;
    long value;

    if (*string == '\0' || strspn(string, "-0123456789") != strlen(string))
        return false;
    errno = 0;
    value = strtol(string, &end, 10);
    if (errno != 0 || *end != '\0')
        return false;
    *number = value;
    return true;
}
