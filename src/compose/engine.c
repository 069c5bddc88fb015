#include "config.h"

#include "compose/engine.h"

#include <stdlib.h>
#include <string.h>

#include "base/child_environment.h"
#include "base/memory.h"
#include "base/pattern.h"
#include "base/process.h"
#include "base/program.h"
#include "base/quote.h"

#define MOST_WORDS 32
#define AT_ONCE    2
#define MAX_OUTPUT ((size_t)4 << 20)

static const char *const usual[] = {"docker compose", "docker-compose"};

static struct pattern version_pattern = PATTERN("\\Av?([0-9]+)[0-9A-Za-z.+~-]*\\s*\\z");

/* One that may be Compose. */
struct candidate {
    const char *command;
    char *words; /* of the command, parted */
    char *path;
    char *argv[MOST_WORDS];
    size_t count;
};

static bool split(struct candidate *candidate, struct error *error)
{
    candidate->words = mem_copy(candidate->command);
    for (char *rest = candidate->words, *word; (word = strtok_r(rest, " ", &rest));) {
        if (candidate->count == MOST_WORDS - 1)
            return error_set(error, ERROR_USAGE, 0, "--compose-command has more than %d words",
                             MOST_WORDS - 1);
        candidate->argv[candidate->count++] = word;
    }
    return candidate->count > 0 ||
           error_set(error, ERROR_USAGE, 0, "--compose-command names no command");
}

static void candidate_free(struct candidate *candidate)
{
    free(candidate->words);
    free(candidate->path);
}

/* ---- one run ---- */

/* The command with more words behind it; the array is the caller's. */
static char **make_argv(const struct candidate *candidate, char *const *words, size_t count)
{
    char **argv = mem_array(candidate->count + count + 1, sizeof *argv);
    memcpy(argv, candidate->argv, candidate->count * sizeof *argv);
    memcpy(argv + candidate->count, words, count * sizeof *argv);
    return argv;
}

static struct process *start(const struct engine *engine, const struct candidate *candidate,
                             char *const *words, size_t count, char **environment,
                             struct process_set *set)
{
    char **argv = make_argv(candidate, words, count);
    console_call(engine->console, argv);
    struct process_request request = {.path = candidate->path,
                                      .argv = argv,
                                      .envp = environment,
                                      .timeout_ms = engine->timeout_ms,
                                      .max_output_bytes = MAX_OUTPUT};
    struct process *process = process_start(set, &request);
    free(argv);
    return process;
}

/* -f FILE … config --format json */
static char **make_question(const struct engine *engine, size_t *count)
{
    static char words[][12] = {"--env-file", "-f", "config", "--format", "json"};
    char **question = mem_array(2 * engine->count + 5, sizeof *question);
    *count = 0;
    if (*engine->env_file) {
        question[(*count)++] = words[0];
        question[(*count)++] = (char *)engine->env_file;
    }
    for (size_t i = 0; i < engine->count; i++) {
        question[(*count)++] = words[1];
        question[(*count)++] = engine->files[i];
    }
    for (size_t i = 2; i < 5; i++)
        question[(*count)++] = words[i];
    return question;
}

/* All the questions at once. False also where one could not be started, or a signal came. */
static bool run_all(const struct engine *engine, const struct candidate *candidate,
                    char *const *const *variables, struct process_result *results, size_t count,
                    struct error *error)
{
    struct process_set *set = process_set_new(AT_ONCE);
    struct process **started = mem_array(count, sizeof *started);
    char ***environments = mem_array(count, sizeof *environments);
    size_t words;
    char **question = make_question(engine, &words);
    bool good = true;
    for (size_t i = 0; i < count; i++) {
        environments[i] = environment_with(variables[i]);
        started[i] = start(engine, candidate, question, words, environments[i], set);
    }
    for (size_t i = 0; good && i < count; i++)
        good = process_wait(set, started[i], &results[i], error);
    process_set_free(set);
    for (size_t i = 0; i < count; i++)
        free(environments[i]);
    free(environments);
    free(started);
    free(question);
    return good;
}

/* ---- which one it is ---- */

/* Notes what a candidate is instead of Compose 2. */
static void note(struct buffer *notes, const char *command, const char *what)
{
    buffer_add_format(notes, "%s'%s' %s", notes->length ? ", " : "", command, what);
}

static bool is_second(const struct engine *engine, const struct candidate *candidate, bool *is,
                      struct buffer *notes, struct error *error)
{
    static char words[][10] = {"version", "--short"};
    char *const question[] = {words[0], words[1]};
    char *nothing[] = {NULL};
    struct process_set *set = process_set_new(1);
    struct process_result result = {.exit_status = -1};
    struct span groups[PATTERN_GROUPS];
    char **environment = environment_with(nothing);
    struct process *process = start(engine, candidate, question, 2, environment, set);
    bool good = process_wait(set, process, &result, error);
    const char *text = buffer_text(&result.out);
    *is = false;
    if (good && result.exit_status == 0 &&
        pattern_match(&version_pattern, text, result.out.length, 0, groups)) {
        *is = strtoul(groups[1].start, NULL, 10) >= 2;
        char *version = mem_format("is version %.*s", (int)strcspn(text, " \t\r\n"), text);
        if (!*is)
            note(notes, candidate->command, version);
        free(version);
    } else if (good) {
        note(notes, candidate->command, "is no Docker Compose");
    }
    process_result_free(&result);
    process_set_free(set);
    free(environment);
    return good;
}

