#include "config.h"

#include "compose/wiring.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "base/pattern.h"
#include "base/readfile.h"
#include "compose/ports.h"

#define SECRETS_FOLDER "/run/secrets/"
#define URL_TARGET     "database_url"
#define MAX_URL        ((size_t)1 << 20)

/* ---- files that a service is told of ---- */

static struct pattern file_name_pattern = PATTERN("(?i)[A-Z0-9_]+_FILE");

/* Whether anything of the service may be at a path: a secret, a configuration, a volume. */
static bool has_file(const struct node *service, const char *path)
{
    static const char *const lists[] = {"configs", "volumes"};
    bool found = compose_find_mount(service, path) != NULL;
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        const struct node *list = node_get(service, lists[i]);
        for (size_t j = 0; list && j < list->count; j++) {
            const char *target = node_text(node_get(list->items[j], "target"));
            size_t length = target ? strlen(target) : 0;
            found |= length && strncmp(path, target, length) == 0 &&
                     (path[length] == '\0' || path[length] == '/' || target[length - 1] == '/');
        }
    }
    return found;
}

/* NAME_FILE=/run/secrets/… names a path at which the service has something. */
static void check_told(struct findings *findings, const char *name, const struct node *service)
{
    const struct node *environment = node_get(service, "environment");
    for (size_t i = 0; environment && i < environment->count; i++) {
        const struct node *value = environment->items[i];
        const char *variable = environment->kind == NODE_MAPPING ? environment->keys[i]->text : "";
        size_t length = strlen(SECRETS_FOLDER);
        if (!node_text(value) || strncmp(value->text, SECRETS_FOLDER, length) != 0 ||
            !pattern_is(&file_name_pattern, variable) || has_file(service, value->text))
            continue;
        findings_add(
            findings, value, "secret-undefined",
            mem_format("%s is told to read %s, and no secret of it is there", name, value->text),
            mem_format("add a secret with the target %s, or correct %s", value->text + length,
                       variable));
    }
}

/* The URL is there, and nothing says where: an application that reads DATABASE_URL does not see it. */
static void check_not_told(struct findings *findings, const char *name, const struct node *service)
{
    const struct node *mount = compose_find_mount(service, URL_TARGET);
    if (mount && !compose_is_told_url(service, SECRETS_FOLDER URL_TARGET))
        findings_add(findings, mount, "secret-untold",
                     mem_format("%s has its database's URL at /run/secrets/" URL_TARGET
                                ", and is told of it by nothing",
                                name),
                     mem_format("set DATABASE_URL_FILE to that path, or let an entrypoint put it "
                                "into DATABASE_URL (docs/COMPOSE.md)"));
}

/* ---- the CA ---- */

static struct pattern tls_pattern =
    PATTERN("[?&]ssl(?:mode=(?!disable|allow|prefer)|=(?!false|0))");
static struct pattern ca_variable_pattern =
    PATTERN("(?i)(?:\\A|_)(?:CA|CAFILE|CACERTS?|SSLROOTCERT|SSLCERT)(?:\\z|_)|PGSSLROOTCERT|"
            "(?:ROOT|SSL|TLS|CA)_?CERTS?(?:\\z|_)");
static struct pattern ca_file_pattern =
    PATTERN("(?i)(?:\\A|[/_.-])ca(?:\\z|[/_.-])|cert|\\.(?:crt|pem|cer)\\z");

/* Whether the connection is to be encrypted: by the URL, else where it will be DigitalOcean's. */
static bool needs_ca(const struct compose *compose, const struct node *mount, bool is_managed)
{
    struct buffer url = BUFFER_INIT;
    struct error ignored = ERROR_INIT;
    const char *path;
    bool read = compose_mount_file(compose, mount, &path, &ignored) &&
                readfile(path, READFILE_REQUIRED, MAX_URL, &url, &ignored) && url.length > 0;
    bool needs = read ? pattern_match(&tls_pattern, url.data, url.length, 0, NULL) : is_managed;
    buffer_free(&url);
    return needs;
}

static bool is_ca_variable(const struct node *service, const char *name, const char *value)
{
    return *value && pattern_match(&ca_variable_pattern, name, strlen(name), 0, NULL) &&
           (strncmp(value, SECRETS_FOLDER, strlen(SECRETS_FOLDER)) != 0 ||
            has_file(service, value));
}

static bool is_ca_file(const char *name)
{
    return name && strcmp(name, "/dev/null") != 0 &&
           pattern_match(&ca_file_pattern, name, strlen(name), 0, NULL);
}

