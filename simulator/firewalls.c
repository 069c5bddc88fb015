/* databases firewalls: a cluster's trusted sources. */
#include <string.h>

#include "clusters.h"
#include "columns.h"
#include "forms.h"
#include "handlers.h"
#include "lookup.h"
#include "system.h"

enum { RULE_COLUMNS = 4, MOST_RULES = 100 };

static const struct column rule_columns[RULE_COLUMNS] = {
    {"UUID", "UUID", ALWAYS, 0},
    {"ClusterUUID", "ClusterUUID", ALWAYS, 0},
    {"Type", "Type", ALWAYS, 0},
    {"Value", "Value", ALWAYS, 0},
};

static const struct table rule_table = {rule_columns, RULE_COLUMNS, false};

/* Rules on their way from doctl to the API. One without a UUID is new. */
struct rules {
    struct rule *rules;
    size_t count;
};

/* --- reading and printing -------------------------------------------------------- */

/* A copy of the cluster's rules, with room for one more. */
static struct rules read_rules(struct call *call, const char *cluster)
{
    size_t most = rows_count(call->rows, RULES);
    struct rules copy = {arena_take(call->arena, (most + 1) * sizeof(*copy.rules)), 0};
    for (size_t i = 0; i < most; i++) {
        const struct rule *rule = rows_at(call->rows, RULES, i);
        if (strcmp(rule->cluster, cluster) == 0)
            copy.rules[copy.count++] = *rule;
    }
    return copy;
}

static bool print_rules(struct call *call, const char *cluster)
{
    struct rules shown = read_rules(call, cluster);
    const char **cells = arena_take(call->arena, (shown.count + 1) * RULE_COLUMNS * sizeof(*cells));
    for (size_t i = 0; i < shown.count; i++) {
        const struct rule *rule = &shown.rules[i];
        const char *const row[RULE_COLUMNS] = {rule->uuid, rule->cluster, rule->type, rule->value};
        memcpy(cells + i * RULE_COLUMNS, row, sizeof(row));
    }
    return columns_print(call, &rule_table, cells, shown.count);
}

bool firewalls_list(struct call *call)
{
    const struct cluster *cluster = clusters_wanted(call);
    return cluster && print_rules(call, cluster->id);
}

/* TYPE:VALUE, cut at the first colon; without one it is doctl itself that complains. */
static bool parse_rule(struct call *call, const char *string, struct rule *rule)
{
    const char *colon = strchr(string, ':');
    if (!colon)
        return call_error(call, "Unexpected input value [[%s]], must be a key:value pair", string);
    *rule = (struct rule){.type = arena_slice(call->arena, string, (size_t)(colon - string)),
                          .value = colon + 1};
    return true;
}

/* --- writing --------------------------------------------------------------------- */

/* What the API has against a rule; NULL: nothing. */
static const char *object_to_rule(const struct call *call, const struct rule *rule)
{
    static const struct {
        const char *type;
        bool (*is_value)(const char *value);
    } types[] = {
        {"k8s", forms_uuid}, {"app", forms_uuid}, {"tag", forms_tag}, {"ip_addr", forms_address}};
    if (strcmp(rule->type, "droplet") == 0)
        return lookup_droplet(call->rows, rule->value) ? NULL : "droplet not found";
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
        if (strcmp(rule->type, types[i].type) == 0)
            return types[i].is_value(rule->value) ? NULL : "invalid firewall rule value";
    return "invalid firewall rule type";
}

/* Only new rules are checked: a Droplet that is gone does not stand in the way of the others. */
static const char *object_to_rules(struct call *call, const struct rules *asked)
{
    const char *objection = NULL;
    if (asked->count > MOST_RULES)
        return arena_format(call->arena, "a cluster can have no more than %d trusted sources",
                            MOST_RULES);
    for (size_t i = 0; i < asked->count && !objection; i++)
        if (!asked->rules[i].uuid)
            objection = object_to_rule(call, &asked->rules[i]);
    return objection;
}

/* The API's PUT: these rules instead of all that there were. Prints them. */
static bool put_rules(struct call *call, const char *cluster, const struct rules *asked)
{
    const char *objection = object_to_rules(call, asked);
    if (objection)
        return call_refuse(call, 422, objection);
    for (size_t i = rows_count(call->rows, RULES); i-- > 0;)
        if (strcmp(((struct rule *)rows_at(call->rows, RULES, i))->cluster, cluster) == 0)
            rows_remove(call->rows, RULES, i);
    for (size_t i = 0; i < asked->count; i++) {
        struct rule *rule = rows_add(call->rows, RULES);
        *rule = asked->rules[i];
        rule->cluster = cluster;
        if (!rule->uuid)
            rule->uuid = invent_uuid(&call->invention);
    }
    return print_rules(call, cluster);
}

/* Nothing keeps others from writing between doctl's read and its write. False: the call is over. */
static bool let_others_write(struct call *call)
{
    if (call->environment->race_ms <= 0)
        return true;
    if (!storage_end(call->storage))
        return false;
    system_sleep(call->environment->race_ms);
    return storage_begin(call->storage) && clusters_wanted(call);
}

bool firewalls_append(struct call *call)
{
    struct rule added;
    if (!parse_rule(call, call_option(call, "rule"), &added))
        return false;
    const struct cluster *cluster = clusters_wanted(call);
    if (!cluster)
        return false;
    const char *id = cluster->id;
    struct rules all = read_rules(call, id);
    /* doctl sends the new one first. */
    memmove(all.rules + 1, all.rules, all.count++ * sizeof(*all.rules));
    all.rules[0] = added;
    return let_others_write(call) && put_rules(call, id, &all);
}

bool firewalls_remove(struct call *call)
{
    const struct cluster *cluster = clusters_wanted(call);
    if (!cluster)
        return false;
    const char *id = cluster->id;
    struct rules all = read_rules(call, id);
    struct rules kept = {all.rules, 0};
    for (size_t i = 0; i < all.count; i++)
        if (strcmp(all.rules[i].uuid, call_option(call, "uuid")) != 0)
            kept.rules[kept.count++] = all.rules[i];
    return let_others_write(call) && put_rules(call, id, &kept);
}

bool firewalls_replace(struct call *call)
{
    const char **pieces;
    size_t count = call_list(call, "rule", &pieces);
    struct rules asked = {arena_take(call->arena, (count + 1) * sizeof(*asked.rules)), count};
    for (size_t i = 0; i < count; i++)
        if (!parse_rule(call, pieces[i], &asked.rules[i]))
            return false;
    const struct cluster *cluster = clusters_wanted(call);
    return cluster && put_rules(call, cluster->id, &asked);
}
