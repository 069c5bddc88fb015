#include "config.h"

#include "base/pem.h"

#include <string.h>

#define BEGIN "-----BEGIN CERTIFICATE-----"
#define END   "-----END CERTIFICATE-----"

static int base64_value(unsigned char digit)
{
    if (digit >= 'A' && digit <= 'Z')
        return digit - 'A';
    if (digit >= 'a' && digit <= 'z')
        return digit - 'a' + 26;
    if (digit >= '0' && digit <= '9')
        return digit - '0' + 52;
    if (digit == '+')
        return 62;
    return digit == '/' ? 63 : -1;
}

/* How long the DER value says it is, header included; 0 where that is not a SEQUENCE. */
static size_t der_length(const unsigned char *head, size_t count)
{
    if (count < 2 || head[0] != 0x30)
        return 0;
    if (head[1] < 0x80)
        return 2 + (size_t)head[1];
    size_t bytes = head[1] & 0x7fU;
    if (bytes == 0 || bytes > 3 || count < 2 + bytes)
        return 0;
    size_t length = 0;
    for (size_t i = 0; i < bytes; i++)
        length = length << 8 | head[2 + i];
    return 2 + bytes + length;
}

/* Decodes the base64 between the two lines, keeping only the head and the count of bytes. */
static bool check_block(const char *text, size_t length)
{
    unsigned char head[8] = {0};
    size_t decoded = 0;
    unsigned bits = 0;
    int held = 0;
    size_t digits = 0;
    size_t padding = 0;
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)text[i];
        if (byte == '\n' || byte == '\r' || byte == ' ' || byte == '\t')
            continue;
        digits++;
        if (byte == '=') {
            padding++;
            continue;
        }
        int value = base64_value(byte);
        if (value < 0 || padding)
            return false;
        bits = (bits << 6 | (unsigned)value) & 0xffffffU;
        held += 6;
        if (held < 8)
            continue;
        held -= 8;
        if (decoded < sizeof head)
            head[decoded] = (unsigned char)(bits >> held);
        decoded++;
    }
    return digits % 4 == 0 && padding <= 2 && decoded > 0 &&
           der_length(head, decoded < sizeof head ? decoded : sizeof head) == decoded;
}

static const char *find(const char *from, const char *end, const char *line)
{
    size_t length = strlen(line);
    for (; (size_t)(end - from) >= length; from++) {
        from = memchr(from, '-', (size_t)(end - from) - length + 1);
        if (!from)
            return NULL;
        if (memcmp(from, line, length) == 0)
            return from;
    }
    return NULL;
}

/* Where the next block begins; *after is where it is over, NULL where it has no END line. */
static const char *next_block(const char *at, const char *stop, const char **after)
{
    const char *begin = find(at, stop, BEGIN);
    const char *last = begin ? find(begin + strlen(BEGIN), stop, END) : NULL;
    *after = last ? last + strlen(END) : NULL;
    return begin;
}

bool pem_is_cut(const char *text, size_t length)
{
    const char *at = text;
    while (next_block(at, text + length, &at))
        if (!at)
            return true;
    return false;
}

bool pem_check(const char *text, size_t length, struct buffer *blocks, struct error *error)
{
    const char *stop = text + length;
    const char *at = text;
    const char *after;
    size_t count = 0;
    if (length > PEM_MOST_BYTES)
        return error_set(error, ERROR_UNREADABLE, 0, "%zu bytes are no CA certificate", length);
    for (const char *begin; (begin = next_block(at, stop, &after)); count++) {
        const char *body = begin + strlen(BEGIN);
        if (!after)
            return error_set(error, ERROR_UNREADABLE, 0,
                             "the CA certificate is cut off: a block has no END line");
        if (!check_block(body, (size_t)(after - body) - strlen(END)))
            return error_set(error, ERROR_UNREADABLE, 0,
                             "the CA certificate is damaged: block %zu does not decode", count + 1);
        at = after;
        if (blocks) {
            buffer_add(blocks, begin, (size_t)(at - begin));
            buffer_add_text(blocks, "\n");
        }
    }
    return count > 0 || error_set(error, ERROR_UNREADABLE, 0, "this is not a CA certificate");
}
