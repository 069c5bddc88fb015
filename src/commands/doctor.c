#include "config.h"

#include "commands/doctor.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/paths.h"
#include "base/pattern.h"
#include "base/process.h"
#include "base/program.h"
#include "base/signals.h"
#include "commands/answer.h"
#include "commands/checks.h"
#include "doctl/ask.h"
#include "doctl/users.h"
#include "flow/connection.h"
#include "flow/flow.h"
#include "flow/locks.h"

#define VERSION_MS 10000
#define WORDS      8

/* ---- programs ---- */

extern char **environ;

/*
 * The version that a program prints, "" where it prints none; *path is where it is. Both NULL where
 * it is not there.
 */
static char *version_of(char *const *argv, char **path)
{
    static struct pattern number = PATTERN("([0-9]+(?:\\.[0-9]+)+)");
    struct error ignored = ERROR_INIT;
    struct process_result result;
    struct span groups[PATTERN_GROUPS];
    if (!program_find(argv[0], path, &ignored))
        return NULL;
    struct process_request request = {
        .path = *path, .argv = argv, .envp = environ, .timeout_ms = VERSION_MS};
    struct process_set *set = process_set_new(1);
    char *version = NULL;
    if (process_wait(set, process_start(set, &request), &result, &ignored)) {
        bool has = result.exit_status == 0 && result.out.length &&
                   pattern_match(&number, result.out.data, result.out.length, 0, groups);
        version = has ? span_copy(groups[1]) : NULL;
        process_result_free(&result);
    }
    process_set_free(set);
    return version ? version : mem_copy("");
}

/* Whether a version is at least 1.MINOR; one that is not known is. */
static bool is_from(const char *version, long minor)
{
    return strncmp(version, "1.", 2) != 0 || strtol(version + 2, NULL, 10) >= minor;
}

/* What is known of doctl's releases (docs/DOCTL.md). */
static void add_limits(struct checks *checks, const char *version)
{
    static const struct {
        long minor;
        const char *lack;
    } limits[] = {{94, "does not know all that is asked here"},
                  {110, "cannot change a pool (--apply)"},
                  {114, "cannot fetch the CA certificate"},
                  {123, "cannot set a cluster's storage (--storage)"}};
    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++)
        if (!is_from(version, limits[i].minor))
            checks_add(checks, CHECK_WARNING, "doctl", "install the newest doctl",
                       "before 1.%ld it %s", limits[i].minor, limits[i].lack);
}

/* Whose configuration doctl reads, and what it may read (docs/DOCTL.md, "Behaviour"). */
static void add_surroundings(struct checks *checks, const struct flow *flow, const char *path)
{
    const char *user = getenv("SUDO_USER");
    const char *context = flow_get(flow, SETTING_CONTEXT);
    bool has_token = *flow_get(flow, SETTING_API_TOKEN) || getenv("DIGITALOCEAN_ACCESS_TOKEN");
    char *real = realpath(path, NULL);
    if (!getenv("HOME") && !getenv("XDG_CONFIG_HOME"))
        checks_add(checks, CHECK_FAILED, "HOME",
                   "set HOME: doctl does not run without it, as in a unit of systemd",
                   "neither HOME nor XDG_CONFIG_HOME is set");
    if (user && geteuid() == 0 && !has_token)
        checks_add(checks, CHECK_WARNING, "sudo",
                   "run it without sudo, or give root a token of its own: sudo doctl auth init",
                   "doctl reads the configuration of root, not that of %s", user);
    if (real && strstr(real, "/snap/"))
        checks_add(checks, CHECK_WARNING, "snap",
                   "keep files for doctl there, or install doctl from its releases on GitHub",
                   "doctl is a snap: it reads files below the home folder only, no hidden ones, "
                   "and has a /tmp of its own");
    if (context[strcspn(context, "ABCDEFGHIJKLMNOPQRSTUVWXYZ")])
        checks_add(checks, CHECK_WARNING, "context", "write it in small letters: 'doctl auth list'",
                   "doctl keeps contexts in small letters, --context is %s", context);
    free(real);
}

