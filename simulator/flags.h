/*
 * flags: the flags of each command that has some. For catalog.c alone.
 */
#ifndef SIMULATOR_FLAGS_H
#define SIMULATOR_FLAGS_H

#include "grammar.h"

/* Those of every command; for catalog.h. */
const struct flag global_flags[] = {
    {"access-token", 't', FLAG_TEXT, false, NULL, 0, "API V2 access token"},
    {"api-url", 'u', FLAG_TEXT, false, NULL, 0, "Override default API endpoint"},
    {"config", 'c', FLAG_TEXT, false, NULL, 0, "Specify a custom config file"},
    {"context", '\0', FLAG_TEXT, false, NULL, 0, "Specify a custom authentication context name"},
    {"http-retry-max", '\0', FLAG_NUMBER, false, "5", ON_LATER, "Set maximum number of retries"},
    {"http-retry-wait-max", '\0', FLAG_NUMBER, false, "30", ON_LATER, NULL},
    {"http-retry-wait-min", '\0', FLAG_NUMBER, false, "1", ON_LATER, NULL},
    {"interactive", '\0', FLAG_TRUTH, false, NULL, 0, "Enable interactive behavior"},
    {"output", 'o', FLAG_TEXT, false, "text", 0, "Desired output format [text|json]"},
    {"trace", '\0', FLAG_TRUTH, false, NULL, 0, "Show a log of network activity"},
    {"verbose", 'v', FLAG_TRUTH, false, NULL, 0, "Enable verbose output"},
    {"help", 'h', FLAG_TRUTH, false, NULL, 0, "Help for a command"},
};

static const struct flag force_flags[] = {
    {"force", 'f', FLAG_TRUTH, false, NULL, 0, "Delete without a confirmation prompt"},
};

static const struct flag create_flags[] = {
    {"engine", '\0', FLAG_TEXT, false, "pg", 0, "The database's engine"},
    {"num-nodes", '\0', FLAG_NUMBER, false, "1", 0, "The number of nodes, 1 to 3"},
    {"private-network-uuid", '\0', FLAG_TEXT, false, NULL, 0, "The UUID of a VPC"},
    {"region", '\0', FLAG_TEXT, false, "nyc1", 0, "The region's slug"},
    {"restore-from-cluster-name", '\0', FLAG_TEXT, false, NULL, ON_SHIPPED,
     "A cluster to restore from"},
    {"restore-from-timestamp", '\0', FLAG_TEXT, false, NULL, ON_SHIPPED, "A backup's time"},
    {"size", '\0', FLAG_TEXT, false, "db-s-1vcpu-1gb", 0, "The size of the nodes"},
    {"storage-size-mib", '\0', FLAG_NUMBER, false, "0", ON_LATER, "The disk space of the cluster"},
    {"tag", '\0', FLAG_LIST, false, NULL, ON_LATER, "Tags, separated by commas"},
    {"version", '\0', FLAG_TEXT, false, NULL, 0, "The engine's version"},
    {"wait", '\0', FLAG_TRUTH, false, NULL, 0, "Wait for the cluster to be online"},
};

static const struct flag resize_flags[] = {
    {"num-nodes", '\0', FLAG_NUMBER, true, "0", 0, "The number of nodes, 1 to 3"},
    {"size", '\0', FLAG_TEXT, true, NULL, 0, "The size of the nodes"},
    {"storage-size-mib", '\0', FLAG_NUMBER, false, "0", ON_LATER, "The disk space of the cluster"},
    {"wait", '\0', FLAG_TRUTH, false, NULL, 0, "Wait for the resize to complete"},
};

static const struct flag engine_flags[] = {
    {"engine", '\0', FLAG_TEXT, false, NULL, 0, "The database engine"},
};

static const struct flag needed_engine_flags[] = {
    {"engine", '\0', FLAG_TEXT, true, NULL, 0, "The database engine"},
};

static const struct flag public_flags[] = {
    {"public", '\0', FLAG_TRUTH, false, NULL, 0, "Lists public images"},
};

static const struct flag connection_flags[] = {
    {"private", '\0', FLAG_TRUTH, false, NULL, ON_LATER, "Details of the VPC network connection"},
};

