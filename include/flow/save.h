/*
 * save: the files of a run: the URL and the CA certificate, whole or not at all (secretfile.h),
 * with the owner of the settings. What is said and what counts as a change is the same for both.
 */
#ifndef MANAGED_DB_FLOW_SAVE_H
#define MANAGED_DB_FLOW_SAVE_H

#include "base/bytes.h"
#include "base/secretfile.h"
#include "doctl/conninfo.h"
#include "flow/state.h"

/* Sees that a file can be written, before anything else happens. Fails with ERROR_LOCAL. */
bool save_prepare(struct flow *flow, const char *path, struct error *error);

struct save_words {
    const char *saved, *unchanged; /* what is said, before the path */
    bool is_public;                /* readable for all: the CA certificate */
};

/* Writes a file, counts the change and says what became of it. Fails with ERROR_LOCAL. */
bool save_file(struct flow *flow, const char *path, const char *bytes, size_t length,
               const struct save_words *words, struct error *error);

/* Notes what a write of these bytes would do; NULL: they are not known yet. */
void save_rehearse(struct flow *flow, const char *path, const char *bytes, size_t length,
                   const struct secretfile_owner *owner);

/*
 * The same for the URL, with `more` behind its SSL mode (conninfo.h); one of another database that
 * stands there is kept beside it, once, as PATH.previous.
 */
bool save_url(struct flow *flow, const char *path, const struct conninfo *info, const char *more,
              const struct save_words *words, struct error *error);

/*
 * Adds the whole certificates of a text to `content`. What a hand-made doctl gives may stand for
 * one: it is taken as it is, unless it was cut off. Fails with ERROR_UNREADABLE.
 */
bool take_certificate(struct flow *flow, const char *pem, bool hand_made, struct buffer *content,
                      struct error *error);

/* Says by which variables the clients find the CA file, if it holds the cluster's. */
void tell_certificate(const struct flow *flow);

#endif
