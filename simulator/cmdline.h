/*
 * cmdline: reads a command line as doctl's own parser does.
 *
 * Calling sequence: cmdline_parse(); if it is true, cmdline_check() once it is known that there is
 * a token. Each returns false when the call ends there: its answer is then complete, whether it is
 * a help page or an error. Neither asks the API.
 */
#ifndef SIMULATOR_CMDLINE_H
#define SIMULATOR_CMDLINE_H

#include "call.h"

/* Finds the command, and reads its flags and arguments into the call. */
bool cmdline_parse(struct call *call, int argc, char **argv);
/* What doctl checks before it asks the API: arguments and flags that must be there, --force. */
bool cmdline_check(struct call *call);

#endif
