/*
 * wiring: how a service gets to its database: what tells it of its URL, the CA that the connection
 * is verified with, and whether the database that it talks to is started at all.
 */
#ifndef MANAGED_DB_COMPOSE_WIRING_H
#define MANAGED_DB_COMPOSE_WIRING_H

#include "compose/finding.h"
#include "compose/project.h"
#include "compose/written.h"

/*
 * Rules "secret-undefined", "secret-untold", "ca-missing" and "database-off", for a service that
 * starts. `is_managed`: a URL that is not there yet will be the managed database's. `written` tells
 * which services there are that do not start.
 */
void check_wiring(struct findings *findings, const struct compose *compose,
                  const struct written *written, const char *name, const struct node *service,
                  bool is_managed);

#endif
