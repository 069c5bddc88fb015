#include "config.h"

#include "settings/manifest.h"

#include <string.h>

#include "base/memory.h"
#include "settings/load.h"
#include "settings/parts.h"
#include "settings/settings.h"
#include "unit.h"

static struct error error;
static struct settings settings;
static char *folder;

static void set_up(void)
{
    error = (struct error)ERROR_INIT;
    settings = (struct settings){.trust = NULL};
    folder = unit_folder();
}

static void tear_down(void)
{
    settings_free(&settings);
}

static const char *get(enum setting setting)
{
    return settings_get(&settings, setting);
}

static bool load(void)
{
    return settings_load(&settings, "do_database_url", &error);
}

/* Names a file as --manifest. */
static char *use_manifest(const char *text)
{
    char *path = unit_file(folder, "yaml", text, 0600);
    unit_worked(settings_set(&settings, SETTING_MANIFEST, path, SOURCE_FLAG, "--manifest", &error),
                &error);
    return path;
}

START_TEST(a_manifest)
{
    use_manifest(
        "# everything\n---\nname: my-db\nregion: \"fra1\"\nsize: 'db-s-1vcpu-1gb'\n"
        "pg-version: 16\nnodes: 2\nvpc: my-vpc\nvpc-ip-range: 10.1.0.0/16\npool: my-pool\n"
        "pool-size: 10\ndroplet: 42\nnetwork: private\nssl-mode: verify-full\n"
        "secrets-dir: /s\nsecret-owner: 1000:1000\ntrust:\n  - tag:web\n  - ip_addr:1.2.3.4\n"
        "context: work\ntimeout: 1.5\n...\n");
    unit_worked(load(), &error);
    ck_assert_str_eq(get(SETTING_CLUSTER_NAME), "my-db");
    ck_assert_str_eq(get(SETTING_REGION), "fra1");
    ck_assert_str_eq(get(SETTING_SIZE), "db-s-1vcpu-1gb");
    ck_assert_str_eq(get(SETTING_PG_VERSION), "16");
    ck_assert_str_eq(get(SETTING_POOL_SIZE), "10");
    ck_assert_str_eq(get(SETTING_SECRET_FILE), "/s/do_database_url");
    ck_assert_int_eq(settings_ms(&settings, SETTING_TIMEOUT), 1500);
    ck_assert_int_eq(settings.sources[SETTING_POOL], SOURCE_MANIFEST);
    ck_assert_uint_eq(settings.trust_count, 2);
    ck_assert_str_eq(settings.trust[0], "tag:web");
    ck_assert_str_eq(settings.trust[1], "ip_addr:1.2.3.4");
}
END_TEST

static const char *const small_manifests[] = {"", "\n", "# nothing\n", "{}", "trust: []\n"};

START_TEST(a_manifest_of_nothing)
{
    use_manifest(small_manifests[_i]);
    unit_worked(load(), &error);
    ck_assert_uint_eq(settings.trust_count, 0);
}
END_TEST

