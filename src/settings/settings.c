#include "config.h"

#include "settings/settings.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/pattern.h"
#include "base/quote.h"

/* Forms, each with what it asks for. */
struct form {
    struct pattern pattern;
    const char *text;
};

static struct form cluster_name = {PATTERN("[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"),
                                   "1 to 63 lower-case letters, digits and hyphens"};
static struct form vpc_name = {PATTERN("[A-Za-z0-9][A-Za-z0-9.-]{0,254}"),
                               "letters, digits, dots and hyphens"};
static struct form pool_name = {PATTERN("[A-Za-z0-9_][A-Za-z0-9_.-]{2,59}"),
                                "3 to 60 letters, digits, _, - and dots"};
/* NAME_owner has to be a name too. */
static struct form sql_name = {PATTERN("(?!doadmin\\z|postgres\\z|pg_)[a-z_][a-z0-9_-]{0,56}"),
                               "a name: at most 57 small letters, digits, _ and -, not doadmin"};
static struct form slug = {PATTERN("[a-z0-9][a-z0-9_-]{1,63}"),
                           "a DigitalOcean slug (letters, digits, - and _)"};
static struct form cluster_size = {
    PATTERN("(?!(?:s|c|c2|g)-)[a-z0-9][a-z0-9_-]{1,63}"),
    "the size of a database, such as db-s-1vcpu-2gb (Droplets have others)"};
static struct form droplet_size = {
    PATTERN("(?!db-)[a-z0-9][a-z0-9_-]{1,63}"),
    "the size of a Droplet, such as s-2vcpu-4gb (databases have others)"};
static struct form identifier = {PATTERN("[A-Za-z0-9][A-Za-z0-9_.-]{0,127}"),
                                 "an ID (letters, digits, -, _ and dots)"};
static struct form version = {PATTERN("[1-9][0-9]?"), "a PostgreSQL major version such as 15"};
static struct form small_number = {PATTERN("[1-9][0-9]?"), "a number from 1 to 99"};
static struct form storage = {PATTERN("[1-9][0-9]{3,8}"), "a number of MiB, such as 61440"};
static struct form pool_mode = {PATTERN("transaction|session|statement"),
                                "transaction, session or statement"};
static struct form pool_size = {PATTERN("[1-9][0-9]{0,3}"), "a number of connections, 1 to 9999"};
#define PREFIX "(?:[12]?[0-9]|3[0-2])"
#define OCTET  "(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
static struct form ip_range = {PATTERN(OCTET "(?:\\." OCTET "){3}/" PREFIX),
                               "a range such as 10.116.0.0/20"};
static struct form secret_form = {PATTERN("[A-Za-z0-9_.][A-Za-z0-9_./:-]{0,254}"),
                                  "the name of a secret, or SERVICE:TARGET"};
static struct form truth = {PATTERN("true|false"), "true or false"};
static struct form network = {PATTERN("private|public|auto"), "private, public or auto"};
static struct form ssl_mode = {
    PATTERN("require|verify-ca|verify-full"),
    "require, verify-ca or verify-full: the connection has to be encrypted"};
/* As URLs have them; no key twice, and none that has an option of its own. */
#define URL_TEXT "(?:[A-Za-z0-9._~!$'()*+,;:@/-]|%[0-9A-Fa-f]{2})+"
static struct form url_params = {
    PATTERN("(?=.{1,1000}\\z)(?!(?:.*&)?(?:sslmode|user|password|host|port|dbname)=)"
            "(?!(?:.*&)?([^=&]+)=[^&]*&(?:.*&)?\\1=)[A-Za-z_][A-Za-z0-9_.-]*=" URL_TEXT
            "(?:&[A-Za-z_][A-Za-z0-9_.-]*=" URL_TEXT ")*"),
    "KEY=VALUE as a URL has it (other characters as %XX; no key twice, none that the URL has "
    "itself; sslmode has --ssl-mode)"};
static struct form file_path = {PATTERN("[^\\x00-\\x1f\\x7f-][^\\x00-\\x1f\\x7f]{0,4094}"),
                                "a path without control characters that does not start with -"};
