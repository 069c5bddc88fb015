/*
 * parse: YAML files (libyaml) as trees of nodes (tree.h).
 *
 * Calling sequence:
 *     tree = tree_new();
 *     yaml_read(tree, "compose.yaml", &root, &error);     any number of files
 *     node_get(root, "services"), node->items[i], …
 *     tree_free(tree);                                    and all nodes with it
 *
 * Merge keys (<<) are resolved: a mapping's own keys win, then those of the first mapping that is
 * merged. Tags are kept as they were written.
 *
 * What is refused, each with file, line and column, as ERROR_USAGE: what is not YAML (1.1, as
 * libyaml reads it), NUL bytes, bytes that are not UTF-8, a key that stands twice in one mapping, a
 * key that is no plain value, an alias of a node that holds it, a second document in the file, and
 * what is over the limits below. The limits bound time and memory whatever the file holds: nodes
 * are counted as a reader of the tree meets them, an alias as all that it stands for.
 */
#ifndef MANAGED_DB_YAML_PARSE_H
#define MANAGED_DB_YAML_PARSE_H

#include "yaml/tree.h"

#define YAML_MAX_BYTES ((size_t)4 << 20)
#define YAML_MAX_DEPTH 100
#define YAML_MAX_NODES 100000
#define YAML_MAX_KEYS  1000 /* of one mapping: they are searched one by one */

/*
 * Reads a file (readfile.h). *root is NULL where it holds no document. Fails with ERROR_USAGE,
 * and as readfile() does.
 */
bool yaml_read(struct tree *tree, const char *path, struct node **root, struct error *error);

/* The same for bytes in memory; `name` stands for the file in messages. */
bool yaml_parse(struct tree *tree, const char *name, const char *bytes, size_t length,
                struct node **root, struct error *error);

/* The same for any number of documents: each is added to the list `documents`. */
bool yaml_parse_all(struct tree *tree, const char *name, const char *bytes, size_t length,
                    struct node *documents, struct error *error);

#endif
