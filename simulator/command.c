#include "command.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "help.h"

enum { EXIT_USAGE = 255 };

/* Flags of every command that prints a table. */
static const struct flag table_flags[] = {
    {.name = "format", .kind = FLAG_TEXT, .brief = "Columns for output in a comma-separated list"},
    {.name = "no-header", .kind = FLAG_TRUTH, .brief = "Return raw data with no headers"},
};

enum { TABLE_FLAGS = sizeof(table_flags) / sizeof(table_flags[0]) };

static bool plan(const struct call *call)
{
    return call->personality == ON_PLAN;
}

/* --- which command ------------------------------------------------------ */

static void options_add(struct call *call, const struct flag *flags, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (flags[i].where == 0 || (flags[i].where & call->personality) != 0)
            call->options[call->option_count++] = (struct option){&flags[i], NULL};
}

/* The flags that this command knows become the options of the call. */
static void options_prepare(struct call *call)
{
    const struct command *command = call->command;

    call->options = arena_take(call->arena, (global_flag_count + TABLE_FLAGS +
                                             (command == NULL ? 0 : command->flag_count)) *
                                                sizeof(*call->options));
    call->option_count = 0;
    if (command != NULL) {
        options_add(call, command->flags, command->flag_count);
        if ((command->columns & call->personality) != 0)
            options_add(call, table_flags, TABLE_FLAGS);
    }
    options_add(call, global_flags, global_flag_count);
}

static struct option *option_named(struct call *call, const char *name, size_t length)
{
    for (size_t i = 0; i < call->option_count; i++) {
        const char *known = call->options[i].flag->name;

        if (strlen(known) == length && strncmp(known, name, length) == 0)
            return &call->options[i];
    }
    return NULL;
}

static struct option *option_lettered(struct call *call, char letter)
{
    for (size_t i = 0; i < call->option_count; i++)
        if (call->options[i].flag->letter == letter && letter != '\0')
            return &call->options[i];
    return NULL;
}

/* Whether an argument that looks like a flag takes the one after it along. While the command is
 * still being looked for, a flag that is not known yet is taken to have a value. */
static bool takes_next(struct call *call, const char *argument)
{
    const struct option *option;

    if (strchr(argument, '=') != NULL)
        return false;
    if (strncmp(argument, "--", 2) == 0)
        option = option_named(call, argument + 2, strlen(argument + 2));
    else if (strlen(argument) == 2)
        option = option_lettered(call, argument[1]);
    else
        return false;
    return option == NULL || option->flag->kind != FLAG_TRUTH;
}

/* The first argument that is not a flag or a flag's value; count when there is none. */
static size_t first_word(struct call *call, const char **arguments, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(arguments[i], "--") == 0)
            break;
        if (arguments[i][0] == '-') {
            if (takes_next(call, arguments[i]))
                i++;
        } else if (arguments[i][0] != '\0') {
            return i;
        }
    }
    return count;
}

static bool word_in(const char *words, const char *word)
{
    size_t length = strlen(word);

    for (const char *rest = words; rest != NULL && *rest != '\0';) {
        size_t here = strcspn(rest, " ");

        if (here == length && strncmp(rest, word, length) == 0)
            return true;
        rest += here + (rest[here] == ' ');
    }
    return false;
}

/* The command below `parent` (NULL: below doctl) that has this name or alias. */
static const struct command *command_below(const struct call *call, const struct command *parent,
                                           const char *word)
{
    for (size_t i = 0; i < command_count; i++) {
        const struct command *command = &commands[i];
        const char *last = strrchr(command->words, ' ');
        size_t above = last == NULL ? 0 : (size_t)(last - command->words);

        last = last == NULL ? command->words : last + 1;
        if (parent == NULL ? above != 0
                           : above != strlen(parent->words) ||
                                 strncmp(command->words, parent->words, above) != 0)
            continue;
        if ((command->where & call->personality) != 0 &&
            (strcmp(last, word) == 0 || word_in(command->aliases, word)))
            return command;
    }
    return NULL;
}

/*
 * Takes the command's words out of the arguments. Returns the word that should
 * have been a command and is none, else NULL.
 */
static const char *command_find(struct call *call)
{
    call->command = NULL;
    for (;;) {
        const struct command *next;
        size_t at;

        options_prepare(call);
        if (call->command != NULL && !call->command->group)
            return NULL;
        at = first_word(call, call->arguments, call->argument_count);
        if (at == call->argument_count)
            return NULL;
        next = command_below(call, call->command, call->arguments[at]);
        if (next == NULL)
            return call->arguments[at];
        call->command = next;
        call->argument_count--;
        memmove(&call->arguments[at], &call->arguments[at + 1],
                (call->argument_count - at) * sizeof(*call->arguments));
    }
}

/* --- flags --------------------------------------------------------------- */