static const struct flag pool_create_flags[] = {
    {"mode", '\0', FLAG_TEXT, false, "transaction", 0, "The pool mode"},
    {"size", '\0', FLAG_NUMBER, true, "0", 0, "The pool size"},
    {"db", '\0', FLAG_TEXT, true, NULL, 0, "The database within the cluster"},
    {"user", '\0', FLAG_TEXT, false, NULL, 0, "The database user"},
};

static const struct flag pool_update_flags[] = {
    {"mode", '\0', FLAG_TEXT, false, "transaction", 0, "The pool mode"},
    {"size", '\0', FLAG_NUMBER, false, "0", 0, "The pool size"},
    {"db", '\0', FLAG_TEXT, false, NULL, 0, "The database within the cluster"},
    {"user", '\0', FLAG_TEXT, false, NULL, 0, "The database user"},
};

static const struct flag rule_flags[] = {
    {"rule", '\0', FLAG_TEXT, true, NULL, 0, "A rule in the form type:value"},
};

static const struct flag rules_flags[] = {
    {"rule", '\0', FLAG_LIST, true, NULL, 0, "Rules in the form type:value, separated by commas"},
};

static const struct flag rule_uuid_flags[] = {
    {"uuid", '\0', FLAG_TEXT, true, NULL, 0, "The UUID of the rule"},
};

static const struct flag vpc_create_flags[] = {
    {"name", '\0', FLAG_TEXT, true, NULL, 0, "The VPC network's name"},
    {"description", '\0', FLAG_TEXT, false, NULL, 0, "A description of the VPC network"},
    {"ip-range", '\0', FLAG_TEXT, false, NULL, 0, "The range of addresses in CIDR notation"},
    {"region", '\0', FLAG_TEXT, true, NULL, 0, "The region's slug"},
};

static const struct flag droplet_list_flags[] = {
    {"region", '\0', FLAG_TEXT, false, NULL, 0, "Only Droplets of this region"},
    {"tag-name", '\0', FLAG_TEXT, false, NULL, 0, "Only Droplets with this tag"},
};

static const struct flag firewall_create_flags[] = {
    {"name", '\0', FLAG_TEXT, true, NULL, 0, "The firewall's name"},
    {"inbound-rules", '\0', FLAG_TEXT, false, NULL, 0, "Inbound rules, with blanks between"},
    {"outbound-rules", '\0', FLAG_TEXT, false, NULL, 0, "Outbound rules, with blanks between"},
    {"droplet-ids", '\0', FLAG_LIST, false, NULL, 0, "IDs of Droplets, separated by commas"},
    {"tag-names", '\0', FLAG_LIST, false, NULL, 0, "Existing tags, separated by commas"},
};

static const struct flag droplet_get_flags[] = {
    {"template", '\0', FLAG_TEXT, false, NULL, 0, "Go template format"},
};

static const struct flag droplet_create_flags[] = {
    {"region", '\0', FLAG_TEXT, false, NULL, 0, "The region's slug"},
    {"size", '\0', FLAG_TEXT, true, NULL, 0, "The size's slug"},
    {"image", '\0', FLAG_TEXT, true, NULL, 0, "The image's ID or slug"},
    {"vpc-uuid", '\0', FLAG_TEXT, false, NULL, 0, "The UUID of a VPC"},
    {"ssh-keys", '\0', FLAG_LIST, false, NULL, 0, "IDs or fingerprints of SSH keys"},
    {"tag-name", '\0', FLAG_TEXT, false, NULL, 0, "A tag"},
    {"tag-names", '\0', FLAG_LIST, false, NULL, 0, "Tags, separated by commas"},
    {"user-data", '\0', FLAG_TEXT, false, NULL, 0, "A script for the first boot"},
    {"user-data-file", '\0', FLAG_TEXT, false, NULL, 0, "A file with a script for the first boot"},
    {"enable-monitoring", '\0', FLAG_TRUTH, false, NULL, 0, "Install the monitoring agent"},
    {"enable-backups", '\0', FLAG_TRUTH, false, NULL, 0, "Enable backups"},
    {"enable-ipv6", '\0', FLAG_TRUTH, false, NULL, 0, "Enable IPv6"},
    {"enable-private-networking", '\0', FLAG_TRUTH, false, NULL, 0, "Use the region's default VPC"},
    {"wait", '\0', FLAG_TRUTH, false, NULL, 0, "Wait for the Droplet to be active"},
};

#endif
