#include "config.h"

#include "flow/rotate.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/process.h"
#include "base/secretfile.h"
#include "doctl/users.h"
#include "flow/application.h"
#include "flow/compare.h"
#include "flow/connection.h"
#include "flow/deliver.h"
#include "flow/flow.h"
#include "flow/locks.h"
#include "flow/preflight.h"
#include "flow/recover.h"
#include "flow/save.h"
#include "flow/turns.h"
#include "flow/ways.h"

#define LOOKS 10

struct rotation {
    struct turn from, to;
    char *record;        /* the path of the file that stands while a rotation is under way */
    bool is_begun;       /* by an earlier run */
    bool is_written;     /* the secret file has the new user's URL */
    bool is_handed_over; /* a sink has seen to it that the application has it */
};

/* ---- what is known ---- */

static char *record_text(const struct rotation *rotation)
{
    return mem_format("%s %s\n", rotation->from.user, rotation->to.user);
}

/*
 * Which way it goes. A record of the same way says that the run before this one was ended before
 * the new URL was written; one of the other way, that it was written, and this is gone on with.
 */
static bool read_rotation(struct flow *flow, struct rotation *rotation, struct error *error)
{
    char *text = NULL;
    size_t length;
    if (!turns_read(flow->settings, &rotation->from, &rotation->to, error) ||
        !secretfile_read(rotation->record, &text, &length, error))
        return false;
    rotation->is_begun = text != NULL;
    struct rotation back = {.from = rotation->to, .to = rotation->from};
    char *same = record_text(rotation);
    char *other = record_text(&back);
    bool good = true;
    if (text && strcmp(text, other) == 0) {
        rotation->from = back.from;
        rotation->to = back.to;
        rotation->is_written = true;
    } else if (text && strcmp(text, same) != 0) {
        good = error_set(error, ERROR_CONFLICT, 0,
                         "%s is of another rotation than that of %s and %s: see which of them is "
                         "in use, and delete that file",
                         rotation->record, rotation->from.user, rotation->to.user);
    }
    free(same);
    free(other);
    free(text);
    return good;
}

static bool check_saved(const struct flow *flow, const char *user, struct error *error)
{
    const char *path = flow_get(flow, SETTING_SECRET_FILE);
    char *saved = turns_saved_user(path);
    bool good = saved && strcmp(saved, user) == 0;
    if (!good)
        error_set(error, ERROR_CONFLICT, 0,
                  "%s has no URL of the user %s, so it is not known what is in use: run "
                  "'managed-db setup' with the same settings first",
                  path, user);
    free(saved);
    return good;
}

/* ---- the steps ---- */

static bool reset(struct flow *flow, const char *cluster_id, const char *user, struct error *error)
{
    if (!doctl_user_reset(flow->doctl, cluster_id, user, error))
        return false;
    doctl_forget(flow->doctl, CALL_USER_GET, cluster_id, user);
    doctl_forget(flow->doctl, CALL_POOL_LIST, cluster_id, NULL);
    doctl_forget(flow->doctl, CALL_CONNECTION, cluster_id, NULL);
    pools_free(&flow->pools);
    flow->changes++;
    note(flow, MARK_CHANGE, "password", user, "%s", "");
    return true;
}

static bool begin(struct flow *flow, const struct rotation *rotation, struct error *error)
{
    struct secretfile_owner owner = settings_owner(flow->settings);
    enum secretfile_outcome outcome;
    char *text = record_text(rotation);
    bool good = secretfile_write(rotation->record, text, strlen(text), &owner, &outcome, error);
    free(text);
    return good;
}

static bool end(const struct rotation *rotation, struct error *error)
{
    return unlink(rotation->record) == 0 ||
           error_set_errno(error, "cannot remove %s", rotation->record);
}

/*
 * Before the first change: a user of this name that an earlier rotation has made has the pool of
 * that name. Another one may be somebody else's.
 */
static bool check_user(struct flow *flow, const char *cluster_id, struct error *error)
{
    bool there;
    const char *user = application_user(flow);
    const char *pool = flow_get(flow, SETTING_POOL);
    pools_free(&flow->pools);
    if (!doctl_user_exists(flow->doctl, cluster_id, user, &there, error) ||
        (there && !pools_read(flow->doctl, cluster_id, &flow->pools, error)))
        return false;
    const struct pool *own = pools_find(&flow->pools, pool);
    return !there || (own && strcmp(own->user, user) == 0) ||
           error_set(error, ERROR_CONFLICT, 0,
                     "there is a user %s already, and no pool %s of its own: it may be somebody "
                     "else's, and its password stays; make that pool if it is not",
                     user, pool);
}

