/*
 * settings: a value is taken just where it has its form, by a second reading of the forms; a
 * stronger source wins whatever comes first; numbers stay in their range.
 */
#include "config.h"

#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "forms.h"

FUZZ(settings)
{
    struct input input = {bytes, size};
    struct settings settings = {.trust = NULL};
    while (input.left) {
        struct error error = ERROR_INIT;
        unsigned choice = take_byte(&input);
        enum source source = (enum source)(SOURCE_DEFAULT + take_byte(&input) % SOURCE_FLAG);
        char *value = take_string(&input, '\0');
        bool good;
        bool wanted;
        if (choice % (SETTING_COUNT + 1) == SETTING_COUNT) {
            good = settings_add_trust(&settings, value, "--trust", &error);
            wanted = is_rule(value);
            MUST(!good || strcmp(settings.trust[settings.trust_count - 1], value) == 0);
        } else {
            enum setting setting = (enum setting)(choice % (SETTING_COUNT + 1));
            char *before = settings.values[setting];
            bool weaker = settings.sources[setting] > source;
            /* One --url-param is added to those before it. */
            bool is_more = setting == SETTING_URL_PARAMS && source == SOURCE_FLAG &&
                           settings.sources[setting] == SOURCE_FLAG && *value;
            char *whole = is_more ? mem_format("%s&%s", before, value) : mem_copy(value);
            good = settings_set(&settings, setting, value, source, "here", &error);
            wanted = !*value || weaker || has_form(setting, whole);
            bool taken = *value && !weaker && good;
            bool is_list = setting == SETTING_COMPOSE;
            const char *now = is_list && taken ? settings.compose[settings.compose_count - 1]
                                               : settings_get(&settings, setting);
            MUST(!taken || strcmp(now, whole) == 0);
            MUST((taken && !is_list) || settings.values[setting] == before);
            MUST(setting != SETTING_API_TOKEN || good || !strstr(error.text, value) ||
                 strstr("here: '(not shown)' is not a token without blanks", value));
            free(whole);
        }
        MUST(good == wanted);
        MUST(good || (error.kind == ERROR_USAGE && is_message(&error)));
        free(value);
    }
    check_settings(&settings);
    static const enum setting times[] = {SETTING_TIMEOUT, SETTING_WAIT_TIMEOUT,
                                         SETTING_POLL_INTERVAL, SETTING_LOCK_TIMEOUT};
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        int milliseconds = settings_ms(&settings, times[i]);
        MUST(milliseconds >= 0 && milliseconds < 1000000000);
        bool made_longer = times[i] == SETTING_POLL_INTERVAL && milliseconds == 1000;
        MUST(made_longer || milliseconds / 1000 == atoi(settings_get(&settings, times[i])));
    }
    struct secretfile_owner owner = settings_owner(&settings);
    MUST(owner.wanted == (*settings_get(&settings, SETTING_SECRET_OWNER) != '\0'));
    MUST(!owner.wanted || (owner.uid <= 999999999 && owner.gid <= 999999999));
    settings_free(&settings);
    return 0;
}