/* A wrong command line, before anything was sent. */
static bool usage_error(struct call *call, const char *message)
{
    text_format(&call->answer.err, "Error: %s\n", message);
    if (plan(call)) {
        call->answer.status = 1;
    } else {
        help_usage(call, &call->answer.err);
        text_format(&call->answer.out, "%s\n", message);
        call->answer.status = EXIT_USAGE;
    }
    return false;
}

static const char *truth_read(const char *value)
{
    if (word_in("1 t T TRUE true True", value))
        return "true";
    return word_in("0 f F FALSE false False", value) ? "false" : NULL;
}

static bool option_set(struct call *call, struct option *option, const char *value)
{
    const struct flag *flag = option->flag;
    const char *shown = flag->letter == '\0'
                            ? arena_format(call->arena, "--%s", flag->name)
                            : arena_format(call->arena, "-%c, --%s", flag->letter, flag->name);
    char *end = NULL;
    long number;

    switch (flag->kind) {
    case FLAG_TEXT:
        option->value = value;
        return true;
    case FLAG_LIST:
        option->value = option->value == NULL
                            ? value
                            : arena_format(call->arena, "%s,%s", option->value, value);
        return true;
    case FLAG_TRUTH:
        option->value = truth_read(value);
        return option->value != NULL ||
               usage_error(call, arena_format(call->arena,
                                              "invalid argument \"%s\" for \"%s\" flag: "
                                              "strconv.ParseBool: parsing \"%s\": invalid syntax",
                                              value, shown, value));
    case FLAG_NUMBER:
        errno = 0;
        number = strtol(value, &end, 0);
        if (errno == ERANGE)
            return usage_error(
                call, arena_format(call->arena,
                                   "invalid argument \"%s\" for \"%s\" "
                                   "flag: strconv.ParseInt: parsing \"%s\": value out of range",
                                   value, shown, value));
        if (*value == '\0' || *end != '\0' || strchr(" \t\n\v\f\r", *value) != NULL)
            return usage_error(
                call, arena_format(call->arena,
                                   "invalid argument \"%s\" for \"%s\" "
                                   "flag: strconv.ParseInt: parsing \"%s\": invalid syntax",
                                   value, shown, value));
        option->value = arena_format(call->arena, "%ld", number);
        return true;
    }
    return true;
}

/* `--name`, `--name=value` or `--name value`; *at is moved over what was used. */
static bool long_flag(struct call *call, size_t *at)
{
    const char *name = call->arguments[*at] + 2;
    size_t length = strcspn(name, "=");
    struct option *option;

    if (*name == '-' || *name == '=')
        return usage_error(call, arena_format(call->arena, "bad flag syntax: --%s", name));
    option = option_named(call, name, length);
    if (option == NULL)
        return usage_error(call,
                           arena_format(call->arena, "unknown flag: --%.*s", (int)length, name));
    if (name[length] == '=')
        return option_set(call, option, name + length + 1);
    if (option->flag->kind == FLAG_TRUTH)
        return option_set(call, option, "true");
    if (*at + 1 == call->argument_count)
        return usage_error(call, arena_format(call->arena, "flag needs an argument: --%s", name));
    return option_set(call, option, call->arguments[++*at]);
}

/* `-o`, `-o=value`, `-ovalue`, `-o value`, several letters at once. */
static bool short_flags(struct call *call, size_t *at)
{
    const char *letters = call->arguments[*at] + 1;

    for (const char *letter = letters; *letter != '\0'; letter++) {
        struct option *option = option_lettered(call, *letter);

        if (option == NULL)
            return usage_error(
                call,
                arena_format(call->arena, "unknown shorthand flag: '%c' in -%s", *letter, letter));
        if (letter[1] == '=')
            return option_set(call, option, letter + 2);
        if (option->flag->kind == FLAG_TRUTH) {
            if (!option_set(call, option, "true"))
                return false;
            continue;
        }
        if (letter[1] != '\0')
            return option_set(call, option, letter + 1);
        if (*at + 1 == call->argument_count)
            return usage_error(
                call,
                arena_format(call->arena, "flag needs an argument: '%c' in -%s", *letter, letter));
        return option_set(call, option, call->arguments[++*at]);
    }
    return true;
}

/* Flags go to the options; what is left are the command's arguments. */
static bool flags_read(struct call *call)
{
    size_t kept = 0;

    for (size_t i = 0; i < call->argument_count; i++) {
        const char *argument = call->arguments[i];

        if (strcmp(argument, "--") == 0) {
            while (++i < call->argument_count)
                call->arguments[kept++] = call->arguments[i];
            break;
        }
        if (argument[0] != '-' || argument[1] == '\0') {
            call->arguments[kept++] = argument;
            continue;
        }
        if (!(argument[1] == '-' ? long_flag(call, &i) : short_flags(call, &i)))
            return false;
    }
    call->argument_count = kept;
    return true;
}

