#include "config.h"

#include "flow/trusted_sources.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "flow/locks.h"
#include "flow/recover.h"

/* Reads the trusted sources once; a doctl without that question leaves them unknown. */
static bool read_rules(struct flow *flow, const char *cluster_id, struct error *error)
{
    struct error failure = ERROR_INIT;
    if (flow->settings->faithful || flow->rules_state != RULES_NOT_ASKED)
        return true;
    if (doctl_rules(flow->doctl, cluster_id, &flow->rules, &failure)) {
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
    for (size_t i = 0; i < rules->count; i++)
        if (strcmp(rules->list[i], rule) == 0)
            return true;
    return false;
}

static bool find_rule(struct flow *flow, const char *cluster_id, const char *rule,
                      const struct error *failure)
{
    struct rules rules = {NULL, 0};
    struct error ignored = ERROR_INIT;
    if (!may_have_happened(flow, failure) ||
        !doctl_rules(flow->doctl, cluster_id, &rules, &ignored))
        return false;
    bool there = has_rule(&rules, rule);
    rules_free(&rules);
    return found_after_all(flow, there, "the trusted source");
}

/* Reads back what doctl did not show. */
static bool read_rule_back(struct flow *flow, const char *cluster_id, const char *rule,
                           struct error *error)
{
    struct rules rules = {NULL, 0};
    struct error failure = ERROR_INIT;
    if (flow->settings->faithful)
        return true;
    bool known = doctl_rules(flow->doctl, cluster_id, &rules, &failure);
    bool there = known && has_rule(&rules, rule);
    rules_free(&rules);
    if (there || failure.kind == ERROR_UNSUPPORTED)
        return true;
    if (known)
        return error_set(error, ERROR_UNREADABLE, 0,
                         "doctl said that it added the trusted source %s, but it is not there: run "
                         "again",
                         rule);
    *error = failure;
    return false;
}

/* *added is false where the rule was there after all. */
static bool append_rule(struct flow *flow, const char *cluster_id, const char *rule, bool *added,
                        struct error *error)
{
    struct error failure = ERROR_INIT;
    bool shown = false;
    *added = doctl_rule_append(flow->doctl, cluster_id, rule, &shown, &failure);
    if (*added)
        return shown || read_rule_back(flow, cluster_id, rule, error);
    if (find_rule(flow, cluster_id, rule, &failure))
        return true;
    *error = failure;
    return false;
}

bool add_trusted_source(struct flow *flow, const char *cluster_id, const char *rule, bool *added,
                        struct error *error)
{
    struct rules *rules = &flow->rules;
    *added = false;
    if (!lock_rules(flow, cluster_id, error) || !read_rules(flow, cluster_id, error))
        return false;
    if (has_rule(rules, rule))
        return true;
    if (!append_rule(flow, cluster_id, rule, added, error))
        return false;
    rules->list = mem_grow(rules->list, rules->count + 1, sizeof *rules->list);
    rules->list[rules->count++] = mem_copy(rule);
    flow->changes++;
    return true;
}

bool add_trusted_sources(struct flow *flow, struct error *error)
{
    const struct settings *settings = flow->settings;
    if (settings->faithful)
        return true;
    for (size_t i = 0; i < settings->trust_count; i++) {
        bool added;
        if (!add_trusted_source(flow, flow->cluster_id, settings->trust[i], &added, error))
            return false;
        console_success(flow->console,
                        added ? "Added trusted source: %s" : "Trusted source is there already: %s",
                        settings->trust[i]);
    }
    return read_rules(flow, flow->cluster_id, error);
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
