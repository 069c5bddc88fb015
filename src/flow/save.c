#include "config.h"

#include "flow/save.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/pem.h"
#include "base/secretfile.h"
#include "flow/turns.h"

bool save_prepare(struct flow *flow, const char *path, struct error *error)
{
    struct secretfile_owner owner = settings_owner(flow->settings);
    const char *folder = flow_get(flow, SETTING_SECRETS_DIR);
    if (flow->settings->dry_run || secretfile_prepare(path, &owner, error))
        return true;
    if (access(folder, F_OK) != 0 && strncmp(path, folder, strlen(folder)) == 0)
        error_advise(
            error,
            "make it: sudo install -d -m 0700 -o \"$USER\" %s; or name another folder with "
            "MANAGED_DB_SECRETS_DIR",
            folder);
    return false;
}

void save_rehearse(struct flow *flow, const char *path, const char *bytes, size_t length,
                   const struct secretfile_owner *owner)
{
    enum mark mark = MARK_CHANGE;
    if (access(path, F_OK) != 0)
        mark = MARK_MAKE;
    else if (bytes && secretfile_is(path, bytes, length, owner))
        mark = MARK_SAME;
    note(flow, mark, "file", path, "%s", "");
}

bool save_file(struct flow *flow, const char *path, const char *bytes, size_t length,
               const struct save_words *words, struct error *error)
{
    struct secretfile_owner owner = settings_owner(flow->settings);
    owner.is_public = words->is_public;
    enum secretfile_outcome outcome;
    bool is_there = access(path, F_OK) == 0;
    if (flow->settings->dry_run) {
        save_rehearse(flow, path, bytes, length, &owner);
        return true;
    }
    if (!secretfile_write(path, bytes, length, &owner, &outcome, error))
        return false;
    bool written = outcome != SECRETFILE_UNCHANGED;
    flow->changes += written;
    note(flow, !written ? MARK_SAME : is_there ? MARK_CHANGE : MARK_MAKE, "file", path, "%s", "");
    if (outcome == SECRETFILE_LINK_REPLACED)
        console_warning(flow->console, "%s was a link: a file has taken its place", path);
    console_success(flow->console, "%s: %s", written ? words->saved : words->unchanged, path);
    return true;
}

/* ---- the URL ---- */

/* The plan's URL has defaultdb even for the pooler, ours the pool's name: both are this cluster's. */
static bool is_same_database(const struct conninfo *theirs, const struct conninfo *ours)
{
    return conninfo_same_server(theirs, ours) &&
           (strcmp(theirs->database, ours->database) == 0 ||
            strcmp(theirs->database, PLAN_DATABASE) == 0 ||
            turns_are_of_one(theirs->database, ours->database));
}

/* Keeps the file's content as PATH.previous, if it is not a URL of this database. */
static bool keep_other(struct flow *flow, const char *path, const struct conninfo *ours,
                       struct error *error)
{
    char *text;
    size_t length;
    if (!secretfile_read(path, &text, &length, error))
        return false;
    if (!text)
        return true;
    struct conninfo theirs = CONNINFO_INIT;
    struct error ignored = ERROR_INIT;
    bool is_blank = strspn(text, " \t\r\n") == length;
    bool is_text = strlen(text) == length;
    bool other = !is_blank && !(is_text && conninfo_parse(text, &theirs, &ignored) &&
                                is_same_database(&theirs, ours));
    conninfo_free(&theirs);
    bool kept = false;
    bool good = !other || secretfile_keep_previous(path, text, length, &kept, error);
    mem_wipe(text, length);
    free(text);
    if (kept)
        console_info(flow->console, "The previous content is kept as %s.previous", path);
    else if (good && other)
        console_warning(
            flow->console,
            "%s.previous exists already and is kept: the previous content of %s is lost", path,
            path);
    return good;
}

bool save_url(struct flow *flow, const char *path, const struct conninfo *info, const char *more,
              const struct save_words *words, struct error *error)
{
    if (!save_prepare(flow, path, error) ||
        (!flow->settings->dry_run && !keep_other(flow, path, info, error)))
        return false;
    char *url = conninfo_url(info, flow_get(flow, SETTING_SSL_MODE), more);
    bool good = save_file(flow, path, url, strlen(url), words, error);
    mem_free_secret(url);
    return good;
}

/* ---- the certificate ---- */

bool take_certificate(struct flow *flow, const char *pem, bool hand_made, struct buffer *content,
                      struct error *error)
{
    size_t length = strlen(pem);
    if (pem_check(pem, length, content, error))
        return true;
    if (!hand_made || length == 0 || length > PEM_MOST_BYTES || pem_is_cut(pem, length))
        return false;
    console_warning(flow->console, "doctl gave no CA certificate (%s): saved as it is",
                    error->text);
    *error = (struct error)ERROR_INIT;
    content->length = 0;
    buffer_add(content, pem, length);
    return true;
}

/* What every driver finds the CA by (docs/CLIENTS.md). */
void tell_certificate(const struct flow *flow)
{
    const char *path = flow_get(flow, SETTING_CA_FILE);
    if (flow->has_certificate && !flow->settings->faithful)
        console_info(flow->console,
                     "The client finds the CA certificate with PGSSLROOTCERT=%s and "
                     "NODE_EXTRA_CA_CERTS=%s",
                     path, path);
}
