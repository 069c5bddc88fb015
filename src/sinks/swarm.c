#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/digest.h"
#include "base/memory.h"
#include "base/pattern.h"
#include "sinks/tool.h"

#define LABEL          "managed-db"
#define VERSION_LENGTH 12
#define MOST_PARTS     3
#define MOST_OPTIONS   40

/*
 * A secret of a swarm cannot be changed, nor read. So each content is a secret of its own, NAME-VERSION,
 * with the label managed-db=NAME; services hold one of them under a target that stays the same.
 */
struct part {
    char *name;    /* NAME, NAME_direct or NAME_ca: the label */
    char *version; /* NAME-VERSION, by its content */
    const char *content;
    struct buffer there; /* the secrets of this label, one a line */
};

struct update {
    struct part parts[MOST_PARTS];
    size_t count;
};

static void add_part(struct update *update, const char *name, const char *suffix,
                     const char *content)
{
    char digest[DIGEST_LENGTH + 1];
    if (!*content)
        return;
    struct part *part = &update->parts[update->count++];
    digest_of(content, strlen(content), digest);
    *part = (struct part){.name = mem_format("%s%s", name, suffix), .content = content};
    part->version = mem_format("%s-%.*s", part->name, VERSION_LENGTH, digest);
}

static void update_free(struct update *update)
{
    for (size_t i = 0; i < update->count; i++) {
        free(update->parts[i].name);
        free(update->parts[i].version);
        buffer_free(&update->parts[i].there);
    }
}

/* Whether a list, one a line, has this one. */
static bool has_line(const struct buffer *list, const char *wanted)
{
    size_t length = strlen(wanted);
    for (const char *at = buffer_text(list); (at = strstr(at, wanted)); at += length)
        if ((at == list->data || at[-1] == '\n') && (at[length] == '\n' || !at[length]))
            return true;
    return false;
}

static size_t count_lines(const struct buffer *list)
{
    size_t count = 0;
    for (size_t i = 0; i < list->length; i++)
        count += list->data[i] == '\n';
    return count;
}

/* ---- secrets ---- */

static bool list_versions(const struct sink_run *run, struct part *part, struct error *error)
{
    char *filter =
        mem_format("docker secret ls --filter label=" LABEL "=%s --format {{.Name}}", part->name);
    buffer_free(&part->there);
    bool good = tool_run(run, filter, NULL, NULL, &part->there, error);
    free(filter);
    return good;
}

static bool make_version(const struct sink_run *run, struct part *part, struct error *error)
{
    struct buffer out = BUFFER_INIT;
    char *words =
        mem_format("docker secret create --label " LABEL "=%s %s -", part->name, part->version);
    bool good = tool_run(run, words, NULL, part->content, &out, error);
    free(words);
    buffer_free(&out);
    return good;
}

/* ---- services ---- */

/* A line each: name, state of the last update, and SECRET|TARGET|UID|GID|MODE of each secret. */
static bool list_services(const struct sink_run *run, struct buffer *services, struct error *error)
{
    static const char format[] =
        "{{.Spec.Name}} {{if .UpdateStatus}}{{.UpdateStatus.State}}{{end}}"
        "{{range .Spec.TaskTemplate.ContainerSpec.Secrets}} {{.SecretName}}|{{.File.Name}}|"
        "{{.File.UID}}|{{.File.GID}}|{{printf \"%o\" .File.Mode}}{{end}}";
    struct buffer ids = BUFFER_INIT;
    bool good = tool_run(run, "docker service ls -q", NULL, NULL, &ids, error);
    if (good && ids.length) {
        const char **more = mem_array(count_lines(&ids) + 3, sizeof *more);
        size_t count = 0;
        more[count++] = format;
        for (char *rest = ids.data, *id; (id = strtok_r(rest, "\n", &rest));)
            more[count++] = id;
        good = tool_run(run, "docker service inspect --format", more, NULL, services, error);
        free(more);
    }
    buffer_free(&ids);
    return good;
}

