/*
 * pem: whether a text is a CA certificate. Pure.
 */
#ifndef MANAGED_DB_BASE_PEM_H
#define MANAGED_DB_BASE_PEM_H

#include "base/bytes.h"
#include "base/error.h"

#define PEM_MOST_BYTES ((size_t)64 << 10)

/*
 * Checks that a text of at most PEM_MOST_BYTES has one or more whole "CERTIFICATE" blocks (RFC 7468,
 * section 5) whose base64 decodes to one DER SEQUENCE of just that length (X.690, section 8.1). They
 * are added to `blocks`, where wanted, each with a newline at its end, without what stands around
 * them.
 * Fails with ERROR_UNREADABLE; pem_is_cut() tells whether a block has no end.
 */
bool pem_check(const char *text, size_t length, struct buffer *blocks, struct error *error);
bool pem_is_cut(const char *text, size_t length);

#endif
