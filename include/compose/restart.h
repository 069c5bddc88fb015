/*
 * restart: services that do not come back after a reboot of the host. Pure.
 */
#ifndef MANAGED_DB_COMPOSE_RESTART_H
#define MANAGED_DB_COMPOSE_RESTART_H

#include "compose/finding.h"
#include "compose/project.h"

/*
 * Rule "stays-down": a service that others need, whose effective policy is on-failure or no: an
 * orderly stop, as of a reboot or an update of Docker, is no failure (docs/COMPOSE.md, "After a
 * reboot"). Where no policy is written, only if what needs it comes back itself.
 */
void check_restart(struct findings *findings, const struct compose *compose);

#endif
