#include "config.h"

#include "cli/arguments.h"

#include <getopt.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "base/nearest.h"
#include "base/quote.h"
#include "cli/options.h"
#include "commands/commands.h"

#define FIRST_VALUE 1000 /* of getopt_long(), for the first option of the table */

/* Whether the first words are a command's name; *used tells how many. */
static bool is_name(const char *name, const char *const *words, size_t count, size_t *used)
{
    size_t first = strcspn(name, " ");
    *used = name[first] ? 2 : 1;
    return count >= *used && strlen(words[0]) == first && strncmp(words[0], name, first) == 0 &&
           (*used == 1 || strcmp(words[1], name + first + 1) == 0);
}

const struct command *arguments_command(const char *const *words, size_t count, size_t *used)
{
    for (const struct command *command = command_table; command->name; command++)
        if (is_name(command->name, words, count, used) ||
            (command->function && is_name(command->function, words, count, used)))
            return command;
    return NULL;
}

/* The second words of the commands that begin with this one; "" where there are none. */
static char *second_words(const char *word)
{
    struct buffer list = BUFFER_INIT;
    size_t length = strlen(word);
    for (const struct command *command = command_table; command->name; command++)
        if (strncmp(command->name, word, length) == 0 && command->name[length] == ' ')
            buffer_add_format(&list, "%s%s", list.length ? ", " : "", command->name + length + 1);
    return buffer_take(&list);
}

bool arguments_is_group(const char *word)
{
    size_t length = strlen(word);
    const struct command *command = command_table;
    while (command->name &&
           !(strncmp(command->name, word, length) == 0 && command->name[length] == ' '))
        command++;
    return command->name != NULL;
}

/* ---- parsing ---- */

struct seen_option {
    const struct option_spec *option;
    const char *value;
};

struct parse {
    struct invocation *invocation;
    struct error *error;
    struct seen_option *seen; /* checked once the command is known */
    size_t seen_count;
    const char **words; /* the command and its arguments */
    size_t word_count, name_count;
    size_t rest; /* the first word behind --; SIZE_MAX: there is none */
};

/* The command or the option that may have been meant; NULL where none is like the word. */
static const char *meant(const char *word, size_t length)
{
    size_t most = 0;
    size_t count = 0;
    while (option_table[most].name)
        most++;
    for (const struct command *command = command_table; command->name; command++)
        most += 2;
    const char **names = mem_array(most, sizeof *names);
    size_t dashes = strspn(word, "-");
    bool is_option = dashes > 1;
    for (const struct option_spec *option = option_table; is_option && option->name; option++)
        names[count++] = option->name;
    for (const struct command *command = command_table; !is_option && command->name; command++) {
        names[count++] = command->name;
        if (command->function)
            names[count++] = command->function;
    }
    char *bare = mem_format("%.*s", (int)(length - dashes), word + dashes);
    const char *result = nearest_likely(bare, names, count);
    free(bare);
    free(names);
    return result;
}

static bool usage_error(struct error *error, const struct command *command, const char *what,
                        const char *word)
{
    /* What stands behind an unknown option may be a secret. */
    size_t length = *word == '-' ? strcspn(word, "=") : strlen(word);
    char *shown = quote_for_message(word, length);
    const char *likely = strncmp(what, "unknown", 7) == 0 ? meant(word, length) : NULL;
    const char *of = command ? command->name : "";
    error_set(error, ERROR_USAGE, 0, "%s%s%s%s%s%s%s: 'managed-db %s%s--help' tells more", what,
              *shown ? " " : "", shown, likely ? ", did you mean " : "",
              likely && *word == '-' ? "--" : "", likely ? likely : "", likely ? "?" : "", of,
              *of ? " " : "");
    free(shown);
    return false;
}

/* getopt_long() gives letters of the table only. */
static const struct option_spec *by_letter(int letter)
{
    const struct option_spec *option = option_table;
    while (option[1].name && option->letter != letter)
        option++;
    return option;
}

static struct option *long_options(void)
{
    size_t count = 0;
    while (option_table[count].name)
        count++;
    /* An option for the checks of the documentation; not in the table, so not in --help. */
    struct option *options = mem_array(count + 2, sizeof *options);
    for (size_t i = 0; i < count; i++) {
        const struct option_spec *spec = &option_table[i];
        int has_value = !spec->value          ? no_argument
                        : *spec->value == '[' ? optional_argument
                                              : required_argument;
        options[i] = (struct option){spec->name, has_value, NULL, FIRST_VALUE + (int)i};
    }
    options[count] = (struct option){"print-table", no_argument, NULL, FIRST_VALUE - 1};
    return options;
}

/* getopt_long() does not tell why it takes no such option. */
static const char *what_is_wrong(const char *word)
{
    size_t length = strcspn(word + 2, "=");
    size_t fits = 0;
    bool is_long = strncmp(word, "--", 2) == 0 && length > 0;
    for (const struct option_spec *option = option_table; is_long && option->name; option++) {
        if (strncmp(option->name, word + 2, length) != 0)
            continue;
        if (!option->name[length])
            return "no value is allowed for the option";
        fits++;
    }
    return fits > 1 ? "ambiguous option"
           : fits   ? "no value is allowed for the option"
                    : "unknown option";
}

