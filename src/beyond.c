#include "config.h"

#include "beyond.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "doctl/released.h"
#include "endpoint.h"
#include "memory.h"
#include "process.h"
#include "secretfile.h"

/* The API may not know a cluster yet in the moments after it was created (docs/DOCTL.md). */
#define NOT_YET_THERE_MS 60000
#define STILL_WAITING_MS 60000
#define LOCK_POLL_MS     100

/* ---- one run at a time ---- */

/* Shared by all users of the machine; the simulator's account is a machine of its own. */
static const char *lock_folder(const struct flow *flow)
{
    static const char *const shared[] = {"/run/lock", "/var/lock", "/tmp"};
    struct stat status;
    if (*flow_get(flow, SETTING_LOCK_DIR))
        return flow_get(flow, SETTING_LOCK_DIR);
    if (flow->settings->simulate)
        return flow->settings->simulator;
    /* The same for every user: not whether this one may write counts, but whether all may. */
    size_t i = 0;
    while (i < 2 && (stat(shared[i], &status) != 0 || !(status.st_mode & S_IWOTH)))
        i++;
    return shared[i];
}

bool lock_run(struct flow *flow, struct lock *lock, const char *name, const char *what,
              struct error *error)
{
    long long until = process_clock_ms() + settings_ms(flow->settings, SETTING_LOCK_TIMEOUT);
    bool told = false;
    if (flow->settings->faithful)
        return true;
    if (lock->file >= 0) {
        doctl_hold(flow->doctl, lock->file);
        return true;
    }
    for (;;) {
        bool taken;
        if (!lock_try(lock, lock_folder(flow), name, &taken, error))
            return false;
        if (taken) {
            doctl_hold(flow->doctl, lock->file);
            return true;
        }
        if (process_clock_ms() >= until)
            return error_set(error, ERROR_DEADLINE, 0,
                             "another run of managed-db for %s is still at it; wait for it, or "
                             "raise --lock-timeout",
                             what);
        if (!told)
            console_info(flow->console, "Waiting for another run for %s...", what);
        told = true;
        if (!doctl_pause(flow->doctl, LOCK_POLL_MS, error))
            return false;
    }
}

bool lock_cluster(struct flow *flow, const char *cluster_name, struct error *error)
{
    char *what = mem_format("the cluster %s", cluster_name);
    bool good = lock_run(flow, &flow->lock, cluster_name, what, error);
    free(what);
    return good;
}

bool lock_rules(struct flow *flow, const char *cluster_id, struct error *error)
{
    char *name = mem_format("rules-%s", cluster_id);
    bool good = lock_run(flow, &flow->rules_lock, name, "the cluster's trusted sources", error);
    free(name);
    return good;
}

/* Only what is read under the lock may be read ahead: where another run has it, that comes later.
 */
static bool lock_rules_at_once(struct flow *flow, const char *cluster_id)
{
    bool taken = false;
    struct error ignored = ERROR_INIT;
    char *name = mem_format("rules-%s", cluster_id);
    bool good = lock_try(&flow->rules_lock, lock_folder(flow), name, &taken, &ignored);
    free(name);
    return good && taken;
}

/* ---- asking ahead ---- */

/* What a setup asks in any case, whatever the answers to the others are. */
void ahead_of_setup(struct flow *flow)
{
    if (flow->settings->faithful)
        return;
    doctl_prefetch(flow->doctl, CALL_VPC_LIST, NULL, NULL);
    doctl_prefetch(flow->doctl, CALL_CLUSTER_LIST, NULL, NULL);
    if (*flow_get(flow, SETTING_DROPLET_ID))
        doctl_prefetch(flow->doctl, CALL_DROPLET_GET, flow_get(flow, SETTING_DROPLET_ID), NULL);
}

void ahead_of_connection(struct flow *flow, const char *cluster_id, bool use_pool)
{
    if (flow->settings->faithful)
        return;
    doctl_prefetch(flow->doctl, CALL_CONNECTION, cluster_id, NULL);
    if (wants_private_host(flow))
        doctl_prefetch(flow->doctl, CALL_CONNECTION_PRIVATE, cluster_id, NULL);
    if (use_pool)
        doctl_prefetch(flow->doctl, CALL_POOL_GET, cluster_id, flow_get(flow, SETTING_POOL));
}

