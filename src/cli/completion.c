#include "config.h"

#include "cli/completion.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "cli/arguments.h"
#include "cli/options.h"
#include "commands/commands.h"
#include "commands/run.h"

/* The line: what stands before the cursor, sorted, and the word at it. */
struct line {
    char **words; /* all of them, the last one at the cursor */
    size_t count;
    const char *word;                 /* that one, or its value */
    const struct option_spec *option; /* whose value is at the cursor; NULL: none */
    size_t whole;                     /* words before the cursor that are complete */
    const char *names[2];             /* of the command */
    size_t name_count;
    size_t argument_count;
    bool is_behind_dashes;
};

static bool begins(const char *text, const char *word)
{
    return strncmp(text, word, strlen(word)) == 0;
}

/* Whether a list with | between has the word. */
static bool is_listed(const char *list, const char *word)
{
    for (; *list; list += strcspn(list, "|"), list += *list == '|')
        if (begins(list, word) && strchr("|", list[strlen(word)]))
            return true;
    return false;
}

static void offer(const char *word, const char *text, const char *meaning)
{
    if (begins(text, word))
        printf("%s\t%s\n", text, meaning);
}

static const struct option_spec *find_option(const char *word)
{
    size_t length = strcspn(word, "=");
    for (const struct option_spec *option = option_table; option->name; option++) {
        bool is_long = strncmp(word, "--", 2) == 0 && strlen(option->name) + 2 == length &&
                       strncmp(word + 2, option->name, length - 2) == 0;
        if (is_long || (option->letter && word[1] == option->letter && !word[2]))
            return option;
    }
    return NULL;
}

/* Takes the option at `at`; gives how many words it and its value are. */
static size_t take_option(struct line *line, size_t at)
{
    const struct option_spec *option = find_option(line->words[at]);
    size_t last = line->count - 1;
    size_t value = at + 1 <= last && strcmp(line->words[at + 1], "=") == 0 ? at + 2 : at + 1;
    bool is_apart = value == at + 2 || (option && option->value && *option->value != '[' &&
                                        !strchr(line->words[at], '='));
    if (!is_apart)
        return 1;
    if (value >= last) {
        line->option = option;
        line->whole = at;
        line->word = value > last ? "" : line->words[last];
    }
    return value + 1 - at;
}

static void take_word(struct line *line, char *word)
{
    bool is_name =
        line->name_count == 0 || (line->name_count == 1 && arguments_is_group(line->names[0]));
    if (is_name)
        line->names[line->name_count++] = word;
    else
        line->argument_count++;
}

static struct line read_line(char **words, size_t count)
{
    struct line line = {
        .words = words, .count = count, .word = words[count - 1], .whole = count - 1};
    for (size_t at = 0; at + 1 < count && !line.option;) {
        if (!line.is_behind_dashes && strcmp(words[at], "--") == 0)
            line.is_behind_dashes = true;
        else if (!line.is_behind_dashes && words[at][0] == '-' && words[at][1]) {
            at += take_option(&line, at);
            continue;
        } else
            take_word(&line, words[at]);
        at++;
    }
    if (!line.option && !line.is_behind_dashes && begins(line.word, "--") &&
        strchr(line.word, '=')) {
        line.option = find_option(line.word);
        line.word = strchr(line.word, '=') + 1;
    }
    return line;
}

/* ---- what fits ---- */

static void offer_commands(const char *word)
{
    printf("words\n");
    for (const struct command *command = command_table; command->name; command++) {
        size_t length = strcspn(command->name, " ");
        bool is_again =
            command > command_table && strncmp(command[-1].name, command->name, length + 1) == 0;
        char *first = mem_format("%.*s", (int)length, command->name);
        if (!is_again)
            offer(word, first, command->name[length] ? "" : command->help);
        free(first);
        /* The plan's names only where one is begun: they would double the list. */
        if (command->function && *word && strcmp(command->function, command->name) != 0)
            offer(word, command->function, command->help);
    }
    offer(word, "help", "Tell what a command takes");
}

static void offer_seconds(const char *first, const char *word)
{
    size_t length = strlen(first);
    printf("words\n");
    for (const struct command *command = command_table; command->name; command++)
        if (begins(command->name, first) && command->name[length] == ' ')
            offer(word, command->name + length + 1, command->help);
}

static void offer_options(const struct command *command, const char *word)
{
    printf("words\n");
    for (const struct option_spec *option = option_table; option->name; option++) {
        char *text = mem_format("--%s", option->name);
        if (option->groups & (GROUP_COMMON | (command ? command->groups : 0)))
            offer(word, text, option->help);
        free(text);
    }
}

/* What DigitalOcean offers, with the settings that the line has so far. */
static bool offer_values(const struct line *line, const char *kind, const char *program,
                         struct error *error)
{
    const struct command *command = command_table;
    struct invocation invocation;
    struct error ignored = ERROR_INIT;
    const struct console silent = {CONSOLE_QUIET, false, false};
    char **words = mem_array(line->whole + 2, sizeof *words);
    while (command[1].name && strcmp(command->name, "offers") != 0)
        command++;
    words[0] = mem_copy(program);
    for (size_t i = 0; i < line->whole; i++)
        words[i + 1] = line->words[i];
    (void)arguments_parse((int)line->whole + 1, words, &invocation, &ignored);
    settings_put(&invocation.settings, SETTING_OFFER, kind);
    printf("words\n");
    bool good =
        fflush(stdout) == 0 && command_run(command, &invocation.settings, program, &silent, error);
    settings_free(&invocation.settings);
    free(words[0]);
    free(words);
    return good;
}

/* `value` is as usage shows it. */
static bool offer_setting(const struct line *line, enum setting setting, const char *value,
                          const char *program, struct error *error)
{
    const char *choices = settings_choices(setting);
    const char *name = settings_name(setting);
    if (name && is_listed(settings_choices(SETTING_OFFER), name))
        return offer_values(line, name, program, error);
    bool is_file = strstr(value, "PATH") || strstr(value, "FILE");
    printf("%s\n", is_file ? "files" : "words");
    while (choices && *choices) {
        size_t length = strcspn(choices, "|");
        char *choice = mem_format("%.*s", (int)length, choices);
        offer(line->word, choice, "");
        free(choice);
        choices += length + (choices[length] == '|');
    }
    return true;
}

static bool offer_for(const struct line *line, const char *program, struct error *error)
{
    const struct option_spec *option = line->option;
    size_t used;
    const struct command *command = arguments_command(line->names, line->name_count, &used);
    if (option && option->kind == OPTION_SIMULATE)
        printf("folders\n");
    else if (option && option->kind == OPTION_SETTING)
        return offer_setting(line, option->setting, option->value, program, error);
    else if (option)
        printf("words\n");
    else if (!line->is_behind_dashes && *line->word == '-')
        offer_options(command, line->word);
    else if (!line->name_count)
        offer_commands(line->word);
    else if (line->name_count == 1 && arguments_is_group(line->names[0]))
        offer_seconds(line->names[0], line->word);
    else if (command && line->argument_count < command->most && command->most <= COMMAND_ARGUMENTS)
        return offer_setting(line, command->positional[line->argument_count], command->arguments,
                             program, error);
    else
        printf("%s\n", command && command->most == COMMAND_ANY ? "files" : "words");
    return true;
}

bool completion_print(int count, char **words, const char *program, struct error *error)
{
    const struct line line = count ? read_line(words, (size_t)count) : (struct line){.word = ""};
    if (!offer_for(&line, program, error))
        return false;
    return fflush(stdout) == 0 || error_set_errno(error, "cannot write to stdout");
}
