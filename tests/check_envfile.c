#include "config.h"

#include "settings/envfile.h"

#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/memory.h"
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

#define BIG_TOKEN 4096

static const struct {
    const char *text;
    enum setting setting;
    const char *value;
} env_files[] = {
    {"DO_REGION=nyc1\n", SETTING_REGION, "nyc1"},
    {"DO_REGION=nyc1", SETTING_REGION, "nyc1"},
    {"export DO_REGION=nyc1\n", SETTING_REGION, "nyc1"},
    {" \t export\t DO_REGION=nyc1 \t\n", SETTING_REGION, "nyc1"},
    {"DO_REGION='nyc1'\n", SETTING_REGION, "nyc1"},
    {"DO_REGION=\"nyc1\"\n", SETTING_REGION, "nyc1"},
    {"DO_REGION=nyc1 # the nearest\n", SETTING_REGION, "nyc1"},
    {"DO_REGION='nyc1'\t# it's \"near\"\n", SETTING_REGION, "nyc1"},
    {"# a comment\n\n   \n\t# more\nDO_REGION=nyc1\n", SETTING_REGION, "nyc1"},
    {"#DO_REGION=nyc2\nDO_REGION=nyc1\n", SETTING_REGION, "nyc1"},
    {"\r\nDO_REGION=nyc1\r\n# x\r\n", SETTING_REGION, "nyc1"},
    {"DO_REGION='nyc1'\r\n", SETTING_REGION, "nyc1"},
    {"DO_REGION=nyc1 # x\r\n", SETTING_REGION, "nyc1"},
    /* The last one counts, as in a shell. */
    {"DO_REGION=nyc1\nDO_REGION=nyc2\n", SETTING_REGION, "nyc2"},
    /* What is not ours may be anything. */
    {"OTHER=$(rm -rf /)\nX=`id`\nif true; then echo; fi\nA=(1 2)\nDO_REGION=nyc1\n", SETTING_REGION,
     "nyc1"},
    {"DO_REGIONS=x y z\nXDO_REGION=\"\nDO_REGION=nyc1\n", SETTING_REGION, "nyc1"},
    {"OTHER=\"${X:-y}\"\nDO_REGION=nyc1\n", SETTING_REGION, "nyc1"},
    /* Quotes and escapes as a shell reads them (POSIX, 2.2). */
    {"DO_API_TOKEN='a$b`c\"d\\e#f'\n", SETTING_API_TOKEN, "a$b`c\"d\\e#f"},
    {"DO_API_TOKEN=\"a\\$b\\\\c\\\"d\\`e'f\"\n", SETTING_API_TOKEN, "a$b\\c\"d`e'f"},
    {"DO_API_TOKEN=\"a\\nb\"\n", SETTING_API_TOKEN, "a\\nb"},
    {"DO_API_TOKEN=\"a#b\"\n", SETTING_API_TOKEN, "a#b"},
    {"DO_API_TOKEN=a#b\n", SETTING_API_TOKEN, "a#b"},
    {"DO_API_TOKEN=a=b\n", SETTING_API_TOKEN, "a=b"},
    {"DO_API_TOKEN=a%sb\n", SETTING_API_TOKEN, "a%sb"},
    {"MANAGED_DB_SECRETS_DIR=\"/with blank\"\n", SETTING_SECRETS_DIR, "/with blank"},
    {"MANAGED_DB_SECRETS_DIR='/it is $HOME'\n", SETTING_SECRETS_DIR, "/it is $HOME"},
    {"MANAGED_DB_SECRETS_DIR=/\xc3\xa4\n", SETTING_SECRETS_DIR, "/\xc3\xa4"},
};

START_TEST(env_files_that_are_read)
{
    char *path = unit_file(folder, "env", env_files[_i].text, 0600);
    unit_worked(envfile_read(path, &settings, &error), &error);
    ck_assert_str_eq(get(env_files[_i].setting), env_files[_i].value);
    ck_assert_int_eq(settings.sources[env_files[_i].setting], SOURCE_ENV_FILE);
}
END_TEST

/* The message names file and line. */
static const struct {
    const char *text, *where, *part;
} bad_env_files[] = {
    {"DO_REGION=$REGION\n", ":1", "expanded"},
    {"DO_REGION=\"$REGION\"\n", ":1", "expanded"},
    {"DO_REGION=\"x${REGION}\"\n", ":1", "expanded"},
    {"DO_REGION=`cat x`\n", ":1", "DO_REGION"},
    {"DO_REGION=\"`cat x`\"\n", ":1", "expanded"},
    {"DO_REGION=\"\\\\$X\"\n", ":1", "expanded"},
    {"DO_REGION=$(cat x)\n", ":1", "DO_REGION"},
    {"\n# x\nDO_REGION=\"nyc1\n", ":3", "cannot be read"},
    {"DO_REGION='nyc1\n", ":1", "cannot be read"},
    {"DO_REGION=nyc1 nyc2\n", ":1", "cannot be read"},
    {"DO_REGION=nyc1;ls\n", ":1", "cannot be read"},
    {"DO_REGION=nyc1|ls\n", ":1", "cannot be read"},
    {"DO_REGION=nyc1&\n", ":1", "cannot be read"},
    {"DO_REGION=nyc1>x\n", ":1", "cannot be read"},
    {"DO_REGION=\"ny\"c1\n", ":1", "cannot be read"},
    {"DO_REGION='ny'c1\n", ":1", "cannot be read"},
    {"DO_REGION='nyc1'#x\n", ":1", "cannot be read"},
    {"DO_REGION=ny\\c1\n", ":1", "cannot be read"},
    {"export DO_REGION=nyc1 DO_DB_SIZE=x\n", ":1", "cannot be read"},
    {"\r\nDO_REGION=NYC1\r\n", ":2", "'NYC1'"},
    {"DO_DB_SIZE=x y\n", ":1", "DO_DB_SIZE"},
};

