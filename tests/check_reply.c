#include "config.h"

#include "doctl/reply.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"
#include "unit.h"

static struct error error;
static struct reply reply;

static void set_up(void)
{
    error = (struct error)ERROR_INIT;
    reply = (struct reply){.table = TABLE_INIT};
}

static void tear_down(void)
{
    reply_free(&reply);
}

/* Reads what doctl printed in answer to a call, in the shipped words where there are some. */
static bool take(enum call_id id, const char *out, const char *scratch)
{
    const struct call *call = dialect_call(id);
    const struct wording *wording = call->shipped.words ? &call->shipped : &call->plan;
    buffer_add_text(&reply.result.out, out);
    return reply_read(call, wording, "make tea", scratch, &reply, &error);
}

static const struct {
    enum call_id id;
    const char *out;
    size_t rows;
    const char *cell; /* the first one; NULL: there is no table */
} good[] = {
    {CALL_POOL_CREATE, "whatever it says\n", 0, NULL},
    {CALL_CLUSTER_INFO, "", 0, NULL},
    {CALL_CERTIFICATE, "-----BEGIN CERTIFICATE-----\n", 0, NULL},
    {CALL_CLUSTER_STATUS, "online\n", 1, "online"},
    {CALL_VPC_LIST, "app-vpc  x1\nother  x2\n", 2, "app-vpc"},
    {CALL_VPC_LIST, "", 0, ""},
    {CALL_RULE_LIST, "Type    Value\ntag     web\n", 1, "tag"},
    {CALL_RULE_LIST, "Type    Value\n", 0, ""},
    {CALL_VPC_CREATE, "Name    ID\nx       vpc-1\n", 1, "vpc-1"},
    {CALL_VPC_CREATE, "vpc-1\n", 1, "vpc-1"},
};

START_TEST(shapes_that_fit)
{
    unit_worked(take(good[_i].id, good[_i].out, NULL), &error);
    ck_assert_uint_eq(reply.table.rows, good[_i].rows);
    if (good[_i].rows > 0)
        ck_assert_str_eq(unit_keep(span_copy(reply.table.cells[0])), good[_i].cell);
    if (good[_i].id == CALL_CERTIFICATE)
        ck_assert_str_eq(reply.certificate, good[_i].out);
}
END_TEST

static const struct {
    enum call_id id;
    const char *out;
    enum error_kind kind;
    const char *part;
} bad[] = {
    {CALL_CERTIFICATE, "no certificate\n", ERROR_UNREADABLE, "printed no certificate"},
    {CALL_CLUSTER_STATUS, "", ERROR_UNREADABLE, "printed nothing"},
    {CALL_CLUSTER_STATUS, "<nil>\n", ERROR_UNREADABLE, "does not know a column"},
    {CALL_CLUSTER_STATUS, "On Line!\n", ERROR_UNREADABLE,
     "row 1 of what doctl printed has no Status"},
    {CALL_VPC_LIST, "app-vpc  x1\n[]  x2\n", ERROR_UNREADABLE,
     "row 2 of what doctl printed has no Name"},
    {CALL_ACCOUNT_GET, "nobody\n", ERROR_UNREADABLE, "has no Email"},
    {CALL_DROPLET_GET, "10.0.0\n", ERROR_UNREADABLE, "has no PrivateIPv4"},
    {CALL_CLUSTER_LIST, "a    !    pg    online\n", ERROR_UNREADABLE, "has no ID"},
    {CALL_CLUSTER_LIST, "a    b    PG    online\n", ERROR_UNREADABLE, "has no Engine"},
    {CALL_RULE_LIST, "UUID    Type\n1       tag\n", ERROR_UNREADABLE, "no column Value"},
    {CALL_RULE_LIST, "Type    Value\ntag\n", ERROR_BLANK, "left Value blank"},
    {CALL_VPC_CREATE, "ID    Name\n      x\n", ERROR_UNREADABLE, "printed no ID"},
    {CALL_VPC_CREATE, "two words\n", ERROR_UNREADABLE, "printed no ID"},
    {CALL_VPC_CREATE, "vpc-1\nvpc-2\n", ERROR_UNREADABLE, "printed no ID"},
};

START_TEST(shapes_that_do_not_fit)
{
    unit_failed(take(bad[_i].id, bad[_i].out, NULL), &error, bad[_i].kind, bad[_i].part);
    ck_assert_ptr_nonnull(strstr(error.text, "could not make tea: "));
}
END_TEST

/* The plan's words have doctl write the certificate to a file, which is removed again. */
START_TEST(a_file_that_doctl_wrote)
{
    const struct call *call = dialect_call(CALL_CERTIFICATE);
    char *folder = unit_folder();
    char *scratch = unit_file(folder, "scratch", "PEM\n", 0600);
    unit_worked(reply_read(call, &call->plan, "make tea", scratch, &reply, &error), &error);
    ck_assert_str_eq(reply.certificate, "PEM\n");
    ck_assert_uint_eq(unit_entries(folder), 0);
    reply_free(&reply);
    ck_assert_ptr_null(reply.certificate);
    unit_failed(reply_read(call, &call->plan, "make tea", scratch, &reply, &error), &error,
                ERROR_UNSUPPORTED, "wrote no file");
    /* A link is not followed. */
    ck_assert_int_eq(symlink("/etc/passwd", scratch), 0);
    unit_failed(reply_read(call, &call->plan, "make tea", scratch, &reply, &error), &error,
                ERROR_LOCAL, scratch);
    /* A pipe is not waited for. */
    ck_assert_int_eq(unlink(scratch), 0);
    ck_assert_int_eq(mkfifo(scratch, 0600), 0);
    ck_assert(reply_read(call, &call->plan, "make tea", scratch, &reply, &error));
    ck_assert_str_eq(reply.certificate, "");
    reply_free(&reply);
}
END_TEST

START_TEST(ids)
{
    static const struct {
        const char *text;
        bool is_id;
    } texts[] = {
        {"vpc-1", true},      {"d3d3c1ee-6666-4f46-9a8d-5c519746aa72", true},
        {"d3d3c1ee", true},   {"", false},
        {"-rf", false},       {"$(id)", false},
        {"two words", false}, {"a/b", false},
        {"a\n", false},
    };
    for (size_t i = 0; i < COUNT(texts); i++)
        ck_assert_msg(reply_is_id(texts[i].text) == texts[i].is_id, "%s", texts[i].text);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("reply");
    TCase *tests = unit_case(suite, "reply");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_loop_test(tests, shapes_that_fit, 0, COUNT(good));
    tcase_add_loop_test(tests, shapes_that_do_not_fit, 0, COUNT(bad));
    tcase_add_test(tests, a_file_that_doctl_wrote);
    tcase_add_test(tests, ids);
    return unit_run(suite);
}
