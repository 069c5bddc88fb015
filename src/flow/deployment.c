#include "config.h"

#include "flow/deployment.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/process.h"
#include "flow/droplet.h"
#include "flow/flow.h"
#include "flow/preflight.h"
#include "flow/wait.h"

/* A VPC has members for some time after the last one was deleted. */
#define VPC_EMPTY_MS 180000

/* ---- before ---- */

/* *id is NULL where there is none of the name; one that is named by its ID has to be there. */
static bool find_this_droplet(struct flow *flow, char **id, struct error *error)
{
    struct error cause = ERROR_INIT;
    *id = NULL;
    if (*settings_droplet(flow->settings))
        return find_known_droplet(flow, id, error);
    if (find_droplet(flow, flow_get(flow, SETTING_DROPLET_NAME), id, &cause) ||
        cause.kind == ERROR_NOT_THERE)
        return true;
    *error = cause;
    return false;
}

/* The Droplet that is missing. */
static bool check_new_droplet(struct flow *flow, struct error *error)
{
    char *key_id = NULL;
    if (!check_droplet_request(flow, &key_id, error))
        return false;
    free(key_id);
    console_info(flow->console, "It would be created: %s, %s, %s, SSH key %s",
                 flow_get(flow, SETTING_DROPLET_SIZE), flow_get(flow, SETTING_DROPLET_IMAGE),
                 flow_get(flow, SETTING_REGION), flow_get(flow, SETTING_SSH_KEY));
    return true;
}

static bool check_cluster(struct flow *flow, struct error *error)
{
    const char *region = flow_get(flow, SETTING_REGION);
    const char *size = flow_get(flow, SETTING_SIZE);
    struct error cause = ERROR_INIT;
    if (check_existing_database(flow, flow_get(flow, SETTING_CLUSTER_NAME), &cause))
        return true;
    if (cause.kind == ERROR_SIGNAL || cause.kind == ERROR_AUTH) {
        *error = cause;
        return false;
    }
    /* Whether there is a cluster cannot be told now: the setup will say more of it. */
    if (cause.kind != ERROR_NOT_THERE) {
        console_warning(flow->console, "%s", cause.text);
        return true;
    }
    if (!preflight_cluster(flow, region, size, error))
        return false;
    console_info(flow->console, "It would be created: %s, %s", size, region);
    return true;
}

bool check_deployment(struct flow *flow, char **droplet_id, struct error *error)
{
    bool is_managed = !is_self_hosted(flow->settings);
    char *email = NULL;
    if (!validate_doctl_auth(flow, &email, error))
        return false;
    free(email);
    if (is_managed)
        doctl_prefetch(flow->doctl, CALL_CLUSTER_LIST, NULL, NULL);
    if (!find_this_droplet(flow, droplet_id, error))
        return false;
    if ((*droplet_id || check_new_droplet(flow, error)) &&
        (!is_managed || check_cluster(flow, error)))
        return true;
    free(*droplet_id);
    *droplet_id = NULL;
    return false;
}

/* ---- taking it down ---- */

void deployment_free(struct deployment *deployment)
{
    droplet_free(&deployment->droplet);
    cluster_free(&deployment->cluster);
    free(deployment->vpc_uuid);
    deployment->vpc_uuid = NULL;
}

static bool find_deployment_droplet(struct flow *flow, struct droplet *droplet, struct error *error)
{
    const char *id = settings_droplet(flow->settings);
    struct error failure = ERROR_INIT;
    if (!*id)
        return compute_droplet_find(flow->doctl, flow_get(flow, SETTING_DROPLET_NAME), droplet,
                                    error);
    if (compute_droplet_status(flow->doctl, id, droplet, &failure) ||
        (failure.kind == ERROR_API && failure.number == 404))
        return true;
    *error = failure;
    return false;
}

