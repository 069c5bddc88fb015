#include "config.h"

#include "doctl/doctl.h"
#include "doctl/released.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "base/process.h"
#include "unit.h"

static struct error error;
static char *folder; /* of one test: the fake doctl, and in `log` a line for every call */
static char *calls_log;

static void set_up(void)
{
    error = (struct error)ERROR_INIT;
    folder = unit_folder();
    calls_log = unit_path(folder, "log");
    setenv("REPLAY_LOG", calls_log, 1);
    unit_worked(process_signals_catch(&error), &error);
}

static void tear_down(void)
{
    process_signals_release();
}

static const struct doctl_options usual = {
    .jobs = 4, .timeout_ms = 15000, .wait_timeout_ms = 15000};

static struct doctl *open_doctl(const char *program, enum dialect dialect)
{
    struct doctl_options options = usual;
    options.program = program;
    options.dialect = dialect;
    struct doctl *doctl = doctl_new(&options, &error);
    unit_worked(doctl != NULL, &error);
    return doctl;
}

/* A doctl that logs its calls and goes on with a piece of shell, in which "$*" is the call. */
static char *fake(const char *body)
{
    char *script = unit_format("echo \"$*\" >> '%s'\n%s", calls_log, body);
    return unit_script(folder, "doctl", script);
}

static char *calls(void)
{
    char *text = unit_read(calls_log);
    return text ? text : unit_keep(mem_copy(""));
}

/* ---- every function, with its result as a text ---- */

enum question {
    ASK_EMAIL,
    ASK_VPC_FIND,
    ASK_VPC_CREATE,
    ASK_CLUSTER_FIND,
    ASK_CLUSTER_CREATE,
    ASK_STATUS,
    ASK_INFO,
    ASK_POOL_EXISTS,
    ASK_POOL_CREATE,
    ASK_POOL_URI,
    ASK_POOL_INFO,
    ASK_CERTIFICATE,
    ASK_CONNECTION,
    ASK_CONNECTION_PRIVATE,
    ASK_DROPLET,
    ASK_RULES,
    ASK_RULE_APPEND
};

static char *details(bool good, struct conninfo *info)
{
    if (!good)
        return NULL;
    char *text = mem_format("%s|%s|%s|%s|%s", info->host, info->port, info->user, info->password,
                            info->database);
    conninfo_free(info);
    return text;
}

static char *cluster(bool good, struct cluster *found)
{
    if (!good)
        return NULL;
    char *text =
        found->id ? mem_format("%s %s %s", found->id, found->engine, found->status) : mem_copy("-");
    cluster_free(found);
    return text;
}

static char *rules(bool good, struct rules *found)
{
    struct buffer text = BUFFER_INIT;
    if (!good)
        return NULL;
    buffer_add_text(&text, "");
    for (size_t i = 0; i < found->count; i++)
        buffer_add_format(&text, "%s ", found->list[i]);
    rules_free(found);
    return buffer_take(&text);
}

/* NULL where it failed. `detail` is a name, a pool, a Droplet or a rule. */
static char *ask(struct doctl *doctl, enum question question, const char *id, const char *detail)
{
    struct cluster_request request = {"freshtrack-db", "15", "nyc3", "db-s-1vcpu-2gb", "1", detail};
    struct conninfo info = CONNINFO_INIT;
    struct cluster found = {NULL, NULL, NULL};
    struct rules list = {NULL, 0};
    char *text = NULL;
    bool flag = false;
    bool good = false;
    switch (question) {
    case ASK_EMAIL:
        good = doctl_account_email(doctl, &text, &error);
        break;
    case ASK_VPC_FIND:
        good = doctl_vpc_find(doctl, detail, &text, &error);
        if (good && !text)
            text = mem_copy("-");
        break;
    case ASK_VPC_CREATE:
        good = doctl_vpc_create(doctl, "freshtrack-vpc", "nyc3", "10.116.0.0/20", &text, &error);
        break;
    case ASK_CLUSTER_FIND:
        text = cluster(doctl_cluster_find(doctl, detail, &found, &error), &found);
        good = text != NULL;
        break;
    case ASK_CLUSTER_CREATE: {
        char *new_id = NULL;
        good = doctl_cluster_create(doctl, &request, &new_id, &flag, &error);
        text = good ? mem_format("%s%s", new_id, flag ? " waited" : "") : NULL;
        free(new_id);
        break;
    }
    case ASK_STATUS:
        good = doctl_cluster_status(doctl, id, &text, &error);
        break;
    case ASK_INFO:
        good = doctl_cluster_info(doctl, id, &text, &error);
        break;
    case ASK_POOL_EXISTS:
        good = doctl_pool_exists(doctl, id, detail, &flag, &error);
        text = good ? mem_copy(flag ? "yes" : "no") : NULL;
        break;
    case ASK_POOL_CREATE:
        good = doctl_pool_create(doctl, id,
                                 &(struct pool_request){"app-pool", "defaultdb", "doadmin", detail},
                                 &flag, &error);
        text = good ? mem_copy(flag ? "created, shown" : "created") : NULL;
        break;
    case ASK_POOL_URI:
        good = doctl_pool_uri(doctl, id, detail, &text, &error);
        if (!good)
            text = NULL;
        break;
    case ASK_POOL_INFO:
        good = doctl_pool_info(doctl, id, &text, &error);
        break;
    case ASK_CERTIFICATE: {
        char *beside = unit_path(folder, "ca.crt");
        good = doctl_certificate(doctl, id, beside, &text, &error);
        break;
    }
    case ASK_CONNECTION:
        text = details(doctl_connection(doctl, id, &info, &error), &info);
        good = text != NULL;
        break;
    case ASK_CONNECTION_PRIVATE:
        text = details(doctl_connection_private(doctl, id, &info, &error), &info);
        good = text != NULL;
        break;
    case ASK_DROPLET:
        good = doctl_droplet_private_ip(doctl, detail, &text, &error);
        break;
    case ASK_RULES:
        text = rules(doctl_rules(doctl, id, &list, &error), &list);
        good = text != NULL;
        break;
    case ASK_RULE_APPEND:
        good = doctl_rule_append(doctl, id, detail, &flag, &error);
        text = good ? mem_copy(flag ? "appended, shown" : "appended") : NULL;
        break;
    }
    ck_assert_msg(good == (text != NULL), "the result and its value do not agree");
    return text ? unit_keep(text) : NULL;
}

/* Asks a fresh doctl one question; checks the result or the kind of the error, and the calls. */
static void expect(struct doctl *doctl, enum question question, const char *id, const char *detail,
                   const char *wanted, enum error_kind kind, const char *part)
{
    error = (struct error)ERROR_INIT;
    char *result = ask(doctl, question, id, detail);
    if (wanted) {
        ck_assert_msg(result != NULL, "kind %d: %s", (int)error.kind, error.text);
        ck_assert_str_eq(result, wanted);
        ck_assert_int_eq(error.kind, ERROR_NONE);
    } else {
        ck_assert_msg(!result, "it succeeded: %s", result);
        ck_assert_msg(error.kind == kind && strstr(error.text, part),
                      "kind %d, wanted %d with \"%s\": %s", (int)error.kind, (int)kind, part,
                      error.text);
        ck_assert_ptr_null(strstr(error.text, "AVNS"));
    }
}

/* ---- the recorded calls ---- */

#define HOST    "freshtrack-db-do-user-1234567-0.k.db.ondigitalocean.com"
#define LOGIN   "|25060|doadmin|AVNS_s3cr3tPassw0rd|defaultdb"
#define STDOUT  "(stdout)" /* the result is the recorded stdout */
#define REQUEST "request 5b3f1a52-0000-4000-8000-000000000000"
#define UNKNOWN "00000000-0000-4000-8000-000000000000"

enum releases { ALL, OLD, NEW }; /* OLD: 1.94; NEW: later ones */

