/*
 * cli: the table of commands and options, and what is made from it: parsing, --help, and the lists
 * that the man page, the completions and the README are checked against.
 */
#ifndef MANAGED_DB_CLI_H
#define MANAGED_DB_CLI_H

#include <stdint.h>
#include <stdio.h>

#include "flow.h"
#include "settings.h"

#define COMMAND_ARGUMENTS 4
#define COMMAND_ANY       SIZE_MAX /* arguments: the last one may be repeated */

/* Among a command's groups: it runs no doctl. */
#define COMMAND_OFFLINE 0x8000U

/* What one command answers: all that goes to stdout. */
struct answer {
    char *text;           /* NULL: nothing; wiped when freed */
    char *json;           /* instead of {"KEY": "TEXT"}, or NULL */
    char *env;            /* instead of VARIABLE='TEXT', or NULL */
    struct error verdict; /* what the run ends with once the answer is printed, if anything */
};

struct command {
    const char *name;      /* one word, or two */
    const char *function;  /* the plan's name, or NULL */
    const char *arguments; /* as usage shows them */
    enum setting positional[COMMAND_ARGUMENTS];
    size_t least, most;      /* positional arguments */
    unsigned groups;         /* of options, besides the common ones */
    const char *secret_name; /* of the URL's file in the folder of the secrets */
    const char *variable;    /* of the answer, for --output env; NULL: has no such form */
    const char *key;         /* of the answer, for --output json; NULL: has no such form */
    const char *help;
    const char *answer_help;
    bool (*run)(struct flow *flow, struct answer *answer, struct error *error);
};

struct option_spec {
    const char *name;
    char letter;          /* 0: none */
    const char *value;    /* as usage shows it; NULL: takes none; "[=DIR]": optional */
    enum setting setting; /* SETTING_COUNT: no setting of its own */
    unsigned groups;
    const char *help;
};

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
bool cli_parse(int argc, char **argv, struct invocation *invocation, struct error *error);

/* The help of a command, or of the program where command is NULL. */
void cli_help(FILE *stream, const struct command *command);

/* The table, one line for each command and option, tab-separated: for checks and completions. */
void cli_table(FILE *stream);

/* The commands, ended by one without a name. */
extern const struct command cli_commands[];
/* The options, ended by one without a name. */
extern const struct option_spec cli_options[];

#endif
