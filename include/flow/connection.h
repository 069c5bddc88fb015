/*
 * connection: what the commands that connect to the database need before they do: the
 * cluster's CA, the URL that was saved. Beyond the plan.
 */
#ifndef MANAGED_DB_FLOW_CONNECTION_H
#define MANAGED_DB_FLOW_CONNECTION_H

#include "flow/state.h"
#include "flow/verify.h"

/*
 * verify_connection() with the URL of the secret file and the CA of --ca-file. ERROR_LOCAL where one
 * is missing.
 */
bool connection_verify_saved(struct flow *flow, struct verified *verified, struct error *error);

/* The same with what doctl tells of a cluster, which is not written anywhere. */
bool connection_verify_cluster(struct flow *flow, const char *cluster_id, struct verified *verified,
                               struct error *error);

/*
 * A file with the cluster's CA: the one that --ca-file names, else one that is kept for the cluster
 * below $XDG_CACHE_HOME (or ~/.cache), which is public. The caller frees the path.
 */
bool connection_certificate(struct flow *flow, const char *cluster_id, char **path,
                            struct error *error);

#endif