static const struct fixture {
    const char *name; /* of the recorded call */
    const char *also; /* another call that is answered; "+": this one answers whatever is asked */
    enum dialect dialect;
    enum releases releases;
    enum question question;
    const char *id, *detail;
    const char *result; /* NULL: it fails */
    enum error_kind kind;
    int number;
    const char *part, *other; /* of the message */
    size_t calls;
} fixtures[] = {
    {"account-get", NULL, DIALECT_AUTO, ALL, ASK_EMAIL, "", "", "ops@example.com", 0, 0, "", "", 1},
    {"account-get-unauthorized", NULL, DIALECT_AUTO, ALL, ASK_EMAIL, "", "", NULL, ERROR_AUTH, 401,
     "injected failure", REQUEST, 1},
    {"ca-get-plan", NULL, DIALECT_PLAN, ALL, ASK_CERTIFICATE, "@O", "", NULL, ERROR_UNSUPPORTED, 0,
     "help page", "", 1},
    {"ca-get-plan", "get-ca", DIALECT_AUTO, NEW, ASK_CERTIFICATE, "@O", "", "(get-ca)", 0, 0, "",
     "", 2},
    {"ca-get-plan", "get-ca", DIALECT_AUTO, OLD, ASK_CERTIFICATE, "@O", "", NULL, ERROR_UNSUPPORTED,
     0, "unknown flag: --format", "", 2},
    {"connection", NULL, DIALECT_AUTO, ALL, ASK_CONNECTION, "@O", "", HOST LOGIN, 0, 0, "", "", 1},
    {"connection-private", NULL, DIALECT_AUTO, NEW, ASK_CONNECTION_PRIVATE, "@O", "",
     "private-" HOST LOGIN, 0, 0, "", "", 1},
    {"connection-private", NULL, DIALECT_AUTO, OLD, ASK_CONNECTION_PRIVATE, "@O", "", NULL,
     ERROR_UNSUPPORTED, 0, "unknown flag: --private", "", 1},
    {"connection-without-credentials", NULL, DIALECT_AUTO, ALL, ASK_CONNECTION, "@C", "", NULL,
     ERROR_BLANK, 0, ": User, Password", "read the connection details of @C", 1},
    {"connection-without-credentials-header", "+", DIALECT_AUTO, ALL, ASK_CONNECTION, "@C", "",
     NULL, ERROR_BLANK, 0, "row 2", "", 1},
    {"databases-create", NULL, DIALECT_SHIPPED, ALL, ASK_CLUSTER_CREATE, "", "", "@O", 0, 0, "", "",
     1},
    {"databases-create-duplicate", NULL, DIALECT_SHIPPED, ALL, ASK_CLUSTER_CREATE, "", "", NULL,
     ERROR_API, 409, "name is not available", REQUEST, 1},
    {"databases-create-plan", NULL, DIALECT_PLAN, ALL, ASK_CLUSTER_CREATE, "", "", NULL,
     ERROR_UNSUPPORTED, 0, "unknown flag: --format", "create the database cluster freshtrack-db",
     1},
    {"databases-create-plan", "databases-create", DIALECT_AUTO, ALL, ASK_CLUSTER_CREATE, "", "",
     "@O", 0, 0, "", "", 2},
    {"databases-create-plan", "databases-create-duplicate", DIALECT_AUTO, ALL, ASK_CLUSTER_CREATE,
     "", "", NULL, ERROR_API, 409, "name is not available", "", 2},
    {"databases-create-still-creating", NULL, DIALECT_SHIPPED, ALL, ASK_CLUSTER_CREATE, "", "",
     "@C", 0, 0, "", "", 1},
    {"databases-get", NULL, DIALECT_AUTO, ALL, ASK_STATUS, "@O", "", "online", 0, 0, "", "", 1},
    {"databases-get", NULL, DIALECT_AUTO, ALL, ASK_INFO, "@O", "", STDOUT, 0, 0, "", "", 1},
    {"databases-get-bad-column", "+", DIALECT_AUTO, ALL, ASK_STATUS, "@O", "", NULL,
     ERROR_UNREADABLE, 0, "unknown column \"Bogus\"", "", 1},
    {"databases-get-status", NULL, DIALECT_SHIPPED, ALL, ASK_STATUS, "@O", "", "online", 0, 0, "",
     "", 1},
    {"databases-get-status-creating", NULL, DIALECT_SHIPPED, ALL, ASK_STATUS, "@C", "", "creating",
     0, 0, "", "", 1},
    {"databases-get-unknown", NULL, DIALECT_SHIPPED, ALL, ASK_STATUS, UNKNOWN, "", NULL, ERROR_API,
     404, "cluster not found", REQUEST, 1},
    {"databases-list", NULL, DIALECT_AUTO, ALL, ASK_CLUSTER_FIND, "", "freshtrack-db",
     "@O pg online", 0, 0, "", "", 1},
    {"databases-list", NULL, DIALECT_AUTO, ALL, ASK_CLUSTER_FIND, "", "freshtrack-db-staging",
     "@S pg online", 0, 0, "", "", 1},
    {"databases-list", NULL, DIALECT_AUTO, ALL, ASK_CLUSTER_FIND, "", "freshtrack", "-", 0, 0, "",
     "", 1},
    {"databases-list-header", "+", DIALECT_AUTO, ALL, ASK_CLUSTER_FIND, "", "freshtrack-db", NULL,
     ERROR_UNREADABLE, 0, "row 1", "", 1},
    {"databases-list-prefix-decoy", NULL, DIALECT_AUTO, ALL, ASK_CLUSTER_FIND, "", "freshtrack-db",
     "-", 0, 0, "", "", 1},
    {"droplet-get", NULL, DIALECT_AUTO, ALL, ASK_DROPLET, "", "42", "10.116.0.2", 0, 0, "", "", 1},
    {"droplet-get-no-private-ip", NULL, DIALECT_AUTO, ALL, ASK_DROPLET, "", "100", "", 0, 0, "", "",
     1},
    {"droplet-get-unknown", NULL, DIALECT_AUTO, ALL, ASK_DROPLET, "", "404", NULL, ERROR_API, 404,
     "could not be found", "read the private address of Droplet 404", 1},
    {"error-as-json", "+", DIALECT_AUTO, ALL, ASK_STATUS, UNKNOWN, "", NULL, ERROR_API, 404,
     "cluster not found", REQUEST, 1},
    {"firewalls-append", NULL, DIALECT_AUTO, ALL, ASK_RULE_APPEND, "@O", "droplet:42",
     "appended, shown", 0, 0, "", "", 1},
    {"firewalls-append-rate-limited", NULL, DIALECT_AUTO, ALL, ASK_RULE_APPEND, "@C", "droplet:42",
     NULL, ERROR_API, 429, "add the trusted source droplet:42", "too many requests", 1},
    {"firewalls-list", NULL, DIALECT_AUTO, ALL, ASK_RULES, "@O", "", "droplet:42 ", 0, 0, "", "",
     1},
    {"firewalls-list-empty", NULL, DIALECT_AUTO, ALL, ASK_RULES, "@O", "", "", 0, 0, "", "", 1},
    {"get-ca", NULL, DIALECT_SHIPPED, NEW, ASK_CERTIFICATE, "@O", "", STDOUT, 0, 0, "", "", 1},
    {"get-ca", NULL, DIALECT_SHIPPED, OLD, ASK_CERTIFICATE, "@O", "", NULL, ERROR_UNSUPPORTED, 0,
     "unknown flag: --format", "", 1},
    {"get-ca-server-error", NULL, DIALECT_SHIPPED, NEW, ASK_CERTIFICATE, "@C", "", NULL, ERROR_API,
     500, "injected failure", "run again later", 1},
    {"get-ca-server-error", NULL, DIALECT_SHIPPED, OLD, ASK_CERTIFICATE, "@C", "", NULL,
     ERROR_UNSUPPORTED, 0, "unknown flag: --format", "", 1},
    {"network-down", "+", DIALECT_AUTO, ALL, ASK_CLUSTER_FIND, "", "freshtrack-db", NULL,
     ERROR_NETWORK, 0, "connection refused", "check the network", 1},
    {"no-token", "+", DIALECT_AUTO, ALL, ASK_STATUS, "@O", "", NULL, ERROR_AUTH, 0,
     "no access token", "DO_API_TOKEN", 1},
    {"pool-create", NULL, DIALECT_AUTO, ALL, ASK_POOL_CREATE, "@O", "25", "created, shown", 0, 0,
     "", "", 1},
    {"pool-create-duplicate", NULL, DIALECT_AUTO, ALL, ASK_POOL_CREATE, "@O", "25", NULL, ERROR_API,
     409, "connection pool name is not available", "create the connection pool app-pool", 1},
    {"pool-create-unprocessable", NULL, DIALECT_AUTO, ALL, ASK_POOL_CREATE, "@C", "2500", NULL,
     ERROR_API, 422, "injected failure", "", 1},
    {"pool-get", NULL, DIALECT_AUTO, ALL, ASK_POOL_URI, "@O", "app-pool",
     "postgresql://doadmin:AVNS_s3cr3tPassw0rd@" HOST ":25061/app-pool?sslmode=require", 0, 0, "",
     "", 1},
    {"pool-get-missing", NULL, DIALECT_AUTO, ALL, ASK_POOL_URI, "@O", "app-pool", NULL, ERROR_API,
     404, "pool not found", "", 1},
    {"pool-get-missing-argument", "+", DIALECT_AUTO, ALL, ASK_POOL_URI, "@O", "app-pool", NULL,
     ERROR_UNREADABLE, 0, "missing required arguments", "", 1},
    {"pool-list", NULL, DIALECT_AUTO, ALL, ASK_POOL_EXISTS, "@O", "app-pool", "yes", 0, 0, "", "",
     1},
    {"pool-list", NULL, DIALECT_AUTO, ALL, ASK_POOL_EXISTS, "@O", "app", "no", 0, 0, "", "", 1},
    {"pool-list-empty", NULL, DIALECT_AUTO, ALL, ASK_POOL_EXISTS, "@O", "app-pool", "no", 0, 0, "",
     "", 1},
    {"pool-list-info", NULL, DIALECT_AUTO, ALL, ASK_POOL_INFO, "@O", "", STDOUT, 0, 0, "", "", 1},
    {"unknown-command", "+", DIALECT_AUTO, ALL, ASK_CLUSTER_FIND, "", "freshtrack-db", NULL,
     ERROR_UNSUPPORTED, 0, "unknown command", "", 1},
    {"vpcs-create", NULL, DIALECT_SHIPPED, ALL, ASK_VPC_CREATE, "", "", "@V", 0, 0, "", "", 1},
    {"vpcs-create-plan", NULL, DIALECT_PLAN, ALL, ASK_VPC_CREATE, "", "", NULL, ERROR_UNSUPPORTED,
     0, "unknown flag: --format", "create the VPC freshtrack-vpc", 1},
    {"vpcs-create-plan", "vpcs-create", DIALECT_AUTO, ALL, ASK_VPC_CREATE, "", "", "@V", 0, 0, "",
     "", 2},
    {"vpcs-list", NULL, DIALECT_AUTO, ALL, ASK_VPC_FIND, "", "freshtrack-vpc", "@V", 0, 0, "", "",
     1},
    {"vpcs-list", NULL, DIALECT_AUTO, ALL, ASK_VPC_FIND, "", "freshtrack", "-", 0, 0, "", "", 1},
    {"vpcs-list-empty", NULL, DIALECT_AUTO, ALL, ASK_VPC_FIND, "", "freshtrack-vpc", "-", 0, 0, "",
     "", 1},
};

