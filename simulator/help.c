#include "help.h"

#include <string.h>

#include "command.h"

static const char about[] =
    "doctl is a command line interface (CLI) for the DigitalOcean API (this one is a simulator).";

static bool is_below(const struct command *child, const struct command *parent)
{
    const char *last = strrchr(child->words, ' ');
    size_t above = last == NULL ? 0 : (size_t)(last - child->words);

    if (parent == NULL)
        return last == NULL;
    return above == strlen(parent->words) && strncmp(child->words, parent->words, above) == 0;
}

static const char *last_word(const struct command *command)
{
    const char *last = strrchr(command->words, ' ');

    return last == NULL ? command->words : last + 1;
}

static void commands_list(struct call *call, struct text *out)
{
    text_add(out, "\nAvailable Commands:\n");
    for (size_t i = 0; i < command_count; i++)
        if (is_below(&commands[i], call->command) && (commands[i].where & call->personality) != 0)
            text_format(out, "  %-20s %s\n", last_word(&commands[i]), commands[i].brief);
    if (call->command == NULL)
        text_format(out, "  %-20s %s\n", "help", "Help about any command");
}

static const char *kind_word(const struct flag *flag)
{
    switch (flag->kind) {
    case FLAG_TEXT:
        return " string";
    case FLAG_NUMBER:
        return " int";
    case FLAG_LIST:
        return " strings";
    case FLAG_TRUTH:
        break;
    }
    return "";
}

static void flag_line(const struct call *call, struct text *out, const struct flag *flag)
{
    const char *name = arena_format(call->arena, "--%s%s", flag->name, kind_word(flag));

    if (flag->brief == NULL)
        return;
    if (flag->letter != '\0')
        text_format(out, "  -%c, %-36s %s", flag->letter, name, flag->brief);
    else
        text_format(out, "      %-36s %s", name, flag->brief);
    text_add(out, flag->required ? " (required)\n" : "\n");
}

static bool is_global(const struct flag *flag)
{
    return flag >= global_flags && flag < global_flags + global_flag_count &&
           strcmp(flag->name, "help") != 0;
}

static void flags_list(const struct call *call, struct text *out)
{
    const char *path = call->command == NULL ? "doctl" : call->command->words;

    text_add(out, "\nFlags:\n");
    for (size_t i = 0; i < call->option_count; i++)
        if (!is_global(call->options[i].flag) && strcmp(call->options[i].flag->name, "help") != 0)
            flag_line(call, out, call->options[i].flag);
    text_format(out, "  -h, %-36s help for %s\n", "--help", path);
    text_add(out, call->command == NULL ? "" : "\nGlobal Flags:\n");
    for (size_t i = 0; i < call->option_count; i++)
        if (is_global(call->options[i].flag))
            flag_line(call, out, call->options[i].flag);
}

void help_usage(struct call *call, struct text *out)
{
    const struct command *command = call->command;
    bool group = command == NULL || command->group;

    text_format(out, "Usage:\n  doctl%s%s%s %s\n", command == NULL ? "" : " ",
                command == NULL ? "" : command->words,
                command == NULL || command->operands == NULL ? "" : command->operands,
                group ? "[command]" : "[flags]");
    if (command != NULL && command->aliases != NULL) {
        text_format(out, "\nAliases:\n  %s", last_word(command));
        for (const char *rest = command->aliases; *rest != '\0';) {
            size_t length = strcspn(rest, " ");

            text_format(out, ", %.*s", (int)length, rest);
            rest += length + (rest[length] == ' ');
        }
        text_add(out, "\n");
    }
    if (group)
        commands_list(call, out);
    flags_list(call, out);
    if (group)
        text_format(out,
                    "\nUse \"doctl %s[command] --help\" for more information about a command.\n",
                    command == NULL ? "" : arena_format(call->arena, "%s ", command->words));
    text_add(out, "\n");
}

void help_page(struct call *call, struct text *out)
{
    text_format(out, "%s\n\n", call->command == NULL ? about : call->command->brief);
    help_usage(call, out);
}
