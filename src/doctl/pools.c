#include "config.h"

#include "doctl/pools.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "doctl/ask.h"
#include "doctl/released.h"

void pools_free(struct pools *pools)
{
    for (size_t i = 0; i < pools->count; i++) {
        struct pool *pool = &pools->list[i];
        char *const texts[] = {pool->name, pool->size, pool->mode, pool->database, pool->user};
        for (size_t at = 0; at < sizeof texts / sizeof texts[0]; at++)
            free(texts[at]);
        mem_free_secret(pool->uri);
    }
    free(pools->list);
    *pools = (struct pools){.count = 0};
}

const struct pool *pools_find(const struct pools *pools, const char *name)
{
    for (size_t i = 0; i < pools->count; i++)
        if (strcmp(pools->list[i].name, name) == 0)
            return &pools->list[i];
    return NULL;
}

char *pools_shown(const struct pools *pools)
{
    static const char *const headers[] = {"Name", "Size", "Mode", "Database", "User"};
    const char **cells = mem_array((pools->count + 1) * 5, sizeof *cells);
    for (size_t i = 0; i < pools->count; i++) {
        const struct pool *pool = &pools->list[i];
        const char *const row[] = {pool->name, pool->size, pool->mode, pool->database, pool->user};
        memcpy(cells + i * 5, row, sizeof row);
    }
    char *text = table_shown(headers, 5, cells, pools->count);
    free(cells);
    return text;
}

/* ---- reading ---- */

static void take_pools(const struct table *table, struct pools *pools)
{
    pools->is_detailed = table_column(table, "Name") >= 0;
    pools->list = mem_array(table->rows, sizeof *pools->list);
    for (; pools->is_detailed && pools->count < table->rows; pools->count++)
        pools->list[pools->count] =
            (struct pool){.name = table_copy(table, pools->count, "Name"),
                          .size = table_copy(table, pools->count, "Size"),
                          .mode = table_copy(table, pools->count, "Mode"),
                          .database = table_copy(table, pools->count, "Database"),
                          .user = table_copy(table, pools->count, "User"),
                          .uri = table_copy(table, pools->count, "URI")};
}

static void take_names(const struct table *table, struct pools *pools)
{
    pools->list = mem_array(table->rows, sizeof *pools->list);
    for (; pools->count < table->rows; pools->count++)
        pools->list[pools->count] =
            (struct pool){.name = span_copy(table_cell(table, pools->count, 0))};
}

/* The pools of a table that doctl printed; none where it is something else. */
static void take_printed(const struct reply *reply, struct pools *pools)
{
    struct table table;
    struct error ignored = ERROR_INIT;
    const struct buffer *out = &reply->result.out;
    *pools = (struct pools){.count = 0};
    if (table_read(buffer_text(out), out->length, "read the pools", &table, &ignored))
        take_pools(&table, pools);
    table_free(&table);
}

bool pools_read(struct doctl *doctl, const char *cluster_id, struct pools *pools,
                struct error *error)
{
    struct reply reply;
    const struct wording *used = NULL;
    *pools = (struct pools){.count = 0};
    if (!ask(doctl, CALL_POOL_LIST, ARGUMENTS(cluster_id), &reply, &used, error))
        return false;
    if (used->shape == SHAPE_TABLE)
        take_pools(&reply.table, pools);
    else
        take_names(&reply.table, pools);
    reply_free(&reply);
    return true;
}

bool pools_text(struct doctl *doctl, const char *cluster_id, char **text, struct error *error)
{
    struct reply reply;
    struct pools pools;
    if (!ask(doctl, CALL_POOL_INFO, ARGUMENTS(cluster_id), &reply, NULL, error))
        return false;
    take_printed(&reply, &pools);
    bool good = pools.is_detailed || !doctl_is_released(doctl) ||
                error_set(error, ERROR_UNREADABLE, 0,
                          "could not show the connection pools of %s: doctl printed no table of it",
                          cluster_id);
    if (good)
        *text = reply_shown(&reply);
    pools_free(&pools);
    reply_free(&reply);
    return good;
}

bool pools_read_shown(struct doctl *doctl, const char *cluster_id, struct pools *pools,
                      struct error *error)
{
    struct reply reply;
    *pools = (struct pools){.count = 0};
    if (!ask(doctl, CALL_POOL_INFO, ARGUMENTS(cluster_id), &reply, NULL, error))
        return false;
    take_printed(&reply, pools);
    reply_free(&reply);
    return true;
}

/* ---- changes ---- */

static bool change(struct doctl *doctl, enum call_id id, const char *cluster_id,
                   const struct pool_request *request, struct reply *reply, struct error *error)
{
    return ask(doctl, id,
               ARGUMENTS(cluster_id, request->name, request->database, request->user, request->size,
                         request->mode),
               reply, NULL, error);
}

bool pools_create(struct doctl *doctl, const char *cluster_id, const struct pool_request *request,
                  bool *shown, struct error *error)
{
    struct reply reply;
    struct pools pools;
    *shown = false;
    if (!change(doctl, CALL_POOL_CREATE, cluster_id, request, &reply, error))
        return false;
    take_printed(&reply, &pools);
    *shown = pools_find(&pools, request->name);
    pools_free(&pools);
    reply_free(&reply);
    return true;
}

bool pools_update(struct doctl *doctl, const char *cluster_id, const struct pool_request *request,
                  struct error *error)
{
    struct reply reply;
    if (!change(doctl, CALL_POOL_UPDATE, cluster_id, request, &reply, error))
        return false;
    reply_free(&reply);
    return true;
}

bool pools_uri(struct doctl *doctl, const char *cluster_id, const char *pool, char **uri,
               struct error *error)
{
    struct reply reply;
    if (!ask(doctl, CALL_POOL_GET, ARGUMENTS(cluster_id, pool), &reply, NULL, error))
        return false;
    *uri = span_copy(table_cell(&reply.table, 0, 0));
    reply_free(&reply);
    return true;
}
