#include "config.h"

#include "flow/deployment.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "base/process.h"
#include "base/quote.h"
#include "base/readfile.h"
#include "doctl/compute.h"
#include "flow/droplet.h"
#include "flow/firewall.h"
#include "flow/flow.h"
#include "flow/preflight.h"
#include "flow/wait.h"

/* A VPC has members for some time after the last one was deleted. */
#define VPC_EMPTY_MS 180000

#define DAY_SECONDS 86400

/* ---- before ---- */

/* droplet->id is NULL where there is none of the name; one that is named by its ID has to be there. */
static bool find_this_droplet(struct flow *flow, struct droplet *droplet, struct error *error)
{
    struct error cause = ERROR_INIT;
    if (*settings_droplet(flow->settings))
        return find_known_droplet(flow, droplet, error);
    if (find_droplet(flow, flow_get(flow, SETTING_DROPLET_NAME), droplet, &cause) ||
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
    console_info(flow->console,
                 "there is no Droplet %s; it would be created: %s, %s, %s, SSH key %s",
                 flow_get(flow, SETTING_DROPLET_NAME), flow_get(flow, SETTING_DROPLET_SIZE),
                 flow_get(flow, SETTING_DROPLET_IMAGE), flow_get(flow, SETTING_REGION),
                 flow_get(flow, SETTING_SSH_KEY));
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
    console_info(flow->console, "there is no database cluster %s; it would be created: %s, %s",
                 flow_get(flow, SETTING_CLUSTER_NAME), size, region);
    return true;
}

/* Of a Droplet that a deployment made. A token that may not see firewalls is told when one is made. */
static bool lacks_a_firewall(struct flow *flow, const struct droplet *droplet)
{
    if (!droplet->id || strcmp(flow_get(flow, SETTING_CLOUD_FIREWALL), "true") != 0)
        return false;
    struct error ignored = ERROR_INIT;
    char *tag = deployment_tag(droplet->name);
    char *firewall = firewall_name(droplet->name);
    char *id = NULL;
    bool lacks = inventory_has_tag(droplet->tags, tag) &&
                 compute_firewall_find(flow->doctl, firewall, &id, &ignored) && !id;
    free(id);
    free(firewall);
    free(tag);
    return lacks;
}

bool check_deployment(struct flow *flow, struct droplet *droplet, bool *lacks_firewall,
                      struct error *error)
{
    bool is_managed = !settings_self_hosted(flow->settings);
    char *email = NULL;
    *droplet = (struct droplet){.id = NULL};
    if (!validate_doctl_auth(flow, &email, error))
        return false;
    free(email);
    if (is_managed)
        doctl_prefetch(flow->doctl, CALL_CLUSTER_LIST, NULL, NULL);
    if (strcmp(flow_get(flow, SETTING_CLOUD_FIREWALL), "true") == 0)
        doctl_prefetch(flow->doctl, CALL_FIREWALL_LIST, NULL, NULL);
    if (find_this_droplet(flow, droplet, error) &&
        (droplet->id || check_new_droplet(flow, error)) &&
        (!is_managed || check_cluster(flow, error))) {
        *lacks_firewall = lacks_a_firewall(flow, droplet);
        return true;
    }
    droplet_free(droplet);
    return false;
}

/* ---- what there is ---- */

static const struct {
    const char *kind, *key, *only;
} parts[PART_COUNT] = {
    [PART_CLUSTER] = {"Database cluster", "cluster", "database"},
    [PART_DROPLET] = {"Droplet", "droplet", "droplet"},
    [PART_FIREWALL] = {"Cloud Firewall", "firewall", "droplet"},
    [PART_VPC] = {"VPC", "vpc", "vpc"},
};

void deployment_free(struct deployment *deployment)
{
    for (size_t i = 0; i < PART_COUNT; i++)
        claim_free(&deployment->parts[i].claim);
    inventory_free(&deployment->inventory);
    *deployment = (struct deployment){.inventory = {NULL, 0}};
}

/* Whether --only leaves a part in; a Droplet's firewall goes with it. */
static bool is_wanted(const struct flow *flow, enum part part)
{
    const char *only = flow_get(flow, SETTING_ONLY);
    return !*only || strcmp(only, parts[part].only) == 0;
}

static bool find_droplet_part(struct flow *flow, struct deployment *deployment, struct error *error)
{
    const char *id = settings_droplet(flow->settings);
    const struct item **droplet = &deployment->parts[PART_DROPLET].item;
    if (!*id)
        return inventory_find(&deployment->inventory, ITEM_DROPLET,
                              flow_get(flow, SETTING_DROPLET_NAME), droplet, error);
    *droplet = inventory_by_id(&deployment->inventory, ITEM_DROPLET, id);
    return true;
}

static bool find_parts(struct flow *flow, struct deployment *deployment, struct error *error)
{
    const struct inventory *inventory = &deployment->inventory;
    if (!find_droplet_part(flow, deployment, error))
        return false;
    char *firewall = firewall_name(deployment_own_name(flow, deployment->parts[PART_DROPLET].item));
    bool good = inventory_find(inventory, ITEM_CLUSTER, flow_get(flow, SETTING_CLUSTER_NAME),
                               &deployment->parts[PART_CLUSTER].item, error) &&
                inventory_find(inventory, ITEM_VPC, flow_get(flow, SETTING_VPC_NAME),
                               &deployment->parts[PART_VPC].item, error) &&
                inventory_find(inventory, ITEM_FIREWALL, firewall,
                               &deployment->parts[PART_FIREWALL].item, error);
    free(firewall);
    return good;
}

/* The Droplet is ours because the settings name it, and its firewall because of its tag. */
static void claim_by_name(struct flow *flow, struct deployment *deployment)
{
    const struct item *firewall = deployment->parts[PART_FIREWALL].item;
    char *tag = deployment_tag(deployment_own_name(flow, deployment->parts[PART_DROPLET].item));
    deployment->parts[PART_DROPLET].claim =
        (struct claim){true, mem_copy(*settings_droplet(flow->settings) ? "DROPLET_ID names it"
                                                                        : "DROPLET_NAME names it")};
    if (firewall && strcmp(firewall->tags, tag) == 0)
        deployment->parts[PART_FIREWALL].claim =
            (struct claim){true, mem_format("it is for the tag %s alone", tag)};
    else if (firewall)
        deployment->parts[PART_FIREWALL].claim =
            (struct claim){false, mem_copy("it is not for this deployment's tag alone")};
    free(tag);
}

static bool claim_parts(struct flow *flow, struct deployment *deployment, struct error *error)
{
    const struct inventory *inventory = &deployment->inventory;
    const struct item *cluster = deployment->parts[PART_CLUSTER].item;
    const struct item *droplet = deployment->parts[PART_DROPLET].item;
    const struct item *vpc = deployment->parts[PART_VPC].item;
    struct claim *claim = &deployment->parts[PART_CLUSTER].claim;
    claim_by_name(flow, deployment);
    if (cluster && is_wanted(flow, PART_CLUSTER) &&
        !claim_cluster(flow, inventory, cluster, droplet, claim, error))
        return false;
    return !vpc || !is_wanted(flow, PART_VPC) ||
           claim_vpc(flow, inventory, vpc, is_wanted(flow, PART_DROPLET) ? droplet : NULL,
                     claim->is_ours ? cluster : NULL, &deployment->parts[PART_VPC].claim, error);
}

/* Leaves out what stays, and says so. */
static void keep_others(struct flow *flow, struct deployment *deployment)
{
    for (size_t i = 0; i < PART_COUNT; i++) {
        const struct item *item = deployment->parts[i].item;
        const struct claim *claim = &deployment->parts[i].claim;
        if (item && is_wanted(flow, (enum part)i) && !claim->is_ours)
            console_warning(flow->console, "%s %s stays: %s", parts[i].kind, item->name,
                            claim->why);
        if (item && (!is_wanted(flow, (enum part)i) || !claim->is_ours))
            deployment->parts[i].item = NULL;
    }
}

bool find_deployment(struct flow *flow, struct deployment *deployment, struct error *error)
{
    console_step(flow->console, "Looking for what there is to delete...");

    *deployment = (struct deployment){.inventory = {NULL, 0}};
    if (!inventory_read(flow->doctl, &deployment->inventory, error))
        return false;
    bool good = find_parts(flow, deployment, error) && claim_parts(flow, deployment, error);
    if (good) {
        keep_others(flow, deployment);
        good = deployment_name(deployment) ||
               error_set(error, ERROR_NOT_THERE, 0,
                         "there is nothing to delete of a Droplet %s, a database cluster %s and a "
                         "VPC %s",
                         flow_get(flow, SETTING_DROPLET_NAME), flow_get(flow, SETTING_CLUSTER_NAME),
                         flow_get(flow, SETTING_VPC_NAME));
    }
    if (!good)
        deployment_free(deployment);
    return good;
}

const char *deployment_name(const struct deployment *deployment)
{
    for (size_t i = 0; i < PART_COUNT; i++)
        if (deployment->parts[i].item)
            return deployment->parts[i].item->name;
    return NULL;
}

char *deployment_text(const struct deployment *deployment)
{
    struct buffer text = BUFFER_INIT;
    for (size_t i = 0; i < PART_COUNT; i++)
        if (deployment->parts[i].item)
            buffer_add_format(&text, "%s\t%s\t%s\t%s\n", parts[i].kind,
                              deployment->parts[i].item->name, deployment->parts[i].item->id,
                              deployment->parts[i].claim.why);
    return buffer_take(&text);
}

char *deployment_json(const struct deployment *deployment)
{
    struct buffer json = BUFFER_INIT;
    for (size_t i = 0; i < PART_COUNT; i++) {
        const struct item *item = deployment->parts[i].item;
        buffer_add_format(&json, "%s\"%s\": ", i ? ", " : "{", parts[i].key);
        if (item)
            quote_add_json(&json, item->id, strlen(item->id));
        else
            buffer_add_text(&json, "null");
    }
    buffer_add_text(&json, "}");
    return buffer_take(&json);
}

/* ---- backups ---- */

bool warn_of_backups(struct flow *flow, const struct deployment *deployment, struct error *error)
{
    const struct item *cluster = deployment->parts[PART_CLUSTER].item;
    struct error failure = ERROR_INIT;
    char *last = NULL;
    char yesterday[32] = "";
    if (!cluster)
        return true;
    if (!inventory_last_backup(flow->doctl, cluster->id, &last, &failure)) {
        *error = failure;
        return failure.kind != ERROR_SIGNAL;
    }
    time_t then = time(NULL) - DAY_SECONDS;
    struct tm parts_of_time;
    if (gmtime_r(&then, &parts_of_time))
        strftime(yesterday, sizeof yesterday, "%Y-%m-%d %H:%M:%S", &parts_of_time);
    if (!*last)
        console_warning(flow->console, "The cluster %s has no backup", cluster->name);
    else if (strcmp(last, yesterday) < 0)
        console_warning(flow->console, "The last backup of the cluster %s is of %s", cluster->name,
                        last);
    free(last);
    return true;
}

/* ---- taking it down ---- */

/* What the API says while members of a VPC are on their way out. */
static bool has_members_yet(const struct error *error)
{
    return error->kind == ERROR_API &&
           (error->number == 403 || error->number == 409 || error->number == 412);
}

static bool delete_empty_vpc(struct flow *flow, const char *uuid, struct error *error)
{
    struct wait empty =
        wait_begin(flow, WAIT_OTHER, "the VPC is not empty", "its members are being deleted");
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

static bool delete_part(struct flow *flow, enum part part, const char *id, struct error *error)
{
    switch (part) {
    case PART_CLUSTER:
        return compute_cluster_delete(flow->doctl, id, error);
    case PART_DROPLET:
        return compute_droplet_delete(flow->doctl, id, error);
    case PART_FIREWALL:
        return compute_firewall_delete(flow->doctl, id, error);
    default:
        return delete_empty_vpc(flow, id, error);
    }
}

/* Files on this machine with a URL of the cluster, which is gone now. */
static void tell_files(struct flow *flow, const char *cluster)
{
    static const char *const names[] = {"do_database_url", "database_url", "database_url_direct"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct buffer content = BUFFER_INIT;
        struct error ignored = ERROR_INIT;
        char *path = mem_format("%s/%s", flow_get(flow, SETTING_SECRETS_DIR), names[i]);
        char *host = mem_format("@%s-do-user-", cluster);
        char *inside = mem_format("@private-%s-do-user-", cluster);
        if (readfile(path, READFILE_OPTIONAL, (size_t)1 << 20, &content, &ignored) &&
            (strstr(buffer_text(&content), host) || strstr(buffer_text(&content), inside)))
            console_warning(flow->console, "%s has the URL of the cluster that is gone: delete it",
                            path);
        free(inside);
        free(host);
        free(path);
        buffer_free(&content);
    }
}

bool delete_deployment(struct flow *flow, const struct deployment *deployment, struct error *error)
{
    for (size_t i = 0; i < PART_COUNT; i++) {
        const struct item *item = deployment->parts[i].item;
        if (!item)
            continue;
        console_step(flow->console, "Deleting %s: %s...", parts[i].kind, item->name);
        if (!delete_part(flow, (enum part)i, item->id, error))
            return false;
        console_success(flow->console, "%s deleted: %s", parts[i].kind, item->id);
    }
    if (deployment->parts[PART_CLUSTER].item)
        tell_files(flow, deployment->parts[PART_CLUSTER].item->name);
    return true;
}
