#include "config.h"

#include "doctl/conninfo.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "base/pattern.h"

#define PLAN_DOMAIN ".db.ondigitalocean.com"

static struct pattern host_pattern =
    PATTERN("[A-Za-z0-9](?:[A-Za-z0-9._-]{0,251}[A-Za-z0-9])?|\\[[0-9A-Fa-f:.]{2,45}\\]");
static struct pattern port_pattern = PATTERN("[1-9][0-9]{0,4}");
/* The greedy userinfo reaches to the last @. */
static struct pattern uri_pattern = PATTERN(
    "\\Apostgres(?:ql)?://(?:([^\\n]*)@)?([^/?#:\\[\\]@\\s]+|\\[[^\\]@\\s]*\\])?(?::([0-9]*))?"
    "(?:/([^?#\\s]*))?(?:\\?[^\\n]*)?\\s*\\z");
/* Characters that need no encoding, and complete escapes. */
static struct pattern encoded_pattern = PATTERN("(?:[A-Za-z0-9._~!$&'()*+,;=:-]|%[0-9A-Fa-f]{2})*");

void conninfo_free(struct conninfo *info)
{
    free(info->host);
    free(info->port);
    free(info->user);
    mem_free_secret(info->password);
    free(info->database);
    *info = (struct conninfo)CONNINFO_INIT;
}

void conninfo_copy(struct conninfo *to, const struct conninfo *from)
{
    *to = (struct conninfo){mem_copy(from->host), mem_copy(from->port), mem_copy(from->user),
                            mem_copy(from->password), mem_copy(from->database)};
}

bool conninfo_check(const struct conninfo *info, struct error *error)
{
    const struct {
        const char *name, *value;
        struct pattern *form;
    } fields[] = {{"host", info->host, &host_pattern},
                  {"port", info->port, &port_pattern},
                  {"user", info->user, NULL},
                  {"password", info->password, NULL},
                  {"database", info->database, NULL}};
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        if (!fields[i].value || !*fields[i].value ||
            (fields[i].form && !pattern_is(fields[i].form, fields[i].value)))
            return error_set(error, ERROR_UNREADABLE, 0, "the connection details have no usable %s",
                             fields[i].name);
    if (strtol(info->port, NULL, 10) > 65535)
        return error_set(error, ERROR_UNREADABLE, 0, "the connection details have no usable port");
    return true;
}

static void encode(struct buffer *url, const char *value)
{
    static const char plain[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    for (; *value; value++) {
        if (strchr(plain, *value))
            buffer_add(url, value, 1);
        else
            buffer_add_format(url, "%%%02X", (unsigned)(unsigned char)*value);
    }
}

static char *compose(const struct conninfo *info, const char *ssl_mode, const char *more,
                     bool masked)
{
    struct buffer url = BUFFER_INIT;
    buffer_add_text(&url, "postgresql://");
    encode(&url, info->user);
    buffer_add_text(&url, ":");
    if (masked)
        buffer_add_text(&url, "****");
    else
        encode(&url, info->password);
    buffer_add_format(&url, "@%s:%s/", info->host, info->port);
    encode(&url, info->database);
    bool has_ssl = strncmp(more, "ssl=", 4) == 0 || strstr(more, "&ssl=");
    if (!has_ssl)
        buffer_add_format(&url, "?sslmode=%s", ssl_mode);
    if (*more)
        buffer_add_format(&url, "%s%s", has_ssl ? "?" : "&", more);
    return buffer_take(&url);
}

char *conninfo_url(const struct conninfo *info, const char *ssl_mode, const char *more)
{
    return compose(info, ssl_mode, more, false);
}

char *conninfo_masked(const struct conninfo *info, const char *ssl_mode, const char *more)
{
    return compose(info, ssl_mode, more, true);
}

static int hex(char digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    return (digit | 0x20) - 'a' + 10;
}

static void decode(char *text)
{
    char *to = text;
    size_t length = strlen(text);
    for (const char *from = text; *from; from++) {
        if (*from == '%') {
            *to++ = (char)(hex(from[1]) * 16 + hex(from[2]));
            from += 2;
        } else {
            *to++ = *from;
        }
    }
    /* What is behind the shorter text now may be a part of a password. */
    mem_wipe(to, (size_t)(text + length - to));
}

/* A %00 would end the string. */
static bool is_encoded(const char *text)
{
    return pattern_is(&encoded_pattern, text) && !strstr(text, "%00");
}

bool conninfo_parse(const char *uri, struct conninfo *info, struct error *error)
{
    struct span groups[PATTERN_GROUPS];
    if (!pattern_match(&uri_pattern, uri, strlen(uri), 0, groups))
        return error_set(error, ERROR_UNREADABLE, 0, "that is not a PostgreSQL connection URI");
    char *userinfo = groups[1].start ? mem_copy_n(groups[1].start, groups[1].length) : mem_copy("");
    /* The API hands out credentials as they are; other writers encode them. */
    bool encoded = strchr(userinfo, '%') && is_encoded(userinfo);
    size_t split = strcspn(userinfo, ":");
    info->user = mem_copy_n(userinfo, split);
    info->password = mem_copy(userinfo[split] ? userinfo + split + 1 : "");
    mem_free_secret(userinfo);
    if (encoded) {
        decode(info->user);
        decode(info->password);
    }
    info->host = mem_copy_n(groups[2].start ? groups[2].start : "", groups[2].length);
    info->port = mem_copy_n(groups[3].start ? groups[3].start : "", groups[3].length);
    info->database = mem_copy_n(groups[4].start ? groups[4].start : "", groups[4].length);
    if (is_encoded(info->database))
        decode(info->database);
    return true;
}

char *conninfo_pooler_host(const char *host)
{
    const char *domain = strstr(host, PLAN_DOMAIN);
    if (!domain)
        return mem_copy(host);
    return mem_format("%.*s-pooler%s", (int)(domain - host), host, domain);
}

/* The host without the parts for VPC and pooler. */
static char *server(const char *host)
{
    if (strncmp(host, "private-", 8) == 0)
        host += 8;
    char *bare = mem_copy(host);
    char *pooler = strstr(bare, "-pooler" PLAN_DOMAIN);
    if (pooler)
        memmove(pooler, pooler + 7, strlen(pooler + 7) + 1);
    return bare;
}

bool conninfo_same_server(const struct conninfo *one, const struct conninfo *other)
{
    char *first = server(one->host);
    char *second = server(other->host);
    bool same = strcmp(first, second) == 0;
    free(first);
    free(second);
    return same;
}
