#include "config.h"

#include "doctl/client.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/program.h"

extern char **environ;

/* The scratch file of this run, for remove_scratch(), which gets no argument. */
static const char *scratch_in_use;

/*
 * Variables that replace the caller's; gives how many there are. A doctl that repeats a request
 * makes a second Droplet where only the answer to the first was lost (docs/DOCTL.md, "Behaviour"):
 * what may be repeated is decided in ask().
 */
static size_t make_own_variables(const struct doctl_options *options, char **own)
{
    size_t count = 0;
    own[count++] = mem_copy("DIGITALOCEAN_HTTP_RETRY_MAX=0");
    if (options->token)
        own[count++] = mem_format("DIGITALOCEAN_ACCESS_TOKEN=%s", options->token);
    /* A token counts only in the context "default" (docs/DOCTL.md, "Behaviour"). */
    if (options->token || options->context)
        own[count++] =
            mem_format("DIGITALOCEAN_CONTEXT=%s", options->token ? "default" : options->context);
    if (options->simulator)
        own[count++] = mem_format("DOCTL_SIM_STATE=%s", options->simulator);
    return count;
}

static bool has_name(const char *variable, const char *name, size_t length)
{
    return strncmp(variable, name, length) == 0 && variable[length] == '=';
}

/* DIGITALOCEAN_OUTPUT would turn errors into JSON on stdout, DIGITALOCEAN_TRACE log passwords. */
static bool is_dropped(const char *variable, char *const *own)
{
    static const char output[] = "DIGITALOCEAN_OUTPUT";
    static const char trace[] = "DIGITALOCEAN_TRACE";
    bool dropped =
        has_name(variable, output, strlen(output)) || has_name(variable, trace, strlen(trace));
    for (size_t i = 0; own[i]; i++)
        dropped = dropped || has_name(variable, own[i], strcspn(own[i], "="));
    return dropped;
}

/* The caller's environment, less what would change doctl's answers, with what the options say. */
static void make_environment(struct doctl *doctl)
{
    doctl->own_variables = mem_array(5, sizeof *doctl->own_variables);
    size_t own = make_own_variables(&doctl->options, doctl->own_variables);
    size_t count = 0;
    while (environ[count])
        count++;
    doctl->environment = mem_array(count + own + 1, sizeof *doctl->environment);
    size_t used = 0;
    for (size_t i = 0; i < count; i++)
        if (!is_dropped(environ[i], doctl->own_variables))
            doctl->environment[used++] = environ[i];
    for (size_t i = 0; i < own; i++)
        doctl->environment[used++] = doctl->own_variables[i];
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
    make_environment(doctl);
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