/* By a variable that names one that is there, or a file that is called so. */
static bool has_ca(const struct compose *compose, const struct node *service)
{
    static const char *const lists[] = {"secrets", "configs", "volumes"};
    const struct node *environment = node_get(service, "environment");
    bool found = false;
    for (size_t i = 0; environment && environment->kind == NODE_MAPPING && i < environment->count;
         i++)
        found |= node_text(environment->items[i]) &&
                 is_ca_variable(service, environment->keys[i]->text, environment->items[i]->text);
    for (size_t i = 0; !found && i < sizeof lists / sizeof lists[0]; i++) {
        const struct node *list = node_get(service, lists[i]);
        for (size_t j = 0; list && j < list->count; j++) {
            const char *source = node_text(node_get(list->items[j], "source"));
            const struct node *secret = source ? node_get(compose->secrets, source) : NULL;
            const char *file = secret ? node_text(node_get(secret, "file")) : source;
            found |= is_ca_file(file) &&
                     (secret || is_ca_file(node_text(node_get(list->items[j], "target"))));
        }
    }
    return found;
}

static void check_ca(struct findings *findings, const struct compose *compose, const char *name,
                     const struct node *service, bool is_managed)
{
    const struct node *mount = compose_url_mount(service);
    if (mount && needs_ca(compose, mount, is_managed) && !has_ca(compose, service))
        findings_add(findings, mount, "ca-missing",
                     mem_format("%s has the URL of the managed database and no CA certificate to "
                                "verify it with",
                                name),
                     mem_format("add the file ca-certificate.crt, which managed-db writes, as a "
                                "secret, and name its path in PGSSLROOTCERT, for Node.js in "
                                "NODE_EXTRA_CA_CERTS (docs/CLIENTS.md)"));
}

/* ---- a database that is not started ---- */

/* 1 host. The lengths are bounded as in credentials.c. */
static struct pattern url_host_pattern =
    PATTERN("[A-Za-z][A-Za-z0-9+.-]{0,30}://(?:[^\\s/?#'\"]{0,400}@)?([A-Za-z0-9_.-]{1,255})");
static struct pattern host_variable_pattern =
    PATTERN("(?i).*(?:HOST|HOSTNAME|SERVER|ADDR(?:ESS)?)");
static struct pattern host_pattern = PATTERN("\\A([A-Za-z0-9_.-]{1,255})(?::[0-9]+)?\\z");

static bool is_called(const struct node *service, const char *key, const char *host)
{
    const char *text = node_text(node_get(service, key));
    return text && strcmp(text, host) == 0;
}

/* The service of this name that keeps data, is in the files and does not start; or NULL. */
static const struct node *find_off(const struct compose *compose, const struct written *written,
                                   const char *host)
{
    for (size_t i = 0; i < written->roots->count; i++) {
        const struct node *services = node_get(written->roots->items[i], "services");
        for (size_t j = 0; services && services->kind == NODE_MAPPING && j < services->count; j++) {
            const struct node *service = services->items[j];
            const char *name = services->keys[j]->text;
            bool meant = strcmp(name, host) == 0 || is_called(service, "container_name", host) ||
                         is_called(service, "hostname", host);
            if (meant && !node_get(compose->services, name) && compose_is_store(name, service))
                return services->keys[j];
        }
    }
    return NULL;
}

struct talk {
    struct findings *findings;
    const struct compose *compose;
    const struct written *written;
    const char *name;
};

static void check_host(const struct talk *talk, const struct node *at, struct span host)
{
    char *text = mem_copy_n(host.start, host.length);
    const struct node *off = find_off(talk->compose, talk->written, text);
    if (off)
        findings_add(talk->findings, at, "database-off",
                     mem_format("%s talks to %s, which is not started: no profile of it is on",
                                talk->name, off->text),
                     mem_format("point it at the database of this mode (the managed one's URL is "
                                "in its secret), or turn a profile of %s on",
                                off->text));
    free(text);
}

static void check_text(const struct talk *talk, const struct node *node)
{
    struct span groups[PATTERN_GROUPS];
    size_t length = node_text(node) ? strlen(node->text) : 0;
    for (size_t at = 0;
         length && pattern_match(&url_host_pattern, node->text, length, at, groups);) {
        check_host(talk, node, groups[1]);
        at = (size_t)(groups[0].start - node->text) + groups[0].length;
    }
    for (size_t i = 0; node && node->kind == NODE_SEQUENCE && i < node->count; i++)
        check_text(talk, node->items[i]);
}

static void check_hosts(const struct talk *talk, const struct node *service)
{
    struct span groups[PATTERN_GROUPS];
    const struct node *environment = node_get(service, "environment");
    for (size_t i = 0; environment && environment->kind == NODE_MAPPING && i < environment->count;
         i++) {
        const struct node *value = environment->items[i];
        check_text(talk, value);
        if (node_text(value) && pattern_is(&host_variable_pattern, environment->keys[i]->text) &&
            pattern_match(&host_pattern, value->text, strlen(value->text), 0, groups))
            check_host(talk, value, groups[1]);
    }
    check_text(talk, node_get(service, "command"));
    check_text(talk, node_get(service, "entrypoint"));
}

void check_wiring(struct findings *findings, const struct compose *compose,
                  const struct written *written, const char *name, const struct node *service,
                  bool is_managed)
{
    struct talk talk = {findings, compose, written, name};
    check_told(findings, name, service);
    check_not_told(findings, name, service);
    check_ca(findings, compose, name, service, is_managed);
    check_hosts(&talk, service);
}
