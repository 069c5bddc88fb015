/*
 * prefetch: starts reads before their turn, so that they run beside each other; each answer is
 * taken where flow.c asks for it (docs/ARCHITECTURE.md, "Prefetching").
 *
 * Each function starts the questions whose arguments are known at that point and whose answers no
 * change of the flow in between can alter. They cannot fail. Nothing is started with
 * --jobs 1, and so in the faithful mode.
 */
#ifndef MANAGED_DB_FLOW_PREFETCH_H
#define MANAGED_DB_FLOW_PREFETCH_H

#include "flow/state.h"

/* What a setup asks in any case, whatever the answers to the others are. */
void prefetch_setup(struct flow *flow);
/* What is asked of a cluster that is online, except what depends on its pool. */
void prefetch_cluster(struct flow *flow, const char *cluster_id);
/* What is asked once the pool is there. */
void prefetch_pool(struct flow *flow, const char *cluster_id, const char *pool_name);
void prefetch_connection(struct flow *flow, const char *cluster_id, bool use_pool);
void prefetch_trusted_sources(struct flow *flow, const char *cluster_id, const char *droplet_id);
void prefetch_info(struct flow *flow, const char *cluster_id);

#endif
