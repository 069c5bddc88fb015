#include "config.h"

#include "questions.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "base/signals.h"
#include "doctl/details.h"
#include "doctl/pools.h"
#include "doctl/rules.h"
#include "doctl/users.h"

char *questions_folder, *questions_log;
struct error questions_error;

const struct doctl_options usual_options = {
    .jobs = 4, .timeout_ms = 15000, .wait_timeout_ms = 15000};

/* ---- the questions -------------------------------------------------------------------------- */

typedef char *ask_function(struct doctl *doctl, const char *first, const char *second,
                           struct error *error);

static ask_function email, find_vpc, create_vpc, find_cluster, create_cluster, status, info,
    has_pool, create_pool, pool_uri, pools, certificate, connection, droplet, cluster_details,
    droplet_details, has_user, has_database, user_password, create_user, reset_user,
    create_database, pool_owner, vpc_name, rules, add_rule, remove_rule, replace_rules, update_pool,
    resize;

static const struct {
    const char *name;
    size_t least, most; /* arguments */
    ask_function *ask;  /* gives NULL where it failed */
} questions[] = {
    {"email", 0, 0, email},
    {"find-vpc", 1, 1, find_vpc},
    {"create-vpc", 0, 0, create_vpc},
    {"find-cluster", 1, 1, find_cluster},
    {"create-cluster", 0, 1, create_cluster},
    {"status", 1, 1, status},
    {"info", 1, 1, info},
    {"has-pool", 2, 2, has_pool},
    {"create-pool", 2, 2, create_pool},
    {"pool-uri", 2, 2, pool_uri},
    {"pools", 1, 1, pools},
    {"certificate", 1, 1, certificate},
    {"connection", 1, 1, connection},
    {"droplet", 1, 1, droplet},
    {"cluster-details", 1, 1, cluster_details},
    {"droplet-details", 1, 1, droplet_details},
    {"vpc-name", 1, 1, vpc_name},
    {"has-user", 2, 2, has_user},
    {"has-database", 2, 2, has_database},
    {"user-password", 2, 2, user_password},
    {"create-user", 2, 2, create_user},
    {"reset-user", 2, 2, reset_user},
    {"create-database", 2, 2, create_database},
    {"pool-owner", 2, 2, pool_owner},
    {"rules", 1, 1, rules},
    {"add-rule", 2, 2, add_rule},
    {"remove-rule", 2, 2, remove_rule},
    {"replace-rules", 2, 2, replace_rules},
    {"update-pool", 2, 2, update_pool},
    {"resize", 2, 2, resize},
};

static const struct {
    const char *name;
    enum error_kind kind;
} kinds[] = {
    {"answered", ERROR_NONE},
    {"no-doctl", ERROR_NO_PROGRAM},
    {"auth", ERROR_AUTH},
    {"api", ERROR_API},
    {"network", ERROR_NETWORK},
    {"unsupported", ERROR_UNSUPPORTED},
    {"unreadable", ERROR_UNREADABLE},
    {"blank", ERROR_BLANK},
    {"deadline", ERROR_DEADLINE},
    {"local", ERROR_LOCAL},
    {"signal", ERROR_SIGNAL},
};

/* A function that succeeded has given a text, one that failed has not. */
static char *given(bool good, char *const *text)
{
    ck_assert_msg(good == (*text != NULL), "the result and its value do not agree");
    return *text;
}

/* A question whose answer is a text that the function gives. */
#define TEXT_QUESTION(name, call)                                                                  \
    static char *name(struct doctl *doctl, const char *first, const char *second,                  \
                      struct error *error)                                                         \
    {                                                                                              \
        char *text = NULL;                                                                         \
        (void)first, (void)second;                                                                 \
        return given(call, &text);                                                                 \
    }

TEXT_QUESTION(email, doctl_account_email(doctl, &text, error))
TEXT_QUESTION(create_vpc,
              doctl_vpc_create(doctl, "freshtrack-vpc", "nyc3", "10.116.0.0/20", &text, error))
