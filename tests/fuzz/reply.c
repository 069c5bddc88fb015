/*
 * reply: whatever doctl printed after a success, an answer that is taken has the shape that was
 * asked for, and one that is not is told in a message that can be shown.
 */
#include "config.h"

#include "fuzz.h"

#include <string.h>

#include "base/bytes.h"
#include "doctl/reply.h"

static void check_shape(const struct call *call, const struct wording *wording,
                        const struct reply *reply)
{
    const struct table *table = &reply->table;
    switch (wording->shape) {
    case SHAPE_ANY:
    case SHAPE_TEXT:
    case SHAPE_FILE:
        break;
    case SHAPE_PEM:
        MUST(reply->certificate && strstr(reply->certificate, "-----BEGIN "));
        break;
    case SHAPE_JSON:
        MUST(reply->object && reply->object->kind == NODE_MAPPING);
        break;
    case SHAPE_ID:
        MUST(table->rows == 1 && table_cell(table, 0, 0).length > 0);
        break;
    case SHAPE_ROWS:
    case SHAPE_TABLE:
        MUST(table->rows >= call->least_rows);
        for (size_t i = 0; wording->columns[i]; i++) {
            int column = table->headers ? table_column(table, wording->columns[i]) : (int)i;
            MUST(column >= 0 && (size_t)column < table->columns);
            for (size_t row = 0; row < table->rows; row++)
                MUST(table_cell(table, row, (size_t)column).length > 0);
        }
        break;
    }
}

FUZZ(reply)
{
    struct input input = {bytes, size};
    unsigned choice = take_byte(&input);
    const struct call *call = dialect_call((enum call_id)(choice / 2 % (CALL_DATABASE_CREATE + 1)));
    const struct wording *wording = choice & 1 ? &call->shipped : &call->plan;
    /* A file of doctl's is read as it is: nothing there is made of its bytes. */
    if (!wording->words || wording->shape == SHAPE_FILE)
        return 0;
    size_t length;
    char *out = take_bytes(&input, TAKE_ALL, &length);
    struct reply reply = {.certificate = NULL};
    struct error error = ERROR_INIT;
    buffer_add(&reply.result.out, out, length);
    free(out);
    if (reply_read(call, wording, "read it", NULL, &reply, &error))
        check_shape(call, wording, &reply);
    else
        MUST((error.kind == ERROR_UNREADABLE || error.kind == ERROR_BLANK) && is_message(&error));
    reply_free(&reply);
    return 0;
}
