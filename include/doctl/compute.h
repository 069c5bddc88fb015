/*
 * compute: one function for each thing that a deployment asks of doctl besides the database:
 * Droplets, SSH keys, regions, and the deletion of what was made.
 *
 * As in doctl.h, errors are those of ask() and ERROR_UNREADABLE, and results are the caller's to
 * free. Names of Droplets and SSH keys need not be unique at DigitalOcean, so a search by name
 * fails with ERROR_CONFLICT where several fit.
 */
#ifndef MANAGED_DB_DOCTL_COMPUTE_H
#define MANAGED_DB_DOCTL_COMPUTE_H

#include "doctl/client.h"

struct droplet {
    char *id, *name, *status;
    char *address; /* the public one, "" while it has none; not filled in by a search */
    char *tags;    /* with commas between */
};
void droplet_free(struct droplet *droplet);

/* The Droplet with exactly this name; droplet->id is NULL where there is none. */
bool compute_droplet_find(struct doctl *doctl, const char *name, struct droplet *droplet,
                          struct error *error);

bool compute_droplet_status(struct doctl *doctl, const char *droplet_id, struct droplet *droplet,
                            struct error *error);

struct droplet_request {
    const char *name, *region, *size, *image, *key_id;
    const char *vpc_uuid, *tags, *user_data_file; /* may be "" */
};
/* Creates a Droplet; it is not waited for. */
bool compute_droplet_create(struct doctl *doctl, const struct droplet_request *request, char **id,
                            struct error *error);

/* The SSH key with exactly this name, ID or fingerprint; both are NULL where none has. */
bool compute_key_find(struct doctl *doctl, const char *wanted, char **id, char **fingerprint,
                      struct error *error);

/* Whether there is such a region and it takes new Droplets. */
bool compute_region_is_open(struct doctl *doctl, const char *region, bool *open,
                            struct error *error);

/* The Cloud Firewall with exactly this name; *id is NULL where there is none. */
bool compute_firewall_find(struct doctl *doctl, const char *name, char **id, struct error *error);
/* Rules as doctl reads them; `tag` is that of the Droplets behind it, and has to exist. */
bool compute_firewall_create(struct doctl *doctl, const char *name, const char *inbound,
                             const char *outbound, const char *tag, char **id, struct error *error);

/* Deletions; a thing that is not there any more is a success. */
bool compute_droplet_delete(struct doctl *doctl, const char *droplet_id, struct error *error);
bool compute_cluster_delete(struct doctl *doctl, const char *cluster_id, struct error *error);
bool compute_firewall_delete(struct doctl *doctl, const char *firewall_id, struct error *error);
bool compute_vpc_delete(struct doctl *doctl, const char *vpc_uuid, struct error *error);

#endif
