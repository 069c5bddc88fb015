#include "config.h"

#include "base/secretfile.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/memory.h"

#define MAX_SIZE ((size_t)1 << 20)

/* The folder of a path, as dirname() gives it; the caller frees it. */
static char *folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    if (!slash)
        return mem_copy(".");
    while (slash > path && slash[-1] == '/')
        slash--;
    return slash == path ? mem_copy("/") : mem_copy_n(path, (size_t)(slash - path));
}

/* mkdir, or there is one already. */
static bool make_one(const char *folder, mode_t mode)
{
    struct stat status;
    if (mkdir(folder, mode) == 0)
        return true;
    if (errno != EEXIST || stat(folder, &status) != 0)
        return false;
    if (S_ISDIR(status.st_mode))
        return true;
    errno = ENOTDIR;
    return false;
}

/* mkdir -p. */
static bool make_folder(const char *folder, mode_t mode, struct error *error)
{
    if (make_one(folder, mode))
        return true;
    if (errno != ENOENT)
        return error_set_errno(error, "cannot make the folder %s", folder);
    char *parent = folder_of(folder);
    bool is_top = strcmp(parent, folder) == 0;
    bool made = is_top || make_folder(parent, 0777, error);
    free(parent);
    if (!made)
        return false;
    return make_one(folder, mode) || error_set_errno(error, "cannot make the folder %s", folder);
}

/* The folder of the secrets: 0700 where it has to be made, whatever the umask takes away. */
static bool make_secrets_folder(const char *folder, struct error *error)
{
    struct stat status;
    bool is_new = stat(folder, &status) != 0 && errno == ENOENT;
    if (!make_folder(folder, 0700, error))
        return false;
    return !is_new || chmod(folder, 0700) == 0 ||
           error_set_errno(error, "cannot make the folder %s", folder);
}

static bool is_safe_folder(const char *folder, const struct secretfile_owner *owner,
                           struct error *error)
{
    struct stat status;
    if (access(folder, W_OK | X_OK) != 0 || stat(folder, &status) != 0)
        return error_set_errno(error, "cannot write in the folder %s", folder);
    if (status.st_mode & S_IWOTH)
        return error_set(error, ERROR_LOCAL, EPERM,
                         "others can write in the folder %s: name another one, or 'chmod o-w' it",
                         folder);
    /* Many systems give every user a group of their own. */
    if (status.st_mode & S_IWGRP && status.st_gid != getegid())
        return error_set(error, ERROR_LOCAL, EPERM,
                         "group %lu can write in the folder %s: name another one, or 'chmod g-w' "
                         "it",
                         (unsigned long)status.st_gid, folder);
    if (status.st_uid != geteuid() && status.st_uid != 0 &&
        !(owner->wanted && status.st_uid == owner->uid))
        return error_set(error, ERROR_LOCAL, EPERM,
                         "the folder %s belongs to user %lu: name another one, or 'chown' it",
                         folder, (unsigned long)status.st_uid);
    return true;
}

static bool is_safe_place(const char *path, const struct secretfile_owner *owner,
                          struct error *error)
{
    struct stat status;
    if (lstat(path, &status) != 0 || S_ISLNK(status.st_mode))
        return true;
    if (!S_ISREG(status.st_mode))
        return error_set(error, ERROR_LOCAL, EEXIST,
                         "%s is not a regular file: name another one or remove it", path);
    if (status.st_uid != geteuid() && !(owner->wanted && status.st_uid == owner->uid))
        return error_set(error, ERROR_LOCAL, EPERM,
                         "%s belongs to user %lu: remove it, or name the owner with --secret-owner",
                         path, (unsigned long)status.st_uid);
    return true;
}

