/*
 * conninfo: user, password and database, whatever bytes they are, come back from the URL that was
 * made of them, by this program's reader and by libpq's; what may be shown of a URL does not depend
 * on the password; any bytes at all can be tried as a URI.
 */
#include "config.h"

#include "fuzz.h"

#include <string.h>

#include "base/memory.h"
#include "doctl/conninfo.h"

#ifdef FUZZ_LIBPQ
#include <libpq-fe.h>
#endif

static bool same(const struct conninfo *one, const struct conninfo *other)
{
    return strcmp(one->host, other->host) == 0 && strcmp(one->port, other->port) == 0 &&
           strcmp(one->user, other->user) == 0 && strcmp(one->password, other->password) == 0 &&
           strcmp(one->database, other->database) == 0;
}

#ifdef FUZZ_LIBPQ
static void check_libpq(const char *url, const struct conninfo *info)
{
    char *complaint = NULL;
    PQconninfoOption *options = PQconninfoParse(url, &complaint);
    MUST(options);
    size_t seen = 0;
    for (PQconninfoOption *option = options; option->keyword; option++) {
        const struct {
            const char *keyword, *value;
        } wanted[] = {{"host", info->host},       {"port", info->port},
                      {"user", info->user},       {"password", info->password},
                      {"dbname", info->database}, {"sslmode", "require"}};
        for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++)
            if (strcmp(option->keyword, wanted[i].keyword) == 0) {
                /* Only the host has brackets that are not part of it. */
                bool bracketed = i == 0 && *wanted[i].value == '[';
                const char *value = wanted[i].value + bracketed;
                size_t length = strlen(value) - bracketed;
                MUST(option->val && strlen(option->val) == length);
                MUST(strncmp(option->val, value, length) == 0);
                seen++;
            }
    }
    MUST(seen == 6);
    PQconninfoFree(options);
}
#endif

static void check_url(const struct conninfo *info, const char *url)
{
    struct conninfo back = CONNINFO_INIT;
    struct error error = ERROR_INIT;
    for (const char *at = url; *at; at++)
        MUST(*at > ' ' && *at <= '~');
    MUST(conninfo_parse(url, &back, &error));
    MUST(same(info, &back));
    MUST(conninfo_check(&back, &error) && conninfo_same_server(info, &back));
    conninfo_free(&back);
#ifdef FUZZ_LIBPQ
    check_libpq(url, info);
#endif
}

static void there_and_back(struct input *input)
{
    static const char *const hosts[] = {"private-freshtrack-db-do-user-1-0.k.db.ondigitalocean.com",
                                        "h", "[fd00::1]", "10.0.0.7"};
    unsigned choice = take_byte(input);
    struct conninfo info = {.host = mem_copy(hosts[choice % 4]),
                            .port = mem_copy(choice & 4 ? "25061" : "1"),
                            .user = take_string(input, '\0'),
                            .password = take_string(input, '\0'),
                            .database = take_string(input, '\0')};
    struct error error = ERROR_INIT;
    bool usable = conninfo_check(&info, &error);
    MUST(usable == (*info.user && *info.password && *info.database));
    if (!usable) {
        MUST(error.kind == ERROR_UNREADABLE && is_message(&error));
        conninfo_free(&info);
        return;
    }
    char *url = conninfo_url(&info, "require", "");
    char *masked = conninfo_masked(&info, "require", "");
    check_url(&info, url);

    /* As the API hands it out: not encoded. */
    if (!strpbrk(info.user, ":%\n") && !strpbrk(info.password, "%\n")) {
        char *raw = mem_format("postgres://%s:%s@%s:%s/defaultdb?sslmode=require", info.user,
                               info.password, info.host, info.port);
        struct conninfo back = CONNINFO_INIT;
        MUST(conninfo_parse(raw, &back, &error));
        MUST(strcmp(back.user, info.user) == 0 && strcmp(back.password, info.password) == 0);
        MUST(strcmp(back.host, info.host) == 0 && strcmp(back.port, info.port) == 0);
        MUST(strcmp(back.database, "defaultdb") == 0);
        conninfo_free(&back);
        mem_free_secret(raw);
    }

    mem_free_secret(info.password);
    info.password = mem_copy("x");
    char *other = conninfo_masked(&info, "require", "");
    MUST(strcmp(masked, other) == 0 && strstr(masked, ":****@"));
    free(other);
    free(masked);
    mem_free_secret(url);
    conninfo_free(&info);
}

static void any_bytes(struct input *input)
{
    struct conninfo info = CONNINFO_INIT;
    struct error error = ERROR_INIT;
    char *uri = take_string(input, '\0');
    char *other = take_string(input, '\0');
    char *pooler = conninfo_pooler_host(other);
    size_t longer = strlen(pooler) - strlen(other);
    MUST(longer == 0 || longer == strlen("-pooler"));
    free(pooler);
    if (conninfo_parse(uri, &info, &error)) {
        MUST(info.host && info.port && info.user && info.password && info.database);
        MUST(conninfo_same_server(&info, &info));
        if (conninfo_check(&info, &error)) {
            char *url = conninfo_url(&info, "require", "");
            check_url(&info, url);
            mem_free_secret(url);
        }
    } else {
        MUST(error.kind == ERROR_UNREADABLE);
        MUST(strcmp(error.text, "that is not a PostgreSQL connection URI") == 0);
        MUST(!info.host && !info.port && !info.user && !info.password && !info.database);
    }
    conninfo_free(&info);
    free(other);
    free(uri);
}

FUZZ(conninfo)
{
    struct input input = {bytes, size};
    if (take_byte(&input) & 1)
        there_and_back(&input);
    else
        any_bytes(&input);
    return 0;
}