static void replay(const struct fixture *one, const struct unit_version *version)
{
    struct buffer cases = BUFFER_INIT;
    bool any = one->also && strcmp(one->also, "+") == 0;
    buffer_add_format(&cases, "%s%s/%s/%s", any ? "+" : "", unit_transcripts, version->name,
                      one->name);
    if (one->also && !any)
        buffer_add_format(&cases, ":%s/%s/%s", unit_transcripts, version->name, one->also);
    setenv("REPLAY_CASES", cases.data, 1);
    buffer_free(&cases);
    unlink(calls_log);

    const char *wanted = one->result;
    if (wanted && strcmp(wanted, STDOUT) == 0)
        wanted = unit_recorded(version, one->name, "stdout");
    else if (wanted && *wanted == '(')
        wanted = unit_recorded(version, one->also, "stdout");
    else if (wanted)
        wanted = unit_fill(wanted, version);
    struct doctl *doctl = open_doctl(unit_replay, one->dialect);
    expect(doctl, one->question, unit_fill(one->id, version), one->detail, wanted, one->kind,
           unit_fill(one->part, version));
    ck_assert_int_eq(error.number, one->number);
    ck_assert_msg(strstr(error.text, unit_fill(one->other, version)) != NULL, "%s", error.text);
    ck_assert_msg(unit_lines(calls_log) == one->calls, "%zu calls were wanted:\n%s", one->calls,
                  calls());
    doctl_free(doctl);
    ck_assert_uint_eq(unit_entries(folder), 1);
}

START_TEST(recorded_calls)
{
    const struct fixture *one = &fixtures[_i];
    for (int i = one->releases == NEW; i < (one->releases == OLD ? 1 : UNIT_VERSIONS); i++)
        replay(one, &unit_versions[i]);
}
END_TEST

static const struct unit_version *current;

static void is_named(const char *name)
{
    bool named = false;
    for (size_t i = 0; i < COUNT(fixtures); i++)
        named = named || (strcmp(fixtures[i].name, name) == 0 &&
                          !(current == unit_versions && fixtures[i].releases == NEW) &&
                          !(current != unit_versions && fixtures[i].releases == OLD));
    ck_assert_msg(named, "%s/%s is asked by no test", current->name, name);
}

START_TEST(every_recorded_call_is_asked)
{
    for (current = unit_versions; current < unit_versions + UNIT_VERSIONS; current++)
        ck_assert_uint_ge(unit_each_recorded(current, is_named), 45);
}
END_TEST

/* ---- words that are turned down ---- */

#define REFUSED                                                                                    \
    "echo 'Error: GET https://api.digitalocean.com/v2/x: 404 (request \"r\") gone' >&2; "

/* How a doctl says that it does not know the words, as a released one does or nearly so. */
static const char *const turned_down[] = {
    "echo 'Error: unknown flag: --format' >&2; exit 255",
    "echo 'unknown flag: --format'; echo 'Error: unknown flag: --format' >&2; exit 255",
    "echo 'Error: unknown flag: --format' >&2; exit 1",
    "echo 'Error: unknown flag: --format' >&2; exit 0",
    "echo 'unknown flag: --format'; exit 0",
    "echo \"Error: unknown shorthand flag: 'f' in -f\" >&2; exit 2",
    "echo 'Error: unknown command \"x\" for \"doctl databases\"' >&2; exit 255",
    "printf 'Databases.\\n\\nUsage:\\n  doctl databases [command]\\n'; exit 0",
    "printf 'Databases.\\n\\nUsage:\\n  doctl databases [command]\\n' >&2; exit 3",
};

/* How one that is not DigitalOcean's may say it; or it has failed in some other way. */
static const char *const odd[] = {
    "echo 'fake doctl: what?' >&2; exit 1",
    "exit 1",
    "exit 127",
    "echo nothing of the kind that was asked for; exit 0",
    "exit 0",
    "printf '\\000\\001\\002\\n'; exit 0",
};

#define RELEASED                                                                                   \
    "[ \"$*\" != 'databases pool get' ] || "                                                       \
    "{ echo 'Error: (pool.get) command is missing required arguments' >&2; exit 1; }\n"

/* What is an answer to the question, or none at all. */
static const struct {
    const char *body;
    enum error_kind kind;
} answered[] = {
    {REFUSED "exit 1", ERROR_API},
    {REFUSED "exit 0", ERROR_API},
    {REFUSED "echo looks-like-an-id; exit 0", ERROR_API},
    {"printf '{\"errors\":[{\"detail\":\"GET https://x/y: 404 gone\"}]}'; exit 1", ERROR_API},
    {"echo 'Error: POST https://x/y: 401 (request \"r\") who' >&2; exit 1", ERROR_AUTH},
    {"echo 'Error: Unable to initialize DigitalOcean API client: access token is required' >&2; "
     "exit 1",
     ERROR_AUTH},
    {"echo 'Error: Get \"https://x\": dial tcp: no such host' >&2; exit 1", ERROR_NETWORK},
    {"echo 'Error: unknown column \"ID\"' >&2; exit 1", ERROR_UNREADABLE},
    {"kill -KILL $$", ERROR_UNREADABLE},
};

#define READ_SHIPPED   "databases get abc --format Status --no-header"
#define CREATE_SHIPPED "vpcs create --name freshtrack-vpc --region nyc3 --ip-range 10.116.0.0/20"

static char *unless(const char *words, const char *yes, const char *otherwise)
{
    return fake(unit_format("case \"$*\" in '%s') %s; exit 0 ;; esac\n%s", words, yes, otherwise));
}

START_TEST(a_read_is_put_in_other_words)
{
    struct doctl *doctl =
        open_doctl(unless(READ_SHIPPED, "echo online",
                          (size_t)_i < COUNT(turned_down) ? turned_down[_i]
                                                          : odd[_i - (int)COUNT(turned_down)]),
                   DIALECT_AUTO);
    expect(doctl, ASK_STATUS, "abc", "", "online", 0, "");
    ck_assert_uint_eq(unit_lines(calls_log), 2);
    ck_assert(doctl_is_released(doctl));
    /* From then on those words come first. */
    expect(doctl, ASK_STATUS, "abc", "", "online", 0, "");
    ck_assert_uint_eq(unit_lines(calls_log), 3);
    doctl_free(doctl);
}
END_TEST

