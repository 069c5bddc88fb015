#include "config.h"

#include "compose/check.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "base/pattern.h"
#include "base/quote.h"
#include "compose/credentials.h"
#include "compose/merge.h"
#include "compose/plan.h"
#include "compose/ports.h"
#include "compose/secrets.h"

#define MANAGED    "USE_MANAGED_DB"
#define SPACES     "USE_DO_SPACES"
#define URL_TARGET "database_url"

char *compose_mode_profiles(bool managed, bool spaces)
{
    return mem_format("%s%s%s", managed ? "" : "self-hosted-db", managed || spaces ? "" : ",",
                      spaces ? "" : "self-hosted-storage");
}

/* ---- services that need services ---- */

struct checker {
    const struct compose *compose;
    struct findings *findings;
    bool *used; /* which of the project's secrets some service names */
};

/* Whether a service may run while the other, which it needs, does not. Profiles are sorted. */
static bool may_run_without(const struct node *service, const struct node *other)
{
    const struct node *own = node_get(service, "profiles");
    const struct node *theirs = node_get(other, "profiles");
    if (!theirs || theirs->count == 0)
        return false;
    size_t at = 0;
    for (size_t i = 0; own && i < own->count; i++) {
        while (at < theirs->count && strcmp(theirs->items[at]->text, own->items[i]->text) < 0)
            at++;
        if (at == theirs->count || strcmp(theirs->items[at]->text, own->items[i]->text) != 0)
            return true;
    }
    return !own || own->count == 0;
}

#define MAX_SHOWN 10

static char *joined(const struct node *list)
{
    struct buffer out = BUFFER_INIT;
    for (size_t i = 0; i < list->count && i < MAX_SHOWN; i++)
        buffer_add_format(&out, "%s%s", i ? ", " : "", list->items[i]->text);
    if (list->count > MAX_SHOWN)
        buffer_add_text(&out, ", …");
    return buffer_take(&out);
}

static void check_need(struct checker *checker, const char *name, const struct node *service,
                       const struct node *at, const char *needed)
{
    const struct node *other = node_get(checker->compose->services, needed);
    if (!other) {
        char *shown = quote_for_message(needed, strlen(needed));
        findings_add(checker->findings, at, "need-undefined",
                     mem_format("%s needs the service %s, which no file defines", name, shown),
                     mem_format("define %s or take it out here", shown));
        free(shown);
    } else if (may_run_without(service, other)) {
        char *profiles = joined(node_get(other, "profiles"));
        findings_add(
            checker->findings, at, "need-profile",
            mem_format("%s needs %s, which runs only with the profile %s", name, needed, profiles),
            mem_format("give %s the profiles of %s, or take the dependency out: Compose does not "
                       "start with a service that needs one that is left out",
                       name, needed));
        free(profiles);
    }
}

/* What network_mode, ipc and pid name as service:NAME. */
static void check_shared(struct checker *checker, const char *name, const struct node *service)
{
    static const char *const keys[] = {"network_mode", "ipc", "pid"};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        const struct node *mode = node_get(service, keys[i]);
        const char *text = node_text(mode);
        if (text && strncmp(text, "service:", 8) == 0)
            check_need(checker, name, service, mode, text + 8);
    }
}

/* As YAML 1.1 reads it. */
static bool is_false(const struct node *node)
{
    static struct pattern pattern = PATTERN("(?i)false|no|off");
    return node_text(node) && node->is_plain && pattern_is(&pattern, node->text);
}

static void check_needs(struct checker *checker, const char *name, const struct node *service)
{
    static const char *const lists[] = {"links", "volumes_from"};
    const struct node *needs = node_get(service, "depends_on");
    for (size_t i = 0; needs && i < needs->count; i++) {
        if (!is_false(node_get(needs->items[i], "required")))
            check_need(checker, name, service, needs->keys[i], needs->keys[i]->text);
    }
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        const struct node *list = node_get(service, lists[i]);
        for (size_t j = 0; list && j < list->count; j++) {
            const char *text = list->items[j]->text;
            char *needed = mem_copy_n(text, strcspn(text, ":"));
            if (i == 0 || strcmp(needed, "container") != 0)
                check_need(checker, name, service, list->items[j], needed);
            free(needed);
        }
    }
    check_shared(checker, name, service);
}

