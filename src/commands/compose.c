#include "config.h"

#include "commands/compose.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/dotenv.h"
#include "base/memory.h"
#include "base/paths.h"
#include "base/quote.h"
#include "base/readfile.h"
#include "base/secretfile.h"
#include "compose/check.h"
#include "compose/engine.h"
#include "compose/overlay.h"
#include "settings/load.h"

#define MAX_CONFIG      ((size_t)4 << 20)
#define MANAGED_PROFILE "self-hosted-db"
#define SPACES_PROFILE  "self-hosted-storage"

/* ---- the mode ---- */

struct mode {
    bool managed, spaces;
};

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
static bool read_mode(const struct settings *settings, struct mode *mode, struct error *error)
{
    return read_switch(settings, SETTING_USE_MANAGED_DB, &mode->managed, error) &&
           read_switch(settings, SETTING_USE_DO_SPACES, &mode->spaces, error);
}

static const char *env_path(const struct settings *settings, char **made)
{
    const char *named = settings_get(settings, SETTING_ENV_FILE);
    *made = *named ? NULL : settings_dotenv(settings);
    return *made ? *made : named;
}

/* COMPOSE_PROFILES as it is: of the environment, else of .env. The caller frees it. */
static bool read_profiles(const struct settings *settings, char **profiles, struct error *error)
{
    const char *value = getenv("COMPOSE_PROFILES");
    *profiles = mem_copy(value);
    if (value)
        return true;
    char *made;
    const char *path = env_path(settings, &made);
    struct buffer file = BUFFER_INIT;
    bool good =
        readfile(path, READFILE_OPTIONAL, DOTENV_MAX_BYTES, &file, error) &&
        (dotenv_get(&file, "COMPOSE_PROFILES", profiles, error) || error_precede(error, path));
    buffer_free(&file);
    free(made);
    return good;
}

static void add_profile(struct buffer *out, const char *name, size_t length)
{
    buffer_add_text(out, out->length ? "," : "");
    buffer_add(out, name, length);
}

/* The profiles of a mode, and those of `other` that are not this project's. */
static char *make_profiles(struct mode mode, const char *other)
{
    struct buffer out = BUFFER_INIT;
    if (!mode.managed)
        add_profile(&out, MANAGED_PROFILE, strlen(MANAGED_PROFILE));
    if (!mode.spaces)
        add_profile(&out, SPACES_PROFILE, strlen(SPACES_PROFILE));
    for (const char *at = other ? other : ""; *at;) {
        size_t length = strcspn(at, ",");
        char *name = mem_copy_n(at, length);
        if (length && strcmp(name, MANAGED_PROFILE) != 0 && strcmp(name, SPACES_PROFILE) != 0)
            add_profile(&out, name, length);
        free(name);
        at += length + (at[length] == ',');
    }
    return out.length ? buffer_take(&out) : mem_copy("");
}

/* ---- asking Compose ---- */

#define MOST_VARIABLES 5

/* What Compose finds in its environment; NULL last. */
struct variables {
    char *list[MOST_VARIABLES];
    size_t count;
};

static void add_variable(struct variables *variables, const char *name, const char *value)
{
    variables->list[variables->count++] = mem_format("%s=%s", name, value);
}

/* The folder of the secrets is this program's, so that both mean the same files. */
static void add_folder(struct variables *variables, const struct settings *settings)
{
    char *folder = settings_folder_variable(settings);
    if (folder)
        variables->list[variables->count++] = folder;
}

/* Those of the moment. */
static void add_own(struct variables *variables, const struct settings *settings)
{
    static const enum setting switches[] = {SETTING_USE_MANAGED_DB, SETTING_USE_DO_SPACES};
    for (size_t i = 0; i < 2; i++)
        if (settings_is_ours(settings, switches[i]))
            add_variable(variables, settings_variable(switches[i]),
                         settings_get(settings, switches[i]));
    add_folder(variables, settings);
}

static void variables_free(struct variables *variables)
{
    for (size_t i = 0; i < variables->count; i++)
        free(variables->list[i]);
}

static bool read_config(const char *path, struct compose *compose, struct error *error)
{
    struct buffer content = BUFFER_INIT;
    bool is_stdin = strcmp(path, "-") == 0;
    bool good =
        readfile(is_stdin ? "/dev/stdin" : path, READFILE_REQUIRED, MAX_CONFIG, &content, error) &&
        compose_parse(compose, is_stdin ? "--config" : path, buffer_text(&content), content.length,
                      error);
    buffer_free(&content);
    return good;
}

