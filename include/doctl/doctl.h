/*
 * doctl: one function for each thing that the program asks of doctl or has doctl do for the
 * database and its network.
 *
 * dialect holds the words, ask asks the question and verdict judges what came back; this room knows
 * what an answer must hold.
 *
 * Errors are those of ask(), and ERROR_UNREADABLE for an answer that is not what was asked for.
 * Some questions only a released doctl knows; ERROR_UNSUPPORTED from one of those means that the
 * caller goes on without it. Results are strings that the caller frees.
 */
#ifndef MANAGED_DB_DOCTL_DOCTL_H
#define MANAGED_DB_DOCTL_DOCTL_H

#include "doctl/client.h"
#include "doctl/conninfo.h"

/*
 * Starts a question that will be asked anyway; the function that asks it takes this answer. Only
 * for questions whose answer no change in between can alter. `first` and `second` are the call's
 * arguments (dialect.h); for CALL_CERTIFICATE the second is the path beside which doctl may write.
 * Does nothing where that question was started before, or with one job.
 */
void doctl_prefetch(struct doctl *doctl, enum call_id question, const char *first,
                    const char *second);

/* Drops what was started so, because a change has made its answer untrue. */
void doctl_forget(struct doctl *doctl, enum call_id question, const char *first,
                  const char *second);

bool doctl_account_email(struct doctl *doctl, char **email, struct error *error);
/* A question that only the shipped doctl knows. */
bool doctl_account_team(struct doctl *doctl, char **team, struct error *error);

/* The UUID of the VPC with exactly this name; *uuid is NULL where there is none. */
bool doctl_vpc_find(struct doctl *doctl, const char *name, char **uuid, struct error *error);
bool doctl_vpc_create(struct doctl *doctl, const char *name, const char *region,
                      const char *ip_range, char **uuid, struct error *error);

/* The name of the VPC with this UUID; *name is NULL where there is none. */
bool doctl_vpc_name(struct doctl *doctl, const char *uuid, char **name, struct error *error);

/* The ID beside this name on a list of IDs and names; *id is NULL where it is not there. */
bool doctl_find_id(struct doctl *doctl, enum call_id list, const char *name, char **id,
                   struct error *error);

struct cluster {
    char *id, *engine, *status;
};
void cluster_free(struct cluster *cluster);

/* The cluster with exactly this name; cluster->id is NULL where there is none. */
bool doctl_cluster_find(struct doctl *doctl, const char *name, struct cluster *cluster,
                        struct error *error);

struct cluster_request {
    const char *name, *version, *region, *size, *nodes;
    const char *vpc_uuid, *tags, *storage; /* may be "" */
};
/*
 * Creates a cluster. *waited tells whether doctl itself waited until it was online (the plan's
 * words have it do so, the shipped words do not). The plan's words set no tags; ERROR_UNSUPPORTED
 * where this doctl knows tags in no words.
 */
bool doctl_cluster_create(struct doctl *doctl, const struct cluster_request *request, char **id,
                          bool *waited, struct error *error);
bool doctl_cluster_status(struct doctl *doctl, const char *cluster_id, char **status,
                          struct error *error);
/* doctl's table about the cluster, fit to be shown. */
bool doctl_cluster_info(struct doctl *doctl, const char *cluster_id, char **text,
                        struct error *error);

/* doctl has no flag for one of the two. Downward is refused by DigitalOcean. */
bool doctl_cluster_resize(struct doctl *doctl, const char *cluster_id, const char *nodes,
                          const char *size, struct error *error);

/*
 * The CA certificate as doctl gives it, not checked. The plan's words have doctl write a file: it
 * gets a name of its own beside the path `beside` (whose folder must exist) and is removed again.
 * Where neither wording is known: ERROR_UNSUPPORTED. *hand_made: this doctl knows those of the plan.
 */
bool doctl_certificate(struct doctl *doctl, const char *cluster_id, const char *beside, char **pem,
                       bool *hand_made, struct error *error);

/* Connection details with credentials; blank cells are an error (docs/DOCTL.md, "Output"). */
bool doctl_connection(struct doctl *doctl, const char *cluster_id, struct conninfo *info,
                      struct error *error);
/* *address is "" where the Droplet has none. */
bool doctl_droplet_private_ip(struct doctl *doctl, const char *droplet_id, char **address,
                              struct error *error);

#endif
