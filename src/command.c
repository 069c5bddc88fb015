#include "config.h"

#include "command.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command_compose.h"
#include "memory.h"
#include "process.h"
#include "table.h"
#include "text.h"

static bool answer_text(struct answer *answer, const char *text)
{
    answer->text = mem_copy(text);
    return true;
}

bool command_check(struct flow *flow, struct answer *answer, struct error *error)
{
    return check_existing_database(flow, flow_get(flow, SETTING_CLUSTER_NAME), error) &&
           answer_text(answer, flow->cluster_id);
}

bool command_create(struct flow *flow, struct answer *answer, struct error *error)
{
    if (!create_managed_database(flow, flow_get(flow, SETTING_CLUSTER_NAME),
                                 flow_get(flow, SETTING_REGION), flow_get(flow, SETTING_SIZE),
                                 flow_get(flow, SETTING_VPC_UUID), error))
        return false;
    if (flow->put_off.kind != ERROR_NONE) {
        *error = flow->put_off;
        return false;
    }
    return answer_text(answer, flow->cluster_id);
}

bool command_pool(struct flow *flow, struct answer *answer, struct error *error)
{
    return create_connection_pool(flow, flow_get(flow, SETTING_CLUSTER_ID),
                                  flow_get(flow, SETTING_POOL), flow_get(flow, SETTING_POOL_SIZE),
                                  error) &&
           answer_text(answer, flow_get(flow, SETTING_POOL));
}

bool command_ca(struct flow *flow, struct answer *answer, struct error *error)
{
    return download_ssl_certificate(flow, flow_get(flow, SETTING_CLUSTER_ID),
                                    flow_get(flow, SETTING_CA_FILE), error) &&
           answer_text(answer, flow_get(flow, SETTING_CA_FILE));
}

bool command_url(struct flow *flow, struct answer *answer, struct error *error)
{
    struct conninfo info = CONNINFO_INIT;
    bool use_pool = strcmp(flow_get(flow, SETTING_USE_POOL), "true") == 0;
    if (!get_connection_string(flow, flow_get(flow, SETTING_CLUSTER_ID), use_pool, &info, error))
        return false;
    answer->text = conninfo_url(&info, flow_get(flow, SETTING_SSL_MODE));
    conninfo_free(&info);
    return true;
}

bool command_save(struct flow *flow, struct answer *answer, struct error *error)
{
    return save_connection_string(flow, flow_get(flow, SETTING_CLUSTER_ID),
                                  flow_get(flow, SETTING_SECRET_FILE), error) &&
           answer_text(answer, flow_get(flow, SETTING_SECRET_FILE));
}

bool command_trust(struct flow *flow, struct answer *answer, struct error *error)
{
    return configure_trusted_sources(flow, flow_get(flow, SETTING_CLUSTER_ID),
                                     flow_get(flow, SETTING_DROPLET_ID), &answer->text, error);
}

/* A table as doctl prints it, as an array of objects. */
static void add_rows(struct buffer *json, const char *text)
{
    struct table table;
    struct error ignored = ERROR_INIT;
    if (!table_read(text, strlen(text), "the answer", &table, &ignored)) {
        buffer_add_text(json, "null");
        return;
    }
    buffer_add_text(json, "[");
    for (size_t row = 0; row < table.rows; row++) {
        buffer_add_text(json, row ? ", {" : "{");
        for (size_t column = 0; column < table.columns; column++) {
            struct span cell = table_cell(&table, row, column);
            if (column)
                buffer_add_text(json, ", ");
            text_add_json(json, table.headers[column].start, table.headers[column].length);
            buffer_add_text(json, ": ");
            text_add_json(json, cell.start, cell.length);
        }
        buffer_add_text(json, "}");
    }
    buffer_add_text(json, "]");
    table_free(&table);
}

