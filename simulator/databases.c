/* databases: the clusters themselves. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "certificate.h"
#include "clusters.h"
#include "columns.h"
#include "connect.h"
#include "forms.h"
#include "handlers.h"
#include "lookup.h"
#include "networks.h"
#include "number.h"
#include "offers.h"
#include "system.h"
#include "waiting.h"

enum { DATABASE_COLUMNS = 11, MOST_NODES = 3 };

static const struct column database_columns[DATABASE_COLUMNS] = {
    {"ID", "ID", ALWAYS, 0},
    {"Name", "Name", ALWAYS, 0},
    {"Engine", "Engine", ALWAYS, 0},
    {"Version", "Version", ALWAYS, 0},
    {"NumNodes", "Number of Nodes", ALWAYS, 0},
    {"Region", "Region", ALWAYS, 0},
    {"Status", "Status", ALWAYS, 0},
    {"Size", "Size", ALWAYS, 0},
    {"URI", "URI", DETAIL, 0},
    {"Created", "Created At", DETAIL, 0},
    {"StorageMib", "Storage (MiB)", ALWAYS, ON_PLAN | ON_LATER},
};

static const struct table database_table = {database_columns, DATABASE_COLUMNS, false};
static const struct table list_table = {database_columns, DATABASE_COLUMNS, true};

static const struct column connection_columns[] = {
    {"URI", "URI", ALWAYS, 0},          {"Database", "Database", ALWAYS, 0},
    {"Host", "Host", ALWAYS, 0},        {"Port", "Port", ALWAYS, 0},
    {"User", "User", ALWAYS, 0},        {"Password", "Password", ALWAYS, 0},
    {"SSL", "SSL Required", ALWAYS, 0},
};

static const struct table connection_table = {
    connection_columns, sizeof(connection_columns) / sizeof(connection_columns[0]), false};

static const struct column certificate_columns[] = {{"Certificate", "Certificate", ALWAYS, 0}};

static const struct table certificate_table = {certificate_columns, 1, false};

/* --- list, get --------------------------------------------------------------------- */

static void fill_cells(const struct cluster *cluster, const char *uri, const char **cells)
{
    const char *const row[DATABASE_COLUMNS] = {
        cluster->id,      cluster->name,    cluster->engine,
        cluster->version, cluster->nodes,   cluster->region,
        cluster->status,  cluster->size,    uri,
        cluster->created, cluster->storage,
    };
    memcpy(cells, row, sizeof(row));
}

bool databases_list(struct call *call)
{
    size_t count = rows_count(call->rows, CLUSTERS);
    const char **cells = arena_take(call->arena, (count + 1) * DATABASE_COLUMNS * sizeof(*cells));
    for (size_t i = 0; i < count; i++) {
        struct cluster *cluster = rows_at(call->rows, CLUSTERS, i);
        clusters_looked_at(call, cluster);
        fill_cells(cluster, connect_uri(call, cluster, false), cells + i * DATABASE_COLUMNS);
    }
    return columns_print(call, &list_table, cells, count);
}

static bool print_cluster(struct call *call, const struct cluster *cluster, const char *uri)
{
    const char *cells[DATABASE_COLUMNS];
    fill_cells(cluster, uri, cells);
    return columns_print(call, &database_table, cells, 1);
}

static void add_member(struct buffer *out, const char *indent, const char *key, const char *value,
                       bool last)
{
    buffer_add_format(out, "%s\"%s\": ", indent, key);
    call_add_json(out, value);
    buffer_add_text(out, last ? "\n" : ",\n");
}

static void add_connection(struct call *call, const struct cluster *cluster, bool private)
{
    struct buffer *out = &call->answer.out;
    bool shown = connect_shows_credentials(call, cluster);
    buffer_add_format(out, "    \"%s\": {\n", private ? "private_connection" : "connection");
    if (call->personality & ON_LATER)
        add_member(out, "      ", "protocol", "postgresql", false);
    add_member(out, "      ", "uri", connect_uri(call, cluster, private), false);
    add_member(out, "      ", "database", "defaultdb", false);
    add_member(out, "      ", "host", connect_host(call, cluster, private), false);
    buffer_add_format(out, "      \"port\": %ld,\n", call->environment->port);
    if (shown) {
        add_member(out, "      ", "user", "doadmin", false);
        add_member(out, "      ", "password", cluster->password, false);
    }
    buffer_add_text(out, "      \"ssl\": true\n    },\n");
}

