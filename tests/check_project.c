#include "config.h"

#include "compose/project.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "compose/check.h"
#include "unit.h"
#include "yaml/parse.h"

static struct tree *document;
static struct error error;

static void set_up(void)
{
    document = tree_new();
    error = (struct error)ERROR_INIT;
}

static void tear_down(void)
{
    tree_free(document);
}

static struct node *parse(const char *text)
{
    struct node *root;
    ck_assert_msg(yaml_parse(document, "a.yaml", text, strlen(text), &root, &error), "%s",
                  error.text);
    return root;
}

START_TEST(profiles_enable)
{
    const struct node *service = parse("{profiles: [a, b]}");
    ck_assert(!compose_is_enabled(service, NULL) && !compose_is_enabled(service, ""));
    ck_assert(compose_is_enabled(service, "a") && compose_is_enabled(service, "x,b"));
    ck_assert(!compose_is_enabled(service, "ab") && compose_is_enabled(service, "*"));
    ck_assert(compose_is_enabled(parse("{profiles: []}"), NULL));
    ck_assert(compose_is_enabled(parse("{image: a}"), "x"));
}
END_TEST

START_TEST(profiles_of_the_modes)
{
    static const char *const expected[] = {"self-hosted-db,self-hosted-storage", "self-hosted-db",
                                           "self-hosted-storage", ""};
    for (int mode = 0; mode < 4; mode++) {
        char *profiles = compose_mode_profiles(mode & 2, mode & 1);
        ck_assert_str_eq(profiles, expected[mode]);
        free(profiles);
    }
}
END_TEST

START_TEST(targets_of_secrets)
{
    static const struct {
        const char *mount, *target;
    } mounts[] = {{"{source: a}", "/run/secrets/a"},
                  {"{source: a, target: b}", "/run/secrets/b"},
                  {"{source: a, target: /etc/b}", "/etc/b"}};
    for (size_t i = 0; i < COUNT(mounts); i++) {
        char *target = compose_secret_target(parse(mounts[i].mount));
        ck_assert_str_eq(target, mounts[i].target);
        free(target);
    }
}
END_TEST

START_TEST(paths_are_resolved)
{
    static const struct {
        const char *path, *resolved;
    } paths[] = {{"a", "/srv/app/a"},
                 {"./a/../b//c/.", "/srv/app/b/c"},
                 {"../x", "/srv/x"},
                 {"../../..", "/"},
                 {"/a/./b", "/a/b"},
                 {"~/s", "/home/me/s"},
                 {"~other/s", "/srv/app/~other/s"}};
    struct compose_files files = {.folder = mem_copy("/srv/app")};
    setenv("HOME", "/home/me", 1);
    for (size_t i = 0; i < COUNT(paths); i++) {
        char *path = compose_path(&files, paths[i].path);
        ck_assert_str_eq(path, paths[i].resolved);
        free(path);
    }
    free(files.folder);
}
END_TEST

START_TEST(the_database_is_backends)
{
    struct variables variables = VARIABLES_INIT;
    char *path = unit_file(unit_folder(), "compose.yaml",
                           "services:\n"
                           "  worker: {secrets: [database_url]}\n"
                           "  backend:\n"
                           "    secrets: [{source: managed, target: database_url}]\n"
                           "secrets:\n"
                           "  database_url: {file: /one}\n"
                           "  managed: {file: /two}\n",
                           0600);
    struct compose_files files;
    struct compose compose;
    char *file;
    ck_assert_msg(compose_read(&files, &path, 1, &error), "%s", error.text);
    ck_assert_msg(compose_load(&files, &variables, &compose, &error), "%s", error.text);
    ck_assert_msg(compose_database_file(&compose, &file, &error), "%s", error.text);
    ck_assert_str_eq(file, "/two");
    free(file);
    ck_assert(compose_service_secret(&compose, "worker", "database_url", &file, &error));
    ck_assert_str_eq(file, "/one");
    free(file);
    ck_assert(!compose_secret_file(&compose, "other", &file, &error));
    ck_assert_int_eq(error.kind, ERROR_NOT_THERE);
    compose_free(&compose);
    compose_files_free(&files);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("compose");
    TCase *tests = unit_case(suite, "compose");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, profiles_enable);
    tcase_add_test(tests, profiles_of_the_modes);
    tcase_add_test(tests, targets_of_secrets);
    tcase_add_test(tests, paths_are_resolved);
    tcase_add_test(tests, the_database_is_backends);
    return unit_run(suite);
}
