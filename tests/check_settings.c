#include "config.h"

#include "settings/settings.h"

#include <string.h>

#include "base/memory.h"
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
     {"db s", "-db", "DB", "db/x", "s-1vcpu-2gb", "c-2"}},
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
    {SETTING_STORAGE, {"30720", "1000"}, {"999", "030720", "30 GB", "1234567890"}},
    {SETTING_POOL_MODE, {"transaction", "session", "statement"}, {"Transaction", "none"}},
    {SETTING_RULE, {"droplet:42", "tag:web"}, {"web", "droplet:0", "ip_addr:::1"}},
    {SETTING_VPC_UUID, {"98de743c-8e34-4462-8a01-6143868d4620"}, {"-x", "a b"}},
    {SETTING_USE_POOL, {"true", "false"}, {"yes", "1", "True", "truefalse"}},
    {SETTING_NETWORK, {"private", "public", "auto"}, {"Private", "none", "autos"}},
    {SETTING_SSL_MODE,
     {"require", "verify-ca", "verify-full"},
     {"disable", "allow", "prefer", "require&x=1", "REQUIRE"}},
    {SETTING_APP_USER,
     {"app", "_a-1"},
     {"doadmin", "App", "1a", "a b", "a'b", "a\"b", "pg_a", "-a"}},
    {SETTING_APP_FIRST, {"app"}, {"A"}},
    {SETTING_APP_DATABASE, {"app", "defaultdb"}, {"A", "a.b", "postgres"}},
    {SETTING_PSQL, {"psql", "/usr/bin/psql"}, {"-psql", "a\nb"}},
    {SETTING_VIA, {"ssh root@HOST", "docker compose exec -T backend"}, {"-x", "a\nb"}},
    {SETTING_COMPOSE_COMMAND, {"docker compose", "/x"}, {"-x", "a\nb"}},
    {SETTING_COMPOSE_CONFIG, {"-", "/x"}, {"-x", "a\nb", "--"}},
    {SETTING_DIRECT_FILE, {"/x"}, {"-x", "a\nb"}},
    {SETTING_GRACE, {"0", "3600", "0.5"}, {"-1", "1h"}},
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
    {SETTING_OFFER, {"region", "size", "pg-version", "droplet-size", "image"}, {"sizes", "-x"}},
    {SETTING_SHELL, {"bash", "zsh", "fish"}, {"sh", "bash|zsh"}},
    {SETTING_SECRET_NAME, {"database_url", "backend:/run/secrets/x"}, {"-x", "a b", "a\nb"}},
    {SETTING_DROPLET_NAME, {"freshtrack-pro", "a.b"}, {"-x", "a b", "a-", "a_b"}},
    {SETTING_DROPLET_SIZE, {"s-2vcpu-4gb", "gd-2vcpu-8gb"}, {"-x", "S-1", "db-s-1vcpu-2gb"}},
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
    {SETTING_DB_TAGS, {"managed-db,managed-db:web"}, {",", "a b"}},
    {SETTING_ONLY, {"droplet", "database", "vpc"}, {"all", "droplet,vpc"}},
    {SETTING_FORCE_SHARED, {"freshtrack-db"}, {"A", "a b"}},
    {SETTING_START_TIMEOUT, {"0", "120"}, {"1.5", "-1"}},
    {SETTING_BACKEND_SERVICE, {"backend", "api_1"}, {"-x", "a b", "a/b"}},
    {SETTING_CLOUD_FIREWALL, {"true", "false"}, {"yes"}},
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

/* Each --url-param is added; what has the form of one is tested here. */
START_TEST(url_params_are_a_list)
{
    static const char *const bad[] = {"a",         "a=",         "=b",        "a=b c", "a=b&a=c",
                                      "sslmode=x", "a=b#",       "a=%2",      "a=b?c", "a=b&",
                                      "password=", "a=\xc3\xa4", "user=root", "1=b",   "a=b&&c=d"};
    unit_worked(settings_set(&settings, SETTING_URL_PARAMS, "w=v", SOURCE_ENV_FILE, "f:1", &error),
                &error);
    unit_worked(set(SETTING_URL_PARAMS, "pgbouncer=true"), &error);
    unit_worked(set(SETTING_URL_PARAMS, "sslrootcert=/run/secrets/database_ca"), &error);
    unit_worked(set(SETTING_URL_PARAMS, "options=-c%20a"), &error);
    const char *all = "pgbouncer=true&sslrootcert=/run/secrets/database_ca&options=-c%20a";
    ck_assert_str_eq(get(SETTING_URL_PARAMS), all);
    ck_assert_msg(!set(SETTING_URL_PARAMS, "pgbouncer=false"), "a key was taken twice");
    for (size_t i = 0; i < COUNT(bad); i++)
        ck_assert_msg(!set(SETTING_URL_PARAMS, bad[i]), "'%s' was taken", bad[i]);
    ck_assert_str_eq(get(SETTING_URL_PARAMS), all);
    /* A weaker source adds nothing. */
    unit_worked(settings_set(&settings, SETTING_URL_PARAMS, "x=y", SOURCE_ENV_FILE, "f:1", &error),
                &error);
    ck_assert_str_eq(get(SETTING_URL_PARAMS), all);
}
END_TEST

