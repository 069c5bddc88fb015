#include "config.h"

#include "yaml/parse.h"

#include <stdlib.h>
#include <string.h>

#include <yaml.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "base/quote.h"
#include "base/readfile.h"

static bool complain(struct error *error, const char *file, size_t line, size_t column,
                     const char *text)
{
    return error_set(error, ERROR_USAGE, 0, "%s:%zu:%zu: %s", file, line, column, text);
}

/* ---- from events to nodes ---- */

struct anchor {
    const char *name;
    struct node *node;
    bool is_open; /* the node is still being read: an alias of it would hold itself */
};

struct reader {
    yaml_parser_t parser;
    struct tree *tree;
    const char *file;
    struct error *error;
    struct anchor *anchors;
    size_t anchor_count;
    size_t depth;
    size_t made; /* nodes and merged entries so far */
};

static bool stop(struct reader *reader, const yaml_mark_t *mark, const char *what)
{
    return complain(reader->error, reader->file, mark->line + 1, mark->column + 1, what);
}

static bool too_many(struct reader *reader, const struct node *at)
{
    return node_complain(at, reader->error,
                         "there are more than %d values here, aliases counted as all that they "
                         "stand for: split the file or use fewer aliases",
                         YAML_MAX_NODES);
}

static bool too_many_keys(struct reader *reader, const struct node *at)
{
    return node_complain(at, reader->error, "this mapping has more than %d keys", YAML_MAX_KEYS);
}

static bool next(struct reader *reader, yaml_event_t *event)
{
    if (yaml_parser_parse(&reader->parser, event))
        return true;
    const yaml_parser_t *parser = &reader->parser;
    if (parser->error == YAML_MEMORY_ERROR)
        mem_exhausted();
    char *text = mem_format("this is not YAML: %s%s%s",
                            parser->problem ? parser->problem : "it cannot be read",
                            parser->context ? " " : "", parser->context ? parser->context : "");
    stop(reader, &parser->problem_mark, text);
    free(text);
    return false;
}

static struct anchor *find_anchor(struct reader *reader, const char *name)
{
    /* The last one of a name counts. */
    for (size_t i = reader->anchor_count; i > 0; i--)
        if (strcmp(reader->anchors[i - 1].name, name) == 0)
            return &reader->anchors[i - 1];
    return NULL;
}

/* Anchors are searched one by one; nobody writes as many as this. */
#define MAX_ANCHORS 1000

static bool add_anchor(struct reader *reader, const yaml_char_t *name, struct node *node,
                       bool is_open)
{
    if (!name)
        return true;
    if (reader->anchor_count == MAX_ANCHORS)
        return node_complain(node, reader->error, "there are more than %d anchors", MAX_ANCHORS);
    reader->anchors = mem_grow(reader->anchors, reader->anchor_count + 1, sizeof *reader->anchors);
    const char *copy = tree_text(reader->tree, (const char *)name, strlen((const char *)name));
    reader->anchors[reader->anchor_count++] = (struct anchor){copy, node, is_open};
    return true;
}

static struct node *make(struct reader *reader, enum node_kind kind, const yaml_event_t *event,
                         const yaml_char_t *tag)
{
    struct node like = {.file = reader->file,
                        .line = event->start_mark.line + 1,
                        .column = event->start_mark.column + 1};
    if (++reader->made > YAML_MAX_NODES) {
        too_many(reader, &like);
        return NULL;
    }
    struct node *node = node_new(reader->tree, kind, &like);
    if (tag)
        node->tag = tree_text(reader->tree, (const char *)tag, strlen((const char *)tag));
    return node;
}

static bool read_node(struct reader *reader, const yaml_event_t *event, struct node **result);

static int compare_keys(const void *one, const void *other)
{
    const struct node *const *first = one;
    const struct node *const *second = other;
    int order = strcmp((*first)->text, (*second)->text);
    if (order)
        return order;
    if ((*first)->line != (*second)->line)
        return (*first)->line < (*second)->line ? -1 : 1;
    return (*first)->column < (*second)->column ? -1 : (*first)->column > (*second)->column;
}

static bool refuse_double_keys(struct reader *reader, const struct node *mapping)
{
    if (mapping->count < 2)
        return true;
    struct node **sorted = mem_array(mapping->count, sizeof *sorted);
    memcpy(sorted, mapping->keys, mapping->count * sizeof *sorted);
    qsort(sorted, mapping->count, sizeof *sorted, compare_keys);
    bool good = true;
    for (size_t i = 1; good && i < mapping->count; i++)
        if (strcmp(sorted[i - 1]->text, sorted[i]->text) == 0) {
            char *shown = quote_for_message(sorted[i]->text, strlen(sorted[i]->text));
            good = node_complain(
                sorted[i], reader->error,
                "%s appears twice in this mapping, first in line %zu: leave one of them out", shown,
                sorted[i - 1]->line);
            free(shown);
        }
    free(sorted);
    return good;
}

