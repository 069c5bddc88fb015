#include "config.h"

#include "psql/reason.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/pattern.h"
#include "base/quote.h"

#define NOT_LET_IN                                                                                 \
    "is the one that connects a trusted source of the cluster ('managed-db trust', --trust), "     \
    "and, for a private- host, in its VPC?"

/* The first that fits counts. */
static struct reason {
    struct pattern pattern;
    enum error_kind kind;
    const char *what, *advice;
} reasons[] = {
    {PATTERN("could not translate host name|Name or service not known|Name does not resolve"),
     ERROR_NETWORK, "the host's name does not resolve",
     "check the host of the URL, and the DNS where psql runs"},
    {PATTERN("root certificate file \"[^\"]*\" does not exist|could not read root certificate"),
     ERROR_LOCAL, "the CA file cannot be read",
     "'managed-db ca CLUSTER_ID' saves it; --ca-file names it"},
    {PATTERN("does not match host name"), ERROR_CONFLICT,
     "the server's certificate is for another host",
     "use the host that DigitalOcean gives: 'managed-db save CLUSTER_ID' writes the URL again"},
    {PATTERN("certificate verify failed"), ERROR_CONFLICT,
     "the server's certificate is not from this CA",
     "'managed-db ca CLUSTER_ID' saves the cluster's; is the URL of the same cluster?"},
    {PATTERN("server does not support SSL"), ERROR_CONFLICT, "the server does not encrypt",
     "this is no managed database: check host and port of the URL"},
    {PATTERN("timeout expired|Connection timed out|No route to host|Network is unreachable"),
     ERROR_DEADLINE, "the host does not answer", NOT_LET_IN},
    {PATTERN("Connection refused"), ERROR_NETWORK, "nothing listens at this host and port",
     "check the port of the URL (the pool's is 25061, the cluster's 25060), and the cluster's "
     "status"},
    {PATTERN("no such database|database \"[^\"]*\" does not exist"), ERROR_CONFLICT,
     "there is no such pool or database",
     "'managed-db pool CLUSTER_ID' makes the pool; 'managed-db info CLUSTER_ID' shows which there "
     "are"},
    {PATTERN("password authentication failed|no such user|SASL authentication failed|"
             "role \"[^\"]*\" does not exist"),
     ERROR_CONFLICT, "user and password are not taken",
     "the password may have been changed: 'managed-db save CLUSTER_ID' writes the URL again"},
    {PATTERN("permission denied for database|does not have CONNECT privilege"), ERROR_CONFLICT,
     "the user may not connect to this database",
     "'managed-db grant' gives an application's user its rights"},
    {PATTERN("no more connections allowed|query_wait_timeout|too many connections|too many "
             "clients|remaining connection slots"),
     ERROR_CONFLICT, "the pool is full",
     "look who holds connections, or make the pool larger: --pool-size"},
    {PATTERN("server closed the connection unexpectedly|Connection reset by peer"), ERROR_NETWORK,
     "the connection was cut off", NOT_LET_IN},
};

/* The first line of psql's complaint, without the place in the script. */
static char *complaint(const struct process_result *process)
{
    static struct pattern line_pattern =
        PATTERN("^(?:psql: |psql:<stdin>:[0-9]+: )?(?:error: )?(\\S[^\\n]*)$");
    struct span groups[PATTERN_GROUPS];
    if (!process->err.length ||
        !pattern_match(&line_pattern, process->err.data, process->err.length, 0, groups))
        return mem_copy("");
    return quote_for_message(groups[1].start, groups[1].length);
}

static bool give(const struct session *session, const struct session_result *result,
                 const struct reason *reason, const char *doing, struct error *error)
{
    char *said = complaint(&result->process);
    error_set(error, reason->kind, 0, "%s %s:%s: %s%s%s%s", doing, session->info->host,
              session->info->port, reason->what, *said ? " (" : "", said, *said ? ")" : "");
    free(said);
    return error_advise(error, "%s", reason->advice);
}

bool reason_explain(const struct session *session, const struct session_result *result,
                    const char *doing, struct error *error)
{
    static const struct reason missing = {.kind = ERROR_NO_PROGRAM,
                                          .what = "there is no psql where --via leads",
                                          .advice = "install it there (Debian: postgresql-client)"};
    static const struct reason no_way = {.kind = ERROR_NETWORK,
                                         .what = "--via does not lead to its machine",
                                         .advice = "run its command by hand"};
    static const struct reason silent = {
        .kind = ERROR_DEADLINE, .what = "the host does not answer", .advice = NOT_LET_IN};
    static const struct reason waiting = {
        .kind = ERROR_DEADLINE,
        .what = "the pool is full: it took the connection and gave it no server in time",
        .advice = "look who holds connections, or make the pool larger: --pool-size"};
    static const struct reason other = {
        .kind = ERROR_CONFLICT, .what = "psql failed", .advice = "'managed-db psql' may tell more"};
    const struct process_result *process = &result->process;
    if (process->timed_out)
        return give(session, result, process->out.length ? &waiting : &silent, doing, error);
    if (process->exit_status == 127)
        return give(session, result, &missing, doing, error);
    /* ssh has this status for itself: what it says is not of the database. */
    if (*session->via && process->exit_status == 255)
        return give(session, result, &no_way, doing, error);
    size_t count = sizeof reasons / sizeof reasons[0];
    for (size_t i = 0; process->err.length && i < count; i++)
        if (pattern_match(&reasons[i].pattern, process->err.data, process->err.length, 0, NULL))
            return give(session, result, &reasons[i], doing, error);
    return give(session, result, &other, doing, error);
}
