#include "config.h"

#include "compose/merge.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/pattern.h"
#include "base/quote.h"
#include "yaml/parse.h"

enum rule {
    RULE_DEEP,    /* mappings key by key, lists one behind the other, else replaced */
    RULE_REPLACE, /* whole */
    RULE_PAIRS,   /* KEY=VALUE in a list, or a mapping */
    RULE_COLONS,  /* KEY:VALUE in a list, or a mapping */
    RULE_NAMES,   /* names in a list, or a mapping with more about each */
    RULE_LIST,    /* a text or a list; one behind the other */
    RULE_UNIQUE,  /* a list; what is there already is not added */
    RULE_SOURCE,  /* secrets and configs: a name, or a mapping with `source` */
    RULE_TARGET,  /* volumes and devices: SOURCE:TARGET, or a mapping with `target` */
    RULE_BUILD    /* a folder, or a mapping with `context` */
};

/* The keys of a service. */
static const struct {
    const char *key;
    enum rule rule;
} keys[] = {
    {"annotations", RULE_PAIRS},
    {"attach", RULE_REPLACE},
    {"blkio_config", RULE_DEEP},
    {"build", RULE_BUILD},
    {"cap_add", RULE_UNIQUE},
    {"cap_drop", RULE_UNIQUE},
    {"cgroup", RULE_REPLACE},
    {"cgroup_parent", RULE_REPLACE},
    {"command", RULE_REPLACE},
    {"configs", RULE_SOURCE},
    {"container_name", RULE_REPLACE},
    {"cpu_count", RULE_REPLACE},
    {"cpu_percent", RULE_REPLACE},
    {"cpu_period", RULE_REPLACE},
    {"cpu_quota", RULE_REPLACE},
    {"cpu_rt_period", RULE_REPLACE},
    {"cpu_rt_runtime", RULE_REPLACE},
    {"cpu_shares", RULE_REPLACE},
    {"cpus", RULE_REPLACE},
    {"cpuset", RULE_REPLACE},
    {"credential_spec", RULE_DEEP},
    {"depends_on", RULE_NAMES},
    {"deploy", RULE_DEEP},
    {"develop", RULE_DEEP},
    {"device_cgroup_rules", RULE_UNIQUE},
    {"devices", RULE_TARGET},
    {"dns", RULE_LIST},
    {"dns_opt", RULE_LIST},
    {"dns_search", RULE_LIST},
    {"domainname", RULE_REPLACE},
    {"entrypoint", RULE_REPLACE},
    {"env_file", RULE_LIST},
    {"environment", RULE_PAIRS},
    {"expose", RULE_UNIQUE},
    {"extends", RULE_REPLACE},
    {"external_links", RULE_UNIQUE},
    {"extra_hosts", RULE_COLONS},
    {"gpus", RULE_REPLACE},
    {"group_add", RULE_UNIQUE},
    {"healthcheck", RULE_DEEP},
    {"hostname", RULE_REPLACE},
    {"image", RULE_REPLACE},
    {"init", RULE_REPLACE},
    {"ipc", RULE_REPLACE},
    {"isolation", RULE_REPLACE},
    {"label_file", RULE_LIST},
    {"labels", RULE_PAIRS},
    {"links", RULE_UNIQUE},
    {"logging", RULE_DEEP},
    {"mac_address", RULE_REPLACE},
    {"mem_limit", RULE_REPLACE},
    {"mem_reservation", RULE_REPLACE},
    {"mem_swappiness", RULE_REPLACE},
    {"memswap_limit", RULE_REPLACE},
    {"models", RULE_NAMES},
    {"network_mode", RULE_REPLACE},
    {"networks", RULE_NAMES},
    {"oom_kill_disable", RULE_REPLACE},
    {"oom_score_adj", RULE_REPLACE},
    {"pid", RULE_REPLACE},
    {"pids_limit", RULE_REPLACE},
    {"platform", RULE_REPLACE},
    {"ports", RULE_UNIQUE},
    {"post_start", RULE_LIST},
    {"pre_stop", RULE_LIST},
    {"privileged", RULE_REPLACE},
    {"profiles", RULE_UNIQUE},
    {"provider", RULE_DEEP},
    {"pull_policy", RULE_REPLACE},
    {"read_only", RULE_REPLACE},
    {"restart", RULE_REPLACE},
    {"runtime", RULE_REPLACE},
    {"scale", RULE_REPLACE},
    {"secrets", RULE_SOURCE},
    {"security_opt", RULE_UNIQUE},
    {"shm_size", RULE_REPLACE},
    {"stdin_open", RULE_REPLACE},
    {"stop_grace_period", RULE_REPLACE},
    {"stop_signal", RULE_REPLACE},
    {"storage_opt", RULE_DEEP},
    {"sysctls", RULE_PAIRS},
    {"tmpfs", RULE_LIST},
    {"tty", RULE_REPLACE},
    {"ulimits", RULE_DEEP},
    {"use_api_socket", RULE_REPLACE},
    {"user", RULE_REPLACE},
    {"userns_mode", RULE_REPLACE},
    {"uts", RULE_REPLACE},
    {"volume_driver", RULE_REPLACE},
    {"volumes", RULE_TARGET},
    {"volumes_from", RULE_UNIQUE},
    {"working_dir", RULE_REPLACE},
};

