#include "lookup.h"

#include <string.h>

/* Every kind that is looked up by one field has it as its first or second one. */
enum { FIRST_FIELD, SECOND_FIELD };

static void *find(const struct rows *rows, enum kind kind, size_t field, const char *value)
{
    for (size_t i = 0; i < rows_count(rows, kind); i++) {
        const char **fields = rows_at(rows, kind, i);
        if (strcmp(fields[field], value) == 0)
            return fields;
    }
    return NULL;
}

/* Of the kinds that begin with the cluster's ID and the name. */
static void *find_of_cluster(const struct rows *rows, enum kind kind, const char *cluster,
                             const char *name)
{
    for (size_t i = 0; i < rows_count(rows, kind); i++) {
        const char **fields = rows_at(rows, kind, i);
        if (strcmp(fields[FIRST_FIELD], cluster) == 0 && strcmp(fields[SECOND_FIELD], name) == 0)
            return fields;
    }
    return NULL;
}

struct cluster *lookup_cluster(const struct rows *rows, const char *id)
{
    return find(rows, CLUSTERS, FIRST_FIELD, id);
}

struct cluster *lookup_cluster_named(const struct rows *rows, const char *name)
{
    return find(rows, CLUSTERS, SECOND_FIELD, name);
}

struct pool *lookup_pool(const struct rows *rows, const char *cluster, const char *name)
{
    return find_of_cluster(rows, POOLS, cluster, name);
}

struct user *lookup_user(const struct rows *rows, const char *cluster, const char *name)
{
    return find_of_cluster(rows, USERS, cluster, name);
}

struct database *lookup_database(const struct rows *rows, const char *cluster, const char *name)
{
    return find_of_cluster(rows, DATABASES, cluster, name);
}

struct vpc *lookup_vpc(const struct rows *rows, const char *id)
{
    return find(rows, VPCS, FIRST_FIELD, id);
}

struct vpc *lookup_vpc_named(const struct rows *rows, const char *name)
{
    return find(rows, VPCS, SECOND_FIELD, name);
}

struct vpc *lookup_default_vpc(const struct rows *rows, const char *region)
{
    for (size_t i = 0; i < rows_count(rows, VPCS); i++) {
        struct vpc *vpc = rows_at(rows, VPCS, i);
        if (strcmp(vpc->standard, "yes") == 0 && strcmp(vpc->region, region) == 0)
            return vpc;
    }
    return NULL;
}

struct droplet *lookup_droplet(const struct rows *rows, const char *id)
{
    return find(rows, DROPLETS, FIRST_FIELD, id);
}

struct key *lookup_key(const struct rows *rows, const char *wanted)
{
    for (size_t i = 0; i < rows_count(rows, KEYS); i++) {
        struct key *key = rows_at(rows, KEYS, i);
        if (strcmp(key->id, wanted) == 0 || strcmp(key->fingerprint, wanted) == 0)
            return key;
    }
    return NULL;
}
