/*
 * reply: what doctl printed, read as the shape that the words asked for (dialect.h).
 */
#ifndef MANAGED_DB_DOCTL_REPLY_H
#define MANAGED_DB_DOCTL_REPLY_H

#include "base/error.h"
#include "base/process.h"
#include "doctl/dialect.h"
#include "doctl/table.h"
#include "yaml/tree.h"

struct reply {
    struct process_result result;
    struct table table; /* of SHAPE_ROWS, SHAPE_TABLE and SHAPE_ID (the ID in the first cell) */
    char *certificate;  /* of SHAPE_PEM and SHAPE_FILE, not checked */
    struct tree *json;  /* of SHAPE_JSON: owns `object` */
    struct node *object;
};

/*
 * Reads the output of a run that succeeded: reply->result is filled in, the rest is made from it.
 * `scratch` is the file of SHAPE_FILE; it is removed. Fails with ERROR_UNREADABLE or ERROR_BLANK
 * where doctl did not print what was asked for, with ERROR_UNSUPPORTED where it wrote no file, and
 * with ERROR_LOCAL.
 */
bool reply_read(const struct call *call, const struct wording *wording, const char *doing,
                const char *scratch, struct reply *reply, struct error *error);

/* Wipes and frees all that a reply holds. */
/* What doctl printed, fit to be shown: cleaned, and 64 KiB at most. The caller frees it. */
char *reply_shown(const struct reply *reply);

void reply_free(struct reply *reply);

/* Whether a text can go back to doctl as an ID. */
bool reply_is_id(const char *text);

#endif
