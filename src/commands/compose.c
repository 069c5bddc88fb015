#include "config.h"

#include "commands/compose.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "base/quote.h"
#include "compose/check.h"

static bool read_switch(const struct settings *settings, enum setting setting, bool *on,
                        struct error *error)
{
    const char *value = settings_get(settings, setting);
    *on = strcmp(value, "true") == 0;
    return *on || !*value || strcmp(value, "false") == 0 ||
           error_set(error, ERROR_USAGE, 0, "%s has to be true or false, in small letters",
                     settings_variable(setting));
}

/* The mode that the two switches make. */
static bool read_mode(const struct settings *settings, bool *managed, bool *spaces,
                      struct error *error)
{
    return read_switch(settings, SETTING_USE_MANAGED_DB, managed, error) &&
           read_switch(settings, SETTING_USE_DO_SPACES, spaces, error);
}

/*
 * The variables that Compose would have. The mode and the folder of the secrets are this program's
 * wherever they come from, so that both mean the same files.
 */
static bool read_variables(const struct settings *settings, struct variables *variables,
                           struct error *error)
{
    const char *env_file = settings_get(settings, SETTING_ENV_FILE);
    char *path = variables_env_path(settings->compose[0]);
    *variables = (struct variables)VARIABLES_INIT;
    bool good = (!*env_file || variables_read(variables, env_file, true, error)) &&
                variables_read(variables, path, false, error);
    free(path);
    if (settings->sources[SETTING_SECRETS_DIR] > SOURCE_DEFAULT || settings->simulate)
        variables_set(variables, "MANAGED_DB_SECRETS_DIR",
                      settings_get(settings, SETTING_SECRETS_DIR));
    if (settings->values[SETTING_USE_MANAGED_DB])
        variables_set(variables, "USE_MANAGED_DB", settings_get(settings, SETTING_USE_MANAGED_DB));
    if (settings->values[SETTING_USE_DO_SPACES])
        variables_set(variables, "USE_DO_SPACES", settings_get(settings, SETTING_USE_DO_SPACES));
    if (!good)
        variables_free(variables);
    return good;
}

/* ---- check ---- */

static void warn(const struct console *console, const struct findings *findings)
{
    if (findings->left_out)
        console_warning(console,
                        "COMPOSE_PROFILES is not set, so Compose would start without %s: take it "
                        "from 'managed-db compose profiles'",
                        findings->left_out);
    if (!findings->not_seen)
        return;
    char *shown = quote_for_message(findings->not_seen, strlen(findings->not_seen));
    console_warning(console,
                    "The secrets in %s were not looked at: the folder is not on this machine, or "
                    "closed to you",
                    shown);
    free(shown);
}

bool command_compose_check(struct flow *flow, struct command_result *result, struct error *error)
{
    struct compose_files files = COMPOSE_FILES_INIT;
    struct variables variables = VARIABLES_INIT;
    struct findings findings = FINDINGS_INIT;
    bool good =
        read_variables(flow->settings, &variables, error) &&
        compose_read(&files, flow->settings->compose, flow->settings->compose_count, error) &&
        compose_check(&files, &variables, &findings, error);
    if (good) {
        warn(flow->console, &findings);
        if (findings.count)
            result->text = findings_text(&findings);
        else
            console_success(flow->console, "Nothing was found");
        result->json = findings_json(&findings);
        if (findings.count)
            error_set(&result->failure, ERROR_NOT_THERE, 0, "%zu finding%s", findings.count,
                      findings.count == 1 ? "" : "s");
    }
    findings_free(&findings);
    variables_free(&variables);
    compose_files_free(&files);
    return good;
}

/* ---- what the files say ---- */

static bool load(const struct settings *settings, const char *managed, struct compose_files *files,
                 struct variables *variables, struct compose *compose, struct error *error)
{
    if (!read_variables(settings, variables, error))
        return false;
    if (managed)
        variables_set(variables, "USE_MANAGED_DB", managed);
    return compose_read(files, settings->compose, settings->compose_count, error) &&
           compose_load(files, variables, compose, error);
}

static void list_services(const struct compose *compose, const char *profiles,
                          struct command_result *result)
{
    struct buffer text = BUFFER_INIT;
    struct buffer json = BUFFER_INIT;
    for (size_t i = 0; i < compose->services->count; i++) {
        const char *name = compose->services->keys[i]->text;
        if (!compose_is_enabled(compose->services->items[i], profiles))
            continue;
        buffer_add_text(&json, json.length ? ", " : "{\"services\": [");
        quote_add_json(&json, name, strlen(name));
        buffer_add_format(&text, "%s\n", name);
    }
    buffer_add_text(&json, json.length ? "]}" : "{\"services\": []}");
    result->text = text.length ? buffer_take(&text) : NULL;
    result->json = buffer_take(&json);
}

bool command_compose_services(struct flow *flow, struct command_result *result, struct error *error)
{
    struct compose_files files = COMPOSE_FILES_INIT;
    struct variables variables = VARIABLES_INIT;
    struct compose compose = COMPOSE_INIT;
    bool managed = false;
    bool spaces = false;
    bool good = load(flow->settings, NULL, &files, &variables, &compose, error);
    const char *set = good ? variables_get(&variables, "COMPOSE_PROFILES") : NULL;
    good = good && (set || read_mode(flow->settings, &managed, &spaces, error));
    if (good) {
        char *profiles = set ? mem_copy(set) : compose_mode_profiles(managed, spaces);
        list_services(&compose, profiles, result);
        free(profiles);
    }
    compose_free(&compose);
    variables_free(&variables);
    compose_files_free(&files);
    return good;
}

