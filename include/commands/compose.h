/*
 * compose: the commands about Compose files, and --compose. None of them needs doctl.
 */
#ifndef MANAGED_DB_COMMANDS_COMPOSE_H
#define MANAGED_DB_COMMANDS_COMPOSE_H

#include "commands/command.h"

command_function command_compose_check, command_compose_profiles, command_compose_services,
    command_compose_secret;

/*
 * --compose: makes the file that Compose would mount as the managed database's URL the file of the
 * secret. Does nothing where no Compose file was named. Fails with ERROR_USAGE where Compose refuses
 * the files or no one file can be meant, and as engine_ask() does.
 */
bool command_take_compose(struct settings *settings, const struct console *console,
                          struct error *error);

#endif
