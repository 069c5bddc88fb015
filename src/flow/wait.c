#include "config.h"

#include "flow/wait.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/process.h"
#include "flow/durations.h"

/* The API may not know a cluster yet in the moments after it was created (docs/DOCTL.md). */
#define NOT_YET_THERE_MS 60000
#define STILL_WAITING_MS 30000
#define TICK_MS          1000
#define UNSEEN           "its status was not seen"

/* A question may take what is left of --wait-timeout, and at least a second. */
static void limit_looks(struct flow *flow, long long waited)
{
    int most = settings_ms(flow->settings, SETTING_WAIT_TIMEOUT);
    if (most)
        doctl_limit(flow->doctl, most - waited > 1000 ? (int)(most - waited) : 1000);
}

struct wait wait_begin(struct flow *flow, const char *what, const char *lack, const char *goes_on)
{
    long long now = process_clock_ms();
    struct wait wait = {.lack = lack, .goes_on = goes_on, .began = now, .shown = now};
    limit_looks(flow, 0);
    durations_usual(flow->settings, what, wait.usual, sizeof wait.usual);
    return wait;
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

/* Without what was being done: "could not …: ". */
static const char *short_reason(const char *reason)
{
    const char *colon = strstr(reason, ": ");
    return colon ? colon + 2 : reason;
}

/* Says what is waited for, until the pause is over: on a terminal again and again. */
static bool pause_shown(struct flow *flow, struct wait *wait, const char *state, int pause_ms,
                        struct error *error)
{
    int most = settings_ms(flow->settings, SETTING_WAIT_TIMEOUT);
    bool failed = wait->failed.kind != ERROR_NONE;
    const char *because = failed ? "; the last look failed: " : "";
    const char *reason = failed ? wait->failed.text : "";
    const char *usually = *wait->usual ? ", usually " : "";
    bool is_live = flow->console->is_terminal;
    long long until = process_clock_ms() + pause_ms;
    for (long long now = until - pause_ms; now < until; now = process_clock_ms()) {
        char so_far[24], limit[24];
        durations_write((now - wait->began) / 1000, so_far, sizeof so_far);
        durations_write(most / 1000, limit, sizeof limit);
        /* What failed is more than what is usual, and the line is short. */
        if (is_live && failed)
            console_live(flow->console, "  %s: %s so far%s%s", state, so_far, because,
                         short_reason(reason));
        else if (is_live)
            console_live(flow->console, "  %s: %s so far%s%s%s%s", state, so_far, usually,
                         wait->usual, most ? ", gives up after " : "", most ? limit : "");
        else if (now - wait->shown >= STILL_WAITING_MS) {
            console_plain(flow->console, "  %s: %s so far%s%s%s%s", state, so_far, usually,
                          wait->usual, because, reason);
            wait->shown = now;
        }
        long long left = until - now;
        if (!doctl_pause(flow->doctl, (int)(is_live && left > TICK_MS ? TICK_MS : left), error))
            return false;
    }
    return true;
}

bool wait_longer(struct flow *flow, struct wait *wait, const char *state, struct error *error)
{
    int most = settings_ms(flow->settings, SETTING_WAIT_TIMEOUT);
    int pause = settings_ms(flow->settings, SETTING_POLL_INTERVAL);
    bool failed = wait->failed.kind != ERROR_NONE;
    long long waited = process_clock_ms() - wait->began;
    if (most && waited >= most)
        return error_set(error, ERROR_DEADLINE, 0,
                         "%s after %lld s (%s%s%.600s); %s: run again to continue", wait->lack,
                         waited / 1000, state, failed ? "; the last look failed: " : "",
                         failed ? wait->failed.text : "", wait->goes_on);
    if (most && most - waited < pause)
        pause = (int)(most - waited);
    if (!pause_shown(flow, wait, state, pause, error)) {
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
static bool wait_while_transient(struct flow *flow, const char *cluster_id, bool is_new,
                                 char **status, struct error *error)
{
    bool creating = strcmp(*status, "creating") == 0 || strcmp(*status, UNSEEN) == 0;
    struct wait online =
        wait_begin(flow, creating ? WAIT_CLUSTER : WAIT_OTHER, "the database cluster is not online",
                   creating ? "DigitalOcean goes on creating the cluster"
                            : "DigitalOcean goes on changing the cluster");
    bool good = look(flow, cluster_id, &online, status, error);
    while (good && is_transient(*status))
        good = wait_longer(flow, &online, *status, error) &&
               look(flow, cluster_id, &online, status, error);
    if (good && is_new)
        durations_learn(flow->settings, WAIT_CLUSTER, process_clock_ms() - online.began);
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
    if (is_transient(status) && flow->settings->no_wait) {
        flow->is_left = true;
    } else if (is_transient(status)) {
        console_step(flow->console, "Waiting until the database cluster is online (%s)...",
                     first_status ? status : "creating");
        good = wait_while_transient(flow, cluster_id, !first_status, &status, error);
    }
    if (good && !flow->is_left && strcmp(status, "online") != 0)
        console_warning(flow->console,
                        "The database cluster has the status %s, not online: continuing", status);
    free(status);
    return good;
}
