/*
 * verify: opens a connection as the application will, and says what it is like.
 *
 * "As the application will": with the URL that it is given, through the pool, with the CA and the
 * host's name checked (session.h). What has not been shown is not called configured.
 */
#ifndef MANAGED_DB_FLOW_VERIFY_H
#define MANAGED_DB_FLOW_VERIFY_H

#include "doctl/conninfo.h"
#include "flow/state.h"
#include "psql/session.h"

/* psql as the settings have it, with these details, which it borrows. */
struct session verify_session(const struct flow *flow, const struct conninfo *info,
                              const char *ca_file);

struct verified {
    char *user, *database, *server, *tls; /* as the server tells them; tls is "TLSv1.3" or so */
    const char *pooler;     /* "transaction", "unknown" (its mode did not show), or "none" */
    long long milliseconds; /* from the start of psql to the first answer */
};
void verified_free(struct verified *verified);

/*
 * Connects, and tells on the console what was found. Fails with the reason (reason.h), and with
 * ERROR_CONFLICT where the user may not create in its schema.
 */
bool verify_connection(struct flow *flow, const struct conninfo *info, const char *ca_file,
                       struct verified *verified, struct error *error);

/* The same with what the last read_connection() found, and the CA file that was saved. */
bool verify_chosen(struct flow *flow, struct error *error);

#endif