START_TEST(a_change_is_put_in_other_words_where_it_was_not_sent)
{
    struct doctl *doctl =
        open_doctl(unless(CREATE_SHIPPED, "echo vpc-1", turned_down[_i]), DIALECT_AUTO);
    expect(doctl, ASK_VPC_CREATE, "", "", "vpc-1", 0, "");
    ck_assert_str_eq(calls(), CREATE_SHIPPED " --format ID --no-header\n" CREATE_SHIPPED "\n");
    doctl_free(doctl);
}
END_TEST

START_TEST(a_change_that_may_have_been_sent_is_not_repeated)
{
    struct doctl *doctl = open_doctl(unless(CREATE_SHIPPED, "echo vpc-2", odd[_i]), DIALECT_AUTO);
    expect(doctl, ASK_VPC_CREATE, "", "", NULL, ERROR_UNREADABLE, "create the VPC freshtrack-vpc");
    ck_assert_uint_eq(unit_lines(calls_log), 1);
    doctl_free(doctl);
}
END_TEST

START_TEST(an_answer_is_an_answer)
{
    struct doctl *doctl = open_doctl(fake(answered[_i].body), DIALECT_AUTO);
    expect(doctl, ASK_STATUS, "abc", "", NULL, answered[_i].kind, "could not read the status");
    ck_assert_uint_eq(unit_lines(calls_log), 1);
    expect(doctl, ASK_VPC_CREATE, "", "", NULL, answered[_i].kind, "could not create the VPC");
    ck_assert_uint_eq(unit_lines(calls_log), 2);
    expect(doctl, ASK_POOL_CREATE, "abc", "25", NULL, answered[_i].kind, "");
    expect(doctl, ASK_RULE_APPEND, "abc", "droplet:1", NULL, answered[_i].kind, "");
    expect(doctl, ASK_POOL_URI, "abc", "app-pool", NULL, answered[_i].kind, "");
    ck_assert_uint_eq(unit_lines(calls_log), 5);
    doctl_free(doctl);
}
END_TEST

/* Both words are turned down: what the last one said is told, and the plan's words stay first. */
START_TEST(words_that_nobody_knows)
{
    struct doctl *doctl = open_doctl(fake("echo 'fake: no idea' >&2; exit 1"), DIALECT_AUTO);
    expect(doctl, ASK_STATUS, "abc", "", NULL, ERROR_UNSUPPORTED, "fake: no idea");
    /* And once, whether it is a released one. */
    ck_assert_uint_eq(unit_lines(calls_log), 3);
    ck_assert(!doctl_is_released(doctl));
    /* A question with one wording only: nothing else can be tried. */
    expect(doctl, ASK_EMAIL, "", "", NULL, ERROR_UNREADABLE, "fake: no idea");
    expect(doctl, ASK_POOL_URI, "abc", "app-pool", NULL, ERROR_UNSUPPORTED, "");
    expect(doctl, ASK_RULES, "abc", "", NULL, ERROR_UNSUPPORTED, "");
    expect(doctl, ASK_CONNECTION_PRIVATE, "abc", "", NULL, ERROR_UNSUPPORTED, "");
    ck_assert_uint_eq(unit_lines(calls_log), 7);
    doctl_free(doctl);
}
END_TEST

/* Only a released doctl turns words down in this way. */
static const struct {
    const char *body;
    bool released;
} manners[] = {
    {"echo 'Error: unknown flag: --format' >&2; exit 255", true},
    {"printf 'Databases.\\n\\nUsage:\\n  doctl\\n'; exit 0", true},
    {"echo 'Error: unknown flag: --format' >&2; exit 1", false},
    {"echo 'what?' >&2; exit 255", false},
};

START_TEST(manners_of_a_released_doctl)
{
    struct doctl *doctl = open_doctl(fake(manners[_i].body), DIALECT_AUTO);
    expect(doctl, ASK_POOL_URI, "abc", "app-pool", NULL, ERROR_UNSUPPORTED, "");
    ck_assert_int_eq(doctl_is_released(doctl), manners[_i].released);
    doctl_free(doctl);
}
END_TEST

/* ---- a doctl that speaks the plan's dialect ---- */

static const char plan_doctl[] =
    "case \"$*\" in\n"
    "'account get --format Email --no-header') echo me@example.com ;;\n"
    "'vpcs list --format Name,ID --no-header') echo 'freshtrack-vpc vpc-1' ;;\n"
    "'vpcs create --name freshtrack-vpc --region nyc3 --ip-range 10.116.0.0/20 --format ID "
    "--no-header') echo vpc-1 ;;\n"
    "'databases list --format Name,ID,Engine,Status --no-header')\n"
    "    echo 'freshtrack-db-2 db-2 pg online'; echo 'freshtrack-db db-1 pg online' ;;\n"
    "'databases create freshtrack-db --engine pg --version 15 --region nyc3 --size db-s-1vcpu-2gb "
    "--num-nodes 1 --wait --format ID --no-header') echo db-1 ;;\n"
    "'databases create freshtrack-db --engine pg --version 15 --region nyc3 --size db-s-1vcpu-2gb "
    "--num-nodes 1 --wait --format ID --no-header --private-network-uuid vpc-1') echo db-3 ;;\n"
    "'databases get db-1 --format ID,Name,Engine,Version,Status,Region,Size')\n"
    "    echo 'ID      Name             Engine    Version    Status    Region    Size'\n"
    "    echo 'db-1    freshtrack-db    pg        15         online    nyc3      s' ;;\n"
    "'databases pool list db-1 --format Name --no-header') echo app-pool ;;\n"
    "'databases pool create db-1 app-pool --db defaultdb --user doadmin --size 25 --mode "
    "transaction') ;;\n"
    "'databases connection db-1 --format Host,Port,User,Password,Database --no-header')\n"
    "    echo 'db.example.com 25060 doadmin p@ss defaultdb' ;;\n"
    "'databases ca get db-1 --output '*) echo PEM > \"$5\" 2>/dev/null || echo PEM > \"$6\" ;;\n"
    "'compute droplet get 42 --format PrivateIPv4 --no-header') echo 10.0.0.2 ;;\n"
    "'databases firewalls append db-1 --rule droplet:42') ;;\n"
    "*) echo \"unexpected: $*\" >&2; exit 1 ;;\n"
    "esac";

START_TEST(the_plans_dialect)
{
    struct doctl *doctl = open_doctl(fake(plan_doctl), _i ? DIALECT_PLAN : DIALECT_AUTO);
    expect(doctl, ASK_EMAIL, "", "", "me@example.com", 0, "");
    expect(doctl, ASK_VPC_FIND, "", "freshtrack-vpc", "vpc-1", 0, "");
    expect(doctl, ASK_VPC_CREATE, "", "", "vpc-1", 0, "");
    expect(doctl, ASK_CLUSTER_FIND, "", "freshtrack-db", "db-1 pg online", 0, "");
    expect(doctl, ASK_CLUSTER_CREATE, "", "", "db-1 waited", 0, "");
    expect(doctl, ASK_CLUSTER_CREATE, "", "vpc-1", "db-3 waited", 0, "");
    expect(doctl, ASK_STATUS, "db-1", "", "online", 0, "");
    expect(doctl, ASK_POOL_EXISTS, "db-1", "app-pool", "yes", 0, "");
    expect(doctl, ASK_POOL_CREATE, "db-1", "25", "created", 0, "");
    expect(doctl, ASK_CONNECTION, "db-1", "", "db.example.com|25060|doadmin|p@ss|defaultdb", 0, "");
    expect(doctl, ASK_DROPLET, "", "42", "10.0.0.2", 0, "");
    expect(doctl, ASK_RULE_APPEND, "db-1", "droplet:42", "appended", 0, "");
    ck_assert_uint_eq(unit_lines(calls_log), 12);

    /*
     * What goes beyond the plan is asked once, or not at all, and is done without; a doctl that
     * answers oddly is asked once whether it is a released one.
     */
    expect(doctl, ASK_POOL_URI, "db-1", "app-pool", NULL, ERROR_UNSUPPORTED, "");
    expect(doctl, ASK_RULES, "db-1", "", NULL, ERROR_UNSUPPORTED, "");
    expect(doctl, ASK_CONNECTION_PRIVATE, "db-1", "", NULL, ERROR_UNSUPPORTED, "");
    ck_assert_uint_eq(unit_lines(calls_log), _i ? 12 : 16);
    ck_assert(!doctl_is_released(doctl));
    /* The plan's words still come first. */
    expect(doctl, ASK_STATUS, "db-1", "", "online", 0, "");
    ck_assert_uint_eq(unit_lines(calls_log), _i ? 13 : 17);
    doctl_free(doctl);
}
END_TEST

