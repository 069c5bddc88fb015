/* The document room: YAML into nodes, and what it refuses. */
#include "config.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/pattern.h"
#include "yaml/parse.h"

#define COUNT(list) ((int)(sizeof(list) / sizeof((list)[0])))

static struct tree *tree;
static struct node *root;
static struct error error;

static void open_document(void)
{
    tree = tree_new();
    root = NULL;
    error = (struct error)ERROR_INIT;
}

static void close_document(void)
{
    tree_free(tree);
    pattern_free_all();
}

static bool parse(const char *text, size_t length)
{
    return yaml_parse(tree, "a.yaml", text, length, &root, &error);
}

static void read_text(const char *text)
{
    ck_assert_msg(parse(text, strlen(text)), "%s", error.text);
}

static void refused(const char *text, size_t length, const char *message)
{
    ck_assert(!parse(text, length));
    ck_assert_int_eq(error.kind, ERROR_USAGE);
    ck_assert_msg(strstr(error.text, message), "'%s' does not say '%s'", error.text, message);
}

/* A node in one line: {key: value}, [item], "text" (quoted) or text, each with its tag. */
static void show(struct buffer *out, const struct node *node)
{
    if (node->tag)
        buffer_add_format(out, "%s ", node->tag);
    if (node->kind == NODE_SCALAR) {
        buffer_add_format(out, node->is_plain ? "%s" : "\"%s\"", node->text);
        return;
    }
    bool is_mapping = node->kind == NODE_MAPPING;
    buffer_add_text(out, is_mapping ? "{" : "[");
    for (size_t i = 0; i < node->count; i++) {
        buffer_add_text(out, i ? ", " : "");
        if (is_mapping)
            buffer_add_format(out, "%s: ", node->keys[i]->text);
        show(out, node->items[i]);
    }
    buffer_add_text(out, is_mapping ? "}" : "]");
}

static const struct {
    const char *text, *shown;
} readable[] = {
    {"a: 1", "{a: 1}"},
    {"- a\n- 'b'\n- \"c\\td\"\n", "[a, \"b\", \"c\td\"]"},
    {"{a: [1, {b: c}], d: }", "{a: [1, {b: c}], d: }"},
    {"a: |\n  one\n  two\nb: >-\n  three\n  four\n", "{a: \"one\ntwo\n\", b: \"three four\"}"},
    {"a: !reset null\nb: !override [1]\nc: !!str 2",
     "{a: !reset null, b: !override [1], c: tag:yaml.org,2002:str 2}"},
    {"a: &x {k: v}\nb: *x", "{a: {k: v}, b: {k: v}}"},
    {"a: &x 1\nb: &x 2\nc: *x", "{a: 1, b: 2, c: 2}"},
    {"a: &k key\nb: {*k : v}", "{a: key, b: {key: v}}"},
    /* Merge keys: own keys win, then the first mapping's. */
    {"a: &x {p: 1, q: 1}\nb: {<<: *x, q: 2}", "{a: {p: 1, q: 1}, b: {q: 2, p: 1}}"},
    {"a: &x {p: 1, q: 1}\nb: &y {q: 2, r: 2}\nc: {<<: [*x, *y], s: 3}",
     "{a: {p: 1, q: 1}, b: {q: 2, r: 2}, c: {s: 3, p: 1, q: 1, r: 2}}"},
    {"a: &x {<<: {p: 1}, q: 1}\nb: {<<: *x}", "{a: {q: 1, p: 1}, b: {q: 1, p: 1}}"},
    {"'<<': {a: 1}", "{<<: {a: 1}}"},
    {"\xef\xbb\xbf"
     "a: gr\xc3\xbc\xc3\x9f",
     "{a: gr\xc3\xbc\xc3\x9f}"},
    {"\xef\xbb\xbf"
     "a: 1\nb: 2\n",
     "{a: 1, b: 2}"},
    {"%YAML 1.1\n---\na: 1\n...\n", "{a: 1}"},
};

START_TEST(reads)
{
    struct buffer out = BUFFER_INIT;
    read_text(readable[_i].text);
    ck_assert_ptr_nonnull(root);
    show(&out, root);
    ck_assert_str_eq(buffer_text(&out), readable[_i].shown);
    buffer_free(&out);
}
END_TEST

