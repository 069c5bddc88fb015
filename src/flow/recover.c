#include "config.h"

#include "flow/recover.h"

#include <string.h>

#include "base/memory.h"

bool may_have_happened(const struct flow *flow, const struct error *failure)
{
    if (flow->settings->faithful)
        return false;
    switch (failure->kind) {
    case ERROR_NETWORK:
    case ERROR_DEADLINE:
    case ERROR_UNREADABLE:
        return true;
    case ERROR_API:
        return failure->number == 409 || failure->number == 412 || failure->number == 422 ||
               failure->number == 429 || failure->number >= 500;
    default:
        return false;
    }
}

bool found_after_all(struct flow *flow, bool exists, const char *what)
{
    if (exists)
        console_warning(flow->console, "doctl reported a failure, but %s exists: continuing", what);
    return exists;
}

/* DigitalOcean does not take a value: no other run of the same settings will get further. */
static bool give_up(const struct flow *flow, const struct error *failure, struct error *error)
{
    *error = *failure;
    if (error->kind == ERROR_API && error->number == 422 && !flow->settings->faithful)
        error->kind = ERROR_USAGE;
    return false;
}

/* ---- VPC ---- */

static bool find_vpc(struct flow *flow, const char *name, char **uuid, const struct error *failure)
{
    struct error ignored = ERROR_INIT;
    return may_have_happened(flow, failure) && doctl_vpc_find(flow->doctl, name, uuid, &ignored) &&
           found_after_all(flow, *uuid, "the VPC");
}

bool make_vpc(struct flow *flow, const char *name, const char *region, char **uuid,
              struct error *error)
{
    struct error failure = ERROR_INIT;
    if (!doctl_vpc_create(flow->doctl, name, region, flow_get(flow, SETTING_VPC_IP_RANGE), uuid,
                          &failure) &&
        !find_vpc(flow, name, uuid, &failure)) {
        return give_up(flow, &failure, error);
    }
    flow->changes++;
    return true;
}

/* ---- cluster ---- */

static bool find_cluster(struct flow *flow, const char *name, char **id,
                         const struct error *failure)
{
    struct cluster cluster;
    struct error ignored = ERROR_INIT;
    if (!may_have_happened(flow, failure) ||
        !doctl_cluster_find(flow->doctl, name, &cluster, &ignored))
        return false;
    bool there = cluster.id && strcmp(cluster.engine, "pg") == 0;
    *id = there ? mem_copy(cluster.id) : NULL;
    cluster_free(&cluster);
    return found_after_all(flow, there, "the cluster");
}

bool make_cluster(struct flow *flow, const struct cluster_request *request, char **id, bool *waited,
                  struct error *error)
{
    struct error failure = ERROR_INIT;
    *waited = false;
    bool good = doctl_cluster_create(flow->doctl, request, id, waited, &failure);
    /* Older releases know no tags, and some tokens may set none: nothing was made. */
    bool made_nothing =
        failure.kind == ERROR_UNSUPPORTED || (failure.kind == ERROR_API && failure.number == 403);
    if (!good && made_nothing && *request->tags) {
        struct cluster_request plain = *request;
        plain.tags = "";
        failure = (struct error)ERROR_INIT;
        good = doctl_cluster_create(flow->doctl, &plain, id, waited, &failure);
    }
    if (!good && failure.kind == ERROR_UNSUPPORTED && *request->storage)
        error_advise(&failure, "doctl 1.123 and later can give a cluster its storage");
    if (!good && !find_cluster(flow, request->name, id, &failure)) {
        give_up(flow, &failure, error);
        if (error->kind == ERROR_SIGNAL)
            error_advise(error,
                         "DigitalOcean may go on creating the cluster: run again to continue");
        return false;
    }
    flow->changes++;
    return true;
}

bool resize_cluster(struct flow *flow, const char *cluster_id, const char *nodes, const char *size,
                    struct error *error)
{
    struct error failure = ERROR_INIT;
    struct details now = {.region = NULL};
    if (!doctl_cluster_resize(flow->doctl, cluster_id, nodes, size, &failure)) {
        bool known = may_have_happened(flow, &failure) &&
                     details_of_cluster(flow->doctl, cluster_id, &now, &(struct error)ERROR_INIT);
        bool done = known && (strcmp(now.status, "resizing") == 0 ||
                              (strcmp(now.nodes, nodes) == 0 && strcmp(now.size, size) == 0));
        details_free(&now);
        if (!found_after_all(flow, done, "the change of the cluster"))
            return give_up(flow, &failure, error);
    }
    flow->changes++;
    return true;
}

/* ---- pool ---- */

