/*
 * environment: what the variables of the environment ask for.
 *
 * environment_read() is called once. The strings belong to the environment and are NULL when their
 * variable is unset or empty. A number that cannot be read counts as left out.
 */
#ifndef SIMULATOR_ENVIRONMENT_H
#define SIMULATOR_ENVIRONMENT_H

#include <stdbool.h>

struct environment {
    const char *folder, *log, *password, *seed, *personality, *faults;
    const char *host, *private_host, *ca;       /* NULL: made up */
    const char *token, *context, *output, *api; /* doctl's own */
    long retries;                               /* doctl's own too */
    long latency_ms, wait_ms, race_ms;
    long port, pool_port;
    long polls, droplet_polls, member_polls;
    bool blank_credentials, early_credentials, no_token;
};

struct environment environment_read(void);

#endif
