/*
 * recover: makes a thing at DigitalOcean once, whatever becomes of the answer. A change that failed
 * may have happened all the same: its answer got lost, or doctl sent it twice and the second time
 * found the first (docs/DOCTL.md, "Behaviour"), or somebody else was faster. Where a failure leaves
 * that open, the thing itself is looked for before the failure counts.
 *
 * Each counts the change. In the faithful mode nothing is looked for. Results are the caller's.
 */
#ifndef MANAGED_DB_FLOW_RECOVER_H
#define MANAGED_DB_FLOW_RECOVER_H

#include "doctl/compute.h"
#include "flow/state.h"

bool make_vpc(struct flow *flow, const char *name, const char *region, char **uuid,
              struct error *error);

/* *waited tells whether doctl has waited until the cluster was online. */
bool make_cluster(struct flow *flow, const struct cluster_request *request, char **id, bool *waited,
                  struct error *error);

/*
 * A pool that doctl's answer does not show is read back. *seen is false where a hand-made doctl
 * says that it made the pool and does not list it.
 */
bool make_pool(struct flow *flow, const char *cluster_id, const struct pool_request *request,
               bool *seen, struct error *error);

/* The cluster's nodes and size, and all four values of a pool. */
bool resize_cluster(struct flow *flow, const char *cluster_id, const char *nodes, const char *size,
                    struct error *error);
bool update_pool(struct flow *flow, const char *cluster_id, const struct pool_request *wanted,
                 struct error *error);

bool make_droplet(struct flow *flow, const struct droplet_request *request, char **id,
                  struct error *error);

/* For other things: whether a change that failed may have been made; never in the faithful mode. */
bool may_have_happened(const struct flow *flow, const struct error *failure);
/* Warns, where the thing `exists`, that the failure is ignored; returns `exists`. */
bool found_after_all(struct flow *flow, bool exists, const char *what);

#endif