static struct form input_path = {PATTERN("-|[^\\x00-\\x1f\\x7f-][^\\x00-\\x1f\\x7f]{0,4094}"),
                                 "- for the standard input, or a path that does not start with -"};
static struct form owner = {PATTERN("[0-9]{1,9}(?::[0-9]{1,9})?"), "UID or UID:GID, as numbers"};
static struct form token = {PATTERN("[\\x21-\\x7e]{1,4096}"), "a token without blanks"};
static struct form seconds = {PATTERN("[0-9]{1,6}(?:\\.[0-9]{1,3})?"), "a number of seconds"};
static struct form whole_seconds = {PATTERN("0|[1-9][0-9]{0,5}"), "a whole number of seconds"};
static struct form dialect = {PATTERN("auto|plan|shipped"), "auto, plan or shipped"};
static struct form offer = {PATTERN("region|size|pg-version|droplet-size|image"),
                            "region, size, pg-version, droplet-size or image"};
static struct form shell = {PATTERN("bash|zsh|fish"), "bash, zsh or fish"};
static struct form color = {PATTERN("auto|always|never"), "auto, always or never"};
static struct form output = {PATTERN("text|json|env"), "text, json or env"};
#define HOST_NAME "[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?"
static struct form host_name = {PATTERN(HOST_NAME),
                                "a host name (letters, digits, hyphens and dots)"};
static struct form label = {PATTERN("[^\\x00-\\x1f\\x7f-][^\\x00-\\x1f\\x7f]{0,254}"),
                            "a name without control characters that does not start with -"};
static struct form words = {PATTERN("[^\\x00-\\x1f\\x7f-][^\\x00-\\x1f\\x7f]{0,1023}"),
                            "a command in one line that does not start with -"};
static struct form tags = {
    PATTERN("(?=.{1,1000}\\z)(?!-)[A-Za-z0-9_:-]{1,255}(?:,[A-Za-z0-9_:-]{1,255})*"),
    "tags (letters, digits, :, - and _) with commas between them"};
static struct form only = {PATTERN("droplet|database|vpc"), "droplet, database or vpc"};
static struct form service = {PATTERN("[A-Za-z0-9][A-Za-z0-9_.-]{0,62}"),
                              "the name of a service of the Compose files"};
static struct form user_name = {PATTERN("[a-z_][a-z0-9_-]{0,31}"), "a user's name"};
static struct form full_path = {PATTERN("/[^\\x00-\\x20\\x7f:,]{1,4094}"),
                                "a path from / on, without blanks, commas and colons"};
/* No part of a path is "..", so that nothing outside the folder is meant. */
static struct form path_list = {
    PATTERN("(?=.{1,4095}\\z)(?!.*(?<![^:/])\\.\\.(?![^:/]))(?![/-])[^\\x00-\\x1f\\x7f:]+"
            "(?::(?![/-])[^\\x00-\\x1f\\x7f:]+)*"),
    "paths below the application's folder, without .., with colons between them"};
/* The kinds are those of src/sinks/sinks.c. No line twice. */
#define LABEL "[a-z0-9](?:[a-z0-9.-]{0,61}[a-z0-9])?"
#define SINK                                                                                       \
    "(?:file:[^\\x00-\\x1f\\x7f-][^\\x00-\\x1f\\x7f]{0,1023}"                                      \
    "|env:[^\\x00-\\x1f\\x7f#-][^\\x00-\\x1f\\x7f#]{0,1023}#[A-Za-z_][A-Za-z0-9_]{0,127}"          \
    "|(?:compose|swarm|credential):[A-Za-z0-9][A-Za-z0-9_.-]{0,40}"                                \
    "|credential:/[^\\x00-\\x20\\x7f]{0,1000}/[A-Za-z0-9][A-Za-z0-9_.-]{0,40}"                     \
    "|kubernetes:" LABEL "/" LABEL "|command:[^\\x00-\\x20\\x7f-][^\\x00-\\x1f\\x7f]{0,1023})"
