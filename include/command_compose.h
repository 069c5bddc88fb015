/*
 * command_compose: the commands that read Compose files, and --compose. None of them needs doctl;
 * the answer's parts are the caller's to free, as command.h has it.
 */
#ifndef MANAGED_DB_COMMAND_COMPOSE_H
#define MANAGED_DB_COMMAND_COMPOSE_H

#include "cli.h"

bool command_compose_check(struct flow *flow, struct answer *answer, struct error *error);
bool command_compose_profiles(struct flow *flow, struct answer *answer, struct error *error);
bool command_compose_services(struct flow *flow, struct answer *answer, struct error *error);
bool command_compose_secret(struct flow *flow, struct answer *answer, struct error *error);

/*
 * --compose: makes the file that the backend reads the managed database's URL from the file of the
 * secret. Does nothing where no Compose file was named. Fails with ERROR_USAGE, and as input_read()
 * does.
 */
bool command_take_compose(struct settings *settings, struct error *error);

#endif
