/* forms: a second opinion, without regular expressions, on the forms of settings. */
#ifndef MANAGED_DB_FUZZ_FORMS_H
#define MANAGED_DB_FUZZ_FORMS_H

#include "settings/settings.h"

/* Whether a value that is not empty is of the form of a setting (settings.c). */
bool has_form(enum setting setting, const char *value);

/* Whether a text is a rule of --trust. */
bool is_rule(const char *text);

/* Sees that all values have their forms and a source, and all rules theirs. */
void check_settings(const struct settings *settings);

#endif
