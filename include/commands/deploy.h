/*
 * deploy: the commands of a deployment: the settings in force, the Droplet, and taking all of
 * it down.
 */
#ifndef MANAGED_DB_COMMANDS_DEPLOY_H
#define MANAGED_DB_COMMANDS_DEPLOY_H

#include "commands/command.h"

command_function command_settings, command_offers, command_preflight, command_droplet_find,
    command_droplet_create, command_droplet_wait, command_firewall, command_key, command_region;

/* Without the first thing's name it lists, with it it deletes. */
command_function command_destroy;

#endif
