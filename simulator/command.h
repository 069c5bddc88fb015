/*
 * The command line as doctl's own parser reads it.
 *
 * The commands are a table (commands.c); command_parse() finds the one that
 * argv names, reads the flags and answers by itself whatever doctl answers
 * without asking the API: usage errors, help pages, missing arguments.
 */
#ifndef SIMULATOR_COMMAND_H
#define SIMULATOR_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "call.h"

enum flag_kind { FLAG_TEXT, FLAG_TRUTH, FLAG_NUMBER, FLAG_LIST };

struct flag {
    const char *name;
    char letter; /* '\0': it has no short form */
    enum flag_kind kind;
    bool required;
    const char *initial;
    unsigned where;    /* 0: everywhere */
    const char *brief; /* NULL: no help page shows it */
};

struct request {
    const char *method;
    const char *path; /* below /v2/; %1 and %2 stand for the arguments */
};

struct command {
    const char *words;    /* "databases pool create" */
    const char *operands; /* " <database-cluster-id> <pool-name>" */
    const char *aliases;  /* other names of the last word, separated by blanks */
    const char *brief;
    unsigned where;
    size_t least, most; /* arguments */
    const struct flag *flags;
    size_t flag_count;
    unsigned columns;               /* where --format and --no-header are flags of it */
    struct request first;           /* what is sent first */
    struct request change;          /* what changes something, where that is another one */
    struct request by_name;         /* what comes before these for an argument that is no number */
    const char *failing;            /* what stands before an error of the last request */
    const char *aborted;            /* the words of doctl when --force is missing */
    bool group;                     /* has commands below it */
    bool offline;                   /* needs no token */
    bool (*run)(struct call *call); /* NULL: not imitated, or a group */
};

/* commands.c */
extern const struct command commands[];
extern const size_t command_count;
extern const struct flag global_flags[];
extern const size_t global_flag_count;

/* Whether the call is to be carried out; if not, its answer is complete. */
bool command_parse(struct call *call, int argc, char **argv);
/* What doctl checks after it knows that there is a token and before it asks the API. */
bool command_check(struct call *call);
/* The requests that the command sends first and last. */
const struct request *command_first(const struct call *call);
const struct request *command_last(const struct call *call);
/* A path, or other words of the table, with the arguments filled in. */
const char *command_words(const struct call *call, const char *words);

#endif
