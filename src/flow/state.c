#include "config.h"

#include "flow/state.h"

#include <stdlib.h>

void flow_free(struct flow *flow)
{
    free(flow->cluster_id);
    free(flow->cluster_status);
    free(flow->droplet_address);
    place_free(&flow->droplet);
    cluster_free(&flow->found);
    conninfo_free(&flow->chosen);
    conninfo_free(&flow->direct);
    conninfo_free(&flow->admin);
    rules_free(&flow->rules);
    lock_release(&flow->rules_lock);
    lock_release(&flow->lock);
}

const char *flow_get(const struct flow *flow, enum setting setting)
{
    return settings_get(flow->settings, setting);
}
