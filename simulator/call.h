/*
 * One call of the imitated doctl: what the environment asks for, what the
 * command line says, and the answer, which is put together in memory so that
 * a fault can still spoil it before it is printed.
 */
#ifndef SIMULATOR_CALL_H
#define SIMULATOR_CALL_H

#include <stdbool.h>
#include <stddef.h>

#include "state.h"
#include "text.h"

/* The simulator itself is out of order, or was asked for what it does not imitate. */
enum { EXIT_SIMULATOR = 70 };

/* Which doctl is imitated; tables name the ones an entry belongs to. */
enum {
    ON_PLAN = 1,
    ON_94 = 2,
    ON_123 = 4,
    ON_166 = 8,
    ON_LATER = ON_123 | ON_166, /* has get-ca, connection --private, pool update */
    ON_SHIPPED = ON_94 | ON_LATER,
    ON_ALL = ON_PLAN | ON_SHIPPED
};

/* The environment. A string is NULL when its variable is unset or empty. */
struct settings {
    const char *folder, *log, *fault, *password, *seed;
    const char *personality;
    const char *token, *context, *output, *api;
    long latency, polls, droplet_polls, member_polls, wait, race; /* milliseconds, but polls */
    bool blank_credentials, early_credentials, no_token;
};

struct command;
struct flag;
struct request;

struct option {
    const struct flag *flag;
    const char *value; /* NULL: not given */
};

struct answer {
    struct text out, err;
    size_t told; /* bytes of err that stay, whatever comes of the call */
    int status;
};

struct call {
    struct arena *arena;
    const struct settings *settings;
    struct state *state;
    unsigned personality; /* one of ON_... */
    const struct command *command;
    const char **arguments;
    size_t argument_count;
    struct option *options;
    size_t option_count;
    const char *api;     /* where the API is, without a slash at the end */
    bool json;           /* errors go to stdout as JSON */
    const char *faults;  /* the list in force */
    const char *context; /* what doctl puts before the error of a request just now, or NULL */
    struct answer answer;
};

/* A flag's value, its default when it was not given, "" when it has none either. */
const char *call_option(const struct call *call, const char *name);
bool call_truth(const struct call *call, const char *name);
bool call_given(const struct call *call, const char *name);
/* The pieces of a list flag between commas, empty ones left out. */
size_t call_list(const struct call *call, const char *name, const char ***pieces);

/* The answer is this error, and nothing else but what was told before. Always false. */
bool call_error(struct call *call, const char *format, ...) FORMATS(2, 3);
/* The API's refusal of a request. Always false. */
bool call_refused(struct call *call, const struct request *request, int status, const char *text);
/* No answer came over the network. Always false. */
bool call_unreachable(struct call *call, const struct request *request, const char *why);
void call_notice(struct call *call, const char *text);
/* The simulator does not do this. Always false. */
bool call_not_imitated(struct call *call, const char *what);

#endif
