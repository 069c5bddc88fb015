/*
 * written: Compose files as they are written, to tell where a value of the project stands.
 *
 * Nothing is merged here and no variable put in: that is Compose's. The path of keys of each value
 * is looked up in the files, the last one first, then in those that they extend or include.
 */
#ifndef MANAGED_DB_COMPOSE_WRITTEN_H
#define MANAGED_DB_COMPOSE_WRITTEN_H

#include "yaml/tree.h"

struct written {
    struct tree *tree;
    struct node *roots; /* a list, in the order of the files; then what these name */
    size_t own;         /* how many of the list are of the files themselves */
};

#define WRITTEN_INIT                                                                               \
    {                                                                                              \
        NULL, NULL, 0                                                                              \
    }

/*
 * Reads the files, any number of documents each. One that is no YAML counts for nothing here:
 * Compose says so. Fails with ERROR_LOCAL where one cannot be read, and with ERROR_SIGNAL. The
 * caller frees `written` in any case.
 */
bool written_read(struct written *written, char *const *paths, size_t count, struct error *error);
void written_free(struct written *written);

/*
 * Gives each node below `root`, the project's, the place where it is written: file, line and
 * column. What stands in no file (Compose's own values) has the place of what it belongs to; where
 * that has none either, `file` is the path of keys (services.web.ports) and the line 0. Texts are
 * made in the tree of the project.
 */
void written_place(const struct written *written, struct tree *tree, struct node *root);

/* Whether a text as written, perhaps with variables in it, can be this text of the project. */
bool written_may_be(const char *written, const char *text);

#endif
