/* compute: Droplets, SSH keys, regions. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "handlers.h"
#include "offers.h"
#include "service.h"
#include "table.h"

enum { DROPLET_COLUMNS = 16, KEY_COLUMNS = 3, REGION_COLUMNS = 3, FIRST_DROPLET = 410000001 };

static const struct column droplet_columns[DROPLET_COLUMNS] = {
    {"ID", "ID", ALWAYS, 0},
    {"Name", "Name", ALWAYS, 0},
    {"PublicIPv4", "Public IPv4", ALWAYS, 0},
    {"PrivateIPv4", "Private IPv4", ALWAYS, 0},
    {"PublicIPv6", "Public IPv6", ALWAYS, 0},
    {"Memory", "Memory", ALWAYS, 0},
    {"VCPUs", "VCPUs", ALWAYS, 0},
    {"Disk", "Disk", ALWAYS, 0},
    {"Region", "Region", ALWAYS, 0},
    {"Image", "Image", ALWAYS, 0},
    {"VPCUUID", "VPC UUID", ALWAYS, 0},
    {"Status", "Status", ALWAYS, 0},
    {"Tags", "Tags", ALWAYS, 0},
    {"Features", "Features", ALWAYS, 0},
    {"Volumes", "Volumes", ALWAYS, 0},
    {"SizeSlug", "Size Slug", NAMED, 0},
};

static const struct table droplet_table = {droplet_columns, DROPLET_COLUMNS, false};

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

static void droplet_cells(struct call *call, const struct droplet *droplet, const char *status,
                          const char **cells)
{
    bool up = strcmp(status, "active") == 0;
    const struct droplet_size *size = offers_droplet_size(droplet->size);
    const char *const row[DROPLET_COLUMNS] = {
        droplet->id,
        droplet->name,
        up ? droplet->public : "",
        up ? droplet->private : "",
        "",
        arena_format(call->arena, "%d", size == NULL ? 0 : size->memory),
        arena_format(call->arena, "%d", size == NULL ? 0 : size->cpus),
        arena_format(call->arena, "%d", size == NULL ? 0 : size->disk),
        droplet->region,
        droplet->image,
        droplet->vpc,
        status,
        droplet->tags,
        "droplet_agent",
        "",
        droplet->size,
    };

    memcpy(cells, row, sizeof(row));
}

/* The status in this answer; a look brings a new Droplet nearer to being active. */
static const char *status_shown(struct call *call, struct droplet *droplet)
{
    const char *status = droplet->status;
    long polls = -1;

    if (strcmp(status, "new") != 0 || !number_read(droplet->polls, &polls) || polls < 0)
        return status;
    call->state->changed = true;
    if (polls > 0)
        droplet->polls = arena_format(call->arena, "%ld", polls - 1);
    else
        droplet->status = "active";
    return droplet->status;
}

/* Whether a Droplet carries a tag; its tags stand between commas. */
static bool tagged(const struct droplet *droplet, const char *tag)
{
    size_t length = strlen(tag);

    for (const char *rest = droplet->tags; *rest != '\0';) {
        size_t here = strcspn(rest, ",");

        if (here == length && strncmp(rest, tag, length) == 0)
            return true;
        rest += here + (rest[here] == ',');
    }
    return false;
}

bool droplet_list(struct call *call)
{
    const char *region = call_option(call, "region");
    const char *tag = call_option(call, "tag-name");
    const char **cells;
    size_t count = 0;

    cells = arena_take(call->arena,
                       (state_count(call->state, DROPLETS) + 1) * DROPLET_COLUMNS * sizeof(*cells));
    for (size_t i = 0; i < state_count(call->state, DROPLETS); i++) {
        struct droplet *droplet = state_at(call->state, DROPLETS, i);
        bool named = call->argument_count == 0;

        for (size_t j = 0; j < call->argument_count; j++)
            named = named || strcmp(call->arguments[j], droplet->name) == 0;
        if (named && (*region == '\0' || strcmp(region, droplet->region) == 0) &&
            (*tag == '\0' || tagged(droplet, tag)))
            droplet_cells(call, droplet, status_shown(call, droplet),
                          cells + count++ * DROPLET_COLUMNS);
    }
    return table_print(call, &droplet_table, cells, count);
}

