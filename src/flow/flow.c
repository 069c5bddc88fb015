#include "config.h"

#include "flow/flow.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "base/quote.h"
#include "doctl/released.h"
#include "flow/application.h"
#include "flow/compare.h"
#include "flow/durations.h"
#include "flow/endpoint.h"
#include "flow/locks.h"
#include "flow/network.h"
#include "flow/prefetch.h"
#include "flow/preflight.h"
#include "flow/recover.h"
#include "flow/save.h"
#include "flow/trusted_sources.h"
#include "flow/verify.h"
#include "flow/wait.h"
#include "flow/ways.h"

#define DASHBOARD "https://cloud.digitalocean.com/databases/"

/* ---- the plan, task 1: provisioning ---- */

bool check_existing_database(struct flow *flow, const char *cluster_name, struct error *error)
{
    console_step(flow->console, "Checking for existing database cluster: %s...", cluster_name);

    struct cluster cluster = flow->found;
    bool has_looked = flow->has_looked;
    flow->found = (struct cluster){NULL, NULL, NULL};
    flow->has_looked = false;
    if (!has_looked && !doctl_cluster_find(flow->doctl, cluster_name, &cluster, error))
        return false;
    if (!cluster.id)
        return error_set(error, ERROR_NOT_THERE, 0, "there is no database cluster %s",
                         cluster_name);
    if (strcmp(cluster.engine, "pg") != 0) {
        error_set(error, ERROR_CONFLICT, 0,
                  "the database cluster %s has the engine %.32s, not pg: name another cluster",
                  cluster_name, cluster.engine);
        cluster_free(&cluster);
        return false;
    }

    console_success(flow->console, "Found existing database cluster: %s", cluster_name);
    console_plain(flow->console, "  ID:     %s", cluster.id);
    console_plain(flow->console, "  Status: %s", cluster.status);

    free(flow->cluster_id);
    free(flow->cluster_status);
    flow->cluster_id = cluster.id;
    flow->cluster_status = cluster.status;
    free(cluster.engine);
    return true;
}

static bool download_if_possible(struct flow *flow, const char *cluster_id, struct error *error);

static bool finish_part(struct flow *flow, struct error *error)
{
    return make_application(flow, flow->cluster_id, error) &&
           create_connection_pool(flow, flow->cluster_id, flow_get(flow, SETTING_POOL),
                                  flow_get(flow, SETTING_POOL_SIZE), error);
}

/* What the plan does once a new cluster is online. */
static bool finish_cluster(struct flow *flow, struct error *error)
{
    if (flow->is_left)
        return true;
    flow->is_online = true;
    return each_part(flow, finish_part, error) &&
           download_if_possible(flow, flow->cluster_id, error);
}

/*
 * The plan does nothing more with a cluster that exists. Here the pool and the certificate that an
 * earlier run did not get to are made up for.
 */
static bool finish_existing_cluster(struct flow *flow, const char *region, const char *size,
                                    const char *vpc_uuid, struct error *error)
{
    if (flow->settings->faithful)
        return true;
    if (!save_prepare(flow, flow_get(flow, SETTING_CA_FILE), error) ||
        (flow->is_setup && !lock_rules_early(flow, flow->cluster_id, error)))
        return false;
    if (strcmp(flow->cluster_status, "online") == 0)
        prefetch_cluster(flow, flow->cluster_id);
    if (!compare_cluster(flow, flow->cluster_id, region, size, vpc_uuid, error) ||
        (flow->is_setup && !network_fits(flow, flow->cluster_id, NULL, NULL, error)))
        return false;
    if (!wait_until_online(flow, flow->cluster_id, flow->cluster_status, error))
        return false;
    /* What was read before it was online may not be true any more. */
    if (strcmp(flow->cluster_status, "online") != 0)
        details_free(&flow->cluster);
    return finish_cluster(flow, error);
}

/* The plan's words are "5-10 minutes" for every cluster. */
static void tell_duration(struct flow *flow)
{
    char usual[40];
    durations_usual(flow->settings, WAIT_CLUSTER, usual, sizeof usual);
    if (flow->settings->faithful)
        console_plain(flow->console, "This may take 5-10 minutes...");
    else if (!flow->settings->no_wait)
        console_plain(flow->console, "This usually takes %s...", usual);
}

