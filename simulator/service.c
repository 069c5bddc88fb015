#include "service.h"

#include <stdlib.h>
#include <string.h>

static const char digits[] = "0123456789";

/* --- looking up ----------------------------------------------------------- */

struct cluster *service_cluster(const struct call *call, const char *id)
{
    for (size_t i = 0; i < state_count(call->state, CLUSTERS); i++) {
        struct cluster *cluster = state_at(call->state, CLUSTERS, i);

        if (strcmp(cluster->id, id) == 0)
            return cluster;
    }
    return NULL;
}

struct cluster *service_cluster_named(const struct call *call, const char *name)
{
    for (size_t i = 0; i < state_count(call->state, CLUSTERS); i++) {
        struct cluster *cluster = state_at(call->state, CLUSTERS, i);

        if (strcmp(cluster->name, name) == 0)
            return cluster;
    }
    return NULL;
}

struct pool *service_pool(const struct call *call, const char *cluster, const char *name)
{
    for (size_t i = 0; i < state_count(call->state, POOLS); i++) {
        struct pool *pool = state_at(call->state, POOLS, i);

        if (strcmp(pool->cluster, cluster) == 0 && strcmp(pool->name, name) == 0)
            return pool;
    }
    return NULL;
}

struct vpc *service_vpc(const struct call *call, const char *id)
{
    for (size_t i = 0; i < state_count(call->state, VPCS); i++) {
        struct vpc *vpc = state_at(call->state, VPCS, i);

        if (strcmp(vpc->id, id) == 0)
            return vpc;
    }
    return NULL;
}

struct vpc *service_vpc_named(const struct call *call, const char *name)
{
    for (size_t i = 0; i < state_count(call->state, VPCS); i++) {
        struct vpc *vpc = state_at(call->state, VPCS, i);

        if (strcmp(vpc->name, name) == 0)
            return vpc;
    }
    return NULL;
}

struct droplet *service_droplet(const struct call *call, const char *id)
{
    for (size_t i = 0; i < state_count(call->state, DROPLETS); i++) {
        struct droplet *droplet = state_at(call->state, DROPLETS, i);

        if (strcmp(droplet->id, id) == 0)
            return droplet;
    }
    return NULL;
}

bool service_user_there(const struct call *call, const char *cluster, const char *name)
{
    for (size_t i = 0; i < state_count(call->state, USERS); i++) {
        const struct user *user = state_at(call->state, USERS, i);

        if (strcmp(user->cluster, cluster) == 0 && strcmp(user->name, name) == 0)
            return true;
    }
    return strcmp(name, "doadmin") == 0;
}

bool service_database_there(const struct call *call, const char *cluster, const char *name)
{
    for (size_t i = 0; i < state_count(call->state, DATABASES); i++) {
        const struct database *database = state_at(call->state, DATABASES, i);

        if (strcmp(database->cluster, cluster) == 0 && strcmp(database->name, name) == 0)
            return true;
    }
    return strcmp(name, "defaultdb") == 0;
}

size_t service_pool_count(const struct call *call, const char *cluster)
{
    size_t count = 0;

    for (size_t i = 0; i < state_count(call->state, POOLS); i++)
        count += strcmp(((struct pool *)state_at(call->state, POOLS, i))->cluster, cluster) == 0;
    return count;
}

long service_pool_sizes(const struct call *call, const char *cluster, const char *but)
{
    long sum = 0, size;

    for (size_t i = 0; i < state_count(call->state, POOLS); i++) {
        const struct pool *pool = state_at(call->state, POOLS, i);

        if (strcmp(pool->cluster, cluster) == 0 && (but == NULL || strcmp(pool->name, but) != 0) &&
            number_read(pool->size, &size))
            sum += size;
    }
    return sum;
}

/* --- forms ---------------------------------------------------------------- */

/* Only characters of the sets, and between `least` and `most` of them. */
static bool made_of(const char *string, const char *sets, size_t least, size_t most)
{
    size_t length = strlen(string);

    return length >= least && length <= most && strspn(string, sets) == length;
}

bool service_cluster_name_ok(const char *name)
{
    return made_of(name, "abcdefghijklmnopqrstuvwxyz0123456789-", 3, 63) && *name != '-' &&
           name[strlen(name) - 1] != '-';
}

bool service_vpc_name_ok(const char *name)
{
    return made_of(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-", 1,
                   255);
}