TEXT_QUESTION(status, doctl_cluster_status(doctl, first, &text, error))
TEXT_QUESTION(info, doctl_cluster_info(doctl, first, &text, error))
TEXT_QUESTION(pool_uri, pools_uri(doctl, first, second, &text, error))
TEXT_QUESTION(user_password, doctl_user_password(doctl, first, second, &text, error))
TEXT_QUESTION(pools, pools_text(doctl, first, &text, error))
TEXT_QUESTION(certificate, doctl_certificate(doctl, first, unit_path(questions_folder, "ca.crt"),
                                             &text, &(bool){false}, error))
TEXT_QUESTION(droplet, doctl_droplet_private_ip(doctl, first, &text, error))

static char *find_vpc(struct doctl *doctl, const char *name, const char *second,
                      struct error *error)
{
    char *uuid = NULL;
    (void)second;
    bool good = doctl_vpc_find(doctl, name, &uuid, error);
    if (good && !uuid)
        uuid = mem_copy("-");
    return given(good, &uuid);
}

static char *vpc_name(struct doctl *doctl, const char *uuid, const char *second,
                      struct error *error)
{
    char *name = NULL;
    (void)second;
    bool good = doctl_vpc_name(doctl, uuid, &name, error);
    if (good && !name)
        name = mem_copy("-");
    return given(good, &name);
}

static char *yes_or_no(bool good, bool yes)
{
    return good ? mem_copy(yes ? "yes" : "no") : NULL;
}

static char *has_user(struct doctl *doctl, const char *id, const char *name, struct error *error)
{
    bool there = false;
    bool good = doctl_user_exists(doctl, id, name, &there, error);
    return yes_or_no(good, there);
}

static char *has_database(struct doctl *doctl, const char *id, const char *name,
                          struct error *error)
{
    bool there = false;
    bool good = doctl_database_exists(doctl, id, name, &there, error);
    return yes_or_no(good, there);
}

static char *create_user(struct doctl *doctl, const char *id, const char *name, struct error *error)
{
    return yes_or_no(doctl_user_create(doctl, id, name, error), true);
}

static char *reset_user(struct doctl *doctl, const char *id, const char *name, struct error *error)
{
    return yes_or_no(doctl_user_reset(doctl, id, name, error), true);
}

static char *create_database(struct doctl *doctl, const char *id, const char *name,
                             struct error *error)
{
    return yes_or_no(doctl_database_create(doctl, id, name, error), true);
}

static char *pool_owner(struct doctl *doctl, const char *id, const char *name, struct error *error)
{
    struct pools found;
    if (!pools_read_shown(doctl, id, &found, error))
        return NULL;
    const struct pool *pool = pools_find(&found, name);
    char *text = pool ? mem_format("%s %s", pool->user, pool->database) : mem_copy("-");
    pools_free(&found);
    return text;
}

static char *details_text(bool good, struct details *found)
{
    char *text = good ? mem_format("%s %s", found->vpc_uuid, found->region) : NULL;
    details_free(found);
    return text;
}

static char *cluster_details(struct doctl *doctl, const char *id, const char *second,
                             struct error *error)
{
    struct details found = {.vpc_uuid = NULL};
    (void)second;
    return details_text(details_of_cluster(doctl, id, &found, error), &found);
}

static char *droplet_details(struct doctl *doctl, const char *id, const char *second,
                             struct error *error)
{
    struct details found = {.vpc_uuid = NULL};
    (void)second;
    return details_text(details_of_droplet(doctl, id, &found, error), &found);
}

static char *find_cluster(struct doctl *doctl, const char *name, const char *second,
                          struct error *error)
{
    struct cluster found;
    (void)second;
    if (!doctl_cluster_find(doctl, name, &found, error))
        return given(false, &found.id);
    char *text = found.id ? mem_format("%s %s %s", found.id, found.engine, found.status) : NULL;
    cluster_free(&found);
    return text ? text : mem_copy("-");
}

static char *create_cluster(struct doctl *doctl, const char *vpc, const char *second,
                            struct error *error)
{
    struct cluster_request request = {
        "freshtrack-db", "15", "nyc3", "db-s-1vcpu-2gb", "1", vpc, "", ""};
    char *id = NULL;
    bool waited = false;
    (void)second;
    bool good = doctl_cluster_create(doctl, &request, &id, &waited, error);
    char *text = given(good, &id) ? mem_format("%s%s", id, waited ? " waited" : "") : NULL;
    free(id);
    return text;
}

