#include "config.h"

#include "compose/written.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "base/paths.h"
#include "base/readfile.h"
#include "yaml/parse.h"

#define MAX_FILES   100
#define MAX_EXTENDS 20

/* ---- reading ---- */

static bool read_file(struct written *written, const char *path, struct error *error)
{
    struct buffer content = BUFFER_INIT;
    struct error ignored = ERROR_INIT;
    bool good = readfile(path, READFILE_REQUIRED, YAML_MAX_BYTES, &content, error);
    if (good)
        yaml_parse_all(written->tree, path, buffer_text(&content), content.length, written->roots,
                       &ignored);
    buffer_free(&content);
    return good;
}

static bool is_read(const struct written *written, const char *path)
{
    for (size_t i = 0; i < written->roots->count; i++)
        if (path_is_same(written->roots->items[i]->file, path))
            return true;
    return false;
}

/* A file that another one names, from its folder on; one that is not there is no matter here. */
static void read_named(struct written *written, const struct node *by, const char *path)
{
    struct error ignored = ERROR_INIT;
    if (!path || strchr(path, '$') || written->roots->count >= MAX_FILES)
        return;
    char *folder = path_folder(by->file);
    char *whole = path_absolute(folder, path);
    if (!is_read(written, whole))
        read_file(written, whole, &ignored);
    free(whole);
    free(folder);
}

static void read_included(struct written *written, const struct node *include)
{
    for (size_t i = 0; include && include->kind == NODE_SEQUENCE && i < include->count; i++) {
        const struct node *item = include->items[i];
        const struct node *path = item->kind == NODE_MAPPING ? node_get(item, "path") : item;
        read_named(written, item, node_text(path));
        for (size_t j = 0; path && path->kind == NODE_SEQUENCE && j < path->count; j++)
            read_named(written, item, node_text(path->items[j]));
    }
}

static void read_extended(struct written *written, const struct node *services)
{
    for (size_t i = 0; services && i < services->count; i++) {
        const struct node *extends = node_get(services->items[i], "extends");
        if (extends)
            read_named(written, extends, node_text(node_get(extends, "file")));
    }
}

bool written_read(struct written *written, char *const *paths, size_t count, struct error *error)
{
    struct tree *tree = tree_new();
    struct node nowhere = {.file = ""};
    *written = (struct written){tree, node_new(tree, NODE_SEQUENCE, &nowhere), 0};
    for (size_t i = 0; i < count; i++)
        if (!read_file(written, paths[i], error))
            return false;
    written->own = written->roots->count;
    for (size_t i = 0; i < written->roots->count; i++) {
        read_included(written, node_get(written->roots->items[i], "include"));
        read_extended(written, node_get(written->roots->items[i], "services"));
    }
    return true;
}

void written_free(struct written *written)
{
    tree_free(written->tree);
    *written = (struct written)WRITTEN_INIT;
}

/* ---- which of a list's items is meant ---- */

bool written_may_be(const char *written, const char *text)
{
    size_t before = strcspn(written, "$");
    const char *brace = strrchr(written, '}');
    const char *after = brace ? brace + 1 : "";
    size_t length = strlen(text);
    if (!written[before])
        return strcmp(written, text) == 0;
    return length >= before + strlen(after) && strncmp(written, text, before) == 0 &&
           strcmp(text + length - strlen(after), after) == 0;
}

static bool is_text(const struct node *node, const char *text)
{
    return node_text(node) && text && written_may_be(node->text, text);
}

/* A part of a short form, between colons: 127.0.0.1:5432:5432/tcp, ./data:/var/lib. */
static bool has_part(const char *text, const char *part)
{
    size_t length = part ? strlen(part) : 0;
    for (const char *at = text; length; at++) {
        size_t here = strcspn(at, ":");
        if (strncmp(at, part, length) == 0 && (here == length || at[length] == '/'))
            return true;
        at += here;
        if (!*at)
            break;
    }
    return false;
}

/* Whether a value of a long form is the project's; one that is left out may be. */
static bool is_same(const struct node *item, const struct node *written, const char *key)
{
    const struct node *theirs = node_get(written, key);
    return !theirs || is_text(theirs, node_text(node_get(item, key)));
}

/* Whether an item as written is the project's: by its text, target, source and published port. */
static bool is_item(const struct node *item, const struct node *written)
{
    if (item->kind == NODE_SCALAR)
        return is_text(written, item->text);
    if (written->kind == NODE_MAPPING)
        return is_same(item, written, "target") && is_same(item, written, "source") &&
               is_same(item, written, "published");
    /* A name is a secret's; the others have colons, or one part alone: 5432, /data. */
    const char *text = node_text(written);
    const char *published = node_text(node_get(item, "published"));
    const char *target = node_text(node_get(item, "target"));
    if (!text || (!strchr(text, ':') && !strchr("/0123456789", *text)))
        return is_text(written, node_text(node_get(item, "source")));
    /* Of a port all parts count: one that is left out is not there. */
    const char *address = node_text(node_get(item, "host_ip"));
    const char *colon = strchr(text, ':');
    if (node_get(item, "protocol") && !strchr(text, '$') &&
        (address ? !strstr(text, address) : colon && strchr(colon + 1, ':')))
        return false;
    if (node_get(item, "protocol") && !published && colon)
        return false;
    return is_text(written, node_text(node_get(item, "source"))) ||
           (has_part(text, target) &&
            (!published || strchr(text, '$') || has_part(text, published)));
}

