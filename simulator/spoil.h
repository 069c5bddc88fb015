/*
 * spoil: lets go wrong what a fault says, and prints the answer.
 *
 * Calling sequence: spoil_before(); unless it is true the command is carried out; spoil_print() in
 * any case. Without a fault (FAULT_NONE) the answer is printed as it is. Some faults do not return.
 */
#ifndef SIMULATOR_SPOIL_H
#define SIMULATOR_SPOIL_H

#include "faults.h"

/* True when the call is over without being carried out: its answer is complete. */
bool spoil_before(struct call *call, struct fault fault);
/* The same for a request of `create --wait`; true when the request has failed. */
bool spoil_look(struct call *call, struct fault fault, const struct request *request);
/* False when a stream could not be written. */
bool spoil_print(struct call *call, struct fault fault);

#endif
