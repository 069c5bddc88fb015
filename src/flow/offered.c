#include "config.h"

#include "flow/offered.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/nearest.h"
#include "doctl/choices.h"

/* False with nothing in *error: this doctl cannot say. */
static bool read_choices(struct flow *flow, enum call_id id, struct choices *choices,
                         struct error *error)
{
    struct error failure = ERROR_INIT;
    if (choices_read(flow->doctl, id, choices, &failure))
        return true;
    if (failure.kind == ERROR_SIGNAL)
        *error = failure;
    return false;
}

static bool refuse(const struct choices *choices, const char *what, const char *value,
                   enum setting setting, struct error *error)
{
    char *nearest = nearest_values(value, choices->values, choices->count);
    const char *variable = settings_variable(setting);
    error_set(
        error, ERROR_USAGE, 0,
        "DigitalOcean offers no %s %s: set %s to another one; the nearest are %s; 'managed-db "
        "offers %s' lists all",
        what, value, variable ? variable : settings_name(setting), nearest, settings_name(setting));
    free(nearest);
    return false;
}

static bool is_offered(struct flow *flow, enum call_id id, const char *what, const char *value,
                       enum setting setting, struct error *error)
{
    struct choices choices;
    if (!read_choices(flow, id, &choices, error))
        return error->kind == ERROR_NONE;
    bool good = choices_find(&choices, value) < choices.count ||
                refuse(&choices, what, value, setting, error);
    choices_free(&choices);
    return good;
}

/* The size, and its number of nodes. */
static bool size_is_offered(struct flow *flow, const char *size, struct error *error)
{
    struct choices choices;
    const char *nodes = flow_get(flow, SETTING_NODES);
    if (!read_choices(flow, CALL_SIZES, &choices, error))
        return error->kind == ERROR_NONE;
    size_t at = choices_find(&choices, size);
    bool good = at < choices.count || refuse(&choices, "database size", size, SETTING_SIZE, error);
    if (good && !choices_has(choices.nodes[at], nodes))
        good = error_set(error, ERROR_USAGE, 0,
                         "a cluster of the size %s cannot have %s nodes, but one of %s: set "
                         "--nodes, or another --size",
                         size, nodes, choices.nodes[at]);
    choices_free(&choices);
    return good;
}

bool offered_cluster(struct flow *flow, const char *region, const char *size, struct error *error)
{
    if (flow->has_checked_offer || flow->settings->faithful)
        return true;
    flow->has_checked_offer = true;
    doctl_prefetch(flow->doctl, CALL_SIZES, NULL, NULL);
    doctl_prefetch(flow->doctl, CALL_REGIONS, NULL, NULL);
    return is_offered(flow, CALL_VERSIONS, "PostgreSQL", flow_get(flow, SETTING_PG_VERSION),
                      SETTING_PG_VERSION, error) &&
           size_is_offered(flow, size, error) &&
           is_offered(flow, CALL_REGIONS, "databases in the region", region, SETTING_REGION, error);
}

/* Any image that the account may use, not only what is on a list. */
static bool image_is_offered(struct flow *flow, const char *image, struct error *error)
{
    struct error failure = ERROR_INIT;
    struct choices choices;
    bool exists;
    if (!choices_image(flow->doctl, image, &exists, &failure)) {
        if (failure.kind != ERROR_SIGNAL)
            return true;
        *error = failure;
        return false;
    }
    if (exists)
        return true;
    if (!read_choices(flow, CALL_IMAGES, &choices, error))
        return error->kind == ERROR_NONE;
    refuse(&choices, "image", image, SETTING_DROPLET_IMAGE, error);
    choices_free(&choices);
    return false;
}

bool offered_droplet(struct flow *flow, struct error *error)
{
    const char *image = flow_get(flow, SETTING_DROPLET_IMAGE);
    if (flow->settings->faithful)
        return true;
    doctl_prefetch(flow->doctl, CALL_IMAGE_GET, image, NULL);
    return is_offered(flow, CALL_DROPLET_SIZES, "Droplet size",
                      flow_get(flow, SETTING_DROPLET_SIZE), SETTING_DROPLET_SIZE, error) &&
           image_is_offered(flow, image, error);
}
