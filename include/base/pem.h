/*
 * pem: whether a text is a CA certificate. Pure.
 */
#ifndef MANAGED_DB_BASE_PEM_H
#define MANAGED_DB_BASE_PEM_H

#include "base/error.h"

/*
 * Checks that a text is made of one or more whole "CERTIFICATE" blocks (RFC 7468, section 5) whose
 * base64 decodes to one DER SEQUENCE of just that length (X.690, section 8.1). Text between the
 * blocks is allowed. *end, where wanted, is the offset after the last line of the last block. Fails
 * with ERROR_UNREADABLE.
 */
bool pem_check(const char *text, size_t length, size_t *end, struct error *error);

#endif
