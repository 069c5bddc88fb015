/*
 * storage: the folder that keeps the imitated account between calls.
 *
 * Calling sequence: storage_open() once; then, as often as needed, storage_begin(), look at
 * `storage->rows` and change them, storage_end(); storage_close() at last. Between begin and end
 * this process is the only one that sees the folder: it holds a record lock on the file `lock`,
 * which the system takes back when the process dies. storage_begin() reads all rows anew: pointers
 * to rows from before are worth nothing then.
 *
 * The rows are the file `state`, replaced by rename: a call that is killed at any moment leaves the
 * file before it or the file after it.
 *
 * Functions that return bool put a message into `storage->problem` when they return false: the
 * simulator is then out of order (exit 70). All memory belongs to the arena.
 */
#ifndef SIMULATOR_STORAGE_H
#define SIMULATOR_STORAGE_H

#include <stdbool.h>

#include "buffer.h"
#include "rows.h"

struct storage {
    struct arena *arena;
    struct buffer problem;
    const char *folder;
    int folder_fd, lock_fd; /* -1: not open */
    bool with_token;        /* an account made now has a token stored */
    struct rows rows;
};

bool storage_open(struct storage *storage, struct arena *arena, const char *folder,
                  bool with_token);
/* On first use the account is made: two Droplets, one of them without a private address. */
bool storage_begin(struct storage *storage);
/* Writes what was changed. Ending what was not begun does nothing. */
bool storage_end(struct storage *storage);
void storage_close(struct storage *storage);

/* The content of a small file of the folder, without white space at its end; NULL when there is
 * none or it cannot be read. */
const char *storage_file(struct storage *storage, const char *name);

#endif
