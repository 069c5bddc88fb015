#include "config.h"

/* settings_load(): where the values in force come from, and which exclude each other. */
#include "settings/load.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "unit.h"

static struct error error;
static struct settings settings;
static char *folder;

static void set_up(void)
{
    setenv("HOME", "/home/me", 1);
    error = (struct error)ERROR_INIT;
    settings = (struct settings){.trust = NULL};
    folder = unit_folder();
}

static void tear_down(void)
{
    settings_free(&settings);
    settings_free(&settings);
}

static bool set(enum setting setting, const char *value)
{
    return settings_set(&settings, setting, value, SOURCE_FLAG, "--here", &error);
}

static const char *get(enum setting setting)
{
    return settings_get(&settings, setting);
}

static bool load(void)
{
    return settings_load(&settings, "do_database_url", &error);
}

/* Names a file as --env-file or --manifest. */
static char *use_file(enum setting setting, const char *name, const char *text)
{
    char *path = unit_file(folder, name, text, 0600);
    unit_worked(set(setting, path), &error);
    return path;
}

/* ---- where a value comes from ---- */

START_TEST(the_plans_constants)
{
    static const struct {
        enum setting setting;
        const char *value;
    } constants[] = {
        {SETTING_CLUSTER_NAME, "freshtrack-db"},
        {SETTING_REGION, "nyc3"},
        {SETTING_SIZE, "db-s-1vcpu-2gb"},
        {SETTING_PG_VERSION, "15"},
        {SETTING_NODES, "1"},
        {SETTING_VPC_NAME, "freshtrack-vpc"},
        {SETTING_VPC_IP_RANGE, "10.116.0.0/20"},
        {SETTING_POOL, "app-pool"},
        {SETTING_POOL_SIZE, "25"},
        {SETTING_USE_POOL, "true"},
        {SETTING_NETWORK, "auto"},
        {SETTING_SSL_MODE, "require"},
        {SETTING_SECRETS_DIR, "/opt/freshtrack-pro/secrets"},
        {SETTING_SECRET_FILE, "/opt/freshtrack-pro/secrets/do_database_url"},
        {SETTING_CA_FILE, "/opt/freshtrack-pro/secrets/ca-certificate.crt"},
        {SETTING_DOCTL, "doctl"},
        {SETTING_DIALECT, "auto"},
        {SETTING_JOBS, "8"},
        {SETTING_TIMEOUT, "120"},
        {SETTING_WAIT_TIMEOUT, "1800"},
        {SETTING_COLOR, "auto"},
        {SETTING_OUTPUT, "text"},
    };
    unit_worked(load(), &error);
    for (size_t i = 0; i < COUNT(constants); i++) {
        ck_assert_str_eq(get(constants[i].setting), constants[i].value);
        ck_assert_int_eq(settings.sources[constants[i].setting], SOURCE_DEFAULT);
    }
    static const enum setting empty[] = {
        SETTING_DROPLET_ID,     SETTING_CLUSTER_ID, SETTING_VPC_UUID,
        SETTING_API_TOKEN,      SETTING_CONTEXT,    SETTING_SECRET_OWNER,
        SETTING_USE_MANAGED_DB, SETTING_ENV_FILE,   SETTING_MANIFEST};
    for (size_t i = 0; i < COUNT(empty); i++) {
        ck_assert_ptr_null(settings.values[empty[i]]);
        ck_assert_str_eq(get(empty[i]), "");
        ck_assert_int_eq(settings.sources[empty[i]], SOURCE_NONE);
    }
}
END_TEST

/* Every set of places that may name the region, in bits: flag, environment, env file, manifest. */
START_TEST(the_strongest_place_wins)
{
    static const char *const values[] = {"flag1", "envi1", "file1", "mani1"};
    static const enum source sources[] = {SOURCE_FLAG, SOURCE_ENVIRONMENT, SOURCE_ENV_FILE,
                                          SOURCE_MANIFEST};
    if (_i & 1)
        unit_worked(set(SETTING_REGION, values[0]), &error);
    if (_i & 2)
        setenv("DO_REGION", values[1], 1);
    if (_i & 4)
        use_file(SETTING_ENV_FILE, "env", "DO_REGION=file1\n");
    if (_i & 8)
        use_file(SETTING_MANIFEST, "yaml", "region: mani1\n");
    unit_worked(load(), &error);
    int strongest = 0;
    while (strongest < 4 && !(_i & 1 << strongest))
        strongest++;
    ck_assert_str_eq(get(SETTING_REGION), strongest < 4 ? values[strongest] : "nyc3");
    ck_assert_int_eq(settings.sources[SETTING_REGION],
                     strongest < 4 ? sources[strongest] : SOURCE_DEFAULT);
}
END_TEST

