/* compute firewall: what may reach a Droplet, in front of it. */
#include <string.h>

#include "columns.h"
#include "handlers.h"

enum { FIREWALL_COLUMNS = 9 };

static const struct column firewall_columns[FIREWALL_COLUMNS] = {
    {"ID", "ID", ALWAYS, 0},
    {"Name", "Name", ALWAYS, 0},
    {"Status", "Status", ALWAYS, 0},
    {"Created", "Created At", ALWAYS, 0},
    {"InboundRules", "Inbound Rules", ALWAYS, 0},
    {"OutboundRules", "Outbound Rules", ALWAYS, 0},
    {"DropletIDs", "Droplet IDs", ALWAYS, 0},
    {"Tags", "Tags", ALWAYS, 0},
    {"PendingChanges", "Pending Changes", ALWAYS, 0},
};

static const struct table firewall_table = {firewall_columns, FIREWALL_COLUMNS, false};

static void fill_cells(const struct cloud_firewall *firewall, const char **cells)
{
    const char *const row[FIREWALL_COLUMNS] = {
        firewall->id,       firewall->name,    firewall->status,
        firewall->created,  firewall->inbound, firewall->outbound,
        firewall->droplets, firewall->tags,    "",
    };
    memcpy(cells, row, sizeof(row));
}

bool cloud_list(struct call *call)
{
    size_t count = rows_count(call->rows, CLOUD_FIREWALLS);
    const char **cells = arena_take(call->arena, (count + 1) * FIREWALL_COLUMNS * sizeof(*cells));
    for (size_t i = 0; i < count; i++)
        fill_cells(rows_at(call->rows, CLOUD_FIREWALLS, i), cells + i * FIREWALL_COLUMNS);
    return columns_print(call, &firewall_table, cells, count);
}

/* A tag exists once something has it. */
static bool tag_exists(struct call *call, const char *tag)
{
    for (size_t i = 0; i < rows_count(call->rows, DROPLETS); i++) {
        const struct droplet *droplet = rows_at(call->rows, DROPLETS, i);
        const char *commas = arena_format(call->arena, ",%s,", droplet->tags);
        if (strstr(commas, arena_format(call->arena, ",%s,", tag)))
            return true;
    }
    return false;
}

/* Blanks between rules, commas between key:value pairs of one. */
static bool are_rules(struct call *call, const char *rules)
{
    for (const char *at = rules; *at;) {
        size_t length = strcspn(at, ", ");
        const char *pair = arena_slice(call->arena, at, length);
        if (!strchr(pair, ':'))
            return call_error(call, "Unexpected input value [[%s]], must be a key:value pair",
                              pair);
        at += length + (at[length] != '\0');
    }
    return true;
}

bool cloud_create(struct call *call)
{
    const char *name = call_option(call, "name");
    const char **tags;
    size_t count = call_list(call, "tag-names", &tags);
    const char *inbound = call_option(call, "inbound-rules");
    const char *outbound = call_option(call, "outbound-rules");
    if (!are_rules(call, inbound) || !are_rules(call, outbound))
        return false;
    if (!*inbound && !*outbound)
        return call_refuse(call, 422, "must have at least one rule");
    for (size_t i = 0; i < count; i++)
        if (!tag_exists(call, tags[i]))
            return call_refuse(call, 422, "tag does not exist");
    for (size_t i = 0; i < rows_count(call->rows, CLOUD_FIREWALLS); i++)
        if (strcmp(((struct cloud_firewall *)rows_at(call->rows, CLOUD_FIREWALLS, i))->name,
                   name) == 0)
            return call_refuse(call, 409, "duplicate name");
    struct cloud_firewall *firewall = rows_add(call->rows, CLOUD_FIREWALLS);
    *firewall = (struct cloud_firewall){.id = invent_uuid(&call->invention),
                                        .name = name,
                                        .status = "succeeded",
                                        .created = "2026-01-24T08:45:00Z",
                                        .inbound = inbound,
                                        .outbound = outbound,
                                        .droplets = call_option(call, "droplet-ids"),
                                        .tags = call_option(call, "tag-names")};
    const char *cells[FIREWALL_COLUMNS];
    fill_cells(firewall, cells);
    return columns_print(call, &firewall_table, cells, 1);
}

bool cloud_delete(struct call *call)
{
    for (size_t i = 0; i < rows_count(call->rows, CLOUD_FIREWALLS); i++) {
        const struct cloud_firewall *firewall = rows_at(call->rows, CLOUD_FIREWALLS, i);
        if (strcmp(firewall->id, call->arguments[0]) == 0) {
            rows_remove(call->rows, CLOUD_FIREWALLS, i);
            return true;
        }
    }
    return call_refuse(call, 404, "The resource you were accessing could not be found.");
}
