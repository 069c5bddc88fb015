/*
 * questions: doctls that a test makes, and what they are asked and answer, as texts.
 *
 * A question is the name of a function of doctl.h, and its arguments: "status abc". The answer is
 *   = TEXT                             the function gives this
 *   ! KIND [NUMBER][: PART ... PART]   it fails with this kind of error (and its number, else 0),
 *                                      and the message holds these parts, one after the other
 * All questions and kinds stand at the top of questions.c; tests/transcripts/README.md shows them.
 */
#ifndef MANAGED_DB_QUESTIONS_H
#define MANAGED_DB_QUESTIONS_H

#include "doctl/doctl.h"
#include "unit.h"

/* A test case of which each test has a folder of its own; added to the suite. */
TCase *questions_case(Suite *suite, const char *name);

/* Of the running test: its folder, the file with a line for every call, the last error. */
extern char *questions_folder, *questions_log;
extern struct error questions_error;

/* 4 jobs, 15 s a call, no retries. */
extern const struct doctl_options usual_options;

struct doctl *open_with(struct doctl_options options);
struct doctl *open_doctl(const char *program, enum dialect dialect);

/*
 * Writes a doctl that logs its calls and goes on with a piece of shell, in which "$*" is the call.
 * The function `released` of that shell answers as only a released doctl does when it is asked
 * whether it is one. Gives its path.
 */
char *fake(const char *body);
/* The same with a file of tests/doctls. */
char *fake_file(const char *name);

/* All calls so far, a line each, and how many. */
char *calls(void);
size_t call_count(void);

/* Reads "KIND [NUMBER]", for other files; "answered" is no error. Gives what stands behind ": ". */
const char *questions_kind(const char *where, const char *text, enum error_kind *kind, int *number);

/* Asks; fails the test where the answer is another one. `where` begins its message. */
void expect_at(const char *where, struct doctl *doctl, const char *question, const char *answer);
#define expect(doctl, question, answer)                                                            \
    expect_at(unit_format("%s:%d", __FILE__, __LINE__), doctl, question, answer)

#endif
