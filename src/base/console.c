#include "config.h"

#include "base/console.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/quote.h"
#include "base/signals.h"

#define BLUE      "\033[34m"
#define GREEN     "\033[32m"
#define YELLOW    "\033[33m"
#define RED       "\033[31m"
#define CYAN      "\033[36m"
#define GREY      "\033[90m"
#define RESET     "\033[0m"
#define MOST_LIVE 4096
#define ERASE     "\r\033[K"

void console_init(struct console *console, enum console_level level, const char *when)
{
    const char *no_color = getenv("NO_COLOR");
    const char *term = getenv("TERM");
    console->level = level;
    console->is_terminal = isatty(STDERR_FILENO) && term && *term && strcmp(term, "dumb") != 0;
    console->color = strcmp(when, "always") == 0;
    if (strcmp(when, "auto") == 0)
        console->color = console->is_terminal && !(no_color && *no_color);
}

int console_columns(int descriptor)
{
    int columns = 0;
#ifdef TIOCGWINSZ
    struct winsize size;
    if (isatty(descriptor) && ioctl(descriptor, TIOCGWINSZ, &size) == 0)
        columns = size.ws_col;
#endif
    return columns;
}

/* The terminal is one for all: so is the line that may stand on it. */
static bool live_line;

/* The bytes of a text that take that many columns at most. */
static size_t cut(const char *text, size_t columns)
{
    size_t at = 0;
    for (; text[at]; at++)
        if (((unsigned char)text[at] & 0xC0U) != 0x80 && columns-- == 0)
            break;
    return at;
}

void console_live(const struct console *console, const char *format, ...)
{
    int columns = console_columns(STDERR_FILENO);
    if (!console->is_terminal || console->level < CONSOLE_NORMAL)
        return;
    struct buffer raw = BUFFER_INIT;
    struct buffer clean = BUFFER_INIT;
    struct buffer text = BUFFER_INIT;
    va_list values;
    va_start(values, format);
    buffer_add_values(&raw, format, values);
    va_end(values);
    buffer_add_text(&text, ERASE);
    /* The last column stays free: some terminals go to the next line there. */
    quote_add_clean(&clean, buffer_text(&raw), raw.length, MOST_LIVE);
    buffer_add_text(&clean, "");
    buffer_add(&text, clean.data, cut(clean.data, columns > 1 ? (size_t)columns - 1 : 79));
    (void)signals_write(STDERR_FILENO, text.data, text.length);
    live_line = true;
    buffer_free(&raw);
    buffer_free(&clean);
    buffer_free(&text);
}

/* One line, one write: lines of several programs on one terminal do not mix. */
PRINTF_LIKE(4, 0)
static void line(const struct console *console, const char *color, const char *mark,
                 const char *format, va_list values)
{
    struct buffer text = BUFFER_INIT;
    if (live_line)
        buffer_add_text(&text, ERASE);
    live_line = false;
    if (console->color && *mark)
        buffer_add_format(&text, "%s%s%s", color, mark, RESET);
    else
        buffer_add_text(&text, mark);
    buffer_add_values(&text, format, values);
    buffer_add_text(&text, "\n");
    (void)signals_write(STDERR_FILENO, text.data, text.length);
    buffer_free(&text);
}

#define STORY(name, least, color, mark)                                                            \
    void console_##name(const struct console *console, const char *format, ...)                    \
    {                                                                                              \
        if (console->level < (least))                                                              \
            return;                                                                                \
        va_list values;                                                                            \
        va_start(values, format);                                                                  \
        line(console, color, mark, format, values);                                                \
        va_end(values);                                                                            \
    }

STORY(step, CONSOLE_NORMAL, BLUE, "==> ")
STORY(success, CONSOLE_NORMAL, GREEN, "✓ ")
STORY(info, CONSOLE_NORMAL, CYAN, "ℹ ")
STORY(plain, CONSOLE_NORMAL, "", "")
STORY(warning, CONSOLE_QUIET, YELLOW, "⚠ ")
STORY(failure, CONSOLE_QUIET, RED, "✗ ")
PRINTF_LIKE(2, 3)
static STORY(detail, CONSOLE_VERBOSE, GREY, "+ ")

void console_call(const struct console *console, char *const *argv)
{
    if (console->level < CONSOLE_VERBOSE)
        return;
    struct buffer text = BUFFER_INIT;
    quote_add_command(&text, argv);
    console_detail(console, "%s", buffer_text(&text));
    buffer_free(&text);
}
