/*
 * parse: any bytes are a tree within the limits, every node with its place, or refused with a
 * message that can be shown; a text that was written as JSON (which YAML holds) is read as itself.
 */
#include "config.h"

#include "fuzz.h"

#include <string.h>

#include "base/bytes.h"
#include "base/quote.h"
#include "yaml/parse.h"

/* Gives the nodes of a tree, as a reader of it meets them. */
static size_t check_node(const struct node *node, size_t depth)
{
    size_t count = 1;
    MUST(node && depth <= YAML_MAX_DEPTH);
    MUST(strcmp(node->file, "x.yaml") == 0 && node->line >= 1 && node->column >= 1);
    MUST((node->kind == NODE_SCALAR) == (node->text != NULL));
    MUST(node->kind != NODE_SCALAR || node->count == 0);
    MUST(node->count <= node->capacity);
    for (size_t i = 0; i < node->count; i++) {
        if (node->kind == NODE_MAPPING) {
            MUST(node->count <= YAML_MAX_KEYS);
            MUST(node->keys[i] && node->keys[i]->kind == NODE_SCALAR);
            MUST(node_get(node, node->keys[i]->text) == node->items[i]);
        }
        count += check_node(node->items[i], depth + 1);
        MUST(count <= YAML_MAX_NODES);
    }
    return count;
}

static void any_bytes(struct input *input)
{
    struct tree *tree = tree_new();
    struct error error = ERROR_INIT;
    struct node *root = NULL;
    size_t length;
    char *content = take_bytes(input, TAKE_ALL, &length);
    if (yaml_parse(tree, "x.yaml", content, length, &root, &error)) {
        if (root)
            check_node(root, 1);
    } else {
        MUST(error.kind == ERROR_USAGE && is_message(&error));
        MUST(strncmp(error.text, "x.yaml", 6) == 0);
    }
    free(content);
    tree_free(tree);
}

static void there_and_back(struct input *input)
{
    struct tree *tree = tree_new();
    struct error error = ERROR_INIT;
    struct node *root = NULL;
    struct buffer file = BUFFER_INIT;
    char *text = take_string(input, '\0');
    for (char *at = text; *at; at++)
        *at = *at < ' ' || *at > '~' ? '.' : *at;
    buffer_add_text(&file, "a: &a {b: ");
    quote_add_json(&file, text, strlen(text));
    buffer_add_text(&file, "}\nc:\n  <<: *a\n  d: [*a, '");
    for (const char *at = text; *at; at++)
        buffer_add_format(&file, "%s%c", *at == '\'' ? "'" : "", *at);
    buffer_add_text(&file, "']\n");
    MUST(yaml_parse(tree, "x.yaml", file.data, file.length, &root, &error));
    check_node(root, 1);
    const struct node *inner = node_get(root, "c");
    const struct node *list = node_get(inner, "d");
    MUST(strcmp(node_text(node_get(node_get(root, "a"), "b")), text) == 0);
    MUST(strcmp(node_text(node_get(inner, "b")), text) == 0);
    MUST(list && list->count == 2 && list->items[0] == node_get(root, "a"));
    MUST(strcmp(node_text(list->items[1]), text) == 0);
    buffer_free(&file);
    free(text);
    tree_free(tree);
}

FUZZ(parse)
{
    struct input input = {bytes, size};
    if (take_byte(&input) & 1)
        there_and_back(&input);
    else
        any_bytes(&input);
    return 0;
}
