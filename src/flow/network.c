#include "config.h"

#include "flow/network.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "doctl/released.h"
#include "flow/compare.h"

static bool is_setting(const struct flow *flow, const char *network)
{
    return strcmp(flow_get(flow, SETTING_NETWORK), network) == 0;
}

bool network_unsupported(struct error *error)
{
    return error_set(error, ERROR_USAGE, 0,
                     "--network private cannot work: this doctl gives no host inside the VPC; "
                     "use a released one, or leave --network out");
}

/* Whether the public host is wanted, whatever doctl would say of a VPC. */
static bool is_public(const struct flow *flow)
{
    return is_setting(flow, "public") ||
           (is_setting(flow, "auto") && !*flow_get(flow, SETTING_DROPLET_ID));
}

bool network_is_private(const struct flow *flow)
{
    return flow->host != HOST_PUBLIC && (flow->settings->faithful || !is_public(flow));
}

bool network_is_compared(const struct flow *flow)
{
    return flow->host == HOST_OPEN && !flow->settings->faithful && !is_public(flow) &&
           *flow_get(flow, SETTING_DROPLET_ID);
}

/* Within setup, preflight_droplet() has asked before. */
static bool has_place(struct flow *flow, struct error *failure)
{
    if (!flow->droplet.region && !flow->droplet_address &&
        !details_of_droplet(flow->doctl, flow_get(flow, SETTING_DROPLET_ID), &flow->droplet,
                            failure))
        return false;
    return flow->droplet.region && *flow->droplet.vpc_uuid;
}

bool network_begin(struct flow *flow, struct error *error)
{
    struct error failure = ERROR_INIT;
    if (flow->settings->faithful || flow->host != HOST_OPEN || flow->network_is_begun)
        return true;
    flow->network_is_begun = true;
    if (is_setting(flow, "private") && !doctl_is_released(flow->doctl))
        return network_unsupported(error);
    if (is_public(flow))
        flow->host = HOST_PUBLIC;
    else if (!network_is_compared(flow) || !has_place(flow, &failure))
        flow->host = HOST_PRIVATE; /* what doctl gives, as the plan has it */
    if (flow->host != HOST_OPEN)
        details_free(&flow->droplet);
    if (failure.kind == ERROR_NONE || failure.kind == ERROR_UNSUPPORTED)
        return true;
    *error = failure;
    return false;
}

/* ---- a VPC that is missing ---- */

/* Whether only addresses may connect, which reach the public host. */
static bool only_addresses(const struct flow *flow)
{
    const struct settings *settings = flow->settings;
    size_t i = 0;
    while (i < settings->trust_count && strncmp(settings->trust[i], "ip_addr:", 8) == 0)
        i++;
    return i > 0 && i == settings->trust_count && !*flow_get(flow, SETTING_DROPLET_ID) &&
           is_setting(flow, "auto");
}

bool network_wants_vpc(struct flow *flow, const char *name, const char *region, char **uuid,
                       bool *wanted, struct error *error)
{
    const char *cluster = flow_get(flow, SETTING_CLUSTER_NAME);
    *uuid = NULL;
    *wanted = flow->settings->faithful;
    if (*wanted)
        return true;
    if (!flow->has_looked && !doctl_cluster_find(flow->doctl, cluster, &flow->found, error))
        return false;
    flow->has_looked = true;
    if (flow->found.id) {
        console_info(flow->console,
                     "There is no VPC %s, and none is made: the cluster %s is there "
                     "already",
                     name, cluster);
    } else if (flow->droplet.region && strcmp(flow->droplet.region, region) == 0) {
        *uuid = mem_copy(flow->droplet.vpc_uuid);
        console_info(flow->console,
                     "There is no VPC %s, and none is made: the database goes where the Droplet %s "
                     "is, in the VPC %s",
                     name, flow_get(flow, SETTING_DROPLET_ID), *uuid);
    } else if (flow->droplet.region) {
        console_info(flow->console, "There is no VPC %s, and none is made: the Droplet %s is in %s",
                     name, flow_get(flow, SETTING_DROPLET_ID), flow->droplet.region);
    } else if (only_addresses(flow)) {
        console_info(flow->console,
                     "There is no VPC %s, and none is made: only addresses may "
                     "connect",
                     name);
    } else {
        *wanted = true;
    }
    return true;
}

/* ---- comparing ---- */

static bool name_of(struct flow *flow, const char *uuid, char **name, struct error *error)
{
    if (!doctl_vpc_name(flow->doctl, uuid, name, error))
        return false;
    if (!*name)
        *name = mem_copy(*uuid ? uuid : "the default VPC");
    return true;
}

/* What keeps Droplet and cluster apart, and what would bring them together. */
static bool explain(struct flow *flow, bool exists, const struct details *cluster, char **why,
                    struct error *error)
{
    const char *droplet_id = flow_get(flow, SETTING_DROPLET_ID);
    char *here = NULL;
    char *there = NULL;
    if (!name_of(flow, flow->droplet.vpc_uuid, &here, error) ||
        !name_of(flow, cluster->vpc_uuid, &there, error)) {
        free(here);
        return false;
    }
    const char *also = strcmp(flow->droplet.region, cluster->region) == 0 ? "" : " --region ";
    *why = exists ? mem_format("the Droplet %s is in the VPC %s (%s), the cluster in %s (%s); a "
                               "Droplet made in that VPC could use the private host",
                               droplet_id, here, flow->droplet.region, there, cluster->region)
                  : mem_format("the Droplet %s is in the VPC %s (%s), the cluster will be in %s "
                               "(%s); for the private host run with --vpc %s%s%s",
                               droplet_id, here, flow->droplet.region, there, cluster->region, here,
                               also, *also ? flow->droplet.region : "");
    free(here);
    free(there);
    return true;
}

/* Droplet and cluster do not meet. */
static bool go_outside(struct flow *flow, bool exists, const struct details *cluster,
                       struct error *error)
{
    char *why = NULL;
    if (!explain(flow, exists, cluster, &why, error))
        return false;
    bool good = is_setting(flow, "auto");
    if (good)
        console_warning(flow->console, "The URL gets the public host: %s", why);
    else
        error_set(error, ERROR_USAGE, 0, "--network private cannot work: %s", why);
    free(why);
    flow->host = HOST_PUBLIC;
    return good;
}

bool network_fits(struct flow *flow, const char *existing, const char *region, const char *vpc_uuid,
                  struct error *error)
{
    const struct details made = {.vpc_uuid = (char *)vpc_uuid, .region = (char *)region};
    struct error failure = ERROR_INIT;
    if (flow->settings->faithful || flow->host != HOST_OPEN)
        return true;
    if (existing && !read_cluster(flow, existing, &failure)) {
        flow->host = HOST_PRIVATE;
        if (failure.kind == ERROR_UNSUPPORTED)
            return true;
        *error = failure;
        return false;
    }
    const struct details *cluster = existing ? &flow->cluster : &made;
    if (strcmp(flow->droplet.vpc_uuid, cluster->vpc_uuid) != 0)
        return go_outside(flow, existing != NULL, cluster, error);
    flow->host = HOST_PRIVATE;
    return true;
}
