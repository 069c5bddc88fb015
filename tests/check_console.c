#include "config.h"

#include "base/console.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "unit.h"

static struct console console;

static void set_up(void)
{
    unsetenv("NO_COLOR");
    setenv("TERM", "xterm", 1);
    console = (struct console){CONSOLE_NORMAL, false, false};
}

/* ---- lines ---- */

typedef void story(const struct console *console, const char *format, ...);

static const struct {
    story *tell;
    const char *plain, *colored;
    enum console_level least;
} lines[] = {
    {console_step, "==> a 7 b\n", "\033[34m==> \033[0ma 7 b\n", CONSOLE_NORMAL},
    {console_success, "✓ a 7 b\n", "\033[32m✓ \033[0ma 7 b\n", CONSOLE_NORMAL},
    {console_info, "ℹ a 7 b\n", "\033[36mℹ \033[0ma 7 b\n", CONSOLE_NORMAL},
    {console_plain, "a 7 b\n", "a 7 b\n", CONSOLE_NORMAL},
    {console_warning, "⚠ a 7 b\n", "\033[33m⚠ \033[0ma 7 b\n", CONSOLE_QUIET},
    {console_failure, "✗ a 7 b\n", "\033[31m✗ \033[0ma 7 b\n", CONSOLE_QUIET},
};

static void tell(void *which)
{
    lines[*(int *)which].tell(&console, "a %d %s", 7, "b");
}

START_TEST(forms_of_lines)
{
    ck_assert_str_eq(unit_stderr(tell, &_i), lines[_i].plain);
    console.color = true;
    ck_assert_str_eq(unit_stderr(tell, &_i), lines[_i].colored);
    console.color = false;
    console.level = CONSOLE_VERBOSE;
    ck_assert_str_eq(unit_stderr(tell, &_i), lines[_i].plain);
    /* -q leaves only warnings and failures. */
    console.level = CONSOLE_QUIET;
    ck_assert_str_eq(unit_stderr(tell, &_i),
                     lines[_i].least == CONSOLE_QUIET ? lines[_i].plain : "");
}
END_TEST

static void tell_long(void *text)
{
    console_step(&console, "%s", (const char *)text);
    console_plain(&console, "%s", "");
}

START_TEST(lines_of_any_length)
{
    char *text = unit_keep(mem_alloc(100001));
    memset(text, 'x', 100000);
    ck_assert_str_eq(unit_stderr(tell_long, text), unit_format("==> %s\n\n", text));
}
END_TEST

/* Lines of several programs on one stream do not mix: each is one write. */
START_TEST(a_line_is_written_whole)
{
    int ends[2];
    char *text = unit_keep(mem_alloc(3000));
    memset(text, 'x', 2999);
    ck_assert_int_eq(pipe(ends), 0);
    for (int i = 0; i < 4; i++) {
        if (fork())
            continue;
        dup2(ends[1], STDERR_FILENO);
        text[0] = (char)('0' + i);
        for (int line = 0; line < 200; line++)
            console_step(&console, "%s", text);
        _exit(0);
    }
    close(ends[1]);
    FILE *lines_read = fdopen(ends[0], "r");
    char line[4000];
    int count = 0;
    while (fgets(line, sizeof line, lines_read)) {
        ck_assert_uint_eq(strlen(line), 3004);
        ck_assert_int_eq(strncmp(line, "==> ", 4), 0);
        ck_assert_uint_eq(strspn(line + 5, "x"), 2998);
        count++;
    }
    ck_assert_int_eq(count, 800);
    fclose(lines_read);
    while (wait(NULL) > 0)
        ;
}
END_TEST

/* ---- colour ---- */

static void init_auto(void *result)
{
    console_init(result, CONSOLE_NORMAL, "auto");
}

/* The answer of "auto" with this terminal as stderr. */
static bool auto_on(int terminal)
{
    ck_assert_int_eq(grantpt(terminal), 0);
    ck_assert_int_eq(unlockpt(terminal), 0);
    int stream = open(ptsname(terminal), O_RDWR | O_NOCTTY);
    ck_assert_int_ge(stream, 0);
    int saved = dup(STDERR_FILENO);
    dup2(stream, STDERR_FILENO);
    struct console made;
    console_init(&made, CONSOLE_NORMAL, "auto");
    dup2(saved, STDERR_FILENO);
    close(saved);
    close(stream);
    close(terminal);
    return made.color;
}

