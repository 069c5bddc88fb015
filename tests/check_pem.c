#include "config.h"

#include "base/pem.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "recorded.h"
#include "unit.h"

static struct error error;

#define BEGIN "-----BEGIN CERTIFICATE-----\n"
#define END   "-----END CERTIFICATE-----\n"
/* DER: 30 03 02 01 05, and 30 04 04 02 ff ee. */
#define SMALL "MAMCAQU=\n"
#define OTHER "MAQEAv/u\n"
#define ONE   BEGIN SMALL END
#define TWO   BEGIN OTHER END

/* What is taken: the blocks alone, each with a newline. */
static const struct {
    const char *text, *taken;
} good[] = {
    {ONE, ONE},
    {ONE TWO, ONE TWO},
    {ONE "\n" TWO, ONE TWO},
    {"Subject: CN=x\n\n" ONE "more\n" TWO "and more\n", ONE TWO},
    {"-----BEGIN PRIVATE KEY-----\nMAMCAQU=\n-----END PRIVATE KEY-----\n" ONE, ONE},
    {"-----BEGIN CERTIFICATE-----\r\nMAMCAQU=\r\n-----END CERTIFICATE-----\r\n",
     "-----BEGIN CERTIFICATE-----\r\nMAMCAQU=\r\n" END},
    {BEGIN "MAMC\nAQU=\n" END, BEGIN "MAMC\nAQU=\n" END},
    {BEGIN "  MAMCAQU=  \n\n" END, BEGIN "  MAMCAQU=  \n\n" END},
    {BEGIN SMALL "-----END CERTIFICATE-----", ONE},
    {ONE "\n\n\n", ONE},
    /* The dashes that end a block begin no other. */
    {BEGIN SMALL "-----END CERTIFICATE------BEGIN CERTIFICATE-----\n", ONE},
    /* Base64 of 30 00. */
    {BEGIN "MAA=\n" END, BEGIN "MAA=\n" END},
};

START_TEST(certificates)
{
    struct buffer blocks = BUFFER_INIT;
    const char *text = good[_i].text;
    unit_worked(pem_check(text, strlen(text), &blocks, &error), &error);
    ck_assert_str_eq(buffer_text(&blocks), good[_i].taken);
    buffer_free(&blocks);
    ck_assert(!pem_is_cut(text, strlen(text)));
    unit_worked(pem_check(text, strlen(text), NULL, &error), &error);
}
END_TEST

static const struct {
    const char *text, *part;
} bad[] = {
    {"", "not a CA certificate"},
    {"hello\n", "not a CA certificate"},
    {END, "not a CA certificate"},
    {"-----BEGIN PRIVATE KEY-----\nMAMCAQU=\n-----END PRIVATE KEY-----\n", "not a CA certificate"},
    {"-----BEGIN CERTIFICATE REQUEST-----\nMAMCAQU=\n-----END CERTIFICATE REQUEST-----\n",
     "not a CA certificate"},
    {"-----BEGIN CERTIFICATE----\n" SMALL END, "not a CA certificate"},
    /* Cut off. */
    {BEGIN, "cut off"},
    {BEGIN SMALL, "cut off"},
    {BEGIN SMALL "-----END CERTIFICATE----", "cut off"},
    {ONE BEGIN OTHER, "cut off"},
    {BEGIN SMALL "-----END PRIVATE KEY-----\n", "cut off"},
    /* Damaged base64. */
    {BEGIN "MAMCA*U=\n" END, "block 1"},
    {BEGIN "MAMCAQU\n" END, "block 1"},
    {BEGIN "MAMCAQ==\n" END, "block 1"},
    {BEGIN "MAMC=QU=\n" END, "block 1"},
    {BEGIN "MAMCAQ=U\n" END, "block 1"},
    {BEGIN "MAMCAQU=====\n" END, "block 1"},
    {BEGIN "MAMCAQU=MAMCAQU=\n" END, "block 1"},
    {BEGIN "M===\n" END, "block 1"},
    {BEGIN "====\n" END, "block 1"},
    {BEGIN END, "block 1"},
    {BEGIN "\n \n" END, "block 1"},
    {ONE BEGIN "MAQEA*/u\n" END, "block 2"},
    {BEGIN SMALL BEGIN SMALL END, "block 1"},
    /* A DER value that is longer or shorter than it says, or no SEQUENCE. */
    {BEGIN "MAQCAQU=\n" END, "block 1"},
    {BEGIN "MAICAQU=\n" END, "block 1"},
    {BEGIN "MAMCAQUA\n" END, "block 1"},
    {BEGIN "MQMCAQU=\n" END, "block 1"},
    {BEGIN "MA==\n" END, "block 1"},
    {BEGIN "MIAAAA==\n" END, "block 1"},
    {BEGIN "MIA=\n" END, "block 1"},
    {BEGIN "MIH/\n" END, "block 1"},
    {BEGIN "AAAA\n" END, "block 1"},
};

