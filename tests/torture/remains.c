/*
 * A library to be preloaded: at the end of a program, looks for secrets that are still in its
 * memory, freed or not. tests/scenario/lost.bats uses it.
 *
 *   REMAINS_SECRETS=F   a file with one secret a line
 *   REMAINS_REPORT=F    what was found, appended: "kept LINE REGION" for each place, and in the end
 *                       "searched SECRETS REGIONS BYTES"
 *
 * Only the process that was started with it is meant: these variables and LD_PRELOAD are taken out
 * of the environment. All regions that the program can write are searched: heap, stack, data.
 * Nothing is allocated and no stdio stream is used meanwhile, so that what is there stays.
 */
#define _POSIX_C_SOURCE 200809L
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * The end of a secret is looked for: free() overwrites the first bytes of what it takes. On the
 * stack it is the whole secret, which should be longer than 64 bytes: a signal that comes while it
 * is copied has the kernel put a few registers full of it there, and nobody can help that.
 */
#define TAIL 12

static char secrets_path[PATH_MAX];
static char report_path[PATH_MAX];
static char secrets[4096];
static char maps[1 << 16];
static int report = -1;

static size_t read_all(const char *path, char *text, size_t room)
{
    size_t length = 0;
    ssize_t count;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    while (file >= 0 && (count = read(file, text + length, room - 1 - length)) > 0)
        length += (size_t)count;
    if (file >= 0)
        close(file);
    text[length] = '\0';
    return length;
}

static bool is_ours(const char *at)
{
    return at >= secrets && at < secrets + sizeof secrets;
}

/*
 * Byte by byte: memmem() and its like leave what they look for in wide registers, and the next call
 * of something may spill those onto the stack.
 */
static bool is_at(const char *at, const char *tail, size_t length)
{
    size_t i = 0;
    while (i < length && ((const volatile char *)at)[i] == tail[i])
        i++;
    return i == length;
}

static void search(const char *from, const char *to, const char *region)
{
    int number = 0;
    for (const char *line = secrets, *end; (end = strchr(line, '\n')); line = end + 1) {
        size_t length = (size_t)(end - line);
        if (length > TAIL && strcmp(region, "[stack]") != 0)
            length = TAIL;
        number++;
        for (const char *at = from; length && at + length <= to; at++)
            if (is_at(at, end - length, length) && !is_ours(at))
                dprintf(report, "kept %d %s\n", number, region);
    }
}

static void search_all(void)
{
    int regions = 0;
    size_t bytes = 0;
    size_t length = read_all(secrets_path, secrets, sizeof secrets);
    read_all("/proc/self/maps", maps, sizeof maps);
    for (char *line = maps, *end; (end = strchr(line, '\n')); line = end + 1) {
        uintptr_t from;
        uintptr_t to;
        char rights[8];
        char name[256] = "-";
        *end = '\0';
        if (sscanf(line, "%" SCNxPTR "-%" SCNxPTR " %7s %*s %*s %*s %255s", &from, &to, rights,
                   name) < 3 ||
            strncmp(rights, "rw", 2) != 0)
            continue;
        regions++;
        bytes += to - from;
        search((const char *)from, (const char *)to, name);
    }
    dprintf(report, "searched %zu %d %zu\n", length, regions, bytes);
}

static void take(const char *name, char *value)
{
    const char *given = getenv(name);
    snprintf(value, PATH_MAX, "%s", given ? given : "");
    unsetenv(name);
}

__attribute__((constructor)) static void begin(void)
{
    take("REMAINS_SECRETS", secrets_path);
    take("REMAINS_REPORT", report_path);
    unsetenv("LD_PRELOAD");
}

__attribute__((destructor)) static void end(void)
{
    if (!*report_path)
        return;
    report = open(report_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (report < 0)
        return;
    search_all();
    close(report);
}
