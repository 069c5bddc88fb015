#include "config.h"

#include "compose/project.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "base/paths.h"
#include "base/quote.h"
#include "compose/form.h"
#include "compose/merge.h"
#include "yaml/parse.h"

#define SECRETS_FOLDER "/run/secrets"
#define MAX_EXTENDS    20
#define MAX_OTHERS     100

/* What the merged services may grow to: YAML's limits bound the files, not what extends makes. */
#define MAX_BYTES ((size_t)48 << 20)

/* A file that is extended, read once. */
struct other_file {
    char *path;
    struct node *services;
};

/* A service with all that it extends, made once. */
struct whole_service {
    const struct node *service;
    struct node *whole;
};

struct loader {
    const struct compose_files *files;
    struct tree *tree;
    struct interpolation interpolation;
    struct error *error;
    struct other_file *others;
    size_t other_count;
    struct node *extended; /* their roots */
    struct whole_service *wholes;
    size_t whole_count;
};

/* ---- reading ---- */

bool compose_read(struct compose_files *files, char *const *paths, size_t count,
                  struct error *error)
{
    *files = (struct compose_files){.tree = tree_new(),
                                    .roots = mem_array(count, sizeof *files->roots),
                                    .folder = path_folder(count ? paths[0] : "x")};
    bool good = true;
    for (size_t i = 0; good && i < count; i++) {
        good = yaml_read(files->tree, paths[i], &files->roots[i], error) &&
               compose_check_form(files->roots[i], paths[i], error);
        files->count += good;
    }
    if (!good)
        compose_files_free(files);
    return good;
}

void compose_files_free(struct compose_files *files)
{
    tree_free(files->tree);
    free(files->roots);
    free(files->folder);
    *files = (struct compose_files)COMPOSE_FILES_INIT;
}

/* ---- variables ---- */

static struct node *put_in_text(struct loader *loader, struct node *node)
{
    struct buffer out = BUFFER_INIT;
    struct error reason = ERROR_INIT;
    struct node *copy = NULL;
    if (interpolate(&loader->interpolation, node->text, &out, &reason)) {
        copy = node_copy(loader->tree, node);
        copy->written = node->text;
        copy->text = tree_text(loader->tree, buffer_text(&out), out.length);
    } else {
        node_complain(node, loader->error, "%s", reason.text);
    }
    buffer_free(&out);
    return copy;
}

/* The same node where no variable stands in it. Keys stay as they are. */
static struct node *put_in(struct loader *loader, struct node *node)
{
    if (node->kind == NODE_SCALAR)
        return strchr(node->text, '$') ? put_in_text(loader, node) : node;
    struct node *copy = NULL;
    for (size_t i = 0; i < node->count; i++) {
        struct node *item = put_in(loader, node->items[i]);
        if (!item)
            return NULL;
        if (item != node->items[i] && !copy)
            copy = node_copy(loader->tree, node);
        if (copy)
            copy->items[i] = item;
    }
    return copy ? copy : node;
}

/* ---- extends ---- */

static struct node *merge(struct loader *loader, const struct node *base, const struct node *over)
{
    if (tree_size(loader->tree) > MAX_BYTES) {
        node_complain(over, loader->error,
                      "the services take more than %zu MiB as they are merged: let fewer of them "
                      "extend each other",
                      MAX_BYTES >> 20);
        return NULL;
    }
    return compose_merge_service(loader->tree, base, over, loader->error);
}

static struct node *extended(struct loader *loader, const char *folder, struct node *services,
                             struct node *service, int depth);

