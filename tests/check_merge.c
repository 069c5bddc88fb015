#include "config.h"

#include "compose/merge.h"

#include <string.h>

#include "base/bytes.h"
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
    struct node *base = compose_merge_service(document, NULL, parse(merges[_i].base), &error);
    ck_assert_msg(base, "%s", error.text);
    struct buffer before = BUFFER_INIT;
    struct buffer after = BUFFER_INIT;
    struct buffer out = BUFFER_INIT;
    show(&before, base);
    struct node *merged = compose_merge_service(document, base, parse(merges[_i].over), &error);
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
    ck_assert_ptr_null(compose_merge_service(document, NULL, parse(misfits[_i].service), &error));
    ck_assert_int_eq(error.kind, ERROR_USAGE);
    ck_assert_msg(strstr(error.text, misfits[_i].message), "%s", error.text);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("compose_merge");
    TCase *tests = unit_case(suite, "compose_merge");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_loop_test(tests, merges_services, 0, COUNT(merges));
    tcase_add_loop_test(tests, refuses_other_forms, 0, COUNT(misfits));
    return unit_run(suite);
}
