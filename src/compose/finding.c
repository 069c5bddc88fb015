#include "config.h"

#include "compose/finding.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "base/quote.h"

#define MAX_FINDINGS 1000

void findings_add(struct findings *findings, const struct node *at, const char *rule, char *text,
                  char *advice)
{
    bool wanted = findings->count < MAX_FINDINGS;
    for (size_t i = 0; wanted && i < findings->count; i++) {
        const struct finding *other = &findings->list[i];
        wanted = other->line != at->line || other->column != at->column ||
                 strcmp(other->file, at->file) != 0 || strcmp(other->text, text) != 0;
    }
    if (!wanted) {
        free(text);
        free(advice);
        return;
    }
    findings->list = mem_grow(findings->list, findings->count + 1, sizeof *findings->list);
    findings->list[findings->count++] =
        (struct finding){rule, mem_copy(at->file), at->line, at->column, text, advice};
}

bool findings_has(const struct findings *findings, const struct node *at, const char *rule)
{
    for (size_t i = 0; i < findings->count; i++) {
        const struct finding *found = &findings->list[i];
        if (found->line == at->line && found->column == at->column &&
            strcmp(found->file, at->file) == 0 && strcmp(found->rule, rule) == 0)
            return true;
    }
    return false;
}

void findings_free(struct findings *findings)
{
    for (size_t i = 0; i < findings->count; i++) {
        free(findings->list[i].file);
        free(findings->list[i].text);
        free(findings->list[i].advice);
    }
    free(findings->list);
    free(findings->not_seen);
    *findings = (struct findings)FINDINGS_INIT;
}

/* Compose's own first, then file by file as they were named, then what stands in none. */
static size_t rank(const struct finding *finding, const struct node *files)
{
    size_t i = 0;
    if (strcmp(finding->rule, FINDING_REFUSED) == 0)
        return 0;
    while (i < files->count && strcmp(files->items[i]->file, finding->file) != 0)
        i++;
    return i + 1;
}

/* There are few, so the simplest sort. */
void findings_sort(struct findings *findings, const struct node *files)
{
    for (size_t i = 1; i < findings->count; i++) {
        struct finding moved = findings->list[i];
        size_t own = rank(&moved, files);
        size_t at = i;
        while (at > 0) {
            const struct finding *before = &findings->list[at - 1];
            size_t other = rank(before, files);
            if (other != own                 ? other < own
                : before->line != moved.line ? before->line < moved.line
                                             : before->column <= moved.column)
                break;
            findings->list[at] = *before;
            at--;
        }
        findings->list[at] = moved;
    }
}

static void add_clean(struct buffer *out, const char *text)
{
    quote_add_clean(out, text, strlen(text), SIZE_MAX);
}

char *findings_text(const struct findings *findings)
{
    struct buffer out = BUFFER_INIT;
    for (size_t i = 0; i < findings->count; i++) {
        const struct finding *finding = &findings->list[i];
        add_clean(&out, finding->file);
        if (finding->line)
            buffer_add_format(&out, ":%zu:%zu", finding->line, finding->column);
        buffer_add_text(&out, ": ");
        add_clean(&out, finding->text);
        buffer_add_text(&out, "; ");
        add_clean(&out, finding->advice);
        buffer_add_text(&out, "\n");
    }
    return buffer_take(&out);
}

static void add_member(struct buffer *json, const char *name, const char *value)
{
    buffer_add_format(json, ", \"%s\": ", name);
    quote_add_json(json, value, strlen(value));
}

char *findings_json(const struct findings *findings)
{
    struct buffer json = BUFFER_INIT;
    buffer_add_text(&json, "{\"findings\": [");
    for (size_t i = 0; i < findings->count; i++) {
        const struct finding *finding = &findings->list[i];
        buffer_add_text(&json, i ? ", {" : "{");
        buffer_add_text(&json, finding->line ? "\"file\": " : "\"path\": ");
        quote_add_json(&json, finding->file, strlen(finding->file));
        if (finding->line)
            buffer_add_format(&json, ", \"line\": %zu, \"column\": %zu", finding->line,
                              finding->column);
        add_member(&json, "rule", finding->rule);
        add_member(&json, "message", finding->text);
        add_member(&json, "advice", finding->advice);
        buffer_add_text(&json, "}");
    }
    buffer_add_text(&json, "]}");
    return buffer_take(&json);
}
