#include "config.h"

#include "flow/verify.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/pattern.h"
#include "doctl/table.h"
#include "psql/reason.h"

#define MOST_TIMEOUT_MS 10000
#define LOOKS           3

void verified_free(struct verified *verified)
{
    free(verified->user);
    free(verified->database);
    free(verified->server);
    free(verified->tls);
}

struct session verify_session(const struct flow *flow, const struct conninfo *info,
                              const char *ca_file)
{
    int timeout_ms = settings_ms(flow->settings, SETTING_TIMEOUT);
    return (struct session){.program = flow_get(flow, SETTING_PSQL),
                            .via = flow_get(flow, SETTING_VIA),
                            .info = info,
                            .ca_file = ca_file,
                            .timeout_ms = timeout_ms > 0 && timeout_ms < MOST_TIMEOUT_MS
                                              ? timeout_ms
                                              : MOST_TIMEOUT_MS};
}

/* The first line shows that the connection stands, whatever becomes of the answer. */
static const char facts_script[] =
    "\\! echo connected\n"
    "SELECT session_user, current_database(), split_part(current_setting('server_version'), ' ', "
    "1),"
    " coalesce(has_schema_privilege(current_schema(), 'CREATE'), false),"
    " coalesce(current_schema(), 'public');\n"
    "\\conninfo\n";

/*
 * While this session is idle, another one asks for its server process: only a pool in transaction
 * mode has given that away.
 */
static const char mode_script[] = "SELECT pg_backend_pid() AS pid \\gset\n"
                                  "\\echo :pid\n"
                                  "\\! \"$PSQL\" -XqAtwc 'SELECT pg_backend_pid()'\n";

static bool read_facts(const struct buffer *out, struct verified *verified, char **schema,
                       bool *may_create)
{
    static struct pattern row_pattern = PATTERN(
        "^connected\\n([^\\t\\n]*)\\t([^\\t\\n]*)\\t([^\\t\\n]*)\\t([tf])\\t([^\\t\\n]*)\\n");
    /* Words up to psql 17, a table since. */
    static struct pattern tls_pattern = PATTERN("(?:protocol: |TLS Protocol|SSL Protocol)[\\t| ]*"
                                                "(TLSv[0-9.]+)");
    struct span row[PATTERN_GROUPS];
    struct span tls[PATTERN_GROUPS];
    if (!out->length || !pattern_match(&row_pattern, out->data, out->length, 0, row))
        return false;
    bool encrypted = pattern_match(&tls_pattern, out->data, out->length, 0, tls);
    verified->user = span_copy(row[1]);
    verified->database = span_copy(row[2]);
    verified->server = span_copy(row[3]);
    verified->tls = encrypted ? span_copy(tls[1]) : mem_copy("TLS");
    *may_create = *row[4].start == 't';
    *schema = span_copy(row[5]);
    return true;
}

static bool ask_facts(const struct session *session, struct verified *verified, char **schema,
                      bool *may_create, struct error *error)
{
    struct session_result result;
    if (!session_run(session, facts_script, &result, error))
        return false;
    bool good = result.process.exit_status == 0 &&
                read_facts(&result.process.out, verified, schema, may_create);
    verified->milliseconds = result.elapsed_ms;
    if (!good)
        reason_explain(session, &result, "cannot connect to", error);
    session_result_free(&result);
    return good;
}

/* A pool has a name of its own in the place of the database. */
static bool ask_mode(const struct session *session, struct verified *verified, struct error *error)
{
    static struct pattern same_pattern = PATTERN("\\A([0-9]+)\\n\\1\\n");
    bool is_pool = strcmp(session->info->database, verified->database) != 0;
    verified->pooler = is_pool ? "unknown" : "none";
    /* In a pool that others use, the process may be another one for once. */
    for (int i = 0; is_pool && i < LOOKS && strcmp(verified->pooler, "unknown") == 0; i++) {
        struct session_result result;
        if (!session_run(session, mode_script, &result, error))
            return false;
        const struct buffer *out = &result.process.out;
        if (out->length && pattern_match(&same_pattern, out->data, out->length, 0, NULL))
            verified->pooler = "transaction";
        session_result_free(&result);
    }
    return true;
}

static void tell(const struct flow *flow, const struct verified *verified)
{
    console_success(
        flow->console,
        "Connected: user %s, database %s, PostgreSQL %s, %s, first answer after %lld ms",
        verified->user, verified->database, verified->server, verified->tls,
        verified->milliseconds);
    if (strcmp(verified->pooler, "transaction") == 0)
        console_success(flow->console, "Through PgBouncer in transaction mode");
    else if (strcmp(verified->pooler, "none") == 0)
        console_warning(flow->console, "Not through a pool: the database itself has answered");
    else
        console_warning(flow->console, "Through a pool, whose mode did not show: others use it, or "
                                       "it is not in transaction mode");
}

bool verify_connection(struct flow *flow, const struct conninfo *info, const char *ca_file,
                       struct verified *verified, struct error *error)
{
    const struct session session = verify_session(flow, info, ca_file);
    char *schema = NULL;
    bool may_create = false;
    *verified = (struct verified){.pooler = "none"};
    console_step(flow->console, "Verifying the connection: %s:%s/%s...", info->host, info->port,
                 info->database);
    bool good = ask_facts(&session, verified, &schema, &may_create, error) &&
                ask_mode(&session, verified, error);
    if (good)
        tell(flow, verified);
    if (good && !may_create)
        good = error_set(error, ERROR_CONFLICT, 0,
                         "the user %s may not create tables in the schema %s of the database %s: "
                         "'managed-db grant' gives an application's user its rights",
                         verified->user, schema, verified->database);
    free(schema);
    return good;
}

bool verify_chosen(struct flow *flow, struct error *error)
{
    struct verified verified;
    bool good =
        verify_connection(flow, &flow->chosen, flow_get(flow, SETTING_CA_FILE), &verified, error);
    verified_free(&verified);
    return good;
}
