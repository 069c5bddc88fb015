/*
 * print: the settings that are in force and where each comes from, to be read by a person, by a
 * program or by a shell script. Pure. A secret's value is never in it: it is masked, and left out
 * of the form for scripts. Results are the caller's to free.
 */
#ifndef MANAGED_DB_SETTINGS_PRINT_H
#define MANAGED_DB_SETTINGS_PRINT_H

#include "settings/settings.h"

/* A line each: name, value, source. */
char *settings_as_text(const struct settings *settings);

/* [{"name": …, "variable": …, "value": …, "source": …}, …]; null where there is none. */
char *settings_as_json(const struct settings *settings);

/*
 * VARIABLE='VALUE', a line for each setting that has a variable in the env file: what `eval` in a
 * script takes without executing any of it. DROPLET_ID is settings_droplet().
 */
char *settings_as_env(const struct settings *settings);

#endif
