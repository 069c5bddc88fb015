#include "spoil.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "system.h"

enum {
    GRANDCHILD_MS = 30 * 1000,
    SLOW_PIECES = 100,
    SLOW_PIECE_MS = 10,
    HUGE_BYTES = 50 * 1000 * 1000,
    HUGE_ROWS = 500,
    PAGE_ROWS = 200
};

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

/* The first request finds out that a token has no right, or that a thing is not there; any other
 * refusal is an answer to the last one. */
static void http_error(struct call *call, int status)
{
    call_refuse_request(call, status <= 404 ? call_first(call) : call_last(call), status,
                        "injected failure");
}

/* Where the network error says it wanted to connect to. */
static const char *address(struct call *call)
{
    const char *host = strstr(call->api, "://");
    host = host ? host + 3 : call->api;
    size_t length = strcspn(host, "/");
    return memchr(host, ':', length) ? arena_slice(call->arena, host, length) : "203.0.113.10:443";
}

static void network_error(struct call *call, const struct request *request)
{
    call_unreachable(
        call, request,
        arena_format(call->arena, "dial tcp %s: connect: connection refused", address(call)));
}

static void print_garbage(struct call *call)
{
    static const char garbage[] =
        "\x7f"
        "ELF\x02\x01\x00\x00\xff\xfe\xfd\x00\t\t\r\n\xc3\x28\x80\x00 \x1b[2J\n\xf0\x9f";
    buffer_add(&call->answer.out, garbage, sizeof(garbage) - 1);
}

/* The request is all that gets done: doctl does not wait for what comes of it. */
static void drop_wait(struct call *call)
{
    for (size_t i = 0; i < call->option_count; i++)
        if (strcmp(call->options[i].flag->name, "wait") == 0)
            call->options[i].value = NULL;
}

bool spoil_before(struct call *call, struct fault fault)
{
    switch (fault.kind) {
    case FAULT_HTTP:
        http_error(call, fault.number);
        return true;
    case FAULT_ERROR_EXIT0:
        http_error(call, 500);
        call->answer.status = 0;
        return true;
    case FAULT_NETWORK:
        network_error(call, call_first(call));
        return true;
    case FAULT_GARBAGE:
        print_garbage(call);
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
        drop_wait(call);
        return false;
    default:
        return false;
    }
}

bool spoil_look(struct call *call, struct fault fault, const struct request *request)
{
    switch (fault.kind) {
    case FAULT_HTTP:
        call_refuse_request(call, request, fault.number, "injected failure");
        return true;
    case FAULT_ERROR_EXIT0:
        call_refuse_request(call, request, 500, "injected failure");
        return true;
    case FAULT_NETWORK:
        network_error(call, request);
        return true;
    case FAULT_LOST:
        call_unreachable(call, request, "EOF");
        return true;
    case FAULT_HANG:
    case FAULT_HANG_HARD:
    case FAULT_SIGNAL:
        return spoil_before(call, fault);
    default:
        return false; /* these spoil what doctl prints, not what it reads */
    }
}

/* --- after the request ------------------------------------------------------- */

static bool write_slowly(int fd, const void *bytes, size_t length)
{
    const char *next = bytes;
    size_t step = length / SLOW_PIECES + 1;
    while (length > 0) {
        size_t piece = length < step ? length : step;
        if (!system_write(fd, next, piece))
            return false;
        next += piece;
        length -= piece;
        system_sleep(SLOW_PIECE_MS);
    }
    return true;
}

/* Rows of nonsense with as many columns as a list of clusters has. */
static bool write_hugely(struct call *call, int fd)
{
    struct buffer rows = {.arena = call->arena};
    size_t written = 0;
    unsigned number = 0;
    while (written < HUGE_BYTES) {
        rows.length = 0;
        for (int i = 0; i < HUGE_ROWS; i++, number++)
            buffer_add_format(&rows,
                              "filler-%08u    %08x-0000-4000-8000-000000000000    pg    online\n",
                              number, number);
        if (!system_write(fd, rows.data, rows.length))
            return false;
        written += rows.length;
    }
    return true;
}

/* In the middle of the last row. */
static size_t truncated_length(const struct buffer *out)
{
    size_t end = out->length;
    while (end > 0 && out->data[end - 1] == '\n')
        end--;
    size_t start = end;
    while (start > 0 && out->data[start - 1] != '\n')
        start--;
    return start + (end - start) / 2;
}

/* Where a row of the text begins, or its end. */
static size_t row_start(const struct buffer *text, size_t row)
{
    size_t at = 0;
    for (; row > 0 && at < text->length; at++)
        row -= text->data[at] == '\n';
    return at;
}

/* doctl asks for 200 rows at a time, and leaves out what it did not get, unless it is the first page. */
static void lose_page(struct call *call)
{
    struct buffer *out = &call->answer.out;
    size_t header = call_is_on(call, "no-header") ? 0 : 1;
    size_t start = row_start(out, header + PAGE_ROWS);
    size_t end = row_start(out, header + PAGE_ROWS + PAGE_ROWS);
    if (end > start)
        memmove(out->data + start, out->data + end, out->length - end);
    out->length -= end - start;
}

static void leave_grandchild(void)
{
    if (fork() == 0) {
        system_sleep(GRANDCHILD_MS);
        _exit(0);
    }
}

/* What the fault makes of the finished answer. */
static void spoil(struct call *call, struct fault fault)
{
    struct answer *answer = &call->answer;
    switch (fault.kind) {
    case FAULT_LOST:
        call_unreachable(call, call_last(call), "EOF");
        break;
    case FAULT_PAGE_LOST:
        lose_page(call);
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
        buffer_add_text(&answer->out,
                        "Slug    Price    Locked    Kernel\nalpha   12.50    false     4.4\n"
                        "beta    30.00    true      5.15\n");
        break;
    case FAULT_GRANDCHILD:
        leave_grandchild();
        break;
    default:
        break;
    }
}

bool spoil_print(struct call *call, struct fault fault)
{
    const struct buffer *out = &call->answer.out;
    const struct buffer *err = &call->answer.err;
    bool (*print)(int, const void *, size_t) =
        fault.kind == FAULT_SLOW ? write_slowly : system_write;
    spoil(call, fault);
    /* As doctl does: notices come before the table, the message of a usage error after its page. */
    bool printed = print(STDERR_FILENO, buffer_text(err), err->length);
    printed = print(STDOUT_FILENO, buffer_text(out), out->length) && printed;
    return fault.kind != FAULT_HUGE ? printed : write_hugely(call, STDOUT_FILENO) && printed;
}
