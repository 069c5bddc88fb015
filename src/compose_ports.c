#include "config.h"

#include "compose_ports.h"

#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "pattern.h"

#define RULE "published"

/* Images and services that keep data, and what only works for them. */
static struct pattern store_pattern =
    PATTERN("(?i)postgres|pgbouncer|pgpool|pgvector|postgis|timescale|mysql|mariadb|percona|mongo|"
            "redis|valkey|keydb|dragonfly|memcached|minio|cassandra|scylla|clickhouse|"
            "elasticsearch|opensearch|cockroach|couchdb|influxdb|mssql|neo4j|etcd");
static struct pattern helper_pattern =
    PATTERN("(?i)exporter|backup|admin|express|commander|insight|setup|init|client|web|gui");
static struct pattern store_port_pattern =
    PATTERN("5432|6432|3306|33060|27017|6379|11211|9042|9200|9300|5984|1433|1521|26257");
/* 1 address, 2 published, 3 target. */
static struct pattern port_pattern =
    PATTERN("\\A(?:(?:(\\[[0-9A-Fa-f:.]*\\]|[0-9.]+|localhost):)?([0-9-]*):)?"
            "([0-9]+)(?:-[0-9]+)?(?:/[a-z]+)?\\z");
static struct pattern loopback_pattern = PATTERN("127\\.[0-9.]+|\\[?::1\\]?|localhost");

struct port {
    char *address, *target;
};

static bool read_port(const struct node *node, struct port *port)
{
    struct span groups[PATTERN_GROUPS];
    *port = (struct port){NULL, NULL};
    if (node->kind == NODE_MAPPING) {
        port->address = mem_copy(node_text(node_get(node, "host_ip")));
        port->target = mem_copy(node_text(node_get(node, "target")));
    } else if (pattern_match(&port_pattern, node->text, strlen(node->text), 0, groups)) {
        port->address = groups[1].start ? mem_copy_n(groups[1].start, groups[1].length) : NULL;
        port->target = mem_copy_n(groups[3].start, groups[3].length);
    }
    return port->target != NULL;
}

/* The image without its registry and tag. */
static bool is_store(const char *name, const struct node *service)
{
    const char *image = node_text(node_get(service, "image"));
    const char *slash = image ? strrchr(image, '/') : NULL;
    const char *what = image ? slash ? slash + 1 : image : name;
    return pattern_match(&store_pattern, what, strlen(what), 0, NULL) &&
           !pattern_match(&helper_pattern, what, strlen(what), 0, NULL) &&
           !pattern_match(&helper_pattern, name, strlen(name), 0, NULL);
}

static void check_port(struct findings *findings, const char *name, const struct node *node,
                       bool store)
{
    struct port port;
    bool open = read_port(node, &port) && (store || pattern_is(&store_port_pattern, port.target)) &&
                !(port.address && pattern_is(&loopback_pattern, port.address));
    if (open)
        findings_add(
            findings, node, RULE,
            mem_format("%s publishes port %s to every network of this host", name, port.target),
            mem_format("write 127.0.0.1:%s:%s, or leave the port out: Compose adds the "
                       "ports of all files up, and Docker opens them past the firewall",
                       port.target, port.target));
    free(port.address);
    free(port.target);
}

void check_ports(struct findings *findings, const char *name, const struct node *service)
{
    bool store = is_store(name, service);
    const struct node *ports = node_get(service, "ports");
    const struct node *mode = node_get(service, "network_mode");
    for (size_t i = 0; ports && i < ports->count; i++)
        check_port(findings, name, ports->items[i], store);
    if (store && node_text(mode) && strcmp(mode->text, "host") == 0)
        findings_add(findings, mode, RULE,
                     mem_format("%s listens on every network of this host", name),
                     mem_copy("take network_mode: host out and publish the port on 127.0.0.1"));
}
