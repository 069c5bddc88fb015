#include "call.h"

#include <ctype.h>
#include <string.h>

#include "number.h"

/* --- options ---------------------------------------------------------------- */

static const struct option *find_option(const struct call *call, const char *name)
{
    for (size_t i = 0; i < call->option_count; i++)
        if (strcmp(call->options[i].flag->name, name) == 0)
            return &call->options[i];
    return NULL;
}

bool call_has(const struct call *call, const char *name)
{
    const struct option *option = find_option(call, name);
    return option && option->value;
}

const char *call_option(const struct call *call, const char *name)
{
    const struct option *option = find_option(call, name);
    if (!option)
        return "";
    const char *value = option->value ? option->value : option->flag->initial;
    return value ? value : "";
}

bool call_is_on(const struct call *call, const char *name)
{
    return strcmp(call_option(call, name), "true") == 0;
}

size_t call_list(const struct call *call, const char *name, const char ***pieces)
{
    const char *rest = call_option(call, name);
    size_t count = 0;
    *pieces = arena_take(call->arena, (strlen(rest) + 1) * sizeof(**pieces));
    while (*rest) {
        size_t length = strcspn(rest, ",");
        if (length > 0)
            (*pieces)[count++] = arena_slice(call->arena, rest, length);
        rest += length + (rest[length] == ',');
    }
    return count;
}

/* --- the requests ----------------------------------------------------------- */

static bool has_name(const struct call *call)
{
    long number;
    for (size_t i = 0; i < call->argument_count; i++)
        if (!number_read(call->arguments[i], &number))
            return true;
    return false;
}

const struct request *call_first(const struct call *call)
{
    const struct command *command = call->command;
    return command->by_name.method && has_name(call) ? &command->by_name : &command->first;
}

/* As long as an argument is a name, doctl has got no further than looking it up. */
const struct request *call_last(const struct call *call)
{
    const struct command *command = call->command;
    const struct request *first = call_first(call);
    return first == &command->first && command->change.method ? &command->change : first;
}

const char *call_words(const struct call *call, const char *words)
{
    struct buffer text = {.arena = call->arena};
    for (const char *from = words; *from; from++) {
        if (from[0] != '%' || from[1] < '1' || from[1] > '9') {
            buffer_add_byte(&text, *from);
            continue;
        }
        size_t argument = (size_t)(*++from - '1');
        if (argument < call->argument_count)
            buffer_add_text(&text, call->arguments[argument]);
    }
    return buffer_text(&text);
}

/* --- the answer ------------------------------------------------------------- */

void call_add_json(struct buffer *text, const char *string)
{
    buffer_add_byte(text, '"');
    for (; *string; string++) {
        unsigned char byte = (unsigned char)*string;
        if (byte == '"' || byte == '\\')
            buffer_add_format(text, "\\%c", byte);
        else if (byte == '\n')
            buffer_add_text(text, "\\n");
        else if (byte == '\t')
            buffer_add_text(text, "\\t");
        else if (byte < 0x20 || byte == 0x7f || byte == '<' || byte == '>' || byte == '&')
            buffer_add_format(text, "\\u%04x", byte);
        else
            buffer_add_byte(text, *string);
    }
    buffer_add_byte(text, '"');
}

bool call_error(struct call *call, const char *format, ...)
{
    struct buffer message = {.arena = call->arena};
    va_list arguments;
    va_start(arguments, format);
    buffer_add_arguments(&message, format, arguments);
    va_end(arguments);
    call->answer.out.length = 0;
    call->answer.err.length = call->answer.progress;
    call->answer.status = 1;
    if (call->json) {
        buffer_add_text(&call->answer.out, "{\"errors\":[{\"detail\":");
        call_add_json(&call->answer.out, buffer_text(&message));
        buffer_add_text(&call->answer.out, "}]}\n");
    } else {
        buffer_add_format(&call->answer.err, "Error: %s\n", buffer_text(&message));
    }
    return false;
}

/* What doctl says itself before it passes on what came of a request. */
static const char *step(const struct call *call, const struct request *request)
{
    if (call->step)
        return call->step;
    if (call->command->failing && request == call_last(call) && request != &call->command->by_name)
        return call_words(call, call->command->failing);
    return "";
}

bool call_refuse(struct call *call, int status, const char *text)
{
    return call_refuse_request(call, call_last(call), status, text);
}

bool call_refuse_request(struct call *call, const struct request *request, int status,
                         const char *text)
{
    return call_error(call, "%s%s %s/v2/%s: %d (request \"%s\") %s", step(call, request),
                      request->method, call->api, call_words(call, request->path), status,
                      invent_request_id(&call->invention), text);
}

bool call_unreachable(struct call *call, const struct request *request, const char *reason)
{
    char *verb = arena_copy(call->arena, request->method);
    /* Go's HTTP client names methods with one capital letter. */
    for (char *letter = verb + 1; *letter; letter++)
        *letter = (char)tolower((unsigned char)*letter);
    return call_error(call, "%s%s \"%s/v2/%s\": %s", step(call, request), verb, call->api,
                      call_words(call, request->path), reason);
}

void call_notice(struct call *call, const char *text)
{
    buffer_add_format(&call->answer.err, "Notice: %s\n", text);
}

bool call_not_imitated(struct call *call, const char *what)
{
    call->answer.out.length = 0;
    call->answer.err.length = 0;
    buffer_add_format(&call->answer.err, "doctl simulator: %s is not imitated\n", what);
    call->answer.status = EXIT_SIMULATOR;
    return false;
}
