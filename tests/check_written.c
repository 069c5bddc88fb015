#include "config.h"

#include "compose/written.h"

#include <string.h>
#include <unistd.h>

#include "unit.h"
#include "yaml/parse.h"

/*
 * A project, two files, and where a value of the project stands: FILE:LINE:COLUMN, or the path of
 * its keys. The value is found by its text.
 */
static const struct {
    const char *project, *base, *over, *value, *place;
} cases[] = {
    {"services: {web: {image: VALUE}}", "services:\n  web:\n    image: VALUE\n", "x: 1\n", "VALUE",
     "base:3:12"},
    /* The last file that has it. */
    {"services: {web: {image: VALUE}}", "services:\n  web:\n    image: old\n",
     "services: {web: {image: VALUE}}\n", "VALUE", "over:1:25"},
    /* A list where the project has a mapping. */
    {"services: {web: {environment: {A: VALUE, B: c}}}",
     "services:\n  web:\n    environment:\n      - B=c\n      - A=VALUE\n", "x: 1\n", "VALUE",
     "base:5:9"},
    /* Short forms; what is put in is not known here. */
    {"services: {web: {secrets: [{source: VALUE, target: t}]}}",
     "services: {web: {secrets: [a, VALUE]}}\n", "x: 1\n", "VALUE", "base:1:31"},
    {"services: {web: {secrets: [{source: db_true, target: VALUE}]}}",
     "services: {web: {secrets: [a, {source: 'db_${B}', target: VALUE}]}}\n", "x: 1\n", "VALUE",
     "base:1:59"},
    {"services: {web: {ports: [{target: 5432, published: VALUE, protocol: tcp}]}}",
     "services: {web: {ports: ['80:80', 'VALUE:5432/tcp']}}\n", "x: 1\n", "VALUE", "base:1:35"},
    {"services: {web: {ports: [{target: 5432, protocol: tcp}]}}",
     "services: {web: {ports: ['1:5432', 5432]}}\n", "x: 1\n", "5432", "base:1:36"},
    {"services: {web: {ports: [{target: 5432, published: 5432, protocol: tcp}]}}",
     "services: {web: {ports: ['5432:5432']}}\n",
     "services: {web: {ports: ['127.0.0.1:5432:5432']}}\n", "5432", "base:1:26"},
    /* A command in one text. */
    {"services: {web: {command: [run, VALUE]}}", "services: {web: {command: run VALUE}}\n",
     "x: 1\n", "VALUE", "base:1:27"},
    /* What Compose adds has the place of what it is added to, an item in no file its keys. */
    {"services: {web: {networks: {default: VALUE}}}", "services:\n  web: {image: x}\n", "x: 1\n",
     "VALUE", "base:2:8"},
    {"services: {web: {ports: [{target: VALUE}]}}", "services: {web: {ports: [a]}}\n", "x: 1\n",
     "VALUE", "services.web.ports[0].target"},
    {"networks: {default: VALUE}", "services: {}\n", "x: 1\n", "VALUE", "networks.default"},
    /* !override hides what stands before. */
    {"services: {web: {ports: [{target: VALUE, published: 1}]}}",
     "services: {web: {ports: ['1:VALUE']}}\n", "services: {web: {ports: !override ['2:2']}}\n",
     "VALUE", "services.web.ports[0].target"},
    /* What a service extends. */
    {"services: {web: {image: VALUE}}",
     "services:\n  web: {extends: other}\n  other:\n    image: VALUE\n", "x: 1\n", "VALUE",
     "base:4:12"},
    {"services: {web: {image: VALUE}}", "services: {web: {extends: {file: third, service: a}}}\n",
     "x: 1\n", "VALUE", "third:3:12"},
    {"services: {i: {image: VALUE}}", "include: [third]\nservices: {}\n", "x: 1\n", "VALUE",
     "third:5:12"},
    /* A second document, and files that are no YAML. */
    {"services: {web: {image: VALUE}}",
     "services: {web: {image: y}}\n---\nservices: {web: {image: "
     "VALUE}}\n",
     "x: [\n", "VALUE", "base:3:25"},
};

static const struct node *find(const struct node *node, const char *text)
{
    if (node_text(node) && strcmp(node->text, text) == 0)
        return node;
    const struct node *found = NULL;
    for (size_t i = 0; !found && i < node->count; i++)
        found = find(node->items[i], text);
    return found;
}

START_TEST(places)
{
    struct error error = ERROR_INIT;
    struct written written = WRITTEN_INIT;
    struct tree *tree = tree_new();
    struct node *root;
    ck_assert_int_eq(chdir(unit_folder()), 0);
    char *paths[] = {unit_file(".", "base", cases[_i].base, 0600),
                     unit_file(".", "over", cases[_i].over, 0600)};
    unit_file(".", "third", "services:\n  a:\n    image: VALUE\n  i:\n    image: VALUE\n", 0600);
    ck_assert_msg(written_read(&written, paths, 2, &error), "%s", error.text);
    ck_assert_msg(
        yaml_parse(tree, "Compose", cases[_i].project, strlen(cases[_i].project), &root, &error),
        "%s", error.text);
    written_place(&written, tree, root);
    const struct node *node = find(root, cases[_i].value);
    const char *slash = strrchr(node->file, '/');
    const char *name = slash ? slash + 1 : node->file;
    char *place = node->line ? unit_format("%s:%zu:%zu", name, node->line, node->column)
                             : unit_format("%s", node->file);
    ck_assert_str_eq(place, cases[_i].place);
    tree_free(tree);
    written_free(&written);
}
END_TEST

START_TEST(a_file_that_cannot_be_read)
{
    struct error error = ERROR_INIT;
    struct written written = WRITTEN_INIT;
    char *paths[] = {unit_path(unit_folder(), "nowhere")};
    unit_failed(written_read(&written, paths, 1, &error), &error, ERROR_LOCAL, "cannot read");
    written_free(&written);
}
END_TEST

START_TEST(files_that_name_each_other_are_read_once)
{
    struct error error = ERROR_INIT;
    struct written written = WRITTEN_INIT;
    ck_assert_int_eq(chdir(unit_folder()), 0);
    char *paths[] = {
        unit_file(".", "a", "include: [b, ./a, nowhere, '$X', {path: [b, a]}]\n", 0600)};
    unit_file(".", "b", "include: [a]\nservices: {w: {extends: {file: a, service: x}}}\n", 0600);
    ck_assert(written_read(&written, paths, 1, &error));
    ck_assert_uint_eq(written.roots->count, 2);
    ck_assert_uint_eq(written.own, 1);
    written_free(&written);
}
END_TEST

START_TEST(what_a_variable_may_stand_for)
{
    ck_assert(written_may_be("a_${B:-c}_d", "a_x_d") && written_may_be("$A", ""));
    ck_assert(!written_may_be("a_${B}_d", "a_d") && !written_may_be("a", "ab"));
    ck_assert(written_may_be("a", "a") && !written_may_be("x${B}", "y"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("written");
    TCase *tests = unit_case(suite, "written");
    tcase_add_loop_test(tests, places, 0, COUNT(cases));
    tcase_add_test(tests, a_file_that_cannot_be_read);
    tcase_add_test(tests, files_that_name_each_other_are_read_once);
    tcase_add_test(tests, what_a_variable_may_stand_for);
    return unit_run(suite);
}
