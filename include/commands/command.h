/*
 * command: what a command is, and what one gives back. The table of all commands is in
 * commands/commands.h; the command line is read by it, help is made from it, commands/run.h runs
 * one.
 */
#ifndef MANAGED_DB_COMMANDS_COMMAND_H
#define MANAGED_DB_COMMANDS_COMMAND_H

#include <stdint.h>

#include "flow/state.h"

#define COMMAND_ARGUMENTS 4
#define COMMAND_ANY       SIZE_MAX /* arguments: the first that may be left out may be repeated */

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
#define GROUP_CLUSTER  0x200U /* connecting to a cluster that is there */
#define GROUP_VERIFY   0x400U
#define GROUP_VIA      0x800U  /* psql may run elsewhere */
#define GROUP_ENGINE   0x1000U /* Docker Compose is run */
#define GROUP_CONFIG   0x2000U /* or was, elsewhere */
#define GROUP_WRITE    0x4000U
#define GROUP_DESTROY  0x8000U
#define GROUP_ADOPT    0x10000U /* settings that a cluster may give */
#define GROUP_ROTATE   0x20000U

enum command_doctl {
    NEEDS_DOCTL,
    NEEDS_NO_DOCTL,
    NEEDS_DOCTL_IF_THERE,  /* that it is missing is told too */
    NEEDS_DOCTL_IF_NAMED,  /* where a cluster is named; else files are enough */
    NEEDS_DOCTL_IF_MANAGED /* not where USE_MANAGED_DB says self-hosted */
};

/* All that goes to stdout; the texts are wiped and freed by who runs the command. */
struct command_result {
    char *text;           /* NULL: nothing */
    char *json;           /* instead of {"KEY": "TEXT"}, or NULL */
    char *env;            /* instead of VARIABLE='TEXT', or NULL */
    struct error failure; /* what the run ends with once this is printed, if anything */
};

/*
 * A function of a command: runs the plan's function, or what else the command is for, with the
 * settings of the flow, and fills in the result. False and an error where it failed.
 */
typedef bool command_function(struct flow *flow, struct command_result *result,
                              struct error *error);

struct command {
    const char *heading;   /* in the help, of this command and those behind it; or NULL */
    const char *name;      /* one word, or two */
    const char *function;  /* the plan's name, or NULL */
    const char *arguments; /* as usage shows them; NULL: takes none */
    enum setting positional[COMMAND_ARGUMENTS];
    size_t least, most; /* positional arguments */
    unsigned groups;    /* of options, besides the common ones */
    enum command_doctl doctl;
    bool is_about;           /* about the program itself: no settings are read */
    bool is_rehearsal;       /* as with --dry-run */
    bool takes_rest;         /* words behind -- are for another program */
    bool is_deployment;      /* settings of a deployment come from the environment too */
    bool reads_dotenv;       /* Compose's .env counts, though no Compose file is named */
    const char *secret_name; /* of the URL's file in the folder of the secrets; NULL: setup's */
    const char *variable;    /* of the result, for --output env; NULL: has no such form */
    const char *key;         /* of the result, for --output json; NULL: has no such form */
    const char *help;
    const char *answer_help;
    const char *examples; /* one a line */
    command_function *run;
};

#endif
