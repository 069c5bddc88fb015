#include "config.h"

#include "settings/load.h"

#include <stdlib.h>
#include <string.h>

#include "base/dotenv.h"
#include "base/memory.h"
#include "base/paths.h"
#include "base/readfile.h"
#include "settings/envfile.h"
#include "settings/manifest.h"
#include "settings/parts.h"

static bool load_environment(struct settings *settings, struct error *error)
{
    /* Other commands ignore the settings of a deployment. */
    size_t count = settings->is_deployment ? SETTING_COUNT : SETTING_DROPLET_NAME;
    for (size_t i = 0; i < count; i++) {
        const char *variable = settings_variable((enum setting)i);
        const char *value = variable ? getenv(variable) : NULL;
        if (value &&
            !settings_set(settings, (enum setting)i, value, SOURCE_ENVIRONMENT, variable, error))
            return false;
    }
    return true;
}

char *settings_dotenv(const struct settings *settings)
{
    const char *first = settings->compose_count ? settings->compose[0] : "";
    const char *slash = strrchr(first, '/');
    return mem_format("%.*s.env", slash ? (int)(slash - first) + 1 : 0, first);
}

bool settings_is_ours(const struct settings *settings, enum setting setting)
{
    enum source source = settings->sources[setting];
    return source != SOURCE_NONE && source != SOURCE_ENV_FILE &&
           (source > SOURCE_DEFAULT || settings->simulate);
}

char *settings_folder_variable(const struct settings *settings)
{
    if (!settings_is_ours(settings, SETTING_SECRETS_DIR))
        return NULL;
    char *folder = path_from_here(settings_get(settings, SETTING_SECRETS_DIR));
    char *variable = mem_format("%s=%s", settings_variable(SETTING_SECRETS_DIR), folder);
    free(folder);
    return variable;
}

/*
 * What Compose reads from .env this program reads there too. An env file that is named takes its
 * place, as it does for Compose.
 */
static bool load_compose_env(struct settings *settings, struct error *error)
{
    static const enum setting shared[] = {SETTING_USE_MANAGED_DB, SETTING_USE_DO_SPACES,
                                          SETTING_SECRETS_DIR};
    if ((!settings->compose_count && !settings->reads_dotenv) || settings->values[SETTING_ENV_FILE])
        return true;
    char *path = settings_dotenv(settings);
    struct buffer file = BUFFER_INIT;
    bool good = readfile(path, READFILE_OPTIONAL, DOTENV_MAX_BYTES, &file, error);
    for (size_t i = 0; good && i < sizeof shared / sizeof shared[0]; i++) {
        char *value = NULL;
        good =
            dotenv_get(&file, settings_variable(shared[i]), &value, error)
                ? !value || settings_set(settings, shared[i], value, SOURCE_ENV_FILE, path, error)
                : error_precede(error, path);
        mem_free_secret(value);
    }
    buffer_free(&file);
    free(path);
    return good;
}

/* A path in the folder of the secrets, unless the setting has a value. */
static bool in_secrets_dir(struct settings *settings, enum setting setting, const char *name,
                           struct error *error)
{
    char *path = mem_format("%s/%s", settings_get(settings, SETTING_SECRETS_DIR), name);
    bool good =
        settings_set(settings, setting, path, SOURCE_DEFAULT, "the folder of the secrets", error);
    free(path);
    return good;
}

/* The simulator's secrets never take the place of real ones, unless the command line says so. */
static void forget_real_paths(struct settings *settings)
{
    static const enum setting paths[] = {SETTING_SECRETS_DIR, SETTING_SECRET_FILE, SETTING_CA_FILE};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
        if (settings->sources[paths[i]] != SOURCE_FLAG) {
            mem_free_secret(settings->values[paths[i]]);
            settings->values[paths[i]] = NULL;
            settings->sources[paths[i]] = SOURCE_NONE;
        }
}

/* The database of a user that has none of another name. */
static bool name_database(struct settings *settings, struct error *error)
{
    const char *user = settings_get(settings, SETTING_APP_USER);
    if (!*user && settings->values[SETTING_APP_DATABASE] && settings->part_count == 0)
        return error_set(error, ERROR_USAGE, 0,
                         "--app-database (DO_DB_APP_DATABASE) is the database of a user: name it "
                         "with --app-user (DO_DB_APP_USER)");
    return settings->values[SETTING_APP_DATABASE] ||
           settings_set(settings, SETTING_APP_DATABASE, user, SOURCE_DEFAULT, "--app-user", error);
}

