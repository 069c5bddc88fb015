#include "config.h"

#include "doctl/doctl.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "doctl/ask.h"
#include "doctl/released.h"

/* Forms that no word of an error message has. */
static struct pattern vpc_id_pattern = PATTERN("(?=.*[0-9-]).+");
static struct pattern cluster_id_pattern = PATTERN("(?=.*[0-9])(?=.*-).+");
static struct pattern engine_pattern = PATTERN("pg|mysql|redis|valkey|mongodb|kafka|opensearch");

static bool cell_is(struct pattern *pattern, const struct table *table, size_t row, size_t column)
{
    char *cell = span_copy(table_cell(table, row, column));
    bool good = pattern_is(pattern, cell);
    free(cell);
    return good;
}

/* Where a list lacks a name, the thing may be created: a row about something else is an error. */
static bool unexpected_row(const char *doing, size_t row, const char *what, struct error *error)
{
    return error_set(error, ERROR_UNREADABLE, 0,
                     "could not %s: row %zu of what doctl printed is not about %s", doing, row + 1,
                     what);
}

/* A question whose answer is one cell. */
static bool ask_cell(struct doctl *doctl, enum call_id id,
                     const char *const arguments[CALL_ARGUMENTS], char **value, struct error *error)
{
    struct reply reply;
    const struct wording *used = NULL;
    if (!ask(doctl, id, arguments, &reply, &used, error))
        return false;
    size_t column = 0;
    if (used->shape == SHAPE_TABLE)
        column = (size_t)table_column(&reply.table, used->columns[0]);
    *value = reply.table.rows ? span_copy(table_cell(&reply.table, 0, column)) : mem_copy("");
    reply_free(&reply);
    return true;
}

bool doctl_account_email(struct doctl *doctl, char **email, struct error *error)
{
    return ask_cell(doctl, CALL_ACCOUNT_GET, NO_ARGUMENTS, email, error);
}

bool doctl_account_team(struct doctl *doctl, char **team, struct error *error)
{
    return ask_cell(doctl, CALL_ACCOUNT_TEAM, NO_ARGUMENTS, team, error);
}

/* An ID that doctl gave: it goes back into an argv, so it has to look like one. */
static bool take_id(struct span cell, const char *what, char **id, struct error *error)
{
    char *copy = span_copy(cell);
    if (reply_is_id(copy)) {
        *id = copy;
        return true;
    }
    free(copy);
    return error_set(error, ERROR_UNREADABLE, 0, "doctl gave no usable ID for %s", what);
}

/* The VPC whose cell in the column `by` is `wanted`: *given is a copy of its other cell. */
static bool find_vpc(struct doctl *doctl, size_t by, const char *wanted, char **given,
                     struct error *error)
{
    struct reply reply;
    *given = NULL;
    if (!ask(doctl, CALL_VPC_LIST, NO_ARGUMENTS, &reply, NULL, error))
        return false;
    bool good = true;
    for (size_t row = 0; good && row < reply.table.rows; row++) {
        if (!cell_is(&vpc_id_pattern, &reply.table, row, 1))
            good = unexpected_row("list the VPCs", row, "a VPC", error);
        else if (!*given && span_is(table_cell(&reply.table, row, by), wanted))
            good = take_id(table_cell(&reply.table, row, 1 - by), wanted, given, error);
    }
    if (!good) {
        free(*given);
        *given = NULL;
    }
    reply_free(&reply);
    return good;
}

bool doctl_vpc_find(struct doctl *doctl, const char *name, char **uuid, struct error *error)
{
    return find_vpc(doctl, 0, name, uuid, error);
}

bool doctl_vpc_name(struct doctl *doctl, const char *uuid, char **name, struct error *error)
{
    return find_vpc(doctl, 1, uuid, name, error);
}

bool doctl_find_id(struct doctl *doctl, enum call_id list, const char *name, char **id,
                   struct error *error)
{
    struct reply reply;
    *id = NULL;
    if (!ask(doctl, list, NO_ARGUMENTS, &reply, NULL, error))
        return false;
    bool good = true;
    for (size_t row = 0; good && !*id && row < reply.table.rows; row++)
        if (span_is(table_cell(&reply.table, row, 1), name))
            good = take_id(table_cell(&reply.table, row, 0), name, id, error);
    reply_free(&reply);
    return good;
}

static bool create(struct doctl *doctl, enum call_id id,
                   const char *const arguments[CALL_ARGUMENTS], char **new_id,
                   const struct wording **used, struct error *error)
{
    struct reply reply;
    if (!ask(doctl, id, arguments, &reply, used, error))
        return false;
    bool good = take_id(reply.table.cells[0], arguments[1], new_id, error);
    reply_free(&reply);
    return good;
}

bool doctl_vpc_create(struct doctl *doctl, const char *name, const char *region,
                      const char *ip_range, char **uuid, struct error *error)
{
    return create(doctl, CALL_VPC_CREATE, ARGUMENTS(name, region, ip_range), uuid, NULL, error);
}

void cluster_free(struct cluster *cluster)
{
    free(cluster->id);
    free(cluster->engine);
    free(cluster->status);
    *cluster = (struct cluster){NULL, NULL, NULL};
}

/*
 * An error message of four words must not pass for a cluster, so each row has to have a known
 * engine or an ID with a digit and a hyphen; a new engine alone is no reason to fail.
 */