/* What the files come to, for each set of variables; or what --config holds. */
struct answers {
    struct resolved *resolved;
    struct engine_answer *list;
    size_t count;
};

static bool resolve(const struct settings *settings, const struct console *console,
                    const struct variables *variables, struct answers *answers, struct error *error)
{
    const char *config = settings_get(settings, SETTING_COMPOSE_CONFIG);
    char *const *lists[2];
    struct engine engine = {.command = settings_get(settings, SETTING_COMPOSE_COMMAND),
                            .env_file = settings_get(settings, SETTING_ENV_FILE),
                            .files = settings->compose,
                            .count = settings->compose_count,
                            .timeout_ms = settings_ms(settings, SETTING_TIMEOUT),
                            .console = console};
    answers->resolved = mem_array(answers->count, sizeof *answers->resolved);
    answers->list = mem_array(answers->count, sizeof *answers->list);
    for (size_t i = 0; i < answers->count; i++)
        lists[i] = variables[i].list;
    if (*config)
        return read_config(config, &answers->resolved[0].compose, error);
    bool good = engine_ask(&engine, lists, answers->list, answers->count, error);
    for (size_t i = 0; good && i < answers->count; i++) {
        struct resolved *resolved = &answers->resolved[i];
        struct buffer *out = &answers->list[i].out;
        resolved->refusal = answers->list[i].refusal;
        if (resolved->refusal)
            continue;
        good = compose_parse(&resolved->compose, "Compose", buffer_text(out), out->length, error);
        if (!good)
            error->kind = ERROR_UNREADABLE;
        buffer_free(out);
    }
    return good;
}

static void answers_free(struct answers *answers)
{
    for (size_t i = 0; answers->resolved && i < answers->count; i++) {
        compose_free(&answers->resolved[i].compose);
        engine_answer_free(&answers->list[i]);
    }
    free(answers->resolved);
    free(answers->list);
}

/* The project of the moment, or of the managed mode, for commands that cannot go on without it. */
static bool load(const struct settings *settings, const struct console *console, bool is_managed,
                 struct answers *answers, struct error *error)
{
    struct variables variables = {.count = 0};
    *answers = (struct answers){.count = 1};
    if (is_managed) {
        add_variable(&variables, settings_variable(SETTING_USE_MANAGED_DB), "true");
        add_folder(&variables, settings);
    } else {
        add_own(&variables, settings);
    }
    bool good = resolve(settings, console, &variables, answers, error);
    variables_free(&variables);
    return good && (!answers->resolved[0].refusal ||
                    error_set(error, ERROR_USAGE, 0, "Compose refuses these files: %s",
                              answers->resolved[0].refusal));
}

/* ---- check ---- */

static void warn(const struct console *console, const struct findings *findings)
{
    if (!findings->not_seen)
        return;
    char *shown = quote_for_message(findings->not_seen, strlen(findings->not_seen));
    console_warning(console,
                    "The secrets in %s were not looked at: the folder is not on this machine, or "
                    "closed to you",
                    shown);
    free(shown);
}

static void tell(const struct flow *flow, const struct findings *findings,
                 struct command_result *result)
{
    warn(flow->console, findings);
    if (findings->count)
        result->text = findings_text(findings);
    else
        console_success(flow->console, "Nothing was found");
    result->json = findings_json(findings);
    if (findings->count)
        error_set(&result->failure, ERROR_NOT_THERE, 0, "%zu finding%s", findings->count,
                  findings->count == 1 ? "" : "s");
}

/* With the overlay, the mode with both switches turned: its words for messages, or NULL. */
static char *add_other_mode(const struct settings *settings, const struct written *written,
                            struct variables *variables)
{
    struct mode mode;
    struct error ignored = ERROR_INIT;
    char *profiles = NULL;
    char *words = NULL;
    if (overlay_find(written) && !*settings_get(settings, SETTING_COMPOSE_CONFIG) &&
        read_mode(settings, &mode, &ignored) && read_profiles(settings, &profiles, &ignored)) {
        const char *managed = mode.managed ? "false" : "true";
        const char *spaces = mode.spaces ? "false" : "true";
        char *own = make_profiles((struct mode){!mode.managed, !mode.spaces}, profiles);
        add_variable(variables, settings_variable(SETTING_USE_MANAGED_DB), managed);
        add_variable(variables, settings_variable(SETTING_USE_DO_SPACES), spaces);
        add_variable(variables, "COMPOSE_PROFILES", own);
        add_folder(variables, settings);
        words = mem_format("with USE_MANAGED_DB=%s and USE_DO_SPACES=%s, ", managed, spaces);
        free(own);
    }
    mem_free_secret(profiles);
    return words;
}

