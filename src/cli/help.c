#include "config.h"

#include "cli/help.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/console.h"
#include "base/memory.h"
#include "cli/options.h"
#include "commands/commands.h"

#define NARROWEST 50
#define WIDEST    100

static int width(void)
{
    int columns = console_columns(STDOUT_FILENO);
    if (columns == 0)
        return 80;
    return columns < NARROWEST ? NARROWEST : columns > WIDEST ? WIDEST : columns;
}

/* Words behind what stands on the line, up to column `at`; further lines begin at `column`. */
static void print_wrapped(FILE *stream, int at, int column, const char *text)
{
    while (*text) {
        int length = (int)strcspn(text, " ");
        if (at + 1 + length >= width() && at > column)
            at = fprintf(stream, "\n%*s", column > 0 ? column - 1 : 0, "") - (column > 0 ? 1 : 2);
        at += fprintf(stream, "%s%.*s", at < 0 ? "" : " ", length, text);
        text += length;
        text += strspn(text, " ");
    }
    fprintf(stream, "\n");
}

/* An entry of a list: what it is in a column of its own, its help beside it. */
static void print_entry(FILE *stream, const char *left, int column, const char *help)
{
    print_wrapped(stream, fprintf(stream, "  %-*s", column - 3, left), column, help);
}

/* " (DO_REGION; nyc3)": where else a setting gets its value, and the one it has without. */
static void add_sources(struct buffer *text, enum setting setting)
{
    const char *variable = settings_variable(setting);
    const char *fallback = settings_default(setting);
    if (variable || fallback)
        buffer_add_format(text, " (%s%s%s)", variable ? variable : "",
                          variable && fallback ? "; " : "", fallback ? fallback : "");
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
        struct buffer text = BUFFER_INIT;
        buffer_add_text(&text, option->help);
        if (option->kind == OPTION_SETTING)
            add_sources(&text, option->setting);
        print_entry(stream, left, width() < 70 ? 20 : 33, buffer_text(&text));
        buffer_free(&text);
        free(left);
    }
}

/* The arguments whose values come from elsewhere where they are left out. */
static void print_arguments(FILE *stream, const struct command *command)
{
    const char *at = command->arguments ? command->arguments : "";
    bool is_first = true;
    for (size_t i = 0; i < command->most && i < COMMAND_ARGUMENTS && *at; i++) {
        at += strspn(at, "[ ");
        size_t length = strcspn(at, " []");
        struct buffer text = BUFFER_INIT;
        buffer_add_text(&text, "");
        add_sources(&text, command->positional[i]);
        char *name = mem_format("%.*s", (int)length, at);
        if (text.length && i >= command->least) {
            fprintf(stream, "%s", is_first ? "\nWithout the argument:\n" : "");
            print_entry(stream, name, 14, buffer_text(&text) + 1);
            is_first = false;
        }
        free(name);
        buffer_free(&text);
        at += length;
    }
}

static void print_common(FILE *stream)
{
    struct buffer text = BUFFER_INIT;
    for (const struct option_spec *option = option_table; option->name; option++)
        if (option->groups & GROUP_COMMON)
            buffer_add_format(&text, "%s--%s", text.length ? " " : "", option->name);
    fprintf(stream, "\n");
    print_wrapped(stream, -1, 0,
                  "Every command takes these, 'managed-db --help' tells about them:");
    fprintf(stream, " ");
    print_wrapped(stream, 1, 2, buffer_text(&text));
    buffer_free(&text);
}

static void print_examples(FILE *stream, const char *examples)
{
    fprintf(stream, "\n%s:\n", strchr(examples, '\n') ? "Examples" : "Example");
    while (*examples) {
        size_t length = strcspn(examples, "\n");
        fprintf(stream, "  %.*s\n", (int)length, examples);
        examples += length + (examples[length] == '\n');
    }
}

static void print_command(FILE *stream, const struct command *command)
{
    char *arguments = command->arguments ? mem_format(" %s", command->arguments) : mem_copy("");
    char *help = mem_format("%s.", command->help);
    char *answer = mem_format("on stdout: %s.", command->answer_help);
    fprintf(stream, "Usage: managed-db %s%s [OPTION]...\n", command->name, arguments);
    if (command->function && strcmp(command->function, command->name) != 0)
        fprintf(stream, "   or: managed-db %s%s [OPTION]...\n", command->function, arguments);
    fprintf(stream, "\n");
    print_wrapped(stream, -1, 0, help);
    print_wrapped(stream, fprintf(stream, "Answer"), 0, answer);
    free(answer);
    free(help);
    free(arguments);
    print_examples(stream, command->examples);
    print_arguments(stream, command);
    if (command->groups)
        fprintf(stream, "\nOptions (where else the value comes from; what it is without):\n");
    print_options(stream, command->groups);
    print_common(stream);
}

static void print_group(FILE *stream, const char *group)
{
    size_t length = strlen(group);
    fprintf(stream, "Usage: managed-db %s COMMAND [ARGUMENT]... [OPTION]...\n\nCommands:\n", group);
    for (const struct command *command = command_table; command->name; command++)
        if (strncmp(command->name, group, length) == 0 && command->name[length] == ' ')
            print_entry(stream, command->name + length + 1, 14, command->help);
    fprintf(stream, "\n'managed-db %s COMMAND --help' tells what a command takes.\n", group);
}

static void print_program(FILE *stream)
{
    fprintf(stream, "Usage: managed-db COMMAND [ARGUMENT]... [OPTION]...\n\n");
    print_wrapped(stream, -1, 0,
                  "Gives an application on DigitalOcean its managed PostgreSQL by running doctl. "
                  "The answer goes to stdout, the story to stderr. Run it again at any time.");
    for (const struct command *command = command_table; command->name; command++) {
        if (command->heading)
            fprintf(stream, "\n%s:\n", command->heading);
        print_entry(stream, command->name, 25, command->help);
    }
    fprintf(stream, "\nOptions of every command (where else the value comes from; what it is "
                    "without):\n");
    print_options(stream, GROUP_COMMON);
    fprintf(stream, "\n");
    print_wrapped(stream, -1, 0,
                  "'managed-db COMMAND --help' tells what a command takes. The plan's function "
                  "names are commands too, such as check_existing_database.");
    fprintf(stream, "\n");
    print_wrapped(stream, -1, 0,
                  "Exit status: 0 done; 1 not there; 2 usage or settings; 3 no doctl or no token; "
                  "4 no usable answer; 5 a deadline passed; 6 a local file; 128+N signal N.");
}

void help_print(FILE *stream, const struct command *command, const char *group)
{
    if (command)
        print_command(stream, command);
    else if (group)
        print_group(stream, group);
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
