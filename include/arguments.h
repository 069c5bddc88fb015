/*
 * arguments: a command line, read by the table in cli. Options may stand before or after the
 * command; "--" ends them.
 */
#ifndef MANAGED_DB_ARGUMENTS_H
#define MANAGED_DB_ARGUMENTS_H

#include "cli.h"

/*
 * Reads a command line. Fails with ERROR_USAGE: what is wrong, and where help is. The caller frees
 * invocation->settings in any case.
 */
bool arguments_parse(int argc, char **argv, struct invocation *invocation, struct error *error);

#endif