/* Compose 1 does not take a key that is there without a value. */
static void check_empty(struct checker *checker, const struct node *root)
{
    static const char *const keys[] = {"depends_on", "environment", "labels",  "links",  "networks",
                                       "ports",      "profiles",    "secrets", "volumes"};
    const struct node *services = node_get(root, "services");
    for (size_t i = 0; services && i < services->count; i++)
        for (size_t j = 0; j < sizeof keys / sizeof keys[0]; j++) {
            const struct node *value = node_get(services->items[i], keys[j]);
            if (value && node_is_null(value) && !value->tag)
                findings_add(checker->findings, value, "empty",
                             mem_format("%s of %s is empty", keys[j], services->keys[i]->text),
                             mem_copy("take the key out, or write []: Compose 1 refuses it"));
        }
}

static void check_keys(struct checker *checker, const char *name, const struct node *service)
{
    for (size_t i = 0; i < service->count; i++) {
        const char *key = service->keys[i]->text;
        if (compose_knows_key(key))
            continue;
        char *shown = quote_for_message(key, strlen(key));
        findings_add(checker->findings, service->keys[i], "unknown-key",
                     mem_format("%s is no key of a Compose service (%s)", shown, name),
                     mem_format("correct it, or call it x-%s if it is your own", shown));
        free(shown);
    }
}

/* ---- secrets by name ---- */

/* A name with variables can stand for all that begin and end as it does. */
static bool may_mean(const char *written, const char *name)
{
    size_t before = strcspn(written, "$");
    const char *brace = strrchr(written, '}');
    const char *after = brace ? brace + 1 : "";
    size_t length = strlen(name);
    return length >= before + strlen(after) && strncmp(written, name, before) == 0 &&
           strcmp(name + length - strlen(after), after) == 0;
}

/* Whether a secret comes from anywhere. */
static bool is_given(const struct node *secret)
{
    static const char *const keys[] = {"file", "environment", "content", "driver"};
    const struct node *external = node_get(secret, "external");
    bool given = external && !is_false(external);
    for (size_t i = 0; !given && i < sizeof keys / sizeof keys[0]; i++)
        given = !node_is_null(node_get(secret, keys[i]));
    return given;
}

static void check_source(struct checker *checker, const char *name, const struct node *mount)
{
    const struct node *secrets = checker->compose->secrets;
    const struct node *source = mount->kind == NODE_SCALAR ? mount : node_get(mount, "source");
    const struct node *found = NULL;
    if (!node_text(source))
        return;
    for (size_t i = 0; i < secrets->count; i++) {
        const char *key = secrets->keys[i]->text;
        bool same = strcmp(key, source->text) == 0;
        if (same)
            found = secrets->items[i];
        if (same || (source->written && may_mean(source->written, key)))
            checker->used[i] = true;
    }
    if (found && is_given(found))
        return;
    char *shown = quote_for_message(source->text, strlen(source->text));
    findings_add(checker->findings, source, "secret-undefined",
                 mem_format("%s uses the secret %s, %s", name, shown,
                            found ? "which is defined without a file" : "which no file defines"),
                 mem_format("define it under the top-level secrets with its file, or take it out "
                            "here"));
    free(shown);
}

static void check_twice(struct checker *checker, const char *name, const struct node *mounts)
{
    char **targets = mem_array(mounts->count, sizeof *targets);
    for (size_t i = 0; i < mounts->count; i++) {
        targets[i] = compose_secret_target(mounts->items[i]);
        for (size_t j = 0; j < i; j++)
            if (strcmp(targets[i], targets[j]) == 0)
                findings_add(
                    checker->findings, mounts->items[i], "secret-twice",
                    mem_format("%s has two secrets at %s", name, targets[i]),
                    mem_format("leave the one in %s:%zu or this one out: Compose 1 does not start "
                               "with both",
                               mounts->items[j]->file, mounts->items[j]->line));
    }
    for (size_t i = 0; i < mounts->count; i++)
        free(targets[i]);
    free(targets);
}

static void check_secrets(struct checker *checker, const char *name, const struct node *service)
{
    const struct node *mounts = node_get(service, "secrets");
    const struct node *built = node_get(node_get(service, "build"), "secrets");
    for (size_t i = 0; mounts && i < mounts->count; i++)
        check_source(checker, name, mounts->items[i]);
    for (size_t i = 0; built && built->kind == NODE_SEQUENCE && i < built->count; i++)
        check_source(checker, name, built->items[i]);
    if (mounts)
        check_twice(checker, name, mounts);
}

static char *secret_path(const struct checker *checker, size_t number)
{
    const char *file = node_text(node_get(checker->compose->secrets->items[number], "file"));
    return file ? compose_path(checker->compose->files, file) : mem_copy("");
}

/* A file under two names is used where one of them is. */
static bool is_used(const struct checker *checker, size_t number)
{
    bool used = checker->used[number];
    char *path = secret_path(checker, number);
    for (size_t i = 0; !used && *path && i < checker->compose->secrets->count; i++) {
        char *other = checker->used[i] ? secret_path(checker, i) : mem_copy("");
        used = strcmp(path, other) == 0;
        free(other);
    }
    free(path);
    return used;
}

