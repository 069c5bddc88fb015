/* What the service makes up: UUIDs, passwords, times. */
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "service.h"

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

    for (; *seed != '\0'; seed++)
        value = (value ^ (unsigned char)*seed) * UINT64_C(1099511628211);
    return value;
}

static void system_random(void *bytes, size_t size)
{
    int fd = open("/dev/urandom", O_RDONLY | O_CLOEXEC);
    ssize_t got = fd < 0 ? -1 : read(fd, bytes, size);

    if (fd >= 0)
        close(fd);
    if (got != (ssize_t)size) { /* good enough for IDs that mean nothing */
        uint64_t value = mix((uint64_t)time(NULL) ^ (uint64_t)getpid() << 32 ^ (uintptr_t)bytes);

        for (size_t i = 0; i < size; i++)
            ((unsigned char *)bytes)[i] = (unsigned char)((value = mix(value)) >> 24);
    }
}

/* With a seed, the n-th value drawn from this state is always the same. */
static void draw(struct call *call, uint64_t *values, size_t count)
{
    const char *seed = call->settings->seed;

    if (seed == NULL) {
        system_random(values, count * sizeof(*values));
        return;
    }
    for (size_t i = 0; i < count; i++) {
        long drawn = state_counter(call->state, "drawn");

        values[i] = mix(seed_value(seed) + mix((uint64_t)drawn));
        state_counter_set(call->state, "drawn", drawn + 1);
    }
}

static const char *uuid_from(struct call *call, uint64_t high, uint64_t low)
{
    return arena_format(call->arena, "%08x-%04x-4%03x-%04x-%012llx", (unsigned)(high >> 32),
                        (unsigned)(high >> 16 & 0xffff), (unsigned)(high & 0xfff),
                        (unsigned)(low >> 48 & 0x3fff) | 0x8000U,
                        (unsigned long long)(low & UINT64_C(0xffffffffffff)));
}

const char *service_uuid(struct call *call)
{
    uint64_t values[2];

    draw(call, values, 2);
    return uuid_from(call, values[0], values[1]);
}

/* Not drawn from the state: a refused call leaves no trace in it. */
const char *service_request_id(struct call *call)
{
    uint64_t values[2];

    if (call->settings->seed != NULL) {
        values[0] = mix(seed_value(call->settings->seed));
        values[1] = mix(values[0]);
    } else {
        system_random(values, sizeof(values));
    }
    return uuid_from(call, values[0], values[1]);
}

const char *service_password(struct call *call)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    struct text password = {.arena = call->arena};
    uint64_t values[17];

    draw(call, values, 17);
    text_add(&password, "AVNS_");
    for (size_t i = 0; i < 17; i++)
        text_byte(&password, letters[values[i] % (sizeof(letters) - 1)]);
    return text_string(&password);
}

const char *service_time(struct call *call)
{
    time_t now = time(NULL);
    struct tm parts;
    char text[64];

    if (call->settings->seed != NULL || gmtime_r(&now, &parts) == NULL ||
        strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S +0000 UTC", &parts) == 0)
        return "2026-01-24 08:45:00 +0000 UTC";
    return arena_copy(call->arena, text);
}
