/*
 * envfile: KEY=VALUE files such as deploy.config, read as data and never executed.
 *
 * Understood: blank lines, comments, `export`, values bare, in single or in double quotes, a
 * comment after white space. Keys that are not settings of this program are ignored, so that one
 * file can serve other programs too. A setting's value that a shell would expand ($NAME, $(…), `…`)
 * is refused, because here it would mean something else.
 */
#ifndef MANAGED_DB_SETTINGS_ENVFILE_H
#define MANAGED_DB_SETTINGS_ENVFILE_H

#include "base/error.h"
#include "settings/settings.h"

/*
 * Sets what the file says, as SOURCE_ENV_FILE. Fails with ERROR_USAGE, file and line named, and as
 * readfile() does.
 */
bool envfile_read(const char *path, struct settings *settings, struct error *error);

#endif
