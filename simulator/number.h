/* number: whole numbers as text. */
#ifndef SIMULATOR_NUMBER_H
#define SIMULATOR_NUMBER_H

#include <stdbool.h>

/* Reads decimal digits, perhaps after a minus, and nothing else; false when that is not what it is
 * or does not fit. */
bool number_read(const char *string, long *number);

#endif
