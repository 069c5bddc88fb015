#include "config.h"

#include "commands/run.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "base/program.h"
#include "base/quote.h"
#include "base/signals.h"
#include "commands/answer.h"
#include "commands/compose.h"
#include "flow/names.h"
#include "flow/turns.h"
#include "settings/load.h"
#include "settings/parts.h"

#define SETUP_URL "database_url"

/* ---- doctl ---- */

/* The simulator: in the build tree, beside an installed program, or where it was installed to. */
static bool find_simulator(const char *program, char **path, struct error *error)
{
    char *self = NULL;
    struct error ignored = ERROR_INIT;
    char *candidates[3] = {NULL, NULL, mem_copy(PKGLIBEXECDIR "/doctl")};
    if (program && program_find(program, &self, &ignored)) {
        char *real = realpath(self, NULL);
        if (real) {
            free(self);
            self = real;
        }
        const char *slash = strrchr(self, '/');
        int length = slash ? (int)(slash - self) : 0;
        candidates[0] = mem_format("%.*s/simulator/doctl", length, self);
        candidates[1] = mem_format("%.*s/../libexec/managed-db/doctl", length, self);
    }
    free(self);
    *path = NULL;
    for (size_t i = 0; i < 3; i++) {
        if (!*path && candidates[i] && !program_find(candidates[i], path, &ignored))
            *path = NULL;
        free(candidates[i]);
    }
    if (*path)
        return true;
    return error_set(error, ERROR_NO_PROGRAM, ENOENT,
                     "the simulator is not installed at %s; build it with 'make'",
                     PKGLIBEXECDIR "/doctl");
}

static void show_call(const void *console, char *const *argv)
{
    console_call(console, argv);
}

static void show_retry(const void *console, const struct error *error, int pause_ms)
{
    console_plain(console, "  %s; asking again in %d.%d s", error->text, pause_ms / 1000,
                  pause_ms % 1000 / 100);
}

static enum dialect choose_dialect(const struct settings *settings)
{
    const char *dialect = settings_get(settings, SETTING_DIALECT);
    if (settings->faithful || strcmp(dialect, "plan") == 0)
        return DIALECT_PLAN;
    return strcmp(dialect, "shipped") == 0 ? DIALECT_SHIPPED : DIALECT_AUTO;
}

static struct doctl *open_doctl(const struct settings *settings, const char *program,
                                const struct console *console, struct notes *changes,
                                struct error *error)
{
    char *simulator = NULL;
    if (settings->simulate && !find_simulator(program, &simulator, error))
        return NULL;
    struct doctl_options options = {
        .program = simulator ? simulator : settings_get(settings, SETTING_DOCTL),
        .dialect = choose_dialect(settings),
        .token = settings->values[SETTING_API_TOKEN],
        .context = settings->values[SETTING_CONTEXT],
        .simulator = settings->simulate ? settings->simulator : NULL,
        .jobs = settings->faithful ? 1 : strtoul(settings_get(settings, SETTING_JOBS), NULL, 10),
        .timeout_ms = settings_ms(settings, SETTING_TIMEOUT),
        .wait_timeout_ms = settings_ms(settings, SETTING_WAIT_TIMEOUT),
        .retry_ms = settings->faithful ? 0 : settings_ms(settings, SETTING_POLL_INTERVAL) / 10,
        .on_call = show_call,
        .on_retry = show_retry,
        .observer = console,
        .on_change = settings->dry_run ? notes_add_command : NULL,
        .changes = changes,
    };
    struct doctl *doctl = doctl_new(&options, error);
    free(simulator);
    return doctl;
}

/* ---- the answer ---- */

/*
 * Whether the answer can be given, in this form and on this stdout: known before anything is done.
 */
static bool can_answer(const struct command *command, const char *form, struct error *error)
{
    if ((strcmp(form, "json") == 0 && !command->key) ||
        (strcmp(form, "env") == 0 && !command->variable))
        return error_set(error, ERROR_USAGE, 0,
                         "'%s' has no answer in the form %s: leave --output out", command->name,
                         form);
    /* main() puts something else in the place of a stdout that was closed. */
    int flags = fcntl(STDOUT_FILENO, F_GETFL);
    if (flags >= 0 && (flags & O_ACCMODE) != O_RDONLY)
        return true;
    errno = EBADF;
    return error_set_errno(error, "cannot write the answer to stdout");
}

static void add_json(struct buffer *out, const char *key, const struct command_result *result)
{
    if (result->json) {
        buffer_add_format(out, "%s\n", result->json);
        return;
    }
    buffer_add_format(out, "{\"%s\": ", key);
    if (result->text)
        quote_add_json(out, result->text, strlen(result->text));
    else
        buffer_add_text(out, "null");
    buffer_add_text(out, "}\n");
}

static void add_env(struct buffer *out, const char *variable, const struct command_result *result)
{
    if (result->env)
        buffer_add_text(out, result->env);
    else
        quote_add_assignment(out, variable, result->text ? result->text : "");
}

static void add_text(struct buffer *out, const char *text)
{
    if (!text)
        return;
    size_t length = strlen(text);
    buffer_add_text(out, text);
    if (length == 0 || text[length - 1] != '\n')
        buffer_add_text(out, "\n");
}

