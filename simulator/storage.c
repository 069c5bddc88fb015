#include "storage.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "system.h"

static bool fails(struct storage *storage, const char *what, const char *name)
{
    buffer_add_format(&storage->problem, "cannot %s %s/%s: %s", what, storage->folder, name,
                      strerror(errno));
    return false;
}

/* --- files ------------------------------------------------------------------ */

/* Under the lock nobody else writes, so one temporary name will do, and what a killed process left
 * under it is simply overwritten. */
static bool write_file(struct storage *storage, const char *name, const char *content)
{
    int fd = openat(storage->folder_fd, "new",
                    O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return fails(storage, "create", "new");
    bool written = system_write(fd, content, strlen(content));
    if (close(fd) != 0 || !written)
        return fails(storage, "write", "new");
    if (renameat(storage->folder_fd, "new", storage->folder_fd, name) != 0)
        return fails(storage, "replace", name);
    return true;
}

/* False with errno. */
static bool read_all(int fd, struct buffer *content)
{
    char bytes[16384];
    ssize_t got;
    buffer_add_text(content, "");
    while ((got = read(fd, bytes, sizeof(bytes))) != 0) {
        if (got > 0)
            buffer_add(content, bytes, (size_t)got);
        else if (errno != EINTR)
            return false;
    }
    return true;
}

/* NULL with errno, 0 when there is no such file. */
static char *read_file(struct storage *storage, const char *name)
{
    struct buffer content = {.arena = storage->arena};
    int fd = openat(storage->folder_fd, name, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        if (errno == ENOENT)
            errno = 0;
        return NULL;
    }
    bool whole = read_all(fd, &content);
    int reason = errno;
    close(fd);
    errno = reason;
    return whole ? content.data : NULL;
}

const char *storage_file(struct storage *storage, const char *name)
{
    char *content = read_file(storage, name);
    if (!content)
        return NULL;
    size_t length = strlen(content);
    while (length > 0 && strchr(" \t\r\n", content[length - 1]))
        content[--length] = '\0';
    return content;
}

/* --- the account ------------------------------------------------------------- */

static void add_droplet(struct storage *storage, const char *id, const char *name,
                        const char *public, const char *private, const char *size)
{
    struct droplet *droplet = rows_add(&storage->rows, DROPLETS);
    droplet->id = id;
    droplet->name = name;
    droplet->public = public;
    droplet->private = private;
    droplet->region = "nyc3";
    droplet->size = size;
    droplet->image = "Ubuntu 22.04 (LTS) x64";
    droplet->status = "active";
    droplet->polls = "-1";
}

/* An account as the tests expect it. */
static bool first_use(struct storage *storage)
{
    /* The token before the rows: a process killed in between starts over. */
    if (storage->with_token && !storage_file(storage, "auth") &&
        !write_file(storage, "auth", "default\n"))
        return false;
    add_droplet(storage, "42", "freshtrack-pro", "203.0.113.42", "10.116.0.2", "s-1vcpu-2gb");
    add_droplet(storage, "100", "no-private-ip", "203.0.113.100", "", "s-1vcpu-1gb");
    return true;
}

static bool write_rows(struct storage *storage)
{
    struct buffer text = {.arena = storage->arena};
    rows_write(&storage->rows, &text);
    return write_file(storage, "state", buffer_text(&text));
}

static bool read_rows(struct storage *storage, char *text)
{
    size_t line;
    if (rows_read(&storage->rows, text, &line))
        return true;
    buffer_add_format(&storage->problem, "%s/state is damaged at line %zu", storage->folder, line);
    return false;
}

/* --- the folder -------------------------------------------------------------- */

static bool lock(int fd, short type)
{
    struct flock range = {.l_type = type, .l_whence = SEEK_SET};
    int result;
    do
        result = fcntl(fd, F_SETLKW, &range);
    while (result != 0 && errno == EINTR);
    return result == 0;
}

/* Makes the folder and those above it, for this user alone; false with errno. */
static bool make_folder(struct storage *storage)
{
    char *path = arena_copy(storage->arena, storage->folder);
    int reason = 0;
    for (char *slash = path + 1; *path && (slash = strchr(slash, '/')) != NULL; slash++) {
        *slash = '\0';
        if (mkdir(path, 0700) != 0 && errno != EEXIST && reason == 0)
            reason = errno;
        *slash = '/';
    }
    if (mkdir(path, 0700) == 0 || errno == EEXIST)
        return true;
    /* What kept a folder above from being made is the cause of all that follows. */
    if (reason != 0)
        errno = reason;
    return false;
}

bool storage_open(struct storage *storage, struct arena *arena, const char *folder, bool with_token)
{
    *storage = (struct storage){.arena = arena,
                                .problem = {.arena = arena},
                                .folder = folder,
                                .folder_fd = -1,
                                .lock_fd = -1,
                                .with_token = with_token,
                                .rows = {.arena = arena}};
    if (!make_folder(storage))
        return fails(storage, "create", "");
    storage->folder_fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (storage->folder_fd < 0)
        return fails(storage, "open", "");
    storage->lock_fd =
        openat(storage->folder_fd, "lock", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (storage->lock_fd < 0)
        return fails(storage, "open", "lock");
    return true;
}

bool storage_begin(struct storage *storage)
{
    if (!lock(storage->lock_fd, F_WRLCK))
        return fails(storage, "lock", "lock");
    rows_clear(&storage->rows);
    errno = 0;
    char *text = read_file(storage, "state");
    if (text)
        return read_rows(storage, text);
    if (errno != 0)
        return fails(storage, "read", "state");
    return first_use(storage);
}

bool storage_end(struct storage *storage)
{
    bool written = !storage->rows.changed || write_rows(storage);
    storage->rows.changed = false;
    return lock(storage->lock_fd, F_UNLCK) && written;
}

void storage_close(struct storage *storage)
{
    if (storage->lock_fd >= 0)
        close(storage->lock_fd);
    if (storage->folder_fd >= 0)
        close(storage->folder_fd);
}
