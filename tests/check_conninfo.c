#include "config.h"

#include "doctl/conninfo.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef HAVE_LIBPQ
#include <libpq-fe.h>
#endif

#include "base/memory.h"
#include "unit.h"

static struct error error;

static char letters[128]; /* every printable ASCII character, and a blank */

static void set_up(void)
{
    size_t length = 0;
    error = (struct error)ERROR_INIT;
    for (char c = 0x21; c < 0x7f; c++)
        letters[length++] = c;
    letters[length++] = ' ';
    letters[length] = '\0';
}

static struct conninfo some(const char *user, const char *password, const char *database)
{
    return (struct conninfo){mem_copy("db.example.com"), mem_copy("25060"), mem_copy(user),
                             mem_copy(password), mem_copy(database)};
}

static char *parsed(const char *uri)
{
    struct conninfo info = CONNINFO_INIT;
    unit_worked(conninfo_parse(uri, &info, &error), &error);
    char *text = unit_format("%s|%s|%s|%s|%s", info.user, info.password, info.host, info.port,
                             info.database);
    conninfo_free(&info);
    ck_assert_ptr_null(info.password);
    return text;
}

#ifdef HAVE_LIBPQ
/* One option of a URL as libpq reads it. */
static char *libpq(const char *url, const char *keyword)
{
    char *message = NULL;
    char *value = NULL;
    PQconninfoOption *options = PQconninfoParse(url, &message);
    ck_assert_msg(options != NULL, "libpq: %s", message);
    for (PQconninfoOption *option = options; option->keyword; option++)
        if (strcmp(option->keyword, keyword) == 0 && option->val)
            value = unit_format("%s", option->val);
    PQconninfoFree(options);
    ck_assert_msg(value != NULL, "libpq sees no %s", keyword);
    return value;
}
#endif

