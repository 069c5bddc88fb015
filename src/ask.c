#include "config.h"

#include "ask.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "answer.h"
#include "memory.h"

#define RETRIES 5 /* as many as doctl itself makes (docs/DOCTL.md) */

extern char **environ;

/* The scratch file there may be, for when memory runs out. */
static const char *scratch_in_use;

/* A question that was asked ahead; it is found again by its argv. */
struct ahead {
    struct ahead *next;
    char **argv;
    struct process *process;
};

struct doctl {
    struct doctl_options options;
    char *path;
    char **environment;
    char **own_variables; /* those of the environment that are ours to free */
    struct process_set *set;
    struct ahead *ahead;
    char *scratch;      /* where the plan's words have doctl put the certificate */
    bool shipped_first; /* the plan's words were turned down and the shipped ones were not */
    bool is_shipped;    /* turned words down as only a released doctl does */
    bool was_asked;     /* whether it is a released one */
    bool is_tidy;       /* prints tables as a released doctl does */
    bool held;          /* a change gets held_descriptor */
    int held_descriptor;
};

/* ---- starting ---- */

static bool is_variable(const char *entry, const char *name)
{
    size_t length = strlen(name);
    return strncmp(entry, name, length) == 0 && entry[length] == '=';
}

/*
 * The caller's environment as DESIGN.md changes it. DIGITALOCEAN_OUTPUT would turn errors into JSON
 * on stdout, DIGITALOCEAN_TRACE would log passwords; a token counts only in the context "default".
 */
static void make_environment(struct doctl *doctl)
{
    const struct doctl_options *options = &doctl->options;
    const char *dropped[5] = {"DIGITALOCEAN_OUTPUT", "DIGITALOCEAN_TRACE", NULL};
    size_t drops = 2;
    doctl->own_variables = mem_array(4, sizeof *doctl->own_variables);
    size_t own = 0;
    if (options->token) {
        dropped[drops++] = "DIGITALOCEAN_ACCESS_TOKEN";
        doctl->own_variables[own++] = mem_format("DIGITALOCEAN_ACCESS_TOKEN=%s", options->token);
    }
    if (options->token || options->context) {
        dropped[drops++] = "DIGITALOCEAN_CONTEXT";
        doctl->own_variables[own++] =
            mem_format("DIGITALOCEAN_CONTEXT=%s", options->token ? "default" : options->context);
    }
    if (options->simulator) {
        dropped[drops++] = "DOCTL_SIM_STATE";
        doctl->own_variables[own++] = mem_format("DOCTL_SIM_STATE=%s", options->simulator);
    }
    size_t count = 0;
    while (environ[count])
        count++;
    doctl->environment = mem_array(count + own + 1, sizeof *doctl->environment);
    size_t used = 0;
    for (size_t i = 0; i < count; i++) {
        bool keep = true;
        for (size_t j = 0; j < drops; j++)
            keep = keep && !is_variable(environ[i], dropped[j]);
        if (keep)
            doctl->environment[used++] = environ[i];
    }
    for (size_t i = 0; i < own; i++)
        doctl->environment[used++] = doctl->own_variables[i];
}

struct doctl *doctl_new(const struct doctl_options *options, struct error *error)
{
    char *path;
    if (!process_find(options->program, &path, error)) {
        error_advise(error,
                     "install doctl (https://docs.digitalocean.com/reference/doctl), or name "
                     "it with --doctl PATH");
        return NULL;
    }
    struct doctl *doctl = mem_alloc(sizeof *doctl);
    doctl->options = *options;
    doctl->path = path;
    make_environment(doctl);
    doctl->set = process_set_new(options->jobs);
    return doctl;
}

static void free_ahead(struct ahead *ahead)
{
    free(ahead->argv);
    free(ahead);
}

