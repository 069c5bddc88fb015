/*
 * completion: what a shell may offer for the word at the cursor, from the tables of commands and
 * options. The shells' own part is in completions/; `managed-db completion SHELL` prints it.
 */
#ifndef MANAGED_DB_CLI_COMPLETION_H
#define MANAGED_DB_CLI_COMPLETION_H

#include "base/error.h"

/*
 * Prints on stdout what fits the last of the words, which stand behind "managed-db" on the line.
 * The first line is "words", "files" or "folders"; below "words" each line is a word, a tab and
 * what it means. bash parts words at "=": the value then stands alone. Sizes, regions, versions
 * and images are asked of doctl, as the options on the line say. Fails where stdout cannot be
 * written to, and as doctl does.
 */
bool completion_print(int count, char **words, const char *program, struct error *error);

#endif