static struct form sinks = {
    PATTERN("(?![^\\x00]*(?:\\A|\\n)([^\\n]*)\\n(?:[^\\x00]*\\n)?\\1(?:\\n|\\z))" SINK "(?:\\n" SINK
            "){0,31}"),
    "file:PATH, env:PATH#NAME, compose:SERVICE, credential:NAME, swarm:NAME, "
    "kubernetes:NAMESPACE/NAME or command:COMMAND (none of them twice)"};

#define UUID "[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"
static struct form trust_rule = {
    PATTERN("droplet:(?:[1-9][0-9]{0,19}|(?=[0-9.-]*[A-Za-z])" HOST_NAME ")|(?:k8s|app):(?:" UUID
            "|[a-z][a-z0-9-]{0,62})"
            "|tag:[A-Za-z0-9][A-Za-z0-9_:-]{0,254}|ip_addr:(?:" OCTET "(?:\\." OCTET
            "){3}(?:/" PREFIX ")?)"),
    "droplet:, k8s: or app: with an ID or a name, tag:NAME or "
    "ip_addr:ADDRESS (IPv4)"};

static const struct {
    const char *key;      /* in the manifest; the long option's name where there is one */
    const char *variable; /* in the environment and in the env file */
    const char *fallback; /* where nothing else gives a value; the plan's, where the plan has one */
    struct form *form;
} specs[SETTING_COUNT] = {
    [SETTING_CLUSTER_NAME] = {"name", "DO_DB_NAME", "freshtrack-db", &cluster_name},
    [SETTING_REGION] = {"region", "DO_REGION", "nyc3", &slug},
    [SETTING_SIZE] = {"size", "DO_DB_SIZE", "db-s-1vcpu-2gb", &cluster_size},
    [SETTING_PG_VERSION] = {"pg-version", "DO_DB_VERSION", "15", &version},
    [SETTING_NODES] = {"nodes", NULL, "1", &small_number},
    [SETTING_DB_TAGS] = {"db-tags", "DO_DB_TAGS", NULL, &tags},
    [SETTING_STORAGE] = {"storage", "DO_DB_STORAGE", NULL, &storage},
    [SETTING_VPC_NAME] = {"vpc", "DO_VPC_NAME", "freshtrack-vpc", &vpc_name},
    [SETTING_VPC_IP_RANGE] = {"vpc-ip-range", NULL, "10.116.0.0/20", &ip_range},
    [SETTING_VPC_UUID] = {NULL, NULL, NULL, &identifier},
    [SETTING_POOL] = {"pool", "DO_DB_POOL", "app-pool", &pool_name},
    [SETTING_POOL_SIZE] = {"pool-size", "DO_DB_POOL_SIZE", "25", &pool_size},
    [SETTING_POOL_MODE] = {"pool-mode", "DO_DB_POOL_MODE", "transaction", &pool_mode},
    [SETTING_APP_USER] = {"app-user", "DO_DB_APP_USER", NULL, &sql_name},
    [SETTING_APP_DATABASE] = {"app-database", "DO_DB_APP_DATABASE", NULL, &sql_name},
    [SETTING_APP_FIRST] = {NULL, NULL, NULL, &sql_name},
    [SETTING_DROPLET_ID] = {"droplet", "DROPLET_ID", NULL, &identifier},
    [SETTING_CLUSTER_ID] = {NULL, NULL, NULL, &identifier},
    [SETTING_RULE] = {NULL, NULL, NULL, &trust_rule},
    [SETTING_USE_POOL] = {NULL, NULL, "true", &truth},
    [SETTING_NETWORK] = {"network", NULL, "auto", &network},
    [SETTING_SSL_MODE] = {"ssl-mode", NULL, "require", &ssl_mode},
    [SETTING_URL_PARAMS] = {"url-param", "DO_DB_URL_PARAMS", NULL, &url_params},
    [SETTING_DIRECT_FILE] = {"direct-file", NULL, NULL, &file_path},
    [SETTING_SINKS] = {"sink", NULL, NULL, &sinks},
    [SETTING_GRACE] = {"grace", NULL, NULL, &seconds},
    [SETTING_SECRETS_DIR] = {"secrets-dir", "MANAGED_DB_SECRETS_DIR", "/opt/freshtrack-pro/secrets",
                             &file_path},
    [SETTING_SECRET_FILE] = {"secret-file", NULL, NULL, &file_path},
    [SETTING_SECRET_OWNER] = {"secret-owner", "MANAGED_DB_SECRET_OWNER", NULL, &owner},
    [SETTING_CA_FILE] = {"ca-file", NULL, NULL, &file_path},
    [SETTING_USE_MANAGED_DB] = {NULL, "USE_MANAGED_DB", NULL, NULL},
    [SETTING_USE_DO_SPACES] = {NULL, "USE_DO_SPACES", NULL, NULL},
    [SETTING_API_TOKEN] = {NULL, "DO_API_TOKEN", NULL, &token},
    [SETTING_CONTEXT] = {"context", NULL, NULL, &identifier},
    [SETTING_DOCTL] = {"doctl", "MANAGED_DB_DOCTL", "doctl", &file_path},
    [SETTING_PSQL] = {"psql", "MANAGED_DB_PSQL", "psql", &file_path},
    [SETTING_VIA] = {"via", NULL, NULL, &words},
    [SETTING_DIALECT] = {"dialect", NULL, "auto", &dialect},
    [SETTING_JOBS] = {"jobs", NULL, "8", &small_number},
    [SETTING_TIMEOUT] = {"timeout", NULL, "120", &seconds},
    [SETTING_WAIT_TIMEOUT] = {"wait-timeout", "MANAGED_DB_WAIT_TIMEOUT", "1800", &seconds},
    [SETTING_POLL_INTERVAL] = {"poll-interval", "MANAGED_DB_POLL_INTERVAL", "10", &seconds},
    [SETTING_LOCK_TIMEOUT] = {"lock-timeout", NULL, "60", &seconds},
    [SETTING_LOCK_DIR] = {NULL, "MANAGED_DB_LOCK_DIR", NULL, &file_path},
    [SETTING_COLOR] = {NULL, NULL, "auto", &color},
    [SETTING_OUTPUT] = {NULL, NULL, "text", &output},
    [SETTING_ENV_FILE] = {NULL, NULL, NULL, &file_path},
    [SETTING_MANIFEST] = {NULL, NULL, NULL, &file_path},
    [SETTING_COMPOSE] = {NULL, NULL, NULL, &file_path},
    [SETTING_COMPOSE_COMMAND] = {"compose-command", "MANAGED_DB_COMPOSE", NULL, &words},
    [SETTING_COMPOSE_CONFIG] = {NULL, NULL, NULL, &input_path},
    [SETTING_OFFER] = {NULL, NULL, NULL, &offer},
    [SETTING_SHELL] = {NULL, NULL, NULL, &shell},
    [SETTING_SECRET_NAME] = {NULL, NULL, NULL, &secret_form},
    [SETTING_DROPLET_NAME] = {"droplet-name", "DROPLET_NAME", "freshtrack-pro", &host_name},
    [SETTING_DROPLET_SIZE] = {"droplet-size", "DO_DROPLET_SIZE", "s-2vcpu-4gb", &droplet_size},
    [SETTING_DROPLET_IMAGE] = {"image", "DO_DROPLET_IMAGE", "ubuntu-24-04-x64", &slug},
    [SETTING_DROPLET_TAGS] = {"tags", "DO_DROPLET_TAGS", "freshtrack-pro", &tags},
    [SETTING_SSH_KEY] = {"ssh-key", "DO_SSH_KEY_NAME", NULL, &label},
    [SETTING_USER_DATA] = {"user-data-file", NULL, NULL, &file_path},
    [SETTING_CONFIRM] = {NULL, NULL, NULL, NULL},
    [SETTING_ONLY] = {NULL, NULL, NULL, &only},
    [SETTING_FORCE_SHARED] = {NULL, NULL, NULL, &cluster_name},
    [SETTING_SSH_USER] = {NULL, "DEPLOY_SSH_USER", "root", &user_name},
    [SETTING_SSH_IDENTITY] = {NULL, "DEPLOY_SSH_IDENTITY", NULL, &file_path},
    [SETTING_DEPLOY_DIR] = {NULL, "DEPLOY_DIR", "/opt/freshtrack-pro", &full_path},
    [SETTING_DEPLOY_TIMEOUT] = {NULL, "DEPLOY_TIMEOUT", "900", &whole_seconds},
    [SETTING_START_TIMEOUT] = {NULL, "DEPLOY_START_TIMEOUT", "120", &whole_seconds},
    [SETTING_BACKEND_SERVICE] = {NULL, "DEPLOY_BACKEND_SERVICE", "backend", &service},
    [SETTING_CLOUD_FIREWALL] = {NULL, "DO_CLOUD_FIREWALL", "true", &truth},
    [SETTING_APP_DIR] = {NULL, "DEPLOY_APP_DIR", NULL, &file_path},
    [SETTING_APP_FILES] = {NULL, "DEPLOY_FILES", NULL, &path_list},
    [SETTING_APP_SECRETS] = {NULL, "DEPLOY_SECRETS", NULL, &file_path},
    [SETTING_COMPOSE_FILES] = {NULL, "DEPLOY_COMPOSE_FILES", "docker-compose.yml", &path_list},
};