/*
 * Sorts a command line into options and words. getopt_long() is stopped at every word ("+") and
 * started again behind it, so that options may stand anywhere, whatever POSIXLY_CORRECT or the C
 * library says.
 */
static bool sort_words(int argc, char **argv, const struct option *options, struct parse *parse)
{
    optind = 1;
    opterr = 0;
    while (optind < argc) {
        int at = optind;
        int found = getopt_long(argc, argv, "+:qvo:hV", options, NULL);
        if (found == -1) {
            bool rest = optind > at && strcmp(argv[optind - 1], "--") == 0;
            if (rest)
                parse->rest = parse->word_count;
            do {
                if (optind < argc)
                    parse->words[parse->word_count++] = argv[optind++];
            } while (rest && optind < argc);
            continue;
        }
        const char *word = argv[at];
        if (found == '?')
            return usage_error(parse->error, NULL, what_is_wrong(word), word);
        if (found == ':')
            return usage_error(parse->error, NULL, "a value is missing after", word);
        if (found == FIRST_VALUE - 1) {
            parse->invocation->request = REQUEST_TABLE;
            continue;
        }
        parse->seen[parse->seen_count++] = (struct seen_option){
            found >= FIRST_VALUE ? &option_table[found - FIRST_VALUE] : by_letter(found), optarg};
    }
    return true;
}

static bool apply_simulate(const char *folder, struct settings *settings, struct error *error)
{
    if (folder && !*folder)
        return error_set(error, ERROR_USAGE, 0, "--simulate: the value is empty");
    settings->simulate = true;
    free(settings->simulator);
    settings->simulator = mem_copy(folder);
    return true;
}

static bool apply_setting(const struct seen_option *seen, struct parse *parse)
{
    char *where = mem_format("--%s", seen->option->name);
    bool good = *seen->value
                    ? settings_set(&parse->invocation->settings, seen->option->setting, seen->value,
                                   SOURCE_FLAG, where, parse->error)
                    : error_set(parse->error, ERROR_USAGE, 0, "%s: the value is empty", where);
    free(where);
    return good;
}

static bool is_taken(const struct option_spec *option, const struct command *command,
                     struct error *error)
{
    if (!command || option->groups & (command->groups | GROUP_COMMON))
        return true;
    char *what = mem_format("--%s is not an option of '%s'", option->name, command->name);
    usage_error(error, command, what, "");
    free(what);
    return false;
}

static bool apply_option(const struct seen_option *seen, struct parse *parse)
{
    struct settings *settings = &parse->invocation->settings;
    if (!is_taken(seen->option, parse->invocation->command, parse->error))
        return false;
    switch (seen->option->kind) {
    case OPTION_SETTING:
        return apply_setting(seen, parse);
    case OPTION_FLAG:
        *(bool *)((char *)settings + seen->option->flag) = true;
        break;
    case OPTION_TRUST:
        return settings_add_trust(settings, seen->value, "--trust", parse->error);
    case OPTION_SIMULATE:
        return apply_simulate(seen->value, settings, parse->error);
    case OPTION_HELP:
        parse->invocation->request = REQUEST_HELP;
        break;
    case OPTION_VERSION:
        parse->invocation->request = REQUEST_VERSION;
        break;
    }
    return true;
}

/* What is behind -- is another program's; gives how many words are arguments. */
static size_t keep_rest(struct parse *parse)
{
    size_t first = parse->rest < parse->name_count ? parse->name_count : parse->rest;
    size_t count = parse->word_count - first;
    char **rest = mem_array(count + 1, sizeof *rest);
    for (size_t i = 0; i < count; i++)
        rest[i] = mem_copy(parse->words[first + i]);
    parse->invocation->settings.rest = rest;
    return first - parse->name_count;
}

static const char *thing(enum setting setting)
{
    return setting == SETTING_VPC_UUID     ? "the VPC"
           : setting == SETTING_CLUSTER_ID ? "the cluster"
                                           : "the Droplet";
}

/* What stands for an ID that is left out. */
static const char *instead(enum setting setting)
{
    return setting == SETTING_VPC_UUID     ? "a cluster in the region's default VPC"
           : setting == SETTING_CLUSTER_ID ? "the cluster of DO_DB_NAME"
                                           : "the Droplet of DROPLET_ID";
}

/*
 * An ID that a script looked for and did not find is not one that was left out. The plan takes an
 * empty UUID of a VPC for none.
 */
static bool is_lost(enum setting setting, const char *word, const struct settings *settings)
{
    bool is_id = setting == SETTING_CLUSTER_ID || setting == SETTING_DROPLET_ID ||
                 (setting == SETTING_VPC_UUID && !settings->faithful);
    return is_id && !*word;
}

