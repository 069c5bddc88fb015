#include "config.h"

#include "base/process.h"
#include "flow/droplet.h"
#include "flow/durations.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "flow/flow.h"
#include "flow/locks.h"
#include "flow/offered.h"
#include "flow/ownership.h"
#include "flow/recover.h"
#include "flow/wait.h"

/* ---- finding and creating ---- */

static void tell_found(const struct flow *flow, const struct droplet *droplet)
{
    console_success(flow->console, "Found existing Droplet: %s", droplet->name);
    console_plain(flow->console, "  ID:     %s", droplet->id);
    console_plain(flow->console, "  Status: %s", droplet->status);
}

bool find_droplet(struct flow *flow, const char *name, struct droplet *droplet, struct error *error)
{
    console_step(flow->console, "Checking for existing Droplet: %s...", name);

    if (!compute_droplet_find(flow->doctl, name, droplet, error))
        return false;
    if (!droplet->id)
        return error_set(error, ERROR_NOT_THERE, 0, "there is no Droplet %s", name);
    tell_found(flow, droplet);
    return true;
}

bool find_known_droplet(struct flow *flow, struct droplet *droplet, struct error *error)
{
    const char *known = flow_get(flow, SETTING_DROPLET_ID);
    console_step(flow->console, "Checking for existing Droplet: %s...", known);

    if (!compute_droplet_status(flow->doctl, known, droplet, error))
        return error_advise(error, "see DROPLET_ID");
    tell_found(flow, droplet);
    return true;
}

bool check_region(struct flow *flow, const char *region, struct error *error)
{
    bool open;
    if (!compute_region_is_open(flow->doctl, region, &open, error))
        return false;
    return open || error_set(error, ERROR_USAGE, 0,
                             "DigitalOcean has no region %s that takes new Droplets: set "
                             "DO_REGION; 'doctl compute region list' shows them",
                             region);
}

bool find_ssh_key(struct flow *flow, const char *name, char **fingerprint, struct error *error)
{
    char *id = NULL;
    *fingerprint = NULL;
    if (!*name)
        return error_set(error, ERROR_USAGE, 0,
                         "no SSH key is named: set DO_SSH_KEY_NAME ('doctl compute ssh-key list')");
    if (!compute_key_find(flow->doctl, name, &id, fingerprint, error))
        return false;
    free(id);
    return *fingerprint || error_set(error, ERROR_NOT_THERE, 0,
                                     "the account has no SSH key with the name %s", name);
}

bool check_droplet_request(struct flow *flow, char **key_id, struct error *error)
{
    const char *key = flow_get(flow, SETTING_SSH_KEY);
    const char *region = flow_get(flow, SETTING_REGION);
    *key_id = NULL;
    if (!*key)
        return error_set(error, ERROR_USAGE, 0,
                         "a new Droplet needs an SSH key: set DO_SSH_KEY_NAME to the name that the "
                         "key has at DigitalOcean ('doctl compute ssh-key list')");
    doctl_prefetch(flow->doctl, CALL_KEY_LIST, NULL, NULL);
    doctl_prefetch(flow->doctl, CALL_DROPLET_SIZES, NULL, NULL);
    if (!check_region(flow, region, error))
        return false;
    char *fingerprint = NULL;
    if (!compute_key_find(flow->doctl, key, key_id, &fingerprint, error))
        return false;
    free(fingerprint);
    if (!*key_id)
        return error_set(error, ERROR_USAGE, 0,
                         "the account has no SSH key with the name %s: set DO_SSH_KEY_NAME, or add "
                         "the key with 'doctl compute ssh-key import NAME --public-key-file FILE'",
                         key);
    if (offered_droplet(flow, error))
        return true;
    free(*key_id);
    *key_id = NULL;
    return false;
}

/* Names of Droplets need not be unique: two runs at once would make two. */
static bool lock_droplet(struct flow *flow, const char *name, struct error *error)
{
    char *lock = mem_format("droplet-%s", name);
    char *what = mem_format("the Droplet %s", name);
    bool good = take_lock(flow, &flow->lock, lock, what, error);
    free(what);
    free(lock);
    return good;
}

/* Says what is asked for, and asks for it. */
static bool announce_and_make(struct flow *flow, const char *name, const char *key_id,
                              const char *vpc_uuid, char **id, struct error *error)
{
    char *tags = deployment_tags(flow_get(flow, SETTING_DROPLET_TAGS), name);
    struct droplet_request request = {.name = name,
                                      .region = flow_get(flow, SETTING_REGION),
                                      .size = flow_get(flow, SETTING_DROPLET_SIZE),
                                      .image = flow_get(flow, SETTING_DROPLET_IMAGE),
                                      .key_id = key_id,
                                      .vpc_uuid = vpc_uuid,
                                      .tags = tags,
                                      .user_data_file = flow_get(flow, SETTING_USER_DATA)};
    console_step(flow->console, "Creating Droplet: %s...", name);
    console_plain(flow->console, "  Region: %s", request.region);
    console_plain(flow->console, "  Size:   %s", request.size);
    console_plain(flow->console, "  Image:  %s", request.image);
    bool good = make_droplet(flow, &request, id, error);
    free(tags);
    if (good)
        console_success(flow->console, "Droplet created: %s", *id);
    return good;
}

bool create_droplet(struct flow *flow, const char *name, char **id, struct error *error)
{
    struct droplet droplet;
    struct error cause = ERROR_INIT;
    if (!lock_droplet(flow, name, error))
        return false;
    if (find_droplet(flow, name, &droplet, &cause)) {
        *id = mem_copy(droplet.id);
        droplet_free(&droplet);
        console_info(flow->console, "Droplet already exists. Skipping creation.");
        return true;
    }
    if (cause.kind != ERROR_NOT_THERE) {
        *error = cause;
        return false;
    }
    char *key_id = NULL;
    char *vpc_uuid = NULL;
    bool good = check_droplet_request(flow, &key_id, error) &&
                ensure_vpc(flow, flow_get(flow, SETTING_VPC_NAME), flow_get(flow, SETTING_REGION),
                           &vpc_uuid, error) &&
                announce_and_make(flow, name, key_id, vpc_uuid, id, error);
    free(vpc_uuid);
    free(key_id);
    return good;
}

/* ---- waiting ---- */

/* One look at a Droplet: *state says how far it is, *address is set once it is ready. */
static bool look(struct flow *flow, const char *droplet_id, struct wait *wait, char **state,
                 char **address, struct error *error)
{
    struct droplet droplet;
    struct error failure = ERROR_INIT;
    if (!compute_droplet_status(flow->doctl, droplet_id, &droplet, &failure)) {
        if (may_heal(flow, wait, &failure))
            return true;
        *error = failure;
        return false;
    }
    wait->failed.kind = ERROR_NONE;
    bool active = strcmp(droplet.status, "active") == 0;
    bool good = true;
    free(*state);
    *state = mem_copy(active ? "active, without a public address" : droplet.status);
    if (active && *droplet.address)
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

    struct wait active =
        wait_begin(flow, WAIT_DROPLET, "the Droplet is not active", "the Droplet goes on starting");
    char *state = mem_copy("its status was not seen");
    *address = NULL;
    bool good = look(flow, droplet_id, &active, &state, address, error);
    while (good && !*address)
        good = wait_longer(flow, &active, state, error) &&
               look(flow, droplet_id, &active, &state, address, error);
    if (good)
        durations_learn(flow->settings, WAIT_DROPLET, process_clock_ms() - active.began);
    wait_end(flow);
    free(state);
    if (good)
        console_success(flow->console, "Droplet is active: %s", *address);
    return good;
}
