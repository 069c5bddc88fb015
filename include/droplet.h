/*
 * droplet: the Droplet of a deployment, and taking a deployment down: what the deploy script needs
 * besides the plan's functions, told in their way (flow.h).
 *
 * Whatever happened before, a run ends with one Droplet of the name or says what is in the way. All
 * that can be known before something is billed fails before it. Results are the caller's to free;
 * errors are those of the doctl rooms.
 */
#ifndef MANAGED_DB_DROPLET_H
#define MANAGED_DB_DROPLET_H

#include "compute.h"
#include "flow.h"

/* ERROR_NOT_THERE where there is no Droplet with exactly this name; *id is its ID else. */
bool find_droplet(struct flow *flow, const char *name, char **id, struct error *error);

/* The Droplet of DROPLET_ID. One that is not there is the API's 404. */
bool find_known_droplet(struct flow *flow, char **id, struct error *error);

/*
 * Finds the Droplet or creates it in the VPC (ensure_vpc()), with the SSH key, region, size, image,
 * tags and cloud-init file of the settings. Does not wait for it. ERROR_USAGE where no SSH key is
 * named, ERROR_CONFLICT where the account has no such key or the region takes no Droplets.
 */
bool create_droplet(struct flow *flow, const char *name, char **id, struct error *error);

/* Waits until a Droplet is active and has a public address. ERROR_DEADLINE after --wait-timeout. */
bool wait_for_droplet(struct flow *flow, const char *droplet_id, char **address,
                      struct error *error);

/* *address is "" where it has none, and so none that a managed database would let in. */
bool droplet_private_address(struct flow *flow, const char *droplet_id, char **address,
                             struct error *error);

/* What a deployment consists of at DigitalOcean; an ID is NULL where a thing is not there. */
struct deployment {
    struct droplet droplet;
    struct cluster cluster;
    char *vpc_uuid;
};
void deployment_free(struct deployment *deployment);

/*
 * Looks for the Droplet (by listing_droplet(), else by its name), the cluster and the VPC
 * of the settings. ERROR_NOT_THERE where there is nothing; ERROR_CONFLICT where the cluster's
 * engine is not pg.
 */
bool find_deployment(struct flow *flow, struct deployment *deployment, struct error *error);

/* One line for each thing: what, name and ID, parted by tabs. */
char *deployment_text(const struct flow *flow, const struct deployment *deployment);

/* Deletes them: Droplet, cluster, VPC. A VPC that still has members is tried for a while. */
bool delete_deployment(struct flow *flow, const struct deployment *deployment, struct error *error);

#endif
