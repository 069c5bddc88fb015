/*
 * turns: two users of an application that take turns, so that one can get a new password while the
 * other one is in use (rotate.h).
 *
 * Beside the user NAME and its pool POOL there are NAME_b and POOL_b, once a rotation has made them.
 * Both users are members of NAME_owner. Whose turn it is the URL in the secret file says: the first
 * one's, unless it is the second's.
 */
#ifndef MANAGED_DB_FLOW_TURNS_H
#define MANAGED_DB_FLOW_TURNS_H

#include "flow/state.h"

#define TURNS_SECOND "_b"

/* One of the two; what is in it is freed by turns_free(). */
struct turn {
    char *user, *pool;
};

/*
 * Puts user and pool of the second in the place of the first's, in each part whose secret file has
 * them: to be called before the settings are used. Fails with ERROR_USAGE where the names would be
 * too long.
 */
bool turns_resolve(struct settings *settings, struct error *error);

/*
 * The turn of the settings, and the other one, of an application that has a user. Fails as
 * turns_resolve().
 */
bool turns_read(const struct settings *settings, struct turn *now, struct turn *other,
                struct error *error);
void turns_free(struct turn *turn);

/* Settings in which it is this turn; they borrow both. */
struct settings turns_with(const struct settings *settings, const struct turn *turn);

/* Whether two names are of the first and the second of one application. */
bool turns_are_of_one(const char *name, const char *other);

/* The user of the URL in a file, which the caller frees; NULL where there is no such URL. */
char *turns_saved_user(const char *path);

#endif
