#include "config.h"

#include "text.h"

#include <stdlib.h>
#include <string.h>

#include "pattern.h"

#define QUOTE_LIMIT 300

static struct pattern userinfo_pattern = PATTERN("://[^\\s/]*[^\\n]*@");

size_t text_sequence(const char *bytes, size_t length)
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

/* How much of the text an escape sequence at its start takes: ESC [ … letter, or ESC and one
 * character. */
static size_t escape(const char *text, size_t length)
{
    if (length < 2 || text[1] != '[')
        return length < 2 ? 1 : 2;
    size_t i = 2;
    while (i < length && !((unsigned char)text[i] >= 0x40 && (unsigned char)text[i] < 0x7f))
        i++;
    return i < length ? i + 1 : i;
}

void text_add_clean(struct buffer *buffer, const char *text, size_t length, size_t limit)
{
    for (size_t i = 0; i < length;) {
        const unsigned char *at = (const unsigned char *)text + i;
        size_t size = text_sequence(text + i, length - i);
        if (*at == 0x1b) {
            i += escape(text + i, length - i);
            continue;
        }
        i += size ? size : 1;
        bool blank = *at == '\n' || *at == '\r' || *at == '\t';
        /* C1 controls are 0xc2 0x80…0x9f in UTF-8; as single bytes they are no UTF-8. */
        bool control = *at < 0x20 || *at == 0x7f || (size == 2 && *at == 0xc2 && at[1] < 0xa0);
        if (size == 0 || (control && !blank))
            continue;
        if (buffer->length + size > limit)
            return;
        buffer_add(buffer, blank ? (const void *)" " : at, size);
    }
}

char *text_quote(const char *text, size_t length)
{
    struct buffer masked = BUFFER_INIT;
    struct buffer clean = BUFFER_INIT;
    struct span groups[PATTERN_GROUPS];
    size_t position = 0;
    while (pattern_match(&userinfo_pattern, text, length, position, groups)) {
        size_t start = (size_t)(groups[0].start - text);
        buffer_add(&masked, text + position, start - position);
        buffer_add_text(&masked, "://****@");
        position = start + groups[0].length;
    }
    buffer_add(&masked, text + position, length - position);
    text_add_clean(&clean, masked.data, masked.length, QUOTE_LIMIT);
    buffer_free(&masked);
    return buffer_take(&clean);
}

void text_add_json(struct buffer *buffer, const char *text, size_t length)
{
    buffer_add_text(buffer, "\"");
    for (size_t i = 0; i < length;) {
        const unsigned char *at = (const unsigned char *)text + i;
        size_t size = text_sequence(text + i, length - i);
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

void text_add_shell(struct buffer *buffer, const char *text)
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