/* Empty counts as left out, at every place. */
START_TEST(empty_is_left_out)
{
    unit_worked(set(SETTING_REGION, ""), &error);
    setenv("DO_REGION", "", 1);
    use_file(SETTING_ENV_FILE, "env", "DO_REGION=\nDO_REGION=''\nDO_REGION=\"\" # x\n");
    use_file(SETTING_MANIFEST, "yaml", "region:\nsize: ''\n");
    unit_worked(load(), &error);
    ck_assert_str_eq(get(SETTING_REGION), "nyc3");
    ck_assert_str_eq(get(SETTING_SIZE), "db-s-1vcpu-2gb");
}
END_TEST

START_TEST(environment)
{
    static const struct {
        const char *name, *value;
        enum setting setting;
    } variables[] = {
        {"DO_REGION", "fra1", SETTING_REGION},
        {"DO_DB_SIZE", "db-s-2vcpu-4gb", SETTING_SIZE},
        {"USE_MANAGED_DB", "true", SETTING_USE_MANAGED_DB},
        {"DROPLET_ID", "42", SETTING_DROPLET_ID},
        {"DO_API_TOKEN", "dop_v1_x", SETTING_API_TOKEN},
        {"MANAGED_DB_DOCTL", "/usr/bin/doctl", SETTING_DOCTL},
        {"MANAGED_DB_SECRETS_DIR", "/run/x", SETTING_SECRETS_DIR},
    };
    for (size_t i = 0; i < COUNT(variables); i++) {
        setenv(variables[i].name, variables[i].value, 1);
        ck_assert_int_eq(settings_by_variable(variables[i].name), variables[i].setting);
    }
    unit_worked(load(), &error);
    for (size_t i = 0; i < COUNT(variables); i++) {
        ck_assert_str_eq(get(variables[i].setting), variables[i].value);
        ck_assert_int_eq(settings.sources[variables[i].setting], SOURCE_ENVIRONMENT);
    }
    ck_assert_str_eq(get(SETTING_SECRET_FILE), "/run/x/do_database_url");
    ck_assert_str_eq(get(SETTING_CA_FILE), "/run/x/ca-certificate.crt");
    ck_assert_int_eq(settings_by_variable("PATH"), SETTING_COUNT);
    ck_assert_int_eq(settings_by_variable(""), SETTING_COUNT);
    ck_assert_int_eq(settings_by_key("region"), SETTING_REGION);
    ck_assert_int_eq(settings_by_key("Region"), SETTING_COUNT);
    ck_assert_int_eq(settings_by_key(""), SETTING_COUNT);
}
END_TEST

START_TEST(a_bad_variable_is_named)
{
    setenv("DO_REGION", "no such", 1);
    unit_failed(load(), &error, ERROR_USAGE, "DO_REGION");
    ck_assert_ptr_nonnull(strstr(error.text, "no such"));
    ck_assert_int_eq(error_exit_status(&error), 2);
}
END_TEST

/* A flag makes a bad value in a weaker place harmless. */
START_TEST(a_weaker_place_is_not_looked_at)
{
    unit_worked(set(SETTING_REGION, "fra1"), &error);
    setenv("DO_REGION", "no such", 1);
    unit_worked(load(), &error);
    ck_assert_str_eq(get(SETTING_REGION), "fra1");
}
END_TEST

START_TEST(a_token_is_never_shown)
{
    unit_failed(set(SETTING_API_TOKEN, "dop_v1_secret with blank"), &error, ERROR_USAGE, "token");
    ck_assert_ptr_null(strstr(error.text, "secret"));
    setenv("DO_API_TOKEN", "dop_v1_secret\n", 1);
    unit_failed(load(), &error, ERROR_USAGE, "DO_API_TOKEN");
    ck_assert_ptr_null(strstr(error.text, "secret"));
    unsetenv("DO_API_TOKEN");
    use_file(SETTING_ENV_FILE, "env", "DO_API_TOKEN=\"dop_v1 secret\"\n");
    unit_failed(load(), &error, ERROR_USAGE, "DO_API_TOKEN");
    ck_assert_ptr_null(strstr(error.text, "secret"));
    use_file(SETTING_ENV_FILE, "env", "DO_API_TOKEN=dop_v1 secret\n");
    unit_failed(load(), &error, ERROR_USAGE, "DO_API_TOKEN");
    ck_assert_ptr_null(strstr(error.text, "secret"));
}
END_TEST

