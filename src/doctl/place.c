#include "config.h"

#include "doctl/place.h"

#include <stdlib.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "doctl/ask.h"

void place_free(struct place *place)
{
    free(place->vpc_uuid);
    free(place->region);
    free(place->tags);
    *place = (struct place){.tags = NULL};
}

/* A place that doctl told; the UUID may go back to it. */
static bool check_place(const struct place *place, const char *doing, struct error *error)
{
    return !*place->vpc_uuid || reply_is_id(place->vpc_uuid) ||
           error_set(error, ERROR_UNREADABLE, 0, "could not %s: doctl gave no usable UUID", doing);
}

static char *json_text(const struct node *object, const char *key)
{
    const struct node *node = node_get(object, key);
    const char *text = node_is_null(node) ? NULL : node_text(node);
    return mem_copy(text ? text : "");
}

/* A list of texts, with commas between. */
static char *json_list(const struct node *list)
{
    struct buffer text = BUFFER_INIT;
    for (size_t i = 0; list && i < list->count; i++) {
        const char *item = node_text(list->items[i]);
        buffer_add_format(&text, "%s%s", text.length ? "," : "", item ? item : "");
    }
    return buffer_take(&text);
}

bool place_of_cluster(struct doctl *doctl, const char *cluster_id, struct place *place,
                      struct error *error)
{
    struct reply reply;
    if (!ask(doctl, CALL_CLUSTER_PLACE, ARGUMENTS(cluster_id), &reply, NULL, error))
        return false;
    *place = (struct place){json_text(reply.object, "private_network_uuid"),
                            json_text(reply.object, "region"),
                            json_list(node_get(reply.object, "tags"))};
    reply_free(&reply);
    if (check_place(place, "read the cluster's VPC", error))
        return true;
    place_free(place);
    return false;
}

bool place_of_droplet(struct doctl *doctl, const char *droplet_id, struct place *place,
                      struct error *error)
{
    struct reply reply;
    if (!ask(doctl, CALL_DROPLET_PLACE, ARGUMENTS(droplet_id), &reply, NULL, error))
        return false;
    int uuid = table_column(&reply.table, "VPC UUID");
    size_t region = (size_t)table_column(&reply.table, "Region");
    *place = (struct place){uuid < 0 ? mem_copy("")
                                     : span_copy(table_cell(&reply.table, 0, (size_t)uuid)),
                            span_copy(table_cell(&reply.table, 0, region)), NULL};
    reply_free(&reply);
    if (check_place(place, "read the Droplet's VPC", error))
        return true;
    place_free(place);
    return false;
}
