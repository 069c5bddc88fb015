#include "config.h"

#include "settings/parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/nearest.h"
#include "base/paths.h"
#include "base/quote.h"

struct key {
    const char *name;
    enum setting setting;
};

static const struct key application_keys[] = {{"user", SETTING_APP_USER},
                                              {"database", SETTING_APP_DATABASE},
                                              {"pool", SETTING_POOL},
                                              {"pool-size", SETTING_POOL_SIZE},
                                              {"pool-mode", SETTING_POOL_MODE},
                                              {"secret-file", SETTING_SECRET_FILE},
                                              {"direct-file", SETTING_DIRECT_FILE},
                                              {"sink", SETTING_SINKS},
                                              {NULL, SETTING_COUNT}};

static const struct key pool_keys[] = {
    {"name", SETTING_POOL},     {"size", SETTING_POOL_SIZE},        {"mode", SETTING_POOL_MODE},
    {"user", SETTING_APP_USER}, {"database", SETTING_APP_DATABASE}, {NULL, SETTING_COUNT}};

/* ---- reading ---- */

static bool unknown(const struct node *name, const struct key *keys, struct error *error)
{
    const char *known[12];
    size_t count = 0;
    for (; keys[count].name; count++)
        known[count] = keys[count].name;
    char *nearest = nearest_values(name->text, (char *const *)known, count);
    char *shown = quote_for_message(name->text, strlen(name->text));
    node_complain(name, error, "%s is no key of such an entry; the nearest are %s", shown, nearest);
    free(shown);
    free(nearest);
    return false;
}

static bool take(struct manifest_part *part, const struct key *keys, const struct node *name,
                 const struct node *value, struct error *error)
{
    size_t i = 0;
    while (keys[i].name && strcmp(keys[i].name, name->text) != 0)
        i++;
    if (!keys[i].name)
        return unknown(name, keys, error);
    if (keys[i].setting == SETTING_SINKS && value->kind == NODE_SEQUENCE) {
        for (size_t at = 0; at < value->count; at++)
            if (!take(part, keys, name, value->items[at], error))
                return false;
        return true;
    }
    if (value->kind != NODE_SCALAR || !*value->text)
        return node_complain(value, error, "%s is one plain value", name->text);
    char **mine = &part->values[keys[i].setting];
    char *where = mem_format("%s:%zu:%zu: %s", value->file, value->line, value->column, name->text);
    bool is_more = *mine && keys[i].setting == SETTING_SINKS;
    char *text = is_more ? mem_format("%s\n%s", *mine, value->text) : mem_copy(value->text);
    bool good = settings_check(keys[i].setting, text, where, error);
    free(where);
    free(good ? *mine : text);
    if (good)
        *mine = text;
    return good;
}

static bool read_part(const struct node *entry, bool is_application, struct settings *settings,
                      struct error *error)
{
    const struct key *keys = is_application ? application_keys : pool_keys;
    if (entry->kind != NODE_MAPPING)
        return node_complain(entry, error, "an entry is a mapping, such as {%s: …}", keys[0].name);
    settings->parts = mem_grow(settings->parts, settings->part_count + 1, sizeof *settings->parts);
    struct manifest_part *part = &settings->parts[settings->part_count++];
    *part = (struct manifest_part){.is_application = is_application};
    part->where = mem_format("%s:%zu:%zu", entry->file, entry->line, entry->column);
    for (size_t i = 0; i < entry->count; i++)
        if (!take(part, keys, entry->keys[i], entry->items[i], error))
            return false;
    if (is_application ? !part->values[SETTING_APP_USER] : !part->values[SETTING_POOL])
        return node_complain(
            entry, error, is_application ? "an application needs a user" : "a pool needs a name");
    if (!is_application && !part->values[SETTING_APP_USER] != !part->values[SETTING_APP_DATABASE])
        return node_complain(entry, error,
                             "a pool has both user and database, or neither: then "
                             "they are doadmin and defaultdb");
    return true;
}

