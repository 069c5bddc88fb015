#include "config.h"

#include "settings/print.h"

#include <stdlib.h>
#include <string.h>

#include "settings/load.h"
#include "unit.h"

static struct error error;
static struct settings settings;

static void set_up(void)
{
    error = (struct error)ERROR_INIT;
    settings = (struct settings){.trust = NULL};
}

static void tear_down(void)
{
    settings_free(&settings);
}

static void load(const char *lines)
{
    char *file = unit_file(unit_folder(), "deploy.config", lines, 0600);
    unit_worked(settings_set(&settings, SETTING_ENV_FILE, file, SOURCE_FLAG, "test", &error),
                &error);
    unit_worked(settings_load(&settings, "database_url", &error), &error);
}

#define TOKEN "a-token-that-is-not-shown"

START_TEST(a_secret_is_in_no_form)
{
    load("DO_API_TOKEN=" TOKEN "\nDO_REGION=fra1\n");
    char *forms[] = {unit_keep(settings_as_text(&settings)), unit_keep(settings_as_json(&settings)),
                     unit_keep(settings_as_env(&settings))};
    for (size_t i = 0; i < COUNT(forms); i++) {
        ck_assert_ptr_null(strstr(forms[i], TOKEN));
        ck_assert_ptr_nonnull(strstr(forms[i], "fra1"));
    }
    ck_assert_ptr_nonnull(strstr(forms[0], "****"));
    /* A script that evaluates it keeps what it had. */
    ck_assert_ptr_null(strstr(forms[2], "DO_API_TOKEN"));
}
END_TEST

START_TEST(each_value_has_its_source)
{
    setenv("DO_DB_SIZE", "db-s-2vcpu-4gb", 1);
    load("DO_REGION=fra1\nDO_DB_SIZE=db-s-1vcpu-1gb\n");
    unsetenv("DO_DB_SIZE");
    char *json = unit_keep(settings_as_json(&settings));
    ck_assert_ptr_nonnull(strstr(json, "{\"name\": \"region\", \"variable\": \"DO_REGION\", "
                                       "\"value\": \"fra1\", \"source\": \"env file\"}"));
    ck_assert_ptr_nonnull(strstr(json, "\"db-s-2vcpu-4gb\", \"source\": \"environment\"}"));
    ck_assert_ptr_nonnull(strstr(json, "\"value\": \"15\", \"source\": \"default\"}"));
    ck_assert_ptr_nonnull(strstr(json, "\"name\": \"droplet\", \"variable\": \"DROPLET_ID\", "
                                       "\"value\": null, \"source\": null}"));
}
END_TEST

/* What a shell would do something with is a value like any other. */
START_TEST(values_are_quoted_for_a_shell)
{
    load("DO_SSH_KEY_NAME=\"it's \\$(x) \\`y\\`\"\n");
    char *env = unit_keep(settings_as_env(&settings));
    ck_assert_ptr_nonnull(strstr(env, "\nDO_SSH_KEY_NAME='it'\\''s $(x) `y`'\n"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("listing");
    TCase *tests = unit_case(suite, "listing");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, a_secret_is_in_no_form);
    tcase_add_test(tests, each_value_has_its_source);
    tcase_add_test(tests, values_are_quoted_for_a_shell);
    return unit_run(suite);
}
