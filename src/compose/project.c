#include "config.h"

#include "compose/project.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/quote.h"
#include "yaml/parse.h"

#define SECRETS_FOLDER "/run/secrets"
#define URL_TARGET     "database_url"
#define DIRECT_TARGET  "database_url_direct"

/* ---- reading ---- */

/* Compose doubles a dollar sign, for its answer to be a Compose file. */
static void single_dollars(struct tree *tree, struct node *node)
{
    for (size_t i = 0; i < node->count; i++)
        single_dollars(tree, node->items[i]);
    if (node->kind != NODE_SCALAR || !strstr(node->text, "$$"))
        return;
    char *text = mem_copy(node->text);
    char *to = text;
    for (const char *from = text; *from; from++) {
        from += from[0] == '$' && from[1] == '$';
        *to++ = *from;
    }
    node->text = tree_text(tree, text, (size_t)(to - text));
    mem_free_secret(text);
}

/* A section of the project: a mapping of mappings. */
static bool take_section(struct compose *compose, const char *name, struct node **section,
                         struct error *error)
{
    *section = node_get(compose->root, name);
    if (node_is_null(*section)) {
        *section = node_new(compose->tree, NODE_MAPPING, compose->root);
        return true;
    }
    bool good = (*section)->kind == NODE_MAPPING;
    for (size_t i = 0; good && i < (*section)->count; i++)
        good = (*section)->items[i]->kind == NODE_MAPPING;
    return good || node_complain(*section, error,
                                 "this is no configuration of Compose: %s has to be a mapping of "
                                 "mappings",
                                 name);
}

bool compose_parse(struct compose *compose, const char *name, const char *bytes, size_t length,
                   struct error *error)
{
    *compose = (struct compose){.tree = tree_new()};
    if (!yaml_parse(compose->tree, name, bytes, length, &compose->root, error))
        return false;
    if (!compose->root || compose->root->kind != NODE_MAPPING ||
        !node_get(compose->root, "services"))
        return error_set(error, ERROR_USAGE, 0,
                         "%s: this is no configuration of Compose, which has services: take the "
                         "output of 'docker compose config --format json'",
                         name);
    single_dollars(compose->tree, compose->root);
    return take_section(compose, "services", &compose->services, error) &&
           take_section(compose, "secrets", &compose->secrets, error);
}

void compose_free(struct compose *compose)
{
    tree_free(compose->tree);
    *compose = (struct compose)COMPOSE_INIT;
}

/* ---- secrets ---- */

static const char *source_of(const struct node *mount)
{
    const char *source =
        mount->kind == NODE_SCALAR ? mount->text : node_text(node_get(mount, "source"));
    return source ? source : "";
}

static char *whole_target(const char *target)
{
    return *target == '/' ? mem_copy(target) : mem_format(SECRETS_FOLDER "/%s", target);
}

char *compose_secret_target(const struct node *mount)
{
    const char *target = node_text(node_get(mount, "target"));
    return whole_target(target && *target ? target : source_of(mount));
}

static bool is_at(const struct node *mount, const char *target)
{
    char *whole = whole_target(target);
    char *theirs = compose_secret_target(mount);
    bool same = strcmp(theirs, whole) == 0;
    free(theirs);
    free(whole);
    return same;
}

const struct node *compose_find_mount(const struct node *service, const char *target)
{
    const struct node *mounts = node_get(service, "secrets");
    for (size_t i = 0; mounts && i < mounts->count; i++)
        if (is_at(mounts->items[i], target))
            return mounts->items[i];
    return NULL;
}

bool compose_secret_file(const struct compose *compose, const char *name, const char **path,
                         struct error *error)
{
    const struct node *secret = node_get(compose->secrets, name);
    *path = node_text(node_get(secret, "file"));
    if (*path)
        return true;
    char *shown = quote_for_message(name, strlen(name));
    error_set(error, ERROR_NOT_THERE, 0,
              secret ? "the secret %s comes from no file on this host"
                     : "no service that starts uses a secret %s",
              shown);
    free(shown);
    return false;
}

bool compose_mount_file(const struct compose *compose, const struct node *mount, const char **path,
                        struct error *error)
{
    return compose_secret_file(compose, source_of(mount), path, error);
}

