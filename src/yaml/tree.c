#include "config.h"

#include "yaml/tree.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

#define CHUNK_SIZE ((size_t)64 << 10)

/* Memory that is freed all at once. */
struct chunk {
    struct chunk *next;
    size_t size, used;
    max_align_t bytes[];
};

struct tree {
    struct chunk *chunks;
};

struct tree *tree_new(void)
{
    return mem_alloc(sizeof(struct tree));
}

void tree_free(struct tree *tree)
{
    if (!tree)
        return;
    while (tree->chunks) {
        struct chunk *chunk = tree->chunks;
        tree->chunks = chunk->next;
        /* People do write passwords into these files. */
        mem_wipe(chunk->bytes, chunk->used);
        free(chunk);
    }
    free(tree);
}

static void *take(struct tree *tree, size_t size)
{
    size = (size + sizeof(max_align_t) - 1) / sizeof(max_align_t) * sizeof(max_align_t);
    struct chunk *chunk = tree->chunks;
    if (!chunk || chunk->size - chunk->used < size) {
        size_t capacity = size > CHUNK_SIZE / 4 ? size : CHUNK_SIZE;
        chunk = mem_alloc(sizeof *chunk + capacity);
        chunk->size = capacity;
        chunk->next = tree->chunks;
        tree->chunks = chunk;
    }
    void *memory = (char *)chunk->bytes + chunk->used;
    chunk->used += size;
    return memory;
}

const char *tree_text(struct tree *tree, const char *text, size_t length)
{
    char *copy = take(tree, length + 1);
    if (length)
        memcpy(copy, text, length);
    copy[length] = '\0';
    return copy;
}

struct node *node_new(struct tree *tree, enum node_kind kind, const struct node *like)
{
    struct node *node = take(tree, sizeof *node);
    *node = (struct node){.kind = kind,
                          .file = like->file,
                          .line = like->line,
                          .column = like->column,
                          .weight = 1,
                          .height = 1};
    return node;
}

static void grow(struct tree *tree, struct node *node)
{
    size_t capacity = node->capacity ? 2 * node->capacity : 4;
    struct node **items = take(tree, capacity * sizeof *items);
    if (node->count)
        memcpy(items, node->items, node->count * sizeof *items);
    node->items = items;
    if (node->kind == NODE_MAPPING) {
        struct node **keys = take(tree, capacity * sizeof *keys);
        if (node->count)
            memcpy(keys, node->keys, node->count * sizeof *keys);
        node->keys = keys;
    }
    node->capacity = capacity;
}

void node_append(struct tree *tree, struct node *node, struct node *key, struct node *item)
{
    if (node->count == node->capacity)
        grow(tree, node);
    if (key)
        node->keys[node->count] = key;
    node->items[node->count++] = item;
    node->weight += item->weight + (key != NULL);
    if (item->height >= node->height)
        node->height = item->height + 1;
}

static size_t find(const struct node *node, const char *key)
{
    size_t i = 0;
    while (i < node->count && strcmp(node->keys[i]->text, key) != 0)
        i++;
    return i;
}

void node_remove(struct node *mapping, const char *key)
{
    size_t at = find(mapping, key);
    if (at == mapping->count)
        return;
    mapping->count--;
    size_t rest = mapping->count - at;
    memmove(mapping->keys + at, mapping->keys + at + 1, rest * sizeof *mapping->keys);
    memmove(mapping->items + at, mapping->items + at + 1, rest * sizeof *mapping->items);
}

struct node *node_get(const struct node *node, const char *key)
{
    if (!node || node->kind != NODE_MAPPING)
        return NULL;
    size_t at = find(node, key);
    return at < node->count ? node->items[at] : NULL;
}

const char *node_text(const struct node *node)
{
    return node && node->kind == NODE_SCALAR ? node->text : NULL;
}

bool node_is_null(const struct node *node)
{
    static const char *const nulls[] = {"", "~", "null", "Null", "NULL"};
    if (!node)
        return true;
    if (node->kind != NODE_SCALAR || !node->is_plain)
        return false;
    for (size_t i = 0; i < sizeof nulls / sizeof nulls[0]; i++)
        if (strcmp(node->text, nulls[i]) == 0)
            return true;
    return false;
}

bool node_has_tag(const struct node *node, const char *tag)
{
    return node && node->tag && strcmp(node->tag, tag) == 0;
}

bool node_complain(const struct node *node, struct error *error, const char *format, ...)
{
    char text[ERROR_TEXT_SIZE];
    va_list values;
    va_start(values, format);
    vsnprintf(text, sizeof text, format, values);
    va_end(values);
    return error_set(error, ERROR_USAGE, 0, "%s:%zu:%zu: %s", node->file, node->line, node->column,
                     text);
}