static bool print(const struct command *command, const struct command_result *result,
                  const char *form, struct error *error)
{
    struct buffer out = BUFFER_INIT;
    if (strcmp(form, "json") == 0)
        add_json(&out, command ? command->key : NULL, result);
    else if (strcmp(form, "env") == 0)
        add_env(&out, command->variable, result);
    else
        add_text(&out, result->text);
    /* Not through stdio, whose buffer would keep the URL. */
    bool good = signals_write(STDOUT_FILENO, out.data, out.length);
    if (!good)
        error_set_errno(error, "cannot write the answer to stdout");
    buffer_free(&out);
    return good;
}

void command_answer_failure(const struct command *command, const struct settings *settings,
                            const struct error *error)
{
    static const struct command_result nothing = {.text = NULL};
    bool is_json = strcmp(settings_get(settings, SETTING_OUTPUT), "json") == 0;
    struct error ignored = ERROR_INIT;
    if (is_json && error->kind == ERROR_NOT_THERE && command && command->key) {
        (void)print(command, &nothing, "json", &ignored);
    } else if (is_json) {
        const struct command_result failed = {.json = answer_error(error)};
        (void)print(command, &failed, "json", &ignored);
        free(failed.json);
    }
}

/* ---- a run ---- */

static bool needs_doctl(const struct command *command, const struct settings *settings)
{
    return command->doctl == NEEDS_DOCTL || command->doctl == NEEDS_DOCTL_IF_THERE ||
           (command->doctl == NEEDS_DOCTL_IF_NAMED &&
            *settings_get(settings, SETTING_CLUSTER_ID)) ||
           (command->doctl == NEEDS_DOCTL_IF_MANAGED && !settings_self_hosted(settings));
}

static bool has_argument(const struct command *command, enum setting setting)
{
    size_t i = 0;
    while (i < COMMAND_ARGUMENTS && command->positional[i] != setting)
        i++;
    return i < COMMAND_ARGUMENTS;
}

/* IDs in the place of names. */
static bool resolve(const struct command *command, struct settings *settings, struct flow *flow,
                    struct error *error)
{
    bool has_sources = command->groups & (GROUP_SETUP | GROUP_CONNECT | GROUP_CLUSTER) ||
                       has_argument(command, SETTING_DROPLET_ID) ||
                       has_argument(command, SETTING_RULE);
    bool has_cluster =
        has_argument(command, SETTING_CLUSTER_ID) || command->groups & (GROUP_ADOPT | GROUP_ROTATE);
    return (command->groups & GROUP_ADOPT || turns_resolve(settings, error)) &&
           (!has_cluster || names_cluster(flow, settings, error)) &&
           (!has_sources || names_sources(flow, settings, error));
}

static bool prepare(const struct command *command, struct settings *settings, const char *program,
                    const struct console *console, struct flow *flow, struct error *error)
{
    if (!needs_doctl(command, settings))
        return true;
    if (command->doctl == NEEDS_DOCTL_IF_THERE) {
        flow->doctl = open_doctl(settings, program, console, &flow->notes, &flow->deferred);
        return true;
    }
    flow->doctl = command_take_compose(settings, console, error)
                      ? open_doctl(settings, program, console, &flow->notes, error)
                      : NULL;
    return flow->doctl && resolve(command, settings, flow, error);
}

static bool run(const struct command *command, struct settings *settings, const char *program,
                const struct console *console, bool *answered, struct error *error)
{
    const char *secret_name = command->secret_name ? command->secret_name : SETUP_URL;
    if ((!command->is_about && !settings_load(settings, secret_name, error)) ||
        !signals_catch(error))
        return false;
    const char *form = settings_get(settings, SETTING_OUTPUT);
    if (!can_answer(command, form, error))
        return false;
    settings->dry_run = settings->dry_run || command->is_rehearsal;
    /* A rehearsal has no story, but for doctl's calls. */
    const struct console silent = {CONSOLE_QUIET, console->color, false};
    struct flow flow = {.console = settings->dry_run ? &silent : console,
                        .settings = settings,
                        .lock = LOCK_INIT,
                        .rules_lock = LOCK_INIT};
    struct command_result result = {.text = NULL};
    bool good = prepare(command, settings, program, console, &flow, error);
    /* Of several applications the first is meant, where a command is about one. */
    const struct settings first = parts_take(settings, 0);
    if (!(command->groups & (GROUP_SETUP | GROUP_ROTATE)))
        flow.settings = &first;
    *answered = good && command->run(&flow, &result, error);
    good = *answered && print(command, &result, form, error);
    if (good && result.failure.kind != ERROR_NONE) {
        *error = result.failure;
        good = false;
    }
    doctl_free(flow.doctl);
    flow_free(&flow);
    mem_free_secret(result.text);
    mem_free_secret(result.json);
    mem_free_secret(result.env);
    return good;
}

bool command_run(const struct command *command, struct settings *settings, const char *program,
                 const struct console *console, struct error *error)
{
    bool answered = false;
    bool good = run(command, settings, program, console, &answered, error);
    if (!good && !answered)
        command_answer_failure(command, settings, error);
    return good;
}
