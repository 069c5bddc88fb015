/*
 * wait: waits for something that DigitalOcean makes or changes.
 *
 * Calling sequence:
 *     struct wait wait = wait_begin(flow, WAIT_DROPLET, "the Droplet is not active",
 *                                   "it goes on starting");
 *     bool good = look(…);               a look that failed: if may_heal(), there can be a next
 *     while (good && !ready)
 *         good = wait_longer(flow, &wait, state, error) && look(…);
 *     wait_end(flow);
 */
#ifndef MANAGED_DB_FLOW_WAIT_H
#define MANAGED_DB_FLOW_WAIT_H

#include "flow/state.h"

/* What is waited for, by its name in the memory of durations (durations.h). */
#define WAIT_CLUSTER "cluster"
#define WAIT_DROPLET "droplet"
#define WAIT_OTHER   ""

struct wait {
    const char *lack;    /* "the Droplet is not active" */
    const char *goes_on; /* what happens without this program: "the Droplet goes on starting" */
    long long began;     /* process_clock_ms() */
    long long shown;     /* when it was last said what is waited for */
    char usual[40];      /* "4 to 6 min", or "" */
    struct error failed; /* why the last look said nothing; ERROR_NONE where it did */
};

/* The texts are borrowed. Until wait_end(), no question outlasts --wait-timeout. */
struct wait wait_begin(struct flow *flow, const char *what, const char *lack, const char *goes_on);
void wait_end(struct flow *flow);

/*
 * Whether a look that failed says nothing about the thing itself, so that the next one may work: no
 * answer, 429, 5xx, and a 404 in the first minute (docs/DOCTL.md, "Behaviour"). The reason is kept,
 * and told if it is another one than before.
 */
bool may_heal(struct flow *flow, struct wait *wait, const struct error *error);

/*
 * Pauses for --poll-interval. Meanwhile a line on the terminal tells what the `state` is, for how
 * long, how long it usually is and when this ends, or why the last look failed; in a log there is
 * such a line every 30 s. Fails with ERROR_DEADLINE after --wait-timeout and with ERROR_SIGNAL; both
 * say what goes on without this program.
 */
bool wait_longer(struct flow *flow, struct wait *wait, const char *state, struct error *error);

/*
 * Waits until a cluster is online; with --no-wait it is only noted that it is not (is_left). The
 * plan leaves this to `create --wait`; it is done here for a doctl whose create does not wait, and
 * for clusters that were found. `first_status` is the status as last seen, or NULL for a new
 * cluster. A status that is neither online nor known to be temporary is a warning. Fails as
 * wait_longer() does, and as the look at it did.
 */
bool wait_until_online(struct flow *flow, const char *cluster_id, const char *first_status,
                       struct error *error);

#endif
