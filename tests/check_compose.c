/* Variables, interpolation, and services merged as Compose merges them. */
#include "config.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/interpolate.h"
#include "base/memory.h"
#include "base/pattern.h"
#include "base/variables.h"
#include "compose/check.h"
#include "compose/merge.h"
#include "compose/project.h"
#include "yaml/parse.h"

#define COUNT(list) ((int)(sizeof(list) / sizeof((list)[0])))

static struct tree *tree;
static struct error error;
static struct variables variables;

static void open_all(void)
{
    tree = tree_new();
    error = (struct error)ERROR_INIT;
    variables = (struct variables)VARIABLES_INIT;
    variables_set(&variables, "SET", "value");
    variables_set(&variables, "EMPTY", "");
}

static void close_all(void)
{
    tree_free(tree);
    variables_free(&variables);
    pattern_free_all();
}

/* ---- interpolation ---- */

static const struct {
    const char *text, *result;
    const char *literal; /* what stands in the file itself */
} values[] = {
    {"plain", "plain", "plain"},
    {"$SET", "value", ""},
    {"a${SET}b", "avalueb", "ab"},
    {"$$SET $${SET}", "$SET ${SET}", "$SET ${SET}"},
    {"$NONE|${NONE}|", "||", "||"},
    {"${NONE:-d}|${EMPTY:-d}|${SET:-d}", "d|d|value", "d|d|d"},
    {"${NONE-d}|${EMPTY-d}|${SET-d}", "d||value", "d|d|d"},
    {"${NONE:+o}|${EMPTY:+o}|${SET:+o}", "||o", "||"},
    {"${NONE+o}|${EMPTY+o}|${SET+o}", "|o|o", "||"},
    {"${SET:?no}|${SET?no}|${EMPTY?no}", "value|value|", "||"},
    {"${NONE:-${SET}}", "value", ""},
    {"${NONE:-a ${NONE:-b} c}", "a b c", "a b c"},
    {"${NONE:-}", "", ""},
    {"${NONE:-a:b-c?d}", "a:b-c?d", "a:b-c?d"},
    {"$SET_more", "", ""},
    {"${SET}_more", "value_more", "_more"},
};

static const struct {
    const char *text, *message;
} invalid[] = {
    {"$", "$ is no form of a variable"},
    {"100$", "no form"},
    {"$1", "$1 is no form"},
    {"${", "no form"},
    {"${}", "no form"},
    {"${SET", "${SET is no form"},
    {"${SET!x}", "no form"},
    {"${SE T}", "no form"},
    {"${NONE:-${SET}", "no form"},
    {"${NONE?}", "the variable NONE has to be set"},
    {"${EMPTY:?name it}", "the variable EMPTY has to be set: name it"},
    {"${NONE?tell ${SET}}", "has to be set: tell ${SET}"},
};

START_TEST(interpolates)
{
    struct interpolation some = variables_interpolation(&variables);
    struct interpolation none = {.value = NULL};
    struct buffer out = BUFFER_INIT;
    ck_assert_msg(interpolate(&some, values[_i].text, &out, &error), "%s", error.text);
    ck_assert_str_eq(buffer_text(&out), values[_i].result);
    buffer_free(&out);
    ck_assert(interpolate(&none, values[_i].text, &out, &error));
    ck_assert_str_eq(buffer_text(&out), values[_i].literal);
    buffer_free(&out);
}
END_TEST

START_TEST(refuses_to_interpolate)
{
    struct interpolation some = variables_interpolation(&variables);
    struct buffer out = BUFFER_INIT;
    ck_assert(!interpolate(&some, invalid[_i].text, &out, &error));
    ck_assert_int_eq(error.kind, ERROR_USAGE);
    ck_assert_msg(strstr(error.text, invalid[_i].message), "%s", error.text);
    buffer_free(&out);
}
END_TEST

/* ---- .env ---- */

static char *write_file(const char *text)
{
    char *path = mem_copy("/tmp/check_compose.XXXXXX");
    int file = mkstemp(path);
    ck_assert_int_ge(file, 0);
    ck_assert_int_eq(write(file, text, strlen(text)), (ssize_t)strlen(text));
    close(file);
    return path;
}

