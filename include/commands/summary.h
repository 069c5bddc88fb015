/*
 * summary: the end of a setup on the screen: what there is now, what was changed, and what to do
 * next.
 */
#ifndef MANAGED_DB_COMMANDS_SUMMARY_H
#define MANAGED_DB_COMMANDS_SUMMARY_H

#include "flow/state.h"

/* Behind a setup that worked, or that --no-wait has left; a part of the story. */
void summary_tell(const struct flow *flow);

#endif
