#include "config.h"

#include "base/paths.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/memory.h"

char *path_absolute(const char *folder, const char *path)
{
    char *whole = *path == '/' ? mem_copy(path) : mem_format("%s/%s", folder, path);
    struct buffer out = BUFFER_INIT;
    for (const char *at = whole; *at;) {
        size_t length = strcspn(at, "/");
        if (length == 2 && strncmp(at, "..", 2) == 0) {
            const char *slash = strrchr(buffer_text(&out), '/');
            out.length = slash ? (size_t)(slash - out.data) : 0;
            if (out.data)
                out.data[out.length] = '\0';
        } else if (length && !(length == 1 && *at == '.')) {
            buffer_add_text(&out, "/");
            buffer_add(&out, at, length);
        }
        at += length + (at[length] == '/');
    }
    free(whole);
    if (out.length == 0)
        buffer_add_text(&out, "/");
    return buffer_take(&out);
}

char *path_from_here(const char *path)
{
    char here[4096];
    return path_absolute(getcwd(here, sizeof here) ? here : "/", path);
}

char *path_folder(const char *file)
{
    char *up = mem_format("%s/..", file);
    char *folder = path_from_here(up);
    free(up);
    return folder;
}

/* Where a file is or would be: its folder may not be there. */
static char *real_place(const char *file)
{
    char *folder = path_folder(file);
    char *real = realpath(folder, NULL);
    const char *slash = strrchr(file, '/');
    char *place = path_absolute(real ? real : folder, slash ? slash + 1 : file);
    free(real);
    free(folder);
    return place;
}

bool path_is_same(const char *file, const char *other)
{
    char *place = real_place(file);
    char *other_place = real_place(other);
    bool same = strcmp(place, other_place) == 0;
    free(other_place);
    free(place);
    return same;
}
