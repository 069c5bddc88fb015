/*
 * settings: the values a run works with, and where each comes from.
 *
 * A value comes from the command line, else the environment, else --env-file, else --manifest, else
 * the plan's constant (docs/REFERENCE.md, "Settings"). Empty counts as left out. Every value is checked by
 * its form before anything runs (docs/DOCTL.md, "The service"): one that does not fit is
 * ERROR_USAGE with a sentence that names value, place and form.
 *
 * Calling sequence:
 *     struct settings settings = {.trust = NULL};
 *     settings_set(&settings, SETTING_REGION, "nyc3", SOURCE_FLAG, "--region", &error);
 *     settings_load(&settings, "database_url", &error);       load.h: what is still missing
 *     settings_get(&settings, SETTING_REGION), settings_ms(…), settings_owner(…)
 *     settings_free(&settings);
 */
#ifndef MANAGED_DB_SETTINGS_SETTINGS_H
#define MANAGED_DB_SETTINGS_SETTINGS_H

#include "base/error.h"
#include "base/secretfile.h"

enum setting {
    SETTING_CLUSTER_NAME,
    SETTING_REGION,
    SETTING_SIZE,
    SETTING_PG_VERSION,
    SETTING_NODES,
    SETTING_DB_TAGS,
    SETTING_STORAGE,
    SETTING_VPC_NAME,
    SETTING_VPC_IP_RANGE,
    SETTING_VPC_UUID,
    SETTING_POOL,
    SETTING_POOL_SIZE,
    SETTING_POOL_MODE,
    SETTING_APP_USER,
    SETTING_APP_DATABASE,
    SETTING_APP_FIRST, /* where the second user has its turn: the first one (flow/turns.h) */
    SETTING_DROPLET_ID,
    SETTING_CLUSTER_ID,
    SETTING_RULE,
    SETTING_USE_POOL,
    SETTING_NETWORK,
    SETTING_SSL_MODE,
    SETTING_URL_PARAMS, /* KEY=VALUE&…; each --url-param is added to those before it */
    SETTING_DIRECT_FILE,
    SETTING_SINKS, /* KIND:WHERE, one a line; each --sink is added to those before it */
    SETTING_GRACE,
    SETTING_SECRETS_DIR,
    SETTING_SECRET_FILE,
    SETTING_SECRET_OWNER,
    SETTING_CA_FILE,
    SETTING_USE_MANAGED_DB,
    SETTING_USE_DO_SPACES,
    SETTING_API_TOKEN,
    SETTING_CONTEXT,
    SETTING_DOCTL,
    SETTING_PSQL,
    SETTING_VIA,
    SETTING_DIALECT,
    SETTING_JOBS,
    SETTING_TIMEOUT,
    SETTING_WAIT_TIMEOUT,
    SETTING_POLL_INTERVAL,
    SETTING_LOCK_TIMEOUT,
    SETTING_LOCK_DIR,
    SETTING_COLOR,
    SETTING_OUTPUT,
    SETTING_ENV_FILE,
    SETTING_MANIFEST,
    SETTING_COMPOSE, /* a list: each value is added to settings.compose */
    SETTING_COMPOSE_COMMAND,
    SETTING_COMPOSE_CONFIG,
    SETTING_OFFER,
    SETTING_SHELL,
    SETTING_SECRET_NAME,
    /* Of a deployment (scripts/deploy-digitalocean.sh); those from SSH_USER on are the script's. */
    SETTING_DROPLET_NAME,
    SETTING_DROPLET_SIZE,
    SETTING_DROPLET_IMAGE,
    SETTING_DROPLET_TAGS,
    SETTING_SSH_KEY,
    SETTING_USER_DATA,
    SETTING_CONFIRM,
    SETTING_ONLY,
    SETTING_FORCE_SHARED,
    SETTING_SSH_USER,
    SETTING_SSH_IDENTITY,
    SETTING_DEPLOY_DIR,
    SETTING_DEPLOY_TIMEOUT,
    SETTING_START_TIMEOUT,
    SETTING_BACKEND_SERVICE,
    SETTING_CLOUD_FIREWALL,
    SETTING_APP_DIR,
    SETTING_APP_FILES,
    SETTING_APP_SECRETS,
    SETTING_COMPOSE_FILES,
    SETTING_COUNT
};

