/*
 * certificate: the certificate authority of the imitated project: one fixed, self-signed
 * root whose key was never kept, so nothing can be signed with it.
 */
#ifndef SIMULATOR_CERTIFICATE_H
#define SIMULATOR_CERTIFICATE_H

/* PEM text, its last line ended by a newline. */
extern const char certificate_pem[];

#endif
