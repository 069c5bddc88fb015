#include "config.h"

#include "commands/database.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "base/paths.h"
#include "base/quote.h"
#include "doctl/table.h"
#include "flow/adopt.h"
#include "flow/flow.h"
#include "flow/setup.h"
#include "flow/trusted_sources.h"
#include "settings/manifest.h"

static bool give_text(struct command_result *result, const char *text)
{
    result->text = mem_copy(text);
    return true;
}

bool command_check(struct flow *flow, struct command_result *result, struct error *error)
{
    return check_existing_database(flow, flow_get(flow, SETTING_CLUSTER_NAME), error) &&
           give_text(result, flow->cluster_id);
}

bool command_create(struct flow *flow, struct command_result *result, struct error *error)
{
    if (!create_managed_database(flow, flow_get(flow, SETTING_CLUSTER_NAME),
                                 flow_get(flow, SETTING_REGION), flow_get(flow, SETTING_SIZE),
                                 flow_get(flow, SETTING_VPC_UUID), error))
        return advise_if_open(flow, error);
    if (flow->deferred.kind != ERROR_NONE) {
        *error = flow->deferred;
        return advise_if_open(flow, error);
    }
    warn_if_open(flow);
    return give_text(result, flow->cluster_id);
}

bool command_pool(struct flow *flow, struct command_result *result, struct error *error)
{
    return create_connection_pool(flow, flow_get(flow, SETTING_CLUSTER_ID),
                                  flow_get(flow, SETTING_POOL), flow_get(flow, SETTING_POOL_SIZE),
                                  error) &&
           give_text(result, flow_get(flow, SETTING_POOL));
}

bool command_ca(struct flow *flow, struct command_result *result, struct error *error)
{
    return download_ssl_certificate(flow, flow_get(flow, SETTING_CLUSTER_ID),
                                    flow_get(flow, SETTING_CA_FILE), error) &&
           give_text(result, flow_get(flow, SETTING_CA_FILE));
}

bool command_url(struct flow *flow, struct command_result *result, struct error *error)
{
    struct conninfo info = CONNINFO_INIT;
    bool use_pool = strcmp(flow_get(flow, SETTING_USE_POOL), "true") == 0;
    if (!get_connection_string(flow, flow_get(flow, SETTING_CLUSTER_ID), use_pool, &info, error))
        return false;
    result->text =
        conninfo_url(&info, flow_get(flow, SETTING_SSL_MODE), flow_get(flow, SETTING_URL_PARAMS));
    conninfo_free(&info);
    return true;
}

bool command_save(struct flow *flow, struct command_result *result, struct error *error)
{
    return save_connection_string(flow, flow_get(flow, SETTING_CLUSTER_ID),
                                  flow_get(flow, SETTING_SECRET_FILE), error) &&
           give_text(result, flow_get(flow, SETTING_SECRET_FILE));
}

bool command_trust(struct flow *flow, struct command_result *result, struct error *error)
{
    const char *droplet_id = flow_get(flow, SETTING_DROPLET_ID);
    if (!*droplet_id)
        return error_set(error, ERROR_USAGE, 0,
                         "'trust' needs a Droplet: name it as the second argument, or set "
                         "DROPLET_ID");
    return configure_trusted_sources(flow, flow_get(flow, SETTING_CLUSTER_ID), droplet_id,
                                     &result->text, error);
}

bool command_untrust(struct flow *flow, struct command_result *result, struct error *error)
{
    const char *rule = flow_get(flow, SETTING_RULE);
    if (!remove_trusted_source(flow, flow_get(flow, SETTING_CLUSTER_ID), rule, error))
        return false;
    console_success(flow->console, "Removed trusted source: %s", rule);
    return give_text(result, rule);
}

/* A table as doctl prints it, as an array of objects. */
static void add_rows(struct buffer *json, const char *text)
{
    struct table table;
    struct error ignored = ERROR_INIT;
    if (!table_read(text, strlen(text), "read the answer", &table, &ignored)) {
        buffer_add_text(json, "null");
        return;
    }
    buffer_add_text(json, "[");
    for (size_t row = 0; row < table.rows; row++) {
        buffer_add_text(json, row ? ", {" : "{");
        for (size_t column = 0; column < table.columns; column++) {
            struct span cell = table_cell(&table, row, column);
            if (column)
                buffer_add_text(json, ", ");
            quote_add_json(json, table.headers[column].start, table.headers[column].length);
            buffer_add_text(json, ": ");
            quote_add_json(json, cell.start, cell.length);
        }
        buffer_add_text(json, "}");
    }
    buffer_add_text(json, "]");
    table_free(&table);
}

/* The trusted sources; null where they are not known. */
static void add_rules(struct buffer *json, const struct flow *flow)
{
    if (flow->rules_state != RULES_KNOWN) {
        buffer_add_text(json, "null");
        return;
    }
    buffer_add_text(json, "[");
    for (size_t i = 0; i < flow->rules.count; i++) {
        buffer_add_text(json, i ? ", " : "");
        quote_add_json(json, flow->rules.list[i], strlen(flow->rules.list[i]));
    }
    buffer_add_text(json, "]");
}

