#include "config.h"

#include "cli.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "command_compose.h"
#include "command_deploy.h"
#include "memory.h"
#include "text.h"

#define COMMON     0x01U
#define SETUP      0x02U
#define CREATE     0x04U
#define CONNECT    0x08U
#define SAVE       0x10U
#define VPC        0x20U
#define COMPOSE    0x40U
#define DROPLET    0x80U  /* a Droplet that may have to be made */
#define DEPLOYED   0x100U /* what a deployment consists of */
#define NO_SETTING SETTING_COUNT

const struct command cli_commands[] = {
    {"check",
     "check_existing_database",
     "NAME",
     {SETTING_CLUSTER_NAME},
     1,
     1,
     0,
     "do_database_url",
     "DB_CLUSTER_ID",
     "cluster_id",
     "Look for the database cluster with exactly this name",
     "its ID; exit status 1 if there is none",
     command_check},
    {"create",
     "create_managed_database",
     "[NAME [REGION [SIZE [VPC_UUID]]]]",
     {SETTING_CLUSTER_NAME, SETTING_REGION, SETTING_SIZE, SETTING_VPC_UUID},
     0,
     4,
     CREATE | SAVE,
     "do_database_url",
     "DB_CLUSTER_ID",
     "cluster_id",
     "Create the cluster, its pool and its CA file, or take up the one there is",
     "the cluster's ID",
     command_create},
    {"pool",
     "create_connection_pool",
     "CLUSTER_ID [POOL [SIZE]]",
     {SETTING_CLUSTER_ID, SETTING_POOL, SETTING_POOL_SIZE},
     1,
     3,
     0,
     "do_database_url",
     "DB_POOL",
     "pool",
     "Create a PgBouncer pool in transaction mode, unless it is there",
     "the pool's name",
     command_pool},
    {"ca",
     "download_ssl_certificate",
     "CLUSTER_ID [PATH]",
     {SETTING_CLUSTER_ID, SETTING_CA_FILE},
     1,
     2,
     SAVE,
     "do_database_url",
     "DB_CA_FILE",
     "ca_file",
     "Save the cluster's CA certificate",
     "the file's path",
     command_ca},
    {"url",
     "get_connection_string",
     "CLUSTER_ID [USE_POOL [SSL_MODE]]",
     {SETTING_CLUSTER_ID, SETTING_USE_POOL, SETTING_SSL_MODE},
     1,
     3,
     CONNECT,
     "do_database_url",
     NULL,
     NULL,
     "Print the connection URL, password and all",
     "the URL",
     command_url},
    {"save",
     "save_connection_string",
     "CLUSTER_ID [PATH]",
     {SETTING_CLUSTER_ID, SETTING_SECRET_FILE},
     1,
     2,
     CONNECT | SAVE | COMPOSE,
     "do_database_url",
     "DB_SECRET_FILE",
     "secret_file",
     "Save the pooled connection URL in a file that only its owner can read",
     "the file's path",
     command_save},
    {"trust",
     "configure_trusted_sources",
     "CLUSTER_ID DROPLET_ID",
     {SETTING_CLUSTER_ID, SETTING_DROPLET_ID},
     2,
     2,
     0,
     "do_database_url",
     "DB_RULE",
     "rule",
     "Let a Droplet connect, unless it may already",
     "the rule; nothing if it has no private address",
     command_trust},
    {"info",
     "show_database_info",
     "CLUSTER_ID",
     {SETTING_CLUSTER_ID},
     1,
     1,
     0,
     "do_database_url",
     NULL,
     "cluster",
     "Show the cluster and its pools",
     "the two tables and the dashboard's address",
     command_info},
    {"vpc",
     "ensure_vpc",
     "[NAME [REGION]]",
     {SETTING_VPC_NAME, SETTING_REGION},
     0,
     2,
     VPC,
     "do_database_url",
     "VPC_UUID",
     "vpc_uuid",
     "Find or create the VPC",
     "its UUID",
     command_vpc},
    {"auth",
     "validate_doctl_auth",
     "",
     {NO_SETTING},
     0,
     0,
     0,
     "do_database_url",
     "DO_ACCOUNT_EMAIL",
     "email",
     "See that doctl is there and has a token that works",
     "the account's e-mail address",
     command_auth},
    {"setup",
     NULL,
     "",
     {NO_SETTING},
     0,
     0,
     SETUP | CREATE | CONNECT | SAVE | VPC | COMPOSE,
     "database_url",
     "DB_CLUSTER_ID",
     "cluster_id",
     "Do it all: VPC, cluster, pool, CA file, trusted sources, secret file",
     "the cluster's ID",
     command_setup},
    {"setup_managed_database",
     "setup_managed_database",
     "",
     {NO_SETTING},
     0,
     0,
     SETUP | CREATE | CONNECT | SAVE | VPC | COMPOSE,
     "database_url",
     "DB_CLUSTER_ID",
     "cluster_id",
     "As setup, without the check of the account; nothing where USE_MANAGED_DB is set and not true",
     "the cluster's ID",
     command_setup_function},
    {"compose check",
     NULL,
     "FILE...",
     {SETTING_COMPOSE},
     1,
     COMMAND_ANY,
     COMMAND_OFFLINE,
     "database_url",
     NULL,
     "findings",
     "Say what is wrong in Compose files, merged as Compose merges them",
     "FILE:LINE:COLUMN: what is wrong; what to do. Exit status 1 if there is anything",
     command_compose_check},
    {"compose profiles",
     NULL,
     "",
     {NO_SETTING},
     0,
     0,
     COMMAND_OFFLINE,
     "database_url",
     "COMPOSE_PROFILES",
     "profiles",
     "Print the profiles for USE_MANAGED_DB and USE_DO_SPACES",
     "the profiles as COMPOSE_PROFILES takes them; with --output env all that .env needs",
     command_compose_profiles},
    {"compose services",
     NULL,
     "FILE...",
     {SETTING_COMPOSE},
     1,
     COMMAND_ANY,
     COMMAND_OFFLINE,
     "database_url",
     NULL,
     "services",
     "Print the services that Compose starts (COMPOSE_PROFILES, else those of the mode)",
     "their names, one a line",
     command_compose_services},
    {"compose secret",
     NULL,
     "NAME FILE...",
     {SETTING_SECRET_NAME, SETTING_COMPOSE},
     2,
     COMMAND_ANY,
     COMMAND_OFFLINE,
     "database_url",
     "DB_SECRET_FILE",
     "secret_file",
     "Print the file on this host behind a secret, or behind SERVICE:TARGET",
     "its path; exit status 1 if there is none",
     command_compose_secret},
    {"settings",
     NULL,
     "",
     {NO_SETTING},
     0,
     0,
     COMMAND_OFFLINE,
     "database_url",
     "",
     "settings",
     "Show the settings that are in force and where each comes from; secrets are masked",
     "name, value and source, a line each; with --output env what a script can eval",
     command_settings},
    {"droplet find",
     NULL,
     "NAME",
     {SETTING_DROPLET_NAME},
     1,
     1,
     0,
     "database_url",
     "DROPLET_ID",
     "droplet_id",
     "Look for the Droplet with exactly this name",
     "its ID; exit status 1 if there is none",
     command_droplet_find},
    {"droplet create",
     NULL,
     "[NAME]",
     {SETTING_DROPLET_NAME},
     0,
     1,
     DROPLET | VPC,
     "database_url",
     "DROPLET_ID",
     "droplet_id",
     "Create a Droplet in the VPC, or take up the one there is",
     "the Droplet's ID",
     command_droplet_create},
    {"droplet wait",
     NULL,
     "DROPLET_ID",
     {SETTING_DROPLET_ID},
     1,
     1,
     0,
     "database_url",
     "DROPLET_ADDRESS",
     "address",
     "Wait until a Droplet is active",
     "its public address",
     command_droplet_wait},
    {"destroy",
     NULL,
     "[CLUSTER_NAME]",
     {SETTING_CONFIRM},
     0,
     1,
     DEPLOYED,
     "database_url",
     NULL,
     "deployment",
     "List Droplet, cluster and VPC of a deployment; with the cluster's name, delete them",
     "kind, name and ID of each, parted by tabs; exit status 1 if there is nothing",
     command_destroy},
    {0},
};

