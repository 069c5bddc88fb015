#include "config.h"

#include "compose/credentials.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "base/pattern.h"
#include "base/quote.h"

#define RULE "plain-credentials"
#define ADVICE                                                                                     \
    "keep it in a file under the top-level secrets and let the service read it from "              \
    "/run/secrets (NAME_FILE where the image knows it)"

/* Names of variables whose values are secret; NAME_FILE and AWS_ACCESS_KEY_ID do not end so. */
static struct pattern name_pattern = PATTERN(
    "(?i)(?:PASSWORD|PASSWD|PASSPHRASE|(?:_|\\A)(?:PASS|SECRET|TOKEN|CREDENTIALS?)|_PWD|"
    "(?:DB|PG|SQL|USER|ROOT)PASS|API_?KEY|ACCESS_KEY|SECRET_KEY_BASE|"
    "SECRET[A-Z0-9_]{0,60}KEY|PRIVATE_KEY|ENCRYPTION_(?:[A-Z0-9_]{0,60}_)?(?:KEY|SALT|SECRET)|"
    "(?:_|\\A)(?:APP_KEY|MASTER_KEY|SALT|REDIS_AUTH))\\z");
/* What browsers are given is no secret. */
static struct pattern public_pattern =
    PATTERN("(?i)\\A(?:NEXT_PUBLIC|NUXT_PUBLIC|EXPO_PUBLIC|PUBLIC|VITE|REACT_APP|GATSBY|VUE_APP)_");
/* What tells how many, or whether: MAX_TOKEN, ALLOW_EMPTY_PASSWORD. */
static struct pattern amount_pattern =
    PATTERN("(?i)(?:\\A|[_.-])(?:MAX|MIN|NUM|COUNT|LENGTH|SIZE|LIMIT|TTL|ALLOW|REQUIRE|ENABLE|"
            "DISABLE|USE|SHOW|FORCE)[_.-]");
/* Whose value is a word and not a file's name. */
static struct pattern word_pattern = PATTERN("(?i)(?:PASSWORD|PASSWD|PASSPHRASE|PASS|PWD)\\z");
static struct pattern switch_pattern =
    PATTERN("(?i)|true|false|yes|no|on|off|none|null|enabled?|disabled?|never|always|optional|"
            "required|trust|md5|scram-sha-256|[01]|/run/secrets/\\S*|https?://[^\\s@]*");
static struct pattern number_pattern = PATTERN("[0-9.]+");

/*
 * Lengths are bounded, for a text without an end not to be searched from each of its letters. A
 * password that holds a slash is one in the schemes of databases; elsewhere it may be a port.
 */
static struct pattern url_pattern =
    PATTERN("[A-Za-z][A-Za-z0-9+.-]{0,30}://[^\\s:/@?#'\"]{0,200}:(?!\\$[A-Z_{(]|[0-9]{1,5}[?#])"
            "[^\\s@/'\"]{1,400}@|"
            "(?i)(?:postgres(?:ql)?|mysql|mariadb|mongodb(?:\\+srv)?|rediss?|amqps?)://"
            "[^\\s:/@?#'\"]{0,200}:(?!\\$[A-Z_{(]|[0-9]{1,5}[/?#])[^\\s@'\"]{1,400}@");
/* password=WORD, wherever it stands: 1 the name's end, 2 word. */
static struct pattern pair_pattern =
    PATTERN("(?i)(password|passwd|passphrase|requirepass|masterauth|(?<![A-Z])(?:pass|pwd)|"
            "(?<=PG|DB)PASS)(?:=| = )[\"']?([^\\s&;,\"'`$<%{()][^\\s&;,\"'`)]*)");
/*
 * Words of commands: --requirepass WORD, mysql -pWORD, redis-cli -a WORD. 1 name, 2 word; one of a
 * shell's variable or of another command is none.
 */
static struct pattern option_pattern =
    PATTERN("(?i)(?:\\A|\\s)--?((?!no-)(?:requirepass|masterauth|[a-z][a-z-]{0,30}password|"
            "password))\\s+[\"']?([^\\s\"'`$-][^\\s\"'`]*)");
static struct pattern short_pattern =
    PATTERN("(?:\\A|[\\s/])(?|((?:mysql|mariadb)[a-z-]{0,20})\\s(?:[^|;&]{0,80}\\s)?-p|"
            "(redis-cli)\\s(?:[^|;&]{0,80}\\s)?-a\\s+)([^\\s\"'`$-][^\\s\"'`]*)");

/* The end of a name of a variable. */
static const char *behind_name(const char *at)
{
    while (isalnum((unsigned char)*at) || *at == '_')
        at++;
    return at;
}

/* Behind the brace that closes the one before `at`. */
static const char *behind_brace(const char *at)
{
    for (size_t open = 1; *at && open; at++)
        open = open + (*at == '{') - (*at == '}');
    return at;
}

