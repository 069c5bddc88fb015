#include "usage.h"

#include <string.h>

#include "catalog.h"

static const char about[] =
    "doctl is a command line interface (CLI) for the DigitalOcean API (this one is a simulator).";

static void list_commands(struct call *call, struct buffer *out)
{
    buffer_add_text(out, "\nAvailable Commands:\n");
    for (size_t i = 0; i < command_count; i++) {
        const struct command *command = &commands[i];
        if (commands_is_below(command, call->command) && (command->where & call->personality) != 0)
            buffer_add_format(out, "  %-20s %s\n", commands_last_word(command), command->brief);
    }
    if (!call->command)
        buffer_add_format(out, "  %-20s %s\n", "help", "Help about any command");
}

static void list_aliases(const struct command *command, struct buffer *out)
{
    buffer_add_format(out, "\nAliases:\n  %s", commands_last_word(command));
    for (const char *rest = command->aliases; *rest;) {
        size_t length = strcspn(rest, " ");
        buffer_add_format(out, ", %.*s", (int)length, rest);
        rest += length + (rest[length] == ' ');
    }
    buffer_add_text(out, "\n");
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

static void show_flag(const struct call *call, struct buffer *out, const struct flag *flag)
{
    if (!flag->brief)
        return;
    const char *name = arena_format(call->arena, "--%s%s", flag->name, kind_word(flag));
    if (flag->letter)
        buffer_add_format(out, "  -%c, %-36s %s", flag->letter, name, flag->brief);
    else
        buffer_add_format(out, "      %-36s %s", name, flag->brief);
    buffer_add_text(out, flag->required ? " (required)\n" : "\n");
}

static bool is_help(const struct flag *flag)
{
    return strcmp(flag->name, "help") == 0;
}

static bool is_global(const struct flag *flag)
{
    return flag >= global_flags && flag < global_flags + global_flag_count;
}

static void list_flags(const struct call *call, struct buffer *out)
{
    const struct command *command = call->command;
    buffer_add_text(out, "\nFlags:\n");
    for (size_t i = 0; i < call->option_count; i++)
        if (!is_global(call->options[i].flag))
            show_flag(call, out, call->options[i].flag);
    buffer_add_format(out, "  -h, %-36s help for %s\n", "--help",
                      command ? command->words : "doctl");
    buffer_add_text(out, command ? "\nGlobal Flags:\n" : "");
    for (size_t i = 0; i < call->option_count; i++)
        if (is_global(call->options[i].flag) && !is_help(call->options[i].flag))
            show_flag(call, out, call->options[i].flag);
}

void usage_text(struct call *call, struct buffer *out)
{
    const struct command *command = call->command;
    bool group = !command || command->group;
    buffer_add_format(
        out, "Usage:\n  doctl%s%s%s %s\n", command ? " " : "", command ? command->words : "",
        command && command->operands ? command->operands : "", group ? "[command]" : "[flags]");
    if (command && command->aliases)
        list_aliases(command, out);
    if (group)
        list_commands(call, out);
    list_flags(call, out);
    if (group)
        buffer_add_format(
            out, "\nUse \"doctl %s%s[command] --help\" for more information about a command.\n",
            command ? command->words : "", command ? " " : "");
    buffer_add_text(out, "\n");
}

void usage_page(struct call *call, struct buffer *out)
{
    buffer_add_format(out, "%s\n\n", call->command ? call->command->brief : about);
    usage_text(call, out);
}
