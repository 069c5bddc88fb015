#include "sim.h"

#include <stdlib.h>
#include <string.h>

#include "clusters.h"
#include "connect.h"
#include "lookup.h"
#include "networks.h"

enum { EXIT_SIM_USAGE = 64 };

/* The words of one `sim` command: operands, and options as --name value. */
struct words {
    int count;
    char **word;
};

static void complain(struct call *call, const char *message)
{
    buffer_add_format(&call->answer.err, "doctl sim: %s\n", message);
    call->answer.status = EXIT_SIM_USAGE;
}

/* --- options -------------------------------------------------------------------- */

static bool is_option(const char *word)
{
    return strncmp(word, "--", 2) == 0;
}

/* The value after --name; `otherwise` when it is not there. */
static const char *option(const struct words *words, const char *name, const char *otherwise)
{
    for (int i = 0; i + 1 < words->count; i++)
        if (is_option(words->word[i]) && strcmp(words->word[i] + 2, name) == 0)
            return words->word[i + 1];
    return otherwise;
}

/* Whether the list, with blanks between, has the name. */
static bool is_known(const char *list, const char *name)
{
    size_t length = strlen(name);
    for (const char *rest = list; *rest;) {
        size_t here = strcspn(rest, " ");
        if (here == length && strncmp(rest, name, length) == 0)
            return true;
        rest += here + (rest[here] == ' ');
    }
    return false;
}

/* Whether the words after the operands are pairs of an option in the list and its value. */
static bool check_options(struct call *call, const struct words *words, int operands,
                          const char *known)
{
    for (int i = operands; i < words->count; i += 2) {
        const char *word = words->word[i];
        if (!is_option(word) || !is_known(known, word + 2) || i + 1 == words->count) {
            complain(call, arena_format(call->arena, "wrong option or no value: %s (known: %s)",
                                        word, known));
            return false;
        }
    }
    return true;
}

/* --- adding --------------------------------------------------------------------- */

static void add_cluster(struct call *call, const struct words *words)
{
    if (!check_options(
            call, words, 1,
            "id status engine size version region nodes vpc password polls storage tags backup"))
        return;
    struct cluster *cluster = clusters_add(call, words->word[0], option(words, "engine", "pg"),
                                           option(words, "size", "db-s-1vcpu-2gb"));
    const char *polls = option(words, "polls", "");
    cluster->id = option(words, "id", cluster->id);
    cluster->status = option(words, "status", *polls ? "creating" : "online");
    cluster->version = option(words, "version", cluster->version);
    cluster->region = option(words, "region", cluster->region);
    cluster->nodes = option(words, "nodes", cluster->nodes);
    cluster->vpc = option(words, "vpc", "");
    cluster->password = option(words, "password", cluster->password);
    cluster->storage = option(words, "storage", cluster->storage);
    cluster->tags = option(words, "tags", "");
    cluster->backup = option(words, "backup", "");
    /* Creating comes to an end by itself; any other status only where --polls says so. */
    if (*polls)
        cluster->polls = polls;
    else if (strcmp(cluster->status, "creating") != 0)
        cluster->polls = "-1";
    buffer_add_format(&call->answer.out, "%s\n", cluster->id);
}

static void add_pool(struct call *call, const struct words *words)
{
    if (words->count < 2) {
        complain(call, "pool add CLUSTER_ID NAME [--user U] [--size N] [--db D] [--mode M]");
        return;
    }
    if (!check_options(call, words, 2, "user size db mode"))
        return;
    if (!lookup_cluster(call->rows, words->word[0])) {
        complain(call, "no such cluster");
        return;
    }
    struct pool *pool = rows_add(call->rows, POOLS);
    *pool = (struct pool){.cluster = words->word[0],
                          .name = words->word[1],
                          .user = option(words, "user", "doadmin"),
                          .size = option(words, "size", "25"),
                          .database = option(words, "db", "defaultdb"),
                          .mode = option(words, "mode", "transaction")};
}

/* The cluster that a user or a database is added to; NULL after a complaint. */
static const struct cluster *owner(struct call *call, const struct words *words)
{
    if (words->count != 2) {
        complain(call, "user|database add CLUSTER_ID NAME");
        return NULL;
    }
    const struct cluster *cluster = lookup_cluster(call->rows, words->word[0]);
    if (!cluster)
        complain(call, "no such cluster");
    return cluster;
}

static void add_user(struct call *call, const struct words *words)
{
    const struct cluster *cluster = owner(call, words);
    if (cluster)
        connect_password(call, cluster, words->word[1]);
}

static void add_database(struct call *call, const struct words *words)
{
    const struct cluster *cluster = owner(call, words);
    if (!cluster)
        return;
    struct database *database = rows_add(call->rows, DATABASES);
    *database = (struct database){.cluster = cluster->id, .name = words->word[1]};
}

static void add_rule(struct call *call, const struct words *words)
{
    const char *colon = words->count < 2 ? NULL : strchr(words->word[1], ':');
    if (!colon) {
        complain(call, "rule add CLUSTER_ID TYPE:VALUE [--uuid U]");
        return;
    }
    if (!check_options(call, words, 2, "uuid"))
        return;
    struct rule *rule = rows_add(call->rows, RULES);
    rule->cluster = words->word[0];
    rule->uuid = option(words, "uuid", NULL);
    rule->type = arena_slice(call->arena, words->word[1], (size_t)(colon - words->word[1]));
    rule->value = colon + 1;
    if (!rule->uuid)
        rule->uuid = invent_uuid(&call->invention);
}

