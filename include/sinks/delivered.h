/*
 * delivered: what a sink was given last, by its digest, for the kinds that cannot tell it
 * themselves. The file stands beside the secret file, as SECRET_FILE.delivered: "DIGEST SINK" a
 * line, 0600.
 */
#ifndef MANAGED_DB_SINKS_DELIVERED_H
#define MANAGED_DB_SINKS_DELIVERED_H

#include "sinks/sink.h"

/* Whether the sink (KIND:WHERE) has these secrets. Fails with ERROR_LOCAL. */
bool delivered_has(const struct sink_run *run, const char *kind, const char *where,
                   const struct secrets *secrets, bool *has, struct error *error);

/* Notes that it has them. */
bool delivered_note(const struct sink_run *run, const char *kind, const char *where,
                    const struct secrets *secrets, struct error *error);

#endif
