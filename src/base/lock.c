#include "config.h"

#include "base/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "base/pattern.h"

#define LOCKS_SIZE ((size_t)1 << 20)

/*
 * A line of /proc/locks: the process and the inode. The device between them is not compared: on
 * btrfs it is another one than stat() gives.
 */
static struct pattern flock_pattern =
    PATTERN("^[0-9]+: FLOCK +\\S+ +\\S+ +([0-9]+) [0-9a-f]+:[0-9a-f]+:([0-9]+) ");

/*
 * Opens the file, made by whoever comes first. A file of another user is opened for reading, which
 * is enough for flock(): in a folder like /tmp a kernel may refuse O_CREAT on it
 * (fs.protected_regular).
 */
static int open_file(const char *path, mode_t mode)
{
    int file = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    if (file >= 0 || errno != ENOENT)
        return file;
    file = open(path, O_RDONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
    if (file >= 0) {
        /* Whatever the umask says. */
        (void)fchmod(file, mode);
        return file;
    }
    return errno == EEXIST ? open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK) : -1;
}

/* The process that holds the flock on a file, as Linux tells it in /proc/locks; else 0. */
static long holder_of(const struct stat *status)
{
    long holder = 0;
    struct buffer text = BUFFER_INIT;
    int file = open("/proc/locks", O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return 0;
    bool good = bytes_read(file, LOCKS_SIZE, &text);
    close(file);
    size_t position = 0;
    struct span groups[PATTERN_GROUPS];
    while (good && text.length &&
           pattern_match(&flock_pattern, text.data, text.length, position, groups)) {
        if (strtoul(groups[2].start, NULL, 10) == status->st_ino)
            holder = strtol(groups[1].start, NULL, 10);
        position = (size_t)(groups[0].start - text.data) + groups[0].length;
    }
    buffer_free(&text);
    return holder;
}

bool lock_try(struct lock *lock, const char *folder, const char *name, bool *taken,
              struct error *error)
{
    struct stat status;
    bool good = true;
    *taken = false;
    if (stat(folder, &status) != 0 && errno == ENOENT && mkdir(folder, 0700) == 0)
        status.st_mode = S_IFDIR | 0700;
    bool for_all = status.st_mode & S_IWOTH;
    char *path =
        for_all ? mem_format("%s/managed-db-%lu-%s.lock", folder, (unsigned long)geteuid(), name)
                : mem_format("%s/managed-db-%s.lock", folder, name);
    int file = open_file(path, for_all ? 0600 : 0644);
    if (file < 0)
        good = error_set_errno(error, "cannot open the lock file %s", path);
    else if (fstat(file, &status) != 0 || !S_ISREG(status.st_mode))
        good = error_set(error, ERROR_LOCAL, 0, "%s is not a regular file: remove it", path);
    else if (for_all && status.st_uid != geteuid())
        good = error_set(error, ERROR_LOCAL, EPERM,
                         "the lock file %s belongs to user %lu: name a folder of your own in "
                         "MANAGED_DB_LOCK_DIR",
                         path, (unsigned long)status.st_uid);
    else if (flock(file, LOCK_EX | LOCK_NB) == 0)
        *taken = true;
    else if (errno == EWOULDBLOCK)
        lock->holder = holder_of(&status);
    else if (errno != EINTR)
        good = error_set_errno(error, "cannot lock %s", path);
    free(path);
    if (*taken)
        lock->file = file;
    else if (file >= 0)
        close(file);
    return good;
}

void lock_release(struct lock *lock)
{
    /* Not by close() alone: what a doctl left running has a copy of the descriptor. */
    if (lock->file >= 0) {
        flock(lock->file, LOCK_UN);
        close(lock->file);
    }
    lock->file = -1;
}
