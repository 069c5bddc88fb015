/*
 * certificate: the certificate authority of the imitated project: one fixed, self-signed
 * root whose key was never kept, so nothing can be signed with it.
 */
#ifndef SIMULATOR_CERTIFICATE_H
#define SIMULATOR_CERTIFICATE_H

#include "call.h"

/* PEM text, its last line ended by a newline. */
extern const char certificate_pem[];

/* The same, or what is in the file DOCTL_SIM_CA. */
const char *certificate_of(struct call *call);

#endif