static const struct {
    const char *text, *message;
} unreadable[] = {
    {"a: [1", "a.yaml:2:1: this is not YAML"},
    {"a: 1\n b: 2", "a.yaml:2:3: this is not YAML"},
    {"a: 1\na: 2", "a.yaml:2:1: a appears twice in this mapping, first in line 1"},
    {"x: {k: 1, l: 2, k: 3}", "a.yaml:1:17: k appears twice in this mapping"},
    {"a: &x {b: *x}", "a.yaml:1:11: the alias *x is part of the value that it refers to"},
    {"a: *none", "a.yaml:1:4: there is no anchor &none above this alias"},
    {"{a: 1}: b", "a.yaml:1:1: a key has to be one plain value"},
    {"a: {<<: 1}", "a merge key (<<) takes a mapping or a list of mappings"},
    {"a: {<<: [1]}", "a merge key (<<) takes a mapping or a list of mappings"},
    {"a: {<<: {}, <<: {}}", "<< appears twice in this mapping"},
    {"a: 1\n---\nb: 2", "a.yaml:2:1: a second document starts here"},
    {"a: \"x\\0y\"", "a.yaml:1:4: a value holds a NUL character"},
    {"a: \xff", "a.yaml:1:4: this byte is not UTF-8 text"},
    {"a: \xed\xa0\x80", "a.yaml:1:4: this byte is not UTF-8 text"},
    {"gr\xc3\xbc: \xc3", "a.yaml:1:6: this byte is not UTF-8 text"},
    {"a: \001", "a control character is not allowed in YAML"},
};

START_TEST(refuses)
{
    refused(unreadable[_i].text, strlen(unreadable[_i].text), unreadable[_i].message);
}
END_TEST

START_TEST(a_nul_byte_is_refused_where_it_stands)
{
    refused("a: 1\nb\0: 2", 10, "a.yaml:2:2: a NUL byte is not allowed");
}
END_TEST

START_TEST(nothing_at_all_is_no_document)
{
    read_text("");
    ck_assert_ptr_null(root);
    read_text("# a comment\n");
    ck_assert_ptr_null(root);
    read_text("---\n");
    ck_assert_ptr_nonnull(root);
    ck_assert(node_is_null(root));
}
END_TEST

START_TEST(nodes_know_where_they_stand)
{
    read_text("a: 1\nb:\n  - two\n  - {c: d}\n");
    const struct node *list = node_get(root, "b");
    ck_assert_str_eq(list->file, "a.yaml");
    ck_assert_uint_eq(list->items[0]->line, 3);
    ck_assert_uint_eq(list->items[0]->column, 5);
    ck_assert_uint_eq(node_get(list->items[1], "c")->line, 4);
    ck_assert_uint_eq(node_get(list->items[1], "c")->column, 9);
    ck_assert(!node_complain(list->items[0], &error, "%s", "no"));
    ck_assert_str_eq(error.text, "a.yaml:3:5: no");
}
END_TEST

START_TEST(what_is_null)
{
    read_text("{a: , b: ~, c: null, d: '', e: 'null', f: [], g: 0}");
    ck_assert(node_is_null(node_get(root, "a")) && node_is_null(node_get(root, "b")));
    ck_assert(node_is_null(node_get(root, "c")) && node_is_null(node_get(root, "none")));
    ck_assert(!node_is_null(node_get(root, "d")) && !node_is_null(node_get(root, "e")));
    ck_assert(!node_is_null(node_get(root, "f")) && !node_is_null(node_get(root, "g")));
    ck_assert_ptr_null(node_text(node_get(root, "f")));
    ck_assert_ptr_null(node_get(node_get(root, "g"), "x"));
}
END_TEST

/* "x: " and levels of opening and closing brackets. */
static char *nested(size_t levels)
{
    struct buffer text = BUFFER_INIT;
    buffer_add_text(&text, "x: ");
    for (size_t i = 0; i < levels; i++)
        buffer_add_text(&text, "[");
    for (size_t i = 0; i < levels; i++)
        buffer_add_text(&text, "]");
    return buffer_take(&text);
}

START_TEST(depth_is_limited)
{
    char *text = nested(YAML_MAX_DEPTH - 2);
    read_text(text);
    free(text);
    text = nested(YAML_MAX_DEPTH);
    refused(text, strlen(text), "nested more than 100 levels deep");
    free(text);
}
END_TEST

START_TEST(depth_is_limited_through_aliases)
{
    struct buffer text = BUFFER_INIT;
    buffer_add_text(&text, "x0: &x0 []\n");
    for (int i = 1; i <= YAML_MAX_DEPTH; i++)
        buffer_add_format(&text, "x%d: &x%d [*x%d]\n", i, i, i - 1);
    refused(text.data, text.length, "levels deep, aliases counted");
    buffer_free(&text);
}
END_TEST

