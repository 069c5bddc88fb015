#include "config.h"

#include "commands/commands.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "commandline.h"
#include "unit.h"

/* The plan's functions, with the command that is the same and its arguments in the plan's order. */
static const struct {
    const char *function, *command, *arguments;
    enum setting settings[4];
    size_t least;
} functions[] = {
    {"check_existing_database", "check", "my-db", {SETTING_CLUSTER_NAME}, 1},
    {"create_managed_database",
     "create",
     "my-db|fra1|db-s-x|vpc-1",
     {SETTING_CLUSTER_NAME, SETTING_REGION, SETTING_SIZE, SETTING_VPC_UUID},
     0},
    {"create_connection_pool",
     "pool",
     "abc|my-pool|30",
     {SETTING_CLUSTER_ID, SETTING_POOL, SETTING_POOL_SIZE},
     0},
    {"download_ssl_certificate", "ca", "abc|/x/ca.crt", {SETTING_CLUSTER_ID, SETTING_CA_FILE}, 0},
    {"get_connection_string",
     "url",
     "abc|false|verify-full",
     {SETTING_CLUSTER_ID, SETTING_USE_POOL, SETTING_SSL_MODE},
     0},
    {"save_connection_string", "save", "abc|/x/url", {SETTING_CLUSTER_ID, SETTING_SECRET_FILE}, 0},
    {"configure_trusted_sources", "trust", "abc|42", {SETTING_CLUSTER_ID, SETTING_DROPLET_ID}, 0},
    {"show_database_info", "info", "abc", {SETTING_CLUSTER_ID}, 0},
    {"ensure_vpc", "vpc", "my-vpc|fra1", {SETTING_VPC_NAME, SETTING_REGION}, 0},
    {"validate_doctl_auth", "auth", "", {SETTING_COUNT}, 0},
    {"setup_managed_database", "setup_managed_database", "", {SETTING_COUNT}, 0},
};

START_TEST(function_names_are_command_names)
{
    const char *names[] = {functions[_i].function, functions[_i].command};
    for (size_t name = 0; name < COUNT(names); name++) {
        parses(unit_format("%s%s%s", names[name], *functions[_i].arguments ? "|" : "",
                           functions[_i].arguments));
        ck_assert_str_eq(invocation.command->name, functions[_i].command);
        ck_assert_uint_eq(invocation.command->least, functions[_i].least);
        const char *value = functions[_i].arguments;
        size_t count = 0;
        for (; *value; count++) {
            size_t length = strcspn(value, "|");
            char *one = unit_keep(mem_copy_n(value, length));
            ck_assert_str_eq(value_of(functions[_i].settings[count]), one);
            value += length + (value[length] != '\0');
        }
        ck_assert_uint_eq(invocation.command->most, count);
    }
}
END_TEST

START_TEST(setup_and_its_function_are_two)
{
    parses("setup");
    const struct command *setup = invocation.command;
    parses("setup_managed_database");
    ck_assert_ptr_ne(invocation.command, setup);
    ck_assert(invocation.command->run != setup->run);
    ck_assert_uint_eq(invocation.command->groups, setup->groups);
    ck_assert_ptr_null(setup->secret_name);
    parses("save|abc");
    ck_assert_str_eq(invocation.command->secret_name, "do_database_url");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("commands");
    TCase *tests = commandline_case(suite, "cli");
    tcase_add_loop_test(tests, function_names_are_command_names, 0, COUNT(functions));
    tcase_add_test(tests, setup_and_its_function_are_two);
    return unit_run(suite);
}