static bool read_env(const char *text)
{
    char *path = write_file(text);
    bool good = variables_read(&variables, path, true, &error);
    unlink(path);
    free(path);
    return good;
}

static const struct {
    const char *text, *name, *value;
} entries[] = {
    {"A=1", "A", "1"},
    {"  export A = 1  \n", "A", "1"},
    {"A=one two # three", "A", "one two"},
    {"A=one#two", "A", "one#two"},
    {"A= # nothing", "A", ""},
    {"A=", "A", ""},
    {"#A=1\nA=2", "A", "2"},
    {"A='$SET # \\n'", "A", "$SET # \\n"},
    {"A=\"a\\nb\\\"c\\$d\"", "A", "a\nb\"c$d"},
    {"A=\"two\nlines\"\nB=3", "B", "3"},
    {"A=${SET}/x", "A", "value/x"},
    {"B=1\nA=$B$B", "A", "11"},
    {"A=${", "A", "${"},
    {"A=1\r\nB=2\r\n", "A", "1"},
    {"A=1\nA=2", "A", "2"},
    {"A=1\nB=$A\nA=2\nC=$A", "B", "1"},
    {"A=1\nB=$A\nA=2\nC=$A", "C", "2"},
    {"\xef\xbb\xbf"
     "A=1\r\n",
     "A", "1"},
    {"not an entry\nA=1", "A", "1"},
    {"SET=weaker", "SET", "value"},
};

START_TEST(reads_env)
{
    ck_assert_msg(read_env(entries[_i].text), "%s", error.text);
    ck_assert_ptr_nonnull(variables_get(&variables, entries[_i].name));
    ck_assert_str_eq(variables_get(&variables, entries[_i].name), entries[_i].value);
}
END_TEST

START_TEST(env_that_cannot_be_read)
{
    ck_assert(!read_env("B=2\nA='one"));
    ck_assert_ptr_nonnull(strstr(error.text, ":2: the quote is not closed"));
    ck_assert(variables_read(&variables, "/no/such/.env", false, &error));
    ck_assert(!variables_read(&variables, "/no/such/.env", true, &error));
    ck_assert_int_eq(error.kind, ERROR_LOCAL);
    ck_assert(variables_read(&variables, "/", false, &error));
    ck_assert(!variables_read(&variables, "/", true, &error));
    ck_assert_int_eq(error.kind, ERROR_LOCAL);
    ck_assert_ptr_null(variables_get(&variables, "NOT_IN_ANY_ENVIRONMENT"));
}
END_TEST

START_TEST(the_first_file_wins)
{
    ck_assert(read_env("A=1\nA=2") && read_env("A=3\nB=4"));
    ck_assert_str_eq(variables_get(&variables, "A"), "2");
    ck_assert_str_eq(variables_get(&variables, "B"), "4");
}
END_TEST

START_TEST(a_long_value_is_whole)
{
    struct buffer text = BUFFER_INIT;
    buffer_add_text(&text, "A=");
    memset(buffer_reserve(&text, 200000), 'x', 200000);
    text.length += 200000;
    buffer_add_text(&text, "");
    ck_assert(read_env(buffer_text(&text)));
    ck_assert_uint_eq(strlen(variables_get(&variables, "A")), 200000);
    buffer_free(&text);
}
END_TEST

START_TEST(env_beside_a_file)
{
    char *path = variables_env_path("compose.yaml");
    ck_assert_str_eq(path, ".env");
    free(path);
    path = variables_env_path("a/b/compose.yaml");
    ck_assert_str_eq(path, "a/b/.env");
    free(path);
}
END_TEST

/* ---- merging ---- */

static struct node *parse(const char *text)
{
    struct node *root;
    ck_assert_msg(yaml_parse(tree, "a.yaml", text, strlen(text), &root, &error), "%s", error.text);
    return root;
}

