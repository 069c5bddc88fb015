#include "config.h"

#include "commands/deploy.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "base/quote.h"
#include "doctl/choices.h"
#include "flow/deployment.h"
#include "flow/droplet.h"
#include "flow/firewall.h"
#include "settings/print.h"

bool command_settings(struct flow *flow, struct command_result *result, struct error *error)
{
    (void)error;
    result->text = settings_as_text(flow->settings);
    result->json = settings_as_json(flow->settings);
    result->env = settings_as_env(flow->settings);
    return true;
}

bool command_offers(struct flow *flow, struct command_result *result, struct error *error)
{
    static const struct {
        enum setting setting;
        enum call_id call;
    } lists[] = {{SETTING_REGION, CALL_REGIONS},
                 {SETTING_SIZE, CALL_SIZES},
                 {SETTING_PG_VERSION, CALL_VERSIONS},
                 {SETTING_DROPLET_SIZE, CALL_DROPLET_SIZES},
                 {SETTING_DROPLET_IMAGE, CALL_IMAGES}};
    struct choices choices;
    size_t at = 0;
    while (at < 4 && settings_by_key(flow_get(flow, SETTING_OFFER)) != lists[at].setting)
        at++;
    if (!choices_read(flow->doctl, lists[at].call, &choices, error))
        return false;
    struct buffer text = BUFFER_INIT;
    struct buffer json = BUFFER_INIT;
    for (size_t i = 0; i < choices.count; i++) {
        char *shown = quote_for_message(choices.values[i], strlen(choices.values[i]));
        buffer_add_format(&text, "%s\n", shown);
        free(shown);
        buffer_add_text(&json, i ? ", " : "{\"offers\": [");
        quote_add_json(&json, choices.values[i], strlen(choices.values[i]));
    }
    buffer_add_text(&json, "]}");
    result->text = buffer_take(&text);
    result->json = buffer_take(&json);
    choices_free(&choices);
    return true;
}

bool command_preflight(struct flow *flow, struct command_result *result, struct error *error)
{
    bool lacks_firewall;
    struct droplet droplet;
    if (!check_deployment(flow, &droplet, &lacks_firewall, error))
        return false;
    struct buffer env = BUFFER_INIT;
    result->text = droplet.id ? mem_copy(droplet.id) : NULL;
    quote_add_assignment(&env, "DROPLET_ID", droplet.id ? droplet.id : "");
    /* The deployment is named after its Droplet, also where that is known by its ID. */
    const char *name = droplet.id ? droplet.name : flow_get(flow, SETTING_DROPLET_NAME);
    char *tags = deployment_tags(flow_get(flow, SETTING_DB_TAGS), name);
    quote_add_assignment(&env, "DROPLET_NAME", name);
    quote_add_assignment(&env, "DO_DB_TAGS", tags);
    free(tags);
    droplet_free(&droplet);
    quote_add_assignment(&env, "DROPLET_LACKS_FIREWALL", lacks_firewall ? "true" : "false");
    result->env = buffer_take(&env);
    return true;
}

bool command_droplet_find(struct flow *flow, struct command_result *result, struct error *error)
{
    struct droplet droplet;
    if (!find_droplet(flow, flow_get(flow, SETTING_DROPLET_NAME), &droplet, error))
        return false;
    result->text = mem_copy(droplet.id);
    droplet_free(&droplet);
    return true;
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
    return wait_for_addresses(flow, flow_get(flow, SETTING_DROPLET_ID), result, error);
}

bool command_destroy(struct flow *flow, struct command_result *result, struct error *error)
{
    const char *confirmed = flow_get(flow, SETTING_CONFIRM);
    struct deployment deployment;
    if (!find_deployment(flow, &deployment, error))
        return false;
    const char *name = deployment_name(&deployment);
    bool good;
    if (!*confirmed)
        good = warn_of_backups(flow, &deployment, error);
    else if (strcmp(confirmed, name) == 0)
        good = delete_deployment(flow, &deployment, error);
    else
        good = error_set(error, ERROR_USAGE, 0,
                         "what is to be deleted begins with %s, another name was given: nothing is "
                         "deleted",
                         name);
    if (good) {
        result->json = deployment_json(&deployment);
        result->text = deployment_text(&deployment);
    }
    deployment_free(&deployment);
    return good;
}

bool command_firewall(struct flow *flow, struct command_result *result, struct error *error)
{
    return ensure_firewall(flow, flow_get(flow, SETTING_DROPLET_NAME), &result->text, error);
}

bool command_key(struct flow *flow, struct command_result *result, struct error *error)
{
    return find_ssh_key(flow, flow_get(flow, SETTING_SSH_KEY), &result->text, error);
}

bool command_region(struct flow *flow, struct command_result *result, struct error *error)
{
    const char *region = flow_get(flow, SETTING_REGION);
    if (!check_region(flow, region, error))
        return false;
    result->text = mem_copy(region);
    return true;
}
