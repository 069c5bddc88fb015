/*
 * ports: databases, caches and object stores that other hosts can reach. Pure.
 */
#ifndef MANAGED_DB_COMPOSE_PORTS_H
#define MANAGED_DB_COMPOSE_PORTS_H

#include "compose/finding.h"

/* An entry of a service's `ports`; texts, NULL where none is named. */
struct compose_port {
    char *address, *published, *target;
};

/* False: it is of no form that is known. The caller frees the port in any case. */
bool compose_port_read(const struct node *node, struct compose_port *port);
void compose_port_free(struct compose_port *port);
bool compose_port_is_local(const struct compose_port *port);

/*
 * Rule "published", for a service in its one form (merge.h): where it keeps data, or
 * whatever it does (`any`).
 */
void check_ports(struct findings *findings, const char *name, const struct node *service, bool any);

#endif
