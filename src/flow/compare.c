#include "config.h"

#include "flow/compare.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/quote.h"
#include "flow/application.h"
#include "flow/preflight.h"
#include "flow/recover.h"
#include "flow/trusted_sources.h"
#include "flow/wait.h"

bool read_cluster(struct flow *flow, const char *cluster_id, struct error *error)
{
    return flow->cluster.region ||
           details_of_cluster(flow->doctl, cluster_id, &flow->cluster, error);
}

static bool is_same(const char *one, const char *other)
{
    return strcmp(one, other) == 0;
}

/* ---- a cluster ---- */

/* "db-s-2vcpu-4gb": how many processors, how many GiB; false for another form. */
static bool measure(const char *size, unsigned long measures[2])
{
    char *end = NULL;
    const char *processors = strstr(size, "vcpu-");
    const char *start = processors;
    while (start && start > size && start[-1] >= '0' && start[-1] <= '9')
        start--;
    if (!processors || start == processors)
        return false;
    measures[0] = strtoul(start, NULL, 10);
    measures[1] = strtoul(processors + strlen("vcpu-"), &end, 10);
    return measures[1] > 0 && is_same(end, "gb");
}

/* Whether a cluster can grow from one size to the other; the same size is one. */
static bool is_upward(const char *from, const char *to)
{
    unsigned long have[2];
    unsigned long want[2];
    return is_same(from, to) ||
           (measure(from, have) && measure(to, want) && want[0] >= have[0] && want[1] >= have[1]);
}

static void differ(struct flow *flow, const char *what, const char *have, const char *want,
                   const char *advice)
{
    note(flow, MARK_DIFFERS, "cluster", flow_get(flow, SETTING_CLUSTER_NAME),
         "%s is %s, wanted: %s; %s", what, *have ? have : "none", want, advice);
}

/* Each tag that was asked for and is not there. */
static void compare_tags(struct flow *flow)
{
    for (const char *at = flow_get(flow, SETTING_DB_TAGS); *at;) {
        size_t length = strcspn(at, ",");
        char *tag = mem_copy_n(at, length);
        char *wanted = mem_format(",%s,", tag);
        char *there = mem_format(",%s,", flow->cluster.tags);
        if (!strstr(there, wanted))
            note(flow, MARK_DIFFERS, "cluster", flow_get(flow, SETTING_CLUSTER_NAME),
                 "it lacks the tag %s; doctl tags clusters only when it makes them", tag);
        free(there);
        free(wanted);
        free(tag);
        at += length + (at[length] == ',');
    }
}

static bool resize(struct flow *flow, const char *cluster_id, const char *region, const char *nodes,
                   const char *size, struct error *error)
{
    const struct details *cluster = &flow->cluster;
    if (!preflight_cluster(flow, region, size, error))
        return false;
    note(flow, MARK_CHANGE, "cluster", flow_get(flow, SETTING_CLUSTER_NAME),
         "%s, nodes: %s becomes %s, nodes: %s; it costs more from then on, and takes some minutes",
         cluster->size, cluster->nodes, size, nodes);
    console_step(flow->console, "Resizing the cluster to %s, nodes: %s...", size, nodes);
    console_info(flow->console, "It costs more from now on; connections may break for a moment");
    if (!resize_cluster(flow, cluster_id, nodes, size, error) ||
        (!flow->settings->dry_run && !wait_until_online(flow, cluster_id, "resizing", error)))
        return false;
    details_free(&flow->cluster);
    console_success(flow->console, "Database cluster resized");
    return true;
}

/* Size and nodes, which doctl changes together. */
static bool compare_sizes(struct flow *flow, const char *cluster_id, const char *region,
                          const char *size, struct error *error)
{
    const struct details *cluster = &flow->cluster;
    const char *nodes = flow_get(flow, SETTING_NODES);
    bool fewer = strtoul(nodes, NULL, 10) < strtoul(cluster->nodes, NULL, 10);
    bool smaller = !is_upward(cluster->size, size);
    bool differs = !is_same(cluster->size, size) || !is_same(cluster->nodes, nodes);
    if (differs && flow->settings->apply && !fewer && !smaller)
        return resize(flow, cluster_id, region, nodes, size, error);
    if (!is_same(cluster->size, size))
        differ(flow, "the size", cluster->size, size,
               smaller ? "a cluster cannot be made smaller" : "--apply changes it");
    if (!is_same(cluster->nodes, nodes))
        differ(flow, "the number of nodes", cluster->nodes, nodes,
               fewer ? "fewer have to be set by hand" : "--apply changes it");
    return true;
}

bool compare_cluster(struct flow *flow, const char *cluster_id, const char *region,
                     const char *size, const char *vpc_uuid, struct error *error)
{
    const struct details *cluster = &flow->cluster;
    const char *version = flow_get(flow, SETTING_PG_VERSION);
    struct error failure = ERROR_INIT;
    note(flow, MARK_SAME, "cluster", flow_get(flow, SETTING_CLUSTER_NAME), "%s", "");
    if (!read_cluster(flow, cluster_id, &failure)) {
        *error = failure;
        if (failure.kind != ERROR_UNSUPPORTED)
            return false;
        *error = (struct error)ERROR_INIT;
        return true;
    }
    if (!is_same(cluster->region, region))
        differ(flow, "the region", cluster->region, region, "a cluster cannot be moved");
    else if (*vpc_uuid && !is_same(cluster->vpc_uuid, vpc_uuid))
        differ(flow, "the VPC", cluster->vpc_uuid, vpc_uuid, "a cluster cannot be moved");
    if (!is_same(cluster->version, version))
        differ(flow, "PostgreSQL", cluster->version, version,
               "doctl cannot upgrade it, the control panel can");
    const char *storage = flow_get(flow, SETTING_STORAGE);
    if (*storage && *cluster->storage && !is_same(cluster->storage, storage))
        differ(flow, "the storage in MiB", cluster->storage, storage,
               "'doctl databases resize' can add to it");
    compare_tags(flow);
    return compare_sizes(flow, cluster_id, region, size, error) && allows_differences(flow, error);
}