/* What is asked of a cluster that is online; the pool is another matter. */
void ahead_of_cluster(struct flow *flow, const char *cluster_id)
{
    if (flow->settings->faithful)
        return;
    doctl_prefetch(flow->doctl, CALL_POOL_LIST, cluster_id, NULL);
    doctl_prefetch(flow->doctl, CALL_CERTIFICATE, cluster_id, flow_get(flow, SETTING_CA_FILE));
    if (!flow->is_setup)
        return;
    if (lock_rules_at_once(flow, cluster_id))
        doctl_prefetch(flow->doctl, CALL_RULE_LIST, cluster_id, NULL);
    ahead_of_connection(flow, cluster_id, false);
    doctl_prefetch(flow->doctl, CALL_CLUSTER_INFO, cluster_id, NULL);
}

void ahead_of_pool(struct flow *flow, const char *cluster_id, const char *pool_name)
{
    if (flow->settings->faithful || !flow->is_setup)
        return;
    doctl_prefetch(flow->doctl, CALL_POOL_GET, cluster_id, pool_name);
    doctl_prefetch(flow->doctl, CALL_POOL_INFO, cluster_id, NULL);
}

void ahead_of_trust(struct flow *flow, const char *cluster_id, const char *droplet_id)
{
    if (flow->settings->faithful)
        return;
    if (!flow->droplet_address)
        doctl_prefetch(flow->doctl, CALL_DROPLET_GET, droplet_id, NULL);
    if (!flow->rules_asked)
        doctl_prefetch(flow->doctl, CALL_RULE_LIST, cluster_id, NULL);
}

void ahead_of_info(struct flow *flow, const char *cluster_id)
{
    if (flow->settings->faithful)
        return;
    doctl_prefetch(flow->doctl, CALL_CLUSTER_INFO, cluster_id, NULL);
    doctl_prefetch(flow->doctl, CALL_POOL_INFO, cluster_id, NULL);
}

/* ---- what is known before anything is billed ---- */

bool look_at_droplet(struct flow *flow, struct error *error)
{
    const char *droplet_id = flow_get(flow, SETTING_DROPLET_ID);
    return flow->settings->faithful || !*droplet_id ||
           doctl_droplet_private_ip(flow->doctl, droplet_id, &flow->droplet_address, error);
}

bool droplet_private_ip(struct flow *flow, const char *droplet_id, char **address,
                        struct error *error)
{
    if (!flow->droplet_address)
        return doctl_droplet_private_ip(flow->doctl, droplet_id, address, error);
    *address = mem_copy(flow->droplet_address);
    return true;
}

/* A cluster with G GiB has min(25 G - 3, 997) connections for its pools (docs/DOCTL.md). */
bool pool_will_fit(struct flow *flow, const char *size, struct error *error)
{
    const char *memory = strrchr(size, '-');
    char *unit = NULL;
    unsigned long gib = memory ? strtoul(memory + 1, &unit, 10) : 0;
    if (gib == 0 || gib > 9999 || strcmp(unit, "gb") != 0)
        return true;
    unsigned long most = 25 * gib - 3 < 997 ? 25 * gib - 3 : 997;
    if (strtoul(flow_get(flow, SETTING_POOL_SIZE), NULL, 10) <= most || flow->settings->faithful ||
        !doctl_is_released(flow->doctl))
        return true;
    return error_set(error, ERROR_CONFLICT, 0,
                     "a pool of %s connections does not fit into a cluster of the size %s, which "
                     "has %lu: set --pool-size, or a larger --size",
                     flow_get(flow, SETTING_POOL_SIZE), size, most);
}

/* ---- waiting ---- */

static bool is_transient(const char *status)
{
    static const char *const transient[] = {"creating", "resizing", "migrating", "forking"};
    for (size_t i = 0; i < sizeof transient / sizeof transient[0]; i++)
        if (strcmp(status, transient[i]) == 0)
            return true;
    return false;
}

