#include "config.h"

#include "compose/check.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/pattern.h"
#include "compose/credentials.h"
#include "compose/overlay.h"
#include "compose/ports.h"
#include "compose/restart.h"
#include "compose/secrets.h"
#include "compose/wiring.h"

/* ---- what Compose refuses ---- */

/* What to do, by what Compose says. */
static const struct {
    const char *part, *advice;
} refusals[] = {
    {"neither an image nor a build",
     "give the service an image in another file, call it as that file does, or take it out here"},
    {"undefined secret use_managed_db_", "set USE_MANAGED_DB to true or false"},
    {"undefined secret spaces_", "set USE_DO_SPACES to true or false"},
    {"undefined secret", "define it under the top-level secrets with its file, or take it out"},
    {"undefined network", "define it under the top-level networks, or take it out"},
    {"undefined volume", "define it under the top-level volumes, or take it out"},
    {"depends on undefined service",
     "take the dependency out, or give both the same profiles: what is left out is not there"},
    {"dependency cycle", "take one of these dependencies out"},
    {"env file", "write that file, or take it out of env_file"},
    {"required variable", "set it in the environment or in .env"},
    {"Additional property", "correct the key, or call it x-… if it is your own"},
    {"", "mend that: Compose starts nothing of these files"},
};

/* What Compose names: 1 a service; or 2 a section of the file and 3 a name in it. */
static struct pattern name_pattern =
    PATTERN("(?|service \"([^\"]+)\"|cycle detected: ([A-Za-z0-9_.-]+))|"
            "\\b(services|secrets|networks|volumes|configs)\\.([A-Za-z0-9_-]+)");

/* The key of an entry in the last file that has it, or NULL. */
static const struct node *find_key(const struct written *written, const char *section,
                                   struct span name)
{
    for (size_t i = written->roots->count; i > 0; i--) {
        const struct node *entries = node_get(written->roots->items[i - 1], section);
        for (size_t j = 0; entries && entries->kind == NODE_MAPPING && j < entries->count; j++)
            if (strlen(entries->keys[j]->text) == name.length &&
                memcmp(entries->keys[j]->text, name.start, name.length) == 0)
                return entries->keys[j];
    }
    return NULL;
}

static void check_refusal(const struct check *check, const struct resolved *resolved,
                          struct findings *findings)
{
    struct span groups[PATTERN_GROUPS];
    struct node nowhere = {.file = "Compose"};
    const struct node *at = NULL;
    const char *text = resolved->refusal;
    size_t number = 0;
    if (pattern_match(&name_pattern, text, strlen(text), 0, groups)) {
        bool is_service = groups[1].start != NULL;
        char *section =
            is_service ? mem_copy("services") : mem_copy_n(groups[2].start, groups[2].length);
        at = find_key(check->written, section, is_service ? groups[1] : groups[3]);
        free(section);
    }
    while (!strstr(text, refusals[number].part))
        number++;
    findings_add(findings, at ? at : &nowhere, FINDING_REFUSED,
                 mem_format("%sCompose refuses these files: %s", resolved->mode, text),
                 mem_copy(refusals[number].advice));
}

/* ---- secrets by name ---- */

static void check_twice(struct findings *findings, const char *name, const struct node *service)
{
    const struct node *mounts = node_get(service, "secrets");
    size_t count = mounts ? mounts->count : 0;
    char **targets = mem_array(count + 1, sizeof *targets);
    for (size_t i = 0; i < count; i++) {
        targets[i] = compose_secret_target(mounts->items[i]);
        for (size_t j = 0; j < i; j++)
            if (strcmp(targets[i], targets[j]) == 0)
                findings_add(findings, mounts->items[i], "secret-twice",
                             mem_format("%s has two secrets at %s", name, targets[i]),
                             mem_copy("leave one of them out: Docker mounts the last one, and "
                                      "Compose merges two only where both are written with a "
                                      "target"));
    }
    for (size_t i = 0; i < count; i++)
        free(targets[i]);
    free(targets);
}

