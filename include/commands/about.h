/*
 * about: the commands about the program itself. They read no settings.
 */
#ifndef MANAGED_DB_COMMANDS_ABOUT_H
#define MANAGED_DB_COMMANDS_ABOUT_H

#include "commands/command.h"

/* The shell's part of the completion, as in completions/. */
command_function command_completion;
command_function command_version;

#endif
