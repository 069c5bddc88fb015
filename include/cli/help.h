/*
 * help: what --help prints, made from the tables of commands and options.
 */
#ifndef MANAGED_DB_CLI_HELP_H
#define MANAGED_DB_CLI_HELP_H

#include <stdio.h>

#include "commands/command.h"

/* The help of a command, or of the program where command is NULL; at most 80 columns wide. */
void help_print(FILE *stream, const struct command *command);

/* The tables, one line for each command and option, tab-separated: for checks and completions. */
void help_table(FILE *stream);

#endif