START_TEST(plan_words_only)
{
    struct doctl *doctl = open_doctl(fake(turned_down[0]), DIALECT_PLAN);
    expect(doctl, ASK_STATUS, "abc", "", NULL, ERROR_UNSUPPORTED, "unknown flag: --format");
    expect(doctl, ASK_VPC_CREATE, "", "", NULL, ERROR_UNSUPPORTED, "unknown flag: --format");
    ck_assert_uint_eq(unit_lines(calls_log), 2);
    ck_assert_ptr_null(strstr(calls(), READ_SHIPPED));
    doctl_free(doctl);
}
END_TEST

START_TEST(shipped_words_only)
{
    struct doctl *doctl = open_doctl(
        fake("case \"$*\" in 'databases create'*) echo db-1 ;; *' --format Status '*) echo online "
             ";; 'account get'*) echo me@example.com ;; *) exit 1 ;; esac"),
        DIALECT_SHIPPED);
    expect(doctl, ASK_STATUS, "abc", "", "online", 0, "");
    expect(doctl, ASK_CLUSTER_CREATE, "", "", "db-1", 0, "");
    /* Words that both dialects have. */
    expect(doctl, ASK_EMAIL, "", "", "me@example.com", 0, "");
    ck_assert_uint_eq(unit_lines(calls_log), 3);
    ck_assert_ptr_null(strstr(calls(), "--wait"));
    doctl_free(doctl);
}
END_TEST

/* ---- what an answer must hold ---- */

#define TWO_ROWS "printf 'ID      Name\\ndb-1    a\\ndb-2    b\\n'"

static const struct {
    enum question question;
    const char *body;
    const char *wanted;
    enum error_kind kind;
    const char *part;
} contents[] = {
    /* An ID is one ID, and goes back into an argv. */
    {ASK_VPC_CREATE, "echo vpc-1", "vpc-1", 0, ""},
    {ASK_VPC_CREATE, "printf '  vpc-1  \\r\\n\\n'", "vpc-1", 0, ""},
    {ASK_VPC_CREATE, "printf 'Notice: made\\nvpc-1\\n'", "vpc-1", 0, ""},
    {ASK_VPC_CREATE, "printf 'Name    ID\\nx       vpc-1\\n'", "vpc-1", 0, ""},
    {ASK_VPC_CREATE, "echo 'two words'", NULL, ERROR_UNREADABLE, "printed no ID"},
    {ASK_VPC_CREATE, "printf 'vpc-1\\nvpc-2\\n'", NULL, ERROR_UNREADABLE, "printed no ID"},
    {ASK_VPC_CREATE, TWO_ROWS, NULL, ERROR_UNREADABLE, "printed no ID"},
    {ASK_VPC_CREATE, "printf 'ID    Name\\n      x\\n'", NULL, ERROR_UNREADABLE, "no ID"},
    {ASK_VPC_CREATE, "printf 'ID    Name\\n'", NULL, ERROR_UNREADABLE, "no ID"},
    {ASK_VPC_CREATE, "printf -- '-rf\\n'", NULL, ERROR_UNREADABLE, "no ID"},
    {ASK_VPC_CREATE, "printf 'ID      Name\\n$(id)   x\\n'", NULL, ERROR_UNREADABLE, "ID"},
    {ASK_VPC_CREATE, "printf 'ID      Name\\n--x     y\\n'", NULL, ERROR_UNREADABLE, "ID"},
    {ASK_VPC_CREATE, "printf 'Name    URI\\nx       postgres://u:AVNS_secret@h\\n'", NULL,
     ERROR_UNREADABLE, "no ID"},
    {ASK_VPC_CREATE, "echo postgres://u:AVNS_secret@h", NULL, ERROR_UNREADABLE, "no ID"},
    {ASK_VPC_FIND, "echo 'freshtrack-vpc    --all'", NULL, ERROR_UNREADABLE, "has no ID"},
    {ASK_VPC_FIND, "printf 'freshtrack-vpc-2    a1\\nfreshtrack-vpc    b1\\n'", "b1", 0, ""},
    {ASK_VPC_FIND, "echo 'Service unavailable'", NULL, ERROR_UNREADABLE, "not about a VPC"},
    {ASK_VPC_FIND, "printf 'freshtrack-vpc    b1\\nplease wait\\n'", NULL, ERROR_UNREADABLE,
     "row 2"},
    {ASK_VPC_FIND, "echo 'freshtrack-vpc'", NULL, ERROR_BLANK, "ID"},
    {ASK_VPC_FIND, "exit 0", "-", 0, ""},

    /* A list of clusters: a create may follow from what is not in it. */
    {ASK_CLUSTER_FIND, "exit 0", "-", 0, ""},
    {ASK_CLUSTER_FIND, "echo 'db-x    id-9    pg    online'", "-", 0, ""},
    {ASK_CLUSTER_FIND, "echo 'freshtrack-db id-1 pg online'", "id-1 pg online", 0, ""},
    {ASK_CLUSTER_FIND, "echo 'freshtrack-db    id-1    mysql    resizing'", "id-1 mysql resizing",
     0, ""},
    {ASK_CLUSTER_FIND, "echo 'freshtrack-db abcdef pg online'", "abcdef pg online", 0, ""},
    {ASK_CLUSTER_FIND, "echo 'freshtrack-db new-1 scylla online'", "new-1 scylla online", 0, ""},
    {ASK_CLUSTER_FIND, "echo 'proxy-1 10.0.0.1 is unavailable'", NULL, ERROR_UNREADABLE, "row 1"},
    {ASK_CLUSTER_FIND, "echo 'please log in first'", NULL, ERROR_UNREADABLE, "row 1"},
    {ASK_CLUSTER_FIND, "echo 'session expired: please login'", NULL, ERROR_UNREADABLE, "row 1"},
    {ASK_CLUSTER_FIND, "echo 'Please log in'", NULL, ERROR_BLANK, "Status"},
    {ASK_CLUSTER_FIND, "echo 'Error: not logged in!'", NULL, ERROR_UNREADABLE, "row 1"},
    {ASK_CLUSTER_FIND, "printf 'a b1 pg online\\nfreshtrack-db b2 p g\\nx y3 - online\\n'", NULL,
     ERROR_UNREADABLE, "row 3"},
    {ASK_CLUSTER_FIND, "echo 'freshtrack-db    -x    pg    online'", NULL, ERROR_UNREADABLE, ""},
    {ASK_CLUSTER_FIND, "echo 'freshtrack-db    id-1    pg'", NULL, ERROR_BLANK, "Status"},
    {ASK_CLUSTER_FIND, "printf '\\000\\001\\377\\n'", NULL, ERROR_BLANK, "row 1"},

    /* Connection details. */
    {ASK_CONNECTION, "echo 'h.example    25060    u    p    d'", "h.example|25060|u|p|d", 0, ""},
    {ASK_CONNECTION, "printf 'h\\t1\\tu\\tp\\td\\n'", "h|1|u|p|d", 0, ""},
    {ASK_CONNECTION, "exit 0", NULL, ERROR_UNREADABLE, "printed nothing"},
    {ASK_CONNECTION, "echo 'h    25060        AVNS_secret    d'", NULL, ERROR_BLANK, ": User"},
    {ASK_CONNECTION, "echo 'h    25060    u        d'", NULL, ERROR_BLANK, ": Password"},
    {ASK_CONNECTION, "echo 'h    25060    u    AVNS_x    d    more'", NULL, ERROR_UNREADABLE,
     "6 cells"},
    {ASK_CONNECTION, "echo 'h/x    25060    u    AVNS_x    d'", NULL, ERROR_UNREADABLE, "host"},
    {ASK_CONNECTION, "echo 'h    port    u    AVNS_x    d'", NULL, ERROR_UNREADABLE, "port"},
    {ASK_CONNECTION, "echo 'h    65536    u    AVNS_x    d'", NULL, ERROR_UNREADABLE, "port"},
    {ASK_CONNECTION, "echo '<nil>    25060    u    AVNS_x    d'", NULL, ERROR_UNREADABLE, ""},

    /* Others. */
    {ASK_EMAIL, "exit 0", NULL, ERROR_UNREADABLE, "printed nothing"},
    {ASK_EMAIL, "echo a@b", "a@b", 0, ""},
    {ASK_EMAIL, "echo '{'", NULL, ERROR_UNREADABLE, "has no Email"},
    {ASK_EMAIL, "printf 'a\\033[31m@b\\n'", NULL, ERROR_UNREADABLE, "has no Email"},
    {ASK_DROPLET, "echo backend unavailable", NULL, ERROR_UNREADABLE, "has no PrivateIPv4"},
    {ASK_DROPLET, "echo", "", 0, ""},
    {ASK_DROPLET, "exit 0", "", 0, ""},
    {ASK_POOL_EXISTS, "printf 'app-pool-2\\nmy-app-pool\\n'", "no", 0, ""},
    {ASK_POOL_EXISTS, "printf 'other\\napp-pool\\n'", "yes", 0, ""},
    {ASK_POOL_EXISTS, "echo Service temporarily unavailable", NULL, ERROR_UNREADABLE,
     "has no Name"},
    {ASK_POOL_EXISTS, "echo '[]'", NULL, ERROR_UNREADABLE, "has no Name"},
    {ASK_RULES,
     "printf 'Type       UUID    Value\\nip_addr    x       1.2.3.0/24\\ntag        y   "
     "    web\\n'",
     "ip_addr:1.2.3.0/24 tag:web ", 0, ""},
    {ASK_RULES, "printf 'UUID    Type\\n1       tag\\n'", NULL, ERROR_UNSUPPORTED, "Value"},
    {ASK_RULES, "printf 'Type    Value\\ntag\\n'", NULL, ERROR_UNSUPPORTED, "left Value blank"},
    /* What was made stands in the answer of a released doctl; another's name is not enough. */
    {ASK_POOL_CREATE, "printf 'User    Name\\nu       app-pool\\n'", "created, shown", 0, ""},
    {ASK_POOL_CREATE, "printf 'User    Name\\nu       app-pool-2\\n'", "created", 0, ""},
    {ASK_POOL_CREATE, "exit 0", "created", 0, ""},
    {ASK_RULE_APPEND, "printf 'UUID    Type    Value\\n1-42    tag     web\\n'", "appended, shown",
     0, ""},
    {ASK_RULE_APPEND, "printf 'UUID    Type    Value\\nweb1    tag     website\\n'", "appended", 0,
     ""},
    {ASK_RULE_APPEND, "printf 'UUID    Type       Value\\nw       droplet    web\\n'", "appended",
     0, ""},
    {ASK_RULE_APPEND, "exit 0", "appended", 0, ""},
    {ASK_EMAIL, "echo '<nil>'", NULL, ERROR_UNREADABLE, "does not know a column"},
    {ASK_INFO, "printf 'a\\033[31mb\\nc\\a\\n'", "ab\nc\n", 0, ""},
    {ASK_INFO, "printf ''", "", 0, ""},
    /* A released doctl says that the words miss something: what it printed has to be the table. */
    {ASK_INFO, RELEASED "printf 'ID    Name\\nx     y\\n'", "ID    Name\nx     y\n", 0, ""},
    {ASK_INFO, RELEASED "exit 0", NULL, ERROR_UNREADABLE, "printed no table"},
    {ASK_INFO, RELEASED "printf 'ID    Name\\n'", NULL, ERROR_UNREADABLE, "printed no table"},
    {ASK_INFO, RELEASED "printf 'Slug    Price\\nx       1\\n'", NULL, ERROR_UNREADABLE, ""},
    {ASK_POOL_INFO, RELEASED "printf 'Name    Size\\n'", "Name    Size\n", 0, ""},
    {ASK_POOL_INFO, RELEASED "exit 0", NULL, ERROR_UNREADABLE, "printed no table"},
    /* The same doctl is not done without where it answers oddly. */
    {ASK_POOL_URI, RELEASED "exit 0", NULL, ERROR_UNREADABLE, "printed nothing"},
    {ASK_POOL_URI, RELEASED "exit 1", NULL, ERROR_UNREADABLE, "exit status 1"},
    {ASK_RULES, RELEASED "exit 0", NULL, ERROR_UNREADABLE, ""},
    {ASK_RULES, RELEASED "printf 'Slug    Price\\nx       1\\n'", NULL, ERROR_UNREADABLE, "Type"},
    {ASK_CONNECTION, RELEASED "printf 'h 1 u p d'", NULL, ERROR_UNREADABLE, "cut off"},
};