START_TEST(env_files_that_are_refused)
{
    char *path = unit_file(folder, "env", bad_env_files[_i].text, 0600);
    char *where = unit_format("%s%s", path, bad_env_files[_i].where);
    unit_failed(envfile_read(path, &settings, &error), &error, ERROR_USAGE, where);
    ck_assert_msg(strstr(error.text, bad_env_files[_i].part) != NULL, "%s", error.text);
    ck_assert_str_eq(get(SETTING_REGION), "");
}
END_TEST

START_TEST(what_is_no_env_file)
{
    unit_failed(envfile_read("/nonexistent/env", &settings, &error), &error, ERROR_LOCAL,
                "/nonexistent/env");
    unit_failed(envfile_read(folder, &settings, &error), &error, ERROR_LOCAL, folder);
    /* Too large. */
    char *path = unit_path(folder, "large");
    unit_file(folder, "large", "DO_REGION=nyc1\n", 0600);
    ck_assert_int_eq(truncate(path, 2 << 20), 0);
    unit_failed(envfile_read(path, &settings, &error), &error, ERROR_USAGE, path);
    /* Not a text. */
    ck_assert_int_eq(truncate(path, 100), 0);
    unit_failed(envfile_read(path, &settings, &error), &error, ERROR_USAGE, path);
    unit_worked(envfile_read(unit_file(folder, "empty", "", 0600), &settings, &error), &error);
}
END_TEST

/* A long value, in whichever quotes, also after many lines. */
START_TEST(long_values_in_an_env_file)
{
    char *token = unit_keep(mem_alloc(BIG_TOKEN + 1));
    memset(token, 'x', BIG_TOKEN);
    static const char *const quotes[] = {"", "'", "\""};
    for (size_t i = 0; i < COUNT(quotes); i++) {
        struct buffer text = BUFFER_INIT;
        for (int line = 0; line < 100; line++)
            buffer_add_format(&text, "OTHER_%d=%sabc%s # %d\n", line, quotes[i], quotes[i], line);
        buffer_add_format(&text, "DO_API_TOKEN=%s%s%s\n", quotes[i], token, quotes[i]);
        char *path = unit_file(folder, "env", text.data, 0600);
        buffer_free(&text);
        unit_worked(envfile_read(path, &settings, &error), &error);
        ck_assert_str_eq(get(SETTING_API_TOKEN), token);
        settings_free(&settings);
    }
}
END_TEST

/* Read as data, never run. */
START_TEST(nothing_is_executed)
{
    char *trace = unit_path(folder, "ran");
    char *text =
        unit_format("touch %s\nX=$(touch %s)\n. %s\nDO_REGION=nyc1\n", trace, trace, trace);
    unit_worked(envfile_read(unit_file(folder, "env", text, 0700), &settings, &error), &error);
    ck_assert_str_eq(get(SETTING_REGION), "nyc1");
    ck_assert_int_ne(access(trace, F_OK), 0);
}
END_TEST

/* ---- forms of what a deployment takes, as its env file has them ---- */

static const struct {
    const char *line;
    bool good;
} lines[] = {
    {"DEPLOY_COMPOSE_FILES=docker-compose.yml", true},
    {"DEPLOY_COMPOSE_FILES=a.yml:docker/b.yaml", true},
    {"DEPLOY_COMPOSE_FILES=a..b.yml:..c/d", true},
    {"DEPLOY_COMPOSE_FILES=../a.yml", false},
    {"DEPLOY_COMPOSE_FILES=a/../../b.yml", false},
    {"DEPLOY_COMPOSE_FILES=a.yml:..", false},
    {"DEPLOY_COMPOSE_FILES=/etc/passwd", false},
    {"DEPLOY_COMPOSE_FILES=a.yml:/etc/passwd", false},
    {"DEPLOY_COMPOSE_FILES=a.yml:-rf", false},
    {"DEPLOY_COMPOSE_FILES=a.yml::b.yml", false},
    {"DEPLOY_DIR=/srv/app", true},
    {"DEPLOY_DIR=srv", false},
    {"DEPLOY_DIR='/srv/my app'", false},
    {"DROPLET_NAME=web-1.example.org", true},
    {"DROPLET_NAME=-web", false},
    {"DROPLET_NAME=web_1", false},
    {"DO_DROPLET_TAGS=web,env:prod", true},
    {"DO_DROPLET_TAGS=web,,x", false},
    {"DO_SSH_KEY_NAME='-o x'", false},
    {"DEPLOY_SSH_USER=root", true},
    {"DEPLOY_SSH_USER=-oProxyCommand=x", false},
    {"DEPLOY_TIMEOUT=1.5", false},
};

START_TEST(forms_of_a_deployment)
{
    char *file = unit_file(folder, "deploy.config", lines[_i].line, 0600);
    bool good = envfile_read(file, &settings, &error);
    ck_assert_msg(good == lines[_i].good, "%s: %s", lines[_i].line, error.text);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("envfile");
    TCase *tests = unit_case(suite, "envfile");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_loop_test(tests, env_files_that_are_read, 0, COUNT(env_files));
    tcase_add_loop_test(tests, env_files_that_are_refused, 0, COUNT(bad_env_files));
    tcase_add_test(tests, what_is_no_env_file);
    tcase_add_test(tests, long_values_in_an_env_file);
    tcase_add_test(tests, nothing_is_executed);
    tcase_add_loop_test(tests, forms_of_a_deployment, 0, COUNT(lines));
    return unit_run(suite);
}
