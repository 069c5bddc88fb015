#include "config.h"

#include "base/quote.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "unit.h"

static char *quote(const char *text)
{
    return unit_keep(quote_for_message(text, strlen(text)));
}

static const struct {
    const char *text, *wanted;
} quotes[] = {
    {"", ""},
    {"plain text", "plain text"},
    {"\xc3\xa4 \xe2\x9c\x93 \xf0\x9f\x98\x80", "\xc3\xa4 \xe2\x9c\x93 \xf0\x9f\x98\x80"},
    /* Line ends and tabs are blanks; other controls are nothing. */
    {"a\nb\r\nc\td", "a b  c d"},
    {"a\x01\x07\x08\x0b\x0c\x7f"
     "b",
     "ab"},
    /* Terminal escapes. */
    {"\x1b[31mred\x1b[0m", "red"},
    {"\x1b[38;5;196;1mred\x1b[K text", "red text"},
    {"\x1b"
     "cx",
     "x"},
    {"a\x1b", "a"},
    {"a\x1b[", "a"},
    {"a\x1b[12;", "a"},
    /* C1 controls, in UTF-8 and as single bytes. */
    {"a\xc2\x9b"
     "31mb",
     "a31mb"},
    {"a\x9b"
     "31mb",
     "a31mb"},
    {"a\xc2\xa0"
     "b",
     "a\xc2\xa0"
     "b"},
    /* Bytes that are no UTF-8. */
    {"a\xff\xfe"
     "b\xc3",
     "ab"},
    {"a\xc3(b", "a(b"},
    {"a\xed\xa0\x80"
     "b",
     "ab"},
    {"a\xc0\xaf"
     "b",
     "ab"},
    /* Credentials in a URI. */
    {"postgresql://u:p@h:1/d", "postgresql://****@h:1/d"},
    {"see postgres://u:p@ss/w@h/d now", "see postgres://****@h/d now"},
    {"https://token@host/x", "https://****@host/x"},
    {"a://u:p@h\nb://v:q@i", "a://****@h b://****@i"},
    {"https://host/path", "https://host/path"},
    {"me@example.com", "me@example.com"},
    {"bad URI postgresql://doadmin:hunter22 here", "bad URI postgresql://**** here"},
    {"parse \"postgresql://u:a/b@h:1/p\": invalid port \":a\" after host",
     "parse \"postgresql://****@h:1/p\": invalid port \"****\" after host"},
    {"{\"uri\":\"postgresql:\\/\\/u:x@h\",\"password\":\"x y\"}",
     "{\"uri\":\"postgresql:\\/\\/****\",\"password\":\"**** y\"}"},
    {"DATABASE_PASSWORD=hunter22 is wrong", "DATABASE_PASSWORD=**** is wrong"},
    {"Authorization: Bearer abc.def", "Authorization: Bearer ****"},
    {"AVNS_a-b_c and dop_v1_0123", "**** and ****"},
    {"access token is required", "access token is required"},
    /* A title for the terminal goes with its text; what turns the direction goes. */
    {"a\x1b]0;title\x07"
     "b\x1b]0;t\x1b\\c",
     "abc"},
    {"a\xe2\x80\xae"
     "b\xe2\x81\xa6"
     "c\xe2\x80\x93",
     "abc\xe2\x80\x93"},
};

START_TEST(quotes_for_messages)
{
    ck_assert_str_eq(quote(quotes[_i].text), quotes[_i].wanted);
}
END_TEST

/* Cut to 300 bytes, and never in the middle of a code point. */
START_TEST(quotes_are_cut)
{
    static const char *const ends[] = {"x", "\xc3\xa4", "\xe2\x82\xac", "\xf0\x9f\x98\x80"};
    for (size_t end = 0; end < COUNT(ends); end++)
        for (size_t length = 290; length < 310; length++) {
            struct buffer text = BUFFER_INIT;
            while (text.length < length)
                buffer_add_text(&text, "a");
            for (int i = 0; i < 100; i++)
                buffer_add_text(&text, ends[end]);
            char *quoted = quote(text.data);
            ck_assert_uint_le(strlen(quoted), 300);
            ck_assert_uint_ge(strlen(quoted), 297);
            ck_assert(unit_is_utf8(quoted));
            ck_assert_int_eq(strncmp(quoted, text.data, strlen(quoted)), 0);
            buffer_free(&text);
        }
    char exact[301] = "";
    memset(exact, 'a', 300);
    ck_assert_str_eq(quote(exact), exact);
    memcpy(exact + 298, "\xc3\xa4", 2);
    ck_assert_str_eq(quote(exact), exact);
}
END_TEST

/* A password is masked before the cut, wherever it stands. */
START_TEST(no_password_at_the_cut)
{
    for (size_t before = 250; before < 320; before++) {
        struct buffer text = BUFFER_INIT;
        while (text.length < before)
            buffer_add_text(&text, "a");
        buffer_add_text(&text, "postgresql://u:AVNS_secret@h");
        ck_assert_ptr_null(strstr(quote(text.data), "AVNS"));
        ck_assert_ptr_null(strstr(quote(text.data), "u:"));
        buffer_free(&text);
    }
}
END_TEST

