/*
 * compose_ports: databases, caches and object stores that other hosts can reach. Pure.
 */
#ifndef MANAGED_DB_COMPOSE_PORTS_H
#define MANAGED_DB_COMPOSE_PORTS_H

#include "finding.h"

/* Rule "published", for a service in its one form (compose_merge.h). */
void check_ports(struct findings *findings, const char *name, const struct node *service);

#endif
