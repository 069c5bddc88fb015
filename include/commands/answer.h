/*
 * answer: the JSON object that setup, plan, create, info, verify and doctor answer with. Every key
 * is always there; what a command did not ask for, or what is not there, is null. Its form is
 * docs/answer.schema.json. And the object of an error.
 */
#ifndef MANAGED_DB_COMMANDS_ANSWER_H
#define MANAGED_DB_COMMANDS_ANSWER_H

#include "base/bytes.h"
#include "commands/checks.h"
#include "commands/command.h"
#include "flow/verify.h"

/* Whether the answer will be JSON: then it may be worth another question. */
bool answer_is_json(const struct flow *flow);

/*
 * What the run knows of the cluster, what it made and changed, and the files of the settings where
 * `has_files`. `verified` and `checks` may be NULL. The caller frees it.
 */
char *answer_json(const struct flow *flow, bool has_files, const struct verified *verified,
                  const struct checks *checks);

/* {"error": {"kind": "usage", "status": 2, "message": "…"}}. The caller frees it. */
char *answer_error(const struct error *error);

#endif
