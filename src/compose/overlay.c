#include "config.h"

#include "compose/overlay.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "compose/ports.h"

#define RULE     "overlay"
#define URL_PATH "/run/secrets/database_url"
#define CA_PATH  "/run/secrets/database_ca_true"
#define FOLDER   "${MANAGED_DB_SECRETS_DIR:-/opt/freshtrack-pro/secrets}"

/* The plan, task 2: what its overlay has. */
static const char *const secrets[] = {"postgres_password", "database_url",
                                      "stack_auth_secret", "do_database_url",
                                      "spaces_access_key", "spaces_secret_key"};

static const struct planned {
    const char *service, *profile;
    const char *ports[2]; /* on 127.0.0.1, the same inside and outside */
    /* Under deploy, resources; NULL: nothing there. */
    const char *cpus, *memory, *reserved_cpus, *reserved_memory;
} planned[] = {
    {"postgres", "self-hosted-db", {"5432", NULL}, "1.0", "1GB", "0.5", "512MB"},
    {"pgbouncer", "self-hosted-db", {"6432", NULL}, NULL, NULL, NULL, NULL},
    {"redis", NULL, {"6379", NULL}, "0.5", "512MB", "0.25", "256MB"},
    {"minio", "self-hosted-storage", {"9000", "9001"}, "0.5", "1GB", "0.25", "512MB"},
};

/* What the backend is told. */
static const struct {
    const char *variable, *path;
} backend_variables[] = {
    {"DATABASE_URL_FILE", URL_PATH},
    {"PGSSLROOTCERT", CA_PATH},
    {"NODE_EXTRA_CA_CERTS", CA_PATH},
    {"STACK_AUTH_SECRET_KEY_FILE", "/run/secrets/stack_auth_secret"},
};

/* The two switches: what the backend's secrets are called, and the profile that is on with false. */
static const struct a_switch {
    const char *variable, *target, *prefix, *profile, *service;
} switches[] = {
    {"USE_MANAGED_DB", "database_url", "use_managed_db_", "self-hosted-db", "postgres"},
    {"USE_DO_SPACES", "spaces_access_key", "spaces_access_key_", "self-hosted-storage", "minio"},
};

static void add(struct findings *findings, const struct node *at, char *text, char *advice)
{
    findings_add(findings, at, RULE, text, advice);
}

const struct node *overlay_find(const struct written *written)
{
    for (size_t i = written->own; i > 0; i--) {
        const struct node *root = written->roots->items[i - 1];
        const char *slash = strrchr(root->file, '/');
        const char *name = slash ? slash + 1 : root->file;
        if (strncmp(name, "compose.digitalocean.", 21) == 0 ||
            node_get(node_get(root, "secrets"), "use_managed_db_true"))
            return root;
    }
    return NULL;
}

static const char *value_of(const struct compose *compose, const struct a_switch *one)
{
    const struct node *backend = node_get(compose->services, "backend");
    const struct node *mount = backend ? compose_find_mount(backend, one->target) : NULL;
    const char *source = node_text(node_get(mount, "source"));
    size_t length = strlen(one->prefix);
    return source && strncmp(source, one->prefix, length) == 0 ? source + length : "";
}

bool overlay_is_managed(const struct compose *compose, bool otherwise)
{
    const char *value = value_of(compose, &switches[0]);
    return *value ? strcmp(value, "true") == 0 : otherwise;
}

/* ---- services ---- */

static bool lists(const struct node *list, const char *text)
{
    for (size_t i = 0; list && i < list->count; i++)
        if (node_text(list->items[i]) && strcmp(list->items[i]->text, text) == 0)
            return true;
    return false;
}

static void check_profile(struct findings *findings, const struct planned *plan,
                          const struct node *service)
{
    const struct node *own = node_get(service, "profiles");
    if (plan->profile && !lists(own, plan->profile))
        add(findings, own ? own : service, mem_format("%s runs in every mode", plan->service),
            mem_format("give it the profile %s, which leaves it out where DigitalOcean's "
                       "service takes its place",
                       plan->profile));
}

static bool is_published(const struct node *ports, const char *number)
{
    for (size_t i = 0; ports && i < ports->count; i++) {
        const char *target = node_text(node_get(ports->items[i], "target"));
        const char *published = node_text(node_get(ports->items[i], "published"));
        if (compose_port_is_local(ports->items[i]) && target && strcmp(target, number) == 0 &&
            published && strcmp(published, number) == 0)
            return true;
    }
    return false;
}

static void check_published(struct findings *findings, const struct planned *plan,
                            const struct node *service)
{
    const struct node *ports = node_get(service, "ports");
    for (size_t i = 0; i < 2 && plan->ports[i]; i++)
        if (!is_published(ports, plan->ports[i]))
            add(findings, ports ? ports : service,
                mem_format("%s does not publish port %s on 127.0.0.1", plan->service,
                           plan->ports[i]),
                mem_format("add '127.0.0.1:%s:%s' to its ports", plan->ports[i], plan->ports[i]));
}

