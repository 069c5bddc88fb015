/*
 * catalog: the table of doctl's commands and flags: which release knows which, what it sends, and
 * the function that carries it out.
 */
#ifndef SIMULATOR_CATALOG_H
#define SIMULATOR_CATALOG_H

#include "grammar.h"

extern const struct command commands[];
extern const size_t command_count;

/* Whether the command's words are those of `parent` (NULL: doctl itself) and one more. */
bool commands_is_below(const struct command *command, const struct command *parent);
const char *commands_last_word(const struct command *command);

/* The flags of every command. */
extern const struct flag global_flags[];
extern const size_t global_flag_count;

#endif