static bool apply_arguments(struct parse *parse)
{
    const struct command *command = parse->invocation->command;
    const char **words = parse->words + parse->name_count;
    size_t count = parse->word_count - parse->name_count;
    if (command->takes_rest && parse->rest <= parse->word_count)
        count = keep_rest(parse);
    if (count > command->most)
        return usage_error(parse->error, command, "too many arguments, from", words[command->most]);
    for (size_t i = 0; i < command->least; i++)
        if (i >= count || !*words[i]) {
            char *what = mem_format("'%s' needs %s", command->name, command->arguments);
            usage_error(parse->error, command, what, "");
            free(what);
            return false;
        }
    for (size_t i = 0; i < count; i++) {
        char *where = mem_format("argument %zu of '%s'", i + 1, command->name);
        size_t at = command->most == COMMAND_ANY && i >= command->least ? command->least : i;
        struct settings *settings = &parse->invocation->settings;
        enum setting setting = command->positional[at];
        bool good =
            is_lost(setting, words[i], settings)
                ? error_set(
                      parse->error, ERROR_USAGE, 0,
                      "%s, the ID of %s, is empty, as after a search that failed: leave it out "
                      "for %s",
                      where, thing(setting), instead(setting))
                : settings_set(settings, setting, words[i], SOURCE_FLAG, where, parse->error);
        free(where);
        if (!good)
            return false;
    }
    return true;
}

/* Says why the words name no command. */
static bool unknown_command(struct parse *parse)
{
    char *others = second_words(parse->words[0]);
    char *what = *others ? mem_format("'%s' is followed by %s%s", parse->words[0], others,
                                      parse->word_count > 1 ? ", not" : "")
                         : mem_copy("unknown command");
    const struct command group = {.name = parse->words[0]};
    usage_error(parse->error, *others ? &group : NULL, what,
                !*others                ? parse->words[0]
                : parse->word_count > 1 ? parse->words[1]
                                        : "");
    free(what);
    free(others);
    return false;
}

static bool interpret(struct parse *parse)
{
    struct invocation *invocation = parse->invocation;
    if (parse->word_count && strcmp(parse->words[0], "help") == 0) {
        invocation->request = REQUEST_HELP;
        parse->word_count--;
        memmove(parse->words, parse->words + 1, parse->word_count * sizeof *parse->words);
    }
    if (parse->word_count)
        invocation->command =
            arguments_command(parse->words, parse->word_count, &parse->name_count);
    /* The first of two words alone: help may be asked for. */
    bool is_incomplete = parse->word_count == 1 && arguments_is_group(parse->words[0]);
    if (parse->word_count && !invocation->command && !is_incomplete)
        return unknown_command(parse);
    for (size_t i = 0; i < parse->seen_count; i++)
        if (!apply_option(&parse->seen[i], parse))
            return false;
    invocation->group = is_incomplete ? parse->words[0] : NULL;
    if (invocation->request != REQUEST_RUN)
        return true;
    if (is_incomplete)
        return unknown_command(parse);
    if (!invocation->command && !parse->seen_count && parse->rest == SIZE_MAX) {
        invocation->request = REQUEST_GREETING;
        return error_set(parse->error, ERROR_USAGE, 0, "%s", "");
    }
    if (!invocation->command)
        return usage_error(parse->error, NULL, "a command is missing", "");
    invocation->settings.is_deployment = invocation->command->is_deployment;
    invocation->settings.reads_dotenv = invocation->command->reads_dotenv;
    return apply_arguments(parse);
}

/* Whether a line that cannot be read asks for JSON: then its error is JSON too. */
static bool wants_json(int argc, char **argv)
{
    bool wants = false;
    for (int i = 1; i < argc; i++) {
        bool is_option = strcmp(argv[i], "--output") == 0 || strcmp(argv[i], "-o") == 0;
        wants = wants || strcmp(argv[i], "--output=json") == 0 || strcmp(argv[i], "-ojson") == 0 ||
                (is_option && i + 1 < argc && strcmp(argv[i + 1], "json") == 0);
    }
    return wants;
}

bool arguments_parse(int argc, char **argv, struct invocation *invocation, struct error *error)
{
    *invocation = (struct invocation){.request = REQUEST_RUN};
    size_t room = argc > 0 ? (size_t)argc : 1;
    /* "-qv" is one word and two options; no word holds more than its letters. */
    size_t letters = 0;
    for (int i = 1; i < argc; i++)
        letters += strlen(argv[i]) + 1;
    struct parse parse = {.invocation = invocation,
                          .error = error,
                          .seen = mem_array(letters + 1, sizeof *parse.seen),
                          .words = mem_array(room, sizeof *parse.words),
                          .rest = SIZE_MAX};
    struct option *options = long_options();
    bool good = sort_words(argc, argv, options, &parse) && interpret(&parse);
    /* This value is always taken: the error that is there stays as it is. */
    if (!good && wants_json(argc, argv))
        (void)settings_set(&invocation->settings, SETTING_OUTPUT, "json", SOURCE_FLAG, "--output",
                           error);
    free(options);
    free(parse.seen);
    free(parse.words);
    return good;
}
