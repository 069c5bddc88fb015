/*
 * application: the user and the database that an application has for itself (--app-user,
 * --app-database), instead of doadmin and defaultdb.
 *
 * doctl makes both, before the pool that belongs to them; the rights are SQL (psql/rights.h), for
 * which the database has to be reached. Where neither setting is there, the plan's names are used
 * and nothing is asked.
 */
#ifndef MANAGED_DB_FLOW_APPLICATION_H
#define MANAGED_DB_FLOW_APPLICATION_H

#include "doctl/conninfo.h"
#include "flow/state.h"

/* Whether the application has a user of its own. */
bool has_application(const struct flow *flow);
/* The names that the pool belongs to: the settings', else the plan's. */
const char *application_user(const struct flow *flow);
const char *application_database(const struct flow *flow);

/* Makes user and database, unless they are there. */
bool make_application(struct flow *flow, const char *cluster_id, struct error *error);

/* The pool of these names as it is wanted; the texts are borrowed. */
struct pool_request wanted_pool(const struct flow *flow, const char *name, const char *size);

/*
 * Puts the application's user and password into connection details, and past a pool its database.
 * ERROR_BLANK where the token may not see credentials.
 */
bool take_application_user(struct flow *flow, const char *cluster_id, bool use_pool,
                           struct conninfo *info, struct error *error);

/*
 * Gives the user its rights, as doadmin past the pool, unless it has them; a read_connection() has
 * gone before (flow.h). Where psql cannot connect from here, the SQL is written beside the
 * secret file, for review and to be run elsewhere, and the error tells so.
 */
bool grant_rights(struct flow *flow, const char *ca_file, struct error *error);

#endif
