/* databases user, databases db: users and databases within a cluster. */
#include <string.h>

#include "clusters.h"
#include "columns.h"
#include "connect.h"
#include "forms.h"
#include "handlers.h"
#include "lookup.h"

enum { USER_COLUMNS = 3 };

static const struct column user_columns[USER_COLUMNS] = {
    {"Name", "Name", ALWAYS, 0},
    {"Role", "Role", ALWAYS, 0},
    {"Password", "Password", ALWAYS, 0},
};
static const struct table user_table = {user_columns, USER_COLUMNS, false};

static const struct column database_columns[] = {{"Name", "Name", ALWAYS, 0}};
static const struct table database_table = {database_columns, 1, false};

/* A cluster whose users and databases can be told; NULL after an error. */
static const struct cluster *online(struct call *call)
{
    const struct cluster *cluster = clusters_wanted(call);
    if (!cluster || strcmp(cluster->status, "online") == 0)
        return cluster;
    call_refuse(call, 412, "cluster is not online");
    return NULL;
}

/* --- users ----------------------------------------------------------------------- */

static void fill_user(struct call *call, const struct cluster *cluster, const char *name,
                      const char **cells)
{
    bool shown = connect_shows_credentials(call, cluster);
    cells[0] = name;
    cells[1] = strcmp(name, "doadmin") == 0 ? "primary" : "normal";
    cells[2] = shown ? connect_password(call, cluster, name) : "";
}

static bool print_user(struct call *call, const struct cluster *cluster, const char *name)
{
    const char *cells[USER_COLUMNS];
    fill_user(call, cluster, name, cells);
    return columns_print(call, &user_table, cells, 1);
}

bool tenants_list(struct call *call)
{
    const struct cluster *cluster = clusters_wanted(call);
    if (!cluster)
        return false;
    size_t most = rows_count(call->rows, USERS), count = 1;
    const char **cells = arena_take(call->arena, (most + 1) * USER_COLUMNS * sizeof(*cells));
    fill_user(call, cluster, "doadmin", cells);
    for (size_t i = 0; i < most; i++) {
        const struct user *user = rows_at(call->rows, USERS, i);
        if (strcmp(user->cluster, cluster->id) == 0)
            fill_user(call, cluster, user->name, cells + count++ * USER_COLUMNS);
    }
    return columns_print(call, &user_table, cells, count);
}

bool tenants_get(struct call *call)
{
    const struct cluster *cluster = clusters_wanted(call);
    const char *name = cluster ? call->arguments[1] : "";
    if (!cluster)
        return false;
    if (strcmp(name, "doadmin") != 0 && !lookup_user(call->rows, cluster->id, name))
        return call_refuse(call, 404, "user not found");
    return print_user(call, cluster, name);
}

bool tenants_create(struct call *call)
{
    const struct cluster *cluster = online(call);
    if (!cluster)
        return false;
    const char *name = call->arguments[1];
    if (!forms_user_name(name))
        return call_refuse(call, 422, "invalid user name");
    if (strcmp(name, "doadmin") == 0 || lookup_user(call->rows, cluster->id, name))
        return call_refuse(call, 422, "user already exists");
    /* connect_password() adds it. */
    return print_user(call, cluster, name);
}

bool tenants_reset(struct call *call)
{
    const struct cluster *cluster = online(call);
    const char *name = cluster ? call->arguments[1] : "";
    struct user *user = cluster ? lookup_user(call->rows, cluster->id, name) : NULL;
    if (!cluster)
        return false;
    if (user)
        user->password = invent_password(&call->invention);
    else if (strcmp(name, "doadmin") == 0)
        lookup_cluster(call->rows, cluster->id)->password = invent_password(&call->invention);
    else
        return call_refuse(call, 404, "user not found");
    call->rows->changed = true;
    return print_user(call, cluster, name);
}

/* --- databases -------------------------------------------------------------------- */

bool tenants_databases(struct call *call)
{
    const struct cluster *cluster = clusters_wanted(call);
    if (!cluster)
        return false;
    size_t most = rows_count(call->rows, DATABASES), count = 0;
    const char **cells = arena_take(call->arena, (most + 1) * sizeof(*cells));
    cells[count++] = "defaultdb";
    for (size_t i = 0; i < most; i++) {
        const struct database *database = rows_at(call->rows, DATABASES, i);
        if (strcmp(database->cluster, cluster->id) == 0)
            cells[count++] = database->name;
    }
    return columns_print(call, &database_table, cells, count);
}

bool tenants_create_database(struct call *call)
{
    const struct cluster *cluster = online(call);
    if (!cluster)
        return false;
    const char *name = call->arguments[1];
    if (!forms_user_name(name))
        return call_refuse(call, 422, "invalid database name");
    if (strcmp(name, "defaultdb") == 0 || lookup_database(call->rows, cluster->id, name))
        return call_refuse(call, 422, "database already exists");
    struct database *database = rows_add(call->rows, DATABASES);
    database->cluster = cluster->id;
    database->name = name;
    return columns_print(call, &database_table, &name, 1);
}