static void check_doctl(struct checks *checks, const struct flow *flow)
{
    char *program = mem_copy(flow_get(flow, SETTING_DOCTL));
    char *path = NULL;
    char *argv[] = {program, (char[]){"version"}, NULL};
    if (!flow->doctl) {
        checks_add(checks, CHECK_FAILED, "doctl", "", "%s", flow->deferred.text);
    } else if (flow->settings->simulate) {
        checks_add(checks, CHECK_GOOD, "doctl", "", "the bundled simulator, in %s",
                   flow->settings->simulator);
    } else {
        char *version = version_of(argv, &path);
        checks_add(checks, CHECK_GOOD, "doctl", "", "%s, %s", path ? path : program,
                   version && *version ? version : "which tells no version");
        add_limits(checks, version ? version : "");
        add_surroundings(checks, flow, path ? path : program);
        free(version);
        free(path);
    }
    free(program);
}

/* Splits words with blanks between them; `argv` has WORDS places. */
static void split(char *words, char **argv)
{
    static char version[] = "version";
    size_t count = 0;
    char *rest = NULL;
    for (char *word = strtok_r(words, " ", &rest); word && count < WORDS - 3;
         word = strtok_r(NULL, " ", &rest))
        argv[count++] = word;
    argv[count++] = version;
    argv[count] = NULL;
}

static void check_compose(struct checks *checks, const struct flow *flow)
{
    const char *named = flow_get(flow, SETTING_COMPOSE_COMMAND);
    const char *const commands[] = {*named ? named : "docker compose", "docker-compose"};
    for (size_t i = 0; i < (*named ? 1 : 2); i++) {
        char *words = mem_copy(commands[i]);
        char *argv[WORDS];
        char *path = NULL;
        split(words, argv);
        char *version = version_of(argv, &path);
        bool is_good = version && *version && *version != '1';
        if (is_good)
            checks_add(checks, CHECK_GOOD, "Docker Compose", "", "'%s' of %s, %s", commands[i],
                       path, version);
        free(version);
        free(path);
        free(words);
        if (is_good)
            return;
    }
    checks_add(checks, CHECK_WARNING, "Docker Compose",
               "install it where Compose files are to be read (Debian 13: docker-compose)",
               "no Docker Compose 2 was found; only --compose and 'compose …' need it");
}

static bool check_psql(struct checks *checks, const struct flow *flow)
{
    char *program = mem_copy(flow_get(flow, SETTING_PSQL));
    char *argv[] = {program, (char[]){"--version"}, NULL};
    char *path = NULL;
    char *version = version_of(argv, &path);
    if (version)
        checks_add(checks, CHECK_GOOD, "psql", "", "%s, %s", path, version);
    else
        checks_add(checks, CHECK_WARNING, "psql",
                   "install it (Debian: postgresql-client), or use --via",
                   "it was not found; verify, grant and psql need it");
    bool is_there = version != NULL;
    free(version);
    free(path);
    free(program);
    return is_there;
}

/* ---- folders ---- */

/* The folder, or the first one above it that is there: in that it would be made. */
static char *existing(const char *folder)
{
    char *at = path_from_here(folder);
    while (access(at, F_OK) != 0 && strcmp(at, "/") != 0) {
        char *above = path_folder(at);
        free(at);
        at = above;
    }
    return at;
}

