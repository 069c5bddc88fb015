#include "faults.h"

#include <string.h>

#include "number.h"

static const struct {
    const char *name;
    enum fault_kind kind;
} kinds[] = {
    {"network", FAULT_NETWORK},
    {"lost", FAULT_LOST},
    {"page-lost", FAULT_PAGE_LOST},
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

/* One entry of a list. */
struct entry {
    const char *call;
    size_t call_length;
    struct fault fault;
    long from;   /* the number of the first call that meets it; 0: all do */
    bool onward; /* and those after it */
};

/* --- reading a list ---------------------------------------------------------- */

static bool read_named(const char *word, struct fault *fault)
{
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (strcmp(kinds[i].name, word) == 0) {
            *fault = (struct fault){kinds[i].kind, 0};
            return true;
        }
    }
    return false;
}

/* `signal-9`, `503` */
static bool read_numbered(const char *word, struct fault *fault)
{
    static const char prefix[] = "signal-";
    size_t length = strlen(prefix);
    bool is_signal = strncmp(word, prefix, length) == 0;
    long least = is_signal ? 1 : 400;
    long most = is_signal ? 64 : 599;
    long number;
    if (!number_read(is_signal ? word + length : word, &number) || number < least || number > most)
        return false;
    *fault = (struct fault){is_signal ? FAULT_SIGNAL : FAULT_HTTP, (int)number};
    return true;
}

static bool read_kind(const char *name, size_t length, struct fault *fault)
{
    char word[32];
    if (length >= sizeof(word))
        return false;
    memcpy(word, name, length);
    word[length] = '\0';
    return read_named(word, fault) || read_numbered(word, fault);
}

/* `N`, `N+` */
static bool read_from(const char *string, size_t length, struct entry *entry)
{
    char digits[16];
    entry->onward = length > 0 && string[length - 1] == '+';
    if (entry->onward)
        length--;
    if (length == 0 || length >= sizeof(digits))
        return false;
    memcpy(digits, string, length);
    digits[length] = '\0';
    return number_read(digits, &entry->from) && entry->from >= 1;
}

/* `CALL=KIND`, `CALL=KIND@N`, `CALL=KIND@N+` */
static bool read_entry(const char *string, size_t length, struct entry *entry)
{
    const char *end = string + length;
    const char *equals = memchr(string, '=', length);
    *entry = (struct entry){.call = string};
    if (!equals || equals == string)
        return false;
    entry->call_length = (size_t)(equals - string);
    const char *kind = equals + 1;
    const char *at = memchr(kind, '@', (size_t)(end - kind));
    if (!read_kind(kind, (size_t)((at ? at : end) - kind), &entry->fault))
        return false;
    return !at || read_from(at + 1, (size_t)(end - at - 1), entry);
}

/* The next piece between semicolons, without the blanks around it; false at the end. */
static bool next_piece(const char **rest, const char **piece, size_t *length)
{
    while (**rest) {
        *piece = *rest;
        *length = strcspn(*rest, ";\n");
        *rest += *length;
        *rest += **rest != '\0';
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

bool faults_check(const char *list, struct buffer *problem)
{
    const char *piece;
    size_t length;
    struct entry entry;
    while (next_piece(&list, &piece, &length)) {
        if (!read_entry(piece, length, &entry)) {
            buffer_add_format(problem, "no such fault: %.*s", (int)length, piece);
            return false;
        }
    }
    return true;
}

/* --- the fault of a call ------------------------------------------------------- */

static bool fits(const struct call *call, const struct entry *entry, const char *words)
{
    if (entry->call_length == 1 && *entry->call == '*' && words == call->command->words)
        return true;
    return strlen(words) == entry->call_length &&
           strncmp(words, entry->call, entry->call_length) == 0;
}

static bool same_call(const struct entry *one, const struct entry *other)
{
    return one->call_length == other->call_length &&
           strncmp(one->call, other->call, one->call_length) == 0;
}

/* Whether an earlier entry of the list has counted this call already. */
static bool is_counted(const char *list, const struct entry *entry)
{
    const char *piece;
    size_t length;
    struct entry earlier;
    while (next_piece(&list, &piece, &length) && piece != entry->call)
        if (read_entry(piece, length, &earlier) && earlier.from > 0 && same_call(&earlier, entry))
            return true;
    return false;
}

/* How often the entry's call was made, this time included. */
static long times_called(struct call *call, const struct entry *entry)
{
    const char *name = arena_format(call->arena, "call %.*s", (int)entry->call_length, entry->call);
    if (!is_counted(call->faults, entry))
        rows_set_counter(call->rows, name, rows_counter(call->rows, name) + 1);
    return rows_counter(call->rows, name);
}

static bool is_due(const struct entry *entry, long times)
{
    return times == entry->from || (entry->onward && times > entry->from);
}

struct fault faults_find(struct call *call, const char *words)
{
    struct fault found = {FAULT_NONE, 0};
    const char *rest = call->faults, *piece;
    size_t length;
    struct entry entry;
    /* To the end of the list, so that all counts go on. */
    while (next_piece(&rest, &piece, &length)) {
        if (!read_entry(piece, length, &entry) || !fits(call, &entry, words))
            continue;
        long times = entry.from == 0 ? 0 : times_called(call, &entry);
        if (found.kind == FAULT_NONE && is_due(&entry, times))
            found = entry.fault;
    }
    return found;
}
