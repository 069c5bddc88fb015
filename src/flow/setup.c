#include "config.h"

#include "flow/setup.h"

#include <stdlib.h>
#include <string.h>

#include "flow/application.h"
#include "flow/compare.h"
#include "flow/deliver.h"
#include "flow/flow.h"
#include "flow/locks.h"
#include "flow/network.h"
#include "flow/prefetch.h"
#include "flow/preflight.h"
#include "flow/save.h"
#include "flow/trusted_sources.h"
#include "flow/verify.h"
#include "flow/ways.h"

static bool prepare_files(struct flow *flow, struct error *error)
{
    const char *direct_file = flow_get(flow, SETTING_DIRECT_FILE);
    return flow->settings->is_pool_alone ||
           ((flow->settings->no_secret_file ||
             save_prepare(flow, flow_get(flow, SETTING_SECRET_FILE), error)) &&
            (!*direct_file || save_prepare(flow, direct_file, error)));
}

/* Before the first change: checks files and Droplet, takes the lock, starts the reads of a setup. */
static bool prepare_setup(struct flow *flow, struct error *error)
{
    flow->is_setup = true;
    if (!each_part(flow, prepare_files, error) ||
        !save_prepare(flow, flow_get(flow, SETTING_CA_FILE), error) ||
        !lock_cluster(flow, flow_get(flow, SETTING_CLUSTER_NAME), error))
        return false;
    prefetch_setup(flow);
    return preflight_droplet(flow, error) && network_begin(flow, error);
}

void setup_begin(struct flow *flow)
{
    flow->is_setup = true;
    /* What is read while another run is at work would not be true any more in its turn. */
    if (lock_cluster_at_once(flow, flow_get(flow, SETTING_CLUSTER_NAME)))
        prefetch_setup(flow);
}

static bool trust_droplet(struct flow *flow, struct error *error)
{
    char *rule = NULL;
    const char *droplet_id = flow_get(flow, SETTING_DROPLET_ID);
    bool good =
        !*droplet_id || configure_trusted_sources(flow, flow->cluster_id, droplet_id, &rule, error);
    free(rule);
    return good && add_trusted_sources(flow, error) && compare_rules(flow, flow->cluster_id, error);
}

/* A cluster whose pool or certificate failed is not left open to every address. Returns false. */
static bool close_all_the_same(struct flow *flow, const struct error *error)
{
    struct error failure = ERROR_INIT;
    bool is_online = flow->is_online && !flow->settings->faithful;
    /* --strict: nothing is changed after a difference. */
    if (flow->settings->strict && flow->differences)
        return false;
    if (is_online &&
        (error->kind == ERROR_API || error->kind == ERROR_UNREADABLE ||
         error->kind == ERROR_CONFLICT || error->kind == ERROR_LOCAL ||
         error->kind == ERROR_USAGE) &&
        !trust_droplet(flow, &failure))
        console_warning(flow->console, "%s", failure.text);
    return false;
}

static bool tell_database_info(struct flow *flow, struct error *error)
{
    if (flow->settings->dry_run)
        return true;
    if (!show_database_info(flow, flow->cluster_id, error))
        return false;
    char *text = database_info_text(&flow->info);
    /* console_plain() adds the last newline. */
    console_plain(flow->console, "%.*s", (int)strlen(text) - 1, text);
    free(text);
    return true;
}

static bool save_part(struct flow *flow, struct error *error)
{
    return flow->settings->is_pool_alone ||
           (save_connection_string(flow, flow->cluster_id, flow_get(flow, SETTING_SECRET_FILE),
                                   error) &&
            ways_save_direct(flow, flow_get(flow, SETTING_DIRECT_FILE), error));
}

/* Last of all: whoever is started anew by it finds its rights. */
static bool deliver_part(struct flow *flow, struct error *error)
{
    bool is_handed_over;
    return flow->settings->is_pool_alone || deliver(flow, &is_handed_over, error);
}

/* What is done by connecting to the database. */
static bool open_part(struct flow *flow, struct error *error)
{
    bool is_one_of_many = flow->settings->part_count > 0;
    if (flow->settings->is_pool_alone)
        return true;
    if (is_one_of_many && !url_is_unknown(flow) &&
        !read_connection(flow, flow->cluster_id, true, error))
        return false;
    return grant_rights(flow, flow_get(flow, SETTING_CA_FILE), error) &&
           (!flow->settings->verify || flow->settings->dry_run || verify_chosen(flow, error)) &&
           deliver_part(flow, error);
}

bool setup_managed_database(struct flow *flow, bool regardless, struct error *error)
{
    if (!regardless && settings_self_hosted(flow->settings)) {
        console_info(flow->console, "Using self-hosted PostgreSQL (containerized)");
        return true;
    }

    console_step(flow->console, "Setting up DigitalOcean Managed PostgreSQL...");
    if (!prepare_setup(flow, error))
        return false;

    char *vpc_uuid = NULL;
    const char *region = flow_get(flow, SETTING_REGION);
    if (!ensure_vpc(flow, flow_get(flow, SETTING_VPC_NAME), region, &vpc_uuid, error))
        return false;

    bool good =
        create_managed_database(flow, flow_get(flow, SETTING_CLUSTER_NAME), region,
                                flow_get(flow, SETTING_SIZE), vpc_uuid ? vpc_uuid : "", error);
    free(vpc_uuid);
    /* As in the plan, which fails here only where there is no cluster. */
    if (!good && !flow->cluster_id)
        return error_precede(error, "Failed to create managed database");
    if (!good)
        return close_all_the_same(flow, error);
    if (flow->is_left)
        return true;

    if (!trust_droplet(flow, error) || !each_part(flow, save_part, error) ||
        !tell_database_info(flow, error))
        return false;
    tell_certificate(flow);

    if (flow->deferred.kind != ERROR_NONE) {
        *error = flow->deferred;
        return false;
    }
    if (!each_part(flow, open_part, error))
        return false;
    console_success(flow->console, "Managed PostgreSQL configured");
    if (flow->changes == 0)
        console_info(flow->console, "Nothing had to be changed");
    return true;
}
