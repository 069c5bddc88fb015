#include "config.h"

#include "sinks/delivered.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/digest.h"
#include "base/memory.h"

/* "DIGEST KIND:WHERE\n"; the caller frees it. */
static char *make_line(const char *kind, const char *where, const struct secrets *secrets)
{
    char digest[DIGEST_LENGTH + 1];
    char *all = mem_format("%s\n%s\n%s", secrets->url, secrets->direct, secrets->ca);
    digest_of(all, strlen(all), digest);
    mem_free_secret(all);
    return mem_format("%s %s:%s\n", digest, kind, where);
}

/* The file's text, "" where there is none; the caller frees it. */
static char *read_record(const struct sink_run *run, struct error *error)
{
    char *text = NULL;
    size_t length;
    if (!secretfile_read(run->record, &text, &length, error))
        return NULL;
    return text ? text : mem_copy("");
}

bool delivered_has(const struct sink_run *run, const char *kind, const char *where,
                   const struct secrets *secrets, bool *has, struct error *error)
{
    char *text = read_record(run, error);
    if (!text)
        return false;
    char *line = make_line(kind, where, secrets);
    const char *at = strstr(text, line);
    *has = at && (at == text || at[-1] == '\n');
    free(line);
    free(text);
    return true;
}

bool delivered_note(const struct sink_run *run, const char *kind, const char *where,
                    const struct secrets *secrets, struct error *error)
{
    struct buffer kept = BUFFER_INIT;
    enum secretfile_outcome outcome;
    char *text = read_record(run, error);
    if (!text)
        return false;
    char *line = make_line(kind, where, secrets);
    for (const char *at = text; *at;) {
        size_t length = strcspn(at, "\n");
        length += at[length] == '\n';
        bool is_this =
            length > DIGEST_LENGTH &&
            strncmp(at + DIGEST_LENGTH, line + DIGEST_LENGTH, length - DIGEST_LENGTH) == 0 &&
            strlen(line) == length;
        if (!is_this)
            buffer_add(&kept, at, length);
        at += length;
    }
    buffer_add_text(&kept, line);
    bool good = secretfile_write(run->record, kept.data, kept.length, &run->owner, &outcome, error);
    buffer_free(&kept);
    free(line);
    free(text);
    return good;
}
