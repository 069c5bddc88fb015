#include "config.h"

#include "compose/ports.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/pattern.h"

#define RULE "published"

/* Programs that keep data. */
#define STORES                                                                                     \
    "postgres|postgresql|pgbouncer|pgpool|pgvector|postgis|timescaledb|mysql|mariadb|percona|"     \
    "mongo|mongodb|redis|valkey|keydb|dragonfly|memcached|minio|cassandra|scylla|clickhouse|"      \
    "elasticsearch|opensearch|meilisearch|azurite|cockroach|cockroachdb|couchdb|influxdb|mssql|"   \
    "neo4j|etcd"
/* An image's last part, such as alpine-postgres, redis-stack-server or pgpool-ii. */
static struct pattern image_pattern =
    PATTERN("(?i)(?:alpine-|docker-)?(?:" STORES ")"
            "(?:-(?:server|stack|community|enterprise|oss|ha|ii|repmgr|cluster|sentinel|galera|"
            "sharded|alpine|patroni|[0-9.]+))*");
/* A service's name, such as app_db-postgres or redis2. */
static struct pattern name_pattern =
    PATTERN("(?i)(?:[a-z0-9]+[-_.])*(?:" STORES ")[0-9]*"
            "(?:[-_.](?:db|server|main|primary|master|replica|cache|store|queue|[0-9]+))*");
static struct pattern helper_pattern =
    PATTERN("(?i)exporter|backup|admin|express|commander|insight|setup|init|client|web|gui");
static struct pattern store_port_pattern =
    PATTERN("5432|6432|3306|33060|27017|6379|11211|9042|5984|1433|1521|26257");
static struct pattern loopback_pattern = PATTERN("127\\.[0-9.]+|\\[?::1\\]?|localhost");

bool compose_port_is_local(const struct node *port)
{
    const char *address = node_text(node_get(port, "host_ip"));
    return address && pattern_is(&loopback_pattern, address);
}

static bool is_store_image(const char *image)
{
    const char *slash = strrchr(image, '/');
    const char *last = slash ? slash + 1 : image;
    /* Microsoft's is called mssql/server. */
    if (strstr(image, "mssql/server"))
        return true;
    char *part = mem_copy_n(last, strcspn(last, ":@"));
    bool result = pattern_is(&image_pattern, part);
    free(part);
    return result;
}

bool compose_is_store(const char *name, const struct node *service)
{
    const char *image = node_text(node_get(service, "image"));
    return ((image && is_store_image(image)) || pattern_is(&name_pattern, name)) &&
           !pattern_match(&helper_pattern, name, strlen(name), 0, NULL);
}

void check_ports(struct findings *findings, const char *name, const struct node *service, bool any)
{
    bool wanted = any || compose_is_store(name, service);
    const struct node *ports = node_get(service, "ports");
    const struct node *mode = node_get(service, "network_mode");
    for (size_t i = 0; ports && i < ports->count; i++) {
        const struct node *port = ports->items[i];
        const char *target = node_text(node_get(port, "target"));
        if (!target || compose_port_is_local(port) ||
            !(wanted || pattern_is(&store_port_pattern, target)))
            continue;
        findings_add(findings, port, RULE,
                     mem_format("%s publishes port %s to every network of this host", name, target),
                     mem_format("write 127.0.0.1:%s:%s, or leave the port out: Compose adds the "
                                "ports of all files up, and Docker opens them past the firewall",
                                target, target));
    }
    if (wanted && node_text(mode) && strcmp(mode->text, "host") == 0)
        findings_add(findings, mode, RULE,
                     mem_format("%s listens on every network of this host", name),
                     mem_copy("take network_mode: host out and publish the port on 127.0.0.1"));
}
