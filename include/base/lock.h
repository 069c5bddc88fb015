/*
 * lock: a named lock that one run on this machine holds at a time.
 *
 * A flock(2) on a file; the kernel releases it when its holder ends, however it ends. The file
 * itself stays: removing it would let two runs lock two files of one name. In a folder in which all
 * users can write, each user has a lock of their own: anybody could hold a shared one for ever.
 */
#ifndef MANAGED_DB_BASE_LOCK_H
#define MANAGED_DB_BASE_LOCK_H

#include "base/error.h"

struct lock {
    int file;    /* -1: not held */
    long holder; /* the process that had it when lock_try() did not get it; 0: not known */
};

#define LOCK_INIT                                                                                  \
    {                                                                                              \
        -1, 0                                                                                      \
    }

/*
 * Tries to take the lock for `name` in `folder` (made, 0700, where it is missing). *taken is false
 * where somebody else holds it. Fails with ERROR_LOCAL.
 */
bool lock_try(struct lock *lock, const char *folder, const char *name, bool *taken,
              struct error *error);

void lock_release(struct lock *lock);

#endif
