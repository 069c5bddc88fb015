/*
 * deliver: gives the URL that was chosen, the direct URL and the CA to the sinks of the settings.
 */
#ifndef MANAGED_DB_FLOW_DELIVER_H
#define MANAGED_DB_FLOW_DELIVER_H

#include "flow/state.h"

/*
 * Does nothing where there is no sink. A read_connection() has gone before (flow.h), and the files
 * are written. *is_handed_over: a sink has seen to it that the application has the URL
 * (sinks/sink.h). The direct URL is only given where --direct-file asks for one. Fails as the sinks
 * do.
 */
bool deliver(struct flow *flow, bool *is_handed_over, struct error *error);

#endif
