#include "config.h"

#include "base/nearest.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/memory.h"

#define SHOWN 3

static size_t least(size_t one, size_t other)
{
    return one < other ? one : other;
}

/* A row of the table at a time: row[j] is the distance of what was read of `one` to j letters. */
static size_t distance(const char *one, const char *other)
{
    size_t width = strlen(other) + 1;
    size_t *row = mem_array(width, sizeof *row);
    for (size_t j = 0; j < width; j++)
        row[j] = j;
    for (size_t i = 0; one[i]; i++) {
        size_t diagonal = row[0];
        row[0] = i + 1;
        for (size_t j = 1; j < width; j++) {
            size_t replaced = diagonal + (one[i] != other[j - 1]);
            diagonal = row[j];
            row[j] = least(least(row[j - 1], row[j]) + 1, replaced);
        }
    }
    size_t result = row[width - 1];
    free(row);
    return result;
}

char *nearest_values(const char *wanted, char *const *values, size_t count)
{
    struct buffer text = BUFFER_INIT;
    size_t *distances = mem_array(count + 1, sizeof *distances);
    for (size_t i = 0; i < count; i++)
        distances[i] = distance(wanted, values[i]);
    for (size_t shown = 0; shown < SHOWN && shown < count; shown++) {
        size_t best = 0;
        for (size_t i = 1; i < count; i++)
            if (distances[i] < distances[best])
                best = i;
        buffer_add_format(&text, "%s%s", shown ? ", " : "", values[best]);
        distances[best] = (size_t)-1;
    }
    free(distances);
    return buffer_take(&text);
}

const char *nearest_likely(const char *wanted, const char *const *values, size_t count)
{
    const char *best = NULL;
    /* A third of its letters may be wrong, or two where it is short. */
    size_t least_distance = strlen(wanted) / 3 > 2 ? strlen(wanted) / 3 + 1 : 3;
    for (size_t i = 0; i < count; i++) {
        size_t between = distance(wanted, values[i]);
        if (between < least_distance && between < strlen(wanted)) {
            least_distance = between;
            best = values[i];
        }
    }
    return best;
}
