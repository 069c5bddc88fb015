#include "config.h"

#include "flow/trusted_sources.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "flow/locks.h"
#include "flow/recover.h"

bool read_trusted_sources(struct flow *flow, const char *cluster_id, struct error *error)
{
    struct error failure = ERROR_INIT;
    if (flow->settings->faithful || flow->rules_state != RULES_NOT_ASKED)
        return true;
    if (rules_read(flow->doctl, cluster_id, &flow->rules, &failure)) {
        flow->rules_state = RULES_KNOWN;
    } else if (failure.kind == ERROR_UNSUPPORTED) {
        flow->rules_state = RULES_UNSUPPORTED;
    } else {
        *error = failure;
        return false;
    }
    return true;
}

static bool has_rule(const struct rules *rules, const char *rule)
{
    return rules_find(rules, rule) < rules->count;
}

static bool has_rules(const struct rules *rules, const struct rules *wanted)
{
    size_t i = 0;
    while (i < wanted->count && has_rule(rules, wanted->list[i]))
        i++;
    return i == wanted->count;
}

/* What doctl showed after a change is what is known from now on. */
static void keep(struct flow *flow, struct rules *now)
{
    rules_free(&flow->rules);
    flow->rules = *now;
}

/* DigitalOcean says only that a rule is wrong: one of a Droplet that is gone is found by asking. */
static void name_gone_droplet(struct flow *flow, const char *cluster_id, struct error *error)
{
    const struct rules *rules = &flow->rules;
    if (error->kind != ERROR_API || error->number != 422)
        return;
    for (size_t i = 0; i < rules->count; i++) {
        struct error failure = ERROR_INIT;
        char *address = NULL;
        const char *value = rules->list[i] + strcspn(rules->list[i], ":");
        if (strncmp(rules->list[i], "droplet:", 8) != 0 ||
            value[1 + strspn(value + 1, "0123456789")])
            continue;
        doctl_droplet_private_ip(flow->doctl, rules->list[i] + 8, &address, &failure);
        free(address);
        if (failure.kind == ERROR_API && failure.number == 404)
            error_advise(error,
                         "the Droplet of the trusted source %s is gone, and may be in the way: "
                         "'managed-db untrust %s %s' removes it",
                         rules->list[i], cluster_id, rules->list[i]);
    }
}

/* In a rehearsal: what would be there. doctl puts one rule before the others, or replaces all. */
static void expect(struct flow *flow, const struct rules *wanted, struct rules *now)
{
    for (size_t i = 0; i < wanted->count; i++)
        rules_add(now, wanted->list[i], "");
    for (size_t i = 0; wanted->count == 1 && i < flow->rules.count; i++)
        rules_add(now, flow->rules.list[i], "");
}

/*
 * Sees that all of `wanted` is in force after a change, which showed `now`, or failed with
 * *failure: what doctl did not show is read back.
 */
static bool settle(struct flow *flow, const char *cluster_id, const struct rules *wanted,
                   struct rules *now, const struct error *failure, bool *there, struct error *error)
{
    struct error unread = ERROR_INIT;
    bool failed = failure->kind != ERROR_NONE;
    if (flow->settings->dry_run && !failed)
        expect(flow, wanted, now);
    *there = !failed && has_rules(now, wanted);
    if (*there) {
        keep(flow, now);
        return true;
    }
    rules_free(now);
    *error = *failure;
    if (failed && !may_have_happened(flow, failure))
        return false;
    bool known = !flow->settings->faithful && rules_read(flow->doctl, cluster_id, now, &unread);
    if (!known && (failed || (unread.kind != ERROR_NONE && unread.kind != ERROR_UNSUPPORTED))) {
        if (!failed)
            *error = unread;
        return false;
    }
    *there = !known || has_rules(now, wanted);
    for (size_t i = 0; !known && i < wanted->count; i++)
        rules_add(&flow->rules, wanted->list[i], "");
    if (known)
        keep(flow, now);
    if (failed && *there)
        found_after_all(flow, true, "the trusted source");
    return *there || !failed;
}

static bool not_there(const char *rule, struct error *error)
{
    return error_set(error, ERROR_UNREADABLE, 0,
                     "doctl said that it added the trusted source %s, but it is not there: run "
                     "again",
                     rule);
}

bool add_trusted_source(struct flow *flow, const char *cluster_id, const char *rule, bool *added,
                        struct error *error)
{
    struct rules now = {.count = 0};
    struct rules wanted = {.count = 0};
    struct error failure = ERROR_INIT;
    bool there;
    *added = false;
    if (!lock_rules(flow, cluster_id, error) || !read_trusted_sources(flow, cluster_id, error))
        return false;
    if (has_rule(&flow->rules, rule)) {
        note(flow, MARK_SAME, "trusted source", rule, "%s", "");
        return true;
    }
    note(flow, MARK_MAKE, "trusted source", rule, "%s", "");
    rules_add(&wanted, rule, "");
    *added = rules_append(flow->doctl, cluster_id, rule, &now, &failure);
    bool good = settle(flow, cluster_id, &wanted, &now, &failure, &there, error);
    rules_free(&wanted);
    if (!good)
        name_gone_droplet(flow, cluster_id, error);
    else if (!there)
        good = not_there(rule, error);
    flow->changes += good;
    return good;
}

/* ---- several ---- */

