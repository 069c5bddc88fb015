#include "config.h"

#include "base/dotenv.h"

#include <string.h>

#include "base/memory.h"
#include "unit.h"

/* What Compose 2.26 makes of the same lines (tests/scenario/compose.bats runs it on them). */
static const struct {
    const char *file, *value; /* of A; NULL: it has none */
} lines[] = {
    {"A=1\n", "1"},
    {"A=1", "1"},
    {"A=1\nA=2\n", "2"},
    {"export A=1\n", "1"},
    {"  A = 1 2 \n", "1 2"},
    {"A: 1\n", "1"},
    {"A=1 # one\n", "1"},
    {"A=1#one\n", "1#one"},
    {"#A=1\n", NULL},
    {"AB=1\nXA=2\n", NULL},
    {"", NULL},
    {"A=\n", ""},
    {"A='1 # $B'\n", "1 # $B"},
    {"A=\"1 \\\"2\\\"\"\n", "1 \"2\""},
    {"B='\nA=2\n'\nA=1\n", "1"},
    {"A=1\nB='\nA=2\n'\n", "1"},
    {"A='1\n2'\n", "1\n2"},
    {"B=$X\nA=1\r\n", "1"},
};

static struct buffer text_of(const char *text)
{
    struct buffer file = BUFFER_INIT;
    buffer_add_text(&file, text);
    return file;
}

START_TEST(a_value_is_read_as_compose_reads_it)
{
    struct buffer file = text_of(lines[_i].file);
    struct error error = ERROR_INIT;
    char *value;
    ck_assert_msg(dotenv_get(&file, "A", &value, &error), "%s", error.text);
    if (lines[_i].value)
        ck_assert_str_eq(value ? value : "(none)", lines[_i].value);
    else
        ck_assert_ptr_null(value);
    mem_free_secret(value);
    buffer_free(&file);
}
END_TEST

START_TEST(what_is_not_followed_is_told)
{
    static const char *const files[] = {"A=$B\n", "A=\"${B}\"\n", "B='open\nA=1\n", "A=\"open"};
    struct buffer file = text_of(files[_i]);
    struct error error = ERROR_INIT;
    char *value;
    ck_assert(!dotenv_get(&file, "A", &value, &error));
    ck_assert_int_eq(error.kind, ERROR_USAGE);
    ck_assert_ptr_null(value);
    buffer_free(&file);
}
END_TEST

static const struct {
    const char *before, *after;
} changes[] = {
    {"", "A='x'\n"},
    {"A=1\n", "A='x'\n"},
    {"A=1", "A='x'"},
    {"B=2", "B=2\nA='x'\n"},
    {"# A=0\nA=1 # one\nB=2\n", "# A=0\nA='x'\nB=2\n"},
    {"A=1\nB=2\nA=3\nC=4\n", "B=2\nA='x'\nC=4\n"},
    {"B=\"\nA=1\n\"\r\nA='1\n2'\nC=3", "B=\"\nA=1\n\"\r\nA='x'\nC=3"},
    {"export A=1\n\n\tB = $C\n", "A='x'\n\n\tB = $C\n"},
};

START_TEST(one_line_is_changed_and_no_other)
{
    struct buffer file = text_of(changes[_i].before);
    dotenv_put(&file, "A", "x");
    ck_assert_str_eq(buffer_text(&file), changes[_i].after);
    dotenv_put(&file, "A", "x");
    ck_assert_str_eq(buffer_text(&file), changes[_i].after);
    buffer_free(&file);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("dotenv");
    TCase *tests = unit_case(suite, "dotenv");
    tcase_add_loop_test(tests, a_value_is_read_as_compose_reads_it, 0, COUNT(lines));
    tcase_add_loop_test(tests, what_is_not_followed_is_told, 0, 4);
    tcase_add_loop_test(tests, one_line_is_changed_and_no_other, 0, COUNT(changes));
    return unit_run(suite);
}
