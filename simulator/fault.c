#include "fault.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "command.h"
#include "service.h"

enum { GRANDCHILD_SECONDS = 30, DRIBBLES = 100, DRIBBLE_MS = 10, HUGE_BYTES = 50 * 1000 * 1000 };

static const struct {
    const char *name;
    enum fault_kind kind;
} kinds[] = {
    {"network", FAULT_NETWORK},
    {"lost", FAULT_LOST},
    {"hang", FAULT_HANG},
    {"hang-hard", FAULT_HANG_HARD},
    {"done-hang", FAULT_DONE_HANG},
    {"garbage", FAULT_GARBAGE},
    {"truncated", FAULT_TRUNCATED},
    {"empty", FAULT_EMPTY},
    {"done-empty", FAULT_DONE_EMPTY},
    {"error-exit0", FAULT_ERROR_EXIT0},
    {"ok-exit1", FAULT_OK_EXIT1},
    {"wrong-columns", FAULT_WRONG_COLUMNS},
    {"huge", FAULT_HUGE},
    {"slow", FAULT_SLOW},
    {"grandchild", FAULT_GRANDCHILD},
};

struct entry {
    const char *call;
    size_t call_length;
    struct fault fault;
    long from; /* 0: always */
    bool on;   /* and from there on */
};

/* --- the list -------------------------------------------------------------- */

static bool kind_read(const char *name, size_t length, struct fault *fault)
{
    static const char signal_word[] = "signal-";
    char word[32];
    long number;

    if (length >= sizeof(word))
        return false;
    memcpy(word, name, length);
    word[length] = '\0';
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (strcmp(kinds[i].name, word) == 0) {
            *fault = (struct fault){kinds[i].kind, 0};
            return true;
        }
    }
    if (strncmp(word, signal_word, strlen(signal_word)) == 0) {
        if (!number_read(word + strlen(signal_word), &number) || number < 1 || number > 64)
            return false;
        *fault = (struct fault){FAULT_SIGNAL, (int)number};
        return true;
    }
    if (!number_read(word, &number) || number < 400 || number > 599)
        return false;
    *fault = (struct fault){FAULT_HTTP, (int)number};
    return true;
}

/* CALL=KIND[@N[+]] */
static bool entry_read(const char *string, size_t length, struct entry *entry)
{
    const char *equals = memchr(string, '=', length);
    const char *kind, *at, *end = string + length;
    char digits[16];

    *entry = (struct entry){.call = string};
    if (equals == NULL || equals == string)
        return false;
    entry->call_length = (size_t)(equals - string);
    kind = equals + 1;
    at = memchr(kind, '@', (size_t)(end - kind));
    if (!kind_read(kind, (size_t)((at == NULL ? end : at) - kind), &entry->fault))
        return false;
    if (at == NULL)
        return true;
    if (end[-1] == '+') {
        entry->on = true;
        end--;
    }
    at++;
    if (end <= at || (size_t)(end - at) >= sizeof(digits))
        return false;
    memcpy(digits, at, (size_t)(end - at));
    digits[end - at] = '\0';
    return number_read(digits, &entry->from) && entry->from >= 1;
}

/* The next piece between semicolons, without the blanks around it; false at the end. */
static bool next_piece(const char **rest, const char **piece, size_t *length)
{
    while (**rest != '\0') {
        size_t here = strcspn(*rest, ";\n");

        *piece = *rest;
        *length = here;
        *rest += here + ((*rest)[here] != '\0');
        while (*length > 0 && **piece == ' ') {
            (*piece)++;
            (*length)--;
        }
        while (*length > 0 && (*piece)[*length - 1] == ' ')
            (*length)--;
        if (*length > 0)
            return true;
    }
    return false;
}

bool fault_list_ok(const char *list, struct text *problem)
{
    const char *piece;
    struct entry entry;
    size_t length;

    while (next_piece(&list, &piece, &length)) {
        if (!entry_read(piece, length, &entry)) {
            text_format(problem, "no such fault: %.*s", (int)length, piece);
            return false;
        }
    }
    return true;
}

static bool entry_fits(const struct call *call, const struct entry *entry, const char *words)
{
    return (entry->call_length == 1 && *entry->call == '*' && words == call->command->words) ||
           (strlen(words) == entry->call_length &&
            strncmp(words, entry->call, entry->call_length) == 0);
}