/* Whether a temporary file, NAME.PID.tmp or NAME.PID-HEX.tmp, is in use no more. */
static bool is_left_over(int folder, const char *entry, const char *suffix)
{
    char *rest;
    long pid = strtol(suffix, &rest, 10);
    if (pid <= 0 || rest == suffix || (*rest != '.' && *rest != '-'))
        return false;
    /* NAME.PID.tmp is doctl's (client_scratch()): nobody locks it, so the process ID decides. */
    if (*rest == '.')
        return strcmp(rest, ".tmp") == 0 && kill((pid_t)pid, 0) != 0 && errno == ESRCH;
    rest += 1 + strspn(rest + 1, "0123456789abcdef");
    if (strcmp(rest, ".tmp") != 0)
        return false;
    int file = openat(folder, entry, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    if (file < 0)
        return false;
    bool free_to_go = flock(file, LOCK_EX | LOCK_NB) == 0;
    close(file);
    return free_to_go;
}

/* A file that cannot be removed is no error here: if it matters, the write fails. */
static void sweep(const char *folder, const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    size_t length = strlen(name);
    DIR *entries = opendir(folder);
    if (!entries)
        return;
    for (struct dirent *entry; (entry = readdir(entries));)
        if (strncmp(entry->d_name, name, length) == 0 && entry->d_name[length] == '.' &&
            is_left_over(dirfd(entries), entry->d_name, entry->d_name + length + 1))
            unlinkat(dirfd(entries), entry->d_name, 0);
    closedir(entries);
}

/* Opens a new file beside `path` under a name that nobody can guess or has taken. */
static int open_beside(const char *path, char **name)
{
    struct timespec now;
    for (int attempt = 0; attempt < 100; attempt++) {
        clock_gettime(CLOCK_REALTIME, &now);
        char *candidate = mem_format("%s.%ld-%lx.tmp", path, (long)getpid(),
                                     (unsigned long)now.tv_nsec + (unsigned long)attempt);
        int file = open(candidate, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        /* The lock shows a later run that the file is in use; it ends with the descriptor. */
        if (file >= 0 && flock(file, LOCK_EX | LOCK_NB) == 0) {
            *name = candidate;
            return file;
        }
        int number = errno;
        if (file >= 0) {
            unlink(candidate);
            close(file);
        }
        free(candidate);
        errno = number;
        if (errno != EEXIST && errno != EWOULDBLOCK)
            return -1;
    }
    return -1;
}

/*
 * A rename counts only once the folder is on the disk too; file systems that cannot sync one say
 * so.
 */
static bool sync_folder(const char *path)
{
    char *folder = folder_of(path);
    int file = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    free(folder);
    if (file < 0)
        return errno == EACCES;
    bool good = fsync(file) == 0 || errno == EINVAL || errno == ENOTSUP || errno == EROFS;
    close(file);
    return good;
}

static bool replace(const char *path, const void *bytes, size_t length,
                    const struct secretfile_owner *owner, struct error *error)
{
    char *temporary = NULL;
    int file = open_beside(path, &temporary);
    if (file < 0)
        return error_set_errno(error, "cannot write %s", path);
    bool good = bytes_write(file, bytes, length);
    /* The umask may have taken bits away; the owner needs both. */
    good = good && fchmod(file, 0600) == 0;
    if (good && owner && owner->wanted && fchown(file, owner->uid, owner->gid) != 0) {
        error_set_errno(error, "cannot give %s to user %lu", path, (unsigned long)owner->uid);
        close(file);
        goto remove;
    }
    good = good && fsync(file) == 0;
    int number = errno;
    if (close(file) != 0 && good) {
        good = false;
        number = errno;
    }
    errno = number;
    if (!good || rename(temporary, path) != 0) {
        error_set_errno(error, "cannot write %s", path);
        goto remove;
    }
    free(temporary);
    if (!sync_folder(path))
        return error_set_errno(error, "cannot sync the folder of %s", path);
    return true;

remove:
    unlink(temporary);
    free(temporary);
    return false;
}

/* Reads a regular file to its end; anything else is left unread. */
static bool read_regular(int file, const char *path, bool *regular, struct buffer *bytes,
                         struct error *error)
{
    struct stat status;
    if (fstat(file, &status) != 0)
        return error_set_errno(error, "cannot read %s", path);
    *regular = S_ISREG(status.st_mode);
    if (*regular && !bytes_read(file, MAX_SIZE, bytes))
        return error_set_errno(error, "cannot read %s", path);
    return bytes->length <= MAX_SIZE ||
           error_set(error, ERROR_LOCAL, EFBIG, "%s is too large to be a secret", path);
}

bool secretfile_read(const char *path, char **text, size_t *length, struct error *error)
{
    *text = NULL;
    *length = 0;
    int file = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    /* ELOOP (EMLINK on FreeBSD): a symbolic link, which is about to be replaced. */
    if (file < 0 && (errno == ENOENT || errno == ELOOP || errno == EMLINK))
        return true;
    if (file < 0)
        return error_set_errno(error, "cannot read %s", path);
    struct buffer bytes = BUFFER_INIT;
    bool regular = false;
    bool good = read_regular(file, path, &regular, &bytes, error);
    close(file);
    if (good && regular) {
        *length = bytes.length;
        *text = buffer_take(&bytes);
    }
    buffer_free(&bytes);
    return good;
}

/* Makes a file as a write will, and removes it: what cannot be done is known now. */
static bool try_to_write(const char *path, const char *previous,
                         const struct secretfile_owner *owner, struct error *error)
{
    char *name = NULL;
    int file = open_beside(previous, &name);
    if (file < 0)
        return error_set_errno(error, "cannot write %s", path);
    bool good =
        !owner->wanted || fchown(file, owner->uid, owner->gid) == 0 ||
        error_set_errno(error, "cannot give %s to user %lu", path, (unsigned long)owner->uid);
    unlink(name);
    close(file);
    free(name);
    return good;
}

static bool try_to_read(const char *path, struct error *error)
{
    char *text;
    size_t length;
    if (!secretfile_read(path, &text, &length, error))
        return false;
    mem_free_secret(text);
    return true;
}

bool secretfile_prepare(const char *path, const struct secretfile_owner *owner, struct error *error)
{
    size_t length = strlen(path);
    if (length == 0 || path[length - 1] == '/')
        return error_set(error, ERROR_LOCAL, EISDIR, "%s is not the name of a file", path);
    char *folder = folder_of(path);
    char *previous = mem_format("%s.previous", path);
    bool good = make_secrets_folder(folder, error) && is_safe_folder(folder, owner, error) &&
                is_safe_place(path, owner, error) && try_to_read(path, error);
    if (good) {
        sweep(folder, path);
        sweep(folder, previous);
        good = try_to_write(path, previous, owner, error);
    }
    free(previous);
    free(folder);
    return good;
}

static bool is_unchanged(const char *path, const void *bytes, size_t length,
                         const struct secretfile_owner *owner)
{
    struct stat status;
    if (lstat(path, &status) != 0 || !S_ISREG(status.st_mode) || (status.st_mode & 07777) != 0600)
        return false;
    uid_t uid = owner && owner->wanted ? owner->uid : geteuid();
    if (status.st_uid != uid || (owner && owner->wanted && status.st_gid != owner->gid))
        return false;
    char *text;
    size_t there;
    struct error ignored = ERROR_INIT;
    if (!secretfile_read(path, &text, &there, &ignored) || !text)
        return false;
    bool same = there == length && memcmp(text, bytes, length) == 0;
    mem_wipe(text, there);
    free(text);
    return same;
}

bool secretfile_write(const char *path, const void *bytes, size_t length,
                      const struct secretfile_owner *owner, enum secretfile_outcome *outcome,
                      struct error *error)
{
    *outcome = SECRETFILE_UNCHANGED;
    if (is_unchanged(path, bytes, length, owner))
        return true;
    *outcome = SECRETFILE_WRITTEN;
    return replace(path, bytes, length, owner, error);
}

bool secretfile_keep_previous(const char *path, const char *text, size_t length, bool *kept,
                              struct error *error)
{
    struct stat status;
    char *previous = mem_format("%s.previous", path);
    *kept = false;
    bool good = true;
    bool missing = lstat(previous, &status) != 0;
    /* Where this cannot be known, nothing is replaced. */
    if (missing && errno != ENOENT) {
        good = error_set_errno(error, "cannot look at %s", previous);
    } else if (missing) {
        good = replace(previous, text, length, NULL, error);
        *kept = good;
    }
    free(previous);
    return good;
}
