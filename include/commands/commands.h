/*
 * commands: the table of commands, one entry each with all that is to know about a command. The
 * command line,
 * --help and what the man page, the completions and the README are checked against come from it.
 */
#ifndef MANAGED_DB_COMMANDS_COMMANDS_H
#define MANAGED_DB_COMMANDS_COMMANDS_H

#include "commands/command.h"

/* Ended by an entry without a name. */
extern const struct command command_table[];

#endif
