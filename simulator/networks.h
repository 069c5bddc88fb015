/*
 * networks: how the service keeps VPC networks: free ranges, a default one for each region, and
 * members. The VPC commands themselves are in vpcs.c.
 */
#ifndef SIMULATOR_NETWORKS_H
#define SIMULATOR_NETWORKS_H

#include "call.h"

/* Whether the range overlaps that of a VPC of the account. */
bool networks_range_taken(const struct rows *rows, const char *range);
/* A range for a VPC that asks for none. */
const char *networks_free_range(struct call *call);
/* The VPC for what asks for none in this region; made on first use. */
const struct vpc *networks_default_vpc(struct call *call, const char *region);
/* A cluster or Droplet of the VPC (or of "") was deleted. */
void networks_member_left(struct call *call, const char *vpc);
/* Whether the VPC has members. Deleted ones count for some more calls: each call brings their end
 * nearer. */
bool networks_has_members(struct call *call, struct vpc *vpc);

#endif
