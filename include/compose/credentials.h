/*
 * credentials: passwords that stand in a Compose file in plain text. Pure.
 *
 * A value counts as it is written: what a variable stands for is not in the file, its default is.
 */
#ifndef MANAGED_DB_COMPOSE_CREDENTIALS_H
#define MANAGED_DB_COMPOSE_CREDENTIALS_H

#include "compose/finding.h"

/* Rule "plain-credentials", for all of a file: its root. */
void check_credentials(struct findings *findings, const struct node *root);

#endif