static bool load_defaults(struct settings *settings, const char *secret_name, struct error *error)
{
    if (settings->simulate) {
        forget_real_paths(settings);
        char *folder = mem_format("%s/secrets", settings->simulator);
        bool good = settings_set(settings, SETTING_SECRETS_DIR, folder, SOURCE_DEFAULT,
                                 "--simulate", error);
        free(folder);
        if (!good)
            return false;
    }
    for (size_t i = 0; i < SETTING_COUNT; i++) {
        const char *fallback = settings_default((enum setting)i);
        if (fallback && !settings->values[i] &&
            !settings_set(settings, (enum setting)i, fallback, SOURCE_DEFAULT, "default", error))
            return false;
    }
    /* The simulator's cluster is not long in coming. */
    if (settings->simulate && settings->sources[SETTING_POLL_INTERVAL] == SOURCE_DEFAULT)
        settings_put(settings, SETTING_POLL_INTERVAL, "0.2");
    return name_database(settings, error) &&
           in_secrets_dir(settings, SETTING_SECRET_FILE, secret_name, error) &&
           in_secrets_dir(settings, SETTING_CA_FILE, "ca-certificate.crt", error);
}

char *load_state_path(const char *name)
{
    const char *state = getenv("XDG_STATE_HOME");
    const char *home = getenv("HOME");
    if (state && *state == '/')
        return mem_format("%s/managed-db/%s", state, name);
    return home && *home == '/' ? mem_format("%s/.local/state/managed-db/%s", home, name) : NULL;
}

/* Values that exclude each other. */
static bool check_combination(const struct settings *settings, struct error *error)
{
    const char *not_in_plan =
        strcmp(settings_get(settings, SETTING_DIALECT), "shipped") == 0   ? "--dialect shipped"
        : settings->trust_count                                           ? "--trust"
        : settings->part_count                                            ? "applications and pools"
        : settings->verify                                                ? "--verify"
        : settings->no_wait                                               ? "--no-wait"
        : settings->values[SETTING_STORAGE]                               ? "--storage"
        : settings->values[SETTING_APP_USER]                              ? "--app-user"
        : settings->values[SETTING_SINKS]                                 ? "--sink"
        : strcmp(settings_get(settings, SETTING_NETWORK), "private") == 0 ? "--network private"
                                                                          : NULL;
    const char *ca_file = settings_get(settings, SETTING_CA_FILE);
    if (settings->values[SETTING_CONTEXT] && settings->values[SETTING_API_TOKEN])
        return error_set(error, ERROR_USAGE, 0,
                         "--context and DO_API_TOKEN exclude each other: a token counts only in "
                         "doctl's context \"default\"; leave one of them out");
    if (settings->faithful && not_in_plan)
        return error_set(error, ERROR_USAGE, 0,
                         "--faithful makes the plan's calls and no others: leave %s out",
                         not_in_plan);
    const char *secret_file = settings_get(settings, SETTING_SECRET_FILE);
    const char *direct_file = settings_get(settings, SETTING_DIRECT_FILE);
    if (path_is_same(secret_file, ca_file))
        return error_set(error, ERROR_USAGE, 0,
                         "%s cannot hold both the URL and the certificate: name two files",
                         ca_file);
    if (*direct_file &&
        (path_is_same(direct_file, secret_file) || path_is_same(direct_file, ca_file)))
        return error_set(error, ERROR_USAGE, 0,
                         "%s cannot hold the direct URL and something else: name two files",
                         direct_file);
    if (settings->no_secret_file && settings->sources[SETTING_SECRET_FILE] == SOURCE_FLAG)
        return error_set(error, ERROR_USAGE, 0,
                         "--no-secret-file and --secret-file exclude each other");
    return true;
}

bool settings_load(struct settings *settings, const char *secret_name, struct error *error)
{
    if (settings->simulate && !settings->simulator)
        settings->simulator = load_state_path("simulator");
    if (settings->simulate && !settings->simulator)
        return error_set(error, ERROR_USAGE, 0,
                         "--simulate: there is no HOME to keep the account in: name a folder with "
                         "--simulate=DIR");
    settings->trust_is_settled = settings->trust_count > 0;
    const char *env_file = settings->values[SETTING_ENV_FILE];
    const char *manifest = settings->values[SETTING_MANIFEST];
    return load_environment(settings, error) &&
           (!env_file || envfile_read(env_file, settings, error)) &&
           load_compose_env(settings, error) &&
           (!manifest || manifest_read(manifest, settings, error)) &&
           load_defaults(settings, secret_name, error) && parts_load(settings, error) &&
           check_combination(settings, error);
}
