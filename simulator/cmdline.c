#include "cmdline.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "catalog.h"
#include "usage.h"

enum { EXIT_USAGE = 255 };

static const char white_space[] = " \t\n\v\f\r";

/* Flags of every command that prints a table. */
static const struct flag table_flags[] = {
    {.name = "format", .kind = FLAG_TEXT, .brief = "Columns for output in a comma-separated list"},
    {.name = "no-header", .kind = FLAG_TRUTH, .brief = "Return raw data with no headers"},
};

enum { TABLE_FLAGS = sizeof(table_flags) / sizeof(table_flags[0]) };

static bool is_plan(const struct call *call)
{
    return call->personality == ON_PLAN;
}

static bool is_known(const struct call *call, const struct flag *flag)
{
    return flag->where == 0 || (flag->where & call->personality) != 0;
}

/* --- which command ------------------------------------------------------ */

static void add_options(struct call *call, const struct flag *flags, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (is_known(call, &flags[i]))
            call->options[call->option_count++] = (struct option){&flags[i], NULL};
}

/* The flags of the command found so far, and those of every command, become the call's options. */
static void prepare_options(struct call *call)
{
    const struct command *command = call->command;
    size_t most = global_flag_count + TABLE_FLAGS + (command ? command->flag_count : 0);
    call->options = arena_take(call->arena, most * sizeof(*call->options));
    call->option_count = 0;
    if (command) {
        add_options(call, command->flags, command->flag_count);
        if ((command->columns & call->personality) != 0)
            add_options(call, table_flags, TABLE_FLAGS);
    }
    add_options(call, global_flags, global_flag_count);
}

static struct option *find_option(struct call *call, const char *name, size_t length)
{
    for (size_t i = 0; i < call->option_count; i++) {
        const char *known = call->options[i].flag->name;
        if (strlen(known) == length && strncmp(known, name, length) == 0)
            return &call->options[i];
    }
    return NULL;
}

static struct option *find_letter(struct call *call, char letter)
{
    for (size_t i = 0; i < call->option_count; i++)
        if (call->options[i].flag->letter == letter && letter)
            return &call->options[i];
    return NULL;
}

/* Whether an argument that looks like a flag takes the one after it along. While the command is
 * still being looked for, a flag that is not known yet is taken to have a value. */
static bool takes_next(struct call *call, const char *argument)
{
    const struct option *option;
    if (strchr(argument, '='))
        return false;
    if (strncmp(argument, "--", 2) == 0)
        option = find_option(call, argument + 2, strlen(argument + 2));
    else if (strlen(argument) == 2)
        option = find_letter(call, argument[1]);
    else
        return false;
    return !option || option->flag->kind != FLAG_TRUTH;
}

/* The index of the first argument that is no flag or flag's value; their number when all are. */
static size_t find_word(struct call *call)
{
    size_t count = call->argument_count;
    for (size_t i = 0; i < count && strcmp(call->arguments[i], "--") != 0; i++) {
        const char *argument = call->arguments[i];
        if (*argument == '-')
            i += takes_next(call, argument);
        else if (*argument)
            return i;
    }
    return count;
}

static bool is_word_of(const char *words, const char *word)
{
    size_t length = strlen(word);
    for (const char *rest = words; rest && *rest;) {
        size_t here = strcspn(rest, " ");
        if (here == length && strncmp(rest, word, length) == 0)
            return true;
        rest += here + (rest[here] == ' ');
    }
    return false;
}

/* The command that follows `parent` (NULL: doctl itself) under this name or alias. */
static const struct command *find_below(const struct call *call, const struct command *parent,
                                        const char *word)
{
    for (size_t i = 0; i < command_count; i++) {
        const struct command *command = &commands[i];
        if (commands_is_below(command, parent) && (command->where & call->personality) != 0 &&
            (strcmp(commands_last_word(command), word) == 0 || is_word_of(command->aliases, word)))
            return command;
    }
    return NULL;
}

static void drop_argument(struct call *call, size_t index)
{
    call->argument_count--;
    memmove(&call->arguments[index], &call->arguments[index + 1],
            (call->argument_count - index) * sizeof(*call->arguments));
}

/*
 * Takes the command's words out of the arguments. Gives the word that should have been a command
 * and is none, else NULL.
 */
static const char *find_command(struct call *call)
{
    call->command = NULL;
    for (;;) {
        prepare_options(call);
        if (call->command && !call->command->group)
            return NULL;
        size_t index = find_word(call);
        if (index == call->argument_count)
            return NULL;
        const struct command *next = find_below(call, call->command, call->arguments[index]);
        if (!next)
            return call->arguments[index];
        call->command = next;
        drop_argument(call, index);
    }
}

