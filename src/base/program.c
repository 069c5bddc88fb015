#include "config.h"

#include "base/program.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"

static bool is_program(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISREG(status.st_mode) && access(path, X_OK) == 0;
}

/* A name with a slash is taken as it is. */
static bool find_by_path(const char *name, char **path, struct error *error)
{
    struct stat status;
    if (is_program(name)) {
        *path = mem_copy(name);
        return true;
    }
    if (stat(name, &status) == 0)
        return error_set(error, ERROR_NO_PROGRAM, EACCES, "%s is not an executable program", name);
    return error_set(error, ERROR_NO_PROGRAM, ENOENT, "%s: no such program", name);
}

/* Searches PATH; *unusable is the first file of the name that cannot be run, or NULL. */
static char *search(const char *name, char **unusable)
{
    struct stat status;
    const char *directories = getenv("PATH");
    if (!directories || !*directories)
        directories = "/usr/local/bin:/usr/bin:/bin";
    for (const char *start = directories;; start++) {
        size_t length = strcspn(start, ":");
        char *candidate =
            length ? mem_format("%.*s/%s", (int)length, start, name) : mem_format("./%s", name);
        if (is_program(candidate))
            return candidate;
        if (!*unusable && stat(candidate, &status) == 0 && S_ISREG(status.st_mode))
            *unusable = candidate;
        else
            free(candidate);
        start += length;
        if (!*start)
            return NULL;
    }
}

bool program_find(const char *name, char **path, struct error *error)
{
    if (strchr(name, '/'))
        return find_by_path(name, path, error);
    char *unusable = NULL;
    *path = search(name, &unusable);
    if (!*path && unusable)
        error_set(error, ERROR_NO_PROGRAM, EACCES, "%s is not an executable program", unusable);
    else if (!*path)
        error_set(error, ERROR_NO_PROGRAM, ENOENT, "%s was not found on PATH", name);
    free(unusable);
    return *path != NULL;
}
