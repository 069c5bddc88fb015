#include "config.h"

#include "sinks/sinks.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

static const struct sink_kind {
    const char *name; /* what stands before the colon */
    sink_function *give;
} sink_table[] = {{"file", sink_file},       {"env", sink_variable},
                  {"compose", sink_service}, {"credential", sink_credential},
                  {"swarm", sink_swarm},     {"kubernetes", sink_kubernetes},
                  {"command", sink_pipe},    {NULL, NULL}};

static bool give_one(const struct sink_run *run, const char *sink, const struct secrets *secrets,
                     struct sink_result *result, struct error *error)
{
    size_t length = strcspn(sink, ":");
    const struct sink_kind *kind = sink_table;
    while (kind->name && !(strlen(kind->name) == length && strncmp(kind->name, sink, length) == 0))
        kind++;
    if (!kind->name || !sink[length])
        return error_set(error, ERROR_USAGE, 0, "there is no such sink");
    return kind->give(run, sink + length + 1, secrets, result, error);
}

bool sinks_give(const struct sink_run *run, const char *list, const struct secrets *secrets,
                sink_observer *tell, void *observer, bool *handed_over, struct error *error)
{
    bool good = true;
    *handed_over = false;
    for (const char *at = list; *at && good;) {
        size_t length = strcspn(at, "\n");
        char *sink = mem_copy_n(at, length);
        struct sink_result result = {false, false};
        good = give_one(run, sink, secrets, &result, error) || error_precede(error, sink);
        if (good)
            tell(observer, sink, &result);
        *handed_over = *handed_over || result.handed_over;
        free(sink);
        at += length + (at[length] == '\n');
    }
    return good;
}
