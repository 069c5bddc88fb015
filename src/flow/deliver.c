#include "config.h"

#include "flow/deliver.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/pem.h"
#include "base/readfile.h"
#include "flow/ways.h"
#include "settings/load.h"
#include "sinks/sinks.h"

static void tell(void *observer, const char *sink, const struct sink_result *result)
{
    struct flow *flow = observer;
    note(flow, result->changed ? MARK_CHANGE : MARK_SAME, "sink", sink, "%s", "");
    if (flow->settings->dry_run)
        return;
    flow->changes += result->changed;
    console_success(flow->console, result->changed ? "Given to %s" : "%s has it already", sink);
}

/* In a rehearsal in which the URL is not known yet. */
static void tell_all(struct flow *flow, const char *list)
{
    char *copy = mem_copy(list);
    for (char *rest = copy, *sink; (sink = strtok_r(rest, "\n", &rest));)
        note(flow, MARK_CHANGE, "sink", sink, "%s", "");
    free(copy);
}

static bool give(struct flow *flow, const char *list, bool *is_handed_over, struct error *error)
{
    const struct settings *settings = flow->settings;
    struct buffer ca = BUFFER_INIT;
    char *record = mem_format("%s.delivered", flow_get(flow, SETTING_SECRET_FILE));
    char *url = conninfo_url(&flow->chosen, flow_get(flow, SETTING_SSL_MODE),
                             flow_get(flow, SETTING_URL_PARAMS));
    char *direct = *flow_get(flow, SETTING_DIRECT_FILE) ? ways_direct_url(flow) : mem_copy("");
    char *variables[] = {settings_folder_variable(settings), NULL};
    const struct sink_run run = {.console = flow->console,
                                 .timeout_ms = settings_ms(settings, SETTING_TIMEOUT),
                                 .is_rehearsal = settings->dry_run,
                                 .owner = settings_owner(settings),
                                 .variables = variables,
                                 .record = record,
                                 .compose_command = flow_get(flow, SETTING_COMPOSE_COMMAND),
                                 .env_file = flow_get(flow, SETTING_ENV_FILE),
                                 .compose_files = settings->compose,
                                 .compose_count = settings->compose_count};
    bool good =
        readfile(flow_get(flow, SETTING_CA_FILE), READFILE_OPTIONAL, PEM_MOST_BYTES, &ca, error) &&
        sinks_give(&run, list, &(struct secrets){url, direct, buffer_text(&ca)}, tell, flow,
                   is_handed_over, error);
    mem_free_secret(url);
    mem_free_secret(direct);
    free(variables[0]);
    free(record);
    buffer_free(&ca);
    return good;
}

bool deliver(struct flow *flow, bool *is_handed_over, struct error *error)
{
    const char *list = flow_get(flow, SETTING_SINKS);
    *is_handed_over = false;
    if (!*list)
        return true;
    if (url_is_unknown(flow)) {
        tell_all(flow, list);
        return true;
    }
    console_step(flow->console, "Giving the URL to where it is used...");
    return give(flow, list, is_handed_over, error);
}
