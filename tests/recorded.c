#include "config.h"

#include "recorded.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "unit.h"

static struct recorded_release *releases; /* with a last one that has no name */
static size_t release_count;

/* "v1.94.0" or "1.94" as numbers. */
static bool read_version(const char *text, int number[3])
{
    int end = 0;
    number[0] = number[1] = number[2] = 0;
    text += *text == 'v';
    if (sscanf(text, "%d.%d%n", &number[0], &number[1], &end) != 2)
        return false;
    if (text[end] == '.') {
        int more = 0;
        if (sscanf(text + end, ".%d%n", &number[2], &more) != 1)
            return false;
        end += more;
    }
    return !text[end];
}

static int compare_versions(const int one[3], const int other[3])
{
    for (int i = 0; i < 3; i++)
        if (one[i] != other[i])
            return one[i] < other[i] ? -1 : 1;
    return 0;
}

static int compare_releases(const void *one, const void *other)
{
    return compare_versions(((const struct recorded_release *)one)->number,
                            ((const struct recorded_release *)other)->number);
}

static char *folder_of(const char *release)
{
    return unit_format("%s/transcripts/%s", unit_source, release);
}

static void add_release(const char *name, const int number[3])
{
    char *ids = mem_format("transcripts/%s/ids", name);
    releases = mem_grow(releases, release_count + 2, sizeof *releases);
    releases[release_count++] = (struct recorded_release){
        mem_copy(name), {number[0], number[1], number[2]}, testcases_read(ids, 2)};
    releases[release_count] = (struct recorded_release){NULL, {0, 0, 0}, {NULL, 0}};
    free(ids);
}

const struct recorded_release *recorded_releases(void)
{
    if (releases)
        return releases;
    char *path = mem_format("%s/transcripts", unit_source);
    DIR *directory = opendir(path);
    for (struct dirent *entry; directory && (entry = readdir(directory));) {
        int number[3];
        if (*entry->d_name == 'v' && read_version(entry->d_name, number))
            add_release(entry->d_name, number);
    }
    if (directory)
        closedir(directory);
    if (release_count < 3) {
        fprintf(stderr, "%s: only %zu releases\n", path, release_count);
        exit(2);
    }
    qsort(releases, release_count, sizeof *releases, compare_releases);
    free(path);
    return releases;
}

void recorded_free(void)
{
    for (size_t i = 0; i < release_count; i++) {
        free(releases[i].name);
        testcases_free(&releases[i].ids);
    }
    free(releases);
    releases = NULL;
    release_count = 0;
}

bool recorded_applies(const struct testcase *one, const char *condition,
                      const struct recorded_release *release)
{
    bool applies = true;
    if (strcmp(condition, "all") == 0)
        return true;
    char *words = unit_keep(mem_copy(condition));
    char *word = strtok(words, " ");
    do {
        char *version = strtok(NULL, " ");
        int number[3];
        bool since = word && strcmp(word, "since") == 0;
        bool before = word && strcmp(word, "before") == 0;
        ck_assert_msg((since || before) && version && read_version(version, number),
                      "%s: \"%s\" is not \"all\", \"since VERSION\" or \"before VERSION\"",
                      one->where, condition);
        bool is_older = compare_versions(release->number, number) < 0;
        applies = applies && is_older == before;
    } while ((word = strtok(NULL, " ")));
    return applies;
}

static bool is_folder(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

bool recorded_has(const struct recorded_release *release, const char *name)
{
    return is_folder(unit_path(folder_of(release->name), name));
}

char *recorded_path(const struct testcase *one, const struct recorded_release *release,
                    const char *name)
{
    char *path = unit_path(folder_of(release->name), name);
    ck_assert_msg(is_folder(path), "%s: %s has no recorded call %s", one->where, release->name,
                  name);
    return path;
}

char *recorded_file(const struct recorded_release *release, const char *name, const char *file)
{
    char *path = unit_path(unit_path(folder_of(release->name), name), file);
    char *text = unit_read(path);
    ck_assert_msg(text != NULL, "%s is missing", path);
    return text;
}

size_t recorded_each(const struct recorded_release *release,
                     void (*each)(const struct recorded_release *release, const char *name))
{
    char *path = folder_of(release->name);
    DIR *directory = opendir(path);
    ck_assert_msg(directory != NULL, "%s cannot be read", path);
    size_t count = 0;
    for (struct dirent *entry; (entry = readdir(directory));)
        if (*entry->d_name != '.' && recorded_has(release, entry->d_name)) {
            each(release, entry->d_name);
            count++;
        }
    closedir(directory);
    return count;
}

/* The ID whose name a text begins with; NULL where there is none. */
static const char *find_id(const struct recorded_release *release, const char *text, size_t *length)
{
    *length = strspn(text, "abcdefghijklmnopqrstuvwxyz");
    for (size_t i = 0; i < release->ids.count; i++) {
        const struct testcase *id = &release->ids.list[i];
        testcase_check(id, 2, 2, "name, ID");
        if (strlen(id->fields[0]) == *length && strncmp(id->fields[0], text, *length) == 0)
            return id->fields[1];
    }
    return NULL;
}

char *recorded_fill(const struct recorded_release *release, const char *text)
{
    struct buffer filled = BUFFER_INIT;
    buffer_add_text(&filled, "");
    for (; *text; text++) {
        size_t length;
        const char *id = *text == '@' ? find_id(release, text + 1, &length) : NULL;
        if (id) {
            buffer_add_text(&filled, id);
            text += length;
        } else {
            buffer_add(&filled, text, 1);
        }
    }
    return unit_keep(buffer_take(&filled));
}