bool create_managed_database(struct flow *flow, const char *cluster_name, const char *region,
                             const char *size, const char *vpc_uuid, struct error *error)
{
    struct error cause = ERROR_INIT;
    if (!lock_cluster(flow, cluster_name, error))
        return false;
    if (check_existing_database(flow, cluster_name, &cause)) {
        if (!flow->settings->dry_run)
            console_warning(flow->console, "Database cluster already exists. Skipping creation.");
        return finish_existing_cluster(flow, region, size, vpc_uuid, error);
    }
    if (cause.kind != ERROR_NOT_THERE) {
        *error = cause;
        return false;
    }
    if (!save_prepare(flow, flow_get(flow, SETTING_CA_FILE), error) ||
        !preflight_cluster(flow, region, size, error) ||
        (flow->is_setup && !network_fits(flow, NULL, region, vpc_uuid, error)))
        return false;

    console_step(flow->console, "Creating managed PostgreSQL cluster: %s...", cluster_name);
    console_plain(flow->console, "  Region: %s", region);
    console_plain(flow->console, "  Size:   %s", size);
    console_plain(flow->console, "%s", "");
    tell_duration(flow);
    if (*vpc_uuid)
        console_info(flow->console, "Database will be in VPC for private networking");

    struct cluster_request request = {.name = cluster_name,
                                      .version = flow_get(flow, SETTING_PG_VERSION),
                                      .region = region,
                                      .size = size,
                                      .nodes = flow_get(flow, SETTING_NODES),
                                      .vpc_uuid = vpc_uuid,
                                      .tags = flow_get(flow, SETTING_DB_TAGS),
                                      .storage = flow_get(flow, SETTING_STORAGE)};
    bool waited;
    char *id = NULL;
    note(flow, MARK_MAKE, "cluster", cluster_name, "PostgreSQL %s, %s, %s, nodes: %s",
         request.version, region, size, request.nodes);
    /* The plan says both; one is enough, and setup adds its own. */
    if (!make_cluster(flow, &request, &id, &waited, error))
        return flow->is_setup ? false : error_precede(error, "Failed to create database cluster");
    free(flow->cluster_id);
    flow->cluster_id = id;
    flow->cluster_is_new = true;
    console_success(flow->console, "Database cluster created: %s", id);
    if (flow->is_setup && !lock_rules_early(flow, id, error))
        return false;
    flow->is_unready = flow->settings->dry_run;
    if (!waited && !wait_until_online(flow, id, NULL, error))
        return false;
    if (!flow->is_left)
        prefetch_cluster(flow, id);
    return finish_cluster(flow, error);
}

bool create_connection_pool(struct flow *flow, const char *cluster_id, const char *pool_name,
                            const char *pool_size, struct error *error)
{
    console_step(flow->console, "Creating connection pool: %s...", pool_name);

    if (!flow->pools.is_detailed) {
        pools_free(&flow->pools);
        if (!pools_read(flow->doctl, cluster_id, &flow->pools, error))
            return false;
    }
    if (pools_find(&flow->pools, pool_name)) {
        console_success(flow->console, "Connection pool already exists: %s", pool_name);
        prefetch_pool(flow, cluster_id, pool_name);
        return compare_pool(flow, cluster_id, pool_name, pool_size, error);
    }

    const struct pool_request request = wanted_pool(flow, pool_name, pool_size);
    note(flow, MARK_MAKE, "pool", pool_name, "%s connections, %s mode, database %s, user %s",
         pool_size, request.mode, request.database, request.user);
    bool seen;
    if (!make_pool(flow, cluster_id, &request, &seen, error))
        return false;
    if (seen)
        console_success(flow->console, "Connection pool created: %s (%s mode, %s connections)",
                        pool_name, request.mode, pool_size);
    else
        console_warning(flow->console,
                        "doctl said that it made the connection pool %s, but its list does not "
                        "show it",
                        pool_name);
    prefetch_pool(flow, cluster_id, pool_name);
    return true;
}

/* Of a cluster that is to come there is none, and a hand-made doctl writes it beside the file. */
static bool can_rehearse_certificate(struct flow *flow, const char *output_path)
{
    return !flow->cluster_is_new &&
           (access(output_path, F_OK) == 0 || doctl_is_released(flow->doctl));
}

bool download_ssl_certificate(struct flow *flow, const char *cluster_id, const char *output_path,
                              struct error *error)
{
    console_step(flow->console, "Downloading SSL certificate...");

    if (!save_prepare(flow, output_path, error))
        return false;

