/*
 * compose: any two files are merged and checked, or refused with a message that can be shown; what
 * is found has a place, and a text and an advice that can be shown.
 */
#include "config.h"

#include "fuzz.h"

#include <string.h>

#include "compose/check.h"
#include "compose/project.h"

/* One line a finding, each fit to be shown. */
static void check_findings(const struct findings *findings)
{
    for (size_t i = 0; i < findings->count; i++) {
        const struct finding *found = &findings->list[i];
        MUST(found->rule && *found->rule && found->file && *found->text && *found->advice);
    }
    char *text = findings_text(findings);
    size_t lines = 0;
    for (char *at = text, *end; *at; at = end + 1, lines++) {
        end = strchr(at, '\n');
        MUST(end);
        *end = '\0';
        MUST(is_showable(at));
    }
    MUST(lines == findings->count);
    free(text);
    char *json = findings_json(findings);
    MUST(is_showable(json));
    free(json);
}

static void check_project(const struct compose *compose)
{
    char *path = NULL;
    struct error error = ERROR_INIT;
    MUST(compose->services && compose->services->kind == NODE_MAPPING);
    for (size_t i = 0; i < compose->services->count; i++) {
        const struct node *service = compose->services->items[i];
        MUST(service->kind == NODE_MAPPING);
        compose_is_enabled(service, "managed-db,spaces");
        if (compose_service_secret(compose, compose->services->keys[i]->text, "database_url", &path,
                                   &error))
            free(path);
        else
            MUST(is_message(&error));
    }
    error = (struct error)ERROR_INIT;
    if (compose_database_file(compose, &path, &error))
        free(path);
    else
        MUST(is_message(&error));
}

FUZZ(compose)
{
    struct input input = {bytes, size};
    struct compose_files files = COMPOSE_FILES_INIT;
    struct variables variables = VARIABLES_INIT;
    struct error error = ERROR_INIT;
    char paths[FILES][32];
    char *list[FILES];
    size_t count = 0;
    while (count < FILES && (count == 0 || input.left)) {
        size_t length;
        char *content = take_bytes(&input, '\0', &length);
        const char *path = file_with((unsigned)count, content, length);
        free(content);
        list[count] = strcpy(paths[count], path);
        count++;
    }
    variables_set(&variables, "A", "b");
    if (compose_read(&files, list, count, &error)) {
        struct compose compose;
        if (compose_load(&files, &variables, &compose, &error))
            check_project(&compose);
        else
            MUST(error.kind == ERROR_USAGE && is_message(&error));
        compose_free(&compose);
        struct findings findings = {.list = NULL};
        error = (struct error)ERROR_INIT;
        if (compose_check(&files, &variables, &findings, &error))
            check_findings(&findings);
        else
            MUST(error.kind == ERROR_USAGE && is_message(&error));
        findings_free(&findings);
        compose_files_free(&files);
    } else {
        MUST(error.kind == ERROR_USAGE && is_message(&error));
    }
    variables_free(&variables);
    return 0;
}
