/* system: system calls that go on after a signal has interrupted them. */
#ifndef SIMULATOR_SYSTEM_H
#define SIMULATOR_SYSTEM_H

#include <stdbool.h>
#include <stddef.h>

/* Returns at once for 0 and less. */
void system_sleep(long milliseconds);
/* Writes all the bytes; false with errno when that cannot be done. */
bool system_write(int fd, const void *bytes, size_t length);

#endif
