/*
 * manifest: managed-db.yaml, settings in a file of their own (libyaml).
 *
 * A mapping of the long options' names without dashes (name, region, pool-size, …) to scalars,
 * `trust` to a list of rules, `applications` and `pools` to lists of mappings (parts.h). An unknown
 * or doubled key is refused, with line and column.
 */
#ifndef MANAGED_DB_SETTINGS_MANIFEST_H
#define MANAGED_DB_SETTINGS_MANIFEST_H

#include "base/error.h"
#include "settings/settings.h"

/* Sets what the file says, as SOURCE_MANIFEST. Fails with ERROR_USAGE, and as readfile() does. */
bool manifest_read(const char *path, struct settings *settings, struct error *error);

/*
 * A manifest of the settings: those about the cluster and its pool, and what else was set by
 * somebody. The caller frees it.
 */
char *manifest_text(const struct settings *settings);

#endif