/* ---- settings that exclude each other ---- */

START_TEST(context_and_token)
{
    unit_worked(set(SETTING_CONTEXT, "work"), &error);
    setenv("DO_API_TOKEN", "dop_v1_secret", 1);
    unit_failed(load(), &error, ERROR_USAGE, "--context and DO_API_TOKEN");
    ck_assert_ptr_null(strstr(error.text, "secret"));
}
END_TEST

START_TEST(either_context_or_token)
{
    if (_i)
        setenv("DO_API_TOKEN", "dop_v1_secret", 1);
    else
        unit_worked(set(SETTING_CONTEXT, "work"), &error);
    unit_worked(load(), &error);
}
END_TEST

START_TEST(faithful_makes_the_plans_calls_only)
{
    settings.faithful = true;
    if (_i == 0)
        unit_worked(set(SETTING_DIALECT, "shipped"), &error);
    else if (_i == 1)
        unit_worked(settings_add_trust(&settings, "tag:x", "--trust", &error), &error);
    else
        unit_worked(set(SETTING_NETWORK, "private"), &error);
    unit_failed(load(), &error, ERROR_USAGE, "--faithful");
    settings.faithful = false;
    unit_worked(load(), &error);
}
END_TEST

START_TEST(a_secret_file_or_none)
{
    settings.no_secret_file = true;
    unit_worked(load(), &error);
    settings_free(&settings);
    settings.no_secret_file = true;
    unit_worked(set(SETTING_SECRET_FILE, "/x"), &error);
    unit_failed(load(), &error, ERROR_USAGE, "--no-secret-file");
}
END_TEST

/* ---- the simulator ---- */

START_TEST(the_simulators_own_secrets)
{
    settings.simulate = true;
    settings.simulator = mem_copy("/sim");
    unit_worked(load(), &error);
    ck_assert_str_eq(get(SETTING_SECRETS_DIR), "/sim/secrets");
    ck_assert_str_eq(get(SETTING_SECRET_FILE), "/sim/secrets/do_database_url");
    ck_assert_str_eq(get(SETTING_CA_FILE), "/sim/secrets/ca-certificate.crt");
}
END_TEST

START_TEST(where_the_simulator_is)
{
    static const struct {
        const char *state, *home, *wanted;
    } places[] = {
        {NULL, "/home/me", "/home/me/.local/state/managed-db/simulator"},
        {"", "/home/me", "/home/me/.local/state/managed-db/simulator"},
        {"/state", "/home/me", "/state/managed-db/simulator"},
        /* A relative one has to be ignored (XDG Base Directory Specification). */
        {"state", "/home/me", "/home/me/.local/state/managed-db/simulator"},
    };
    for (size_t i = 0; i < COUNT(places); i++) {
        if (places[i].state)
            setenv("XDG_STATE_HOME", places[i].state, 1);
        setenv("HOME", places[i].home, 1);
        settings.simulate = true;
        unit_worked(load(), &error);
        ck_assert_str_eq(settings.simulator, places[i].wanted);
        settings_free(&settings);
    }
}
END_TEST

static TCase *load_case(Suite *suite, const char *name)
{
    TCase *tests = unit_case(suite, name);
    tcase_add_checked_fixture(tests, set_up, tear_down);
    return tests;
}

int main(void)
{
    Suite *suite = suite_create("load");
    TCase *tests = load_case(suite, "places");
    tcase_add_test(tests, the_plans_constants);
    tcase_add_loop_test(tests, the_strongest_place_wins, 0, 16);
    tcase_add_test(tests, empty_is_left_out);
    tcase_add_test(tests, environment);
    tcase_add_test(tests, a_bad_variable_is_named);
    tcase_add_test(tests, a_weaker_place_is_not_looked_at);
    tcase_add_test(tests, a_token_is_never_shown);
    tests = load_case(suite, "together");
    tcase_add_test(tests, context_and_token);
    tcase_add_loop_test(tests, either_context_or_token, 0, 2);
    tcase_add_loop_test(tests, faithful_makes_the_plans_calls_only, 0, 3);
    tcase_add_test(tests, a_secret_file_or_none);
    tcase_add_test(tests, the_simulators_own_secrets);
    tcase_add_test(tests, where_the_simulator_is);
    return unit_run(suite);
}
