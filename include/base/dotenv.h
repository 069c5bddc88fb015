/*
 * dotenv: single variables of the file .env, which Compose reads beside its first file. Pure.
 *
 * Lines are NAME=VALUE, as Compose has them: `export`, blanks around the sign, comments, values bare
 * or in quotes, which may span lines; of two lines of a name the last one counts. What Compose would
 * put into a value ($NAME) is not followed.
 */
#ifndef MANAGED_DB_BASE_DOTENV_H
#define MANAGED_DB_BASE_DOTENV_H

#include "base/bytes.h"

#define DOTENV_MAX_BYTES ((size_t)1 << 20)

/*
 * Gives the value of a variable, which the caller frees with mem_free_secret(); NULL where the file
 * has no such line. Fails with ERROR_USAGE where the value holds another variable, or where a quote
 * is not closed; the caller names the file.
 */
bool dotenv_get(const struct buffer *file, const char *name, char **value, struct error *error);

/*
 * Gives the variable this value, in single quotes: in place of its last line, or in a new line at
 * the end. Earlier lines of the name go, all other bytes stay as they are. The value has no single
 * quote. What dotenv_get() fails at has to be mended first.
 */
void dotenv_put(struct buffer *file, const char *name, const char *value);

#endif