bool find_deployment(struct flow *flow, struct deployment *deployment, struct error *error)
{
    console_step(flow->console, "Looking for what there is to delete...");

    *deployment = (struct deployment){.vpc_uuid = NULL};
    const char *name = flow_get(flow, SETTING_CLUSTER_NAME);
    bool good =
        find_deployment_droplet(flow, &deployment->droplet, error) &&
        doctl_cluster_find(flow->doctl, name, &deployment->cluster, error) &&
        doctl_vpc_find(flow->doctl, flow_get(flow, SETTING_VPC_NAME), &deployment->vpc_uuid, error);
    if (good && deployment->cluster.id && strcmp(deployment->cluster.engine, "pg") != 0)
        good = error_set(
            error, ERROR_CONFLICT, 0,
            "the database cluster %s has the engine %.32s, not pg: it does not belong to this "
            "deployment",
            name, deployment->cluster.engine);
    if (good && !deployment->droplet.id && !deployment->cluster.id && !deployment->vpc_uuid)
        good =
            error_set(error, ERROR_NOT_THERE, 0,
                      "there is no Droplet %s, no database cluster %s and no VPC %s",
                      flow_get(flow, SETTING_DROPLET_NAME), name, flow_get(flow, SETTING_VPC_NAME));
    if (!good)
        deployment_free(deployment);
    return good;
}

char *deployment_text(const struct flow *flow, const struct deployment *deployment)
{
    struct buffer text = BUFFER_INIT;
    if (deployment->droplet.id)
        buffer_add_format(&text, "Droplet\t%s\t%s\n", deployment->droplet.name,
                          deployment->droplet.id);
    if (deployment->cluster.id)
        buffer_add_format(&text, "Database cluster\t%s\t%s\n", flow_get(flow, SETTING_CLUSTER_NAME),
                          deployment->cluster.id);
    if (deployment->vpc_uuid)
        buffer_add_format(&text, "VPC\t%s\t%s\n", flow_get(flow, SETTING_VPC_NAME),
                          deployment->vpc_uuid);
    return buffer_take(&text);
}

/* What the API says while members of a VPC are on their way out. */
static bool has_members_yet(const struct error *error)
{
    return error->kind == ERROR_API &&
           (error->number == 403 || error->number == 409 || error->number == 412);
}

static bool delete_empty_vpc(struct flow *flow, const char *uuid, struct error *error)
{
    struct wait empty = wait_begin(flow, "the VPC is not empty", "its members are being deleted");
    int limit = settings_ms(flow->settings, SETTING_WAIT_TIMEOUT);
    limit = limit && limit < VPC_EMPTY_MS ? limit : VPC_EMPTY_MS;
    struct error failure = ERROR_INIT;
    bool good = true;
    while (good && !compute_vpc_delete(flow->doctl, uuid, &failure)) {
        if (!has_members_yet(&failure) || process_clock_ms() - empty.began >= limit) {
            *error = failure;
            good = error_advise(error, "a VPC costs nothing; run again later, or leave it");
        } else {
            good = wait_longer(flow, &empty, "the VPC still has members", error);
        }
    }
    wait_end(flow);
    return good;
}

static bool delete_vpc(struct flow *flow, const char *uuid, struct error *error)
{
    console_step(flow->console, "Deleting VPC: %s...", flow_get(flow, SETTING_VPC_NAME));

    if (!delete_empty_vpc(flow, uuid, error))
        return false;
    console_success(flow->console, "VPC deleted: %s", uuid);
    return true;
}

bool delete_deployment(struct flow *flow, const struct deployment *deployment, struct error *error)
{
    const char *droplet = deployment->droplet.id;
    const char *cluster = deployment->cluster.id;
    if (droplet) {
        console_step(flow->console, "Deleting Droplet: %s...", deployment->droplet.name);
        if (!compute_droplet_delete(flow->doctl, droplet, error))
            return false;
        console_success(flow->console, "Droplet deleted: %s", droplet);
    }
    if (cluster) {
        console_step(flow->console, "Deleting database cluster: %s...",
                     flow_get(flow, SETTING_CLUSTER_NAME));
        if (!compute_cluster_delete(flow->doctl, cluster, error))
            return false;
        console_success(flow->console, "Database cluster deleted: %s", cluster);
    }
    return !deployment->vpc_uuid || delete_vpc(flow, deployment->vpc_uuid, error);
}