bool command_info(struct flow *flow, struct answer *answer, struct error *error)
{
    struct database_info info;
    if (!show_database_info(flow, flow_get(flow, SETTING_CLUSTER_ID), &info, error))
        return false;
    struct buffer json = BUFFER_INIT;
    buffer_add_text(&json, "{\"cluster\": ");
    add_rows(&json, info.cluster);
    buffer_add_text(&json, ", \"pools\": ");
    add_rows(&json, info.pools);
    buffer_add_text(&json, ", \"dashboard\": ");
    text_add_json(&json, info.dashboard, strlen(info.dashboard));
    buffer_add_text(&json, "}");
    answer->json = buffer_take(&json);
    answer->text = database_info_text(&info);
    database_info_free(&info);
    return true;
}

bool command_vpc(struct flow *flow, struct answer *answer, struct error *error)
{
    return ensure_vpc(flow, flow_get(flow, SETTING_VPC_NAME), flow_get(flow, SETTING_REGION),
                      &answer->text, error);
}

bool command_auth(struct flow *flow, struct answer *answer, struct error *error)
{
    return validate_doctl_auth(flow, &answer->text, error);
}

bool command_setup_function(struct flow *flow, struct answer *answer, struct error *error)
{
    if (!setup_managed_database(flow, false, error))
        return false;
    answer->text = mem_copy(flow->cluster_id);
    return true;
}

bool command_setup(struct flow *flow, struct answer *answer, struct error *error)
{
    char *email = NULL;
    if (!validate_doctl_auth(flow, &email, error))
        return false;
    free(email);
    if (!setup_managed_database(flow, true, error))
        return false;
    console_plain(flow->console, "%s", "");
    console_plain(flow->console, "Managed database setup complete.");
    console_plain(flow->console,
                  "Update DATABASE_URL in your application to use the managed database.");
    return answer_text(answer, flow->cluster_id);
}

/* ---- running one ---- */

/* The simulator: in the build tree, beside an installed program, or where it was installed to. */
static bool find_simulator(const char *program, char **path, struct error *error)
{
    char *self = NULL;
    struct error ignored = ERROR_INIT;
    char *candidates[3] = {NULL, NULL, mem_copy(PKGLIBEXECDIR "/doctl")};
    if (program && process_find(program, &self, &ignored)) {
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
        if (!*path && candidates[i] && !process_find(candidates[i], path, &ignored))
            *path = NULL;
        free(candidates[i]);
    }
    if (*path)
        return true;
    return error_set(error, ERROR_NO_DOCTL, ENOENT,
                     "the simulator is not installed at %s; build it with 'make'",
                     PKGLIBEXECDIR "/doctl");
}

static void tell_call(void *console, char *const *argv)
{
    console_call(console, argv);
}

static void tell_retry(void *console, const struct error *error, int pause_ms)
{
    console_plain(console, "  %s", error->text);
    console_plain(console, "  Asking again in %d.%d s", pause_ms / 1000, pause_ms % 1000 / 100);
}

static struct doctl *open_doctl(const struct settings *settings, const char *program,
                                const struct console *console, struct error *error)
{
    char *simulator = NULL;
    if (settings->simulate && !find_simulator(program, &simulator, error))
        return NULL;
    const char *dialect = settings_get(settings, SETTING_DIALECT);
    /* The console is only read. */
    union {
        const struct console *from;
        void *to;
    } cast = {console};
    struct doctl_options options = {
        .program = simulator ? simulator : settings_get(settings, SETTING_DOCTL),
        .dialect = settings->faithful || strcmp(dialect, "plan") == 0 ? DIALECT_PLAN
                   : strcmp(dialect, "shipped") == 0                  ? DIALECT_SHIPPED
                                                                      : DIALECT_AUTO,
        .token = settings->values[SETTING_API_TOKEN],
        .context = settings->values[SETTING_CONTEXT],
        .simulator = settings->simulate ? settings->simulator : NULL,
        .jobs = settings->faithful ? 1 : strtoul(settings_get(settings, SETTING_JOBS), NULL, 10),
        .timeout_ms = settings_ms(settings, SETTING_TIMEOUT),
        .wait_timeout_ms = settings_ms(settings, SETTING_WAIT_TIMEOUT),
        .retry_ms = settings->faithful ? 0 : settings_ms(settings, SETTING_POLL_INTERVAL) / 10,
        .on_call = tell_call,
        .on_retry = tell_retry,
        .told = cast.to,
    };
    struct doctl *doctl = doctl_new(&options, error);
    free(simulator);
    return doctl;
}