    char *pem = NULL;
    bool hand_made = false;
    if (flow->settings->dry_run && !can_rehearse_certificate(flow, output_path)) {
        save_rehearse(flow, output_path, NULL, 0, NULL);
        return true;
    }
    if (!doctl_certificate(flow->doctl, cluster_id, output_path, &pem, &hand_made, error)) {
        if (error->kind == ERROR_UNSUPPORTED)
            error_advise(error,
                         "doctl 1.114 and later can fetch the CA certificate: upgrade doctl, "
                         "or download it from %s%s",
                         DASHBOARD, cluster_id);
        return false;
    }
    struct buffer content = BUFFER_INIT;
    bool good = take_certificate(flow, pem, hand_made, &content, error);
    if (good)
        good = save_file(
            flow, output_path, content.data, content.length,
            &(struct save_words){"SSL certificate saved", "SSL certificate unchanged", true},
            error);
    flow->has_certificate = good;
    buffer_free(&content);
    mem_free_secret(pem);
    return good;
}

/* The plan's else branch: a certificate that cannot be had stops 'ca', but not create and setup. */
static bool download_if_possible(struct flow *flow, const char *cluster_id, struct error *error)
{
    struct error failure = ERROR_INIT;
    if (download_ssl_certificate(flow, cluster_id, flow_get(flow, SETTING_CA_FILE), &failure))
        return true;
    if (failure.kind != ERROR_UNSUPPORTED && failure.kind != ERROR_API) {
        *error = failure;
        return false;
    }
    console_warning(flow->console, "Failed to download SSL certificate: %s", failure.text);
    console_plain(flow->console, "You may need to download manually from DigitalOcean dashboard");
    if (failure.kind == ERROR_API)
        flow->deferred = failure;
    return true;
}

/* ---- the plan, task 1: connection string ---- */

bool read_connection(struct flow *flow, const char *cluster_id, bool use_pool, struct error *error)
{
    struct conninfo own = CONNINFO_INIT;
    struct conninfo chosen = CONNINFO_INIT;
    bool found;
    prefetch_connection(flow, cluster_id, use_pool);
    if (!doctl_connection(flow->doctl, cluster_id, &own, error)) {
        if (error->kind == ERROR_BLANK)
            error_advise(error, "a token without the scope database:view_credentials gets blank "
                                "cells, and so does a cluster that is still being created");
        return false;
    }

    conninfo_copy(&chosen, &own);
    bool good = choose_endpoint(flow, cluster_id, use_pool, &chosen, &found, error) &&
                take_application_user(flow, cluster_id, use_pool, &chosen, error);
    if (good) {
        free(own.host);
        own.host = mem_copy(chosen.host);
        if (use_pool && !found)
            take_pooler_host(flow, &chosen);
        ways_keep(flow, &own, &chosen);
    }
    conninfo_free(&chosen);
    conninfo_free(&own);
    return good;
}

bool get_connection_string(struct flow *flow, const char *cluster_id, bool use_pool,
                           struct conninfo *info, struct error *error)
{
    console_step(flow->console, "Retrieving connection string...");

    if (!read_connection(flow, cluster_id, use_pool, error))
        return false;
    conninfo_copy(info, &flow->chosen);
    if (use_pool)
        console_info(flow->console, "Using connection pooler endpoint");
    else
        console_warning(flow->console, "Using direct connection (not recommended for production)");
    return true;
}

bool save_connection_string(struct flow *flow, const char *cluster_id, const char *output_path,
                            struct error *error)
{
    struct conninfo info = CONNINFO_INIT;
    if (url_is_unknown(flow)) {
        save_rehearse(flow, output_path, NULL, 0, NULL);
        return true;
    }
    if (!get_connection_string(flow, cluster_id, true, &info, error))
        return false;

    const char *ssl_mode = flow_get(flow, SETTING_SSL_MODE);
    bool good = flow->settings->no_secret_file ||
                save_url(flow, output_path, &info, flow_get(flow, SETTING_URL_PARAMS),
                         &(struct save_words){"Connection string saved",
                                              "Connection string unchanged", false},
                         error);
    if (good) {
        if (strncmp(ssl_mode, "verify-", 7) == 0 && !flow->is_setup)
            console_info(flow->console, "For %s the client needs the CA file too (sslrootcert)",
                         ssl_mode);
        char *safe = conninfo_masked(&info, ssl_mode, flow_get(flow, SETTING_URL_PARAMS));
        console_info(flow->console, "Connection: %s", safe);
        free(safe);
    }
    conninfo_free(&info);
    return good;
}

/* ---- the plan, task 1: management ---- */

