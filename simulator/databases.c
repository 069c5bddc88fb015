/* databases: the clusters themselves. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "certificate.h"
#include "command.h"
#include "fault.h"
#include "handlers.h"
#include "offers.h"
#include "service.h"
#include "table.h"

enum { DATABASE_COLUMNS = 11, MOST_NODES = 3, MOST_LOOKS = 180 };

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
static const struct table database_list_table = {database_columns, DATABASE_COLUMNS, true};

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

bool refused(struct call *call, int status, const char *text)
{
    return call_refused(call, command_last(call), status, text);
}

struct cluster *cluster_wanted(struct call *call)
{
    struct cluster *cluster = service_cluster(call, call->arguments[0]);

    if (cluster == NULL)
        call_refused(call, command_first(call), 404, "cluster not found");
    return cluster;
}

static void cluster_cells(const struct cluster *cluster, const char *uri, const char **cells)
{
    const char *const row[DATABASE_COLUMNS] = {
        cluster->id,      cluster->name,    cluster->engine,
        cluster->version, cluster->nodes,   cluster->region,
        cluster->status,  cluster->size,    uri,
        cluster->created, cluster->storage,
    };

    memcpy(cells, row, sizeof(row));
}

bool database_list(struct call *call)
{
    size_t count = state_count(call->state, CLUSTERS);
    const char **cells = arena_take(call->arena, (count + 1) * DATABASE_COLUMNS * sizeof(*cells));

    for (size_t i = 0; i < count; i++) {
        struct cluster *cluster = state_at(call->state, CLUSTERS, i);

        service_looked_at(call, cluster);
        cluster_cells(cluster, service_uri(call, cluster, NULL, false),
                      cells + i * DATABASE_COLUMNS);
    }
    return table_print(call, &database_list_table, cells, count);
}

static bool cluster_print(struct call *call, const struct cluster *cluster, const char *uri)
{
    const char *cells[DATABASE_COLUMNS];

    cluster_cells(cluster, uri, cells);
    return table_print(call, &database_table, cells, 1);
}

bool database_get(struct call *call)
{
    struct cluster *cluster = cluster_wanted(call);

    if (cluster == NULL)
        return false;
    service_looked_at(call, cluster);
    return cluster_print(call, cluster, service_uri(call, cluster, NULL, false));
}

static const char *version_wanted(const char *engine, const char *version)
{
    static const struct {
        const char *engine, *versions; /* the first one is the default */
    } offered[] = {
        {"pg", "17 13 14 15 16 18"},
        {"mysql", "8"},
        {"redis", "7"},
        {"valkey", "8"},
        {"mongodb", "7.0 6.0 8.0"},
        {"kafka", "3.8 3.7"},
        {"opensearch", "2 1"},
        {"advanced_pg", "17 16 18"},
        {"advanced_mysql", "8"},
    };

    for (size_t i = 0; i < sizeof(offered) / sizeof(offered[0]); i++) {
        if (strcmp(offered[i].engine, engine) != 0)
            continue;
        for (const char *rest = offered[i].versions; *rest != '\0';) {
            size_t length = strcspn(rest, " ");

            if (*version == '\0' ||
                (strlen(version) == length && strncmp(rest, version, length) == 0))
                return *version == '\0' ? "" : version;
            rest += length + (rest[length] == ' ');
        }
    }
    return NULL;
}

/* What the API has to say against the cluster that was asked for; NULL: nothing. */
static const char *create_objection(struct call *call, int *status)
{
    const char *name = call->arguments[0];
    const char *network = call_option(call, "private-network-uuid");
    const struct vpc *vpc;
    long nodes = 0;

    *status = 422;
    if (!service_cluster_name_ok(name))
        return "invalid cluster name";
    if (version_wanted(call_option(call, "engine"), "") == NULL)
        return "invalid cluster engine";
    if (version_wanted(call_option(call, "engine"), call_option(call, "version")) == NULL)
        return "invalid engine version";
    if (!offers_region(call_option(call, "region")))
        return "invalid region";
    if (!offers_database_size(call_option(call, "size")))
        return "invalid size";
    if (!number_read(call_option(call, "num-nodes"), &nodes) || nodes < 1 || nodes > MOST_NODES)
        return "invalid number of nodes";
    if (*network != '\0') {
        vpc = service_vpc(call, network);
        if (vpc == NULL)
            return "private network not found";
        if (strcmp(vpc->region, call_option(call, "region")) != 0)
            return "private network is not in the cluster's region";
    }
    if (service_cluster_named(call, name) != NULL) {
        *status = 409;
        return "name is not available";
    }
    return NULL;
}

static struct cluster *cluster_from_options(struct call *call)
{
    struct cluster *cluster = service_cluster_add(
        call, call->arguments[0], call_option(call, "engine"), call_option(call, "size"));
    const char *version = call_option(call, "version");

    cluster->version = *version != '\0' ? version : strcmp(cluster->engine, "pg") == 0 ? "17" : "8";
    cluster->nodes = call_option(call, "num-nodes");
    cluster->region = call_option(call, "region");
    cluster->vpc = call_option(call, "private-network-uuid");
    if (*cluster->vpc == '\0')
        cluster->vpc = service_default_vpc(call, cluster->region)->id;
    if (call_given(call, "storage-size-mib") &&
        strcmp(call_option(call, "storage-size-mib"), "0") != 0)
        cluster->storage = call_option(call, "storage-size-mib");
    return cluster;
}

