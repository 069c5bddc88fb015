#include "config.h"

#include "flow/ownership.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "base/quote.h"

#define MOST_SHOWN 256 /* bytes of a name */

/* A tag has no dots. */
char *deployment_tag(const char *droplet_name)
{
    char *tag = mem_format(DEPLOYMENT_TAG ":%s", droplet_name);
    for (char *at = tag; *at; at++)
        if (*at == '.')
            *at = '_';
    return tag;
}

char *deployment_tags(const char *more, const char *droplet_name)
{
    char *own = deployment_tag(droplet_name);
    char *tags = mem_format("%s%s" DEPLOYMENT_TAG ",%s", more, *more ? "," : "", own);
    free(own);
    return tags;
}

const char *deployment_own_name(const struct flow *flow, const struct item *droplet)
{
    const char *name = flow_get(flow, SETTING_DROPLET_NAME);
    return droplet ? droplet->name : *settings_droplet(flow->settings) ? "" : name;
}

void claim_free(struct claim *claim)
{
    free(claim->why);
    *claim = (struct claim){false, NULL};
}

static bool settle(struct claim *claim, bool is_ours, char *why)
{
    *claim = (struct claim){is_ours, why};
    return true;
}

/* ---- clusters ---- */

/* Who a cluster is for: evidence for this deployment, and others, as parts of a sentence. */
struct users {
    struct buffer own, others;
};

static void add_user(struct buffer *list, const char *what, const char *name, const char *id)
{
    buffer_add_format(list, "%s%s ", list->length ? ", " : "", what);
    quote_add_clean(list, name, strlen(name), list->length + MOST_SHOWN);
    if (id)
        buffer_add_format(list, " (%s)", id);
}

/* Whether there is still a Droplet of the deployment with this tag. */
static bool is_alive(const struct inventory *inventory, const char *tag)
{
    bool alive = false;
    for (size_t i = 0; !alive && i < inventory->count; i++) {
        const struct item *item = &inventory->items[i];
        char *own = deployment_tag(item->name);
        alive = item->kind == ITEM_DROPLET &&
                (inventory_has_tag(item->tags, tag) || inventory_has_tag(own, tag));
        free(own);
    }
    return alive;
}

/* A tag managed-db:NAME says which deployment made it. */
static void read_tags(const struct inventory *inventory, const char *tags, const char *own,
                      struct users *users)
{
    static const char prefix[] = DEPLOYMENT_TAG ":";
    for (const char *at = tags; *at;) {
        size_t length = strcspn(at, ",");
        char *tag = mem_format("%.*s", (int)length, at);
        if (inventory_has_tag(own, tag))
            buffer_add_format(&users->own, "it has the tag %s", tag);
        else if (strncmp(tag, prefix, sizeof prefix - 1) == 0 && is_alive(inventory, tag))
            add_user(&users->others, "the deployment", tag + sizeof prefix - 1, NULL);
        free(tag);
        at += length + (at[length] == ',');
    }
}

static void read_droplet_rule(const struct inventory *inventory, const struct item *droplet,
                              const char *id, struct users *users)
{
    const struct item *trusted = inventory_by_id(inventory, ITEM_DROPLET, id);
    if (trusted && trusted == droplet)
        add_user(&users->own,
                 users->own.length ? "and it trusts the Droplet" : "it trusts the Droplet",
                 droplet->name, NULL);
    else if (trusted)
        add_user(&users->others, "the Droplet", trusted->name, id);
}

/* A tag that only the Droplet of the deployment has is no other's. */
static void read_tag_rule(const struct inventory *inventory, const struct item *droplet,
                          const char *tag, struct users *users)
{
    size_t have = 0;
    for (size_t i = 0; i < inventory->count; i++) {
        const struct item *item = &inventory->items[i];
        if (item->kind != ITEM_DROPLET || !inventory_has_tag(item->tags, tag))
            continue;
        have++;
        if (item != droplet)
            add_user(&users->others, "the Droplet", item->name, item->id);
    }
    if (have == 0)
        add_user(&users->others, "the tag", tag, NULL);
}

static void read_rule(const struct inventory *inventory, const struct item *droplet,
                      const char *rule, struct users *users)
{
    const char *value = strchr(rule, ':') + 1;
    if (strncmp(rule, "droplet:", 8) == 0)
        read_droplet_rule(inventory, droplet, value, users);
    else if (strncmp(rule, "tag:", 4) == 0)
        read_tag_rule(inventory, droplet, value, users);
    else if (strncmp(rule, "app:", 4) == 0)
        add_user(&users->others, "the app", value, NULL);
    else if (strncmp(rule, "k8s:", 4) == 0)
        add_user(&users->others, "the Kubernetes cluster", value, NULL);
    /* An address is nobody in particular: most often who looks into the database. */
}

