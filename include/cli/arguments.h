/*
 * arguments: a command line, read by the tables of commands and options. Options may stand before
 * or after the command; "--" ends them.
 */
#ifndef MANAGED_DB_CLI_ARGUMENTS_H
#define MANAGED_DB_CLI_ARGUMENTS_H

#include "commands/command.h"

enum request {
    REQUEST_RUN,
    REQUEST_HELP,
    REQUEST_GREETING, /* there was no word at all: help, and an error */
    REQUEST_VERSION,
    REQUEST_TABLE /* for the checks of the documentation */
};

struct invocation {
    enum request request;
    const struct command *command; /* NULL: none was named */
    const char *group;             /* the first of two words alone, as "droplet"; borrowed */
    struct settings settings;      /* what the command line says */
};

/* The command that the first words name, by its name or its function's; *used of them. NULL: none. */
const struct command *arguments_command(const char *const *words, size_t count, size_t *used);

/* Whether commands of two words begin with this one. */
bool arguments_is_group(const char *word);

/*
 * Reads a command line. Fails with ERROR_USAGE: what is wrong, and where help is. The caller frees
 * invocation->settings in any case.
 */
bool arguments_parse(int argc, char **argv, struct invocation *invocation, struct error *error);

#endif
