#include "config.h"

#include "droplet.h"

#include <stdlib.h>
#include <string.h>

#include "beyond.h"
#include "listing.h"
#include "memory.h"
#include "process.h"

/* A VPC has members for some time after the last one was deleted. */
#define VPC_EMPTY_MS 180000

/* ---- finding and creating ---- */

static char *tell_found(const struct flow *flow, struct droplet *droplet)
{
    char *id = mem_copy(droplet->id);
    console_success(flow->console, "Found existing Droplet: %s", droplet->name);
    console_plain(flow->console, "  ID:     %s", droplet->id);
    console_plain(flow->console, "  Status: %s", droplet->status);
    droplet_free(droplet);
    return id;
}

bool find_droplet(struct flow *flow, const char *name, char **id, struct error *error)
{
    console_step(flow->console, "Checking for existing Droplet: %s...", name);

    struct droplet droplet;
    if (!compute_droplet_find(flow->doctl, name, &droplet, error))
        return false;
    if (!droplet.id)
        return error_set(error, ERROR_NOT_THERE, 0, "there is no Droplet %s", name);
    *id = tell_found(flow, &droplet);
    return true;
}

bool find_known_droplet(struct flow *flow, char **id, struct error *error)
{
    const char *known = flow_get(flow, SETTING_DROPLET_ID);
    console_step(flow->console, "Checking for existing Droplet: %s...", known);

    struct droplet droplet;
    if (!compute_droplet_status(flow->doctl, known, &droplet, error))
        return error_advise(error, "see DROPLET_ID");
    *id = tell_found(flow, &droplet);
    return true;
}

/* The key's ID, and a region that takes Droplets: known before VPC and Droplet are made. */
static bool check_request(struct flow *flow, char **key_id, struct error *error)
{
    const char *key = flow_get(flow, SETTING_SSH_KEY);
    const char *region = flow_get(flow, SETTING_REGION);
    bool open;
    if (!compute_region_is_open(flow->doctl, region, &open, error))
        return false;
    if (!open)
        return error_set(error, ERROR_CONFLICT, 0,
                         "DigitalOcean has no region %s that takes new Droplets: set DO_REGION; "
                         "'doctl compute region list' shows them",
                         region);
    if (!compute_key_find(flow->doctl, key, key_id, error))
        return false;
    if (!*key_id)
        return error_set(error, ERROR_CONFLICT, 0,
                         "the account has no SSH key with the name %s: set DO_SSH_KEY_NAME, or add "
                         "the key with 'doctl compute ssh-key import NAME --public-key-file FILE'",
                         key);
    return true;
}

/* Sends the request; where it may have come through without an answer, looks for the Droplet. */
static bool request_droplet(struct flow *flow, const struct droplet_request *request, char **id,
                            struct error *error)
{
    struct error mine = ERROR_INIT;
    if (compute_droplet_create(flow->doctl, request, id, &mine))
        return true;
    struct droplet droplet = {NULL, NULL, NULL, NULL};
    struct error ignored = ERROR_INIT;
    bool there = may_have_happened(flow, &mine) &&
                 compute_droplet_find(flow->doctl, request->name, &droplet, &ignored) && droplet.id;
    if (there) {
        console_warning(flow->console, "%s; the Droplet is there all the same", mine.text);
        *id = mem_copy(droplet.id);
    } else {
        *error = mine;
    }
    droplet_free(&droplet);
    return there;
}

/* Names of Droplets need not be unique: two runs at once would make two. */
static bool lock_droplet(struct flow *flow, const char *name, struct error *error)
{
    char *lock = mem_format("droplet-%s", name);
    char *what = mem_format("the Droplet %s", name);
    bool good = lock_run(flow, &flow->lock, lock, what, error);
    free(what);
    free(lock);
    return good;
}

bool create_droplet(struct flow *flow, const char *name, char **id, struct error *error)
{
    struct error none = ERROR_INIT;
    if (!lock_droplet(flow, name, error))
        return false;
    if (find_droplet(flow, name, id, &none)) {
        console_info(flow->console, "Droplet already exists. Skipping creation.");
        return true;
    }
    if (none.kind != ERROR_NOT_THERE) {
        *error = none;
        return false;
    }
    if (!*flow_get(flow, SETTING_SSH_KEY))
        return error_set(error, ERROR_USAGE, 0,
                         "a new Droplet needs an SSH key: set DO_SSH_KEY_NAME to the name that the "
                         "key has at DigitalOcean ('doctl compute ssh-key list')");

    char *key_id = NULL;
    char *vpc_uuid = NULL;
    if (!check_request(flow, &key_id, error))
        return false;
    bool good = ensure_vpc(flow, flow_get(flow, SETTING_VPC_NAME), flow_get(flow, SETTING_REGION),
                           &vpc_uuid, error);
    if (good) {
        struct droplet_request request = {.name = name,
                                          .region = flow_get(flow, SETTING_REGION),
                                          .size = flow_get(flow, SETTING_DROPLET_SIZE),
                                          .image = flow_get(flow, SETTING_DROPLET_IMAGE),
                                          .key_id = key_id,
                                          .vpc_uuid = vpc_uuid,
                                          .tags = flow_get(flow, SETTING_DROPLET_TAGS),
                                          .user_data_file = flow_get(flow, SETTING_USER_DATA)};
        console_step(flow->console, "Creating Droplet: %s...", name);
        console_plain(flow->console, "  Region: %s", request.region);
        console_plain(flow->console, "  Size:   %s", request.size);
        console_plain(flow->console, "  Image:  %s", request.image);
        good = request_droplet(flow, &request, id, error);
    }
    free(vpc_uuid);
    free(key_id);
    if (!good)
        return false;
    flow->changes++;
    console_success(flow->console, "Droplet created: %s", *id);
    return true;
}

