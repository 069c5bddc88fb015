/*
 * tool: runs the programs that sinks need: docker, kubectl, systemd-creds, somebody's own.
 */
#ifndef MANAGED_DB_SINKS_TOOL_H
#define MANAGED_DB_SINKS_TOOL_H

#include "base/bytes.h"
#include "sinks/sink.h"

/*
 * Runs a program to its end, with `input` as its standard input (NULL: nothing), and gives what it
 * printed, which the caller frees. Where it fails, ERROR_CONFLICT has the last line that it said.
 */
bool tool_run(const struct sink_run *run, char *const *argv, const char *input, struct buffer *out,
              struct error *error);

/* The same for words without blanks in one text, "docker secret ls"; and `last` behind them. */
bool tool_run_words(const struct sink_run *run, const char *words, const char *last,
                    const char *input, struct buffer *out, struct error *error);

#endif