/* What stands in the file itself: variables left out, their defaults put in. */
static char *literal(const char *text)
{
    char *result = mem_copy(text);
    char *to = result;
    size_t open = 0; /* braces with a default in them */
    for (const char *at = text; *at;) {
        if (*at == '}' && open) {
            open--;
            at++;
        } else if (at[0] == '$' && at[1] == '{') {
            at = behind_name(at + 2);
            at += *at == ':';
            bool has_default = *at == '-' || *at == '+';
            open += has_default;
            at = has_default ? at + 1 : behind_brace(at);
        } else if (at[0] == '$' && at[1] != '$' && behind_name(at + 1) > at + 1) {
            at = behind_name(at + 1);
        } else {
            at += at[0] == '$' && at[1] == '$';
            *to++ = *at++;
        }
    }
    *to = '\0';
    return result;
}

/* One at a place: the same password may be found in more than one way. */
static void add(struct findings *findings, const struct node *at, char *text)
{
    if (findings_has(findings, at, RULE))
        free(text);
    else
        findings_add(findings, at, RULE, text, mem_copy(ADVICE));
}

/* What a variable or an option of this name may say without giving anything away. */
static bool is_harmless(const char *name, const char *value)
{
    size_t length = strlen(name);
    return pattern_is(&switch_pattern, value) ||
           pattern_match(&public_pattern, name, length, 0, NULL) ||
           (pattern_is(&number_pattern, value) &&
            pattern_match(&amount_pattern, name, length, 0, NULL)) ||
           (*value == '/' && !pattern_match(&word_pattern, name, length, 0, NULL));
}

/* The whole name that ends there; it is no longer than anybody writes. */
static char *name_around(const char *text, struct span end)
{
    const char *start = end.start;
    while (start > text && end.start - start < 60 &&
           (isalnum((unsigned char)start[-1]) || strchr("_.-", start[-1])))
        start--;
    return mem_copy_n(start, (size_t)(end.start - start) + end.length);
}

/* Whether a text matches at a place where the word, group 2, is a password. */
static bool has_word(struct pattern *pattern, const char *text, size_t length)
{
    struct span groups[PATTERN_GROUPS];
    bool found = false;
    for (size_t at = 0; !found && pattern_match(pattern, text, length, at, groups);) {
        char *name = name_around(text, groups[1]);
        char *value = mem_copy_n(groups[2].start, groups[2].length);
        found = !is_harmless(name, value);
        at = (size_t)(groups[2].start - text) + groups[2].length;
        mem_free_secret(value);
        free(name);
    }
    return found;
}

/* Every text of a file, whatever it is: URLs, and words behind password=. */
static void check_texts(struct findings *findings, const struct node *node)
{
    for (size_t i = 0; i < node->count; i++)
        check_texts(findings, node->items[i]);
    if (node->kind != NODE_SCALAR)
        return;
    char *text = literal(node->text);
    size_t length = strlen(text);
    if (strstr(text, "://") && pattern_match(&url_pattern, text, length, 0, NULL))
        add(findings, node, mem_format("a URL with a password stands here in plain text"));
    else if (strchr(text, '=') && has_word(&pair_pattern, text, length))
        add(findings, node, mem_format("a password stands here in plain text"));
    mem_free_secret(text);
}

static void check_variable(struct findings *findings, const char *service, const char *name,
                           const char *value, const struct node *at)
{
    char *text = literal(value);
    if (pattern_match(&name_pattern, name, strlen(name), 0, NULL) && *text &&
        !is_harmless(name, text)) {
        char *shown = quote_for_message(name, strlen(name));
        add(findings, at, mem_format("%s has %s in plain text", service, shown));
        free(shown);
    }
    mem_free_secret(text);
}

/* NAME: VALUE, or NAME=VALUE in a list. */
static void check_variables(struct findings *findings, const char *service, const struct node *list)
{
    for (size_t i = 0; list && i < list->count; i++) {
        const struct node *item = list->items[i];
        const char *sign = node_text(item) ? strchr(item->text, '=') : NULL;
        if (list->kind == NODE_MAPPING && node_text(item) && !node_is_null(item)) {
            check_variable(findings, service, list->keys[i]->text, item->text, item);
        } else if (list->kind == NODE_SEQUENCE && sign) {
            char *name = mem_copy_n(item->text, (size_t)(sign - item->text));
            check_variable(findings, service, name, sign + 1, item);
            free(name);
        }
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
        char *text = literal(word->text);
        buffer_add_text(&line, text);
        /* A word that is all variable is a word still. */
        buffer_add_text(&line, *text ? " " : "$ ");
        mem_free_secret(text);
    }
    if (has_word(&option_pattern, buffer_text(&line), line.length) ||
        has_word(&short_pattern, buffer_text(&line), line.length))
        add(findings, command, mem_format("%s is given a password in its command", name));
    buffer_free(&line);
}

void check_credentials(struct findings *findings, const struct node *root)
{
    const struct node *services = node_get(root, "services");
    for (size_t i = 0; services && services->kind == NODE_MAPPING && i < services->count; i++) {
        const char *name = services->keys[i]->text;
        const struct node *service = services->items[i];
        check_variables(findings, name, node_get(service, "environment"));
        check_variables(findings, name, node_get(node_get(service, "build"), "args"));
        check_command(findings, name, node_get(service, "command"));
        check_command(findings, name, node_get(service, "entrypoint"));
        check_command(findings, name, node_get(node_get(service, "healthcheck"), "test"));
    }
    check_texts(findings, root);
}
