/*
 * interpolate: ${NAME} in the values of a Compose file. Pure.
 *
 * Understood, as the Compose specification has them ("Interpolation"): $NAME, ${NAME},
 * ${NAME:-default}, ${NAME-default}, ${NAME:?message}, ${NAME?message}, ${NAME:+other},
 * ${NAME+other}, and $$ for a dollar sign. With a colon an empty value counts as unset. Defaults
 * and others may hold variables themselves (Compose 1 takes them as they are).
 */
#ifndef MANAGED_DB_BASE_INTERPOLATE_H
#define MANAGED_DB_BASE_INTERPOLATE_H

#include "base/bytes.h"
#include "base/error.h"

/* Limits for all texts together, so that nested variables cannot grow without bound. */
#define INTERPOLATE_MAX_BYTES     ((size_t)16 << 20)
#define INTERPOLATE_MAX_VARIABLES 100000

struct interpolation {
    /*
     * The value of a variable, or NULL. The function may be NULL: then no variable is set, and a
     * missing one is no error.
     */
    const char *(*value)(const void *context, const char *name);
    const void *context;
    size_t made; /* bytes so far, of all values */
    size_t used; /* variables so far */
};

/*
 * Appends a text with its variables put in. Fails with ERROR_USAGE: an invalid
 * reference, or a required variable that is unset; the caller adds file and line.
 */
bool interpolate(struct interpolation *interpolation, const char *text, struct buffer *out,
                 struct error *error);

#endif
