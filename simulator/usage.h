/* usage: help pages in the shape of doctl's. */
#ifndef SIMULATOR_USAGE_H
#define SIMULATOR_USAGE_H

#include "call.h"

/* What the call's command is for, and how to use it. */
void usage_page(struct call *call, struct buffer *out);
/* Only how to use it, as after an error. */
void usage_text(struct call *call, struct buffer *out);

#endif