static void show(struct buffer *out, const struct node *node)
{
    if (node->kind == NODE_SCALAR) {
        buffer_add_text(out, node->text);
        return;
    }
    buffer_add_text(out, node->kind == NODE_MAPPING ? "{" : "[");
    for (size_t i = 0; i < node->count; i++) {
        buffer_add_text(out, i ? ", " : "");
        if (node->kind == NODE_MAPPING)
            buffer_add_format(out, "%s: ", node->keys[i]->text);
        show(out, node->items[i]);
    }
    buffer_add_text(out, node->kind == NODE_MAPPING ? "}" : "]");
}

static const struct {
    const char *base, *over, *merged;
} merges[] = {
    {"{image: a, restart: always}", "{image: b}", "{image: b, restart: always}"},
    {"{environment: [A=1, B, C=x=y]}", "{environment: {A: 2, D: }}",
     "{environment: {A: 2, B: , C: x=y, D: }}"},
    {"{labels: {a: 1}}", "{labels: [a=2, b]}", "{labels: {a: 2, b: }}"},
    {"{depends_on: [a, b]}", "{depends_on: {b: {condition: service_healthy}, c: }}",
     "{depends_on: {a: , b: {condition: service_healthy}, c: }}"},
    {"{extra_hosts: ['a:1']}", "{extra_hosts: {a: 2}}", "{extra_hosts: {a: 2}}"},
    {"{networks: [a]}", "{networks: {b: {aliases: [x]}}}", "{networks: {a: , b: {aliases: [x]}}}"},
    {"{profiles: [a, b]}", "{profiles: [b, c]}", "{profiles: [a, b, c]}"},
    {"{ports: ['80:80']}", "{ports: ['80:80', '127.0.0.1:80:80']}",
     "{ports: [80:80, 127.0.0.1:80:80]}"},
    {"{ports: [{target: 1}]}", "{ports: [{target: 2}]}", "{ports: [{target: 1}, {target: 2}]}"},
    {"{secrets: [a, b]}", "{secrets: [{source: a, target: t}, c]}",
     "{secrets: [{source: a, target: t}, {source: b}, {source: c}]}"},
    {"{volumes: ['a:/data', 'b:/logs']}", "{volumes: ['c:/data:ro', {type: tmpfs, target: /tmp}]}",
     "{volumes: [c:/data:ro, b:/logs, {type: tmpfs, target: /tmp}]}"},
    {"{command: [a, b]}", "{command: [c]}", "{command: [c]}"},
    {"{entrypoint: a}", "{entrypoint: [b]}", "{entrypoint: [b]}"},
    {"{dns: a}", "{dns: [b, c]}", "{dns: [a, b, c]}"},
    {"{healthcheck: {test: [a], retries: 3}}", "{healthcheck: {test: b}}",
     "{healthcheck: {test: b, retries: 3}}"},
    {"{build: .}", "{build: {args: [A=1]}}", "{build: {context: ., args: {A: 1}}}"},
    {"{build: {context: ., args: {A: 1}}}", "{build: other}",
     "{build: {context: other, args: {A: 1}}}"},
    {"{deploy: {resources: {limits: {cpus: 1, memory: 1g}}}}",
     "{deploy: {resources: {limits: {memory: 2g}, reservations: {cpus: 1}}}}",
     "{deploy: {resources: {limits: {cpus: 1, memory: 2g}, reservations: {cpus: 1}}}}"},
    {"{image: a}", "{environment: }", "{image: a, environment: {}}"},
    {"{environment: {A: 1}}", "{environment: }", "{environment: {A: 1}}"},
    /* Compose 2's tags. */
    {"{ports: [a], image: x}", "{ports: !reset []}", "{image: x}"},
    {"{environment: {A: 1, B: 2}}", "{environment: {A: !reset null}}", "{environment: {B: 2}}"},
    {"{ports: ['1:1'], command: a}", "{ports: !override ['2:2']}", "{ports: [2:2], command: a}"},
    {"{deploy: {replicas: 1, labels: {a: b}}}", "{deploy: {labels: !reset {}}}",
     "{deploy: {replicas: 1}}"},
    {"{x-note: {a: 1}}", "{x-note: {b: 2}}", "{x-note: {a: 1, b: 2}}"},
};

