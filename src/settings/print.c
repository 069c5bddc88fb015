#include "config.h"

#include "settings/print.h"

#include <string.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "base/quote.h"

static const char *shown(const struct settings *settings, enum setting setting)
{
    const char *value = settings_get(settings, setting);
    return *value && settings_is_secret(setting) ? "****" : value;
}

static void add_source(struct buffer *text, const struct settings *settings, enum setting setting)
{
    enum source source = settings->sources[setting];
    buffer_add_text(text, settings_source(settings, setting));
    if (source == SOURCE_ENVIRONMENT)
        buffer_add_format(text, " %s", settings_variable(setting));
    else if (source == SOURCE_ENV_FILE)
        buffer_add_format(text, " %s", settings_get(settings, SETTING_ENV_FILE));
    else if (source == SOURCE_MANIFEST)
        buffer_add_format(text, " %s", settings_get(settings, SETTING_MANIFEST));
}

char *settings_as_text(const struct settings *settings)
{
    struct buffer text = BUFFER_INIT;
    for (size_t i = 0; i < SETTING_COUNT; i++) {
        enum setting setting = (enum setting)i;
        if (!settings_name(setting) || !settings->values[i])
            continue;
        char *value = quote_for_message(shown(settings, setting), strlen(shown(settings, setting)));
        buffer_add_format(&text, "%-24s  %-32s  ", settings_name(setting), value);
        mem_free_secret(value);
        add_source(&text, settings, setting);
        buffer_add_text(&text, "\n");
    }
    return buffer_take(&text);
}

static void add_json(struct buffer *json, const char *key, const char *value)
{
    buffer_add_format(json, "\"%s\": ", key);
    if (value)
        quote_add_json(json, value, strlen(value));
    else
        buffer_add_text(json, "null");
}

char *settings_as_json(const struct settings *settings)
{
    struct buffer json = BUFFER_INIT;
    for (size_t i = 0; i < SETTING_COUNT; i++) {
        enum setting setting = (enum setting)i;
        if (!settings_name(setting))
            continue;
        buffer_add_text(&json, json.length ? ",\n {" : "[{");
        add_json(&json, "name", settings_name(setting));
        buffer_add_text(&json, ", ");
        add_json(&json, "variable", settings_variable(setting));
        buffer_add_text(&json, ", ");
        add_json(&json, "value", settings->values[i] ? shown(settings, setting) : NULL);
        buffer_add_text(&json, ", ");
        add_json(&json, "source", settings->values[i] ? settings_source(settings, setting) : NULL);
        buffer_add_text(&json, "}");
    }
    buffer_add_text(&json, "]");
    return buffer_take(&json);
}

char *settings_as_env(const struct settings *settings)
{
    struct buffer text = BUFFER_INIT;
    for (size_t i = 0; i < SETTING_COUNT; i++) {
        enum setting setting = (enum setting)i;
        if (!settings_variable(setting) || settings_is_secret(setting))
            continue;
        quote_add_assignment(&text, settings_variable(setting),
                             setting == SETTING_DROPLET_ID ? settings_droplet(settings)
                                                           : settings_get(settings, setting));
    }
    return buffer_take(&text);
}
