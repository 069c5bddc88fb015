/*
 * users: the users and databases of a cluster. Questions and changes that only the shipped doctl
 * knows; errors and results as in doctl.h. What doctl prints of a change holds a password, and is
 * not looked at.
 */
#ifndef MANAGED_DB_DOCTL_USERS_H
#define MANAGED_DB_DOCTL_USERS_H

#include "doctl/client.h"

bool doctl_user_exists(struct doctl *doctl, const char *cluster_id, const char *user, bool *exists,
                       struct error *error);
bool doctl_user_create(struct doctl *doctl, const char *cluster_id, const char *user,
                       struct error *error);
/* Gives the user a new password; sessions that are open stay open. */
bool doctl_user_reset(struct doctl *doctl, const char *cluster_id, const char *user,
                      struct error *error);
/* The caller frees it with mem_free_secret(); ERROR_BLANK where the token may not see it. */
bool doctl_user_password(struct doctl *doctl, const char *cluster_id, const char *user,
                         char **password, struct error *error);
bool doctl_database_exists(struct doctl *doctl, const char *cluster_id, const char *database,
                           bool *exists, struct error *error);
bool doctl_database_create(struct doctl *doctl, const char *cluster_id, const char *database,
                           struct error *error);

#endif
