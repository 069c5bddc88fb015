/*
 * variables: what ${NAME} stands for in a Compose file.
 *
 * A variable has the value that was set for it here, else that of the environment, else that of the
 * files that were read, the first file first (Compose: the environment, then .env in the folder of
 * the first Compose file). Within a file the last line of a name counts. Files are KEY=VALUE lines
 * as Compose reads them: `export`, comments,
 * values bare, in single quotes (as they are) or in double quotes (with escapes), which may span
 * lines; ${NAME} in values that are not in single quotes stands for a variable that is known by
 * then. They are data and never executed.
 */
#ifndef MANAGED_DB_BASE_VARIABLES_H
#define MANAGED_DB_BASE_VARIABLES_H

#include "base/error.h"
#include "base/interpolate.h"

struct variable {
    char *name, *value;
};

struct variables {
    struct variable *set, *read;
    size_t set_count, read_count;
};

#define VARIABLES_INIT                                                                             \
    {                                                                                              \
        NULL, NULL, 0, 0                                                                           \
    }

/* Gives a variable a value that is stronger than the environment's. */
void variables_set(struct variables *variables, const char *name, const char *value);

/*
 * Reads a file (readfile.h); one that is missing, or no regular file, is ignored unless
 * `must_exist`. Fails with ERROR_USAGE also for a quote that is not closed and for more than 1000
 * variables.
 */
bool variables_read(struct variables *variables, const char *path, bool must_exist,
                    struct error *error);

/* The .env that Compose reads with a first file. The caller frees it. */
char *variables_env_path(const char *compose_file);

/* The value, or NULL; owned by the variables or the environment. */
const char *variables_get(const struct variables *variables, const char *name);

/* To put these variables into texts; they must outlive it. */
struct interpolation variables_interpolation(const struct variables *variables);

void variables_free(struct variables *variables);

#endif