/* --- flags --------------------------------------------------------------- */

/* A wrong command line, before anything was sent. Always false. */
static bool usage_error(struct call *call, const char *message)
{
    buffer_add_format(&call->answer.err, "Error: %s\n", message);
    if (is_plan(call)) {
        call->answer.status = 1;
    } else {
        usage_text(call, &call->answer.err);
        buffer_add_format(&call->answer.out, "%s\n", message);
        call->answer.status = EXIT_USAGE;
    }
    return false;
}

static bool invalid_value(struct call *call, const struct flag *flag, const char *value,
                          const char *function, const char *reason)
{
    const char *name = flag->letter
                           ? arena_format(call->arena, "-%c, --%s", flag->letter, flag->name)
                           : arena_format(call->arena, "--%s", flag->name);
    return usage_error(call, arena_format(call->arena,
                                          "invalid argument \"%s\" for \"%s\" flag: strconv.%s: "
                                          "parsing \"%s\": %s",
                                          value, name, function, value, reason));
}

static bool set_truth(struct call *call, struct option *option, const char *value)
{
    if (is_word_of("1 t T TRUE true True", value))
        option->value = "true";
    else if (is_word_of("0 f F FALSE false False", value))
        option->value = "false";
    else
        return invalid_value(call, option->flag, value, "ParseBool", "invalid syntax");
    return true;
}

static bool set_number(struct call *call, struct option *option, const char *value)
{
    char *end;
    errno = 0;
    long number = strtol(value, &end, 0);
    if (errno == ERANGE)
        return invalid_value(call, option->flag, value, "ParseInt", "value out of range");
    if (!*value || *end || strchr(white_space, *value))
        return invalid_value(call, option->flag, value, "ParseInt", "invalid syntax");
    option->value = arena_format(call->arena, "%ld", number);
    return true;
}

static bool set_option(struct call *call, struct option *option, const char *value)
{
    switch (option->flag->kind) {
    case FLAG_TRUTH:
        return set_truth(call, option, value);
    case FLAG_NUMBER:
        return set_number(call, option, value);
    case FLAG_LIST:
        if (option->value)
            value = arena_format(call->arena, "%s,%s", option->value, value);
        break;
    case FLAG_TEXT:
        break;
    }
    option->value = value;
    return true;
}

/* `--name`, `--name=value` or `--name value`; *index is moved to the last argument used. */
static bool read_long_flag(struct call *call, size_t *index)
{
    const char *name = call->arguments[*index] + 2;
    size_t length = strcspn(name, "=");
    if (*name == '-' || *name == '=')
        return usage_error(call, arena_format(call->arena, "bad flag syntax: --%s", name));
    struct option *option = find_option(call, name, length);
    if (!option)
        return usage_error(call,
                           arena_format(call->arena, "unknown flag: --%.*s", (int)length, name));
    if (name[length] == '=')
        return set_option(call, option, name + length + 1);
    if (option->flag->kind == FLAG_TRUTH)
        return set_option(call, option, "true");
    if (*index + 1 == call->argument_count)
        return usage_error(call, arena_format(call->arena, "flag needs an argument: --%s", name));
    return set_option(call, option, call->arguments[++*index]);
}

/* The value of a short flag, from `-o=value`, `-ovalue` or `-o value`; `letters` begin with it. */
static bool read_short_value(struct call *call, struct option *option, const char *letters,
                             size_t *index)
{
    if (letters[1] == '=')
        return set_option(call, option, letters + 2);
    if (letters[1])
        return set_option(call, option, letters + 1);
    if (*index + 1 == call->argument_count)
        return usage_error(call, arena_format(call->arena, "flag needs an argument: '%c' in -%s",
                                              *letters, letters));
    return set_option(call, option, call->arguments[++*index]);
}

/* `-f`, `-o value`, several letters at once. */
static bool read_short_flags(struct call *call, size_t *index)
{
    for (const char *letter = call->arguments[*index] + 1; *letter; letter++) {
        struct option *option = find_letter(call, *letter);
        if (!option)
            return usage_error(
                call,
                arena_format(call->arena, "unknown shorthand flag: '%c' in -%s", *letter, letter));
        if (option->flag->kind != FLAG_TRUTH || letter[1] == '=')
            return read_short_value(call, option, letter, index);
        if (!set_option(call, option, "true"))
            return false;
    }
    return true;
}

