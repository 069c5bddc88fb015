/*
 * check: what is wrong in Compose files that Compose itself would take, or would refuse
 * without a place in the file.
 *
 * The files are looked at as they are merged with the variables of the moment, and once more for
 * each mode of this project (USE_MANAGED_DB and USE_DO_SPACES, true and false): a fault that only
 * the other mode has is found as well. Files of secrets are looked at for the moment's mode alone.
 *
 * The rules, by the names that --output json gives them, are listed in docs/COMPOSE.md.
 */
#ifndef MANAGED_DB_COMPOSE_CHECK_H
#define MANAGED_DB_COMPOSE_CHECK_H

#include "compose/finding.h"
#include "compose/project.h"

/*
 * Checks the files. `variables` has the two switches set afterwards, as they were or empty. Fails
 * with ERROR_USAGE where the files cannot be loaded. The caller frees the findings in any case.
 */
bool compose_check(const struct compose_files *files, struct variables *variables,
                   struct findings *findings, struct error *error);

/* The profiles of a mode, as COMPOSE_PROFILES takes them. The caller frees them. */
char *compose_mode_profiles(bool managed, bool spaces);

#endif