static char *has_pool(struct doctl *doctl, const char *id, const char *name, struct error *error)
{
    struct pools found;
    if (!pools_read(doctl, id, &found, error))
        return NULL;
    bool exists = pools_find(&found, name);
    pools_free(&found);
    return mem_copy(exists ? "yes" : "no");
}

static char *create_pool(struct doctl *doctl, const char *id, const char *size, struct error *error)
{
    bool shown = false;
    struct pool_request request = {"app-pool", "defaultdb", "doadmin", size, "transaction"};
    if (!pools_create(doctl, id, &request, &shown, error))
        return NULL;
    return mem_copy(shown ? "created, shown" : "created");
}

static char *update_pool(struct doctl *doctl, const char *id, const char *size, struct error *error)
{
    struct pool_request request = {"app-pool", "app", "app", size, "transaction"};
    return yes_or_no(pools_update(doctl, id, &request, error), true);
}

static char *resize(struct doctl *doctl, const char *id, const char *size, struct error *error)
{
    return yes_or_no(doctl_cluster_resize(doctl, id, "2", size, error), true);
}

static char *details(bool good, struct conninfo *found)
{
    if (!good)
        return NULL;
    char *text = mem_format("%s|%s|%s|%s|%s", found->host, found->port, found->user,
                            found->password, found->database);
    conninfo_free(found);
    return text;
}

static char *connection(struct doctl *doctl, const char *id, const char *second,
                        struct error *error)
{
    struct conninfo found = CONNINFO_INIT;
    (void)second;
    return details(doctl_connection(doctl, id, &found, error), &found);
}

static char *rules_text(struct rules *found)
{
    struct buffer text = BUFFER_INIT;
    buffer_add_text(&text, "");
    for (size_t i = 0; i < found->count; i++)
        buffer_add_format(&text, "%s%s", i ? " " : "", found->list[i]);
    rules_free(found);
    return buffer_take(&text);
}

static char *rules(struct doctl *doctl, const char *id, const char *second, struct error *error)
{
    struct rules found;
    (void)second;
    return rules_read(doctl, id, &found, error) ? rules_text(&found) : NULL;
}

static char *remove_rule(struct doctl *doctl, const char *id, const char *uuid, struct error *error)
{
    struct rules now;
    return rules_remove(doctl, id, uuid, &now, error) ? rules_text(&now) : NULL;
}

static char *replace_rules(struct doctl *doctl, const char *id, const char *rule,
                           struct error *error)
{
    struct rules wanted = {.count = 0};
    struct rules now;
    rules_add(&wanted, rule, "");
    bool good = rules_replace(doctl, id, &wanted, &now, error);
    rules_free(&wanted);
    return good ? rules_text(&now) : NULL;
}

static char *add_rule(struct doctl *doctl, const char *id, const char *rule, struct error *error)
{
    struct rules now = {.count = 0};
    if (!rules_append(doctl, id, rule, &now, error))
        return NULL;
    bool shown = rules_find(&now, rule) < now.count;
    rules_free(&now);
    return mem_copy(shown ? "added, shown" : "added");
}

/* ---- asking --------------------------------------------------------------------------------- */

static char *ask(const char *where, struct doctl *doctl, const char *question)
{
    char *words = unit_keep(mem_copy(question));
    char *name = strtok(words, " ");
    char *arguments[3];
    size_t count = 0;
    while (count < COUNT(arguments) && (arguments[count] = strtok(NULL, " ")))
        count++;
    for (size_t i = 0; name && i < COUNT(questions); i++) {
        if (strcmp(questions[i].name, name) != 0)
            continue;
        ck_assert_msg(count >= questions[i].least && count <= questions[i].most,
                      "%s: the question \"%s\" has %zu to %zu arguments", where, name,
                      questions[i].least, questions[i].most);
        char *text = questions[i].ask(doctl, count > 0 ? arguments[0] : "",
                                      count > 1 ? arguments[1] : "", &questions_error);
        return text ? unit_keep(text) : NULL;
    }
    ck_abort_msg("%s: there is no question \"%s\"", where, question);
    return NULL;
}

