/*
 * state: what the functions of one run share: the doctl that they ask, the settings in force, what
 * was found and made so far. It stands below flow and the rooms that work for it.
 *
 * Calling sequence:
 *     struct flow flow = {.console = …, .settings = …, .lock = LOCK_INIT, .rules_lock = LOCK_INIT};
 *     flow.doctl = doctl_new(…);        left NULL by commands that need no doctl
 *     …
 *     flow_free(&flow);                 frees all but console, settings and doctl
 */
#ifndef MANAGED_DB_FLOW_STATE_H
#define MANAGED_DB_FLOW_STATE_H

#include "base/console.h"
#include "base/lock.h"
#include "doctl/details.h"
#include "doctl/doctl.h"
#include "doctl/pools.h"
#include "doctl/rules.h"
#include "flow/notes.h"
#include "settings/settings.h"

#define PLAN_DATABASE "defaultdb"
#define PLAN_USER     "doadmin"

/* What show_database_info() reads; NULL: not read. */
struct database_info {
    char *cluster, *pools; /* doctl's tables */
    char *rules;           /* the trusted sources, "" where they are not known */
    char *dashboard;       /* an address */
};

struct flow {
    struct doctl *doctl;
    const struct console *console;
    const struct settings *settings;
    char *cluster_id;       /* the plan's DB_CLUSTER_ID: of the cluster found or made last */
    char *cluster_status;   /* as last seen, or NULL */
    char *droplet_address;  /* private, of DROPLET_ID: "" where it has none, NULL: not asked */
    struct details droplet; /* of DROPLET_ID; its region is NULL where that is not known */
    struct details cluster; /* of cluster_id; its region is NULL where that is not known */
    struct pools pools;     /* of the cluster, as they are */
    struct cluster found;   /* by a look before its turn; check_existing_database() takes it */
    bool has_looked;
    enum { HOST_OPEN, HOST_PRIVATE, HOST_PUBLIC } host; /* network.h */
    struct conninfo chosen;                             /* as the last read_connection() found it */
    struct conninfo direct;                             /* the same past the pool */
    struct conninfo admin;                              /* the same as doadmin, for SQL */
    bool has_certificate;                               /* the CA file holds the cluster's */
    struct database_info info;
    struct notes notes;    /* of what was found, made and changed */
    size_t differences;    /* between what is there and what is wanted */
    size_t changes;        /* made so far, at DigitalOcean and in files */
    struct error deferred; /* reported at the end: a certificate that the API refused */
    struct rules rules;    /* the trusted sources that were read or added */
    enum { RULES_NOT_ASKED, RULES_UNSUPPORTED, RULES_KNOWN } rules_state;
    struct lock lock; /* for the cluster's name, or for the Droplet's */
    struct lock rules_lock;
    bool cluster_is_new, pool_is_new; /* made by this run */
    bool is_unready;                  /* in a rehearsal: the cluster is not there, or not online */
    bool is_left;                     /* --no-wait: not online yet, the rest is a later run's */
    bool is_online;                   /* the cluster, as this run has seen it */
    bool is_plain;                    /* this doctl knows no users: the plan's are used */
    bool has_checked_offer;           /* what a new cluster needs (offered.h) */
    bool network_is_begun;            /* network.h */
    bool is_setup;                    /* within setup_managed_database */
};

void flow_free(struct flow *flow);
void database_info_free(struct database_info *info);

/* Notes something (notes.h); a difference is also a warning, but in a rehearsal. */
void note(struct flow *flow, enum mark mark, const char *what, const char *name, const char *format,
          ...) PRINTF_LIKE(5, 6);
/* With --strict, outside a rehearsal: ERROR_CONFLICT where something has differed so far. */
bool allows_differences(const struct flow *flow, struct error *error);

/* In a rehearsal: whether the URL of this part depends on something that is not there yet. */
bool url_is_unknown(const struct flow *flow);

/*
 * Calls the function for each application and pool (settings/parts.h), with its settings in
 * flow->settings, until one fails.
 */
bool each_part(struct flow *flow, bool (*run)(struct flow *flow, struct error *error),
               struct error *error);

/* The value of a setting, never NULL: "" where it has none. */
const char *flow_get(const struct flow *flow, enum setting setting);

#endif
