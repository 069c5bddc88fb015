#include "config.h"

#include "sinks/tool.h"

#include <stdlib.h>
#include <string.h>

#include "base/child_environment.h"
#include "base/memory.h"
#include "base/pattern.h"
#include "base/process.h"
#include "base/program.h"
#include "base/quote.h"

#define MAX_OUTPUT ((size_t)16 << 20)

/* The line that begins with "error", else the last one, fit to be shown; the caller frees it. */
static char *choose_line(const struct buffer *said)
{
    static struct pattern error_pattern = PATTERN("^(?i:error)[^\\n]+");
    static struct pattern last_pattern = PATTERN("([^\\n]+)\\s*\\z");
    struct span found[PATTERN_GROUPS];
    const char *text = buffer_text(said);
    if (!pattern_match(&error_pattern, text, said->length, 0, found) &&
        !pattern_match(&last_pattern, text, said->length, 0, found))
        return mem_copy("");
    return quote_for_message(found[0].start, found[0].length);
}

static bool judge(const char *name, const struct sink_run *run, const struct process_result *result,
                  struct error *error)
{
    if (result->timed_out)
        return error_set(error, ERROR_DEADLINE, 0, "%s has not ended within %d s (--timeout)", name,
                         run->timeout_ms / 1000);
    if (result->too_much)
        return error_set(error, ERROR_UNREADABLE, 0, "%s printed more than %zu MiB", name,
                         MAX_OUTPUT >> 20);
    if (result->exit_status == 0)
        return true;
    char *said = choose_line(result->err.length ? &result->err : &result->out);
    if (result->ending_signal)
        error_set(error, ERROR_CONFLICT, 0, "%s was ended by signal %d", name,
                  result->ending_signal);
    else
        error_set(error, ERROR_CONFLICT, 0, "%s failed with status %d%s%s", name,
                  result->exit_status, *said ? ": " : "", said);
    free(said);
    return false;
}

static bool run_argv(const struct sink_run *run, char *const *argv, const char *input,
                     struct buffer *out, struct error *error)
{
    char *path = NULL;
    struct process_result result = {.exit_status = -1};
    if (!program_find(argv[0], &path, error))
        return false;
    struct process_set *set = process_set_new(1);
    char **environment = environment_with(run->variables);
    const struct process_request request = {.path = path,
                                            .argv = argv,
                                            .envp = environment,
                                            .timeout_ms = run->timeout_ms,
                                            .max_output_bytes = MAX_OUTPUT,
                                            .input = input};
    console_call(run->console, argv);
    bool good = process_wait(set, process_start(set, &request), &result, error);
    if (good) {
        const char *slash = strrchr(argv[0], '/');
        good = judge(slash ? slash + 1 : argv[0], run, &result, error);
        *out = result.out;
        result.out = (struct buffer)BUFFER_INIT;
        process_result_free(&result);
    }
    process_set_free(set);
    free(environment);
    free(path);
    return good;
}

bool tool_run(const struct sink_run *run, const char *words, const char *const *more,
              const char *input, struct buffer *out, struct error *error)
{
    size_t behind = 0;
    while (more && more[behind])
        behind++;
    char *copy = mem_copy(words);
    /* No two words without a blank between them. */
    char **argv = mem_array(strlen(words) / 2 + behind + 2, sizeof *argv);
    size_t count = 0;
    for (char *rest = copy, *word; (word = strtok_r(rest, " ", &rest));)
        argv[count++] = word;
    for (size_t i = 0; i < behind; i++)
        argv[count++] = (char *)more[i];
    bool good = run_argv(run, argv, input, out, error);
    free(argv);
    free(copy);
    return good;
}
