#include "config.h"

#include "doctl/compute.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "doctl/ask.h"

static struct pattern number_pattern = PATTERN("[1-9][0-9]{0,18}");
static struct pattern status_pattern = PATTERN("[a-z][a-z_-]{0,31}");

void droplet_free(struct droplet *droplet)
{
    free(droplet->id);
    free(droplet->name);
    free(droplet->status);
    free(droplet->address);
    free(droplet->tags);
    *droplet = (struct droplet){.id = NULL};
}

/* A row about something else is an error: where no Droplet is listed, one may be created. */
static bool read_droplet(const struct table *table, size_t row, struct droplet *droplet,
                         struct error *error)
{
    *droplet =
        (struct droplet){table_copy(table, row, "ID"), table_copy(table, row, "Name"),
                         table_copy(table, row, "Status"), table_copy(table, row, "Public IPv4"),
                         table_copy(table, row, "Tags")};
    if (pattern_is(&number_pattern, droplet->id) && pattern_is(&status_pattern, droplet->status))
        return true;
    droplet_free(droplet);
    error_set(error, ERROR_UNREADABLE, 0, "row %zu of what doctl printed is not about a Droplet",
              row + 1);
    return false;
}

static bool several(const char *what, const char *name, const char *one, const char *other,
                    const char *advice, struct error *error)
{
    return error_set(error, ERROR_CONFLICT, 0, "several %s have the name %s (%s, %s): %s", what,
                     name, one, other, advice);
}

bool compute_droplet_find(struct doctl *doctl, const char *name, struct droplet *droplet,
                          struct error *error)
{
    struct reply reply;
    *droplet = (struct droplet){.id = NULL};
    if (!ask(doctl, CALL_DROPLET_LIST, NO_ARGUMENTS, &reply, NULL, error))
        return false;
    bool good = true;
    for (size_t row = 0; good && row < reply.table.rows; row++) {
        struct droplet next;
        good = read_droplet(&reply.table, row, &next, error);
        if (!good) {
            error_precede(error, "could not list the Droplets");
        } else if (strcmp(next.name, name) != 0) {
            droplet_free(&next);
        } else if (!droplet->id) {
            *droplet = next;
        } else {
            good = several("Droplets", name, droplet->id, next.id,
                           "give the others another name, or name the one with DROPLET_ID", error);
            droplet_free(&next);
        }
    }
    reply_free(&reply);
    if (!good)
        droplet_free(droplet);
    return good;
}

bool compute_droplet_status(struct doctl *doctl, const char *droplet_id, struct droplet *droplet,
                            struct error *error)
{
    struct reply reply;
    if (!ask(doctl, CALL_DROPLET_STATUS, ARGUMENTS(droplet_id), &reply, NULL, error))
        return false;
    bool good = read_droplet(&reply.table, 0, droplet, error);
    if (!good)
        error_precede(error, "could not read the Droplet's status");
    reply_free(&reply);
    return good;
}

bool compute_droplet_create(struct doctl *doctl, const struct droplet_request *request, char **id,
                            struct error *error)
{
    struct reply reply;
    if (!ask(doctl, CALL_DROPLET_CREATE,
             ARGUMENTS(request->name, request->region, request->size, request->image,
                       request->key_id, request->vpc_uuid, request->tags, request->user_data_file),
             &reply, NULL, error))
        return false;
    *id = span_copy(reply.table.cells[0]);
    reply_free(&reply);
    if (pattern_is(&number_pattern, *id))
        return true;
    free(*id);
    *id = NULL;
    return error_set(error, ERROR_UNREADABLE, 0, "doctl gave no usable ID for the Droplet %s",
                     request->name);
}