/* The Droplet that has the name; its ID, or NULL after an error. */
static const char *droplet_named(struct call *call, const char *name)
{
    struct text ids = {.arena = call->arena};
    const char *id = NULL;
    size_t count = 0;

    for (size_t i = 0; i < state_count(call->state, DROPLETS); i++) {
        const struct droplet *droplet = state_at(call->state, DROPLETS, i);

        if (strcmp(droplet->name, name) == 0) {
            text_format(&ids, "%s%s", count++ == 0 ? "" : ", ", droplet->id);
            id = droplet->id;
        }
    }
    if (count == 0)
        call_error(call, "Droplet with the name \"%s\" could not be found.", name);
    else if (count > 1)
        call_error(call,
                   "There are %zu Droplets with the name \"%s\"; please provide a specific Droplet "
                   "ID. [%s]",
                   count, name, text_string(&ids));
    return count == 1 ? id : NULL;
}

static int by_number(const void *one, const void *other)
{
    long numbers[2] = {0, 0};

    number_read(*(const char *const *)one, &numbers[0]);
    number_read(*(const char *const *)other, &numbers[1]);
    return (numbers[0] > numbers[1]) - (numbers[0] < numbers[1]);
}

/*
 * Puts IDs where the arguments are names, once each. IDs alone keep their
 * order and nobody looks whether they exist; with a name among them they are
 * sorted. False after an error.
 */
static bool names_resolve(struct call *call)
{
    bool names = command_first(call) == &call->command->by_name;
    size_t kept = 0;

    for (size_t i = 0; i < call->argument_count; i++) {
        const char *id = call->arguments[i];
        bool twice = false;
        long number;

        if (number_read(id, &number))
            id = arena_format(call->arena, "%ld", number);
        else if ((id = droplet_named(call, id)) == NULL)
            return false;
        for (size_t j = 0; j < kept; j++)
            twice = twice || strcmp(call->arguments[j], id) == 0;
        if (!twice)
            call->arguments[kept++] = id;
    }
    call->argument_count = kept;
    if (names)
        qsort(call->arguments, kept, sizeof(*call->arguments), by_number);
    return true;
}

/* The Droplet that the first argument, an ID, stands for; NULL after an error. */
static struct droplet *droplet_wanted(struct call *call)
{
    struct droplet *droplet = service_droplet(call, call->arguments[0]);

    if (droplet == NULL)
        refused(call, 404, "The resource you were accessing could not be found.");
    return droplet;
}

bool droplet_get(struct call *call)
{
    const char *cells[DROPLET_COLUMNS];
    struct droplet *droplet;

    if (!names_resolve(call) || (droplet = droplet_wanted(call)) == NULL)
        return false;
    if (call_given(call, "template"))
        return call_not_imitated(call, "--template");
    droplet_cells(call, droplet, status_shown(call, droplet), cells);
    return table_print(call, &droplet_table, cells, 1);
}

static bool key_known(const struct call *call, const char *wanted)
{
    for (size_t i = 0; i < state_count(call->state, KEYS); i++) {
        const struct key *key = state_at(call->state, KEYS, i);

        if (strcmp(key->id, wanted) == 0 || strcmp(key->fingerprint, wanted) == 0)
            return true;
    }
    return false;
}

/* The tags of both flags; --tag-name holds one, whatever stands in it. */
static size_t tags_wanted(struct call *call, const char ***tags)
{
    const char *one = call_option(call, "tag-name");
    const char **many;
    size_t count = call_list(call, "tag-names", &many);

    *tags = arena_take(call->arena, (count + 1) * sizeof(**tags));
    for (size_t i = 0; i < count; i++)
        (*tags)[i] = many[i];
    if (*one != '\0')
        (*tags)[count++] = one;
    return count;
}

static int by_bytes(const void *one, const void *other)
{
    return strcmp(*(const char *const *)one, *(const char *const *)other);
}

static const char *create_objection(struct call *call)
{
    const char *network = call_option(call, "vpc-uuid");
    const struct vpc *vpc;
    const char **keys, **tags;
    size_t count;

    for (size_t i = 0; i < call->argument_count; i++)
        if (!service_vpc_name_ok(call->arguments[i]))
            return "Only valid hostname characters are allowed. (a-z, A-Z, 0-9, . and -)";
    if (!offers_region(call_option(call, "region")))
        return "You specified an invalid region for Droplet creation.";
    if (offers_droplet_size(call_option(call, "size")) == NULL)
        return "You specified an invalid size for Droplet creation.";
    if (offers_image(call_option(call, "image")) == NULL)
        return "You specified an invalid image for Droplet creation.";
    count = tags_wanted(call, &tags);
    for (size_t i = 0; i < count; i++)
        if (!service_tag_ok(tags[i]))
            return "Tags may only contain letters, numbers, colons, dashes, and underscores.";
    count = call_list(call, "ssh-keys", &keys);
    for (size_t i = 0; i < count; i++)
        if (!key_known(call, keys[i]))
            return arena_format(call->arena, "%s are invalid key identifiers for Droplet creation.",
                                keys[i]);
    if (*network != '\0') {
        vpc = service_vpc(call, network);
        if (vpc == NULL)
            return "You specified a VPC that does not exist.";
        if (strcmp(vpc->region, call_option(call, "region")) != 0)
            return "The VPC is not in the region of the Droplet.";
    }
    return NULL;
}

