/*
 * nearest: which of the values that there are somebody may have meant. Pure.
 */
#ifndef MANAGED_DB_BASE_NEAREST_H
#define MANAGED_DB_BASE_NEAREST_H

#include <stddef.h>

/*
 * Of `count` values the three that are most like the wanted one, the nearest first, with ", "
 * between them; "" where there are no values. The caller frees it. Likeness is the number of
 * letters to put in, take out or replace (Levenshtein's distance); of equals the first counts.
 */
char *nearest_values(const char *wanted, char *const *values, size_t count);

/* The value that may have been meant; NULL where none is like it. One of `values`. */
const char *nearest_likely(const char *wanted, const char *const *values, size_t count);

#endif
