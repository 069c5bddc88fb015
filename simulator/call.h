/*
 * call: one call of the imitated doctl: what was asked, and the answer to it. The answer is put
 * together in memory, so that a fault can still spoil it before it is printed.
 *
 * Calling sequence: main fills in the environment, the storage and the arena; the command line is
 * read into the rest (cmdline.h); the command's function runs and puts its answer into the call
 * with the functions here and columns_print(). Everything belongs to the arena.
 *
 * A function that gives an error for an answer returns false, so that a command can end with
 * `return call_error(...);`.
 */
#ifndef SIMULATOR_CALL_H
#define SIMULATOR_CALL_H

#include <stdbool.h>
#include <stddef.h>

#include "buffer.h"
#include "environment.h"
#include "grammar.h"
#include "invent.h"
#include "storage.h"

/* The simulator itself is out of order, or was asked for what it does not imitate. */
enum { EXIT_SIMULATOR = 70 };

struct option {
    const struct flag *flag;
    const char *value; /* NULL: not given */
};

/* What the API has against a request. */
struct refusal {
    int status;
    const char *text; /* NULL: nothing */
};

struct answer {
    struct buffer out, err;
    size_t progress; /* bytes of err that stay when the call ends with an error */
    int status;
};

struct call {
    struct arena *arena;
    const struct environment *environment;
    struct storage *storage;
    struct rows *rows; /* those of the storage */
    struct invention invention;
    unsigned personality; /* one of ON_... */
    const struct command *command;
    const char **arguments;
    size_t argument_count;
    struct option *options;
    size_t option_count;
    const char *api;    /* where the API is, without a slash at the end */
    bool json;          /* errors go to stdout as JSON */
    const char *faults; /* the list in force */
    const char *step;   /* what doctl puts before an error of the present request, or NULL */
    struct answer answer;
};

/* A flag's value; when it was not given its default, and "" when it has none. */
const char *call_option(const struct call *call, const char *name);
bool call_is_on(const struct call *call, const char *name);
bool call_has(const struct call *call, const char *name);
/* The pieces of a list flag between commas, empty ones left out; gives how many. */
size_t call_list(const struct call *call, const char *name, const char ***pieces);

/* The requests that the command sends first and last. */
const struct request *call_first(const struct call *call);
const struct request *call_last(const struct call *call);
/* A path, or other words of the command's entry, with the arguments filled in. */
const char *call_words(const struct call *call, const char *words);

/* The answer is this error, and nothing else but the progress shown before. */
bool call_error(struct call *call, const char *format, ...) PRINTF_LIKE(2, 3);
/* The API refuses the command's last request. */
bool call_refuse(struct call *call, int status, const char *text);
bool call_refuse_request(struct call *call, const struct request *request, int status,
                         const char *text);
/* No answer came over the network. */
bool call_unreachable(struct call *call, const struct request *request, const char *reason);
/* The simulator does not do this. */
bool call_not_imitated(struct call *call, const char *what);
/* Adds a string as JSON has it. */
void call_add_json(struct buffer *text, const char *string);
/* Adds `Notice: TEXT` to stderr. */
void call_notice(struct call *call, const char *text);

#endif
