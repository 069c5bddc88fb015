/*
 * tool: runs the programs that sinks need: docker, kubectl, systemd-creds, somebody's own.
 */
#ifndef MANAGED_DB_SINKS_TOOL_H
#define MANAGED_DB_SINKS_TOOL_H

#include "base/bytes.h"
#include "sinks/sink.h"

/*
 * Runs a program to its end: words with blanks between them ("docker secret rm"), behind which `more`
 * stand as they are (NULL last; NULL: none), with `input` as its standard input (NULL: nothing).
 * Gives what it printed, which the caller frees. Where it fails, ERROR_CONFLICT has the line of its
 * error.
 */
bool tool_run(const struct sink_run *run, const char *words, const char *const *more,
              const char *input, struct buffer *out, struct error *error);

#endif
