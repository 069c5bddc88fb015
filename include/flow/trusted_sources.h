/*
 * trusted_sources: a cluster's trusted sources (plan, task 1, configure_trusted_sources), added
 * once each and compared by value (doctl/rules.h).
 *
 * In the default mode the rules are read first, under a lock, and read back where doctl does not
 * show what it added; a doctl that cannot list them is believed. In the faithful mode a rule is
 * appended and nothing else. Where DigitalOcean refuses a rule, one of a Droplet that is gone is
 * named.
 */
#ifndef MANAGED_DB_FLOW_TRUSTED_SOURCES_H
#define MANAGED_DB_FLOW_TRUSTED_SOURCES_H

#include "flow/state.h"

/* Adds a rule TYPE:VALUE unless it is known to be there; *added tells which. */
bool add_trusted_source(struct flow *flow, const char *cluster_id, const char *rule, bool *added,
                        struct error *error);
/*
 * Adds the rules of --trust: several that are missing in one request, where doctl can list the rules
 * and replace them. Does nothing in the faithful mode.
 */
bool add_trusted_sources(struct flow *flow, struct error *error);

/* These rules and no others. */
bool replace_trusted_sources(struct flow *flow, const char *cluster_id, const struct rules *wanted,
                             struct error *error);

/*
 * Removes a rule. ERROR_NOT_THERE where there is none of that value, ERROR_CONFLICT for the last
 * one, without which every address may connect.
 */
bool remove_trusted_source(struct flow *flow, const char *cluster_id, const char *rule,
                           struct error *error);
/* Reads the rules into flow->rules, unless they are known or this doctl cannot list them. */
bool read_trusted_sources(struct flow *flow, const char *cluster_id, struct error *error);

/*
 * For the last line of a run: says that nothing limits who may connect to the cluster, where that is
 * known. The second one adds it to the error that the run ends with, and returns false.
 */
void warn_if_open(const struct flow *flow);
bool advise_if_open(const struct flow *flow, struct error *error);

#endif
