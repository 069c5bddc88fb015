#include "config.h"

#include "forms.h"

#include <string.h>

#include "fuzz.h"

#define LOWER  "abcdefghijklmnopqrstuvwxyz"
#define UPPER  "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"
#define HEX    DIGITS "abcdefABCDEF"

/* `least` to `most` characters, the first of one set, the rest of another. */
static bool consists(const char *text, size_t least, size_t most, const char *first,
                     const char *rest)
{
    size_t length = strlen(text);
    return length >= least && length <= most && strchr(first, text[0]) &&
           strspn(text + 1, rest) == length - 1;
}

static bool is_number(const char *text, size_t digits)
{
    return consists(text, 1, digits, "123456789", DIGITS);
}

static bool is_one_of(const char *text, const char *const *words)
{
    while (*words && strcmp(*words, text) != 0)
        words++;
    return *words != NULL;
}

/*
 * Digits up to `end` (a NUL or one character), at most `most` of them. Gives what is behind them.
 */
static const char *skip_digits(const char *text, size_t most, size_t *count)
{
    *count = text ? strspn(text, DIGITS) : 0;
    return *count >= 1 && *count <= most ? text + *count : NULL;
}

static bool is_ip_range(const char *text)
{
    size_t count;
    for (int octet = 0; octet < 4; octet++) {
        const char *start = text;
        text = skip_digits(start, 3, &count);
        if (!text || atoi(start) > 255 || (count > 1 && *start == '0') ||
            *text++ != (octet < 3 ? '.' : '/'))
            return false;
    }
    const char *end = skip_digits(text, 2, &count);
    return end && !*end && atoi(text) <= 32 && (count == 1 || *text != '0');
}

static bool is_path(const char *text)
{
    size_t length = strlen(text);
    for (const char *at = text; *at; at++)
        if ((unsigned char)*at < 0x20 || *at == 0x7f)
            return false;
    return length >= 1 && length <= 4095 && *text != '-';
}

static bool is_owner(const char *text)
{
    size_t count;
    const char *end = skip_digits(text, 9, &count);
    if (end && *end == ':')
        end = skip_digits(end + 1, 9, &count);
    return end && !*end;
}

static bool is_seconds(const char *text)
{
    size_t count;
    const char *end = skip_digits(text, 6, &count);
    if (end && *end == '.')
        end = skip_digits(end + 1, 3, &count);
    return end && !*end;
}

static bool is_token(const char *text)
{
    size_t length = strlen(text);
    for (const char *at = text; *at; at++)
        if (*at <= ' ' || *at > '~')
            return false;
    return length >= 1 && length <= 4096;
}

static bool has_no_controls(const char *text, size_t least, size_t most)
{
    size_t length = strlen(text);
    for (const char *at = text; *at; at++)
        if ((unsigned char)*at < 0x20 || *at == 0x7f)
            return false;
    return length >= least && length <= most;
}

static bool is_full_path(const char *text)
{
    return has_no_controls(text, 2, 4095) && *text == '/' && !strpbrk(text, " :,");
}

static bool is_tags(const char *text)
{
    if (*text == '-' || strlen(text) > 1000)
        return false;
    for (;;) {
        size_t length = strcspn(text, ",");
        if (length < 1 || length > 255 || strspn(text, LOWER UPPER DIGITS "_:-") < length)
            return false;
        if (!text[length])
            return true;
        text += length + 1;
    }
}

/* Whether a part of a path is "..". */
static bool goes_up(const char *path, size_t length)
{
    for (size_t start = 0; start <= length;) {
        size_t end = start;
        while (end < length && path[end] != '/')
            end++;
        if (end - start == 2 && path[start] == '.' && path[start + 1] == '.')
            return true;
        start = end + 1;
    }
    return false;
}

static bool is_path_list(const char *text)
{
    if (!has_no_controls(text, 1, 4095))
        return false;
    for (;;) {
        size_t length = strcspn(text, ":");
        if (length < 1 || *text == '/' || *text == '-' || goes_up(text, length))
            return false;
        if (!text[length])
            return true;
        text += length + 1;
    }
}

