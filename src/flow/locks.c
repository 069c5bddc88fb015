#include "config.h"

#include "flow/locks.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "base/memory.h"
#include "base/process.h"

#define LOCK_POLL_MS 100

/* A folder that all users of the machine share; the simulator's account has its own. */
static const char *lock_folder(const struct flow *flow)
{
    static const char *const shared[] = {"/run/lock", "/var/lock", "/tmp"};
    struct stat status;
    if (*flow_get(flow, SETTING_LOCK_DIR))
        return flow_get(flow, SETTING_LOCK_DIR);
    if (flow->settings->simulate)
        return flow->settings->simulator;
    /* All users have to choose the same one: the first that everybody can write in. */
    size_t i = 0;
    while (i < 2 && (stat(shared[i], &status) != 0 || !(status.st_mode & S_IWOTH)))
        i++;
    return shared[i];
}

/* Tries until another run has ended, or --lock-timeout is over. */
static bool wait_for_lock(struct flow *flow, struct lock *lock, const char *name, const char *what,
                          struct error *error)
{
    long long until = process_clock_ms() + settings_ms(flow->settings, SETTING_LOCK_TIMEOUT);
    bool taken = false;
    bool shown = false;
    while (lock_try(lock, lock_folder(flow), name, &taken, error)) {
        if (taken)
            return true;
        if (process_clock_ms() >= until)
            return error_set(error, ERROR_DEADLINE, 0,
                             "another run of managed-db for %s is still running; wait for it, or "
                             "raise --lock-timeout",
                             what);
        if (!shown)
            console_info(flow->console, "Waiting for another run for %s...", what);
        shown = true;
        if (!doctl_pause(flow->doctl, LOCK_POLL_MS, error))
            return false;
    }
    return false;
}

bool take_lock(struct flow *flow, struct lock *lock, const char *name, const char *what,
               struct error *error)
{
    if (flow->settings->faithful)
        return true;
    if (lock->file < 0 && !wait_for_lock(flow, lock, name, what, error))
        return false;
    doctl_hold(flow->doctl, lock->file);
    return true;
}

bool lock_cluster(struct flow *flow, const char *cluster_name, struct error *error)
{
    char *what = mem_format("the cluster %s", cluster_name);
    bool good = take_lock(flow, &flow->lock, cluster_name, what, error);
    free(what);
    return good;
}

bool lock_rules(struct flow *flow, const char *cluster_id, struct error *error)
{
    char *name = mem_format("rules-%s", cluster_id);
    bool good = take_lock(flow, &flow->rules_lock, name, "the cluster's trusted sources", error);
    free(name);
    return good;
}

bool lock_rules_if_free(struct flow *flow, const char *cluster_id)
{
    bool taken = false;
    struct error ignored = ERROR_INIT;
    char *name = mem_format("rules-%s", cluster_id);
    bool good = lock_try(&flow->rules_lock, lock_folder(flow), name, &taken, &ignored);
    free(name);
    return good && taken;
}
