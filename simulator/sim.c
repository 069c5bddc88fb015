#include "sim.h"

#include <stdlib.h>
#include <string.h>

#include "fault.h"
#include "service.h"

enum { EXIT_SIM_USAGE = 64 };

/* The words of one `sim` command: operands, and options as --name value. */
struct words {
    int count;
    char **word;
};

static void complain(struct call *call, const char *message)
{
    text_format(&call->answer.err, "doctl sim: %s\n", message);
    call->answer.status = EXIT_SIM_USAGE;
}

/* The value after --name; `otherwise` when it is not there. */
static const char *option(const struct words *words, const char *name, const char *otherwise)
{
    for (int i = 0; i + 1 < words->count; i++)
        if (strncmp(words->word[i], "--", 2) == 0 && strcmp(words->word[i] + 2, name) == 0)
            return words->word[i + 1];
    return otherwise;
}

/* After the operands only pairs of an option that is in the list and its value. */
static bool options_ok(struct call *call, const struct words *words, int operands,
                       const char *known)
{
    for (int i = operands; i < words->count; i += 2) {
        const char *name = words->word[i];
        const char *found = strncmp(name, "--", 2) == 0 ? strstr(known, name + 2) : NULL;
        size_t length = strlen(name) < 2 ? 0 : strlen(name + 2);

        if (found == NULL || length == 0 || (found != known && found[-1] != ' ') ||
            (found[length] != ' ' && found[length] != '\0') || i + 1 == words->count) {
            complain(call, arena_format(call->arena, "wrong option or no value: %s (known: %s)",
                                        name, known));
            return false;
        }
    }
    return true;
}

static void cluster_add(struct call *call, const struct words *words)
{
    const char *polls = option(words, "polls", "");
    const char *status = option(words, "status", *polls == '\0' ? "online" : "creating");
    struct cluster *cluster;

    if (!options_ok(call, words, 1,
                    "id status engine size version region nodes vpc password polls storage early"))
        return;
    cluster = service_cluster_add(call, words->word[0], option(words, "engine", "pg"),
                                  option(words, "size", "db-s-1vcpu-2gb"));
    cluster->id = option(words, "id", cluster->id);
    cluster->status = status;
    cluster->version = option(words, "version", cluster->version);
    cluster->region = option(words, "region", cluster->region);
    cluster->nodes = option(words, "nodes", cluster->nodes);
    cluster->vpc = option(words, "vpc", "");
    cluster->password = option(words, "password", cluster->password);
    cluster->storage = option(words, "storage", cluster->storage);
    cluster->early = option(words, "early", cluster->early);
    /* Creating comes to an end by itself; any other state only when it is told to. */
    if (*polls != '\0')
        cluster->polls = polls;
    else if (strcmp(status, "creating") != 0)
        cluster->polls = "-1";
    text_format(&call->answer.out, "%s\n", cluster->id);
}

static void pool_add(struct call *call, const struct words *words)
{
    struct pool *pool;

    if (words->count < 2) {
        complain(call, "pool add CLUSTER_ID NAME [--user U] [--size N] [--db D] [--mode M]");
        return;
    }
    if (!options_ok(call, words, 2, "user size db mode"))
        return;
    if (service_cluster(call, words->word[0]) == NULL) {
        complain(call, "no such cluster");
        return;
    }
    pool = state_add(call->state, POOLS);
    *pool = (struct pool){words->word[0],
                          words->word[1],
                          option(words, "user", "doadmin"),
                          option(words, "size", "25"),
                          option(words, "db", "defaultdb"),
                          option(words, "mode", "transaction")};
}

/* A user or a database of a cluster. */
static void part_add(struct call *call, const struct words *words, enum kind kind)
{
    if (words->count != 2) {
        complain(call, "user|database add CLUSTER_ID NAME");
    } else if (service_cluster(call, words->word[0]) == NULL) {
        complain(call, "no such cluster");
    } else if (kind == USERS) {
        service_user_password(call, service_cluster(call, words->word[0]), words->word[1]);
    } else {
        struct database *database = state_add(call->state, DATABASES);

        *database = (struct database){words->word[0], words->word[1]};
    }
}

static void user_add(struct call *call, const struct words *words)
{
    part_add(call, words, USERS);
}

static void database_add(struct call *call, const struct words *words)
{
    part_add(call, words, DATABASES);
}

static void rule_add(struct call *call, const struct words *words)
{
    const char *colon = words->count < 2 ? NULL : strchr(words->word[1], ':');
    struct rule *rule;

    if (colon == NULL) {
        complain(call, "rule add CLUSTER_ID TYPE:VALUE [--uuid U]");
        return;
    }
    if (!options_ok(call, words, 2, "uuid"))
        return;
    rule = state_add(call->state, RULES);
    rule->cluster = words->word[0];
    rule->uuid = option(words, "uuid", NULL);
    rule->type = arena_slice(call->arena, words->word[1], (size_t)(colon - words->word[1]));
    rule->value = colon + 1;
    if (rule->uuid == NULL)
        rule->uuid = service_uuid(call);
}

static void vpc_add(struct call *call, const struct words *words)
{
    const char *range;
    struct vpc *vpc;

    if (!options_ok(call, words, 1, "id region ip-range description default"))
        return;
    range = option(words, "ip-range", service_free_range(call));
    vpc = state_add(call->state, VPCS);
    *vpc = (struct vpc){option(words, "id", NULL),        words->word[0],
                        option(words, "description", ""), range,
                        option(words, "region", "nyc3"),  service_time(call),
                        option(words, "default", ""),     "0"};
    if (vpc->id == NULL)
        vpc->id = service_uuid(call);
    text_format(&call->answer.out, "%s\n", vpc->id);
}

