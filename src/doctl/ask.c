#include "config.h"

#include "doctl/ask.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "doctl/released.h"
#include "doctl/verdict.h"

/* The wordings to try, in order; gives how many. What was started to know the order is waited for. */
static size_t choose(struct doctl *doctl, const struct call *call, const struct wording *order[2])
{
    bool common = !call->shipped.words;
    bool plan = call->plan.words && (common || doctl->options.dialect != DIALECT_SHIPPED);
    bool shipped = call->shipped.words && doctl->options.dialect != DIALECT_PLAN;
    size_t count = 0;
    if (plan && shipped) {
        bool released = doctl->release.probe ? doctl_is_released(doctl) : released_so_far(doctl);
        order[count++] = released ? &call->shipped : &call->plan;
        order[count++] = released ? &call->plan : &call->shipped;
    } else if (plan || shipped) {
        order[count++] = plan ? &call->plan : &call->shipped;
    }
    return count;
}

/* The ID of what a change that was not made would have made. */
#define TO_COME "NEW-"

static bool is_to_come(const struct doctl *doctl, const char *id)
{
    return doctl->options.on_change && id && strncmp(id, TO_COME, strlen(TO_COME)) == 0;
}

/* ---- questions that are started before their turn ---- */

static bool is_same_argv(char **one, char **other)
{
    size_t i = 0;
    while (one[i] && other[i] && strcmp(one[i], other[i]) == 0)
        i++;
    return !one[i] && !other[i];
}

/* The link to the question that was started with this argv, or the link that ends the list. */
static struct prefetched **find_prefetched(struct doctl *doctl, char **argv)
{
    struct prefetched **link = &doctl->prefetched;
    while (*link && !is_same_argv((*link)->argv, argv))
        link = &(*link)->next;
    return link;
}

void ask_prefetch(struct doctl *doctl, enum call_id id, const char *const arguments[CALL_ARGUMENTS])
{
    const struct wording *order[2];
    if (doctl->options.jobs < 2 || choose(doctl, dialect_call(id), order) == 0 ||
        is_to_come(doctl, arguments[1]))
        return;
    char **argv = dialect_argv(order[0], arguments);
    if (*find_prefetched(doctl, argv)) {
        free(argv);
        return;
    }
    struct prefetched *prefetched = mem_alloc(sizeof *prefetched);
    prefetched->argv = argv;
    prefetched->process = client_start(doctl, false, order[0], argv);
    prefetched->next = doctl->prefetched;
    doctl->prefetched = prefetched;
}

static struct process *take_out(struct prefetched **link)
{
    struct prefetched *found = *link;
    struct process *process = found->process;
    *link = found->next;
    free(found->argv);
    free(found);
    return process;
}

/* The process of a question that was started before, else a new one. */
static struct process *take_or_start(struct doctl *doctl, const struct call *call,
                                     const struct wording *wording, char **argv)
{
    struct prefetched **link = find_prefetched(doctl, argv);
    return *link ? take_out(link) : client_start(doctl, call->mutation, wording, argv);
}

void ask_forget(struct doctl *doctl, enum call_id id, const char *const arguments[CALL_ARGUMENTS])
{
    const struct wording *order[2];
    size_t count = choose(doctl, dialect_call(id), order);
    for (size_t i = 0; i < count; i++) {
        char **argv = dialect_argv(order[i], arguments);
        struct prefetched **link = find_prefetched(doctl, argv);
        free(argv);
        if (*link)
            take_out(link);
    }
}

/* ---- one question ---- */

/* A question with its arguments put in, and what came of it so far. */
struct asking {
    struct doctl *doctl;
    const struct call *call;
    const char *const *arguments;
    char *doing; /* for messages */
    struct reply *reply;
};

