#include "config.h"

#include "base/child_environment.h"

#include <stdbool.h>
#include <string.h>

#include "base/memory.h"

extern char **environ;

static bool has_name_of(const char *variable, char *const *own)
{
    size_t length = strcspn(variable, "=");
    for (size_t i = 0; own[i]; i++)
        if (strncmp(own[i], variable, length) == 0 && strcspn(own[i], "=") == length)
            return true;
    return false;
}

char **environment_with(char *const *own)
{
    size_t count = 0;
    size_t more = 0;
    while (environ[count])
        count++;
    while (own[more])
        more++;
    char **environment = mem_array(count + more + 1, sizeof *environment);
    size_t used = 0;
    for (size_t i = 0; i < count; i++)
        if (!has_name_of(environ[i], own))
            environment[used++] = environ[i];
    for (size_t i = 0; i < more; i++)
        if (strchr(own[i], '='))
            environment[used++] = own[i];
    environment[used] = NULL;
    return environment;
}
