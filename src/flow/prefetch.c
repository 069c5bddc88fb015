#include "config.h"

#include "flow/prefetch.h"

#include "flow/application.h"
#include "flow/locks.h"
#include "flow/network.h"

void prefetch_setup(struct flow *flow)
{
    const char *droplet_id = flow_get(flow, SETTING_DROPLET_ID);
    doctl_prefetch(flow->doctl, CALL_VPC_LIST, NULL, NULL);
    doctl_prefetch(flow->doctl, CALL_CLUSTER_LIST, NULL, NULL);
    if (*droplet_id)
        doctl_prefetch(flow->doctl, CALL_DROPLET_GET, droplet_id, NULL);
    if (network_is_compared(flow))
        doctl_prefetch(flow->doctl, CALL_DROPLET_PLACE, droplet_id, NULL);
}

void prefetch_connection(struct flow *flow, const char *cluster_id, bool use_pool)
{
    const char *droplet_id = flow_get(flow, SETTING_DROPLET_ID);
    bool is_compared = network_is_compared(flow);
    if (is_compared && !flow->droplet.region)
        doctl_prefetch(flow->doctl, CALL_DROPLET_PLACE, droplet_id, NULL);
    if (is_compared)
        doctl_prefetch(flow->doctl, CALL_CLUSTER_PLACE, cluster_id, NULL);
    doctl_prefetch(flow->doctl, CALL_CONNECTION, cluster_id, NULL);
    if (network_is_private(flow))
        doctl_prefetch(flow->doctl, CALL_CONNECTION_PRIVATE, cluster_id, NULL);
    if (use_pool && has_application(flow))
        doctl_prefetch(flow->doctl, CALL_USER_GET, cluster_id, application_user(flow));
    if (use_pool)
        doctl_prefetch(flow->doctl, CALL_POOL_GET, cluster_id, flow_get(flow, SETTING_POOL));
}

void prefetch_cluster(struct flow *flow, const char *cluster_id)
{
    if (has_application(flow)) {
        doctl_prefetch(flow->doctl, CALL_USER_LIST, cluster_id, NULL);
        doctl_prefetch(flow->doctl, CALL_DATABASE_LIST, cluster_id, NULL);
    }
    doctl_prefetch(flow->doctl, CALL_POOL_LIST, cluster_id, NULL);
    doctl_prefetch(flow->doctl, CALL_CERTIFICATE, cluster_id, flow_get(flow, SETTING_CA_FILE));
    if (!flow->is_setup)
        return;
    /* Only where the lock is held: else add_trusted_source() reads the rules once it is. */
    if (flow->rules_lock.file >= 0)
        doctl_prefetch(flow->doctl, CALL_RULE_LIST, cluster_id, NULL);
    prefetch_connection(flow, cluster_id, false);
    doctl_prefetch(flow->doctl, CALL_CLUSTER_INFO, cluster_id, NULL);
}

void prefetch_pool(struct flow *flow, const char *cluster_id, const char *pool_name)
{
    if (!flow->is_setup)
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
