/* Help pages in the shape of doctl's. */
#ifndef SIMULATOR_HELP_H
#define SIMULATOR_HELP_H

#include "call.h"

/* What the command is for, and how to use it. */
void help_page(struct call *call, struct text *out);
/* Only how to use it, as after an error. */
void help_usage(struct call *call, struct text *out);

#endif