static bool is_merge_key(const struct node *key)
{
    return key->is_plain && strcmp(key->text, "<<") == 0;
}

static bool merge_from(struct reader *reader, struct node *into, const struct node *from)
{
    if (from->kind != NODE_MAPPING)
        return node_complain(from, reader->error,
                             "a merge key (<<) takes a mapping or a list of mappings");
    for (size_t i = 0; i < from->count; i++) {
        if (++reader->made > YAML_MAX_NODES)
            return too_many(reader, into);
        if (!node_get(into, from->keys[i]->text))
            node_append(reader->tree, into, from->keys[i], from->items[i]);
    }
    return into->count <= YAML_MAX_KEYS || too_many_keys(reader, into);
}

/* Puts what << names into the mapping, behind its own keys. */
static bool resolve_merge(struct reader *reader, struct node *mapping)
{
    size_t at = 0;
    while (at < mapping->count && !is_merge_key(mapping->keys[at]))
        at++;
    if (at == mapping->count)
        return true;
    struct node *from = mapping->items[at];
    node_remove(mapping, "<<");
    if (from->kind != NODE_SEQUENCE)
        return merge_from(reader, mapping, from);
    for (size_t i = 0; i < from->count; i++)
        if (!merge_from(reader, mapping, from->items[i]))
            return false;
    return true;
}

static bool read_key(struct reader *reader, const yaml_event_t *event, struct node **key)
{
    bool is_value = event->type == YAML_SCALAR_EVENT || event->type == YAML_ALIAS_EVENT;
    if (is_value && !read_node(reader, event, key))
        return false;
    return (*key && (*key)->kind == NODE_SCALAR) ||
           stop(reader, &event->start_mark, "a key has to be one plain value");
}

/* The items of a sequence or a mapping, up to its end. */
static bool read_items(struct reader *reader, struct node *node)
{
    for (;;) {
        yaml_event_t event;
        struct node *key = NULL;
        struct node *item = NULL;
        if (!next(reader, &event))
            return false;
        bool end = event.type == YAML_SEQUENCE_END_EVENT || event.type == YAML_MAPPING_END_EVENT;
        bool good = true;
        if (!end && node->kind == NODE_MAPPING) {
            good = read_key(reader, &event, &key);
            yaml_event_delete(&event);
            if (!good || !next(reader, &event))
                return false;
        }
        good = end || read_node(reader, &event, &item);
        yaml_event_delete(&event);
        if (end)
            return true;
        if (!good)
            return false;
        node_append(reader->tree, node, key, item);
        if (node->weight > YAML_MAX_NODES)
            return too_many(reader, node);
        if (key && node->count > YAML_MAX_KEYS)
            return too_many_keys(reader, node);
    }
}

static bool read_collection(struct reader *reader, struct node *node, const yaml_char_t *anchor)
{
    size_t number = reader->anchor_count;
    if (reader->depth == YAML_MAX_DEPTH)
        return node_complain(node, reader->error, "this is nested more than %d levels deep",
                             YAML_MAX_DEPTH);
    if (!add_anchor(reader, anchor, node, true))
        return false;
    reader->depth++;
    bool good = read_items(reader, node);
    reader->depth--;
    if (good && node->kind == NODE_MAPPING)
        good = refuse_double_keys(reader, node) && resolve_merge(reader, node);
    if (good && node->weight > YAML_MAX_NODES)
        return too_many(reader, node);
    /* Depth is counted where it is read; aliases add theirs. */
    if (good && node->height > YAML_MAX_DEPTH)
        return node_complain(node, reader->error,
                             "this is nested more than %d levels deep, aliases counted",
                             YAML_MAX_DEPTH);
    if (good && anchor)
        reader->anchors[number].is_open = false;
    return good;
}

static bool read_scalar(struct reader *reader, const yaml_event_t *event, struct node *node)
{
    const char *text = (const char *)event->data.scalar.value;
    size_t length = event->data.scalar.length;
    /* "\0" in double quotes. */
    if (strlen(text) != length)
        return stop(reader, &event->start_mark, "a value holds a NUL character");
    node->text = tree_text(reader->tree, text, length);
    node->is_plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    return add_anchor(reader, event->data.scalar.anchor, node, false);
}

static bool read_alias(struct reader *reader, const yaml_event_t *event, struct node **result)
{
    const char *name = (const char *)event->data.alias.anchor;
    const struct anchor *anchor = find_anchor(reader, name);
    if (!anchor || anchor->is_open) {
        char *shown = quote_for_message(name, strlen(name));
        char *text = mem_format(anchor ? "the alias *%s is part of the value that it refers to"
                                       : "there is no anchor &%s above this alias",
                                shown);
        stop(reader, &event->start_mark, text);
        free(text);
        free(shown);
        return false;
    }
    *result = anchor->node;
    return true;
}