/* How often a call was made is counted once a call, however many faults name it. */
static long times_called(struct call *call, const struct entry *entry, const char *list)
{
    const char *name = arena_format(call->arena, "call %.*s", (int)entry->call_length, entry->call);
    const char *piece;
    struct entry earlier;
    size_t length;

    while (next_piece(&list, &piece, &length) && piece != entry->call)
        if (entry_read(piece, length, &earlier) && earlier.from > 0 &&
            earlier.call_length == entry->call_length &&
            strncmp(earlier.call, entry->call, entry->call_length) == 0)
            return state_counter(call->state, name);
    state_counter_set(call->state, name, state_counter(call->state, name) + 1);
    return state_counter(call->state, name);
}

struct fault fault_find(struct call *call, const char *words)
{
    const char *list = call->faults;
    struct fault found = {FAULT_NONE, 0};
    const char *rest = list, *piece;
    struct entry entry;
    size_t length;

    while (next_piece(&rest, &piece, &length)) {
        long times;

        if (!entry_read(piece, length, &entry) || !entry_fits(call, &entry, words))
            continue;
        times = entry.from == 0 ? 0 : times_called(call, &entry, list);
        if (found.kind == FAULT_NONE && (times == entry.from || (entry.on && times > entry.from)))
            found = entry.fault;
    }
    return found;
}

/* --- before the request ------------------------------------------------------ */

static void hang(void)
{
    for (;;)
        pause();
}

static void hang_hard(void)
{
    struct sigaction ignore = {.sa_handler = SIG_IGN};

    sigaction(SIGTERM, &ignore, NULL);
    sigaction(SIGINT, &ignore, NULL);
    sigaction(SIGHUP, &ignore, NULL);
    hang();
}

static void die_by_signal(int number)
{
    struct sigaction usual = {.sa_handler = SIG_DFL};
    sigset_t only;

    sigemptyset(&only);
    sigaddset(&only, number);
    sigaction(number, &usual, NULL);
    sigprocmask(SIG_UNBLOCK, &only, NULL);
    raise(number);
    raise(SIGKILL); /* the signal was one that ends nobody */
}

/* A token that may not, or a thing that is not there, is noticed by the first request, the rest by
 * the last. */
static void http_error(struct call *call, int status)
{
    call_refused(call, status <= 404 ? command_first(call) : command_last(call), status,
                 "injected failure");
}

/* Where the network error says it wanted to connect to. */
static const char *endpoint(struct call *call)
{
    const char *host = strstr(call->api, "://");
    size_t length;

    host = host == NULL ? call->api : host + 3;
    length = strcspn(host, "/");
    if (memchr(host, ':', length) != NULL)
        return arena_slice(call->arena, host, length);
    return "203.0.113.10:443";
}

static void network_error(struct call *call, const struct request *request)
{
    call_unreachable(
        call, request,
        arena_format(call->arena, "dial tcp %s: connect: connection refused", endpoint(call)));
}

bool fault_before(struct call *call, struct fault fault)
{
    static const char garbage[] =
        "\x7f"
        "ELF\x02\x01\x00\x00\xff\xfe\xfd\x00\t\t\r\n\xc3\x28\x80\x00 \x1b[2J\n\xf0\x9f";

    switch (fault.kind) {
    case FAULT_HTTP:
        http_error(call, fault.number);
        return true;
    case FAULT_ERROR_EXIT0:
        http_error(call, 500);
        call->answer.status = 0;
        return true;
    case FAULT_NETWORK:
        network_error(call, command_first(call));
        return true;
    case FAULT_GARBAGE:
        text_bytes(&call->answer.out, garbage, sizeof(garbage) - 1);
        return true;
    case FAULT_EMPTY:
        return true;
    case FAULT_HANG:
        hang();
        return true;
    case FAULT_HANG_HARD:
        hang_hard();
        return true;
    case FAULT_SIGNAL:
        die_by_signal(fault.number);
        return true;
    case FAULT_LOST:
    case FAULT_DONE_HANG:
        /* The request is all that gets done: no waiting for what comes of it. */
        for (size_t i = 0; i < call->option_count; i++)
            if (strcmp(call->options[i].flag->name, "wait") == 0)
                call->options[i].value = NULL;
        return false;
    default:
        return false;
    }
}

