#include "config.h"

#include "doctl/details.h"

#include <stdlib.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "doctl/ask.h"

void details_free(struct details *details)
{
    char *const texts[] = {
        details->id,      details->name,    details->engine,     details->vpc_uuid, details->region,
        details->address, details->version, details->size,       details->nodes,    details->status,
        details->storage, details->tags,    details->inside_host};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        free(texts[i]);
    *details = (struct details){.region = NULL};
}

char *details_shown(const struct details *cluster)
{
    static const char *const headers[] = {"ID",     "Name",   "Engine", "Version",
                                          "Status", "Region", "Size"};
    const char *const cells[] = {cluster->id,      cluster->name,   cluster->engine,
                                 cluster->version, cluster->status, cluster->region,
                                 cluster->size};
    return table_shown(headers, 7, cells, 1);
}

/* The UUID may go back to doctl. */
static bool check_uuid(const struct details *details, const char *doing, struct error *error)
{
    return !*details->vpc_uuid || reply_is_id(details->vpc_uuid) ||
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

bool details_of_cluster(struct doctl *doctl, const char *cluster_id, struct details *details,
                        struct error *error)
{
    struct reply reply;
    if (!ask(doctl, CALL_CLUSTER_DETAILS, ARGUMENTS(cluster_id), &reply, NULL, error))
        return false;
    const struct node *object = reply.object;
    *details = (struct details){
        .id = json_text(object, "id"),
        .name = json_text(object, "name"),
        .engine = json_text(object, "engine"),
        .vpc_uuid = json_text(object, "private_network_uuid"),
        .region = json_text(object, "region"),
        .version = json_text(object, "version"),
        .size = json_text(object, "size"),
        .nodes = json_text(object, "num_nodes"),
        .status = json_text(object, "status"),
        .storage = json_text(object, "storage_size_mib"),
        .tags = json_list(node_get(object, "tags")),
        .inside_host = json_text(node_get(object, "private_connection"), "host"),
    };
    reply_free(&reply);
    if (check_uuid(details, "read the cluster's VPC", error))
        return true;
    details_free(details);
    return false;
}

bool details_of_droplet(struct doctl *doctl, const char *droplet_id, struct details *details,
                        struct error *error)
{
    struct reply reply;
    if (!ask(doctl, CALL_DROPLET_DETAILS, ARGUMENTS(droplet_id), &reply, NULL, error))
        return false;
    *details = (struct details){.vpc_uuid = table_copy(&reply.table, 0, "VPC UUID"),
                                .region = table_copy(&reply.table, 0, "Region"),
                                .address = table_copy(&reply.table, 0, "Private IPv4")};
    reply_free(&reply);
    if (check_uuid(details, "read the Droplet's VPC", error))
        return true;
    details_free(details);
    return false;
}
