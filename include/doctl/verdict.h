/*
 * verdict: what one run of doctl said. Pure: it reads the streams and the exit status of a
 * process.
 *
 * Messages are recognised by their form (docs/DOCTL.md, "Exit status and errors"): an API
 * error, a network error or a missing token is an answer to the question; an unknown flag or
 * command or a help page means that doctl does not know the command and sent nothing.
 */
#ifndef MANAGED_DB_DOCTL_VERDICT_H
#define MANAGED_DB_DOCTL_VERDICT_H

#include "base/error.h"
#include "base/pattern.h"
#include "base/process.h"

enum verdict {
    VERDICT_ANSWERED,    /* success; what was printed has still to be read */
    VERDICT_UNSUPPORTED, /* doctl does not know the words: nothing was sent */
    VERDICT_ODD, /* failed or printed something unreadable, as no released doctl is known to */
    VERDICT_FAILED /* the question failed (API, network, token, deadline): other words would not help */
};

/*
 * Judges a run. `doing` tells what was asked, as in "list the database clusters", for messages. On
 * any verdict but VERDICT_ANSWERED the error is set as it has to be shown if nothing else can be
 * tried: ERROR_API (number: the HTTP status; its text and request ID are in the message),
 * ERROR_AUTH, ERROR_NETWORK, ERROR_DEADLINE, ERROR_UNSUPPORTED or ERROR_UNREADABLE.
 */
enum verdict verdict_of(const struct process_result *result, const char *doing,
                        struct error *error);

/* Whether a released doctl complains that the call misses an argument: nothing was sent. */
bool verdict_misses_arguments(const struct process_result *result);

/* An API error in its parts; the spans point into the text that was read. */
struct api_error {
    int status;
    struct span method, url, request_id, text; /* request_id may be empty */
};

/* Finds an API error as doctl prints it on stderr. */
bool verdict_api_error(const char *text, size_t length, struct api_error *found);

#endif