static const struct {
    const char *no_color, *term;
    bool color;
} terminals[] = {
    {NULL, "xterm", true}, {NULL, "screen-256color", true},
    {"", "xterm", true},   {"1", "xterm", false},
    {"0", "xterm", false}, {NULL, "dumb", false},
    {NULL, "", false},     {NULL, NULL, false},
    {"1", "dumb", false},
};

static void set_terminal(int i)
{
    if (terminals[i].no_color)
        setenv("NO_COLOR", terminals[i].no_color, 1);
    if (terminals[i].term)
        setenv("TERM", terminals[i].term, 1);
    else
        unsetenv("TERM");
}

START_TEST(colour_on_a_terminal)
{
    int terminal = posix_openpt(O_RDWR | O_NOCTTY);
    /* A chroot may have no /dev/pts. */
    if (terminal < 0)
        return;
    set_terminal(_i);
    ck_assert_int_eq(auto_on(terminal), terminals[_i].color);
}
END_TEST

/* A file, or a flag that says so. */
START_TEST(colour_elsewhere)
{
    struct console made = {CONSOLE_NORMAL, true, false};
    set_terminal(_i);
    unit_stderr(init_auto, &made);
    ck_assert(!made.color);
    console_init(&made, CONSOLE_VERBOSE, "always");
    ck_assert(made.color);
    ck_assert_int_eq(made.level, CONSOLE_VERBOSE);
    console_init(&made, CONSOLE_QUIET, "never");
    ck_assert(!made.color);
    ck_assert_int_eq(made.level, CONSOLE_QUIET);
}
END_TEST

/* ---- doctl calls ---- */

static char *const simple[] = {"doctl", "databases", "list", "--format", "Name,ID", NULL};

static void show(void *argv)
{
    console_call(&console, argv);
}

START_TEST(calls_are_shown_with_v_only)
{
    union {
        char *const *from;
        void *to;
    } cast = {simple};
    ck_assert_str_eq(unit_stderr(show, cast.to), "");
    console.level = CONSOLE_QUIET;
    ck_assert_str_eq(unit_stderr(show, cast.to), "");
    console.level = CONSOLE_VERBOSE;
    ck_assert_str_eq(unit_stderr(show, cast.to), "+ doctl databases list --format Name,ID\n");
    console.color = true;
    ck_assert_str_eq(unit_stderr(show, cast.to),
                     "\033[90m+ \033[0mdoctl databases list --format Name,ID\n");
}
END_TEST

/* What is shown can be put into a shell. */
START_TEST(calls_are_quoted_for_a_shell)
{
    static const char *const words[] = {
        "printf", "%s|",  "",     "two words", "it's", "$HOME", "`id`",  "$(id)", "a;b",     "a&b",
        "a|b",    "a>b",  "a<b",  "*",         "?",    "[a]",   "{a,b}", "~",     "#x",      "!x",
        "a\\b",   "a\"b", "a\tb", "-x",        "a=b",  "^x",    "%",     "(a)",   "\xc3\xa4"};
    char *argv[COUNT(words) + 1] = {NULL};
    struct buffer wanted = BUFFER_INIT;
    for (size_t i = 0; i < COUNT(words); i++) {
        argv[i] = unit_keep(mem_copy(words[i]));
        if (i > 1)
            buffer_add_format(&wanted, "%s|", words[i]);
    }
    console.level = CONSOLE_VERBOSE;
    char *line = unit_stderr(show, argv);
    ck_assert_int_eq(strncmp(line, "+ ", 2), 0);
    char *script = unit_script(unit_folder(), "call", line + 2);
    FILE *shell = popen(script, "r");
    char read[1000] = "";
    size_t length = fread(read, 1, sizeof read - 1, shell);
    ck_assert_int_eq(pclose(shell), 0);
    ck_assert_uint_eq(length, wanted.length);
    ck_assert_str_eq(read, wanted.data);
    buffer_free(&wanted);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("console");
    TCase *tests = unit_case(suite, "console");
    tcase_add_checked_fixture(tests, set_up, NULL);
    tcase_add_loop_test(tests, forms_of_lines, 0, COUNT(lines));
    tcase_add_test(tests, lines_of_any_length);
    tcase_add_test(tests, a_line_is_written_whole);
    tcase_add_loop_test(tests, colour_on_a_terminal, 0, COUNT(terminals));
    tcase_add_loop_test(tests, colour_elsewhere, 0, COUNT(terminals));
    tcase_add_test(tests, calls_are_shown_with_v_only);
    tcase_add_test(tests, calls_are_quoted_for_a_shell);
    return unit_run(suite);
}