void doctl_free(struct doctl *doctl)
{
    if (!doctl)
        return;
    process_set_free(doctl->set);
    while (doctl->ahead) {
        struct ahead *ahead = doctl->ahead;
        doctl->ahead = ahead->next;
        free_ahead(ahead);
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

static bool is_shipped(const struct doctl *doctl)
{
    return doctl->is_shipped || doctl->shipped_first;
}

/* ---- putting a question ---- */

/* The wordings to try, in order; gives how many. */
static size_t choose(const struct doctl *doctl, const struct call *call,
                     const struct wording *order[2])
{
    size_t count = 0;
    bool common = !call->shipped.words;
    bool plan = call->plan.words && (common || doctl->options.dialect != DIALECT_SHIPPED);
    bool shipped = call->shipped.words && doctl->options.dialect != DIALECT_PLAN;
    if (plan && !(shipped && is_shipped(doctl)))
        order[count++] = &call->plan;
    if (shipped)
        order[count++] = &call->shipped;
    if (plan && shipped && count == 1)
        order[count++] = &call->plan;
    return count;
}

static struct process *start(struct doctl *doctl, bool mutation, const struct wording *wording,
                             char **argv)
{
    bool waits = strstr(wording->words, " --wait ") != NULL;
    struct process_request request = {
        .path = doctl->path,
        .argv = argv,
        .envp = doctl->environment,
        .keep = mutation && doctl->held,
        .descriptor = doctl->held_descriptor,
        .timeout_ms = waits ? doctl->options.wait_timeout_ms : doctl->options.timeout_ms,
    };
    if (doctl->options.on_call)
        doctl->options.on_call(doctl->options.observer, argv);
    return process_start(doctl->set, &request);
}

static bool same_argv(char **one, char **other)
{
    size_t i = 0;
    while (one[i] && other[i] && strcmp(one[i], other[i]) == 0)
        i++;
    return !one[i] && !other[i];
}

/* The link to the question that was asked ahead with this argv, or the link that ends the list. */
static struct ahead **find_ahead(struct doctl *doctl, char **argv)
{
    struct ahead **link = &doctl->ahead;
    while (*link && !same_argv((*link)->argv, argv))
        link = &(*link)->next;
    return link;
}

/* Asks in the words that would be tried first. */
void ask_ahead(struct doctl *doctl, enum call_id id, const char *const arguments[CALL_ARGUMENTS])
{
    const struct wording *order[2];
    if (doctl->options.jobs < 2 || choose(doctl, dialect_call(id), order) == 0)
        return;
    char **argv = dialect_argv(order[0], arguments);
    if (*find_ahead(doctl, argv)) {
        free(argv);
        return;
    }
    struct ahead *ahead = mem_alloc(sizeof *ahead);
    ahead->argv = argv;
    ahead->process = start(doctl, false, order[0], argv);
    ahead->next = doctl->ahead;
    doctl->ahead = ahead;
}

static struct process *take_ahead(struct doctl *doctl, char **argv)
{
    struct ahead **link = find_ahead(doctl, argv);
    struct ahead *ahead = *link;
    if (!ahead)
        return NULL;
    struct process *process = ahead->process;
    *link = ahead->next;
    free_ahead(ahead);
    return process;
}

bool ask_is_released(struct doctl *doctl)
{
    if (is_shipped(doctl) || doctl->was_asked || doctl->options.dialect == DIALECT_PLAN)
        return is_shipped(doctl);
    doctl->was_asked = true;
    const struct call *call = dialect_call(CALL_WITNESS);
    char **argv = dialect_argv(&call->shipped, NO_ARGUMENTS);
    struct process_result result;
    struct error ignored = ERROR_INIT;
    if (process_wait(doctl->set, start(doctl, false, &call->shipped, argv), &result, &ignored)) {
        doctl->is_shipped = result.exit_status != 0 && answer_misses_arguments(&result);
        process_result_free(&result);
    }
    free(argv);
    return doctl->is_shipped;
}

/*
 * Whether an answer was cut off: a released doctl ends each with a newline, and without one the
 * last cell may be too short. A hand-made doctl may leave the newline out of a single value, not of
 * a list; one that sets columns four blanks apart works like a released one.
 */
static bool is_cut_off(struct doctl *doctl, const struct call *call, const struct wording *wording,
                       const struct buffer *out)
{
    bool ended = !out->length || out->data[out->length - 1] == '\n';
    doctl->is_tidy = doctl->is_tidy || (out->length && strstr(out->data, "    "));
    return !ended &&
           (call->is_list || doctl->is_tidy ||
            (wording->shape == SHAPE_ID && reply_is_part_of_uuid(out)) || ask_is_released(doctl));
}

/* Puts a question in one wording. `reply` has to be freed only when it was answered. */
static enum verdict put(struct doctl *doctl, const struct call *call, const struct wording *wording,
                        const char *doing, const char *const arguments[CALL_ARGUMENTS],
                        struct reply *reply, struct error *error)
{
    char **argv = dialect_argv(wording, arguments);
    struct process *process = take_ahead(doctl, argv);
    if (!process)
        process = start(doctl, call->mutation, wording, argv);
    bool ran = process_wait(doctl->set, process, &reply->result, error);
    free(argv);
    if (!ran)
        return VERDICT_FAILED;
    enum verdict verdict = answer_judge(&reply->result, doing, error);
    /* Only a released doctl has this exit status, or prints a whole help page and calls it success.
     */
    if (verdict == VERDICT_TURNED_DOWN &&
        (reply->result.exit_status == 255 ||
         (reply->result.exit_status == 0 && strstr(buffer_text(&reply->result.out), "\nUsage:"))))
        doctl->is_shipped = true;
    if (verdict == VERDICT_ANSWERED && is_cut_off(doctl, call, wording, &reply->result.out)) {
        error_set(error, ERROR_UNREADABLE, 0,
                  "could not %s: doctl's answer was cut off, it does not end with a newline",
                  doing);
        verdict = VERDICT_FAILED;
    } else if (verdict == VERDICT_ANSWERED &&
               !reply_read(call, wording, doing, doctl->scratch, reply, error))
        verdict = error->kind == ERROR_LOCAL ? VERDICT_FAILED : VERDICT_ODD;
    if (verdict != VERDICT_ANSWERED)
        reply_free(reply);
    return verdict;
}

static bool ask_once(struct doctl *doctl, const struct call *call,
                     const char *const arguments[CALL_ARGUMENTS], struct reply *reply,
                     const struct wording **used, struct error *error)
{
    const struct wording *order[2];
    size_t count = choose(doctl, call, order);
    char *doing = dialect_doing(call, arguments);
    *reply = (struct reply){.table = TABLE_INIT};
    bool answered = false;
    bool odd = false;
    struct error why = ERROR_INIT;
    if (count == 0)
        error_set(&why, ERROR_TURNED_DOWN, 0, "could not %s: the plan's doctl has no such call",
                  doing);
    for (size_t i = 0; i < count && !answered; i++) {
        struct error mine = ERROR_INIT;
        enum verdict verdict = put(doctl, call, order[i], doing, arguments, reply, &mine);
        answered = verdict == VERDICT_ANSWERED;
        if (used)
            *used = order[i];
        if (i > 0 && order[i] == &call->shipped && verdict != VERDICT_TURNED_DOWN &&
            verdict != VERDICT_ODD)
            doctl->shipped_first = true;
        /* Words that were turned down say less than an odd answer to other words. */
        if (!answered && !(odd && verdict == VERDICT_TURNED_DOWN))
            why = mine;
        odd = (odd || verdict == VERDICT_ODD) && verdict != VERDICT_FAILED;
        if (verdict == VERDICT_FAILED || (verdict == VERDICT_ODD && call->mutation))
            break;
    }
    /* A hand-made doctl that does not know a question is done without. */
    if (!answered && odd && !call->mutation && call->shipped.words && !ask_is_released(doctl))
        why.kind = ERROR_TURNED_DOWN;
    if (why.kind == ERROR_TURNED_DOWN && call->shipped.words && count == 1 &&
        doctl->options.dialect == DIALECT_PLAN)
        error_advise(&why,
                     "a released doctl needs other words: leave --faithful or --dialect plan out");
    if (!answered)
        *error = why;
    free(doing);
    return answered;
}

static bool is_passing(const struct error *error)
{
    return error->kind == ERROR_NETWORK ||
           (error->kind == ERROR_API && (error->number == 429 || error->number >= 500));
}

/* Twice as long each time, and nobody asks at the same moment as somebody else. */
static int retry_pause(const struct doctl *doctl, int attempt)
{
    long pause = (long)doctl->options.retry_ms << attempt;
    return (int)(pause / 2 + (process_clock_ms() * 7919 + getpid()) % (pause + 1));
}

bool ask(struct doctl *doctl, enum call_id id, const char *const arguments[CALL_ARGUMENTS],
         struct reply *reply, const struct wording **used, struct error *error)
{
    const struct call *call = dialect_call(id);
    int deadline = doctl->options.timeout_ms;
    long long began = process_clock_ms();
    for (int attempt = 0;; attempt++) {
        struct error mine = ERROR_INIT;
        if (ask_once(doctl, call, arguments, reply, used, &mine))
            return true;
        int pause = retry_pause(doctl, attempt);
        if (call->mutation || !doctl->options.retry_ms || attempt == RETRIES ||
            !is_passing(&mine) || (deadline && process_clock_ms() + pause - began >= deadline)) {
            *error = mine;
            return false;
        }
        if (doctl->options.on_retry)
            doctl->options.on_retry(doctl->options.observer, &mine, pause);
        if (!doctl_pause(doctl, pause, error))
            return false;
    }
}

void doctl_hold(struct doctl *doctl, int descriptor)
{
    doctl->held = true;
    doctl->held_descriptor = descriptor;
}

static void remove_scratch(void)
{
    if (scratch_in_use)
        unlink(scratch_in_use);
}

const char *ask_scratch(struct doctl *doctl, const char *beside)
{
    if (!doctl->scratch) {
        mem_at_exhaustion(remove_scratch);
        doctl->scratch = mem_format("%s.%ld.tmp", beside, (long)getpid());
        scratch_in_use = doctl->scratch;
    }
    return doctl->scratch;
}
