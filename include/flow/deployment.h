/*
 * deployment: all that a deployment has at DigitalOcean: checked before it is made, found and
 * deleted together.
 */
#ifndef MANAGED_DB_FLOW_DEPLOYMENT_H
#define MANAGED_DB_FLOW_DEPLOYMENT_H

#include "doctl/compute.h"
#include "flow/ownership.h"

/*
 * What can be known before anything is made: the account, the Droplet's request where there is no
 * Droplet, the cluster's where USE_MANAGED_DB is true and there is no cluster. *droplet is the
 * Droplet that is there already, to be freed; its ID is NULL where there is none. *lacks_firewall
 * tells whether a deployment has made it and it has no Cloud Firewall. Changes nothing.
 */
bool check_deployment(struct flow *flow, struct droplet *droplet, bool *lacks_firewall,
                      struct error *error);

/* The things, in the order in which they are deleted: who points to another goes first. */
enum part { PART_CLUSTER, PART_DROPLET, PART_FIREWALL, PART_VPC, PART_COUNT };

struct deployment {
    struct inventory inventory;
    struct {
        const struct item *item; /* in the inventory, or NULL: there is none */
        struct claim claim;
    } parts[PART_COUNT];
};
void deployment_free(struct deployment *deployment);

/*
 * Looks for the Droplet (by settings_droplet(), else by its name) and its Cloud Firewall, the
 * cluster and the VPC of the settings, and whose they are (ownership.h); says on the console what
 * stays, and why. --only leaves parts out. ERROR_NOT_THERE where there is nothing to delete.
 */
bool find_deployment(struct flow *flow, struct deployment *deployment, struct error *error);

/* What has to be given to delete_deployment()'s caller as a confirmation: the first thing's name. */
const char *deployment_name(const struct deployment *deployment);

/* One line for each thing that goes: what, name, ID and why it is ours, parted by tabs. */
char *deployment_text(const struct deployment *deployment);
/* The IDs as a JSON object; null where a thing is not there, or stays. */
char *deployment_json(const struct deployment *deployment);

/* Says so where the cluster that goes has no backup of the last day. Fails on a signal alone. */
bool warn_of_backups(struct flow *flow, const struct deployment *deployment, struct error *error);

/* Deletes what is ours. A VPC that still has members is tried for a while. */
bool delete_deployment(struct flow *flow, const struct deployment *deployment, struct error *error);

#endif
