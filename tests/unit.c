#include "config.h"

#include "unit.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "base/pattern.h"

const char unit_child[] = UNIT_BUILD "/child";
const char unit_replay[] = UNIT_BUILD "/replay";
const char unit_source[] = UNIT_SOURCE;

static char *top;

/* What is freed when the test ends. */
struct kept {
    struct kept *next;
    char *text;
};
static struct kept *kept;

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *walk)
{
    (void)status;
    (void)type;
    (void)walk;
    return remove(path);
}

/* A folder that a test made unreadable has to be opened before its content can go. */
static int open_one(const char *path, const struct stat *status, int type, struct FTW *walk)
{
    (void)walk;
    if (type == FTW_D || type == FTW_DNR)
        chmod(path, status->st_mode | 0700);
    return 0;
}

/* Nothing of the machine that the tests run on may change what they see. */
static void clean_environment(void)
{
    /* A shell, or a terminal's program, may have started this with some signals ignored. */
    for (int number = 1; number < 32; number++)
        signal(number, SIG_DFL);
    static const char *const names[] = {"DO_REGION",
                                        "DO_DB_SIZE",
                                        "USE_MANAGED_DB",
                                        "DROPLET_ID",
                                        "DO_API_TOKEN",
                                        "MANAGED_DB_DOCTL",
                                        "NO_COLOR",
                                        "MANAGED_DB_SECRETS_DIR",
                                        "MANAGED_DB_LOCK_DIR",
                                        "XDG_STATE_HOME",
                                        "DIGITALOCEAN_OUTPUT",
                                        "DIGITALOCEAN_TRACE",
                                        "DIGITALOCEAN_ACCESS_TOKEN",
                                        "DIGITALOCEAN_CONTEXT"};
    for (size_t i = 0; i < COUNT(names); i++)
        unsetenv(names[i]);
    setenv("LC_ALL", "C", 1);
}

int unit_run(Suite *suite)
{
    const char *parent = getenv("TMPDIR");
    top = mem_format("%s/managed-db-unit.XXXXXX", parent && *parent ? parent : "/tmp");
    if (!mkdtemp(top)) {
        perror(top);
        return 2;
    }
    clean_environment();
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    nftw(top, open_one, 16, FTW_PHYS);
    nftw(top, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    free(top);
    return failed ? 1 : 0;
}

char *unit_keep(char *text)
{
    struct kept *one = mem_alloc(sizeof *one);
    *one = (struct kept){kept, text};
    kept = one;
    return text;
}

char *unit_format(const char *format, ...)
{
    struct buffer text = BUFFER_INIT;
    va_list values;
    va_start(values, format);
    int length = vsnprintf(NULL, 0, format, values);
    va_end(values);
    va_start(values, format);
    vsnprintf(buffer_reserve(&text, (size_t)length), (size_t)length + 1, format, values);
    va_end(values);
    return unit_keep(buffer_take(&text));
}

static void end_test(void)
{
    while (kept) {
        struct kept *one = kept;
        kept = one->next;
        free(one->text);
        free(one);
    }
    pattern_free_all();
}

TCase *unit_case(Suite *suite, const char *name)
{
    TCase *tests = tcase_create(name);
    tcase_set_timeout(tests, 20);
    tcase_add_checked_fixture(tests, NULL, end_test);
    suite_add_tcase(suite, tests);
    return tests;
}

char *unit_folder(void)
{
    char *folder = unit_format("%s/XXXXXX", top);
    ck_assert_ptr_nonnull(mkdtemp(folder));
    return folder;
}

char *unit_path(const char *folder, const char *name)
{
    return unit_format("%s/%s", folder, name);
}

char *unit_file(const char *folder, const char *name, const char *text, mode_t mode)
{
    char *path = unit_path(folder, name);
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    ck_assert_msg(file >= 0, "%s: %s", path, strerror(errno));
    ck_assert_int_eq(write(file, text, strlen(text)), (ssize_t)strlen(text));
    ck_assert_int_eq(fchmod(file, mode), 0);
    ck_assert_int_eq(close(file), 0);
    return path;
}

char *unit_script(const char *folder, const char *name, const char *body)
{
    char *text = unit_format("#!/bin/sh\n%s\n", body);
    return unit_file(folder, name, text, 0755);
}

char *unit_read(const char *path)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return NULL;
    struct buffer bytes = BUFFER_INIT;
    ssize_t count;
    while ((count = read(file, buffer_reserve(&bytes, 4096), 4096)) > 0)
        bytes.length += (size_t)count;
    close(file);
    buffer_add(&bytes, "", 0);
    return unit_keep(buffer_take(&bytes));
}

size_t unit_entries(const char *folder)
{
    DIR *directory = opendir(folder);
    ck_assert_ptr_nonnull(directory);
    size_t count = 0;
    for (struct dirent *entry; (entry = readdir(directory));)
        count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    closedir(directory);
    return count;
}

size_t unit_lines(const char *path)
{
    char *text = unit_read(path);
    size_t count = 0;
    for (const char *at = text; at && (at = strchr(at, '\n')); at++)
        count++;
    return count;
}

size_t unit_descriptors(void)
{
    size_t count = 0;
    for (int i = 0; i < 256; i++)
        count += fcntl(i, F_GETFD) >= 0;
    return count;
}

bool unit_has_children(void)
{
    siginfo_t info;
    return waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0;
}

bool unit_spawn_tells(void)
{
    pid_t pid;
    char *const argv[] = {"x", NULL};
    if (posix_spawn(&pid, "/nonexistent/x", NULL, NULL, argv, argv + 1) != 0)
        return true;
    waitpid(pid, NULL, 0);
    return false;
}

char *unit_stderr(void (*function)(void *), void *context)
{
    FILE *file = tmpfile();
    ck_assert_ptr_nonnull(file);
    fflush(stderr);
    int saved = dup(STDERR_FILENO);
    ck_assert_int_ge(dup2(fileno(file), STDERR_FILENO), 0);
    function(context);
    fflush(stderr);
    dup2(saved, STDERR_FILENO);
    close(saved);
    struct buffer bytes = BUFFER_INIT;
    size_t count;
    rewind(file);
    while ((count = fread(buffer_reserve(&bytes, 4096), 1, 4096, file)) > 0)
        bytes.length += count;
    buffer_add(&bytes, "", 0);
    fclose(file);
    return unit_keep(buffer_take(&bytes));
}

bool unit_is_utf8(const char *text)
{
    static struct pattern valid = PATTERN("(?:[\\x00-\\x7f]|[\\xc2-\\xdf][\\x80-\\xbf]|"
                                          "[\\xe0-\\xef][\\x80-\\xbf]{2}|"
                                          "[\\xf0-\\xf4][\\x80-\\xbf]{3})*+");
    return pattern_is(&valid, text);
}
