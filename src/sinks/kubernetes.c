#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/digest.h"
#include "base/memory.h"
#include "base/quote.h"
#include "sinks/tool.h"

#define MANAGER "managed-db"

/* The names under which the values stand in the Secret: those of the files of a setup. */
#define KEYS 3

struct secret {
    const char *namespace, *name;
    const char *keys[KEYS];
    char *values[KEYS]; /* in base64, as the object has them; NULL: none */
    char digest[DIGEST_LENGTH + 1];
};

/* RFC 4648, section 4. */
static char *base64(const char *text)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    struct buffer out = BUFFER_INIT;
    size_t length = strlen(text);
    const unsigned char *bytes = (const unsigned char *)text;
    for (size_t i = 0; i < length; i += 3) {
        unsigned group = (unsigned)bytes[i] << 16;
        group |= i + 1 < length ? (unsigned)bytes[i + 1] << 8 : 0;
        group |= i + 2 < length ? (unsigned)bytes[i + 2] : 0;
        const char four[] = {digits[group >> 18], digits[group >> 12 & 63],
                             i + 1 < length ? digits[group >> 6 & 63] : '=',
                             i + 2 < length ? digits[group & 63] : '='};
        buffer_add(&out, four, sizeof four);
    }
    return buffer_take(&out);
}

static void fill(struct secret *secret, const struct secrets *secrets)
{
    const char *const values[KEYS] = {secrets->url, secrets->direct, secrets->ca};
    static const char *const keys[KEYS] = {"database_url", "database_url_direct",
                                           "ca-certificate.crt"};
    struct buffer all = BUFFER_INIT;
    for (size_t i = 0; i < KEYS; i++) {
        secret->keys[i] = keys[i];
        secret->values[i] = *values[i] ? base64(values[i]) : NULL;
        buffer_add_format(&all, "%s\n", values[i]);
    }
    digest_of(all.data, all.length, secret->digest);
    buffer_free(&all);
}

static bool kubectl(const struct sink_run *run, const struct secret *secret, const char *words,
                    const char *last, const char *input, struct buffer *out, struct error *error)
{
    char *line = mem_format("kubectl --namespace=%s %s", secret->namespace, words);
    bool good = tool_run(run, line, (const char *const[]){last, NULL}, input, out, error);
    free(line);
    return good;
}

/* ---- the Secret ---- */

/* Whether each value stands in it; others' keys are theirs. */
static bool is_there(const struct sink_run *run, const struct secret *secret, bool *there,
                     struct error *error)
{
    static const char template[] =
        "go-template={{range $key, $value := .data}}{{$key}} {{$value}}{{\"\\n\"}}{{end}}";
    struct buffer out = BUFFER_INIT;
    char *words = mem_format("get secret %s --ignore-not-found -o", secret->name);
    bool good = kubectl(run, secret, words, template, NULL, &out, error);
    char *lines = mem_format("\n%s", buffer_text(&out));
    *there = true;
    for (size_t i = 0; good && i < KEYS; i++) {
        char *line =
            mem_format("\n%s %s\n", secret->keys[i], secret->values[i] ? secret->values[i] : "");
        *there = *there && (!secret->values[i] || strstr(lines, line));
        mem_free_secret(line);
    }
    mem_free_secret(lines);
    free(words);
    buffer_free(&out);
    return good;
}

/* Server-side, so that what others have put into it stays theirs. */
static bool apply(const struct sink_run *run, const struct secret *secret, struct error *error)
{
    struct buffer object = BUFFER_INIT;
    struct buffer out = BUFFER_INIT;
    const char *before = "";
    buffer_add_format(&object,
                      "{\"apiVersion\": \"v1\", \"kind\": \"Secret\", \"metadata\": {\"name\": "
                      "\"%s\", \"namespace\": \"%s\"}, \"data\": {",
                      secret->name, secret->namespace);
    for (size_t i = 0; i < KEYS; i++)
        if (secret->values[i]) {
            buffer_add_format(&object, "%s\"%s\": \"%s\"", before, secret->keys[i],
                              secret->values[i]);
            before = ", ";
        }
    buffer_add_text(&object, "}}\n");
    bool good = kubectl(run, secret,
                        "apply --server-side --validate=false --field-manager=" MANAGER " -f -",
                        NULL, buffer_text(&object), &out, error);
    buffer_free(&object);
    buffer_free(&out);
    return good;
}

