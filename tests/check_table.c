#include "config.h"

#include "doctl/table.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "recorded.h"
#include "testcases.h"
#include "unit.h"

static struct error error;

/* A table as text: cells end with "|", rows with a newline; the header row first. */
static char *drawn(const struct table *table)
{
    struct buffer text = BUFFER_INIT;
    for (size_t i = 0; table->headers && i < table->columns; i++)
        buffer_add_format(&text, "%.*s|", (int)table->headers[i].length, table->headers[i].start);
    if (table->headers)
        buffer_add_text(&text, "\n");
    for (size_t row = 0; row < table->rows; row++) {
        for (size_t i = 0; i < table->columns; i++) {
            struct span cell = table_cell(table, row, i);
            buffer_add_format(&text, "%.*s|", (int)cell.length, cell.start);
        }
        buffer_add_text(&text, "\n");
    }
    buffer_add_text(&text, "");
    return unit_keep(buffer_take(&text));
}

static char *read_n(const char *text, size_t length)
{
    struct table table;
    unit_worked(table_read(text, length, "do this", &table, &error), &error);
    char *shown = drawn(&table);
    table_free(&table);
    return shown;
}

static char *read_text(const char *text)
{
    return read_n(text, strlen(text));
}

static const char *const letters[] = {"A", "B", "C", "D", "E"};

static char *read_bare(const char *text, size_t count)
{
    struct table table;
    unit_worked(table_read_bare(text, strlen(text), "do this", letters, count, &table, &error),
                &error);
    ck_assert_uint_eq(table.columns, count);
    ck_assert_ptr_null(table.headers);
    char *shown = drawn(&table);
    table_free(&table);
    return shown;
}

static void refuses(const char *text, size_t length, const char *part)
{
    struct table table;
    error = (struct error)ERROR_INIT;
    unit_failed(table_read(text, length, "do this", &table, &error), &error, ERROR_UNREADABLE,
                part);
    ck_assert_ptr_nonnull(strstr(error.text, "do this"));
    table_free(&table);
}

static void refuses_bare(const char *text, size_t count, enum error_kind kind, const char *part)
{
    struct table table;
    error = (struct error)ERROR_INIT;
    unit_failed(table_read_bare(text, strlen(text), "do this", letters, count, &table, &error),
                &error, kind, part);
    ck_assert_ptr_nonnull(strstr(error.text, "do this"));
    table_free(&table);
}

/* ---- the recorded tables: tests/transcripts/tables ---- */

static struct testcases recorded;

enum { CALL, RELEASES, FORM, FIRST_ROW };

static void compare(const struct testcase *one, const struct recorded_release *release)
{
    const char *form = one->fields[FORM];
    size_t columns = strtoul(form, NULL, 10);
    bool has_header = strcmp(form, "header row") == 0;
    recorded_path(one, release, one->fields[CALL]);
    char *text = recorded_file(release, one->fields[CALL], "stdout");
    if (!columns && !has_header) {
        ck_assert_msg(strcmp(form, "no table") == 0, "%s: there is no form \"%s\"", one->where,
                      form);
        return;
    }
    char *wanted = unit_format("%s", "");
    for (size_t i = FIRST_ROW; i < one->count; i++)
        wanted = unit_format("%s%s\n", wanted, recorded_fill(release, one->fields[i]));
    char *seen = has_header ? read_text(text) : read_bare(text, columns);
    ck_assert_msg(strcmp(seen, wanted) == 0, "%s: %s has\n%swanted\n%s", one->where, release->name,
                  seen, wanted);
}

static void check_recorded(const struct testcase *one)
{
    testcase_check(one, FIRST_ROW, SIZE_MAX, "call, releases, form");
}

START_TEST(recorded_tables)
{
    const struct testcase *one = &recorded.list[_i];
    size_t count = 0;
    check_recorded(one);
    for (const struct recorded_release *release = recorded_releases(); release->name; release++)
        if (recorded_applies(one, one->fields[RELEASES], release)) {
            compare(one, release);
            count++;
        }
    ck_assert_msg(count > 0, "%s: no release is meant", one->where);
}
END_TEST

/* What a successful call printed has to be named in the file. */
static void is_named(const struct recorded_release *release, const char *call)
{
    bool named = atoi(recorded_file(release, call, "status")) != 0;
    for (size_t i = 0; i < recorded.count && !named; i++) {
        const struct testcase *one = &recorded.list[i];
        check_recorded(one);
        named = strcmp(one->fields[CALL], call) == 0 &&
                recorded_applies(one, one->fields[RELEASES], release);
    }
    ck_assert_msg(named, "tests/transcripts/%s/%s: no case of tests/transcripts/tables names it",
                  release->name, call);
}

