#include "config.h"

#include "compose_plan.h"

#include <stdlib.h>
#include <string.h>

#include "memory.h"

/* The plan, task 2: what its overlay has. */
static const char *const secrets[] = {"postgres_password", "database_url",
                                      "stack_auth_secret", "do_database_url",
                                      "spaces_access_key", "spaces_secret_key"};
static const struct {
    const char *service, *profile;
} profiles[] = {{"postgres", "self-hosted-db"},
                {"pgbouncer", "self-hosted-db"},
                {"minio", "self-hosted-storage"}};
static const char *const limited[] = {"postgres", "redis", "minio"};

#define RULE "plan"

static void add(struct findings *findings, const struct node *at, char *text, char *advice)
{
    findings_add(findings, at, RULE, text, advice);
}

/* Whether these files are the overlay of this project, or meant to be. */
static const struct node *find_overlay(const struct compose *compose)
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

static void check_profiles(struct findings *findings, const struct compose *compose)
{
    for (size_t i = 0; i < sizeof profiles / sizeof profiles[0]; i++) {
        const struct node *service = node_get(compose->services, profiles[i].service);
        const struct node *own = node_get(service, "profiles");
        if (service && !compose_lists(own, profiles[i].profile))
            add(findings, own ? own : service,
                mem_format("%s runs in every mode", profiles[i].service),
                mem_format("give it the profile %s, which leaves it out where DigitalOcean's "
                           "service takes its place",
                           profiles[i].profile));
    }
}

static void check_limits(struct findings *findings, const struct compose *compose)
{
    for (size_t i = 0; i < sizeof limited / sizeof limited[0]; i++) {
        const struct node *service = node_get(compose->services, limited[i]);
        const struct node *deploy = node_get(service, "deploy");
        if (service && !node_get(node_get(deploy, "resources"), "limits"))
            add(findings, service, mem_format("%s has no limits of CPU and memory", limited[i]),
                mem_format("set them under deploy, resources, limits"));
        if (service && !node_get(deploy, "restart_policy") && !node_get(service, "restart"))
            add(findings, service, mem_format("%s has no restart policy", limited[i]),
                mem_format("set one under deploy, restart_policy"));
    }
}

/* The backend reads its URL from the file of the mode. */
static void check_wiring(struct findings *findings, const struct compose *compose,
                         const struct node *overlay, bool managed)
{
    const char *name = managed ? "do_database_url" : "database_url";
    const struct node *backend = node_get(compose->services, "backend");
    char *wanted = NULL;
    char *found = NULL;
    struct error ignored = ERROR_INIT;
    if (!compose_secret_file(compose, name, &wanted, &ignored))
        return;
    if (!backend || !compose_database_file(compose, &found, &ignored) || strcmp(found, wanted) != 0)
        add(findings, backend ? backend : overlay,
            mem_format("the backend does not read its database's URL from %s where "
                       "USE_MANAGED_DB is %s",
                       name, managed ? "true" : "false"),
            mem_format("give it a secret at /run/secrets/database_url whose source follows "
                       "USE_MANAGED_DB (docs/COMPOSE.md)"));
    free(found);
    free(wanted);
}

void check_plan(struct findings *findings, const struct compose *compose, bool managed)
{
    const struct node *overlay = find_overlay(compose);
    if (!overlay)
        return;
    for (size_t i = 0; i < sizeof secrets / sizeof secrets[0]; i++)
        if (!node_get(compose->secrets, secrets[i]))
            add(findings, overlay, mem_format("the secret %s is not defined", secrets[i]),
                mem_format("define it under the top-level secrets, with its file in "
                           "MANAGED_DB_SECRETS_DIR"));
    check_profiles(findings, compose);
    check_limits(findings, compose);
    check_wiring(findings, compose, overlay, managed);
}
