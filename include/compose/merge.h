/*
 * merge: one service of a Compose file over another, and short forms as long ones. Pure.
 *
 * The rules are Compose's ("Merge Compose files" of the specification; where releases differ, those
 * of 1.29, whose config.py every later one grew from): mappings are merged key by key, lists of
 * names united, a secret replaced by one of the same source, a volume by one of the same target,
 * ports added up, a command replaced. !reset on a value takes away what stood there, !override puts
 * the value in its place.
 *
 * A merged service has one form only: environment, labels, depends_on and networks are mappings,
 * secrets and configs lists of mappings with `source`, profiles and the like lists of texts.
 */
#ifndef MANAGED_DB_COMPOSE_MERGE_H
#define MANAGED_DB_COMPOSE_MERGE_H

#include "yaml/tree.h"

/* `base` may be NULL: the service alone, in its one form. Returns NULL on failure (ERROR_USAGE). */
struct node *compose_merge_service(struct tree *tree, const struct node *base,
                                   const struct node *over, struct error *error);

/* Whether a key may stand in a service. */
bool compose_knows_key(const char *key);

#endif
