/* databases pool: PgBouncer pools of a cluster. */
#include <string.h>

#include "clusters.h"
#include "columns.h"
#include "connect.h"
#include "forms.h"
#include "handlers.h"
#include "lookup.h"
#include "number.h"
#include "offers.h"

enum { POOL_COLUMNS = 6, MOST_POOLS = 21 };

static const struct column pool_columns[POOL_COLUMNS] = {
    {"User", "User", ALWAYS, 0},         {"Name", "Name", ALWAYS, 0}, {"Size", "Size", ALWAYS, 0},
    {"Database", "Database", ALWAYS, 0}, {"Mode", "Mode", ALWAYS, 0}, {"URI", "URI", ALWAYS, 0},
};

static const struct table pool_table = {pool_columns, POOL_COLUMNS, false};

/* --- printing ----------------------------------------------------------------- */

static void fill_cells(struct call *call, const struct cluster *cluster, const struct pool *pool,
                       const char **cells)
{
    const char *const row[POOL_COLUMNS] = {
        pool->user,     pool->name, pool->size,
        pool->database, pool->mode, connect_pool_uri(call, cluster, pool),
    };
    memcpy(cells, row, sizeof(row));
}

static bool print_pool(struct call *call, const struct cluster *cluster, const struct pool *pool)
{
    const char *cells[POOL_COLUMNS];
    fill_cells(call, cluster, pool, cells);
    return columns_print(call, &pool_table, cells, 1);
}

bool pools_list(struct call *call)
{
    const struct cluster *cluster = clusters_wanted(call);
    if (!cluster)
        return false;
    size_t most = rows_count(call->rows, POOLS), count = 0;
    const char **cells = arena_take(call->arena, (most + 1) * POOL_COLUMNS * sizeof(*cells));
    for (size_t i = 0; i < most; i++) {
        const struct pool *pool = rows_at(call->rows, POOLS, i);
        if (strcmp(pool->cluster, cluster->id) == 0)
            fill_cells(call, cluster, pool, cells + count++ * POOL_COLUMNS);
    }
    return columns_print(call, &pool_table, cells, count);
}

/* The pool that the second argument names; NULL after an error. */
static struct pool *wanted(struct call *call, const struct cluster *cluster)
{
    if (!cluster)
        return NULL;
    struct pool *pool = lookup_pool(call->rows, cluster->id, call->arguments[1]);
    if (!pool)
        call_refuse_request(call, call_first(call), 404, "pool not found");
    return pool;
}

bool pools_get(struct call *call)
{
    const struct cluster *cluster = clusters_wanted(call);
    const struct pool *pool = wanted(call, cluster);
    return pool && print_pool(call, cluster, pool);
}

/* --- the service's rules -------------------------------------------------------- */

static bool is_mode(const char *mode)
{
    return strcmp(mode, "transaction") == 0 || strcmp(mode, "session") == 0 ||
           strcmp(mode, "statement") == 0;
}

static bool has_database(const struct rows *rows, const char *cluster, const char *name)
{
    return strcmp(name, "defaultdb") == 0 || lookup_database(rows, cluster, name);
}

static bool has_user(const struct rows *rows, const char *cluster, const char *name)
{
    return strcmp(name, "doadmin") == 0 || lookup_user(rows, cluster, name);
}

static size_t count_pools(const struct rows *rows, const char *cluster)
{
    size_t count = 0;
    for (size_t i = 0; i < rows_count(rows, POOLS); i++)
        count += strcmp(((struct pool *)rows_at(rows, POOLS, i))->cluster, cluster) == 0;
    return count;
}

/* Backend connections that the cluster's pools take, but for the one of this name. */
static long sum_sizes(const struct rows *rows, const char *cluster, const char *except)
{
    long sum = 0, size;
    for (size_t i = 0; i < rows_count(rows, POOLS); i++) {
        const struct pool *pool = rows_at(rows, POOLS, i);
        if (strcmp(pool->cluster, cluster) == 0 && strcmp(pool->name, except) != 0 &&
            number_read(pool->size, &size))
            sum += size;
    }
    return sum;
}

/* What the API has against the values of a pool; NULL: nothing. */
static const char *object_to_values(struct call *call, const struct cluster *cluster,
                                    const struct pool *pool)
{
    long connections = offers_backend_connections(cluster->size);
    long size;
    if (!number_read(pool->size, &size) || size < 1)
        return "pool size must be at least 1";
    if (!is_mode(pool->mode))
        return "invalid pool mode";
    if (!has_database(call->rows, cluster->id, pool->database))
        return "database does not exist";
    if (*pool->user && !has_user(call->rows, cluster->id, pool->user))
        return "user does not exist";
    if (size > connections - sum_sizes(call->rows, cluster->id, pool->name))
        return arena_format(call->arena,
                            "pool size exceeds the %ld backend connections available to "
                            "the cluster's pools",
                            connections);
    return NULL;
}

static struct refusal object_to_new(struct call *call, const struct cluster *cluster,
                                    const struct pool *pool)
{
    if (strcmp(cluster->engine, "pg") != 0)
        return (struct refusal){422, "connection pools are for PostgreSQL clusters only"};
    if (strcmp(cluster->status, "online") != 0)
        return (struct refusal){412, "cluster is not online"};
    if (!forms_pool_name(pool->name))
        return (struct refusal){422, "invalid pool name"};
    if (lookup_pool(call->rows, cluster->id, pool->name))
        return (struct refusal){409, "connection pool name is not available"};
    if (count_pools(call->rows, cluster->id) >= MOST_POOLS)
        return (struct refusal){
            422, arena_format(call->arena, "a cluster can have no more than %d connection pools",
                              MOST_POOLS)};
    return (struct refusal){422, object_to_values(call, cluster, pool)};
}

/* --- changing ------------------------------------------------------------------- */

bool pools_create(struct call *call)
{
    const struct cluster *cluster = clusters_wanted(call);
    if (!cluster)
        return false;
    const struct pool asked = {.cluster = cluster->id,
                               .name = call->arguments[1],
                               .user = call_option(call, "user"),
                               .size = call_option(call, "size"),
                               .database = call_option(call, "db"),
                               .mode = call_option(call, "mode")};
    struct refusal refusal = object_to_new(call, cluster, &asked);
    if (refusal.text)
        return call_refuse(call, refusal.status, refusal.text);
    struct pool *pool = rows_add(call->rows, POOLS);
    *pool = asked;
    return print_pool(call, cluster, pool);
}

/*
 * doctl reads the pool and writes all of it back: what was not asked for keeps its value, but the
 * mode becomes transaction (the flag's default) and the user is dropped.
 */
bool pools_update(struct call *call)
{
    const struct cluster *cluster = clusters_wanted(call);
    struct pool *pool = wanted(call, cluster);
    if (!pool)
        return false;
    const char *size = call_option(call, "size");
    const char *database = call_option(call, "db");
    const char *mode = call_option(call, "mode");
    struct pool asked = *pool;
    if (*size && strcmp(size, "0") != 0)
        asked.size = size;
    if (*mode)
        asked.mode = mode;
    if (*database)
        asked.database = database;
    asked.user = call_option(call, "user");
    const char *objection = object_to_values(call, cluster, &asked);
    if (objection)
        return call_refuse(call, 422, objection);
    *pool = asked;
    call->rows->changed = true;
    return true;
}