static bool write_answer(const char *bytes, size_t length)
{
    while (length) {
        ssize_t count = write(STDOUT_FILENO, bytes, length);
        if (count < 0 && errno != EINTR)
            return false;
        bytes += count > 0 ? count : 0;
        length -= count > 0 ? (size_t)count : 0;
    }
    return true;
}

static bool print(const struct command *command, const struct answer *answer, const char *form,
                  struct error *error)
{
    struct buffer out = BUFFER_INIT;
    if (strcmp(form, "json") == 0) {
        if (answer->json) {
            buffer_add_text(&out, answer->json);
        } else {
            buffer_add_format(&out, "{\"%s\": ", command->key);
            if (answer->text)
                text_add_json(&out, answer->text, strlen(answer->text));
            else
                buffer_add_text(&out, "null");
            buffer_add_text(&out, "}");
        }
        buffer_add_text(&out, "\n");
    } else if (strcmp(form, "env") == 0 && answer->env) {
        buffer_add_text(&out, answer->env);
    } else if (strcmp(form, "env") == 0) {
        buffer_add_format(&out, "%s=", command->variable);
        text_add_shell(&out, answer->text ? answer->text : "");
        buffer_add_text(&out, "\n");
    } else if (answer->text) {
        size_t length = strlen(answer->text);
        buffer_add_text(&out, answer->text);
        if (length == 0 || answer->text[length - 1] != '\n')
            buffer_add_text(&out, "\n");
    }
    /* Not through stdio, whose buffer would keep the URL. */
    bool good = write_answer(out.data, out.length);
    if (!good)
        error_set_errno(error, "cannot write the answer to stdout");
    buffer_free(&out);
    return good;
}

bool command_run(struct invocation *invocation, const char *program, const struct console *console,
                 struct error *error)
{
    const struct command *command = invocation->command;
    struct settings *settings = &invocation->settings;
    bool needs_doctl =
        !(command->groups & GROUP_OFFLINE) &&
        !(command->run == command_setup_function && is_self_hosted(&invocation->settings));
    const char *form = settings_get(settings, SETTING_OUTPUT);
    if ((strcmp(form, "json") == 0 && !command->key) ||
        (strcmp(form, "env") == 0 && !command->variable))
        return error_set(error, ERROR_USAGE, 0,
                         "'%s' has no answer in the form %s: leave --output out", command->name,
                         form);
    /* main() puts something else in the place of a stdout that was closed. */
    int flags = fcntl(STDOUT_FILENO, F_GETFL);
    if (flags < 0 || (flags & O_ACCMODE) == O_RDONLY) {
        errno = EBADF;
        return error_set_errno(error, "cannot write the answer to stdout");
    }
    struct flow flow = {
        .console = console, .settings = settings, .lock = LOCK_INIT, .rules_lock = LOCK_INIT};
    struct answer answer = {.text = NULL};
    bool good = true;
    if (needs_doctl) {
        good = command_take_compose(settings, error);
        flow.doctl = good ? open_doctl(settings, program, console, error) : NULL;
        good = flow.doctl != NULL;
    }
    good = good && command->run(&flow, &answer, error) && print(command, &answer, form, error);
    if (good && answer.verdict.kind != ERROR_NONE) {
        *error = answer.verdict;
        good = false;
    }
    doctl_free(flow.doctl);
    flow_free(&flow);
    mem_free_secret(answer.text);
    mem_free_secret(answer.json);
    mem_free_secret(answer.env);
    return good;
}