const struct option_spec cli_options[] = {
    {"name", 0, "NAME", SETTING_CLUSTER_NAME, SETUP | DEPLOYED,
     "the cluster's name (freshtrack-db)"},
    {"region", 0, "SLUG", SETTING_REGION, SETUP | DROPLET,
     "where cluster and VPC are made (DO_REGION, nyc3)"},
    {"size", 0, "SLUG", SETTING_SIZE, SETUP, "the cluster's size (DO_DB_SIZE, db-s-1vcpu-2gb)"},
    {"pg-version", 0, "N", SETTING_PG_VERSION, CREATE, "PostgreSQL's major version (15)"},
    {"nodes", 0, "N", SETTING_NODES, CREATE, "how many nodes the cluster has (1)"},
    {"vpc", 0, "NAME", SETTING_VPC_NAME, SETUP | DROPLET | DEPLOYED,
     "the VPC's name (freshtrack-vpc)"},
    {"vpc-ip-range", 0, "CIDR", SETTING_VPC_IP_RANGE, VPC,
     "the range of a VPC that has to be made (10.116.0.0/20)"},
    {"pool", 0, "NAME", SETTING_POOL, CREATE | CONNECT, "the pool's name (app-pool)"},
    {"pool-size", 0, "N", SETTING_POOL_SIZE, CREATE, "the pool's connections (25)"},
    {"droplet", 0, "ID", SETTING_DROPLET_ID, SETUP, "the Droplet that may connect (DROPLET_ID)"},
    {"trust", 0, "RULE", NO_SETTING, SETUP,
     "another trusted source: droplet:ID, k8s:UUID, app:UUID, tag:NAME, ip_addr:CIDR; repeatable"},
    {"secret-file", 0, "PATH", SETTING_SECRET_FILE, SETUP,
     "the file of the URL (database_url in the folder of the secrets)"},
    {"compose", 0, "FILE", SETTING_COMPOSE, COMPOSE,
     "write the URL where the backend of these Compose files reads it; repeatable"},
    {"no-secret-file", 0, NULL, NO_SETTING, SETUP, "write no URL to a file"},
    {"secret-owner", 0, "UID[:GID]", SETTING_SECRET_OWNER, SAVE, "whom the files belong to"},
    {"ca-file", 0, "PATH", SETTING_CA_FILE, CREATE,
     "the file of the CA certificate (ca-certificate.crt in the folder of the secrets)"},
    {"network", 0, "WHICH", SETTING_NETWORK, CONNECT,
     "the host inside the VPC or the public one: private, public or auto (auto)"},
    {"ssl-mode", 0, "MODE", SETTING_SSL_MODE, CONNECT,
     "require, verify-ca or verify-full (require)"},
    {"droplet-name", 0, "NAME", SETTING_DROPLET_NAME, DEPLOYED,
     "the Droplet's name (DROPLET_NAME, freshtrack-pro)"},
    {"droplet-size", 0, "SLUG", SETTING_DROPLET_SIZE, DROPLET,
     "the Droplet's size (DO_DROPLET_SIZE, s-2vcpu-4gb)"},
    {"image", 0, "SLUG", SETTING_DROPLET_IMAGE, DROPLET,
     "the image of a new Droplet (DO_DROPLET_IMAGE, ubuntu-24-04-x64)"},
    {"tags", 0, "TAG,...", SETTING_DROPLET_TAGS, DROPLET,
     "the tags of a new Droplet (DO_DROPLET_TAGS, freshtrack-pro)"},
    {"ssh-key", 0, "NAME", SETTING_SSH_KEY, DROPLET,
     "the SSH key for a new Droplet, by its name at DigitalOcean (DO_SSH_KEY_NAME)"},
    {"user-data-file", 0, "FILE", SETTING_USER_DATA, DROPLET,
     "what cloud-init does on a new Droplet"},

    {"doctl", 0, "PATH", SETTING_DOCTL, COMMON,
     "the doctl to run (MANAGED_DB_DOCTL, doctl on PATH)"},
    {"simulate", 0, "[=DIR]", NO_SETTING, COMMON,
     "run the bundled simulator; its account and secrets are in DIR"},
    {"faithful", 0, NULL, NO_SETTING, COMMON, "the plan's doctl calls, and no others"},
    {"dialect", 0, "WHICH", SETTING_DIALECT, COMMON,
     "the words for doctl: auto, plan or shipped (auto)"},
    {"jobs", 0, "N", SETTING_JOBS, COMMON, "doctl processes at a time (8)"},
    {"context", 0, "NAME", SETTING_CONTEXT, COMMON, "doctl's authentication context"},
    {"manifest", 0, "FILE", SETTING_MANIFEST, COMMON, "settings from a YAML file"},
    {"env-file", 0, "FILE", SETTING_ENV_FILE, COMMON, "settings from a KEY=VALUE file"},
    {"timeout", 0, "S", SETTING_TIMEOUT, COMMON, "seconds that one doctl call may take (120)"},
    {"wait-timeout", 0, "S", SETTING_WAIT_TIMEOUT, COMMON,
     "seconds to wait until a cluster is online (1800)"},
    {"poll-interval", 0, "S", SETTING_POLL_INTERVAL, COMMON,
     "seconds between two looks at a cluster; a tenth of it before a failed read is put again "
     "(10)"},
    {"lock-timeout", 0, "S", SETTING_LOCK_TIMEOUT, COMMON,
     "seconds to wait for another run for the same cluster (60)"},
    {"quiet", 'q', NULL, NO_SETTING, COMMON, "no story: warnings and errors only"},
    {"verbose", 'v', NULL, NO_SETTING, COMMON, "show the doctl calls too"},
    {"color", 0, "WHEN", SETTING_COLOR, COMMON, "auto, always or never (auto)"},
    {"output", 0, "FORM", SETTING_OUTPUT, COMMON, "the answer as text, json or env (text)"},
    {"help", 'h', NULL, NO_SETTING, COMMON, "this help"},
    {"version", 'V', NULL, NO_SETTING, COMMON, "the version"},
    {0},
};

