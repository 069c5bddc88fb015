#include "config.h"

#include "flow/adopt.h"

#include <stdlib.h>
#include <string.h>

#include "base/quote.h"
#include "flow/compare.h"
#include "settings/parts.h"

static bool set(struct settings *adopted, enum setting setting, const char *value,
                struct error *error)
{
    return settings_set(adopted, setting, value, SOURCE_MANIFEST, "what doctl tells", error);
}

static bool is_plans(const struct pool *pool)
{
    return strcmp(pool->user, PLAN_USER) == 0 && strcmp(pool->database, PLAN_DATABASE) == 0;
}

/* A pool of doadmin in another database, or of each client's own user, has no words in a manifest. */
static bool can_be_said(const struct pool *pool, struct error *error)
{
    return settings_check(SETTING_POOL, pool->name, "name", error) &&
           settings_check(SETTING_POOL_SIZE, pool->size, "size", error) &&
           settings_check(SETTING_POOL_MODE, pool->mode, "mode", error) &&
           (is_plans(pool) ||
            (settings_check(SETTING_APP_USER, pool->user, "user", error) &&
             settings_check(SETTING_APP_DATABASE, pool->database, "database", error)));
}

static bool adopt_details(struct flow *flow, struct settings *adopted, struct error *error)
{
    const struct details *cluster = &flow->cluster;
    char *vpc = NULL;
    if (!doctl_vpc_name(flow->doctl, cluster->vpc_uuid, &vpc, error))
        return false;
    bool good = set(adopted, SETTING_CLUSTER_NAME, cluster->name, error) &&
                set(adopted, SETTING_REGION, cluster->region, error) &&
                set(adopted, SETTING_SIZE, cluster->size, error) &&
                set(adopted, SETTING_PG_VERSION, cluster->version, error) &&
                set(adopted, SETTING_NODES, cluster->nodes, error) &&
                set(adopted, SETTING_DB_TAGS, cluster->tags, error) &&
                set(adopted, SETTING_STORAGE, cluster->storage, error) &&
                set(adopted, SETTING_VPC_NAME, vpc ? vpc : "", error);
    free(vpc);
    return good;
}

/* The first pool is the settings' own; the others are listed. */
static bool adopt_pool(struct flow *flow, const struct pool *pool, struct settings *adopted,
                       struct error *error)
{
    struct error unsaid = ERROR_INIT;
    bool is_doadmins = is_plans(pool);
    const char *user = is_doadmins ? "" : pool->user;
    const char *database = is_doadmins ? "" : pool->database;
    if (!can_be_said(pool, &unsaid)) {
        char *name = quote_for_message(pool->name, strlen(pool->name));
        console_warning(flow->console, "The pool %s is left out: %s", name, unsaid.text);
        free(name);
        return true;
    }
    if (adopted->values[SETTING_POOL]) {
        parts_add_pool(adopted, pool->name, pool->size, pool->mode, user, database);
        return true;
    }
    return set(adopted, SETTING_POOL, pool->name, error) &&
           set(adopted, SETTING_POOL_SIZE, pool->size, error) &&
           set(adopted, SETTING_POOL_MODE, pool->mode, error) &&
           set(adopted, SETTING_APP_USER, user, error) &&
           set(adopted, SETTING_APP_DATABASE, database, error);
}

static bool adopt_rules(struct flow *flow, const char *cluster_id, struct settings *adopted,
                        struct error *error)
{
    struct rules rules;
    if (!rules_read(flow->doctl, cluster_id, &rules, error))
        return false;
    bool good = true;
    for (size_t i = 0; good && i < rules.count; i++)
        good = settings_add_trust(adopted, rules.list[i], "what doctl tells", error);
    rules_free(&rules);
    return good;
}

bool adopt_cluster(struct flow *flow, const char *cluster_id, struct settings *adopted,
                   struct error *error)
{
    struct pools pools;
    doctl_prefetch(flow->doctl, CALL_POOL_INFO, cluster_id, NULL);
    doctl_prefetch(flow->doctl, CALL_RULE_LIST, cluster_id, NULL);
    doctl_prefetch(flow->doctl, CALL_VPC_LIST, NULL, NULL);
    if (!read_cluster(flow, cluster_id, error) || !adopt_details(flow, adopted, error) ||
        !pools_read_shown(flow->doctl, cluster_id, &pools, error))
        return false;
    bool good = true;
    for (size_t i = 0; good && i < pools.count; i++)
        good = adopt_pool(flow, &pools.list[i], adopted, error);
    pools_free(&pools);
    return good && adopt_rules(flow, cluster_id, adopted, error);
}