/* The next ID, and the host number of its addresses. */
static long droplet_number(const struct call *call)
{
    long number = FIRST_DROPLET, id;

    for (size_t i = 0; i < state_count(call->state, DROPLETS); i++)
        if (number_read(((struct droplet *)state_at(call->state, DROPLETS, i))->id, &id) &&
            id >= number)
            number = id + 1;
    return number;
}

/* As doctl shows them: sorted, with commas between. */
static const char *tags_shown(struct call *call)
{
    struct text shown = {.arena = call->arena};
    const char **tags;
    size_t count = tags_wanted(call, &tags);

    qsort(tags, count, sizeof(*tags), by_bytes);
    for (size_t i = 0; i < count; i++)
        text_format(&shown, "%s%s", i == 0 ? "" : ",", tags[i]);
    return text_string(&shown);
}

bool droplet_create(struct call *call)
{
    const char *user_data = call_option(call, "user-data-file");
    const char *network = call_option(call, "vpc-uuid");
    bool at_once = call_truth(call, "wait");
    const char **cells =
        arena_take(call->arena, call->argument_count * DROPLET_COLUMNS * sizeof(*cells));
    const char *objection;

    if (*user_data != '\0' && access(user_data, R_OK) != 0)
        return call_error(call, "open %s: %s", user_data,
                          errno == ENOENT ? "no such file or directory" : strerror(errno));
    objection = create_objection(call);
    if (objection != NULL)
        return refused(call, 422, objection);
    if (*network == '\0')
        network = service_default_vpc(call, call_option(call, "region"))->id;
    for (size_t i = 0; i < call->argument_count; i++) {
        long number = droplet_number(call);
        long host = (number - FIRST_DROPLET) % 250 + 3;
        struct droplet *droplet = state_add(call->state, DROPLETS);

        *droplet =
            (struct droplet){arena_format(call->arena, "%ld", number),
                             call->arguments[i],
                             arena_format(call->arena, "198.51.100.%ld", host),
                             arena_format(call->arena, "10.116.0.%ld", host),
                             call_option(call, "region"),
                             call_option(call, "size"),
                             offers_image(call_option(call, "image"))->shown,
                             network,
                             tags_shown(call),
                             at_once ? "active" : "new",
                             arena_format(call->arena, "%ld", call->settings->droplet_polls)};
        droplet_cells(call, droplet, droplet->status, cells + i * DROPLET_COLUMNS);
    }
    return table_print(call, &droplet_table, cells, call->argument_count);
}

bool droplet_delete(struct call *call)
{
    if (!names_resolve(call))
        return false;
    for (;;) {
        const struct droplet *droplet = droplet_wanted(call);

        if (droplet == NULL)
            return false;
        service_member_left(call, droplet->vpc);
        for (size_t i = 0; i < state_count(call->state, DROPLETS); i++) {
            if (state_at(call->state, DROPLETS, i) == droplet) {
                state_remove(call->state, DROPLETS, i);
                break;
            }
        }
        if (call->argument_count == 1)
            return true;
        /* The first argument is the Droplet whose turn it is: errors name it. */
        call->arguments++;
        call->argument_count--;
    }
}

bool key_list(struct call *call)
{
    size_t count = state_count(call->state, KEYS);
    const char **cells = arena_take(call->arena, (count + 1) * KEY_COLUMNS * sizeof(*cells));

    for (size_t i = 0; i < count; i++) {
        const struct key *key = state_at(call->state, KEYS, i);
        const char *const row[KEY_COLUMNS] = {key->id, key->name, key->fingerprint};

        memcpy(cells + i * KEY_COLUMNS, row, sizeof(row));
    }
    return table_print(call, &key_table, cells, count);
}

bool region_list(struct call *call)
{
    const char **cells =
        arena_take(call->arena, offers_region_count * REGION_COLUMNS * sizeof(*cells));

    for (size_t i = 0; i < offers_region_count; i++) {
        const struct region *region = &offers_regions[i];
        const char *const row[REGION_COLUMNS] = {region->slug, region->name,
                                                 region->open ? "true" : "false"};

        memcpy(cells + i * REGION_COLUMNS, row, sizeof(row));
    }
    return table_print(call, &region_table, cells, offers_region_count);
}
