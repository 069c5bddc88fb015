/*
 * program: finds a program as execvp() would, before anything is started.
 */
#ifndef MANAGED_DB_BASE_PROGRAM_H
#define MANAGED_DB_BASE_PROGRAM_H

#include "base/error.h"

/*
 * A name with a slash is taken as it is, else PATH is searched. Gives the path in *path, which the
 * caller frees, or fails with ERROR_NO_PROGRAM and NULL: not found, or found but not executable.
 */
bool program_find(const char *name, char **path, struct error *error);

#endif
