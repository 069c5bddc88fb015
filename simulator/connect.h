/*
 * connect: where a cluster or a pool of it is reached, and with what credentials.
 */
#ifndef SIMULATOR_CONNECT_H
#define SIMULATOR_CONNECT_H

#include "call.h"

/* Nobody sees the credentials of a cluster that is being created, unless it is an early one. */
bool connect_shows_credentials(const struct call *call, const struct cluster *cluster);
const char *connect_host(struct call *call, const struct cluster *cluster, bool private);
/* User and password stand in it as they are: the API encodes nothing. */
const char *connect_uri(struct call *call, const struct cluster *cluster, bool private);
const char *connect_pool_uri(struct call *call, const struct cluster *cluster,
                             const struct pool *pool);
/* The user's password; a user that is not there yet is added. */
const char *connect_password(struct call *call, const struct cluster *cluster, const char *user);

#endif
