/*
 * endpoint: which host, port and database the URL gets.
 *
 * The plan makes up a host name for the pooler; a released doctl tells the pool's own port and
 * database, and the host inside the VPC (docs/DOCTL.md, "The service").
 */
#ifndef MANAGED_DB_FLOW_ENDPOINT_H
#define MANAGED_DB_FLOW_ENDPOINT_H

#include "flow/state.h"

/*
 * Puts the endpoint that is wanted into the cluster's own connection details. *found is false where
 * nothing was asked (in the faithful mode), and for the pool of a hand-made doctl, which cannot
 * tell its host: then the plan's host name is used. Fails where the pool does not exist, where
 * --network private cannot be had, and where an answer cannot be relied on: a host name is never
 * made up for a released doctl.
 */
bool choose_endpoint(struct flow *flow, const char *cluster_id, bool use_pool,
                     struct conninfo *info, bool *found, struct error *error);

/* The plan's guess, for a doctl that cannot give the pool's host: there may be no such host. */
void take_pooler_host(struct flow *flow, struct conninfo *info);

#endif
