#include "waiting.h"

#include <string.h>

#include "clusters.h"
#include "lookup.h"
#include "spoil.h"
#include "system.h"

enum { MOST_LOOKS = 180 };

/* Others may use the account meanwhile. False: the storage is broken. */
static bool rest(struct call *call, long milliseconds)
{
    if (!storage_end(call->storage))
        return false;
    system_sleep(milliseconds);
    return storage_begin(call->storage);
}

/* Whether the look meets no fault that ends it. The account is not held while a fault hangs. */
static bool survives(struct call *call, const struct request *request)
{
    struct fault fault = faults_find(call, "databases get");
    if (fault.kind == FAULT_NONE)
        return true;
    if (!storage_end(call->storage))
        return false;
    bool failed = spoil_look(call, fault, request);
    return storage_begin(call->storage) && !failed;
}

static struct cluster *look(struct call *call, const char *id, long pause_ms)
{
    const struct request request = {"GET", arena_format(call->arena, "databases/%s", id)};
    if (!rest(call, pause_ms) || !survives(call, &request))
        return NULL;
    struct cluster *cluster = lookup_cluster(call->rows, id);
    if (cluster)
        clusters_looked_at(call, cluster);
    else
        call_refuse_request(call, &request, 404, "cluster not found");
    return cluster;
}

/* On stderr, after its first `before` bytes: a dot for each look but the first, and a newline. */
static void show_looks(struct call *call, size_t before, int looks)
{
    struct buffer *err = &call->answer.err;
    err->length = before;
    for (int i = 0; i < looks; i++)
        buffer_add_byte(err, '.');
    if (looks > 0)
        buffer_add_byte(err, '\n');
    call->answer.progress = err->length;
}

static bool is_online(const struct cluster *cluster)
{
    return strcmp(cluster->status, "online") == 0;
}

/* False when the call is over. */
static bool look_until_online(struct call *call, const char *id)
{
    size_t before = call->answer.err.length;
    for (int looks = 0; looks < MOST_LOOKS; looks++) {
        show_looks(call, before, looks);
        const struct cluster *cluster = look(call, id, looks == 0 ? 0 : call->environment->wait_ms);
        if (!cluster)
            return false;
        if (is_online(cluster))
            return true;
    }
    return call_error(call, "%stimeout waiting for database (%s) to enter `online` state",
                      call->step, id);
}

struct cluster *waiting_until_online(struct call *call, const char *id)
{
    call->step = "database couldn't enter the `online` state: ";
    if (!look_until_online(call, id))
        return NULL;
    call->step = "failed to retrieve the new database: ";
    struct cluster *cluster = look(call, id, 0);
    if (!cluster && call->answer.status != 0 && call->personality == ON_94)
        call_not_imitated(call, "the crash of 1.94 when the last look fails");
    return cluster;
}
