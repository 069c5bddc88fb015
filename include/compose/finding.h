/*
 * finding: what is wrong at a place of a file, and what to do about it. Pure.
 */
#ifndef MANAGED_DB_COMPOSE_FINDING_H
#define MANAGED_DB_COMPOSE_FINDING_H

#include "yaml/tree.h"

/* The rule of what Compose itself does not take. */
#define FINDING_REFUSED "refused"

struct finding {
    const char *rule;
    char *file;          /* where `line` is 0: the path of keys, such as services.web.ports */
    size_t line, column; /* from 1 on */
    char *text;          /* what is wrong */
    char *advice;        /* what to do */
};

struct findings {
    struct finding *list;
    size_t count;
    char *not_seen; /* a folder of secrets that could not be looked into, or NULL */
};

#define FINDINGS_INIT                                                                              \
    {                                                                                              \
        NULL, 0, NULL                                                                              \
    }

/*
 * Adds a finding at a node, unless the same is there or there are more than anybody reads. Takes
 * text and advice over.
 */
void findings_add(struct findings *findings, const struct node *at, const char *rule, char *text,
                  char *advice);

/* Whether there is a finding of this rule at the node's place. */
bool findings_has(const struct findings *findings, const struct node *at, const char *rule);

/* Sorts: what Compose refuses, then by the files of these nodes, lines and columns. */
void findings_sort(struct findings *findings, const struct node *files);

/* A line each, FILE:LINE:COLUMN: what is wrong; what to do, or KEYS: …. The caller frees it. */
char *findings_text(const struct findings *findings);
/*
 * {"findings": [{"file": …, "line": …, "column": …, "rule": …, "message": …, "advice": …}]}; where
 * the place is not known "path", the keys, instead of the first three.
 */
char *findings_json(const struct findings *findings);

void findings_free(struct findings *findings);

#endif
