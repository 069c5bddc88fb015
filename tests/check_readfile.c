#include "config.h"

#include "base/readfile.h"

#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/signals.h"
#include "unit.h"

#define LIMIT (1 << 20)

static struct error error;
static struct buffer content;
static char *folder;

static void set_up(void)
{
    error = (struct error)ERROR_INIT;
    content = (struct buffer)BUFFER_INIT;
    folder = unit_folder();
}

static void tear_down(void)
{
    buffer_free(&content);
}

static bool take(const char *path, enum readfile_need need)
{
    return readfile(path, need, LIMIT, &content, &error);
}

static void holds(const char *text)
{
    ck_assert_uint_eq(content.length, strlen(text));
    ck_assert_int_eq(memcmp(content.data, text, strlen(text)), 0);
}

START_TEST(a_file_is_appended)
{
    char *path = unit_file(folder, "a", "text\n", 0600);
    unit_worked(take(path, READFILE_REQUIRED), &error);
    unit_worked(take(path, READFILE_OPTIONAL), &error);
    holds("text\ntext\n");
}
END_TEST

START_TEST(a_byte_order_mark_is_dropped)
{
    unit_worked(take(unit_file(folder, "a", "\xef\xbb\xbftext", 0600), READFILE_REQUIRED), &error);
    holds("text");
}
END_TEST

START_TEST(a_file_may_be_as_large_as_the_limit)
{
    char *path = unit_file(folder, "a", "", 0600);
    ck_assert_int_eq(truncate(path, LIMIT), 0);
    unit_worked(take(path, READFILE_REQUIRED), &error);
    ck_assert_uint_eq(content.length, LIMIT);
    ck_assert_int_eq(truncate(path, LIMIT + 1), 0);
    buffer_free(&content);
    unit_failed(take(path, READFILE_REQUIRED), &error, ERROR_USAGE, "larger than 1 MiB");
    unit_failed(take("/dev/zero", READFILE_REQUIRED), &error, ERROR_USAGE, "larger than 1 MiB");
}
END_TEST

START_TEST(what_is_not_there)
{
    char *path = unit_path(folder, "none");
    unit_failed(take(path, READFILE_REQUIRED), &error, ERROR_LOCAL, path);
    unit_failed(take(folder, READFILE_REQUIRED), &error, ERROR_LOCAL, folder);
    unit_worked(take(path, READFILE_OPTIONAL), &error);
    unit_worked(take(folder, READFILE_OPTIONAL), &error);
    ck_assert_uint_eq(content.length, 0);
}
END_TEST

START_TEST(a_named_pipe_is_refused)
{
    char *path = unit_path(folder, "pipe");
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    unit_failed(take(path, READFILE_REQUIRED), &error, ERROR_LOCAL, "named pipe");
    unit_worked(take(path, READFILE_OPTIONAL), &error);
}
END_TEST

/* A pipe that was handed over is read to its end, and a signal ends that. */
START_TEST(a_pipe_that_was_handed_over)
{
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    ck_assert_int_eq(write(ends[1], "text", 4), 4);
    char *path = unit_format("/dev/fd/%d", ends[0]);
    unit_worked(signals_catch(&error), &error);
    raise(SIGTERM);
    unit_failed(take(path, READFILE_REQUIRED), &error, ERROR_SIGNAL, path);
    ck_assert_int_eq(error.number, SIGTERM);
    signals_release();
    unit_worked(signals_catch(&error), &error);
    close(ends[1]);
    unit_worked(take(path, READFILE_REQUIRED), &error);
    holds("text");
    close(ends[0]);
    signals_release();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("input");
    TCase *tests = unit_case(suite, "input");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, a_file_is_appended);
    tcase_add_test(tests, a_byte_order_mark_is_dropped);
    tcase_add_test(tests, a_file_may_be_as_large_as_the_limit);
    tcase_add_test(tests, what_is_not_there);
    tcase_add_test(tests, a_named_pipe_is_refused);
    tcase_add_test(tests, a_pipe_that_was_handed_over);
    return unit_run(suite);
}
