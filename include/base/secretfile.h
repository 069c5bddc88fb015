/*
 * secretfile: a file that is there whole, for its owner, or not at all.
 *
 * A file is written under a name of its own in the same folder (O_EXCL, mode 0600), synced, and
 * renamed over the final name; a symbolic link there is replaced, not followed. A file that already
 * has the content, the mode and the owner is left alone, inode and all. Folders that have to be
 * made are 0700, their parents as the umask says (DESIGN.md, "Commands").
 */
#ifndef MANAGED_DB_BASE_SECRETFILE_H
#define MANAGED_DB_BASE_SECRETFILE_H

#include <sys/types.h>

#include "base/error.h"

struct secretfile_owner {
    bool wanted; /* else the file belongs to whom runs the program */
    uid_t uid;
    gid_t gid;
};

enum secretfile_outcome { SECRETFILE_WRITTEN, SECRETFILE_UNCHANGED };

/*
 * Sees before anything else happens that `path` can be written, and only by whom it should be:
 * makes its folder, and fails with ERROR_LOCAL where that cannot be done, where the
 * folder is not writable, or belongs to or is writable by others, where a folder or device stands
 * at the path itself, or a file that cannot be read or of a user who is neither `owner` nor the one
 * who runs the program, and where a new file cannot be made or given to `owner`. Removes what runs
 * that were killed left there: a temporary file that nobody holds (flock), or whose process is
 * gone.
 */
bool secretfile_prepare(const char *path, const struct secretfile_owner *owner,
                        struct error *error);

/* Writes `length` bytes. The folder must exist. */
bool secretfile_write(const char *path, const void *bytes, size_t length,
                      const struct secretfile_owner *owner, enum secretfile_outcome *outcome,
                      struct error *error);

/*
 * Reads the regular file at `path` (at most 1 MiB; links are not followed). *text is NULL where
 * there is none; the caller frees it with mem_free_secret().
 */
bool secretfile_read(const char *path, char **text, size_t *length, struct error *error);

/*
 * Keeps the content of `path` once, as PATH.previous, 0600: a file of that name that is there
 * already stays as it is. *kept tells whether one was made.
 */
bool secretfile_keep_previous(const char *path, const char *text, size_t length, bool *kept,
                              struct error *error);

#endif
