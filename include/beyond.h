/*
 * beyond: what the default mode does beyond the plan's functions, so that flow.c can be read beside
 * the plan: asking ahead, waiting for a cluster, trusted sources that are there already, and a
 * secret file that keeps what stood there.
 *
 * Everything here works on the flow's own state and tells its story on the flow's console; errors
 * are those of the doctl and secretfile rooms. In the faithful mode nothing here asks doctl
 * anything.
 */
#ifndef MANAGED_DB_BEYOND_H
#define MANAGED_DB_BEYOND_H

#include "flow/state.h"

/*
 * Keeps other runs for this cluster on this machine out until this one ends; waits for one that is
 * at it, up to --lock-timeout, then fails with ERROR_DEADLINE. Not in the faithful mode.
 */
bool lock_cluster(struct flow *flow, const char *cluster_name, struct error *error);
/* The same for a cluster's trusted sources, which doctl reads, changes and writes back. */
bool lock_rules(struct flow *flow, const char *cluster_id, struct error *error);
/* The same for anything else: `name` is the lock's, `what` is for messages. */
bool lock_run(struct flow *flow, struct lock *lock, const char *name, const char *what,
              struct error *error);

/*
 * Asking ahead (DESIGN.md, "Two doctls, one flow"): each starts the questions whose arguments are
 * known by then and whose answers no change of the flow in between can alter.
 */
void ahead_of_setup(struct flow *flow);
void ahead_of_cluster(struct flow *flow, const char *cluster_id);
void ahead_of_pool(struct flow *flow, const char *cluster_id, const char *pool_name);
void ahead_of_connection(struct flow *flow, const char *cluster_id, bool use_pool);
void ahead_of_trust(struct flow *flow, const char *cluster_id, const char *droplet_id);
void ahead_of_info(struct flow *flow, const char *cluster_id);

/*
 * What is known before anything is billed: whether the Droplet is there, whose address is kept for
 * configure_trusted_sources(), and whether the pool fits into a new cluster of a size.
 */
bool look_at_droplet(struct flow *flow, struct error *error);
bool droplet_private_ip(struct flow *flow, const char *droplet_id, char **address,
                        struct error *error);
bool pool_will_fit(struct flow *flow, const char *size, struct error *error);

/*
 * Waits until a cluster that is being created or changed is online: the plan's `create --wait`,
 * left to this program where doctl does not do it, and for a cluster that was found (docs/DOCTL.md,
 * "Behaviour"). Polls that fail in passing are passed over. ERROR_DEADLINE after --wait-timeout; a
 * status that is not known to pass is a warning.
 */
bool wait_until_online(struct flow *flow, const char *cluster_id, const char *first_status,
                       struct error *error);

/*
 * Whether what a change that failed was to make is there all the same: asked only where the failure
 * leaves that open. Never in the faithful mode. *uuid and *id are the caller's to free, when true.
 */
bool vpc_is_there(struct flow *flow, const char *name, char **uuid, const struct error *failure);
bool cluster_is_there(struct flow *flow, const char *name, char **id, const struct error *failure);
bool pool_is_there(struct flow *flow, const char *cluster_id, const char *pool,
                   const struct error *failure);
/* Whether a failure leaves open that the change was made; and the story of what was then found. */
bool may_have_happened(const struct flow *flow, const struct error *failure);
bool found_after_all(struct flow *flow, bool there, const char *what);

/*
 * Waiting for something that DigitalOcean makes. `waited_ms` is how long a look that failed came
 * after the first one: tells whether the next may work. wait_longer() pauses, tells once a minute
 * what is waited for, and fails with ERROR_DEADLINE after --wait-timeout, or with ERROR_SIGNAL;
 * both say what goes on without this program.
 */
struct awaited {
    const char *lack;    /* "the Droplet is not active" */
    const char *goes_on; /* "the Droplet goes on starting" */
};
bool is_passing(const struct error *error, long long waited_ms);
bool wait_longer(struct flow *flow, const struct awaited *awaited, const char *state,
                 long long began, long long *told, struct error *error);

/*
 * Reads a pool back whose making doctl did not show: fails where it is not there. A hand-made doctl
 * is believed; *seen tells whether its list shows the pool.
 */
bool pool_was_made(struct flow *flow, const char *cluster_id, const char *pool, bool *seen,
                   struct error *error);

/* secretfile_prepare() with the owner that is wanted. */
bool prepare_file(struct flow *flow, const char *path, struct error *error);

/*
 * Writes the URL to a file, whole or not at all; one that leads to another server is kept beside it
 * (DESIGN.md, "Commands").
 */
bool write_connection_string(struct flow *flow, const char *output_path,
                             const struct conninfo *info, const char *ssl_mode,
                             struct error *error);

#endif