bool command_info(struct flow *flow, struct command_result *result, struct error *error)
{
    struct database_info info;
    if (!show_database_info(flow, flow_get(flow, SETTING_CLUSTER_ID), &info, error))
        return false;
    struct buffer json = BUFFER_INIT;
    buffer_add_text(&json, "{\"cluster\": ");
    add_rows(&json, info.cluster);
    buffer_add_text(&json, ", \"pools\": ");
    add_rows(&json, info.pools);
    buffer_add_text(&json, ", \"rules\": ");
    add_rules(&json, flow);
    buffer_add_text(&json, ", \"dashboard\": ");
    quote_add_json(&json, info.dashboard, strlen(info.dashboard));
    buffer_add_text(&json, "}");
    result->json = buffer_take(&json);
    result->text = database_info_text(&info);
    database_info_free(&info);
    return true;
}

bool command_vpc(struct flow *flow, struct command_result *result, struct error *error)
{
    return ensure_vpc(flow, flow_get(flow, SETTING_VPC_NAME), flow_get(flow, SETTING_REGION),
                      &result->text, error);
}

bool command_auth(struct flow *flow, struct command_result *result, struct error *error)
{
    return validate_doctl_auth(flow, &result->text, error);
}

/* With what the application needs beside the URL. The paths are absolute: it runs elsewhere. */
static bool give_setup(const struct flow *flow, struct command_result *result)
{
    static const char *const variables[] = {"PGSSLROOTCERT", "NODE_EXTRA_CA_CERTS"};
    struct buffer env = BUFFER_INIT;
    struct buffer json = BUFFER_INIT;
    char *path = path_from_here(flow_get(flow, SETTING_CA_FILE));
    quote_add_assignment(&env, "DB_CLUSTER_ID", flow->cluster_id ? flow->cluster_id : "");
    buffer_add_text(&json, "{\"cluster_id\": ");
    if (flow->cluster_id)
        quote_add_json(&json, flow->cluster_id, strlen(flow->cluster_id));
    else
        buffer_add_text(&json, "null");
    for (size_t i = 0; flow->has_certificate && i < 2; i++) {
        quote_add_assignment(&env, variables[i], path);
        buffer_add_format(&json, ", \"%s\": ", variables[i]);
        quote_add_json(&json, path, strlen(path));
    }
    buffer_add_text(&json, "}");
    result->env = buffer_take(&env);
    result->json = buffer_take(&json);
    free(path);
    result->text = mem_copy(flow->cluster_id);
    return true;
}

/* What the rehearsal that has just been has noted. */
static bool give_plan(const struct flow *flow, struct command_result *result)
{
    const struct notes *notes = &flow->notes;
    struct buffer text = BUFFER_INIT;
    struct buffer json = BUFFER_INIT;
    size_t steps = notes_count(notes, MARK_MAKE) + notes_count(notes, MARK_CHANGE);
    notes_add_text(&text, notes, flow->settings->verbose);
    buffer_add_format(&json, "{\"changes\": %zu, \"differences\": %zu, \"plan\": ", steps,
                      flow->differences);
    notes_add_json(&json, notes);
    buffer_add_text(&json, "}");
    result->text = buffer_take(&text);
    result->json = buffer_take(&json);
    if (flow->settings->strict && flow->differences)
        error_set(&result->failure, ERROR_CONFLICT, 0,
                  "--strict: %zu of what is there is not as wanted", flow->differences);
    else if (steps)
        error_set(&result->failure, ERROR_NOT_THERE, 0,
                  "%zu change%s: 'managed-db setup' with the same options makes %s", steps,
                  steps == 1 ? "" : "s", steps == 1 ? "it" : "them");
    return true;
}

bool command_plan(struct flow *flow, struct command_result *result, struct error *error)
{
    char *email = NULL;
    setup_begin(flow);
    bool good = validate_doctl_auth(flow, &email, error) &&
                setup_managed_database(flow, true, error) && give_plan(flow, result);
    free(email);
    return good;
}

bool command_setup_managed_database(struct flow *flow, struct command_result *result,
                                    struct error *error)
{
    if (!setup_managed_database(flow, false, error))
        return advise_if_open(flow, error);
    if (flow->settings->dry_run)
        return give_plan(flow, result);
    warn_if_open(flow);
    return give_setup(flow, result);
}

bool command_manifest_init(struct flow *flow, struct command_result *result, struct error *error)
{
    const char *cluster_id = flow_get(flow, SETTING_CLUSTER_ID);
    struct settings adopted = {.trust = NULL};
    bool good = !*cluster_id || adopt_cluster(flow, cluster_id, &adopted, error);
    if (good)
        result->text = manifest_text(*cluster_id ? &adopted : flow->settings);
    settings_free(&adopted);
    return good;
}

/* The plan's --setup-managed-db in the main() of its deploy script (task 3). */
bool command_setup(struct flow *flow, struct command_result *result, struct error *error)
{
    char *email = NULL;
    if (flow->settings->dry_run)
        return command_plan(flow, result, error);
    setup_begin(flow);
    if (!validate_doctl_auth(flow, &email, error))
        return false;
    free(email);
    if (!setup_managed_database(flow, true, error))
        return advise_if_open(flow, error);
    console_plain(flow->console, "%s", "");
    console_plain(flow->console, "Managed database setup complete.");
    console_plain(flow->console,
                  "Update DATABASE_URL in your application to use the managed database.");
    warn_if_open(flow);
    return give_setup(flow, result);
}