#define FIRST_VALUE 1000 /* of getopt_long(), for the first option of the table */

/* Whether the first words are a command's name; *used tells how many. */
static bool is_name(const char *name, const char *const *words, size_t count, size_t *used)
{
    size_t first = strcspn(name, " ");
    *used = name[first] ? 2 : 1;
    return count >= *used && strlen(words[0]) == first && strncmp(words[0], name, first) == 0 &&
           (*used == 1 || strcmp(words[1], name + first + 1) == 0);
}

static const struct command *find_command(const char *const *words, size_t count, size_t *used)
{
    for (const struct command *command = cli_commands; command->name; command++)
        if (is_name(command->name, words, count, used) ||
            (command->function && is_name(command->function, words, count, used)))
            return command;
    return NULL;
}

/* The second words of the commands that begin with this one; "" where there are none. */
static char *second_words(const char *word)
{
    struct buffer list = BUFFER_INIT;
    size_t length = strlen(word);
    for (const struct command *command = cli_commands; command->name; command++)
        if (strncmp(command->name, word, length) == 0 && command->name[length] == ' ')
            buffer_add_format(&list, "%s%s", list.length ? ", " : "", command->name + length + 1);
    return buffer_take(&list);
}

static bool is_first_word(const char *word)
{
    char *others = second_words(word);
    bool found = *others != '\0';
    free(others);
    return found;
}

