/*
 * ownership: whether a thing is this deployment's own, and who else uses it. Names prove nothing:
 * every deployment has the plan's by default.
 *
 * A Droplet is the deployment's because the settings name it. What a deployment makes also carries
 * the tags `managed-db` and `managed-db:NAME`, NAME being the Droplet's name, where doctl can set
 * them; a cluster besides trusts the Droplet. A cluster or a VPC that anything outside the
 * deployment uses stays.
 */
#ifndef MANAGED_DB_FLOW_OWNERSHIP_H
#define MANAGED_DB_FLOW_OWNERSHIP_H

#include "doctl/inventory.h"
#include "flow/state.h"

#define DEPLOYMENT_TAG "managed-db"

/* "managed-db:NAME", of the deployment whose Droplet has this name; to be freed. */
char *deployment_tag(const char *droplet_name);

/* Both tags of what a deployment makes, behind `more` ones or ""; to be freed. */
char *deployment_tags(const char *more, const char *droplet_name);

/*
 * The deployment's name: that of its Droplet, else DROPLET_NAME; "" where the Droplet is known by
 * an ID alone and is gone (`droplet` is NULL).
 */
const char *deployment_own_name(const struct flow *flow, const struct item *droplet);

struct claim {
    bool is_ours; /* it may be deleted with the deployment */
    char *why;    /* why it counts as ours, or why it stays; a part of a sentence */
};
void claim_free(struct claim *claim);

/*
 * Whether the cluster is ours alone. `droplet` is the deployment's, or NULL where it is gone. Reads
 * the cluster's tags and trusted sources. Not where USE_MANAGED_DB says that it is not used.
 * --force-shared with its name makes it ours, whoever else uses it, and says so.
 */
bool claim_cluster(struct flow *flow, const struct inventory *inventory, const struct item *cluster,
                   const struct item *droplet, struct claim *claim, struct error *error);

/*
 * Whether nothing is in the VPC but `droplet` and `cluster`, which go, or are NULL; not the default
 * VPC of a region. Reads the VPC of each cluster.
 */
bool claim_vpc(struct flow *flow, const struct inventory *inventory, const struct item *vpc,
               const struct item *droplet, const struct item *cluster, struct claim *claim,
               struct error *error);

#endif
