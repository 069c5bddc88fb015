#include "config.h"

#include "base/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"

/*
 * Opens the file, made by whoever comes first. A file of another user is opened for reading, which
 * is enough for flock(): in a folder like /tmp a kernel may refuse O_CREAT on it
 * (fs.protected_regular).
 */
static int open_file(const char *path)
{
    int file = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    if (file >= 0 || errno != ENOENT)
        return file;
    file = open(path, O_RDONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
    if (file >= 0) {
        /* Readable by all, whatever the umask says. */
        (void)fchmod(file, 0644);
        return file;
    }
    return errno == EEXIST ? open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK) : -1;
}

bool lock_try(struct lock *lock, const char *folder, const char *name, bool *taken,
              struct error *error)
{
    struct stat status;
    bool good = true;
    *taken = false;
    if (stat(folder, &status) != 0 && errno == ENOENT)
        (void)mkdir(folder, 0700);
    char *path = mem_format("%s/managed-db-%s.lock", folder, name);
    int file = open_file(path);
    if (file < 0)
        good = error_set_errno(error, "cannot open the lock file %s", path);
    else if (fstat(file, &status) != 0 || !S_ISREG(status.st_mode))
        good = error_set(error, ERROR_LOCAL, 0, "%s is not a regular file: remove it", path);
    else if (flock(file, LOCK_EX | LOCK_NB) == 0)
        *taken = true;
    else if (errno != EWOULDBLOCK && errno != EINTR)
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
    if (lock->file >= 0)
        close(lock->file);
    lock->file = -1;
}
