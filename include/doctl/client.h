/*
 * client: the doctl of a run: which program it is, in which environment and with which deadlines it
 * is started, and what is known about it so far.
 *
 * Calling sequence:
 *     doctl = doctl_new(&options, &error);
 *     doctl_hold(doctl, lock_file);          once there is a lock
 *     …                                      the questions of doctl.h and compute.h
 *     doctl_free(doctl);                     ends what is still running
 *
 * The fields of struct doctl are for the rooms of this folder.
 */
#ifndef MANAGED_DB_DOCTL_CLIENT_H
#define MANAGED_DB_DOCTL_CLIENT_H

#include "base/process.h"
#include "doctl/dialect.h"

enum dialect { DIALECT_AUTO, DIALECT_PLAN, DIALECT_SHIPPED };

struct doctl_options {
    const char *program; /* a name to be found on PATH, or a path */
    enum dialect dialect;
    const char *token;     /* of DO_API_TOKEN, or NULL */
    const char *context;   /* of --context, or NULL */
    const char *simulator; /* state folder of the simulator, or NULL */
    size_t jobs;           /* doctl processes at a time */
    int timeout_ms;        /* one call */
    int wait_timeout_ms;   /* one call that waits for a cluster */
    int retry_ms;          /* before a read is retried; 0: never */
    /* Called for every call, and for every pause before a read is retried; may be NULL. */
    void (*on_call)(const void *observer, char *const *argv);
    void (*on_retry)(const void *observer, const struct error *error, int pause_ms);
    const void *observer;
    /*
     * Where it is there, no change is made: it is called with the command instead, and the ID of
     * what would be made begins with "NEW-". A question about such a thing has an empty answer.
     */
    void (*on_change)(void *changes, char *const *argv);
    void *changes;
};

/* What is known of a doctl (released.h). */
struct release {
    bool refused_words;    /* as only a released doctl does */
    bool knows_shipped;    /* the shipped words were answered after the plan's were not known */
    bool was_asked;        /* whether it is a released one */
    bool is_tidy;          /* prints tables as a released doctl does */
    struct process *probe; /* started, its answer not looked at */
};

/* A question that was started before its turn; it is found again by its argv. */
struct prefetched {
    struct prefetched *next;
    char **argv;
    struct process *process;
};

struct doctl {
    struct doctl_options options;
    char *path;
    char **environment;
    char **own_variables; /* those of the environment that were allocated here */
    struct process_set *set;
    struct prefetched *prefetched;
    char *scratch; /* where the plan's words have doctl put the certificate */
    struct release release;
    int limit_ms; /* of doctl_limit() */
    bool held;    /* a change gets held_descriptor */
    int held_descriptor;
};

/* Finds the program and makes its environment. NULL and ERROR_NO_PROGRAM where there is none. */
struct doctl *doctl_new(const struct doctl_options *options, struct error *error);
/* Ends questions that nobody took the answer of, and frees everything. NULL is allowed. */
void doctl_free(struct doctl *doctl);
/*
 * Has every doctl that makes a change inherit a descriptor, which must stay open: a lock then
 * lasts until the last change of a killed run has ended. A later call replaces the descriptor.
 */
void doctl_hold(struct doctl *doctl, int descriptor);
/*
 * Until the next call of this function, a question takes no longer than this, all its retries
 * included; 0: as long as the options say.
 */
void doctl_limit(struct doctl *doctl, int milliseconds);
/* Sleeps. Fails with ERROR_SIGNAL. */
bool doctl_pause(struct doctl *doctl, int milliseconds, struct error *error);

/* The deadline that is in force where the options say `usual_ms`; 0: none. */
int client_timeout(const struct doctl *doctl, int usual_ms);

/* Starts doctl with an argv in one wording. A change inherits the descriptor of doctl_hold(). */
struct process *client_start(struct doctl *doctl, bool mutation, const struct wording *wording,
                             char **argv);

/*
 * The file that the plan's words have doctl write the certificate to. It is named at the first
 * call, beside the path `beside`; later calls give the same.
 */
const char *client_scratch(struct doctl *doctl, const char *beside);

#endif
