#include "invent.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { LETTERS = 17 }; /* of a password, after AVNS_ */

static uint64_t mix(uint64_t value)
{
    value += UINT64_C(0x9e3779b97f4a7c15);
    value = (value ^ (value >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    value = (value ^ (value >> 27)) * UINT64_C(0x94d049bb133111eb);
    return value ^ (value >> 31);
}

static uint64_t seed_value(const char *seed)
{
    uint64_t value = UINT64_C(14695981039346656037);
    for (; *seed; seed++)
        value = (value ^ (unsigned char)*seed) * UINT64_C(1099511628211);
    return value;
}

static bool read_random(void *bytes, size_t size)
{
    int fd = open("/dev/urandom", O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    ssize_t got = read(fd, bytes, size);
    close(fd);
    return got == (ssize_t)size;
}

/* Without /dev/urandom, the time and the process are good enough for IDs that mean nothing. */
static void draw_random(uint64_t *values, size_t count)
{
    if (read_random(values, count * sizeof(*values)))
        return;
    uint64_t value = (uint64_t)time(NULL) ^ (uint64_t)getpid() << 32;
    for (size_t i = 0; i < count; i++)
        values[i] = value = mix(value);
}

/* With a seed, the n-th value drawn in this account is always the same. */
static void draw(struct invention *invention, uint64_t *values, size_t count)
{
    if (!invention->seed) {
        draw_random(values, count);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        long drawn = rows_counter(invention->rows, "drawn");
        values[i] = mix(seed_value(invention->seed) + mix((uint64_t)drawn));
        rows_set_counter(invention->rows, "drawn", drawn + 1);
    }
}

static const char *uuid_from(struct arena *arena, uint64_t high, uint64_t low)
{
    return arena_format(arena, "%08x-%04x-4%03x-%04x-%012llx", (unsigned)(high >> 32),
                        (unsigned)(high >> 16 & 0xffff), (unsigned)(high & 0xfff),
                        (unsigned)(low >> 48 & 0x3fff) | 0x8000U,
                        (unsigned long long)(low & UINT64_C(0xffffffffffff)));
}

const char *invent_uuid(struct invention *invention)
{
    uint64_t values[2];
    draw(invention, values, 2);
    return uuid_from(invention->arena, values[0], values[1]);
}

const char *invent_request_id(struct invention *invention)
{
    uint64_t values[2];
    if (invention->seed) {
        values[0] = mix(seed_value(invention->seed));
        values[1] = mix(values[0]);
    } else {
        draw_random(values, 2);
    }
    return uuid_from(invention->arena, values[0], values[1]);
}

const char *invent_password(struct invention *invention)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    struct buffer password = {.arena = invention->arena};
    uint64_t values[LETTERS];
    draw(invention, values, LETTERS);
    buffer_add_text(&password, "AVNS_");
    for (size_t i = 0; i < LETTERS; i++)
        buffer_add_byte(&password, letters[values[i] % (sizeof(letters) - 1)]);
    return buffer_text(&password);
}

const char *invent_time(struct invention *invention)
{
    time_t now = time(NULL);
    struct tm parts;
    char text[64];
    if (invention->seed || !gmtime_r(&now, &parts) ||
        strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S +0000 UTC", &parts) == 0)
        return "2026-01-24 08:45:00 +0000 UTC";
    return arena_copy(invention->arena, text);
}
