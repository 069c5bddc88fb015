#include "config.h"

#include "flow/preflight.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "doctl/released.h"
#include "flow/offered.h"
#include "settings/parts.h"

bool preflight_droplet(struct flow *flow, struct error *error)
{
    struct error failure = ERROR_INIT;
    const char *droplet_id = flow_get(flow, SETTING_DROPLET_ID);
    if (flow->settings->faithful || !*droplet_id)
        return true;
    if (details_of_droplet(flow->doctl, droplet_id, &flow->droplet, &failure)) {
        flow->droplet_address = mem_copy(flow->droplet.address);
        return true;
    }
    if (failure.kind == ERROR_UNSUPPORTED)
        return doctl_droplet_private_ip(flow->doctl, droplet_id, &flow->droplet_address, error);
    *error = failure;
    return false;
}

bool droplet_private_ip(struct flow *flow, const char *droplet_id, char **address,
                        struct error *error)
{
    if (!flow->droplet_address)
        return doctl_droplet_private_ip(flow->doctl, droplet_id, address, error);
    *address = mem_copy(flow->droplet_address);
    return true;
}

/* A cluster with G GiB has min(25 G - 3, 997) of them (docs/DOCTL.md). */
unsigned long preflight_connections(const char *size)
{
    const char *memory = strrchr(size, '-');
    char *unit = NULL;
    unsigned long gib = memory ? strtoul(memory + 1, &unit, 10) : 0;
    if (gib == 0 || gib > 9999 || strcmp(unit, "gb") != 0)
        return 0;
    return 25 * gib - 3 < 997 ? 25 * gib - 3 : 997;
}

static bool pools_fit(struct flow *flow, const char *size, struct error *error)
{
    unsigned long most = flow->settings->faithful ? 0 : preflight_connections(size);
    unsigned long wanted = 0;
    size_t count = parts_count(flow->settings);
    if (!most)
        return true;
    for (size_t i = 0; i < count; i++) {
        const struct settings own = parts_take(flow->settings, i);
        const char *where = parts_where(flow->settings, i);
        wanted += strtoul(settings_get(&own, SETTING_POOL_SIZE), NULL, 10);
        if (wanted > most && doctl_is_released(flow->doctl))
            return error_set(error, ERROR_USAGE, 0,
                             "%s%s%s of %lu connections %s not fit into a cluster of the size %s, "
                             "which has %lu: set --pool-size, or a larger --size",
                             where, *where ? ": " : "", count > 1 ? "pools" : "a pool", wanted,
                             count > 1 ? "do" : "does", size, most);
    }
    return true;
}

bool preflight_cluster(struct flow *flow, const char *region, const char *size, struct error *error)
{
    return pools_fit(flow, size, error) && offered_cluster(flow, region, size, error);
}