/* ---- the workloads that use it ---- */

#define CONTAINERS(which)                                                                          \
    "{{range .spec.template.spec." which "}}{{range .env}}{{with .valueFrom}}"                     \
    "{{with .secretKeyRef}} {{.name}}{{end}}{{end}}{{end}}{{range .envFrom}}"                      \
    "{{with .secretRef}} {{.name}}{{end}}{{end}}{{end}}"

/* A line each: KIND/NAME, the digest of its pods, and the Secrets that they use. */
static bool list_workloads(const struct sink_run *run, const struct secret *secret,
                           struct buffer *list, struct error *error)
{
    char *template = mem_format(
        "go-template={{range .items}}{{.kind}}/{{.metadata.name}} "
        "{{with .spec.template.metadata.annotations}}{{with index . \"" MANAGER "/%s\"}}{{.}}"
        "{{end}}{{end}} {{range .spec.template.spec.volumes}}{{with .secret}} {{.secretName}}"
        "{{end}}{{with .projected}}{{range .sources}}{{with .secret}} {{.name}}{{end}}{{end}}"
        "{{end}}{{end}}" CONTAINERS("containers")
            CONTAINERS("initContainers") " {{\"\\n\"}}{{end}}",
        secret->name);
    bool good = kubectl(run, secret, "get deployments,statefulsets,daemonsets -o", template, NULL,
                        list, error);
    free(template);
    return good;
}

/* The digest in the pods' template has them made anew, once for each content. */
static bool roll_out(const struct sink_run *run, const struct secret *secret, const char *workload,
                     const char *digest, struct sink_result *result, struct error *error)
{
    struct buffer out = BUFFER_INIT;
    char *patch = mem_format("{\"spec\": {\"template\": {\"metadata\": {\"annotations\": "
                             "{\"" MANAGER "/%s\": \"%s\"}}}}}",
                             secret->name, secret->digest);
    char *words = mem_format("patch %s --type=merge -p", workload);
    char *status = mem_format("rollout status %s", workload);
    bool is_new = strcmp(digest, secret->digest) != 0;
    bool good = true;
    result->changed = result->changed || is_new;
    if (!run->is_rehearsal) {
        good = !is_new || kubectl(run, secret, words, patch, NULL, &out, error);
        buffer_free(&out);
        good = good && kubectl(run, secret, status, NULL, NULL, &out, error);
    }
    free(status);
    free(words);
    free(patch);
    buffer_free(&out);
    return good;
}

static bool roll_out_all(const struct sink_run *run, const struct secret *secret,
                         struct sink_result *result, struct error *error)
{
    struct buffer list = BUFFER_INIT;
    char *wanted = mem_format(" %s ", secret->name);
    bool good = list_workloads(run, secret, &list, error);
    if (good && list.length)
        for (char *rest = list.data, *line; good && (line = strtok_r(rest, "\n", &rest));) {
            char *digest = strchr(line, ' ');
            char *uses = digest ? strchr(digest + 1, ' ') : NULL;
            if (!uses || !strstr(uses, wanted))
                continue;
            *digest = '\0';
            *uses = '\0';
            result->handed_over = true;
            good = roll_out(run, secret, line, digest + 1, result, error);
        }
    free(wanted);
    buffer_free(&list);
    return good;
}

bool sink_kubernetes(const struct sink_run *run, const char *where, const struct secrets *secrets,
                     struct sink_result *result, struct error *error)
{
    size_t length = strcspn(where, "/");
    char *namespace = mem_copy_n(where, length);
    struct secret secret = {.namespace = namespace, .name = where + length + 1};
    bool there;
    fill(&secret, secrets);
    bool good = is_there(run, &secret, &there, error);
    result->changed = good && !there;
    if (result->changed && !run->is_rehearsal)
        good = apply(run, &secret, error);
    good = good && roll_out_all(run, &secret, result, error);
    for (size_t i = 0; i < KEYS; i++)
        mem_free_secret(secret.values[i]);
    free(namespace);
    return good;
}