static void add_user(struct call *call, const char *name, const char *role, const char *password,
                     bool last)
{
    struct buffer *out = &call->answer.out;
    buffer_add_text(out, "      {\n");
    add_member(out, "        ", "name", name, false);
    add_member(out, "        ", "role", role, !*password);
    if (*password)
        add_member(out, "        ", "password", password, true);
    buffer_add_text(out, last ? "      }\n" : "      },\n");
}

static void add_users(struct call *call, const struct cluster *cluster)
{
    bool shown = connect_shows_credentials(call, cluster);
    size_t count = rows_count(call->rows, USERS), left = 0;
    for (size_t i = 0; i < count; i++) {
        const struct user *user = rows_at(call->rows, USERS, i);
        left += strcmp(user->cluster, cluster->id) == 0;
    }
    buffer_add_text(&call->answer.out, "    \"users\": [\n");
    add_user(call, "doadmin", "primary", shown ? cluster->password : "", left == 0);
    for (size_t i = 0; i < count; i++) {
        const struct user *user = rows_at(call->rows, USERS, i);
        if (strcmp(user->cluster, cluster->id) == 0)
            add_user(call, user->name, "normal", shown ? user->password : "", --left == 0);
    }
    buffer_add_text(&call->answer.out, "    ],\n");
}

static void add_database_names(struct call *call, const struct cluster *cluster)
{
    struct buffer *out = &call->answer.out;
    buffer_add_text(out, "    \"db_names\": [\n      \"defaultdb\"");
    for (size_t i = 0; i < rows_count(call->rows, DATABASES); i++) {
        const struct database *database = rows_at(call->rows, DATABASES, i);
        if (strcmp(database->cluster, cluster->id) != 0)
            continue;
        buffer_add_text(out, ",\n      ");
        call_add_json(out, database->name);
    }
    buffer_add_text(out, "\n    ],\n");
}

/* `2026-01-24 08:45:00 +0000 UTC` as JSON has it. */
static const char *json_time(struct call *call, const char *time)
{
    return strlen(time) < 19 ? time : arena_format(call->arena, "%.10sT%.8sZ", time, time + 11);
}

/* Left out where there are none. */
static void add_tags(struct buffer *out, const char *tags, bool last)
{
    for (const char *at = tags; *at;) {
        int length = (int)strcspn(at, ",");
        buffer_add_format(out, "%s      \"%.*s\"", at == tags ? "    \"tags\": [\n" : ",\n", length,
                          at);
        at += length + (at[length] == ',');
    }
    if (*tags)
        buffer_add_text(out, last ? "\n    ]\n" : "\n    ],\n");
}

/* What `-o json` prints; only of this command it is imitated. */
static bool print_json(struct call *call, const struct cluster *cluster)
{
    struct buffer *out = &call->answer.out;
    bool has_storage = call->personality & ON_LATER;
    buffer_add_text(out, "[\n  {\n");
    add_member(out, "    ", "id", cluster->id, false);
    add_member(out, "    ", "name", cluster->name, false);
    add_member(out, "    ", "engine", cluster->engine, false);
    add_member(out, "    ", "version", cluster->version, false);
    add_connection(call, cluster, false);
    add_connection(call, cluster, true);
    add_users(call, cluster);
    buffer_add_format(out, "    \"num_nodes\": %s,\n", cluster->nodes);
    add_member(out, "    ", "size", cluster->size, false);
    add_database_names(call, cluster);
    add_member(out, "    ", "region", cluster->region, false);
    add_member(out, "    ", "status", cluster->status, false);
    buffer_add_text(out, "    \"maintenance_window\": {\n      \"day\": \"sunday\",\n"
                         "      \"hour\": \"07:00:00\"\n    },\n");
    add_member(out, "    ", "created_at", json_time(call, cluster->created),
               !*cluster->vpc && !*cluster->tags && !has_storage);
    if (*cluster->vpc)
        add_member(out, "    ", "private_network_uuid", cluster->vpc,
                   !*cluster->tags && !has_storage);
    add_tags(out, cluster->tags, !has_storage);
    if (has_storage)
        buffer_add_format(out, "    \"storage_size_mib\": %s\n", cluster->storage);
    buffer_add_text(out, "  }\n]");
    return true;
}