bool command_compose_check(struct flow *flow, struct command_result *result, struct error *error)
{
    const struct settings *settings = flow->settings;
    struct written written = WRITTEN_INIT;
    struct findings findings = FINDINGS_INIT;
    struct variables variables[2] = {{.count = 0}, {.count = 0}};
    struct answers answers = {.count = 1};
    bool good = written_read(&written, settings->compose, settings->compose_count, error);
    char *words = good ? add_other_mode(settings, &written, &variables[1]) : NULL;
    answers.count += words != NULL;
    add_own(&variables[0], settings);
    good = good && resolve(settings, flow->console, variables, &answers, error);
    if (good) {
        for (size_t i = 0; i < answers.count; i++) {
            struct resolved *resolved = &answers.resolved[i];
            resolved->mode = i ? words : "";
            if (!resolved->refusal)
                written_place(&written, resolved->compose.tree, resolved->compose.root);
        }
        struct check check = {.written = &written,
                              .resolved = answers.resolved,
                              /* What is refused in one mode is not told for two. */
                              .count = answers.resolved[0].refusal ? 1 : answers.count,
                              .use_managed_db = settings_get(settings, SETTING_USE_MANAGED_DB),
                              .has_files = !*settings_get(settings, SETTING_COMPOSE_CONFIG),
                              .may_be_elsewhere =
                                  settings->sources[SETTING_SECRETS_DIR] <= SOURCE_DEFAULT};
        compose_check(&check, &findings);
        tell(flow, &findings, result);
    }
    findings_free(&findings);
    answers_free(&answers);
    written_free(&written);
    variables_free(&variables[0]);
    variables_free(&variables[1]);
    free(words);
    return good;
}

/* ---- what the files come to ---- */

bool command_compose_services(struct flow *flow, struct command_result *result, struct error *error)
{
    struct answers answers;
    struct buffer text = BUFFER_INIT;
    struct buffer json = BUFFER_INIT;
    bool good = load(flow->settings, flow->console, false, &answers, error);
    if (good) {
        const struct node *services = answers.resolved[0].compose.services;
        buffer_add_text(&json, "{\"services\": [");
        for (size_t i = 0; i < services->count; i++) {
            const char *name = services->keys[i]->text;
            buffer_add_text(&json, i ? ", " : "");
            quote_add_json(&json, name, strlen(name));
            buffer_add_format(&text, "%s\n", name);
        }
        buffer_add_text(&json, "]}");
        result->text = text.length ? buffer_take(&text) : NULL;
        result->json = buffer_take(&json);
    }
    answers_free(&answers);
    return good;
}

bool command_compose_secret(struct flow *flow, struct command_result *result, struct error *error)
{
    struct answers answers;
    const char *name = flow_get(flow, SETTING_SECRET_NAME);
    const char *path = NULL;
    size_t length = strcspn(name, ":");
    bool good = load(flow->settings, flow->console, false, &answers, error);
    if (good && name[length]) {
        char *service = mem_copy_n(name, length);
        good = compose_service_secret(&answers.resolved[0].compose, service, name + length + 1,
                                      &path, error);
        free(service);
    } else if (good) {
        good = compose_secret_file(&answers.resolved[0].compose, name, &path, error);
    }
    if (good)
        result->text = mem_copy(path);
    answers_free(&answers);
    return good;
}

/* ---- profiles ---- */

/* The lines of .env: NAME and VALUE in turn. */
#define LINES 4

struct lines {
    const char *names[LINES], *values[LINES];
};

/* Puts the lines into .env, in place of those of their names; all others stay as they are. */
static bool write_env(const struct flow *flow, const struct lines *lines, struct error *error)
{
    char *made;
    const char *named = env_path(flow->settings, &made);
    char *real = realpath(named, NULL);
    const char *path = real ? real : named;
    struct buffer file = BUFFER_INIT;
    struct stat status = {.st_mode = S_IROTH, .st_uid = geteuid(), .st_gid = getegid()};
    enum secretfile_outcome outcome;
    struct secretfile_owner owner = {.wanted = stat(path, &status) == 0,
                                     .uid = status.st_uid,
                                     .gid = status.st_gid,
                                     .is_public = status.st_mode & S_IROTH};
    bool good = readfile(path, READFILE_OPTIONAL, DOTENV_MAX_BYTES, &file, error);
    for (size_t i = 0; good && i < LINES; i++) {
        char *old = NULL;
        good = dotenv_get(&file, lines->names[i], &old, error) || error_precede(error, path);
        if (good)
            dotenv_put(&file, lines->names[i], lines->values[i]);
        mem_free_secret(old);
    }
    good = good && secretfile_prepare(path, &owner, error) &&
           secretfile_write(path, file.data, file.length, &owner, &outcome, error);
    if (good)
        console_success(flow->console,
                        outcome == SECRETFILE_UNCHANGED ? "Unchanged: %s" : "Written: %s", path);
    buffer_free(&file);
    free(real);
    free(made);
    return good;
}