static bool names_secret(const struct node *mounts, const char *name)
{
    for (size_t i = 0; mounts && mounts->kind == NODE_SEQUENCE && i < mounts->count; i++) {
        const struct node *mount = mounts->items[i];
        const char *source = node_text(mount) ? mount->text : node_text(node_get(mount, "source"));
        if (source && written_may_be(source, name))
            return true;
    }
    return false;
}

static bool is_named(const struct written *written, const char *name)
{
    for (size_t i = 0; i < written->roots->count; i++) {
        const struct node *services = node_get(written->roots->items[i], "services");
        for (size_t j = 0; services && j < services->count; j++) {
            const struct node *service = services->items[j];
            if (names_secret(node_get(service, "secrets"), name) ||
                names_secret(node_get(node_get(service, "build"), "secrets"), name))
                return true;
        }
    }
    return false;
}

/* A file under two names is used where one of them is. */
static bool is_used(const struct written *written, const struct node *secrets, size_t number)
{
    const char *file = node_text(node_get(secrets->items[number], "file"));
    bool used = is_named(written, secrets->keys[number]->text);
    for (size_t i = 0; !used && file && i < secrets->count; i++) {
        const char *other = node_text(node_get(secrets->items[i], "file"));
        used = other && strcmp(other, file) == 0 && is_named(written, secrets->keys[i]->text);
    }
    return used;
}

static void check_unused(struct findings *findings, const struct written *written)
{
    for (size_t i = 0; i < written->roots->count; i++) {
        const struct node *secrets = node_get(written->roots->items[i], "secrets");
        for (size_t j = 0; secrets && secrets->kind == NODE_MAPPING && j < secrets->count; j++)
            if (!is_used(written, secrets, j))
                findings_add(findings, secrets->keys[j], "secret-unused",
                             mem_format("the secret %s is defined and no service uses it",
                                        secrets->keys[j]->text),
                             mem_copy("add it to the secrets of the service that needs it, or "
                                      "take it out"));
    }
}

/* ---- all of it ---- */

static struct pattern postgres_pattern = PATTERN("postgres|postgis|pgvector|timescale|pgbouncer");

/* Where no switch says it, a project with a PostgreSQL of its own reads that one's URL. */
static bool is_managed(const struct check *check, const struct compose *compose)
{
    if (*check->use_managed_db)
        return strcmp(check->use_managed_db, "true") == 0;
    for (size_t i = 0; i < compose->services->count; i++) {
        const char *image = node_text(node_get(compose->services->items[i], "image"));
        if (image && pattern_match(&postgres_pattern, image, strlen(image), 0, NULL))
            return false;
    }
    return true;
}

static void check_project(const struct check *check, const struct resolved *resolved,
                          struct findings *findings)
{
    const struct compose *compose = &resolved->compose;
    const struct node *overlay = overlay_find(check->written);
    bool managed = overlay_is_managed(compose, is_managed(check, compose));
    bool has_files = check->has_files && !*resolved->mode;
    for (size_t i = 0; i < compose->services->count; i++) {
        const char *name = compose->services->keys[i]->text;
        const struct node *service = compose->services->items[i];
        check_twice(findings, name, service);
        check_wiring(findings, compose, check->written, name, service, managed);
        check_ports(findings, name, service, node_get(node_get(overlay, "services"), name) != NULL);
        if (has_files)
            check_secret_files(findings, compose, name, service, managed, check->may_be_elsewhere);
    }
    check_restart(findings, compose);
    if (overlay)
        check_overlay(findings, compose, overlay);
}

void compose_check(const struct check *check, struct findings *findings)
{
    for (size_t i = 0; i < check->count; i++)
        if (check->resolved[i].refusal)
            check_refusal(check, &check->resolved[i], findings);
        else
            check_project(check, &check->resolved[i], findings);
    for (size_t i = 0; i < check->written->roots->count; i++)
        check_credentials(findings, check->written->roots->items[i]);
    check_unused(findings, check->written);
    findings_sort(findings, check->written->roots);
}
