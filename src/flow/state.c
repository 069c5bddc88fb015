#include "config.h"

#include "flow/state.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/quote.h"
#include "settings/parts.h"

void database_info_free(struct database_info *info)
{
    free(info->cluster);
    free(info->pools);
    free(info->rules);
    free(info->dashboard);
    *info = (struct database_info){NULL, NULL, NULL, NULL};
}

void flow_free(struct flow *flow)
{
    free(flow->cluster_id);
    free(flow->cluster_status);
    free(flow->droplet_address);
    details_free(&flow->droplet);
    details_free(&flow->cluster);
    pools_free(&flow->pools);
    database_info_free(&flow->info);
    notes_free(&flow->notes);
    cluster_free(&flow->found);
    conninfo_free(&flow->chosen);
    conninfo_free(&flow->direct);
    conninfo_free(&flow->admin);
    rules_free(&flow->rules);
    lock_release(&flow->rules_lock);
    lock_release(&flow->lock);
}

const char *flow_get(const struct flow *flow, enum setting setting)
{
    return settings_get(flow->settings, setting);
}

void note(struct flow *flow, enum mark mark, const char *what, const char *name, const char *format,
          ...)
{
    struct buffer raw = BUFFER_INIT;
    va_list values;
    va_start(values, format);
    buffer_add_values(&raw, format, values);
    va_end(values);
    char *detail = quote_for_message(buffer_text(&raw), raw.length);
    char *shown = quote_for_message(name, strlen(name));
    buffer_free(&raw);
    flow->differences += mark == MARK_DIFFERS;
    notes_add(&flow->notes, mark, what, shown, detail);
    if (mark == MARK_DIFFERS && !flow->settings->dry_run)
        console_warning(flow->console, "%s %s: %s", what, shown, detail);
    free(shown);
    free(detail);
}

bool allows_differences(const struct flow *flow, struct error *error)
{
    return !flow->settings->strict || flow->settings->dry_run || flow->differences == 0 ||
           error_set(error, ERROR_CONFLICT, 0,
                     "--strict: %zu of what is there is not as wanted: see the warnings, and "
                     "change the settings, or what is there",
                     flow->differences);
}

bool url_is_unknown(const struct flow *flow)
{
    return flow->settings->dry_run &&
           (flow->is_unready || notes_change(&flow->notes, "pool", flow_get(flow, SETTING_POOL)) ||
            notes_change(&flow->notes, "user", flow_get(flow, SETTING_APP_USER)));
}

bool each_part(struct flow *flow, bool (*run)(struct flow *flow, struct error *error),
               struct error *error)
{
    const struct settings *all = flow->settings;
    bool good = true;
    for (size_t i = 0; good && i < parts_count(all); i++) {
        const struct settings own = parts_take(all, i);
        flow->settings = &own;
        good = run(flow, error);
        flow->settings = all;
    }
    return good;
}
