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

#define MAX_SIZE   ((size_t)1 << 20)
#define TRIED_SIZE 16384 /* room for the URL, the certificate and what is kept of an older URL */

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

/*
 * The folder of the secrets: 0700 where it has to be made, whatever the umask takes away. No chmod:
 * by then something else could have the name.
 */
static bool make_secrets_folder(const char *folder, struct error *error)
{
    struct stat status;
    if (stat(folder, &status) == 0 && S_ISDIR(status.st_mode))
        return true;
    char *parent = folder_of(folder);
    bool good = strcmp(parent, folder) == 0 || make_folder(parent, 0777, error);
    free(parent);
    mode_t usual = umask(077);
    good = good && make_folder(folder, 0700, error);
    umask(usual);
    return good;
}

static bool is_below(const char *path, const char *top)
{
    size_t length = strlen(top);
    return strncmp(path, top, length) == 0 && (!path[length] || path[length] == '/');
}

/* Whether a folder, or the one in which it would be made, holds devices or processes. */
static bool is_no_place_for_files(const char *folder)
{
    char *real = realpath(folder, NULL);
    if (real) {
        bool found = is_below(real, "/dev") || is_below(real, "/proc");
        free(real);
        return found;
    }
    char *parent = folder_of(folder);
    bool found = strcmp(parent, folder) != 0 && is_no_place_for_files(parent);
    free(parent);
    return found;
}

static bool refuse_place(const char *path, const char *why, struct error *error)
{
    return error_set(error, ERROR_LOCAL, EEXIST,
                     "%s %s: name another file, or print the URL with 'managed-db url'", path, why);
}