START_TEST(contents_of_answers)
{
    static const char *const details_of[] = {
        [ASK_VPC_FIND] = "freshtrack-vpc", [ASK_CLUSTER_FIND] = "freshtrack-db",
        [ASK_POOL_EXISTS] = "app-pool",    [ASK_DROPLET] = "42",
        [ASK_POOL_CREATE] = "25",          [ASK_RULE_APPEND] = "tag:web",
    };
    struct doctl *doctl = open_doctl(fake(contents[_i].body), DIALECT_AUTO);
    expect(doctl, contents[_i].question, "abc", details_of[contents[_i].question],
           contents[_i].wanted, contents[_i].kind, contents[_i].part);
    doctl_free(doctl);
}
END_TEST

/* A released doctl ends an answer with a newline: without it the last cell may be half a cell. */
START_TEST(an_answer_that_was_cut_off)
{
    static const char *const tidy[] = {
        "printf 'h.example    25060    doadmin    AVNS_x    default'",
        "printf 'freshtrack-db    id-1    pg    onl'"};
    for (size_t i = 0; i < COUNT(tidy); i++) {
        struct doctl *doctl = open_doctl(fake(tidy[i]), DIALECT_AUTO);
        expect(doctl, i ? ASK_CLUSTER_FIND : ASK_CONNECTION, "abc", "freshtrack-db", NULL,
               ERROR_UNREADABLE, "cut off");
        doctl_free(doctl);
    }
    /* Half a list of anybody's may lack what is looked for. */
    static const char *const lists[] = {"printf 'freshtrack-db id-1 pg online'",
                                        "printf 'app-pool'", "printf 'freshtrack-vpc vpc-1'"};
    static const enum question questions[] = {ASK_CLUSTER_FIND, ASK_POOL_EXISTS, ASK_VPC_FIND};
    for (size_t i = 0; i < COUNT(lists); i++) {
        struct doctl *doctl = open_doctl(fake(lists[i]), DIALECT_AUTO);
        expect(doctl, questions[i], "abc", "freshtrack-vpc", NULL, ERROR_UNREADABLE, "cut off");
        doctl_free(doctl);
    }
    /* A hand-made one may leave it out of a single value. */
    struct doctl *doctl = open_doctl(fake("printf 'h 1 u p d'"), DIALECT_AUTO);
    expect(doctl, ASK_CONNECTION, "abc", "", "h|1|u|p|d", 0, "");
    doctl_free(doctl);
}
END_TEST

/* ---- the certificate's file ---- */

START_TEST(certificate_through_a_file)
{
    struct doctl *doctl = open_doctl(
        fake("printf 'a\\nb' > \"$6\"; dirname \"$6\" >> \"$REPLAY_LOG.where\""), DIALECT_AUTO);
    char *beside = unit_path(folder, "ca.crt");
    char *where = unit_path(folder, "log.where");
    char *pem = NULL;
    unit_file(folder, "ca.crt", "old", 0600);
    unit_worked(doctl_certificate(doctl, "db-1", beside, &pem, &error), &error);
    ck_assert_str_eq(pem, "a\nb");
    free(pem);
    /* Nothing was left behind, and the file itself was not touched. */
    ck_assert_uint_eq(unit_entries(folder), 4);
    ck_assert_str_eq(unit_read(beside), "old");
    ck_assert_str_eq(unit_read(where), unit_format("%s\n", folder));
    ck_assert_uint_eq(unit_lines(calls_log), 1);
    doctl_free(doctl);
}
END_TEST

START_TEST(a_certificate_that_failed_leaves_nothing)
{
    struct doctl *doctl = open_doctl(fake("echo half > \"$6\"; " REFUSED "exit 1"), DIALECT_AUTO);
    expect(doctl, ASK_CERTIFICATE, "db-1", "", NULL, ERROR_API, "gone");
    doctl_free(doctl);
    ck_assert_uint_eq(unit_entries(folder), 2);
}
END_TEST

/* ---- asking ahead ---- */

static const char slow_doctl[] =
    "case \"$*\" in\n"
    "'account get'*) echo me@example.com ;;\n"
    "'databases pool list'*) echo app-pool ;;\n"
    "'databases pool get'*) echo 'Error: unknown flag: --format' >&2; exit 255 ;;\n"
    "'databases get abc --format ID'*) echo 'Error: unknown flag: --x' >&2; exit 255 ;;\n"
    "'databases get abc --format Status'*) echo online ;;\n"
    "'databases ca get'*) echo PEM > \"$6\" ;;\n"
    "'compute droplet get'*) echo 10.0.0.2 ;;\n"
    "*) sleep 300 ;;\n"
    "esac";