static void check_secrets(struct checks *checks, const struct flow *flow)
{
    const char *file = flow_get(flow, SETTING_SECRET_FILE);
    struct secretfile_owner owner = settings_owner(flow->settings);
    struct error error = ERROR_INIT;
    char *folder = path_folder(file);
    char *above = existing(folder);
    /* As it was given. */
    int shown = (int)(strrchr(file, '/') ? strrchr(file, '/') - file : 0);
    char *remedy = mem_format("sudo install -d -m 0700 -o \"$USER\" %s; or name another one with "
                              "MANAGED_DB_SECRETS_DIR",
                              folder);
    if (strcmp(folder, above) == 0 && secretfile_prepare(file, &owner, &error))
        checks_add(checks, CHECK_GOOD, "secrets", "", "%.*s", shown, file);
    else if (strcmp(folder, above) == 0)
        checks_add(checks, CHECK_FAILED, "secrets", remedy, "%s", error.text);
    else if (access(above, W_OK | X_OK) == 0)
        checks_add(checks, CHECK_GOOD, "secrets", "", "%.*s, which will be made", shown, file);
    else
        checks_add(checks, CHECK_FAILED, "secrets", remedy, "%.*s cannot be made", shown, file);
    free(remedy);
    free(above);
    free(folder);
}

static void check_locks(struct checks *checks, const struct flow *flow)
{
    const char *folder = flow_get(flow, SETTING_LOCK_DIR);
    char *above = existing(folder);
    if (*folder && access(above, W_OK | X_OK) != 0)
        checks_add(checks, CHECK_FAILED, "locks", "name another one with MANAGED_DB_LOCK_DIR",
                   "nothing can be written in %s", above);
    for (size_t i = 0; !*folder && i < LOCK_FOLDERS; i++)
        if (access(lock_folders[i], W_OK | X_OK) == 0)
            folder = lock_folders[i];
    if (*folder && checks->list[checks->count - 1].state != CHECK_FAILED)
        checks_add(checks, CHECK_GOOD, "locks", "", "%s", folder);
    free(above);
}

/* ---- the account ---- */

static void add_error(struct checks *checks, enum check_state state, const char *what,
                      const struct error *error)
{
    checks_add(checks, state, what, "", "%s", error->text);
}

static bool check_account(struct checks *checks, struct flow *flow)
{
    struct error error = ERROR_INIT;
    char *email = NULL;
    char *team = NULL;
    if (!validate_doctl_auth(flow, &email, &error)) {
        checks_add(checks, CHECK_FAILED, "token",
                   "doctl auth init, with a token of https://cloud.digitalocean.com/account/api",
                   "%s", error.text);
        return false;
    }
    bool has_team = *email && doctl_account_team(flow->doctl, &team, &error) && *team;
    checks_add(checks, *email ? CHECK_GOOD : CHECK_WARNING, "account", "", "%s%s%s",
               *email ? email : "the token may not see it (scope account:read)",
               has_team ? ", team " : "", has_team ? team : "");
    free(team);
    free(email);
    return true;
}

/* What can be seen without a change. */
static void check_scopes(struct checks *checks, struct flow *flow)
{
    static const struct {
        enum call_id call;
        const char *scope;
    } lists[] = {{CALL_VPC_LIST, "vpc:read"},
                 {CALL_CLUSTER_LIST, "database:read"},
                 {CALL_DROPLET_LIST, "droplet:read"}};
    struct buffer seen = BUFFER_INIT;
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        struct reply reply;
        struct error error = ERROR_INIT;
        if (ask(flow->doctl, lists[i].call, NO_ARGUMENTS, &reply, NULL, &error)) {
            buffer_add_format(&seen, "%s%s", seen.length ? ", " : "", lists[i].scope);
            reply_free(&reply);
        } else if (error.kind != ERROR_UNSUPPORTED) {
            add_error(checks, CHECK_FAILED, lists[i].scope, &error);
        }
    }
    if (seen.length)
        checks_add(checks, CHECK_GOOD, "scopes", "", "the token has %s", buffer_text(&seen));
    buffer_free(&seen);
}

/* ---- the cluster ---- */

static void check_rules(struct checks *checks, const struct flow *flow)
{
    if (flow->rules_state == RULES_KNOWN && !flow->rules.count)
        checks_add(checks, CHECK_WARNING, "trusted sources",
                   "managed-db trust, or 'managed-db setup --trust RULE'",
                   "none: every address may connect");
    else if (flow->rules_state == RULES_KNOWN)
        checks_add(checks, CHECK_GOOD, "trusted sources", "", "%zu", flow->rules.count);
}