bool service_pool_name_ok(const char *name)
{
    return made_of(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-", 3, 63);
}

bool service_tag_ok(const char *tag)
{
    return made_of(tag, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_:-", 1,
                   255);
}

bool service_uuid_ok(const char *uuid)
{
    static const char form[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";

    if (strlen(uuid) != strlen(form))
        return false;
    for (size_t i = 0; form[i] != '\0'; i++)
        if (form[i] == '-' ? uuid[i] != '-' : strchr("0123456789abcdefABCDEF", uuid[i]) == NULL)
            return false;
    return true;
}

/* Four numbers from 0 to 255; *end is what follows them. */
static bool ipv4_read(const char *string, unsigned long *address, const char **end)
{
    *address = 0;
    for (int part = 0; part < 4; part++) {
        size_t length = strspn(string, digits);
        unsigned long value;

        if (length == 0 || length > 3 || (length > 1 && *string == '0'))
            return false;
        value = strtoul(string, NULL, 10);
        if (value > 255)
            return false;
        *address = *address << 8 | value;
        string += length;
        if (part < 3 && *string++ != '.')
            return false;
    }
    *end = string;
    return true;
}

bool service_range_read(const char *range, unsigned long *first, unsigned *bits)
{
    const char *rest;
    long length;

    if (!ipv4_read(range, first, &rest) || *rest != '/' || !made_of(rest + 1, digits, 1, 2) ||
        !number_read(rest + 1, &length) || length > 32)
        return false;
    *bits = (unsigned)length;
    *first &= length == 0 ? 0 : 0xffffffffUL << (32 - length) & 0xffffffffUL;
    return true;
}

bool service_address_ok(const char *address)
{
    unsigned long first;
    unsigned bits;
    const char *rest;

    return (ipv4_read(address, &first, &rest) && *rest == '\0') ||
           service_range_read(address, &first, &bits);
}

bool service_ranges_overlap(const char *one, const char *other)
{
    unsigned long first[2], mask;
    unsigned bits[2];

    if (!service_range_read(one, &first[0], &bits[0]) ||
        !service_range_read(other, &first[1], &bits[1]))
        return false;
    if (bits[1] < bits[0])
        bits[0] = bits[1];
    mask = bits[0] == 0 ? 0 : 0xffffffffUL << (32 - bits[0]) & 0xffffffffUL;
    return (first[0] & mask) == (first[1] & mask);
}

const char *service_free_range(struct call *call)
{
    for (unsigned net = 0; net < 128 * 16; net++) {
        const char *range =
            arena_format(call->arena, "10.%u.%u.0/20", 124 + net / 16, net % 16 * 16);
        bool taken = false;

        for (size_t i = 0; i < state_count(call->state, VPCS) && !taken; i++)
            taken = service_ranges_overlap(range,
                                           ((struct vpc *)state_at(call->state, VPCS, i))->range);
        if (!taken)
            return range;
    }
    return "192.168.0.0/24";
}

struct vpc *service_default_vpc(struct call *call, const char *region)
{
    const char *range;
    struct vpc *vpc;

    for (size_t i = 0; i < state_count(call->state, VPCS); i++) {
        vpc = state_at(call->state, VPCS, i);
        if (strcmp(vpc->standard, "yes") == 0 && strcmp(vpc->region, region) == 0)
            return vpc;
    }
    range = service_free_range(call);
    vpc = state_add(call->state, VPCS);
    *vpc = (struct vpc){service_uuid(call),
                        arena_format(call->arena, "default-%s", region),
                        "",
                        range,
                        region,
                        service_time(call),
                        "yes",
                        "0"};
    return vpc;
}

void service_member_left(struct call *call, const char *vpc)
{
    struct vpc *left = service_vpc(call, vpc);

    if (left == NULL)
        return;
    left->leaving = arena_format(call->arena, "%ld", call->settings->member_polls);
    call->state->changed = true;
}

/* --- sizes ---------------------------------------------------------------- */

/* FAMILY-Nvcpu-Ngb, where the family has pieces of its own, as in gd-, so1_5-, db-s-, db-amd-. */
long service_size_gib(const char *size)
{
    const char *gib = strrchr(size, '-');
    const char *cpus = gib;
    size_t length;

    if (gib == NULL || strspn(size, "abcdefghijklmnopqrstuvwxyz0123456789_-") != strlen(size))
        return 0;
    while (cpus > size && cpus[-1] != '-')
        cpus--;
    length = strspn(cpus, digits);
    if (cpus == size || length == 0 || strncmp(cpus + length, "vcpu-", 5) != 0)
        return 0;
    length = strspn(gib + 1, digits);
    if (length == 0 || length > 5 || strcmp(gib + 1 + length, "gb") != 0)
        return 0;
    return strtol(gib + 1, NULL, 10);
}

long service_backend_connections(const char *size)
{
    long connections = 25 * service_size_gib(size) - 3;

    return connections > 997 ? 997 : connections;
}

const char *service_storage(struct call *call, const char *size)
{
    long gib = service_size_gib(size);

    return arena_format(call->arena, "%ld", gib <= 1 ? 10240 : gib * 15360);
}

/* --- where to connect ----------------------------------------------------- */

bool service_shows_credentials(const struct call *call, const struct cluster *cluster)
{
    if (call->settings->blank_credentials)
        return false;
    return strcmp(cluster->status, "creating") != 0 || strcmp(cluster->early, "yes") == 0;
}

const char *service_host(struct call *call, const struct cluster *cluster, bool private)
{
    return arena_format(call->arena, "%s%s-do-user-1234567-0.k.db.ondigitalocean.com",
                        private ? "private-" : "", cluster->name);
}

static const char *scheme(const struct cluster *cluster)
{
    static const struct {
        const char *engine, *scheme;
    } schemes[] = {
        {"mysql", "mysql"},      {"advanced_mysql", "mysql"}, {"redis", "rediss"},
        {"valkey", "rediss"},    {"mongodb", "mongodb+srv"},  {"kafka", "kafka"},
        {"opensearch", "https"},
    };

    for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++)
        if (strcmp(schemes[i].engine, cluster->engine) == 0)
            return schemes[i].scheme;
    return "postgresql";
}

/* User and password stand in the URI as they are: the API encodes nothing. */
const char *service_uri(struct call *call, const struct cluster *cluster, const struct pool *pool,
                        bool private)
{
    const char *user = pool == NULL ? "doadmin" : pool->user;
    struct text uri = {.arena = call->arena};

    text_format(&uri, "%s://", scheme(cluster));
    if (service_shows_credentials(call, cluster)) {
        text_format(&uri, "%s:", user);
        if (strcmp(user, "doadmin") == 0)
            text_add(&uri, cluster->password);
        else if (*user != '\0')
            text_add(&uri, service_user_password(call, cluster, user));
        text_byte(&uri, '@');
    }
    text_format(&uri, "%s:%d/%s?sslmode=require", service_host(call, cluster, private),
                pool == NULL ? DIRECT_PORT : POOL_PORT, pool == NULL ? "defaultdb" : pool->name);
    return text_string(&uri);
}

const char *service_user_password(struct call *call, const struct cluster *cluster,
                                  const char *name)
{
    struct user *user;

    for (size_t i = 0; i < state_count(call->state, USERS); i++) {
        user = state_at(call->state, USERS, i);
        if (strcmp(user->cluster, cluster->id) == 0 && strcmp(user->name, name) == 0)
            return user->password;
    }
    user = state_add(call->state, USERS);
    user->cluster = cluster->id;
    user->name = arena_copy(call->arena, name);
    user->password = service_password(call);
    return user->password;
}

/* --- clusters -------------------------------------------------------------- */

void service_looked_at(struct call *call, struct cluster *cluster)
{
    long polls = -1;

    if (!number_read(cluster->polls, &polls) || polls < 0 || strcmp(cluster->status, "online") == 0)
        return;
    if (polls == 0)
        cluster->status = "online";
    else
        cluster->polls = arena_format(call->arena, "%ld", polls - 1);
    call->state->changed = true;
}

struct cluster *service_cluster_add(struct call *call, const char *name, const char *engine,
                                    const char *size)
{
    const struct settings *settings = call->settings;
    struct cluster *cluster = state_add(call->state, CLUSTERS);

    cluster->id = service_uuid(call);
    cluster->name = arena_copy(call->arena, name);
    cluster->engine = arena_copy(call->arena, engine);
    cluster->size = arena_copy(call->arena, size);
    cluster->version = "15";
    cluster->nodes = "1";
    cluster->region = "nyc3";
    cluster->status = "creating";
    cluster->storage = service_storage(call, size);
    cluster->created = service_time(call);
    cluster->password = settings->password != NULL ? settings->password : service_password(call);
    cluster->polls = arena_format(call->arena, "%ld", settings->polls);
    cluster->early = settings->early_credentials ? "yes" : "";
    return cluster;
}