bool compose_service_secret(const struct compose *compose, const char *service, const char *target,
                            const char **path, struct error *error)
{
    const struct node *mount = compose_find_mount(node_get(compose->services, service), target);
    if (mount)
        return compose_mount_file(compose, mount, path, error);
    char *name = quote_for_message(service, strlen(service));
    char *shown = quote_for_message(target, strlen(target));
    error_set(error, ERROR_NOT_THERE, 0,
              node_get(compose->services, service) ? "the service %s has no secret at %s"
                                                   : "no service %s starts (secret %s)",
              name, shown);
    free(shown);
    free(name);
    return false;
}

/* ---- the database's URL ---- */

const struct node *compose_url_mount(const struct node *service)
{
    const char *path = node_text(node_get(node_get(service, "environment"), "DATABASE_URL_FILE"));
    if (path && *path)
        return compose_find_mount(service, path);
    const struct node *mount = compose_find_mount(service, URL_TARGET);
    return mount ? mount : compose_find_mount(service, "do_" URL_TARGET);
}

static bool mentions(const struct node *words, const char *path)
{
    bool found = node_text(words) && strstr(words->text, path);
    for (size_t i = 0; words && words->kind == NODE_SEQUENCE && i < words->count; i++)
        found = found || mentions(words->items[i], path);
    return found;
}

bool compose_is_told_url(const struct node *service, const char *path)
{
    const struct node *environment = node_get(service, "environment");
    const char *file = node_text(node_get(environment, "DATABASE_URL_FILE"));
    const char *url = node_text(node_get(environment, "DATABASE_URL"));
    return (file && *file) || (url && *url) || mentions(node_get(service, "entrypoint"), path) ||
           mentions(node_get(service, "command"), path);
}

/* What was found so far of one kind of URL: whose it is, and in which file. */
struct found {
    const char *service, *path;
};

static bool add_file(const struct compose *compose, const char *service, const struct node *mount,
                     struct found *found, struct error *error)
{
    const char *path;
    if (!compose_mount_file(compose, mount, &path, error)) {
        error->kind = ERROR_USAGE;
        return error_advise(error,
                            "%s reads its database's URL from there, where managed-db cannot write "
                            "it: give the secret a file, or name one with --secret-file instead",
                            service);
    }
    if (found->path && strcmp(found->path, path) != 0)
        return error_set(error, ERROR_USAGE, 0,
                         "%s would read the database's URL from %s and %s from %s: only one of "
                         "them can be meant; leave the other out, or name the file with "
                         "--secret-file instead",
                         found->service, found->path, service, path);
    *found = (struct found){service, path};
    return true;
}

/* All mounts at a place: Compose takes two, and Docker mounts one of them. */
static bool add_all(const struct compose *compose, const char *name, const struct node *service,
                    const char *target, struct found *found, struct error *error)
{
    const struct node *mounts = node_get(service, "secrets");
    bool good = true;
    for (size_t i = 0; good && mounts && i < mounts->count; i++)
        if (is_at(mounts->items[i], target))
            good = add_file(compose, name, mounts->items[i], found, error);
    return good;
}

static bool add_url(const struct compose *compose, const char *name, const struct node *service,
                    struct found *found, struct error *error)
{
    const struct node *environment = node_get(service, "environment");
    const char *path = node_text(node_get(environment, "DATABASE_URL_FILE"));
    if (!path || !*path)
        return add_all(compose, name, service, URL_TARGET, found, error) &&
               add_all(compose, name, service, "do_" URL_TARGET, found, error);
    if (!compose_find_mount(service, path))
        return error_set(error, ERROR_USAGE, 0,
                         "DATABASE_URL_FILE of %s names a file at which it has no secret: add one "
                         "with that target, or name the file with --secret-file instead",
                         name);
    return add_all(compose, name, service, path, found, error);
}

bool compose_url_files(const struct compose *compose, const char **url, const char **direct,
                       struct error *error)
{
    struct found urls = {NULL, NULL};
    struct found directs = {NULL, NULL};
    const struct node *services = compose->services;
    bool good = true;
    for (size_t i = 0; good && i < services->count; i++) {
        const char *name = services->keys[i]->text;
        good = add_url(compose, name, services->items[i], &urls, error) &&
               add_all(compose, name, services->items[i], DIRECT_TARGET, &directs, error);
    }
    *url = urls.path;
    *direct = directs.path;
    if (!good || urls.path)
        return good;
    return error_set(error, ERROR_USAGE, 0,
                     "no service that starts has a secret at /run/secrets/" URL_TARGET
                     ": give one to the service that needs the database (docs/COMPOSE.md, \"Your "
                     "own stack\"), or name the file with --secret-file instead of --compose");
}