bool settings_check(enum setting setting, const char *value, const char *where, struct error *error)
{
    struct form *form = specs[setting].form;
    if (!form || pattern_is(&form->pattern, value))
        return true;
    char *shown = settings_is_secret(setting) ? mem_copy("(not shown)")
                                              : quote_for_message(value, strlen(value));
    error_set(error, ERROR_USAGE, 0, "%s: '%s' is not %s", where, shown, form->text);
    free(shown);
    return false;
}

static bool set(struct settings *settings, enum setting setting, const char *value,
                enum source source, const char *where, struct error *error)
{
    if (!*value || settings->sources[setting] > source)
        return true;
    if (!settings_check(setting, value, where, error))
        return false;
    if (setting == SETTING_COMPOSE) {
        settings->compose =
            mem_grow(settings->compose, settings->compose_count + 1, sizeof *settings->compose);
        settings->compose[settings->compose_count++] = mem_copy(value);
        return true;
    }
    mem_free_secret(settings->values[setting]);
    settings->values[setting] = mem_copy(value);
    settings->sources[setting] = source;
    return true;
}

bool settings_set(struct settings *settings, enum setting setting, const char *value,
                  enum source source, const char *where, struct error *error)
{
    bool is_list = (setting == SETTING_URL_PARAMS && source == SOURCE_FLAG) ||
                   (setting == SETTING_SINKS && source >= SOURCE_MANIFEST);
    if (!is_list || settings->sources[setting] != source || !*value)
        return set(settings, setting, value, source, where, error);
    char *all = mem_format("%s%c%s", settings->values[setting],
                           setting == SETTING_SINKS ? '\n' : '&', value);
    bool good = set(settings, setting, all, source, where, error);
    free(all);
    return good;
}

