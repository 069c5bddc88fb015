/*
 * commandline: the program's command line, for the tests of what reads it.
 */
#ifndef MANAGED_DB_COMMANDLINE_H
#define MANAGED_DB_COMMANDLINE_H

#include "cli/arguments.h"
#include "unit.h"

/* Of the last command line that was parsed. */
extern struct invocation invocation;
extern struct error commandline_error;

/* A test case in which command lines can be parsed; added to the suite. */
TCase *commandline_case(Suite *suite, const char *name);

/* Words are parted by "|"; an empty one is an empty argument. */
bool parse(const char *line);
#define parses(line) unit_worked(parse(line), &commandline_error)

/* The value of a setting, "" where the command line does not give it. */
const char *value_of(enum setting setting);

#endif