static bool is_uuid(const char *text)
{
    for (size_t i = 0; i < 36; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (!text[i] || (dash ? text[i] != '-' : !strchr(HEX, text[i])))
            return false;
    }
    return !text[36];
}

/* An IPv4 address, or a range of them. */
static bool is_address(const char *text)
{
    size_t length = strcspn(text, "/");
    char range[64];
    if (strlen(text) > 40)
        return false;
    strcpy(range, text);
    if (!text[length])
        strcat(range, "/32");
    return is_ip_range(range);
}

bool is_rule(const char *text)
{
    if (strncmp(text, "droplet:", 8) == 0)
        return (consists(text + 8, 1, 20, DIGITS, DIGITS) && text[8] != '0') ||
               (has_form(SETTING_DROPLET_NAME, text + 8) && strpbrk(text + 8, LOWER UPPER));
    if (strncmp(text, "k8s:", 4) == 0 || strncmp(text, "app:", 4) == 0)
        return is_uuid(text + 4) || consists(text + 4, 1, 63, LOWER, LOWER DIGITS "-");
    if (strncmp(text, "tag:", 4) == 0)
        return consists(text + 4, 1, 255, LOWER UPPER DIGITS, LOWER UPPER DIGITS "_:-");
    return strncmp(text, "ip_addr:", 8) == 0 && is_address(text + 8);
}

/* KEY=VALUE, with & between several; keys differ, and are none of the URL's own. */
static bool is_url_params(const char *text)
{
    static const char *const own[] = {"sslmode", "user",   "password", "host",
                                      "port",    "dbname", NULL};
    if (strlen(text) > 1000)
        return false;
    for (const char *at = text;; at++) {
        size_t key = strcspn(at, "=&");
        size_t length = strcspn(at, "&");
        char name[1001] = "";
        memcpy(name, at, key);
        if (!consists(name, 1, 1000, LOWER UPPER "_", LOWER UPPER DIGITS "_.-") ||
            is_one_of(name, own) || length < key + 2)
            return false;
        for (size_t i = key + 1; i < length; i++)
            if (at[i] == '%' ? i + 2 >= length || !strchr(HEX, at[i + 1]) || !strchr(HEX, at[i + 2])
                             : !strchr(LOWER UPPER DIGITS "._~!$'()*+,;:@/-", at[i]))
                return false;
            else
                i += at[i] == '%' ? 2 : 0;
        for (const char *before = text; before < at; before += strcspn(before, "&") + 1)
            if (strncmp(before, at, key + 1) == 0)
                return false;
        at += length;
        if (!*at)
            return true;
    }
}

static bool is_word(const char *text)
{
    return consists(text, 1, 41, LOWER UPPER DIGITS, LOWER UPPER DIGITS "_.-");
}

static bool is_label(const char *text)
{
    return consists(text, 1, 63, LOWER DIGITS, LOWER DIGITS ".-") &&
           !strchr(".-", text[strlen(text) - 1]);
}

/* KIND:WHERE; the text may be changed. */
static bool is_sink(char *text)
{
    char *where = strchr(text, ':');
    if (!where)
        return false;
    *where++ = '\0';
    if (is_one_of(text, (const char *const[]){"compose", "swarm", NULL}))
        return is_word(where);
    if (strcmp(text, "credential") == 0) {
        char *slash = strrchr(where, '/');
        size_t folder = slash ? (size_t)(slash - where) + 1 : 0;
        bool good = folder == 0 || (folder >= 2 && folder <= 1002 && *where == '/');
        for (size_t i = 0; i < folder; i++)
            good = good && (unsigned char)where[i] > ' ' && where[i] != 0x7f;
        return good && is_word(where + folder);
    }
    if (strcmp(text, "file") == 0)
        return has_no_controls(where, 1, 1024) && *where != '-';
    if (strcmp(text, "command") == 0)
        return has_no_controls(where, 1, 1024) && *where != '-' && *where != ' ';
    char *part = strchr(where, strcmp(text, "env") == 0 ? '#' : '/');
    if (!part)
        return false;
    *part++ = '\0';
    return strcmp(text, "env") == 0
               ? has_no_controls(where, 1, 1024) && *where != '-' &&
                     consists(part, 1, 128, LOWER UPPER "_", LOWER UPPER DIGITS "_")
               : strcmp(text, "kubernetes") == 0 && is_label(where) && is_label(part);
}

