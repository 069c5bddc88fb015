#include "config.h"

#include "base/readfile.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/signals.h"

#define MAX_BLOCK ((size_t)65536)
/* How long a signal that arrives just before poll() may go unseen. */
#define LOOK_MS 200

/* The handlers only note a signal, and read() goes on after it. */
static bool wait_for(int file, const char *path, struct error *error)
{
    struct pollfd one = {.fd = file, .events = POLLIN};
    int ready = 0;
    while (ready == 0) {
        int number = signals_noted();
        if (number)
            return error_set(error, ERROR_SIGNAL, number,
                             "interrupted by signal %d (%s) while reading %s", number,
                             strsignal(number), path);
        ready = poll(&one, 1, LOOK_MS);
        if (ready < 0 && errno == EINTR)
            ready = 0;
    }
    return ready > 0 || error_set_errno(error, "cannot read %s", path);
}

/*
 * Stops once more than `limit` bytes were read; the caller compares. A small file is read in one
 * block of its own size.
 */
static bool read_all(int file, const struct stat *status, const char *path, size_t limit,
                     struct buffer *content, struct error *error)
{
    bool is_file = S_ISREG(status->st_mode);
    bool is_small = is_file && status->st_size < (off_t)MAX_BLOCK;
    size_t block = is_small ? (size_t)status->st_size + 1 : MAX_BLOCK;
    ssize_t count = 1;
    while (count != 0 && content->length <= limit) {
        if (!is_file && !wait_for(file, path, error))
            return false;
        count = read(file, buffer_reserve(content, block), block);
        if (count < 0 && errno != EINTR)
            return error_set_errno(error, "cannot read %s", path);
        content->length += count > 0 ? (size_t)count : 0;
    }
    buffer_add(content, "", 0);
    return true;
}

static bool read_open(int file, const char *path, size_t limit, struct buffer *content,
                      struct error *error)
{
    static const char mark[] = "\xef\xbb\xbf";
    struct stat status;
    if (fstat(file, &status) != 0)
        return error_set_errno(error, "cannot read %s", path);
    bool too_large = S_ISREG(status.st_mode) && status.st_size > (off_t)limit;
    if (!too_large && !read_all(file, &status, path, limit, content, error))
        return false;
    if (too_large || content->length > limit)
        return error_set(error, ERROR_USAGE, 0, "%s: the file is larger than %zu MiB", path,
                         limit >> 20);
    if (content->length >= 3 && memcmp(content->data, mark, 3) == 0) {
        content->length -= 3;
        memmove(content->data, content->data + 3, content->length);
    }
    return true;
}

bool readfile(const char *path, enum readfile_need need, size_t limit, struct buffer *content,
              struct error *error)
{
    struct stat status;
    bool exists = stat(path, &status) == 0;
    if (need == READFILE_OPTIONAL && (exists ? !S_ISREG(status.st_mode) : errno == ENOENT))
        return true;
    if (exists && S_ISFIFO(status.st_mode) && strncmp(path, "/dev/", 5) != 0 &&
        strncmp(path, "/proc/", 6) != 0)
        return error_set(error, ERROR_LOCAL, 0,
                         "cannot read %s: it is a named pipe; name a file, or /dev/stdin", path);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return error_set_errno(error, "cannot read %s", path);
    bool good = read_open(file, path, limit, content, error);
    close(file);
    return good;
}