/* --- the whole ----------------------------------------------------------- */

static bool unknown_command(struct call *call, const char *word)
{
    text_format(&call->answer.err, "Error: unknown command \"%s\" for \"doctl%s%s\"\n", word,
                call->command == NULL ? "" : " ",
                call->command == NULL ? "" : call->command->words);
    text_add(&call->answer.err, "Run 'doctl --help' for usage.\n");
    call->answer.status = plan(call) ? 1 : EXIT_USAGE;
    return false;
}

/* `doctl help databases pool` */
static bool help_wanted(struct call *call)
{
    if (call->command != NULL || call->argument_count == 0 ||
        strcmp(call->arguments[0], "help") != 0)
        return false;
    call->arguments++;
    call->argument_count--;
    command_find(call);
    help_page(call, &call->answer.out);
    return true;
}

bool command_parse(struct call *call, int argc, char **argv)
{
    const char *unknown;

    call->argument_count = argc > 1 ? (size_t)argc - 1 : 0;
    call->arguments =
        arena_take(call->arena, (call->argument_count + 1) * sizeof(*call->arguments));
    for (size_t i = 0; i < call->argument_count; i++)
        call->arguments[i] = argv[i + 1];

    unknown = command_find(call);
    if (unknown != NULL && help_wanted(call))
        return false;
    if (unknown != NULL && (call->command == NULL || plan(call)))
        return unknown_command(call, unknown);
    if (call->command != NULL && !call->command->group && call->command->run == NULL)
        return call_not_imitated(call, call->command->words);
    if (!flags_read(call))
        return false;
    if (call_truth(call, "help") || call->command == NULL || call->command->group) {
        help_page(call, &call->answer.out);
        return false;
    }
    return true;
}

/* "databases pool get" is pool.get to doctl. */
static const char *name_space(const struct call *call)
{
    const char *words = call->command->words;
    const char *last = strrchr(words, ' ');
    const char *before;

    if (last == NULL)
        return words;
    for (before = last; before > words && before[-1] != ' ';)
        before--;
    return arena_format(call->arena, "%.*s.%s", (int)(last - before), before, last + 1);
}

static bool flag_missing(const struct call *call, const struct flag *flag)
{
    const char *value = call_option(call, flag->name);

    if (!flag->required || (flag->where != 0 && (flag->where & call->personality) == 0))
        return false;
    if (flag->kind == FLAG_NUMBER)
        return *value == '\0' || strcmp(value, "0") == 0;
    return value[strspn(value, " \t\n\v\f\r")] == '\0';
}

bool command_check(struct call *call)
{
    const struct command *command = call->command;
    const char *output = call_option(call, "output");

    if (call->argument_count < command->least)
        return call_error(call, "(%s) command is missing required arguments", name_space(call));
    if (call->argument_count > command->most)
        return call_error(call, "(%s) command contains unsupported arguments", name_space(call));
    for (size_t i = 0; i < command->flag_count; i++)
        if (flag_missing(call, &command->flags[i]))
            return call_error(call, "(%s.%s) command is missing required arguments",
                              name_space(call), command->flags[i].name);
    if (command->aborted != NULL && !call_truth(call, "force")) {
        call_error(call, "%s", command->aborted);
        if (!call->json) {
            call->answer.err.length = 0;
            text_format(&call->answer.err,
                        "Warning: Requires confirmation. Use the `--force` flag to "
                        "continue without confirmation.\nError: %s\n",
                        command->aborted);
        }
        return false;
    }
    /* A read may find out first whether there is an error to show. */
    if (strcmp(output, "json") == 0 && !command->offline &&
        (strcmp(command->first.method, "GET") != 0 || command->change.method != NULL))
        return call_not_imitated(call, "a result as JSON");
    return true;
}

static bool has_name(const struct call *call)
{
    long number;

    for (size_t i = 0; i < call->argument_count; i++)
        if (!number_read(call->arguments[i], &number))
            return true;
    return false;
}

const struct request *command_first(const struct call *call)
{
    const struct command *command = call->command;

    return command->by_name.method != NULL && has_name(call) ? &command->by_name : &command->first;
}

/* As long as a name is not known to be somebody's, the request that looks it up. */
const struct request *command_last(const struct call *call)
{
    const struct request *first = command_first(call);

    return first == &call->command->first && call->command->change.method != NULL
               ? &call->command->change
               : first;
}

const char *command_words(const struct call *call, const char *words)
{
    struct text text = {.arena = call->arena};

    for (const char *from = words; *from != '\0'; from++) {
        size_t argument =
            from[0] == '%' && from[1] >= '1' && from[1] <= '9' ? (size_t)(from[1] - '1') : 9;

        if (argument < 9) {
            text_add(&text, argument < call->argument_count ? call->arguments[argument] : "");
            from++;
        } else {
            text_byte(&text, *from);
        }
    }
    return text_string(&text);
}