static void sleep_ms(long milliseconds)
{
    struct timespec rest = {milliseconds / 1000, milliseconds % 1000 * 1000000};

    while (nanosleep(&rest, &rest) != 0 && errno == EINTR)
        continue;
}

/*
 * One look of create --wait: a request of its own, which meets the faults of
 * `databases get`. NULL when the call is over: the look failed, or the state
 * is broken. Others get at the state between two looks.
 */
static struct cluster *look(struct call *call, const char *id, long pause)
{
    const struct request request = {"GET", arena_format(call->arena, "databases/%s", id)};
    struct cluster *cluster;
    struct fault fault;

    if (!state_end(call->state))
        return NULL;
    sleep_ms(pause);
    if (!state_begin(call->state))
        return NULL;
    fault = fault_find(call, "databases get");
    if (fault.kind != FAULT_NONE) {
        bool failed;

        if (!state_end(call->state))
            return NULL;
        failed = fault_in_look(call, fault, &request);
        if (!state_begin(call->state) || failed)
            return NULL;
    }
    cluster = service_cluster(call, id);
    if (cluster == NULL)
        call_refused(call, &request, 404, "cluster not found");
    else
        service_looked_at(call, cluster);
    return cluster;
}

/* On stderr after what was told before: a dot for each look but the first, and the end of the line.
 */
static void tell_looks(struct call *call, size_t before, int looks)
{
    struct text *err = &call->answer.err;

    err->length = before;
    for (int i = 0; i < looks; i++)
        text_byte(err, '.');
    if (looks > 0)
        text_byte(err, '\n');
    call->answer.told = err->length;
}

/* Looks until the cluster is online, and then once more. NULL when the call is over. */
static struct cluster *wait_until_online(struct call *call, const char *id)
{
    size_t before = call->answer.err.length;
    struct cluster *cluster = NULL;

    call->context = "database couldn't enter the `online` state: ";
    for (int looks = 0; looks < MOST_LOOKS; looks++) {
        tell_looks(call, before, looks);
        cluster = look(call, id, looks == 0 ? 0 : call->settings->wait);
        if (cluster == NULL)
            return NULL;
        if (strcmp(cluster->status, "online") == 0)
            break;
    }
    if (strcmp(cluster->status, "online") != 0) {
        call_error(call, "%stimeout waiting for database (%s) to enter `online` state",
                   call->context, id);
        return NULL;
    }
    call->context = "failed to retrieve the new database: ";
    cluster = look(call, id, 0);
    if (cluster == NULL && call->answer.status != 0 && call->personality == ON_94)
        call_not_imitated(call, "the crash of 1.94 when the last look fails");
    return cluster;
}

bool database_create(struct call *call)
{
    struct cluster *cluster;
    const char *objection, *uri;
    int status;

    objection = create_objection(call, &status);
    if (objection != NULL)
        return refused(call, status, objection);
    cluster = cluster_from_options(call);
    /* doctl shows the connection as it was then, however long it waits. */
    uri = service_uri(call, cluster, NULL, false);
    if (call_truth(call, "wait")) {
        call_notice(call, "Database creation is in progress, waiting for database to be online");
        cluster = wait_until_online(call, arena_copy(call->arena, cluster->id));
        if (cluster == NULL)
            return false;
    }
    call_notice(call, "Database created");
    return cluster_print(call, cluster, uri);
}

static void remove_of_cluster(struct call *call, enum kind kind, const char *id)
{
    /* The first field of each of these rows is the cluster. */
    for (size_t i = state_count(call->state, kind); i-- > 0;)
        if (strcmp(*(const char **)state_at(call->state, kind, i), id) == 0)
            state_remove(call->state, kind, i);
}

bool database_delete(struct call *call)
{
    struct cluster *cluster = cluster_wanted(call);
    const char *id;

    if (cluster == NULL)
        return false;
    id = cluster->id;
    service_member_left(call, cluster->vpc);
    remove_of_cluster(call, POOLS, id);
    remove_of_cluster(call, USERS, id);
    remove_of_cluster(call, DATABASES, id);
    remove_of_cluster(call, RULES, id);
    remove_of_cluster(call, CLUSTERS, id);
    return true;
}

bool database_connection(struct call *call)
{
    struct cluster *cluster = cluster_wanted(call);
    bool private = call_truth(call, "private");
    bool credentials;

    if (cluster == NULL)
        return false;
    credentials = service_shows_credentials(call, cluster);
    {
        const char *const cells[] = {
            service_uri(call, cluster, NULL, private),
            "defaultdb",
            service_host(call, cluster, private),
            arena_format(call->arena, "%d", DIRECT_PORT),
            credentials ? "doadmin" : "",
            credentials ? cluster->password : "",
            "true",
        };

        return table_print(call, &connection_table, cells, 1);
    }
}

bool database_get_ca(struct call *call)
{
    static const char *const cells[] = {certificate_pem};

    return cluster_wanted(call) != NULL && table_print(call, &certificate_table, cells, 1);
}

/* The plan's way to the certificate: a file. */
bool database_ca_get(struct call *call)
{
    const char *path = call_option(call, "output");
    size_t length = strlen(certificate_pem);
    bool written;
    int fd;

    if (cluster_wanted(call) == NULL)
        return false;
    if (!call_given(call, "output")) {
        text_add(&call->answer.out, certificate_pem);
        return true;
    }
    fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0)
        return call_error(call, "open %s: %s", path, strerror(errno));
    written = write(fd, certificate_pem, length) == (ssize_t)length;
    if (close(fd) != 0 || !written)
        return call_error(call, "write %s: %s", path, strerror(errno));
    return true;
}