START_TEST(what_is_no_certificate)
{
    const char *text = bad[_i].text;
    error = (struct error)ERROR_INIT;
    unit_failed(pem_check(text, strlen(text), NULL, &error), &error, ERROR_UNREADABLE,
                bad[_i].part);
    ck_assert_int_eq(pem_is_cut(text, strlen(text)), strcmp(bad[_i].part, "cut off") == 0);
}
END_TEST

/* A real one: its DER length takes two bytes. */
START_TEST(recorded_certificates)
{
    size_t count = 0;
    for (const struct recorded_release *release = recorded_releases(); release->name; release++) {
        char *text = recorded_file(release, "get-ca", "stdout");
        if (atoi(recorded_file(release, "get-ca", "status")) != 0)
            continue; /* a release before 1.114 */
        count++;
        size_t length = strlen(text);
        size_t whole =
            (size_t)(strstr(text, "-----END") - text) + strlen("-----END CERTIFICATE-----");
        unit_worked(pem_check(text, length, NULL, &error), &error);
        /* Wherever it is cut off, whichever character is lost or takes the place of another. */
        for (size_t cut = 0; cut < whole; cut++)
            ck_assert_msg(!pem_check(text, cut, NULL, &error), "cut at %zu", cut);
        char *damaged = unit_keep(mem_copy(text));
        for (size_t at = 0; at < whole; at++) {
            if (text[at] == '\n')
                continue;
            damaged[at] = '*';
            ck_assert_msg(!pem_check(damaged, length, NULL, &error), "damaged at %zu", at);
            damaged[at] = text[at];
        }
        for (size_t at = strlen(BEGIN); at < whole - strlen(END); at++) {
            if (text[at] == '\n')
                continue;
            memmove(damaged + at, text + at + 1, length - at);
            ck_assert_msg(!pem_check(damaged, length - 1, NULL, &error), "lost at %zu", at);
            memcpy(damaged, text, length + 1);
        }
    }
    ck_assert_uint_ge(count, 2);
}
END_TEST

/* The length counts: there need be no NUL behind it. */
START_TEST(length_counts)
{
    char *exact = mem_alloc(strlen(ONE));
    memcpy(exact, ONE, strlen(ONE));
    unit_worked(pem_check(exact, strlen(ONE), NULL, &error), &error);
    ck_assert(!pem_check(exact, strlen(ONE) - 2, NULL, &error));
    free(exact);
    static const char nul[] = BEGIN "MAMC\0AQU=\n" END;
    ck_assert(!pem_check(nul, sizeof nul - 1, NULL, &error));
    static const char before[] = "\0\0" ONE;
    unit_worked(pem_check(before, sizeof before - 1, NULL, &error), &error);
}
END_TEST

/* A block with a SEQUENCE of so many bytes. */
static char *sequence(size_t content)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    struct buffer der = BUFFER_INIT;
    struct buffer text = BUFFER_INIT;
    const unsigned char bytes[] = {(unsigned char)(content >> 16), (unsigned char)(content >> 8),
                                   (unsigned char)content};
    size_t count = content > 0xffff ? 3 : content > 0xff ? 2 : 1;
    buffer_add(&der, "\x30", 1);
    if (content > 0x7f)
        buffer_add(&der, &(unsigned char){(unsigned char)(0x80 | count)}, 1);
    buffer_add(&der, bytes + 3 - count, count);
    memset(buffer_reserve(&der, content + 3), 0, content + 3);
    der.length += content;
    buffer_add_text(&text, BEGIN);
    for (size_t i = 0; i < der.length; i += 3) {
        const unsigned char *at = (const unsigned char *)der.data + i;
        unsigned bits = (unsigned)at[0] << 16 | (unsigned)at[1] << 8 | at[2];
        size_t left = der.length - i;
        char quad[4] = {digits[bits >> 18], digits[bits >> 12 & 63],
                        left > 1 ? digits[bits >> 6 & 63] : '=',
                        left > 2 ? digits[bits & 63] : '='};
        buffer_add(&text, quad, 4);
    }
    buffer_add_text(&text, "\n" END);
    buffer_free(&der);
    return unit_keep(buffer_take(&text));
}

START_TEST(long_certificates)
{
    static const size_t sizes[] = {1, 127, 128, 255, 256, 40001, 40002};
    for (size_t i = 0; i < COUNT(sizes); i++) {
        char *text = sequence(sizes[i]);
        unit_worked(pem_check(text, strlen(text), NULL, &error), &error);
    }
    char *text = sequence(65536);
    unit_failed(pem_check(text, strlen(text), NULL, &error), &error, ERROR_UNREADABLE,
                "no CA certificate");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("pem");
    TCase *tests = unit_case(suite, "pem");
    tcase_add_loop_test(tests, certificates, 0, COUNT(good));
    tcase_add_loop_test(tests, what_is_no_certificate, 0, COUNT(bad));
    tcase_add_test(tests, recorded_certificates);
    tcase_add_test(tests, length_counts);
    tcase_add_test(tests, long_certificates);
    recorded_releases();
    int status = unit_run(suite);
    recorded_free();
    return status;
}
