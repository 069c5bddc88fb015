/*
 * replay: a doctl made of recorded calls (tests/transcripts). REPLAY_CASES names folders of
 * recorded calls, parted by colons: the first one whose argv is this one's gives the answer, and
 * one after a "+" answers whatever is asked. Where no call is this one, it says like a released
 * doctl that it does not know the words. A path after --output may be any. REPLAY_LOG gets a line
 * for every call.
 *
 * The recorded help pages are cut to the line "[help page]"; one of the real form is put in.
 */
#include "config.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help_page[] = "The subcommands of `doctl databases` manage databases.\n\n"
                                "Usage:\n  doctl databases [command]\n\n"
                                "Available Commands:\n  list    List your database clusters\n\n"
                                "Flags:\n  -h, --help   help for databases\n";

static char *slurp(const char *folder, size_t length, const char *name, char *bytes, size_t size)
{
    char path[4096];
    snprintf(path, sizeof path, "%.*s/%s", (int)length, folder, name);
    FILE *file = fopen(path, "r");
    if (!file) {
        fprintf(stderr, "replay: no %s\n", path);
        exit(99);
    }
    size_t count = fread(bytes, 1, size - 1, file);
    bytes[count] = '\0';
    fclose(file);
    return bytes;
}

/* `recorded` has one argument a line. */
static bool same(const char *recorded, char **argv)
{
    bool any = false;
    for (; *recorded && *argv; argv++) {
        size_t length = strcspn(recorded, "\n");
        if (!any && (strlen(*argv) != length || strncmp(recorded, *argv, length) != 0))
            return false;
        any = strcmp(*argv, "--output") == 0;
        recorded += length + (recorded[length] != '\0');
    }
    return !*recorded && !*argv;
}

static void put(const char *text, FILE *stream)
{
    static const char mark[] = "[help page]";
    const char *page = strstr(text, mark);
    if (page) {
        fwrite(text, 1, (size_t)(page - text), stream);
        fputs(help_page, stream);
        text = page + strlen(mark);
    }
    fputs(text, stream);
}

static int complain(char **argv)
{
    const char *flag = NULL;
    for (char **word = argv; *word && !flag; word++)
        if (strncmp(*word, "--", 2) == 0)
            flag = *word;
    if (flag) {
        printf("unknown flag: %s\n", flag);
        fprintf(stderr, "Error: unknown flag: %s\n%s", flag, help_page);
    } else {
        fprintf(stderr, "Error: unknown command \"%s\" for \"doctl\"\n", *argv ? *argv : "");
    }
    return 255;
}

int main(int argc, char **argv)
{
    static char bytes[1 << 16];
    const char *log = getenv("REPLAY_LOG");
    const char *cases = getenv("REPLAY_CASES");
    FILE *calls = log ? fopen(log, "a") : NULL;
    for (int i = 1; calls && i < argc; i++)
        fprintf(calls, "%s%s", argv[i], i + 1 < argc ? " " : "\n");
    if (calls)
        fclose(calls);
    while (cases && *cases) {
        bool any = *cases == '+';
        cases += any;
        size_t length = strcspn(cases, ":");
        if (any || same(slurp(cases, length, "argv", bytes, sizeof bytes), argv + 1)) {
            put(slurp(cases, length, "stdout", bytes, sizeof bytes), stdout);
            put(slurp(cases, length, "stderr", bytes, sizeof bytes), stderr);
            return atoi(slurp(cases, length, "status", bytes, sizeof bytes));
        }
        cases += length + (cases[length] != '\0');
    }
    return complain(argv + 1);
}
