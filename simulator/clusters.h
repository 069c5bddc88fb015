/*
 * clusters: how clusters come to be and become online. The commands themselves are in databases.c.
 */
#ifndef SIMULATOR_CLUSTERS_H
#define SIMULATOR_CLUSTERS_H

#include "call.h"

/* A new cluster, with what the service makes up for it; `creating`, in region nyc3, in no VPC. */
struct cluster *clusters_add(struct call *call, const char *name, const char *engine,
                             const char *size);
/* An answer shows the cluster: one that is being created comes nearer to being online. */
void clusters_looked_at(struct call *call, struct cluster *cluster);
/* The cluster that the first argument names; NULL after the error "cluster not found". */
struct cluster *clusters_wanted(struct call *call);

#endif