/* ---- parsing ---- */

struct seen_option {
    const struct option_spec *option;
    const char *value;
};

struct parse {
    struct invocation *invocation;
    struct error *error;
    struct seen_option *seen; /* checked once the command is known */
    size_t seen_count;
    const char **words; /* the command and its arguments */
    size_t word_count, name_count;
};

static bool usage(struct error *error, const struct command *command, const char *what,
                  const char *word)
{
    /* What stands behind an unknown option may be a secret. */
    char *shown = text_quote(word, *word == '-' ? strcspn(word, "=") : strlen(word));
    error_set(error, ERROR_USAGE, 0, "%s%s%s: 'managed-db %s%s--help' tells more", what,
              *shown ? " " : "", shown, command ? command->name : "", command ? " " : "");
    free(shown);
    return false;
}

/* getopt_long() gives letters of the table only. */
static const struct option_spec *by_letter(int letter)
{
    const struct option_spec *option = cli_options;
    while (option[1].name && option->letter != letter)
        option++;
    return option;
}

static struct option *long_options(void)
{
    size_t count = 0;
    while (cli_options[count].name)
        count++;
    /* Not a part of the table: for the checks of the documentation. */
    struct option *options = mem_array(count + 2, sizeof *options);
    for (size_t i = 0; i < count; i++) {
        const struct option_spec *spec = &cli_options[i];
        int has_value = !spec->value          ? no_argument
                        : *spec->value == '[' ? optional_argument
                                              : required_argument;
        options[i] = (struct option){spec->name, has_value, NULL, FIRST_VALUE + (int)i};
    }
    options[count] = (struct option){"print-table", no_argument, NULL, FIRST_VALUE - 1};
    return options;
}

