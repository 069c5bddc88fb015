#include "config.h"

#include "cli/arguments.h"

#include <stdlib.h>
#include <string.h>

#include "commandline.h"
#include "unit.h"

/* ---- where options may stand ---- */

static const char *const orders[] = {
    "create|my-db|fra1|--pool|my-pool|-v|--nodes=2",
    "--pool|my-pool|-v|--nodes=2|create|my-db|fra1",
    "create|--pool=my-pool|my-db|-v|fra1|--nodes|2",
    "-v|create|my-db|--nodes=2|fra1|--pool=my-pool",
    "--verbose|--pool|my-pool|create|--nodes|2|--|my-db|fra1",
    "create|--pool|other|--pool|my-pool|--nodes=3|--nodes=2|-v|-v|my-db|fra1",
    "create_managed_database|my-db|fra1|--pool=my-pool|--nodes=2|-v",
};

START_TEST(options_may_stand_anywhere)
{
    for (int strict = 0; strict < 2; strict++) {
        if (strict)
            setenv("POSIXLY_CORRECT", "1", 1);
        parses(orders[_i]);
        ck_assert_int_eq(invocation.request, REQUEST_RUN);
        ck_assert_str_eq(invocation.command->name, "create");
        ck_assert_str_eq(value_of(SETTING_CLUSTER_NAME), "my-db");
        ck_assert_str_eq(value_of(SETTING_REGION), "fra1");
        ck_assert_str_eq(value_of(SETTING_POOL), "my-pool");
        ck_assert_str_eq(value_of(SETTING_NODES), "2");
        ck_assert(invocation.settings.verbose);
        ck_assert(!invocation.settings.quiet);
        ck_assert_int_eq(invocation.settings.sources[SETTING_POOL], SOURCE_FLAG);
        ck_assert_int_eq(invocation.settings.sources[SETTING_CLUSTER_NAME], SOURCE_FLAG);
    }
}
END_TEST

START_TEST(after_two_dashes_all_are_words)
{
    parses("--|check|my-db");
    ck_assert_str_eq(invocation.command->name, "check");
    unit_failed(parse("check|--|--help"), &commandline_error, ERROR_USAGE, "--help");
    ck_assert_int_eq(invocation.request, REQUEST_RUN);
    unit_failed(parse("check|--|a|--help"), &commandline_error, ERROR_USAGE, "--help");
    unit_failed(parse("check|--|-x"), &commandline_error, ERROR_USAGE, "-x");
    unit_failed(parse("--"), &commandline_error, ERROR_USAGE, "a command is missing");
}
END_TEST

START_TEST(letters_may_stand_together)
{
    parses("-qv|auth");
    ck_assert(invocation.settings.quiet && invocation.settings.verbose);
    parses("auth|-q");
    ck_assert(invocation.settings.quiet && !invocation.settings.verbose);
    parses("auth|--quiet");
    ck_assert(invocation.settings.quiet);
}
END_TEST

/* A part of a name that fits one option is that option, as with any long options. */
START_TEST(shortened_options)
{
    parses("auth|--verb|--time=5|--dial|plan");
    ck_assert(invocation.settings.verbose);
    ck_assert_str_eq(value_of(SETTING_TIMEOUT), "5");
    ck_assert_str_eq(value_of(SETTING_DIALECT), "plan");
    /* A whole name counts, though another one begins with it. */
    parses("setup|--pool|x-pool|--secret-file=/x");
    ck_assert_str_eq(value_of(SETTING_POOL), "x-pool");
}
END_TEST

START_TEST(switches)
{
    parses("setup|--faithful|--no-secret-file|--trust|tag:a|--trust=tag:b");
    ck_assert(invocation.settings.faithful);
    ck_assert(invocation.settings.no_secret_file);
    ck_assert_uint_eq(invocation.settings.trust_count, 2);
    ck_assert_str_eq(invocation.settings.trust[1], "tag:b");
    ck_assert(!invocation.settings.simulate);
    parses("auth|--simulate");
    ck_assert(invocation.settings.simulate);
    ck_assert_ptr_null(invocation.settings.simulator);
    parses("auth|--simulate=/some/where");
    ck_assert(invocation.settings.simulate);
    ck_assert_str_eq(invocation.settings.simulator, "/some/where");
    parses("auth|--simulate=/a|--simulate=/b");
    ck_assert_str_eq(invocation.settings.simulator, "/b");
    /* The folder is never a word of its own. */
    unit_failed(parse("auth|--simulate|/some/where"), &commandline_error, ERROR_USAGE,
                "/some/where");
}
END_TEST

