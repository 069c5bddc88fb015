#include "config.h"

#include "base/paths.h"

#include <unistd.h>

#include "unit.h"

static const struct {
    const char *path, *absolute;
} paths[] = {
    {"a", "/srv/app/a"},
    {"./a/../b//c/.", "/srv/app/b/c"},
    {"../x", "/srv/x"},
    {"../../..", "/"},
    {"/a/./b", "/a/b"},
    {"/a/..", "/"},
    {"..a/b..", "/srv/app/..a/b.."},
    {"", "/srv/app"},
};

START_TEST(paths_seen_from_a_folder)
{
    ck_assert_str_eq(unit_keep(path_absolute("/srv/app", paths[_i].path)), paths[_i].absolute);
}
END_TEST

START_TEST(the_folder_of_a_file)
{
    char here[4096];
    ck_assert_int_eq(chdir(unit_folder()), 0);
    ck_assert_ptr_nonnull(getcwd(here, sizeof here));
    ck_assert_str_eq(unit_keep(path_folder("/srv/app/compose.yaml")), "/srv/app");
    ck_assert_str_eq(unit_keep(path_folder("compose.yaml")), here);
    ck_assert_str_eq(unit_keep(path_folder("a/compose.yaml")), unit_path(here, "a"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("paths");
    TCase *tests = unit_case(suite, "paths");
    tcase_add_loop_test(tests, paths_seen_from_a_folder, 0, COUNT(paths));
    tcase_add_test(tests, the_folder_of_a_file);
    return unit_run(suite);
}
