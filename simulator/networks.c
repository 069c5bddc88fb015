#include "networks.h"

#include <string.h>

#include "forms.h"
#include "lookup.h"
#include "number.h"

bool networks_range_taken(const struct rows *rows, const char *range)
{
    for (size_t i = 0; i < rows_count(rows, VPCS); i++) {
        const struct vpc *vpc = rows_at(rows, VPCS, i);
        if (forms_ranges_overlap(range, vpc->range))
            return true;
    }
    return false;
}

const char *networks_free_range(struct call *call)
{
    for (unsigned net = 0; net < 128 * 16; net++) {
        const char *range =
            arena_format(call->arena, "10.%u.%u.0/20", 124 + net / 16, net % 16 * 16);
        if (!networks_range_taken(call->rows, range))
            return range;
    }
    return "192.168.0.0/24";
}

const struct vpc *networks_default_vpc(struct call *call, const char *region)
{
    struct vpc *vpc = lookup_default_vpc(call->rows, region);
    if (vpc)
        return vpc;
    const char *range = networks_free_range(call);
    vpc = rows_add(call->rows, VPCS);
    *vpc = (struct vpc){.id = invent_uuid(&call->invention),
                        .name = arena_format(call->arena, "default-%s", region),
                        .description = "",
                        .range = range,
                        .region = region,
                        .created = invent_time(&call->invention),
                        .standard = "yes",
                        .leaving = "0"};
    return vpc;
}

void networks_member_left(struct call *call, const char *vpc)
{
    struct vpc *left = lookup_vpc(call->rows, vpc);
    if (!left)
        return;
    left->leaving = arena_format(call->arena, "%ld", call->environment->member_polls);
    call->rows->changed = true;
}

bool networks_has_members(struct call *call, struct vpc *vpc)
{
    for (size_t i = 0; i < rows_count(call->rows, CLUSTERS); i++)
        if (strcmp(((struct cluster *)rows_at(call->rows, CLUSTERS, i))->vpc, vpc->id) == 0)
            return true;
    for (size_t i = 0; i < rows_count(call->rows, DROPLETS); i++)
        if (strcmp(((struct droplet *)rows_at(call->rows, DROPLETS, i))->vpc, vpc->id) == 0)
            return true;
    long leaving = 0;
    if (!number_read(vpc->leaving, &leaving) || leaving == 0)
        return false;
    if (leaving > 0) {
        vpc->leaving = arena_format(call->arena, "%ld", leaving - 1);
        call->rows->changed = true;
    }
    return true;
}