/* ---- what is wrong, in one line that says where help is ---- */

static const struct {
    const char *line, *part;
} wrong[] = {
    {"-q", "a command is missing"},
    {"-v", "a command is missing"},
    {"nosuch", "unknown command nosuch"},
    {"Check|x", "unknown command Check"},
    {"chec|x", "unknown command chec, did you mean check?"},
    {"setpu", "unknown command setpu, did you mean setup?"},
    {"xyzzy", "unknown command xyzzy: "},
    {"setup|--drpolet=1", "unknown option --drpolet, did you mean --droplet?"},
    {"|x", "unknown command"},
    {"-", "unknown command -"},
    /* Options. */
    {"auth|--nosuch", "--nosuch"},
    {"auth|--nosuch=1", "--nosuch"},
    {"auth|-x", "-x"},
    {"auth|-vx", "-vx"},
    {"--nosuch", "--nosuch"},
    {"setup|--secret|/x", "--secret"},
    {"auth|--verbose=1", "--verbose"},
    {"auth|--help=1", "--help"},
    /* A value is missing, or empty. */
    {"auth|--timeout", "value is missing after --timeout"},
    {"--timeout", "value is missing after --timeout"},
    {"setup|--name", "value is missing after --name"},
    {"setup|--trust", "value is missing after --trust"},
    {"auth|--timeout=", "--timeout: the value is empty"},
    {"auth|--timeout|", "--timeout: the value is empty"},
    {"setup|--trust=", "--trust"},
    /* A value that does not fit. */
    {"auth|--timeout|x", "--timeout: 'x'"},
    {"auth|--timeout|-v", "--timeout: '-v'"},
    {"setup|--trust|x", "--trust: 'x'"},
    {"check|No Such", "argument 1 of 'check': 'No Such'"},
    {"pool|abc|app-pool|many", "argument 3 of 'pool': 'many'"},
    {"create|a|b", "argument 2 of 'create': 'b'"},
    /* Options of other commands. */
    {"auth|--pool|x-pool", "--pool is not an option of 'auth'"},
    {"check|x|--region|fra1", "--region is not an option of 'check'"},
    {"create|--trust|tag:x", "--trust is not an option of 'create'"},
    {"vpc|--pg-version|15", "--pg-version is not an option of 'vpc'"},
    {"--ssl-mode|require|info|abc", "--ssl-mode is not an option of 'info'"},
    {"show_database_info|abc|--ssl-mode=require", "--ssl-mode is not an option of 'info'"},
    /* Too few arguments, too many. */
    {"check", "'check' needs NAME"},
    {"check|", "'check' needs NAME"},
    {"check|a|b", "too many arguments, from b"},
    {"auth|x", "too many arguments, from x"},
    {"setup|x", "too many arguments, from x"},
    {"untrust|abc", "'untrust' needs CLUSTER RULE"},
    {"trust||42", "argument 1 of 'trust', the ID of the cluster, is empty"},
    {"trust|abc|", "argument 2 of 'trust', the ID of the Droplet, is empty"},
    {"create|a|fra1|db-s|abc|more", "too many arguments, from more"},
    {"create_managed_database|a|fra1|db-s|abc|more", "too many arguments, from more"},
    {"info|abc|--|-x", "too many arguments, from -x"},
    {"help|nosuch", "unknown command nosuch"},
};

/* No word at all: help, and no sentence. */
START_TEST(nothing_is_a_greeting)
{
    char *nothing[] = {"managed-db", NULL};
    struct error error = ERROR_INIT;
    struct invocation none;
    ck_assert(!arguments_parse(1, nothing, &none, &error));
    ck_assert_int_eq(none.request, REQUEST_GREETING);
    ck_assert_int_eq(error_exit_status(&error), 2);
    ck_assert_str_eq(error.text, "");
    settings_free(&none.settings);
}
END_TEST

/* A line that cannot be read may ask for JSON all the same. */
START_TEST(errors_may_be_json)
{
    static const char *const lines[] = {"setpu|--output=json", "-o|json|setpu", "--nosuch|-ojson",
                                        "setup|--output|json|--nosuch"};
    for (size_t i = 0; i < COUNT(lines); i++) {
        ck_assert(!parse(lines[i]));
        ck_assert_str_eq(value_of(SETTING_OUTPUT), "json");
    }
    ck_assert(!parse("setpu|json"));
    ck_assert_str_eq(value_of(SETTING_OUTPUT), "");
}
END_TEST

