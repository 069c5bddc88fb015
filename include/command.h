/*
 * command: one function for each command: it runs the plan's function and gives the answer for
 * stdout. The answer's parts are the caller's to free, with mem_free_secret().
 */
#ifndef MANAGED_DB_COMMAND_H
#define MANAGED_DB_COMMAND_H

#include "cli.h"

bool command_check(struct flow *flow, struct answer *answer, struct error *error);
bool command_create(struct flow *flow, struct answer *answer, struct error *error);
bool command_pool(struct flow *flow, struct answer *answer, struct error *error);
bool command_ca(struct flow *flow, struct answer *answer, struct error *error);
bool command_url(struct flow *flow, struct answer *answer, struct error *error);
bool command_save(struct flow *flow, struct answer *answer, struct error *error);
bool command_trust(struct flow *flow, struct answer *answer, struct error *error);
bool command_info(struct flow *flow, struct answer *answer, struct error *error);
bool command_vpc(struct flow *flow, struct answer *answer, struct error *error);
bool command_auth(struct flow *flow, struct answer *answer, struct error *error);
bool command_setup(struct flow *flow, struct answer *answer, struct error *error);
bool command_setup_function(struct flow *flow, struct answer *answer, struct error *error);

/*
 * Runs the command of an invocation whose settings are loaded, and prints its answer. `program` is
 * argv[0]: the simulator is looked for beside it. A write to stdout that fails is ERROR_LOCAL.
 */
bool command_run(struct invocation *invocation, const char *program, const struct console *console,
                 struct error *error);

#endif
