#include "config.h"

#include <string.h>

#include "sinks/sink.h"

bool sink_file(const struct sink_run *run, const char *where, const struct secrets *secrets,
               struct sink_result *result, struct error *error)
{
    enum secretfile_outcome outcome;
    size_t length = strlen(secrets->url);
    result->changed = !secretfile_is(where, secrets->url, length, &run->owner);
    return !result->changed || run->is_rehearsal ||
           (secretfile_prepare(where, &run->owner, error) &&
            secretfile_write(where, secrets->url, length, &run->owner, &outcome, error));
}
