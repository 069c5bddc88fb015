/*
 * testcases: text files of test cases, so that a new case needs no C.
 *
 * In columns, each line is a case; two blanks or a tab part its fields, and the last field goes to
 * the end of the line. In blocks, each paragraph is a case: its first line has fields like these,
 * each further line is one field. A line that begins with "#" is a comment.
 */
#ifndef MANAGED_DB_TESTCASES_H
#define MANAGED_DB_TESTCASES_H

#include <stddef.h>

struct testcase {
    char *where; /* "FILE:LINE", for messages */
    char **fields;
    size_t count;
};

struct testcases {
    struct testcase *list;
    size_t count;
};

#define IN_BLOCKS 0

/*
 * Reads tests/NAME, which has this number of columns, or is IN_BLOCKS. The program ends with a
 * message where the file is missing or has no case.
 */
struct testcases testcases_read(const char *name, size_t columns);
void testcases_free(struct testcases *cases);

/* Fails the test where a case has not this number of fields; `names` tells what they are. */
void testcase_check(const struct testcase *one, size_t least, size_t most, const char *names);

/*
 * A text with "\n" and "\\" for a newline and a backslash as it is meant; kept until the test ends.
 */
char *testcase_unescape(const char *text);

#endif
