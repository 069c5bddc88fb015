/*
 * help: what --help prints, made from the table in cli.
 */
#ifndef MANAGED_DB_HELP_H
#define MANAGED_DB_HELP_H

#include <stdio.h>

#include "cli.h"

/* The help of a command, or of the program where command is NULL; at most 80 columns wide. */
void help_print(FILE *stream, const struct command *command);

/* The table, one line for each command and option, tab-separated: for checks and completions. */
void help_table(FILE *stream);

#endif