bool compute_key_find(struct doctl *doctl, const char *wanted, char **id, char **fingerprint,
                      struct error *error)
{
    struct reply reply;
    *id = NULL;
    *fingerprint = NULL;
    if (!ask(doctl, CALL_KEY_LIST, NO_ARGUMENTS, &reply, NULL, error))
        return false;
    bool good = true;
    for (size_t row = 0; good && row < reply.table.rows; row++) {
        char *number = table_copy(&reply.table, row, "ID");
        char *name = table_copy(&reply.table, row, "Name");
        char *print = table_copy(&reply.table, row, "FingerPrint");
        bool fits =
            strcmp(name, wanted) == 0 || strcmp(number, wanted) == 0 || strcmp(print, wanted) == 0;
        if (fits && *id) {
            good = several("SSH keys", wanted, *id, number, "name the one by its ID", error);
        } else if (fits && pattern_is(&number_pattern, number)) {
            *id = mem_copy(number);
            *fingerprint = mem_copy(print);
        } else if (fits) {
            good = error_set(error, ERROR_UNREADABLE, 0, "doctl gave no usable ID for the SSH key");
        }
        free(number);
        free(name);
        free(print);
    }
    reply_free(&reply);
    if (!good) {
        free(*id);
        free(*fingerprint);
        *id = NULL;
        *fingerprint = NULL;
    }
    return good;
}

bool compute_region_is_open(struct doctl *doctl, const char *region, bool *open,
                            struct error *error)
{
    struct reply reply;
    *open = false;
    if (!ask(doctl, CALL_REGION_LIST, NO_ARGUMENTS, &reply, NULL, error))
        return false;
    for (size_t row = 0; row < reply.table.rows; row++)
        *open = *open || (span_is(table_cell(&reply.table, row, 0), region) &&
                          span_is(table_cell(&reply.table, row, 1), "true"));
    reply_free(&reply);
    return true;
}

bool compute_firewall_find(struct doctl *doctl, const char *name, char **id, struct error *error)
{
    struct reply reply;
    *id = NULL;
    if (!ask(doctl, CALL_FIREWALL_LIST, NO_ARGUMENTS, &reply, NULL, error))
        return false;
    for (size_t row = 0; !*id && row < reply.table.rows; row++) {
        char *found = table_copy(&reply.table, row, "Name");
        if (strcmp(found, name) == 0)
            *id = table_copy(&reply.table, row, "ID");
        free(found);
    }
    reply_free(&reply);
    return true;
}

bool compute_firewall_create(struct doctl *doctl, const char *name, const char *inbound,
                             const char *outbound, const char *tag, char **id, struct error *error)
{
    struct reply reply;
    if (!ask(doctl, CALL_FIREWALL_CREATE, ARGUMENTS(name, inbound, outbound, tag), &reply, NULL,
             error))
        return false;
    *id = span_copy(reply.table.cells[0]);
    reply_free(&reply);
    return true;
}

static bool erase(struct doctl *doctl, enum call_id id, const char *thing, struct error *error)
{
    struct reply reply;
    struct error failure = ERROR_INIT;
    if (ask(doctl, id, ARGUMENTS(thing), &reply, NULL, &failure)) {
        reply_free(&reply);
        return true;
    }
    if (failure.kind == ERROR_API && failure.number == 404)
        return true;
    *error = failure;
    return false;
}

bool compute_droplet_delete(struct doctl *doctl, const char *droplet_id, struct error *error)
{
    return erase(doctl, CALL_DROPLET_DELETE, droplet_id, error);
}

bool compute_cluster_delete(struct doctl *doctl, const char *cluster_id, struct error *error)
{
    return erase(doctl, CALL_CLUSTER_DELETE, cluster_id, error);
}

bool compute_firewall_delete(struct doctl *doctl, const char *firewall_id, struct error *error)
{
    return erase(doctl, CALL_FIREWALL_DELETE, firewall_id, error);
}

bool compute_vpc_delete(struct doctl *doctl, const char *vpc_uuid, struct error *error)
{
    return erase(doctl, CALL_VPC_DELETE, vpc_uuid, error);
}
