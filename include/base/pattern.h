/*
 * pattern: PCRE2 regular expressions, compiled at first use. A pattern that is used often is
 * compiled by the JIT too, where the machine has one; a run with short answers never pays for that.
 *
 * A pattern is a static variable set up with PATTERN("…"); nothing needs to be freed before the end
 * of the program (pattern_free_all() is for tests and leak checkers). Patterns work on bytes: text
 * in any encoding, valid or not, can be searched.
 */
#ifndef MANAGED_DB_BASE_PATTERN_H
#define MANAGED_DB_BASE_PATTERN_H

#include <stdbool.h>
#include <stddef.h>

#define PATTERN_GROUPS 8

struct pattern {
    const char *text;
    void *code;    /* pcre2_code */
    void *data;    /* pcre2_match_data */
    unsigned uses; /* counted up to the one that starts the JIT */
    bool has_jit;
    struct pattern *next; /* of those that are compiled */
};

/* clang-format off */
#define PATTERN(text) {(text), NULL, NULL, 0, false, NULL}
/* clang-format on */

/* A piece of somebody else's bytes; start is NULL when a group took no part in the match. */
struct span {
    const char *start;
    size_t length;
};

/*
 * Searches `length` bytes at `subject`, from `offset` on. Group 0 is the whole match. Returns
 * whether there is a match; `groups` may be NULL. The spans point into `subject`.
 */
bool pattern_match(struct pattern *pattern, const char *subject, size_t length, size_t offset,
                   struct span groups[PATTERN_GROUPS]);

/* Whether the whole of a string is of the form; "^" and "$" are not needed in the pattern. */
bool pattern_is(struct pattern *pattern, const char *text);

void pattern_free_all(void);

#endif