/* Whether a poll that failed says nothing about the thing itself: the next one may work. */
bool is_passing(const struct error *error, long long waited_ms)
{
    switch (error->kind) {
    case ERROR_NETWORK:
    case ERROR_DEADLINE:
    case ERROR_UNREADABLE:
    case ERROR_BLANK:
        return true;
    case ERROR_API:
        return error->number == 429 || error->number >= 500 ||
               (error->number == 404 && waited_ms < NOT_YET_THERE_MS);
    default:
        return false;
    }
}

bool wait_longer(struct flow *flow, const struct awaited *awaited, const char *state,
                 long long began, long long *told, struct error *error)
{
    int most = settings_ms(flow->settings, SETTING_WAIT_TIMEOUT);
    int pause = settings_ms(flow->settings, SETTING_POLL_INTERVAL);
    long long now = process_clock_ms();
    if (most && now - began >= most)
        return error_set(error, ERROR_DEADLINE, 0,
                         "%s after %lld s (%s); %s: run again to take it up", awaited->lack,
                         (now - began) / 1000, state, awaited->goes_on);
    if (now - *told >= STILL_WAITING_MS) {
        console_plain(flow->console, "  %s, %lld s so far", state, (now - began) / 1000);
        *told = now;
    }
    if (most && began + most - now < pause)
        pause = (int)(began + most - now);
    if (doctl_pause(flow->doctl, pause, error))
        return true;
    if (error->kind == ERROR_SIGNAL)
        error_advise(error, "%s: run again to take it up", awaited->goes_on);
    return false;
}

bool wait_until_online(struct flow *flow, const char *cluster_id, const char *first_status,
                       struct error *error)
{
    char *status = mem_copy(first_status ? first_status : "creating");
    const struct awaited online = {"the database cluster is not online",
                                   strcmp(status, "creating") == 0
                                       ? "the cluster goes on being created"
                                       : "the cluster goes on being changed"};
    long long began = process_clock_ms();
    long long told = began;
    bool good = true;
    if (is_transient(status))
        console_step(flow->console, "Waiting until the database cluster is online (%s)...", status);
    bool waited = false;
    while (good && is_transient(status)) {
        if (waited)
            good = wait_longer(flow, &online, status, began, &told, error);
        waited = true;
        char *next = NULL;
        struct error poll = ERROR_INIT;
        if (good && doctl_cluster_status(flow->doctl, cluster_id, &next, &poll)) {
            if (strcmp(next, status) != 0)
                console_plain(flow->console, "  Status: %s", next);
            free(status);
            status = next;
        } else if (good && !is_passing(&poll, process_clock_ms() - began)) {
            *error = poll;
            good = false;
            if (poll.kind == ERROR_SIGNAL)
                error_advise(error, "%s: run again to take it up", online.goes_on);
        }
    }
    if (good && strcmp(status, "online") != 0)
        console_warning(flow->console, "The database cluster is not online but %s; going on",
                        status);
    free(status);
    return good;
}

/* ---- changes whose answer was lost ---- */

/*
 * Whether a change that failed may have happened all the same: its answer got lost, or doctl put it
 * twice and the second time found the first (docs/DOCTL.md, "Behaviour"), or somebody else was
 * faster.
 */
bool may_have_happened(const struct flow *flow, const struct error *error)
{
    if (flow->settings->faithful)
        return false;
    switch (error->kind) {
    case ERROR_NETWORK:
    case ERROR_DEADLINE:
    case ERROR_UNREADABLE:
        return true;
    case ERROR_API:
        return error->number == 409 || error->number == 412 || error->number == 422 ||
               error->number == 429 || error->number >= 500;
    default:
        return false;
    }
}

bool found_after_all(struct flow *flow, bool there, const char *what)
{
    if (there)
        console_warning(flow->console, "The answer was a failure, but %s is there: going on", what);
    return there;
}

bool vpc_is_there(struct flow *flow, const char *name, char **uuid, const struct error *failure)
{
    struct error ignored = ERROR_INIT;
    return may_have_happened(flow, failure) && doctl_vpc_find(flow->doctl, name, uuid, &ignored) &&
           found_after_all(flow, *uuid, "the VPC");
}

