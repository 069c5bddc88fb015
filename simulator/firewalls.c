/* databases firewalls: a cluster's trusted sources. */
#include <errno.h>
#include <string.h>
#include <time.h>

#include "command.h"
#include "handlers.h"
#include "service.h"
#include "table.h"

enum { RULE_COLUMNS = 4 };

static const struct column rule_columns[RULE_COLUMNS] = {
    {"UUID", "UUID", ALWAYS, 0},
    {"ClusterUUID", "ClusterUUID", ALWAYS, 0},
    {"Type", "Type", ALWAYS, 0},
    {"Value", "Value", ALWAYS, 0},
};

static const struct table rule_table = {rule_columns, RULE_COLUMNS, false};

static bool rules_print(struct call *call, const char *cluster)
{
    const char **cells;
    size_t count = 0;

    cells = arena_take(call->arena,
                       (state_count(call->state, RULES) + 1) * RULE_COLUMNS * sizeof(*cells));
    for (size_t i = 0; i < state_count(call->state, RULES); i++) {
        const struct rule *rule = state_at(call->state, RULES, i);

        if (strcmp(rule->cluster, cluster) == 0) {
            const char *const row[RULE_COLUMNS] = {rule->uuid, rule->cluster, rule->type,
                                                   rule->value};

            memcpy(cells + count++ * RULE_COLUMNS, row, sizeof(row));
        }
    }
    return table_print(call, &rule_table, cells, count);
}

bool rule_list(struct call *call)
{
    struct cluster *cluster = cluster_wanted(call);

    return cluster != NULL && rules_print(call, cluster->id);
}

/* TYPE:VALUE, cut at the first colon; doctl itself minds when there is none. */
static bool rule_read(struct call *call, const char *string, struct rule *rule)
{
    const char *colon = strchr(string, ':');

    if (colon == NULL)
        return call_error(call, "Unexpected input value [[%s]], must be a key:value pair", string);
    rule->type = arena_slice(call->arena, string, (size_t)(colon - string));
    rule->value = colon + 1;
    return true;
}

/* What the API has to say against a rule; NULL: nothing. */
static const char *rule_objection(const struct call *call, const struct rule *rule)
{
    if (strcmp(rule->type, "droplet") == 0)
        return service_droplet(call, rule->value) == NULL ? "droplet not found" : NULL;
    if (strcmp(rule->type, "k8s") == 0 || strcmp(rule->type, "app") == 0)
        return service_uuid_ok(rule->value) ? NULL : "invalid firewall rule value";
    if (strcmp(rule->type, "tag") == 0)
        return service_tag_ok(rule->value) ? NULL : "invalid firewall rule value";
    if (strcmp(rule->type, "ip_addr") == 0)
        return service_address_ok(rule->value) ? NULL : "invalid firewall rule value";
    return "invalid firewall rule type";
}

/* PUT: these rules instead of all there were. A rule without a UUID is a new one. */
static bool rules_put(struct call *call, const char *cluster, const struct rule *rules,
                      size_t count)
{
    if (count > MOST_RULES)
        return refused(call, 422,
                       arena_format(call->arena,
                                    "a cluster can have no more than %d trusted "
                                    "sources",
                                    MOST_RULES));
    for (size_t i = 0; i < count; i++) {
        /* A Droplet that is gone does not stand in the way of the rules that remain. */
        const char *objection = rules[i].uuid == NULL ? rule_objection(call, &rules[i]) : NULL;

        if (objection != NULL)
            return refused(call, 422, objection);
    }
    for (size_t i = state_count(call->state, RULES); i-- > 0;)
        if (strcmp(((struct rule *)state_at(call->state, RULES, i))->cluster, cluster) == 0)
            state_remove(call->state, RULES, i);
    for (size_t i = 0; i < count; i++) {
        struct rule *rule = state_add(call->state, RULES);

        rule->cluster = cluster;
        rule->uuid = rules[i].uuid == NULL ? service_uuid(call) : rules[i].uuid;
        rule->type = rules[i].type;
        rule->value = rules[i].value;
    }
    return true;
}

/* A copy of the cluster's rules, with room for one more. */
static size_t rules_read(struct call *call, const char *cluster, struct rule **rules)
{
    size_t count = 0;

    *rules = arena_take(call->arena, (state_count(call->state, RULES) + 1) * sizeof(**rules));
    for (size_t i = 0; i < state_count(call->state, RULES); i++) {
        const struct rule *rule = state_at(call->state, RULES, i);

        if (strcmp(rule->cluster, cluster) == 0)
            (*rules)[count++] = *rule;
    }
    return count;
}

/* Nothing keeps others from writing between doctl's read and its write. False: the call is over. */
static bool between_read_and_write(struct call *call)
{
    struct timespec rest = {call->settings->race / 1000, call->settings->race % 1000 * 1000000};

    if (call->settings->race <= 0)
        return true;
    if (!state_end(call->state))
        return false;
    while (nanosleep(&rest, &rest) != 0 && errno == EINTR)
        continue;
    return state_begin(call->state) && cluster_wanted(call) != NULL;
}

bool rule_append(struct call *call)
{
    struct rule added = {NULL, NULL, NULL, NULL};
    struct cluster *cluster;
    struct rule *rules;
    const char *id;
    size_t count;

    if (!rule_read(call, call_option(call, "rule"), &added) ||
        (cluster = cluster_wanted(call)) == NULL)
        return false;
    id = cluster->id;
    count = rules_read(call, id, &rules);
    /* doctl sends the new one first. */
    memmove(rules + 1, rules, count++ * sizeof(*rules));
    rules[0] = added;
    return between_read_and_write(call) && rules_put(call, id, rules, count) &&
           rules_print(call, id);
}

bool rule_remove(struct call *call)
{
    struct cluster *cluster = cluster_wanted(call);
    struct rule *rules;
    const char *id;
    size_t count, kept = 0;

    if (cluster == NULL)
        return false;
    id = cluster->id;
    count = rules_read(call, id, &rules);
    for (size_t i = 0; i < count; i++)
        if (strcmp(rules[i].uuid, call_option(call, "uuid")) != 0)
            rules[kept++] = rules[i];
    return between_read_and_write(call) && rules_put(call, id, rules, kept) &&
           rules_print(call, id);
}

bool rule_replace(struct call *call)
{
    const char **pieces;
    size_t count = call_list(call, "rule", &pieces);
    struct rule *rules = arena_take(call->arena, (count + 1) * sizeof(*rules));
    struct cluster *cluster;

    for (size_t i = 0; i < count; i++)
        if (!rule_read(call, pieces[i], &rules[i]))
            return false;
    cluster = cluster_wanted(call);
    return cluster != NULL && rules_put(call, cluster->id, rules, count) &&
           rules_print(call, cluster->id);
}
