/*
 * envfile: whatever a file holds, it sets values of the right form or fails with a message that can
 * be shown; a value that was quoted as a shell wants it is read as itself.
 */
#include "config.h"

#include "fuzz.h"

#include <string.h>

#include "base/bytes.h"
#include "forms.h"
#include "settings/envfile.h"

static void check(const struct settings *settings, bool good, const char *path,
                  const struct error *error)
{
    check_settings(settings);
    for (size_t i = 0; i < SETTING_COUNT; i++)
        MUST(settings->sources[i] == SOURCE_NONE || settings->sources[i] == SOURCE_ENV_FILE);
    MUST(!settings->trust_count && !settings->faithful && !settings->simulate);
    MUST(good || (error->kind == ERROR_USAGE && is_message(error)));
    MUST(good || strncmp(error->text, path, strlen(path)) == 0);
}

static void any_bytes(struct input *input)
{
    struct settings settings = {.trust = NULL};
    struct error error = ERROR_INIT;
    size_t length;
    char *content = take_bytes(input, TAKE_ALL, &length);
    const char *path = file_with(0, content, length);
    bool good = envfile_read(path, &settings, &error);
    check(&settings, good, path, &error);
    settings_free(&settings);
    free(content);
}

static void there_and_back(struct input *input, unsigned choice)
{
    struct settings settings = {.trust = NULL};
    struct error error = ERROR_INIT;
    struct buffer file = BUFFER_INIT;
    char *value = take_string(input, '\n');
    buffer_add_text(&file, choice & 4 ? "  export MANAGED_DB_DOCTL=" : "MANAGED_DB_DOCTL=");
    if (choice & 2) {
        buffer_add_text(&file, "\"");
        for (const char *at = value; *at; at++)
            buffer_add_format(&file, "%s%c", strchr("$`\"\\", *at) ? "\\" : "", *at);
        buffer_add_text(&file, "\"");
    } else {
        buffer_add_format(&file, "'%s'", value);
    }
    buffer_add_text(&file, choice & 8 ? "\t # a comment\r\nNOT_OURS=$(date)" : "\n# one");
    const char *path = file_with(0, file.data, file.length);
    bool good = envfile_read(path, &settings, &error);
    check(&settings, good, path, &error);
    bool quoted = choice & 2 || !strchr(value, '\'');
    bool fits = !*value || has_form(SETTING_DOCTL, value);
    if (quoted) {
        MUST(good == fits);
        MUST(!good || strcmp(settings_get(&settings, SETTING_DOCTL), value) == 0);
    }
    buffer_free(&file);
    free(value);
    settings_free(&settings);
}

FUZZ(envfile)
{
    struct input input = {bytes, size};
    unsigned choice = take_byte(&input);
    if (choice & 1)
        there_and_back(&input, choice);
    else
        any_bytes(&input);
    return 0;
}