/* ---- what came of it ---- */

/* What Compose says on stderr, less its warnings, in one line that shows no secret. */
static char *make_refusal(const struct process_result *result)
{
    struct buffer text = BUFFER_INIT;
    const char *at = buffer_text(&result->err);
    while (*at) {
        size_t length = strcspn(at, "\n");
        if (length && strncmp(at, "time=", 5) != 0) {
            buffer_add_text(&text, text.length ? " " : "");
            buffer_add(&text, at, length);
        }
        at += length + (at[length] == '\n');
    }
    /* Of every message the last words. */
    static const char tail[] = ": invalid compose project";
    if (text.length > strlen(tail) && strcmp(text.data + text.length - strlen(tail), tail) == 0)
        text.length -= strlen(tail);
    char *shown = text.length ? quote_for_message(buffer_text(&text), text.length)
                              : mem_format("it ends with status %d", result->exit_status);
    buffer_free(&text);
    return shown;
}

static bool take(const struct engine *engine, const char *command, struct process_result *result,
                 struct engine_answer *answer, struct error *error)
{
    if (result->timed_out)
        return error_set(error, ERROR_DEADLINE, 0,
                         "'%s config' gave no answer within %d s (--timeout)", command,
                         engine->timeout_ms / 1000);
    if (result->too_much)
        return error_set(error, ERROR_UNREADABLE, 0, "'%s config' printed more than %zu MiB",
                         command, MAX_OUTPUT >> 20);
    if (result->ending_signal)
        return error_set(error, ERROR_UNREADABLE, 0, "'%s config' was ended by signal %d", command,
                         result->ending_signal);
    if (result->exit_status == 0) {
        answer->out = result->out;
        result->out = (struct buffer)BUFFER_INIT;
    } else {
        answer->refusal = make_refusal(result);
    }
    return true;
}

/* Whether each is an answer. 1.29 ends with 0 too, and prints its help. */
static bool has_all(const struct process_result *results, size_t count)
{
    bool all = true;
    for (size_t i = 0; i < count; i++)
        all = all && results[i].exit_status == 0 && *buffer_text(&results[i].out) == '{';
    return all;
}

/* Asks one candidate; *is tells whether it is one that was to be asked. */
static bool ask(const struct engine *engine, struct candidate *candidate,
                char *const *const *variables, struct engine_answer *answers, size_t count,
                bool *is, struct buffer *notes, struct error *error)
{
    struct error reason = ERROR_INIT;
    struct process_result *results = mem_array(count, sizeof *results);
    *is = false;
    bool good = split(candidate, error);
    if (good && !program_find(candidate->argv[0], &candidate->path, &reason)) {
        note(notes, candidate->command, "is not there");
    } else if (good) {
        *is = true;
        good = run_all(engine, candidate, variables, results, count, error) &&
               (has_all(results, count) || is_second(engine, candidate, is, notes, error));
        for (size_t i = 0; good && *is && i < count; i++)
            good = take(engine, candidate->command, &results[i], &answers[i], error);
    }
    for (size_t i = 0; i < count; i++)
        process_result_free(&results[i]);
    free(results);
    return good;
}

bool engine_ask(const struct engine *engine, char *const *const *variables,
                struct engine_answer *answers, size_t count, struct error *error)
{
    const char *named[] = {engine->command};
    const char *const *commands = *engine->command ? named : usual;
    size_t most = *engine->command ? 1 : sizeof usual / sizeof usual[0];
    struct buffer notes = BUFFER_INIT;
    bool good = true;
    bool is = false;
    for (size_t i = 0; good && !is && i < most; i++) {
        struct candidate candidate = {.command = commands[i]};
        good = ask(engine, &candidate, variables, answers, count, &is, &notes, error);
        candidate_free(&candidate);
    }
    if (good && !is)
        good = error_set(error, ERROR_NO_PROGRAM, 0,
                         "this needs Docker Compose 2 or later, and %s: install it (Ubuntu: "
                         "docker-compose-v2; Debian 13: docker-compose; before that "
                         "docker-compose-plugin of Docker's repository; macOS: Docker Desktop), "
                         "name it with --compose-command, or give a configuration of another "
                         "machine with --config",
                         buffer_text(&notes));
    buffer_free(&notes);
    return good;
}

void engine_answer_free(struct engine_answer *answer)
{
    buffer_free(&answer->out);
    free(answer->refusal);
    *answer = (struct engine_answer)ENGINE_ANSWER_INIT;
}
