/*
 * parts: the applications and pools that a manifest lists (docs/REFERENCE.md, "Settings"). Each is the
 * settings with some values of its own, so what works for one application works for each:
 *
 *     for (size_t i = 0; i < parts_count(settings); i++) {
 *         const struct settings own = parts_take(settings, i);     borrows: nothing to free
 *         …
 *     }
 *
 * Where no application is listed, the settings themselves are the first part.
 */
#ifndef MANAGED_DB_SETTINGS_PARTS_H
#define MANAGED_DB_SETTINGS_PARTS_H

#include "base/bytes.h"
#include "settings/settings.h"
#include "yaml/tree.h"

/*
 * Adds the entries of a list, `applications` or `pools`. Fails with ERROR_USAGE and the place: an
 * unknown key, with the nearest known ones, a value of a wrong form, one that is missing.
 */
bool parts_read(const char *key, const struct node *list, struct settings *settings,
                struct error *error);

/*
 * Fills in what the entries leave out, once the other settings have their values. Where a stronger
 * source than the manifest names an application's user, only the entry of that user stays. Fails
 * with ERROR_USAGE where two share a pool or a file.
 */
bool parts_load(struct settings *settings, struct error *error);

/* Adds a pool alone; user and database may both be "". The caller has checked the forms. */
void parts_add_pool(struct settings *settings, const char *name, const char *size, const char *mode,
                    const char *user, const char *database);

/* A list of sinks as YAML, with `before` in front of each line but the first. */
void parts_add_sinks(struct buffer *text, const char *sinks, const char *before);

/* The lists as YAML; nothing where there are none. */
void parts_add_text(struct buffer *text, const struct settings *settings);

size_t parts_count(const struct settings *settings);
/* is_pool_alone tells that it has no URL and no rights of its own. */
struct settings parts_take(const struct settings *settings, size_t index);
/* Puts another value in the place of the part's, as settings_put(). */
void parts_put(struct settings *settings, size_t index, enum setting setting, const char *value);
/* Where the entry stands, or "" for the settings themselves. */
const char *parts_where(const struct settings *settings, size_t index);

#endif
