#include "config.h"

#include "commands/database.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "base/paths.h"
#include "base/quote.h"
#include "commands/answer.h"
#include "commands/summary.h"
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
    /* The URL is not asked for here, nor what belongs to the cluster, unless it is to be told. */
    if (answer_is_json(flow)) {
        if (!flow->settings->faithful && !show_database_info(flow, flow->cluster_id, error))
            return false;
        result->json = answer_json(flow, false, NULL, NULL);
    }
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

bool command_info(struct flow *flow, struct command_result *result, struct error *error)
{
    const char *cluster_id = flow_get(flow, SETTING_CLUSTER_ID);
    struct error ignored = ERROR_INIT;
    if (!show_database_info(flow, cluster_id, error))
        return false;
    flow->cluster_id = mem_copy(cluster_id);
    if (answer_is_json(flow) && !flow->settings->faithful)
        (void)details_of_cluster(flow->doctl, cluster_id, &flow->cluster, &ignored);
    result->json = answer_json(flow, false, NULL, NULL);
    result->text = database_info_text(&flow->info);
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
    char *path = path_from_here(flow_get(flow, SETTING_CA_FILE));
    quote_add_assignment(&env, "DB_CLUSTER_ID", flow->cluster_id ? flow->cluster_id : "");
    for (size_t i = 0; flow->has_certificate && i < 2; i++)
        quote_add_assignment(&env, variables[i], path);
    result->env = buffer_take(&env);
    result->json = answer_json(flow, flow->cluster_id != NULL, NULL, NULL);
    free(path);
    result->text = mem_copy(flow->cluster_id);
    return true;
}

/* What the rehearsal that has just been has noted. */
static bool give_plan(const struct flow *flow, struct command_result *result)
{
    const struct notes *notes = &flow->notes;
    struct buffer text = BUFFER_INIT;
    size_t steps = notes_count(notes, MARK_MAKE) + notes_count(notes, MARK_CHANGE);
    notes_add_text(&text, notes, flow->settings->verbose);
    result->text = buffer_take(&text);
    result->json = answer_json(flow, false, NULL, NULL);
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
    if (flow->cluster_id)
        summary_tell(flow);
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
    if (!flow->is_left) {
        console_plain(flow->console, "%s", "");
        console_plain(flow->console, "Managed database setup complete.");
        console_plain(flow->console,
                      "Update DATABASE_URL in your application to use the managed database.");
    }
    summary_tell(flow);
    warn_if_open(flow);
    return give_setup(flow, result);
}
