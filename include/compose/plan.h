/*
 * plan: what the plan (task 2) asks of its overlay.
 */
#ifndef MANAGED_DB_COMPOSE_PLAN_H
#define MANAGED_DB_COMPOSE_PLAN_H

#include "compose/finding.h"
#include "compose/project.h"

/* The root of the file that is that overlay, or NULL. */
const struct node *compose_find_overlay(const struct compose *compose);

/*
 * Rule "plan", where the files are that overlay, or are meant to be: by its name, its secret
 * do_database_url or its profile self-hosted-db. `managed` is the mode they were loaded in.
 */
void check_plan(struct findings *findings, const struct compose *compose, bool managed);

#endif