/* A number, with a unit of Docker's: 1GB, 512m, 0.5. */
static double amount(const char *text)
{
    static const char units[] = "bkmgt";
    char *rest;
    double number = strtod(text, &rest);
    const char *unit = *rest ? strchr(units, *rest | 0x20) : NULL;
    for (ptrdiff_t i = unit ? unit - units : 0; i > 0; i--)
        number *= 1024;
    return number;
}

static void check_amount(struct findings *findings, const struct planned *plan,
                         const struct node *service, const char *kind, const char *key,
                         const char *wanted)
{
    const struct node *resources = node_get(node_get(service, "deploy"), "resources");
    const struct node *value = node_get(node_get(resources, kind), key);
    if (!node_text(value) || amount(value->text) != amount(wanted))
        add(findings, value ? value : service,
            mem_format("%s has not the %s of %s %s", plan->service, kind, key, wanted),
            mem_format("set deploy, resources, %s, %s to '%s'", kind, key, wanted));
}

static void check_resources(struct findings *findings, const struct planned *plan,
                            const struct node *service)
{
    if (!plan->cpus)
        return;
    check_amount(findings, plan, service, "limits", "cpus", plan->cpus);
    check_amount(findings, plan, service, "limits", "memory", plan->memory);
    check_amount(findings, plan, service, "reservations", "cpus", plan->reserved_cpus);
    check_amount(findings, plan, service, "reservations", "memory", plan->reserved_memory);
}

static void check_planned(struct findings *findings, const struct compose *compose)
{
    for (size_t i = 0; i < sizeof planned / sizeof planned[0]; i++) {
        const struct node *service = node_get(compose->services, planned[i].service);
        if (!service)
            continue;
        check_profile(findings, &planned[i], service);
        check_published(findings, &planned[i], service);
        check_resources(findings, &planned[i], service);
    }
}

/* ---- the modes ---- */

/* The switch says what the backend reads, the profiles what is started: they have to agree. */
static void check_switch(struct findings *findings, const struct compose *compose,
                         const struct node *overlay, const struct a_switch *one)
{
    const char *value = value_of(compose, one);
    const struct node *service = node_get(compose->services, one->service);
    const struct node *written = node_get(node_get(overlay, "services"), one->service);
    bool is_on = strcmp(value, "true") == 0;
    if (!written || (!is_on && strcmp(value, "false") != 0) || !service == is_on ||
        (service && !lists(node_get(service, "profiles"), one->profile)))
        return;
    findings_add(findings, service ? service : written, "mode",
                 mem_format("%s is %s, and %s %s", one->variable, value, one->service,
                            is_on ? "is started nevertheless" : "is not started"),
                 mem_format("'managed-db compose profiles --write' puts the profiles of the mode "
                            "into .env"));
}

/* ---- secrets ---- */

static void check_defined(struct findings *findings, const struct node *overlay)
{
    for (size_t i = 0; i < sizeof secrets / sizeof secrets[0]; i++) {
        const struct node *secret = node_get(node_get(overlay, "secrets"), secrets[i]);
        const struct node *file = node_get(secret, "file");
        char *wanted = mem_format(FOLDER "/%s", secrets[i]);
        if (!secret)
            add(findings, overlay, mem_format("the secret %s is not defined", secrets[i]),
                mem_format("define it under the top-level secrets, with the file %s", wanted));
        else if (!node_text(file) || strcmp(file->text, wanted) != 0)
            add(findings, file ? file : secret,
                mem_format("the secret %s is not where managed-db keeps it", secrets[i]),
                mem_format("let its file be %s", wanted));
        free(wanted);
    }
}

/* The backend is told where its secrets are, and which file is there follows the switch. */
static void check_backend(struct findings *findings, const struct compose *compose,
                          const struct node *overlay)
{
    const struct node *backend = node_get(compose->services, "backend");
    const struct node *environment = node_get(backend, "environment");
    if (!backend) {
        add(findings, overlay, mem_format("there is no service backend"),
            mem_format("call the application so, or write an overlay of your own (docs/COMPOSE.md, "
                       "\"Your own stack\")"));
        return;
    }
    for (size_t i = 0; i < sizeof backend_variables / sizeof backend_variables[0]; i++) {
        const struct node *value = node_get(environment, backend_variables[i].variable);
        const char *text = node_text(value);
        bool is_told = text ? strcmp(text, backend_variables[i].path) == 0
                            : i == 0 && compose_is_told_url(backend, URL_PATH);
        if (!is_told)
            add(findings, value ? value : backend,
                mem_format("the backend is not told %s", backend_variables[i].variable),
                mem_format("set %s to %s in its environment", backend_variables[i].variable,
                           backend_variables[i].path));
    }
    if (!*value_of(compose, &switches[0]))
        add(findings, backend,
            mem_format("the backend does not read its database's URL by USE_MANAGED_DB"),
            mem_format("give it a secret at " URL_PATH " with the source "
                       "use_managed_db_${USE_MANAGED_DB:-false} (docs/COMPOSE.md)"));
}

void check_overlay(struct findings *findings, const struct compose *compose,
                   const struct node *overlay)
{
    check_planned(findings, compose);
    check_defined(findings, overlay);
    check_backend(findings, compose, overlay);
    for (size_t i = 0; i < sizeof switches / sizeof switches[0]; i++)
        check_switch(findings, compose, overlay, &switches[i]);
}
