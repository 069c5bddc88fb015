/*
 * flow: the plan's functions, by the plan's names, in the plan's order (plan, task 1).
 * setup_managed_database(), which calls the others, is a room of its own (setup.h).
 *
 * Calling sequence: any of them, with the ID of a cluster.
 *
 * Each function says on the console what it does, and gives its answer through its arguments; no
 * function prints an answer. In the faithful mode it makes the plan's doctl calls and no others. In
 * the default mode it makes the same changes in the same order, and may also read, wait and repair
 * (docs/REFERENCE.md, "Modes"). Results are the caller's to free.
 */
#ifndef MANAGED_DB_FLOW_FLOW_H
#define MANAGED_DB_FLOW_FLOW_H

#include "doctl/conninfo.h"
#include "flow/state.h"

/* ERROR_NOT_THERE where there is no such cluster; sets cluster_id where there is one. */
bool check_existing_database(struct flow *flow, const char *cluster_name, struct error *error);

/*
 * Creates the cluster, its pool and its CA file, or finishes a cluster that exists; sets
 * cluster_id. A certificate that the API refused is left in flow->deferred.
 */
bool create_managed_database(struct flow *flow, const char *cluster_name, const char *region,
                             const char *size, const char *vpc_uuid, struct error *error);

/* Makes a pool in transaction mode, unless there is one of that name. */
bool create_connection_pool(struct flow *flow, const char *cluster_id, const char *pool_name,
                            const char *pool_size, struct error *error);

/* ERROR_UNSUPPORTED where this doctl has no way to fetch one. */
bool download_ssl_certificate(struct flow *flow, const char *cluster_id, const char *output_path,
                              struct error *error);

/*
 * *info is the parts of the URL, to be freed with conninfo_free(); conninfo_url() puts it together,
 * SSL mode included. ERROR_BLANK where the token may not see credentials.
 */
bool get_connection_string(struct flow *flow, const char *cluster_id, bool use_pool,
                           struct conninfo *info, struct error *error);

/* The same without a word of the plan's: what was found stays in flow->chosen, direct and admin. */
bool read_connection(struct flow *flow, const char *cluster_id, bool use_pool, struct error *error);

/* Writes the URL, but not with --no-secret-file; shows it masked in any case. */
bool save_connection_string(struct flow *flow, const char *cluster_id, const char *output_path,
                            struct error *error);

/* *rule is the rule that is in force, NULL where the Droplet has no private address. */
bool configure_trusted_sources(struct flow *flow, const char *cluster_id, const char *droplet_id,
                               char **rule, struct error *error);

/* What show_database_info() has read, as the plan prints it; the caller frees it. */
char *database_info_text(const struct database_info *info);

/* Reads into flow->info. */
bool show_database_info(struct flow *flow, const char *cluster_id, struct error *error);

/*
 * The UUID of the VPC, found or made; within setup that of another one, or NULL, where this one
 * would be made for nobody (network.h).
 */
bool ensure_vpc(struct flow *flow, const char *name, const char *region, char **uuid,
                struct error *error);

/*
 * The account's e-mail address, "" where the token may do all but see it. ERROR_AUTH where doctl has
 * no token, or one that is refused.
 */
bool validate_doctl_auth(struct flow *flow, char **email, struct error *error);

#endif
