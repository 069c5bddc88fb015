/*
 * A doctl that needs no account: it answers as DigitalOcean's CLI does, from a
 * folder of its own. README.md says how it is set up.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "call.h"
#include "command.h"
#include "fault.h"
#include "sim.h"

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

/* Says that the simulator is of no use now. */
static int out_of_order(const char *message)
{
    fprintf(stderr, "doctl simulator: %s\n", message);
    return EXIT_SIMULATOR;
}

static const char *variable(const char *name)
{
    const char *value = getenv(name);

    return value == NULL || *value == '\0' ? NULL : value;
}

static long variable_number(const char *name, long otherwise)
{
    const char *value = variable(name);
    long number;

    return value != NULL && number_read(value, &number) ? number : otherwise;
}

static bool variable_truth(const char *name)
{
    const char *value = variable(name);

    return value != NULL && strcmp(value, "0") != 0;
}

static struct settings settings_read(void)
{
    return (struct settings){
        .folder = variable("DOCTL_SIM_STATE"),
        .personality = variable("DOCTL_SIM_PERSONALITY"),
        .log = variable("DOCTL_SIM_LOG"),
        .fault =
            getenv("DOCTL_SIM_FAULT"), /* set and empty: no fault, whatever the state folder says */
        .password = variable("DOCTL_SIM_PASSWORD"),
        .seed = variable("DOCTL_SIM_SEED"),
        .token = variable("DIGITALOCEAN_ACCESS_TOKEN"),
        .context = variable("DIGITALOCEAN_CONTEXT"),
        .output = variable("DIGITALOCEAN_OUTPUT"),
        .api = variable("DIGITALOCEAN_API_URL"),
        .latency = variable_number("DOCTL_SIM_LATENCY_MS", 0),
        .polls = variable_number("DOCTL_SIM_POLLS", 2),
        .droplet_polls = variable_number("DOCTL_SIM_DROPLET_POLLS", 0),
        .member_polls = variable_number("DOCTL_SIM_MEMBER_POLLS", 1),
        .wait = variable_number("DOCTL_SIM_WAIT_MS", 20),
        .race = variable_number("DOCTL_SIM_RACE_MS", 0),
        .blank_credentials = variable_truth("DOCTL_SIM_BLANK_CREDENTIALS"),
        .early_credentials = variable_truth("DOCTL_SIM_EARLY_CREDENTIALS"),
        .no_token = variable_truth("DOCTL_SIM_NO_TOKEN"),
    };
}

static bool needs_quotes(const char *argument)
{
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-";

    return *argument == '\0' || strspn(argument, plain) != strlen(argument);
}

/* One line, whatever the argument holds, that a shell reads as the argument again. */
static void quote(struct text *line, const char *argument)
{
    bool control = false;

    for (const char *byte = argument; *byte != '\0'; byte++)
        control = control || (unsigned char)*byte < 0x20 || *byte == 0x7f;
    if (!needs_quotes(argument)) {
        text_add(line, argument);
        return;
    }
    text_add(line, control ? "$'" : "'");
    for (; *argument != '\0'; argument++) {
        if ((unsigned char)*argument < 0x20 || *argument == 0x7f)
            text_format(line, "\\%03o", (unsigned)(unsigned char)*argument);
        else if (*argument == '\'')
            text_add(line, control ? "\\'" : "'\\''");
        else if (*argument == '\\' && control)
            text_add(line, "\\\\");
        else
            text_byte(line, *argument);
    }
    text_byte(line, '\'');
}

static bool log_call(struct arena *arena, const char *path, int argc, char **argv)
{
    struct text line = {.arena = arena};
    int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    bool written;

    if (fd < 0)
        return false;
    for (int i = 1; i < argc; i++) {
        text_add(&line, i == 1 ? "" : " ");
        quote(&line, argv[i]);
    }
    text_byte(&line, '\n');
    written = write(fd, line.data, line.length) == (ssize_t)line.length;
    return close(fd) == 0 && written;
}

static bool personality_find(struct call *call)
{
    const char *name = call->settings->personality;

    if (name == NULL)
        name = state_file(call->state, "personality");
    if (name == NULL || *name == '\0')
        name = personalities[sizeof(personalities) / sizeof(personalities[0]) - 1].name;
    for (size_t i = 0; i < sizeof(personalities) / sizeof(personalities[0]); i++) {
        if (strcmp(personalities[i].name, name) == 0) {
            call->personality = personalities[i].personality;
            return true;
        }
    }
    text_format(&call->state->problem, "no such personality: %s (one of plan, 1.94, 1.123, 1.166)",
                name);
    return false;
}