bool cluster_is_there(struct flow *flow, const char *name, char **id, const struct error *failure)
{
    struct cluster cluster;
    struct error ignored = ERROR_INIT;
    if (!may_have_happened(flow, failure) ||
        !doctl_cluster_find(flow->doctl, name, &cluster, &ignored))
        return false;
    bool there = cluster.id && strcmp(cluster.engine, "pg") == 0;
    *id = there ? mem_copy(cluster.id) : NULL;
    cluster_free(&cluster);
    return found_after_all(flow, there, "the cluster");
}

bool pool_is_there(struct flow *flow, const char *cluster_id, const char *pool,
                   const struct error *failure)
{
    bool there = false;
    struct error ignored = ERROR_INIT;
    return may_have_happened(flow, failure) &&
           doctl_pool_exists(flow->doctl, cluster_id, pool, &there, &ignored) &&
           found_after_all(flow, there, "the pool");
}

bool pool_was_made(struct flow *flow, const char *cluster_id, const char *pool, bool *seen,
                   struct error *error)
{
    char *uri = NULL;
    struct error mine = ERROR_INIT;
    *seen = true;
    if (flow->settings->faithful || doctl_pool_uri(flow->doctl, cluster_id, pool, &uri, &mine)) {
        mem_free_secret(uri);
        return true;
    }
    /* A hand-made doctl may keep no account: its word counts, but it is not called done. */
    if (mine.kind == ERROR_UNSUPPORTED &&
        doctl_pool_exists(flow->doctl, cluster_id, pool, seen, &mine))
        return true;
    *error = mine;
    return error_precede(error, "doctl said that it made the connection pool");
}

/* ---- the secret file ---- */

bool prepare_file(struct flow *flow, const char *path, struct error *error)
{
    struct secretfile_owner owner = settings_owner(flow->settings);
    return secretfile_prepare(path, &owner, error);
}

/* The plan's URL of the same cluster has the database itself for its pool. */
static bool is_same_database(const struct conninfo *theirs, const struct conninfo *ours)
{
    return conninfo_same_server(theirs, ours) && (strcmp(theirs->database, ours->database) == 0 ||
                                                  strcmp(theirs->database, "defaultdb") == 0);
}

/* A URL of another database is not lost when ours takes its place. */
static bool keep_other(struct flow *flow, const char *path, const struct conninfo *ours,
                       struct error *error)
{
    char *text;
    size_t length;
    if (!secretfile_read(path, &text, &length, error))
        return false;
    if (!text)
        return true;
    struct conninfo theirs = CONNINFO_INIT;
    struct error ignored = ERROR_INIT;
    bool other = text[strspn(text, " \t\r\n")] != '\0' &&
                 !(conninfo_parse(text, &theirs, &ignored) && is_same_database(&theirs, ours));
    conninfo_free(&theirs);
    bool kept = false;
    bool good = !other || secretfile_keep_previous(path, text, length, &kept, error);
    mem_wipe(text, length);
    free(text);
    if (kept)
        console_info(flow->console, "What stood there is kept as %s.previous", path);
    else if (good && other)
        console_warning(flow->console,
                        "%s.previous is there already and stays: what stood in %s is lost", path,
                        path);
    return good;
}

bool write_connection_string(struct flow *flow, const char *output_path,
                             const struct conninfo *info, const char *ssl_mode, struct error *error)
{
    if (!prepare_file(flow, output_path, error) || !keep_other(flow, output_path, info, error))
        return false;
    char *url = conninfo_url(info, ssl_mode);
    struct secretfile_owner owner = settings_owner(flow->settings);
    enum secretfile_outcome outcome;
    bool good = secretfile_write(output_path, url, strlen(url), &owner, &outcome, error);
    mem_free_secret(url);
    if (!good)
        return false;
    flow->changes += outcome == SECRETFILE_WRITTEN;
    console_success(flow->console,
                    outcome == SECRETFILE_WRITTEN ? "Connection string saved: %s"
                                                  : "Connection string unchanged: %s",
                    output_path);
    return true;
}