/* The services of another file, which `extends` names. */
static struct node *services_of(struct loader *loader, const struct node *at, const char *path)
{
    for (size_t i = 0; i < loader->other_count; i++)
        if (strcmp(loader->others[i].path, path) == 0)
            return loader->others[i].services;
    struct node *root;
    struct error reason = ERROR_INIT;
    if (loader->other_count == MAX_OTHERS)
        node_complain(at, loader->error, "more than %d files are extended", MAX_OTHERS);
    else if (!yaml_read(loader->tree, path, &root, &reason) ||
             !compose_check_form(root, path, &reason))
        node_complain(at, loader->error, "cannot extend: %s", reason.text);
    else {
        struct node *services = node_get(root, "services");
        services = services ? put_in(loader, services) : root;
        if (!services)
            return NULL;
        node_append(loader->tree, loader->extended, NULL, root);
        loader->others = mem_grow(loader->others, loader->other_count + 1, sizeof *loader->others);
        loader->others[loader->other_count++] = (struct other_file){mem_copy(path), services};
        return services;
    }
    return NULL;
}

static struct node *extend(struct loader *loader, const char *folder, struct node *services,
                           struct node *service, struct node *extends, int depth)
{
    const char *name =
        extends->kind == NODE_SCALAR ? extends->text : node_text(node_get(extends, "service"));
    const char *file = node_text(node_get(extends, "file"));
    if (!name)
        node_complain(extends, loader->error, "this is not Compose: extends has to name a service");
    else if (depth == MAX_EXTENDS)
        node_complain(extends, loader->error,
                      "services extend each other more than %d times, perhaps in a circle",
                      MAX_EXTENDS);
    if (!name || depth == MAX_EXTENDS)
        return NULL;
    char *path = file ? path_expanded(folder, file) : NULL;
    char *next = path ? path_folder(path) : mem_copy(folder);
    struct node *from = path ? services_of(loader, extends, path) : services;
    struct node *base = from ? node_get(from, name) : NULL;
    if (from && (!base || base->kind != NODE_MAPPING)) {
        char *shown = quote_for_message(name, strlen(name));
        node_complain(extends, loader->error, "the service %s to extend is not there", shown);
        free(shown);
        base = NULL;
    }
    if (base)
        base = extended(loader, next, from, base, depth + 1);
    free(next);
    free(path);
    return base ? merge(loader, base, service) : NULL;
}

/* A service with what it extends below it, in its one form. */
static struct node *extended(struct loader *loader, const char *folder, struct node *services,
                             struct node *service, int depth)
{
    struct node *extends = node_get(service, "extends");
    for (size_t i = 0; i < loader->whole_count; i++)
        if (loader->wholes[i].service == service)
            return loader->wholes[i].whole;
    struct node *whole = NULL;
    if (node_is_null(extends)) {
        whole = merge(loader, node_new(loader->tree, NODE_MAPPING, service), service);
    } else {
        struct node *own = node_copy(loader->tree, service);
        node_remove(own, "extends");
        whole = extend(loader, folder, services, own, extends, depth);
    }
    if (whole) {
        loader->wholes = mem_grow(loader->wholes, loader->whole_count + 1, sizeof *loader->wholes);
        loader->wholes[loader->whole_count++] = (struct whole_service){service, whole};
    }
    return whole;
}

static int compare_texts(const void *one, const void *other)
{
    return strcmp((*(struct node *const *)one)->text, (*(struct node *const *)other)->text);
}

/* What the services of all files together extend. `first` has each as it was defined first. */
static bool extend_services(struct loader *loader, struct compose *compose, struct node *first)
{
    for (size_t i = 0; i < compose->services->count; i++) {
        struct node *whole = compose->services->items[i];
        if (!node_is_null(node_get(whole, "extends")))
            whole = extended(loader, loader->files->folder, first, whole, 0);
        if (!whole)
            return false;
        compose->services->items[i] = whole;
        struct node *profiles = node_get(whole, "profiles");
        if (profiles && profiles->count)
            qsort(profiles->items, profiles->count, sizeof *profiles->items, compare_texts);
    }
    return true;
}

/* ---- merging ---- */

