#include "config.h"

#include "base/quote.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/pattern.h"

#define QUOTE_LIMIT 300

/* What may be a secret, each with what stands for it; "$1" is the first group. */
static struct {
    struct pattern pattern;
    const char *instead;
} masks[] = {
    {PATTERN("://[^\\s/]*[^\\n]*@"), "://****@"},
    {PATTERN("(postgres(?:ql)?:[\\\\/]++)(?!\\*)[^\\s\"]+"), "$1****"},
    {PATTERN("(invalid port )\"[^\"\\n]*\""), "$1\"****\""},
    {PATTERN("(?i)((?:passw(?:or)?d|pwd|secret|token)[\"']?\\s*[=:]\\s*[\"']?)[^\\s\"',;}]+"),
     "$1****"},
    {PATTERN("(?i)(bearer )\\S+"), "$1****"},
    {PATTERN("(AVNS|do[opr]_v1)_[A-Za-z0-9_-]+"), "****"},
};

size_t quote_utf8_length(const char *bytes, size_t length)
{
    const unsigned char *text = (const unsigned char *)bytes;
    if (text[0] < 0x80)
        return 1;
    size_t size = text[0] >= 0xf0 ? 4 : text[0] >= 0xe0 ? 3 : 2;
    if (text[0] < 0xc2 || text[0] > 0xf4 || size > length)
        return 0;
    for (size_t i = 1; i < size; i++)
        if ((text[i] & 0xc0) != 0x80)
            return 0;
    if ((text[0] == 0xe0 && text[1] < 0xa0) || (text[0] == 0xed && text[1] > 0x9f) ||
        (text[0] == 0xf0 && text[1] < 0x90) || (text[0] == 0xf4 && text[1] > 0x8f))
        return 0;
    return size;
}

/* How much of the text a string for the terminal takes, up to BEL or ESC \\ (a title, say). */
static size_t escape_string(const char *text, size_t length)
{
    size_t i = 2;
    while (i < length && text[i] != '\a' && text[i] != '\n' && text[i] != 0x1b)
        i++;
    if (i < length && text[i] == '\a')
        return i + 1;
    return i + 1 < length && text[i] == 0x1b && text[i + 1] == '\\' ? i + 2 : i;
}

/*
 * How much of the text an escape sequence at its start takes: ESC [ … letter, ESC ] … BEL and its
 * like, or ESC and one character.
 */
static size_t escape(const char *text, size_t length)
{
    if (length < 2)
        return 1;
    if (strchr("]PX^_", text[1]) && text[1])
        return escape_string(text, length);
    if (text[1] != '[')
        return 2;
    size_t i = 2;
    while (i < length && !((unsigned char)text[i] >= 0x40 && (unsigned char)text[i] < 0x7f))
        i++;
    return i < length ? i + 1 : i;
}

/*
 * Characters that change the direction of the text: U+200E, U+200F, U+202A to U+202E, U+2066 to
 * U+2069.
 */
static bool changes_direction(const unsigned char *at)
{
    return at[0] == 0xe2 && ((at[1] == 0x80 && (at[2] == 0x8e || at[2] == 0x8f ||
                                                (at[2] >= 0xaa && at[2] <= 0xae))) ||
                             (at[1] == 0x81 && at[2] >= 0xa6 && at[2] <= 0xa9));
}

void quote_add_clean(struct buffer *buffer, const char *text, size_t length, size_t limit)
{
    for (size_t i = 0; i < length;) {
        const unsigned char *at = (const unsigned char *)text + i;
        size_t size = quote_utf8_length(text + i, length - i);
        if (*at == 0x1b) {
            i += escape(text + i, length - i);
            continue;
        }
        i += size ? size : 1;
        bool blank = *at == '\n' || *at == '\r' || *at == '\t';
        /* C1 controls are 0xc2 0x80…0x9f in UTF-8; as single bytes they are no UTF-8. */
        bool control = *at < 0x20 || *at == 0x7f || (size == 2 && *at == 0xc2 && at[1] < 0xa0);
        if (size == 0 || (control && !blank) || (size == 3 && changes_direction(at)))
            continue;
        if (buffer->length + size > limit)
            return;
        buffer_add(buffer, blank ? (const void *)" " : at, size);
    }
}

