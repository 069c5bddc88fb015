#include "config.h"

#include "sinks/delivered.h"
#include "sinks/tool.h"

bool sink_pipe(const struct sink_run *run, const char *where, const struct secrets *secrets,
               struct sink_result *result, struct error *error)
{
    const struct secrets given = {secrets->url, "", ""};
    bool has;
    struct buffer out = BUFFER_INIT;
    if (!delivered_has(run, "command", where, &given, &has, error))
        return false;
    result->changed = !has;
    bool good = has || run->is_rehearsal ||
                (tool_run(run, where, NULL, secrets->url, &out, error) &&
                 delivered_note(run, "command", where, &given, error));
    buffer_free(&out);
    return good;
}
