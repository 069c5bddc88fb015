#include "config.h"

#include "base/pattern.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/memory.h"

#define JIT_AFTER 32

static struct pattern *compiled;

/* The patterns are constants of this program: one that does not compile is a defect in it. */
static void compile(struct pattern *pattern)
{
    int number;
    PCRE2_SIZE offset;
    pcre2_code *code =
        pcre2_compile((PCRE2_SPTR)pattern->text, PCRE2_ZERO_TERMINATED,
                      PCRE2_MULTILINE | PCRE2_DOLLAR_ENDONLY, &number, &offset, NULL);
    if (!code && number != PCRE2_ERROR_HEAP_FAILED) {
        fprintf(stderr, "managed-db: cannot compile the pattern %s\n", pattern->text);
        abort();
    }
    pcre2_match_data *data = code ? pcre2_match_data_create(PATTERN_GROUPS, NULL) : NULL;
    if (!data)
        mem_exhausted();
    pattern->code = code;
    pattern->data = data;
    pattern->next = compiled;
    compiled = pattern;
}

bool pattern_match(struct pattern *pattern, const char *subject, size_t length, size_t offset,
                   struct span groups[PATTERN_GROUPS])
{
    if (!pattern->code)
        compile(pattern);
#ifdef USE_JIT
    if (pattern->uses < JIT_AFTER && ++pattern->uses == JIT_AFTER)
        pattern->has_jit = pcre2_jit_compile(pattern->code, PCRE2_JIT_COMPLETE) == 0;
#endif
    int count = pattern->has_jit ? pcre2_jit_match(pattern->code, (PCRE2_SPTR)subject, length,
                                                   offset, 0, pattern->data, NULL)
                                 : pcre2_match(pattern->code, (PCRE2_SPTR)subject, length, offset,
                                               0, pattern->data, NULL);
    /* The JIT's stack is small. */
    if (count == PCRE2_ERROR_JIT_STACKLIMIT)
        count = pcre2_match(pattern->code, (PCRE2_SPTR)subject, length, offset, PCRE2_NO_JIT,
                            pattern->data, NULL);
    if (count == PCRE2_ERROR_NOMEMORY)
        mem_exhausted();
    if (count <= 0)
        return false;
    if (!groups)
        return true;
    const PCRE2_SIZE *bounds = pcre2_get_ovector_pointer(pattern->data);
    for (size_t i = 0; i < PATTERN_GROUPS; i++) {
        bool matched = i < (size_t)count && bounds[2 * i] != PCRE2_UNSET;
        groups[i].start = matched ? subject + bounds[2 * i] : NULL;
        groups[i].length = matched ? bounds[2 * i + 1] - bounds[2 * i] : 0;
    }
    return true;
}

bool pattern_is(struct pattern *pattern, const char *text)
{
    if (!pattern->code)
        compile(pattern);
    int count = pcre2_match(pattern->code, (PCRE2_SPTR)text, strlen(text), 0,
                            PCRE2_ANCHORED | PCRE2_ENDANCHORED, pattern->data, NULL);
    if (count == PCRE2_ERROR_NOMEMORY)
        mem_exhausted();
    return count > 0;
}

void pattern_free_all(void)
{
    while (compiled) {
        struct pattern *pattern = compiled;
        compiled = pattern->next;
        pcre2_match_data_free(pattern->data);
        pcre2_code_free(pattern->code);
        *pattern = (struct pattern)PATTERN(pattern->text);
    }
}
