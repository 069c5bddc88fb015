/*
 * ways: the other ways to the database that belong to a URL: past the pool, for migrations, and as
 * doadmin, for SQL. get_connection_string() keeps them, so that doctl is asked once.
 */
#ifndef MANAGED_DB_FLOW_WAYS_H
#define MANAGED_DB_FLOW_WAYS_H

#include "flow/state.h"

/*
 * `own` are the cluster's own details with the host that was chosen, `chosen` those that the URL
 * gets. Both are copied.
 */
void ways_keep(struct flow *flow, const struct conninfo *own, const struct conninfo *chosen);

/* The URL past the pool, which the caller frees with mem_free_secret(). */
char *ways_direct_url(const struct flow *flow);

/*
 * Writes the URL past the pool, whose sessions hold a migrator's locks, without what tells a client
 * of a pool; does nothing where `path` is "". Fails with ERROR_LOCAL.
 */
bool ways_save_direct(struct flow *flow, const char *path, struct error *error);

#endif
