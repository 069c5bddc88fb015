#include "config.h"

#include "psql/session.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/pem.h"
#include "base/program.h"
#include "base/quote.h"
#include "base/readfile.h"
#include "base/signals.h"

extern char **environ;

#define SETTLE_MS  500   /* for psql to say that its time is up */
#define WAY_MS     15000 /* for --via to get there */
#define MOST_WORDS 32

/* ---- what psql is told ---- */

/* libpq's variables, and the program itself for a script that starts it again: NAME=VALUE, NULL last. */
static char **make_variables(const struct session *session, const char *ca_file, const char *psql)
{
    const struct conninfo *info = session->info;
    const struct {
        const char *name, *value;
    } values[] = {{"PGHOST", info->host},
                  {"PGPORT", info->port},
                  {"PGUSER", info->user},
                  {"PGPASSWORD", info->password},
                  {"PGDATABASE", info->database},
                  {"PGSSLMODE", "verify-full"},
                  {"PGSSLROOTCERT", ca_file},
                  {"PGAPPNAME", "managed-db"},
                  {"PSQL", psql}};
    size_t count = sizeof values / sizeof values[0];
    char **variables = mem_array(count + 2, sizeof *variables);
    for (size_t i = 0; i < count; i++)
        variables[i] = mem_format("%s=%s", values[i].name, values[i].value);
    /* libpq takes less than 2 for 2. */
    variables[count] = mem_format("PGCONNECT_TIMEOUT=%d", (session->timeout_ms + 999) / 1000);
    return variables;
}

static void free_variables(char **variables)
{
    for (size_t i = 0; variables[i]; i++)
        mem_free_secret(variables[i]);
    free(variables);
}

/* The caller's environment without its own PG… variables, with these; the array is the caller's. */
static char **make_environment(char **variables, char *language)
{
    size_t count = 0;
    size_t own = 0;
    while (environ[count])
        count++;
    while (variables[own])
        own++;
    char **environment = mem_array(count + own + 2, sizeof *environment);
    size_t used = 0;
    for (size_t i = 0; i < count; i++)
        if (strncmp(environ[i], "PG", 2) != 0 &&
            !(language && strncmp(environ[i], "LC_ALL=", 7) == 0))
            environment[used++] = environ[i];
    for (size_t i = 0; i < own; i++)
        environment[used++] = variables[i];
    environment[used] = language;
    return environment;
}

/* What psql complains of is read, in English (reason.h). */
static char english[] = "LC_ALL=C";

#define PSQL_SWITCHES "-XqAtw", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-f", "-"

static bool finish(const struct process_request *request, struct session_result *result,
                   struct error *error)
{
    struct process_set *set = process_set_new(1);
    long long began = process_clock_ms();
    bool good = process_wait(set, process_start(set, request), &result->process, error);
    result->elapsed_ms = process_clock_ms() - began;
    process_set_free(set);
    return good;
}

/* ---- here ---- */

static bool find(const struct session *session, char **path, struct error *error)
{
    return program_find(session->program, path, error) ||
           error_advise(error,
                        "install psql (Debian: postgresql-client; macOS: libpq of Homebrew), "
                        "name it with --psql, or run it elsewhere with --via");
}

static bool run_here(const struct session *session, const char *script,
                     struct session_result *result, struct error *error)
{
    char *path;
    if (!find(session, &path, error))
        return false;
    char **variables = make_variables(session, session->ca_file, path);
    char **environment = make_environment(variables, english);
    struct process_request request = {.path = path,
                                      .argv = (char *[]){path, PSQL_SWITCHES, NULL},
                                      .envp = environment,
                                      .input = script,
                                      .timeout_ms =
                                          session->timeout_ms + session->work_ms + SETTLE_MS};
    bool good = finish(&request, result, error);
    free(environment);
    free_variables(variables);
    free(path);
    return good;
}

bool session_become(const struct session *session, char *const *arguments, struct error *error)
{
    char *path;
    if (!find(session, &path, error))
        return false;
    size_t count = 0;
    while (arguments[count])
        count++;
    char **argv = mem_array(count + 2, sizeof *argv);
    argv[0] = path;
    memcpy(argv + 1, arguments, count * sizeof *argv);
    char **variables = make_variables(session, session->ca_file, path);
    char **environment = make_environment(variables, NULL);
    signals_release();
    signal(SIGPIPE, SIG_DFL);
    signal(SIGXFSZ, SIG_DFL);
    execve(path, argv, environment);
    error_set_errno(error, "cannot run %s", path);
    free(environment);
    free_variables(variables);
    free(argv);
    free(path);
    return false;
}