static bool merge_services(struct loader *loader, struct compose *compose, struct node *services)
{
    /* With several files all of them are merged, if over nothing: that unites a list in itself. */
    const struct node *nothing =
        loader->files->count > 1 ? node_new(loader->tree, NODE_MAPPING, services) : NULL;
    for (size_t i = 0; i < services->count; i++) {
        struct node *name = services->keys[i];
        struct node *over = services->items[i];
        if (node_has_tag(over, "!reset")) {
            node_remove(compose->services, name->text);
            continue;
        }
        const struct node *base =
            node_has_tag(over, "!override") ? NULL : node_get(compose->services, name->text);
        struct node *merged = merge(loader, base ? base : nothing, over);
        if (!merged)
            return false;
        node_add(loader->tree, compose->services, name, merged);
    }
    return true;
}

static void merge_secrets(struct tree *tree, struct node *into, const struct node *secrets)
{
    for (size_t i = 0; i < secrets->count; i++) {
        if (node_has_tag(secrets->items[i], "!reset"))
            node_remove(into, secrets->keys[i]->text);
        else
            node_add(tree, into, secrets->keys[i], secrets->items[i]);
    }
}

static void note_first(struct loader *loader, struct node *first, const struct node *services)
{
    for (size_t i = 0; i < services->count; i++)
        if (!node_get(first, services->keys[i]->text) &&
            !node_has_tag(services->items[i], "!reset"))
            node_append(loader->tree, first, services->keys[i], services->items[i]);
}

static bool merge_file(struct loader *loader, struct compose *compose, struct node *first,
                       const struct node *root)
{
    static const char *const sections[] = {"services", "secrets", "configs", "volumes", "networks"};
    for (size_t i = 0; i < sizeof sections / sizeof sections[0]; i++) {
        struct node *section = node_get(root, sections[i]);
        if (node_is_null(section))
            continue;
        section = put_in(loader, section);
        if (!section)
            return false;
        if (i == 0)
            note_first(loader, first, section);
        if (i == 0 && !merge_services(loader, compose, section))
            return false;
        if (i == 1)
            merge_secrets(loader->tree, compose->secrets, section);
    }
    return true;
}

bool compose_load(const struct compose_files *files, const struct variables *variables,
                  struct compose *compose, struct error *error)
{
    struct tree *tree = tree_new();
    struct loader loader = {.files = files,
                            .tree = tree,
                            .interpolation = variables_interpolation(variables),
                            .error = error};
    *compose = (struct compose){
        .files = files,
        .tree = tree,
        .services = node_new(tree, NODE_MAPPING, files->roots[0]),
        .secrets = node_new(tree, NODE_MAPPING, files->roots[0]),
        .extended = node_new(tree, NODE_SEQUENCE, files->roots[0]),
    };
    loader.extended = compose->extended;
    struct node *first = node_new(tree, NODE_MAPPING, files->roots[0]);
    bool good = true;
    for (size_t i = 0; good && i < files->count; i++)
        good = merge_file(&loader, compose, first, files->roots[i]);
    good = good && extend_services(&loader, compose, first);
    for (size_t i = 0; i < loader.other_count; i++)
        free(loader.others[i].path);
    free(loader.others);
    free(loader.wholes);
    return good;
}

void compose_free(struct compose *compose)
{
    tree_free(compose->tree);
    *compose = (struct compose)COMPOSE_INIT;
}

/* ---- asking ---- */

bool compose_lists(const struct node *list, const char *text)
{
    for (size_t i = 0; list && i < list->count; i++)
        if (node_text(list->items[i]) && strcmp(list->items[i]->text, text) == 0)
            return true;
    return false;
}

bool compose_is_enabled(const struct node *service, const char *profiles)
{
    const struct node *own = node_get(service, "profiles");
    bool enabled = !own || own->count == 0;
    for (const char *at = profiles ? profiles : ""; !enabled && *at;) {
        size_t length = strcspn(at, ",");
        char *name = mem_copy_n(at, length);
        enabled = strcmp(name, "*") == 0 || compose_lists(own, name);
        free(name);
        at += length + (at[length] == ',');
    }
    return enabled;
}

char *compose_secret_target(const struct node *mount)
{
    const char *target = node_text(node_get(mount, "target"));
    if (!target || !*target)
        target = node_get(mount, "source")->text;
    return *target == '/' ? mem_copy(target) : mem_format(SECRETS_FOLDER "/%s", target);
}

