/*
 * names: names in the places of IDs. doctl takes IDs only (docs/DOCTL.md): clusters and Droplets that
 * are named are looked up before a command does anything, so that a name that is none fails at once
 * and not after billed minutes.
 *
 * A UUID is a cluster's ID and a number a Droplet's. Any other word is looked for among the names;
 * where a hand-made doctl knows no such name, it is taken for an ID. In the faithful mode everything
 * is an ID.
 */
#ifndef MANAGED_DB_FLOW_NAMES_H
#define MANAGED_DB_FLOW_NAMES_H

#include "flow/state.h"

/*
 * Puts the ID of the command's cluster into CLUSTER_ID: of the one that is given there, else of the
 * one of --name. ERROR_USAGE where there is none.
 */
bool names_cluster(struct flow *flow, struct settings *settings, struct error *error);

/* The same for the Droplet of the settings, and for trusted sources droplet:, k8s: and app:NAME. */
bool names_sources(struct flow *flow, struct settings *settings, struct error *error);

#endif
