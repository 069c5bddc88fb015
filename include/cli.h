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

/* Groups of options: a command takes those of its groups, and the common ones. */
#define GROUP_COMMON   0x01U
#define GROUP_SETUP    0x02U
#define GROUP_CREATE   0x04U
#define GROUP_CONNECT  0x08U
#define GROUP_SAVE     0x10U
#define GROUP_VPC      0x20U
#define GROUP_COMPOSE  0x40U
#define GROUP_DROPLET  0x80U  /* a Droplet that may have to be made */
#define GROUP_DEPLOYED 0x100U /* what a deployment consists of */
/* Among a command's groups: it runs no doctl. */
#define GROUP_OFFLINE 0x8000U

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

/* The commands, ended by one without a name. */
extern const struct command cli_commands[];
/* The options, ended by one without a name. */
extern const struct option_spec cli_options[];

#endif
