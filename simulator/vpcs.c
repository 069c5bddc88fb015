/* vpcs: private networks. */
#include <string.h>

#include "columns.h"
#include "forms.h"
#include "handlers.h"
#include "lookup.h"
#include "networks.h"
#include "offers.h"

enum { VPC_COLUMNS = 8, WIDEST_RANGE = 16, NARROWEST_RANGE = 28 };

static const struct column vpc_columns[VPC_COLUMNS] = {
    {"ID", "ID", ALWAYS, 0},
    {"URN", "URN", ALWAYS, 0},
    {"Name", "Name", ALWAYS, 0},
    {"Description", "Description", ALWAYS, 0},
    {"IPRange", "IP Range", ALWAYS, 0},
    {"Region", "Region", ALWAYS, 0},
    {"Created", "Created At", ALWAYS, 0},
    {"Default", "Default", ALWAYS, 0},
};

static const struct table vpc_table = {vpc_columns, VPC_COLUMNS, false};

static void fill_cells(struct call *call, const struct vpc *vpc, const char **cells)
{
    const char *const row[VPC_COLUMNS] = {
        vpc->id,      arena_format(call->arena, "do:vpc:%s", vpc->id),
        vpc->name,    vpc->description,
        vpc->range,   vpc->region,
        vpc->created, strcmp(vpc->standard, "yes") == 0 ? "true" : "false",
    };
    memcpy(cells, row, sizeof(row));
}

bool vpcs_list(struct call *call)
{
    size_t count = rows_count(call->rows, VPCS);
    const char **cells = arena_take(call->arena, (count + 1) * VPC_COLUMNS * sizeof(*cells));
    for (size_t i = 0; i < count; i++)
        fill_cells(call, rows_at(call->rows, VPCS, i), cells + i * VPC_COLUMNS);
    return columns_print(call, &vpc_table, cells, count);
}

static bool is_range(const char *range)
{
    unsigned long first;
    unsigned bits;
    return forms_read_range(range, &first, &bits) && bits >= WIDEST_RANGE &&
           bits <= NARROWEST_RANGE;
}

static struct refusal object_to_new(struct call *call)
{
    const char *name = call_option(call, "name");
    const char *range = call_option(call, "ip-range");
    if (!forms_vpc_name(name))
        return (struct refusal){422, "invalid VPC name"};
    if (!offers_region(call_option(call, "region")))
        return (struct refusal){422, "invalid region"};
    if (*range && !is_range(range))
        return (struct refusal){422, "invalid IP range"};
    if (lookup_vpc_named(call->rows, name))
        return (struct refusal){409, "name is not available"};
    if (*range && networks_range_taken(call->rows, range))
        return (struct refusal){422, "IP range overlaps with another VPC network in your account"};
    return (struct refusal){0, NULL};
}

bool vpcs_create(struct call *call)
{
    struct refusal refusal = object_to_new(call);
    if (refusal.text)
        return call_refuse(call, refusal.status, refusal.text);
    const char *range = call_option(call, "ip-range");
    if (!*range)
        range = networks_free_range(call);
    struct vpc *vpc = rows_add(call->rows, VPCS);
    *vpc = (struct vpc){.id = invent_uuid(&call->invention),
                        .name = call_option(call, "name"),
                        .description = call_option(call, "description"),
                        .range = range,
                        .region = call_option(call, "region"),
                        .created = invent_time(&call->invention),
                        .standard = "",
                        .leaving = "0"};
    const char *cells[VPC_COLUMNS];
    fill_cells(call, vpc, cells);
    return columns_print(call, &vpc_table, cells, 1);
}

bool vpcs_delete(struct call *call)
{
    struct vpc *vpc = lookup_vpc(call->rows, call->arguments[0]);
    if (!vpc)
        return call_refuse(call, 404, "The resource you were accessing could not be found.");
    if (strcmp(vpc->standard, "yes") == 0)
        return call_refuse(call, 403, "Can not delete the default VPC of a region");
    if (networks_has_members(call, vpc))
        return call_refuse(call, 403, "Can not delete VPC with members");
    rows_remove_row(call->rows, VPCS, vpc);
    return true;
}
