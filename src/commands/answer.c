#include "config.h"

#include "commands/answer.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/paths.h"
#include "base/quote.h"
#include "doctl/table.h"
#include "flow/flow.h"
#include "flow/network.h"
#include "settings/parts.h"

bool answer_is_json(const struct flow *flow)
{
    return strcmp(flow_get(flow, SETTING_OUTPUT), "json") == 0;
}

/* ---- members ---- */

/* Begins the next member of an object or element of a list. */
static void next(struct buffer *json)
{
    char last = json->length ? json->data[json->length - 1] : '{';
    if (last != '{' && last != '[')
        buffer_add_text(json, ", ");
}

static void add_key(struct buffer *json, const char *key)
{
    next(json);
    buffer_add_format(json, "\"%s\": ", key);
}

/* "" and NULL are null. */
static void add_text(struct buffer *json, const char *key, const char *value)
{
    add_key(json, key);
    if (value && *value)
        quote_add_json(json, value, strlen(value));
    else
        buffer_add_text(json, "null");
}

static void add_number(struct buffer *json, const char *key, const char *value)
{
    bool is_number = value && *value && strlen(value) < 16 && !value[strspn(value, "0123456789")] &&
                     (*value != '0' || !value[1]);
    add_key(json, key);
    buffer_add_text(json, is_number ? value : "null");
}

/* The list of tags, which has commas between. */
static void add_tags(struct buffer *json, const char *tags)
{
    add_key(json, "tags");
    if (!tags) {
        buffer_add_text(json, "null");
        return;
    }
    buffer_add_text(json, "[");
    for (const char *at = tags; *at; at += *at == ',') {
        size_t length = strcspn(at, ",");
        next(json);
        quote_add_json(json, at, length);
        at += length;
    }
    buffer_add_text(json, "]");
}

/* ---- the cluster and what belongs to it ---- */

/* A cell of doctl's table by its header; NULL where there is none. */
static char *cell(const struct table *table, size_t row, const char *header)
{
    return table_column(table, header) < 0 ? NULL : table_copy(table, row, header);
}

static void add_cells(struct buffer *json, const struct table *table, size_t row,
                      const char *const (*columns)[2], size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char *value = cell(table, row, columns[i][0]);
        if (columns[i][1][0] == '#')
            add_number(json, columns[i][1] + 1, value);
        else
            add_text(json, columns[i][1], value);
        free(value);
    }
}

static void add_cluster(struct buffer *json, const struct flow *flow)
{
    static const char *const columns[][2] = {
        {"ID", "id"},         {"Name", "name"},     {"Engine", "engine"}, {"Version", "version"},
        {"Status", "status"}, {"Region", "region"}, {"Size", "size"}};
    const struct details *details = &flow->cluster;
    struct table table;
    struct error ignored = ERROR_INIT;
    char *text = flow->info.cluster ? mem_copy(flow->info.cluster)
                 : details->region  ? details_shown(details)
                                    : mem_copy("");
    add_key(json, "cluster");
    if (!table_read(text, strlen(text), "read the answer", &table, &ignored)) {
        buffer_add_text(json, "null");
    } else if (!table.rows) {
        buffer_add_text(json, "null");
        table_free(&table);
    } else {
        buffer_add_text(json, "{");
        add_cells(json, &table, 0, columns, 7);
        add_number(json, "nodes", details->nodes);
        add_number(json, "storage_mib", details->storage);
        add_text(json, "vpc_uuid", details->vpc_uuid);
        add_tags(json, details->tags);
        buffer_add_text(json, "}");
        table_free(&table);
    }
    free(text);
}

static void add_pools(struct buffer *json, const struct flow *flow)
{
    static const char *const columns[][2] = {{"Name", "name"},
                                             {"Size", "#size"},
                                             {"Mode", "mode"},
                                             {"Database", "database"},
                                             {"User", "user"}};
    struct table table;
    struct error ignored = ERROR_INIT;
    char *text = flow->info.pools          ? mem_copy(flow->info.pools)
                 : flow->pools.is_detailed ? pools_shown(&flow->pools)
                                           : NULL;
    add_key(json, "pools");
    if (!text || !table_read(text, strlen(text), "read the answer", &table, &ignored)) {
        buffer_add_text(json, "null");
    } else {
        buffer_add_text(json, "[");
        for (size_t row = 0; row < table.rows; row++) {
            next(json);
            buffer_add_text(json, "{");
            add_cells(json, &table, row, columns, 5);
            buffer_add_text(json, "}");
        }
        buffer_add_text(json, "]");
        table_free(&table);
    }
    free(text);
}

/* The trusted sources; null where they are not known. */
static void add_rules(struct buffer *json, const struct flow *flow)
{
    add_key(json, "rules");
    if (flow->rules_state != RULES_KNOWN) {
        buffer_add_text(json, "null");
        return;
    }
    buffer_add_text(json, "[");
    for (size_t i = 0; i < flow->rules.count; i++) {
        next(json);
        quote_add_json(json, flow->rules.list[i], strlen(flow->rules.list[i]));
    }
    buffer_add_text(json, "]");
}

