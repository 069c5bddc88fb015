#include "connect.h"

#include <string.h>

#include "lookup.h"

static const char *scheme(const struct cluster *cluster)
{
    static const struct {
        const char *engine, *scheme;
    } schemes[] = {
        {"mysql", "mysql"},         {"redis", "rediss"}, {"valkey", "rediss"},
        {"mongodb", "mongodb+srv"}, {"kafka", "kafka"},  {"opensearch", "https"},
    };
    for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++)
        if (strcmp(schemes[i].engine, cluster->engine) == 0)
            return schemes[i].scheme;
    return "postgresql";
}

bool connect_shows_credentials(const struct call *call, const struct cluster *cluster)
{
    if (call->environment->blank_credentials)
        return false;
    return strcmp(cluster->status, "creating") != 0 || strcmp(cluster->early, "yes") == 0;
}

const char *connect_host(struct call *call, const struct cluster *cluster, bool private)
{
    const char *given = private ? call->environment->private_host : call->environment->host;
    if (given)
        return given;
    return arena_format(call->arena, "%s%s-do-user-1234567-0.k.db.ondigitalocean.com",
                        private ? "private-" : "", cluster->name);
}

const char *connect_password(struct call *call, const struct cluster *cluster, const char *name)
{
    if (strcmp(name, "doadmin") == 0)
        return cluster->password;
    struct user *user = lookup_user(call->rows, cluster->id, name);
    if (!user) {
        user = rows_add(call->rows, USERS);
        user->cluster = cluster->id;
        user->name = arena_copy(call->arena, name);
        user->password = invent_password(&call->invention);
    }
    return user->password;
}

/* `USER:PASSWORD@`; a pool without a user has an empty one. */
static const char *credentials(struct call *call, const struct cluster *cluster, const char *user)
{
    if (!connect_shows_credentials(call, cluster))
        return "";
    const char *password = *user ? connect_password(call, cluster, user) : "";
    return arena_format(call->arena, "%s:%s@", user, password);
}

static const char *uri(struct call *call, const struct cluster *cluster, const char *user,
                       bool private, long port, const char *database)
{
    return arena_format(call->arena, "%s://%s%s:%ld/%s?sslmode=require", scheme(cluster),
                        credentials(call, cluster, user), connect_host(call, cluster, private),
                        port, database);
}

const char *connect_uri(struct call *call, const struct cluster *cluster, bool private)
{
    return uri(call, cluster, "doadmin", private, call->environment->port, "defaultdb");
}

const char *connect_pool_uri(struct call *call, const struct cluster *cluster,
                             const struct pool *pool)
{
    return uri(call, cluster, pool->user, false, call->environment->pool_port, pool->name);
}
