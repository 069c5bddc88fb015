/*
 * droplet: the Droplet of a deployment, found, created and waited for, in the way of the plan's
 * functions (flow.h).
 *
 * Whatever happened before, a run ends with one Droplet of the name or says what is in the way. All
 * that can be known before something is billed fails before it. Results are the caller's to free;
 * errors are those of the doctl rooms.
 */
#ifndef MANAGED_DB_FLOW_DROPLET_H
#define MANAGED_DB_FLOW_DROPLET_H

#include "doctl/compute.h"
#include "flow/state.h"

/* Finds the Droplet with exactly this name; ERROR_NOT_THERE where there is none. */
bool find_droplet(struct flow *flow, const char *name, struct droplet *droplet,
                  struct error *error);

/* The Droplet of DROPLET_ID. One that is not there is the API's 404. */
bool find_known_droplet(struct flow *flow, struct droplet *droplet, struct error *error);

/* ERROR_USAGE where the region takes no Droplets. */
bool check_region(struct flow *flow, const char *region, struct error *error);

/* ERROR_NOT_THERE where the account has no SSH key of this name, ID or fingerprint. */
bool find_ssh_key(struct flow *flow, const char *name, char **fingerprint, struct error *error);

/*
 * Whether a new Droplet can be had: an SSH key that the account has, a region, a size and an image
 * that DigitalOcean offers. *key_id is the key's ID. ERROR_USAGE where one is wrong.
 */
bool check_droplet_request(struct flow *flow, char **key_id, struct error *error);

/*
 * Finds the Droplet or creates it in the VPC (ensure_vpc()), with the SSH key, region, size, image,
 * tags and cloud-init file of the settings. Does not wait for it. Fails before
 * anything is made where check_droplet_request() does.
 */
bool create_droplet(struct flow *flow, const char *name, char **id, struct error *error);

/* Waits until a Droplet is active and has a public address. ERROR_DEADLINE after --wait-timeout. */
bool wait_for_droplet(struct flow *flow, const char *droplet_id, char **address,
                      struct error *error);

#endif