/* Parameters stand behind the SSL mode; ssl= stands in its place. */
START_TEST(more_parameters)
{
    struct conninfo info = some("u", "p", "d");
    static const char *const cases[][2] = {
        {"", "?sslmode=require"},
        {"pgbouncer=true&a=b", "?sslmode=require&pgbouncer=true&a=b"},
        {"ssl=true", "?ssl=true"},
        {"a=b&ssl=true", "?a=b&ssl=true"},
        {"nossl=true", "?sslmode=require&nossl=true"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char *url = conninfo_url(&info, "require", cases[i][0]);
        ck_assert_str_eq(strchr(url, '?'), cases[i][1]);
        mem_free_secret(url);
    }
    conninfo_free(&info);
}
END_TEST

/* What goes into a URL comes out of it, here and for libpq; the masked form hides the password. */
static void goes_round(const char *user, const char *password, const char *database)
{
    struct conninfo info = some(user, password, database);
    char *url = conninfo_url(&info, "verify-full", "");
    char *masked = conninfo_masked(&info, "verify-full", "");
    ck_assert_msg(strspn(url, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~%"
                              ":/@?=") == strlen(url),
                  "%s", url);
    char *wanted = unit_format("%s|%s|db.example.com|25060|%s", user, password, database);
    ck_assert_str_eq(parsed(url), wanted);
    ck_assert_ptr_nonnull(strstr(masked, ":****@db.example.com:25060/"));
    ck_assert_ptr_nonnull(strstr(masked, "?sslmode=verify-full"));
    struct conninfo shown = CONNINFO_INIT;
    unit_worked(conninfo_parse(masked, &shown, &error), &error);
    ck_assert_str_eq(shown.user, user);
    ck_assert_str_eq(shown.password, "****");
    conninfo_free(&shown);
#ifdef HAVE_LIBPQ
    ck_assert_str_eq(libpq(url, "user"), user);
    ck_assert_str_eq(libpq(url, "password"), password);
    ck_assert_str_eq(libpq(url, "dbname"), database);
    ck_assert_str_eq(libpq(url, "host"), "db.example.com");
    ck_assert_str_eq(libpq(url, "port"), "25060");
    ck_assert_str_eq(libpq(url, "sslmode"), "verify-full");
#endif
    mem_free_secret(url);
    free(masked);
    conninfo_free(&info);
}

START_TEST(every_character_goes_round)
{
    for (const char *c = letters; *c; c++) {
        char *inside = unit_format("a%cb", *c);
        char *alone = unit_format("%c", *c);
        goes_round(inside, "AVNS_x", "defaultdb");
        goes_round("doadmin", inside, "defaultdb");
        goes_round("doadmin", "AVNS_x", inside);
        goes_round(alone, alone, alone);
    }
    goes_round(letters, letters, letters);
    goes_round("\xc3\xa4\xe2\x82\xac", "\xf0\x9f\x98\x80\x01\xff", "\xc3\xb6");
}
END_TEST

/* What looks like an escape, or like another part of the URL. */
START_TEST(odd_passwords_go_round)
{
    static const char *const odd[] = {"100%",
                                      "%41",
                                      "%zz",
                                      "a@b@c",
                                      "a:b:c",
                                      "/?#[]@",
                                      "x@evil.example/",
                                      "?sslmode=",
                                      "&a=b",
                                      "p%25",
                                      "****",
                                      "%",
                                      "%%",
                                      "@",
                                      "postgresql://a:b@c/d",
                                      "host=evil x=y"};
    for (size_t i = 0; i < COUNT(odd); i++)
        goes_round("doadmin", odd[i], "defaultdb");
}
END_TEST

START_TEST(form_of_the_url)
{
    struct conninfo info = some("doadmin", "AVNS_s3cr3t/Pass", "default db");
    char *url = conninfo_url(&info, "require", "");
    ck_assert_str_eq(url, "postgresql://doadmin:AVNS_s3cr3t%2FPass@db.example.com:25060/"
                          "default%20db?sslmode=require");
    mem_free_secret(url);
    url = conninfo_masked(&info, "require", "");
    ck_assert_str_eq(url,
                     "postgresql://doadmin:****@db.example.com:25060/default%20db?sslmode=require");
    free(url);
    conninfo_free(&info);
}
END_TEST

START_TEST(masked_holds_no_password)
{
    static const char *const passwords[] = {"AVNS_s3cr3t", "s e c r e t", "p@ss:w/rd", "%70%77"};
    for (size_t i = 0; i < COUNT(passwords); i++) {
        struct conninfo info = some("doadmin", passwords[i], "defaultdb");
        char *url = conninfo_url(&info, "require", "");
        char *masked = conninfo_masked(&info, "require", "");
        char *encoded = unit_format("%s", strchr(strchr(url, ':') + 1, ':') + 1);
        *strchr(encoded, '@') = '\0';
        ck_assert_ptr_null(strstr(masked, passwords[i]));
        ck_assert_ptr_null(strstr(masked, encoded));
        mem_free_secret(url);
        free(masked);
        conninfo_free(&info);
    }
}
END_TEST

/* user | password | host | port | database */
static const struct {
    const char *uri, *wanted;
} uris[] = {
    {"postgresql://doadmin:AVNS_x@db.example.com:25060/defaultdb?sslmode=require",
     "doadmin|AVNS_x|db.example.com|25060|defaultdb"},
    {"postgres://doadmin:AVNS_x@db.example.com:25060/defaultdb?sslmode=require",
     "doadmin|AVNS_x|db.example.com|25060|defaultdb"},
    /* The userinfo ends at the last @; raw credentials stay raw. */
    {"postgresql://u:p@ss@h:1/d", "u|p@ss|h|1|d"},
    {"postgresql://u:p/a?b#c@h:1/d", "u|p/a?b#c|h|1|d"},
    {"postgresql://u:p%zz@h:1/d", "u|p%zz|h|1|d"},
    {"postgresql://u:100%@h:1/d", "u|100%|h|1|d"},
    {"postgresql://u:a:b:c@h:1/d", "u|a:b:c|h|1|d"},
    /* Encoded ones are decoded. */
    {"postgresql://u%40x:p%2Fa%3f@h:1/d%20e", "u@x|p/a?|h|1|d e"},
    /* Without credentials, as a pool without a user has it. */
    {"postgresql://:@h.example:25061/app-pool?sslmode=require", "||h.example|25061|app-pool"},
    {"postgresql://h.example:25061/app-pool", "||h.example|25061|app-pool"},
    {"postgresql://u@h:1/d", "u||h|1|d"},
    {"postgresql://u:@h:1/d", "u||h|1|d"},
    {"postgresql://:p@h:1/d", "|p|h|1|d"},
    /* Parts that are left out. */
    {"postgresql://u:p@h/d", "u|p|h||d"},
    {"postgresql://u:p@h:1", "u|p|h|1|"},
    {"postgresql://u:p@h:1/", "u|p|h|1|"},
    {"postgresql://u:p@h", "u|p|h||"},
    {"postgresql://u:p@h?sslmode=require", "u|p|h||"},
    {"postgresql://", "||||"},
    /* IPv6, and a newline at the end. */
    {"postgresql://u:p@[2001:db8::1]:25060/d", "u|p|[2001:db8::1]|25060|d"},
    {"postgresql://u:p@[::1]/d", "u|p|[::1]||d"},
    {"postgresql://u:p@h:1/d?sslmode=require\n", "u|p|h|1|d"},
};

START_TEST(uris_that_are_read)
{
    ck_assert_str_eq(parsed(uris[_i].uri), uris[_i].wanted);
}
END_TEST

static const char *const garbage[] = {
    "",
    "AVNS_secret",
    "host=h password=AVNS_secret",
    "mysql://u:AVNS_secret@h:1/d",
    "http://u:AVNS_secret@h:1/d",
    "xpostgresql://u:AVNS_secret@h:1/d",
    "postgresql:/u:AVNS_secret@h:1/d",
    " postgresql://u:AVNS_secret@h:1/d",
    "postgresql://u:AVNS_secret@h:port/d",
    "postgresql://u:AVNS_secret@h:1/d e",
    "postgresql://u:AVNS_secret@[::1/d",
    "postgresql://u:AVNS_secret@h h:1/d",
    "postgresql://u:AVNS_secret@h:1/d\npostgresql://u:AVNS_other@h:1/d",
};

START_TEST(uris_that_are_none)
{
    struct conninfo info = CONNINFO_INIT;
    unit_failed(conninfo_parse(garbage[_i], &info, &error), &error, ERROR_UNREADABLE, "URI");
    ck_assert_ptr_null(strstr(error.text, "AVNS"));
    ck_assert_ptr_null(strstr(error.text, "u:"));
    conninfo_free(&info);
}
END_TEST

/* A NUL ends a string: a password must not lose its end in silence. libpq refuses it too. */
START_TEST(an_encoded_nul)
{
    struct conninfo info = CONNINFO_INIT;
    if (conninfo_parse("postgresql://u:AVNS%00secret@h:1/d", &info, &error))
        ck_assert_str_eq(info.password, "AVNS%00secret");
    conninfo_free(&info);
    info = (struct conninfo)CONNINFO_INIT;
    if (conninfo_parse("postgresql://u:p@h:1/d%00e", &info, &error))
        ck_assert_str_eq(info.database, "d%00e");
    conninfo_free(&info);
}
END_TEST

static const struct {
    const char *host, *port, *user, *password, *database;
    const char *part; /* NULL: it is fine */
} checks[] = {
    {"db.example.com", "25060", "u", "p", "d", NULL},
    {"a", "1", "u", "p", "d", NULL},
    {"10.0.0.1", "65535", "u", "p", "d", NULL},
    {"[2001:db8::1]", "5432", "u", "p", "d", NULL},
    {"h_1-x.y", "5432", "\xc3\xa4", "any thing @:/", "d d", NULL},
    {"", "1", "u", "p", "d", "host"},
    {NULL, "1", "u", "p", "d", "host"},
    {"h/evil", "1", "u", "p", "d", "host"},
    {"h:1", "1", "u", "p", "d", "host"},
    {"u@h", "1", "u", "p", "d", "host"},
    {"h h", "1", "u", "p", "d", "host"},
    {"h\n", "1", "u", "p", "d", "host"},
    {"-h", "1", "u", "p", "d", "host"},
    {"h?x", "1", "u", "p", "d", "host"},
    {"h%41", "1", "u", "p", "d", "host"},
    {"[::1", "1", "u", "p", "d", "host"},
    {"<nil>", "1", "u", "p", "d", "host"},
    {"h", "", "u", "p", "d", "port"},
    {"h", "0", "u", "p", "d", "port"},
    {"h", "65536", "u", "p", "d", "port"},
    {"h", "99999", "u", "p", "d", "port"},
    {"h", "5432x", "u", "p", "d", "port"},
    {"h", "-1", "u", "p", "d", "port"},
    {"h", " 1", "u", "p", "d", "port"},
    {"h", "1\n", "u", "p", "d", "port"},
    {"h", "1", "", "AVNS_secret", "d", "user"},
    {"h", "1", "u", "", "d", "password"},
    {"h", "1", "u", NULL, "d", "password"},
    {"h", "1", "u", "AVNS_secret", "", "database"},
};

START_TEST(details_that_can_be_used)
{
    struct conninfo info = {mem_copy(checks[_i].host), mem_copy(checks[_i].port),
                            mem_copy(checks[_i].user), mem_copy(checks[_i].password),
                            mem_copy(checks[_i].database)};
    if (checks[_i].part) {
        char *words = unit_format("no usable %s", checks[_i].part);
        unit_failed(conninfo_check(&info, &error), &error, ERROR_UNREADABLE, words);
        ck_assert_ptr_null(strstr(error.text, "AVNS"));
    } else {
        unit_worked(conninfo_check(&info, &error), &error);
    }
    conninfo_free(&info);
}
END_TEST

START_TEST(pooler_hosts)
{
    static const char *const hosts[][2] = {
        {"db-do-user-1-0.k.db.ondigitalocean.com", "db-do-user-1-0.k-pooler.db.ondigitalocean.com"},
        {"private-db.db.ondigitalocean.com", "private-db-pooler.db.ondigitalocean.com"},
        {"localhost", "localhost"},
        {"db.example.com", "db.example.com"},
        {"", ""},
    };
    for (size_t i = 0; i < COUNT(hosts); i++) {
        char *pooler = conninfo_pooler_host(hosts[i][0]);
        ck_assert_str_eq(pooler, hosts[i][1]);
        free(pooler);
    }
}
END_TEST

#define DOMAIN ".db.ondigitalocean.com"

START_TEST(same_servers)
{
    static const struct {
        const char *one, *other;
        bool same;
    } pairs[] = {
        {"a" DOMAIN, "a" DOMAIN, true},
        {"a" DOMAIN, "private-a" DOMAIN, true},
        {"a-pooler" DOMAIN, "a" DOMAIN, true},
        {"private-a-pooler" DOMAIN, "a" DOMAIN, true},
        {"private-a" DOMAIN, "a-pooler" DOMAIN, true},
        {"a" DOMAIN, "b" DOMAIN, false},
        {"a" DOMAIN, "a-staging" DOMAIN, false},
        {"a", "a" DOMAIN, false},
        {"", "a" DOMAIN, false},
        {"my-private-a" DOMAIN, "my-a" DOMAIN, false},
    };
    for (size_t i = 0; i < COUNT(pairs); i++) {
        struct conninfo one = some("u", "p", "d");
        struct conninfo other = some("v", "q", "e");
        free(one.host);
        free(other.host);
        one.host = mem_copy(pairs[i].one);
        other.host = mem_copy(pairs[i].other);
        ck_assert_msg(conninfo_same_server(&one, &other) == pairs[i].same &&
                          conninfo_same_server(&other, &one) == pairs[i].same,
                      "%s and %s", pairs[i].one, pairs[i].other);
        conninfo_free(&one);
        conninfo_free(&other);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("conninfo");
    TCase *tests = unit_case(suite, "conninfo");
    tcase_add_checked_fixture(tests, set_up, NULL);
    tcase_add_test(tests, more_parameters);
    tcase_add_test(tests, every_character_goes_round);
    tcase_add_test(tests, odd_passwords_go_round);
    tcase_add_test(tests, form_of_the_url);
    tcase_add_test(tests, masked_holds_no_password);
    tcase_add_loop_test(tests, uris_that_are_read, 0, COUNT(uris));
    tcase_add_loop_test(tests, uris_that_are_none, 0, COUNT(garbage));
    tcase_add_test(tests, an_encoded_nul);
    tcase_add_loop_test(tests, details_that_can_be_used, 0, COUNT(checks));
    tcase_add_test(tests, pooler_hosts);
    tcase_add_test(tests, same_servers);
    return unit_run(suite);
}
