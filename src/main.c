#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/console.h"
#include "base/pattern.h"
#include "base/signals.h"
#include "cli/arguments.h"
#include "cli/completion.h"
#include "cli/help.h"
#include "commands/run.h"

/*
 * Descriptors 0 to 2 that the caller closed are opened on /dev/null, in the wrong direction:
 * otherwise the next pipe would become stdout. They stay open to the end; in a static array
 * gcc's analyzer sees no leak in that.
 */
static void open_standard_streams(void)
{
    static int opened[3];
    for (int descriptor = 0; descriptor < 3; descriptor++)
        if (fcntl(descriptor, F_GETFD) < 0 && errno == EBADF)
            if ((opened[descriptor] = open("/dev/null", descriptor == 0 ? O_WRONLY : O_RDONLY)) < 0)
                _exit(6);
}

/* A core file would hold passwords, doctl's too. */
static void forbid_core_files(void)
{
#ifdef __linux__
    /* Where the kernel pipes core files to a program, only the limit 1 stops it (core(5)). */
    if (setrlimit(RLIMIT_CORE, &(struct rlimit){1, 1}) == 0)
        return;
#endif
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
}

static bool print_about(const struct invocation *invocation, struct error *error)
{
    if (invocation->request == REQUEST_HELP || invocation->request == REQUEST_GREETING)
        help_print(stdout, invocation->command, invocation->group);
    else if (invocation->request == REQUEST_TABLE)
        help_table(stdout);
    else
        puts("managed-db " PACKAGE_VERSION);
    if (ferror(stdout) || fflush(stdout) != 0)
        return error_set_errno(error, "cannot write to stdout");
    return true;
}

static bool run(int argc, char **argv, struct console *console, struct error *error)
{
    struct invocation invocation;
    if (argc > 1 && strcmp(argv[1], "--print-completions") == 0)
        return completion_print(argc - 2, argv + 2, argv[0], error);
    bool good = arguments_parse(argc, argv, &invocation, error);
    struct settings *settings = &invocation.settings;
    const char *color = settings->values[SETTING_COLOR] ? settings->values[SETTING_COLOR] : "auto";
    console_init(console,
                 settings->quiet     ? CONSOLE_QUIET
                 : settings->verbose ? CONSOLE_VERBOSE
                                     : CONSOLE_NORMAL,
                 color);
    if (invocation.request == REQUEST_GREETING)
        (void)print_about(&invocation, error);
    else if (good && invocation.request != REQUEST_RUN)
        good = print_about(&invocation, error);
    else if (good)
        good = command_run(invocation.command, settings, argv[0], console, error);
    else if (invocation.request == REQUEST_RUN)
        command_answer_failure(invocation.command, settings, error);
    settings_free(settings);
    return good;
}

int main(int argc, char **argv)
{
    struct error error = ERROR_INIT;
    struct console console = {CONSOLE_NORMAL, false, false};
    open_standard_streams();
    /* A write to a closed pipe, or past the limit for a file's size, is to fail and be told. */
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    forbid_core_files();

    bool good = run(argc, argv, &console, &error);
    /* The plan's "no" is an answer, not a failure. */
    if (!good && error.kind == ERROR_NOT_THERE)
        console_info(&console, "%s", error.text);
    else if (!good && *error.text)
        console_failure(&console, "%s", error.text);
    int number = signals_noted();
    signals_release();
    pattern_free_all();
    if (number) {
        signal(number, SIG_DFL);
        raise(number);
    }
    return good ? 0 : error_exit_status(&error);
}
