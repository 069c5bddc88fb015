#include "config.h"

#include "flow/durations.h"

#include <stdlib.h>
#include <unistd.h>

#include "unit.h"

static struct settings settings;
static char *file;

static void begin(void)
{
    settings = (struct settings){.trust = NULL};
    char *folder = unit_folder();
    setenv("XDG_STATE_HOME", folder, 1);
    file = unit_format("%s/managed-db/durations", folder);
}

static const char *usual(const char *what)
{
    static char text[40];
    durations_usual(&settings, what, text, sizeof text);
    return text;
}

START_TEST(nothing_is_known_at_first)
{
    ck_assert_str_eq(usual("cluster"), "4 to 6 min");
    ck_assert_str_eq(usual("droplet"), "");
    ck_assert_str_eq(usual(""), "");
}
END_TEST

START_TEST(what_was_learned_is_told)
{
    durations_learn(&settings, "cluster", 301000);
    durations_learn(&settings, "droplet", 45000);
    ck_assert_str_eq(usual("cluster"), "5 to 6 min");
    ck_assert_str_eq(usual("droplet"), "45 s");
    durations_learn(&settings, "cluster", 180000);
    ck_assert_str_eq(usual("cluster"), "3 to 6 min");
    durations_learn(&settings, "droplet", 62000);
    ck_assert_str_eq(usual("droplet"), "45 to 62 s");
    ck_assert_str_eq(unit_read(file), "cluster 180 301\ndroplet 62 45\n");
}
END_TEST

START_TEST(five_are_kept)
{
    for (int minutes = 10; minutes <= 17; minutes++)
        durations_learn(&settings, "cluster", minutes * 60000LL);
    ck_assert_str_eq(unit_read(file), "cluster 1020 960 900 840 780\n");
    ck_assert_str_eq(usual("cluster"), "13 to 17 min");
}
END_TEST

/* Too short: it had begun before. Too long: the machine slept. The simulator's are no measure. */
START_TEST(what_is_no_measure_is_not_kept)
{
    durations_learn(&settings, "cluster", 19999);
    durations_learn(&settings, "cluster", 86400001);
    settings.simulate = true;
    durations_learn(&settings, "cluster", 60000);
    ck_assert_int_ne(access(file, F_OK), 0);
    settings.simulate = false;
    setenv("SUDO_USER", "ann", 1);
    durations_learn(&settings, "cluster", 60000);
    ck_assert_int_ne(access(file, F_OK), 0);
    unsetenv("SUDO_USER");
    unsetenv("XDG_STATE_HOME");
    unsetenv("HOME");
    settings.simulate = false;
    durations_learn(&settings, "cluster", 60000);
    ck_assert_str_eq(usual("cluster"), "4 to 6 min");
}
END_TEST

static const char *const damaged[] = {"cluster\n",    "cluster x 5\n",
                                      "cluster -5\n", "cluster 99999999999999999999\n",
                                      "\n\ncluster ", "clusters 900\n"};

START_TEST(a_damaged_file_is_as_none)
{
    durations_learn(&settings, "droplet", 45000);
    unit_file(unit_format("%s/managed-db", getenv("XDG_STATE_HOME")), "durations", damaged[_i],
              0600);
    ck_assert_str_eq(usual("cluster"), "4 to 6 min");
    durations_learn(&settings, "cluster", 60000);
    ck_assert_str_eq(usual("cluster"), "60 s");
}
END_TEST

START_TEST(seconds_are_written_for_people)
{
    static const struct {
        long long seconds;
        const char *text;
    } cases[] = {{0, "0 s"}, {59, "59 s"}, {60, "1 min"}, {133, "2 min 13 s"}, {1800, "30 min"}};
    char text[24];
    for (size_t i = 0; i < COUNT(cases); i++) {
        durations_write(cases[i].seconds, text, sizeof text);
        ck_assert_str_eq(text, cases[i].text);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("durations");
    TCase *tests = unit_case(suite, "durations");
    tcase_add_checked_fixture(tests, begin, NULL);
    tcase_add_test(tests, nothing_is_known_at_first);
    tcase_add_test(tests, what_was_learned_is_told);
    tcase_add_test(tests, five_are_kept);
    tcase_add_test(tests, what_is_no_measure_is_not_kept);
    tcase_add_loop_test(tests, a_damaged_file_is_as_none, 0, COUNT(damaged));
    tcase_add_test(tests, seconds_are_written_for_people);
    return unit_run(suite);
}
