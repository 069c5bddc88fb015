#include "config.h"

#include "flow/names.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "doctl/compute.h"
#include "doctl/released.h"

/* Whether a hand-made doctl may mean an ID by a word that it could not find. */
static bool may_be_id(struct flow *flow, const struct error *failure)
{
    return (failure->kind == ERROR_NONE || failure->kind == ERROR_UNREADABLE ||
            failure->kind == ERROR_UNSUPPORTED) &&
           !doctl_is_released(flow->doctl);
}

static bool is_uuid(const char *word)
{
    return strlen(word) == 36 && strspn(word, "0123456789abcdefABCDEF-") == 36;
}

static bool find_cluster(struct flow *flow, const char *name, bool is_given, char **id,
                         struct error *error)
{
    struct cluster cluster;
    struct error failure = ERROR_INIT;
    if (!doctl_cluster_find(flow->doctl, name, &cluster, &failure) || !cluster.id) {
        if (is_given && may_be_id(flow, &failure)) {
            *id = mem_copy(name);
            return true;
        }
        *error = failure;
        return failure.kind == ERROR_NONE &&
               error_set(error, ERROR_USAGE, 0,
                         "there is no database cluster %s: 'doctl databases list' shows them",
                         name);
    }
    bool good = strcmp(cluster.engine, "pg") == 0 ||
                error_set(error, ERROR_CONFLICT, 0,
                          "the database cluster %s has the engine %.32s, not pg: name another "
                          "cluster",
                          name, cluster.engine);
    if (good)
        *id = mem_copy(cluster.id);
    cluster_free(&cluster);
    return good;
}

bool names_cluster(struct flow *flow, struct settings *settings, struct error *error)
{
    const char *given = settings_get(settings, SETTING_CLUSTER_ID);
    const char *name = *given ? given : settings_get(settings, SETTING_CLUSTER_NAME);
    char *id = NULL;
    if (settings->faithful && !*given)
        return error_set(error, ERROR_USAGE, 0, "with --faithful the cluster's ID is needed");
    if (settings->faithful || is_uuid(given))
        return true;
    if (!find_cluster(flow, name, *given, &id, error))
        return false;
    settings_put(settings, SETTING_CLUSTER_ID, id);
    free(id);
    return true;
}

/* *id is NULL where the word is an ID itself. */
static bool find_droplet(struct flow *flow, const char *word, char **id, struct error *error)
{
    struct droplet droplet = {.id = NULL};
    struct error failure = ERROR_INIT;
    *id = NULL;
    if (!word[strspn(word, "0123456789")])
        return true;
    bool found = compute_droplet_find(flow->doctl, word, &droplet, &failure) && droplet.id;
    if (found)
        *id = mem_copy(droplet.id);
    droplet_free(&droplet);
    if (found || may_be_id(flow, &failure))
        return true;
    *error = failure;
    return failure.kind == ERROR_NONE &&
           error_set(error, ERROR_USAGE, 0,
                     "there is no Droplet %s: 'doctl compute droplet list' shows them", word);
}

/* *id is NULL where the word is an ID itself. */
static bool find_listed(struct flow *flow, enum call_id list, const char *what, const char *word,
                        char **id, struct error *error)
{
    *id = NULL;
    if (is_uuid(word))
        return true;
    if (!doctl_find_id(flow->doctl, list, word, id, error))
        return false;
    return *id || error_set(error, ERROR_USAGE, 0, "there is no %s %s", what, word);
}

/* TYPE:ID for TYPE:NAME; *other is NULL where the rule has none. */
static bool resolve_rule(struct flow *flow, const char *rule, char **other, struct error *error)
{
    size_t type = strcspn(rule, ":");
    const char *value = rule[type] ? rule + type + 1 : "";
    char *id = NULL;
    bool good = true;
    *other = NULL;
    if (strncmp(rule, "droplet:", 8) == 0)
        good = find_droplet(flow, value, &id, error);
    else if (strncmp(rule, "k8s:", 4) == 0)
        good = find_listed(flow, CALL_KUBERNETES_LIST, "Kubernetes cluster", value, &id, error);
    else if (strncmp(rule, "app:", 4) == 0)
        good = find_listed(flow, CALL_APP_LIST, "app", value, &id, error);
    if (id)
        *other = mem_format("%.*s:%s", (int)type, rule, id);
    free(id);
    return good;
}

bool names_sources(struct flow *flow, struct settings *settings, struct error *error)
{
    char *other;
    if (settings->faithful)
        return true;
    if (!find_droplet(flow, settings_get(settings, SETTING_DROPLET_ID), &other, error))
        return false;
    if (other)
        settings_put(settings, SETTING_DROPLET_ID, other);
    free(other);
    if (!resolve_rule(flow, settings_get(settings, SETTING_RULE), &other, error))
        return false;
    if (other)
        settings_put(settings, SETTING_RULE, other);
    free(other);
    for (size_t i = 0; i < settings->trust_count; i++) {
        if (!resolve_rule(flow, settings->trust[i], &other, error))
            return false;
        if (!other)
            continue;
        free(settings->trust[i]);
        settings->trust[i] = other;
    }
    return true;
}