bool fault_in_look(struct call *call, struct fault fault, const struct request *look)
{
    switch (fault.kind) {
    case FAULT_HTTP:
    case FAULT_ERROR_EXIT0:
        call_refused(call, look, fault.kind == FAULT_HTTP ? fault.number : 500, "injected failure");
        return true;
    case FAULT_NETWORK:
        network_error(call, look);
        return true;
    case FAULT_LOST:
        call_unreachable(call, look, "EOF");
        return true;
    case FAULT_HANG:
    case FAULT_HANG_HARD:
    case FAULT_SIGNAL:
        return fault_before(call, fault);
    default:
        return false; /* these spoil what doctl prints, not what it reads */
    }
}

/* --- after the request ------------------------------------------------------- */

static bool write_all(int fd, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t written = write(fd, bytes, length);

        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return false;
        bytes += written;
        length -= (size_t)written;
    }
    return true;
}

static bool write_slowly(int fd, const char *bytes, size_t length)
{
    struct timespec rest = {0, DRIBBLE_MS * 1000000L};
    size_t step = length / DRIBBLES + 1;

    while (length > 0) {
        size_t now = length < step ? length : step;

        if (!write_all(fd, bytes, now))
            return false;
        bytes += now;
        length -= now;
        nanosleep(&rest, NULL);
    }
    return true;
}

/* After the answer, rows of nonsense with as many columns as a list of clusters has. */
static bool write_hugely(struct call *call, const struct text *out)
{
    struct text rows = {.arena = call->arena};
    size_t written = 0;
    unsigned number = 0;

    if (!write_all(STDOUT_FILENO, text_string(out), out->length))
        return false;
    while (written < HUGE_BYTES) {
        rows.length = 0;
        for (int i = 0; i < 500; i++, number++)
            text_format(&rows, "filler-%08u    %08x-0000-4000-8000-000000000000    pg    online\n",
                        number, number);
        if (!write_all(STDOUT_FILENO, rows.data, rows.length))
            return false;
        written += rows.length;
    }
    return true;
}

/* In the middle of the last row. */
static size_t truncated_length(const struct text *out)
{
    size_t end = out->length, start;

    while (end > 0 && out->data[end - 1] == '\n')
        end--;
    for (start = end; start > 0 && out->data[start - 1] != '\n';)
        start--;
    return start + (end - start) / 2;
}

static void leave_grandchild(void)
{
    struct timespec rest = {GRANDCHILD_SECONDS, 0};

    if (fork() == 0) {
        while (nanosleep(&rest, &rest) != 0 && errno == EINTR)
            continue;
        _exit(0);
    }
}

/* What the fault makes of the finished answer. */
static void spoil(struct call *call, struct fault fault)
{
    struct answer *answer = &call->answer;

    switch (fault.kind) {
    case FAULT_LOST:
        call_unreachable(call, command_last(call), "EOF");
        break;
    case FAULT_DONE_HANG:
        hang();
        break;
    case FAULT_DONE_EMPTY:
        answer->out.length = answer->err.length = 0;
        answer->status = 0;
        break;
    case FAULT_OK_EXIT1:
        answer->err.length = 0;
        answer->status = 1;
        break;
    case FAULT_TRUNCATED:
        answer->out.length = truncated_length(&answer->out);
        answer->status = 0;
        break;
    case FAULT_WRONG_COLUMNS:
        answer->out.length = 0;
        text_add(&answer->out, "Slug    Price    Locked    Kernel\nalpha   12.50    false     4.4\n"
                               "beta    30.00    true      5.15\n");
        break;
    case FAULT_GRANDCHILD:
        leave_grandchild();
        break;
    default:
        break;
    }
}

bool fault_print(struct call *call, struct fault fault)
{
    struct answer *answer = &call->answer;
    bool (*print)(int, const char *, size_t) = fault.kind == FAULT_SLOW ? write_slowly : write_all;
    bool printed;

    spoil(call, fault);
    /* As doctl does: notices come before the table, the message of a usage error after its page. */
    printed = print(STDERR_FILENO, text_string(&answer->err), answer->err.length);
    if (fault.kind == FAULT_HUGE)
        return write_hugely(call, &answer->out) && printed;
    return print(STDOUT_FILENO, text_string(&answer->out), answer->out.length) && printed;
}
