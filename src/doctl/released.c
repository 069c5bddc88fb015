#include "config.h"

#include "doctl/released.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/pattern.h"

/* A UUID of which the end is missing. */
static struct pattern part_of_uuid_pattern = PATTERN("[0-9a-f]{8}-[0-9a-f-]{0,26}");

bool released_so_far(const struct doctl *doctl)
{
    return doctl->release.refused_words || doctl->release.knows_shipped;
}

void released_begin(struct doctl *doctl)
{
    const struct call *call = dialect_call(CALL_PROBE);
    struct release *release = &doctl->release;
    if (released_so_far(doctl) || release->was_asked || release->probe ||
        doctl->options.dialect == DIALECT_PLAN)
        return;
    char **argv = dialect_argv(&call->shipped, NO_ARGUMENTS);
    release->probe = client_start(doctl, false, &call->shipped, argv);
    free(argv);
}

bool doctl_is_released(struct doctl *doctl)
{
    struct release *release = &doctl->release;
    struct process_result result;
    struct error ignored = ERROR_INIT;
    released_begin(doctl);
    if (released_so_far(doctl) || !release->probe)
        return released_so_far(doctl);
    struct process *probe = release->probe;
    release->probe = NULL;
    release->was_asked = true;
    if (process_wait(doctl->set, probe, &result, &ignored)) {
        release->refused_words = result.exit_status != 0 && verdict_misses_arguments(&result);
        process_result_free(&result);
    }
    return release->refused_words;
}

void released_note(struct doctl *doctl, enum verdict verdict, const struct process_result *result)
{
    bool helped = result->exit_status == 0 && strstr(buffer_text(&result->out), "\nUsage:");
    if (verdict == VERDICT_UNSUPPORTED && (result->exit_status == 255 || helped))
        doctl->release.refused_words = true;
    if (verdict == VERDICT_ANSWERED && result->out.length && strstr(result->out.data, "    "))
        doctl->release.is_tidy = true;
}

void released_note_shipped(struct doctl *doctl)
{
    doctl->release.knows_shipped = true;
}

bool released_was_cut_off(struct doctl *doctl, const struct call *call,
                          const struct wording *wording, const struct buffer *out)
{
    /* JSON has its own end, and no newline after it. */
    if (!out->length || out->data[out->length - 1] == '\n' || wording->shape == SHAPE_JSON)
        return false;
    return call->must_be_whole || doctl->release.is_tidy ||
           (wording->shape == SHAPE_ID && pattern_is(&part_of_uuid_pattern, out->data)) ||
           doctl_is_released(doctl);
}