static void check_connection(struct checks *checks, struct flow *flow, bool has_psql)
{
    const char *secret = flow_get(flow, SETTING_SECRET_FILE);
    const char *certificate = flow_get(flow, SETTING_CA_FILE);
    struct verified verified = {.pooler = "none"};
    struct error error = ERROR_INIT;
    bool has_url = access(secret, R_OK) == 0;
    bool has_certificate = access(certificate, R_OK) == 0;
    checks_add(checks, has_certificate ? CHECK_GOOD : CHECK_WARNING, "CA certificate",
               has_certificate ? "" : "managed-db ca", "%s%s", certificate,
               has_certificate ? "" : " cannot be read");
    checks_add(checks, has_url ? CHECK_GOOD : CHECK_WARNING, "URL",
               has_url ? "" : "managed-db setup, or managed-db save", "%s%s", secret,
               has_url ? "" : " cannot be read");
    if (!has_url || !has_certificate || !(has_psql || *flow_get(flow, SETTING_VIA)))
        return;
    if (connection_verify_saved(flow, &verified, &error))
        checks_add(checks, CHECK_GOOD, "connection", "", "user %s, database %s, %s, %lld ms",
                   verified.user, verified.database, verified.tls, verified.milliseconds);
    else
        add_error(checks, CHECK_FAILED, "connection", &error);
    verified_free(&verified);
}

static void check_cluster(struct checks *checks, struct flow *flow, bool has_psql)
{
    const char *name = flow_get(flow, SETTING_CLUSTER_NAME);
    struct error error = ERROR_INIT;
    struct conninfo info = CONNINFO_INIT;
    if (!check_existing_database(flow, name, &error)) {
        if (error.kind == ERROR_NOT_THERE)
            checks_add(checks, CHECK_WARNING, "cluster", "managed-db setup", "there is no %s yet",
                       name);
        else
            add_error(checks, CHECK_FAILED, "cluster", &error);
        return;
    }
    bool is_online = strcmp(flow->cluster_status, "online") == 0;
    checks_add(checks, is_online ? CHECK_GOOD : CHECK_WARNING, "cluster",
               is_online ? "" : "run it again when that is over", "%s is %s", name,
               flow->cluster_status);
    if (show_database_info(flow, flow->cluster_id, &error))
        check_rules(checks, flow);
    else
        add_error(checks, CHECK_FAILED, "trusted sources", &error);
    if (is_online && !doctl_connection(flow->doctl, flow->cluster_id, &info, &error))
        add_error(checks, CHECK_FAILED, "database:view_credentials", &error);
    conninfo_free(&info);
    check_connection(checks, flow, has_psql);
}

bool command_doctor(struct flow *flow, struct command_result *result, struct error *error)
{
    const struct console silent = {CONSOLE_SILENT, false, false};
    const struct console *console = flow->console;
    struct checks checks = {NULL, 0};
    if (!flow->settings->verbose)
        flow->console = &silent;
    check_doctl(&checks, flow);
    check_compose(&checks, flow);
    bool has_psql = check_psql(&checks, flow);
    check_secrets(&checks, flow);
    check_locks(&checks, flow);
    if (flow->doctl && check_account(&checks, flow)) {
        check_scopes(&checks, flow);
        check_cluster(&checks, flow, has_psql);
    }
    flow->console = console;
    /* What was not asked any more has not failed. */
    int number = signals_noted();
    if (number) {
        checks_free(&checks);
        return error_set(error, ERROR_SIGNAL, number, "interrupted by signal %d (%s)", number,
                         strsignal(number));
    }
    size_t failed = checks_count(&checks, CHECK_FAILED);
    result->json = answer_json(flow, false, NULL, &checks);
    result->text = checks_text(&checks);
    if (failed)
        error_set(&result->failure, ERROR_NOT_THERE, 0, "%zu of %zu checks failed", failed,
                  checks.count);
    checks_free(&checks);
    return true;
}