bool parts_read(const char *key, const struct node *list, struct settings *settings,
                struct error *error)
{
    bool is_application = strcmp(key, "applications") == 0;
    if (list->kind != NODE_SEQUENCE)
        return node_complain(list, error, "%s is a list", key);
    for (size_t i = 0; i < list->count; i++)
        if (!read_part(list->items[i], is_application, settings, error))
            return false;
    return true;
}

/* ---- completing ---- */

static void fill_in(struct manifest_part *part, enum setting setting, char *value)
{
    if (part->values[setting])
        free(value);
    else
        part->values[setting] = value;
}

static void complete(const struct settings *settings, struct manifest_part *part)
{
    const char *user = part->values[SETTING_APP_USER];
    if (!part->is_application) {
        /* Those of the settings are another application's. */
        fill_in(part, SETTING_APP_USER, mem_copy(""));
        fill_in(part, SETTING_APP_DATABASE, mem_copy(""));
        return;
    }
    fill_in(part, SETTING_APP_DATABASE, mem_copy(user));
    fill_in(part, SETTING_POOL, mem_format("%s-pool", user));
    fill_in(part, SETTING_SECRET_FILE,
            mem_format("%s/database_url_%s", settings_get(settings, SETTING_SECRETS_DIR), user));
    fill_in(part, SETTING_DIRECT_FILE, mem_copy(""));
    fill_in(part, SETTING_SINKS, mem_copy(""));
}

static void free_part(struct manifest_part *part)
{
    for (size_t i = 0; i < SETTING_COUNT; i++)
        free(part->values[i]);
    free(part->where);
}

/* Only the application that is named by option or variable. */
static bool select_one(struct settings *settings, struct error *error)
{
    const char *user = settings_get(settings, SETTING_APP_USER);
    size_t kept = 0;
    bool is_listed = false;
    for (size_t i = 0; i < settings->part_count; i++)
        is_listed = is_listed || settings->parts[i].is_application;
    if (!is_listed || settings->sources[SETTING_APP_USER] <= SOURCE_MANIFEST)
        return true;
    for (size_t i = 0; i < settings->part_count; i++) {
        struct manifest_part *part = &settings->parts[i];
        if (part->is_application && strcmp(part->values[SETTING_APP_USER], user) == 0)
            settings->parts[kept++] = *part;
        else
            free_part(part);
    }
    settings->part_count = kept;
    return kept > 0 ||
           error_set(error, ERROR_USAGE, 0,
                     "the manifest lists applications, and none with the user %s", user);
}

/* A line that is in both; the caller frees it. NULL: none. */
static char *shared_sink(const char *one, const char *other)
{
    char *all = mem_format("\n%s\n", other);
    char *found = NULL;
    for (const char *at = one; *at && !found;) {
        size_t length = strcspn(at, "\n");
        char *line = mem_format("\n%.*s\n", (int)length, at);
        if (strstr(all, line))
            found = mem_copy_n(at, length);
        free(line);
        at += length + (at[length] == '\n');
    }
    free(all);
    return found;
}

/* What two parts cannot share. */
static bool differ(const struct settings *one, const struct settings *other, const char *where,
                   struct error *error)
{
    static const enum setting files[] = {SETTING_SECRET_FILE, SETTING_DIRECT_FILE};
    const char *pool = settings_get(one, SETTING_POOL);
    if (strcmp(pool, settings_get(other, SETTING_POOL)) == 0)
        return error_set(error, ERROR_USAGE, 0, "%s: the pool %s is there twice", where, pool);
    for (size_t i = 0; !one->is_pool_alone && !other->is_pool_alone && i < 4; i++) {
        const char *path = settings_get(one, files[i / 2]);
        const char *other_path = settings_get(other, files[i % 2]);
        if (*path && *other_path && path_is_same(path, other_path))
            return error_set(error, ERROR_USAGE, 0, "%s: two URLs would be written to %s", where,
                             path);
    }
    char *sink = shared_sink(settings_get(one, SETTING_SINKS), settings_get(other, SETTING_SINKS));
    if (sink)
        error_set(error, ERROR_USAGE, 0, "%s: two URLs would be given to %s", where, sink);
    bool good = !sink;
    free(sink);
    return good;
}