/* getopt_long() does not tell why it takes no such option. */
static const char *what_is_wrong(const char *word)
{
    size_t length = strcspn(word + 2, "=");
    size_t fits = 0;
    bool is_long = strncmp(word, "--", 2) == 0 && length > 0;
    for (const struct option_spec *option = cli_options; is_long && option->name; option++) {
        if (strncmp(option->name, word + 2, length) != 0)
            continue;
        if (!option->name[length])
            return "no value goes with the option";
        fits++;
    }
    return fits > 1 ? "ambiguous option"
           : fits   ? "no value goes with the option"
                    : "unknown option";
}

/*
 * Sorts a command line into options and words. getopt_long() is stopped at every word ("+") and
 * started again behind it, so that options may stand anywhere, whatever POSIXLY_CORRECT or the C
 * library says.
 */
static bool sort_words(int argc, char **argv, const struct option *options, struct parse *parse)
{
    optind = 1;
    opterr = 0;
    while (optind < argc) {
        int at = optind;
        int found = getopt_long(argc, argv, "+:qvhV", options, NULL);
        if (found == -1) {
            bool rest = optind > at && strcmp(argv[optind - 1], "--") == 0;
            do {
                if (optind < argc)
                    parse->words[parse->word_count++] = argv[optind++];
            } while (rest && optind < argc);
            continue;
        }
        const char *word = argv[at];
        if (found == '?')
            return usage(parse->error, NULL, what_is_wrong(word), word);
        if (found == ':')
            return usage(parse->error, NULL, "a value is missing after", word);
        if (found == FIRST_VALUE - 1) {
            parse->invocation->request = REQUEST_TABLE;
            continue;
        }
        parse->seen[parse->seen_count++] = (struct seen_option){
            found >= FIRST_VALUE ? &cli_options[found - FIRST_VALUE] : by_letter(found), optarg};
    }
    return true;
}

/* An option that is no setting. */
static bool apply_switch(const struct seen_option *seen, struct parse *parse)
{
    struct settings *settings = &parse->invocation->settings;
    const char *name = seen->option->name;
    if (strcmp(name, "trust") == 0)
        return settings_add_trust(settings, seen->value, "--trust", parse->error);
    if (strcmp(name, "no-secret-file") == 0)
        settings->no_secret_file = true;
    else if (strcmp(name, "faithful") == 0)
        settings->faithful = true;
    else if (strcmp(name, "quiet") == 0)
        settings->quiet = true;
    else if (strcmp(name, "verbose") == 0)
        settings->verbose = true;
    else if (strcmp(name, "help") == 0)
        parse->invocation->request = REQUEST_HELP;
    else if (strcmp(name, "version") == 0)
        parse->invocation->request = REQUEST_VERSION;
    else if (strcmp(name, "simulate") == 0) {
        if (seen->value && !*seen->value)
            return error_set(parse->error, ERROR_USAGE, 0, "--simulate: the value is empty");
        settings->simulate = true;
        free(settings->simulator);
        settings->simulator = seen->value ? mem_copy(seen->value) : NULL;
    }
    return true;
}