/* So is each --sink. */
START_TEST(sinks_are_a_list)
{
    static const char *const good[] = {"file:/x",
                                       "env:.env#DATABASE_URL",
                                       "compose:backend",
                                       "credential:url",
                                       "credential:/etc/x/url",
                                       "swarm:app_url",
                                       "kubernetes:shop/db-url",
                                       "command:vault kv put secret/db url=-",
                                       "file:/a\nfile:/b\nswarm:a"};
    static const char *const bad[] = {"/x",
                                      "file:",
                                      "file:-x",
                                      "env:.env",
                                      "env:.e#1",
                                      "env:a#b#C",
                                      "compose:a b",
                                      "swarm:-a",
                                      "vault:x",
                                      "credential:../x",
                                      "command: x",
                                      "kubernetes:db-url",
                                      "kubernetes:Shop/x",
                                      "swarm:a\n",
                                      "file:/a\nswarm:a\nfile:/a",
                                      "swarm:a\nswarm:a"};
    for (size_t i = 0; i < COUNT(good); i++)
        unit_worked(settings_check(SETTING_SINKS, good[i], "--sink", &error), &error);
    for (size_t i = 0; i < COUNT(bad); i++)
        ck_assert_msg(!settings_check(SETTING_SINKS, bad[i], "--sink", &error), "'%s' was taken",
                      bad[i]);
    unit_worked(set(SETTING_SINKS, "swarm:a"), &error);
    unit_worked(set(SETTING_SINKS, "file:/a"), &error);
    ck_assert_str_eq(get(SETTING_SINKS), "swarm:a\nfile:/a");
    ck_assert_msg(!set(SETTING_SINKS, "swarm:a"), "a sink was taken twice");
    unit_worked(settings_set(&settings, SETTING_SINKS, "swarm:b", SOURCE_MANIFEST, "f:1", &error),
                &error);
    ck_assert_str_eq(get(SETTING_SINKS), "swarm:a\nfile:/a");
}
END_TEST

START_TEST(every_form_is_tested)
{
    bool seen[SETTING_COUNT] = {false};
    for (size_t i = 0; i < COUNT(forms); i++)
        seen[forms[i].setting] = true;
    /* A list, not a value: check_cli and compose.bats. */
    seen[SETTING_COMPOSE] = true;
    seen[SETTING_URL_PARAMS] = true;
    seen[SETTING_SINKS] = true;
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
    } lengths[] = {{SETTING_CLUSTER_NAME, 63}, {SETTING_POOL, 60},        {SETTING_REGION, 64},
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

START_TEST(trusted_sources)
{
    static const char *const good[] = {"droplet:42",
                                       "droplet:web-1.example",
                                       "k8s:98de743c-8e34-4f12-9a6b-0123456789ab",
                                       "app:98DE743C-8E34-4F12-9A6B-0123456789AB",
                                       "k8s:shop-cluster",
                                       "app:shop",
                                       "tag:web:blue",
                                       "ip_addr:10.0.0.1",
                                       "ip_addr:10.0.0.0/8"};
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
                                      "droplet:a b",
                                      "droplet:0",
                                      "k8s:X",
                                      "app:98de743c-8e34",
                                      "ip_addr:999.1.1.1",
                                      "ip_addr:1.2.3.4/33",
                                      "ip_addr:1.2.3",
                                      "ip_addr:2001:db8::/32"};
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
    /* DigitalOcean is not asked without a pause. */
    unit_worked(set(SETTING_POLL_INTERVAL, "0"), &error);
    ck_assert_int_eq(settings_ms(&settings, SETTING_POLL_INTERVAL), 1000);
    unit_worked(set(SETTING_POLL_INTERVAL, "0.02"), &error);
    ck_assert_int_eq(settings_ms(&settings, SETTING_POLL_INTERVAL), 20);
    ck_assert(!settings_owner(&settings).wanted);
    unit_worked(set(SETTING_SECRET_OWNER, "1000"), &error);
    struct secretfile_owner owner = settings_owner(&settings);
    ck_assert(owner.wanted && owner.uid == 1000 && owner.gid == 1000);
    unit_worked(set(SETTING_SECRET_OWNER, "0:999999999"), &error);
    owner = settings_owner(&settings);
    ck_assert(owner.wanted && owner.uid == 0 && owner.gid == 999999999);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("settings");
    TCase *tests = unit_case(suite, "settings");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_loop_test(tests, forms_of_values, 0, COUNT(forms));
    tcase_add_test(tests, url_params_are_a_list);
    tcase_add_test(tests, sinks_are_a_list);
    tcase_add_test(tests, every_form_is_tested);
    tcase_add_loop_test(tests, hostile_values, 0, SETTING_COUNT);
    tcase_add_test(tests, names_have_a_length);
    tcase_add_test(tests, trusted_sources);
    tcase_add_test(tests, numbers);
    return unit_run(suite);
}
