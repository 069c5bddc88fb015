/*
 * project: a Compose project as Compose itself resolved it (`docker compose config --format json`).
 *
 * Every variable is put in, files, `extends` and `include` are merged, paths are absolute, short
 * forms are long ones, and only what starts is there: a service whose profile is off is not, nor a
 * secret that no service uses.
 *
 * Calling sequence:
 *     compose_parse(&compose, "Compose", bytes, length, &error);
 *     written_place(&written, compose.tree, compose.root);        written.h, if there are files
 *     …
 *     compose_free(&compose);
 */
#ifndef MANAGED_DB_COMPOSE_PROJECT_H
#define MANAGED_DB_COMPOSE_PROJECT_H

#include "yaml/tree.h"

struct compose {
    struct tree *tree;
    struct node *root;
    struct node *services; /* a mapping, perhaps empty */
    struct node *secrets;  /* the same */
};

#define COMPOSE_INIT                                                                               \
    {                                                                                              \
        NULL, NULL, NULL, NULL                                                                     \
    }

/*
 * Reads a configuration, JSON or YAML; `name` stands for it in messages. Fails with ERROR_USAGE. The
 * caller frees the project in any case.
 */
bool compose_parse(struct compose *compose, const char *name, const char *bytes, size_t length,
                   struct error *error);
void compose_free(struct compose *compose);

/* Where an entry of a service's `secrets` is found in the container. The caller frees it. */
char *compose_secret_target(const struct node *mount);

/* The mount at /run/secrets/TARGET, or at an absolute path; NULL where there is none. */
const struct node *compose_find_mount(const struct node *service, const char *target);

/*
 * The file on the host behind an entry of a service's `secrets`. Fails with ERROR_NOT_THERE: the
 * secret comes from elsewhere. Owned by the project.
 */
bool compose_mount_file(const struct compose *compose, const struct node *mount, const char **path,
                        struct error *error);

/* The same by a secret's name, and for what a service finds at /run/secrets/TARGET. */
bool compose_secret_file(const struct compose *compose, const char *name, const char **path,
                         struct error *error);
bool compose_service_secret(const struct compose *compose, const char *service, const char *target,
                            const char **path, struct error *error);

/*
 * The secret that a service reads its database's URL from: at the path that its DATABASE_URL_FILE
 * names, else at /run/secrets/database_url or /run/secrets/do_database_url. NULL: it has none.
 */
const struct node *compose_url_mount(const struct node *service);

/*
 * Whether a service that has its database's URL in a file is told so: by DATABASE_URL_FILE, by
 * DATABASE_URL (from .env, say), or by an entrypoint or command that reads the file.
 */
bool compose_is_told_url(const struct node *service, const char *path);

/*
 * The one file on this host that services read their database's URL from, and the one with the URL
 * past the pool (at /run/secrets/database_url_direct), or NULL. Fails with ERROR_USAGE where there is
 * no file for the URL, or more than one for either. Owned by the project.
 */
bool compose_url_files(const struct compose *compose, const char **url, const char **direct,
                       struct error *error);

#endif
