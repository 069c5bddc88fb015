/*
 * compare: what is there against what is wanted, and the changes of --apply and --prune-rules.
 *
 * A difference is told (notes.h); with --apply what can be changed without a loss is: the pool's
 * size, mode, database and user, and the cluster's size and nodes upward. A region, a VPC, a version
 * or an engine is never changed, and nothing is deleted but trusted sources that nobody asked for,
 * with --prune-rules. Only in the default mode, and only with a doctl that tells what is there.
 *
 * Each fails with the errors of the changes, and with ERROR_CONFLICT where --strict allows no
 * difference.
 */
#ifndef MANAGED_DB_FLOW_COMPARE_H
#define MANAGED_DB_FLOW_COMPARE_H

#include "flow/state.h"

/*
 * Reads the details of a cluster into flow->cluster, once. False with ERROR_UNSUPPORTED for a doctl
 * that cannot tell them.
 */
bool read_cluster(struct flow *flow, const char *cluster_id, struct error *error);

/* `vpc_uuid` is "" where none is wanted. */
bool compare_cluster(struct flow *flow, const char *cluster_id, const char *region,
                     const char *size, const char *vpc_uuid, struct error *error);

/* The pool of this name, which is there. ERROR_CONFLICT also where it is another application's. */
bool compare_pool(struct flow *flow, const char *cluster_id, const char *pool, const char *size,
                  struct error *error);

/* The trusted sources that nobody asked for; the last one is never taken away. */
bool compare_rules(struct flow *flow, const char *cluster_id, struct error *error);

#endif
