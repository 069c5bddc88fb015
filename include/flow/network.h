/*
 * network: which of the cluster's two hosts the URL gets, and whether a VPC has to be made at all.
 *
 * The host inside the VPC can be reached from that VPC only, and a Droplet stays in the VPC that it
 * was made in (docs/DOCTL.md, "The service"). So the place of the Droplet that will connect is
 * compared with the cluster's:
 *   --network auto      private where both are in one VPC; else public, with the reason
 *   --network private   ERROR_USAGE, before anything is made, where they are not
 *   --network public    nothing is compared
 * Without a Droplet auto means public, which every trusted source can reach. A doctl that cannot
 * tell these places leaves auto as the plan has it: what doctl gives.
 *
 * Calling sequence: network_begin(); then, within setup, network_wants_vpc() where there is no such
 * VPC, and network_fits() before a cluster is created or an existing one is changed. Where nobody
 * has decided, choose_endpoint() does. In the faithful mode nothing is asked.
 */
#ifndef MANAGED_DB_FLOW_NETWORK_H
#define MANAGED_DB_FLOW_NETWORK_H

#include "flow/state.h"

/* Reads the Droplet's place, if there is one to be compared. */
bool network_begin(struct flow *flow, struct error *error);

/*
 * Whether the VPC that is missing shall be made: not for a cluster that exists, not where the
 * Droplet is in another one, and not where only addresses may connect. *uuid is the VPC to be used
 * instead, or NULL; the caller frees it.
 */
bool network_wants_vpc(struct flow *flow, const char *name, const char *region, char **uuid,
                       bool *wanted, struct error *error);

/*
 * Decides by the place of the cluster. `existing` is its ID; NULL: it will be made in this region
 * and VPC ("": in the region's default VPC).
 */
bool network_fits(struct flow *flow, const char *existing, const char *region, const char *vpc_uuid,
                  struct error *error);

/* The error of --network private where doctl knows no host inside the VPC. Returns false. */
bool network_unsupported(struct error *error);

/* Whether the host inside the VPC is to be asked for, as far as that is decided. */
bool network_is_private(const struct flow *flow);
/* Whether it still has to be decided, by the places of Droplet and cluster. */
bool network_is_compared(const struct flow *flow);

#endif