START_TEST(quotes_take_a_length)
{
    char *text = unit_keep(quote_for_message("abc\0def", 7));
    ck_assert_str_eq(text, "abcdef");
    text = unit_keep(quote_for_message("abcdef", 3));
    ck_assert_str_eq(text, "abc");
    text = unit_keep(quote_for_message("a\xc3\xa4", 2));
    ck_assert_str_eq(text, "a");
}
END_TEST

static const struct {
    const char *text;
    size_t length;
    const char *wanted;
} jsons[] = {
    {"", 0, "\"\""},
    {"abc", 3, "\"abc\""},
    {"a\"b\\c/", 6, "\"a\\\"b\\\\c/\""},
    {"a\n\t\r\b\0z", 7, "\"a\\u000a\\u0009\\u000d\\u0008\\u0000z\""},
    {"\x1f\x7f", 2, "\"\\u001f\\u007f\""},
    {"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80", 9, "\"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\""},
    /* What is no UTF-8 (RFC 3629, section 4). */
    {"\xff", 1, "\"\\ufffd\""},
    {"a\xc3", 2, "\"a\\ufffd\""},
    {"\xc3(", 2, "\"\\ufffd(\""},
    {"\x80", 1, "\"\\ufffd\""},
    {"\xc0\xaf", 2, "\"\\ufffd\\ufffd\""},
    {"\xc1\xbf", 2, "\"\\ufffd\\ufffd\""},
    {"\xe0\x9f\xbf", 3, "\"\\ufffd\\ufffd\\ufffd\""},
    {"\xe0\xa0\x80", 3, "\"\xe0\xa0\x80\""},
    {"\xed\x9f\xbf", 3, "\"\xed\x9f\xbf\""},
    {"\xed\xa0\x80", 3, "\"\\ufffd\\ufffd\\ufffd\""},
    {"\xf0\x8f\xbf\xbf", 4, "\"\\ufffd\\ufffd\\ufffd\\ufffd\""},
    {"\xf4\x8f\xbf\xbf", 4, "\"\xf4\x8f\xbf\xbf\""},
    {"\xf4\x90\x80\x80", 4, "\"\\ufffd\\ufffd\\ufffd\\ufffd\""},
    {"\xf5\x80\x80\x80", 4, "\"\\ufffd\\ufffd\\ufffd\\ufffd\""},
    {"\xe2\x82", 2, "\"\\ufffd\\ufffd\""},
};

START_TEST(json_strings)
{
    struct buffer buffer = BUFFER_INIT;
    buffer_add_text(&buffer, "x: ");
    quote_add_json(&buffer, jsons[_i].text, jsons[_i].length);
    ck_assert_str_eq(buffer.data + 3, jsons[_i].wanted);
    ck_assert(unit_is_utf8(buffer.data));
    buffer_free(&buffer);
}
END_TEST

static const char *const words[] = {
    "",      "abc",    "two words", "it's",  "''",  "$HOME `id` $(id)",
    "a\\b",  "\"x\"",  "a\nb\n",    "*?[a]", "-n",  "\xc3\xa4\xff\x01",
    "a;b|c", "#x ~ !", "\t",        "'",     "\\'", "%s%n"};

/* A shell gives back what was put in. */
START_TEST(shell_words)
{
    struct buffer command = BUFFER_INIT;
    char read[200] = "";
    buffer_add_text(&command, "printf '%s.' ");
    quote_add_shell(&command, words[_i]);
    FILE *shell = popen(command.data, "r");
    ck_assert_ptr_nonnull(shell);
    size_t length = fread(read, 1, sizeof read - 1, shell);
    ck_assert_int_eq(pclose(shell), 0);
    ck_assert_uint_eq(length, strlen(words[_i]) + 1);
    ck_assert_int_eq(strncmp(read, words[_i], strlen(words[_i])), 0);
    ck_assert_int_eq(read[length - 1], '.');
    buffer_free(&command);
}
END_TEST

START_TEST(clean_text_stops_at_its_limit)
{
    struct buffer buffer = BUFFER_INIT;
    quote_add_clean(&buffer, "ab\x1b[1mcd", 8, 3);
    ck_assert_str_eq(buffer_text(&buffer), "abc");
    quote_add_clean(&buffer, "ef", 2, 4);
    ck_assert_str_eq(buffer_text(&buffer), "abce");
    quote_add_clean(&buffer, "\xc3\xa4", 2, 5);
    ck_assert_str_eq(buffer_text(&buffer), "abce");
    quote_add_clean(&buffer, "\xc3\xa4", 2, 6);
    ck_assert_str_eq(buffer_text(&buffer), "abce\xc3\xa4");
    buffer_free(&buffer);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("text");
    TCase *tests = unit_case(suite, "text");
    tcase_add_loop_test(tests, quotes_for_messages, 0, COUNT(quotes));
    tcase_add_test(tests, quotes_are_cut);
    tcase_add_test(tests, no_password_at_the_cut);
    tcase_add_test(tests, quotes_take_a_length);
    tcase_add_test(tests, clean_text_stops_at_its_limit);
    tcase_add_loop_test(tests, json_strings, 0, COUNT(jsons));
    tcase_add_loop_test(tests, shell_words, 0, COUNT(words));
    return unit_run(suite);
}