bool configure_trusted_sources(struct flow *flow, const char *cluster_id, const char *droplet_id,
                               char **rule, struct error *error)
{
    console_step(flow->console, "Configuring trusted sources...");

    *rule = NULL;
    char *address = NULL;
    if (!lock_rules(flow, cluster_id, error))
        return false;
    prefetch_trusted_sources(flow, cluster_id, droplet_id);
    if (!droplet_private_ip(flow, droplet_id, &address, error))
        return false;
    bool has_address = *address != '\0';
    free(address);
    if (!has_address) {
        console_warning(flow->console,
                        "Could not get Droplet private IP, database may not be accessible");
        return true;
    }

    bool added;
    *rule = mem_format("droplet:%s", droplet_id);
    if (!add_trusted_source(flow, cluster_id, *rule, &added, error)) {
        free(*rule);
        *rule = NULL;
        return false;
    }
    console_success(flow->console, added ? "Added Droplet as trusted source"
                                         : "Droplet is a trusted source already");
    return true;
}

char *database_info_text(const struct database_info *info)
{
    return mem_format("\nManaged PostgreSQL Cluster Information:\n"
                      "========================================\n"
                      "%s\nConnection Pools:\n%s\n%sDashboard: %s\n\n",
                      info->cluster, info->pools, info->rules, info->dashboard);
}

/* The trusted sources, which the plan does not show; "" where they are not known. */
static char *rules_text(const struct flow *flow)
{
    const struct rules *rules = &flow->rules;
    struct buffer text = BUFFER_INIT;
    buffer_add_text(&text, "");
    if (flow->rules_state == RULES_KNOWN) {
        buffer_add_text(&text, "Trusted Sources:\n");
        if (!rules->count)
            buffer_add_text(&text, "none: every address may connect\n");
        for (size_t i = 0; i < rules->count; i++) {
            quote_add_shown(&text, rules->list[i], strlen(rules->list[i]), (size_t)64 << 10);
            buffer_add_text(&text, "\n");
        }
        buffer_add_text(&text, "\n");
    }
    return buffer_take(&text);
}

bool show_database_info(struct flow *flow, const char *cluster_id, struct error *error)
{
    struct database_info *info = &flow->info;
    database_info_free(info);
    *info = (struct database_info){.dashboard = mem_format(DASHBOARD "%s", cluster_id)};
    /* A run that has read and not changed them since need not ask again. */
    bool is_known = flow->cluster.region && flow->pools.is_detailed;
    if (is_known) {
        info->cluster = details_shown(&flow->cluster);
        info->pools = pools_shown(&flow->pools);
    } else {
        prefetch_info(flow, cluster_id);
    }
    if ((is_known || (doctl_cluster_info(flow->doctl, cluster_id, &info->cluster, error) &&
                      pools_text(flow->doctl, cluster_id, &info->pools, error))) &&
        read_trusted_sources(flow, cluster_id, error)) {
        info->rules = rules_text(flow);
        return true;
    }
    database_info_free(info);
    return false;
}

/* ---- the functions that the plan takes from an earlier step, by their names ---- */

bool ensure_vpc(struct flow *flow, const char *name, const char *region, char **uuid,
                struct error *error)
{
    console_step(flow->console, "Checking for existing VPC: %s...", name);

    if (!doctl_vpc_find(flow->doctl, name, uuid, error))
        return false;
    if (*uuid) {
        note(flow, MARK_SAME, "VPC", name, "%s", "");
        console_success(flow->console, "Using existing VPC: %s", *uuid);
        return true;
    }

    /* The plan makes it in any case. */
    bool wanted = true;
    if (flow->is_setup && !network_wants_vpc(flow, name, region, uuid, &wanted, error))
        return false;
    if (!wanted)
        return true;
    /* A cluster that cannot be made needs no VPC. */
    if (flow->is_setup && !preflight_cluster(flow, region, flow_get(flow, SETTING_SIZE), error))
        return false;

    console_step(flow->console, "Creating VPC: %s...", name);
    note(flow, MARK_MAKE, "VPC", name, "%s, %s", region, flow_get(flow, SETTING_VPC_IP_RANGE));
    if (!make_vpc(flow, name, region, uuid, error))
        return false;
    console_success(flow->console, "Created VPC: %s", *uuid);
    return true;
}

bool validate_doctl_auth(struct flow *flow, char **email, struct error *error)
{
    console_step(flow->console, "Validating DigitalOcean CLI...");

    struct error failure = ERROR_INIT;
    if (doctl_account_email(flow->doctl, email, &failure)) {
        console_success(flow->console, "Authenticated as: %s", *email);
        return true;
    }
    /* Such a token is good for all the rest. */
    if (failure.kind == ERROR_API && failure.number == 403 && !flow->settings->faithful) {
        console_warning(flow->console, "%s", failure.text);
        *email = mem_copy("");
        return true;
    }
    *error = failure;
    return false;
}
