#include "config.h"

#include "flow/endpoint.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "doctl/released.h"
#include "flow/compare.h"
#include "flow/network.h"
#include "flow/wait.h"

/* The pool's own place and, where it has a user of its own, that user. */
static bool take_pool_uri(const char *uri, struct conninfo *info, struct error *error)
{
    struct conninfo pool = CONNINFO_INIT;
    if (!conninfo_parse(uri, &pool, error))
        return error_precede(error, "could not read the connection pool's URI");
    if (*pool.user && strcmp(pool.user, info->user) != 0) {
        char *user = info->user;
        info->user = pool.user;
        pool.user = user;
        char *password = info->password;
        info->password = pool.password;
        pool.password = password;
    }
    free(info->host);
    free(info->port);
    free(info->database);
    info->host = mem_copy(pool.host);
    info->port = mem_copy(pool.port);
    info->database = mem_copy(pool.database);
    conninfo_free(&pool);
    return conninfo_check(info, error);
}

/* The host inside the VPC; *host is NULL where this doctl cannot give one. */
static bool private_host(struct flow *flow, const char *cluster_id, const char *public_host,
                         char **host, struct error *error)
{
    struct error failure = ERROR_INIT;
    *host = NULL;
    if (!network_is_private(flow))
        return true;
    if (strncmp(public_host, "private-", 8) == 0) {
        *host = mem_copy(public_host);
        return true;
    }
    if (read_cluster(flow, cluster_id, &failure)) {
        if (*flow->cluster.inside_host)
            *host = mem_copy(flow->cluster.inside_host);
    } else if (failure.kind != ERROR_UNSUPPORTED) {
        *error = failure;
        return false;
    }
    if (*host)
        return true;
    if (strcmp(flow_get(flow, SETTING_NETWORK), "private") == 0)
        return network_unsupported(error);
    console_warning(flow->console, "This doctl gives no host inside the VPC (released ones do): "
                                   "using the public host");
    return true;
}

/* A pool that this run made may not be known everywhere for a moment, as a new cluster. */
static bool read_pool_uri(struct flow *flow, const char *cluster_id, char **uri,
                          struct error *error)
{
    const char *pool = flow_get(flow, SETTING_POOL);
    struct error failure = ERROR_INIT;
    const struct pool *listed = pools_find(&flow->pools, pool);
    if (listed && flow->pools.is_detailed) {
        *uri = mem_copy(listed->uri);
        return true;
    }
    struct wait known = wait_begin(flow, WAIT_OTHER, "the connection pool cannot be read",
                                   "DigitalOcean goes on creating the pool");
    bool good = pools_uri(flow->doctl, cluster_id, pool, uri, &failure);
    while (!good && flow->pool_is_new && failure.kind == ERROR_API && failure.number == 404 &&
           may_heal(flow, &known, &failure) && wait_longer(flow, &known, "unknown yet", &failure))
        good = pools_uri(flow->doctl, cluster_id, pool, uri, &failure);
    wait_end(flow);
    if (!good)
        *error = failure;
    return good;
}

/*
 * Where the pooler is: the pool's URI tells it; *found is false for a doctl without that question.
 * `host` is the one inside the VPC, or NULL.
 */
static bool pooler_endpoint(struct flow *flow, const char *cluster_id, const char *host,
                            struct conninfo *info, bool *found, struct error *error)
{
    const char *pool = flow_get(flow, SETTING_POOL);
    char *uri = NULL;
    struct error failure = ERROR_INIT;
    if (read_pool_uri(flow, cluster_id, &uri, &failure)) {
        bool good = take_pool_uri(uri, info, error);
        mem_free_secret(uri);
        if (good && host) {
            free(info->host);
            info->host = mem_copy(host);
        }
        return good;
    }
    if (failure.kind == ERROR_API && failure.number == 404) {
        bool usual = strcmp(pool, settings_default(SETTING_POOL)) == 0;
        return error_set(error, ERROR_API, 404,
                         "the connection pool %s does not exist: run 'managed-db pool %s%s%s'",
                         pool, cluster_id, usual ? "" : " ", usual ? "" : pool);
    }
    /* For a released doctl no host name is made up. */
    if (failure.kind != ERROR_UNSUPPORTED || doctl_is_released(flow->doctl)) {
        *error = failure;
        return false;
    }
    *found = false;
    return true;
}

bool choose_endpoint(struct flow *flow, const char *cluster_id, bool use_pool,
                     struct conninfo *info, bool *found, struct error *error)
{
    *found = !flow->settings->faithful;
    if (!*found)
        return true;
    char *host = NULL;
    bool good = network_begin(flow, error) && network_fits(flow, cluster_id, NULL, NULL, error) &&
                private_host(flow, cluster_id, info->host, &host, error);
    if (good && use_pool) {
        good = pooler_endpoint(flow, cluster_id, host, info, found, error);
    } else if (host) {
        free(info->host);
        info->host = mem_copy(host);
    }
    free(host);
    /* Once in a run, which may read connections several times. */
    if (good && *found && !flow->chosen.host && flow->host == HOST_PUBLIC &&
        !*flow_get(flow, SETTING_DROPLET_ID) &&
        strcmp(flow_get(flow, SETTING_NETWORK), "auto") == 0)
        console_info(flow->console, "No Droplet is named, so the URL has the public host; "
                                    "--network private gives the one inside the VPC");
    return good && conninfo_check(info, error);
}

void take_pooler_host(struct flow *flow, struct conninfo *info)
{
    char *pooler = conninfo_pooler_host(info->host);
    if (strcmp(pooler, info->host) != 0)
        console_warning(
            flow->console,
            "%s follows the plan's rule for the pooler's name: real clusters have no such "
            "host",
            pooler);
    free(info->host);
    info->host = pooler;
}