static size_t find_key(const char *key)
{
    size_t i = 0;
    while (i < sizeof keys / sizeof keys[0] && strcmp(keys[i].key, key) != 0)
        i++;
    return i;
}

bool compose_knows_key(const char *key)
{
    return strncmp(key, "x-", 2) == 0 || find_key(key) < sizeof keys / sizeof keys[0];
}

/* The rule of a key that is deeper in a service. */
static enum rule inner_rule(const char *key)
{
    if (strcmp(key, "labels") == 0 || strcmp(key, "args") == 0)
        return RULE_PAIRS;
    if (strcmp(key, "extra_hosts") == 0)
        return RULE_COLONS;
    if (strcmp(key, "test") == 0)
        return RULE_REPLACE;
    return RULE_DEEP;
}

struct merger {
    struct tree *tree;
    bool is_over; /* over another service, if that has nothing */
    struct error *error;
};

/* ---- one form ---- */

static struct node *refuse(struct merger *merger, const struct node *node, const char *key,
                           const char *what)
{
    char *shown = quote_for_message(key, strlen(key));
    node_complain(node, merger->error, "this is not Compose: %s has to be %s", shown, what);
    free(shown);
    return NULL;
}

/* KEY=VALUE parted; a key alone has no value. */
static void add_pair(struct merger *merger, struct node *mapping, const struct node *item,
                     const char *separators)
{
    size_t length = strcspn(item->text, separators);
    struct node *key = node_scalar(merger->tree, "", item);
    key->text = tree_text(merger->tree, item->text, length);
    struct node *value = node_scalar(merger->tree, "", item);
    if (item->text[length]) {
        const char *text = item->text + length + 1;
        value->text = tree_text(merger->tree, text, strlen(text));
        value->is_plain = false;
    }
    const char *written = item->written ? strpbrk(item->written, separators) : NULL;
    if (written)
        value->written = tree_text(merger->tree, written + 1, strlen(written + 1));
    node_add(merger->tree, mapping, key, value);
}

static struct node *as_mapping(struct merger *merger, const char *key, const struct node *node,
                               const char *separators)
{
    struct node *mapping = node_new(merger->tree, NODE_MAPPING, node);
    mapping->tag = node->tag;
    if (node_is_null(node))
        return mapping;
    if (node->kind == NODE_MAPPING)
        return node_copy(merger->tree, node);
    if (node->kind != NODE_SEQUENCE || node->count > YAML_MAX_KEYS)
        return refuse(merger, node, key, "a mapping or a list");
    for (size_t i = 0; i < node->count; i++) {
        if (node->items[i]->kind != NODE_SCALAR)
            return refuse(merger, node->items[i], key, "a mapping or a list of plain values");
        add_pair(merger, mapping, node->items[i], separators);
    }
    return mapping;
}

static struct node *as_list(struct merger *merger, const char *key, const struct node *node)
{
    struct node *list = node_new(merger->tree, NODE_SEQUENCE, node);
    list->tag = node->tag;
    if (node_is_null(node))
        return list;
    if (node->kind == NODE_SEQUENCE)
        return node_copy(merger->tree, node);
    if (node->kind != NODE_SCALAR)
        return refuse(merger, node, key, "a list");
    node_add(merger->tree, list, NULL, node_copy(merger->tree, node));
    return list;
}

static struct node *as_text_list(struct merger *merger, const char *key, const struct node *node)
{
    bool is_ports = strcmp(key, "ports") == 0;
    if (node->kind != NODE_SEQUENCE && !node_is_null(node))
        return refuse(merger, node, key, "a list");
    for (size_t i = 0; i < node->count; i++)
        if (node->items[i]->kind != NODE_SCALAR &&
            !(is_ports && node->items[i]->kind == NODE_MAPPING))
            return refuse(merger, node->items[i], key, "a list of plain values");
    if (node->count > YAML_MAX_KEYS)
        return refuse(merger, node, key, "a shorter list");
    return as_list(merger, key, node);
}

