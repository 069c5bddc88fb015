/*
 * sink: a place that is given the URL, the direct URL and the CA certificate, and what each kind of
 * sink has in common. The table of the kinds is in sinks.c.
 *
 * Values go to another program by its standard input or in a file, never in its arguments or its
 * environment. A sink that has the values already is left alone: nothing is written, and nothing is
 * restarted.
 */
#ifndef MANAGED_DB_SINKS_SINK_H
#define MANAGED_DB_SINKS_SINK_H

#include "base/console.h"
#include "base/secretfile.h"

/* What a sink is given: the texts are borrowed, "" where there is none. */
struct secrets {
    const char *url, *direct, *ca;
};

/* How it is given; all is borrowed. */
struct sink_run {
    const struct console *console;
    int timeout_ms;    /* for one call of another program */
    bool is_rehearsal; /* nothing is written; `changed` tells what would be */
    struct secretfile_owner owner;
    char *const *variables; /* NAME=VALUE for the environment of other programs, NULL last */
    const char *record;     /* the file of delivered.h */
    const char *compose_command, *env_file; /* as compose/engine.h has them */
    char *const *compose_files;
    size_t compose_count;
};

struct sink_result {
    bool changed;
    bool handed_over; /* those that use the secret have it: they were started anew with it */
};

/*
 * Gives the secrets to the place `where` (what stands behind the kind in the setting). Fails with
 * ERROR_LOCAL, ERROR_NO_PROGRAM, ERROR_DEADLINE, and ERROR_CONFLICT with what another program said.
 */
typedef bool sink_function(const struct sink_run *run, const char *where,
                           const struct secrets *secrets, struct sink_result *result,
                           struct error *error);

sink_function sink_file, sink_variable, sink_service, sink_credential, sink_swarm, sink_kubernetes,
    sink_pipe;

#endif
