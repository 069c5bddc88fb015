/*
 * readfile: reads a whole file that somebody else wrote: settings, Compose files, their
 * variables.
 *
 * A pipe that was handed over (/dev/stdin, /dev/fd/N) is read to its end, and a signal that arrives
 * meanwhile ends that. A named pipe is refused: nobody may ever write into it.
 */
#ifndef MANAGED_DB_BASE_READFILE_H
#define MANAGED_DB_BASE_READFILE_H

#include "base/bytes.h"

enum readfile_need {
    READFILE_REQUIRED,
    READFILE_OPTIONAL /* what is not there, or is no regular file, is read as nothing */
};

/*
 * Appends the file's content without the byte order mark that some editors put before UTF-8. Fails
 * with ERROR_USAGE: larger than `limit` (a number of MiB); ERROR_LOCAL: it cannot be read;
 * ERROR_SIGNAL.
 */
bool readfile(const char *path, enum readfile_need need, size_t limit, struct buffer *content,
              struct error *error);

#endif
