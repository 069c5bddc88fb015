/*
 * secrets: the files of secrets on this host, as Docker will mount them: there, closed to
 * others, and open to the container's user.
 */
#ifndef MANAGED_DB_COMPOSE_SECRETS_H
#define MANAGED_DB_COMPOSE_SECRETS_H

#include "compose/finding.h"
#include "compose/project.h"

/*
 * Rules "secret-missing", "secret-exposed" and "secret-unreadable", for a service that runs. Where
 * `is_managed`, its URL is the managed database's, which setup writes. A folder that is closed to
 * this program is noted in findings->not_seen, and so is the default folder where it is not on this
 * machine and `may_be_elsewhere`.
 */
void check_secret_files(struct findings *findings, const struct compose *compose, const char *name,
                        const struct node *service, bool is_managed, bool may_be_elsewhere);

#endif
