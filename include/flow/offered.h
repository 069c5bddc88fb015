/*
 * offered: whether DigitalOcean offers what the settings ask for, before anything is made: it
 * refuses a wrong value only after the VPC or the Droplet was made, some of them after minutes
 * (docs/DOCTL.md, "The service"). A value that is not offered is ERROR_USAGE, with the
 * nearest ones that are.
 *
 * A doctl that cannot say, for whatever reason, is no reason to refuse: only an interruption is
 * passed on. Nothing is asked in the faithful mode.
 */
#ifndef MANAGED_DB_FLOW_OFFERED_H
#define MANAGED_DB_FLOW_OFFERED_H

#include "flow/state.h"

/* A new cluster: region and size, version and nodes of the settings. Asked once in a run. */
bool offered_cluster(struct flow *flow, const char *region, const char *size, struct error *error);

/* A new Droplet: size and image of the settings. */
bool offered_droplet(struct flow *flow, struct error *error);

#endif
