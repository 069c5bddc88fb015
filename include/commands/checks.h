/*
 * checks: what doctor has looked at, a line each.
 */
#ifndef MANAGED_DB_COMMANDS_CHECKS_H
#define MANAGED_DB_COMMANDS_CHECKS_H

#include "base/bytes.h"
#include "base/error.h"

enum check_state { CHECK_GOOD, CHECK_WARNING, CHECK_FAILED };

struct check {
    enum check_state state;
    char *what;   /* "doctl" */
    char *found;  /* "/usr/bin/doctl, 1.166.0" */
    char *remedy; /* what to do; "" where nothing is to be done */
};

struct checks {
    struct check *list;
    size_t count;
};
void checks_free(struct checks *checks);

/* `found` is a printf format; what others wrote is made fit to be shown. */
void checks_add(struct checks *checks, enum check_state state, const char *what, const char *remedy,
                const char *found, ...) PRINTF_LIKE(5, 6);

/* "good", "warning" or "failed". */
const char *checks_state(const struct check *check);
size_t checks_count(const struct checks *checks, enum check_state state);

/* A line each: ✓ ⚠ ✗, what, what was found, and the remedy. The caller frees it. */
char *checks_text(const struct checks *checks);

#endif