static bool is_for_files(const char *folder, struct error *error)
{
    return !is_no_place_for_files(folder) ||
           refuse_place(folder, "is for devices and processes", error);
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

/* A link whose place a file may take: it leads to a file that could be one of the secrets. */
static bool is_safe_link(const char *path, const struct secretfile_owner *owner,
                         struct error *error)
{
    struct stat status;
    char *target = realpath(path, NULL);
    bool leads_to_file = target && stat(target, &status) == 0 && S_ISREG(status.st_mode);
    char *folder = leads_to_file ? folder_of(target) : NULL;
    bool good = folder ? is_for_files(folder, error) && is_safe_folder(folder, owner, error)
                       : refuse_place(path, "is a link that leads to no regular file", error);
    free(folder);
    free(target);
    return good;
}

/* Whether something is mounted at the path itself, as Docker does with a single file. */
static bool is_mounted(const char *path)
{
#ifdef STATX_ATTR_MOUNT_ROOT
    struct statx status;
    return statx(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, 0, &status) == 0 &&
           status.stx_attributes & STATX_ATTR_MOUNT_ROOT;
#else
    return !path;
#endif
}

/* Whether another file can take the place of the one there. */
static bool is_replaceable(const char *path, struct error *error)
{
    if (is_mounted(path))
        return error_set(error, ERROR_LOCAL, EBUSY,
                         "%s is mounted by itself and cannot be replaced: mount its folder", path);
    int file = open(path, O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (file >= 0)
        close(file);
    /* No right to write to it is no hindrance. An immutable file is EPERM. */
    return file >= 0 || errno == EACCES ||
           error_set_errno(error, "cannot replace %s ('lsattr' may tell why)", path);
}

static bool is_safe_place(const char *path, const struct secretfile_owner *owner,
                          struct error *error)
{
    struct stat status;
    if (lstat(path, &status) != 0)
        return true;
    if (S_ISLNK(status.st_mode))
        return is_safe_link(path, owner, error);
    if (!S_ISREG(status.st_mode))
        return refuse_place(path, "is not a regular file", error);
    if (status.st_uid != geteuid() && !(owner->wanted && status.st_uid == owner->uid))
        return error_set(error, ERROR_LOCAL, EPERM,
                         "%s belongs to user %lu: remove it, or name the owner with --secret-owner",
                         path, (unsigned long)status.st_uid);
    return is_replaceable(path, error);
}

/* Whether the descriptor's file has this name. */
static bool is_named(int file, int folder, const char *name)
{
    struct stat opened;
    struct stat named;
    return fstat(file, &opened) == 0 && fstatat(folder, name, &named, AT_SYMLINK_NOFOLLOW) == 0 &&
           opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
}

/* Removes a temporary file whose writer has ended: it has the lock on it from start to end. */
static void remove_unlocked(int folder, const char *name)
{
    int file = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    if (file < 0)
        return;
    if (flock(file, LOCK_EX | LOCK_NB) == 0 && is_named(file, folder, name))
        unlinkat(folder, name, 0);
    close(file);
}

/*
 * Removes a temporary file, NAME.PID.tmp or NAME.PID-HEX.tmp, that is in use no more. One that
 * cannot be removed is no error here: if it matters, the write fails.
 */
static void sweep_one(int folder, const char *name, const char *suffix)
{
    char *rest;
    long pid = strtol(suffix, &rest, 10);
    if (pid <= 0 || rest == suffix)
        return;
    /* NAME.PID.tmp is doctl's (client_scratch()): nobody locks it, so the process ID decides. */
    if (strcmp(rest, ".tmp") == 0 && kill((pid_t)pid, 0) != 0 && errno == ESRCH)
        unlinkat(folder, name, 0);
    if (*rest == '-' && strcmp(rest + 1 + strspn(rest + 1, "0123456789abcdef"), ".tmp") == 0)
        remove_unlocked(folder, name);
}

static void sweep(const char *folder, const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    size_t length = strlen(name);
    DIR *entries = opendir(folder);
    if (!entries)
        return;
    int place = dirfd(entries); /* cannot fail here, but gcc's analyzer wants it looked at */
    for (struct dirent *entry; place >= 0 && (entry = readdir(entries));)
        if (strncmp(entry->d_name, name, length) == 0 && entry->d_name[length] == '.')
            sweep_one(place, entry->d_name, entry->d_name + length + 1);
    closedir(entries);
}

/* A name beside `path` that nobody can guess or has taken. */
static char *temporary_name(const char *path, int attempt)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return mem_format("%s.%ld-%lx.tmp", path, (long)getpid(),
                      (unsigned long)now.tv_nsec + (unsigned long)attempt);
}

/*
 * Opens a new file beside `path`. It is locked as long as the descriptor is open, which shows a
 * sweep that the file is in use; one that came before the lock has taken the name away.
 */
static int open_beside(const char *path, char **name)
{
    for (int attempt = 0; attempt < 100; attempt++) {
        *name = temporary_name(path, attempt);
        int file = open(*name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        bool locked = file >= 0 && flock(file, LOCK_EX | LOCK_NB) == 0;
        int number = locked ? EEXIST : errno;
        if (locked && is_named(file, AT_FDCWD, *name))
            return file;
        if (file >= 0) {
            unlink(*name);
            close(file);
        }
        free(*name);
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

static mode_t mode_for(const struct secretfile_owner *owner)
{
    return owner && owner->is_public ? 0644 : 0600;
}

/* Writes as far as to the disk; messages have the path. */
static bool fill(int file, const char *path, const void *bytes, size_t length,
                 const struct secretfile_owner *owner, struct error *error)
{
    /* The umask may have taken bits away; the owner needs both. */
    if (!bytes_write(file, bytes, length) || fchmod(file, mode_for(owner)) != 0)
        return error_set_errno(error, "cannot write %s", path);
    if (owner && owner->wanted && fchown(file, owner->uid, owner->gid) != 0)
        return error_set_errno(error, "cannot give %s to user %lu", path,
                               (unsigned long)owner->uid);
    return fsync(file) == 0 || error_set_errno(error, "cannot write %s", path);
}

/* Makes a file beside `path`, and renames it, still locked. */
static bool make_file(const char *path, const char *name, const void *bytes, size_t length,
                      const struct secretfile_owner *owner, struct error *error)
{
    char *temporary;
    int file = open_beside(path, &temporary);
    if (file < 0)
        return error_set_errno(error, "cannot write %s", path);
    bool good = fill(file, path, bytes, length, owner, error) &&
                (rename(temporary, name) == 0 || error_set_errno(error, "cannot write %s", path));
    if (!good)
        unlink(temporary);
    free(temporary);
    return (close(file) == 0 || !good || error_set_errno(error, "cannot write %s", path)) && good;
}

static bool replace(const char *path, const char *name, const void *bytes, size_t length,
                    const struct secretfile_owner *owner, struct error *error)
{
    return make_file(path, name, bytes, length, owner, error) &&
           (sync_folder(path) || error_set_errno(error, "cannot sync the folder of %s", path));
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
static bool try_to_write(const char *path, const struct secretfile_owner *owner,
                         struct error *error)
{
    static const char bytes[TRIED_SIZE];
    char *name = temporary_name(path, 0);
    bool good = make_file(path, name, bytes, sizeof bytes, owner, error);
    unlink(name);
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
    bool good = is_for_files(folder, error) && make_secrets_folder(folder, error) &&
                is_safe_folder(folder, owner, error) && is_safe_place(path, owner, error) &&
                try_to_read(path, error);
    if (good)
        sweep(folder, path);
    good = good && try_to_write(path, owner, error);
    free(folder);
    return good;
}

bool secretfile_is(const char *path, const void *bytes, size_t length,
                   const struct secretfile_owner *owner)
{
    struct stat status;
    if (lstat(path, &status) != 0 || !S_ISREG(status.st_mode) ||
        (status.st_mode & 07777) != mode_for(owner))
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
    if (secretfile_is(path, bytes, length, owner))
        return true;
    struct stat status;
    bool is_link = lstat(path, &status) == 0 && S_ISLNK(status.st_mode);
    *outcome = is_link ? SECRETFILE_LINK_REPLACED : SECRETFILE_WRITTEN;
    return replace(path, path, bytes, length, owner, error);
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
        good = replace(path, previous, text, length, NULL, error);
        *kept = good;
    }
    free(previous);
    return good;
}
