/*
 * console: the story of a run, on stderr, in the plan's line forms: "==> ", "✓ ", "⚠ ", "✗ ", "ℹ ".
 *
 * The answer of a command never goes through here: it is stdout's. A line is written whole,
 * coloured only on a terminal, without NO_COLOR and with a TERM that can (unless --color says
 * otherwise). -q leaves only warnings and failures. Texts must hold no secret.
 */
#ifndef MANAGED_DB_BASE_CONSOLE_H
#define MANAGED_DB_BASE_CONSOLE_H

#include "base/error.h"

enum console_level { CONSOLE_SILENT, CONSOLE_QUIET, CONSOLE_NORMAL, CONSOLE_VERBOSE };

struct console {
    enum console_level level;
    bool color;
    bool is_terminal; /* that can erase a line */
};

/* `when` is "always", "never" or "auto". */
void console_init(struct console *console, enum console_level level, const char *when);

/* The width of the terminal that a descriptor is, 0 where it is none or has none. */
int console_columns(int descriptor);

void console_step(const struct console *console, const char *format, ...) PRINTF_LIKE(2, 3);
void console_success(const struct console *console, const char *format, ...) PRINTF_LIKE(2, 3);
void console_info(const struct console *console, const char *format, ...) PRINTF_LIKE(2, 3);
void console_plain(const struct console *console, const char *format, ...) PRINTF_LIKE(2, 3);
void console_warning(const struct console *console, const char *format, ...) PRINTF_LIKE(2, 3);
void console_failure(const struct console *console, const char *format, ...) PRINTF_LIKE(2, 3);

/*
 * A line on the terminal that the next one takes the place of, cut to its width; no line end
 * belongs to it: every other line erases it first. Nothing where stderr is no terminal, or with -q.
 */
void console_live(const struct console *console, const char *format, ...) PRINTF_LIKE(2, 3);

/* -v: a doctl call, quoted as a shell would need it. */
void console_call(const struct console *console, char *const *argv);

#endif
