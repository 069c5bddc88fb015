#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "sinks/delivered.h"
#include "sinks/tool.h"

/* `docker compose -f FILE … WORDS SERVICE` */
static bool run_compose(const struct sink_run *run, const char *words, const char *service,
                        struct buffer *out, struct error *error)
{
    static const char *const usual = "docker compose";
    char *first = mem_format("%s", *run->compose_command ? run->compose_command : usual);
    char *argv[64] = {NULL};
    size_t count = 0;
    char *copy = mem_copy(words);
    char file_option[] = "-f";
    char env_option[] = "--env-file";
    for (char *rest = first, *word; count < 32 && (word = strtok_r(rest, " ", &rest));)
        argv[count++] = word;
    if (*run->env_file) {
        argv[count++] = env_option;
        argv[count++] = (char *)run->env_file;
    }
    for (size_t i = 0; i < run->compose_count && count < 50; i++) {
        argv[count++] = file_option;
        argv[count++] = run->compose_files[i];
    }
    for (char *rest = copy, *word; (word = strtok_r(rest, " ", &rest));)
        argv[count++] = word;
    argv[count] = (char *)service;
    bool good = tool_run(run, argv, NULL, out, error);
    free(copy);
    free(first);
    return good;
}

/*
 * A container holds the file that it was started with, as a new one has taken its place: the
 * service is made anew. One that does not run finds the new file when it is started.
 */
bool sink_service(const struct sink_run *run, const char *where, const struct secrets *secrets,
                  struct sink_result *result, struct error *error)
{
    struct buffer running = BUFFER_INIT;
    struct buffer out = BUFFER_INIT;
    bool has;
    if (!delivered_has(run, "compose", where, secrets, &has, error))
        return false;
    result->changed = !has;
    result->handed_over = true;
    bool good = has || run->is_rehearsal ||
                (run_compose(run, "ps -q", where, &running, error) &&
                 (!running.length || run_compose(run, "up -d --no-deps --force-recreate --wait",
                                                 where, &out, error)) &&
                 delivered_note(run, "compose", where, secrets, error));
    buffer_free(&running);
    buffer_free(&out);
    return good;
}