static void check_unused(struct checker *checker)
{
    const struct node *secrets = checker->compose->secrets;
    for (size_t i = 0; i < secrets->count; i++)
        if (!is_used(checker, i))
            findings_add(
                checker->findings, secrets->keys[i], "secret-unused",
                mem_format("the secret %s is defined and no service uses it",
                           secrets->keys[i]->text),
                mem_format("add it to the secrets of the service that needs it, or take it out"));
}

/* ---- all of it ---- */

/* DATABASE_URL_FILE names a path in /run/secrets at which the service has a secret. */
static void check_told(struct checker *checker, const char *name, const struct node *service)
{
    const struct node *file = node_get(node_get(service, "environment"), "DATABASE_URL_FILE");
    const char *path = node_text(file);
    if (!path || strncmp(path, "/run/secrets/", 13) != 0)
        return;
    if (!compose_has_mount(service, path))
        findings_add(
            checker->findings, file, "secret-undefined",
            mem_format("%s is told to read %s, and no secret of it is there", name, path),
            mem_format("add a secret with the target %s, or correct DATABASE_URL_FILE", path + 13));
}

/* The URL is there, and nothing says where: an application that reads DATABASE_URL does not see it. */
static void check_not_told(struct checker *checker, const char *name, const struct node *service)
{
    if (compose_has_mount(service, URL_TARGET) &&
        !compose_is_told_url(service, "/run/secrets/" URL_TARGET))
        findings_add(checker->findings, service, "secret-untold",
                     mem_format("%s has its database's URL at /run/secrets/" URL_TARGET
                                ", and is told of it by nothing",
                                name),
                     mem_format("set DATABASE_URL_FILE to that path, or let an entrypoint put it "
                                "into DATABASE_URL (docs/COMPOSE.md)"));
}

static void check_services(struct checker *checker)
{
    const struct node *services = checker->compose->services;
    const struct node *overlay = node_get(compose_find_overlay(checker->compose), "services");
    for (size_t i = 0; i < services->count; i++) {
        const char *name = services->keys[i]->text;
        const struct node *service = services->items[i];
        check_keys(checker, name, service);
        check_needs(checker, name, service);
        check_secrets(checker, name, service);
        check_told(checker, name, service);
        check_not_told(checker, name, service);
        check_ports(checker->findings, name, service, node_get(overlay, name) != NULL);
    }
}

/* Compose starts without what has a profile, unless COMPOSE_PROFILES says otherwise. */
static void note_left_out(struct findings *findings, const char *name)
{
    char *names = findings->left_out;
    findings->left_out = names ? mem_format("%s, %s", names, name) : mem_copy(name);
    free(names);
}

/* The two switches say true or false, and COMPOSE_PROFILES fits them. */
static void check_mode(struct checker *checker, const struct variables *variables)
{
    const struct node *at = checker->compose->files->roots[0];
    static const char *const switches[] = {MANAGED, SPACES};
    bool on[2] = {false, false};
    for (size_t i = 0; i < 2; i++) {
        const char *value = variables_get(variables, switches[i]);
        on[i] = value && strcmp(value, "true") == 0;
        if (value && *value && !on[i] && strcmp(value, "false") != 0)
            findings_add(checker->findings, at, "mode",
                         mem_format("%s is neither true nor false", switches[i]),
                         mem_format("set it to true or false, in the environment or in .env"));
    }
    const char *profiles = variables_get(variables, "COMPOSE_PROFILES");
    const struct node *services = checker->compose->services;
    const char *const profile[] = {"self-hosted-db", "self-hosted-storage"};
    for (size_t i = 0; i < services->count; i++)
        for (size_t j = 0; j < 2; j++) {
            const struct node *own = node_get(services->items[i], "profiles");
            if (!compose_lists(own, profile[j]) ||
                compose_is_enabled(services->items[i], profiles) != on[j])
                continue;
            if (!profiles)
                note_left_out(checker->findings, services->keys[i]->text);
            else
                findings_add(
                    checker->findings, own, "mode",
                    mem_format("COMPOSE_PROFILES and %s=%s disagree about %s", switches[j],
                               on[j] ? "true" : "false", services->keys[i]->text),
                    mem_format("take COMPOSE_PROFILES from 'managed-db compose profiles'"));
        }
}