/* The file `auth` names the contexts that have a token, one a line. */
static bool context_has_token(struct call *call, const char *context)
{
    const char *rest = call->settings->no_token ? NULL : state_file(call->state, "auth");

    if (rest != NULL && *rest == '\0')
        return strcmp(context, "default") == 0;
    while (rest != NULL && *rest != '\0') {
        size_t length = strcspn(rest, "\r\n");

        if (strlen(context) == length && strncmp(rest, context, length) == 0)
            return true;
        rest += length;
        rest += strspn(rest, "\r\n");
    }
    return false;
}

static bool token_check(struct call *call)
{
    const char *context = call_option(call, "context");

    if (*context == '\0')
        context = call->settings->context != NULL ? call->settings->context : "default";
    if (strcmp(context, "default") == 0 &&
        (call->settings->token != NULL || *call_option(call, "access-token") != '\0'))
        return true;
    return context_has_token(call, context) ||
           call_error(call, "Unable to initialize DigitalOcean API client: access token is "
                            "required. (hint: run 'doctl auth init')");
}

/* Where errors say the API is. */
static const char *api_url(struct call *call)
{
    const char *url = call_option(call, "api-url");
    size_t length;

    if (*url == '\0')
        url = call->settings->api != NULL ? call->settings->api : "https://api.digitalocean.com";
    for (length = strlen(url); length > 0 && url[length - 1] == '/';)
        length--;
    return arena_slice(call->arena, url, length);
}

static void sleep_ms(long milliseconds)
{
    struct timespec rest = {milliseconds / 1000, milliseconds % 1000 * 1000000};

    while (milliseconds > 0 && nanosleep(&rest, &rest) != 0 && errno == EINTR)
        continue;
}

/* The faults in force; NULL when the list cannot be read. */
static const char *faults_in_force(struct call *call)
{
    const char *list = call->settings->fault;

    if (list == NULL)
        list = state_file(call->state, "faults");
    if (list == NULL)
        list = "";
    return fault_list_ok(list, &call->state->problem) ? list : NULL;
}

/*
 * A command line that is in order: asks the imitated API. The state is held
 * before and after, but not while this waits. False: the state is broken.
 */
static bool ask(struct call *call, struct fault *fault)
{
    call->faults = faults_in_force(call);
    if (call->faults == NULL)
        return false;
    *fault = fault_find(call, call->command->words);
    if (fault->kind != FAULT_NONE || call->settings->latency > 0) {
        if (!state_end(call->state))
            return false;
        sleep_ms(call->settings->latency);
        if (fault_before(call, *fault))
            return true;
        if (!state_begin(call->state))
            return false;
    }
    return call->command->run(call) || call->answer.status != 0;
}

/* With the state held. False: the simulator is out of order. */
static bool answer(struct call *call, int argc, char **argv, struct fault *fault)
{
    const char *output;

    if (!personality_find(call))
        return false;
    if (!command_parse(call, argc, argv))
        return true;
    output = call_option(call, "output");
    if (call->settings->output != NULL && !call_given(call, "output"))
        output = call->settings->output;
    call->json = strcmp(output, "json") == 0;
    call->api = api_url(call);
    if ((!call->command->offline && !token_check(call)) || !command_check(call))
        return true;
    return ask(call, fault);
}

static int run(struct call *call, int argc, char **argv)
{
    const struct settings *settings = call->settings;
    struct state *state = call->state;
    struct fault fault = {FAULT_NONE, 0};

    if (!state_open(state, call->arena, settings->folder, !settings->no_token) ||
        !state_begin(state))
        return out_of_order(text_string(&state->problem));
    if (argc > 1 && strcmp(argv[1], "sim") == 0)
        sim_run(call, argc - 2, argv + 2);
    else if (!answer(call, argc, argv, &fault))
        return out_of_order(text_string(&state->problem));
    if (!state_end(state))
        return out_of_order(text_string(&state->problem));
    if (!fault_print(call, fault))
        return out_of_order("cannot write the answer");
    return call->answer.status;
}

int main(int argc, char **argv)
{
    struct arena arena = {NULL};
    struct settings settings = settings_read();
    struct state state = {.folder_fd = -1, .lock_fd = -1};
    struct call call = {.arena = &arena,
                        .settings = &settings,
                        .state = &state,
                        .answer = {.out = {.arena = &arena}, .err = {.arena = &arena}}};
    bool hidden = argc > 1 && strcmp(argv[1], "sim") == 0;
    int status;

    if (settings.folder == NULL)
        return out_of_order("DOCTL_SIM_STATE must name the folder that holds its state");
    if (!hidden && settings.log != NULL && !log_call(&arena, settings.log, argc, argv))
        status = out_of_order("cannot write to the file that DOCTL_SIM_LOG names");
    else
        status = run(&call, argc, argv);
    state_close(&state);
    arena_free(&arena);
    return status;
}
