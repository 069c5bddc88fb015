/* databases pool: PgBouncer pools of a cluster. */
#include <string.h>

#include "command.h"
#include "handlers.h"
#include "service.h"
#include "table.h"

enum { POOL_COLUMNS = 6 };

static const struct column pool_columns[POOL_COLUMNS] = {
    {"User", "User", ALWAYS, 0},         {"Name", "Name", ALWAYS, 0}, {"Size", "Size", ALWAYS, 0},
    {"Database", "Database", ALWAYS, 0}, {"Mode", "Mode", ALWAYS, 0}, {"URI", "URI", ALWAYS, 0},
};

static const struct table pool_table = {pool_columns, POOL_COLUMNS, false};

static void pool_cells(struct call *call, const struct cluster *cluster, const struct pool *pool,
                       const char **cells)
{
    const char *const row[POOL_COLUMNS] = {
        pool->user,     pool->name, pool->size,
        pool->database, pool->mode, service_uri(call, cluster, pool, false),
    };

    memcpy(cells, row, sizeof(row));
}

static bool pool_print(struct call *call, const struct cluster *cluster, const struct pool *pool)
{
    const char *cells[POOL_COLUMNS];

    pool_cells(call, cluster, pool, cells);
    return table_print(call, &pool_table, cells, 1);
}

bool pool_list(struct call *call)
{
    struct cluster *cluster = cluster_wanted(call);
    const char **cells;
    size_t count = 0;

    if (cluster == NULL)
        return false;
    cells = arena_take(call->arena,
                       (state_count(call->state, POOLS) + 1) * POOL_COLUMNS * sizeof(*cells));
    for (size_t i = 0; i < state_count(call->state, POOLS); i++) {
        const struct pool *pool = state_at(call->state, POOLS, i);

        if (strcmp(pool->cluster, cluster->id) == 0)
            pool_cells(call, cluster, pool, cells + count++ * POOL_COLUMNS);
    }
    return table_print(call, &pool_table, cells, count);
}

/* The pool that the second argument names; NULL after "pool not found". */
static struct pool *pool_wanted(struct call *call, const struct cluster *cluster)
{
    struct pool *pool = service_pool(call, cluster->id, call->arguments[1]);

    if (pool == NULL)
        call_refused(call, command_first(call), 404, "pool not found");
    return pool;
}

bool pool_get(struct call *call)
{
    struct cluster *cluster = cluster_wanted(call);
    struct pool *pool = cluster == NULL ? NULL : pool_wanted(call, cluster);

    return pool != NULL && pool_print(call, cluster, pool);
}

/* What the API has to say against a pool as it is asked for; `but` is one that is to be changed. */
static const char *pool_objection(struct call *call, const struct cluster *cluster,
                                  const struct pool *asked, const char *but)
{
    long connections = service_backend_connections(cluster->size);
    long wanted;

    if (!number_read(asked->size, &wanted) || wanted < 1)
        return "pool size must be at least 1";
    if (strcmp(asked->mode, "transaction") != 0 && strcmp(asked->mode, "session") != 0 &&
        strcmp(asked->mode, "statement") != 0)
        return "invalid pool mode";
    if (!service_database_there(call, cluster->id, asked->database))
        return "database does not exist";
    if (*asked->user != '\0' && !service_user_there(call, cluster->id, asked->user))
        return "user does not exist";
    if (wanted > connections - service_pool_sizes(call, cluster->id, but))
        return arena_format(call->arena,
                            "pool size exceeds the %ld backend connections available to "
                            "the cluster's pools",
                            connections);
    return NULL;
}

static const char *create_objection(struct call *call, const struct cluster *cluster,
                                    const struct pool *asked, int *status)
{
    const char *name = asked->name;

    *status = 422;
    if (strcmp(cluster->engine, "pg") != 0 && strcmp(cluster->engine, "advanced_pg") != 0)
        return "connection pools are for PostgreSQL clusters only";
    if (strcmp(cluster->status, "online") != 0) {
        *status = 412;
        return "cluster is not online";
    }
    if (!service_pool_name_ok(name))
        return "invalid pool name";
    if (service_pool(call, cluster->id, name) != NULL) {
        *status = 409;
        return "connection pool name is not available";
    }
    if (service_pool_count(call, cluster->id) >= MOST_POOLS)
        return arena_format(call->arena, "a cluster can have no more than %d connection pools",
                            MOST_POOLS);
    return pool_objection(call, cluster, asked, NULL);
}

bool pool_create(struct call *call)
{
    struct cluster *cluster = cluster_wanted(call);
    const char *objection;
    struct pool *pool;
    int status;

    if (cluster == NULL)
        return false;
    {
        const struct pool asked = {cluster->id,
                                   call->arguments[1],
                                   call_option(call, "user"),
                                   call_option(call, "size"),
                                   call_option(call, "db"),
                                   call_option(call, "mode")};

        objection = create_objection(call, cluster, &asked, &status);
        if (objection != NULL)
            return refused(call, status, objection);
        pool = state_add(call->state, POOLS);
        *pool = asked;
    }
    return pool_print(call, cluster, pool);
}

/*
 * doctl reads the pool and writes all of it back: what was not asked for keeps
 * its value, but the mode becomes transaction (the flag's default) and the
 * user is dropped.
 */
bool pool_update(struct call *call)
{
    struct cluster *cluster = cluster_wanted(call);
    struct pool *pool = cluster == NULL ? NULL : pool_wanted(call, cluster);
    const char *size = call_option(call, "size");
    const char *database = call_option(call, "db");
    const char *mode = call_option(call, "mode");
    const char *objection;
    struct pool asked;

    if (pool == NULL)
        return false;
    asked = *pool;
    if (strcmp(size, "") != 0 && strcmp(size, "0") != 0)
        asked.size = size;
    if (*mode != '\0')
        asked.mode = mode;
    if (*database != '\0')
        asked.database = database;
    asked.user = call_option(call, "user");
    objection = pool_objection(call, cluster, &asked, pool->name);
    if (objection != NULL)
        return refused(call, 422, objection);
    *pool = asked;
    call->state->changed = true;
    return true;
}
