/* vpcs: private networks. */
#include <string.h>

#include "handlers.h"
#include "offers.h"
#include "service.h"
#include "table.h"

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

static const char not_found[] = "The resource you were accessing could not be found.";

static void vpc_cells(struct call *call, const struct vpc *vpc, const char **cells)
{
    const char *const row[VPC_COLUMNS] = {
        vpc->id,      arena_format(call->arena, "do:vpc:%s", vpc->id),
        vpc->name,    vpc->description,
        vpc->range,   vpc->region,
        vpc->created, strcmp(vpc->standard, "yes") == 0 ? "true" : "false",
    };

    memcpy(cells, row, sizeof(row));
}

bool vpc_list(struct call *call)
{
    size_t count = state_count(call->state, VPCS);
    const char **cells = arena_take(call->arena, (count + 1) * VPC_COLUMNS * sizeof(*cells));

    for (size_t i = 0; i < count; i++)
        vpc_cells(call, state_at(call->state, VPCS, i), cells + i * VPC_COLUMNS);
    return table_print(call, &vpc_table, cells, count);
}

static bool vpc_print(struct call *call, const struct vpc *vpc)
{
    const char *cells[VPC_COLUMNS];

    vpc_cells(call, vpc, cells);
    return table_print(call, &vpc_table, cells, 1);
}

static const char *create_objection(struct call *call, int *status)
{
    const char *range = call_option(call, "ip-range");
    unsigned long first;
    unsigned bits;

    *status = 422;
    if (!service_vpc_name_ok(call_option(call, "name")))
        return "invalid VPC name";
    if (!offers_region(call_option(call, "region")))
        return "invalid region";
    if (*range != '\0' && (!service_range_read(range, &first, &bits) || bits < WIDEST_RANGE ||
                           bits > NARROWEST_RANGE))
        return "invalid IP range";
    if (service_vpc_named(call, call_option(call, "name")) != NULL) {
        *status = 409;
        return "name is not available";
    }
    for (size_t i = 0; *range != '\0' && i < state_count(call->state, VPCS); i++)
        if (service_ranges_overlap(range, ((struct vpc *)state_at(call->state, VPCS, i))->range))
            return "IP range overlaps with another VPC network in your account";
    return NULL;
}

bool vpc_create(struct call *call)
{
    const char *range = call_option(call, "ip-range");
    const char *objection;
    struct vpc *vpc;
    int status;

    objection = create_objection(call, &status);
    if (objection != NULL)
        return refused(call, status, objection);
    if (*range == '\0')
        range = service_free_range(call);
    vpc = state_add(call->state, VPCS);
    *vpc = (struct vpc){service_uuid(call),
                        call_option(call, "name"),
                        call_option(call, "description"),
                        range,
                        call_option(call, "region"),
                        service_time(call),
                        "",
                        "0"};
    return vpc_print(call, vpc);
}

/* Members that were deleted count for some time more: each try brings their end nearer. */
static bool vpc_has_members(struct call *call, struct vpc *vpc)
{
    long leaving = 0;

    for (size_t i = 0; i < state_count(call->state, CLUSTERS); i++)
        if (strcmp(((struct cluster *)state_at(call->state, CLUSTERS, i))->vpc, vpc->id) == 0)
            return true;
    for (size_t i = 0; i < state_count(call->state, DROPLETS); i++)
        if (strcmp(((struct droplet *)state_at(call->state, DROPLETS, i))->vpc, vpc->id) == 0)
            return true;
    if (!number_read(vpc->leaving, &leaving) || leaving == 0)
        return false;
    if (leaving > 0) {
        vpc->leaving = arena_format(call->arena, "%ld", leaving - 1);
        call->state->changed = true;
    }
    return true;
}

bool vpc_delete(struct call *call)
{
    struct vpc *vpc = service_vpc(call, call->arguments[0]);

    if (vpc == NULL)
        return refused(call, 404, not_found);
    if (strcmp(vpc->standard, "yes") == 0)
        return refused(call, 403, "Can not delete the default VPC of a region");
    if (vpc_has_members(call, vpc))
        return refused(call, 403, "Can not delete VPC with members");
    for (size_t i = 0; i < state_count(call->state, VPCS); i++) {
        if (state_at(call->state, VPCS, i) == vpc) {
            state_remove(call->state, VPCS, i);
            break;
        }
    }
    return true;
}
