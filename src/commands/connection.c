#include "config.h"

#include "commands/connection.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "base/quote.h"
#include "commands/answer.h"
#include "flow/application.h"
#include "flow/connection.h"
#include "flow/flow.h"
#include "flow/rotate.h"
#include "psql/session.h"

static void give_verified(const struct flow *flow, const struct verified *verified,
                          struct command_result *result)
{
    result->json = answer_json(flow, false, verified, NULL);
    result->text = mem_format("user:          %s\ndatabase:      %s\nserver:        PostgreSQL %s\n"
                              "tls:           %s\npooler:        %s\nfirst answer:  %lld ms",
                              verified->user, verified->database, verified->server, verified->tls,
                              verified->pooler, verified->milliseconds);
}

bool command_verify(struct flow *flow, struct command_result *result, struct error *error)
{
    struct verified verified = {.pooler = "none"};
    const char *id = flow_get(flow, SETTING_CLUSTER_ID);
    bool good = *id ? connection_verify_cluster(flow, id, &verified, error)
                    : connection_verify_saved(flow, &verified, error);
    if (good)
        give_verified(flow, &verified, result);
    verified_free(&verified);
    return good;
}

bool command_grant(struct flow *flow, struct command_result *result, struct error *error)
{
    const char *id = flow_get(flow, SETTING_CLUSTER_ID);
    char *ca_file = NULL;
    if (!has_application(flow))
        return error_set(error, ERROR_USAGE, 0,
                         "'grant' needs --app-user and --app-database, or DO_DB_APP_USER and "
                         "DO_DB_APP_DATABASE");
    bool good = read_connection(flow, id, false, error) &&
                connection_certificate(flow, id, &ca_file, error) &&
                grant_rights(flow, ca_file, error);
    if (good)
        result->text = mem_copy(application_user(flow));
    free(ca_file);
    return good;
}

static bool rotate_part(struct flow *flow, struct error *error)
{
    return flow->settings->is_pool_alone ||
           rotate_application(flow, flow_get(flow, SETTING_CLUSTER_ID), error);
}

bool command_rotate(struct flow *flow, struct command_result *result, struct error *error)
{
    if (flow->settings->faithful)
        return error_set(error, ERROR_USAGE, 0,
                         "--faithful makes the plan's calls, and the plan rotates nothing");
    if (!each_part(flow, rotate_part, error))
        return false;
    struct buffer text = BUFFER_INIT;
    struct buffer json = BUFFER_INIT;
    for (size_t i = 0; i < flow->notes.count; i++) {
        const struct note *one = &flow->notes.list[i];
        if (strcmp(one->what, "application") != 0)
            continue;
        buffer_add_format(&text, "%s\n", one->name);
        buffer_add_text(&json, json.length ? ", " : "{\"users\": [");
        quote_add_json(&json, one->name, strlen(one->name));
    }
    buffer_add_text(&json, json.length ? "]}" : "{\"users\": []}");
    result->text = buffer_take(&text);
    result->json = buffer_take(&json);
    return true;
}

bool command_psql(struct flow *flow, struct command_result *result, struct error *error)
{
    static char *const nothing[] = {NULL};
    const char *id = flow_get(flow, SETTING_CLUSTER_ID);
    char *ca_file = NULL;
    (void)result;
    if (read_connection(flow, id, false, error) &&
        connection_certificate(flow, id, &ca_file, error)) {
        const struct session session = verify_session(flow, &flow->admin, ca_file);
        session_become(&session, flow->settings->rest ? flow->settings->rest : nothing, error);
    }
    free(ca_file);
    return false;
}
