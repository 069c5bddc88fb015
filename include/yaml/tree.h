/*
 * tree: the values of a YAML file as a tree, each with the place where it stands. Pure.
 *
 * A tree owns every node and text that is made for it; nothing is freed one by one. Branches may be
 * shared (an alias is the same node as its anchor), so a node is filled where it is made and never
 * changed afterwards: to change one, copy it.
 */
#ifndef MANAGED_DB_YAML_TREE_H
#define MANAGED_DB_YAML_TREE_H

#include "base/error.h"

struct tree;

enum node_kind { NODE_SCALAR, NODE_SEQUENCE, NODE_MAPPING };

struct node {
    enum node_kind kind;
    bool is_plain;       /* a scalar without quotes: may be a number, a truth value or null */
    const char *file;    /* as it was named to yaml_read() */
    size_t line, column; /* from 1 on */
    const char *tag;     /* such as "!reset"; NULL: none was written */
    const char *text;    /* of a scalar */
    size_t count;        /* of a sequence's items or a mapping's entries */
    size_t capacity;
    struct node **keys;  /* of a mapping: scalars */
    struct node **items; /* of a sequence, or a mapping's values */
    size_t weight;       /* nodes in the tree below, this one included */
    size_t height;       /* of that tree */
};

struct tree *tree_new(void);
/* Wipes and frees all that it owns; NULL is allowed. */
void tree_free(struct tree *tree);

/* A node that stands where `like` does, without content. */
struct node *node_new(struct tree *tree, enum node_kind kind, const struct node *like);
/* Adds an item; to a mapping under `key`, without a look for an entry of that name. */
void node_append(struct tree *tree, struct node *node, struct node *key, struct node *item);
void node_remove(struct node *mapping, const char *key);

/* A text that lives as long as the tree. */
const char *tree_text(struct tree *tree, const char *text, size_t length);

/* The value of a key; NULL where there is none, or where the node is NULL or no mapping. */
struct node *node_get(const struct node *node, const char *key);
/* The scalar's text; NULL where the node is NULL or no scalar. */
const char *node_text(const struct node *node);
/* Whether there is nothing there: no node, or a plain scalar that YAML reads as null. */
bool node_is_null(const struct node *node);
bool node_has_tag(const struct node *node, const char *tag);

/* Sets ERROR_USAGE with FILE:LINE:COLUMN before the message. Returns false. */
bool node_complain(const struct node *node, struct error *error, const char *format, ...)
    PRINTF_LIKE(3, 4);

#endif