bool settings_add_trust(struct settings *settings, const char *rule, const char *where,
                        struct error *error)
{
    if (!pattern_is(&trust_rule.pattern, rule)) {
        char *shown = quote_for_message(rule, strlen(rule));
        error_set(error, ERROR_USAGE, 0, "%s: '%s' is not %s", where, shown, trust_rule.text);
        free(shown);
        return false;
    }
    if (settings->trust_is_settled)
        return true;
    settings->trust = mem_grow(settings->trust, settings->trust_count + 1, sizeof *settings->trust);
    settings->trust[settings->trust_count++] = mem_copy(rule);
    return true;
}

void settings_put(struct settings *settings, enum setting setting, const char *value)
{
    char *copy = mem_copy(value);
    mem_free_secret(settings->values[setting]);
    settings->values[setting] = copy;
}

const char *settings_get(const struct settings *settings, enum setting setting)
{
    return settings->values[setting] ? settings->values[setting] : "";
}

int settings_ms(const struct settings *settings, enum setting setting)
{
    int ms = (int)(strtod(settings_get(settings, setting), NULL) * 1000 + 0.5);
    /* DigitalOcean is not asked without a pause. */
    return setting == SETTING_POLL_INTERVAL && ms == 0 ? 1000 : ms;
}

struct secretfile_owner settings_owner(const struct settings *settings)
{
    const char *text = settings_get(settings, SETTING_SECRET_OWNER);
    struct secretfile_owner result = {.wanted = *text != '\0', .uid = (uid_t)-1, .gid = (gid_t)-1};
    if (result.wanted) {
        char *rest;
        result.uid = (uid_t)strtoul(text, &rest, 10);
        result.gid = *rest == ':' ? (gid_t)strtoul(rest + 1, NULL, 10) : (gid_t)result.uid;
    }
    return result;
}