START_TEST(every_recorded_table_is_read)
{
    for (const struct recorded_release *release = recorded_releases(); release->name; release++)
        ck_assert_uint_ge(recorded_each(release, is_named), 45);
}
END_TEST

START_TEST(recorded_blank_credentials)
{
    static const char *const names[] = {"Host", "Port", "User", "Password", "Database"};
    for (const struct recorded_release *release = recorded_releases(); release->name; release++) {
        struct table table;
        char *text = recorded_file(release, "connection-without-credentials", "stdout");
        unit_failed(table_read_bare(text, strlen(text), "connect", names, 5, &table, &error),
                    &error, ERROR_BLANK, "User, Password");
        ck_assert_ptr_null(strstr(error.text, "Host"));
        ck_assert_ptr_null(strstr(error.text, "Database"));
    }
}
END_TEST

/* ---- tables with a header row ---- */

static const struct {
    const char *text, *wanted;
} tables[] = {
    /* Blank cells: the last, the first, one in the middle, all but one. */
    {"A    B    C\n1    2\n", "A|B|C|\n1|2||\n"},
    {"A    B    C\n1    2    \n", "A|B|C|\n1|2||\n"},
    {"A    B    C\n     2    3\n", "A|B|C|\n|2|3|\n"},
    {"A    B    C\n1         3\n", "A|B|C|\n1||3|\n"},
    {"A    B    C\n          3\n", "A|B|C|\n||3|\n"},
    {"A    B    C\n1\n", "A|B|C|\n1|||\n"},
    /* Single blanks in headers and in values. */
    {"Created At             IP Range    N\n2026-01-24 08:45:00    1 2 3       x\n",
     "Created At|IP Range|N|\n2026-01-24 08:45:00|1 2 3|x|\n"},
    /* A value that is as long as its column's header, and one that is longer in the last column. */
    {"Name    B\nabcd    a longer value than its header\n",
     "Name|B|\nabcd|a longer value than its header|\n"},
    /* Padding counts code points. */
    {"Name        B\n\xc3\xa4\xc3\xb6\xc3\xbc         1\n\xe2\x82\xac\xf0\x9f\x98\x80xxxxx     2\n",
     "Name|B|\n\xc3\xa4\xc3\xb6\xc3\xbc|1|\n\xe2\x82\xac\xf0\x9f\x98\x80xxxxx|2|\n"},
    {"N\xc3\xa4me    B\nabcd    1\n", "N\xc3\xa4me|B|\nabcd|1|\n"},
    /* Line ends. */
    {"A    B\r\n1    2\r\n3\r\n", "A|B|\n1|2|\n3||\n"},
    {"A    B\r\n\r\n1    2\r\n", "A|B|\n1|2|\n"},
    {"A    B\n1    2", "A|B|\n1|2|\n"},
    {"\n\nA    B\n\n1    2\n   \n\t\n3    4\n\n", "A|B|\n1|2|\n3|4|\n"},
    /* Lines that are not part of it. */
    {"Notice: Database created\nA    B\n1    2\nWarning: old\n3    4\n", "A|B|\n1|2|\n3|4|\n"},
    /* Values that only look like such a line. */
    {"What       B\nNotices    1\nWarning    2\nNo         3\n",
     "What|B|\nNotices|1|\nWarning|2|\nNo|3|\n"},
    /* No rows; one column. */
    {"A    B\n", "A|B|\n"},
    {"A\n1\n2\n", "A|\n1|\n2|\n"},
};

START_TEST(header_tables)
{
    ck_assert_str_eq(read_text(tables[_i].text), tables[_i].wanted);
}
END_TEST

/* What cannot be a table: the message names row and question. */
static const struct {
    const char *text;
    size_t length;
    const char *part;
} broken[] = {
    {"", 0, "no table"},
    {"\n\n  \n", 5, "no table"},
    {"Notice: Database created\n", 25, "no table"},
    {"A    B\n1   2\n", 13, "row 1"},
    {"A    B\n 1    2\n", 15, "row 1"},
    {"A    B\n1    2\n1    2    3\n", 26, "row 2"},
    {"A    B\n1     2\n", 15, "row 1"},
    {"\0\0\0\0", 4, "no table"},
    {"A    B\n\x7f\x45\x4c\x46\x02\x00\x00\x01    \xff\xfe\n", 21, "row 1"},
};

START_TEST(broken_tables)
{
    refuses(broken[_i].text, broken[_i].length, broken[_i].part);
}
END_TEST

