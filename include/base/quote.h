/*
 * quote: making somebody else's text fit to be shown or read. Pure; results are the caller's to
 * free.
 */
#ifndef MANAGED_DB_BASE_QUOTE_H
#define MANAGED_DB_BASE_QUOTE_H

#include <stddef.h>

#include "base/bytes.h"

/*
 * A line for a message: control characters and terminal escapes out, what may be a secret masked
 * (credentials of a URI, values named password or token, DigitalOcean's own forms), cut to 300
 * bytes.
 */
char *quote_for_message(const char *text, size_t length);

/* The same, appended to a buffer that is to hold `limit` bytes at most. */
void quote_add_shown(struct buffer *buffer, const char *text, size_t length, size_t limit);

/*
 * Appends a text without its control characters, terminal escapes and bytes that are not UTF-8;
 * line ends and tabs become blanks. Stops before the buffer holds more than `limit` bytes.
 */
void quote_add_clean(struct buffer *buffer, const char *text, size_t length, size_t limit);

/* The length of the UTF-8 sequence at `bytes`, 0 where there is none (RFC 3629, section 4). */
size_t quote_utf8_length(const char *bytes, size_t length);

/* Appends a value as a JSON string, quotes and all; bytes that are not UTF-8 become U+FFFD. */
void quote_add_json(struct buffer *buffer, const char *text, size_t length);

/* Appends a value as one word of a POSIX shell. */
void quote_add_shell(struct buffer *buffer, const char *text);

/* A value in YAML: plain where that is the same text for every reader, else in double quotes. */
void quote_add_yaml(struct buffer *buffer, const char *text);

/* A command line, NULL-terminated, as a shell takes it: quoted where it has to be. */
void quote_add_command(struct buffer *buffer, char *const *argv);

/* Appends the line NAME='VALUE', as a shell reads it. */
void quote_add_assignment(struct buffer *buffer, const char *name, const char *value);

#endif