static void add_vpc(struct call *call, const struct words *words)
{
    if (!check_options(call, words, 1, "id region ip-range default"))
        return;
    const char *range = option(words, "ip-range", networks_free_range(call));
    struct vpc *vpc = rows_add(call->rows, VPCS);
    *vpc = (struct vpc){.id = option(words, "id", NULL),
                        .name = words->word[0],
                        .description = "",
                        .range = range,
                        .region = option(words, "region", "nyc3"),
                        .created = invent_time(&call->invention),
                        .standard = option(words, "default", ""),
                        .leaving = "0"};
    if (!vpc->id)
        vpc->id = invent_uuid(&call->invention);
    buffer_add_format(&call->answer.out, "%s\n", vpc->id);
}

static void add_droplet(struct call *call, const struct words *words)
{
    if (!check_options(call, words, 1, "private-ip name region vpc status tags"))
        return;
    const char *private = option(words, "private-ip", "10.116.0.9");
    struct droplet *droplet = lookup_droplet(call->rows, words->word[0]);
    if (!droplet)
        droplet = rows_add(call->rows, DROPLETS);
    call->rows->changed = true;
    *droplet = (struct droplet){.id = words->word[0],
                                .name = option(words, "name", "droplet"),
                                .public = "203.0.113.9",
                                .private = strcmp(private, "none") == 0 ? "" : private,
                                .region = option(words, "region", "nyc3"),
                                .size = "s-1vcpu-1gb",
                                .image = "Ubuntu 22.04 (LTS) x64",
                                .vpc = option(words, "vpc", ""),
                                .tags = option(words, "tags", ""),
                                .status = option(words, "status", "active"),
                                .polls = "-1"};
}

static void add_key(struct call *call, const struct words *words)
{
    if (!check_options(call, words, 1, "id fingerprint"))
        return;
    size_t number = rows_count(call->rows, KEYS) + 1;
    const char *fingerprint = arena_format(
        call->arena, "3b:16:bf:e4:8b:00:8b:b8:59:8c:a9:d3:f0:19:%02zx:fa", number & 0xff);
    struct key *key = rows_add(call->rows, KEYS);
    key->id = option(words, "id", arena_format(call->arena, "%zu", 51000000 + number));
    key->name = words->word[0];
    key->fingerprint = option(words, "fingerprint", fingerprint);
    buffer_add_format(&call->answer.out, "%s\n", key->id);
}

/* --- dump ----------------------------------------------------------------------- */

static void show_value(struct buffer *line, const char *value)
{
    bool quoted = !*value || strpbrk(value, " \"");
    if (quoted)
        buffer_add_byte(line, '"');
    for (; *value; value++) {
        unsigned char byte = (unsigned char)*value;
        if (byte < 0x20 || byte == 0x7f || byte == '"' || byte == '%')
            buffer_add_format(line, "%%%02X", byte);
        else
            buffer_add_byte(line, *value);
    }
    if (quoted)
        buffer_add_byte(line, '"');
}

/* `pool cluster=... name=...` */
static const char *show_row(struct call *call, enum kind kind, size_t row)
{
    const char **fields = rows_at(call->rows, kind, row);
    struct buffer line = {.arena = call->arena};
    buffer_add_text(&line, rows_kind_name(kind));
    for (size_t i = 0; i < rows_field_count(kind); i++) {
        const char *name = rows_field_name(kind, i);
        buffer_add_format(&line, " %s=", name);
        show_value(&line, strcmp(name, "password") == 0 ? "****" : fields[i]);
    }
    buffer_add_byte(&line, '\n');
    return buffer_text(&line);
}

static int by_text(const void *one, const void *other)
{
    return strcmp(*(const char *const *)one, *(const char *const *)other);
}

static void dump(struct call *call)
{
    size_t most = 0, count = 0;
    for (enum kind kind = 0; kind < COUNTERS; kind++)
        most += rows_count(call->rows, kind);
    const char **lines = arena_take(call->arena, (most + 1) * sizeof(*lines));
    for (enum kind kind = 0; kind < COUNTERS; kind++)
        for (size_t row = 0; row < rows_count(call->rows, kind); row++)
            lines[count++] = show_row(call, kind, row);
    qsort(lines, count, sizeof(*lines), by_text);
    for (size_t i = 0; i < count; i++)
        buffer_add_text(&call->answer.out, lines[i]);
}

/* --- the whole ------------------------------------------------------------------ */

/* `NOUN add ...`; false when it is something else. */
static bool add(struct call *call, int argc, char **argv)
{
    static const struct {
        const char *noun;
        void (*add)(struct call *, const struct words *);
    } things[] = {
        {"cluster", add_cluster}, {"pool", add_pool},         {"rule", add_rule},
        {"user", add_user},       {"database", add_database}, {"vpc", add_vpc},
        {"droplet", add_droplet}, {"ssh-key", add_key},
    };
    if (argc < 3 || strcmp(argv[1], "add") != 0)
        return false;
    struct words words = {argc - 2, argv + 2};
    for (size_t i = 0; i < sizeof(things) / sizeof(things[0]); i++) {
        if (strcmp(things[i].noun, argv[0]) == 0) {
            things[i].add(call, &words);
            return true;
        }
    }
    return false;
}

void sim_run(struct call *call, int argc, char **argv)
{
    if (argc == 1 && strcmp(argv[0], "dump") == 0)
        dump(call);
    else if (!add(call, argc, argv))
        complain(call, "cluster|pool|user|database|rule|vpc|droplet|ssh-key add ..., dump "
                       "(see README.md)");
}
