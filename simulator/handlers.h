/*
 * The commands, each with the state held. They put their answer into the call;
 * what they return is whether it is a success.
 */
#ifndef SIMULATOR_HANDLERS_H
#define SIMULATOR_HANDLERS_H

#include <stdbool.h>

#include "call.h"

bool account_get(struct call *call);
bool version_print(struct call *call);

bool database_list(struct call *call);
bool database_get(struct call *call);
bool database_create(struct call *call);
bool database_delete(struct call *call);
bool database_connection(struct call *call);
bool database_get_ca(struct call *call);
bool database_ca_get(struct call *call);

bool pool_list(struct call *call);
bool pool_get(struct call *call);
bool pool_create(struct call *call);
bool pool_update(struct call *call);

bool rule_list(struct call *call);
bool rule_append(struct call *call);
bool rule_remove(struct call *call);
bool rule_replace(struct call *call);

bool vpc_list(struct call *call);
bool vpc_create(struct call *call);
bool vpc_delete(struct call *call);

bool droplet_list(struct call *call);
bool droplet_get(struct call *call);
bool droplet_create(struct call *call);
bool droplet_delete(struct call *call);
bool key_list(struct call *call);
bool region_list(struct call *call);

/* The refusal of the command's own request; the one that changes something, where there are two. */
bool refused(struct call *call, int status, const char *text);
/* The cluster that the first argument names; NULL after "cluster not found". */
struct cluster *cluster_wanted(struct call *call);

#endif
