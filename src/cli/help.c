#include "config.h"

#include "cli/help.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "cli/options.h"
#include "commands/commands.h"

#define WIDTH 80

/* An entry of a list: what it is in a column of its own, its help beside it, wrapped. */
static void print_entry(FILE *stream, const char *left, int column, const char *help)
{
    int at = fprintf(stream, "  %-*s", column - 3, left);
    while (*help) {
        int length = (int)strcspn(help, " ");
        if (at + 1 + length >= WIDTH && at > column)
            at = fprintf(stream, "\n%*s", column - 1, "") - 1;
        at += fprintf(stream, " %.*s", length, help);
        help += length;
        help += strspn(help, " ");
    }
    fprintf(stream, "\n");
}

static void print_options(FILE *stream, unsigned groups)
{
    for (const struct option_spec *option = option_table; option->name; option++) {
        if (!(option->groups & groups))
            continue;
        bool optional = option->value && *option->value == '[';
        char *left = mem_format("%c%c%c --%s%s%s", option->letter ? '-' : ' ',
                                option->letter ? option->letter : ' ', option->letter ? ',' : ' ',
                                option->name, option->value && !optional ? " " : "",
                                option->value ? option->value : "");
        print_entry(stream, left, 33, option->help);
        free(left);
    }
}

static void print_command(FILE *stream, const struct command *command)
{
    char *arguments = command->arguments ? mem_format(" %s", command->arguments) : mem_copy("");
    fprintf(stream, "Usage: managed-db %s%s [OPTION]...\n", command->name, arguments);
    if (command->function && strcmp(command->function, command->name) != 0)
        fprintf(stream, "   or: managed-db %s%s [OPTION]...\n", command->function, arguments);
    free(arguments);
    fprintf(stream, "\n%s.\nAnswer on stdout: %s.\n", command->help, command->answer_help);
    if (command->groups)
        fprintf(stream, "\nOptions:\n");
    print_options(stream, command->groups);
    fprintf(stream, "\nCommon options:\n");
    print_options(stream, GROUP_COMMON);
}

static void print_program(FILE *stream)
{
    fprintf(stream,
            "Usage: managed-db COMMAND [ARGUMENT]... [OPTION]...\n\n"
            "Gives an application on DigitalOcean its managed PostgreSQL by running doctl.\n"
            "The answer goes to stdout, the story to stderr. Run it again at any time.\n\n"
            "Commands:\n");
    for (const struct command *command = command_table; command->name; command++)
        print_entry(stream, command->name, 25, command->help);
    fprintf(stream, "\nEach can also be called by the plan's function name:\n");
    for (const struct command *command = command_table; command->name; command++)
        if (command->function && strcmp(command->function, command->name) != 0)
            fprintf(stream, "  %-8s %s\n", command->name, command->function);
    fprintf(stream, "\nCommon options:\n");
    print_options(stream, GROUP_COMMON);
    fprintf(stream,
            "\n'managed-db COMMAND --help' tells what a command takes.\n\n"
            "Exit status: 0 done; 1 not there; 2 usage or settings; 3 no doctl or no token;\n"
            "4 no usable answer; 5 a deadline passed; 6 a local file; 128+N signal N.\n");
}

void help_print(FILE *stream, const struct command *command)
{
    if (command)
        print_command(stream, command);
    else
        print_program(stream);
}

void help_table(FILE *stream)
{
    for (const struct command *command = command_table; command->name; command++) {
        fprintf(stream, "command\t%s\t%s\t%s\t%s\n", command->name,
                command->function ? command->function : "-",
                command->arguments ? command->arguments : "-", command->help);
        for (const struct option_spec *option = option_table; option->name; option++)
            if (option->groups & command->groups)
                fprintf(stream, "takes\t%s\t--%s\n", command->name, option->name);
    }
    for (const struct option_spec *option = option_table; option->name; option++)
        fprintf(stream, "option\t--%s\t%c\t%s\t%s\t%s\n", option->name,
                option->letter ? option->letter : '-', option->value ? option->value : "-",
                option->groups & GROUP_COMMON ? "common" : "own", option->help);
}
