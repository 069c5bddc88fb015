#include "config.h"

#include "base/variables.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
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

static bool read_env(const char *text)
{
    return variables_read(&variables, unit_file(unit_folder(), ".env", text, 0600), true, &error);
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

int main(void)
{
    Suite *suite = suite_create("variables");
    TCase *tests = unit_case(suite, "variables");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_loop_test(tests, reads_env, 0, COUNT(entries));
    tcase_add_test(tests, env_that_cannot_be_read);
    tcase_add_test(tests, the_first_file_wins);
    tcase_add_test(tests, a_long_value_is_whole);
    tcase_add_test(tests, env_beside_a_file);
    return unit_run(suite);
}