/* Columns are found by their names, in whatever order they come. */
START_TEST(columns_in_any_order)
{
    static const char *const orders[] = {"ID    Name    URI\n1     2       3\n",
                                         "URI    ID    Name\n3      1     2\n",
                                         "Name    URI    ID\n2       3      1\n"};
    for (size_t i = 0; i < COUNT(orders); i++) {
        struct table table;
        unit_worked(table_read(orders[i], strlen(orders[i]), "do this", &table, &error), &error);
        int id = table_column(&table, "ID");
        int uri = table_column(&table, "URI");
        ck_assert_int_ge(id, 0);
        ck_assert_int_ge(uri, 0);
        ck_assert(span_is(table_cell(&table, 0, (size_t)id), "1"));
        ck_assert(span_is(table_cell(&table, 0, (size_t)uri), "3"));
        ck_assert_int_eq(table_column(&table, "I"), -1);
        ck_assert_int_eq(table_column(&table, "IDs"), -1);
        ck_assert_int_eq(table_column(&table, "id"), -1);
        ck_assert_int_eq(table_column(&table, ""), -1);
        table_free(&table);
        ck_assert_uint_eq(table.rows, 0);
    }
}
END_TEST

START_TEST(a_bare_table_has_no_columns_by_name)
{
    struct table table;
    unit_worked(table_read_bare("A    B\n", 7, "do this", letters, 2, &table, &error), &error);
    ck_assert_int_eq(table_column(&table, "A"), -1);
    table_free(&table);
}
END_TEST

/* Whatever half of a table arrives: it is refused, or what is there is in the right column. */
START_TEST(half_a_table)
{
    static const char whole[] = "Host                 Port     User       Database\n"
                                "db.example.com       25060    doadmin    defaultdb\n";
    for (size_t length = 0; length < strlen(whole); length++) {
        struct table table;
        char *part = mem_copy_n(whole, length);
        if (table_read(part, length, "do this", &table, &error) && table.rows &&
            table.columns == 4) {
            struct span cell = table_cell(&table, 0, 1);
            ck_assert(cell.length <= 5 && memcmp("25060", cell.start, cell.length) == 0);
            cell = table_cell(&table, 0, 3);
            ck_assert(cell.length <= 9 && memcmp("defaultdb", cell.start, cell.length) == 0);
        }
        table_free(&table);
        free(part);
    }
}
END_TEST

/* The length counts, not a NUL: nothing behind the bytes that were given is looked at. */
START_TEST(length_counts)
{
    static const char text[] = "A    B\n1    2\n3    4\n";
    ck_assert_str_eq(read_n(text, 14), "A|B|\n1|2|\n");
    char *exact = mem_alloc(14);
    memcpy(exact, text, 14);
    ck_assert_str_eq(read_n(exact, 14), "A|B|\n1|2|\n");
    free(exact);
}
END_TEST

START_TEST(many_rows_and_words)
{
    struct buffer text = BUFFER_INIT;
    buffer_add_text(&text, "Name    Value\n");
    for (int i = 0; i < 10000; i++)
        buffer_add_format(&text, "n%-7dvalue-%d\n", i, i);
    struct table table;
    unit_worked(table_read(text.data, text.length, "do this", &table, &error), &error);
    ck_assert_uint_eq(table.rows, 10000);
    ck_assert(span_is(table_cell(&table, 9999, 0), "n9999"));
    ck_assert(span_is(table_cell(&table, 9999, 1), "value-9999"));
    table_free(&table);
    buffer_free(&text);

    /* A value of many words, after the patterns were used often. */
    buffer_add_text(&text, "Name    Value\nx       word");
    for (int i = 0; i < 50000; i++)
        buffer_add_text(&text, " word");
    size_t length = text.length - strlen("Name    Value\nx       ");
    unit_worked(table_read(text.data, text.length, "do this", &table, &error), &error);
    ck_assert_uint_eq(table.rows, 1);
    ck_assert_uint_eq(table_cell(&table, 0, 1).length, length);
    table_free(&table);
    buffer_free(&text);
}
END_TEST

/* ---- rows without a header row ---- */

static const struct {
    size_t count;
    const char *text, *wanted;
} rows[] = {
    {3, "a    b    c\n", "a|b|c|\n"},
    {3, "a      b  c\nd      e  f\n", "a|b|c|\nd|e|f|\n"},
    /* Tabs, and single blanks as a hand-made doctl may print them. */
    {3, "a\tb\tc\n", "a|b|c|\n"},
    {3, "a b c\n", "a|b|c|\n"},
    {3, "a b c\nd    e    f\n", "a|b|c|\nd|e|f|\n"},
    /* A value with single blanks, where the cells can be told apart. */
    {2, "2026-01-24 08:45:00 +0000 UTC    x\n", "2026-01-24 08:45:00 +0000 UTC|x|\n"},
    {1, "two words\n", "two words|\n"},
    {1, "  x  \n", "x|\n"},
    /* Nothing at all; line ends; notices. */
    {3, "", ""},
    {3, "\n \n\t\n", ""},
    {2, "a    b\r\nc    d", "a|b|\nc|d|\n"},
    {2, "Notice: x\na    b\nWarning: y  z  z\n", "a|b|\n"},
};