/* ---- waiting ---- */

/* One look at a Droplet: *state says how far it is, *address is set once it is ready. */
static bool look(struct flow *flow, const char *droplet_id, long long waited_ms, char **state,
                 char **address, struct error *error)
{
    struct droplet droplet;
    struct error poll = ERROR_INIT;
    if (!compute_droplet_status(flow->doctl, droplet_id, &droplet, &poll)) {
        if (is_passing(&poll, waited_ms))
            return true;
        *error = poll;
        return false;
    }
    free(*state);
    *state = mem_copy(strcmp(droplet.status, "active") == 0 ? "active, without a public address"
                                                            : droplet.status);
    bool good = true;
    if (strcmp(droplet.status, "active") == 0 && *droplet.address)
        *address = mem_copy(droplet.address);
    else if (strcmp(droplet.status, "off") == 0 || strcmp(droplet.status, "archive") == 0)
        good = error_set(error, ERROR_CONFLICT, 0,
                         "the Droplet %s is switched off: 'doctl compute droplet-action power-on "
                         "%s' switches it on",
                         droplet_id, droplet_id);
    droplet_free(&droplet);
    return good;
}

bool wait_for_droplet(struct flow *flow, const char *droplet_id, char **address,
                      struct error *error)
{
    console_step(flow->console, "Waiting until the Droplet is active: %s...", droplet_id);

    long long began = process_clock_ms();
    long long told = began;
    char *state = mem_copy("no answer yet");
    const struct awaited active = {"the Droplet is not active", "the Droplet goes on starting"};
    *address = NULL;
    bool good = look(flow, droplet_id, 0, &state, address, error);
    while (good && !*address)
        good = wait_longer(flow, &active, state, began, &told, error) &&
               look(flow, droplet_id, process_clock_ms() - began, &state, address, error);
    free(state);
    if (good)
        console_success(flow->console, "Droplet is active: %s", *address);
    return good;
}

bool droplet_private_address(struct flow *flow, const char *droplet_id, char **address,
                             struct error *error)
{
    return doctl_droplet_private_ip(flow->doctl, droplet_id, address, error);
}

/* ---- taking a deployment down ---- */

void deployment_free(struct deployment *deployment)
{
    droplet_free(&deployment->droplet);
    cluster_free(&deployment->cluster);
    free(deployment->vpc_uuid);
    deployment->vpc_uuid = NULL;
}

static bool find_its_droplet(struct flow *flow, struct droplet *droplet, struct error *error)
{
    const char *id = listing_droplet(flow->settings);
    struct error mine = ERROR_INIT;
    if (!*id)
        return compute_droplet_find(flow->doctl, flow_get(flow, SETTING_DROPLET_NAME), droplet,
                                    error);
    if (compute_droplet_status(flow->doctl, id, droplet, &mine) ||
        (mine.kind == ERROR_API && mine.number == 404))
        return true;
    *error = mine;
    return false;
}

bool find_deployment(struct flow *flow, struct deployment *deployment, struct error *error)
{
    console_step(flow->console, "Looking for what there is to delete...");

    *deployment = (struct deployment){.vpc_uuid = NULL};
    const char *name = flow_get(flow, SETTING_CLUSTER_NAME);
    bool good =
        find_its_droplet(flow, &deployment->droplet, error) &&
        doctl_cluster_find(flow->doctl, name, &deployment->cluster, error) &&
        doctl_vpc_find(flow->doctl, flow_get(flow, SETTING_VPC_NAME), &deployment->vpc_uuid, error);
    if (good && deployment->cluster.id && strcmp(deployment->cluster.engine, "pg") != 0)
        good = error_set(error, ERROR_CONFLICT, 0,
                         "the database cluster %s has the engine %.32s, not pg: it is none of this "
                         "deployment's",
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

static bool delete_vpc(struct flow *flow, const char *uuid, struct error *error)
{
    console_step(flow->console, "Deleting VPC: %s...", flow_get(flow, SETTING_VPC_NAME));

    const struct awaited empty = {"the VPC is not empty", "its members are being deleted"};
    long long began = process_clock_ms();
    long long told = began;
    int limit = settings_ms(flow->settings, SETTING_WAIT_TIMEOUT);
    limit = limit && limit < VPC_EMPTY_MS ? limit : VPC_EMPTY_MS;
    for (;;) {
        struct error mine = ERROR_INIT;
        if (compute_vpc_delete(flow->doctl, uuid, &mine))
            break;
        if (!has_members_yet(&mine) || process_clock_ms() - began >= limit) {
            *error = mine;
            return error_advise(error, "a VPC costs nothing; run again later, or leave it");
        }
        if (!wait_longer(flow, &empty, "the VPC still has members", began, &told, error))
            return false;
    }
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
