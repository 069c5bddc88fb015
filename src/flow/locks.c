#include "config.h"

#include "flow/locks.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/process.h"

#define LOCK_POLL_MS 100

const char *const lock_folders[LOCK_FOLDERS] = {"/run/lock", "/var/lock", "/tmp"};

/* Tries the lock once: in the folder that is named, or the first usual one in which it can be. */
static bool try_lock(struct flow *flow, struct lock *lock, const char *name, bool *taken,
                     struct error *error)
{
    if (*flow_get(flow, SETTING_LOCK_DIR))
        return lock_try(lock, flow_get(flow, SETTING_LOCK_DIR), name, taken, error);
    if (flow->settings->simulate)
        return lock_try(lock, flow->settings->simulator, name, taken, error);
    bool good = false;
    for (size_t i = 0; i < LOCK_FOLDERS && !good; i++)
        good = lock_try(lock, lock_folders[i], name, taken, error);
    return good;
}

/* " (process N)", or "" where it is not known; the caller frees it. */
static char *process_of(const struct lock *lock)
{
    return lock->holder > 0 ? mem_format(" (process %ld)", lock->holder) : mem_copy("");
}

static bool give_up(const struct lock *lock, const char *what, struct error *error)
{
    char *process = process_of(lock);
    error_set(error, ERROR_DEADLINE, 0,
              "another run of managed-db for %s is still running%s; wait for it, or raise "
              "--lock-timeout",
              what, process);
    free(process);
    return false;
}

static void say_waiting(struct flow *flow, const struct lock *lock, const char *what)
{
    char *process = process_of(lock);
    console_info(flow->console, "Waiting for another run for %s%s...", what, process);
    free(process);
}

/* Tries until another run has ended, or --lock-timeout is over. */
static bool wait_for_lock(struct flow *flow, struct lock *lock, const char *name, const char *what,
                          struct error *error)
{
    long long until = process_clock_ms() + settings_ms(flow->settings, SETTING_LOCK_TIMEOUT);
    bool taken = false;
    bool shown = false;
    while (try_lock(flow, lock, name, &taken, error)) {
        if (taken)
            return true;
        if (process_clock_ms() >= until)
            return give_up(lock, what, error);
        if (!shown)
            say_waiting(flow, lock, what);
        shown = true;
        if (!doctl_pause(flow->doctl, LOCK_POLL_MS, error))
            return false;
    }
    return false;
}

bool take_lock(struct flow *flow, struct lock *lock, const char *name, const char *what,
               struct error *error)
{
    if (flow->settings->faithful || flow->settings->dry_run)
        return true;
    if (lock->file < 0 && !wait_for_lock(flow, lock, name, what, error))
        return false;
    doctl_hold(flow->doctl, lock->file);
    return true;
}

bool lock_cluster_at_once(struct flow *flow, const char *cluster_name)
{
    bool taken = false;
    struct error ignored = ERROR_INIT;
    if (flow->settings->faithful || flow->settings->dry_run)
        return true;
    if (!try_lock(flow, &flow->lock, cluster_name, &taken, &ignored) || !taken)
        return false;
    doctl_hold(flow->doctl, flow->lock.file);
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

bool lock_rules_early(struct flow *flow, const char *cluster_id, struct error *error)
{
    bool good = lock_rules(flow, cluster_id, error);
    if (good && flow->lock.file >= 0)
        doctl_hold(flow->doctl, flow->lock.file);
    return good;
}