/* Makes the user, or gives the one that is there a password that nobody had before. */
static bool renew(struct flow *flow, const char *cluster_id, struct error *error)
{
    bool there;
    const char *user = application_user(flow);
    if (!doctl_user_exists(flow->doctl, cluster_id, user, &there, error))
        return false;
    if (!there)
        return make_application(flow, cluster_id, error);
    console_step(flow->console, "Giving the user %s a new password...", user);
    if (!reset(flow, cluster_id, user, error))
        return false;
    console_success(flow->console, "The user %s has a new password", user);
    return true;
}

/* Of a cluster's connections the second pool gets what the others leave it. */
static bool make_own_pool(struct flow *flow, const char *cluster_id, struct error *error)
{
    const char *pool = flow_get(flow, SETTING_POOL);
    const char *size = flow_get(flow, SETTING_POOL_SIZE);
    struct error ignored = ERROR_INIT;
    pools_free(&flow->pools);
    if (!pools_read(flow->doctl, cluster_id, &flow->pools, error))
        return false;
    unsigned long most =
        read_cluster(flow, cluster_id, &ignored) ? preflight_connections(flow->cluster.size) : 0;
    unsigned long used = 0;
    for (size_t i = 0; flow->pools.is_detailed && i < flow->pools.count; i++)
        used += strtoul(flow->pools.list[i].size, NULL, 10);
    if (!most || pools_find(&flow->pools, pool) || used + strtoul(size, NULL, 10) <= most)
        return create_connection_pool(flow, cluster_id, pool, size, error);
    if (used >= most)
        return error_set(error, ERROR_USAGE, 0,
                         "the cluster has %lu connections for pools, and none is left for the "
                         "pool %s: make the others smaller ('managed-db setup --apply' with a "
                         "smaller --pool-size), or the cluster larger",
                         most, pool);
    char *left = mem_format("%lu", most - used);
    bool good = create_connection_pool(flow, cluster_id, pool, left, error);
    free(left);
    return good;
}

/* A password that has just been set may not be known everywhere for a moment. */
static bool verify_soon(struct flow *flow, const char *ca_file, struct error *error)
{
    struct verified verified = {.pooler = "none"};
    bool good = false;
    for (int i = 0; !good && i < LOOKS; i++) {
        *error = (struct error)ERROR_INIT;
        good = verify_connection(flow, &flow->chosen, ca_file, &verified, error);
        verified_free(&verified);
        if (!good && (error->kind == ERROR_SIGNAL || error->kind == ERROR_NO_PROGRAM ||
                      !doctl_pause(flow->doctl,
                                   settings_ms(flow->settings, SETTING_POLL_INTERVAL) / 10, error)))
            return false;
    }
    return good;
}

/* Files first: they stand on this machine, and what is in use is read from one of them. */
static bool hand_over(struct flow *flow, const char *cluster_id, bool *is_handed_over,
                      struct error *error)
{
    return save_connection_string(flow, cluster_id, flow_get(flow, SETTING_SECRET_FILE), error) &&
           ways_save_direct(flow, flow_get(flow, SETTING_DIRECT_FILE), error) &&
           deliver(flow, is_handed_over, error);
}

static bool bring_in(struct flow *flow, const char *cluster_id, const char *ca_file,
                     struct rotation *rotation, struct error *error)
{
    return (rotation->is_written || renew(flow, cluster_id, error)) &&
           read_connection(flow, cluster_id, false, error) && grant_rights(flow, ca_file, error) &&
           make_own_pool(flow, cluster_id, error) &&
           read_connection(flow, cluster_id, true, error) && verify_soon(flow, ca_file, error) &&
           hand_over(flow, cluster_id, &rotation->is_handed_over, error) &&
           verify_soon(flow, ca_file, error);
}

static bool end_old(struct flow *flow, const char *cluster_id, const struct rotation *rotation,
                    struct error *error)
{
    if (!reset(flow, cluster_id, rotation->from.user, error))
        return false;
    console_success(flow->console,
                    "Ended the old password of %s; connections that are open stay open",
                    rotation->from.user);
    return end(rotation, error);
}

/* ---- two users ---- */

static bool wait_out(struct flow *flow, const struct rotation *rotation, struct error *error)
{
    const char *grace = flow_get(flow, SETTING_GRACE);
    if (!*grace || flow->settings->finish)
        return true;
    console_step(flow->console, "Ending the old password of %s in %s s...", rotation->from.user,
                 grace);
    return doctl_pause(flow->doctl, settings_ms(flow->settings, SETTING_GRACE), error);
}

static bool end_first(struct flow *flow, const char *cluster_id, const struct rotation *rotation,
                      struct error *error)
{
    console_warning(flow->console,
                    "Ending the password of %s first: no new connection can be made until the "
                    "new URL is there and the application has it; connections that are open stay "
                    "open",
                    rotation->from.user);
    return reset(flow, cluster_id, rotation->from.user, error);
}

