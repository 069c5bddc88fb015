#include "config.h"

#include "doctl/choices.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "doctl/ask.h"

void choices_free(struct choices *choices)
{
    for (size_t i = 0; i < choices->count; i++) {
        free(choices->values[i]);
        free(choices->nodes[i]);
    }
    free(choices->values);
    free(choices->nodes);
    *choices = (struct choices){NULL, NULL, 0};
}

static void add(struct choices *choices, char *value, char *nodes)
{
    if (!*value) {
        free(value);
        free(nodes);
        return;
    }
    choices->values = mem_grow(choices->values, choices->count + 1, sizeof *choices->values);
    choices->nodes = mem_grow(choices->nodes, choices->count + 1, sizeof *choices->nodes);
    choices->values[choices->count] = value;
    choices->nodes[choices->count++] = nodes;
}

/* The items of a list such as "[13,14,15]". */
static void add_items(struct choices *choices, const char *list)
{
    for (const char *at = list + strspn(list, "[], "); *at; at += strspn(at, "[], ")) {
        size_t length = strcspn(at, "[], ");
        add(choices, mem_format("%.*s", (int)length, at), NULL);
        at += length;
    }
}

static void read_rows(const struct table *table, enum call_id id, struct choices *choices)
{
    /* The versions are one list, beside the engine's name. */
    int second = id == CALL_VERSIONS ? table_column(table, "Versions")
                 : id == CALL_SIZES  ? table_column(table, "NodeNums")
                                     : -1;
    int first = id == CALL_IMAGES ? table_column(table, "Slug") : 0;
    for (size_t row = 0; first >= 0 && row < table->rows; row++) {
        char *value = span_copy(table_cell(table, row, (size_t)first));
        char *more = second < 0 ? mem_copy("") : span_copy(table_cell(table, row, (size_t)second));
        if (id == CALL_VERSIONS) {
            if (strcmp(value, "pg") == 0)
                add_items(choices, more);
            free(value);
            free(more);
        } else {
            add(choices, value, more);
        }
    }
}

bool choices_read(struct doctl *doctl, enum call_id id, struct choices *choices,
                  struct error *error)
{
    struct reply reply;
    *choices = (struct choices){NULL, NULL, 0};
    if (!ask(doctl, id, NO_ARGUMENTS, &reply, NULL, error))
        return false;
    read_rows(&reply.table, id, choices);
    reply_free(&reply);
    return choices->count > 0 || error_set(error, ERROR_UNREADABLE, 0,
                                           "doctl printed no value of what DigitalOcean offers");
}

size_t choices_find(const struct choices *choices, const char *value)
{
    size_t i = 0;
    while (i < choices->count && strcmp(choices->values[i], value) != 0)
        i++;
    return i;
}

bool choices_has(const char *list, const char *value)
{
    struct choices items = {NULL, NULL, 0};
    add_items(&items, list);
    bool has = choices_find(&items, value) < items.count;
    choices_free(&items);
    return has;
}

bool choices_image(struct doctl *doctl, const char *image, bool *exists, struct error *error)
{
    struct reply reply;
    struct error failure = ERROR_INIT;
    *exists = ask(doctl, CALL_IMAGE_GET, ARGUMENTS(image), &reply, NULL, &failure);
    if (*exists)
        reply_free(&reply);
    else if (failure.kind != ERROR_API || failure.number != 404)
        *error = failure;
    return *exists || (failure.kind == ERROR_API && failure.number == 404);
}