/* Names with `source`, as mappings. */
static struct node *as_sources(struct merger *merger, const char *key, const struct node *node)
{
    struct node *list = as_list(merger, key, node);
    if (!list)
        return NULL;
    if ((node->kind == NODE_SCALAR && !node_is_null(node)) || list->count > YAML_MAX_KEYS)
        return refuse(merger, node, key, "a list of names or of mappings with a source");
    for (size_t i = 0; i < list->count; i++) {
        struct node *item = list->items[i];
        if (item->kind == NODE_SCALAR) {
            struct node *mapping = node_new(merger->tree, NODE_MAPPING, item);
            node_add(merger->tree, mapping, node_scalar(merger->tree, "source", item), item);
            list->items[i] = mapping;
        } else if (!node_text(node_get(item, "source"))) {
            return refuse(merger, item, key, "a list of names or of mappings with a source");
        }
    }
    return list;
}

static struct node *as_build(struct merger *merger, const char *key, const struct node *node)
{
    if (node->kind == NODE_MAPPING)
        return node_copy(merger->tree, node);
    if (node->kind != NODE_SCALAR)
        return refuse(merger, node, key, "a folder or a mapping");
    struct node *mapping = node_new(merger->tree, NODE_MAPPING, node);
    mapping->tag = node->tag;
    node_add(merger->tree, mapping, node_scalar(merger->tree, "context", node),
             node_copy(merger->tree, node));
    return mapping;
}

static struct node *in_one_form(struct merger *merger, const char *key, const struct node *node,
                                enum rule rule)
{
    switch (rule) {
    case RULE_PAIRS:
        return as_mapping(merger, key, node, "=");
    case RULE_COLONS:
        return as_mapping(merger, key, node, ":=");
    case RULE_NAMES:
        return as_mapping(merger, key, node, "");
    case RULE_LIST:
    case RULE_TARGET:
        return as_list(merger, key, node);
    case RULE_UNIQUE:
        return as_text_list(merger, key, node);
    case RULE_SOURCE:
        return as_sources(merger, key, node);
    case RULE_BUILD:
        return as_build(merger, key, node);
    case RULE_DEEP:
    case RULE_REPLACE:
        break;
    }
    return node_copy(merger->tree, node);
}

/* ---- one over another ---- */

/* The target of a volume or a device, which tells which one it takes the place of. */
static struct span target_of(const struct node *item)
{
    const char *text =
        item->kind == NODE_MAPPING ? node_text(node_get(item, "target")) : item->text;
    if (!text)
        return (struct span){"", 0};
    const char *colon = item->kind == NODE_SCALAR ? strchr(text, ':') : NULL;
    if (!colon)
        return (struct span){text, strlen(text)};
    return (struct span){colon + 1, strcspn(colon + 1, ":")};
}

static struct span text_of(const struct node *item)
{
    const char *text =
        item->kind == NODE_MAPPING ? node_text(node_get(item, "source")) : item->text;
    return (struct span){text ? text : "", text ? strlen(text) : 0};
}

struct named {
    struct span name;
    size_t at; /* in the one list behind the other */
};

static int compare_named(const void *one, const void *other)
{
    const struct named *first = one;
    const struct named *second = other;
    size_t length =
        first->name.length < second->name.length ? first->name.length : second->name.length;
    int order = length ? memcmp(first->name.start, second->name.start, length) : 0;
    if (order)
        return order;
    if (first->name.length != second->name.length)
        return first->name.length < second->name.length ? -1 : 1;
    return first->at < second->at ? -1 : 1;
}

static bool is_named_alike(const struct named *one, const struct named *other)
{
    return one->name.length && one->name.length == other->name.length &&
           memcmp(one->name.start, other->name.start, one->name.length) == 0;
}

/*
 * One list behind another (or behind nothing), in which the last one of a name takes the place of
 * the first. Compose 1.29 does so within one list too, once it merges at all.
 */
