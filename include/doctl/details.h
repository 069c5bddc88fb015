/*
 * details: what a Droplet or a cluster is: where and how large. Questions that only the
 * shipped doctl knows; errors and results as in doctl.h.
 */
#ifndef MANAGED_DB_DOCTL_DETAILS_H
#define MANAGED_DB_DOCTL_DETAILS_H

#include "doctl/client.h"

/* "" stands for what doctl does not tell. */
struct details {
    char *id, *name, *engine; /* of a cluster; else NULL */
    char *vpc_uuid, *region;
    char *address; /* of a Droplet, private; else NULL */
    char *version, *size, *nodes, *status, *storage,
        *tags;         /* of a cluster; tags have commas between */
    char *inside_host; /* of a cluster, inside its VPC */
};
void details_free(struct details *details);
/* The table of a cluster as doctl shows it (plan, task 1, show_database_info). */
char *details_shown(const struct details *cluster);

bool details_of_cluster(struct doctl *doctl, const char *cluster_id, struct details *details,
                        struct error *error);
bool details_of_droplet(struct doctl *doctl, const char *droplet_id, struct details *details,
                        struct error *error);

#endif
