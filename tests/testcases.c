#include "config.h"

#include "testcases.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "unit.h"

static void add_field(struct testcase *one, const char *text, size_t length)
{
    one->fields = mem_grow(one->fields, one->count + 1, sizeof *one->fields);
    one->fields[one->count++] = mem_copy_n(text, length);
}

/* How long the field is that a text begins with, and the gap behind it. */
static size_t field_length(const char *text, size_t *gap)
{
    size_t length = 0;
    while (text[length] && text[length] != '\t' && strncmp(text + length, "  ", 2) != 0)
        length++;
    *gap = strspn(text + length, " \t");
    return length;
}

static void add_columns(struct testcase *one, const char *line, size_t columns)
{
    while (*line) {
        size_t gap = 0;
        size_t length =
            one->count + 1 != columns ? field_length(line, &gap) : strlen(line); /* the last one */
        add_field(one, line, length);
        line += length + gap;
    }
}

static struct testcase *add_case(struct testcases *cases, const char *name, size_t number)
{
    cases->list = mem_grow(cases->list, cases->count + 1, sizeof *cases->list);
    struct testcase *one = &cases->list[cases->count++];
    *one = (struct testcase){mem_format("tests/%s:%zu", name, number), NULL, 0};
    return one;
}

struct testcases testcases_read(const char *name, size_t columns)
{
    struct testcases cases = {NULL, 0};
    struct testcase *one = NULL; /* which the next line may belong to */
    char *path = mem_format("%s/%s", unit_source, name);
    char *line = NULL;
    size_t size = 0;
    size_t number = 0;
    FILE *file = fopen(path, "r");
    for (ssize_t length; file && (length = getline(&line, &size, file)) >= 0;) {
        number++;
        while (length > 0 && strchr(" \t\n", line[length - 1]))
            line[--length] = '\0';
        if (*line == '#')
            continue;
        if (!*line || columns != IN_BLOCKS)
            one = NULL;
        if (*line && one) {
            add_field(one, line, (size_t)length);
        } else if (*line) {
            one = add_case(&cases, name, number);
            add_columns(one, line, columns);
        }
    }
    if (file)
        fclose(file);
    if (cases.count == 0) {
        fprintf(stderr, "%s: it is missing, or has no line\n", path);
        exit(2);
    }
    free(line);
    free(path);
    return cases;
}

void testcases_free(struct testcases *cases)
{
    for (size_t i = 0; i < cases->count; i++) {
        for (size_t field = 0; field < cases->list[i].count; field++)
            free(cases->list[i].fields[field]);
        free(cases->list[i].fields);
        free(cases->list[i].where);
    }
    free(cases->list);
    *cases = (struct testcases){NULL, 0};
}

void testcase_check(const struct testcase *one, size_t least, size_t most, const char *names)
{
    ck_assert_msg(one->count >= least && one->count <= most, "%s: %zu fields; a case has these: %s",
                  one->where, one->count, names);
}

char *testcase_unescape(const char *text)
{
    struct buffer plain = BUFFER_INIT;
    buffer_add_text(&plain, "");
    for (; *text; text++) {
        if (strncmp(text, "\\n", 2) == 0)
            buffer_add(&plain, "\n", 1), text++;
        else if (strncmp(text, "\\\\", 2) == 0)
            buffer_add(&plain, "\\", 1), text++;
        else
            buffer_add(&plain, text, 1);
    }
    return unit_keep(buffer_take(&plain));
}
