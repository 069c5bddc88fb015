/*
 * load: fills in the settings that the command line left out, from the environment and from files.
 */
#ifndef MANAGED_DB_SETTINGS_LOAD_H
#define MANAGED_DB_SETTINGS_LOAD_H

#include "settings/settings.h"

/*
 * Fills in all that the command line left out: environment, env file, manifest, defaults. Where
 * Compose is concerned also what its .env says of the mode and the folder of the secrets.
 * `secret_name` is the name of the URL's file in the folder of the secrets. Fails with ERROR_USAGE,
 * with ERROR_LOCAL where a file cannot be read, and with ERROR_SIGNAL.
 */
bool settings_load(struct settings *settings, const char *secret_name, struct error *error);

/*
 * The place of a file of the program's own, in managed-db below $XDG_STATE_HOME or ~/.local/state;
 * NULL where no variable names a place. The caller frees it.
 */
char *load_state_path(const char *name);

/* The .env that Compose reads: beside the first Compose file, or here. The caller frees it. */
char *settings_dotenv(const struct settings *settings);

/* Whether Compose does not find a value by itself, as it does those of the environment and of .env. */
bool settings_is_ours(const struct settings *settings, enum setting setting);

/*
 * The folder of the secrets as Compose needs it in its environment, NAME=FOLDER, so that both mean
 * the same files; NULL where Compose finds it. The caller frees it.
 */
char *settings_folder_variable(const struct settings *settings);

#endif
