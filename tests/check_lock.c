#include "config.h"

#include "base/lock.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "unit.h"

static struct error error;

static bool take(struct lock *lock, const char *folder, const char *name)
{
    bool taken = false;
    unit_worked(lock_try(lock, folder, name, &taken, &error), &error);
    ck_assert_int_eq(taken, lock->file >= 0);
    return taken;
}

START_TEST(one_at_a_time)
{
    char *folder = unit_folder();
    size_t open = unit_descriptors();
    struct lock one = LOCK_INIT;
    struct lock two = LOCK_INIT;
    struct lock other = LOCK_INIT;
    ck_assert(take(&one, folder, "freshtrack-db"));
    ck_assert(!take(&two, folder, "freshtrack-db"));
    ck_assert(take(&other, folder, "freshtrack-db-staging"));
    lock_release(&one);
    ck_assert(take(&two, folder, "freshtrack-db"));
    lock_release(&two);
    lock_release(&other);
    lock_release(&other);
    ck_assert_uint_eq(unit_descriptors(), open);
}
END_TEST

/* However it ends. */
START_TEST(it_ends_with_its_holder)
{
    char *folder = unit_folder();
    int ready[2];
    char byte;
    ck_assert_int_eq(pipe(ready), 0);
    pid_t holder = fork();
    if (holder == 0) {
        struct lock lock = LOCK_INIT;
        bool taken = false;
        lock_try(&lock, folder, "x", &taken, &error);
        if (write(ready[1], taken ? "y" : "n", 1) == 1)
            pause();
        _exit(0);
    }
    ck_assert_int_eq(read(ready[0], &byte, 1), 1);
    ck_assert_int_eq(byte, 'y');
    struct lock lock = LOCK_INIT;
    struct lock own = LOCK_INIT;
    struct lock again = LOCK_INIT;
    ck_assert(take(&own, folder, "y"));
    ck_assert(!take(&lock, folder, "x"));
    ck_assert(!take(&again, folder, "y"));
    if (access("/proc/locks", R_OK) == 0) {
        ck_assert_int_eq(lock.holder, holder);
        ck_assert_int_eq(again.holder, getpid());
    }
    lock_release(&own);
    kill(holder, SIGKILL);
    ck_assert_int_eq(waitpid(holder, NULL, 0), holder);
    ck_assert(take(&lock, folder, "x"));
    lock_release(&lock);
    close(ready[0]);
    close(ready[1]);
}
END_TEST

/* A child that outlives the run must not hold its lock. */
START_TEST(children_do_not_inherit_it)
{
    char *folder = unit_folder();
    struct lock lock = LOCK_INIT;
    ck_assert(take(&lock, folder, "x"));
    pid_t child = fork();
    if (child == 0) {
        execl("/bin/sleep", "sleep", "300", (char *)NULL);
        _exit(127);
    }
    lock_release(&lock);
    /* Until its exec the child has a copy. */
    while (!take(&lock, folder, "x"))
        usleep(1000);
    lock_release(&lock);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
}
END_TEST

/* What a doctl left running has a copy of the descriptor. */
START_TEST(a_release_counts_for_copies_too)
{
    char *folder = unit_folder();
    struct lock lock = LOCK_INIT;
    struct lock other = LOCK_INIT;
    ck_assert(take(&lock, folder, "x"));
    int copy = dup(lock.file);
    lock_release(&lock);
    ck_assert(take(&other, folder, "x"));
    lock_release(&other);
    close(copy);
}
END_TEST

/* Anybody could hold a lock that all users can open. */
START_TEST(in_a_folder_for_all_each_user_has_one)
{
    char *folder = unit_folder();
    struct lock lock = LOCK_INIT;
    struct lock other = LOCK_INIT;
    struct stat status;
    ck_assert_int_eq(chmod(folder, 01777), 0);
    umask(0);
    ck_assert(take(&lock, folder, "x"));
    ck_assert_int_eq(fstat(lock.file, &status), 0);
    ck_assert_int_eq(status.st_mode & 0777, 0600);
    char *file = unit_path(folder, unit_format("managed-db-%lu-x.lock", (unsigned long)geteuid()));
    ck_assert_int_eq(access(file, F_OK), 0);
    ck_assert(!take(&other, folder, "x"));
    if (access("/proc/locks", R_OK) == 0)
        ck_assert_int_eq(other.holder, getpid());
    lock_release(&lock);
    if (geteuid() != 0)
        return;
    bool taken;
    ck_assert_int_eq(chown(file, 12345, 12345), 0);
    unit_failed(lock_try(&lock, folder, "x", &taken, &error), &error, ERROR_LOCAL, "user 12345");
}
END_TEST

START_TEST(the_folder_is_made)
{
    struct lock lock = LOCK_INIT;
    struct stat status;
    char *folder = unit_path(unit_folder(), "locks");
    ck_assert(take(&lock, folder, "x"));
    ck_assert_int_eq(stat(folder, &status), 0);
    ck_assert_int_eq(status.st_mode & 07777, 0700);
    ck_assert_uint_eq(unit_entries(folder), 1);
    lock_release(&lock);
    /* The file stays, and is all that is there. */
    ck_assert_uint_eq(unit_entries(folder), 1);
    ck_assert(take(&lock, folder, "x"));
    lock_release(&lock);
}
END_TEST

/* Other users have to be able to open it: they wait for the same lock. */
START_TEST(the_file_is_readable_by_all)
{
    struct lock lock = LOCK_INIT;
    struct stat status;
    char *folder = unit_folder();
    umask(077);
    ck_assert(take(&lock, folder, "x"));
    ck_assert_int_eq(fstat(lock.file, &status), 0);
    ck_assert_int_eq(status.st_mode & 0777, 0644);
    lock_release(&lock);
}
END_TEST

START_TEST(what_cannot_be_a_lock)
{
    struct lock lock = LOCK_INIT;
    bool taken = true;
    char *folder = unit_folder();
    char *path = unit_path(folder, "managed-db-x.lock");
    ck_assert_int_eq(mkdir(path, 0700), 0);
    unit_failed(lock_try(&lock, folder, "x", &taken, &error), &error, ERROR_LOCAL, path);
    ck_assert(!taken);
    rmdir(path);
    error = (struct error)ERROR_INIT;
    char *target = unit_file(folder, "target", "", 0600);
    ck_assert_int_eq(symlink(target, path), 0);
    unit_failed(lock_try(&lock, folder, "x", &taken, &error), &error, ERROR_LOCAL, path);
    unlink(path);
    error = (struct error)ERROR_INIT;
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    unit_failed(lock_try(&lock, folder, "x", &taken, &error), &error, ERROR_LOCAL, path);
    error = (struct error)ERROR_INIT;
    unit_failed(lock_try(&lock, target, "x", &taken, &error), &error, ERROR_LOCAL, target);
    ck_assert_int_eq(lock.file, -1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("lock");
    TCase *tests = unit_case(suite, "lock");
    tcase_add_test(tests, one_at_a_time);
    tcase_add_test(tests, it_ends_with_its_holder);
    tcase_add_test(tests, children_do_not_inherit_it);
    tcase_add_test(tests, a_release_counts_for_copies_too);
    tcase_add_test(tests, in_a_folder_for_all_each_user_has_one);
    tcase_add_test(tests, the_folder_is_made);
    tcase_add_test(tests, the_file_is_readable_by_all);
    tcase_add_test(tests, what_cannot_be_a_lock);
    return unit_run(suite);
}