static bool apply_option(const struct seen_option *seen, struct parse *parse)
{
    const struct command *command = parse->invocation->command;
    const struct option_spec *option = seen->option;
    if (command && !(option->groups & (command->groups | COMMON))) {
        char *what = mem_format("--%s is no option of '%s'", option->name, command->name);
        usage(parse->error, command, what, "");
        free(what);
        return false;
    }
    if (option->setting == NO_SETTING)
        return apply_switch(seen, parse);
    char *where = mem_format("--%s", option->name);
    bool good;
    if (!*seen->value)
        good = error_set(parse->error, ERROR_USAGE, 0, "%s: the value is empty", where);
    else
        good = settings_set(&parse->invocation->settings, option->setting, seen->value, SOURCE_FLAG,
                            where, parse->error);
    free(where);
    return good;
}

static bool apply_arguments(struct parse *parse)
{
    const struct command *command = parse->invocation->command;
    const char **words = parse->words + parse->name_count;
    size_t count = parse->word_count - parse->name_count;
    if (count > command->most)
        return usage(parse->error, command, "too many arguments, from", words[command->most]);
    for (size_t i = 0; i < command->least; i++)
        if (i >= count || !*words[i]) {
            char *what = mem_format("'%s' needs %s", command->name, command->arguments);
            usage(parse->error, command, what, "");
            free(what);
            return false;
        }
    for (size_t i = 0; i < count; i++) {
        char *where = mem_format("argument %zu of '%s'", i + 1, command->name);
        size_t at = command->most == COMMAND_ANY && i >= command->least ? command->least - 1 : i;
        bool good = settings_set(&parse->invocation->settings, command->positional[at], words[i],
                                 SOURCE_FLAG, where, parse->error);
        free(where);
        if (!good)
            return false;
    }
    return true;
}

/* Says why the words name no command. */
static bool unknown_command(struct parse *parse)
{
    char *others = second_words(parse->words[0]);
    char *what = *others ? mem_format("'%s' is followed by %s%s", parse->words[0], others,
                                      parse->word_count > 1 ? ", not" : "")
                         : mem_copy("unknown command");
    usage(parse->error, NULL, what,
          !*others                ? parse->words[0]
          : parse->word_count > 1 ? parse->words[1]
                                  : "");
    free(what);
    free(others);
    return false;
}

static bool understand(struct parse *parse)
{
    struct invocation *invocation = parse->invocation;
    if (parse->word_count && strcmp(parse->words[0], "help") == 0) {
        invocation->request = REQUEST_HELP;
        parse->word_count--;
        memmove(parse->words, parse->words + 1, parse->word_count * sizeof *parse->words);
    }
    if (parse->word_count)
        invocation->command = find_command(parse->words, parse->word_count, &parse->name_count);
    /* The first of two words alone: help may be asked for. */
    bool is_half = parse->word_count == 1 && is_first_word(parse->words[0]);
    if (parse->word_count && !invocation->command && !is_half)
        return unknown_command(parse);
    for (size_t i = 0; i < parse->seen_count; i++)
        if (!apply_option(&parse->seen[i], parse))
            return false;
    if (invocation->request != REQUEST_RUN)
        return true;
    if (is_half)
        return unknown_command(parse);
    if (!invocation->command)
        return usage(parse->error, NULL, "a command is missing", "");
    invocation->settings.is_deployment = invocation->command->groups & (DROPLET | DEPLOYED) ||
                                         invocation->command->run == command_settings;
    return apply_arguments(parse);
}

