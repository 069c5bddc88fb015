#include "config.h"

#include "cli/help.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/options.h"
#include "commandline.h"
#include "commands/commands.h"
#include "unit.h"

static char *help(const struct command *command, const char *group)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    help_print(stream, command, group);
    fclose(stream);
    return unit_keep(text);
}

/* Help names every command and every option that a command takes, and no other. */
START_TEST(help_is_complete)
{
    char *all = help(NULL, NULL);
    for (const struct command *command = command_table; command->name; command++) {
        ck_assert_ptr_nonnull(strstr(all, unit_format("\n  %s ", command->name)));
        char *text = help(command, NULL);
        ck_assert_ptr_nonnull(strstr(text, unit_format("Usage: managed-db %s", command->name)));
        ck_assert(!command->arguments || strstr(text, command->arguments));
        for (const struct option_spec *option = option_table; option->name; option++) {
            /* The common ones stand in a list. */
            bool shown = strstr(text, unit_format(" --%s ", option->name)) ||
                         strstr(text, unit_format(" --%s\n", option->name)) ||
                         strstr(text, unit_format(" --%s[", option->name));
            const char *needs = "abc|42";
            char *words = unit_format("%s%s%.*s%s--%s%s", command->name, command->least ? "|" : "",
                                      (int)(command->least == 0   ? 0
                                            : command->least == 1 ? 3
                                                                  : strlen(needs)),
                                      needs, "|", option->name,
                                      option->value && *option->value != '[' ? "=" : "");
            /* A command of two words. */
            char *blank = strchr(command->name, ' ');
            if (blank)
                words[blank - command->name] = '|';
            bool taken = parse(words) || !strstr(commandline_error.text, "is not an option of");
            ck_assert_msg(shown == taken, "--%s of %s: %s", option->name, command->name,
                          shown ? "shown, not taken" : "taken, not shown");
        }
    }
}
END_TEST

/* Where else a value comes from, and what it is without, is the settings' own. */
START_TEST(help_tells_variables_and_defaults)
{
    char *setup = NULL;
    for (const struct command *command = command_table; command->name; command++)
        if (strcmp(command->name, "setup") == 0)
            setup = help(command, NULL);
    ck_assert_ptr_nonnull(strstr(setup, "(DO_DB_NAME; freshtrack-db)"));
    ck_assert_ptr_nonnull(strstr(setup, "how many nodes the cluster has (1)"));
    ck_assert_ptr_nonnull(
        strstr(setup, "by ID or name\n                                 (DROPLET_ID)"));
    ck_assert_ptr_nonnull(strstr(setup, "Examples:\n  managed-db setup"));
}
END_TEST

START_TEST(groups_have_help)
{
    char *text = help(NULL, "compose");
    ck_assert_ptr_nonnull(strstr(text, "Usage: managed-db compose COMMAND"));
    ck_assert_ptr_nonnull(strstr(text, "\n  check "));
    ck_assert_ptr_nonnull(strstr(text, "\n  secret "));
    ck_assert_ptr_null(strstr(text, "setup"));
}
END_TEST

/* Every line of --print-table has its columns, and what it says is so. */
START_TEST(the_table)
{
    char *text = NULL;
    size_t size = 0;
    size_t commands = 0;
    size_t options = 0;
    FILE *stream = open_memstream(&text, &size);
    help_table(stream);
    fclose(stream);
    unit_keep(text);
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
        size_t tabs = 0;
        for (const char *c = line; *c; c++)
            tabs += *c == '\t';
        if (strncmp(line, "command\t", 8) == 0)
            commands += tabs == 4;
        else if (strncmp(line, "option\t--", 9) == 0)
            options += tabs == 5;
        else
            ck_assert_msg(strncmp(line, "takes\t", 6) == 0 && tabs == 2, "%s", line);
    }
    size_t count = 0;
    while (command_table[count].name)
        count++;
    ck_assert_uint_eq(commands, count);
    count = 0;
    while (option_table[count].name)
        count++;
    ck_assert_uint_eq(options, count);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("help");
    TCase *tests = commandline_case(suite, "help");
    tcase_add_test(tests, help_is_complete);
    tcase_add_test(tests, help_tells_variables_and_defaults);
    tcase_add_test(tests, groups_have_help);
    tcase_add_test(tests, the_table);
    return unit_run(suite);
}
