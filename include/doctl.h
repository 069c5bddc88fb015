/*
 * doctl: one function for each thing that the program asks of doctl or has doctl do.
 *
 * The words are dialect.c's, the judgement of what came back answer.c's; this room knows which
 * words to try first, what an answer must hold, and how to ask ahead. The rules are DESIGN.md's,
 * "Two doctls, one flow":
 *   - a question is put in the plan's words; where they are turned down, in the shipped words, and
 * from then on the shipped words come first;
 *   - an API error, a network error or a missing token never makes it try other words;
 *   - a change is re-worded only where doctl cannot have sent it.
 *
 * A read that failed on the network or with 429 or 5xx is put again, with growing pauses, within
 * the deadline of one call; a change never is.
 *
 * Errors are those of answer_judge(), and ERROR_UNREADABLE for an answer that is not what was asked
 * for. ERROR_TURNED_DOWN from a question that only the shipped doctl knows means: do without.
 * Results are strings that the caller frees.
 */
#ifndef MANAGED_DB_DOCTL_H
#define MANAGED_DB_DOCTL_H

#include "conninfo.h"
#include "dialect.h"
#include "error.h"

enum dialect { DIALECT_AUTO, DIALECT_PLAN, DIALECT_SHIPPED };

struct doctl_options {
    const char *program; /* a name to be found on PATH, or a path */
    enum dialect dialect;
    const char *token;     /* of DO_API_TOKEN, or NULL */
    const char *context;   /* of --context, or NULL */
    const char *simulator; /* state folder of the simulator, or NULL */
    size_t jobs;           /* doctl processes at a time */
    int timeout_ms;        /* one call */
    int wait_timeout_ms;   /* one call that waits for a cluster */
    int retry_ms;          /* before a read that failed in passing is put again; 0: never */
    /* Called for every call, and for every pause before a read is retried; may be NULL. */
    void (*on_call)(const void *observer, char *const *argv);
    void (*on_retry)(const void *observer, const struct error *error, int pause_ms);
    const void *observer;
};

struct doctl;

/* Finds the program and makes its environment. NULL and ERROR_NO_DOCTL where there is none. */
struct doctl *doctl_new(const struct doctl_options *options, struct error *error);
/* Ends questions that nobody took the answer of, and frees everything. NULL is allowed. */
void doctl_free(struct doctl *doctl);
/*
 * Has every doctl that makes a change inherit a descriptor, which must stay open: a lock then lasts
 * until the last change of a killed run has ended.
 */
void doctl_hold(struct doctl *doctl, int descriptor);
/* Sleeps. Fails with ERROR_SIGNAL. */
bool doctl_pause(struct doctl *doctl, int milliseconds, struct error *error);

/*
 * Asking ahead: starts a question that will be asked anyway; the function that asks it takes this
 * answer. Only for questions whose answer no change in between can alter. `detail` is the pool of
 * CALL_POOL_GET, or the path beside which CALL_CERTIFICATE may write; the Droplet of
 * CALL_DROPLET_GET stands for the cluster. Does nothing when that question was asked ahead before,
 * or with one job.
 */
void doctl_ahead(struct doctl *doctl, enum call_id question, const char *cluster_id,
                 const char *detail);

bool doctl_account_email(struct doctl *doctl, char **email, struct error *error);

/* The UUID of the VPC with exactly this name; *uuid is NULL where there is none. */
bool doctl_vpc_find(struct doctl *doctl, const char *name, char **uuid, struct error *error);
bool doctl_vpc_create(struct doctl *doctl, const char *name, const char *region,
                      const char *ip_range, char **uuid, struct error *error);

struct cluster {
    char *id, *engine, *status;
};
void cluster_free(struct cluster *cluster);

/* The cluster with exactly this name; cluster->id is NULL where there is none. */
bool doctl_cluster_find(struct doctl *doctl, const char *name, struct cluster *cluster,
                        struct error *error);

struct cluster_request {
    const char *name, *version, *region, *size, *nodes, *vpc_uuid; /* vpc_uuid may be "" */
};
/*
 * Creates a cluster. *waited tells whether doctl itself waited until it was online (the plan's
 * words have it do so, the shipped words do not).
 */
bool doctl_cluster_create(struct doctl *doctl, const struct cluster_request *request, char **id,
                          bool *waited, struct error *error);
bool doctl_cluster_status(struct doctl *doctl, const char *cluster_id, char **status,
                          struct error *error);
/* doctl's table about the cluster, fit to be shown. */
bool doctl_cluster_info(struct doctl *doctl, const char *cluster_id, char **text,
                        struct error *error);

bool doctl_pool_exists(struct doctl *doctl, const char *cluster_id, const char *pool, bool *exists,
                       struct error *error);
/* *shown tells whether doctl's answer shows the pool, as a released doctl's does. */
bool doctl_pool_create(struct doctl *doctl, const char *cluster_id, const char *pool,
                       const char *database, const char *user, const char *size, bool *shown,
                       struct error *error);
/* The pool's URI; it holds a password. A question that only the shipped doctl knows. */
bool doctl_pool_uri(struct doctl *doctl, const char *cluster_id, const char *pool, char **uri,
                    struct error *error);
bool doctl_pool_info(struct doctl *doctl, const char *cluster_id, char **text, struct error *error);

/*
 * The CA certificate as doctl gives it, not checked. The plan's words have doctl write a file: it
 * gets a name of its own beside the path `beside` (whose folder must exist) and is removed again.
 * Where neither wording is known: ERROR_TURNED_DOWN.
 */
bool doctl_certificate(struct doctl *doctl, const char *cluster_id, const char *beside, char **pem,
                       struct error *error);

/* Connection details with credentials; blank cells are an error (docs/DOCTL.md, "Output"). */
bool doctl_connection(struct doctl *doctl, const char *cluster_id, struct conninfo *info,
                      struct error *error);
/* The same through the VPC. A question that only the shipped doctl knows. */
bool doctl_connection_private(struct doctl *doctl, const char *cluster_id, struct conninfo *info,
                              struct error *error);

/* *address is "" where the Droplet has none. */
bool doctl_droplet_private_ip(struct doctl *doctl, const char *droplet_id, char **address,
                              struct error *error);

struct rules {
    char **list; /* TYPE:VALUE */
    size_t count;
};
void rules_free(struct rules *rules);

/* The trusted sources. A question that only the shipped doctl knows. */
bool doctl_rules(struct doctl *doctl, const char *cluster_id, struct rules *rules,
                 struct error *error);
/* *shown tells whether doctl's answer shows the rule, as a released doctl's does. */
bool doctl_rule_append(struct doctl *doctl, const char *cluster_id, const char *rule, bool *shown,
                       struct error *error);

/* Whether this doctl is a released one; may ask it something that DigitalOcean is not asked. */
bool doctl_is_released(struct doctl *doctl);

#endif
