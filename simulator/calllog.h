/* calllog: the file in which every call is a line. */
#ifndef SIMULATOR_CALLLOG_H
#define SIMULATOR_CALLLOG_H

#include <stdbool.h>

#include "arena.h"

/* Appends the arguments, quoted so that a shell reads them again; false when that cannot be done.
 */
bool calllog_append(struct arena *arena, const char *path, int argc, char **argv);

#endif
