/*
 * conninfo: connection details, to and from a URL. Pure.
 *
 * A connection URL is postgresql://USER:PASSWORD@HOST:PORT/DATABASE?sslmode=MODE with user,
 * password and database percent-encoded (RFC 3986, section 2: everything but letters, digits and
 * -._~), so that libpq reads back just what was put in.
 */
#ifndef MANAGED_DB_DOCTL_CONNINFO_H
#define MANAGED_DB_DOCTL_CONNINFO_H

#include <stdbool.h>

#include "base/error.h"

struct conninfo {
    char *host, *port, *user, *password, *database;
};

#define CONNINFO_INIT                                                                              \
    {                                                                                              \
        NULL, NULL, NULL, NULL, NULL                                                               \
    }

/* Wipes and frees what the details hold. */
void conninfo_free(struct conninfo *info);

/* A copy that is freed by itself. */
void conninfo_copy(struct conninfo *to, const struct conninfo *from);

/*
 * Whether host and port can stand in a URL as they are, and nothing is empty. Fails with
 * ERROR_UNREADABLE and the name of the field.
 */
bool conninfo_check(const struct conninfo *info, struct error *error);

/*
 * The URL; it holds the password. `more` is KEY=VALUE&… to stand behind the SSL mode, or "": an ssl=
 * in it takes that mode's place, for clients that know no sslmode (docs/CLIENTS.md). The caller
 * frees it with mem_free_secret().
 */
char *conninfo_url(const struct conninfo *info, const char *ssl_mode, const char *more);

/* What may be shown of it: postgresql://USER:****@HOST:PORT/DATABASE?sslmode=MODE. The caller
 * frees. */
char *conninfo_masked(const struct conninfo *info, const char *ssl_mode, const char *more);

/*
 * Reads a URI as DigitalOcean's API gives it, postgresql:// or postgres://, userinfo raw or
 * encoded; the userinfo ends at the last @. Parts that are left out are "". Fails with
 * ERROR_UNREADABLE; the message holds no part of the URI.
 */
bool conninfo_parse(const char *uri, struct conninfo *info, struct error *error);

/*
 * The plan's pooler host: "-pooler" before ".db.ondigitalocean.com" (plan, task 1,
 * get_connection_string). A host of another form stays as it is. The caller frees it.
 */
char *conninfo_pooler_host(const char *host);

/* Whether two URLs lead to the same server: the host without "private-" and "-pooler". */
bool conninfo_same_server(const struct conninfo *one, const struct conninfo *other);

#endif
