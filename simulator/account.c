/* account, auth, version: who calls, with what doctl; and the account's SSH keys and regions. */
#include <string.h>

#include "columns.h"
#include "handlers.h"
#include "offers.h"

enum { KEY_COLUMNS = 3, REGION_COLUMNS = 3 };

static const struct column account_columns[] = {
    {"Email", "User Email", ALWAYS, 0},
    {"Team", "Team", ALWAYS, 0},
    {"DropletLimit", "Droplet Limit", ALWAYS, 0},
    {"EmailVerified", "Email Verified", ALWAYS, 0},
    {"UUID", "User UUID", ALWAYS, 0},
    {"Status", "Status", ALWAYS, 0},
    {"TeamUUID", "Team UUID", NAMED, 0},
};

static const struct table account_table = {
    account_columns, sizeof(account_columns) / sizeof(account_columns[0]), false};

static const struct column key_columns[KEY_COLUMNS] = {
    {"ID", "ID", ALWAYS, 0},
    {"Name", "Name", ALWAYS, 0},
    {"FingerPrint", "FingerPrint", ALWAYS, 0},
};

static const struct table key_table = {key_columns, KEY_COLUMNS, false};

static const struct column region_columns[REGION_COLUMNS] = {
    {"Slug", "Slug", ALWAYS, 0},
    {"Name", "Name", ALWAYS, 0},
    {"Available", "Available", ALWAYS, 0},
};

static const struct table region_table = {region_columns, REGION_COLUMNS, false};

bool account_get(struct call *call)
{
    static const char *const cells[] = {
        "ops@example.com",
        "FreshTrack",
        "25",
        "true",
        "b6fr89dbf6d9156cace5f3c78dc9851d957381ef",
        "active",
        "a1c9d7b0-3c52-4f0e-9d6e-7f1b6c5d4e3f",
    };
    return columns_print(call, &account_table, cells, 1);
}

bool account_keys(struct call *call)
{
    size_t count = rows_count(call->rows, KEYS);
    const char **cells = arena_take(call->arena, (count + 1) * KEY_COLUMNS * sizeof(*cells));
    for (size_t i = 0; i < count; i++) {
        const struct key *key = rows_at(call->rows, KEYS, i);
        const char *const row[KEY_COLUMNS] = {key->id, key->name, key->fingerprint};
        memcpy(cells + i * KEY_COLUMNS, row, sizeof(row));
    }
    return columns_print(call, &key_table, cells, count);
}

bool account_regions(struct call *call)
{
    const char **cells =
        arena_take(call->arena, offers_region_count * REGION_COLUMNS * sizeof(*cells));
    for (size_t i = 0; i < offers_region_count; i++) {
        const struct region *region = &offers_regions[i];
        const char *const row[REGION_COLUMNS] = {region->slug, region->name,
                                                 region->open ? "true" : "false"};
        memcpy(cells + i * REGION_COLUMNS, row, sizeof(row));
    }
    return columns_print(call, &region_table, cells, offers_region_count);
}

bool account_version(struct call *call)
{
    const char *release = call->personality == ON_94    ? "1.94.0"
                          : call->personality == ON_123 ? "1.123.0"
                                                        : "1.166.0";
    buffer_add_format(&call->answer.out, "doctl version %s-release (simulator)\n", release);
    return true;
}
