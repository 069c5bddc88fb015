#include "config.h"

#include "base/pattern.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "unit.h"

static struct pattern pair = PATTERN("([a-z]+)=([0-9]+)?(!)?");
static struct pattern anchors = PATTERN("^b$");
static struct pattern choice = PATTERN("a|ab");
static struct pattern bytes = PATTERN("[^\\s\\0]+");
static struct pattern heavy = PATTERN("\\A(?:([a-y])|(z))*\\z");

static bool is(struct span span, const char *text)
{
    return span.start && span.length == strlen(text) && memcmp(span.start, text, span.length) == 0;
}

START_TEST(groups_point_into_the_subject)
{
    static const char text[] = "-- abc=12 d= e=5!";
    struct span groups[PATTERN_GROUPS];
    ck_assert(pattern_match(&pair, text, strlen(text), 0, groups));
    ck_assert(is(groups[0], "abc=12"));
    ck_assert_ptr_eq(groups[0].start, text + 3);
    ck_assert(is(groups[1], "abc"));
    ck_assert(is(groups[2], "12"));
    /* What took no part in the match. */
    for (int i = 3; i < PATTERN_GROUPS; i++) {
        ck_assert_ptr_null(groups[i].start);
        ck_assert_uint_eq(groups[i].length, 0);
    }
    ck_assert(pattern_match(&pair, text, strlen(text), 9, groups));
    ck_assert(is(groups[0], "d="));
    ck_assert_ptr_null(groups[2].start);
    ck_assert(pattern_match(&pair, text, strlen(text), 12, groups));
    ck_assert(is(groups[3], "!"));
    ck_assert(!pattern_match(&pair, text, strlen(text), strlen(text), groups));
    ck_assert(pattern_match(&pair, text, strlen(text), 0, NULL));
    ck_assert(!pattern_match(&pair, "", 0, 0, NULL));
    /* The length counts. */
    ck_assert(!pattern_match(&pair, text, 6, 0, NULL));
}
END_TEST

START_TEST(anchors_are_those_of_lines)
{
    static const char *const yes[] = {"b", "a\nb\nc", "a\nb", "b\nc"};
    static const char *const no[] = {"ab", "ba", "a\nbb", ""};
    for (size_t i = 0; i < COUNT(yes); i++)
        ck_assert(pattern_match(&anchors, yes[i], strlen(yes[i]), 0, NULL));
    for (size_t i = 0; i < COUNT(no); i++)
        ck_assert(!pattern_match(&anchors, no[i], strlen(no[i]), 0, NULL));
}
END_TEST

START_TEST(the_whole_string_is_of_the_form)
{
    ck_assert(pattern_is(&choice, "a"));
    ck_assert(pattern_is(&choice, "ab"));
    ck_assert(!pattern_is(&choice, "abc"));
    ck_assert(!pattern_is(&choice, "xab"));
    ck_assert(!pattern_is(&choice, "a\n"));
    ck_assert(!pattern_is(&choice, "ab\n"));
    ck_assert(!pattern_is(&choice, "x\na"));
    ck_assert(!pattern_is(&choice, ""));
}
END_TEST

START_TEST(any_bytes_can_be_searched)
{
    static const char text[] = " \0\xff\xfe\x80 \xc3";
    struct span groups[PATTERN_GROUPS];
    ck_assert(pattern_match(&bytes, text, 7, 0, groups));
    ck_assert_ptr_eq(groups[0].start, text + 2);
    ck_assert_uint_eq(groups[0].length, 3);
    ck_assert(pattern_match(&bytes, text, 7, 5, groups));
    ck_assert_uint_eq(groups[0].length, 1);
}
END_TEST

/* The answer is the same however often it is asked for, and however long the subject is. */
START_TEST(use_makes_no_difference)
{
    /* Too long for the stack of the JIT. */
    size_t length = 20000;
    char *subject = mem_alloc(length + 1);
    for (size_t i = 0; i < length; i++)
        subject[i] = (char)('a' + i % 26);
    for (int i = 0; i < 50; i++) {
        struct span groups[PATTERN_GROUPS];
        ck_assert(pattern_match(&pair, "xy=1", 4, 0, groups));
        ck_assert(is(groups[1], "xy"));
        ck_assert(!pattern_match(&pair, "xy 1", 4, 0, NULL));
        ck_assert(pattern_is(&choice, "ab"));
        ck_assert(pattern_match(&heavy, "abz", 3, 0, NULL));
        ck_assert(!pattern_match(&heavy, "ab-", 3, 0, NULL));
    }
    ck_assert(pattern_match(&heavy, subject, length, 0, NULL));
    subject[length - 1] = '-';
    ck_assert(!pattern_match(&heavy, subject, length, 0, NULL));
    free(subject);
}
END_TEST

START_TEST(a_freed_pattern_is_compiled_again)
{
    for (int i = 0; i < 3; i++) {
        ck_assert(pattern_is(&choice, "a"));
        ck_assert(pattern_match(&pair, "a=1", 3, 0, NULL));
        pattern_free_all();
        ck_assert_ptr_null(choice.code);
        ck_assert_ptr_null(pair.code);
        pattern_free_all();
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("pattern");
    TCase *tests = unit_case(suite, "pattern");
    tcase_add_test(tests, groups_point_into_the_subject);
    tcase_add_test(tests, anchors_are_those_of_lines);
    tcase_add_test(tests, the_whole_string_is_of_the_form);
    tcase_add_test(tests, any_bytes_can_be_searched);
    tcase_add_test(tests, use_makes_no_difference);
    tcase_add_test(tests, a_freed_pattern_is_compiled_again);
    return unit_run(suite);
}
