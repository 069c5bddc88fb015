#include "config.h"

#include "fuzz.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

_Noreturn void fuzz_fail(const char *file, int line, const char *condition)
{
    fprintf(stderr, "%s:%d: this must hold: %s\n", file, line, condition);
    abort();
}

unsigned take_byte(struct input *input)
{
    if (!input->left)
        return 0;
    input->left--;
    return *input->at++;
}

char *take_bytes(struct input *input, int end, size_t *length)
{
    const uint8_t *stop =
        end == TAKE_ALL || !input->left ? NULL : memchr(input->at, end, input->left);
    size_t count = stop ? (size_t)(stop - input->at) : input->left;
    char *block = malloc(count ? count : 1);
    MUST(block);
    if (count)
        memcpy(block, input->at, count);
    *length = count;
    input->at += count + (stop ? 1 : 0);
    input->left -= count + (stop ? 1 : 0);
    return block;
}

char *take_string(struct input *input, char end)
{
    char *text = malloc(input->left + 1);
    MUST(text);
    size_t count = 0;
    while (input->left) {
        char byte = (char)take_byte(input);
        if (byte == end)
            break;
        if (byte)
            text[count++] = byte;
    }
    text[count] = '\0';
    char *exact = realloc(text, count + 1);
    MUST(exact);
    return exact;
}

/*
 * The code point at `text`, whose length goes to *size; -1 where there is none, -2 where the text
 * ends in the middle of one.
 */
static long code_point(const unsigned char *text, size_t *size)
{
    static const struct {
        unsigned char mask, lead;
        long least;
    } forms[] = {{0x80, 0x00, 0}, {0xe0, 0xc0, 0x80}, {0xf0, 0xe0, 0x800}, {0xf8, 0xf0, 0x10000}};
    for (size_t extra = 0; extra < 4; extra++) {
        if ((text[0] & forms[extra].mask) != forms[extra].lead)
            continue;
        long value = text[0] & ~forms[extra].mask & 0xff;
        for (size_t i = 1; i <= extra; i++) {
            if (!text[i])
                return -2;
            if ((text[i] & 0xc0) != 0x80)
                return -1;
            value = value << 6 | (text[i] & 0x3f);
        }
        *size = extra + 1;
        bool surrogate = value >= 0xd800 && value <= 0xdfff;
        return value >= forms[extra].least && value <= 0x10ffff && !surrogate ? value : -1;
    }
    return -1;
}

static bool shows(const char *text, bool may_be_cut)
{
    const unsigned char *at = (const unsigned char *)text;
    while (*at) {
        size_t size = 1;
        long value = code_point(at, &size);
        if (value == -2)
            return may_be_cut;
        if (value < 0x20 || (value >= 0x7f && value < 0xa0))
            return false;
        at += size;
    }
    return true;
}

bool is_showable(const char *text)
{
    return shows(text, false);
}

bool is_message(const struct error *error)
{
    size_t length = strlen(error->text);
    return length > 0 && length < sizeof error->text &&
           shows(error->text, length + 1 == sizeof error->text);
}

const char *file_with(unsigned number, const void *bytes, size_t length)
{
    static struct {
        int file;
        size_t length;
        char path[32];
    } files[FILES] = {{-1, 0, ""}, {-1, 0, ""}};
    MUST(number < FILES);
    int file = files[number].file;
    if (file < 0) {
#if defined(__linux__)
        file = memfd_create("fuzz", MFD_CLOEXEC);
#else
        char name[] = "/tmp/fuzz.XXXXXX";
        file = mkstemp(name);
        unlink(name);
#endif
        MUST(file >= 0);
        files[number].file = file;
        snprintf(files[number].path, sizeof files[number].path, "/dev/fd/%d", file);
    }
    if (length < files[number].length)
        MUST(ftruncate(file, 0) == 0);
    files[number].length = length;
    MUST(pwrite(file, bytes, length, 0) == (ssize_t)length);
#if !defined(__linux__)
    /* /dev/fd/N is a duplicate: it shares the offset. */
    MUST(lseek(file, 0, SEEK_SET) == 0);
#endif
    return files[number].path;
}