START_TEST(nodes_are_limited)
{
    struct buffer text = BUFFER_INIT;
    for (int i = 0; i < YAML_MAX_NODES - 1; i++)
        buffer_add_text(&text, "- a\n");
    read_text(text.data);
    buffer_add_text(&text, "- a\n");
    refused(text.data, text.length, "more than 100000 values");
    buffer_free(&text);
}
END_TEST

START_TEST(aliases_count_as_what_they_stand_for)
{
    struct buffer text = BUFFER_INIT;
    buffer_add_text(&text, "a: &a [1, 2, 3, 4, 5, 6, 7, 8, 9]\n");
    for (char c = 'b'; c < 'f'; c++)
        buffer_add_format(&text, "%c: &%c [*%c, *%c, *%c, *%c, *%c, *%c, *%c, *%c, *%c]\n", c, c,
                          c - 1, c - 1, c - 1, c - 1, c - 1, c - 1, c - 1, c - 1, c - 1);
    /* 9 + 81 + … + 9^5 = 66,429 and some brackets. */
    read_text(text.data);
    ck_assert_uint_gt(root->weight, 66429);
    ck_assert_uint_lt(root->weight, 80000);
    buffer_add_text(&text, "f: [*e, *e]\n");
    refused(text.data, text.length, "more than 100000 values");
    buffer_free(&text);
}
END_TEST

START_TEST(keys_of_a_mapping_are_limited)
{
    struct buffer text = BUFFER_INIT;
    for (int i = 0; i < YAML_MAX_KEYS; i++)
        buffer_add_format(&text, "k%d: v\n", i);
    read_text(text.data);
    buffer_add_text(&text, "one: more\n");
    refused(text.data, text.length, "this mapping has more than 1000 keys");
    buffer_free(&text);
}
END_TEST

START_TEST(bytes_are_limited)
{
    struct buffer text = BUFFER_INIT;
    buffer_add_text(&text, "# ");
    memset(buffer_reserve(&text, YAML_MAX_BYTES), 'x', YAML_MAX_BYTES - 2);
    ck_assert_msg(parse(text.data, YAML_MAX_BYTES), "%s", error.text);
    refused(text.data, YAML_MAX_BYTES + 1, "the file is larger than 4 MiB");
    text.length = YAML_MAX_BYTES;
    buffer_free(&text);
}
END_TEST

START_TEST(files_that_cannot_be_read)
{
    ck_assert(!yaml_read(tree, "/no/such/file.yaml", &root, &error));
    ck_assert_int_eq(error.kind, ERROR_LOCAL);
    ck_assert_ptr_nonnull(strstr(error.text, "cannot read /no/such/file.yaml: No such file"));
    ck_assert(!yaml_read(tree, "/", &root, &error));
    ck_assert_int_eq(error.kind, ERROR_LOCAL);
}
END_TEST

START_TEST(an_entry_is_taken_out)
{
    read_text("{a: 1, b: 2, c: 3}");
    node_remove(root, "b");
    node_remove(root, "none");
    struct buffer out = BUFFER_INIT;
    show(&out, root);
    ck_assert_str_eq(buffer_text(&out), "{a: 1, c: 3}");
    buffer_free(&out);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("tree");
    TCase *tests = tcase_create("all");
    tcase_add_checked_fixture(tests, open_document, close_document);
    tcase_set_timeout(tests, 20);
    tcase_add_loop_test(tests, reads, 0, COUNT(readable));
    tcase_add_loop_test(tests, refuses, 0, COUNT(unreadable));
    tcase_add_test(tests, a_nul_byte_is_refused_where_it_stands);
    tcase_add_test(tests, nothing_at_all_is_no_document);
    tcase_add_test(tests, nodes_know_where_they_stand);
    tcase_add_test(tests, what_is_null);
    tcase_add_test(tests, depth_is_limited);
    tcase_add_test(tests, depth_is_limited_through_aliases);
    tcase_add_test(tests, nodes_are_limited);
    tcase_add_test(tests, aliases_count_as_what_they_stand_for);
    tcase_add_test(tests, keys_of_a_mapping_are_limited);
    tcase_add_test(tests, bytes_are_limited);
    tcase_add_test(tests, files_that_cannot_be_read);
    tcase_add_test(tests, an_entry_is_taken_out);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? 1 : 0;
}
