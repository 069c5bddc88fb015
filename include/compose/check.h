/*
 * check: what is wrong in a Compose project: what Compose itself refuses, and what it takes and
 * should not be so.
 *
 * The project is looked at as Compose resolved it for the variables of the moment. Where this
 * project's overlay is among the files, it is resolved once more with both switches turned, so that
 * a fault that only another mode has is found as well; files of secrets are looked at for the
 * moment's mode alone. What stands in plain text is looked for in the files as they are written.
 *
 * The rules, by the names that --output json gives them, are listed in docs/COMPOSE.md.
 */
#ifndef MANAGED_DB_COMPOSE_CHECK_H
#define MANAGED_DB_COMPOSE_CHECK_H

#include "compose/finding.h"
#include "compose/project.h"
#include "compose/written.h"

/* A project in one mode: as it was resolved, or Compose's reason not to. */
struct resolved {
    struct compose compose;
    const char *refusal; /* then there is no project; or NULL */
    const char *mode;    /* that the files were not started with, for messages; "": the moment's */
};

struct check {
    const struct written *written;
    const struct resolved *resolved; /* the moment's first */
    size_t count;
    const char *use_managed_db; /* what the switch says where the overlay does not: may be "" */
    bool has_files;             /* the project's files are on this machine */
    bool may_be_elsewhere;      /* the default folder of the secrets need not be here */
};

/* Adds what is found. The caller frees the findings. */
void compose_check(const struct check *check, struct findings *findings);

#endif
