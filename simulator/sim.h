/* `doctl sim ...`: sets the stage for tests, and shows it. Not a command of doctl. */
#ifndef SIMULATOR_SIM_H
#define SIMULATOR_SIM_H

#include "call.h"

/* With the state held; the arguments after `sim`. The answer is in the call. */
void sim_run(struct call *call, int argc, char **argv);

#endif