bool cli_parse(int argc, char **argv, struct invocation *invocation, struct error *error)
{
    *invocation = (struct invocation){.request = REQUEST_RUN};
    size_t room = argc > 0 ? (size_t)argc : 1;
    /* "-qv" is one word and two options; no word holds more than its letters. */
    size_t letters = 0;
    for (int i = 1; i < argc; i++)
        letters += strlen(argv[i]) + 1;
    struct parse parse = {.invocation = invocation,
                          .error = error,
                          .seen = mem_array(letters + 1, sizeof *parse.seen),
                          .words = mem_array(room, sizeof *parse.words)};
    struct option *options = long_options();
    bool good = sort_words(argc, argv, options, &parse) && understand(&parse);
    free(options);
    free(parse.seen);
    free(parse.words);
    return good;
}

/* ---- help ---- */

static void print_options(FILE *stream, unsigned groups)
{
    for (const struct option_spec *option = cli_options; option->name; option++) {
        if (!(option->groups & groups))
            continue;
        bool optional = option->value && *option->value == '[';
        char *left = mem_format("%c%c%c --%s%s%s", option->letter ? '-' : ' ',
                                option->letter ? option->letter : ' ', option->letter ? ',' : ' ',
                                option->name, option->value && !optional ? " " : "",
                                option->value ? option->value : "");
        fprintf(stream, "  %-30s %s\n", left, option->help);
        free(left);
    }
}

void cli_help(FILE *stream, const struct command *command)
{
    if (command) {
        fprintf(stream, "Usage: managed-db %s%s%s [OPTION]...\n", command->name,
                *command->arguments ? " " : "", command->arguments);
        if (command->function && strcmp(command->function, command->name) != 0)
            fprintf(stream, "   or: managed-db %s%s%s [OPTION]...\n", command->function,
                    *command->arguments ? " " : "", command->arguments);
        fprintf(stream, "\n%s.\nAnswer on stdout: %s.\n", command->help, command->answer_help);
        if (command->groups & ~COMMAND_OFFLINE)
            fprintf(stream, "\nOptions:\n");
        print_options(stream, command->groups & ~COMMON);
        fprintf(stream, "\nCommon options:\n");
        print_options(stream, COMMON);
        return;
    }
    fprintf(stream,
            "Usage: managed-db COMMAND [ARGUMENT]... [OPTION]...\n\n"
            "Gives an application on DigitalOcean its managed PostgreSQL by running doctl.\n"
            "The answer goes to stdout, the story to stderr. Run it again at any time.\n\n"
            "Commands:\n");
    for (command = cli_commands; command->name; command++)
        fprintf(stream, "  %-22s %s\n", command->name, command->help);
    fprintf(stream, "\nEach can also be called by the plan's function name:\n");
    for (command = cli_commands; command->name; command++)
        if (command->function && strcmp(command->function, command->name) != 0)
            fprintf(stream, "  %-8s %s\n", command->name, command->function);
    fprintf(stream, "\nCommon options:\n");
    print_options(stream, COMMON);
    fprintf(stream,
            "\n'managed-db COMMAND --help' tells what a command takes.\n\n"
            "Exit status: 0 done; 1 not there; 2 usage or settings; 3 no doctl or no token;\n"
            "4 no usable answer; 5 a deadline passed; 6 a local file; 128+N signal N.\n");
}

void cli_table(FILE *stream)
{
    for (const struct command *command = cli_commands; command->name; command++) {
        fprintf(stream, "command\t%s\t%s\t%s\t%s\n", command->name,
                command->function ? command->function : "-",
                *command->arguments ? command->arguments : "-", command->help);
        for (const struct option_spec *option = cli_options; option->name; option++)
            if (option->groups & command->groups & ~COMMON)
                fprintf(stream, "takes\t%s\t--%s\n", command->name, option->name);
    }
    for (const struct option_spec *option = cli_options; option->name; option++)
        fprintf(stream, "option\t--%s\t%c\t%s\t%s\t%s\n", option->name,
                option->letter ? option->letter : '-', option->value ? option->value : "-",
                option->groups & COMMON ? "common" : "own", option->help);
}