const char *settings_droplet(const struct settings *settings)
{
    bool named = settings->sources[SETTING_DROPLET_NAME] > settings->sources[SETTING_DROPLET_ID];
    return named ? "" : settings_get(settings, SETTING_DROPLET_ID);
}

bool settings_self_hosted(const struct settings *settings)
{
    const char *use = settings_get(settings, SETTING_USE_MANAGED_DB);
    return *use && strcmp(use, "true") != 0;
}

enum setting settings_by_key(const char *key)
{
    size_t i = 0;
    while (i < SETTING_COUNT && !(specs[i].key && strcmp(specs[i].key, key) == 0))
        i++;
    return (enum setting)i;
}

enum setting settings_by_variable(const char *variable)
{
    size_t i = 0;
    while (i < SETTING_COUNT && !(specs[i].variable && strcmp(specs[i].variable, variable) == 0))
        i++;
    return (enum setting)i;
}

const char *settings_key(enum setting setting)
{
    return specs[setting].key;
}

const char *settings_name(enum setting setting)
{
    return specs[setting].key ? specs[setting].key : specs[setting].variable;
}

const char *settings_variable(enum setting setting)
{
    return specs[setting].variable;
}

const char *settings_choices(enum setting setting)
{
    const struct form *form = specs[setting].form;
    const char *text = form ? form->pattern.text : "";
    return strchr(text, '|') && !text[strspn(text, "abcdefghijklmnopqrstuvwxyz-|")] ? text : NULL;
}

const char *settings_default(enum setting setting)
{
    return specs[setting].fallback;
}

bool settings_is_secret(enum setting setting)
{
    return setting == SETTING_API_TOKEN;
}

const char *settings_source(const struct settings *settings, enum setting setting)
{
    static const char *const names[] = {
        [SOURCE_NONE] = "",
        [SOURCE_DEFAULT] = "default",
        [SOURCE_MANIFEST] = "manifest",
        [SOURCE_ENV_FILE] = "env file",
        [SOURCE_ENVIRONMENT] = "environment",
        [SOURCE_FLAG] = "command line",
    };
    return names[settings->sources[setting]];
}

void settings_free(struct settings *settings)
{
    for (size_t i = 0; i < SETTING_COUNT; i++)
        mem_free_secret(settings->values[i]);
    for (size_t i = 0; i < settings->trust_count; i++)
        free(settings->trust[i]);
    free(settings->trust);
    for (size_t i = 0; i < settings->compose_count; i++)
        free(settings->compose[i]);
    free(settings->compose);
    for (size_t i = 0; i < settings->part_count; i++) {
        for (size_t at = 0; at < SETTING_COUNT; at++)
            free(settings->parts[i].values[at]);
        free(settings->parts[i].where);
    }
    free(settings->parts);
    for (size_t i = 0; settings->rest && settings->rest[i]; i++)
        free(settings->rest[i]);
    free(settings->rest);
    free(settings->simulator);
    *settings = (struct settings){.trust = NULL};
}
