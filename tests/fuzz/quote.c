/*
 * quote: whatever doctl or the API printed, a quoted line can go to a terminal and shows no
 * password of a URI; a JSON string and a word of a shell are read back as what they were made from.
 */
#include "config.h"

#include "fuzz.h"

#include <string.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "base/quote.h"

/* A reader of JSON strings, of the escapes that JSON has: the text, or U+FFFD for what is none. */
static void check_json(const char *json, const char *text, size_t length)
{
    size_t last = strlen(json) - 1;
    size_t read = 0;
    MUST(last >= 1 && json[0] == '"' && json[last] == '"');
    for (size_t i = 1; i < last; i++, read++) {
        unsigned char byte = (unsigned char)json[i];
        MUST(byte >= 0x20 && byte != '"');
        bool escaped = byte == '\\';
        if (escaped) {
            byte = (unsigned char)json[++i];
            MUST(i < last && (byte == '"' || byte == '\\' || byte == 'u'));
        }
        if (escaped && byte == 'u') {
            MUST(i + 4 < last);
            char digits[5] = {json[i + 1], json[i + 2], json[i + 3], json[i + 4], '\0'};
            char *end;
            unsigned long value = strtoul(digits, &end, 16);
            MUST(*end == '\0' && (value < 0x20 || value == 0x7f || value == 0xfffd));
            byte = value == 0xfffd ? (unsigned char)text[read] : (unsigned char)value;
            MUST(value != 0xfffd || byte >= 0x80);
            i += 4;
        }
        MUST(read < length && byte == (unsigned char)text[read]);
    }
    MUST(read == length);
}

/* A reader of one word in single quotes (POSIX shell, 2.2.2). */
static void check_shell(const char *word, const char *text)
{
    bool inside = false;
    for (; *word; word++) {
        if (*word == '\'') {
            inside = !inside;
            continue;
        }
        MUST(inside || *word == '\\');
        if (!inside)
            word++;
        MUST(*text && *word == *text);
        text++;
    }
    MUST(!inside && !*text);
}

FUZZ(quote)
{
    static const char password[] = "AVNS_zQ7#x~9";
    struct input input = {bytes, size};
    size_t length;
    char *text = take_bytes(&input, TAKE_ALL, &length);
    char *quoted = quote_for_message(text, length);
    MUST(is_showable(quoted) && strlen(quoted) <= 300);
    free(quoted);
    struct buffer clean = BUFFER_INIT;
    quote_add_clean(&clean, text, length, 64);
    MUST(is_showable(buffer_text(&clean)) && clean.length <= 64);
    buffer_free(&clean);

    struct buffer json = BUFFER_INIT;
    quote_add_json(&json, text, length);
    check_json(buffer_text(&json), text, length);
    buffer_free(&json);

    /* The same bytes around a URI. */
    char *string = mem_copy_n(text, length);
    struct buffer uri = BUFFER_INIT;
    size_t half = length / 2;
    buffer_add(&uri, text, half);
    buffer_add_format(&uri, "://doadmin:%s@host", password);
    buffer_add(&uri, text + half, length - half);
    quoted = quote_for_message(buffer_text(&uri), uri.length);
    MUST(is_showable(quoted));
    MUST(!strstr(quoted, password) || (length && memchr(text, '~', length)));
    free(quoted);
    buffer_free(&uri);

    struct buffer shell = BUFFER_INIT;
    quote_add_shell(&shell, string);
    check_shell(buffer_text(&shell), string);
    buffer_free(&shell);
    free(string);
    free(text);
    return 0;
}
