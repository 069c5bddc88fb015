#include "config.h"

#include "base/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

PRINTF_LIKE(2, 0)
static void append(struct error *error, const char *format, va_list values)
{
    size_t length = strlen(error->text);
    vsnprintf(error->text + length, sizeof error->text - length, format, values);
}

bool error_set(struct error *error, enum error_kind kind, int number, const char *format, ...)
{
    error->kind = kind;
    error->number = number;
    error->text[0] = '\0';
    va_list values;
    va_start(values, format);
    append(error, format, values);
    va_end(values);
    return false;
}

bool error_set_errno(struct error *error, const char *format, ...)
{
    int number = errno;
    error->kind = ERROR_LOCAL;
    error->number = number;
    error->text[0] = '\0';
    va_list values;
    va_start(values, format);
    append(error, format, values);
    va_end(values);
    size_t length = strlen(error->text);
    snprintf(error->text + length, sizeof error->text - length, ": %s", strerror(number));
    errno = number;
    return false;
}

bool error_precede(struct error *error, const char *words)
{
    struct error reason = *error;
    return error_set(error, reason.kind, reason.number, "%s: %s", words, reason.text);
}

bool error_advise(struct error *error, const char *format, ...)
{
    size_t length = strlen(error->text);
    snprintf(error->text + length, sizeof error->text - length, "; ");
    va_list values;
    va_start(values, format);
    append(error, format, values);
    va_end(values);
    return false;
}

int error_exit_status(const struct error *error)
{
    switch (error->kind) {
    case ERROR_NONE:
        return 0;
    case ERROR_NOT_THERE:
        return 1;
    case ERROR_USAGE:
        return 2;
    case ERROR_NO_PROGRAM:
    case ERROR_AUTH:
        return 3;
    case ERROR_API:
    case ERROR_NETWORK:
    case ERROR_UNSUPPORTED:
    case ERROR_UNREADABLE:
    case ERROR_BLANK:
    case ERROR_CONFLICT:
        return 4;
    case ERROR_DEADLINE:
        return 5;
    case ERROR_LOCAL:
        return 6;
    case ERROR_SIGNAL:
        return 128 + error->number;
    }
    return 4;
}

const char *error_kind_name(enum error_kind kind)
{
    static const char *const names[] = {
        [ERROR_NONE] = "none",
        [ERROR_NOT_THERE] = "not_there",
        [ERROR_USAGE] = "usage",
        [ERROR_NO_PROGRAM] = "no_program",
        [ERROR_AUTH] = "auth",
        [ERROR_API] = "api",
        [ERROR_NETWORK] = "network",
        [ERROR_UNSUPPORTED] = "unsupported",
        [ERROR_UNREADABLE] = "unreadable",
        [ERROR_BLANK] = "blank",
        [ERROR_CONFLICT] = "conflict",
        [ERROR_DEADLINE] = "deadline",
        [ERROR_LOCAL] = "local",
        [ERROR_SIGNAL] = "signal",
    };
    return names[kind];
}