static bool are_clusters(const struct table *table, struct error *error)
{
    for (size_t row = 0; row < table->rows; row++)
        if (!cell_is(&engine_pattern, table, row, 2) &&
            !cell_is(&cluster_id_pattern, table, row, 1))
            return unexpected_row("list the database clusters", row, "a cluster", error);
    return true;
}

bool doctl_cluster_find(struct doctl *doctl, const char *name, struct cluster *cluster,
                        struct error *error)
{
    struct reply reply;
    *cluster = (struct cluster){NULL, NULL, NULL};
    if (!ask(doctl, CALL_CLUSTER_LIST, NO_ARGUMENTS, &reply, NULL, error))
        return false;
    bool good = are_clusters(&reply.table, error);
    for (size_t row = 0; good && row < reply.table.rows && !cluster->id; row++) {
        if (!span_is(table_cell(&reply.table, row, 0), name))
            continue;
        good = take_id(table_cell(&reply.table, row, 1), name, &cluster->id, error);
        cluster->engine = span_copy(table_cell(&reply.table, row, 2));
        cluster->status = span_copy(table_cell(&reply.table, row, 3));
    }
    reply_free(&reply);
    if (!good)
        cluster_free(cluster);
    return good;
}

bool doctl_cluster_create(struct doctl *doctl, const struct cluster_request *request, char **id,
                          bool *waited, struct error *error)
{
    const struct wording *used = NULL;
    if (!create(doctl, CALL_CLUSTER_CREATE,
                ARGUMENTS(request->name, request->version, request->region, request->size,
                          request->nodes, request->vpc_uuid, request->tags, request->storage),
                id, &used, error))
        return false;
    *waited = used == &dialect_call(CALL_CLUSTER_CREATE)->plan;
    return true;
}

bool doctl_cluster_status(struct doctl *doctl, const char *cluster_id, char **status,
                          struct error *error)
{
    return ask_cell(doctl, CALL_CLUSTER_STATUS, ARGUMENTS(cluster_id), status, error);
}

bool doctl_cluster_resize(struct doctl *doctl, const char *cluster_id, const char *nodes,
                          const char *size, struct error *error)
{
    struct reply reply;
    if (!ask(doctl, CALL_CLUSTER_RESIZE, ARGUMENTS(cluster_id, nodes, size), &reply, NULL, error))
        return false;
    reply_free(&reply);
    return true;
}

bool doctl_cluster_info(struct doctl *doctl, const char *cluster_id, char **text,
                        struct error *error)
{
    struct reply reply;
    struct table table;
    struct error ignored = ERROR_INIT;
    if (!ask(doctl, CALL_CLUSTER_INFO, ARGUMENTS(cluster_id), &reply, NULL, error))
        return false;
    const struct buffer *out = &reply.result.out;
    bool good = (table_read(buffer_text(out), out->length, "read the answer", &table, &ignored) &&
                 table_column(&table, "ID") >= 0 && table.rows > 0) ||
                !doctl_is_released(doctl) ||
                error_set(error, ERROR_UNREADABLE, 0,
                          "could not show the database cluster %s: doctl printed no table of it",
                          cluster_id);
    table_free(&table);
    if (good)
        *text = reply_shown(&reply);
    reply_free(&reply);
    return good;
}

bool doctl_certificate(struct doctl *doctl, const char *cluster_id, const char *beside, char **pem,
                       bool *hand_made, struct error *error)
{
    struct reply reply;
    const struct wording *used = NULL;
    if (!ask(doctl, CALL_CERTIFICATE, ARGUMENTS(cluster_id, client_scratch(doctl, beside)), &reply,
             &used, error))
        return false;
    *hand_made = used->shape == SHAPE_FILE;
    *pem = reply.certificate;
    reply.certificate = NULL;
    reply_free(&reply);
    return true;
}

bool doctl_connection(struct doctl *doctl, const char *cluster_id, struct conninfo *info,
                      struct error *error)
{
    struct reply reply;
    if (!ask(doctl, CALL_CONNECTION, ARGUMENTS(cluster_id), &reply, NULL, error))
        return false;
    info->host = span_copy(table_cell(&reply.table, 0, 0));
    info->port = span_copy(table_cell(&reply.table, 0, 1));
    info->user = span_copy(table_cell(&reply.table, 0, 2));
    info->password = span_copy(table_cell(&reply.table, 0, 3));
    info->database = span_copy(table_cell(&reply.table, 0, 4));
    reply_free(&reply);
    if (conninfo_check(info, error))
        return true;
    conninfo_free(info);
    return false;
}

bool doctl_droplet_private_ip(struct doctl *doctl, const char *droplet_id, char **address,
                              struct error *error)
{
    return ask_cell(doctl, CALL_DROPLET_GET, ARGUMENTS(droplet_id), address, error);
}

void doctl_forget(struct doctl *doctl, enum call_id question, const char *first, const char *second)
{
    ask_forget(doctl, question, ARGUMENTS(first, second));
}

void doctl_prefetch(struct doctl *doctl, enum call_id question, const char *first,
                    const char *second)
{
    if (question == CALL_CERTIFICATE)
        second = client_scratch(doctl, second);
    ask_prefetch(doctl, question, ARGUMENTS(first, second));
}
