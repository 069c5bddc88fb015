#include "config.h"

#include "flow/ways.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "flow/application.h"
#include "flow/save.h"

static void set(char **field, const char *value)
{
    mem_free_secret(*field);
    *field = mem_copy(value);
}

void ways_keep(struct flow *flow, const struct conninfo *own, const struct conninfo *chosen)
{
    conninfo_free(&flow->chosen);
    conninfo_free(&flow->direct);
    conninfo_free(&flow->admin);
    conninfo_copy(&flow->chosen, chosen);
    conninfo_copy(&flow->direct, own);
    conninfo_copy(&flow->admin, own);
    set(&flow->direct.user, chosen->user);
    set(&flow->direct.password, chosen->password);
    if (has_application(flow)) {
        set(&flow->direct.database, application_database(flow));
        set(&flow->admin.database, application_database(flow));
    }
}

/* All but what tells the client of a pool. */
static void add_params_past_pool(struct buffer *more, const char *params)
{
    for (const char *at = params; *at;) {
        size_t length = strcspn(at, "&");
        if (strncmp(at, "pgbouncer=", 10) != 0) {
            buffer_add_text(more, more->length ? "&" : "");
            buffer_add(more, at, length);
        }
        at += length + (at[length] == '&');
    }
}

char *ways_direct_url(const struct flow *flow)
{
    struct buffer more = BUFFER_INIT;
    add_params_past_pool(&more, flow_get(flow, SETTING_URL_PARAMS));
    char *url = conninfo_url(&flow->direct, flow_get(flow, SETTING_SSL_MODE), buffer_text(&more));
    buffer_free(&more);
    return url;
}

bool ways_save_direct(struct flow *flow, const char *path, struct error *error)
{
    if (!*path)
        return true;
    if (url_is_unknown(flow)) {
        save_rehearse(flow, path, NULL, 0, NULL);
        return true;
    }
    struct buffer more = BUFFER_INIT;
    add_params_past_pool(&more, flow_get(flow, SETTING_URL_PARAMS));
    bool good = save_url(flow, path, &flow->direct, buffer_text(&more),
                         &(struct save_words){"Direct connection string saved",
                                              "Direct connection string unchanged", false},
                         error);
    buffer_free(&more);
    return good;
}
