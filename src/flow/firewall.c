#include "config.h"

#include "flow/firewall.h"

#include <stdlib.h>

#include "base/memory.h"
#include "doctl/compute.h"
#include "flow/ownership.h"

#define EVERYWHERE "address:0.0.0.0/0,address:::/0"
#define TCP(port)  "protocol:tcp,ports:" port "," EVERYWHERE

static const char inbound[] =
    TCP("22") " " TCP("80") " " TCP("443") " protocol:udp,ports:443," EVERYWHERE
                                           " protocol:icmp," EVERYWHERE;
static const char outbound[] =
    TCP("all") " protocol:udp,ports:all," EVERYWHERE " protocol:icmp," EVERYWHERE;

char *firewall_name(const char *droplet_name)
{
    return mem_format("%s-firewall", droplet_name);
}

static bool find_or_make(struct flow *flow, const char *name, const char *droplet_name, char **id,
                         struct error *error)
{
    if (!compute_firewall_find(flow->doctl, name, id, error))
        return false;
    if (*id) {
        console_success(flow->console, "Using existing Cloud Firewall: %s", name);
        return true;
    }
    char *tag = deployment_tag(droplet_name);
    bool good = compute_firewall_create(flow->doctl, name, inbound, outbound, tag, id, error);
    free(tag);
    if (!good)
        return false;
    flow->changes++;
    console_success(flow->console, "Created Cloud Firewall: %s (in: SSH, HTTP, HTTPS)", name);
    return true;
}

bool ensure_firewall(struct flow *flow, const char *droplet_name, char **id, struct error *error)
{
    struct error failure = ERROR_INIT;
    char *name = firewall_name(droplet_name);
    console_step(flow->console, "Checking the Cloud Firewall: %s...", name);
    bool good = find_or_make(flow, name, droplet_name, id, &failure);
    free(name);
    if (good)
        return true;
    /* 422: no Droplet has the tag, because none was made by a deployment. */
    if (failure.kind == ERROR_UNSUPPORTED ||
        (failure.kind == ERROR_API && (failure.number == 403 || failure.number == 422))) {
        console_warning(flow->console,
                        "The Droplet has no Cloud Firewall: %s; DO_CLOUD_FIREWALL=false leaves it "
                        "out on purpose",
                        failure.text);
        return true;
    }
    *error = failure;
    return false;
}
