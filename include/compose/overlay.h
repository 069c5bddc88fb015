/*
 * overlay: docker/compose.digitalocean.yaml, this project's own overlay (plan, task 2), and what it
 * has to come to. Nothing here is about files that do not have it among them.
 */
#ifndef MANAGED_DB_COMPOSE_OVERLAY_H
#define MANAGED_DB_COMPOSE_OVERLAY_H

#include "compose/finding.h"
#include "compose/project.h"
#include "compose/written.h"

/* The root of the file that is that overlay, by its name or its secret use_managed_db_true; or NULL. */
const struct node *overlay_find(const struct written *written);

/*
 * Whether the backend of a project with the overlay reads the managed database's URL; `otherwise`
 * where nothing of the overlay is in the project.
 */
bool overlay_is_managed(const struct compose *compose, bool otherwise);

/*
 * Rules "overlay" (a profile, a port, a limit, a secret's place or a variable of the backend is not
 * as it has to be) and "mode" (the profiles that are on are not those of the switches).
 */
void check_overlay(struct findings *findings, const struct compose *compose,
                   const struct node *overlay);

#endif
