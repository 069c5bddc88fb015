/* databases options, compute size, compute image: what there is to choose from. */
#include <string.h>

#include "columns.h"
#include "handlers.h"
#include "offers.h"

enum { IMAGE_COLUMNS = 8, SIZE_COLUMNS = 7 };

static const struct column version_columns[] = {{"Engine", "Engine", ALWAYS, 0},
                                                {"Versions", "Versions", ALWAYS, 0}};
static const struct table version_table = {version_columns, 2, false};

static const struct column slug_columns[] = {{"Slug", "Slug", ALWAYS, 0},
                                             {"NodeNums", "NodeNums", ALWAYS, 0}};
static const struct table slug_table = {slug_columns, 2, false};

static const struct column region_columns[] = {{"Region", "Region", ALWAYS, 0},
                                               {"Engines", "Engines", ALWAYS, 0}};
static const struct table region_table = {region_columns, 2, false};

static const struct column size_columns[SIZE_COLUMNS] = {
    {"Slug", "Slug", ALWAYS, 0},
    {"Description", "Description", ALWAYS, 0},
    {"Memory", "Memory", ALWAYS, 0},
    {"VCPUs", "VCPUs", ALWAYS, 0},
    {"Disk", "Disk", ALWAYS, 0},
    {"PriceMonthly", "Price Monthly", ALWAYS, 0},
    {"PriceHourly", "Price Hourly", ALWAYS, 0},
};
static const struct table size_table = {size_columns, SIZE_COLUMNS, false};

static const struct column image_columns[IMAGE_COLUMNS] = {
    {"ID", "ID", ALWAYS, 0},
    {"Name", "Name", ALWAYS, 0},
    {"Type", "Type", ALWAYS, 0},
    {"Distribution", "Distribution", ALWAYS, 0},
    {"Slug", "Slug", ALWAYS, 0},
    {"Public", "Public", ALWAYS, 0},
    {"MinDisk", "Min Disk", ALWAYS, 0},
    {"Created", "Created", ALWAYS, 0},
};
static const struct table image_table = {image_columns, IMAGE_COLUMNS, false};

static bool is_of_postgresql(struct call *call)
{
    return strcmp(call_option(call, "engine"), "pg") == 0 ||
           call_not_imitated(call, "an engine other than pg");
}

bool listing_versions(struct call *call)
{
    struct buffer list = {.arena = call->arena};
    for (size_t i = 0; offers_versions[i]; i++)
        buffer_add_format(&list, "%s%s", i == 0 ? "[" : ",", offers_versions[i]);
    buffer_add_text(&list, "]");
    const char *const cells[] = {"pg", buffer_text(&list)};
    return is_of_postgresql(call) && columns_print(call, &version_table, cells, 1);
}

bool listing_sizes(struct call *call)
{
    size_t count = 0;
    while (offers_database_sizes[count])
        count++;
    const char **cells = arena_take(call->arena, count * 2 * sizeof(*cells));
    for (size_t i = 0; i < count; i++) {
        cells[i * 2] = offers_database_sizes[i];
        /* The smallest has no standby. */
        cells[i * 2 + 1] =
            strcmp(offers_database_sizes[i], "db-s-1vcpu-1gb") == 0 ? "[1]" : "[1,2,3]";
    }
    return is_of_postgresql(call) && columns_print(call, &slug_table, cells, count);
}

bool listing_regions(struct call *call)
{
    const char **cells = arena_take(call->arena, offers_region_count * 2 * sizeof(*cells));
    size_t count = 0;
    for (size_t i = 0; i < offers_region_count; i++) {
        if (!offers_regions[i].open)
            continue;
        cells[count * 2] = offers_regions[i].slug;
        cells[count++ * 2 + 1] = "[pg]";
    }
    return is_of_postgresql(call) && columns_print(call, &region_table, cells, count);
}

bool listing_droplet_sizes(struct call *call)
{
    const char **cells =
        arena_take(call->arena, offers_droplet_size_count * SIZE_COLUMNS * sizeof(*cells));
    for (size_t i = 0; i < offers_droplet_size_count; i++) {
        const struct droplet_size *size = &offers_droplet_sizes[i];
        const char *const row[SIZE_COLUMNS] = {
            size->slug,
            "Basic",
            arena_format(call->arena, "%d", size->memory),
            arena_format(call->arena, "%d", size->cpus),
            arena_format(call->arena, "%d", size->disk),
            "6.00",
            "0.008930",
        };
        memcpy(cells + i * SIZE_COLUMNS, row, sizeof(row));
    }
    return columns_print(call, &size_table, cells, offers_droplet_size_count);
}

static void fill_image(struct call *call, size_t at, const char **cells)
{
    const struct image *image = &offers_images[at];
    const char *const row[IMAGE_COLUMNS] = {
        arena_format(call->arena, "%zu", 119000000 + at),
        image->shown,
        "base",
        arena_format(call->arena, "%.*s", (int)strcspn(image->shown, " "), image->shown),
        image->slug,
        "true",
        "7",
        "2026-01-24T08:45:00Z",
    };
    memcpy(cells, row, sizeof(row));
}

bool listing_images(struct call *call)
{
    const char **cells =
        arena_take(call->arena, offers_image_count * IMAGE_COLUMNS * sizeof(*cells));
    for (size_t i = 0; i < offers_image_count; i++)
        fill_image(call, i, cells + i * IMAGE_COLUMNS);
    return columns_print(call, &image_table, cells, offers_image_count);
}

bool listing_image(struct call *call)
{
    const char *cells[IMAGE_COLUMNS];
    for (size_t i = 0; i < offers_image_count; i++) {
        fill_image(call, i, cells);
        if (strcmp(cells[0], call->arguments[0]) == 0 || strcmp(cells[4], call->arguments[0]) == 0)
            return columns_print(call, &image_table, cells, 1);
    }
    return call_refuse(call, 404, "The resource you were accessing could not be found.");
}
