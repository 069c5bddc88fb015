/*
 * flow: the plan's functions, by the plan's names, in the plan's order (plan, tasks 1 and 3).
 *
 * Calling sequence: validate_doctl_auth(), then setup_managed_database(), which calls the others;
 * or any of the others alone, with the ID of a cluster.
 *
 * Each function says on the console what it does, and gives its answer through its arguments; no
 * function prints an answer. In the faithful mode it makes the plan's doctl calls and no others. In
 * the default mode it makes the same changes in the same order, and may also read, wait and repair
 * (README.md, "Modes"). Results are the caller's to free.
 */
#ifndef MANAGED_DB_FLOW_FLOW_H
#define MANAGED_DB_FLOW_FLOW_H

#include "doctl/conninfo.h"
#include "flow/state.h"

/* ERROR_NOT_THERE where there is no such cluster; sets cluster_id where there is one. */
bool check_existing_database(struct flow *flow, const char *cluster_name, struct error *error);

bool create_managed_database(struct flow *flow, const char *cluster_name, const char *region,
                             const char *size, const char *vpc_uuid, struct error *error);

bool create_connection_pool(struct flow *flow, const char *cluster_id, const char *pool_name,
                            const char *pool_size, struct error *error);

/* ERROR_UNSUPPORTED where this doctl has no way to fetch one. */
bool download_ssl_certificate(struct flow *flow, const char *cluster_id, const char *output_path,
                              struct error *error);

bool get_connection_string(struct flow *flow, const char *cluster_id, bool use_pool,
                           struct conninfo *info, struct error *error);

bool save_connection_string(struct flow *flow, const char *cluster_id, const char *output_path,
                            struct error *error);

/* *rule is the rule that is in force, NULL where the Droplet has no private address. */
bool configure_trusted_sources(struct flow *flow, const char *cluster_id, const char *droplet_id,
                               char **rule, struct error *error);

struct database_info {
    char *cluster, *pools; /* doctl's tables */
    char *dashboard;       /* an address */
};
void database_info_free(struct database_info *info);
/* The tables and the address as the plan prints them. */
char *database_info_text(const struct database_info *info);

bool show_database_info(struct flow *flow, const char *cluster_id, struct database_info *info,
                        struct error *error);

bool ensure_vpc(struct flow *flow, const char *name, const char *region, char **uuid,
                struct error *error);

bool validate_doctl_auth(struct flow *flow, char **email, struct error *error);

/* Whether USE_MANAGED_DB says self-hosted: setup_managed_database() then asks doctl nothing. */
bool is_self_hosted(const struct settings *settings);

/* Sets cluster_id; leaves it NULL where USE_MANAGED_DB says self-hosted and `meant` is false. */
bool setup_managed_database(struct flow *flow, bool meant, struct error *error);

#endif