const char *questions_kind(const char *where, const char *text, enum error_kind *kind, int *number)
{
    size_t length = strcspn(text, " :");
    for (size_t i = 0; i < COUNT(kinds); i++) {
        if (strlen(kinds[i].name) != length || strncmp(kinds[i].name, text, length) != 0)
            continue;
        char *end;
        *kind = kinds[i].kind;
        *number = (int)strtol(text + length, &end, 10);
        if (!*end)
            return end;
        if (strncmp(end, ": ", 2) == 0)
            return end + 2;
    }
    ck_abort_msg("%s: \"%s\" is not KIND [NUMBER][: PART ... PART]", where, text);
    return NULL;
}

/* Whether a message holds all parts, " ... " between them, in this order. */
static bool has_parts(const char *message, const char *parts)
{
    static const char gap[] = " ... ";
    while (*parts) {
        const char *end = strstr(parts, gap);
        size_t length = end ? (size_t)(end - parts) : strlen(parts);
        char *part = unit_keep(mem_copy_n(parts, length));
        message = strstr(message, part);
        if (!message)
            return false;
        message += length;
        parts += length + (end ? strlen(gap) : 0);
    }
    return true;
}

void expect_at(const char *where, struct doctl *doctl, const char *question, const char *answer)
{
    const struct error *error = &questions_error;
    questions_error = (struct error)ERROR_INIT;
    char *result = ask(where, doctl, question);
    if (*answer == '=') {
        const char *wanted = answer + (answer[1] ? 2 : 1);
        ck_assert_msg(result != NULL, "%s: %s failed: kind %d, %s", where, question,
                      (int)error->kind, error->text);
        ck_assert_msg(strcmp(result, wanted) == 0, "%s: %s gave \"%s\", wanted \"%s\"", where,
                      question, result, wanted);
        ck_assert_int_eq(error->kind, ERROR_NONE);
        return;
    }
    enum error_kind kind = ERROR_NONE;
    int number = 0;
    ck_assert_msg(strncmp(answer, "! ", 2) == 0, "%s: an answer begins with \"= \" or \"! \": %s",
                  where, answer);
    const char *parts = questions_kind(where, answer + 2, &kind, &number);
    ck_assert_msg(!result, "%s: %s gave \"%s\", wanted \"%s\"", where, question, result, answer);
    ck_assert_msg(error->kind == kind && error->number == number && has_parts(error->text, parts),
                  "%s: %s: kind %d, number %d, \"%s\"; wanted \"%s\"", where, question,
                  (int)error->kind, error->number, error->text, answer);
    ck_assert_ptr_null(strstr(error->text, "AVNS"));
}

/* ---- doctls --------------------------------------------------------------------------------- */

static void set_up(void)
{
    questions_error = (struct error)ERROR_INIT;
    questions_folder = unit_folder();
    questions_log = unit_path(questions_folder, "log");
    setenv("REPLAY_LOG", questions_log, 1);
    unit_worked(signals_catch(&questions_error), &questions_error);
}

static void tear_down(void)
{
    signals_release();
}

TCase *questions_case(Suite *suite, const char *name)
{
    TCase *tests = unit_case(suite, name);
    tcase_add_checked_fixture(tests, set_up, tear_down);
    return tests;
}

struct doctl *open_with(struct doctl_options options)
{
    struct doctl *doctl = doctl_new(&options, &questions_error);
    unit_worked(doctl != NULL, &questions_error);
    return doctl;
}

struct doctl *open_doctl(const char *program, enum dialect dialect)
{
    struct doctl_options options = usual_options;
    options.program = program;
    options.dialect = dialect;
    return open_with(options);
}

static const char released[] =
    "released() { [ \"$call\" != 'databases pool get' ] || {\n"
    "    echo 'Error: (pool.get) command is missing required arguments' >&2; exit 1; }; }\n";

char *fake(const char *body)
{
    return unit_script(
        questions_folder, "doctl",
        unit_format("call=$*\necho \"$call\" >> '%s'\n%s%s", questions_log, released, body));
}

char *fake_file(const char *name)
{
    char *body = unit_read(unit_format("%s/doctls/%s", unit_source, name));
    ck_assert_msg(body != NULL, "there is no tests/doctls/%s", name);
    return fake(body);
}

char *calls(void)
{
    char *text = unit_read(questions_log);
    return text ? text : unit_keep(mem_copy(""));
}

size_t call_count(void)
{
    return unit_lines(questions_log);
}
