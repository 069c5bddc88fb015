#include "config.h"

#include "compose/plan.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "compose/ports.h"

#define RULE     "plan"
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
    /* Under deploy, resources. NULL: nothing there and no restart policy either. */
    const char *cpus, *memory, *reserved_cpus, *reserved_memory;
} planned[] = {
    {"postgres", "self-hosted-db", {"5432", NULL}, "1.0", "1GB", "0.5", "512MB"},
    {"pgbouncer", "self-hosted-db", {"6432", NULL}, NULL, NULL, NULL, NULL},
    {"redis", NULL, {"6379", NULL}, "0.5", "512MB", "0.25", "256MB"},
    {"minio", "self-hosted-storage", {"9000", "9001"}, "0.5", "1GB", "0.25", "512MB"},
    {"backend", NULL, {NULL, NULL}, NULL, NULL, NULL, NULL},
};

/* What the backend is told, and the secret that it finds there in every mode, if it is one. */
static const struct {
    const char *variable, *path, *secret;
} backend_variables[] = {
    {"DATABASE_URL_FILE", URL_PATH, NULL},
    {"PGSSLROOTCERT", CA_PATH, NULL},
    {"NODE_EXTRA_CA_CERTS", CA_PATH, NULL},
    {"STACK_AUTH_SECRET_KEY_FILE", "/run/secrets/stack_auth_secret", "stack_auth_secret"},
};

static void add(struct findings *findings, const struct node *at, char *text, char *advice)
{
    findings_add(findings, at, RULE, text, advice);
}

const struct node *compose_find_overlay(const struct compose *compose)
{
    const struct compose_files *files = compose->files;
    for (size_t i = files->count; i > 0; i--) {
        const struct node *root = files->roots[i - 1];
        const char *slash = strrchr(root->file, '/');
        const char *name = slash ? slash + 1 : root->file;
        if (strncmp(name, "compose.digitalocean.", 21) == 0 ||
            node_get(node_get(root, "secrets"), "do_database_url"))
            return root;
        const struct node *services = node_get(root, "services");
        for (size_t j = 0; services && j < services->count; j++)
            if (compose_lists(node_get(services->items[j], "profiles"), "self-hosted-db"))
                return root;
    }
    return NULL;
}

/* ---- services ---- */

static void check_profile(struct findings *findings, const struct planned *plan,
                          const struct node *service)
{
    const struct node *own = node_get(service, "profiles");
    if (plan->profile && !compose_lists(own, plan->profile))
        add(findings, own ? own : service, mem_format("%s runs in every mode", plan->service),
            mem_format("give it the profile %s, which leaves it out where DigitalOcean's "
                       "service takes its place",
                       plan->profile));
}

