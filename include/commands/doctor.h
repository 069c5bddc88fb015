/*
 * doctor: looks at all that a setup needs on this machine and in the account, and changes nothing.
 */
#ifndef MANAGED_DB_COMMANDS_DOCTOR_H
#define MANAGED_DB_COMMANDS_DOCTOR_H

#include "commands/command.h"

/* Also answers where doctl is missing: flow->doctl may be NULL, flow->deferred tells why. */
command_function command_doctor;

#endif