/* Adds the options that put the new version of each part in the place of another one. */
static size_t add_options(const struct update *update, const char *line, char **options,
                          bool *holds)
{
    static struct pattern secret_pattern =
        PATTERN(" ([^ |]+)\\|([^ |]+)\\|([^ |]*)\\|([^ |]*)\\|([0-7]+)(?= |\\z)");
    struct span groups[PATTERN_GROUPS];
    size_t count = 0;
    size_t length = strlen(line);
    for (size_t from = 0; pattern_match(&secret_pattern, line, length, from, groups);) {
        char *held = mem_copy_n(groups[1].start, groups[1].length);
        from = (size_t)(groups[0].start - line) + groups[0].length;
        for (size_t i = 0; i < update->count; i++) {
            const struct part *part = &update->parts[i];
            bool is_new = strcmp(held, part->version) == 0;
            *holds = *holds || is_new || has_line(&part->there, held);
            if (is_new || !has_line(&part->there, held) || count + 2 > MOST_OPTIONS)
                continue;
            options[count++] = mem_format("--secret-rm=%s", held);
            options[count++] = mem_format(
                "--secret-add=source=%s,target=%.*s,uid=%.*s,gid=%.*s,mode=0%.*s", part->version,
                (int)groups[2].length, groups[2].start, (int)groups[3].length, groups[3].start,
                (int)groups[4].length, groups[4].start, (int)groups[5].length, groups[5].start);
        }
        free(held);
    }
    return count;
}

/* One update for all its secrets. docker waits for it, and fails where it does. */
static bool update_service(const struct sink_run *run, const struct update *update,
                           const char *line, struct sink_result *result, struct error *error)
{
    char *options[MOST_OPTIONS + 2];
    size_t name_length = strcspn(line, " ");
    const char *state = line + name_length + (line[name_length] == ' ');
    size_t state_length = strcspn(state, " ");
    bool holds = false;
    bool was_stopped = state_length >= 6 && strncmp(state + state_length - 6, "paused", 6) == 0;
    bool is_under_way = state_length > 0 && !was_stopped &&
                        strncmp(state, "completed", state_length) != 0 &&
                        strncmp(state, "rollback_completed", state_length) != 0;
    size_t count = add_options(update, line, options, &holds);
    struct buffer out = BUFFER_INIT;
    bool good = true;
    result->handed_over = result->handed_over || holds;
    if (holds && (count || was_stopped || is_under_way)) {
        const char *words = was_stopped ? "docker service update --detach=false --force"
                                        : "docker service update --detach=false";
        char *name = mem_copy_n(line, name_length);
        result->changed = true;
        options[count] = name;
        options[count + 1] = NULL;
        good = run->is_rehearsal ||
               tool_run(run, words, (const char *const *)options, NULL, &out, error);
        free(name);
    }
    for (size_t i = 0; i < count; i++)
        free(options[i]);
    buffer_free(&out);
    return good;
}

static bool update_services(const struct sink_run *run, const struct update *update,
                            struct sink_result *result, struct error *error)
{
    struct buffer services = BUFFER_INIT;
    bool good = list_services(run, &services, error);
    if (good && services.length)
        for (char *rest = services.data, *line; good && (line = strtok_r(rest, "\n", &rest));)
            good = update_service(run, update, line, result, error);
    buffer_free(&services);
    return good;
}

/* Takes away the versions that no service holds any more. */
static bool remove_old(const struct sink_run *run, struct update *update, struct error *error)
{
    struct buffer services = BUFFER_INIT;
    bool good = list_services(run, &services, error);
    for (size_t i = 0; good && i < update->count; i++) {
        struct part *part = &update->parts[i];
        char *list = mem_copy(buffer_text(&part->there));
        for (char *rest = list, *old; good && (old = strtok_r(rest, "\n", &rest));) {
            struct buffer out = BUFFER_INIT;
            char *held = mem_format(" %s|", old);
            if (strcmp(old, part->version) != 0 && !strstr(buffer_text(&services), held))
                good = tool_run(run, "docker secret rm", (const char *const[]){old, NULL}, NULL,
                                &out, error);
            free(held);
            buffer_free(&out);
        }
        free(list);
    }
    buffer_free(&services);
    return good;
}

bool sink_swarm(const struct sink_run *run, const char *where, const struct secrets *secrets,
                struct sink_result *result, struct error *error)
{
    struct update update = {.count = 0};
    bool good = true;
    bool has_old = false;
    add_part(&update, where, "", secrets->url);
    add_part(&update, where, "_direct", secrets->direct);
    add_part(&update, where, "_ca", secrets->ca);
    for (size_t i = 0; good && i < update.count; i++) {
        struct part *part = &update.parts[i];
        good = list_versions(run, part, error);
        bool is_there = good && has_line(&part->there, part->version);
        has_old = has_old || count_lines(&part->there) > is_there;
        if (good && !is_there) {
            result->changed = true;
            good = run->is_rehearsal || make_version(run, part, error);
        }
    }
    good = good && update_services(run, &update, result, error) &&
           (run->is_rehearsal || !has_old || remove_old(run, &update, error));
    update_free(&update);
    return good;
}
