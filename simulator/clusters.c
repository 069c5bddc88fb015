#include "clusters.h"

#include <string.h>

#include "lookup.h"
#include "number.h"
#include "offers.h"

struct cluster *clusters_add(struct call *call, const char *name, const char *engine,
                             const char *size)
{
    const struct environment *environment = call->environment;
    struct cluster *cluster = rows_add(call->rows, CLUSTERS);
    cluster->id = invent_uuid(&call->invention);
    cluster->name = arena_copy(call->arena, name);
    cluster->engine = arena_copy(call->arena, engine);
    cluster->size = arena_copy(call->arena, size);
    cluster->version = "15";
    cluster->nodes = "1";
    cluster->region = "nyc3";
    cluster->status = "creating";
    cluster->storage = arena_format(call->arena, "%ld", offers_storage_mib(size));
    cluster->created = invent_time(&call->invention);
    cluster->password =
        environment->password ? environment->password : invent_password(&call->invention);
    cluster->polls = arena_format(call->arena, "%ld", environment->polls);
    cluster->early = environment->early_credentials ? "yes" : "";
    cluster->tags = "";
    cluster->backup = "";
    return cluster;
}

void clusters_looked_at(struct call *call, struct cluster *cluster)
{
    long polls = -1;
    if (!number_read(cluster->polls, &polls) || polls < 0 || strcmp(cluster->status, "online") == 0)
        return;
    if (polls == 0)
        cluster->status = "online";
    else
        cluster->polls = arena_format(call->arena, "%ld", polls - 1);
    call->rows->changed = true;
}

struct cluster *clusters_wanted(struct call *call)
{
    struct cluster *cluster = lookup_cluster(call->rows, call->arguments[0]);
    if (!cluster)
        call_refuse_request(call, call_first(call), 404, "cluster not found");
    return cluster;
}