static bool read_users(struct flow *flow, const struct inventory *inventory,
                       const struct item *cluster, const struct item *droplet, struct users *users,
                       struct error *error)
{
    struct details place;
    struct rules rules = {.count = 0};
    struct error failure = ERROR_INIT;
    doctl_prefetch(flow->doctl, CALL_RULE_LIST, cluster->id, NULL);
    if (details_of_cluster(flow->doctl, cluster->id, &place, &failure)) {
        char *own = deployment_tag(deployment_own_name(flow, droplet));
        read_tags(inventory, place.tags, own, users);
        free(own);
        details_free(&place);
    } else if (failure.kind != ERROR_UNSUPPORTED) {
        *error = failure;
        return false;
    }
    /* Without the rules it is not known who else there is. */
    if (!rules_read(flow->doctl, cluster->id, &rules, error))
        return false;
    for (size_t i = 0; i < rules.count; i++)
        read_rule(inventory, droplet, rules.list[i], users);
    rules_free(&rules);
    return true;
}

static void judge_cluster(struct flow *flow, const struct item *cluster, struct users *users,
                          struct claim *claim)
{
    const char *own = buffer_text(&users->own);
    const char *others = buffer_text(&users->others);
    bool is_forced = strcmp(flow_get(flow, SETTING_FORCE_SHARED), cluster->name) == 0;
    if (is_forced)
        settle(claim, true,
               *others ? mem_format("--force-shared names it; it is used by %s too", others)
                       : mem_copy("--force-shared names it"));
    else if (*others)
        settle(claim, false, mem_format("it is used by %s too", others));
    else if (settings_self_hosted(flow->settings))
        settle(claim, false,
               mem_copy("USE_MANAGED_DB is not true: this deployment does not use it"));
    else if (!*own)
        settle(claim, false,
               mem_copy("nothing but its name says that it is this deployment's: no tag, and no "
                        "trusted source that is its Droplet"));
    else
        settle(claim, true, mem_copy(own));
}

bool claim_cluster(struct flow *flow, const struct inventory *inventory, const struct item *cluster,
                   const struct item *droplet, struct claim *claim, struct error *error)
{
    struct users users = {BUFFER_INIT, BUFFER_INIT};
    if (strcmp(cluster->engine, "pg") != 0)
        return settle(claim, false,
                      mem_format("it has the engine %.32s, not pg: it is not this deployment's",
                                 cluster->engine));
    bool good = read_users(flow, inventory, cluster, droplet, &users, error);
    if (good)
        judge_cluster(flow, cluster, &users, claim);
    buffer_free(&users.own);
    buffer_free(&users.others);
    return good;
}

/* ---- VPCs ---- */

/* Adds the clusters of the VPC, but for the one that goes. */
static bool add_clusters(struct flow *flow, const struct inventory *inventory,
                         const struct item *vpc, const struct item *cluster, struct buffer *members,
                         struct error *error)
{
    for (size_t i = 0; i < inventory->count; i++) {
        const struct item *item = &inventory->items[i];
        struct details place;
        if (item->kind != ITEM_CLUSTER || item == cluster)
            continue;
        if (!details_of_cluster(flow->doctl, item->id, &place, error))
            return false;
        if (strcmp(place.vpc_uuid, vpc->id) == 0)
            add_user(members, "the database cluster", item->name, NULL);
        details_free(&place);
    }
    return true;
}

bool claim_vpc(struct flow *flow, const struct inventory *inventory, const struct item *vpc,
               const struct item *droplet, const struct item *cluster, struct claim *claim,
               struct error *error)
{
    struct buffer members = BUFFER_INIT;
    if (vpc->is_default)
        return settle(claim, false, mem_copy("it is the default VPC of its region"));
    for (size_t i = 0; i < inventory->count; i++) {
        const struct item *item = &inventory->items[i];
        if (item->kind == ITEM_DROPLET && item != droplet && strcmp(item->vpc_uuid, vpc->id) == 0)
            add_user(&members, "the Droplet", item->name, item->id);
        else if (item->kind == ITEM_CLUSTER && item != cluster)
            doctl_prefetch(flow->doctl, CALL_CLUSTER_DETAILS, item->id, NULL);
    }
    bool good = add_clusters(flow, inventory, vpc, cluster, &members, error);
    if (good)
        settle(claim, !members.length,
               members.length ? mem_format("in it there is %s", buffer_text(&members))
                              : mem_copy("nothing else is in it"));
    buffer_free(&members);
    return good;
}