START_TEST(usage_errors)
{
    unit_failed(parse(wrong[_i].line), &commandline_error, ERROR_USAGE, wrong[_i].part);
    ck_assert_int_eq(error_exit_status(&commandline_error), 2);
    ck_assert_ptr_null(strchr(commandline_error.text, '\n'));
    /* Either it says what would fit, or where to read it. */
    ck_assert_msg(strstr(commandline_error.text, "--help") ||
                      strstr(commandline_error.text, ": '") ||
                      strstr(commandline_error.text, "empty"),
                  "%s", commandline_error.text);
}
END_TEST

START_TEST(hostile_words_are_shown_clean)
{
    static const char *const hostile[] = {
        "\x1b[31mred",         "--\x1b[31mred", "check|\x1b[31mred",
        "check|a|\x1b[31mred", "%s%n",          "--%s%n"};
    for (size_t i = 0; i < COUNT(hostile); i++) {
        unit_failed(parse(hostile[i]), &commandline_error, ERROR_USAGE, i < 4 ? "red" : "%s%n");
        ck_assert_ptr_null(strchr(commandline_error.text, '\x1b'));
    }
}
END_TEST

/* What stands behind an unknown option may be a token. */
START_TEST(values_of_unknown_options_are_not_shown)
{
    static const char *const lines[] = {"auth|--api-token=dop_v1_secret",
                                        "--token=dop_v1_secret|auth", "auth|--quiet=dop_v1_secret"};
    for (size_t i = 0; i < COUNT(lines); i++) {
        unit_failed(parse(lines[i]), &commandline_error, ERROR_USAGE, "--");
        ck_assert_ptr_null(strstr(commandline_error.text, "secret"));
    }
}
END_TEST

/* ---- arguments ---- */

/* An empty positional argument counts as left out, as in the plan. */
START_TEST(empty_arguments)
{
    parses("create||fra1||abc");
    ck_assert_str_eq(value_of(SETTING_CLUSTER_NAME), "");
    ck_assert_str_eq(value_of(SETTING_REGION), "fra1");
    ck_assert_str_eq(value_of(SETTING_SIZE), "");
    ck_assert_str_eq(value_of(SETTING_VPC_UUID), "abc");
    ck_assert_int_eq(invocation.settings.sources[SETTING_SIZE], SOURCE_NONE);
    parses("pool|abc||");
    ck_assert_str_eq(value_of(SETTING_POOL), "");
    ck_assert_str_eq(value_of(SETTING_POOL_SIZE), "");
    parses("url|abc||verify-full");
    ck_assert_str_eq(value_of(SETTING_USE_POOL), "");
    ck_assert_str_eq(value_of(SETTING_SSL_MODE), "verify-full");
}
END_TEST

START_TEST(requests)
{
    static const struct {
        const char *line;
        enum request request;
        const char *command;
    } lines[] = {
        {"--help", REQUEST_HELP, NULL},
        {"-h", REQUEST_HELP, NULL},
        {"help", REQUEST_HELP, NULL},
        {"check|--help", REQUEST_HELP, "check"},
        {"--help|check", REQUEST_HELP, "check"},
        {"help|check", REQUEST_HELP, "check"},
        {"trust|-h|abc|42|7", REQUEST_HELP, "trust"},
        {"show_database_info|-h", REQUEST_HELP, "info"},
        {"--version", REQUEST_VERSION, NULL},
        {"-V", REQUEST_VERSION, NULL},
        {"--print-table", REQUEST_TABLE, NULL},
    };
    for (size_t i = 0; i < COUNT(lines); i++) {
        parses(lines[i].line);
        ck_assert_msg(invocation.request == lines[i].request, "%s", lines[i].line);
        ck_assert_int_eq(invocation.command != NULL, lines[i].command != NULL);
        if (lines[i].command)
            ck_assert_str_eq(invocation.command->name, lines[i].command);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("arguments");
    TCase *tests = commandline_case(suite, "arguments");
    tcase_add_loop_test(tests, options_may_stand_anywhere, 0, COUNT(orders));
    tcase_add_test(tests, after_two_dashes_all_are_words);
    tcase_add_test(tests, letters_may_stand_together);
    tcase_add_test(tests, shortened_options);
    tcase_add_test(tests, switches);
    tcase_add_test(tests, nothing_is_a_greeting);
    tcase_add_test(tests, errors_may_be_json);
    tcase_add_loop_test(tests, usage_errors, 0, COUNT(wrong));
    tcase_add_test(tests, hostile_words_are_shown_clean);
    tcase_add_test(tests, values_of_unknown_options_are_not_shown);
    tcase_add_test(tests, empty_arguments);
    tcase_add_test(tests, requests);
    return unit_run(suite);
}
