/*
 * setup: all of it, from the VPC to the secret file (plan, task 3, setup_managed_database).
 *
 * Calling sequence: setup_begin(), validate_doctl_auth() (flow.h), then setup_managed_database().
 */
#ifndef MANAGED_DB_FLOW_SETUP_H
#define MANAGED_DB_FLOW_SETUP_H

#include "flow/state.h"

/* Starts what setup_managed_database() asks first, while something else is asked. May be left out. */
void setup_begin(struct flow *flow);

/*
 * Sets cluster_id. Does nothing, and leaves it NULL, where USE_MANAGED_DB says self-hosted, unless
 * `regardless`.
 */
bool setup_managed_database(struct flow *flow, bool regardless, struct error *error);

#endif
