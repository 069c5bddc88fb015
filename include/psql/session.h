/*
 * session: runs psql, PostgreSQL's own client, with the details of a connection.
 *
 * The connection is made as a careful application makes it: sslmode=verify-full, with the CA file. No
 * argument holds the password: psql has it in its environment, and through --via it arrives on a
 * shell's standard input. None of the caller's own PG… variables takes part (libpq, "Environment
 * Variables").
 *
 * Calling sequence:
 *     struct session session = {.program = "psql", .info = &info, .ca_file = "ca.crt", …};
 *     session_run(&session, "SELECT 1", &result, &error);       any number of times
 *     session_result_free(&result);
 */
#ifndef MANAGED_DB_PSQL_SESSION_H
#define MANAGED_DB_PSQL_SESSION_H

#include "base/process.h"
#include "doctl/conninfo.h"

struct session {
    const char *program; /* a name to be found on PATH, or a path; with `via` it is psql there */
    const char *via; /* words that a shell is started behind, such as "ssh root@HOST"; "": here */
    const struct conninfo *info;
    const char *ca_file; /* on this machine */
    int timeout_ms;      /* for a connection, and for the first answer on it */
    int work_ms;         /* more, for a script that changes things */
};

struct session_result {
    struct process_result process;
    long long elapsed_ms; /* from the start of psql to its end */
};

/*
 * Runs psql with a script on its standard input: unaligned rows without headers, tabs between, the
 * first error ends it. A psql that fails is a result (reason.h). Fails with ERROR_NO_PROGRAM,
 * ERROR_LOCAL (the CA file) and ERROR_SIGNAL.
 */
bool session_run(const struct session *session, const char *script, struct session_result *result,
                 struct error *error);
void session_result_free(struct session_result *result);

/*
 * Becomes psql, with the arguments behind its own: returns only where that fails, as session_run()
 * does. `via` is not looked at.
 */
bool session_become(const struct session *session, char *const *arguments, struct error *error);

#endif
