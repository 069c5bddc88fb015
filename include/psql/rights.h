/*
 * rights: the SQL by which an application's user gets its rights in its database. Pure.
 *
 * A role NAME_owner, which cannot log in, has the rights and owns all that is created: the database
 * has every session take that role. So the user may create and change objects in this database and
 * do nothing else, another user becomes its successor by becoming a member, and nobody else may
 * connect. doadmin runs it, who is no superuser; on PostgreSQL 16 and later it has rights on roles
 * that it made, and on no others (docs/CLIENTS.md, "A user of its own").
 *
 * Both texts are for psql, in a session on that database. User and database have the form that the
 * settings ask for: nothing in them ends a name or a string.
 */
#ifndef MANAGED_DB_PSQL_RIGHTS_H
#define MANAGED_DB_PSQL_RIGHTS_H

#include "base/bytes.h"

/* The role that owns is NAME_owner: the name of the first of the users that take turns. */
struct rights {
    const char *user, *database, *name;
};

/* A query without effect: a row for each thing that is missing, none where all is as it should be. */
void rights_add_check(struct buffer *sql, const struct rights *rights);

/*
 * What gives the rights, in one transaction; run again it changes nothing. Objects of the one who
 * runs it are given to the owner role.
 */
void rights_add_grant(struct buffer *sql, const struct rights *rights);

#endif
