#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/dotenv.h"
#include "base/memory.h"
#include "sinks/sink.h"

/* The file with the variable set to the URL; its other lines stay as they are. */
static bool make_content(const char *path, const char *name, const char *url, struct buffer *file,
                         struct error *error)
{
    char *text = NULL;
    size_t length = 0;
    char *ignored = NULL;
    if (strchr(url, '\''))
        return error_set(error, ERROR_USAGE, 0,
                         "the URL has a single quote, which a line of %s cannot hold: write it as "
                         "%%27 in --url-param",
                         path);
    if (!secretfile_read(path, &text, &length, error))
        return false;
    buffer_add(file, text ? text : "", length);
    mem_free_secret(text);
    /* What cannot be read is not written into. */
    bool good = dotenv_get(file, name, &ignored, error) || error_precede(error, path);
    mem_free_secret(ignored);
    if (good)
        dotenv_put(file, name, url);
    return good;
}

bool sink_variable(const struct sink_run *run, const char *where, const struct secrets *secrets,
                   struct sink_result *result, struct error *error)
{
    const char *name = strrchr(where, '#');
    char *path = mem_copy_n(where, (size_t)(name - where));
    struct buffer file = BUFFER_INIT;
    enum secretfile_outcome outcome;
    bool good = make_content(path, name + 1, secrets->url, &file, error);
    if (good) {
        result->changed = !secretfile_is(path, file.data, file.length, &run->owner);
        good = !result->changed || run->is_rehearsal ||
               (secretfile_prepare(path, &run->owner, error) &&
                secretfile_write(path, file.data, file.length, &run->owner, &outcome, error));
    }
    buffer_free(&file);
    free(path);
    return good;
}
