#include "config.h"

#include "flow/turns.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/secretfile.h"
#include "doctl/conninfo.h"
#include "settings/parts.h"

char *turns_saved_user(const char *path)
{
    struct conninfo info = CONNINFO_INIT;
    struct error ignored = ERROR_INIT;
    char *text = NULL;
    size_t length;
    bool good = secretfile_read(path, &text, &length, &ignored) && text && strlen(text) == length &&
                conninfo_parse(text, &info, &ignored);
    char *user = good ? mem_copy(info.user) : NULL;
    conninfo_free(&info);
    mem_free_secret(text);
    return user;
}

void turns_free(struct turn *turn)
{
    free(turn->user);
    free(turn->pool);
    *turn = (struct turn){NULL, NULL};
}

/* The second's names, for those of the first. */
static bool name_second(const char *user, const char *pool, struct turn *second,
                        struct error *error)
{
    second->user = mem_format("%s" TURNS_SECOND, user);
    second->pool = mem_format("%s" TURNS_SECOND, pool);
    return settings_check(SETTING_APP_USER, second->user, "the second user", error) &&
           settings_check(SETTING_POOL, second->pool, "the second pool", error);
}

bool turns_read(const struct settings *settings, struct turn *now, struct turn *other,
                struct error *error)
{
    const char *first = settings_get(settings, SETTING_APP_FIRST);
    const char *pool = settings_get(settings, SETTING_POOL);
    *now = (struct turn){mem_copy(settings_get(settings, SETTING_APP_USER)), mem_copy(pool)};
    *other = (struct turn){NULL, NULL};
    if (!*first)
        return name_second(now->user, now->pool, other, error);
    *other = (struct turn){mem_copy(first), mem_copy_n(pool, strlen(pool) - strlen(TURNS_SECOND))};
    return true;
}

struct settings turns_with(const struct settings *settings, const struct turn *turn)
{
    struct settings own = *settings;
    const char *first = settings_get(settings, SETTING_APP_FIRST);
    bool is_first = strcmp(turn->user, first) == 0;
    if (!*first)
        own.values[SETTING_APP_FIRST] = own.values[SETTING_APP_USER];
    else if (is_first)
        own.values[SETTING_APP_FIRST] = NULL;
    own.values[SETTING_APP_USER] = turn->user;
    own.values[SETTING_POOL] = turn->pool;
    return own;
}

static bool is_second_of(const char *name, const char *first)
{
    size_t length = strlen(first);
    return strncmp(name, first, length) == 0 && strcmp(name + length, TURNS_SECOND) == 0;
}

bool turns_are_of_one(const char *name, const char *other)
{
    return is_second_of(name, other) || is_second_of(other, name);
}

static bool resolve(struct settings *settings, size_t index, struct error *error)
{
    const struct settings own = parts_take(settings, index);
    const char *user = settings_get(&own, SETTING_APP_USER);
    struct turn second = {NULL, NULL};
    if (!*user || own.is_pool_alone)
        return true;
    char *saved = turns_saved_user(settings_get(&own, SETTING_SECRET_FILE));
    bool good = true;
    if (saved && is_second_of(saved, user)) {
        good = name_second(user, settings_get(&own, SETTING_POOL), &second, error);
        parts_put(settings, index, SETTING_APP_FIRST, user);
        parts_put(settings, index, SETTING_APP_USER, second.user);
        parts_put(settings, index, SETTING_POOL, second.pool);
    }
    turns_free(&second);
    free(saved);
    return good;
}

bool turns_resolve(struct settings *settings, struct error *error)
{
    bool good = true;
    for (size_t i = 0; good && !settings->faithful && i < parts_count(settings); i++)
        good = resolve(settings, i, error);
    return good;
}