static bool is_published(const struct node *ports, const char *number)
{
    bool found = false;
    for (size_t i = 0; ports && i < ports->count && !found; i++) {
        struct compose_port port;
        found = compose_port_read(ports->items[i], &port) && compose_port_is_local(&port) &&
                strcmp(port.target, number) == 0 && port.published &&
                strcmp(port.published, number) == 0;
        compose_port_free(&port);
    }
    return found;
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

static void check_deploy(struct findings *findings, const struct planned *plan,
                         const struct node *service)
{
    const struct node *policy = node_get(node_get(service, "deploy"), "restart_policy");
    const struct node *condition = node_get(policy, "condition");
    if (!plan->cpus)
        return;
    check_amount(findings, plan, service, "limits", "cpus", plan->cpus);
    check_amount(findings, plan, service, "limits", "memory", plan->memory);
    check_amount(findings, plan, service, "reservations", "cpus", plan->reserved_cpus);
    check_amount(findings, plan, service, "reservations", "memory", plan->reserved_memory);
    if (!node_text(condition) || strcmp(condition->text, "on-failure") != 0)
        add(findings, condition ? condition : service,
            mem_format("%s is not restarted when it fails", plan->service),
            mem_format("set deploy, restart_policy, condition to on-failure"));
}

static void check_planned(struct findings *findings, const struct compose *compose,
                          const struct node *overlay)
{
    for (size_t i = 0; i < sizeof planned / sizeof planned[0]; i++) {
        const struct planned *plan = &planned[i];
        const struct node *service = node_get(compose->services, plan->service);
        if (!service) {
            add(findings, overlay, mem_format("there is no service %s", plan->service),
                mem_format("define it: docs/COMPOSE.md tells what the overlay has"));
            continue;
        }
        check_profile(findings, plan, service);
        check_published(findings, plan, service);
        check_deploy(findings, plan, service);
    }
}

/* ---- secrets ---- */

static void check_defined(struct findings *findings, const struct compose *compose,
                          const struct node *overlay)
{
    for (size_t i = 0; i < sizeof secrets / sizeof secrets[0]; i++) {
        const struct node *secret = node_get(compose->secrets, secrets[i]);
        const struct node *file = node_get(secret, "file");
        const char *text = file && file->written ? file->written : node_text(file);
        char *wanted = mem_format(FOLDER "/%s", secrets[i]);
        if (!secret)
            add(findings, overlay, mem_format("the secret %s is not defined", secrets[i]),
                mem_format("define it under the top-level secrets, with the file %s", wanted));
        else if (!text || strcmp(text, wanted) != 0)
            add(findings, file ? file : secret,
                mem_format("the secret %s is not where managed-db keeps it", secrets[i]),
                mem_format("let its file be %s", wanted));
        free(wanted);
    }
}

static bool finds(const struct compose *compose, const char *target, const char *secret)
{
    char *found = NULL;
    char *wanted = NULL;
    struct error ignored = ERROR_INIT;
    /* A secret that is not defined is told as such. */
    bool good = !compose_secret_file(compose, secret, &wanted, &ignored) ||
                (compose_service_secret(compose, "backend", target, &found, &ignored) &&
                 strcmp(found, wanted) == 0);
    free(found);
    free(wanted);
    return good;
}

/* The backend is told where its secrets are, and finds the file of the mode there. */
static void check_wiring(struct findings *findings, const struct compose *compose, bool managed)
{
    const char *url = managed ? "do_database_url" : "database_url";
    const struct node *backend = node_get(compose->services, "backend");
    for (size_t i = 0; backend && i < sizeof backend_variables / sizeof backend_variables[0]; i++) {
        const struct node *environment = node_get(backend, "environment");
        const struct node *value = node_get(environment, backend_variables[i].variable);
        const char *text = node_text(value);
        bool is_told = text ? strcmp(text, backend_variables[i].path) == 0
                            : i == 0 && compose_is_told_url(backend, URL_PATH);
        if (!is_told)
            add(findings, value ? value : backend,
                mem_format("the backend is not told %s", backend_variables[i].variable),
                mem_format("set %s to %s in its environment", backend_variables[i].variable,
                           backend_variables[i].path));
        if (backend_variables[i].secret &&
            !finds(compose, backend_variables[i].path, backend_variables[i].secret))
            add(findings, backend,
                mem_format("the backend does not find the secret %s at %s",
                           backend_variables[i].secret, backend_variables[i].path),
                mem_format("add it to the backend's secrets"));
    }
    if (backend && !finds(compose, backend_variables[0].path, url))
        add(findings, backend,
            mem_format("the backend does not read its database's URL from %s where "
                       "USE_MANAGED_DB is %s",
                       url, managed ? "true" : "false"),
            mem_format("give it a secret at /run/secrets/database_url whose source follows "
                       "USE_MANAGED_DB (docs/COMPOSE.md)"));
}

void check_plan(struct findings *findings, const struct compose *compose, bool managed)
{
    const struct node *overlay = compose_find_overlay(compose);
    if (!overlay)
        return;
    check_planned(findings, compose, overlay);
    check_defined(findings, compose, overlay);
    check_wiring(findings, compose, managed);
}
