#include "config.h"

#include "compose.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "compose_merge.h"
#include "document.h"
#include "memory.h"
#include "pattern.h"
#include "text.h"

#define SECRETS_FOLDER "/run/secrets"
#define MAX_EXTENDS    20
#define MAX_OTHERS     100

static struct pattern name_pattern = PATTERN("[a-zA-Z0-9._-]+");

/* A file that is extended, read once. */
struct other_file {
    char *path;
    struct node *services;
};

struct loader {
    const struct compose_files *files;
    struct interpolation interpolation;
    struct error *error;
    struct other_file *others;
    size_t other_count;
};

/* ---- reading ---- */

static bool check_section(const struct node *section, const char *name, bool may_be_null,
                          struct error *error)
{
    if (node_is_null(section))
        return true;
    if (section->kind != NODE_MAPPING)
        return node_complain(section, error, "this is not Compose: %s has to be a mapping", name);
    for (size_t i = 0; i < section->count; i++) {
        const struct node *item = section->items[i];
        char *shown = text_quote(section->keys[i]->text, strlen(section->keys[i]->text));
        bool good = true;
        if (!pattern_is(&name_pattern, section->keys[i]->text))
            good = node_complain(section->keys[i], error,
                                 "this is not Compose: %s is no name, which is made of letters, "
                                 "digits, dots, - and _",
                                 shown);
        else if (item->kind != NODE_MAPPING && !(may_be_null && node_is_null(item)) &&
                 !node_has_tag(item, "!reset"))
            good = node_complain(item, error, "this is not Compose: %s has to be a mapping", shown);
        free(shown);
        if (!good)
            return false;
    }
    return true;
}

static bool check_root(const struct node *root, const char *path, struct error *error)
{
    static const char *const sections[] = {"services", "secrets", "configs", "volumes", "networks"};
    static const char *const others[] = {"version", "name", "include", "models"};
    if (!root)
        return error_set(error, ERROR_USAGE, 0, "%s: this is not Compose: the file is empty", path);
    if (root->kind != NODE_MAPPING)
        return node_complain(root, error, "this is not Compose: a mapping is expected");
    size_t known = 0;
    for (size_t i = 0; i < root->count; i++) {
        const char *key = root->keys[i]->text;
        bool found = strncmp(key, "x-", 2) == 0;
        for (size_t j = 0; j < sizeof sections / sizeof sections[0]; j++)
            if (strcmp(sections[j], key) == 0) {
                found = true;
                known++;
                if (!check_section(root->items[i], key, j != 0, error))
                    return false;
            }
        for (size_t j = 0; j < sizeof others / sizeof others[0]; j++)
            if (strcmp(others[j], key) == 0) {
                found = true;
                known += strcmp(key, "include") == 0;
            }
        if (!found) {
            char *shown = text_quote(key, strlen(key));
            node_complain(root->keys[i], error,
                          "this is not Compose: %s is no key of a Compose file", shown);
            free(shown);
            return false;
        }
    }
    return known || node_complain(root, error, "this is not Compose: there are no services");
}

/* A path without "." and "..", as the name says, whatever links there are. */
static char *normal_path(const char *folder, const char *path)
{
    char *whole = *path == '/' ? mem_copy(path) : mem_format("%s/%s", folder, path);
    struct buffer out = BUFFER_INIT;
    for (const char *at = whole; *at;) {
        size_t length = strcspn(at, "/");
        if (length == 2 && strncmp(at, "..", 2) == 0) {
            const char *slash = strrchr(buffer_text(&out), '/');
            out.length = slash ? (size_t)(slash - out.data) : 0;
            if (out.data)
                out.data[out.length] = '\0';
        } else if (length && !(length == 1 && *at == '.')) {
            buffer_add_text(&out, "/");
            buffer_add(&out, at, length);
        }
        at += length + (at[length] == '/');
    }
    free(whole);
    if (out.length == 0)
        buffer_add_text(&out, "/");
    return buffer_take(&out);
}

static char *working_folder(void)
{
    char *folder = mem_alloc(4096);
    if (getcwd(folder, 4096))
        return folder;
    free(folder);
    return mem_copy("/");
}

static char *folder_of_file(const char *path)
{
    char *here = working_folder();
    char *up = mem_format("%s/..", path);
    char *folder = normal_path(here, up);
    free(up);
    free(here);
    return folder;
}

bool compose_read(struct compose_files *files, char *const *paths, size_t count,
                  struct error *error)
{
    *files = (struct compose_files){.document = document_new(),
                                    .roots = mem_array(count, sizeof *files->roots),
                                    .folder = folder_of_file(count ? paths[0] : "x")};
    bool good = true;
    for (size_t i = 0; good && i < count; i++) {
        good = document_read(files->document, paths[i], &files->roots[i], error) &&
               check_root(files->roots[i], paths[i], error);
        files->count += good;
    }
    if (!good)
        compose_files_free(files);
    return good;
}

void compose_files_free(struct compose_files *files)
{
    document_free(files->document);
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
        copy = node_copy(loader->files->document, node);
        copy->written = node->text;
        copy->text = document_text(loader->files->document, buffer_text(&out), out.length);
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
            copy = node_copy(loader->files->document, node);
        if (copy)
            copy->items[i] = item;
    }
    return copy ? copy : node;
}

