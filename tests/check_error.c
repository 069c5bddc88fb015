#include "config.h"

#include "base/error.h"

#include <errno.h>
#include <string.h>

#include "unit.h"

START_TEST(exit_statuses)
{
    static const struct {
        enum error_kind kind;
        int number, status;
    } statuses[] = {
        {ERROR_NONE, 0, 0},       {ERROR_NOT_THERE, 0, 1},   {ERROR_USAGE, 0, 2},
        {ERROR_NO_PROGRAM, 0, 3}, {ERROR_AUTH, 401, 3},      {ERROR_API, 404, 4},
        {ERROR_NETWORK, 0, 4},    {ERROR_UNSUPPORTED, 0, 4}, {ERROR_UNREADABLE, 0, 4},
        {ERROR_BLANK, 0, 4},      {ERROR_CONFLICT, 0, 4},    {ERROR_DEADLINE, 0, 5},
        {ERROR_LOCAL, ENOENT, 6}, {ERROR_SIGNAL, 15, 143},
    };
    ck_assert_uint_eq(COUNT(statuses), ERROR_SIGNAL + 1);
    for (size_t i = 0; i < COUNT(statuses); i++) {
        struct error error = {statuses[i].kind, statuses[i].number, ""};
        ck_assert_int_eq(error_exit_status(&error), statuses[i].status);
    }
}
END_TEST

START_TEST(a_message_grows_at_both_ends)
{
    struct error error = ERROR_INIT;
    ck_assert(!error_set(&error, ERROR_API, 404, "%s is %d", "it", 1));
    ck_assert(!error_precede(&error, "step 2"));
    ck_assert(!error_advise(&error, "try %s", "again"));
    ck_assert_str_eq(error.text, "step 2: it is 1; try again");
    ck_assert_int_eq(error.kind, ERROR_API);
    ck_assert_int_eq(error.number, 404);
}
END_TEST

START_TEST(a_system_call_that_failed)
{
    struct error error = ERROR_INIT;
    errno = ENOENT;
    ck_assert(!error_set_errno(&error, "cannot read %s", "/x"));
    ck_assert_int_eq(error.kind, ERROR_LOCAL);
    ck_assert_int_eq(error.number, ENOENT);
    ck_assert_str_eq(error.text, unit_format("cannot read /x: %s", strerror(ENOENT)));
}
END_TEST

/* A message that is too long is cut, whatever is added to it. */
START_TEST(long_messages)
{
    char *text = unit_format("%2000s", "x");
    struct error error = ERROR_INIT;
    error_set(&error, ERROR_USAGE, 0, "%s", text);
    ck_assert_uint_eq(strlen(error.text), ERROR_TEXT_SIZE - 1);
    error_precede(&error, text);
    error_advise(&error, "%s", text);
    errno = EIO;
    error_set_errno(&error, "%s", text);
    ck_assert_uint_lt(strlen(error.text), ERROR_TEXT_SIZE);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("error");
    TCase *tests = unit_case(suite, "error");
    tcase_add_test(tests, exit_statuses);
    tcase_add_test(tests, a_message_grows_at_both_ends);
    tcase_add_test(tests, a_system_call_that_failed);
    tcase_add_test(tests, long_messages);
    return unit_run(suite);
}
