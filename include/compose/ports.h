/*
 * ports: databases, caches and object stores, and which of them other hosts can reach. Pure.
 */
#ifndef MANAGED_DB_COMPOSE_PORTS_H
#define MANAGED_DB_COMPOSE_PORTS_H

#include "compose/finding.h"

/* Whether an entry of a service's `ports` is open on this host alone. */
bool compose_port_is_local(const struct node *port);

/* Whether a service keeps data, by its image or its name. */
bool compose_is_store(const char *name, const struct node *service);

/* Rule "published", for a service that keeps data, or whatever it does (`any`). */
void check_ports(struct findings *findings, const char *name, const struct node *service, bool any);

#endif