bool databases_get(struct call *call)
{
    struct cluster *cluster = clusters_wanted(call);
    if (!cluster)
        return false;
    clusters_looked_at(call, cluster);
    if (strcmp(call_option(call, "output"), "json") == 0)
        return print_json(call, cluster);
    return print_cluster(call, cluster, connect_uri(call, cluster, false));
}

/* --- create -------------------------------------------------------------------------- */

static bool is_version(const char *version)
{
    for (size_t i = 0; offers_versions[i]; i++)
        if (strcmp(offers_versions[i], version) == 0)
            return true;
    return false;
}

/* What the API has against the VPC that was asked for; NULL: nothing. */
static const char *object_to_network(const struct call *call)
{
    const char *network = call_option(call, "private-network-uuid");
    if (!*network)
        return NULL;
    const struct vpc *vpc = lookup_vpc(call->rows, network);
    if (!vpc)
        return "private network not found";
    return strcmp(vpc->region, call_option(call, "region")) == 0
               ? NULL
               : "private network is not in the cluster's region";
}

static struct refusal object_to_new(const struct call *call)
{
    const char *name = call->arguments[0];
    const char *version = call_option(call, "version");
    long nodes;
    if (!forms_cluster_name(name))
        return (struct refusal){422, "invalid cluster name"};
    if (*version && !is_version(version))
        return (struct refusal){422, "invalid engine version"};
    if (!offers_region(call_option(call, "region")))
        return (struct refusal){422, "invalid region"};
    if (!offers_database_size(call_option(call, "size")))
        return (struct refusal){422, "invalid size"};
    if (!number_read(call_option(call, "num-nodes"), &nodes) || nodes < 1 || nodes > MOST_NODES)
        return (struct refusal){422, "invalid number of nodes"};
    const char *objection = object_to_network(call);
    if (objection)
        return (struct refusal){422, objection};
    if (lookup_cluster_named(call->rows, name))
        return (struct refusal){409, "name is not available"};
    return (struct refusal){0, NULL};
}

static struct cluster *add_cluster(struct call *call)
{
    struct cluster *cluster = clusters_add(call, call->arguments[0], call_option(call, "engine"),
                                           call_option(call, "size"));
    const char *version = call_option(call, "version");
    const char *storage = call_option(call, "storage-size-mib");
    cluster->version = *version ? version : "17";
    cluster->nodes = call_option(call, "num-nodes");
    cluster->region = call_option(call, "region");
    cluster->vpc = call_option(call, "private-network-uuid");
    if (!*cluster->vpc)
        cluster->vpc = networks_default_vpc(call, cluster->region)->id;
    if (*storage && strcmp(storage, "0") != 0)
        cluster->storage = storage;
    cluster->tags = call_option(call, "tag");
    return cluster;
}

bool databases_create(struct call *call)
{
    if (strcmp(call_option(call, "engine"), "pg") != 0)
        return call_not_imitated(call, "an engine other than pg");
    struct refusal refusal = object_to_new(call);
    if (refusal.text)
        return call_refuse(call, refusal.status, refusal.text);
    const struct cluster *cluster = add_cluster(call);
    /* doctl shows the connection as it was then, however long it waits. */
    const char *uri = connect_uri(call, cluster, false);
    if (call_is_on(call, "wait")) {
        call_notice(call, "Database creation is in progress, waiting for database to be online");
        cluster = waiting_until_online(call, cluster->id);
        if (!cluster)
            return false;
    }
    call_notice(call, "Database created");
    return print_cluster(call, cluster, uri);
}

/* --- resize -------------------------------------------------------------------------- */