/* The message begins with file, line and column. */
static const struct {
    const char *text, *where, *part;
} bad_manifests[] = {
    {"regoin: nyc3\n", ":1:1: ", "regoin is not a setting"},
    {"region: nyc3\nregion: nyc1\n", ":2:1: ", "twice"},
    {"trust: [tag:a]\ntrust: [tag:b]\n", ":2:1: ", "twice"},
    {"name: x\nregion: NYC3\n", ":2:9: region: ", "'NYC3'"},
    {"region:\n  - nyc3\n", ":2:3: ", "one plain value"},
    {"region: {a: b}\n", ":1:9: ", "one plain value"},
    {"region: &x [nyc3]\nvpc: *x\n", ":1:", "one plain value"},
    {"trust: tag:web\n", ":1:8: ", "list of rules"},
    {"trust:\n  - tag:web\n  - {a: b}\n", ":3:5: ", "list of rules"},
    {"trust:\n  - tag:web\n  - web\n", ":3:5: trust: ", "'web'"},
    {"- a\n- b\n", ":1:1: ", "mapping"},
    {"nyc3\n", ":1:1: ", "mapping"},
    {"[a]: b\n", ":1:1: ", ""},
    {"? {a: b}\n: c\n", ":1:3: ", "one plain value"},
    {"region: \"nyc3\n", ":2:1: ", "not YAML"},
    {"region: nyc3\n\tsize: x\n", ":2:", "not YAML"},
    {"region: nyc3\nsize\n", ":3:1: ", "not YAML"},
    {"region: \"nyc3\\0x\"\n", ":1:9: ", "NUL"},
    {"region: %s%n\n", ":1:9: ", ""},
    {"secrets-dir: \"/a\\nb\"\n", ":1:14: ", "secrets-dir"},
    {"\"\\e[31mx\": y\n", ":1:1: ", "not a setting"},
    {"color: always\n", ":1:1: ", "not a setting"},
    {"do_api_token: x\n", ":1:1: ", "not a setting"},
    /* One mapping, and nothing after it. */
    {"region: nyc3\n---\nsize: db-s-2vcpu-4gb\n", ":", ""},
    {"region: nyc3\n...\n---\n- x\n", ":", ""},
    {"pol-size: 3\n", ":1:1: ", "the nearest are pool-size, "},
    /* Applications and pools. */
    {"applications: {user: app}\n", ":1:15: ", "is a list"},
    {"applications: [app]\n", ":1:16: ", "an entry is a mapping"},
    {"applications: [{database: app}]\n", ":1:16: ", "needs a user"},
    {"applications: [{user: app, pol: x}]\n", ":1:28: ", "the nearest are pool, "},
    {"applications: [{user: App}]\n", ":1:23: user: ", "'App'"},
    {"applications: [{user: [app]}]\n", ":1:23: ", "one plain value"},
    {"applications: [{user: app, secret-file: ''}]\n", ":1:41: ", "one plain value"},
    {"pools: [{size: 3}]\n", ":1:9: ", "needs a name"},
    {"pools: [{name: abc, user: app}]\n", ":1:9: ", "both user and database"},
    {"pools: [{name: abc, mode: fast}]\n", ":1:27: mode: ", "'fast'"},
    {"applications:\n  - {user: a}\n  - {user: a}\n", ":3:5: ", "the pool a-pool is there twice"},
    {"pool: abc\npools:\n  - {name: abc}\n", ":3:5: ", "the pool abc is there twice"},
    {"applications:\n  - {user: a, secret-file: /x}\n  - {user: b, direct-file: /x}\n",
     ":3:5: ", "two URLs would be written to /x"},
    /* A key is not what stands before its first NUL. */
    {"\"region\\0x\": nyc3\n", ":1:1: ", ""},
};

START_TEST(manifests_that_are_refused)
{
    char *path = use_manifest(bad_manifests[_i].text);
    char *where = unit_format("%s%s", path, bad_manifests[_i].where);
    unit_failed(load(), &error, ERROR_USAGE, where);
    ck_assert_msg(strstr(error.text, bad_manifests[_i].part) != NULL, "%s", error.text);
    ck_assert_ptr_null(strchr(error.text, '\x1b'));
}
END_TEST

static const char *get_of(size_t part, enum setting setting)
{
    const struct settings own = parts_take(&settings, part);
    return unit_keep(mem_copy(settings_get(&own, setting)));
}

static const char parts_manifest[] =
    "secrets-dir: /s\npool-size: 4\nregion: fra1\n"
    "applications:\n  - user: shop\n  - {user: mail, database: post, pool: letters, pool-size: 7,\n"
    "     pool-mode: session, secret-file: /m/url, direct-file: /m/direct}\n"
    "pools:\n  - {name: report, size: 2, mode: statement}\n  - {name: jobs, user: shop, database: "
    "shop}\n";

