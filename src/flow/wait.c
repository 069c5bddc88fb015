#include "config.h"

#include "flow/wait.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/process.h"

/* The API may not know a cluster yet in the moments after it was created (docs/DOCTL.md). */
#define NOT_YET_THERE_MS 60000
#define STILL_WAITING_MS 60000

struct wait wait_begin(const char *lack, const char *goes_on)
{
    long long now = process_clock_ms();
    return (struct wait){lack, goes_on, now, now};
}

bool may_heal(const struct wait *wait, const struct error *error)
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

bool wait_longer(struct flow *flow, struct wait *wait, const char *state, struct error *error)
{
    int most = settings_ms(flow->settings, SETTING_WAIT_TIMEOUT);
    int pause = settings_ms(flow->settings, SETTING_POLL_INTERVAL);
    long long now = process_clock_ms();
    long long waited = now - wait->began;
    if (most && waited >= most)
        return error_set(error, ERROR_DEADLINE, 0,
                         "%s after %lld s (%s); %s: run again to continue", wait->lack,
                         waited / 1000, state, wait->goes_on);
    if (now - wait->shown >= STILL_WAITING_MS) {
        console_plain(flow->console, "  %s, %lld s so far", state, waited / 1000);
        wait->shown = now;
    }
    if (most && most - waited < pause)
        pause = (int)(most - waited);
    if (doctl_pause(flow->doctl, pause, error))
        return true;
    if (error->kind == ERROR_SIGNAL)
        error_advise(error, "%s: run again to continue", wait->goes_on);
    return false;
}

/* ---- a cluster ---- */

static bool is_transient(const char *status)
{
    static const char *const transient[] = {"creating", "resizing", "migrating", "forking"};
    for (size_t i = 0; i < sizeof transient / sizeof transient[0]; i++)
        if (strcmp(status, transient[i]) == 0)
            return true;
    return false;
}

/* One look at the cluster; a look that says nothing about it leaves *status as it is. */
static bool look(struct flow *flow, const char *cluster_id, const struct wait *wait, char **status,
                 struct error *error)
{
    char *next = NULL;
    struct error failure = ERROR_INIT;
    if (!doctl_cluster_status(flow->doctl, cluster_id, &next, &failure)) {
        if (may_heal(wait, &failure))
            return true;
        *error = failure;
        if (failure.kind == ERROR_SIGNAL)
            error_advise(error, "%s: run again to continue", wait->goes_on);
        return false;
    }
    if (strcmp(next, *status) != 0)
        console_plain(flow->console, "  Status: %s", next);
    free(*status);
    *status = next;
    return true;
}

bool wait_until_online(struct flow *flow, const char *cluster_id, const char *first_status,
                       struct error *error)
{
    char *status = mem_copy(first_status ? first_status : "creating");
    struct wait online =
        wait_begin("the database cluster is not online",
                   strcmp(status, "creating") == 0 ? "DigitalOcean goes on creating the cluster"
                                                   : "DigitalOcean goes on changing the cluster");
    bool good = true;
    if (is_transient(status)) {
        console_step(flow->console, "Waiting until the database cluster is online (%s)...", status);
        good = look(flow, cluster_id, &online, &status, error);
    }
    while (good && is_transient(status))
        good = wait_longer(flow, &online, status, error) &&
               look(flow, cluster_id, &online, &status, error);
    if (good && strcmp(status, "online") != 0)
        console_warning(flow->console,
                        "The database cluster has the status %s, not online: continuing", status);
    free(status);
    return good;
}