/* ---- a pool ---- */

/* A pool with another user is another application's: its URL would not be this one's. */
static bool is_ours(struct flow *flow, const struct pool *pool, const struct pool_request *wanted,
                    struct error *error)
{
    bool same = is_same(pool->user, wanted->user) && is_same(pool->database, wanted->database);
    return same || !has_application(flow) || flow->settings->dry_run ||
           error_set(error, ERROR_CONFLICT, 0,
                     "the connection pool %s belongs to the user %s and the database %s, not to "
                     "%s and %s: name a new pool with --pool, or change it with --apply",
                     wanted->name, *pool->user ? pool->user : "of each client", pool->database,
                     wanted->user, wanted->database);
}

static bool change_pool(struct flow *flow, const char *cluster_id,
                        const struct pool_request *wanted, const char *differences,
                        struct error *error)
{
    note(flow, MARK_CHANGE, "pool", wanted->name, "%s", differences);
    if (!update_pool(flow, cluster_id, wanted, error))
        return false;
    char *shown = quote_for_message(differences, strlen(differences));
    console_success(flow->console, "Connection pool changed: %s (%s)", wanted->name, shown);
    free(shown);
    return true;
}

static bool compare_values(struct flow *flow, const char *cluster_id, const struct pool *pool,
                           const struct pool_request *wanted, struct error *error)
{
    const struct {
        const char *what, *have, *want;
    } values[] = {{"the size", pool->size, wanted->size},
                  {"the mode", pool->mode, wanted->mode},
                  {"the database", pool->database, wanted->database},
                  {"the user", *pool->user ? pool->user : "each client's", wanted->user}};
    struct buffer text = BUFFER_INIT;
    /* The second pool of a rotation takes what the cluster has left (rotate.h). */
    bool is_second = *flow_get(flow, SETTING_APP_FIRST) &&
                     strtoul(pool->size, NULL, 10) < strtoul(wanted->size, NULL, 10);
    for (size_t i = is_second ? 1 : 0; i < sizeof values / sizeof values[0]; i++)
        if (!is_same(values[i].have, values[i].want))
            buffer_add_format(&text, "%s%s is %s, wanted: %s", text.length ? "; " : "",
                              values[i].what, values[i].have, values[i].want);
    bool good = true;
    if (!text.length)
        note(flow, MARK_SAME, "pool", wanted->name, "%s", "");
    else if (flow->settings->apply)
        good = change_pool(flow, cluster_id, wanted, buffer_text(&text), error);
    else if (is_ours(flow, pool, wanted, error))
        note(flow, MARK_DIFFERS, "pool", wanted->name, "%s; --apply changes it",
             buffer_text(&text));
    else
        good = false;
    buffer_free(&text);
    return good;
}

bool compare_pool(struct flow *flow, const char *cluster_id, const char *pool, const char *size,
                  struct error *error)
{
    const struct pool_request wanted = wanted_pool(flow, pool, size);
    struct pools shown = {.count = 0};
    if (flow->settings->faithful)
        return true;
    /* By their names alone nothing can be compared; it is only asked where it must be known. */
    if (!flow->pools.is_detailed && has_application(flow) &&
        !pools_read_shown(flow->doctl, cluster_id, &shown, error))
        return false;
    const struct pool *found = pools_find(flow->pools.is_detailed ? &flow->pools : &shown, pool);
    bool good = true;
    if (found)
        good = compare_values(flow, cluster_id, found, &wanted, error);
    else if (has_application(flow))
        good = error_set(error, ERROR_UNREADABLE, 0,
                         "could not read whose the connection pool %s is", pool);
    else
        note(flow, MARK_SAME, "pool", pool, "%s", "");
    pools_free(&shown);
    return good && allows_differences(flow, error);
}

/* ---- trusted sources ---- */

static bool is_asked_for(const struct flow *flow, const char *rule)
{
    const struct settings *settings = flow->settings;
    char *droplet = mem_format("droplet:%s", flow_get(flow, SETTING_DROPLET_ID));
    bool found = rules_same(rule, droplet);
    for (size_t i = 0; !found && i < settings->trust_count; i++)
        found = rules_same(rule, settings->trust[i]);
    free(droplet);
    return found;
}

bool compare_rules(struct flow *flow, const char *cluster_id, struct error *error)
{
    const struct rules *rules = &flow->rules;
    struct rules kept = {.count = 0};
    size_t others = 0;
    if (flow->settings->faithful || flow->rules_state != RULES_KNOWN)
        return true;
    for (size_t i = 0; i < rules->count; i++)
        if (is_asked_for(flow, rules->list[i]))
            rules_add(&kept, rules->list[i], "");
    bool prunes = flow->settings->prune_rules && kept.count > 0;
    /* Without a rule that was asked for, it is not said who may connect at all. */
    for (size_t i = 0; kept.count > 0 && i < rules->count; i++) {
        if (is_asked_for(flow, rules->list[i]))
            continue;
        others++;
        note(flow, prunes ? MARK_CHANGE : MARK_DIFFERS, "trusted source", rules->list[i],
             prunes ? "nobody asked for it: it is taken away"
                    : "nobody asked for it; --prune-rules takes it away");
    }
    bool good = !prunes || others == 0 || replace_trusted_sources(flow, cluster_id, &kept, error);
    rules_free(&kept);
    return good && allows_differences(flow, error);
}
