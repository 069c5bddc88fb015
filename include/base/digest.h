/*
 * digest: what a content is known by without being shown: SHA-256 (libmd; FIPS 180-4).
 */
#ifndef MANAGED_DB_BASE_DIGEST_H
#define MANAGED_DB_BASE_DIGEST_H

#include <stddef.h>

#define DIGEST_LENGTH 64

/* Writes the digest in hexadecimal digits and a NUL. */
void digest_of(const void *bytes, size_t length, char digest[DIGEST_LENGTH + 1]);

#endif
