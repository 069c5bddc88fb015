/*
 * error: the one error type of the program.
 *
 * A function that can fail returns false (or NULL) and describes the failure in its trailing
 * `struct error *`; on success the error is left untouched. Only main() turns an error into an exit
 * status and a line on stderr, so every text is a whole message: what was being done, to what, what
 * went wrong, what to do next. Texts hold no secret.
 *
 * The exit statuses are those of docs/REFERENCE.md, "Exit status".
 */
#ifndef MANAGED_DB_BASE_ERROR_H
#define MANAGED_DB_BASE_ERROR_H

#include <stdbool.h>
#include <stddef.h>

#if defined(__GNUC__)
#define PRINTF_LIKE(text, first) __attribute__((format(printf, text, first)))
#else
#define PRINTF_LIKE(text, first)
#endif

enum error_kind {
    ERROR_NONE,        /* nothing went wrong                                              exit 0 */
    ERROR_NOT_THERE,   /* a read that worked showed that it is not there                  exit 1 */
    ERROR_USAGE,       /* command line or settings; doctl was not called                  exit 2 */
    ERROR_NO_PROGRAM,  /* doctl is missing or not executable                              exit 3 */
    ERROR_AUTH,        /* no token, or DigitalOcean refused it (401)                      exit 3 */
    ERROR_API,         /* the API refused; `number` is the HTTP status                    exit 4 */
    ERROR_NETWORK,     /* no answer from the API                                          exit 4 */
    ERROR_UNSUPPORTED, /* doctl does not know the command                                 exit 4 */
    ERROR_UNREADABLE,  /* doctl crashed, failed oddly or printed what cannot be read      exit 4 */
    ERROR_BLANK,       /* cells that were asked for are blank                             exit 4 */
    ERROR_CONFLICT,    /* what exists does not fit what was asked for                     exit 4 */
    ERROR_DEADLINE,    /* a deadline passed                                               exit 5 */
    ERROR_LOCAL,       /* a local file or process; `number` is errno                      exit 6 */
    ERROR_SIGNAL       /* ended by signal `number`                                 exit 128 + N */
};

#define ERROR_TEXT_SIZE 1024

struct error {
    enum error_kind kind;
    int number; /* HTTP status, errno or signal, by kind; else 0 */
    char text[ERROR_TEXT_SIZE];
};

#define ERROR_INIT                                                                                 \
    {                                                                                              \
        ERROR_NONE, 0, ""                                                                          \
    }

/*
 * Describes a failure: a printf format for the whole message, cut at ERROR_TEXT_SIZE - 1 bytes.
 * Always returns false, so that a caller can `return error_set(...)`.
 */
bool error_set(struct error *error, enum error_kind kind, int number, const char *format, ...)
    PRINTF_LIKE(4, 5);

/* The same for a failed system call: appends ": " and the text of errno (kept in `number`). */
bool error_set_errno(struct error *error, const char *format, ...) PRINTF_LIKE(2, 3);

/* Puts words before the message, with ": " between them. Returns false. */
bool error_precede(struct error *error, const char *words);

/* Appends a piece of advice to the message, after "; ". Returns false. */
bool error_advise(struct error *error, const char *format, ...) PRINTF_LIKE(2, 3);

/* The exit status for this error; 0 for ERROR_NONE. */
/* "usage", "not_there", …: the kind for programs that read JSON. */
const char *error_kind_name(enum error_kind kind);

int error_exit_status(const struct error *error);

#endif