static void wait_for_calls(struct doctl *doctl, size_t count)
{
    while (unit_lines(calls_log) < count)
        unit_worked(doctl_pause(doctl, 5, &error), &error);
}

START_TEST(a_question_asked_ahead_is_put_once)
{
    struct doctl *doctl = open_doctl(fake(slow_doctl), DIALECT_AUTO);
    char *beside = unit_path(folder, "ca.crt");
    for (int i = 0; i < 2; i++) {
        doctl_prefetch(doctl, CALL_ACCOUNT_GET, NULL, NULL);
        doctl_prefetch(doctl, CALL_POOL_LIST, "abc", NULL);
        doctl_prefetch(doctl, CALL_DROPLET_GET, "42", NULL);
        doctl_prefetch(doctl, CALL_CERTIFICATE, "abc", beside);
    }
    /* They run without being asked for. */
    wait_for_calls(doctl, 4);
    expect(doctl, ASK_DROPLET, "", "42", "10.0.0.2", 0, "");
    expect(doctl, ASK_CERTIFICATE, "abc", "", "PEM\n", 0, "");
    expect(doctl, ASK_POOL_EXISTS, "abc", "app-pool", "yes", 0, "");
    expect(doctl, ASK_EMAIL, "", "", "me@example.com", 0, "");
    ck_assert_uint_eq(unit_lines(calls_log), 4);
    /* An answer is taken once. */
    expect(doctl, ASK_EMAIL, "", "", "me@example.com", 0, "");
    ck_assert_uint_eq(unit_lines(calls_log), 5);
    /* Another cluster's question is another one. */
    doctl_prefetch(doctl, CALL_POOL_LIST, "abc", NULL);
    expect(doctl, ASK_POOL_EXISTS, "xyz", "app-pool", "yes", 0, "");
    expect(doctl, ASK_POOL_EXISTS, "abc", "app-pool", "yes", 0, "");
    ck_assert_uint_eq(unit_lines(calls_log), 7);
    doctl_free(doctl);
}
END_TEST

START_TEST(what_is_turned_down_ahead_is_put_in_other_words)
{
    struct doctl *doctl = open_doctl(fake(slow_doctl), DIALECT_AUTO);
    doctl_prefetch(doctl, CALL_CLUSTER_STATUS, "abc", NULL);
    doctl_prefetch(doctl, CALL_POOL_GET, "abc", "app-pool");
    expect(doctl, ASK_STATUS, "abc", "", "online", 0, "");
    expect(doctl, ASK_POOL_URI, "abc", "app-pool", NULL, ERROR_UNSUPPORTED, "--format");
    ck_assert_uint_eq(unit_lines(calls_log), 3);
    doctl_free(doctl);
}
END_TEST

START_TEST(with_one_job_nothing_is_asked_ahead)
{
    struct doctl_options options = usual;
    options.program = fake(slow_doctl);
    options.jobs = 1;
    struct doctl *doctl = doctl_new(&options, &error);
    doctl_prefetch(doctl, CALL_POOL_LIST, "abc", NULL);
    doctl_prefetch(doctl, CALL_CERTIFICATE, "abc", unit_path(folder, "ca.crt"));
    ck_assert(!unit_has_children());
    expect(doctl, ASK_EMAIL, "", "", "me@example.com", 0, "");
    ck_assert_uint_eq(unit_lines(calls_log), 1);
    doctl_free(doctl);
}
END_TEST

START_TEST(what_nobody_asked_for_is_ended)
{
    struct doctl *doctl = open_doctl(fake(slow_doctl), DIALECT_AUTO);
    doctl_prefetch(doctl, CALL_CONNECTION, "abc", NULL);
    doctl_prefetch(doctl, CALL_CERTIFICATE, "abc", unit_path(folder, "ca.crt"));
    wait_for_calls(doctl, 2);
    doctl_free(doctl);
    ck_assert(!unit_has_children());
    ck_assert_uint_eq(unit_entries(folder), 2);
    doctl_free(NULL);
}
END_TEST

/* ---- time, signals ---- */

START_TEST(a_call_that_never_ends)
{
    struct doctl_options options = usual;
    options.program = fake("exec sleep 300");
    options.timeout_ms = 100;
    struct doctl *doctl = doctl_new(&options, &error);
    expect(doctl, ASK_STATUS, "abc", "", NULL, ERROR_DEADLINE, "--timeout");
    expect(doctl, ASK_VPC_CREATE, "", "", NULL, ERROR_DEADLINE, "create the VPC");
    /* An answer that did not come is not asked for in other words. */
    ck_assert_uint_le(unit_lines(calls_log), 2);
    doctl_free(doctl);
}
END_TEST

/* The plan's create waits for the cluster: it has the time of --wait-timeout. */
START_TEST(a_call_that_waits)
{
    struct doctl_options options = usual;
    options.program = fake("sleep 0.7; echo db-1");
    options.timeout_ms = 200;
    options.dialect = DIALECT_PLAN;
    struct doctl *doctl = doctl_new(&options, &error);
    expect(doctl, ASK_CLUSTER_CREATE, "", "", "db-1 waited", 0, "");
    expect(doctl, ASK_VPC_CREATE, "", "", NULL, ERROR_DEADLINE, "");
    doctl_free(doctl);
}
END_TEST

static int retries[8];
static size_t retry_count;

static void note_retry(const void *observer, const struct error *why, int pause_ms)
{
    (void)observer;
    ck_assert_int_ne(why->kind, ERROR_NONE);
    ck_assert_uint_lt(retry_count, COUNT(retries));
    retries[retry_count++] = pause_ms;
}

static struct doctl *open_patient(const char *body, int retry_ms, int timeout_ms)
{
    struct doctl_options options = usual;
    options.program = fake(body);
    options.retry_ms = retry_ms;
    options.timeout_ms = timeout_ms;
    options.on_retry = note_retry;
    retry_count = 0;
    return doctl_new(&options, &error);
}

#define PASSING(status) "echo 'Error: GET https://x/y: " status " later' >&2; exit 1"
#define NETWORK         "echo 'Error: Get \"https://x\": dial tcp: i/o timeout' >&2; exit 1"

static const struct {
    const char *body;
    enum error_kind kind;
    bool passing;
} failures[] = {
    {PASSING("429"), ERROR_API, true},  {PASSING("500"), ERROR_API, true},
    {PASSING("503"), ERROR_API, true},  {NETWORK, ERROR_NETWORK, true},
    {PASSING("404"), ERROR_API, false}, {PASSING("401"), ERROR_AUTH, false},
    {PASSING("422"), ERROR_API, false}, {"exit 1", ERROR_UNREADABLE, false},
};

START_TEST(a_read_that_failed_in_passing_is_put_again)
{
    struct doctl *doctl = open_patient(failures[_i].body, 4, 15000);
    expect(doctl, ASK_EMAIL, "", "", NULL, failures[_i].kind, "read the DigitalOcean account");
    ck_assert_uint_eq(unit_lines(calls_log), failures[_i].passing ? 6 : 1);
    ck_assert_uint_eq(retry_count, failures[_i].passing ? 5 : 0);
    for (size_t i = 0; i < retry_count; i++) {
        ck_assert_int_ge(retries[i], (4 << i) / 2);
        ck_assert_int_le(retries[i], (4 << i) * 3 / 2);
    }
    /* A change never is. */
    expect(doctl, ASK_POOL_CREATE, "abc", "25", NULL, failures[_i].kind, "");
    expect(doctl, ASK_RULE_APPEND, "abc", "tag:x", NULL, failures[_i].kind, "");
    ck_assert_uint_eq(unit_lines(calls_log), failures[_i].passing ? 8 : 3);
    doctl_free(doctl);
}
END_TEST

START_TEST(a_read_that_works_the_third_time)
{
    struct doctl *doctl = open_patient(
        "test $(wc -l < \"$REPLAY_LOG\") -ge 3 && { echo me@example.com; exit 0; }; " NETWORK, 1,
        15000);
    expect(doctl, ASK_EMAIL, "", "", "me@example.com", 0, "");
    ck_assert_uint_eq(unit_lines(calls_log), 3);
    doctl_free(doctl);
}
END_TEST