START_TEST(applications_and_pools)
{
    use_manifest(parts_manifest);
    unit_worked(load(), &error);
    ck_assert_uint_eq(parts_count(&settings), 4);
    static const struct {
        enum setting setting;
        const char *values[4];
    } wanted[] = {
        {SETTING_APP_USER, {"shop", "mail", "", "shop"}},
        {SETTING_APP_DATABASE, {"shop", "post", "", "shop"}},
        {SETTING_POOL, {"shop-pool", "letters", "report", "jobs"}},
        {SETTING_POOL_SIZE, {"4", "7", "2", "4"}},
        {SETTING_POOL_MODE, {"transaction", "session", "statement", "transaction"}},
        {SETTING_SECRET_FILE,
         {"/s/database_url_shop", "/m/url", "/s/do_database_url", "/s/do_database_url"}},
        {SETTING_DIRECT_FILE, {"", "/m/direct", "", ""}},
        {SETTING_REGION, {"fra1", "fra1", "fra1", "fra1"}},
    };
    for (size_t i = 0; i < COUNT(wanted); i++)
        for (size_t part = 0; part < 4; part++)
            ck_assert_str_eq(get_of(part, wanted[i].setting), wanted[i].values[part]);
    for (size_t part = 0; part < 4; part++)
        ck_assert_int_eq(parts_take(&settings, part).is_pool_alone, part > 1);
    ck_assert_ptr_nonnull(strstr(parts_where(&settings, 1), ":6:5"));
}
END_TEST

/* Pools alone are beside the application of the settings. */
START_TEST(pools_beside_the_main_application)
{
    use_manifest("app-user: main\napp-database: main\npools: [{name: report}]\n");
    unit_worked(load(), &error);
    ck_assert_uint_eq(parts_count(&settings), 2);
    ck_assert_str_eq(get_of(0, SETTING_APP_USER), "main");
    ck_assert_str_eq(get_of(0, SETTING_POOL), "app-pool");
    ck_assert_str_eq(get_of(1, SETTING_APP_USER), "");
    ck_assert_str_eq(get_of(1, SETTING_APP_DATABASE), "");
    ck_assert_str_eq(parts_where(&settings, 0), "");
    ck_assert(!parts_take(&settings, 0).is_pool_alone);
    ck_assert(parts_take(&settings, 1).is_pool_alone);
}
END_TEST

START_TEST(one_application_by_its_user)
{
    use_manifest(parts_manifest);
    unit_worked(settings_set(&settings, SETTING_APP_USER, _i ? "nobody" : "mail", SOURCE_FLAG,
                             "--app-user", &error),
                &error);
    if (_i) {
        unit_failed(load(), &error, ERROR_USAGE, "none with the user nobody");
        return;
    }
    unit_worked(load(), &error);
    ck_assert_uint_eq(parts_count(&settings), 1);
    ck_assert_str_eq(get_of(0, SETTING_POOL), "letters");
}
END_TEST

START_TEST(what_is_no_manifest)
{
    unit_failed(manifest_read("/nonexistent/yaml", &settings, &error), &error, ERROR_LOCAL,
                "/nonexistent/yaml");
    unit_failed(manifest_read(folder, &settings, &error), &error, ERROR_LOCAL, folder);
    unit_failed(manifest_read(unit_file(folder, "b", "\xff\xfe\x01", 0600), &settings, &error),
                &error, ERROR_USAGE, "/b:");
}
END_TEST

/* A value comes from the strongest place: a list too. */
START_TEST(trust_of_the_flag_or_of_the_manifest)
{
    unit_worked(settings_add_trust(&settings, "tag:flag", "--trust", &error), &error);
    use_manifest("trust: [tag:manifest]\n");
    unit_worked(load(), &error);
    ck_assert_uint_eq(settings.trust_count, 1);
    ck_assert_str_eq(settings.trust[0], "tag:flag");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("manifest");
    TCase *tests = unit_case(suite, "manifest");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, a_manifest);
    tcase_add_loop_test(tests, a_manifest_of_nothing, 0, COUNT(small_manifests));
    tcase_add_loop_test(tests, manifests_that_are_refused, 0, COUNT(bad_manifests));
    tcase_add_test(tests, applications_and_pools);
    tcase_add_test(tests, pools_beside_the_main_application);
    tcase_add_loop_test(tests, one_application_by_its_user, 0, 2);
    tcase_add_test(tests, what_is_no_manifest);
    tcase_add_test(tests, trust_of_the_flag_or_of_the_manifest);
    return unit_run(suite);
}
