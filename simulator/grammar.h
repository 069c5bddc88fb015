/*
 * grammar: what a command line of doctl can say. Types only; the commands themselves are a table
 * (catalog.c), and cmdline.c reads command lines by it.
 */
#ifndef SIMULATOR_GRAMMAR_H
#define SIMULATOR_GRAMMAR_H

#include <stdbool.h>
#include <stddef.h>

struct call;

/* Which doctl is imitated, as bits: an entry of a table names all those that it belongs to. */
enum {
    ON_PLAN = 1,
    ON_94 = 2,
    ON_123 = 4,
    ON_166 = 8,
    ON_LATER = ON_123 | ON_166, /* has get-ca, connection --private, pool update */
    ON_SHIPPED = ON_94 | ON_LATER,
    ON_ALL = ON_PLAN | ON_SHIPPED
};

enum flag_kind { FLAG_TEXT, FLAG_TRUTH, FLAG_NUMBER, FLAG_LIST };

struct flag {
    const char *name;
    char letter; /* '\0': it has no short form */
    enum flag_kind kind;
    bool required;
    const char *initial; /* its value when it is not given; NULL: "" */
    unsigned where;      /* 0: everywhere */
    const char *brief;   /* NULL: no help page shows it */
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

#endif