/* The rules as they are now, and the missing ones. */
static bool join(struct flow *flow, const char *cluster_id, const struct rules *missing,
                 struct rules *all, struct error *error)
{
    *all = (struct rules){.count = 0};
    for (size_t i = 0; flow->settings->dry_run && i < flow->rules.count; i++)
        rules_add(all, flow->rules.list[i], "");
    if (!flow->settings->dry_run && !rules_read(flow->doctl, cluster_id, all, error))
        return false;
    for (size_t i = 0; i < missing->count; i++)
        if (!has_rule(all, missing->list[i]))
            rules_add(all, missing->list[i], "");
    return true;
}

/*
 * All of them in one request: what others have added is read just before, and what is not there
 * after it is tried once more.
 */
static bool add_together(struct flow *flow, const char *cluster_id, const struct rules *missing,
                         struct error *error)
{
    bool there = false;
    for (int attempt = 0; attempt < 2 && !there; attempt++) {
        struct rules all;
        struct rules now = {.count = 0};
        struct error failure = ERROR_INIT;
        if (!join(flow, cluster_id, missing, &all, error))
            return false;
        for (size_t i = 0; i < missing->count; i++)
            note(flow, MARK_MAKE, "trusted source", missing->list[i], "%s", "");
        rules_replace(flow->doctl, cluster_id, &all, &now, &failure);
        bool good = settle(flow, cluster_id, &all, &now, &failure, &there, error);
        rules_free(&all);
        if (!good) {
            name_gone_droplet(flow, cluster_id, error);
            return false;
        }
    }
    flow->changes++;
    return there || not_there(missing->list[0], error);
}

bool add_trusted_sources(struct flow *flow, struct error *error)
{
    const struct settings *settings = flow->settings;
    struct rules missing = {.count = 0};
    bool good = settings->faithful || read_trusted_sources(flow, flow->cluster_id, error);
    for (size_t i = 0; good && !settings->faithful && i < settings->trust_count; i++)
        if (!has_rule(&flow->rules, settings->trust[i]) && !has_rule(&missing, settings->trust[i]))
            rules_add(&missing, settings->trust[i], "");
    bool together = missing.count > 1 && flow->rules_state == RULES_KNOWN;
    if (together)
        good = lock_rules(flow, flow->cluster_id, error) &&
               add_together(flow, flow->cluster_id, &missing, error);
    for (size_t i = 0; good && !settings->faithful && i < settings->trust_count; i++) {
        const char *rule = settings->trust[i];
        bool added;
        good = add_trusted_source(flow, flow->cluster_id, rule, &added, error);
        added = added || (together && has_rule(&missing, rule));
        if (good)
            console_success(
                flow->console,
                added ? "Added trusted source: %s" : "Trusted source is there already: %s", rule);
    }
    rules_free(&missing);
    return good;
}

bool replace_trusted_sources(struct flow *flow, const char *cluster_id, const struct rules *wanted,
                             struct error *error)
{
    struct rules now = {.count = 0};
    struct error failure = ERROR_INIT;
    bool there;
    if (!lock_rules(flow, cluster_id, error))
        return false;
    rules_replace(flow->doctl, cluster_id, wanted, &now, &failure);
    if (!settle(flow, cluster_id, wanted, &now, &failure, &there, error))
        return false;
    console_success(flow->console, "Trusted sources that nobody asked for are taken away");
    flow->changes++;
    return there || not_there(wanted->list[0], error);
}

bool remove_trusted_source(struct flow *flow, const char *cluster_id, const char *rule,
                           struct error *error)
{
    struct rules *rules = &flow->rules;
    struct rules now = {.count = 0};
    if (!lock_rules(flow, cluster_id, error) || !rules_read(flow->doctl, cluster_id, rules, error))
        return false;
    size_t at = rules_find(rules, rule);
    if (at == rules->count)
        return error_set(error, ERROR_NOT_THERE, 0, "%s is not a trusted source of the cluster %s",
                         rule, cluster_id);
    if (rules->count == 1)
        return error_set(error, ERROR_CONFLICT, 0,
                         "%s is the last trusted source of the cluster %s, and without one every "
                         "address may connect: add another one first",
                         rules->list[at], cluster_id);
    if (!rules_remove(flow->doctl, cluster_id, rules->uuids[at], &now, error))
        return false;
    bool is_read = now.count > 0 || rules_read(flow->doctl, cluster_id, &now, error);
    bool still = is_read && has_rule(&now, rule);
    rules_free(&now);
    if (still)
        error_set(error, ERROR_UNREADABLE, 0,
                  "doctl said that it removed the trusted source %s, but it is still there: run "
                  "again",
                  rule);
    return is_read && !still;
}

/* A new cluster is open until the first rule is there; of another one the rules have to be known. */
static bool is_open(const struct flow *flow)
{
    return flow->cluster_id && !flow->settings->faithful && flow->rules.count == 0 &&
           (flow->cluster_is_new || flow->rules_state == RULES_KNOWN);
}

#define OPEN_TO_ALL                                                                                \
    "has no trusted source: every address may connect; name one with --droplet or --trust"

void warn_if_open(const struct flow *flow)
{
    if (is_open(flow))
        console_warning(flow->console, "The cluster " OPEN_TO_ALL);
}

bool advise_if_open(const struct flow *flow, struct error *error)
{
    if (is_open(flow))
        error_advise(error, "the cluster %s " OPEN_TO_ALL, flow->cluster_id);
    return false;
}