static void droplet_add(struct call *call, const struct words *words)
{
    const char *private = option(words, "private-ip", "10.116.0.9");
    struct droplet *droplet;

    if (!options_ok(call, words, 1, "private-ip name region vpc status"))
        return;
    droplet = service_droplet(call, words->word[0]);
    if (droplet == NULL)
        droplet = state_add(call->state, DROPLETS);
    call->state->changed = true;
    *droplet = (struct droplet){words->word[0],
                                option(words, "name", "droplet"),
                                "203.0.113.9",
                                strcmp(private, "none") == 0 ? "" : private,
                                option(words, "region", "nyc3"),
                                "s-1vcpu-1gb",
                                "Ubuntu 22.04 (LTS) x64",
                                option(words, "vpc", ""),
                                "",
                                option(words, "status", "active"),
                                "-1"};
}

static void key_add(struct call *call, const struct words *words)
{
    size_t number = state_count(call->state, KEYS) + 1;
    struct key *key;

    if (!options_ok(call, words, 1, "id fingerprint"))
        return;
    key = state_add(call->state, KEYS);
    key->id = option(words, "id", arena_format(call->arena, "%zu", 51000000 + number));
    key->name = words->word[0];
    key->fingerprint =
        option(words, "fingerprint",
               arena_format(call->arena, "3b:16:bf:e4:8b:00:8b:b8:59:8c:a9:d3:f0:19:%02zx:fa",
                            number & 0xff));
    text_format(&call->answer.out, "%s\n", key->id);
}

/* Faults from now on; calls are counted from here. */
static void fault_set(struct call *call, const struct words *words)
{
    struct text list = {.arena = call->arena};
    struct text problem = {.arena = call->arena};

    for (int i = 0; i < words->count; i++)
        text_format(&list, "%s%s", i == 0 ? "" : ";", words->word[i]);
    if (!fault_list_ok(text_string(&list), &problem)) {
        complain(call, text_string(&problem));
        return;
    }
    for (size_t i = state_count(call->state, COUNTS); i-- > 0;)
        if (strncmp(((struct count *)state_at(call->state, COUNTS, i))->name, "call ", 5) == 0)
            state_remove(call->state, COUNTS, i);
    if (!state_file_write(call->state, "faults", text_string(&list)))
        complain(call, text_string(&call->state->problem));
}

static void value_print(struct text *line, const char *value)
{
    bool quoted = *value == '\0' || strpbrk(value, " \"") != NULL;

    if (quoted)
        text_byte(line, '"');
    for (; *value != '\0'; value++) {
        unsigned char byte = (unsigned char)*value;

        if (byte < 0x20 || byte == 0x7f || byte == '"' || byte == '%')
            text_format(line, "%%%02X", byte);
        else
            text_byte(line, *value);
    }
    if (quoted)
        text_byte(line, '"');
}

static int by_text(const void *one, const void *other)
{
    return strcmp(*(const char *const *)one, *(const char *const *)other);
}

static void dump(struct call *call)
{
    const struct state *state = call->state;
    const char **lines;
    size_t count = 0;

    for (enum kind kind = 0; kind < COUNTS; kind++)
        count += state_count(state, kind);
    lines = arena_take(call->arena, (count + 1) * sizeof(*lines));
    count = 0;
    for (enum kind kind = 0; kind < COUNTS; kind++) {
        for (size_t row = 0; row < state_count(state, kind); row++) {
            const char **fields = state_at(state, kind, row);
            struct text line = {.arena = call->arena};

            text_add(&line, state_kind_name(kind));
            for (size_t i = 0; i < state_kind_fields(kind); i++) {
                const char *name = state_kind_field(kind, i);

                text_format(&line, " %s=", name);
                value_print(&line, strcmp(name, "password") == 0 ? "****" : fields[i]);
            }
            text_byte(&line, '\n');
            lines[count++] = text_string(&line);
        }
    }
    qsort(lines, count, sizeof(*lines), by_text);
    for (size_t i = 0; i < count; i++)
        text_add(&call->answer.out, lines[i]);
}

void sim_run(struct call *call, int argc, char **argv)
{
    static const struct {
        const char *noun;
        void (*add)(struct call *, const struct words *);
    } things[] = {
        {"cluster", cluster_add}, {"pool", pool_add},         {"rule", rule_add},
        {"user", user_add},       {"database", database_add}, {"vpc", vpc_add},
        {"droplet", droplet_add}, {"ssh-key", key_add},
    };
    struct words words = {argc - 1, argv + 1};

    if (argc == 1 && strcmp(argv[0], "dump") == 0) {
        dump(call);
        return;
    }
    if (argc >= 1 && strcmp(argv[0], "fault") == 0) {
        fault_set(call, &words);
        return;
    }
    for (size_t i = 0; argc >= 3 && i < sizeof(things) / sizeof(things[0]); i++) {
        if (strcmp(things[i].noun, argv[0]) == 0 && strcmp(argv[1], "add") == 0) {
            words = (struct words){argc - 2, argv + 2};
            things[i].add(call, &words);
            return;
        }
    }
    complain(call, "cluster|pool|user|database|rule|vpc|droplet|ssh-key add ..., fault [LIST], "
                   "dump (see README.md)");
}
