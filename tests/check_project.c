#include "config.h"

#include "compose/project.h"

#include <stdlib.h>
#include <string.h>

#include "unit.h"

static struct compose compose;
static struct error error;

static void set_up(void)
{
    compose = (struct compose)COMPOSE_INIT;
    error = (struct error)ERROR_INIT;
}

static void tear_down(void)
{
    compose_free(&compose);
}

static bool parse(const char *text)
{
    return compose_parse(&compose, "Compose", text, strlen(text), &error);
}

START_TEST(what_is_no_configuration)
{
    static const char *const texts[] = {"",
                                        "null",
                                        "[]",
                                        "{}",
                                        "{\"name\": \"x\"}",
                                        "{\"services\": []}",
                                        "{\"services\": {\"a\": 1}}",
                                        "{\"services\": {}, \"secrets\": \"x\"}",
                                        "{\"services\""};
    ck_assert(!parse(texts[_i]));
    ck_assert_int_eq(error.kind, ERROR_USAGE);
}
END_TEST

START_TEST(sections_may_be_left_out)
{
    ck_assert_msg(parse("{\"services\": null}"), "%s", error.text);
    ck_assert_uint_eq(compose.services->count, 0);
    ck_assert_uint_eq(compose.secrets->count, 0);
}
END_TEST

START_TEST(a_doubled_dollar_is_one)
{
    const char *path;
    ck_assert(parse("{\"services\": {}, \"secrets\": {\"s\": {\"file\": \"/a/$$b/$$$$/c\"}}}"));
    ck_assert(compose_secret_file(&compose, "s", &path, &error));
    ck_assert_str_eq(path, "/a/$b/$$/c");
}
END_TEST

START_TEST(targets_of_secrets)
{
    static const struct {
        const char *mount, *target;
    } mounts[] = {{"{source: a}", "/run/secrets/a"},
                  {"a", "/run/secrets/a"},
                  {"{source: a, target: b}", "/run/secrets/b"},
                  {"{source: a, target: /run/secrets/b}", "/run/secrets/b"},
                  {"{source: a, target: /etc/b}", "/etc/b"}};
    char *text = unit_format("services: {web: {secrets: [%s]}}", mounts[_i].mount);
    ck_assert_msg(parse(text), "%s", error.text);
    const struct node *web = node_get(compose.services, "web");
    char *target = compose_secret_target(node_get(web, "secrets")->items[0]);
    ck_assert_str_eq(target, mounts[_i].target);
    ck_assert_ptr_nonnull(compose_find_mount(web, mounts[_i].target));
    ck_assert_ptr_null(compose_find_mount(web, "c"));
    free(target);
}
END_TEST

#define SECRETS                                                                                    \
    "secrets: {a: {file: /a}, b: {file: /b}, c: {file: /a}, x: {external: true}, "                 \
    "e: {environment: E}}\n"

/* The file of the URL, or words of the refusal. */
static const struct {
    const char *services, *url, *direct, *refusal;
} urls[] = {
    {"web: {secrets: [{source: a, target: database_url}]}", "/a", NULL, NULL},
    {"web: {secrets: [{source: a, target: /run/secrets/database_url}]}", "/a", NULL, NULL},
    {"web: {secrets: [{source: a, target: do_database_url}]}", "/a", NULL, NULL},
    {"web: {secrets: [{source: a, target: database_url}, {source: b, target: "
     "database_url_direct}]}",
     "/a", "/b", NULL},
    {"web: {environment: {DATABASE_URL_FILE: /etc/dsn}, secrets: [{source: a, target: "
     "database_url}, {source: b, target: /etc/dsn}]}",
     "/b", NULL, NULL},
    /* One file under two names is one. */
    {"web: {secrets: [{source: a, target: database_url}]}, w: {secrets: [{source: c, target: "
     "database_url}]}",
     "/a", NULL, NULL},
    {"web: {secrets: [{source: a, target: database_url}]}, w: {secrets: [{source: b, target: "
     "database_url}]}",
     NULL, NULL, "only one of them can be meant"},
    {"web: {secrets: [{source: a, target: database_url}, {source: b, target: do_database_url}]}",
     NULL, NULL, "only one of them can be meant"},
    /* At one path: Docker mounts the last, other releases of Compose may merge them. */
    {"web: {secrets: [{source: a, target: /run/secrets/database_url}, {source: b, target: "
     "database_url}]}",
     NULL, NULL, "only one of them can be meant"},
    {"web: {secrets: [{source: x, target: database_url}]}", NULL, NULL,
     "comes from no file on this host"},
    {"web: {secrets: [{source: e, target: database_url}]}", NULL, NULL,
     "comes from no file on this host"},
    {"web: {secrets: [{source: a, target: other}]}", NULL, NULL, "no service that starts has a"},
    {"web: {environment: {DATABASE_URL_FILE: /etc/dsn}, secrets: [{source: a, target: "
     "database_url}]}",
     NULL, NULL, "names a file at which it has no secret"},
    {"web: {image: x}", NULL, NULL, "no service that starts has a"},
};

START_TEST(one_file_of_the_url_or_none)
{
    const char *url;
    const char *direct;
    char *text = unit_format("services: {%s}\n" SECRETS, urls[_i].services);
    ck_assert_msg(parse(text), "%s", error.text);
    bool good = compose_url_files(&compose, &url, &direct, &error);
    if (!urls[_i].url) {
        unit_failed(good, &error, ERROR_USAGE, urls[_i].refusal);
        return;
    }
    ck_assert_msg(good, "%s", error.text);
    ck_assert_str_eq(url, urls[_i].url);
    ck_assert_str_eq(direct ? direct : "", urls[_i].direct ? urls[_i].direct : "");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("project");
    TCase *tests = unit_case(suite, "project");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_loop_test(tests, what_is_no_configuration, 0, 9);
    tcase_add_test(tests, sections_may_be_left_out);
    tcase_add_test(tests, a_doubled_dollar_is_one);
    tcase_add_loop_test(tests, targets_of_secrets, 0, 5);
    tcase_add_loop_test(tests, one_file_of_the_url_or_none, 0, COUNT(urls));
    return unit_run(suite);
}
