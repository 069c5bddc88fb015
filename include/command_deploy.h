/*
 * command_deploy: the commands of a deployment: the settings in force, the Droplet, and taking all
 * of it down. As in command.h: each gives the answer for stdout.
 */
#ifndef MANAGED_DB_COMMAND_DEPLOY_H
#define MANAGED_DB_COMMAND_DEPLOY_H

#include "cli.h"

bool command_settings(struct flow *flow, struct answer *answer, struct error *error);
bool command_droplet_find(struct flow *flow, struct answer *answer, struct error *error);
bool command_droplet_create(struct flow *flow, struct answer *answer, struct error *error);
bool command_droplet_wait(struct flow *flow, struct answer *answer, struct error *error);
/* Without the cluster's name it lists, with it it deletes. */
bool command_destroy(struct flow *flow, struct answer *answer, struct error *error);

#endif
