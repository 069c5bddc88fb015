#include "call.h"

#include <ctype.h>
#include <string.h>

#include "command.h"
#include "service.h"

static const struct option *option_find(const struct call *call, const char *name)
{
    for (size_t i = 0; i < call->option_count; i++)
        if (strcmp(call->options[i].flag->name, name) == 0)
            return &call->options[i];
    return NULL;
}

bool call_given(const struct call *call, const char *name)
{
    const struct option *option = option_find(call, name);

    return option != NULL && option->value != NULL;
}

const char *call_option(const struct call *call, const char *name)
{
    const struct option *option = option_find(call, name);

    if (option == NULL)
        return "";
    if (option->value != NULL)
        return option->value;
    return option->flag->initial == NULL ? "" : option->flag->initial;
}

bool call_truth(const struct call *call, const char *name)
{
    return strcmp(call_option(call, name), "true") == 0;
}

size_t call_list(const struct call *call, const char *name, const char ***pieces)
{
    const char *rest = call_option(call, name);
    size_t count = 0;

    *pieces = arena_take(call->arena, (strlen(rest) + 1) * sizeof(**pieces));
    while (*rest != '\0') {
        size_t length = strcspn(rest, ",");

        if (length > 0)
            (*pieces)[count++] = arena_slice(call->arena, rest, length);
        rest += length + (rest[length] == ',');
    }
    return count;
}

static void json_string(struct text *text, const char *string)
{
    text_byte(text, '"');
    for (; *string != '\0'; string++) {
        unsigned char byte = (unsigned char)*string;

        if (byte == '"' || byte == '\\')
            text_format(text, "\\%c", byte);
        else if (byte == '\n')
            text_add(text, "\\n");
        else if (byte == '\t')
            text_add(text, "\\t");
        else if (byte < 0x20 || byte == 0x7f || byte == '<' || byte == '>' || byte == '&')
            text_format(text, "\\u%04x", byte);
        else
            text_byte(text, *string);
    }
    text_byte(text, '"');
}

bool call_error(struct call *call, const char *format, ...)
{
    struct text message = {.arena = call->arena};
    va_list arguments;

    va_start(arguments, format);
    text_vformat(&message, format, arguments);
    va_end(arguments);
    call->answer.out.length = 0;
    call->answer.err.length = call->answer.told;
    call->answer.status = 1;
    if (call->json) {
        text_add(&call->answer.out, "{\"errors\":[{\"detail\":");
        json_string(&call->answer.out, text_string(&message));
        text_add(&call->answer.out, "}]}\n");
    } else {
        text_format(&call->answer.err, "Error: %s\n", text_string(&message));
    }
    return false;
}

/* What doctl says itself before it passes on what came of a request. */
static const char *context(const struct call *call, const struct request *request)
{
    if (call->context != NULL)
        return call->context;
    if (call->command->failing != NULL && request == command_last(call) &&
        request != &call->command->by_name)
        return command_words(call, call->command->failing);
    return "";
}

bool call_refused(struct call *call, const struct request *request, int status, const char *text)
{
    return call_error(call, "%s%s %s/v2/%s: %d (request \"%s\") %s", context(call, request),
                      request->method, call->api, command_words(call, request->path), status,
                      service_request_id(call), text);
}

bool call_unreachable(struct call *call, const struct request *request, const char *why)
{
    char *verb = arena_copy(call->arena, request->method);

    /* Go's HTTP client names methods with one capital letter. */
    for (char *letter = verb + 1; *verb != '\0' && *letter != '\0'; letter++)
        *letter = (char)tolower((unsigned char)*letter);
    return call_error(call, "%s%s \"%s/v2/%s\": %s", context(call, request), verb, call->api,
                      command_words(call, request->path), why);
}

void call_notice(struct call *call, const char *text)
{
    text_format(&call->answer.err, "Notice: %s\n", text);
}

bool call_not_imitated(struct call *call, const char *what)
{
    call->answer.out.length = 0;
    call->answer.err.length = 0;
    text_format(&call->answer.err, "doctl simulator: %s is not imitated\n", what);
    call->answer.status = EXIT_SIMULATOR;
    return false;
}
