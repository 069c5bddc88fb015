/* waiting: how `databases create --wait` waits. */
#ifndef SIMULATOR_WAITING_H
#define SIMULATOR_WAITING_H

#include "call.h"

/*
 * Looks at the cluster until it is online, and then once more. Each look is a request of its own
 * and meets the faults of `databases get`; between two looks others get at the account, so that
 * pointers to rows from before are worth nothing. NULL when the call is over: a look has failed, or
 * the storage is broken.
 */
struct cluster *waiting_until_online(struct call *call, const char *id);

#endif
