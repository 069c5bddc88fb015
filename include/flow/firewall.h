/*
 * firewall: the Cloud Firewall in front of a deployment's Droplet: SSH and the web come in (ports
 * 22, 80 and 443), everything goes out. It is bound to the deployment's tag (ownership.h), so a
 * Droplet that was not made by a deployment, whose other ports somebody may need, gets none.
 */
#ifndef MANAGED_DB_FLOW_FIREWALL_H
#define MANAGED_DB_FLOW_FIREWALL_H

#include "flow/state.h"

/* The firewall of the deployment whose Droplet has this name; to be freed. */
char *firewall_name(const char *droplet_name);

/*
 * Finds or makes it; *id is to be freed, NULL where the token may not see firewalls, this doctl
 * knows none or no Droplet has the tag, which is warned of.
 */
bool ensure_firewall(struct flow *flow, const char *droplet_name, char **id, struct error *error);

#endif
