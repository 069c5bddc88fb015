#include "config.h"

#include "doctl/inventory.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "base/quote.h"
#include "doctl/ask.h"

void inventory_free(struct inventory *inventory)
{
    for (size_t i = 0; i < inventory->count; i++) {
        struct item *item = &inventory->items[i];
        free(item->id);
        free(item->name);
        free(item->vpc_uuid);
        free(item->tags);
        free(item->engine);
    }
    free(inventory->items);
    *inventory = (struct inventory){NULL, 0};
}

/* Names and tags are shown, in the answer too. */
static char *cleaned(char *text)
{
    struct buffer clean = BUFFER_INIT;
    quote_add_clean(&clean, text, strlen(text), strlen(text) * 4);
    free(text);
    return buffer_take(&clean);
}

static struct item read_item(const struct table *table, size_t row, enum item_kind kind)
{
    /* The list of clusters is the one without headers. */
    bool is_cluster = kind == ITEM_CLUSTER;
    char *is_default = table_copy(table, row, "Default");
    struct item item = {
        .kind = kind,
        .id = is_cluster ? span_copy(table_cell(table, row, 1)) : table_copy(table, row, "ID"),
        .name = cleaned(is_cluster ? span_copy(table_cell(table, row, 0))
                                   : table_copy(table, row, "Name")),
        .vpc_uuid = table_copy(table, row, "VPC UUID"),
        .tags = cleaned(table_copy(table, row, "Tags")),
        .engine = is_cluster ? span_copy(table_cell(table, row, 2)) : mem_copy(""),
        .is_default = strcmp(is_default, "true") == 0,
    };
    free(is_default);
    return item;
}

static bool read_list(struct doctl *doctl, enum call_id id, enum item_kind kind,
                      struct inventory *inventory, struct error *error)
{
    struct reply reply;
    if (!ask(doctl, id, NO_ARGUMENTS, &reply, NULL, error))
        return false;
    bool good = true;
    for (size_t row = 0; good && row < reply.table.rows; row++) {
        struct item item = read_item(&reply.table, row, kind);
        inventory->items =
            mem_grow(inventory->items, inventory->count + 1, sizeof *inventory->items);
        inventory->items[inventory->count++] = item;
        good = reply_is_id(item.id) ||
               error_set(error, ERROR_UNREADABLE, 0, "could not %s: row %zu has no usable ID",
                         dialect_call(id)->doing, row + 1);
    }
    reply_free(&reply);
    return good;
}

bool inventory_read(struct doctl *doctl, struct inventory *inventory, struct error *error)
{
    struct error failure = ERROR_INIT;
    *inventory = (struct inventory){NULL, 0};
    ask_prefetch(doctl, CALL_CLUSTER_LIST, NO_ARGUMENTS);
    ask_prefetch(doctl, CALL_VPC_DETAILS, NO_ARGUMENTS);
    ask_prefetch(doctl, CALL_FIREWALL_LIST, NO_ARGUMENTS);
    bool good = read_list(doctl, CALL_DROPLET_LIST, ITEM_DROPLET, inventory, error) &&
                read_list(doctl, CALL_CLUSTER_LIST, ITEM_CLUSTER, inventory, error) &&
                read_list(doctl, CALL_VPC_DETAILS, ITEM_VPC, inventory, error);
    if (good && !read_list(doctl, CALL_FIREWALL_LIST, ITEM_FIREWALL, inventory, &failure) &&
        failure.kind != ERROR_UNSUPPORTED &&
        !(failure.kind == ERROR_API && failure.number == 403)) {
        *error = failure;
        good = false;
    }
    if (!good)
        inventory_free(inventory);
    return good;
}

bool inventory_find(const struct inventory *inventory, enum item_kind kind, const char *name,
                    const struct item **found, struct error *error)
{
    *found = NULL;
    for (size_t i = 0; i < inventory->count; i++) {
        const struct item *item = &inventory->items[i];
        if (item->kind != kind || strcmp(item->name, name) != 0)
            continue;
        if (*found)
            return error_set(error, ERROR_CONFLICT, 0,
                             "several things have the name %s (%s, %s): give the others another "
                             "name, or name a Droplet with DROPLET_ID",
                             name, (*found)->id, item->id);
        *found = item;
    }
    return true;
}

const struct item *inventory_by_id(const struct inventory *inventory, enum item_kind kind,
                                   const char *id)
{
    for (size_t i = 0; i < inventory->count; i++)
        if (inventory->items[i].kind == kind && strcmp(inventory->items[i].id, id) == 0)
            return &inventory->items[i];
    return NULL;
}

bool inventory_has_tag(const char *tags, const char *tag)
{
    size_t length = strlen(tag);
    for (const char *at = tags; *at;) {
        size_t here = strcspn(at, ",");
        if (here == length && strncasecmp(at, tag, length) == 0)
            return true;
        at += here + (at[here] == ',');
    }
    return false;
}

bool inventory_last_backup(struct doctl *doctl, const char *cluster_id, char **when,
                           struct error *error)
{
    struct reply reply;
    if (!ask(doctl, CALL_BACKUPS, ARGUMENTS(cluster_id), &reply, NULL, error))
        return false;
    *when = mem_copy("");
    /* As they are written, the later is the greater. */
    for (size_t row = 0; row < reply.table.rows; row++) {
        char *created = span_copy(table_cell(&reply.table, row, 0));
        if (strcmp(created, *when) > 0) {
            free(*when);
            *when = created;
        } else {
            free(created);
        }
    }
    reply_free(&reply);
    return true;
}