bool parts_load(struct settings *settings, struct error *error)
{
    for (size_t i = 0; i < settings->part_count; i++)
        complete(settings, &settings->parts[i]);
    if (!select_one(settings, error))
        return false;
    for (size_t i = 0; i < parts_count(settings); i++)
        for (size_t j = 0; j < i; j++) {
            const struct settings one = parts_take(settings, i);
            const struct settings other = parts_take(settings, j);
            if (!differ(&one, &other, parts_where(settings, i), error))
                return false;
        }
    return true;
}

/* ---- writing ---- */

void parts_add_pool(struct settings *settings, const char *name, const char *size, const char *mode,
                    const char *user, const char *database)
{
    settings->parts = mem_grow(settings->parts, settings->part_count + 1, sizeof *settings->parts);
    struct manifest_part *part = &settings->parts[settings->part_count++];
    *part = (struct manifest_part){.where = mem_copy("")};
    part->values[SETTING_POOL] = mem_copy(name);
    part->values[SETTING_POOL_SIZE] = mem_copy(size);
    part->values[SETTING_POOL_MODE] = mem_copy(mode);
    part->values[SETTING_APP_USER] = mem_copy(user);
    part->values[SETTING_APP_DATABASE] = mem_copy(database);
}

void parts_add_sinks(struct buffer *text, const char *sinks, const char *before)
{
    buffer_add_text(text, *sinks ? "sink:\n" : "");
    for (const char *at = sinks; *at;) {
        size_t length = strcspn(at, "\n");
        char *line = mem_copy_n(at, length);
        buffer_add_format(text, "%s  - ", before);
        quote_add_yaml(text, line);
        buffer_add_text(text, "\n");
        free(line);
        at += length + (at[length] == '\n');
    }
}

static void add_list(struct buffer *text, const struct settings *settings, const char *name,
                     bool are_applications)
{
    const struct key *keys = are_applications ? application_keys : pool_keys;
    bool is_first = true;
    for (size_t i = 0; i < settings->part_count; i++) {
        const struct manifest_part *part = &settings->parts[i];
        if (part->is_application != are_applications)
            continue;
        if (is_first)
            buffer_add_format(text, "%s:\n", name);
        is_first = false;
        const char *before = "  - ";
        for (size_t at = 0; keys[at].name; at++) {
            const char *value = part->values[keys[at].setting];
            if (!value || !*value)
                continue;
            if (keys[at].setting == SETTING_SINKS) {
                buffer_add_text(text, before);
                parts_add_sinks(text, value, "    ");
                continue;
            }
            buffer_add_format(text, "%s%s: ", before, keys[at].name);
            quote_add_yaml(text, value);
            buffer_add_text(text, "\n");
            before = "    ";
        }
    }
}

void parts_add_text(struct buffer *text, const struct settings *settings)
{
    add_list(text, settings, "applications", true);
    add_list(text, settings, "pools", false);
}

/* ---- taking ---- */

/* Whether the settings themselves are the first part. */
static bool has_own(const struct settings *settings)
{
    size_t i = 0;
    while (i < settings->part_count && !settings->parts[i].is_application)
        i++;
    return i == settings->part_count;
}

size_t parts_count(const struct settings *settings)
{
    return settings->part_count + has_own(settings);
}

struct settings parts_take(const struct settings *settings, size_t index)
{
    struct settings own = *settings;
    if (has_own(settings) && index-- == 0)
        return own;
    const struct manifest_part *part = &settings->parts[index];
    own.is_pool_alone = !part->is_application;
    for (size_t i = 0; i < SETTING_COUNT; i++)
        if (part->values[i])
            own.values[i] = part->values[i];
    return own;
}

const char *parts_where(const struct settings *settings, size_t index)
{
    return has_own(settings) && index-- == 0 ? "" : settings->parts[index].where;
}

void parts_put(struct settings *settings, size_t index, enum setting setting, const char *value)
{
    if (has_own(settings) && index-- == 0) {
        settings_put(settings, setting, value);
        return;
    }
    char *copy = mem_copy(value);
    free(settings->parts[index].values[setting]);
    settings->parts[index].values[setting] = copy;
}
