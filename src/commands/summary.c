#include "config.h"

#include "commands/summary.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/quote.h"
#include "flow/durations.h"
#include "flow/network.h"
#include "flow/wait.h"
#include "settings/load.h"
#include "settings/parts.h"

#define LONGEST ((size_t)64 << 10)

PRINTF_LIKE(3, 4)
static void row(const struct flow *flow, const char *what, const char *format, ...)
{
    struct buffer raw = BUFFER_INIT;
    struct buffer text = BUFFER_INIT;
    va_list values;
    va_start(values, format);
    buffer_add_values(&raw, format, values);
    va_end(values);
    /* Much of it comes from doctl. */
    quote_add_clean(&text, buffer_text(&raw), raw.length, LONGEST);
    console_plain(flow->console, "  %-13s %s", what, buffer_text(&text));
    buffer_free(&raw);
    buffer_free(&text);
}

static void tell_cluster(const struct flow *flow)
{
    const struct details *cluster = &flow->cluster;
    const char *name = flow_get(flow, SETTING_CLUSTER_NAME);
    if (cluster->region)
        row(flow, "Cluster:", "%s, PostgreSQL %s, %s, %s", name, cluster->version, cluster->size,
            cluster->region);
    else
        row(flow, "Cluster:", "%s, %s", name, flow->cluster_id);
    if (flow->chosen.host)
        row(flow, "Host:", "%s:%s%s", flow->chosen.host, flow->chosen.port,
            network_is_private(flow)    ? ", inside the VPC only"
            : flow->host == HOST_PUBLIC ? ", from everywhere that may connect"
                                        : "");
}

static void tell_rules(const struct flow *flow)
{
    struct buffer text = BUFFER_INIT;
    if (flow->rules_state != RULES_KNOWN || !flow->rules.count)
        return;
    for (size_t i = 0; i < flow->rules.count; i++) {
        buffer_add_text(&text, i ? ", " : "");
        buffer_add_text(&text, flow->rules.list[i]);
    }
    row(flow, "May connect:", "%s", buffer_text(&text));
    buffer_free(&text);
}

static void tell_files(const struct flow *flow)
{
    for (size_t i = 0; i < parts_count(flow->settings); i++) {
        const struct settings part = parts_take(flow->settings, i);
        if (part.is_pool_alone)
            continue;
        if (!part.no_secret_file)
            row(flow, "URL:", "%s", settings_get(&part, SETTING_SECRET_FILE));
        if (*settings_get(&part, SETTING_DIRECT_FILE))
            row(flow, "Direct URL:", "%s", settings_get(&part, SETTING_DIRECT_FILE));
    }
    if (flow->has_certificate)
        row(flow, "CA:", "%s", flow_get(flow, SETTING_CA_FILE));
}

static void tell_changes(const struct flow *flow)
{
    struct buffer text = BUFFER_INIT;
    for (size_t i = 0; i < flow->notes.count; i++) {
        const struct note *one = &flow->notes.list[i];
        bool is_change = one->mark == MARK_MAKE || one->mark == MARK_CHANGE;
        /* The files stand above. */
        if (is_change && strcmp(one->what, "file") != 0)
            buffer_add_format(&text, "%s%c %s %s", text.length ? ", " : "", (char)one->mark,
                              one->what, one->name);
    }
    if (text.length)
        row(flow, "Changed:", "%s", buffer_text(&text));
    buffer_free(&text);
}

/* With the options that lead it to the same things. */
static void tell_next(const struct flow *flow)
{
    static const struct {
        enum setting setting;
        const char *option;
    } named[] = {{SETTING_MANIFEST, "--manifest"},       {SETTING_ENV_FILE, "--env-file"},
                 {SETTING_CONTEXT, "--context"},         {SETTING_CLUSTER_NAME, "--name"},
                 {SETTING_SECRET_FILE, "--secret-file"}, {SETTING_CA_FILE, "--ca-file"}};
    const struct settings *settings = flow->settings;
    struct buffer next = BUFFER_INIT;
    buffer_add_text(&next, settings->simulate ? "managed-db info"
                           : settings->verify ? "managed-db psql"
                           : network_is_private(flow)
                               ? "managed-db verify --via \"ssh root@DROPLET\""
                               : "managed-db verify");
    for (size_t i = 0; i < sizeof named / sizeof named[0]; i++) {
        bool is_file = i >= 4;
        if (settings->sources[named[i].setting] == SOURCE_FLAG &&
            !(is_file && (settings->verify || settings->simulate))) {
            buffer_add_format(&next, " %s ", named[i].option);
            quote_add_shell(&next, settings_get(settings, named[i].setting));
        }
    }
    if (settings->simulate) {
        char *usual = load_state_path("simulator");
        bool is_usual = usual && strcmp(usual, settings->simulator) == 0;
        buffer_add_text(&next, is_usual ? " --simulate" : " --simulate=");
        if (!is_usual)
            quote_add_shell(&next, settings->simulator);
        free(usual);
    }
    row(flow, "Next:", "%s", buffer_text(&next));
    buffer_free(&next);
}

void summary_tell(const struct flow *flow)
{
    char usual[40];
    durations_usual(flow->settings, flow->cluster_is_new ? WAIT_CLUSTER : WAIT_OTHER, usual,
                    sizeof usual);
    console_plain(flow->console, "%s", "");
    tell_cluster(flow);
    if (!flow->is_left) {
        tell_rules(flow);
        tell_files(flow);
    }
    tell_changes(flow);
    if (flow->is_left)
        row(flow, "Next:", "the same command again when the cluster is online%s%s",
            *usual ? ", usually after " : "", usual);
    else
        tell_next(flow);
}
