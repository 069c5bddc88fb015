#include "config.h"

#include "compose/restart.h"

#include <string.h>

#include "base/memory.h"
#include "base/pattern.h"

#define RULE "stays-down"

static struct pattern back_pattern = PATTERN("any|always|unless-stopped");

/* What counts: deploy.restart_policy where there is one (its condition is `any` by default). */
static const struct node *policy_of(const struct node *service)
{
    const struct node *policy = node_get(node_get(service, "deploy"), "restart_policy");
    const struct node *condition = node_get(policy, "condition");
    return condition ? condition : policy ? policy : node_get(service, "restart");
}

static bool comes_back(const struct node *policy)
{
    return policy && (!node_text(policy) || pattern_is(&back_pattern, policy->text));
}

/* A job that is waited for to its end is done when others start. */
static bool is_needed(const struct node *need)
{
    const char *condition = node_text(node_get(need, "condition"));
    return !condition || strcmp(condition, "service_completed_successfully") != 0;
}

static void add(struct findings *findings, const char *name, const struct node *service,
                const char *by)
{
    const struct node *policy = policy_of(service);
    const struct node *at = policy ? policy : service;
    bool in_deploy = node_get(node_get(service, "deploy"), "restart_policy") != NULL;
    if (findings_has(findings, at, RULE))
        return;
    findings_add(
        findings, at, RULE,
        mem_format("%s, which %s needs, does not come back after a reboot: its restart "
                   "policy is %s",
                   name, by, policy ? policy->text : "no"),
        mem_format("set restart: unless-stopped%s",
                   in_deploy ? ", and take deploy.restart_policy out, which overrides it" : ""));
}

void check_restart(struct findings *findings, const struct compose *compose)
{
    const struct node *services = compose->services;
    for (size_t i = 0; i < services->count; i++) {
        const struct node *needs = node_get(services->items[i], "depends_on");
        bool returns = comes_back(policy_of(services->items[i]));
        for (size_t j = 0; needs && needs->kind == NODE_MAPPING && j < needs->count; j++) {
            const char *name = needs->keys[j]->text;
            const struct node *other = node_get(services, name);
            const struct node *policy = other ? policy_of(other) : NULL;
            if (other && is_needed(needs->items[j]) && !comes_back(policy) && (policy || returns))
                add(findings, name, other, services->keys[i]->text);
        }
    }
}
