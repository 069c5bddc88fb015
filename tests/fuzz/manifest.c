/*
 * manifest: whatever a file holds, it sets values of the right form or fails with a message that
 * can be shown; a value that was written as JSON (which YAML holds) is read as itself.
 */
#include "config.h"

#include "fuzz.h"

#include <string.h>

#include "base/bytes.h"
#include "base/quote.h"
#include "forms.h"
#include "settings/manifest.h"

static void check(const struct settings *settings, bool good, const char *path,
                  const struct error *error)
{
    check_settings(settings);
    for (size_t i = 0; i < SETTING_COUNT; i++)
        MUST(settings->sources[i] == SOURCE_NONE || settings->sources[i] == SOURCE_MANIFEST);
    MUST(!settings->values[SETTING_API_TOKEN]);
    MUST(good || (error->kind == ERROR_USAGE && is_message(error)));
    MUST(good || strstr(error->text, path));
}

static void any_bytes(struct input *input)
{
    struct settings settings = {.trust = NULL};
    struct error error = ERROR_INIT;
    size_t length;
    char *content = take_bytes(input, TAKE_ALL, &length);
    const char *path = file_with(0, content, length);
    bool good = manifest_read(path, &settings, &error);
    check(&settings, good, path, &error);
    settings_free(&settings);
    free(content);
}

static void there_and_back(struct input *input)
{
    struct settings settings = {.trust = NULL};
    struct error error = ERROR_INIT;
    struct buffer file = BUFFER_INIT;
    char *value = take_string(input, '\0');
    for (char *at = value; *at; at++)
        *at = *at < ' ' || *at > '~' ? '.' : *at;
    buffer_add_text(&file, "trust: [ 'tag:web', \"droplet:1\" ]\nsecret-file: ");
    quote_add_json(&file, value, strlen(value));
    buffer_add_text(&file, " # a comment\n");
    const char *path = file_with(0, file.data, file.length);
    bool good = manifest_read(path, &settings, &error);
    check(&settings, good, path, &error);
    MUST(good == (!*value || has_form(SETTING_SECRET_FILE, value)));
    MUST(!good || strcmp(settings_get(&settings, SETTING_SECRET_FILE), value) == 0);
    MUST(!good || settings.trust_count == 2);
    buffer_free(&file);
    free(value);
    settings_free(&settings);
}

FUZZ(manifest)
{
    struct input input = {bytes, size};
    unsigned choice = take_byte(&input);
    if (choice & 1)
        there_and_back(&input);
    else
        any_bytes(&input);
    return 0;
}
