#include "config.h"

#include "base/secretfile.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/memory.h"
#include "unit.h"

#define SECRET "postgresql://doadmin:AVNS_x@h:1/d"

static struct error error;
static char *folder;
static char *path; /* FOLDER/secret */
static const struct secretfile_owner nobody = {.wanted = false};

static void set_up(void)
{
    error = (struct error)ERROR_INIT;
    folder = unit_folder();
    path = unit_path(folder, "secret");
    umask(022);
}

static struct stat look(const char *name)
{
    struct stat status;
    ck_assert_msg(lstat(name, &status) == 0, "%s: %s", name, strerror(errno));
    return status;
}

static mode_t mode_of(const char *name)
{
    return look(name).st_mode & 07777;
}

static enum secretfile_outcome write_secret(const char *name, const char *text)
{
    enum secretfile_outcome outcome;
    unit_worked(secretfile_write(name, text, strlen(text), &nobody, &outcome, &error), &error);
    return outcome;
}

/* A process ID that nobody has. */
static pid_t dead(void)
{
    pid_t pid = fork();
    if (pid == 0)
        _exit(0);
    ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
    return pid;
}

/* ---- writing ---- */

START_TEST(a_new_file)
{
    static const mode_t masks[] = {0, 022, 077, 0777, 0277};
    for (size_t i = 0; i < COUNT(masks); i++) {
        umask(masks[i]);
        ck_assert_int_eq(write_secret(path, SECRET), SECRETFILE_WRITTEN);
        ck_assert_int_eq(mode_of(path), 0600);
        ck_assert_int_eq(look(path).st_uid, geteuid());
        ck_assert_str_eq(unit_read(path), SECRET);
        ck_assert_uint_eq(unit_entries(folder), 1);
        ck_assert_int_eq(unlink(path), 0);
    }
}
END_TEST

START_TEST(bytes_are_kept)
{
    static const char bytes[] = "a\0b\r\n\xff\n";
    enum secretfile_outcome outcome;
    char *text;
    size_t length;
    unit_worked(secretfile_write(path, bytes, 7, NULL, &outcome, &error), &error);
    unit_worked(secretfile_read(path, &text, &length, &error), &error);
    ck_assert_uint_eq(length, 7);
    ck_assert_mem_eq(text, bytes, 7);
    ck_assert_int_eq(text[7], 0);
    free(text);
    unit_worked(secretfile_write(path, bytes, 7, NULL, &outcome, &error), &error);
    ck_assert_int_eq(outcome, SECRETFILE_UNCHANGED);
    /* The same as a string, and not the same. */
    unit_worked(secretfile_write(path, bytes, 6, NULL, &outcome, &error), &error);
    ck_assert_int_eq(outcome, SECRETFILE_WRITTEN);
    unit_worked(secretfile_write(path, "", 0, NULL, &outcome, &error), &error);
    ck_assert_int_eq(outcome, SECRETFILE_WRITTEN);
    ck_assert_int_eq(look(path).st_size, 0);
}
END_TEST

START_TEST(an_unchanged_file_is_left_alone)
{
    write_secret(path, SECRET);
    struct stat before = look(path);
    ck_assert_int_eq(write_secret(path, SECRET), SECRETFILE_UNCHANGED);
    struct stat after = look(path);
    ck_assert_uint_eq(after.st_ino, before.st_ino);
    ck_assert_int_eq(after.st_mtim.tv_nsec, before.st_mtim.tv_nsec);
    ck_assert_int_eq(after.st_ctim.tv_nsec, before.st_ctim.tv_nsec);
    ck_assert_int_eq(write_secret(path, SECRET "x"), SECRETFILE_WRITTEN);
    ck_assert_str_eq(unit_read(path), SECRET "x");
}
END_TEST

/* Who has the old file open sees the old content to its end. */
START_TEST(a_changed_file_is_another_file)
{
    write_secret(path, "old");
    int old = open(path, O_RDONLY | O_CLOEXEC);
    char bytes[8] = "";
    write_secret(path, "new content");
    ck_assert_int_eq(read(old, bytes, sizeof bytes), 3);
    ck_assert_str_eq(bytes, "old");
    close(old);
}
END_TEST

