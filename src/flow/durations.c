#include "config.h"

#include "flow/durations.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "settings/load.h"

#define KEPT        5
#define SHORTEST_MS 20000
#define LONGEST_MS  86400000

struct known {
    long long seconds[KEPT];
    size_t count;
};

static char *file_path(const struct settings *settings)
{
    /* With sudo the folder may be somebody else's, who could not use it any more. */
    return settings->simulate || getenv("SUDO_USER") ? NULL : load_state_path("durations");
}

/* The line of the thing; the lines of others go to `others`. */
static struct known read_known(const char *path, const char *what, struct buffer *others)
{
    struct known known = {.count = 0};
    struct error ignored = ERROR_INIT;
    char *text = NULL;
    size_t length;
    if (!path || !*what || !secretfile_read(path, &text, &length, &ignored) || !text)
        return known;
    size_t named = strlen(what);
    for (const char *at = text; *at;) {
        size_t line = strcspn(at, "\n");
        bool is_it = strncmp(at, what, named) == 0 && at[named] == ' ';
        char *rest = NULL;
        for (const char *number = at + named; is_it && known.count < KEPT; number = rest) {
            long long seconds = strtoll(number, &rest, 10);
            if (rest == number || rest > at + line || seconds < 0 || seconds > LONGEST_MS / 1000)
                break;
            known.seconds[known.count++] = seconds;
        }
        if (!is_it)
            buffer_add(others, at, line + (at[line] == '\n'));
        at += line + (at[line] == '\n');
    }
    free(text);
    return known;
}

void durations_write(long long seconds, char *text, size_t size)
{
    if (seconds < 60)
        snprintf(text, size, "%lld s", seconds);
    else if (seconds % 60 == 0)
        snprintf(text, size, "%lld min", seconds / 60);
    else
        snprintf(text, size, "%lld min %lld s", seconds / 60, seconds % 60);
}

void durations_usual(const struct settings *settings, const char *what, char *text, size_t size)
{
    struct buffer others = BUFFER_INIT;
    char *path = file_path(settings);
    struct known known = read_known(path, what, &others);
    long long least = LONGEST_MS;
    long long most = 0;
    for (size_t i = 0; i < known.count; i++) {
        least = known.seconds[i] < least ? known.seconds[i] : least;
        most = known.seconds[i] > most ? known.seconds[i] : most;
    }
    /* What DigitalOcean needs for a cluster of one node. */
    if (!known.count && strcmp(what, "cluster") == 0) {
        least = 240;
        most = 360;
    }
    bool minutes = most >= 120;
    least = minutes ? least / 60 : least;
    most = minutes ? (most + 59) / 60 : most;
    if (!most)
        *text = '\0';
    else if (least == most)
        snprintf(text, size, "%lld %s", most, minutes ? "min" : "s");
    else
        snprintf(text, size, "%lld to %lld %s", least, most, minutes ? "min" : "s");
    buffer_free(&others);
    free(path);
}

void durations_learn(const struct settings *settings, const char *what, long long milliseconds)
{
    const struct secretfile_owner owner = {.wanted = false};
    enum secretfile_outcome outcome;
    struct error ignored = ERROR_INIT;
    char *path = file_path(settings);
    if (path && milliseconds >= SHORTEST_MS && milliseconds < LONGEST_MS) {
        struct buffer text = BUFFER_INIT;
        struct known known = read_known(path, what, &text);
        buffer_add_format(&text, "%s %lld", what, milliseconds / 1000);
        for (size_t i = 0; i < known.count && i + 1 < KEPT; i++)
            buffer_add_format(&text, " %lld", known.seconds[i]);
        buffer_add_text(&text, "\n");
        if (secretfile_prepare(path, &owner, &ignored))
            (void)secretfile_write(path, text.data, text.length, &owner, &outcome, &ignored);
        buffer_free(&text);
    }
    free(path);
}
