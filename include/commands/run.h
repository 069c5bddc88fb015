/*
 * run: runs one command, from its settings to its answer on stdout.
 */
#ifndef MANAGED_DB_COMMANDS_RUN_H
#define MANAGED_DB_COMMANDS_RUN_H

#include "commands/command.h"

/*
 * Loads what the command line left out of the settings (settings_load()), finds doctl where the
 * command needs it, runs the command and prints its result in the form of --output. `program` is
 * argv[0]: the simulator is looked for beside it. The settings stay the caller's. Fails as the
 * command does; with ERROR_USAGE where the command has no such form, and with ERROR_LOCAL where
 * stdout cannot be written to.
 */
bool command_run(const struct command *command, struct settings *settings, const char *program,
                 const struct console *console, struct error *error);

/*
 * With --output json a run that fails has an answer too: null for what is not there (1), else the
 * object of the error. `command` may be NULL.
 */
void command_answer_failure(const struct command *command, const struct settings *settings,
                            const struct error *error);

#endif
