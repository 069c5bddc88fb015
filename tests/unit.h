/*
 * unit: what the unit tests share. unit_run() runs a suite with a folder of its own below TMPDIR,
 * which is removed at the end whatever happened, and with an environment that says nothing.
 */
#ifndef MANAGED_DB_UNIT_H
#define MANAGED_DB_UNIT_H

#include <check.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/error.h"

/* Programs that the tests run as children, and the folder tests/ with its data. */
extern const char unit_child[], unit_replay[], unit_source[];

/* Runs the suite and frees it; the exit status for main(). */
int unit_run(Suite *suite);

/* A test case with 20 s a test whose compiled patterns are freed again; added to the suite. */
TCase *unit_case(Suite *suite, const char *name);

/* Strings from here on belong to the test: they are freed when it ends. */
char *unit_keep(char *text);
char *unit_format(const char *format, ...) PRINTF_LIKE(1, 2);

/* A new empty folder, removed at the end of the program. */
char *unit_folder(void);
/* FOLDER/NAME. */
char *unit_path(const char *folder, const char *name);

/* Writes a file with this mode, whatever the umask; gives its path. */
char *unit_file(const char *folder, const char *name, const char *text, mode_t mode);
/* Writes an executable shell script; gives its path. */
char *unit_script(const char *folder, const char *name, const char *body);
/* The content of a file as a string, NULL where there is none. */
char *unit_read(const char *path);
/* How many entries a folder has. */
size_t unit_entries(const char *folder);
/* How many lines a file has; 0 where there is none. */
size_t unit_lines(const char *path);

/* Descriptors below 256 that are open. */
size_t unit_descriptors(void);
/* Whether there is a child that nobody has waited for. */
bool unit_has_children(void);

/* Whether posix_spawn() tells that it failed: under valgrind it does not. */
bool unit_spawn_tells(void);

/* What `function` writes to stderr. */
char *unit_stderr(void (*function)(void *), void *context);

/* Whether a text is valid UTF-8. */
bool unit_is_utf8(const char *text);

/* Asserts that a call failed in this way; `part` has to stand in its message. */
#define unit_failed(good, error, wanted_kind, part)                                                \
    do {                                                                                           \
        ck_assert_msg(!(good), "%s succeeded", #good);                                             \
        ck_assert_msg((error)->kind == (wanted_kind) && strstr((error)->text, (part)),             \
                      "%s: kind %d, message \"%s\"; wanted kind %d and \"%s\"", #good,             \
                      (int)(error)->kind, (error)->text, (int)(wanted_kind), (part));              \
    } while (0)

/* Asserts that a call succeeded, or shows the message. */
#define unit_worked(good, error) ck_assert_msg((good), "%s: %s", #good, (error)->text)

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#endif