static void add_json(struct buffer *json, const char *profiles)
{
    buffer_add_text(json, "{\"profiles\": [");
    for (const char *at = profiles; *at;) {
        size_t length = strcspn(at, ",");
        buffer_add_text(json, at == profiles ? "" : ", ");
        quote_add_json(json, at, length);
        at += length + (at[length] == ',');
    }
    buffer_add_text(json, "]}");
}

bool command_compose_profiles(struct flow *flow, struct command_result *result, struct error *error)
{
    const struct settings *settings = flow->settings;
    const char *folder = settings_get(settings, SETTING_SECRETS_DIR);
    struct mode mode;
    char *other = NULL;
    if (!read_mode(settings, &mode, error) || !read_profiles(settings, &other, error))
        return false;
    result->text = make_profiles(mode, other);
    mem_free_secret(other);
    /* Within quotes the readers of .env take these in different ways. */
    bool for_env = settings->write || strcmp(settings_get(settings, SETTING_OUTPUT), "env") == 0;
    if (for_env && (strpbrk(folder, "'\\") || strpbrk(result->text, "'\\")))
        return error_set(error, ERROR_USAGE, 0,
                         "the folder of the secrets (MANAGED_DB_SECRETS_DIR), or a profile, has a "
                         "quote or a backslash in its name, which .env cannot hold: name it "
                         "otherwise");
    struct lines lines = {
        {"USE_MANAGED_DB", "USE_DO_SPACES", "COMPOSE_PROFILES", "MANAGED_DB_SECRETS_DIR"},
        {mode.managed ? "true" : "false", mode.spaces ? "true" : "false", result->text, folder}};
    struct buffer env = BUFFER_INIT;
    struct buffer json = BUFFER_INIT;
    for (size_t i = 0; i < LINES; i++)
        quote_add_assignment(&env, lines.names[i], lines.values[i]);
    add_json(&json, result->text);
    result->env = buffer_take(&env);
    result->json = buffer_take(&json);
    return !settings->write || write_env(flow, &lines, error);
}

/* ---- where the URL goes ---- */

/* The simulator's URL never takes the place of a real one. */
static bool refuse_foreign(const struct settings *settings, const char *path, struct error *error)
{
    if (!settings->simulate)
        return true;
    char *folder = path_from_here(settings_get(settings, SETTING_SECRETS_DIR));
    size_t length = strlen(folder);
    bool inside = strncmp(path, folder, length) == 0 && path[length] == '/';
    free(folder);
    return inside || error_set(error, ERROR_USAGE, 0,
                               "the Compose files read the URL from %s, where a real one belongs: "
                               "let them take the folder from MANAGED_DB_SECRETS_DIR, or leave "
                               "--simulate out",
                               path);
}

static bool take(struct settings *settings, enum setting setting, const char *path,
                 struct error *error)
{
    return refuse_foreign(settings, path, error) &&
           settings_set(settings, setting, path, SOURCE_FLAG, "--compose", error);
}

bool command_take_compose(struct settings *settings, const struct console *console,
                          struct error *error)
{
    struct answers answers;
    const char *url;
    const char *direct;
    if (!settings->compose_count)
        return true;
    if (settings->no_secret_file || settings->sources[SETTING_SECRET_FILE] == SOURCE_FLAG)
        return error_set(
            error, ERROR_USAGE, 0, "--compose names the file of the secret: leave %s out",
            settings->no_secret_file ? "--no-secret-file" : "--secret-file and the path");
    /* The URL is the managed database's, so its place is the one of that mode. */
    bool good = load(settings, console, true, &answers, error) &&
                compose_url_files(&answers.resolved[0].compose, &url, &direct, error) &&
                take(settings, SETTING_SECRET_FILE, url, error) &&
                (!direct || settings->sources[SETTING_DIRECT_FILE] == SOURCE_FLAG ||
                 take(settings, SETTING_DIRECT_FILE, direct, error));
    answers_free(&answers);
    return good;
}
