/* account, auth, version: who is calling whom. */
#include <string.h>

#include "handlers.h"
#include "service.h"
#include "table.h"

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

    return table_print(call, &account_table, cells, 1);
}

bool version_print(struct call *call)
{
    const char *release = "1.166.0";

    if (call->personality == ON_94)
        release = "1.94.0";
    else if (call->personality == ON_123)
        release = "1.123.0";
    text_format(&call->answer.out, "doctl version %s-release (simulator)\n", release);
    return true;
}
