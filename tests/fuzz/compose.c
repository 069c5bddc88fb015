/*
 * compose: a configuration and files that say anything are checked, or refused with a message that
 * can be shown; what is found has a place or a path, and a text and an advice that can be shown.
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

/* Every node has a place of a file, or its keys. */
static void check_places(const struct node *node)
{
    MUST(node->file && (node->line || *node->file));
    for (size_t i = 0; i < node->count; i++)
        check_places(node->items[i]);
}

static void check_url(const struct compose *compose)
{
    const char *url;
    const char *direct;
    struct error error = ERROR_INIT;
    if (compose_url_files(compose, &url, &direct, &error))
        MUST(url);
    else
        MUST(is_message(&error));
}

FUZZ(compose)
{
    struct input input = {bytes, size};
    struct written written = WRITTEN_INIT;
    struct resolved resolved = {.mode = ""};
    struct error error = ERROR_INIT;
    struct findings findings = FINDINGS_INIT;
    char paths[FILES][32];
    char *list[FILES];
    size_t count = 0;
    size_t length;
    char *config = take_bytes(&input, '\0', &length);
    bool good = compose_parse(&resolved.compose, "Compose", config, length, &error);
    while (count < FILES && input.left) {
        size_t size_here;
        char *content = take_bytes(&input, '\0', &size_here);
        const char *path = file_with((unsigned)count, content, size_here);
        free(content);
        list[count] = strcpy(paths[count], path);
        count++;
    }
    if (!good) {
        MUST(error.kind == ERROR_USAGE && is_message(&error));
        resolved.refusal = "service \"a\" has neither an image nor a build context";
    }
    error = (struct error)ERROR_INIT;
    if (written_read(&written, list, count, &error)) {
        if (good) {
            written_place(&written, resolved.compose.tree, resolved.compose.root);
            for (size_t i = 0; i < resolved.compose.root->count; i++)
                check_places(resolved.compose.root->items[i]);
            check_url(&resolved.compose);
        }
        struct check check = {.written = &written,
                              .resolved = &resolved,
                              .count = 1,
                              .use_managed_db = length & 1 ? "true" : "",
                              .has_files = length & 2};
        compose_check(&check, &findings);
        check_findings(&findings);
    } else {
        MUST(is_message(&error));
    }
    findings_free(&findings);
    written_free(&written);
    compose_free(&resolved.compose);
    free(config);
    return 0;
}