/* KEY=VALUE, KEY:VALUE or KEY of a list that may be a mapping too. */
static bool is_entry(const struct node *written, const char *key)
{
    size_t length = strlen(key);
    return node_text(written) && strncmp(written->text, key, length) == 0 &&
           strchr("=:", written->text[length]);
}

/* What stands for a child of a node in what stands for the node; *key where its key stands. */
static const struct node *find_child(const struct node *written, const struct node *node,
                                     size_t number, const struct node **key)
{
    const char *name = node->kind == NODE_MAPPING ? node->keys[number]->text : NULL;
    *key = NULL;
    for (size_t i = 0; i < written->count; i++) {
        bool found =
            name && written->kind == NODE_MAPPING ? strcmp(written->keys[i]->text, name) == 0
            : name                                ? is_entry(written->items[i], name)
            : written->kind == NODE_SEQUENCE      ? is_item(node->items[number], written->items[i])
                                                  : false;
        if (!found)
            continue;
        *key = written->kind == NODE_MAPPING ? written->keys[i] : written->items[i];
        return written->items[i];
    }
    /* A command in one text is a list in the project. */
    return !name && written->kind == NODE_SCALAR ? written : NULL;
}

/* ---- the walk ---- */

struct path {
    const struct path *above;
    const char *name;
    size_t number; /* where there is no name */
};

struct walk {
    const struct written *written;
    struct tree *tree;
};

/* What stands for a node, the strongest first. */
struct places {
    const struct node **list;
    size_t count;
};

static void add_path(struct buffer *out, const struct path *path)
{
    if (path->above)
        add_path(out, path->above);
    if (path->name)
        buffer_add_format(out, "%s%s", out->length ? "." : "", path->name);
    else if (path->above)
        buffer_add_format(out, "[%zu]", path->number);
}

static void put(const struct walk *walk, struct node *node, const struct node *place,
                const struct path *path)
{
    node->line = place ? place->line : 0;
    node->column = place ? place->column : 0;
    if (place) {
        node->file = place->file;
        return;
    }
    struct buffer text = BUFFER_INIT;
    add_path(&text, path);
    node->file = text.length ? tree_text(walk->tree, text.data, text.length) : "\"\"";
    buffer_free(&text);
}

/* The services that one extends, where they stand literally. */
static void add_extended(const struct walk *walk, struct places *places)
{
    for (size_t i = 0; i < places->count && places->count < MAX_EXTENDS; i++) {
        const struct node *extends = node_get(places->list[i], "extends");
        const char *name =
            node_text(extends) ? extends->text : node_text(node_get(extends, "service"));
        const char *file = node_text(node_get(extends, "file"));
        if (!name)
            continue;
        char *folder = path_folder(extends->file);
        char *path = file ? path_absolute(folder, file) : mem_copy(extends->file);
        const struct node *roots = walk->written->roots;
        for (size_t j = 0; j < roots->count; j++) {
            const struct node *found = node_get(node_get(roots->items[j], "services"), name);
            if (!found || !path_is_same(roots->items[j]->file, path))
                continue;
            places->list = mem_grow(places->list, places->count + 1, sizeof *places->list);
            places->list[places->count++] = found;
        }
        free(path);
        free(folder);
    }
}

static void place(const struct walk *walk, struct node *node, const struct places *places,
                  const struct path *path, int depth);

static void place_child(const struct walk *walk, struct node *node, size_t number,
                        const struct places *places, const struct path *path, int depth)
{
    bool is_mapping = node->kind == NODE_MAPPING;
    struct path here = {path, is_mapping ? node->keys[number]->text : NULL, number};
    struct places found = {mem_array(places->count + 1, sizeof *found.list), 0};
    const struct node *key_place = NULL;
    for (size_t i = 0; i < places->count; i++) {
        const struct node *key;
        const struct node *child = find_child(places->list[i], node, number, &key);
        if (!child)
            continue;
        if (!key_place)
            key_place = key;
        found.list[found.count++] = child;
        if (node_has_tag(child, "!override") || node_has_tag(child, "!reset"))
            break;
    }
    if (depth == 1 && path->name && strcmp(path->name, "services") == 0)
        add_extended(walk, &found);
    if (is_mapping)
        put(walk, node->keys[number], key_place ? key_place : node->line ? node : NULL, &here);
    /* An entry that no file has stands where its mapping does; an item may be any file's. */
    put(walk, node->items[number],
        found.count                ? found.list[0]
        : is_mapping && node->line ? node
                                   : NULL,
        &here);
    place(walk, node->items[number], &found, &here, depth + 1);
    free(found.list);
}

static void place(const struct walk *walk, struct node *node, const struct places *places,
                  const struct path *path, int depth)
{
    for (size_t i = 0; i < node->count; i++)
        place_child(walk, node, i, places, path, depth);
}

void written_place(const struct written *written, struct tree *tree, struct node *root)
{
    struct walk walk = {written, tree};
    struct path nothing = {.name = ""};
    struct places places = {mem_array(written->roots->count + 1, sizeof *places.list), 0};
    for (size_t i = written->own; i > 0; i--)
        places.list[places.count++] = written->roots->items[i - 1];
    for (size_t i = written->own; i < written->roots->count; i++)
        places.list[places.count++] = written->roots->items[i];
    root->line = 0;
    place(&walk, root, &places, &nothing, 0);
    free(places.list);
}
