#include "config.h"

#include "compose_credentials.h"

#include <stdlib.h>
#include <string.h>

#include "interpolate.h"
#include "memory.h"
#include "pattern.h"
#include "text.h"

#define RULE "plain-credentials"
#define ADVICE                                                                                     \
    "keep it in a file under the top-level secrets and let the service read it from "              \
    "/run/secrets (NAME_FILE where the image knows it)"

/* Names of variables whose values are secret; NAME_FILE and AWS_ACCESS_KEY_ID do not end so. */
static struct pattern name_pattern =
    PATTERN("(?i)(?:PASSWORD|PASSWD|PASSPHRASE|(?:_|\\A)(?:PASS|SECRET|TOKEN|CREDENTIALS?)|_PWD|"
            "API_?KEY|ACCESS_KEY|SECRET_KEY(?:_BASE)?|PRIVATE_KEY|ENCRYPTION_KEY)\\z");
/* What such a variable may say without giving anything away. */
static struct pattern harmless_pattern =
    PATTERN("(?i)|true|false|yes|no|on|off|none|null|[0-9]{1,2}|/[^\\s]*");
static struct pattern url_pattern =
    PATTERN("[A-Za-z][A-Za-z0-9+.-]*://[^\\s:/@?#'\"]*:([^\\s@/'\"]+)@");
/* --requirepass WORD, --password=WORD; a word of a shell's variable is none. */
static struct pattern option_pattern =
    PATTERN("(?i)(?:\\A|\\s)--?(?:requirepass|masterauth|[a-z][a-z-]{0,30}password|password)"
            "(?:=|\\s+)[\"']?([^\\s\"'$-][^\\s\"']*)");

/* What stands in the file itself: variables left out, their defaults put in. */
static char *literal(const struct node *node)
{
    struct interpolation nothing = {.value = NULL};
    struct buffer out = BUFFER_INIT;
    struct error ignored = ERROR_INIT;
    if (!node->written)
        return mem_copy(node->text);
    interpolate(&nothing, node->written, &out, &ignored);
    return buffer_take(&out);
}

static void check_url(struct findings *findings, const char *name, const struct node *node)
{
    char *text = literal(node);
    if (strstr(text, "://") && pattern_match(&url_pattern, text, strlen(text), 0, NULL)) {
        findings_add(findings, node, RULE,
                     mem_format("%s holds a URL with a password in plain text", name),
                     mem_copy(ADVICE));
    }
    mem_free_secret(text);
}

/* All texts of a service. */
static void check_urls(struct findings *findings, const char *name, const struct node *node)
{
    if (node->kind == NODE_SCALAR)
        check_url(findings, name, node);
    for (size_t i = 0; i < node->count; i++)
        check_urls(findings, name, node->items[i]);
}

static void check_variables(struct findings *findings, const char *name, const struct node *mapping)
{
    for (size_t i = 0; mapping && mapping->kind == NODE_MAPPING && i < mapping->count; i++) {
        const struct node *key = mapping->keys[i];
        const struct node *value = mapping->items[i];
        if (value->kind != NODE_SCALAR ||
            !pattern_match(&name_pattern, key->text, strlen(key->text), 0, NULL))
            continue;
        char *text = literal(value);
        if (!pattern_is(&harmless_pattern, text)) {
            char *shown = text_quote(key->text, strlen(key->text));
            findings_add(findings, value, RULE, mem_format("%s has %s in plain text", name, shown),
                         mem_copy(ADVICE));
            free(shown);
        }
        mem_free_secret(text);
    }
}

static void check_command(struct findings *findings, const char *name, const struct node *command)
{
    struct buffer line = BUFFER_INIT;
    if (!command || command->kind == NODE_MAPPING)
        return;
    for (size_t i = 0; i < (command->kind == NODE_SCALAR ? 1 : command->count); i++) {
        const struct node *word = command->kind == NODE_SCALAR ? command : command->items[i];
        if (word->kind != NODE_SCALAR)
            continue;
        char *text = literal(word);
        buffer_add_text(&line, text);
        /* A word that is all variable is a word still. */
        buffer_add_text(&line, *text ? " " : "$ ");
        mem_free_secret(text);
    }
    if (pattern_match(&option_pattern, buffer_text(&line), line.length, 0, NULL)) {
        findings_add(findings, command, RULE,
                     mem_format("%s is given a password in its command", name), mem_copy(ADVICE));
    }
    buffer_free(&line);
}

void check_credentials(struct findings *findings, const char *name, const struct node *service)
{
    check_urls(findings, name, service);
    check_variables(findings, name, node_get(service, "environment"));
    check_variables(findings, name, node_get(node_get(service, "build"), "args"));
    check_command(findings, name, node_get(service, "command"));
    check_command(findings, name, node_get(service, "entrypoint"));
    check_command(findings, name, node_get(node_get(service, "healthcheck"), "test"));
}