/* Flags go to the options; what is left are the command's arguments. */
static bool read_flags(struct call *call)
{
    size_t kept = 0;
    bool flags_ended = false;
    for (size_t i = 0; i < call->argument_count; i++) {
        const char *argument = call->arguments[i];
        if (flags_ended || argument[0] != '-' || !argument[1])
            call->arguments[kept++] = argument;
        else if (strcmp(argument, "--") == 0)
            flags_ended = true;
        else if (!(argument[1] == '-' ? read_long_flag(call, &i) : read_short_flags(call, &i)))
            return false;
    }
    call->argument_count = kept;
    return true;
}

/* --- the whole ----------------------------------------------------------- */

static bool unknown_command(struct call *call, const char *word)
{
    const char *parent = call->command ? call->command->words : "";
    buffer_add_format(&call->answer.err, "Error: unknown command \"%s\" for \"doctl%s%s\"\n", word,
                      *parent ? " " : "", parent);
    buffer_add_text(&call->answer.err, "Run 'doctl --help' for usage.\n");
    call->answer.status = is_plan(call) ? 1 : EXIT_USAGE;
    return false;
}

/* `doctl help databases pool` */
static bool wants_help(struct call *call)
{
    if (call->command || strcmp(call->arguments[0], "help") != 0)
        return false;
    call->arguments++;
    call->argument_count--;
    find_command(call);
    usage_page(call, &call->answer.out);
    return true;
}

static void take_arguments(struct call *call, int argc, char **argv)
{
    call->argument_count = argc > 1 ? (size_t)argc - 1 : 0;
    call->arguments =
        arena_take(call->arena, (call->argument_count + 1) * sizeof(*call->arguments));
    for (size_t i = 0; i < call->argument_count; i++)
        call->arguments[i] = argv[i + 1];
}

bool cmdline_parse(struct call *call, int argc, char **argv)
{
    take_arguments(call, argc, argv);
    const char *unknown = find_command(call);
    const struct command *command = call->command;
    if (unknown && wants_help(call))
        return false;
    /* A released doctl answers an unknown word below a command with the command's help page. */
    if (unknown && (!command || is_plan(call)))
        return unknown_command(call, unknown);
    if (command && !command->group && !command->run)
        return call_not_imitated(call, command->words);
    if (!read_flags(call))
        return false;
    if (!command || command->group || call_is_on(call, "help")) {
        usage_page(call, &call->answer.out);
        return false;
    }
    return true;
}

/* "databases pool get" is pool.get to doctl. */
static const char *name_space(const struct call *call)
{
    const char *words = call->command->words;
    const char *last = strrchr(words, ' ');
    if (!last)
        return words;
    const char *before = last;
    while (before > words && before[-1] != ' ')
        before--;
    return arena_format(call->arena, "%.*s.%s", (int)(last - before), before, last + 1);
}

static bool is_missing(const struct call *call, const struct flag *flag)
{
    const char *value = call_option(call, flag->name);
    if (!flag->required || !is_known(call, flag))
        return false;
    if (flag->kind == FLAG_NUMBER)
        return !*value || strcmp(value, "0") == 0;
    return !value[strspn(value, white_space)];
}

static bool check_arguments(struct call *call)
{
    const struct command *command = call->command;
    if (call->argument_count < command->least)
        return call_error(call, "(%s) command is missing required arguments", name_space(call));
    if (call->argument_count > command->most)
        return call_error(call, "(%s) command contains unsupported arguments", name_space(call));
    for (size_t i = 0; i < command->flag_count; i++)
        if (is_missing(call, &command->flags[i]))
            return call_error(call, "(%s.%s) command is missing required arguments",
                              name_space(call), command->flags[i].name);
    return true;
}

/* A command that deletes something asks on the terminal, unless --force is there. */
static bool check_force(struct call *call)
{
    const char *aborted = call->command->aborted;
    if (!aborted || call_is_on(call, "force"))
        return true;
    call_error(call, "%s", aborted);
    if (!call->json) {
        call->answer.err.length = 0;
        buffer_add_format(&call->answer.err,
                          "Warning: Requires confirmation. Use the `--force` flag to "
                          "continue without confirmation.\nError: %s\n",
                          aborted);
    }
    return false;
}

/* A result as JSON is not imitated. A read goes on: it may have an error to show. */
static bool check_output(struct call *call)
{
    const struct command *command = call->command;
    bool only_reads = strcmp(command->first.method ? command->first.method : "GET", "GET") == 0 &&
                      !command->change.method;
    if (only_reads || strcmp(call_option(call, "output"), "json") != 0)
        return true;
    return call_not_imitated(call, "a result as JSON");
}

bool cmdline_check(struct call *call)
{
    return check_arguments(call) && check_force(call) && check_output(call);
}
