/*
 * paths: file names made absolute, without a look at the files: but for path_is_same().
 *
 * The caller frees what is given.
 */
#ifndef MANAGED_DB_BASE_PATHS_H
#define MANAGED_DB_BASE_PATHS_H

#include <stdbool.h>

/* A path as seen from an absolute folder: absolute, "." and ".." resolved. */
char *path_absolute(const char *folder, const char *path);

/* The same from the working directory. */
char *path_from_here(const char *path);

/* The absolute folder that a file is in, seen from the working directory. */
char *path_folder(const char *file);

/* Whether two names, seen from the working directory, are of one file; links in folders followed. */
bool path_is_same(const char *file, const char *other);

#endif
