#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/program.h"
#include "sinks/delivered.h"
#include "sinks/tool.h"

/* Where systemd looks for credentials that a unit names without a path (systemd.exec(5)). */
#define ENCRYPTED "/etc/credstore.encrypted"
#define PLAIN     "/etc/credstore"

static bool write_plain(const struct sink_run *run, const char *path, const char *text,
                        size_t length, struct error *error)
{
    enum secretfile_outcome outcome;
    return secretfile_prepare(path, &run->owner, error) &&
           secretfile_write(path, text, length, &run->owner, &outcome, error);
}

/* Bound to this machine by systemd-creds, which is asked with the URL on its standard input. */
static bool write_encrypted(const struct sink_run *run, const char *path, const char *name,
                            const char *url, struct error *error)
{
    struct buffer out = BUFFER_INIT;
    char *option = mem_format("--name=%s", name);
    const char *const more[] = {option, "-", "-", NULL};
    bool good = tool_run(run, "systemd-creds encrypt", more, url, &out, error) &&
                write_plain(run, path, buffer_text(&out), out.length, error);
    buffer_free(&out);
    free(option);
    return good;
}

bool sink_credential(const struct sink_run *run, const char *where, const struct secrets *secrets,
                     struct sink_result *result, struct error *error)
{
    char *tool = NULL;
    const struct secrets given = {secrets->url, "", ""};
    bool has;
    struct error ignored = ERROR_INIT;
    bool is_encrypted = program_find("systemd-creds", &tool, &ignored);
    const char *slash = strrchr(where, '/');
    const char *name = slash ? slash + 1 : where;
    char *path =
        slash ? mem_copy(where) : mem_format("%s/%s", is_encrypted ? ENCRYPTED : PLAIN, where);
    bool good = delivered_has(run, "credential", where, &given, &has, error);
    result->changed = good && (!has || access(path, F_OK) != 0);
    if (result->changed && !run->is_rehearsal) {
        good = (is_encrypted ? write_encrypted(run, path, name, secrets->url, error)
                             : write_plain(run, path, secrets->url, strlen(secrets->url), error)) &&
               delivered_note(run, "credential", where, &given, error);
        if (good)
            console_info(run->console,
                         "The unit reads it with %s=%s:%s, and has it after a restart",
                         is_encrypted ? "LoadCredentialEncrypted" : "LoadCredential", name, path);
    }
    free(path);
    free(tool);
    return good;
}
