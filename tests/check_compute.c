#include "config.h"

#include "base/nearest.h"
#include "doctl/choices.h"
#include "doctl/compute.h"

#include <stdlib.h>
#include <string.h>

#include "base/signals.h"
#include "unit.h"

static struct error error;
static struct doctl *doctl;

static void set_up(void)
{
    error = (struct error)ERROR_INIT;
    doctl = NULL;
    unit_worked(signals_catch(&error), &error);
}

static void tear_down(void)
{
    doctl_free(doctl);
    signals_release();
}

/* A doctl that answers every call with this piece of shell. */
static void answers(const char *body)
{
    doctl_free(doctl);
    struct doctl_options options = {
        .jobs = 1, .timeout_ms = 15000, .wait_timeout_ms = 15000, .dialect = DIALECT_AUTO};
    options.program = unit_script(unit_folder(), "doctl", body);
    doctl = doctl_new(&options, &error);
    unit_worked(doctl != NULL, &error);
}

/* A table as doctl prints it. */
#define DROPLETS                                                                                   \
    "printf '%s\\n' 'ID           Name     Status' '410000001    web      active' "                \
    "'410000002    web-2    new' '410000003    twice    active' '410000004    twice    off'"

START_TEST(droplets_by_name)
{
    struct droplet droplet;
    answers(DROPLETS);
    unit_worked(compute_droplet_find(doctl, "web", &droplet, &error), &error);
    ck_assert_str_eq(droplet.id, "410000001");
    ck_assert_str_eq(droplet.status, "active");
    droplet_free(&droplet);
    unit_worked(compute_droplet_find(doctl, "we", &droplet, &error), &error);
    ck_assert_ptr_null(droplet.id);
    unit_failed(compute_droplet_find(doctl, "twice", &droplet, &error), &error, ERROR_CONFLICT,
                "410000003, 410000004");
    ck_assert_ptr_null(droplet.id);
}
END_TEST

/* A create may follow from "there is none", so nothing but a list of Droplets may say so. */
START_TEST(what_is_no_list_of_droplets)
{
    static const char *const bodies[] = {
        "printf 'ID           Name    Status\\nabc          web     active\\n'",
        "printf 'ID           Name    Status\\n410000001    web     \\n'",
        "printf 'ID           Name\\n410000001    web\\n'",
        "printf 'garbage\\n'",
        ":",
        "printf 'ID           Name    Status\\n410000001    web     act'",
        "printf 'ID Name Status\\n410000001 web active'",
    };
    for (size_t i = 0; i < COUNT(bodies); i++) {
        struct droplet droplet;
        answers(bodies[i]);
        error = (struct error)ERROR_INIT;
        ck_assert_msg(!compute_droplet_find(doctl, "other", &droplet, &error), "%s", bodies[i]);
        ck_assert_int_ne(error.kind, ERROR_NOT_THERE);
    }
}
END_TEST

START_TEST(a_new_droplet_has_no_address)
{
    struct droplet droplet;
    answers("printf 'ID           Name    Public IPv4     Status\\n"
            "410000001    web                     new\\n'");
    unit_worked(compute_droplet_status(doctl, "410000001", &droplet, &error), &error);
    ck_assert_str_eq(droplet.address, "");
    ck_assert_str_eq(droplet.status, "new");
    droplet_free(&droplet);
}
END_TEST

START_TEST(keys_by_name_id_and_fingerprint)
{
    static const char *const found[] = {"my laptop", "512", "aa:bb"};
    char *id, *fingerprint;
    answers(
        "printf 'ID     Name         FingerPrint\\n511    other        cc:dd\\n"
        "512    my laptop    aa:bb\\n513    twice        ee:ff\\n514    twice        00:11\\n'");
    for (size_t i = 0; i < COUNT(found); i++) {
        unit_worked(compute_key_find(doctl, found[i], &id, &fingerprint, &error), &error);
        ck_assert_str_eq(unit_keep(id), "512");
        ck_assert_str_eq(unit_keep(fingerprint), "aa:bb");
    }
    unit_worked(compute_key_find(doctl, "laptop", &id, &fingerprint, &error), &error);
    ck_assert_ptr_null(id);
    unit_failed(compute_key_find(doctl, "twice", &id, &fingerprint, &error), &error, ERROR_CONFLICT,
                "513, 514");
}
END_TEST

