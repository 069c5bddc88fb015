/*
 * cli: any command line is understood, with values of the right form, or refused with a message
 * that can be shown; and an understood one that names no files can be filled in.
 */
#include "config.h"

#include "fuzz.h"

#include <getopt.h>
#include <string.h>

#include "base/memory.h"
#include "cli/arguments.h"
#include "forms.h"
#include "settings/load.h"

#define WORDS 40

/* getopt() remembers where it was in a word: a new input must not find the last one's. */
static void forget_last(void)
{
    char *argv[] = {(char[]){"managed-db"}, NULL};
#if defined(__GLIBC__)
    optind = 0;
#elif defined(__APPLE__) || defined(__FreeBSD__) || defined(__OpenBSD__) || defined(__NetBSD__)
    optreset = 1;
    optind = 1;
#else
    optind = 0;
#endif
    (void)getopt(1, argv, "+:");
}

static void check(struct invocation *invocation, bool good, struct error *error)
{
    struct settings *settings = &invocation->settings;
    check_settings(settings);
    for (size_t i = 0; i < SETTING_COUNT; i++)
        MUST(settings->sources[i] == SOURCE_NONE || settings->sources[i] == SOURCE_FLAG);
    if (!good) {
        /* No word at all: the help is shown in place of a message. */
        bool is_told = invocation->request == REQUEST_GREETING || is_message(error);
        MUST(error->kind == ERROR_USAGE && is_told);
        return;
    }
    if (invocation->request != REQUEST_RUN)
        return;
    const struct command *command = invocation->command;
    MUST(command && command->run);
    for (size_t i = 0; i < command->least; i++)
        MUST(command->positional[i] == SETTING_COMPOSE
                 ? settings->compose_count > 0
                 : *settings_get(settings, command->positional[i]) != '\0');
    if (*settings_get(settings, SETTING_MANIFEST) || *settings_get(settings, SETTING_ENV_FILE))
        return;
    if (settings_load(settings, command->secret_name, error)) {
        check_settings(settings);
        MUST(*settings_get(settings, SETTING_SECRET_FILE));
        MUST(!settings->simulate || settings->simulator);
    } else {
        MUST(error->kind == ERROR_USAGE);
    }
}

FUZZ(cli)
{
    struct input input = {bytes, size};
    struct invocation invocation;
    struct error error = ERROR_INIT;
    char *argv[WORDS + 1] = {mem_copy("managed-db")};
    int argc = 1;
    while (input.left && argc < WORDS)
        argv[argc++] = take_string(&input, '\n');
    forget_last();
    bool good = arguments_parse(argc, argv, &invocation, &error);
    check(&invocation, good, &error);
    settings_free(&invocation.settings);
    for (int i = 0; i < argc; i++)
        free(argv[i]);
    return 0;
}
