/*
 * pools: a cluster's PgBouncer pools. Errors and results as in doctl.h.
 *
 * In the plan's words doctl lists the names alone; a released doctl tells all about each pool in one
 * answer, its URI included.
 */
#ifndef MANAGED_DB_DOCTL_POOLS_H
#define MANAGED_DB_DOCTL_POOLS_H

#include "doctl/client.h"

struct pool {
    char *name;
    char *size, *mode, *database; /* "" where only the names are known */
    char *user;                   /* "": each client's own */
    char *uri;                    /* holds a password */
};

struct pools {
    struct pool *list;
    size_t count;
    bool is_detailed; /* more than the names is known */
};
void pools_free(struct pools *pools);

/* The pool of this name, or NULL. */
const struct pool *pools_find(const struct pools *pools, const char *name);
/* A table of them as doctl shows it, without the URIs. */
char *pools_shown(const struct pools *pools);

bool pools_read(struct doctl *doctl, const char *cluster_id, struct pools *pools,
                struct error *error);
/* doctl's table, in the plan's words: of a hand-made doctl, whatever it prints. */
bool pools_text(struct doctl *doctl, const char *cluster_id, char **text, struct error *error);
/* Reads the same, but for the URIs; none where it is no table of pools. */
bool pools_read_shown(struct doctl *doctl, const char *cluster_id, struct pools *pools,
                      struct error *error);

struct pool_request {
    const char *name, *database, *user, *size, *mode;
};
/* *shown tells whether doctl's answer shows the pool, as a released doctl's does. */
bool pools_create(struct doctl *doctl, const char *cluster_id, const struct pool_request *request,
                  bool *shown, struct error *error);
/* All four values: what is left out is changed too (docs/DOCTL.md). doctl 1.110 and later. */
bool pools_update(struct doctl *doctl, const char *cluster_id, const struct pool_request *request,
                  struct error *error);

/* One pool's URI. A question that only the shipped doctl knows. */
bool pools_uri(struct doctl *doctl, const char *cluster_id, const char *pool, char **uri,
               struct error *error);

#endif
