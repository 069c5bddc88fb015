/*
 * deployment: all that a deployment has at DigitalOcean, found and deleted together.
 */
#ifndef MANAGED_DB_FLOW_DEPLOYMENT_H
#define MANAGED_DB_FLOW_DEPLOYMENT_H

#include "doctl/compute.h"
#include "flow/state.h"

/* What a deployment consists of at DigitalOcean; an ID is NULL where a thing is not there. */
struct deployment {
    struct droplet droplet;
    struct cluster cluster;
    char *vpc_uuid;
};
void deployment_free(struct deployment *deployment);

/*
 * Looks for the Droplet (by settings_droplet(), else by its name), the cluster and the VPC
 * of the settings. ERROR_NOT_THERE where there is nothing; ERROR_CONFLICT where the cluster's
 * engine is not pg.
 */
bool find_deployment(struct flow *flow, struct deployment *deployment, struct error *error);

/* One line for each thing: what, name and ID, parted by tabs. */
char *deployment_text(const struct flow *flow, const struct deployment *deployment);

/* Deletes them: Droplet, cluster, VPC. A VPC that still has members is tried for a while. */
bool delete_deployment(struct flow *flow, const struct deployment *deployment, struct error *error);

/*
 * All of it for a whole deployment, before anything is made: the account, the Droplet's request
 * where there is no Droplet, the cluster's where USE_MANAGED_DB is true and there is no cluster.
 * *droplet_id is the Droplet that is there already, or NULL.
 */
bool check_deployment(struct flow *flow, char **droplet_id, struct error *error);

#endif
