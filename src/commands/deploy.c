#include "config.h"

#include "commands/deploy.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "base/quote.h"
#include "flow/deployment.h"
#include "flow/droplet.h"
#include "settings/print.h"

bool command_settings(struct flow *flow, struct command_result *result, struct error *error)
{
    (void)error;
    result->text = settings_as_text(flow->settings);
    result->json = settings_as_json(flow->settings);
    result->env = settings_as_env(flow->settings);
    return true;
}

bool command_preflight(struct flow *flow, struct command_result *result, struct error *error)
{
    return check_deployment(flow, &result->text, error);
}

bool command_droplet_find(struct flow *flow, struct command_result *result, struct error *error)
{
    const char *name = flow_get(flow, SETTING_DROPLET_NAME);
    /* A deployment's Droplet may be known by its ID alone. */
    return strcmp(name, flow_get(flow, SETTING_DROPLET_ID)) == 0
               ? find_known_droplet(flow, &result->text, error)
               : find_droplet(flow, name, &result->text, error);
}

bool command_droplet_create(struct flow *flow, struct command_result *result, struct error *error)
{
    return create_droplet(flow, flow_get(flow, SETTING_DROPLET_NAME), &result->text, error);
}

static void add_thing(struct buffer *json, const char *key, const char *id)
{
    buffer_add_format(json, "%s\"%s\": ", json->length > 1 ? ", " : "", key);
    if (id)
        quote_add_json(json, id, strlen(id));
    else
        buffer_add_text(json, "null");
}

/* Waits, and gives the answer; the forms for programs also have the private address. */
static bool wait_for_addresses(struct flow *flow, const char *id, struct command_result *result,
                               struct error *error)
{
    if (!wait_for_droplet(flow, id, &result->text, error))
        return false;
    if (strcmp(flow_get(flow, SETTING_OUTPUT), "text") == 0)
        return true;
    char *inside = NULL;
    if (!doctl_droplet_private_ip(flow->doctl, id, &inside, error))
        return false;

    struct buffer env = BUFFER_INIT;
    quote_add_assignment(&env, "DROPLET_ADDRESS", result->text);
    quote_add_assignment(&env, "DROPLET_PRIVATE_ADDRESS", inside);
    result->env = buffer_take(&env);

    struct buffer json = BUFFER_INIT;
    buffer_add_text(&json, "{");
    add_thing(&json, "address", result->text);
    add_thing(&json, "private_address", *inside ? inside : NULL);
    buffer_add_text(&json, "}");
    result->json = buffer_take(&json);
    free(inside);
    return true;
}

bool command_droplet_wait(struct flow *flow, struct command_result *result, struct error *error)
{
    const char *given = flow_get(flow, SETTING_DROPLET_ID);
    bool is_id = given[strspn(given, "0123456789")] == '\0';
    char *id = is_id ? mem_copy(given) : NULL;
    /* A name that there is not is known at once; doctl's own search ends like any other failure. */
    bool good = (is_id || find_droplet(flow, given, &id, error)) &&
                wait_for_addresses(flow, id, result, error);
    free(id);
    return good;
}

bool command_destroy(struct flow *flow, struct command_result *result, struct error *error)
{
    const char *confirmed = flow_get(flow, SETTING_CONFIRM);
    const char *name = flow_get(flow, SETTING_CLUSTER_NAME);
    if (*confirmed && strcmp(confirmed, name) != 0)
        return error_set(error, ERROR_USAGE, 0,
                         "the cluster of these settings is %s, another name was given: nothing is "
                         "deleted",
                         name);

    struct deployment deployment;
    if (!find_deployment(flow, &deployment, error))
        return false;
    bool good = !*confirmed || delete_deployment(flow, &deployment, error);
    if (good) {
        struct buffer json = BUFFER_INIT;
        buffer_add_text(&json, "{");
        add_thing(&json, "droplet", deployment.droplet.id);
        add_thing(&json, "cluster", deployment.cluster.id);
        add_thing(&json, "vpc", deployment.vpc_uuid);
        buffer_add_text(&json, "}");
        result->json = buffer_take(&json);
        result->text = deployment_text(flow, &deployment);
    }
    deployment_free(&deployment);
    return good;
}