START_TEST(no_retry_after_the_deadline)
{
    struct doctl *doctl = open_patient(NETWORK, 60000, 15000);
    expect(doctl, ASK_EMAIL, "", "", NULL, ERROR_NETWORK, "i/o timeout");
    ck_assert_uint_eq(unit_lines(calls_log), 1);
    doctl_free(doctl);
    doctl = open_patient(NETWORK, 0, 15000);
    expect(doctl, ASK_EMAIL, "", "", NULL, ERROR_NETWORK, "i/o timeout");
    ck_assert_uint_eq(unit_lines(calls_log), 2);
    doctl_free(doctl);
}
END_TEST

START_TEST(a_signal_stops_it)
{
    struct doctl *doctl =
        open_doctl(fake(unit_format("kill -TERM %ld; sleep 300", (long)getpid())), DIALECT_AUTO);
    expect(doctl, ASK_STATUS, "abc", "", NULL, ERROR_SIGNAL, "");
    ck_assert_int_eq(error.number, SIGTERM);
    ck_assert_uint_eq(unit_lines(calls_log), 1);
    unit_failed(doctl_pause(doctl, 60000, &error), &error, ERROR_SIGNAL, "");
    doctl_free(doctl);
    ck_assert(!unit_has_children());
}
END_TEST

/* ---- what doctl gets ---- */

START_TEST(no_doctl)
{
    struct doctl_options options = usual;
    options.program = "no-such-doctl";
    unit_failed(doctl_new(&options, &error), &error, ERROR_NO_DOCTL, "no-such-doctl");
    ck_assert_ptr_nonnull(strstr(error.text, "--doctl PATH"));
    options.program = unit_file(folder, "plain", "", 0644);
    unit_failed(doctl_new(&options, &error), &error, ERROR_NO_DOCTL, "plain");
}
END_TEST

static char *environment_of(struct doctl_options options)
{
    options.program = fake("env > \"$REPLAY_LOG.env\"; echo me@example.com");
    options.timeout_ms = usual.timeout_ms;
    struct doctl *doctl = doctl_new(&options, &error);
    unit_worked(doctl != NULL, &error);
    expect(doctl, ASK_EMAIL, "", "", "me@example.com", 0, "");
    doctl_free(doctl);
    char *text = unit_read(unit_path(folder, "log.env"));
    ck_assert_ptr_nonnull(text);
    return unit_format("\n%s", text);
}

#define has(text, entry)     ck_assert_msg(strstr(text, "\n" entry "\n") != NULL, "no " entry)
#define has_not(text, start) ck_assert_msg(strstr(text, "\n" start) == NULL, "there is " start)

START_TEST(environment)
{
    setenv("DIGITALOCEAN_OUTPUT", "json", 1);
    setenv("DIGITALOCEAN_TRACE", "true", 1);
    setenv("DIGITALOCEAN_ACCESS_TOKEN", "theirs", 1);
    setenv("DIGITALOCEAN_CONTEXT", "work", 1);
    setenv("DIGITALOCEAN_OUTPUTS", "kept", 1);
    char *text = environment_of((struct doctl_options){.jobs = 1});
    has_not(text, "DIGITALOCEAN_OUTPUT=");
    has_not(text, "DIGITALOCEAN_TRACE=");
    has(text, "DIGITALOCEAN_OUTPUTS=kept");
    has(text, "DIGITALOCEAN_ACCESS_TOKEN=theirs");
    has(text, "DIGITALOCEAN_CONTEXT=work");
    has_not(text, "DOCTL_SIM_STATE=");

    text = environment_of((struct doctl_options){.jobs = 1, .token = "dop_v1_secret"});
    has(text, "DIGITALOCEAN_ACCESS_TOKEN=dop_v1_secret");
    has(text, "DIGITALOCEAN_CONTEXT=default");
    has_not(text, "DIGITALOCEAN_ACCESS_TOKEN=theirs");
    has_not(text, "DIGITALOCEAN_CONTEXT=work");
    /* Where ps shows it, it is not. */
    ck_assert_ptr_null(strstr(calls(), "dop_v1_secret"));

    text = environment_of((struct doctl_options){.jobs = 1, .context = "other"});
    has(text, "DIGITALOCEAN_CONTEXT=other");
    has_not(text, "DIGITALOCEAN_CONTEXT=work");
    ck_assert_ptr_null(strstr(calls(), "other"));

    text = environment_of((struct doctl_options){.jobs = 1, .simulator = "/some/where"});
    has(text, "DOCTL_SIM_STATE=/some/where");
}
END_TEST

static struct buffer noted;

static void note_call(const void *observer, char *const *argv)
{
    ck_assert_ptr_eq(observer, &noted);
    ck_assert_str_eq(argv[0], "doctl");
    for (argv++; *argv; argv++)
        buffer_add_format(&noted, "%s%s", *argv, argv[1] ? " " : "\n");
}

START_TEST(every_call_is_told)
{
    struct doctl_options options = usual;
    options.program = unless(READ_SHIPPED, "echo online", turned_down[0]);
    options.on_call = note_call;
    options.observer = &noted;
    struct doctl *doctl = doctl_new(&options, &error);
    expect(doctl, ASK_STATUS, "abc", "", "online", 0, "");
    expect(doctl, ASK_RULE_APPEND, "abc", "tag:web", NULL, ERROR_UNSUPPORTED, "");
    ck_assert_str_eq(buffer_text(&noted), calls());
    ck_assert_uint_eq(unit_lines(calls_log), 3);
    doctl_free(doctl);
    buffer_free(&noted);
}
END_TEST

/* A doctl that needs no shebang line is no program to posix_spawn(): the message says which. */
START_TEST(a_fake_without_a_shebang)
{
    if (!unit_spawn_tells())
        return;
    struct doctl *doctl =
        open_doctl(unit_file(folder, "doctl", "echo me@example.com\n", 0755), DIALECT_AUTO);
    expect(doctl, ASK_EMAIL, "", "", NULL, ERROR_NO_DOCTL, folder);
    doctl_free(doctl);
}
END_TEST

static TCase *doctl_case(Suite *suite, const char *name)
{
    TCase *tests = unit_case(suite, name);
    tcase_add_checked_fixture(tests, set_up, tear_down);
    return tests;
}

int main(void)
{
    const int downs = (int)COUNT(turned_down);
    Suite *suite = suite_create("doctl");
    TCase *tests = doctl_case(suite, "recorded");
    tcase_add_loop_test(tests, recorded_calls, 0, COUNT(fixtures));
    tcase_add_test(tests, every_recorded_call_is_asked);
    tests = doctl_case(suite, "words");
    tcase_add_loop_test(tests, a_read_is_put_in_other_words, 0, downs + (int)COUNT(odd));
    tcase_add_loop_test(tests, a_change_is_put_in_other_words_where_it_was_not_sent, 0, downs);
    tcase_add_loop_test(tests, a_change_that_may_have_been_sent_is_not_repeated, 0, COUNT(odd));
    tcase_add_loop_test(tests, an_answer_is_an_answer, 0, COUNT(answered));
    tcase_add_test(tests, words_that_nobody_knows);
    tcase_add_loop_test(tests, manners_of_a_released_doctl, 0, COUNT(manners));
    tcase_add_loop_test(tests, the_plans_dialect, 0, 2);
    tcase_add_test(tests, plan_words_only);
    tcase_add_test(tests, shipped_words_only);
    tests = doctl_case(suite, "answers");
    tcase_add_loop_test(tests, contents_of_answers, 0, COUNT(contents));
    tcase_add_test(tests, an_answer_that_was_cut_off);
    tcase_add_test(tests, certificate_through_a_file);
    tcase_add_test(tests, a_certificate_that_failed_leaves_nothing);
    tests = doctl_case(suite, "ahead");
    tcase_add_test(tests, a_question_asked_ahead_is_put_once);
    tcase_add_test(tests, what_is_turned_down_ahead_is_put_in_other_words);
    tcase_add_test(tests, with_one_job_nothing_is_asked_ahead);
    tcase_add_test(tests, what_nobody_asked_for_is_ended);
    tests = doctl_case(suite, "run");
    tcase_add_test(tests, a_call_that_never_ends);
    tcase_add_test(tests, a_call_that_waits);
    tcase_add_loop_test(tests, a_read_that_failed_in_passing_is_put_again, 0, COUNT(failures));
    tcase_add_test(tests, a_read_that_works_the_third_time);
    tcase_add_test(tests, no_retry_after_the_deadline);
    tcase_add_test(tests, a_signal_stops_it);
    tcase_add_test(tests, no_doctl);
    tcase_add_test(tests, environment);
    tcase_add_test(tests, every_call_is_told);
    tcase_add_test(tests, a_fake_without_a_shebang);
    return unit_run(suite);
}
