#include "environment.h"

#include <stdlib.h>
#include <string.h>

#include "number.h"

static const char *text(const char *name)
{
    const char *value = getenv(name);
    return value && *value ? value : NULL;
}

static long number(const char *name, long otherwise)
{
    const char *value = text(name);
    long result;
    return value && number_read(value, &result) ? result : otherwise;
}

static bool is_on(const char *name)
{
    const char *value = text(name);
    return value && strcmp(value, "0") != 0;
}

struct environment environment_read(void)
{
    return (struct environment){
        .folder = text("DOCTL_SIM_STATE"),
        .log = text("DOCTL_SIM_LOG"),
        .password = text("DOCTL_SIM_PASSWORD"),
        .seed = text("DOCTL_SIM_SEED"),
        .personality = text("DOCTL_SIM_PERSONALITY"),
        .faults = text("DOCTL_SIM_FAULT"),
        .host = text("DOCTL_SIM_HOST"),
        .private_host = text("DOCTL_SIM_PRIVATE_HOST"),
        .ca = text("DOCTL_SIM_CA"),
        .port = number("DOCTL_SIM_PORT", 25060),
        .pool_port = number("DOCTL_SIM_POOL_PORT", 25061),
        .token = text("DIGITALOCEAN_ACCESS_TOKEN"),
        .context = text("DIGITALOCEAN_CONTEXT"),
        .output = text("DIGITALOCEAN_OUTPUT"),
        .api = text("DIGITALOCEAN_API_URL"),
        .retries = number("DIGITALOCEAN_HTTP_RETRY_MAX", 5),
        .latency_ms = number("DOCTL_SIM_LATENCY_MS", 0),
        .wait_ms = number("DOCTL_SIM_WAIT_MS", 20),
        .race_ms = number("DOCTL_SIM_RACE_MS", 0),
        .polls = number("DOCTL_SIM_POLLS", 2),
        .droplet_polls = number("DOCTL_SIM_DROPLET_POLLS", 0),
        .member_polls = number("DOCTL_SIM_MEMBER_POLLS", 1),
        .blank_credentials = is_on("DOCTL_SIM_BLANK_CREDENTIALS"),
        .early_credentials = is_on("DOCTL_SIM_EARLY_CREDENTIALS"),
        .no_token = is_on("DOCTL_SIM_NO_TOKEN"),
    };
}
