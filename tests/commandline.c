#include "config.h"

#include "commandline.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

struct invocation invocation;
struct error commandline_error;

static char *argv[64];

static void set_up(void)
{
    commandline_error = (struct error)ERROR_INIT;
    unsetenv("POSIXLY_CORRECT");
    /* The word that getopt() stopped in belongs to the test before this one. */
    char *words[] = {"x", NULL};
    optind = 0;
    getopt(1, words, "+");
}

static void tear_down(void)
{
    settings_free(&invocation.settings);
}

TCase *commandline_case(Suite *suite, const char *name)
{
    TCase *tests = unit_case(suite, name);
    tcase_add_checked_fixture(tests, set_up, tear_down);
    return tests;
}

bool parse(const char *line)
{
    int argc = 1;
    argv[0] = "managed-db";
    settings_free(&invocation.settings);
    commandline_error = (struct error)ERROR_INIT;
    while (*line) {
        size_t length = strcspn(line, "|");
        ck_assert_int_lt(argc + 2, (int)COUNT(argv));
        argv[argc++] = unit_keep(mem_copy_n(line, length));
        line += length;
        if (*line == '|' && !*++line)
            argv[argc++] = "";
    }
    argv[argc] = NULL;
    return arguments_parse(argc, argv, &invocation, &commandline_error);
}

const char *value_of(enum setting setting)
{
    return settings_get(&invocation.settings, setting);
}
