/*
 * connection: the commands that connect to the database: verify, grant, rotate, psql. What each does
 * is in flow/verify.h and flow/rotate.h; these choose the cluster or the files.
 */
#ifndef MANAGED_DB_COMMANDS_CONNECTION_H
#define MANAGED_DB_COMMANDS_CONNECTION_H

#include "commands/command.h"

command_function command_verify;
command_function command_grant;
command_function command_rotate;
/* Becomes psql; returns only where that fails. */
command_function command_psql;

#endif