/* Asks in one wording. The reply has to be freed only when it was answered. */
static enum verdict ask_in(const struct asking *asking, const struct wording *wording,
                           struct error *error)
{
    struct doctl *doctl = asking->doctl;
    struct reply *reply = asking->reply;
    char **argv = dialect_argv(wording, asking->arguments);
    struct process *process = take_or_start(doctl, asking->call, wording, argv);
    bool ran = process_wait(doctl->set, process, &reply->result, error);
    free(argv);
    if (!ran)
        return VERDICT_FAILED;
    enum verdict verdict = verdict_of(&reply->result, asking->doing, error);
    if (error->kind == ERROR_API && error->number == 403 && asking->call->scope)
        error_advise(error, "use a token with the scope %s", asking->call->scope);
    released_note(doctl, verdict, &reply->result);
    if (verdict == VERDICT_ANSWERED &&
        released_was_cut_off(doctl, asking->call, wording, &reply->result.out)) {
        error_set(error, ERROR_UNREADABLE, 0,
                  "could not %s: doctl's answer was cut off, it does not end with a newline",
                  asking->doing);
        verdict = VERDICT_FAILED;
    } else if (verdict == VERDICT_ANSWERED &&
               !reply_read(asking->call, wording, asking->doing, doctl->scratch, reply, error)) {
        verdict = error->kind == ERROR_LOCAL ? VERDICT_FAILED : VERDICT_ODD;
    }
    if (verdict != VERDICT_ANSWERED)
        reply_free(reply);
    return verdict;
}

/*
 * Asks in the wordings of `order` until one decides; *used is the last one tried. The error is that
 * of the last one, except that an odd answer is kept over a later "unknown command".
 */
static enum verdict ask_in_turn(const struct asking *asking, const struct wording *order[2],
                                size_t count, const struct wording **used, struct error *error)
{
    bool odd = false;
    for (size_t i = 0; i < count; i++) {
        struct error failure = ERROR_INIT;
        enum verdict verdict = ask_in(asking, order[i], &failure);
        bool known = verdict == VERDICT_ANSWERED || verdict == VERDICT_FAILED;
        *used = order[i];
        if (i > 0 && order[i] == &asking->call->shipped && known)
            released_note_shipped(asking->doctl);
        if (verdict == VERDICT_ANSWERED)
            return verdict;
        if (!(odd && verdict == VERDICT_UNSUPPORTED))
            *error = failure;
        if (verdict == VERDICT_FAILED || (verdict == VERDICT_ODD && asking->call->mutation))
            return verdict;
        odd = odd || verdict == VERDICT_ODD;
    }
    return odd ? VERDICT_ODD : VERDICT_UNSUPPORTED;
}

static bool ask_once(struct doctl *doctl, const struct call *call,
                     const char *const arguments[CALL_ARGUMENTS], struct reply *reply,
                     const struct wording **used, struct error *error)
{
    const struct wording *order[2];
    size_t count = choose(doctl, call, order);
    struct asking asking = {doctl, call, arguments, dialect_doing(call, arguments), reply};
    *reply = (struct reply){.table = TABLE_INIT};
    if (count == 0)
        error_set(error, ERROR_UNSUPPORTED, 0, "could not %s: the plan's doctl has no such call",
                  asking.doing);
    enum verdict verdict = ask_in_turn(&asking, order, count, used, error);
    free(asking.doing);
    if (verdict == VERDICT_ANSWERED)
        return true;
    /*
     * A hand-made doctl need not know what the plan does not ask: the caller goes on without it. But
     * what is not on one of the plan's lists may be made.
     */
    bool may_lack = call->shipped.words && !(call->plan.words && call->must_be_whole);
    if (verdict == VERDICT_ODD && !call->mutation && may_lack && !doctl_is_released(doctl))
        error->kind = ERROR_UNSUPPORTED;
    if (error->kind == ERROR_UNSUPPORTED && call->shipped.words && count == 1 &&
        doctl->options.dialect == DIALECT_PLAN)
        error_advise(error,
                     "a released doctl needs other words: leave --faithful or --dialect plan out");
    return false;
}

/* ---- retries ---- */

/* A network that is down is soon said to be; what DigitalOcean refuses for now gets more time. */
static int most_retries(const struct error *error)
{
    return error->kind == ERROR_NETWORK ? 3 : 5;
}

static bool is_rate_limit(const struct error *error)
{
    return error->kind == ERROR_API && error->number == 429;
}

/*
 * A read may be asked again wherever the next try may work. A change only after 429, which made
 * nothing: except that a create that waits gets its 429 for one of its looks.
 */
static bool may_retry(const struct call *call, const struct wording *wording,
                      const struct error *error)
{
    if (call->mutation)
        return is_rate_limit(error) && !dialect_waits(wording);
    return error->kind == ERROR_NETWORK ||
           (error->kind == ERROR_API && (error->number == 429 || error->number >= 500));
}

/*
 * Twice as long each time, longer where the limit is one of requests a minute, and two programs do
 * not ask at the same moment.
 */