static void check_now(struct checker *checker, const struct variables *variables)
{
    const char *managed = variables_get(variables, MANAGED);
    const char *spaces = variables_get(variables, SPACES);
    const char *set = variables_get(variables, "COMPOSE_PROFILES");
    const char *folder = variables_get(variables, "MANAGED_DB_SECRETS_DIR");
    char *profiles = set ? mem_copy(set)
                         : compose_mode_profiles(managed && strcmp(managed, "true") == 0,
                                                 spaces && strcmp(spaces, "true") == 0);
    const struct node *services = checker->compose->services;
    for (size_t i = 0; i < services->count; i++)
        if (compose_is_enabled(services->items[i], profiles))
            check_secret_files(checker->findings, checker->compose, services->keys[i]->text,
                               services->items[i], !folder || !*folder);
    free(profiles);
}

static void check_include(struct checker *checker)
{
    const struct compose_files *files = checker->compose->files;
    for (size_t i = 0; i < files->count; i++) {
        const struct node *include = node_get(files->roots[i], "include");
        if (include)
            findings_add(checker->findings, include, "include",
                         mem_copy("the files that are included here are not looked at"),
                         mem_copy("name them on the command line too"));
    }
}

/* ---- circles ---- */

enum state { STATE_NEW, STATE_OPEN, STATE_DONE };

/* Follows depends_on; a service that is open already needs itself. */
static void check_circle(struct checker *checker, enum state *states, size_t number)
{
    const struct node *services = checker->compose->services;
    const struct node *needs = node_get(services->items[number], "depends_on");
    states[number] = STATE_OPEN;
    for (size_t i = 0; needs && i < needs->count; i++) {
        size_t other = 0;
        while (other < services->count &&
               strcmp(services->keys[other]->text, needs->keys[i]->text) != 0)
            other++;
        if (other == services->count || states[other] == STATE_DONE)
            continue;
        if (states[other] == STATE_NEW)
            check_circle(checker, states, other);
        else
            findings_add(checker->findings, needs->keys[i], "need-circle",
                         mem_format("%s needs %s, which needs it in turn",
                                    services->keys[number]->text, services->keys[other]->text),
                         mem_format("take one of the dependencies out: Compose starts none of "
                                    "them"));
    }
    states[number] = STATE_DONE;
}

static void check_circles(struct checker *checker)
{
    const struct node *services = checker->compose->services;
    enum state *states = mem_array(services->count + 1, sizeof *states);
    for (size_t i = 0; i < services->count; i++)
        if (states[i] == STATE_NEW)
            check_circle(checker, states, i);
    free(states);
}

/* What stands in the files stands there in every mode. */
static void check_plain(struct checker *checker)
{
    const struct compose *compose = checker->compose;
    for (size_t i = 0; i < compose->services->count; i++)
        check_credentials(checker->findings, compose->services->keys[i]->text,
                          compose->services->items[i]);
    for (size_t i = 0; i < compose->files->count; i++) {
        check_texts(checker->findings, compose->files->roots[i]);
        check_empty(checker, compose->files->roots[i]);
    }
    check_texts(checker->findings, compose->extended);
}

static bool check_other_modes(struct checker *checker, struct compose *compose,
                              struct variables *variables, struct error *error)
{
    for (int mode = 0; mode < 4; mode++) {
        bool managed = mode & 1;
        variables_set(variables, MANAGED, managed ? "true" : "false");
        variables_set(variables, SPACES, mode & 2 ? "true" : "false");
        const struct compose_files *files = compose->files;
        compose_free(compose);
        if (!compose_load(files, variables, compose, error))
            return false;
        check_services(checker);
        check_plan(checker->findings, compose, managed);
    }
    return true;
}

bool compose_check(const struct compose_files *files, struct variables *variables,
                   struct findings *findings, struct error *error)
{
    struct compose compose;
    struct checker checker = {.compose = &compose, .findings = findings};
    *findings = (struct findings)FINDINGS_INIT;
    if (!compose_load(files, variables, &compose, error)) {
        compose_free(&compose);
        return false;
    }
    checker.used = mem_array(compose.secrets->count, sizeof *checker.used);
    check_services(&checker);
    check_mode(&checker, variables);
    check_now(&checker, variables);
    check_include(&checker);
    check_plain(&checker);
    check_circles(&checker);

    char *managed = mem_copy(variables_get(variables, MANAGED));
    char *spaces = mem_copy(variables_get(variables, SPACES));
    bool good = check_other_modes(&checker, &compose, variables, error);
    variables_set(variables, MANAGED, managed ? managed : "");
    variables_set(variables, SPACES, spaces ? spaces : "");
    free(managed);
    free(spaces);
    if (good) {
        check_unused(&checker);
        findings_sort(findings, files->roots, files->count);
    }
    free(checker.used);
    compose_free(&compose);
    return good;
}
