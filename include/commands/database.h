/*
 * database: the commands that stand for the plan's functions, and setup, which runs them all.
 */
#ifndef MANAGED_DB_COMMANDS_DATABASE_H
#define MANAGED_DB_COMMANDS_DATABASE_H

#include "commands/command.h"

command_function command_check, command_create, command_pool, command_ca, command_url, command_save,
    command_trust, command_untrust, command_info, command_vpc, command_auth;

/* setup asks for the account first, and means it whatever USE_MANAGED_DB says. */
/* plan rehearses setup, and so does setup with --dry-run. */
command_function command_manifest_init, command_plan, command_setup, command_setup_managed_database;

#endif
