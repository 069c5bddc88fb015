/*
 * adopt: a cluster that is there, as settings: of a manifest with which setup finds nothing to do.
 */
#ifndef MANAGED_DB_FLOW_ADOPT_H
#define MANAGED_DB_FLOW_ADOPT_H

#include "flow/state.h"

/*
 * Fills empty settings with the cluster's name, place and size, its pools and trusted sources; to be
 * freed with settings_free(). Warns of a pool that a manifest cannot say. ERROR_UNSUPPORTED for a
 * doctl that does not tell all of it.
 */
bool adopt_cluster(struct flow *flow, const char *cluster_id, struct settings *adopted,
                   struct error *error);

#endif
