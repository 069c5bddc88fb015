#include "config.h"

#include "settings.h"

#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "unit.h"

static struct error error;
static struct settings settings;
static char *folder;

static void set_up(void)
{
    static const char *const variables[] = {
        "DO_REGION",     "DO_DB_SIZE",       "USE_MANAGED_DB",         "DROPLET_ID",
        "DO_API_TOKEN",  "MANAGED_DB_DOCTL", "MANAGED_DB_SECRETS_DIR", "MANAGED_DB_LOCK_DIR",
        "XDG_STATE_HOME"};
    for (size_t i = 0; i < COUNT(variables); i++)
        unsetenv(variables[i]);
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

/* ---- forms ---- */

static const struct {
    enum setting setting;
    const char *good[8], *bad[14];
} forms[] = {
    {SETTING_CLUSTER_NAME,
     {"a", "freshtrack-db", "0", "a-1-b"},
     {"A", "a_b", "-a", "a-", "a.b", "\xc3\xa4", "a/b"}},
    {SETTING_REGION, {"nyc3", "sfo2", "xyz99"}, {"NYC3", "n", "-x", "nyc 3", "nyc.3"}},
    {SETTING_SIZE,
     {"db-s-1vcpu-2gb", "gd-2vcpu-8gb", "so1_5-2vcpu-16gb"},
     {"db s", "-db", "DB", "db/x"}},
    {SETTING_PG_VERSION, {"15", "9", "99"}, {"0", "015", "100", "15.1", "x", "-1", " 15"}},
    {SETTING_NODES, {"1", "3"}, {"0", "-1", "1.5", "x", "100"}},
    {SETTING_VPC_NAME, {"freshtrack-vpc", "A.b-1"}, {"a_b", "-a", ".a", "a b", "a/b"}},
    {SETTING_VPC_IP_RANGE,
     {"10.116.0.0/20", "0.0.0.0/0", "255.255.255.255/32", "192.168.1.0/24", "10.0.10.99/8"},
     {"10.116.0.0", "10.116.0/20", "10.116.0.0.0/20", "256.0.0.0/8", "10.0.0.0/33", "10.0.0.0/",
      "::/0", "10.116.0.0/020", "a.b.c.d/8", "10..0.0/8", "10.0.0.0/8 ", ".10.0.0.0/8",
      "10.0.0.0./8", "010.0.0.0/8"}},
    {SETTING_POOL, {"app-pool", "abc", "_a.b", "A1-"}, {"ab", "-abc", "a b c", "a/b", "a'b"}},
    {SETTING_POOL_SIZE, {"1", "25", "9999"}, {"0", "10000", "025", "1.5", "-1", "x"}},
    {SETTING_DROPLET_ID, {"42", "x-1"}, {"-42", "4 2", "4/2", "$X", "4,2"}},
    {SETTING_CLUSTER_ID,
     {"d3d3c1ee-6666-4f46-9a8d-5c519746aa72", "abc"},
     {"-x", "a b", "a/b", "../x", "a;b", "a?b", "a%2fb"}},
    {SETTING_VPC_UUID, {"98de743c-8e34-4462-8a01-6143868d4620"}, {"-x", "a b"}},
    {SETTING_USE_POOL, {"true", "false"}, {"yes", "1", "True", "truefalse"}},
    {SETTING_NETWORK, {"private", "public", "auto"}, {"Private", "none", "autos"}},
    {SETTING_SSL_MODE,
     {"require", "verify-ca", "verify-full"},
     {"disable", "allow", "prefer", "require&x=1", "REQUIRE"}},
    {SETTING_SECRETS_DIR,
     {"/x", "x", "./-x", "/with blank/\xc3\xa4", "$(id)"},
     {"-x", "/a\nb", "/a\x1b[1m", "/a\tb", "/a\x7f"}},
    {SETTING_SECRET_FILE, {"/x", "x y"}, {"-x", "a\nb"}},
    {SETTING_CA_FILE, {"/x"}, {"-x", "a\rb"}},
    {SETTING_DOCTL, {"doctl", "/usr/bin/doctl"}, {"-doctl", "a\nb"}},
    {SETTING_SECRET_OWNER,
     {"0", "1000", "1000:1000", "999999999:0"},
     {"root", "1000:", ":1000", "1000:x", "-1", "1000:1000:1", "9999999999", "1000 "}},
    {SETTING_API_TOKEN,
     {"dop_v1_0123456789abcdef", "%s$(x)"},
     {"a b", "a\nb", "a\x1b", "\xc3\xa4", " a", "a\t"}},
    {SETTING_CONTEXT, {"default", "my-team.1"}, {"-x", "a b", "a=b"}},
    {SETTING_DIALECT, {"auto", "plan", "shipped"}, {"both", "Plan"}},
    {SETTING_JOBS, {"1", "8", "99"}, {"0", "100", "-1", "x"}},
    {SETTING_TIMEOUT,
     {"120", "0.5", "1.234", "999999"},
     {"-1", "x", "1e3", ".5", "1.", "1.2345", "1000000", "inf", "nan", "0x10"}},
    {SETTING_WAIT_TIMEOUT, {"1800"}, {"-1", "1s"}},
    {SETTING_POLL_INTERVAL, {"10", "0.1"}, {"-1", "x"}},
    {SETTING_LOCK_TIMEOUT, {"60"}, {"-1", "x"}},
    {SETTING_COLOR, {"auto", "always", "never"}, {"yes", "on"}},
    {SETTING_OUTPUT, {"text", "json", "env"}, {"yaml", "JSON"}},
    {SETTING_ENV_FILE, {"deploy.config"}, {"-x", "a\nb"}},
    {SETTING_MANIFEST, {"managed-db.yaml"}, {"-x", "a\nb"}},
    {SETTING_LOCK_DIR, {"/run/lock"}, {"-x", "a\nb"}},
    {SETTING_SECRET_NAME, {"database_url", "backend:/run/secrets/x"}, {"-x", "a b", "a\nb"}},
    {SETTING_DROPLET_NAME, {"freshtrack-pro", "a.b"}, {"-x", "a b", "a-", "a_b"}},
    {SETTING_DROPLET_SIZE, {"s-2vcpu-4gb"}, {"-x", "S-1"}},
    {SETTING_DROPLET_IMAGE, {"ubuntu-24-04-x64"}, {"-x", "a b"}},
    {SETTING_DROPLET_TAGS, {"a", "a,b:c"}, {",", "a,,b", "a b"}},
    {SETTING_SSH_KEY, {"ops key", "k"}, {"-k", "a\nb"}},
    {SETTING_SSH_USER, {"root", "deploy_1"}, {"Root", "-r", "a b"}},
    {SETTING_SSH_IDENTITY, {"/k"}, {"-k", "a\nb"}},
    {SETTING_USER_DATA, {"cloud-init.yaml"}, {"-x", "a\nb"}},
    {SETTING_DEPLOY_DIR, {"/opt/app"}, {"opt", "/", "/a b", "/a:b"}},
    {SETTING_DEPLOY_TIMEOUT, {"900"}, {"1.5", "-1", "x"}},
    {SETTING_APP_DIR, {"app"}, {"-x", "a\nb"}},
    {SETTING_APP_SECRETS, {"secrets"}, {"-x", "a\nb"}},
    {SETTING_APP_FILES, {"a", "a/b:c"}, {"/a", "../a", "a:", "a/../b", "-x"}},
    {SETTING_COMPOSE_FILES, {"docker-compose.yml", "a.yml:b.yml"}, {"/a", "a::b", "a:../b"}},
    {SETTING_CONFIRM, {"any name", "-x"}, {NULL}},
    /* Compared with "true" only. */
    {SETTING_USE_DO_SPACES, {"true", "false", "yes"}, {NULL}},
    {SETTING_USE_MANAGED_DB, {"true", "false", "yes", "any thing"}, {NULL}},
};

START_TEST(forms_of_values)
{
    enum setting setting = forms[_i].setting;
    for (size_t i = 0; i < COUNT(forms[0].good) && forms[_i].good[i]; i++) {
        unit_worked(set(setting, forms[_i].good[i]), &error);
        ck_assert_str_eq(get(setting), forms[_i].good[i]);
    }
    char *before = unit_keep(mem_copy(get(setting)));
    for (size_t i = 0; i < COUNT(forms[0].bad) && forms[_i].bad[i]; i++) {
        error = (struct error)ERROR_INIT;
        ck_assert_msg(!set(setting, forms[_i].bad[i]), "'%s' was taken", forms[_i].bad[i]);
        ck_assert_int_eq(error.kind, ERROR_USAGE);
        ck_assert_ptr_nonnull(strstr(error.text, "--here"));
        ck_assert_str_eq(get(setting), before);
    }
}
END_TEST

START_TEST(every_form_is_tested)
{
    bool seen[SETTING_COUNT] = {false};
    for (size_t i = 0; i < COUNT(forms); i++)
        seen[forms[i].setting] = true;
    /* A list, not a value: check_cli and compose.bats. */
    seen[SETTING_COMPOSE] = true;
    for (size_t i = 0; i < SETTING_COUNT; i++)
        ck_assert_msg(seen[i], "setting %zu has no test", i);
}
END_TEST

/* Whatever the setting: what could do harm in an argv, a message or a terminal is refused. */
START_TEST(hostile_values)
{
    enum setting setting = (enum setting)_i;
    char *huge = unit_keep(mem_alloc(10001));
    memset(huge, 'a', 10000);
    const char *hostile[] = {"a\nb", "a\x1b[31mred", "a\x01", "\n", huge};
    if (setting == SETTING_USE_MANAGED_DB || setting == SETTING_USE_DO_SPACES ||
        setting == SETTING_CONFIRM)
        return;
    for (size_t i = 0; i < COUNT(hostile); i++) {
        error = (struct error)ERROR_INIT;
        unit_failed(set(setting, hostile[i]), &error, ERROR_USAGE, "--here");
        ck_assert_ptr_null(strchr(error.text, '\n'));
        ck_assert_ptr_null(strchr(error.text, '\x1b'));
        ck_assert_uint_lt(strlen(error.text), 600);
        ck_assert_str_eq(get(setting), "");
    }
    if (setting != SETTING_API_TOKEN)
        unit_failed(set(setting, "-x"), &error, ERROR_USAGE, "-x");
}
END_TEST

START_TEST(names_have_a_length)
{
    static const struct {
        enum setting setting;
        size_t most;
    } lengths[] = {{SETTING_CLUSTER_NAME, 63}, {SETTING_POOL, 63},        {SETTING_REGION, 64},
                   {SETTING_CLUSTER_ID, 128},  {SETTING_API_TOKEN, 4096}, {SETTING_CA_FILE, 4095}};
    for (size_t i = 0; i < COUNT(lengths); i++) {
        char *value = unit_keep(mem_alloc(lengths[i].most + 2));
        memset(value, 'a', lengths[i].most);
        unit_worked(set(lengths[i].setting, value), &error);
        value[lengths[i].most] = 'a';
        unit_failed(set(lengths[i].setting, value), &error, ERROR_USAGE, "--here");
    }
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

START_TEST(trusted_sources)
{
    static const char *const good[] = {"droplet:42",
                                       "k8s:98de743c-8e34-4f12-9a6b-0123456789ab",
                                       "app:98DE743C-8E34-4F12-9A6B-0123456789AB",
                                       "tag:web:blue",
                                       "ip_addr:10.0.0.1",
                                       "ip_addr:10.0.0.0/8",
                                       "ip_addr:2001:db8::/32"};
    static const char *const bad[] = {"",
                                      "42",
                                      "droplet:",
                                      "droplet:-1",
                                      "host:x",
                                      "tag:a b",
                                      "droplet:1\n",
                                      "ip_addr:x",
                                      "ip_addr:1",
                                      "ip_addr:1.2.3.4/a",
                                      ":x",
                                      " droplet:1",
                                      "droplet:abc",
                                      "droplet:0",
                                      "k8s:x",
                                      "app:98de743c-8e34",
                                      "ip_addr:999.1.1.1",
                                      "ip_addr:1.2.3.4/33",
                                      "ip_addr:1.2.3"};
    for (size_t i = 0; i < COUNT(good); i++)
        unit_worked(settings_add_trust(&settings, good[i], "--trust", &error), &error);
    ck_assert_uint_eq(settings.trust_count, COUNT(good));
    for (size_t i = 0; i < COUNT(good); i++)
        ck_assert_str_eq(settings.trust[i], good[i]);
    for (size_t i = 0; i < COUNT(bad); i++)
        unit_failed(settings_add_trust(&settings, bad[i], "--trust", &error), &error, ERROR_USAGE,
                    "--trust");
    ck_assert_uint_eq(settings.trust_count, COUNT(good));
}
END_TEST

START_TEST(numbers)
{
    static const struct {
        const char *text;
        int ms;
    } times[] = {{"0", 0},        {"0.001", 1},    {"0.5", 500},
                 {"1.234", 1234}, {"120", 120000}, {"999999", 999999000}};
    for (size_t i = 0; i < COUNT(times); i++) {
        unit_worked(set(SETTING_TIMEOUT, times[i].text), &error);
        ck_assert_int_eq(settings_ms(&settings, SETTING_TIMEOUT), times[i].ms);
    }
    ck_assert(!settings_owner(&settings).wanted);
    unit_worked(set(SETTING_SECRET_OWNER, "1000"), &error);
    struct secretfile_owner owner = settings_owner(&settings);
    ck_assert(owner.wanted && owner.uid == 1000 && owner.gid == 1000);
    unit_worked(set(SETTING_SECRET_OWNER, "0:999999999"), &error);
    owner = settings_owner(&settings);
    ck_assert(owner.wanted && owner.uid == 0 && owner.gid == 999999999);
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

static TCase *settings_case(Suite *suite, const char *name)
{
    TCase *tests = unit_case(suite, name);
    tcase_add_checked_fixture(tests, set_up, tear_down);
    return tests;
}

int main(void)
{
    Suite *suite = suite_create("settings");
    TCase *tests = settings_case(suite, "places");
    tcase_add_test(tests, the_plans_constants);
    tcase_add_loop_test(tests, the_strongest_place_wins, 0, 16);
    tcase_add_test(tests, empty_is_left_out);
    tcase_add_test(tests, environment);
    tcase_add_test(tests, a_bad_variable_is_named);
    tcase_add_test(tests, a_weaker_place_is_not_looked_at);
    tests = settings_case(suite, "forms");
    tcase_add_loop_test(tests, forms_of_values, 0, COUNT(forms));
    tcase_add_test(tests, every_form_is_tested);
    tcase_add_loop_test(tests, hostile_values, 0, SETTING_COUNT);
    tcase_add_test(tests, names_have_a_length);
    tcase_add_test(tests, a_token_is_never_shown);
    tcase_add_test(tests, trusted_sources);
    tcase_add_test(tests, numbers);
    tests = settings_case(suite, "together");
    tcase_add_test(tests, context_and_token);
    tcase_add_loop_test(tests, either_context_or_token, 0, 2);
    tcase_add_loop_test(tests, faithful_makes_the_plans_calls_only, 0, 3);
    tcase_add_test(tests, a_secret_file_or_none);
    tcase_add_test(tests, the_simulators_own_secrets);
    tcase_add_test(tests, where_the_simulator_is);
    return unit_run(suite);
}