bool command_compose_secret(struct flow *flow, struct command_result *result, struct error *error)
{
    struct compose_files files = COMPOSE_FILES_INIT;
    struct variables variables = VARIABLES_INIT;
    struct compose compose = COMPOSE_INIT;
    const char *name = flow_get(flow, SETTING_SECRET_NAME);
    bool good = load(flow->settings, NULL, &files, &variables, &compose, error);
    size_t length = strcspn(name, ":");
    if (good && name[length]) {
        char *service = mem_copy_n(name, length);
        good = compose_service_secret(&compose, service, name + length + 1, &result->text, error);
        free(service);
    } else if (good) {
        good = compose_secret_file(&compose, name, &result->text, error);
    }
    compose_free(&compose);
    variables_free(&variables);
    compose_files_free(&files);
    return good;
}

/* ---- the mode ---- */

bool command_compose_profiles(struct flow *flow, struct command_result *result, struct error *error)
{
    const struct settings *settings = flow->settings;
    const char *folder = settings_get(settings, SETTING_SECRETS_DIR);
    bool managed = false;
    bool spaces = false;
    struct buffer env = BUFFER_INIT;
    struct buffer json = BUFFER_INIT;
    if (!read_mode(settings, &managed, &spaces, error))
        return false;
    /* Within quotes the readers of .env take these in different ways. */
    if (strcmp(settings_get(settings, SETTING_OUTPUT), "env") == 0 && strpbrk(folder, "'\\"))
        return error_set(error, ERROR_USAGE, 0,
                         "the folder of the secrets has a quote or a backslash in its name, which "
                         ".env cannot hold: name another one in MANAGED_DB_SECRETS_DIR");
    result->text = compose_mode_profiles(managed, spaces);

    buffer_add_format(&json, "{\"profiles\": [%s%s%s]}", managed ? "" : "\"self-hosted-db\"",
                      managed || spaces ? "" : ", ", spaces ? "" : "\"self-hosted-storage\"");
    result->json = buffer_take(&json);

    quote_add_assignment(&env, "USE_MANAGED_DB", managed ? "true" : "false");
    quote_add_assignment(&env, "USE_DO_SPACES", spaces ? "true" : "false");
    quote_add_assignment(&env, "COMPOSE_PROFILES", result->text);
    quote_add_assignment(&env, "MANAGED_DB_SECRETS_DIR", folder);
    result->env = buffer_take(&env);
    return true;
}

/* ---- where the URL goes ---- */

/* The simulator's URL never takes the place of a real one. */
static bool refuse_foreign(const struct settings *settings, const struct compose_files *files,
                           const char *path, struct error *error)
{
    if (!settings->simulate)
        return true;
    char *folder = compose_path(files, settings_get(settings, SETTING_SECRETS_DIR));
    size_t length = strlen(folder);
    bool inside = strncmp(path, folder, length) == 0 && path[length] == '/';
    free(folder);
    return inside || error_set(error, ERROR_USAGE, 0,
                               "the Compose files read the URL from %s, where a real one belongs: "
                               "let them take the folder from MANAGED_DB_SECRETS_DIR, or leave "
                               "--simulate out",
                               path);
}

/* The place of the direct URL, where the backend has one and no other was named. */
static bool take_direct(struct settings *settings, const struct compose_files *files,
                        const struct compose *compose, struct error *error)
{
    char *path = NULL;
    struct error ignored = ERROR_INIT;
    if (settings->sources[SETTING_DIRECT_FILE] == SOURCE_FLAG ||
        !compose_service_secret(compose, "backend", "database_url_direct", &path, &ignored))
        return true;
    bool good = refuse_foreign(settings, files, path, error) &&
                settings_set(settings, SETTING_DIRECT_FILE, path, SOURCE_FLAG, "--compose", error);
    free(path);
    return good;
}

bool command_take_compose(struct settings *settings, struct error *error)
{
    struct compose_files files = COMPOSE_FILES_INIT;
    struct variables variables = VARIABLES_INIT;
    struct compose compose = COMPOSE_INIT;
    char *path = NULL;
    if (!settings->compose_count)
        return true;
    if (settings->no_secret_file || settings->sources[SETTING_SECRET_FILE] == SOURCE_FLAG)
        return error_set(
            error, ERROR_USAGE, 0, "--compose names the file of the secret: leave %s out",
            settings->no_secret_file ? "--no-secret-file" : "--secret-file and the path");
    /* The URL is the managed database's, so its place is the one of that mode. */
    bool good =
        load(settings, "true", &files, &variables, &compose, error) &&
        compose_database_file(&compose, &path, error) &&
        refuse_foreign(settings, &files, path, error) &&
        settings_set(settings, SETTING_SECRET_FILE, path, SOURCE_FLAG, "--compose", error) &&
        take_direct(settings, &files, &compose, error);
    free(path);
    compose_free(&compose);
    variables_free(&variables);
    compose_files_free(&files);
    return good;
}
