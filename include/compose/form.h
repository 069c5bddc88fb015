/*
 * form: whether a YAML file is a Compose file at all. Pure.
 */
#ifndef MANAGED_DB_COMPOSE_FORM_H
#define MANAGED_DB_COMPOSE_FORM_H

#include "yaml/tree.h"

/* `root` may be NULL: the file at `path` is empty. Fails with ERROR_USAGE. */
bool compose_check_form(const struct node *root, const char *path, struct error *error);

#endif
