/*
 * lookup: finds things among the rows of the account. NULL means that there is no such thing.
 */
#ifndef SIMULATOR_LOOKUP_H
#define SIMULATOR_LOOKUP_H

#include "rows.h"

struct cluster *lookup_cluster(const struct rows *rows, const char *id);
struct cluster *lookup_cluster_named(const struct rows *rows, const char *name);
struct pool *lookup_pool(const struct rows *rows, const char *cluster, const char *name);
struct user *lookup_user(const struct rows *rows, const char *cluster, const char *name);
struct database *lookup_database(const struct rows *rows, const char *cluster, const char *name);
struct vpc *lookup_vpc(const struct rows *rows, const char *id);
struct vpc *lookup_vpc_named(const struct rows *rows, const char *name);
struct vpc *lookup_default_vpc(const struct rows *rows, const char *region);
struct droplet *lookup_droplet(const struct rows *rows, const char *id);
/* By ID or fingerprint. */
struct key *lookup_key(const struct rows *rows, const char *wanted);

#endif
