/*
 * recorded: the recorded calls of released doctls (tests/transcripts), a folder for each release.
 * The folders are found by reading the directory: a new release needs no C.
 */
#ifndef MANAGED_DB_RECORDED_H
#define MANAGED_DB_RECORDED_H

#include <stdbool.h>
#include <stddef.h>

#include "testcases.h"

struct recorded_release {
    char *name;           /* of its folder: "v1.94.0" */
    int number[3];        /* 1, 94, 0 */
    struct testcases ids; /* of its stand-in account: name, ID */
};

/* The releases, the oldest first; a release without a name ends the list. Read once. */
const struct recorded_release *recorded_releases(void);
void recorded_free(void);

/*
 * Whether a case is about a release. The condition is "all", or one or more of "since VERSION" and
 * "before VERSION". Fails the test where it is anything else.
 */
bool recorded_applies(const struct testcase *one, const char *condition,
                      const struct recorded_release *release);

/* Whether a release has a recorded call of this name. */
bool recorded_has(const struct recorded_release *release, const char *name);
/* The path of a recorded call; fails the test, naming the case, where the release has none. */
char *recorded_path(const struct testcase *one, const struct recorded_release *release,
                    const char *name);
/* One file of a recorded call; fails the test where there is none. */
char *recorded_file(const struct recorded_release *release, const char *name, const char *file);
/* Calls a function for every recorded call of a release; gives how many there are. */
size_t recorded_each(const struct recorded_release *release,
                     void (*each)(const struct recorded_release *release, const char *name));

/* A text with each @NAME that stands in the release's list of IDs replaced by the ID. */
char *recorded_fill(const struct recorded_release *release, const char *text);

#endif
