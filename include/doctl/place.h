/*
 * place: where a Droplet or a cluster is: its VPC and its region. Questions that only the shipped
 * doctl knows; errors and results as in doctl.h.
 */
#ifndef MANAGED_DB_DOCTL_PLACE_H
#define MANAGED_DB_DOCTL_PLACE_H

#include "doctl/client.h"

struct place {
    char *vpc_uuid, *region; /* vpc_uuid is "" where doctl tells none */
    char *tags;              /* of a cluster, with commas between; else NULL */
};
void place_free(struct place *place);

bool place_of_cluster(struct doctl *doctl, const char *cluster_id, struct place *place,
                      struct error *error);
bool place_of_droplet(struct doctl *doctl, const char *droplet_id, struct place *place,
                      struct error *error);

#endif
