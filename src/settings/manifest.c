#include "config.h"

#include "settings/manifest.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "base/nearest.h"
#include "base/quote.h"
#include "settings/parts.h"
#include "yaml/parse.h"

/* What an entry of the list of this name is, or NULL: no list. */
static const char *entry_of(const char *key)
{
    return strcmp(key, "trust") == 0  ? "rules TYPE:VALUE"
           : strcmp(key, "sink") == 0 ? "places KIND:WHERE"
                                      : NULL;
}

static bool take(const char *key, const struct node *value, struct settings *settings,
                 struct error *error)
{
    char *where = mem_format("%s:%zu:%zu: %s", value->file, value->line, value->column, key);
    bool good = strcmp(key, "trust") == 0
                    ? settings_add_trust(settings, value->text, where, error)
                    : settings_set(settings, settings_by_key(key), value->text, SOURCE_MANIFEST,
                                   where, error);
    free(where);
    return good;
}

static bool take_list(const char *key, const struct node *list, struct settings *settings,
                      struct error *error)
{
    for (size_t i = 0; i < list->count; i++) {
        if (list->items[i]->kind != NODE_SCALAR)
            return node_complain(list->items[i], error, "%s is a list of %s", key, entry_of(key));
        if (!take(key, list->items[i], settings, error))
            return false;
    }
    return true;
}

static bool is_parts(const char *key)
{
    return strcmp(key, "applications") == 0 || strcmp(key, "pools") == 0;
}

static bool unknown(const struct node *name, struct error *error)
{
    const char *known[SETTING_COUNT + 3] = {"trust", "applications", "pools"};
    size_t count = 3;
    for (size_t i = 0; i < SETTING_COUNT; i++)
        if (settings_key((enum setting)i))
            known[count++] = settings_key((enum setting)i);
    char *nearest = nearest_values(name->text, (char *const *)known, count);
    char *shown = quote_for_message(name->text, strlen(name->text));
    node_complain(name, error, "%s is not a setting; the nearest are %s", shown, nearest);
    free(shown);
    free(nearest);
    return false;
}

static bool read_entry(const struct node *name, const struct node *value, struct settings *settings,
                       struct error *error)
{
    const char *key = name->text;
    if (is_parts(key))
        return parts_read(key, value, settings, error);
    if (!entry_of(key) && settings_by_key(key) == SETTING_COUNT)
        return unknown(name, error);
    if (entry_of(key))
        return value->kind == NODE_SEQUENCE
                   ? take_list(key, value, settings, error)
                   : node_complain(value, error, "%s is a list of %s", key, entry_of(key));
    return value->kind == NODE_SCALAR ? take(key, value, settings, error)
                                      : node_complain(value, error, "a setting is one plain value");
}

bool manifest_read(const char *path, struct settings *settings, struct error *error)
{
    struct tree *tree = tree_new();
    struct node *root;
    bool good = yaml_read(tree, path, &root, error);
    if (good && root && root->kind != NODE_MAPPING)
        good = node_complain(root, error, "a mapping of settings is expected");
    for (size_t i = 0; good && root && i < root->count; i++)
        good = read_entry(root->keys[i], root->items[i], settings, error);
    tree_free(tree);
    return good;
}

/* In the order of a reader who does not know them yet; the first are always there. */
static const enum setting written[] = {
    SETTING_CLUSTER_NAME, SETTING_REGION,       SETTING_SIZE,        SETTING_PG_VERSION,
    SETTING_NODES,        SETTING_VPC_NAME,     SETTING_POOL,        SETTING_POOL_SIZE,
    SETTING_POOL_MODE,    SETTING_VPC_IP_RANGE, SETTING_DB_TAGS,     SETTING_STORAGE,
    SETTING_APP_USER,     SETTING_APP_DATABASE, SETTING_DROPLET_ID,  SETTING_NETWORK,
    SETTING_SSL_MODE,     SETTING_URL_PARAMS,   SETTING_DIRECT_FILE, SETTING_SECRETS_DIR,
    SETTING_SECRET_FILE,  SETTING_SECRET_OWNER, SETTING_CA_FILE,
};
#define ALWAYS 9

char *manifest_text(const struct settings *settings)
{
    struct buffer text = BUFFER_INIT;
    for (size_t i = 0; i < sizeof written / sizeof written[0]; i++) {
        const char *value = settings_get(settings, written[i]);
        if (!*value || (i >= ALWAYS && settings->sources[written[i]] <= SOURCE_DEFAULT))
            continue;
        buffer_add_format(&text, "%s: ", settings_key(written[i]));
        quote_add_yaml(&text, value);
        buffer_add_text(&text, "\n");
    }
    if (settings->trust_count)
        buffer_add_text(&text, "trust:\n");
    for (size_t i = 0; i < settings->trust_count; i++) {
        buffer_add_text(&text, "  - ");
        quote_add_yaml(&text, settings->trust[i]);
        buffer_add_text(&text, "\n");
    }
    if (settings->sources[SETTING_SINKS] > SOURCE_DEFAULT)
        parts_add_sinks(&text, settings_get(settings, SETTING_SINKS), "");
    parts_add_text(&text, settings);
    return buffer_take(&text);
}