char *compose_path(const struct compose_files *files, const char *path)
{
    return path_expanded(files->folder, path);
}

bool compose_secret_file(const struct compose *compose, const char *name, char **path,
                         struct error *error)
{
    const struct node *secret = node_get(compose->secrets, name);
    const char *file = node_text(node_get(secret, "file"));
    *path = file ? compose_path(compose->files, file) : NULL;
    if (*path)
        return true;
    char *shown = quote_for_message(name, strlen(name));
    error_set(error, ERROR_NOT_THERE, 0,
              secret ? "the secret %s comes from no file on this host"
                     : "the Compose files define no secret %s",
              shown);
    free(shown);
    return false;
}

static const struct node *find_mount(const struct node *service, const char *target)
{
    const struct node *mounts = node_get(service, "secrets");
    char *whole = *target == '/' ? mem_copy(target) : mem_format(SECRETS_FOLDER "/%s", target);
    const struct node *found = NULL;
    for (size_t i = 0; mounts && i < mounts->count && !found; i++) {
        char *theirs = compose_secret_target(mounts->items[i]);
        if (strcmp(theirs, whole) == 0)
            found = mounts->items[i];
        free(theirs);
    }
    free(whole);
    return found;
}

bool compose_has_mount(const struct node *service, const char *target)
{
    return find_mount(service, target) != NULL;
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

bool compose_service_secret(const struct compose *compose, const char *service, const char *target,
                            char **path, struct error *error)
{
    const struct node *mount = find_mount(node_get(compose->services, service), target);
    if (mount)
        return compose_secret_file(compose, node_get(mount, "source")->text, path, error);
    char *name = quote_for_message(service, strlen(service));
    char *shown = quote_for_message(target, strlen(target));
    error_set(error, ERROR_NOT_THERE, 0, "the service %s has no secret at %s", name, shown);
    free(shown);
    free(name);
    return false;
}

/*
 * The secret that a service reads its database's URL from, or NULL. Fails where it is told a path
 * at which it has none.
 */
static bool database_mount(const struct node *service, const char *name, const struct node **mount,
                           struct error *error)
{
    const struct node *file = node_get(node_get(service, "environment"), "DATABASE_URL_FILE");
    const char *path = node_text(file);
    if (path && *path) {
        *mount = find_mount(service, path);
        return *mount ||
               node_complain(file, error,
                             "DATABASE_URL_FILE of %s names a file at which it has no secret: add "
                             "one with that target, or name the file with --secret-file",
                             name);
    }
    *mount = find_mount(service, "database_url");
    if (!*mount)
        *mount = find_mount(service, "do_database_url");
    return true;
}

bool compose_database_file(const struct compose *compose, char **path, struct error *error)
{
    const struct node *backend = node_get(compose->services, "backend");
    const struct node *services = compose->services;
    const char *name = NULL;
    for (size_t i = 0; i < services->count; i++) {
        const struct node *mount = NULL;
        if (backend && services->items[i] != backend)
            continue;
        if (!database_mount(services->items[i], services->keys[i]->text, &mount, error))
            return false;
        const char *source = mount ? node_get(mount, "source")->text : NULL;
        if (source && name && strcmp(source, name) != 0)
            return node_complain(
                mount, error,
                "services read their database's URL from different secrets, and "
                "none of them is called backend: name the file with --secret-file");
        name = source ? source : name;
    }
    if (!name && node_get(compose->secrets, "do_database_url"))
        name = "do_database_url";
    if (!name && node_get(compose->secrets, "database_url"))
        name = "database_url";
    if (!name)
        return node_complain(compose->files->roots[0], error,
                             "no service has a secret at /run/secrets/database_url: add "
                             "docker/compose.digitalocean.yaml with another --compose, or name the "
                             "file with --secret-file");
    if (compose_secret_file(compose, name, path, error))
        return true;
    error->kind = ERROR_USAGE;
    return false;
}