static bool find_pool_by_name(struct flow *flow, const char *cluster_id, const char *pool,
                              bool *there, struct error *error)
{
    struct pools pools;
    if (!pools_read(flow->doctl, cluster_id, &pools, error))
        return false;
    *there = pools_find(&pools, pool);
    pools_free(&pools);
    return true;
}

static bool find_pool(struct flow *flow, const char *cluster_id, const char *pool,
                      const struct error *failure)
{
    bool there = false;
    struct error ignored = ERROR_INIT;
    return may_have_happened(flow, failure) &&
           find_pool_by_name(flow, cluster_id, pool, &there, &ignored) &&
           found_after_all(flow, there, "the pool");
}

/* A pool is another one now than it was read. */
static void note_change_of_pool(struct flow *flow, const char *cluster_id, const char *pool)
{
    pools_free(&flow->pools);
    doctl_forget(flow->doctl, CALL_POOL_GET, cluster_id, pool);
    flow->changes++;
}

/* Reads a pool back whose making doctl did not show: fails where it is not there. */
static bool read_pool_back(struct flow *flow, const char *cluster_id, const char *pool, bool *seen,
                           struct error *error)
{
    char *uri = NULL;
    struct error failure = ERROR_INIT;
    *seen = true;
    if (flow->settings->faithful || pools_uri(flow->doctl, cluster_id, pool, &uri, &failure)) {
        mem_free_secret(uri);
        return true;
    }
    /*
     * A hand-made doctl may not keep what it made: it is believed, but the pool is not called
     * created.
     */
    if (failure.kind == ERROR_UNSUPPORTED &&
        find_pool_by_name(flow, cluster_id, pool, seen, &failure))
        return true;
    *error = failure;
    return error_precede(error, "doctl said that it made the connection pool");
}

bool make_pool(struct flow *flow, const char *cluster_id, const struct pool_request *request,
               bool *seen, struct error *error)
{
    struct error failure = ERROR_INIT;
    bool shown;
    *seen = true;
    if (pools_create(flow->doctl, cluster_id, request, &shown, &failure)) {
        if (!shown && !flow->settings->dry_run &&
            !read_pool_back(flow, cluster_id, request->name, seen, error))
            return false;
    } else if (!find_pool(flow, cluster_id, request->name, &failure)) {
        return give_up(flow, &failure, error);
    }
    flow->pool_is_new = true;
    note_change_of_pool(flow, cluster_id, request->name);
    return true;
}

static bool has_values(struct flow *flow, const char *cluster_id, const struct pool_request *wanted)
{
    struct pools pools;
    struct error ignored = ERROR_INIT;
    if (!pools_read(flow->doctl, cluster_id, &pools, &ignored))
        return false;
    const struct pool *pool = pools_find(&pools, wanted->name);
    bool same = pool && pools.is_detailed && strcmp(pool->size, wanted->size) == 0 &&
                strcmp(pool->mode, wanted->mode) == 0 && strcmp(pool->user, wanted->user) == 0 &&
                strcmp(pool->database, wanted->database) == 0;
    pools_free(&pools);
    return same;
}

bool update_pool(struct flow *flow, const char *cluster_id, const struct pool_request *wanted,
                 struct error *error)
{
    struct error failure = ERROR_INIT;
    if (!pools_update(flow->doctl, cluster_id, wanted, &failure)) {
        if (failure.kind == ERROR_UNSUPPORTED)
            error_advise(&failure, "doctl 1.110 and later can change a pool");
        bool done = may_have_happened(flow, &failure) && has_values(flow, cluster_id, wanted);
        if (!found_after_all(flow, done, "the change of the pool"))
            return give_up(flow, &failure, error);
    }
    note_change_of_pool(flow, cluster_id, wanted->name);
    return true;
}

/* ---- Droplet ---- */

static bool find_made_droplet(struct flow *flow, const char *name, char **id,
                              const struct error *failure)
{
    struct droplet droplet = {.id = NULL};
    struct error ignored = ERROR_INIT;
    if (!may_have_happened(flow, failure) ||
        !compute_droplet_find(flow->doctl, name, &droplet, &ignored))
        return false;
    *id = mem_copy(droplet.id);
    droplet_free(&droplet);
    return found_after_all(flow, *id, "the Droplet");
}

bool make_droplet(struct flow *flow, const struct droplet_request *request, char **id,
                  struct error *error)
{
    struct error failure = ERROR_INIT;
    if (!compute_droplet_create(flow->doctl, request, id, &failure) &&
        !find_made_droplet(flow, request->name, id, &failure)) {
        return give_up(flow, &failure, error);
    }
    flow->changes++;
    return true;
}
