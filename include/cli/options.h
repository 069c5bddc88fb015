/*
 * options: the table of all options, one entry each.
 */
#ifndef MANAGED_DB_CLI_OPTIONS_H
#define MANAGED_DB_CLI_OPTIONS_H

#include "settings/settings.h"

/* What an option does. */
enum option_kind {
    OPTION_SETTING, /* gives `setting` a value */
    OPTION_TRUST,
    OPTION_NO_SECRET_FILE,
    OPTION_VERIFY,
    OPTION_WRITE,
    OPTION_DRY_RUN,
    OPTION_STRICT,
    OPTION_APPLY,
    OPTION_PRUNE_RULES,
    OPTION_NO_WAIT,
    OPTION_SIMULATE,
    OPTION_FAITHFUL,
    OPTION_QUIET,
    OPTION_VERBOSE,
    OPTION_HELP,
    OPTION_VERSION
};

struct option_spec {
    const char *name;
    char letter;       /* 0: none */
    const char *value; /* as usage shows it; NULL: takes none; "[=DIR]": optional */
    enum option_kind kind;
    enum setting setting;
    unsigned groups; /* of commands that take it (commands/command.h) */
    const char *help;
};

/* Ended by an entry without a name. */
extern const struct option_spec option_table[];

#endif