/* ---- elsewhere ---- */

/*
 * What a shell there reads: the variables, the CA as a file of its own for as long as it takes, and
 * psql with the script. Over ssh its words would be read by a shell, in a container not: so there
 * are none.
 */
static void add_shell_script(struct buffer *shell, const struct session *session, const char *pem,
                             const char *script)
{
    char **variables = make_variables(session, "", "psql");
    buffer_add_text(shell, "for name in $(env | sed -n 's/^\\(PG[A-Z]*\\)=.*/\\1/p'); do\n"
                           "unset \"$name\"\ndone\n");
    for (size_t i = 0; variables[i]; i++) {
        size_t length = strcspn(variables[i], "=");
        char *name = mem_copy_n(variables[i], length);
        quote_add_assignment(shell, name, variables[i] + length + 1);
        buffer_add_format(shell, "export %s\n", name);
        free(name);
    }
    buffer_add_format(shell,
                      "LC_ALL=C\nPGSSLROOTCERT=$(mktemp) || exit 126\nexport LC_ALL PGSSLROOTCERT\n"
                      "trap 'rm -f \"$PGSSLROOTCERT\"' EXIT\n"
                      "cat >\"$PGSSLROOTCERT\" <<'managed-db-ca'\n%smanaged-db-ca\n",
                      pem);
    const char *const words[] = {"psql", PSQL_SWITCHES};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        quote_add_shell(shell, words[i]);
        buffer_add_text(shell, " ");
    }
    buffer_add_format(shell, "<<'managed-db-sql'\n%s\nmanaged-db-sql\n", script);
    free_variables(variables);
}

static char shell_name[] = "sh";

/* The words of --via, and sh; false where they are too many. */
static bool split_words(char *via, char **argv, struct error *error)
{
    size_t count = 0;
    for (char *rest = via, *word; (word = strtok_r(rest, " ", &rest));) {
        if (count == MOST_WORDS)
            return error_set(error, ERROR_USAGE, 0, "--via has more than %d words", MOST_WORDS);
        argv[count++] = word;
    }
    argv[count] = shell_name;
    return count > 0 || error_set(error, ERROR_USAGE, 0, "--via names no command");
}

static bool read_certificate(const char *ca_file, struct buffer *pem, struct error *error)
{
    struct buffer content = BUFFER_INIT;
    bool good = readfile(ca_file, READFILE_REQUIRED, (size_t)1 << 20, &content, error) &&
                (pem_check(buffer_text(&content), content.length, pem, error) ||
                 error_precede(error, ca_file));
    buffer_free(&content);
    return good;
}

static bool run_there(const struct session *session, const char *script,
                      struct session_result *result, struct error *error)
{
    char *argv[MOST_WORDS + 2] = {NULL};
    char *via = mem_copy(session->via);
    char *path = NULL;
    struct buffer pem = BUFFER_INIT;
    struct buffer shell = BUFFER_INIT;
    bool good = split_words(via, argv, error) && program_find(argv[0], &path, error) &&
                read_certificate(session->ca_file, &pem, error);
    if (good) {
        add_shell_script(&shell, session, buffer_text(&pem), script);
        struct process_request request = {.path = path,
                                          .argv = argv,
                                          .envp = environ,
                                          .input = buffer_text(&shell),
                                          .timeout_ms =
                                              session->timeout_ms + session->work_ms + WAY_MS};
        good = finish(&request, result, error);
    }
    buffer_free(&shell);
    buffer_free(&pem);
    free(path);
    free(via);
    return good;
}

bool session_run(const struct session *session, const char *script, struct session_result *result,
                 struct error *error)
{
    *result = (struct session_result){.elapsed_ms = 0};
    return *session->via ? run_there(session, script, result, error)
                         : run_here(session, script, result, error);
}

void session_result_free(struct session_result *result)
{
    process_result_free(&result->process);
}
