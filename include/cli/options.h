/*
 * options: the table of all options, one entry each.
 */
#ifndef MANAGED_DB_CLI_OPTIONS_H
#define MANAGED_DB_CLI_OPTIONS_H

#include <stddef.h>

#include "settings/settings.h"

/* What an option does. */
enum option_kind {
    OPTION_SETTING, /* gives `setting` a value */
    OPTION_FLAG,    /* makes a bool of the settings true */
    OPTION_TRUST,
    OPTION_SIMULATE,
    OPTION_HELP,
    OPTION_VERSION
};

struct option_spec {
    const char *name;
    char letter;       /* 0: none */
    const char *value; /* as usage shows it; NULL: takes none; "[=DIR]": optional */
    enum option_kind kind;
    enum setting setting; /* of OPTION_SETTING */
    size_t flag;          /* of OPTION_FLAG: where the bool is in struct settings */
    unsigned groups;      /* of commands that take it (commands/command.h) */
    const char *help;
};

/* Ended by an entry without a name. */
extern const struct option_spec option_table[];

#endif