/* The text with what one pattern finds replaced. */
static void mask(struct buffer *out, const struct buffer *in, struct pattern *pattern,
                 const char *instead)
{
    struct span groups[PATTERN_GROUPS];
    const char *text = in->length ? in->data : "";
    size_t position = 0;
    while (pattern_match(pattern, text, in->length, position, groups)) {
        size_t start = (size_t)(groups[0].start - text);
        bool keeps = strncmp(instead, "$1", 2) == 0;
        buffer_add(out, text + position, start - position);
        if (keeps)
            buffer_add(out, groups[1].start, groups[1].length);
        buffer_add_text(out, instead + (keeps ? 2 : 0));
        position = start + groups[0].length;
    }
    buffer_add(out, text + position, in->length - position);
}

void quote_add_shown(struct buffer *buffer, const char *text, size_t length, size_t limit)
{
    struct buffer masked = BUFFER_INIT;
    buffer_add(&masked, text, length);
    for (size_t i = 0; i < sizeof masks / sizeof masks[0]; i++) {
        struct buffer next = BUFFER_INIT;
        mask(&next, &masked, &masks[i].pattern, masks[i].instead);
        buffer_free(&masked);
        masked = next;
    }
    quote_add_clean(buffer, masked.length ? masked.data : "", masked.length, limit);
    buffer_free(&masked);
}

char *quote_for_message(const char *text, size_t length)
{
    struct buffer clean = BUFFER_INIT;
    quote_add_shown(&clean, text, length, QUOTE_LIMIT);
    return buffer_take(&clean);
}

void quote_add_json(struct buffer *buffer, const char *text, size_t length)
{
    buffer_add_text(buffer, "\"");
    for (size_t i = 0; i < length;) {
        const unsigned char *at = (const unsigned char *)text + i;
        size_t size = quote_utf8_length(text + i, length - i);
        if (size == 0)
            buffer_add_text(buffer, "\\ufffd");
        else if (*at == '"' || *at == '\\')
            buffer_add_format(buffer, "\\%c", *at);
        else if (*at < 0x20 || *at == 0x7f)
            buffer_add_format(buffer, "\\u%04x", (unsigned)*at);
        else
            buffer_add(buffer, at, size);
        i += size ? size : 1;
    }
    buffer_add_text(buffer, "\"");
}

void quote_add_shell(struct buffer *buffer, const char *text)
{
    buffer_add_text(buffer, "'");
    for (; *text; text++) {
        if (*text == '\'')
            buffer_add_text(buffer, "'\\''");
        else
            buffer_add(buffer, text, 1);
    }
    buffer_add_text(buffer, "'");
}

void quote_add_yaml(struct buffer *buffer, const char *text)
{
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./:,-";
    size_t length = strlen(text);
    bool is_plain = length && strspn(text, plain) == length && !strchr("-:,.", *text) &&
                    text[length - 1] != ':';
    if (is_plain)
        buffer_add(buffer, text, length);
    else
        quote_add_json(buffer, text, length);
}

void quote_add_command(struct buffer *buffer, char *const *argv)
{
    for (size_t i = 0; argv[i]; i++) {
        bool plain = *argv[i] && !argv[i][strcspn(argv[i], " '\"\\$`!*?[]{}()<>|&;#~\t\n")];
        if (i)
            buffer_add_text(buffer, " ");
        if (plain)
            buffer_add_text(buffer, argv[i]);
        else
            quote_add_shell(buffer, argv[i]);
    }
}

void quote_add_assignment(struct buffer *buffer, const char *name, const char *value)
{
    buffer_add_format(buffer, "%s=", name);
    quote_add_shell(buffer, value);
    buffer_add_text(buffer, "\n");
}
