/*
 * locks: one run at a time, on this machine, for what two runs at once would make twice or lose.
 *
 * A lock is kept until the end of the run (flow_free()). A doctl that makes a change inherits the
 * lock that was taken last, so that it lasts until the last change of a killed run has ended. Where
 * another run has it, this one waits up to --lock-timeout and then fails with ERROR_DEADLINE.
 * Nothing is locked in the faithful mode.
 */
#ifndef MANAGED_DB_FLOW_LOCKS_H
#define MANAGED_DB_FLOW_LOCKS_H

#include "flow/state.h"

/* Where locks are, unless MANAGED_DB_LOCK_DIR names a folder: the first of them that will do. */
#define LOCK_FOLDERS 3
extern const char *const lock_folders[LOCK_FOLDERS];

bool lock_cluster(struct flow *flow, const char *cluster_name, struct error *error);
/* The same, but another run is not waited for: false where it is at work. */
bool lock_cluster_at_once(struct flow *flow, const char *cluster_name);
/* For a cluster's trusted sources, which doctl reads, changes and writes back. */
bool lock_rules(struct flow *flow, const char *cluster_id, struct error *error);
/* The same before the rules' turn: a doctl inherits the cluster's lock until then. */
bool lock_rules_early(struct flow *flow, const char *cluster_id, struct error *error);
/* For anything else: `name` is the lock's, `what` is for messages. */
bool take_lock(struct flow *flow, struct lock *lock, const char *name, const char *what,
               struct error *error);

#endif
