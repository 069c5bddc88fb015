#include "config.h"

#include "flow/names.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "doctl/compute.h"
#include "doctl/released.h"

#define DROPLET_RULE "droplet:"

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

/* droplet:ID for droplet:NAME; *other is NULL where the rule is none of a name. */
static bool resolve_rule(struct flow *flow, const char *rule, char **other, struct error *error)
{
    char *id;
    *other = NULL;
    if (strncmp(rule, DROPLET_RULE, strlen(DROPLET_RULE)) != 0)
        return true;
    if (!find_droplet(flow, rule + strlen(DROPLET_RULE), &id, error))
        return false;
    if (id)
        *other = mem_format(DROPLET_RULE "%s", id);
    free(id);
    return true;
}

bool names_droplets(struct flow *flow, struct settings *settings, struct error *error)
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
