/*
 * dialect: the words for doctl are those of the table with the arguments put in, each argument one
 * word whatever it holds.
 */
#include "config.h"

#include "fuzz.h"

#include <string.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "doctl/dialect.h"

/* A second way to a word: its "$N" put in. */
static char *put_in(const char *word, char *const arguments[CALL_ARGUMENTS])
{
    struct buffer text = BUFFER_INIT;
    for (const char *dollar; (dollar = strchr(word, '$')); word = dollar + 2) {
        MUST(dollar[1] >= '1' && dollar[1] < '0' + CALL_ARGUMENTS);
        buffer_add(&text, word, (size_t)(dollar - word));
        buffer_add_text(&text, arguments[dollar[1] - '0']);
    }
    buffer_add_text(&text, word);
    return buffer_take(&text);
}

static void check(const struct wording *wording, char *const arguments[CALL_ARGUMENTS])
{
    char **argv = dialect_argv(wording, (const char *const *)arguments);
    size_t index = 0;
    MUST(strcmp(argv[index++], "doctl") == 0);
    size_t drop = 0;
    char *words = mem_copy(wording->words);
    for (char *word = strtok(words, " "); word; word = strtok(NULL, " ")) {
        if (word[0] == '?') {
            MUST(strlen(word) == 2);
            drop = *arguments[word[1] - '0'] ? 0 : 2;
            continue;
        }
        if (drop) {
            drop--;
            continue;
        }
        char *wanted = put_in(word, arguments);
        MUST(argv[index] && strcmp(argv[index], wanted) == 0);
        free(wanted);
        index++;
    }
    MUST(!argv[index]);
    free(words);
    free(argv);
}

FUZZ(dialect)
{
    struct input input = {bytes, size};
    const struct call *call = dialect_call((enum call_id)(take_byte(&input) % (CALL_PROBE + 1)));
    char *arguments[CALL_ARGUMENTS] = {NULL};
    for (size_t i = 1; i < CALL_ARGUMENTS; i++)
        arguments[i] = take_string(&input, '\n');
    MUST(call->plan.words || call->shipped.words);
    if (call->plan.words)
        check(&call->plan, arguments);
    if (call->shipped.words)
        check(&call->shipped, arguments);
    char *doing = dialect_doing(call, (const char *const *)arguments);
    char *wanted = put_in(call->doing, arguments);
    MUST(strcmp(doing, wanted) == 0);
    free(wanted);
    free(doing);
    for (size_t i = 1; i < CALL_ARGUMENTS; i++)
        free(arguments[i]);
    return 0;
}
