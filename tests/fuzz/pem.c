/*
 * pem: a text is taken for a CA certificate just where a second, simpler reader finds whole blocks
 * in it that decode to one DER SEQUENCE each.
 */
#include "config.h"

#include "fuzz.h"

#include <string.h>

#include "base/pem.h"

#define BEGIN "-----BEGIN CERTIFICATE-----"
#define END   "-----END CERTIFICATE-----"

/* The first place of a string in the text from `at` on; the text's length where there is none. */
static size_t place(const char *text, size_t length, size_t at, const char *string)
{
    size_t count = strlen(string);
    for (; at + count <= length; at++)
        if (strncmp(text + at, string, count) == 0)
            return at;
    return length;
}

/* Whether the length of a DER SEQUENCE is `count` bytes, header included (X.690, 8.1.3). */
static bool is_sequence(const unsigned char *der, size_t count)
{
    if (count < 2 || der[0] != 0x30)
        return false;
    if (der[1] < 128)
        return count == 2u + der[1];
    size_t extra = der[1] - 128u;
    if (extra < 1 || extra > 3 || count < 2 + extra)
        return false;
    size_t value = 0;
    for (size_t i = 0; i < extra; i++)
        value = value * 256 + der[2 + i];
    return count == 2 + extra + value;
}

/* Decodes by fours (RFC 4648, section 4). */
static bool is_body(const char *text, size_t length)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    unsigned char *der = malloc(length + 1);
    MUST(der);
    size_t count = 0;
    size_t held = 0;
    size_t padding = 0;
    unsigned long four = 0;
    bool good = true;
    for (size_t i = 0; i < length && good; i++) {
        const char *digit = text[i] && text[i] != '=' ? strchr(digits, text[i]) : NULL;
        if (text[i] == '\r' || text[i] == '\n' || text[i] == ' ' || text[i] == '\t')
            continue;
        good = digit ? padding == 0 : text[i] == '=';
        padding += text[i] == '=';
        four = four * 64 + (digit ? (unsigned long)(digit - digits) : 0);
        if (++held < 4)
            continue;
        der[count++] = (unsigned char)(four >> 16);
        der[count++] = (unsigned char)(four >> 8);
        der[count++] = (unsigned char)four;
        held = 0;
        four = 0;
    }
    good = good && held == 0 && padding <= 2 && count > padding;
    good = good && is_sequence(der, count - padding);
    free(der);
    return good;
}

static bool is_certificate(const char *text, size_t length, struct buffer *taken)
{
    size_t at = 0;
    size_t blocks = 0;
    for (;; blocks++) {
        size_t begin = place(text, length, at, BEGIN);
        if (begin == length)
            break;
        begin += strlen(BEGIN);
        size_t stop = place(text, length, begin, END);
        if (stop == length || !is_body(text + begin, stop - begin))
            return false;
        at = stop + strlen(END);
        buffer_add(taken, text + begin - strlen(BEGIN), at - begin + strlen(BEGIN));
        buffer_add_text(taken, "\n");
    }
    return blocks > 0;
}

FUZZ(pem)
{
    struct input input = {bytes, size};
    struct error error = ERROR_INIT;
    size_t length;
    char *text = take_bytes(&input, TAKE_ALL, &length);
    struct buffer taken = BUFFER_INIT;
    struct buffer wanted = BUFFER_INIT;
    bool good = pem_check(text, length, &taken, &error);
    MUST(good == (length <= PEM_MOST_BYTES && is_certificate(text, length, &wanted)));
    MUST(!good ||
         (taken.length == wanted.length && memcmp(taken.data, wanted.data, wanted.length) == 0));
    MUST(!good || !pem_is_cut(text, length));
    buffer_free(&taken);
    buffer_free(&wanted);
    MUST(good ? !*error.text : error.kind == ERROR_UNREADABLE && is_message(&error));
    free(text);
    return 0;
}