/* ---- extends ---- */

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
    else if (!document_read(loader->files->document, path, &root, &reason) ||
             !check_root(root, path, &reason))
        node_complain(at, loader->error, "cannot extend: %s", reason.text);
    else {
        struct node *services = node_get(root, "services");
        services = services ? put_in(loader, services) : root;
        if (!services)
            return NULL;
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
    char *path = file ? normal_path(folder, file) : NULL;
    char *next = path ? folder_of_file(path) : mem_copy(folder);
    struct node *from = path ? services_of(loader, extends, path) : services;
    struct node *base = from ? node_get(from, name) : NULL;
    if (from && (!base || base->kind != NODE_MAPPING)) {
        char *shown = text_quote(name, strlen(name));
        node_complain(extends, loader->error, "the service %s to extend is not there", shown);
        free(shown);
        base = NULL;
    }
    if (base)
        base = extended(loader, next, from, base, depth + 1);
    free(next);
    free(path);
    return base ? compose_merge_service(loader->files->document, base, service, loader->error)
                : NULL;
}

/* A service with what it extends below it, in its one form. */
static struct node *extended(struct loader *loader, const char *folder, struct node *services,
                             struct node *service, int depth)
{
    struct document *document = loader->files->document;
    struct node *extends = node_get(service, "extends");
    if (!extends)
        return compose_merge_service(document, NULL, service, loader->error);
    struct node *own = node_copy(document, service);
    node_remove(own, "extends");
    return extend(loader, folder, services, own, extends, depth);
}

/* ---- merging ---- */

static bool merge_services(struct loader *loader, struct compose *compose, struct node *services)
{
    struct document *document = loader->files->document;
    /* A service that is extended may stand in an earlier file. */
    struct node *known = node_copy(document, compose->services);
    for (size_t i = 0; i < services->count; i++)
        if (!node_has_tag(services->items[i], "!reset"))
            node_add(document, known, services->keys[i], services->items[i]);
    for (size_t i = 0; i < services->count; i++) {
        struct node *name = services->keys[i];
        struct node *over = services->items[i];
        if (node_has_tag(over, "!reset")) {
            node_remove(compose->services, name->text);
            continue;
        }
        const struct node *base =
            node_has_tag(over, "!override") ? NULL : node_get(compose->services, name->text);
        if (node_get(over, "extends")) {
            over = extended(loader, loader->files->folder, known, over, 0);
            if (!over)
                return false;
        }
        struct node *merged = compose_merge_service(document, base, over, loader->error);
        if (!merged)
            return false;
        node_add(document, compose->services, name, merged);
    }
    return true;
}

static void merge_secrets(struct document *document, struct node *into, const struct node *secrets)
{
    for (size_t i = 0; i < secrets->count; i++) {
        if (node_has_tag(secrets->items[i], "!reset"))
            node_remove(into, secrets->keys[i]->text);
        else
            node_add(document, into, secrets->keys[i], secrets->items[i]);
    }
}

static bool merge_file(struct loader *loader, struct compose *compose, const struct node *root)
{
    static const char *const sections[] = {"services", "secrets", "configs", "volumes", "networks"};
    for (size_t i = 0; i < sizeof sections / sizeof sections[0]; i++) {
        struct node *section = node_get(root, sections[i]);
        if (node_is_null(section))
            continue;
        section = put_in(loader, section);
        if (!section)
            return false;
        if (i == 0 && !merge_services(loader, compose, section))
            return false;
        if (i == 1)
            merge_secrets(loader->files->document, compose->secrets, section);
    }
    return true;
}

bool compose_load(const struct compose_files *files, const struct variables *variables,
                  struct compose *compose, struct error *error)
{
    struct loader loader = {
        .files = files, .interpolation = variables_interpolation(variables), .error = error};
    *compose = (struct compose){
        .files = files,
        .services = node_new(files->document, NODE_MAPPING, files->roots[0]),
        .secrets = node_new(files->document, NODE_MAPPING, files->roots[0]),
    };
    bool good = true;
    for (size_t i = 0; good && i < files->count; i++)
        good = merge_file(&loader, compose, files->roots[i]);
    for (size_t i = 0; i < loader.other_count; i++)
        free(loader.others[i].path);
    free(loader.others);
    return good;
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
    const char *home = getenv("HOME");
    if (*path != '~' || (path[1] && path[1] != '/') || !home || *home != '/')
        return normal_path(files->folder, path);
    return normal_path(home, path[1] ? path + 2 : ".");
}

bool compose_secret_file(const struct compose *compose, const char *name, char **path,
                         struct error *error)
{
    const struct node *secret = node_get(compose->secrets, name);
    const char *file = node_text(node_get(secret, "file"));
    *path = file ? compose_path(compose->files, file) : NULL;
    if (*path)
        return true;
    char *shown = text_quote(name, strlen(name));
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

bool compose_service_secret(const struct compose *compose, const char *service, const char *target,
                            char **path, struct error *error)
{
    const struct node *mount = find_mount(node_get(compose->services, service), target);
    if (mount)
        return compose_secret_file(compose, node_get(mount, "source")->text, path, error);
    char *name = text_quote(service, strlen(service));
    char *shown = text_quote(target, strlen(target));
    error_set(error, ERROR_NOT_THERE, 0, "the service %s has no secret at %s", name, shown);
    free(shown);
    free(name);
    return false;
}

/* The secret that a service reads its database's URL from, or NULL. */
static const struct node *database_mount(const struct node *service)
{
    const char *file = node_text(node_get(node_get(service, "environment"), "DATABASE_URL_FILE"));
    const struct node *mount = file && *file ? find_mount(service, file) : NULL;
    if (!mount)
        mount = find_mount(service, "database_url");
    return mount ? mount : find_mount(service, "do_database_url");
}

bool compose_database_file(const struct compose *compose, char **path, struct error *error)
{
    const struct node *backend = node_get(compose->services, "backend");
    const struct node *services = compose->services;
    const char *name = NULL;
    for (size_t i = 0; i < services->count; i++) {
        const struct node *mount =
            !backend || services->items[i] == backend ? database_mount(services->items[i]) : NULL;
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
