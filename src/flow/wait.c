#include "config.h"

#include "flow/wait.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/process.h"

/* The API may not know a cluster yet in the moments after it was created (docs/DOCTL.md). */
#define NOT_YET_THERE_MS 60000
#define STILL_WAITING_MS 60000
#define UNSEEN           "its status was not seen"

/* A question may take what is left of --wait-timeout, and at least a second. */
static void limit_looks(struct flow *flow, long long waited)
{
    int most = settings_ms(flow->settings, SETTING_WAIT_TIMEOUT);
    if (most)
        doctl_limit(flow->doctl, most - waited > 1000 ? (int)(most - waited) : 1000);
}

struct wait wait_begin(struct flow *flow, const char *lack, const char *goes_on)
{
    long long now = process_clock_ms();
    limit_looks(flow, 0);
    return (struct wait){.lack = lack, .goes_on = goes_on, .began = now, .shown = now};
}

void wait_end(struct flow *flow)
{
    doctl_limit(flow->doctl, 0);
}

static bool says_nothing(const struct wait *wait, const struct error *error)
{
    switch (error->kind) {
    case ERROR_NETWORK:
    case ERROR_DEADLINE:
    case ERROR_UNREADABLE:
    case ERROR_BLANK:
        return true;
    case ERROR_API:
        return error->number == 429 || error->number >= 500 ||
               (error->number == 404 && process_clock_ms() - wait->began < NOT_YET_THERE_MS);
    default:
        return false;
    }
}

bool may_heal(struct flow *flow, struct wait *wait, const struct error *error)
{
    if (!says_nothing(wait, error))
        return false;
    if (error->kind != wait->failed.kind || error->number != wait->failed.number)
        console_plain(flow->console, "  %s", error->text);
    wait->failed = *error;
    return true;
}

bool wait_longer(struct flow *flow, struct wait *wait, const char *state, struct error *error)
{
    int most = settings_ms(flow->settings, SETTING_WAIT_TIMEOUT);
    int pause = settings_ms(flow->settings, SETTING_POLL_INTERVAL);
    bool failed = wait->failed.kind != ERROR_NONE;
    const char *because = failed ? "; the last look failed: " : "";
    const char *reason = failed ? wait->failed.text : "";
    long long now = process_clock_ms();
    long long waited = now - wait->began;
    if (most && waited >= most)
        return error_set(error, ERROR_DEADLINE, 0,
                         "%s after %lld s (%s%s%.600s); %s: run again to continue", wait->lack,
                         waited / 1000, state, because, reason, wait->goes_on);
    if (now - wait->shown >= STILL_WAITING_MS) {
        console_plain(flow->console, "  %s, %lld s so far%s%s", state, waited / 1000, because,
                      reason);
        wait->shown = now;
    }
    if (most && most - waited < pause)
        pause = (int)(most - waited);
    if (!doctl_pause(flow->doctl, pause, error)) {
        if (error->kind == ERROR_SIGNAL)
            error_advise(error, "%s: run again to continue", wait->goes_on);
        return false;
    }
    limit_looks(flow, waited + pause);
    return true;
}

/* ---- a cluster ---- */

static bool is_transient(const char *status)
{
    static const char *const transient[] = {UNSEEN, "creating", "resizing", "migrating", "forking"};
    for (size_t i = 0; i < sizeof transient / sizeof transient[0]; i++)
        if (strcmp(status, transient[i]) == 0)
            return true;
    return false;
}

/* One look at the cluster; a look that says nothing about it leaves *status as it is. */
static bool look(struct flow *flow, const char *cluster_id, struct wait *wait, char **status,
                 struct error *error)
{
    char *next = NULL;
    struct error failure = ERROR_INIT;
    if (!doctl_cluster_status(flow->doctl, cluster_id, &next, &failure)) {
        if (may_heal(flow, wait, &failure))
            return true;
        *error = failure;
        if (failure.kind == ERROR_SIGNAL)
            error_advise(error, "%s: run again to continue", wait->goes_on);
        return false;
    }
    wait->failed.kind = ERROR_NONE;
    if (strcmp(next, *status) != 0)
        console_plain(flow->console, "  Status: %s", next);
    free(*status);
    *status = next;
    return true;
}

/* Looks until the status is one that stays; *status is the last one seen. */
static bool wait_while_transient(struct flow *flow, const char *cluster_id, char **status,
                                 struct error *error)
{
    bool creating = strcmp(*status, "creating") == 0 || strcmp(*status, UNSEEN) == 0;
    struct wait online = wait_begin(flow, "the database cluster is not online",
                                    creating ? "DigitalOcean goes on creating the cluster"
                                             : "DigitalOcean goes on changing the cluster");
    bool good = look(flow, cluster_id, &online, status, error);
    while (good && is_transient(*status))
        good = wait_longer(flow, &online, *status, error) &&
               look(flow, cluster_id, &online, status, error);
    wait_end(flow);
    return good;
}

bool wait_until_online(struct flow *flow, const char *cluster_id, const char *first_status,
                       struct error *error)
{
    char *status = mem_copy(first_status ? first_status : UNSEEN);
    bool good = true;
    if (flow->settings->dry_run) {
        if (first_status && is_transient(first_status))
            console_warning(flow->console, "The cluster is %s: setup will wait until it is online",
                            first_status);
        flow->is_unready = flow->is_unready || is_transient(status);
        free(status);
        return true;
    }
    if (is_transient(status)) {
        console_step(flow->console, "Waiting until the database cluster is online (%s)...",
                     first_status ? status : "creating");
        good = wait_while_transient(flow, cluster_id, &status, error);
    }
    if (good && strcmp(status, "online") != 0)
        console_warning(flow->console,
                        "The database cluster has the status %s, not online: continuing", status);
    free(status);
    return good;
}