static bool go_through(struct flow *flow, const char *cluster_id, const char *ca_file,
                       struct rotation *rotation, bool *is_waiting, struct error *error)
{
    const struct settings *mine = flow->settings;
    const struct settings own = rotation->is_written ? *mine : turns_with(mine, &rotation->to);
    bool is_emergency = mine->emergency;
    if (!check_saved(flow, rotation->is_written ? rotation->to.user : rotation->from.user, error))
        return false;
    if (mine->finish && !rotation->is_written)
        return error_set(error, ERROR_NOT_THERE, 0,
                         "no rotation of %s has come to the new URL: --finish has nothing to end",
                         rotation->from.user);
    flow->settings = &own;
    bool good = rotation->is_begun || check_user(flow, cluster_id, error);
    flow->settings = mine;
    if (!good)
        return false;
    if (rotation->is_begun)
        console_info(flow->console, "Going on with the rotation from %s to %s", rotation->from.user,
                     rotation->to.user);
    if (!begin(flow, rotation, error) ||
        (is_emergency && !end_first(flow, cluster_id, rotation, error)))
        return false;
    flow->settings = &own;
    good = bring_in(flow, cluster_id, ca_file, rotation, error);
    flow->settings = mine;
    if (!good)
        return false;
    if (is_emergency)
        return end(rotation, error);
    *is_waiting = !rotation->is_handed_over && !*flow_get(flow, SETTING_GRACE) && !mine->finish;
    if (*is_waiting)
        return true;
    return wait_out(flow, rotation, error) && end_old(flow, cluster_id, rotation, error);
}

static bool rotate_users(struct flow *flow, const char *cluster_id, const char *ca_file,
                         struct error *error)
{
    bool is_waiting = false;
    struct rotation rotation = {.record =
                                    mem_format("%s.rotation", flow_get(flow, SETTING_SECRET_FILE))};
    bool good = read_rotation(flow, &rotation, error) &&
                go_through(flow, cluster_id, ca_file, &rotation, &is_waiting, error);
    if (good && is_waiting)
        console_info(flow->console,
                     "The old password of %s lives on: when the application has the new URL, the "
                     "same command with --finish ends it",
                     rotation.from.user);
    /* What an earlier run has left like this is reported. */
    if (good && is_waiting && rotation.is_begun && rotation.is_written)
        good = error_set(error, ERROR_NOT_THERE, 0,
                         "the rotation from %s to %s waits for --finish: nothing was rotated again",
                         rotation.from.user, rotation.to.user);
    turns_free(&rotation.from);
    turns_free(&rotation.to);
    free(rotation.record);
    return good;
}

/* ---- doadmin ---- */

static bool rotate_administrator(struct flow *flow, const char *cluster_id, const char *ca_file,
                                 struct error *error)
{
    bool is_handed_over;
    if (flow->settings->finish)
        return error_set(error, ERROR_NOT_THERE, 0,
                         "a rotation of %s leaves no old password: --finish has nothing to end",
                         PLAN_USER);
    if (!check_saved(flow, PLAN_USER, error))
        return false;
    console_warning(flow->console,
                    "The application is %s, of which there is one: no new connection can be made "
                    "until it has the new URL. --app-user gives it users that take turns",
                    PLAN_USER);
    long long began = process_clock_ms();
    if (!reset(flow, cluster_id, PLAN_USER, error))
        return false;
    if (!read_connection(flow, cluster_id, true, error) ||
        !hand_over(flow, cluster_id, &is_handed_over, error) || !verify_soon(flow, ca_file, error))
        return error_advise(error, "run it again, or 'managed-db setup': the old URL does not "
                                   "work any more");
    long long gap = process_clock_ms() - began;
    console_info(flow->console, "From the reset to the first login with the new URL: %lld.%lld s",
                 gap / 1000, gap % 1000 / 100);
    return true;
}

bool rotate_application(struct flow *flow, const char *cluster_id, struct error *error)
{
    char *ca_file = NULL;
    const char *user = application_user(flow);
    if (flow->settings->no_secret_file)
        return error_set(error, ERROR_USAGE, 0,
                         "'rotate' needs the secret file: its URL says whose turn it is");
    console_step(flow->console, "Rotating the password of %s...", user);
    if (!lock_cluster(flow, flow_get(flow, SETTING_CLUSTER_NAME), error) ||
        !save_prepare(flow, flow_get(flow, SETTING_SECRET_FILE), error) ||
        !connection_certificate(flow, cluster_id, &ca_file, error))
        return false;
    bool good = has_application(flow) ? rotate_users(flow, cluster_id, ca_file, error)
                                      : rotate_administrator(flow, cluster_id, ca_file, error);
    if (good) {
        char *saved = turns_saved_user(flow_get(flow, SETTING_SECRET_FILE));
        note(flow, MARK_CHANGE, "application", saved ? saved : user, "%s", "");
        free(saved);
    }
    free(ca_file);
    return good;
}
