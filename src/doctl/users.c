#include "config.h"

#include "doctl/users.h"

#include "doctl/ask.h"

static bool change(struct doctl *doctl, enum call_id id, const char *cluster_id, const char *name,
                   struct error *error)
{
    struct reply reply;
    if (!ask(doctl, id, ARGUMENTS(cluster_id, name), &reply, NULL, error))
        return false;
    reply_free(&reply);
    return true;
}

bool doctl_user_exists(struct doctl *doctl, const char *cluster_id, const char *user, bool *exists,
                       struct error *error)
{
    return ask_whether_listed(doctl, CALL_USER_LIST, cluster_id, user, exists, error);
}

bool doctl_user_create(struct doctl *doctl, const char *cluster_id, const char *user,
                       struct error *error)
{
    return change(doctl, CALL_USER_CREATE, cluster_id, user, error);
}

bool doctl_user_reset(struct doctl *doctl, const char *cluster_id, const char *user,
                      struct error *error)
{
    return change(doctl, CALL_USER_RESET, cluster_id, user, error);
}

bool doctl_user_password(struct doctl *doctl, const char *cluster_id, const char *user,
                         char **password, struct error *error)
{
    struct reply reply;
    if (!ask(doctl, CALL_USER_GET, ARGUMENTS(cluster_id, user), &reply, NULL, error))
        return false;
    *password = span_copy(table_cell(&reply.table, 0, 1));
    reply_free(&reply);
    return true;
}

bool doctl_database_exists(struct doctl *doctl, const char *cluster_id, const char *database,
                           bool *exists, struct error *error)
{
    return ask_whether_listed(doctl, CALL_DATABASE_LIST, cluster_id, database, exists, error);
}

bool doctl_database_create(struct doctl *doctl, const char *cluster_id, const char *database,
                           struct error *error)
{
    return change(doctl, CALL_DATABASE_CREATE, cluster_id, database, error);
}
