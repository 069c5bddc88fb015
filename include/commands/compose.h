/*
 * compose: the commands that read Compose files, and --compose. None of them needs doctl.
 */
#ifndef MANAGED_DB_COMMANDS_COMPOSE_H
#define MANAGED_DB_COMMANDS_COMPOSE_H

#include "commands/command.h"

command_function command_compose_check, command_compose_profiles, command_compose_services,
    command_compose_secret;

/*
 * --compose: makes the file that the backend reads the managed database's URL from the file of the
 * secret. Does nothing where no Compose file was named. Fails with ERROR_USAGE, and as readfile()
 * does.
 */
bool command_take_compose(struct settings *settings, struct error *error);

#endif
