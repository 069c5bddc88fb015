/*
 * preflight: what can be known before anything is billed, and would fail minutes later. Nothing is
 * asked in the faithful mode.
 */
#ifndef MANAGED_DB_FLOW_PREFLIGHT_H
#define MANAGED_DB_FLOW_PREFLIGHT_H

#include "flow/state.h"

/* Whether the Droplet of DROPLET_ID is there; its address is kept for droplet_private_ip(). */
bool preflight_droplet(struct flow *flow, struct error *error);
/* *address is the caller's; "" where the Droplet has none. */
bool droplet_private_ip(struct flow *flow, const char *droplet_id, char **address,
                        struct error *error);

/* How many connections the pools of a cluster of this size have together; 0: it is not known. */
unsigned long preflight_connections(const char *size);

/* Whether a new cluster can be had (offered.h), and takes the pool of the settings; ERROR_USAGE. */
bool preflight_cluster(struct flow *flow, const char *region, const char *size,
                       struct error *error);

#endif
