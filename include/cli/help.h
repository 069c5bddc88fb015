/*
 * help: what --help prints, made from the tables of commands, options and settings.
 */
#ifndef MANAGED_DB_CLI_HELP_H
#define MANAGED_DB_CLI_HELP_H

#include <stdio.h>

#include "commands/command.h"

/*
 * The help of a command; of the commands that begin with the word `group`; or of the program where
 * both are NULL. As wide as the terminal, 80 columns where there is none.
 */
void help_print(FILE *stream, const struct command *command, const char *group);

/* The tables, one line for each command and option, tab-separated: for checks. */
void help_table(FILE *stream);

#endif