START_TEST(a_wrong_mode_is_repaired)
{
    static const mode_t modes[] = {0644, 0400, 0666, 0700, 04600, 0000};
    for (size_t i = 0; i < COUNT(modes); i++) {
        write_secret(path, SECRET);
        ck_assert_int_eq(chmod(path, modes[i]), 0);
        ck_assert_int_eq(write_secret(path, SECRET), SECRETFILE_WRITTEN);
        ck_assert_int_eq(mode_of(path), 0600);
        ck_assert_str_eq(unit_read(path), SECRET);
    }
}
END_TEST

START_TEST(a_link_is_replaced)
{
    char *target = unit_file(folder, "target", SECRET, 0600);
    ck_assert_int_eq(symlink(target, path), 0);
    ck_assert_int_eq(write_secret(path, SECRET), SECRETFILE_LINK_REPLACED);
    ck_assert(S_ISREG(look(path).st_mode));
    ck_assert_int_eq(write_secret(path, "new"), SECRETFILE_WRITTEN);
    ck_assert_str_eq(unit_read(target), SECRET);

    /* One that leads nowhere too. */
    unlink(path);
    ck_assert_int_eq(symlink("/nonexistent/x", path), 0);
    ck_assert_int_eq(write_secret(path, SECRET), SECRETFILE_LINK_REPLACED);
    ck_assert(S_ISREG(look(path).st_mode));
}
END_TEST

/* Another name of the same file keeps the old content. */
START_TEST(a_hard_link_is_parted)
{
    char *other = unit_file(folder, "other", "old", 0600);
    ck_assert_int_eq(link(other, path), 0);
    write_secret(path, "new");
    ck_assert_str_eq(unit_read(other), "old");
    ck_assert_str_eq(unit_read(path), "new");
}
END_TEST

START_TEST(an_owner_is_set)
{
    if (geteuid() != 0)
        return;
    const struct secretfile_owner owner = {.wanted = true, .uid = 12345, .gid = 23456};
    enum secretfile_outcome outcome;
    unit_worked(secretfile_write(path, SECRET, 3, &owner, &outcome, &error), &error);
    ck_assert_int_eq(look(path).st_uid, 12345);
    ck_assert_int_eq(look(path).st_gid, 23456);
    ck_assert_int_eq(mode_of(path), 0600);
    unit_worked(secretfile_write(path, SECRET, 3, &owner, &outcome, &error), &error);
    ck_assert_int_eq(outcome, SECRETFILE_UNCHANGED);
    /* A wrong one is repaired. */
    const struct secretfile_owner group = {.wanted = true, .uid = 12345, .gid = 1};
    unit_worked(secretfile_write(path, SECRET, 3, &group, &outcome, &error), &error);
    ck_assert_int_eq(outcome, SECRETFILE_WRITTEN);
    ck_assert_int_eq(look(path).st_gid, 1);
    unit_worked(secretfile_write(path, SECRET, 3, &nobody, &outcome, &error), &error);
    ck_assert_int_eq(outcome, SECRETFILE_WRITTEN);
    ck_assert_int_eq(look(path).st_uid, 0);
}
END_TEST

START_TEST(an_owner_that_cannot_be_set)
{
    if (geteuid() == 0)
        return;
    const struct secretfile_owner owner = {.wanted = true, .uid = 0, .gid = 0};
    enum secretfile_outcome outcome;
    write_secret(path, "old");
    unit_failed(secretfile_write(path, SECRET, 3, &owner, &outcome, &error), &error, ERROR_LOCAL,
                "to user 0");
    ck_assert_str_eq(unit_read(path), "old");
    ck_assert_uint_eq(unit_entries(folder), 1);
}
END_TEST

/* ---- failures: what was there stays, and nothing else is left ---- */

START_TEST(a_file_that_grows_too_large)
{
    static char bytes[100000];
    struct rlimit before;
    enum secretfile_outcome outcome;
    write_secret(path, SECRET);
    signal(SIGXFSZ, SIG_IGN);
    ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &before), 0);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &(struct rlimit){4096, before.rlim_max}), 0);
    bool good = secretfile_write(path, bytes, sizeof bytes, &nobody, &outcome, &error);
    setrlimit(RLIMIT_FSIZE, &before);
    signal(SIGXFSZ, SIG_DFL);
    unit_failed(good, &error, ERROR_LOCAL, path);
    ck_assert_int_eq(error.number, EFBIG);
    ck_assert_str_eq(unit_read(path), SECRET);
    ck_assert_uint_eq(unit_entries(folder), 1);
}
END_TEST