static struct node *unite(struct merger *merger, const struct node *base, const struct node *over,
                          struct span (*name)(const struct node *item))
{
    size_t before = base ? base->count : 0;
    size_t count = before + over->count;
    struct node *list = node_new(merger->tree, NODE_SEQUENCE, over);
    struct named *sorted = mem_array(count + 1, sizeof *sorted);
    struct node **items = mem_array(count + 1, sizeof *items);
    list->tag = over->tag;
    for (size_t i = 0; i < count; i++) {
        items[i] = i < before ? base->items[i] : over->items[i - before];
        sorted[i] = (struct named){name(items[i]), i};
    }
    qsort(sorted, count, sizeof *sorted, compare_named);
    for (size_t i = count; i > 1; i--)
        if (is_named_alike(&sorted[i - 2], &sorted[i - 1])) {
            items[sorted[i - 2].at] = items[sorted[i - 1].at];
            items[sorted[i - 1].at] = NULL;
        }
    for (size_t i = 0; i < count; i++)
        if (items[i])
            node_append(merger->tree, list, NULL, items[i]);
    free(items);
    free(sorted);
    return list;
}

static struct node *merge_value(struct merger *merger, const char *key, const struct node *base,
                                const struct node *over, enum rule rule);

static bool merge_entries(struct merger *merger, struct node *into, const struct node *over)
{
    for (size_t i = 0; i < over->count; i++) {
        const char *key = over->keys[i]->text;
        if (node_has_tag(over->items[i], "!reset")) {
            node_remove(into, key);
            continue;
        }
        struct node *value =
            merge_value(merger, key, node_get(into, key), over->items[i], inner_rule(key));
        if (!value)
            return false;
        node_add(merger->tree, into, over->keys[i], value);
    }
    return true;
}

/* The list over another one, or over nothing. */
static struct node *merge_list(struct merger *merger, const char *key, const struct node *base,
                               struct node *over, enum rule rule)
{
    if (rule == RULE_UNIQUE || rule == RULE_SOURCE || rule == RULE_TARGET) {
        if ((base && base->count > YAML_MAX_KEYS) || over->count > YAML_MAX_KEYS)
            return refuse(merger, over, key, "a shorter list");
        return unite(merger, base, over, rule == RULE_TARGET ? target_of : text_of);
    }
    if (!base)
        return over;
    struct node *merged = node_copy(merger->tree, base);
    for (size_t i = 0; i < over->count; i++)
        node_add(merger->tree, merged, NULL, over->items[i]);
    return merged;
}

static struct node *merge_mapping(struct merger *merger, const struct node *base,
                                  const struct node *over, enum rule rule)
{
    struct node *merged = node_copy(merger->tree, base);
    if (rule == RULE_DEEP || rule == RULE_BUILD)
        return merge_entries(merger, merged, over) ? merged : NULL;
    for (size_t i = 0; i < over->count; i++) {
        if (node_has_tag(over->items[i], "!reset"))
            node_remove(merged, over->keys[i]->text);
        else
            node_add(merger->tree, merged, over->keys[i], over->items[i]);
    }
    return merged;
}

static struct node *merge_value(struct merger *merger, const char *key, const struct node *base,
                                const struct node *over, enum rule rule)
{
    struct node *value = in_one_form(merger, key, over, rule);
    if (!value || !merger->is_over || node_has_tag(over, "!override"))
        return value;
    if (base && (rule == RULE_REPLACE || (rule == RULE_DEEP && base->kind != over->kind)))
        return node_is_null(over) ? node_copy(merger->tree, base) : value;
    if (value->kind == NODE_SCALAR || rule == RULE_REPLACE)
        return value;
    if (base && base->kind != value->kind)
        return refuse(merger, over, key, "of the same form in all files");
    if (value->kind == NODE_SEQUENCE)
        return merge_list(merger, key, base, value, rule);
    return base ? merge_mapping(merger, base, value, rule) : value;
}

struct node *compose_merge_service(struct tree *tree, const struct node *base,
                                   const struct node *over, struct error *error)
{
    struct merger merger = {tree, base != NULL, error};
    struct node *merged = base ? node_copy(tree, base) : node_new(tree, NODE_MAPPING, over);
    for (size_t i = 0; i < over->count; i++) {
        const char *key = over->keys[i]->text;
        size_t at = find_key(key);
        enum rule rule = at < sizeof keys / sizeof keys[0] ? keys[at].rule : RULE_DEEP;
        if (node_has_tag(over->items[i], "!reset")) {
            node_remove(merged, key);
            continue;
        }
        struct node *value = merge_value(&merger, key, node_get(merged, key), over->items[i], rule);
        if (!value)
            return NULL;
        node_add(tree, merged, over->keys[i], value);
    }
    return merged;
}