/* One a line, none of them twice. */
static bool is_sinks(const char *text)
{
    char line[2048];
    size_t count = 0;
    for (const char *at = text;; at++) {
        size_t length = strcspn(at, "\n");
        if (length >= sizeof line || ++count > 32)
            return false;
        memcpy(line, at, length);
        line[length] = '\0';
        if (!is_sink(line))
            return false;
        for (const char *before = text; before < at; before += strcspn(before, "\n") + 1)
            if (strcspn(before, "\n") == length && strncmp(before, at, length) == 0)
                return false;
        at += length;
        if (!*at)
            return true;
    }
}

bool has_form(enum setting setting, const char *value)
{
    size_t length = strlen(value);
    switch (setting) {
    case SETTING_CLUSTER_NAME:
    case SETTING_FORCE_SHARED:
        return consists(value, 1, 63, LOWER DIGITS, LOWER DIGITS "-") && value[length - 1] != '-';
    case SETTING_VPC_NAME:
        return consists(value, 1, 255, LOWER UPPER DIGITS, LOWER UPPER DIGITS ".-");
    case SETTING_POOL:
        return consists(value, 3, 60, LOWER UPPER DIGITS "_", LOWER UPPER DIGITS "_.-");
    case SETTING_SIZE:
        return consists(value, 2, 64, LOWER DIGITS, LOWER DIGITS "_-") &&
               strncmp(value, "s-", 2) != 0 && strncmp(value, "c-", 2) != 0 &&
               strncmp(value, "c2-", 3) != 0 && strncmp(value, "g-", 2) != 0;
    case SETTING_REGION:
        return consists(value, 2, 64, LOWER DIGITS, LOWER DIGITS "_-");
    case SETTING_VPC_UUID:
    case SETTING_DROPLET_ID:
    case SETTING_CLUSTER_ID:
    case SETTING_CONTEXT:
        return consists(value, 1, 128, LOWER UPPER DIGITS, LOWER UPPER DIGITS "_.-");
    case SETTING_RULE:
        return is_rule(value);
    case SETTING_PG_VERSION:
    case SETTING_NODES:
    case SETTING_JOBS:
        return is_number(value, 2);
    case SETTING_POOL_SIZE:
        return is_number(value, 4);
    case SETTING_VPC_IP_RANGE:
        return is_ip_range(value);
    case SETTING_USE_POOL:
    case SETTING_CLOUD_FIREWALL:
        return is_one_of(value, (const char *const[]){"true", "false", NULL});
    case SETTING_STORAGE:
        return is_number(value, 9) && length >= 4;
    case SETTING_POOL_MODE:
        return is_one_of(value, (const char *const[]){"transaction", "session", "statement", NULL});
    case SETTING_NETWORK:
        return is_one_of(value, (const char *const[]){"private", "public", "auto", NULL});
    case SETTING_SSL_MODE:
        return is_one_of(value, (const char *const[]){"require", "verify-ca", "verify-full", NULL});
    case SETTING_URL_PARAMS:
        return is_url_params(value);
    case SETTING_APP_USER:
    case SETTING_APP_FIRST:
    case SETTING_APP_DATABASE:
        return consists(value, 1, 57, LOWER "_", LOWER DIGITS "_-") &&
               !is_one_of(value, (const char *const[]){"doadmin", "postgres", NULL}) &&
               strncmp(value, "pg_", 3) != 0;
    case SETTING_SINKS:
        return is_sinks(value);
    case SETTING_DIALECT:
        return is_one_of(value, (const char *const[]){"auto", "plan", "shipped", NULL});
    case SETTING_COLOR:
        return is_one_of(value, (const char *const[]){"auto", "always", "never", NULL});
    case SETTING_OUTPUT:
        return is_one_of(value, (const char *const[]){"text", "json", "env", NULL});
    case SETTING_SECRET_OWNER:
        return is_owner(value);
    case SETTING_API_TOKEN:
        return is_token(value);
    case SETTING_TIMEOUT:
    case SETTING_WAIT_TIMEOUT:
    case SETTING_POLL_INTERVAL:
    case SETTING_LOCK_TIMEOUT:
    case SETTING_GRACE:
        return is_seconds(value);
    case SETTING_SECRETS_DIR:
    case SETTING_SECRET_FILE:
    case SETTING_CA_FILE:
    case SETTING_DIRECT_FILE:
    case SETTING_PSQL:
    case SETTING_DOCTL:
    case SETTING_LOCK_DIR:
    case SETTING_ENV_FILE:
    case SETTING_MANIFEST:
    case SETTING_COMPOSE:
        return is_path(value);
    case SETTING_COMPOSE_CONFIG:
        return is_path(value) || strcmp(value, "-") == 0;
    case SETTING_OFFER:
        return is_one_of(value, (const char *const[]){"region", "size", "pg-version",
                                                      "droplet-size", "image", NULL});
    case SETTING_SHELL:
        return is_one_of(value, (const char *const[]){"bash", "zsh", "fish", NULL});
    case SETTING_SECRET_NAME:
        return consists(value, 1, 255, LOWER UPPER DIGITS "_.", LOWER UPPER DIGITS "_./:-");
    case SETTING_DROPLET_NAME:
        return consists(value, 1, 253, LOWER UPPER DIGITS, LOWER UPPER DIGITS ".-") &&
               !strchr(".-", value[length - 1]);
    case SETTING_DROPLET_SIZE:
        return consists(value, 2, 64, LOWER DIGITS, LOWER DIGITS "_-") &&
               strncmp(value, "db-", 3) != 0;
    case SETTING_DROPLET_IMAGE:
        return consists(value, 2, 64, LOWER DIGITS, LOWER DIGITS "_-");
    case SETTING_DROPLET_TAGS:
    case SETTING_DB_TAGS:
        return is_tags(value);
    case SETTING_SSH_KEY:
        return has_no_controls(value, 1, 255) && *value != '-';
    case SETTING_VIA:
    case SETTING_COMPOSE_COMMAND:
        return has_no_controls(value, 1, 1024) && *value != '-';
    case SETTING_SSH_USER:
        return consists(value, 1, 32, LOWER "_", LOWER DIGITS "_-");
    case SETTING_DEPLOY_DIR:
        return is_full_path(value);
    case SETTING_ONLY:
        return is_one_of(value, (const char *const[]){"droplet", "database", "vpc", NULL});
    case SETTING_BACKEND_SERVICE:
        return consists(value, 1, 63, LOWER UPPER DIGITS, LOWER UPPER DIGITS "_.-");
    case SETTING_DEPLOY_TIMEOUT:
    case SETTING_START_TIMEOUT:
        return length <= 6 && length >= 1 && strspn(value, DIGITS) == length &&
               (*value != '0' || length == 1);
    case SETTING_USER_DATA:
    case SETTING_SSH_IDENTITY:
    case SETTING_APP_DIR:
    case SETTING_APP_SECRETS:
        return is_path(value);
    case SETTING_APP_FILES:
    case SETTING_COMPOSE_FILES:
        return is_path_list(value);
    case SETTING_CONFIRM:
    case SETTING_USE_MANAGED_DB:
    case SETTING_USE_DO_SPACES:
        return true;
    case SETTING_COUNT:
        break;
    }
    return false;
}

void check_settings(const struct settings *settings)
{
    for (size_t i = 0; i < SETTING_COUNT; i++) {
        const char *value = settings->values[i];
        MUST((value != NULL) == (settings->sources[i] != SOURCE_NONE));
        MUST(!value || has_form((enum setting)i, value));
    }
    for (size_t i = 0; i < settings->trust_count; i++)
        MUST(is_rule(settings->trust[i]));
}
