/*
 * Runs the harnesses on files, without a fuzzer: the corpora as an ordinary test, a finding in a
 * debugger, or a fuzzer that feeds files.
 *
 *   check_corpora                 every file of every corpus; the last line is as Check prints it
 *   check_corpora NAME FILE...    these files ("-": standard input), as in
 *                                 afl-fuzz -i tests/corpus/table -o out tests/check_corpora table
 * @@
 */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "base/pattern.h"
#include "fuzz.h"

#define HARNESSES(X)                                                                               \
    X(verdict)                                                                                     \
    X(cli)                                                                                         \
    X(compose)                                                                                     \
    X(conninfo)                                                                                    \
    X(dialect)                                                                                     \
    X(parse)                                                                                       \
    X(envfile)                                                                                     \
    X(dotenv)                                                                                      \
    X(manifest)                                                                                    \
    X(pem)                                                                                         \
    X(reply)                                                                                       \
    X(settings)                                                                                    \
    X(table)                                                                                       \
    X(quote)

#define DECLARE(name) int fuzz_##name(const uint8_t *bytes, size_t size);
HARNESSES(DECLARE)

#define ENTRY(name) {#name, fuzz_##name},
static const struct harness {
    const char *name;
    int (*run)(const uint8_t *bytes, size_t size);
} harnesses[] = {HARNESSES(ENTRY)};

#define COUNT (sizeof harnesses / sizeof harnesses[0])

/* The file at hand, for the last words. */
static char current[4096];

static void tell_file(int number)
{
    static const char words[] = "this input ended the harness: ";
    if (write(STDERR_FILENO, words, sizeof words - 1) < 0 ||
        write(STDERR_FILENO, current, strlen(current)) < 0 || write(STDERR_FILENO, "\n", 1) < 0)
        _exit(1);
    signal(number, SIG_DFL);
    raise(number);
}

static bool run_file(const struct harness *harness, const char *path)
{
    struct buffer content = BUFFER_INIT;
    FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
    size_t count;
    if (!file) {
        fprintf(stderr, "cannot open %s: %s\n", path, strerror(errno));
        return false;
    }
    while ((count = fread(buffer_reserve(&content, 4096), 1, 4096, file)) > 0)
        content.length += count;
    bool good = !ferror(file);
    if (file != stdin)
        fclose(file);
    snprintf(current, sizeof current, "%s", path);
    if (good)
        harness->run((const uint8_t *)buffer_text(&content), content.length);
    buffer_free(&content);
    return good;
}

/* Gives how many files were run; a corpus without any is a failure. */
static size_t run_corpus(const struct harness *harness, const char *folder, size_t *failures)
{
    char *place = mem_format("%s/%s", folder, harness->name);
    DIR *stream = opendir(place);
    size_t files = 0;
    if (stream) {
        for (struct dirent *entry; (entry = readdir(stream));) {
            if (entry->d_name[0] == '.')
                continue;
            char *path = mem_format("%s/%s", place, entry->d_name);
            *failures += !run_file(harness, path);
            free(path);
            files++;
        }
        closedir(stream);
    }
    printf("%s: %zu inputs\n", harness->name, files);
    free(place);
    if (files)
        return files;
    ++*failures;
    return 1;
}

static const struct harness *find(const char *name)
{
    for (size_t i = 0; i < COUNT; i++)
        if (strcmp(harnesses[i].name, name) == 0)
            return &harnesses[i];
    return NULL;
}

int main(int argc, char **argv)
{
    size_t runs = 0;
    size_t failures = 0;
    static const int ends[] = {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL};
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
        signal(ends[i], tell_file);
    if (argc > 1) {
        const struct harness *harness = find(argv[1]);
        if (!harness || argc < 3) {
            fprintf(stderr, "usage: check_corpora [HARNESS FILE...]\n");
            return 2;
        }
        for (int i = 2; i < argc; i++, runs++)
            failures += !run_file(harness, argv[i]);
    } else {
        for (size_t i = 0; i < COUNT; i++)
            runs += run_corpus(&harnesses[i], FUZZ_CORPORA, &failures);
        printf("%d%%: Checks: %zu, Failures: %zu, Errors: 0\n",
               (int)(100 * (runs - failures) / runs), runs, failures);
    }
    pattern_free_all();
    return failures ? EXIT_FAILURE : EXIT_SUCCESS;
}