static bool read_node(struct reader *reader, const yaml_event_t *event, struct node **result)
{
    switch (event->type) {
    case YAML_ALIAS_EVENT:
        return read_alias(reader, event, result);
    case YAML_SCALAR_EVENT:
        *result = make(reader, NODE_SCALAR, event, event->data.scalar.tag);
        return *result && read_scalar(reader, event, *result);
    case YAML_SEQUENCE_START_EVENT:
        *result = make(reader, NODE_SEQUENCE, event, event->data.sequence_start.tag);
        return *result && read_collection(reader, *result, event->data.sequence_start.anchor);
    case YAML_MAPPING_START_EVENT:
        *result = make(reader, NODE_MAPPING, event, event->data.mapping_start.tag);
        return *result && read_collection(reader, *result, event->data.mapping_start.anchor);
    default:
        return stop(reader, &event->start_mark, "a value is expected here");
    }
}

/* Each document goes into `documents`, where there is such a list; else there may be one. */
static bool read_stream(struct reader *reader, struct node **root, struct node *documents)
{
    size_t count = 0;
    for (;;) {
        yaml_event_t event;
        bool good = true;
        if (!next(reader, &event))
            return false;
        bool end = event.type == YAML_STREAM_END_EVENT;
        if (event.type == YAML_DOCUMENT_START_EVENT) {
            if (count++ && !documents)
                good = stop(reader, &event.start_mark,
                            "a second document starts here: one is expected in a file");
        } else if (!end && event.type != YAML_STREAM_START_EVENT &&
                   event.type != YAML_DOCUMENT_END_EVENT) {
            good = read_node(reader, &event, root);
            if (good && documents)
                node_append(reader->tree, documents, NULL, *root);
        }
        yaml_event_delete(&event);
        if (end || !good)
            return good;
    }
}

/* ---- from bytes to events ---- */

/* libyaml tells neither line nor column of a byte that it cannot read. */
static bool check_bytes(const char *name, const char *bytes, size_t length, struct error *error)
{
    size_t line = 1;
    size_t column = 1;
    for (size_t i = 0; i < length; column++) {
        unsigned char byte = (unsigned char)bytes[i];
        size_t size = quote_utf8_length(bytes + i, length - i);
        if (size == 0)
            return complain(error, name, line, column, "this byte is not UTF-8 text");
        if (byte == '\0')
            return complain(error, name, line, column, "a NUL byte is not allowed");
        if ((byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r') || byte == 0x7f)
            return complain(error, name, line, column,
                            "a control character is not allowed in YAML");
        i += size;
        if (byte == '\n') {
            line++;
            column = 0;
        }
    }
    return true;
}

static bool parse(struct tree *tree, const char *name, const char *bytes, size_t length,
                  struct node **root, struct node *documents, struct error *error)
{
    *root = NULL;
    if (length > YAML_MAX_BYTES)
        return error_set(error, ERROR_USAGE, 0, "%s: the file is larger than %zu MiB", name,
                         YAML_MAX_BYTES >> 20);
    /* libyaml counts the mark as a column of the first line. */
    if (length >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0) {
        bytes += 3;
        length -= 3;
    }
    if (!check_bytes(name, bytes, length, error))
        return false;
    struct reader reader = {
        .tree = tree, .file = tree_text(tree, name, strlen(name)), .error = error};
    if (!yaml_parser_initialize(&reader.parser))
        mem_exhausted();
    yaml_parser_set_encoding(&reader.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&reader.parser, (const unsigned char *)bytes, length);
    bool good = read_stream(&reader, root, documents);
    yaml_parser_delete(&reader.parser);
    free(reader.anchors);
    return good;
}

bool yaml_parse(struct tree *tree, const char *name, const char *bytes, size_t length,
                struct node **root, struct error *error)
{
    return parse(tree, name, bytes, length, root, NULL, error);
}

bool yaml_parse_all(struct tree *tree, const char *name, const char *bytes, size_t length,
                    struct node *documents, struct error *error)
{
    struct node *last;
    return parse(tree, name, bytes, length, &last, documents, error);
}

bool yaml_read(struct tree *tree, const char *path, struct node **root, struct error *error)
{
    struct buffer content = BUFFER_INIT;
    *root = NULL;
    bool good = readfile(path, READFILE_REQUIRED, YAML_MAX_BYTES, &content, error) &&
                yaml_parse(tree, path, buffer_text(&content), content.length, root, error);
    buffer_free(&content);
    return good;
}
