/*
 * rules: a cluster's trusted sources, TYPE:VALUE each: reading, adding, replacing and removing them.
 *
 * Two rules are the same if they let the same in: tags count without regard to capitals, an address
 * with and without /32 is one, UUIDs have no case (docs/DOCTL.md, "The service"). Where a rule is
 * there already, the service's own spelling is kept.
 *
 * The changes answer with the rules that are now in force; `now` is empty where this doctl shows
 * none. Each of them is read, changed and written by doctl, without a lock. Errors are those of
 * ask(); a list is the caller's to free with rules_free().
 */
#ifndef MANAGED_DB_DOCTL_RULES_H
#define MANAGED_DB_DOCTL_RULES_H

#include "doctl/client.h"

struct rules {
    char **list;  /* TYPE:VALUE */
    char **uuids; /* of each; "" where doctl shows none */
    size_t count;
};
void rules_free(struct rules *rules);

bool rules_same(const char *one, const char *other);
/* Where the rule is on the list; the list's count where it is not. */
size_t rules_find(const struct rules *rules, const char *rule);
void rules_add(struct rules *rules, const char *rule, const char *uuid);

/* A question that only the shipped doctl knows. */
bool rules_read(struct doctl *doctl, const char *cluster_id, struct rules *rules,
                struct error *error);

bool rules_append(struct doctl *doctl, const char *cluster_id, const char *rule, struct rules *now,
                  struct error *error);
/* The whole list in one request. ERROR_UNSUPPORTED for a doctl that cannot. */
bool rules_replace(struct doctl *doctl, const char *cluster_id, const struct rules *wanted,
                   struct rules *now, struct error *error);
/* A UUID that is not there is no error. */
bool rules_remove(struct doctl *doctl, const char *cluster_id, const char *uuid, struct rules *now,
                  struct error *error);

#endif
