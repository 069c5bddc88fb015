/*
 * secretfile: a file that is there whole, for its owner, or not at all.
 *
 * A file is written under a name of its own in the same folder (O_EXCL, mode 0600, or 0644 at last
 * where it is public), synced, and renamed over the final name; a symbolic link there is replaced,
 * not followed. A temporary file is locked (flock) as long as its writer works on it. A file that
 * already has the content, the mode and the owner is left alone, inode and all. Folders that have
 * to be made are 0700, their parents as the umask says (docs/REFERENCE.md, "Files").
 *
 * Calling sequence:
 *     secretfile_prepare(path, &owner, &error);              before anything is billed
 *     secretfile_read(path, &text, &length, &error);         its present content
 *     secretfile_keep_previous(path, text, length, …);       if it must not be lost
 *     secretfile_write(path, bytes, length, &owner, …);
 */
#ifndef MANAGED_DB_BASE_SECRETFILE_H
#define MANAGED_DB_BASE_SECRETFILE_H

#include <sys/types.h>

#include "base/error.h"

struct secretfile_owner {
    bool wanted; /* else the file belongs to the user who runs the program */
    uid_t uid;
    gid_t gid;
    bool is_public; /* the file is 0644 instead of 0600: a CA certificate is no secret */
};

enum secretfile_outcome { SECRETFILE_WRITTEN, SECRETFILE_LINK_REPLACED, SECRETFILE_UNCHANGED };

/*
 * Checks that `path` can be written, before anything else happens: makes its folder, removes
 * temporary files that killed runs left there, and writes one of 16 KiB. Fails with ERROR_LOCAL
 * where
 *   - the folder cannot be made or written in, belongs to somebody else, or others can write in it;
 *   - the path names a folder or a device, or is below /dev or /proc;
 *   - it is a link, and does not lead to a regular file in a folder that would do;
 *   - the file there cannot be read, or belongs to neither `owner` nor the user who runs this;
 *   - it cannot be replaced: immutable, append-only, or mounted by itself;
 *   - a new file cannot be made there, or cannot be given to `owner`.
 */
bool secretfile_prepare(const char *path, const struct secretfile_owner *owner,
                        struct error *error);

/* Whether the file has this content, this owner and the mode: a write would leave it alone. */
bool secretfile_is(const char *path, const void *bytes, size_t length,
                   const struct secretfile_owner *owner);

/* Writes `length` bytes. The folder must exist. *outcome says what became of what was there. */
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