enum source {
    SOURCE_NONE,
    SOURCE_DEFAULT,
    SOURCE_MANIFEST,
    SOURCE_ENV_FILE,
    SOURCE_ENVIRONMENT,
    SOURCE_FLAG
};

/* An application or a pool that the manifest lists (parts.h). */
struct manifest_part {
    char *values[SETTING_COUNT]; /* in place of the settings' own; NULL: as those */
    char *where;                 /* FILE:LINE:COLUMN */
    bool is_application;         /* else a pool alone */
};

struct settings {
    char *values[SETTING_COUNT]; /* NULL: no value */
    enum source sources[SETTING_COUNT];
    char **trust; /* the rules of --trust, or of the manifest */
    size_t trust_count;
    bool trust_is_settled; /* by the command line: the manifest's rules are ignored */
    char **compose;        /* Compose files, in the order they were named */
    size_t compose_count;
    struct manifest_part *parts;
    size_t part_count;
    bool is_pool_alone; /* of parts_take() */
    char **rest;        /* words behind --, for psql; NULL-terminated, or NULL: none */
    bool faithful, quiet, verbose, no_secret_file, verify, write;
    bool dry_run;       /* a rehearsal (flow/notes.h) */
    bool strict;        /* a difference is an error */
    bool apply;         /* what differs is changed, where that loses nothing */
    bool no_wait;       /* a cluster that is not online yet is left to a later run */
    bool prune_rules;   /* trusted sources that nobody asked for are taken away */
    bool finish;        /* rotate: the old password is ended */
    bool emergency;     /* rotate: that comes first */
    bool is_deployment; /* settings from DROPLET_NAME on are taken from the environment too */
    bool reads_dotenv;  /* Compose's .env counts, though no Compose file is named */
    bool simulate;
    char *simulator; /* the state folder of --simulate, NULL: the default one */
};

/*
 * Gives a setting a value unless it has one from a stronger source. `where` names the place in
 * messages
 * ("--region", "DO_REGION", "deploy.config:3"). An empty value is ignored.
 */
bool settings_set(struct settings *settings, enum setting setting, const char *value,
                  enum source source, const char *where, struct error *error);

/* The form alone of a value. ERROR_USAGE as settings_set(). */
bool settings_check(enum setting setting, const char *value, const char *where,
                    struct error *error);

/* Adds a trusted source rule, TYPE:VALUE. */
bool settings_add_trust(struct settings *settings, const char *rule, const char *where,
                        struct error *error);

/* Puts another value in the place of one, which was checked: an ID for a name. */
void settings_put(struct settings *settings, enum setting setting, const char *value);

/* The value, never NULL: "" where there is none. */
const char *settings_get(const struct settings *settings, enum setting setting);
/* A number of seconds in milliseconds; a --poll-interval of 0 is a second. */
int settings_ms(const struct settings *settings, enum setting setting);
/* --secret-owner, as numbers. */
struct secretfile_owner settings_owner(const struct settings *settings);

/*
 * The ID of a deployment's Droplet: DROPLET_ID, or "" where DROPLET_NAME comes from a stronger
 * source, or there is none: then the name counts.
 */
const char *settings_droplet(const struct settings *settings);

/*
 * Whether USE_MANAGED_DB says that the database is self-hosted. Unset means managed, unlike in the
 * plan (docs/FROM-BASH.md).
 */
bool settings_self_hosted(const struct settings *settings);

/* The setting of a key of the manifest or of a variable; SETTING_COUNT where there is none. */
enum setting settings_by_key(const char *key);
enum setting settings_by_variable(const char *variable);

/* Its key in the manifest, or NULL. */
const char *settings_key(enum setting setting);
/* A setting's name: its key, else its variable; NULL: an argument of a command, no setting. */
const char *settings_name(enum setting setting);
/* Its variable in the environment and in the env file, or NULL. */
const char *settings_variable(enum setting setting);
/* The values it may have, with | between; NULL where they are not a few words. */
const char *settings_choices(enum setting setting);
/* The value that it has where nothing gives one, or NULL. */
const char *settings_default(enum setting setting);
/* Whether its value may not be shown. */
bool settings_is_secret(enum setting setting);
/* "default", "manifest", "env file", "environment" or "command line"; "" where it has no value. */
const char *settings_source(const struct settings *settings, enum setting setting);

void settings_free(struct settings *settings);

#endif
