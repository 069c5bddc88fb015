#include "catalog.h"

#include <string.h>

#include "handlers.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define WITH(array)  .flags = (array), .flag_count = COUNT(array)

enum { ANY = 100000 }; /* doctl does not mind how many */

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

const size_t global_flag_count = COUNT(global_flags);

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

/* A command that doctl has and the simulator has not. */
#define MISSING(name, text)                                                                        \
    {                                                                                              \
        .words = (name), .brief = (text), .where = ON_SHIPPED                                      \
    }

/* A word that has commands below it. */
#define GROUP(name, others, on, text)                                                              \
    {                                                                                              \
        .words = (name), .aliases = (others), .brief = (text), .where = (on), .group = true        \
    }

const struct command commands[] = {
    GROUP("account", NULL, ON_ALL, "Display commands that retrieve account details"),
    {.words = "account get",
     .aliases = "g",
     .brief = "Retrieve account profile details",
     .where = ON_ALL,
     .most = ANY,
     .columns = ON_ALL,
     .first = {"GET", "account"},
     .run = account_get},
    MISSING("account ratelimit", "Retrieve your API usage and the remaining quota"),

    GROUP("auth", NULL, ON_ALL, "Display commands for authenticating doctl with an account"),
    MISSING("auth init", "Initialize doctl to use a specific account"),
    MISSING("auth list", "List available authentication contexts"),
    MISSING("auth switch", "Switch between authentication contexts"),

    GROUP("compute", NULL, ON_ALL, "Display commands that manage infrastructure"),
    GROUP("compute droplet", "d", ON_ALL, "Manage virtual machines (Droplets)"),
    {.words = "compute droplet create",
     .operands = " <droplet-name>...",
     .aliases = "c",
     .brief = "Create a new Droplet",
     .where = ON_ALL,
     .least = 1,
     .most = ANY,
     WITH(droplet_create_flags),
     .columns = ON_ALL,
     .first = {"POST", "droplets"},
     .run = droplets_create},
    {.words = "compute droplet delete",
     .operands = " <droplet-id|droplet-name>...",
     .aliases = "d del rm",
     .brief = "Permanently delete a Droplet",
     .where = ON_ALL,
     .least = 1,
     .most = ANY,
     WITH(force_flags),
     .first = {"DELETE", "droplets/%1"},
     .by_name = {"GET", "droplets?page=1&per_page=200"},
     .failing = "Unable to delete Droplet %1: ",
     .aborted = "Operation aborted.",
     .run = droplets_delete},
    {.words = "compute droplet get",
     .operands = " <droplet-id|droplet-name>",
     .aliases = "g",
     .brief = "Retrieve information about a Droplet",
     .where = ON_ALL,
     .least = 1,
     .most = 1,
     WITH(droplet_get_flags),
     .columns = ON_ALL,
     .first = {"GET", "droplets/%1"},
     .by_name = {"GET", "droplets?page=1&per_page=200"},
     .run = droplets_get},
    {.words = "compute droplet list",
     .operands = " [GLOB]",
     .aliases = "ls",
     .brief = "List Droplets on your account",
     .where = ON_ALL,
     .most = ANY,
     WITH(droplet_list_flags),
     .columns = ON_ALL,
     .first = {"GET", "droplets?page=1&per_page=200"},
     .run = droplets_list},
    GROUP("compute region", NULL, ON_ALL, "Display commands to list datacenter regions"),
    {.words = "compute region list",
     .aliases = "ls",
     .brief = "Retrieve a list of datacenter regions",
     .where = ON_ALL,
     .most = ANY,
     .columns = ON_ALL,
     .first = {"GET", "regions?page=1&per_page=200"},
     .run = account_regions},
    GROUP("compute ssh-key", "k", ON_ALL, "Display commands to manage SSH keys on your account"),
    {.words = "compute ssh-key list",
     .aliases = "ls",
     .brief = "List all SSH keys on your account",
     .where = ON_ALL,
     .most = ANY,
     .columns = ON_ALL,
     .first = {"GET", "account/keys?page=1&per_page=200"},
     .run = account_keys},
    MISSING("compute firewall", "Display commands to manage cloud firewalls"),
    MISSING("compute image", "Display commands to manage images"),
    MISSING("compute size", "List available Droplet sizes"),
    MISSING("compute ssh", "Access a Droplet using SSH"),
    MISSING("compute tag", "Display commands to manage tags"),
    MISSING("compute volume", "Display commands to manage block storage volumes"),

    GROUP("databases", "db dbs d database", ON_ALL, "Display commands that manage databases"),
    MISSING("databases backups", "List database cluster backups"),
    GROUP("databases ca", NULL, ON_PLAN, "Display commands for the cluster's certificate"),
    {.words = "databases ca get",
     .operands = " <database-cluster-id>",
     .brief = "Download the CA certificate of a cluster",
     .where = ON_PLAN,
     .least = 1,
     .most = 1,
     .first = {"GET", "databases/%1/ca"},
     .run = databases_ca_get},
    {.words = "databases connection",
     .operands = " <database-cluster-id>",
     .aliases = "conn",
     .brief = "Retrieve connection details for a database cluster",
     .where = ON_ALL,
     .least = 1,
     .most = ANY,
     WITH(connection_flags),
     .columns = ON_ALL,
     .first = {"GET", "databases/%1"},
     .run = databases_connection},
    {.words = "databases create",
     .operands = " <name>",
     .aliases = "c",
     .brief = "Create a database cluster",
     .where = ON_ALL,
     .least = 1,
     .most = ANY,
     WITH(create_flags),
     .columns = ON_PLAN,
     .first = {"POST", "databases"},
     .run = databases_create},
    MISSING("databases db", "Display commands for managing individual databases within a cluster"),
    {.words = "databases delete",
     .operands = " <database-cluster-id>",
     .aliases = "rm",
     .brief = "Delete a database cluster",
     .where = ON_ALL,
     .least = 1,
     .most = ANY,
     WITH(force_flags),
     .first = {"DELETE", "databases/%1"},
     .aborted = "Operation aborted.",
     .run = databases_delete},
    GROUP("databases firewalls", "fw", ON_ALL,
          "Display commands to manage firewall rules (trusted sources) for database clusters"),
    {.words = "databases firewalls append",
     .operands = " <database-cluster-id> --rule <type>:<value>",
     .aliases = "a",
     .brief = "Add a database firewall rule to a given database",
     .where = ON_ALL,
     .least = 1,
     .most = 1,
     WITH(rule_flags),
     .first = {"GET", "databases/%1/firewall"},
     .change = {"PUT", "databases/%1/firewall"},
     .run = firewalls_append},
    {.words = "databases firewalls list",
     .operands = " <database-cluster-id>",
     .aliases = "ls",
     .brief = "Retrieve a list of firewall rules for a given database",
     .where = ON_SHIPPED,
     .least = 1,
     .most = 1,
     .first = {"GET", "databases/%1/firewall"},
     .run = firewalls_list},
    {.words = "databases firewalls remove",
     .operands = " <database-cluster-id> --uuid <firerule-uuid>",
     .aliases = "rm",
     .brief = "Remove a firewall rule for a given database",
     .where = ON_SHIPPED,
     .least = 1,
     .most = 1,
     WITH(rule_uuid_flags),
     .first = {"GET", "databases/%1/firewall"},
     .change = {"PUT", "databases/%1/firewall"},
     .run = firewalls_remove},
    {.words = "databases firewalls replace",
     .operands = " <database-cluster-id> --rule <type>:<value>",
     .aliases = "r",
     .brief = "Replace the firewall rules for a given database",
     .where = ON_SHIPPED,
     .least = 1,
     .most = 1,
     WITH(rules_flags),
     .first = {"PUT", "databases/%1/firewall"},
     .run = firewalls_replace},
    MISSING("databases fork", "Create a new database cluster by forking an existing one"),
    {.words = "databases get",
     .operands = " <database-cluster-id>",
     .aliases = "g",
     .brief = "Get details for a database cluster",
     .where = ON_ALL,
     .least = 1,
     .most = ANY,
     .columns = ON_ALL,
     .first = {"GET", "databases/%1"},
     .run = databases_get},
    {.words = "databases get-ca",
     .operands = " <database-cluster-id>",
     .aliases = "gc",
     .brief = "Provide the CA certificate for a DigitalOcean database",
     .where = ON_LATER,
     .least = 1,
     .most = ANY,
     .columns = ON_ALL,
     .first = {"GET", "databases/%1/ca"},
     .run = databases_get_ca},
    {.words = "databases list",
     .aliases = "ls",
     .brief = "List your database clusters",
     .where = ON_ALL,
     .most = ANY,
     .columns = ON_ALL,
     .first = {"GET", "databases?page=1&per_page=200"},
     .run = databases_list},
    MISSING("databases maintenance-window",
            "Display commands for scheduling automatic maintenance"),
    MISSING("databases migrate", "Migrate a database cluster to a new region"),
    MISSING("databases options", "Display available database options"),
    GROUP("databases pool", "p", ON_ALL, "Display commands for managing connection pools"),
    {.words = "databases pool create",
     .operands = " <database-cluster-id> <pool-name>",
     .aliases = "c",
     .brief = "Create a connection pool for a database cluster",
     .where = ON_ALL,
     .least = 2,
     .most = ANY,
     WITH(pool_create_flags),
     .columns = ON_PLAN,
     .first = {"POST", "databases/%1/pools"},
     .run = pools_create},
    MISSING("databases pool delete", "Delete a connection pool for a database"),
    {.words = "databases pool get",
     .operands = " <database-cluster-id> <pool-name>",
     .aliases = "g",
     .brief = "Retrieve information about a database connection pool",
     .where = ON_SHIPPED,
     .least = 2,
     .most = ANY,
     .columns = ON_ALL,
     .first = {"GET", "databases/%1/pools/%2"},
     .run = pools_get},
    {.words = "databases pool list",
     .operands = " <database-cluster-id>",
     .aliases = "ls",
     .brief = "List connection pools for a database cluster",
     .where = ON_ALL,
     .least = 1,
     .most = ANY,
     .columns = ON_ALL,
     .first = {"GET", "databases/%1/pools?page=1&per_page=200"},
     .run = pools_list},
    {.words = "databases pool update",
     .operands = " <database-cluster-id> <pool-name>",
     .aliases = "u",
     .brief = "Update a connection pool for a database",
     .where = ON_LATER,
     .least = 2,
     .most = ANY,
     WITH(pool_update_flags),
     .first = {"GET", "databases/%1/pools/%2"},
     .change = {"PUT", "databases/%1/pools/%2"},
     .run = pools_update},
    MISSING("databases replica", "Display commands to manage read-only database replicas"),
    MISSING("databases resize", "Resize a database cluster"),
    MISSING("databases sql-mode", "Display commands to configure a MySQL cluster's SQL modes"),
    MISSING("databases user", "Display commands for managing database users"),

    {.words = "version",
     .brief = "Show the current version",
     .where = ON_ALL,
     .most = ANY,
     .offline = true,
     .run = account_version},
    GROUP("vpcs", NULL, ON_ALL, "Display commands that manage VPCs"),
    {.words = "vpcs create",
     .aliases = "c",
     .brief = "Create a new VPC network",
     .where = ON_ALL,
     .most = ANY,
     WITH(vpc_create_flags),
     .columns = ON_PLAN,
     .first = {"POST", "vpcs"},
     .run = vpcs_create},
    {.words = "vpcs delete",
     .operands = " <vpc-id>",
     .aliases = "d rm",
     .brief = "Delete a VPC network",
     .where = ON_ALL,
     .least = 1,
     .most = 1,
     WITH(force_flags),
     .first = {"DELETE", "vpcs/%1"},
     .aborted = "operation aborted",
     .run = vpcs_delete},
    MISSING("vpcs get", "Retrieve a VPC network"),
    {.words = "vpcs list",
     .aliases = "ls",
     .brief = "List VPC networks",
     .where = ON_ALL,
     .most = ANY,
     .columns = ON_ALL,
     .first = {"GET", "vpcs?page=1&per_page=200"},
     .run = vpcs_list},
    MISSING("vpcs update", "Update a VPC network's configuration"),
};

const size_t command_count = COUNT(commands);

const char *commands_last_word(const struct command *command)
{
    const char *last = strrchr(command->words, ' ');
    return last ? last + 1 : command->words;
}

bool commands_is_below(const struct command *command, const struct command *parent)
{
    const char *last = strrchr(command->words, ' ');
    size_t above = last ? (size_t)(last - command->words) : 0;
    if (!parent)
        return !last;
    return above == strlen(parent->words) && strncmp(command->words, parent->words, above) == 0;
}
