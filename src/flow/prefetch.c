#include "config.h"

#include "flow/prefetch.h"

#include "doctl/released.h"
#include "flow/application.h"
#include "flow/locks.h"
#include "flow/network.h"

void prefetch_setup(struct flow *flow)
{
    const char *droplet_id = flow_get(flow, SETTING_DROPLET_ID);
    if (flow->settings->faithful)
        return;
    doctl_prefetch(flow->doctl, CALL_VPC_LIST, NULL, NULL);
    doctl_prefetch(flow->doctl, CALL_CLUSTER_LIST, NULL, NULL);
    if (*droplet_id)
        doctl_prefetch(flow->doctl, CALL_DROPLET_DETAILS, droplet_id, NULL);
    released_begin(flow->doctl);
}

void prefetch_connection(struct flow *flow, const char *cluster_id, bool use_pool)
{
    if (flow->settings->faithful)
        return;
    if (network_is_compared(flow) && !flow->droplet.region)
        doctl_prefetch(flow->doctl, CALL_DROPLET_DETAILS, flow_get(flow, SETTING_DROPLET_ID), NULL);
    doctl_prefetch(flow->doctl, CALL_CONNECTION, cluster_id, NULL);
    if (network_is_private(flow) && !flow->cluster.region)
        doctl_prefetch(flow->doctl, CALL_CLUSTER_DETAILS, cluster_id, NULL);
    if (use_pool && has_application(flow))
        doctl_prefetch(flow->doctl, CALL_USER_GET, cluster_id, application_user(flow));
    if (use_pool && !flow->pools.is_detailed)
        doctl_prefetch(flow->doctl, CALL_POOL_GET, cluster_id, flow_get(flow, SETTING_POOL));
}

static bool prefetch_part(struct flow *flow, struct error *error)
{
    (void)error;
    if (!has_application(flow))
        return true;
    doctl_prefetch(flow->doctl, CALL_USER_LIST, flow->cluster_id, NULL);
    doctl_prefetch(flow->doctl, CALL_DATABASE_LIST, flow->cluster_id, NULL);
    if (flow->is_setup && !flow->cluster_is_new && !flow->settings->is_pool_alone)
        doctl_prefetch(flow->doctl, CALL_USER_GET, flow->cluster_id, application_user(flow));
    return true;
}

void prefetch_cluster(struct flow *flow, const char *cluster_id)
{
    each_part(flow, prefetch_part, &(struct error)ERROR_INIT);
    doctl_prefetch(flow->doctl, CALL_POOL_LIST, cluster_id, NULL);
    if (!flow->settings->dry_run)
        doctl_prefetch(flow->doctl, CALL_CERTIFICATE, cluster_id, flow_get(flow, SETTING_CA_FILE));
    if (!flow->cluster.region)
        doctl_prefetch(flow->doctl, CALL_CLUSTER_DETAILS, cluster_id, NULL);
    /* Only where the lock is held: else add_trusted_source() reads the rules once it is. */
    if (flow->is_setup && flow->rules_lock.file >= 0)
        doctl_prefetch(flow->doctl, CALL_RULE_LIST, cluster_id, NULL);
    if (flow->is_setup)
        doctl_prefetch(flow->doctl, CALL_CONNECTION, cluster_id, NULL);
}

void prefetch_pool(struct flow *flow, const char *cluster_id, const char *pool_name)
{
    if (!flow->is_setup || flow->pools.is_detailed || flow->settings->faithful)
        return;
    doctl_prefetch(flow->doctl, CALL_POOL_GET, cluster_id, pool_name);
    doctl_prefetch(flow->doctl, CALL_POOL_INFO, cluster_id, NULL);
}

void prefetch_trusted_sources(struct flow *flow, const char *cluster_id, const char *droplet_id)
{
    if (!flow->droplet_address)
        doctl_prefetch(flow->doctl, CALL_DROPLET_GET, droplet_id, NULL);
    if (flow->rules_state == RULES_NOT_ASKED)
        doctl_prefetch(flow->doctl, CALL_RULE_LIST, cluster_id, NULL);
}

void prefetch_info(struct flow *flow, const char *cluster_id)
{
    doctl_prefetch(flow->doctl, CALL_CLUSTER_INFO, cluster_id, NULL);
    doctl_prefetch(flow->doctl, CALL_POOL_INFO, cluster_id, NULL);
    if (flow->rules_state == RULES_NOT_ASKED && !flow->settings->faithful)
        doctl_prefetch(flow->doctl, CALL_RULE_LIST, cluster_id, NULL);
}
