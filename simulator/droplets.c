/* compute droplet: virtual machines. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "columns.h"
#include "forms.h"
#include "handlers.h"
#include "lookup.h"
#include "networks.h"
#include "number.h"
#include "offers.h"

enum { DROPLET_COLUMNS = 16, FIRST_ID = 410000001 };

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

/* --- list ------------------------------------------------------------------------ */

static void fill_cells(struct call *call, const struct droplet *droplet, const char *status,
                       const char **cells)
{
    static const struct droplet_size unknown = {"", 0, 0, 0};
    const struct droplet_size *size = offers_droplet_size(droplet->size);
    bool active = strcmp(status, "active") == 0;
    if (!size)
        size = &unknown;
    const char *const row[DROPLET_COLUMNS] = {
        droplet->id,
        droplet->name,
        active ? droplet->public : "",
        active ? droplet->private : "",
        "",
        arena_format(call->arena, "%d", size->memory),
        arena_format(call->arena, "%d", size->cpus),
        arena_format(call->arena, "%d", size->disk),
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

/* The status in this answer: each answer brings a new Droplet nearer to being active. */
static const char *next_status(struct call *call, struct droplet *droplet)
{
    long polls = -1;
    if (strcmp(droplet->status, "new") != 0 || !number_read(droplet->polls, &polls) || polls < 0)
        return droplet->status;
    call->rows->changed = true;
    if (polls > 0)
        droplet->polls = arena_format(call->arena, "%ld", polls - 1);
    else
        droplet->status = "active";
    return droplet->status;
}

/* Its tags stand between commas. */
static bool has_tag(const struct droplet *droplet, const char *tag)
{
    size_t length = strlen(tag);
    for (const char *rest = droplet->tags; *rest;) {
        size_t here = strcspn(rest, ",");
        if (here == length && strncmp(rest, tag, length) == 0)
            return true;
        rest += here + (rest[here] == ',');
    }
    return false;
}

/* Whether the name is among the arguments; without any argument every name is. */
static bool is_asked_for(const struct call *call, const char *name)
{
    for (size_t i = 0; i < call->argument_count; i++)
        if (strcmp(call->arguments[i], name) == 0)
            return true;
    return call->argument_count == 0;
}

static bool is_listed(const struct call *call, const struct droplet *droplet)
{
    const char *region = call_option(call, "region");
    const char *tag = call_option(call, "tag-name");
    return is_asked_for(call, droplet->name) &&
           (!*region || strcmp(region, droplet->region) == 0) && (!*tag || has_tag(droplet, tag));
}

bool droplets_list(struct call *call)
{
    size_t most = rows_count(call->rows, DROPLETS), count = 0;
    const char **cells = arena_take(call->arena, (most + 1) * DROPLET_COLUMNS * sizeof(*cells));
    for (size_t i = 0; i < most; i++) {
        struct droplet *droplet = rows_at(call->rows, DROPLETS, i);
        if (is_listed(call, droplet))
            fill_cells(call, droplet, next_status(call, droplet),
                       cells + count++ * DROPLET_COLUMNS);
    }
    return columns_print(call, &droplet_table, cells, count);
}

/* --- by ID or name ----------------------------------------------------------------- */

/* The ID of the Droplet that has the name; NULL after an error. */
static const char *find_id(struct call *call, const char *name)
{
    struct buffer ids = {.arena = call->arena};
    const char *id = NULL;
    size_t count = 0;
    for (size_t i = 0; i < rows_count(call->rows, DROPLETS); i++) {
        const struct droplet *droplet = rows_at(call->rows, DROPLETS, i);
        if (strcmp(droplet->name, name) == 0) {
            buffer_add_format(&ids, "%s%s", count++ == 0 ? "" : ", ", droplet->id);
            id = droplet->id;
        }
    }
    if (count == 0)
        call_error(call, "Droplet with the name \"%s\" could not be found.", name);
    else if (count > 1)
        call_error(call,
                   "There are %zu Droplets with the name \"%s\"; please provide a specific Droplet "
                   "ID. [%s]",
                   count, name, buffer_text(&ids));
    return count == 1 ? id : NULL;
}

static int by_number(const void *one, const void *other)
{
    long numbers[2] = {0, 0};
    number_read(*(const char *const *)one, &numbers[0]);
    number_read(*(const char *const *)other, &numbers[1]);
    return (numbers[0] > numbers[1]) - (numbers[0] < numbers[1]);
}

static bool is_among(const char *id, const char **ids, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(ids[i], id) == 0)
            return true;
    return false;
}

/*
 * Puts IDs in place of names in the arguments, each ID once. IDs alone keep their order, and it is
 * not checked that they exist; with a name among them doctl sorts them. False after an error.
 */
static bool resolve_names(struct call *call)
{
    bool names = call_first(call) == &call->command->by_name;
    size_t kept = 0;
    for (size_t i = 0; i < call->argument_count; i++) {
        long number;
        const char *id = number_read(call->arguments[i], &number)
                             ? arena_format(call->arena, "%ld", number)
                             : find_id(call, call->arguments[i]);
        if (!id)
            return false;
        if (!is_among(id, call->arguments, kept))
            call->arguments[kept++] = id;
    }
    call->argument_count = kept;
    if (names)
        qsort(call->arguments, kept, sizeof(*call->arguments), by_number);
    return true;
}

/* The Droplet whose ID the first argument is; NULL after an error. */
static struct droplet *wanted(struct call *call)
{
    struct droplet *droplet = lookup_droplet(call->rows, call->arguments[0]);
    if (!droplet)
        call_refuse(call, 404, "The resource you were accessing could not be found.");
    return droplet;
}

bool droplets_get(struct call *call)
{
    struct droplet *droplet = resolve_names(call) ? wanted(call) : NULL;
    if (!droplet)
        return false;
    if (call_has(call, "template"))
        return call_not_imitated(call, "--template");
    const char *cells[DROPLET_COLUMNS];
    fill_cells(call, droplet, next_status(call, droplet), cells);
    return columns_print(call, &droplet_table, cells, 1);
}

bool droplets_delete(struct call *call)
{
    if (!resolve_names(call))
        return false;
    for (;;) {
        const struct droplet *droplet = wanted(call);
        if (!droplet)
            return false;
        networks_member_left(call, droplet->vpc);
        rows_remove_row(call->rows, DROPLETS, droplet);
        if (call->argument_count == 1)
            return true;
        /* The first argument is the Droplet whose turn it is: errors name it. */
        call->arguments++;
        call->argument_count--;
    }
}

/* --- create ------------------------------------------------------------------------ */

/* The tags of both flags; --tag-name holds one, whatever stands in it. */
static size_t list_tags(struct call *call, const char ***tags)
{
    const char *one = call_option(call, "tag-name");
    const char **many;
    size_t count = call_list(call, "tag-names", &many);
    *tags = arena_take(call->arena, (count + 1) * sizeof(**tags));
    for (size_t i = 0; i < count; i++)
        (*tags)[i] = many[i];
    if (*one)
        (*tags)[count++] = one;
    return count;
}

static int by_bytes(const void *one, const void *other)
{
    return strcmp(*(const char *const *)one, *(const char *const *)other);
}

/* As doctl shows them: sorted, with commas between. */
static const char *join_tags(struct call *call)
{
    struct buffer joined = {.arena = call->arena};
    const char **tags;
    size_t count = list_tags(call, &tags);
    qsort(tags, count, sizeof(*tags), by_bytes);
    for (size_t i = 0; i < count; i++)
        buffer_add_format(&joined, "%s%s", i == 0 ? "" : ",", tags[i]);
    return buffer_text(&joined);
}

/* What the API has against a new Droplet; NULL: nothing. The same with those below. */
static const char *object_to_names(const struct call *call)
{
    for (size_t i = 0; i < call->argument_count; i++)
        if (!forms_vpc_name(call->arguments[i]))
            return "Only valid hostname characters are allowed. (a-z, A-Z, 0-9, . and -)";
    return NULL;
}

static const char *object_to_tags(struct call *call)
{
    const char **tags;
    size_t count = list_tags(call, &tags);
    for (size_t i = 0; i < count; i++)
        if (!forms_tag(tags[i]))
            return "Tags may only contain letters, numbers, colons, dashes, and underscores.";
    return NULL;
}

static const char *object_to_keys(struct call *call)
{
    const char **keys;
    size_t count = call_list(call, "ssh-keys", &keys);
    for (size_t i = 0; i < count; i++)
        if (!lookup_key(call->rows, keys[i]))
            return arena_format(call->arena, "%s are invalid key identifiers for Droplet creation.",
                                keys[i]);
    return NULL;
}

static const char *object_to_network(const struct call *call)
{
    const char *network = call_option(call, "vpc-uuid");
    if (!*network)
        return NULL;
    const struct vpc *vpc = lookup_vpc(call->rows, network);
    if (!vpc)
        return "You specified a VPC that does not exist.";
    return strcmp(vpc->region, call_option(call, "region")) == 0
               ? NULL
               : "The VPC is not in the region of the Droplet.";
}

static const char *object_to_new(struct call *call)
{
    const char *objection = object_to_names(call);
    if (objection)
        return objection;
    if (!offers_region(call_option(call, "region")))
        return "You specified an invalid region for Droplet creation.";
    if (!offers_droplet_size(call_option(call, "size")))
        return "You specified an invalid size for Droplet creation.";
    if (!offers_image(call_option(call, "image")))
        return "You specified an invalid image for Droplet creation.";
    objection = object_to_tags(call);
    if (!objection)
        objection = object_to_keys(call);
    return objection ? objection : object_to_network(call);
}

static long next_id(const struct rows *rows)
{
    long next = FIRST_ID, id;
    for (size_t i = 0; i < rows_count(rows, DROPLETS); i++)
        if (number_read(((struct droplet *)rows_at(rows, DROPLETS, i))->id, &id) && id >= next)
            next = id + 1;
    return next;
}

static struct droplet *add_droplet(struct call *call, const char *name, const char *network)
{
    long id = next_id(call->rows);
    long host = (id - FIRST_ID) % 250 + 3; /* the last number of its addresses */
    struct droplet *droplet = rows_add(call->rows, DROPLETS);
    *droplet = (struct droplet){
        .id = arena_format(call->arena, "%ld", id),
        .name = name,
        .public = arena_format(call->arena, "198.51.100.%ld", host),
        .private = arena_format(call->arena, "10.116.0.%ld", host),
        .region = call_option(call, "region"),
        .size = call_option(call, "size"),
        .image = offers_image(call_option(call, "image"))->shown,
        .vpc = network,
        .tags = join_tags(call),
        .status = call_is_on(call, "wait") ? "active" : "new",
        .polls = arena_format(call->arena, "%ld", call->environment->droplet_polls)};
    return droplet;
}

bool droplets_create(struct call *call)
{
    const char *user_data = call_option(call, "user-data-file");
    const char *network = call_option(call, "vpc-uuid");
    if (*user_data && access(user_data, R_OK) != 0)
        return call_error(call, "open %s: %s", user_data,
                          errno == ENOENT ? "no such file or directory" : strerror(errno));
    const char *objection = object_to_new(call);
    if (objection)
        return call_refuse(call, 422, objection);
    if (!*network)
        network = networks_default_vpc(call, call_option(call, "region"))->id;
    const char **cells =
        arena_take(call->arena, call->argument_count * DROPLET_COLUMNS * sizeof(*cells));
    for (size_t i = 0; i < call->argument_count; i++) {
        const struct droplet *droplet = add_droplet(call, call->arguments[i], network);
        fill_cells(call, droplet, droplet->status, cells + i * DROPLET_COLUMNS);
    }
    return columns_print(call, &droplet_table, cells, call->argument_count);
}