START_TEST(merges_services)
{
    struct node *base = compose_merge_service(tree, NULL, parse(merges[_i].base), &error);
    ck_assert_msg(base, "%s", error.text);
    struct buffer before = BUFFER_INIT;
    struct buffer after = BUFFER_INIT;
    struct buffer out = BUFFER_INIT;
    show(&before, base);
    struct node *merged = compose_merge_service(tree, base, parse(merges[_i].over), &error);
    ck_assert_msg(merged, "%s", error.text);
    show(&out, merged);
    ck_assert_str_eq(buffer_text(&out), merges[_i].merged);
    show(&after, base);
    ck_assert_str_eq(buffer_text(&after), buffer_text(&before));
    buffer_free(&before);
    buffer_free(&after);
    buffer_free(&out);
}
END_TEST

static const struct {
    const char *service, *message;
} misfits[] = {
    {"{environment: text}", "a.yaml:1:15: this is not Compose: environment has to be"},
    {"{environment: [{a: b}]}", "environment has to be a mapping or a list of plain values"},
    {"{depends_on: [[a]]}", "depends_on has to be"},
    {"{profiles: a}", "profiles has to be a list"},
    {"{ports: 80}", "ports has to be a list"},
    {"{secrets: {a: b}}", "secrets has to be"},
    {"{secrets: a}", "secrets has to be a list"},
    {"{secrets: [[a]]}", "with a source"},
    {"{build: [a]}", "build has to be a folder or a mapping"},
};

START_TEST(refuses_other_forms)
{
    ck_assert_ptr_null(compose_merge_service(tree, NULL, parse(misfits[_i].service), &error));
    ck_assert_int_eq(error.kind, ERROR_USAGE);
    ck_assert_msg(strstr(error.text, misfits[_i].message), "%s", error.text);
}
END_TEST

/* ---- asking ---- */

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
    for (int i = 0; i < COUNT(mounts); i++) {
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
    for (int i = 0; i < COUNT(paths); i++) {
        char *path = compose_path(&files, paths[i].path);
        ck_assert_str_eq(path, paths[i].resolved);
        free(path);
    }
    free(files.folder);
}
END_TEST

START_TEST(the_database_is_backends)
{
    char *path = write_file("services:\n"
                            "  worker: {secrets: [database_url]}\n"
                            "  backend:\n"
                            "    secrets: [{source: managed, target: database_url}]\n"
                            "secrets:\n"
                            "  database_url: {file: /one}\n"
                            "  managed: {file: /two}\n");
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
    ck_assert(!compose_secret_file(&compose, "none", &file, &error));
    ck_assert_int_eq(error.kind, ERROR_NOT_THERE);
    compose_free(&compose);
    compose_files_free(&files);
    unlink(path);
    free(path);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("compose");
    TCase *tests = tcase_create("all");
    tcase_add_checked_fixture(tests, open_all, close_all);
    tcase_set_timeout(tests, 20);
    tcase_add_loop_test(tests, interpolates, 0, COUNT(values));
    tcase_add_loop_test(tests, refuses_to_interpolate, 0, COUNT(invalid));
    tcase_add_loop_test(tests, reads_env, 0, COUNT(entries));
    tcase_add_test(tests, env_that_cannot_be_read);
    tcase_add_test(tests, the_first_file_wins);
    tcase_add_test(tests, a_long_value_is_whole);
    tcase_add_test(tests, env_beside_a_file);
    tcase_add_loop_test(tests, merges_services, 0, COUNT(merges));
    tcase_add_loop_test(tests, refuses_other_forms, 0, COUNT(misfits));
    tcase_add_test(tests, profiles_enable);
    tcase_add_test(tests, profiles_of_the_modes);
    tcase_add_test(tests, targets_of_secrets);
    tcase_add_test(tests, paths_are_resolved);
    tcase_add_test(tests, the_database_is_backends);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? 1 : 0;
}
