#include "config.h"

#include "base/interpolate.h"

#include <string.h>

#include "base/bytes.h"
#include "base/variables.h"
#include "unit.h"

static struct error error;
static struct variables variables;

static void set_up(void)
{
    error = (struct error)ERROR_INIT;
    variables = (struct variables)VARIABLES_INIT;
    variables_set(&variables, "SET", "value");
    variables_set(&variables, "EMPTY", "");
}

static void tear_down(void)
{
    variables_free(&variables);
}

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
    {"$", "$ is not a valid variable"},
    {"100$", "not a valid variable"},
    {"$1", "$1 is not a valid variable"},
    {"${", "not a valid variable"},
    {"${}", "not a valid variable"},
    {"${SET", "${SET is not a valid variable"},
    {"${SET!x}", "not a valid variable"},
    {"${SE T}", "not a valid variable"},
    {"${NONE:-${SET}", "not a valid variable"},
    {"${NONE?}", "the variable NONE has to be set"},
    {"${EMPTY:?name it}", "the variable EMPTY has to be set: name it"},
    {"${NONE?tell ${SET}}", "has to be set: tell ${SET}"},
};

START_TEST(interpolates)
{
    struct interpolation some = variables_interpolation(&variables);
    struct interpolation nothing = {.value = NULL};
    struct buffer out = BUFFER_INIT;
    ck_assert_msg(interpolate(&some, values[_i].text, &out, &error), "%s", error.text);
    ck_assert_str_eq(buffer_text(&out), values[_i].result);
    buffer_free(&out);
    ck_assert(interpolate(&nothing, values[_i].text, &out, &error));
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

int main(void)
{
    Suite *suite = suite_create("interpolate");
    TCase *tests = unit_case(suite, "interpolate");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_loop_test(tests, interpolates, 0, COUNT(values));
    tcase_add_loop_test(tests, refuses_to_interpolate, 0, COUNT(invalid));
    return unit_run(suite);
}