START_TEST(regions)
{
    bool open;
    answers("printf 'nyc3    true\\nsfo1    false\\n'");
    unit_worked(compute_region_is_open(doctl, "nyc3", &open, &error), &error);
    ck_assert(open);
    unit_worked(compute_region_is_open(doctl, "sfo1", &open, &error), &error);
    ck_assert(!open);
    unit_worked(compute_region_is_open(doctl, "nyc", &open, &error), &error);
    ck_assert(!open);
}
END_TEST

/* As releases 1.94 to 1.166 print them. */
START_TEST(what_is_offered)
{
    struct choices choices;
    answers("printf 'Engine    Versions\\npg        [13,14,15,16,17]\\n'");
    unit_worked(choices_read(doctl, CALL_VERSIONS, &choices, &error), &error);
    ck_assert_uint_eq(choices.count, 5);
    ck_assert_uint_eq(choices_find(&choices, "15"), 2);
    ck_assert_uint_eq(choices_find(&choices, "1"), 5);
    choices_free(&choices);

    answers("printf 'Slug              NodeNums\\ndb-s-1vcpu-1gb    [1]\\n"
            "db-s-1vcpu-2gb    [1,2,3]\\n'");
    unit_worked(choices_read(doctl, CALL_SIZES, &choices, &error), &error);
    ck_assert_uint_eq(choices.count, 2);
    ck_assert(choices_has(choices.nodes[1], "3") && !choices_has(choices.nodes[0], "3"));
    choices_free(&choices);

    answers("printf 'Engine    Versions\\nmysql     [8]\\n'");
    unit_failed(choices_read(doctl, CALL_VERSIONS, &choices, &error), &error, ERROR_UNREADABLE,
                "no value");
}
END_TEST

START_TEST(nearest)
{
    static char one[] = "db-s-1vcpu-1gb", two[] = "db-s-1vcpu-2gb", other[] = "m-2vcpu-16gb",
                last[] = "gd-2vcpu-8gb";
    char *values[] = {other, one, last, two};
    ck_assert_str_eq(unit_keep(nearest_values("db-s-1vcpu-2bg", values, 4)),
                     "db-s-1vcpu-2gb, db-s-1vcpu-1gb, m-2vcpu-16gb");
    ck_assert_str_eq(unit_keep(nearest_values("x", values, 1)), "m-2vcpu-16gb");
    ck_assert_str_eq(unit_keep(nearest_values("x", values, 0)), "");
}
END_TEST

START_TEST(what_is_gone_is_deleted)
{
    answers("echo 'Error: DELETE https://api.digitalocean.com/v2/droplets/1: 404 (request \"r\") "
            "gone' >&2; "
            "exit 1");
    unit_worked(compute_droplet_delete(doctl, "1", &error), &error);
    answers("echo 'Error: DELETE https://api.digitalocean.com/v2/vpcs/1: 403 (request \"r\") "
            "members' >&2; "
            "exit 1");
    unit_failed(compute_vpc_delete(doctl, "1", &error), &error, ERROR_API, "members");
}
END_TEST

START_TEST(the_id_of_a_new_droplet)
{
    struct droplet_request request = {"web", "nyc3", "s", "i", "512", "", "", ""};
    char *id = NULL;
    answers("echo 410000009");
    unit_worked(compute_droplet_create(doctl, &request, &id, &error), &error);
    ck_assert_str_eq(unit_keep(id), "410000009");
    answers("echo not-a-number");
    unit_failed(compute_droplet_create(doctl, &request, &id, &error), &error, ERROR_UNREADABLE,
                "no usable ID");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("compute");
    TCase *tests = unit_case(suite, "compute");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, droplets_by_name);
    tcase_add_test(tests, what_is_no_list_of_droplets);
    tcase_add_test(tests, a_new_droplet_has_no_address);
    tcase_add_test(tests, keys_by_name_id_and_fingerprint);
    tcase_add_test(tests, regions);
    tcase_add_test(tests, what_is_offered);
    tcase_add_test(tests, nearest);
    tcase_add_test(tests, what_is_gone_is_deleted);
    tcase_add_test(tests, the_id_of_a_new_droplet);
    return unit_run(suite);
}