static int retry_pause(const struct doctl *doctl, const struct error *error, int attempt)
{
    long pause = (long)doctl->options.retry_ms << (attempt + (is_rate_limit(error) ? 2 : 0));
    return (int)(pause / 2 + (process_clock_ms() * 7919 + getpid()) % (pause + 1));
}

static bool ask_until_answered(struct doctl *doctl, const struct call *call,
                               const char *const arguments[CALL_ARGUMENTS], struct reply *reply,
                               const struct wording **used, struct error *error)
{
    int deadline = client_timeout(doctl, doctl->options.timeout_ms);
    long long began = process_clock_ms();
    for (int attempt = 0;; attempt++) {
        struct error failure = ERROR_INIT;
        if (ask_once(doctl, call, arguments, reply, used, &failure))
            return true;
        int pause = retry_pause(doctl, &failure, attempt);
        if (!doctl->options.retry_ms || attempt >= most_retries(&failure) ||
            !may_retry(call, *used, &failure) ||
            (deadline && process_clock_ms() + pause - began >= deadline)) {
            *error = failure;
            return false;
        }
        if (doctl->options.on_retry)
            doctl->options.on_retry(doctl->options.observer, &failure, pause);
        if (!doctl_pause(doctl, pause, error))
            return false;
    }
}

/* ---- long lists ---- */

#define PAGE       200 /* rows that doctl asks for at a time (docs/DOCTL.md) */
#define MOST_LOOKS 4

/*
 * doctl leaves out a page that it did not get, unless it is the first, and exits with 0. So a list
 * of more than a page counts once two answers in a row have as many rows, and more than whole
 * pages: the last page is then there, and not twice another one missing.
 */
static bool is_whole(size_t rows, size_t rows_before)
{
    return rows < PAGE || (rows == rows_before && rows % PAGE != 0);
}

/* ---- changes that are not made ---- */

/* Tells the command, in the words in which it would be asked. */
static bool rehearse(struct doctl *doctl, enum call_id id,
                     const char *const arguments[CALL_ARGUMENTS], struct reply *reply,
                     const struct wording **used, struct error *error)
{
    const struct call *call = dialect_call(id);
    const struct wording *order[2];
    doctl_is_released(doctl);
    if (choose(doctl, call, order) == 0)
        return error_set(error, ERROR_UNSUPPORTED, 0, "this doctl has no such call");
    char **argv = dialect_argv(order[0], arguments);
    doctl->options.on_change(doctl->options.changes, argv);
    free(argv);
    *used = order[0];
    *reply = (struct reply){.table = TABLE_INIT};
    buffer_add_text(&reply->result.out, id == CALL_VPC_CREATE       ? TO_COME "VPC\n"
                                        : id == CALL_CLUSTER_CREATE ? TO_COME "CLUSTER\n"
                                                                    : "");
    return reply_read(call, order[0], call->doing, "", reply, error);
}

bool ask(struct doctl *doctl, enum call_id id, const char *const arguments[CALL_ARGUMENTS],
         struct reply *reply, const struct wording **used, struct error *error)
{
    const struct call *call = dialect_call(id);
    const struct wording *last = NULL;
    if (call->mutation && doctl->options.on_change)
        return rehearse(doctl, id, arguments, reply, used ? used : &last, error);
    if (is_to_come(doctl, arguments[1])) {
        *reply = (struct reply){.table = TABLE_INIT};
        if (used)
            *used = &call->plan;
        return true;
    }
    bool has_pages = call->has_pages && doctl->options.retry_ms;
    size_t rows = 0;
    for (int look = 0; look < MOST_LOOKS; look++) {
        if (!ask_until_answered(doctl, call, arguments, reply, used ? used : &last, error))
            return false;
        if (!has_pages || is_whole(reply->table.rows, rows))
            return true;
        rows = reply->table.rows;
        reply_free(reply);
    }
    return error_set(error, ERROR_UNREADABLE, 0,
                     "could not %s: doctl printed %zu, and leaves out what it could not get: it "
                     "cannot be told whether that is all; run again later",
                     call->doing, rows);
}

bool ask_whether_listed(struct doctl *doctl, enum call_id id, const char *cluster_id,
                        const char *name, bool *exists, struct error *error)
{
    struct reply reply = {.table = TABLE_INIT};
    if (!ask(doctl, id, ARGUMENTS(cluster_id), &reply, NULL, error))
        return false;
    *exists = false;
    for (size_t row = 0; row < reply.table.rows; row++)
        *exists = *exists || span_is(table_cell(&reply.table, row, 0), name);
    reply_free(&reply);
    return true;
}