START_TEST(bare_rows)
{
    ck_assert_str_eq(read_bare(rows[_i].text, rows[_i].count), rows[_i].wanted);
}
END_TEST

static const struct {
    size_t count;
    const char *text;
    enum error_kind kind;
    const char *part;
} misfits[] = {
    /* The padding of a single row tells which cells are blank. */
    {5, "host    25060            defaultdb\n", ERROR_BLANK, ": C, D"},
    {5, "host    25060    user        defaultdb\n", ERROR_BLANK, ": D"},
    {5, "    25060    user    pw    defaultdb\n", ERROR_BLANK, ": A"},
    {5, "host    25060    user    pw\n", ERROR_BLANK, ": E"},
    {5, "\xc3\xa4\xc3\xb6\xc3\xbc    25060    user        defaultdb\n", ERROR_BLANK, ": D"},
    /* In several rows, or with odd padding, it cannot be told. */
    {3, "a    b    c\nd    e\n", ERROR_BLANK, "row 2"},
    {3, "a    b    c\nd    e\n", ERROR_BLANK, "A, B, C"},
    {3, "a  b\n", ERROR_BLANK, "A, B, C"},
    {2, "a\n", ERROR_BLANK, "B"},
    /* A cell with a blank in it may be one cell or two. */
    {3, "a    b c\n", ERROR_BLANK, ": C"},
    {3, "a        b c\n", ERROR_BLANK, ": B"},
    {2, "    b c\n", ERROR_BLANK, ": A"},
    {2, "b c    \n", ERROR_BLANK, ": B"},
    /* Too many. */
    {2, "a    b    c\n", ERROR_UNREADABLE, "3 cells"},
    {2, "a    b\nc    d    e    f\n", ERROR_UNREADABLE, "row 2"},
    {1, "a    b\n", ERROR_UNREADABLE, "2 cells"},
    {3, "this is no table at all\n", ERROR_UNREADABLE, "cells"},
};

START_TEST(bare_rows_that_do_not_fit)
{
    refuses_bare(misfits[_i].text, misfits[_i].count, misfits[_i].kind, misfits[_i].part);
}
END_TEST

/* A password that stands in a row is in no message. */
START_TEST(messages_hold_no_cell)
{
    refuses_bare("host    AVNS_secret\n", 5, ERROR_BLANK, "");
    ck_assert_ptr_null(strstr(error.text, "AVNS"));
    refuses_bare("host    AVNS_secret    b    c\n", 2, ERROR_UNREADABLE, "");
    ck_assert_ptr_null(strstr(error.text, "AVNS"));
    refuses("A    B\n  AVNS_secret\n", 21, "row 1");
    ck_assert_ptr_null(strstr(error.text, "AVNS"));
}
END_TEST

START_TEST(spans)
{
    struct span span = {"abcdef", 3};
    ck_assert(span_is(span, "abc"));
    ck_assert(!span_is(span, "ab"));
    ck_assert(!span_is(span, "abcd"));
    ck_assert(!span_is(span, "abd"));
    char *copy = span_copy(span);
    ck_assert_str_eq(copy, "abc");
    free(copy);
    copy = span_copy((struct span){"", 0});
    ck_assert_str_eq(copy, "");
    free(copy);
}
END_TEST

int main(void)
{
    recorded = testcases_read("transcripts/tables", IN_BLOCKS);
    recorded_releases();
    Suite *suite = suite_create("table");
    TCase *tests = unit_case(suite, "recorded");
    tcase_add_loop_test(tests, recorded_tables, 0, (int)recorded.count);
    tcase_add_test(tests, every_recorded_table_is_read);
    tcase_add_test(tests, recorded_blank_credentials);
    tests = unit_case(suite, "header");
    tcase_add_loop_test(tests, header_tables, 0, COUNT(tables));
    tcase_add_loop_test(tests, broken_tables, 0, COUNT(broken));
    tcase_add_test(tests, columns_in_any_order);
    tcase_add_test(tests, a_bare_table_has_no_columns_by_name);
    tcase_add_test(tests, half_a_table);
    tcase_add_test(tests, length_counts);
    tcase_add_test(tests, many_rows_and_words);
    tests = unit_case(suite, "bare");
    tcase_add_loop_test(tests, bare_rows, 0, COUNT(rows));
    tcase_add_loop_test(tests, bare_rows_that_do_not_fit, 0, COUNT(misfits));
    tcase_add_test(tests, messages_hold_no_cell);
    tcase_add_test(tests, spans);
    int status = unit_run(suite);
    testcases_free(&recorded);
    recorded_free();
    return status;
}
