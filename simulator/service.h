/*
 * The rules of the imitated service: what it accepts, what it makes up.
 *
 * Where the numbers come from: DigitalOcean's documented limits for managed
 * PostgreSQL (backend connections a plan, 21 pools, 100 trusted sources).
 */
#ifndef SIMULATOR_SERVICE_H
#define SIMULATOR_SERVICE_H

#include <stdbool.h>
#include <stddef.h>

#include "call.h"

enum { MOST_POOLS = 21, MOST_RULES = 100, DIRECT_PORT = 25060, POOL_PORT = 25061 };

/* Made up; the same again for the same DOCTL_SIM_SEED and the same calls before. */
const char *service_uuid(struct call *call);
const char *service_password(struct call *call);
const char *service_request_id(struct call *call);
const char *service_time(struct call *call);

/* Looked up in the state; NULL when there is none. */
struct cluster *service_cluster(const struct call *call, const char *id);
struct cluster *service_cluster_named(const struct call *call, const char *name);
struct pool *service_pool(const struct call *call, const char *cluster, const char *name);
struct vpc *service_vpc(const struct call *call, const char *id);
struct vpc *service_vpc_named(const struct call *call, const char *name);
/* The network for things of the region that ask for none; made on first use. */
struct vpc *service_default_vpc(struct call *call, const char *region);
/* A member of the network was deleted. */
void service_member_left(struct call *call, const char *vpc);
struct droplet *service_droplet(const struct call *call, const char *id);
/* Those that every cluster has, doadmin and defaultdb, and those that were added. */
bool service_user_there(const struct call *call, const char *cluster, const char *name);
bool service_database_there(const struct call *call, const char *cluster, const char *name);
size_t service_pool_count(const struct call *call, const char *cluster);
/* Backend connections that the pools of a cluster take, one of them left out (NULL: none). */
long service_pool_sizes(const struct call *call, const char *cluster, const char *but);

/* Forms. */
bool service_cluster_name_ok(const char *name);
bool service_vpc_name_ok(const char *name);
bool service_pool_name_ok(const char *name);
bool service_uuid_ok(const char *uuid);
bool service_tag_ok(const char *tag);
bool service_address_ok(const char *address);
/* An IPv4 range in CIDR notation; its first address and how many bits are fixed. */
bool service_range_read(const char *range, unsigned long *first, unsigned *bits);
bool service_ranges_overlap(const char *one, const char *other);
/* A range for a VPC that asks for none. */
const char *service_free_range(struct call *call);

/* The GiB in a size slug such as db-s-1vcpu-2gb; 0 when the slug has another form. */
long service_size_gib(const char *size);
long service_backend_connections(const char *size);
const char *service_storage(struct call *call, const char *size);

/* Where to connect. A pool of NULL is the cluster itself. */
bool service_shows_credentials(const struct call *call, const struct cluster *cluster);
const char *service_host(struct call *call, const struct cluster *cluster, bool private);
const char *service_uri(struct call *call, const struct cluster *cluster, const struct pool *pool,
                        bool private);
/* The password of a pool's own user, made on first use. */
const char *service_user_password(struct call *call, const struct cluster *cluster,
                                  const char *name);

/* Somebody looked at the cluster: a creating one comes nearer to being online. */
void service_looked_at(struct call *call, struct cluster *cluster);

struct cluster *service_cluster_add(struct call *call, const char *name, const char *engine,
                                    const char *size);

#endif
