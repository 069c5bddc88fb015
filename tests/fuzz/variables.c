/*
 * variables: any file of variables is read or refused with a message that can be shown; a value in
 * single quotes is read as itself.
 */
#include "config.h"

#include "fuzz.h"

#include <string.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "base/variables.h"

FUZZ(variables)
{
    struct input input = {bytes, size};
    struct variables variables = VARIABLES_INIT;
    struct error error = ERROR_INIT;
    bool quoted = take_byte(&input) & 1;
    size_t length;
    char *content = take_bytes(&input, TAKE_ALL, &length);
    char *value = mem_copy_n(content, length);
    struct buffer file = BUFFER_INIT;
    if (quoted) {
        value[strcspn(value, "'")] = '\0';
        buffer_add_format(&file, "# one\n export FUZZ_A='%s' # two\nFUZZ_B=x", value);
    } else {
        buffer_add(&file, content, length);
    }
    const char *path = file_with(0, buffer_text(&file), file.length);
    bool good = variables_read(&variables, path, true, &error);
    MUST(good || (error.kind == ERROR_USAGE && is_message(&error)));
    MUST(good || strncmp(error.text, path, strlen(path)) == 0 || strstr(error.text, path));
    for (size_t i = 0; good && i < variables.read_count; i++)
        MUST(*variables.read[i].name && variables.read[i].value);
    if (quoted) {
        MUST(good && strcmp(variables_get(&variables, "FUZZ_A"), value) == 0);
        MUST(strcmp(variables_get(&variables, "FUZZ_B"), "x") == 0);
    }
    buffer_free(&file);
    free(value);
    free(content);
    variables_free(&variables);
    return 0;
}
