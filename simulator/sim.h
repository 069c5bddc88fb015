/*
 * sim: `doctl sim ...` sets the stage for tests, and shows what the account holds. It is no command
 * of doctl: nothing is checked as the service would, and no fault is met.
 */
#ifndef SIMULATOR_SIM_H
#define SIMULATOR_SIM_H

#include "call.h"

/* Runs with the account held; the arguments are those after `sim`. The answer is in the call. */
void sim_run(struct call *call, int argc, char **argv);

#endif