/* What the API has against the new size and number of nodes. */
static struct refusal object_to_resize(const struct call *call, const struct cluster *cluster)
{
    const char *size = call_option(call, "size");
    long nodes;
    if (strcmp(cluster->status, "online") != 0)
        return (struct refusal){412, "cluster is not online"};
    if (!offers_database_size(size))
        return (struct refusal){422, "invalid size"};
    if (!number_read(call_option(call, "num-nodes"), &nodes) || nodes < 1 || nodes > MOST_NODES)
        return (struct refusal){422, "invalid number of nodes"};
    if (offers_backend_connections(size) < offers_backend_connections(cluster->size))
        return (struct refusal){422, "cluster nodes cannot be resized to a smaller size"};
    return (struct refusal){0, NULL};
}

/* Prints nothing. The cluster is `resizing` for as many looks as a new one is `creating`. */
bool databases_resize(struct call *call)
{
    struct cluster *cluster = clusters_wanted(call);
    if (!cluster)
        return false;
    if (call_is_on(call, "wait"))
        return call_not_imitated(call, "--wait of resize");
    struct refusal refusal = object_to_resize(call, cluster);
    if (refusal.text)
        return call_refuse(call, refusal.status, refusal.text);
    cluster->size = call_option(call, "size");
    cluster->nodes = call_option(call, "num-nodes");
    cluster->status = "resizing";
    cluster->polls = arena_format(call->arena, "%ld", call->environment->polls);
    call->rows->changed = true;
    return true;
}

/* --- backups ------------------------------------------------------------------------- */

static const struct column backup_columns[] = {{"Size", "Size in Gigabytes", ALWAYS, 0},
                                               {"Created", "Created At", ALWAYS, 0}};
static const struct table backup_table = {backup_columns, 2, false};

bool databases_backups(struct call *call)
{
    const struct cluster *cluster = clusters_wanted(call);
    if (!cluster)
        return false;
    const char *const cells[] = {"0.030000", cluster->backup};
    return columns_print(call, &backup_table, cells, *cluster->backup ? 1 : 0);
}

/* --- delete -------------------------------------------------------------------------- */

/* Removes the rows whose first field is the cluster's ID. */
static void remove_of_cluster(struct rows *rows, enum kind kind, const char *id)
{
    for (size_t i = rows_count(rows, kind); i-- > 0;)
        if (strcmp(*(const char **)rows_at(rows, kind, i), id) == 0)
            rows_remove(rows, kind, i);
}

bool databases_delete(struct call *call)
{
    const struct cluster *cluster = clusters_wanted(call);
    if (!cluster)
        return false;
    static const enum kind kinds[] = {POOLS, USERS, DATABASES, RULES, CLUSTERS};
    const char *id = cluster->id;
    networks_member_left(call, cluster->vpc);
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        remove_of_cluster(call->rows, kinds[i], id);
    return true;
}

/* --- connection, certificate --------------------------------------------------------- */

bool databases_connection(struct call *call)
{
    const struct cluster *cluster = clusters_wanted(call);
    if (!cluster)
        return false;
    bool private = call_is_on(call, "private");
    bool credentials = connect_shows_credentials(call, cluster);
    const char *const cells[] = {
        connect_uri(call, cluster, private),
        "defaultdb",
        connect_host(call, cluster, private),
        arena_format(call->arena, "%ld", call->environment->port),
        credentials ? "doadmin" : "",
        credentials ? cluster->password : "",
        "true",
    };
    return columns_print(call, &connection_table, cells, 1);
}

bool databases_get_ca(struct call *call)
{
    const char *const cells[] = {certificate_of(call)};
    return clusters_wanted(call) && columns_print(call, &certificate_table, cells, 1);
}

/* The plan's way to the certificate: a file. */
bool databases_ca_get(struct call *call)
{
    const char *path = call_option(call, "output");
    const char *pem = certificate_of(call);
    if (!clusters_wanted(call))
        return false;
    if (!call_has(call, "output")) {
        buffer_add_text(&call->answer.out, pem);
        return true;
    }
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0)
        return call_error(call, "open %s: %s", path, strerror(errno));
    bool written = system_write(fd, pem, strlen(pem));
    if (close(fd) != 0 || !written)
        return call_error(call, "write %s: %s", path, strerror(errno));
    return true;
}