static void add_host(struct buffer *json, const struct flow *flow)
{
    add_text(json, "host", flow->chosen.host);
    add_number(json, "port", flow->chosen.port);
    add_text(json, "network",
             !flow->chosen.host          ? NULL
             : network_is_private(flow)  ? "private"
             : flow->host == HOST_PUBLIC ? "public"
                                         : NULL);
}

/* ---- files, changes, checks ---- */

/* The paths are absolute: who reads them may run elsewhere. */
static void add_file(struct buffer *json, const char *what, const char *path)
{
    char *full = path_from_here(path);
    next(json);
    buffer_add_text(json, "{");
    add_text(json, "what", what);
    add_text(json, "path", full);
    buffer_add_text(json, "}");
    free(full);
}

static void add_files(struct buffer *json, const struct flow *flow, bool has_files)
{
    add_key(json, "files");
    if (!has_files) {
        buffer_add_text(json, "null");
        return;
    }
    buffer_add_text(json, "[");
    for (size_t i = 0; i < parts_count(flow->settings); i++) {
        const struct settings part = parts_take(flow->settings, i);
        if (part.is_pool_alone)
            continue;
        if (!part.no_secret_file)
            add_file(json, "url", settings_get(&part, SETTING_SECRET_FILE));
        if (*settings_get(&part, SETTING_DIRECT_FILE))
            add_file(json, "direct_url", settings_get(&part, SETTING_DIRECT_FILE));
    }
    if (flow->has_certificate)
        add_file(json, "ca_certificate", flow_get(flow, SETTING_CA_FILE));
    buffer_add_text(json, "]");
}

static void add_notes(struct buffer *json, const char *key, const struct flow *flow,
                      const char *marks)
{
    static const struct {
        enum mark mark;
        const char *word;
    } words[] = {{MARK_MAKE, "make"},
                 {MARK_CHANGE, "change"},
                 {MARK_SAME, "keep"},
                 {MARK_DIFFERS, "differ"}};
    add_key(json, key);
    buffer_add_text(json, "[");
    for (size_t i = 0; i < flow->notes.count; i++) {
        const struct note *one = &flow->notes.list[i];
        size_t word = 0;
        if (!strchr(marks, (char)one->mark))
            continue;
        while (word < 3 && words[word].mark != one->mark)
            word++;
        next(json);
        buffer_add_text(json, "{");
        add_text(json, "action", words[word].word);
        add_text(json, "what", one->what);
        add_text(json, "name", one->name);
        add_text(json, "detail", one->detail);
        add_text(json, "command", one->command);
        buffer_add_text(json, "}");
    }
    buffer_add_text(json, "]");
}

static void add_verified(struct buffer *json, const struct verified *verified)
{
    add_key(json, "connection");
    if (!verified) {
        buffer_add_text(json, "null");
        return;
    }
    buffer_add_text(json, "{");
    add_text(json, "user", verified->user);
    add_text(json, "database", verified->database);
    add_text(json, "server", verified->server);
    add_text(json, "tls", verified->tls);
    add_text(json, "pooler", verified->pooler);
    add_key(json, "milliseconds");
    buffer_add_format(json, "%lld}", verified->milliseconds);
}

static void add_checks(struct buffer *json, const struct checks *checks)
{
    add_key(json, "checks");
    if (!checks) {
        buffer_add_text(json, "null");
        return;
    }
    buffer_add_text(json, "[");
    for (size_t i = 0; i < checks->count; i++) {
        next(json);
        buffer_add_text(json, "{");
        add_text(json, "state", checks_state(&checks->list[i]));
        add_text(json, "what", checks->list[i].what);
        add_text(json, "found", checks->list[i].found);
        add_text(json, "remedy", checks->list[i].remedy);
        buffer_add_text(json, "}");
    }
    buffer_add_text(json, "]");
}

char *answer_json(const struct flow *flow, bool has_files, const struct verified *verified,
                  const struct checks *checks)
{
    struct buffer json = BUFFER_INIT;
    buffer_add_text(&json, "{");
    /* In a rehearsal a new one has no ID yet. */
    add_text(&json, "cluster_id",
             flow->settings->dry_run && flow->cluster_is_new ? NULL : flow->cluster_id);
    add_cluster(&json, flow);
    add_pools(&json, flow);
    add_rules(&json, flow);
    add_host(&json, flow);
    add_files(&json, flow, has_files);
    add_notes(&json, "changed", flow, "+~");
    add_notes(&json, "differences", flow, "!");
    add_notes(&json, "unchanged", flow, "=");
    add_verified(&json, verified);
    add_checks(&json, checks);
    add_text(&json, "dashboard", flow->info.dashboard);
    buffer_add_text(&json, "}");
    return buffer_take(&json);
}

char *answer_error(const struct error *error)
{
    struct buffer json = BUFFER_INIT;
    buffer_add_text(&json, "{\"error\": {");
    add_text(&json, "kind", error_kind_name(error->kind));
    buffer_add_format(&json, ", \"status\": %d", error_exit_status(error));
    add_text(&json, "message", error->text);
    buffer_add_text(&json, "}}");
    return buffer_take(&json);
}
