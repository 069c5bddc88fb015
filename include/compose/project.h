/*
 * project: Compose files as Docker Compose understands them together.
 *
 * Calling sequence:
 *     compose_read(&files, paths, count, &error);       the YAML, once
 *     compose_load(&files, &variables, &compose, &error);   the project, for one set of variables
 *     …
 *     compose_free(&compose);
 *     compose_files_free(&files);
 *
 * Loading puts in the variables, merges file by file (merge.h) and follows `extends`, which
 * takes a service as the first file that has it defines it.
 * Relative paths count from the folder of the first file. What Compose itself would refuse
 * because it is not of Compose's form fails with ERROR_USAGE, FILE:LINE:COLUMN first; what it takes
 * and should not be so is check.h's.
 *
 * Rules: the Compose specification, and Compose 1.29 where it decides (docs/COMPOSE.md).
 */
#ifndef MANAGED_DB_COMPOSE_PROJECT_H
#define MANAGED_DB_COMPOSE_PROJECT_H

#include "base/variables.h"
#include "yaml/tree.h"

struct compose_files {
    struct tree *tree;
    struct node **roots;
    size_t count;
    char *folder; /* of the first one, absolute */
};

struct compose {
    const struct compose_files *files;
    struct tree *tree;
    struct node *services; /* mappings, each in its one form, profiles sorted */
    struct node *secrets;  /* mappings, or null */
    struct node *extended; /* a list: the roots of the files that are extended */
};

#define COMPOSE_INIT                                                                               \
    {                                                                                              \
        NULL, NULL, NULL, NULL, NULL                                                               \
    }

#define COMPOSE_FILES_INIT                                                                         \
    {                                                                                              \
        NULL, NULL, 0, NULL                                                                        \
    }

bool compose_read(struct compose_files *files, char *const *paths, size_t count,
                  struct error *error);
void compose_files_free(struct compose_files *files);

/* The caller frees the project in any case. */
bool compose_load(const struct compose_files *files, const struct variables *variables,
                  struct compose *compose, struct error *error);

void compose_free(struct compose *compose);

/* Whether a service runs with these profiles: names parted by commas, or NULL; "*" is all. */
bool compose_is_enabled(const struct node *service, const char *profiles);

/* Whether a list of texts holds this one; NULL is an empty list. */
bool compose_lists(const struct node *list, const char *text);

/* Where an entry of a service's `secrets` is found in the container. The caller frees it. */
char *compose_secret_target(const struct node *mount);

/* A path as Compose resolves it: absolute, "~", "." and ".." resolved. The caller frees it. */
char *compose_path(const struct compose_files *files, const char *path);

/*
 * The file on this host behind a secret of the project. Fails with ERROR_NOT_THERE: there is no
 * such secret, or it comes from elsewhere. The caller frees the path.
 */
bool compose_secret_file(const struct compose *compose, const char *name, char **path,
                         struct error *error);

/* The same for what a service finds at /run/secrets/TARGET, or at an absolute path. */
bool compose_service_secret(const struct compose *compose, const char *service, const char *target,
                            char **path, struct error *error);

/* Whether a service finds a secret at /run/secrets/TARGET, or at an absolute path. */
bool compose_has_mount(const struct node *service, const char *target);

/*
 * Whether a service that has its database's URL in a file is told so: by DATABASE_URL_FILE, by
 * DATABASE_URL (from .env, say), or by an entrypoint or command that reads the file.
 */
bool compose_is_told_url(const struct node *service, const char *path);

/*
 * The file that the service `backend` (else any other) reads its database's URL from: what its
 * DATABASE_URL_FILE names, where it has one, else /run/secrets/database_url or
 * /run/secrets/do_database_url. Fails with ERROR_USAGE where there is none, or more than one.
 */
bool compose_database_file(const struct compose *compose, char **path, struct error *error);

#endif
