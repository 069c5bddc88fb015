#include "config.h"

#include "doctl/rules.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "doctl/ask.h"

void rules_free(struct rules *rules)
{
    for (size_t i = 0; i < rules->count; i++) {
        free(rules->list[i]);
        free(rules->uuids[i]);
    }
    free(rules->list);
    free(rules->uuids);
    *rules = (struct rules){.count = 0};
}

static size_t length_without_prefix(const char *rule)
{
    size_t length = strlen(rule);
    bool is_one =
        strncmp(rule, "ip_addr:", 8) == 0 && length > 3 && strcmp(rule + length - 3, "/32") == 0;
    return is_one ? length - 3 : length;
}

bool rules_same(const char *one, const char *other)
{
    size_t length = length_without_prefix(one);
    return length == length_without_prefix(other) && strncasecmp(one, other, length) == 0;
}

size_t rules_find(const struct rules *rules, const char *rule)
{
    size_t i = 0;
    while (i < rules->count && !rules_same(rules->list[i], rule))
        i++;
    return i;
}

void rules_add(struct rules *rules, const char *rule, const char *uuid)
{
    rules->list = mem_grow(rules->list, rules->count + 1, sizeof *rules->list);
    rules->uuids = mem_grow(rules->uuids, rules->count + 1, sizeof *rules->uuids);
    rules->list[rules->count] = mem_copy(rule);
    rules->uuids[rules->count++] = mem_copy(uuid);
}

/* The rules of a table; none where it is no table of rules. */
static void take_rules(const struct table *table, struct rules *rules)
{
    int type = table_column(table, "Type");
    int value = table_column(table, "Value");
    *rules = (struct rules){.count = 0};
    for (size_t row = 0; type >= 0 && value >= 0 && row < table->rows; row++) {
        struct span left = table_cell(table, row, (size_t)type);
        struct span right = table_cell(table, row, (size_t)value);
        char *rule =
            mem_format("%.*s:%.*s", (int)left.length, left.start, (int)right.length, right.start);
        char *uuid = table_copy(table, row, "UUID");
        rules_add(rules, rule, uuid);
        free(uuid);
        free(rule);
    }
}

bool rules_read(struct doctl *doctl, const char *cluster_id, struct rules *rules,
                struct error *error)
{
    struct reply reply;
    *rules = (struct rules){.count = 0};
    if (!ask(doctl, CALL_RULE_LIST, ARGUMENTS(cluster_id), &reply, NULL, error))
        return false;
    take_rules(&reply.table, rules);
    reply_free(&reply);
    return true;
}

static bool change(struct doctl *doctl, enum call_id id, const char *cluster_id, const char *what,
                   struct rules *now, struct error *error)
{
    struct reply reply;
    struct table table;
    struct error ignored = ERROR_INIT;
    *now = (struct rules){.count = 0};
    if (!ask(doctl, id, ARGUMENTS(cluster_id, what), &reply, NULL, error))
        return false;
    const struct buffer *out = &reply.result.out;
    if (table_read(buffer_text(out), out->length, "read the answer", &table, &ignored))
        take_rules(&table, now);
    table_free(&table);
    reply_free(&reply);
    return true;
}

bool rules_append(struct doctl *doctl, const char *cluster_id, const char *rule, struct rules *now,
                  struct error *error)
{
    return change(doctl, CALL_RULE_APPEND, cluster_id, rule, now, error);
}

bool rules_replace(struct doctl *doctl, const char *cluster_id, const struct rules *wanted,
                   struct rules *now, struct error *error)
{
    struct buffer all = BUFFER_INIT;
    for (size_t i = 0; i < wanted->count; i++)
        buffer_add_format(&all, "%s%s", i ? "," : "", wanted->list[i]);
    bool good = change(doctl, CALL_RULES_REPLACE, cluster_id, buffer_text(&all), now, error);
    buffer_free(&all);
    return good;
}

bool rules_remove(struct doctl *doctl, const char *cluster_id, const char *uuid, struct rules *now,
                  struct error *error)
{
    return change(doctl, CALL_RULE_REMOVE, cluster_id, uuid, now, error);
}
