#include "config.h"

#include <stdlib.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "sinks/delivered.h"
#include "sinks/tool.h"

#define MOST_WORDS 5

/* `docker compose -f FILE … WORD … SERVICE`; the words end with NULL. */
static bool run_compose(const struct sink_run *run, const char *const *words, const char *service,
                        struct buffer *out, struct error *error)
{
    const char *command = *run->compose_command ? run->compose_command : "docker compose";
    const char **more = mem_array(2 * run->compose_count + MOST_WORDS + 4, sizeof *more);
    size_t count = 0;
    if (*run->env_file) {
        more[count++] = "--env-file";
        more[count++] = run->env_file;
    }
    for (size_t i = 0; i < run->compose_count; i++) {
        more[count++] = "-f";
        more[count++] = run->compose_files[i];
    }
    for (size_t i = 0; words[i]; i++)
        more[count++] = words[i];
    more[count] = service;
    bool good = tool_run(run, command, more, NULL, out, error);
    free(more);
    return good;
}

/*
 * A container holds the file that it was started with, as a new one has taken its place: the
 * service is made anew. One that does not run finds the new file when it is started.
 */
bool sink_service(const struct sink_run *run, const char *where, const struct secrets *secrets,
                  struct sink_result *result, struct error *error)
{
    static const char *const look[] = {"ps", "-q", NULL};
    static const char *const start[MOST_WORDS + 1] = {
        "up", "-d", "--no-deps", "--force-recreate", "--wait", NULL};
    struct buffer running = BUFFER_INIT;
    struct buffer out = BUFFER_INIT;
    bool has;
    if (!delivered_has(run, "compose", where, secrets, &has, error))
        return false;
    result->changed = !has;
    result->handed_over = true;
    bool good = has || run->is_rehearsal ||
                (run_compose(run, look, where, &running, error) &&
                 (!running.length || run_compose(run, start, where, &out, error)) &&
                 delivered_note(run, "compose", where, secrets, error));
    buffer_free(&running);
    buffer_free(&out);
    return good;
}
