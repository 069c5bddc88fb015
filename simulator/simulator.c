/*
 * A doctl that needs no account: it answers as DigitalOcean's CLI does, from a folder of its own.
 * README.md says how it is set up. This file has main(): one call from the first byte to the last.
 */
#include <stdio.h>
#include <string.h>

#include "calllog.h"
#include "cmdline.h"
#include "sim.h"
#include "spoil.h"
#include "system.h"

/* In the order of time; the last one is the default. */
static const struct {
    const char *name;
    unsigned personality;
} personalities[] = {
    {"plan", ON_PLAN},
    {"1.94", ON_94},
    {"1.123", ON_123},
    {"1.166", ON_166},
};

enum { PERSONALITIES = sizeof(personalities) / sizeof(personalities[0]) };

static int out_of_order(const char *message)
{
    fprintf(stderr, "doctl simulator: %s\n", message);
    return EXIT_SIMULATOR;
}

/* --- who is imitated, and for whom ----------------------------------------------- */

static bool find_personality(struct call *call)
{
    const char *name = call->environment->personality;
    if (!name)
        name = personalities[PERSONALITIES - 1].name;
    for (size_t i = 0; i < PERSONALITIES; i++) {
        if (strcmp(personalities[i].name, name) == 0) {
            call->personality = personalities[i].personality;
            return true;
        }
    }
    buffer_add_format(&call->storage->problem,
                      "no such personality: %s (one of plan, 1.94, 1.123, 1.166)", name);
    return false;
}

/* Whether the file `auth` has the context on a line of its own. */
static bool context_has_token(struct call *call, const char *context)
{
    const char *rest = call->environment->no_token ? NULL : storage_file(call->storage, "auth");
    while (rest && *rest) {
        size_t length = strcspn(rest, "\r\n");
        if (strlen(context) == length && strncmp(rest, context, length) == 0)
            return true;
        rest += length;
        rest += strspn(rest, "\r\n");
    }
    return false;
}

static const char *context_of(const struct call *call)
{
    const char *context = call_option(call, "context");
    if (*context)
        return context;
    return call->environment->context ? call->environment->context : "default";
}

static bool check_token(struct call *call)
{
    const char *context = context_of(call);
    bool token_given = call->environment->token || *call_option(call, "access-token");
    if ((strcmp(context, "default") == 0 && token_given) || context_has_token(call, context))
        return true;
    return call_error(call, "Unable to initialize DigitalOcean API client: access token is "
                            "required. (hint: run 'doctl auth init')");
}

/* Where errors say the API is. */
static const char *api_url(struct call *call)
{
    const char *url = call_option(call, "api-url");
    if (!*url)
        url = call->environment->api ? call->environment->api : "https://api.digitalocean.com";
    size_t length = strlen(url);
    while (length > 0 && url[length - 1] == '/')
        length--;
    return arena_slice(call->arena, url, length);
}

static bool wants_json(const struct call *call)
{
    const char *output = call->environment->output;
    if (!output || call_has(call, "output"))
        output = call_option(call, "output");
    return strcmp(output, "json") == 0;
}

/* --- one call ---------------------------------------------------------------------- */

/* Releases after 1.94 send a request again whose answer did not come. */
static bool sends_again(const struct call *call, struct fault fault)
{
    return fault.kind == FAULT_LOST && call->environment->retries > 0 &&
           call->personality & (ON_123 | ON_166);
}

/* The first answer is dropped, the second one is printed. */
static bool send_again(struct call *call, struct fault *fault)
{
    fault->kind = FAULT_NONE;
    call->answer.out.length = call->answer.err.length = call->answer.progress = 0;
    call->answer.status = 0;
    return call->command->run(call) || call->answer.status != 0;
}

/* Carries the command out. The account is held before and after, but not while this waits. False:
 * the storage is broken. */
static bool carry_out(struct call *call, struct fault *fault)
{
    call->faults = call->environment->faults ? call->environment->faults : "";
    if (!faults_check(call->faults, &call->storage->problem))
        return false;
    *fault = faults_find(call, call->command->words);
    if (fault->kind != FAULT_NONE || call->environment->latency_ms > 0) {
        if (!storage_end(call->storage))
            return false;
        system_sleep(call->environment->latency_ms);
        if (spoil_before(call, *fault))
            return true;
        if (!storage_begin(call->storage))
            return false;
    }
    bool ran = call->command->run(call) || call->answer.status != 0;
    return ran && sends_again(call, *fault) ? send_again(call, fault) : ran;
}

/* False: the simulator is out of order. */
static bool answer(struct call *call, int argc, char **argv, struct fault *fault)
{
    if (!find_personality(call))
        return false;
    if (!cmdline_parse(call, argc, argv))
        return true;
    call->json = wants_json(call);
    call->api = api_url(call);
    if ((!call->command->offline && !check_token(call)) || !cmdline_check(call))
        return true;
    return carry_out(call, fault);
}

static bool is_sim(int argc, char **argv)
{
    return argc > 1 && strcmp(argv[1], "sim") == 0;
}

static int run(struct call *call, int argc, char **argv)
{
    const struct environment *environment = call->environment;
    struct storage *storage = call->storage;
    struct fault fault = {FAULT_NONE, 0};
    if (!storage_open(storage, call->arena, environment->folder, !environment->no_token) ||
        !storage_begin(storage))
        return out_of_order(buffer_text(&storage->problem));
    if (is_sim(argc, argv))
        sim_run(call, argc - 2, argv + 2);
    else if (!answer(call, argc, argv, &fault))
        return out_of_order(buffer_text(&storage->problem));
    if (!storage_end(storage))
        return out_of_order(buffer_text(&storage->problem));
    if (!spoil_print(call, fault))
        return out_of_order("cannot write the answer");
    return call->answer.status;
}

int main(int argc, char **argv)
{
    struct environment environment = environment_read();
    if (!environment.folder)
        return out_of_order("DOCTL_SIM_STATE must name the folder that holds its state");
    struct arena arena = {NULL};
    struct storage storage = {.folder_fd = -1, .lock_fd = -1};
    struct call call = {.arena = &arena,
                        .environment = &environment,
                        .storage = &storage,
                        .rows = &storage.rows,
                        .invention = {&arena, &storage.rows, environment.seed},
                        .answer = {.out = {.arena = &arena}, .err = {.arena = &arena}}};
    int status;
    if (environment.log && !is_sim(argc, argv) &&
        !calllog_append(&arena, environment.log, argc, argv))
        status = out_of_order("cannot write to the file that DOCTL_SIM_LOG names");
    else
        status = run(&call, argc, argv);
    storage_close(&storage);
    arena_free(&arena);
    return status;
}
