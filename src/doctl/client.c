#include "config.h"

#include "doctl/client.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/child_environment.h"
#include "base/memory.h"
#include "base/program.h"

/* The scratch file of this run, for remove_scratch(), which gets no argument. */
static const char *scratch_in_use;

/* doctl keeps its contexts in lower case, and takes the variable as it is. */
static void lower(char *context)
{
    for (; *context; context++)
        if (*context >= 'A' && *context <= 'Z')
            *context = (char)(*context - 'A' + 'a');
}

/*
 * Variables in place of the caller's; those without a value are taken out. A doctl that repeats a
 * request makes a second Droplet where only the answer to the first was lost (docs/DOCTL.md,
 * "Behaviour"): what may be repeated is decided in ask().
 */
static void make_own_variables(const struct doctl_options *options, char **own)
{
    size_t count = 0;
    own[count++] = mem_copy("DIGITALOCEAN_HTTP_RETRY_MAX=0");
    /* These would turn errors into JSON on stdout, and log passwords. */
    own[count++] = mem_copy("DIGITALOCEAN_OUTPUT");
    own[count++] = mem_copy("DIGITALOCEAN_TRACE");
    if (options->token)
        own[count++] = mem_format("DIGITALOCEAN_ACCESS_TOKEN=%s", options->token);
    /* A token counts only in the context "default" (docs/DOCTL.md, "Behaviour"). */
    if (options->token || options->context) {
        char *own_context = mem_copy(options->token ? "default" : options->context);
        lower(own_context);
        own[count++] = mem_format("DIGITALOCEAN_CONTEXT=%s", own_context);
        free(own_context);
    }
    if (options->simulator)
        own[count] = mem_format("DOCTL_SIM_STATE=%s", options->simulator);
}

static void remove_scratch(void)
{
    if (scratch_in_use)
        unlink(scratch_in_use);
}

struct doctl *doctl_new(const struct doctl_options *options, struct error *error)
{
    char *path;
    if (!program_find(options->program, &path, error)) {
        error_advise(error,
                     "install doctl (https://docs.digitalocean.com/reference/doctl), or name "
                     "it with --doctl PATH");
        return NULL;
    }
    struct doctl *doctl = mem_alloc(sizeof *doctl);
    doctl->options = *options;
    doctl->path = path;
    doctl->own_variables = mem_array(7, sizeof *doctl->own_variables);
    make_own_variables(&doctl->options, doctl->own_variables);
    doctl->environment = environment_with(doctl->own_variables);
    /* Called in the reverse order: first the children end, then what they wrote goes. */
    mem_at_exhaustion(remove_scratch);
    doctl->set = process_set_new(options->jobs);
    return doctl;
}

void doctl_free(struct doctl *doctl)
{
    if (!doctl)
        return;
    process_set_free(doctl->set);
    while (doctl->prefetched) {
        struct prefetched *first = doctl->prefetched;
        doctl->prefetched = first->next;
        free(first->argv);
        free(first);
    }
    if (doctl->scratch)
        unlink(doctl->scratch);
    scratch_in_use = NULL;
    free(doctl->scratch);
    for (size_t i = 0; doctl->own_variables[i]; i++)
        mem_free_secret(doctl->own_variables[i]);
    free(doctl->own_variables);
    free(doctl->environment);
    free(doctl->path);
    free(doctl);
}

bool doctl_pause(struct doctl *doctl, int milliseconds, struct error *error)
{
    return process_pause(doctl->set, milliseconds, error);
}

void doctl_hold(struct doctl *doctl, int descriptor)
{
    doctl->held = true;
    doctl->held_descriptor = descriptor;
}

void doctl_limit(struct doctl *doctl, int milliseconds)
{
    doctl->limit_ms = milliseconds;
}

int client_timeout(const struct doctl *doctl, int usual_ms)
{
    int limit = doctl->limit_ms;
    return limit && (!usual_ms || limit < usual_ms) ? limit : usual_ms;
}

struct process *client_start(struct doctl *doctl, bool mutation, const struct wording *wording,
                             char **argv)
{
    struct process_request request = {
        .path = doctl->path,
        .argv = argv,
        .envp = doctl->environment,
        .keep = mutation && doctl->held,
        .descriptor = doctl->held_descriptor,
        .timeout_ms = client_timeout(doctl, dialect_waits(wording) ? doctl->options.wait_timeout_ms
                                                                   : doctl->options.timeout_ms),
    };
    if (doctl->options.on_call)
        doctl->options.on_call(doctl->options.observer, argv);
    return process_start(doctl->set, &request);
}

const char *client_scratch(struct doctl *doctl, const char *beside)
{
    if (!doctl->scratch) {
        doctl->scratch = mem_format("%s.%ld.tmp", beside, (long)getpid());
        scratch_in_use = doctl->scratch;
    }
    return doctl->scratch;
}
