/*
 * reason: why a psql failed, in words that say what to do. It is told by what libpq, PostgreSQL and
 * PgBouncer print in English; the tests see the real ones print it (tests/scenario/connects.bats).
 */
#ifndef MANAGED_DB_PSQL_REASON_H
#define MANAGED_DB_PSQL_REASON_H

#include "psql/session.h"

/*
 * Fills in the error of a session that failed: the reason, what psql said, and advice.
 * ERROR_DEADLINE (no answer in time), ERROR_NETWORK (name, host or port, or the way of --via), ERROR_NO_PROGRAM (no psql
 * behind --via), ERROR_LOCAL (the CA file), else ERROR_CONFLICT. `doing` begins the message. Returns false.
 */
bool reason_explain(const struct session *session, const struct session_result *result,
                    const char *doing, struct error *error);

#endif