START_TEST(a_folder_stands_at_the_path)
{
    enum secretfile_outcome outcome;
    size_t open = unit_descriptors();
    ck_assert_int_eq(mkdir(path, 0700), 0);
    unit_failed(secretfile_prepare(path, &nobody, &error), &error, ERROR_LOCAL,
                "not a regular file");
    unit_failed(secretfile_write(path, SECRET, 3, &nobody, &outcome, &error), &error, ERROR_LOCAL,
                path);
    ck_assert_uint_eq(unit_entries(folder), 1);
    ck_assert_uint_eq(unit_entries(path), 0);
    ck_assert_uint_eq(unit_descriptors(), open);
}
END_TEST

START_TEST(a_folder_that_is_not_there)
{
    enum secretfile_outcome outcome;
    char *lost = unit_path(folder, "no/such/secret");
    unit_failed(secretfile_write(lost, SECRET, 3, &nobody, &outcome, &error), &error, ERROR_LOCAL,
                lost);
    ck_assert_int_eq(error.number, ENOENT);
    ck_assert_uint_eq(unit_entries(folder), 0);
}
END_TEST

START_TEST(a_name_that_is_too_long)
{
    char name[300];
    enum secretfile_outcome outcome;
    memset(name, 'x', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    char *lost = unit_path(folder, name);
    unit_failed(secretfile_write(lost, SECRET, 3, &nobody, &outcome, &error), &error, ERROR_LOCAL,
                "cannot write");
    ck_assert_uint_eq(unit_entries(folder), 0);
}
END_TEST

/* ---- what is seen before anything else happens ---- */

START_TEST(prepare_makes_the_folder)
{
    umask(022);
    char *deep = unit_path(folder, "a/b/c/secret");
    unit_worked(secretfile_prepare(deep, &nobody, &error), &error);
    ck_assert_int_eq(mode_of(unit_path(folder, "a")), 0755);
    ck_assert_int_eq(mode_of(unit_path(folder, "a/b")), 0755);
    ck_assert_int_eq(mode_of(unit_path(folder, "a/b/c")), 0700);
    ck_assert_uint_eq(unit_entries(unit_path(folder, "a/b/c")), 0);
    umask(027);
    unit_worked(secretfile_prepare(unit_path(folder, "d/e//f/x"), &nobody, &error), &error);
    ck_assert_int_eq(mode_of(unit_path(folder, "d")), 0750);
    ck_assert_int_eq(mode_of(unit_path(folder, "d/e/f")), 0700);
    /* A folder that is there keeps its mode. */
    ck_assert_int_eq(chmod(unit_path(folder, "a/b/c"), 0750), 0);
    unit_worked(secretfile_prepare(deep, &nobody, &error), &error);
    ck_assert_int_eq(mode_of(unit_path(folder, "a/b/c")), 0750);
    /* The umask takes nothing from the owner. */
    umask(0277);
    unit_worked(secretfile_prepare(unit_path(folder, "g/x"), &nobody, &error), &error);
    ck_assert_int_eq(mode_of(unit_path(folder, "g")), 0700);
}
END_TEST

START_TEST(prepare_in_the_current_folder)
{
    char *before = unit_keep(getcwd(NULL, 0));
    ck_assert_int_eq(chdir(folder), 0);
    unit_worked(secretfile_prepare("secret", &nobody, &error), &error);
    unit_worked(secretfile_prepare("x/secret", &nobody, &error), &error);
    ck_assert_int_eq(write_secret("secret", SECRET), SECRETFILE_WRITTEN);
    ck_assert_int_eq(write_secret("x/secret", SECRET), SECRETFILE_WRITTEN);
    ck_assert_int_eq(chdir(before), 0);
    ck_assert_str_eq(unit_read(path), SECRET);
    ck_assert_uint_eq(unit_entries(folder), 2);
}
END_TEST

START_TEST(prepare_leaves_a_file_alone)
{
    write_secret(path, SECRET);
    struct stat before = look(path);
    unit_worked(secretfile_prepare(path, &nobody, &error), &error);
    ck_assert_uint_eq(look(path).st_ino, before.st_ino);
    ck_assert_str_eq(unit_read(path), SECRET);
}
END_TEST

START_TEST(prepare_looks_where_a_link_leads)
{
    char *real = unit_path(folder, "real");
    char *target = unit_path(real, "target");
    char *everybodys = unit_path(folder, "everybodys");
    const char *const bad[] = {"/",
                               "/dev/null",
                               "/nonexistent/x",
                               "secret",
                               unit_path(everybodys, "target"),
                               "/proc/self/environ"};
    for (size_t i = 0; i < COUNT(bad); i++) {
        unlink(path);
        ck_assert_int_eq(symlink(bad[i], path), 0);
        unit_failed(secretfile_prepare(path, &nobody, &error), &error, ERROR_LOCAL, "");
        ck_assert(S_ISLNK(look(path).st_mode));
        if (i == 0) {
            ck_assert_int_eq(mkdir(everybodys, 0700), 0);
            unit_file(everybodys, "target", SECRET, 0600);
            ck_assert_int_eq(chmod(everybodys, 0777), 0);
        }
    }
    unlink(path);
    ck_assert_int_eq(mkdir(real, 0700), 0);
    unit_file(real, "target", SECRET, 0600);
    ck_assert_int_eq(symlink("real/target", path), 0);
    unit_worked(secretfile_prepare(path, &nobody, &error), &error);
    ck_assert(S_ISLNK(look(path).st_mode));
    ck_assert_str_eq(unit_read(target), SECRET);
}
END_TEST

START_TEST(prepare_below_devices_and_processes)
{
    static const char *const bad[] = {"/dev/stdout", "/dev/fd/1", "/dev/x/y", "/proc/self/fd/1",
                                      "/dev/shm/x",  "/dev/x",    "/proc/x"};
    for (size_t i = 0; i < COUNT(bad); i++)
        unit_failed(secretfile_prepare(bad[i], &nobody, &error), &error, ERROR_LOCAL,
                    "managed-db url");
    ck_assert_int_ne(access("/dev/x", F_OK), 0);
    char *link = unit_path(folder, "devices");
    ck_assert_int_eq(symlink("/dev", link), 0);
    unit_failed(secretfile_prepare(unit_path(link, "stdout"), &nobody, &error), &error, ERROR_LOCAL,
                "managed-db url");
    /* Names that only begin so. */
    unit_worked(secretfile_prepare(unit_path(folder, "dev/x"), &nobody, &error), &error);
}
END_TEST

START_TEST(prepare_sees_what_is_in_the_way)
{
    char *file = unit_file(folder, "file", "", 0600);
    char *below = unit_path(file, "x/secret");
    unit_failed(secretfile_prepare(below, &nobody, &error), &error, ERROR_LOCAL, file);
    ck_assert_int_eq(error.number, ENOTDIR);
    unit_failed(secretfile_prepare(unit_path(file, "secret"), &nobody, &error), &error, ERROR_LOCAL,
                file);
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    unit_failed(secretfile_prepare(path, &nobody, &error), &error, ERROR_LOCAL, path);
    unit_failed(secretfile_prepare("/dev/null", &nobody, &error), &error, ERROR_LOCAL, "/dev");
    unit_failed(secretfile_prepare("", &nobody, &error), &error, ERROR_LOCAL, "");
    unit_failed(secretfile_prepare(unit_path(folder, "x/"), &nobody, &error), &error, ERROR_LOCAL,
                "x/");
    ck_assert_uint_eq(unit_entries(folder), 2);
}
END_TEST

START_TEST(prepare_in_a_folder_that_cannot_be_written)
{
    if (geteuid() == 0)
        return;
    ck_assert_int_eq(chmod(folder, 0500), 0);
    unit_failed(secretfile_prepare(path, &nobody, &error), &error, ERROR_LOCAL, folder);
    unit_failed(secretfile_prepare(unit_path(folder, "a/b"), &nobody, &error), &error, ERROR_LOCAL,
                "a");
}
END_TEST

START_TEST(prepare_in_a_folder_of_everybody)
{
    ck_assert_int_eq(chmod(folder, 0777), 0);
    unit_failed(secretfile_prepare(path, &nobody, &error), &error, ERROR_LOCAL, folder);
    ck_assert_int_eq(chmod(folder, 01777), 0);
    unit_failed(secretfile_prepare(path, &nobody, &error), &error, ERROR_LOCAL, folder);
    ck_assert_int_eq(chmod(folder, 0755), 0);
    unit_worked(secretfile_prepare(path, &nobody, &error), &error);
}
END_TEST

START_TEST(prepare_for_a_file_of_somebody_else)
{
    if (geteuid() != 0)
        return;
    const struct secretfile_owner owner = {.wanted = true, .uid = 12345, .gid = 12345};
    unit_file(folder, "secret", "", 0600);
    ck_assert_int_eq(chown(path, 12345, 12345), 0);
    unit_failed(secretfile_prepare(path, &nobody, &error), &error, ERROR_LOCAL, "user 12345");
    unit_worked(secretfile_prepare(path, &owner, &error), &error);
    ck_assert_int_eq(chown(path, 54321, 0), 0);
    unit_failed(secretfile_prepare(path, &owner, &error), &error, ERROR_LOCAL, "user 54321");
    unlink(path);
    ck_assert_int_eq(chown(folder, 12345, 0), 0);
    unit_failed(secretfile_prepare(path, &nobody, &error), &error, ERROR_LOCAL, folder);
}
END_TEST

/* What killed runs left goes; what somebody works on, and what only looks like it, stays. */
START_TEST(prepare_removes_what_was_left)
{
    pid_t gone = dead();
    unit_file(folder, unit_format("secret.%ld-1a2b.tmp", (long)gone), "", 0600);
    unit_file(folder, unit_format("secret.%ld-0.tmp", (long)getpid()), "", 0600);
    unit_file(folder, unit_format("secret.%ld.tmp", (long)gone), "", 0600);
    const size_t left_over = 3;
    ck_assert_uint_eq(unit_entries(folder), left_over);

    char *held = unit_file(folder, unit_format("secret.%ld-77.tmp", (long)gone), "", 0600);
    int file = open(held, O_RDWR | O_CLOEXEC);
    ck_assert_int_eq(flock(file, LOCK_EX), 0);
    unit_file(folder, unit_format("secret.%ld.tmp", (long)getpid()), "", 0600);
    unit_file(folder, unit_format("secrets.%ld-1.tmp", (long)gone), "", 0600);
    unit_file(folder, unit_format("other.%ld-1.tmp", (long)gone), "", 0600);
    unit_file(folder, unit_format("secret.%ld-1.bak", (long)gone), "", 0600);
    unit_file(folder, unit_format("secretx%ld-1.tmp", (long)gone), "", 0600);
    unit_file(folder, "secret.previous", "", 0600);
    unit_file(folder, "secret.tmp", "", 0600);
    unit_file(folder, "secret.x-1.tmp", "", 0600);
    unit_file(folder, "secret.-5-1.tmp", "", 0600);
    size_t all = unit_entries(folder);
    unit_worked(secretfile_prepare(path, &nobody, &error), &error);
    ck_assert_uint_eq(unit_entries(folder), all - left_over);
    ck_assert_int_eq(access(held, F_OK), 0);
    close(file);
    unit_worked(secretfile_prepare(path, &nobody, &error), &error);
    ck_assert_uint_eq(unit_entries(folder), all - left_over - 1);
}
END_TEST

/* ---- reading ---- */

START_TEST(reading)
{
    char *text = folder;
    size_t length = 1;
    unit_worked(secretfile_read(path, &text, &length, &error), &error);
    ck_assert_ptr_null(text);
    ck_assert_uint_eq(length, 0);
    unit_file(folder, "secret", SECRET, 0644);
    unit_worked(secretfile_read(path, &text, &length, &error), &error);
    ck_assert_str_eq(text, SECRET);
    ck_assert_uint_eq(length, strlen(SECRET));
    mem_free_secret(text);
    unit_file(folder, "secret", "", 0600);
    unit_worked(secretfile_read(path, &text, &length, &error), &error);
    ck_assert_str_eq(text, "");
    free(text);
    /* Neither a link nor a folder nor a pipe is a file. */
    unlink(path);
    ck_assert_int_eq(symlink(unit_file(folder, "target", SECRET, 0600), path), 0);
    unit_worked(secretfile_read(path, &text, &length, &error), &error);
    ck_assert_ptr_null(text);
    unit_worked(secretfile_read(folder, &text, &length, &error), &error);
    ck_assert_ptr_null(text);
    unlink(path);
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    unit_worked(secretfile_read(path, &text, &length, &error), &error);
    ck_assert_ptr_null(text);
    unit_failed(secretfile_read(unit_path(path, "x"), &text, &length, &error), &error, ERROR_LOCAL,
                path);
}
END_TEST

START_TEST(reading_a_large_file)
{
    char *text;
    size_t length;
    int file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    ck_assert_int_eq(ftruncate(file, 1 << 20), 0);
    unit_worked(secretfile_read(path, &text, &length, &error), &error);
    ck_assert_uint_eq(length, 1 << 20);
    free(text);
    ck_assert_int_eq(ftruncate(file, (1 << 20) + 1), 0);
    close(file);
    unit_failed(secretfile_read(path, &text, &length, &error), &error, ERROR_LOCAL, "too large");
    ck_assert_ptr_null(text);
}
END_TEST

/* ---- the previous one ---- */

START_TEST(the_previous_one_is_kept_once)
{
    bool kept = false;
    char *previous = unit_path(folder, "secret.previous");
    unit_worked(secretfile_keep_previous(path, "first", 5, &kept, &error), &error);
    ck_assert(kept);
    ck_assert_str_eq(unit_read(previous), "first");
    ck_assert_int_eq(mode_of(previous), 0600);
    ck_assert_uint_eq(unit_entries(folder), 1);
    unit_worked(secretfile_keep_previous(path, "second", 6, &kept, &error), &error);
    ck_assert(!kept);
    ck_assert_str_eq(unit_read(previous), "first");
    /* A link that leads nowhere is a file of that name too. */
    unlink(previous);
    ck_assert_int_eq(symlink("/nonexistent/x", previous), 0);
    unit_worked(secretfile_keep_previous(path, "third", 5, &kept, &error), &error);
    ck_assert(!kept);
    ck_assert(S_ISLNK(look(previous).st_mode));
    kept = true;
    unit_failed(secretfile_keep_previous("/dev/null/x", "a", 1, &kept, &error), &error, ERROR_LOCAL,
                "/dev/null/x.previous");
    ck_assert(!kept);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("secretfile");
    TCase *tests = unit_case(suite, "write");
    tcase_add_checked_fixture(tests, set_up, NULL);
    tcase_add_test(tests, a_new_file);
    tcase_add_test(tests, bytes_are_kept);
    tcase_add_test(tests, an_unchanged_file_is_left_alone);
    tcase_add_test(tests, a_changed_file_is_another_file);
    tcase_add_test(tests, a_wrong_mode_is_repaired);
    tcase_add_test(tests, a_link_is_replaced);
    tcase_add_test(tests, a_hard_link_is_parted);
    tcase_add_test(tests, an_owner_is_set);
    tcase_add_test(tests, an_owner_that_cannot_be_set);
    tcase_add_test(tests, a_file_that_grows_too_large);
    tcase_add_test(tests, a_folder_stands_at_the_path);
    tcase_add_test(tests, a_folder_that_is_not_there);
    tcase_add_test(tests, a_name_that_is_too_long);
    tests = unit_case(suite, "prepare");
    tcase_add_checked_fixture(tests, set_up, NULL);
    tcase_add_test(tests, prepare_makes_the_folder);
    tcase_add_test(tests, prepare_in_the_current_folder);
    tcase_add_test(tests, prepare_leaves_a_file_alone);
    tcase_add_test(tests, prepare_looks_where_a_link_leads);
    tcase_add_test(tests, prepare_below_devices_and_processes);
    tcase_add_test(tests, prepare_sees_what_is_in_the_way);
    tcase_add_test(tests, prepare_in_a_folder_that_cannot_be_written);
    tcase_add_test(tests, prepare_in_a_folder_of_everybody);
    tcase_add_test(tests, prepare_for_a_file_of_somebody_else);
    tcase_add_test(tests, prepare_removes_what_was_left);
    tests = unit_case(suite, "read");
    tcase_add_checked_fixture(tests, set_up, NULL);
    tcase_add_test(tests, reading);
    tcase_add_test(tests, reading_a_large_file);
    tcase_add_test(tests, the_previous_one_is_kept_once);
    return unit_run(suite);
}
