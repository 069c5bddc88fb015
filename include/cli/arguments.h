/*
 * arguments: a command line, read by the tables of commands and options. Options may stand before
 * or after the command; "--" ends them.
 */
#ifndef MANAGED_DB_CLI_ARGUMENTS_H
#define MANAGED_DB_CLI_ARGUMENTS_H

#include "commands/command.h"

enum request { REQUEST_RUN, REQUEST_HELP, REQUEST_VERSION, REQUEST_TABLE };

struct invocation {
    enum request request;
    const struct command *command; /* NULL: none was named */
    struct settings settings;      /* what the command line says */
};

/*
 * Reads a command line. Fails with ERROR_USAGE: what is wrong, and where help is. The caller frees
 * invocation->settings in any case.
 */
bool arguments_parse(int argc, char **argv, struct invocation *invocation, struct error *error);

#endif
