#include "config.h"

#include "compose/form.h"

#include <stdlib.h>
#include <string.h>

#include "base/pattern.h"
#include "base/quote.h"

static struct pattern name_pattern = PATTERN("[a-zA-Z0-9._-]+");

static bool check_section(const struct node *section, const char *name, bool may_be_null,
                          struct error *error)
{
    if (node_is_null(section))
        return true;
    if (section->kind != NODE_MAPPING)
        return node_complain(section, error, "this is not Compose: %s has to be a mapping", name);
    for (size_t i = 0; i < section->count; i++) {
        const struct node *item = section->items[i];
        char *shown = quote_for_message(section->keys[i]->text, strlen(section->keys[i]->text));
        bool good = true;
        if (!pattern_is(&name_pattern, section->keys[i]->text))
            good = node_complain(section->keys[i], error,
                                 "this is not Compose: %s is no name, which is made of letters, "
                                 "digits, dots, - and _",
                                 shown);
        else if (item->kind != NODE_MAPPING && !(may_be_null && node_is_null(item)) &&
                 !node_has_tag(item, "!reset"))
            good = node_complain(item, error, "this is not Compose: %s has to be a mapping", shown);
        free(shown);
        if (!good)
            return false;
    }
    return true;
}

bool compose_check_form(const struct node *root, const char *path, struct error *error)
{
    static const char *const sections[] = {"services", "secrets", "configs", "volumes", "networks"};
    static const char *const others[] = {"version", "name", "include", "models"};
    if (!root)
        return error_set(error, ERROR_USAGE, 0, "%s: this is not Compose: the file is empty", path);
    if (root->kind != NODE_MAPPING)
        return node_complain(root, error, "this is not Compose: a mapping is expected");
    size_t known = 0;
    for (size_t i = 0; i < root->count; i++) {
        const char *key = root->keys[i]->text;
        bool found = strncmp(key, "x-", 2) == 0;
        for (size_t j = 0; j < sizeof sections / sizeof sections[0]; j++)
            if (strcmp(sections[j], key) == 0) {
                found = true;
                known++;
                if (!check_section(root->items[i], key, j != 0, error))
                    return false;
            }
        for (size_t j = 0; j < sizeof others / sizeof others[0]; j++)
            if (strcmp(others[j], key) == 0) {
                found = true;
                known += strcmp(key, "include") == 0 || strcmp(key, "version") == 0;
            }
        if (!found) {
            char *shown = quote_for_message(key, strlen(key));
            bool is_service =
                node_get(root->items[i], "image") || node_get(root->items[i], "build");
            node_complain(root->keys[i], error,
                          "this is not Compose: %s is no key of a Compose file%s", shown,
                          is_service ? "; a service belongs under services" : "");
            free(shown);
            return false;
        }
    }
    return known || node_complain(root, error, "this is not Compose: there are no services");
}
