#include "number.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

bool number_read(const char *string, long *number)
{
    if (!*string || strspn(string, "-0123456789") != strlen(string))
        return false;
    char *end;
    errno = 0;
    long value = strtol(string, &end, 10);
    if (errno != 0 || *end)
        return false;
    *number = value;
    return true;
}
