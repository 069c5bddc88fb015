#!/usr/bin/env bash
# FreshTrack Pro on DigitalOcean: from an empty account to a running stack, with its own PostgreSQL or with
# a managed one (USE_MANAGED_DB=true). It can be run again at any time, from wherever it stopped.
# docs/DEPLOY.md tells of a first deployment. The work is done by managed-db.
set -euo pipefail
unset CDPATH

SCRIPT_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
PROJECT_DIR=$(cd "$SCRIPT_DIR/.." && pwd)
OVERLAY=docker/compose.digitalocean.yaml

CONFIG_FILE=$SCRIPT_DIR/deploy.config
# Where the scripts are installed, the configuration is in the working folder.
if [ ! -e "$CONFIG_FILE" ] && [ -e deploy.config ]; then
    CONFIG_FILE=$PWD/deploy.config
fi
NAME_GIVEN=
DRY_RUN=false
PROVISION_ONLY=false
SETUP_MANAGED_DB_ONLY=false
PULL=false
FALLEN_BACK=

# shellcheck source=scripts/lib/doctl-helpers.sh
source "${SCRIPT_DIR}/lib/doctl-helpers.sh"
# shellcheck source=scripts/lib/remote.sh
source "${SCRIPT_DIR}/lib/remote.sh"
# shellcheck source=scripts/lib/stack.sh
source "${SCRIPT_DIR}/lib/stack.sh"

usage() {
    cat <<'END'
Usage: deploy-digitalocean.sh [OPTION]...

Finds or creates the Droplet, sets up the managed database if the configuration
says so, and starts the stack on the Droplet. Run it again at any time.

  --config PATH        the configuration (scripts/deploy.config)
  --name NAME          the Droplet's name (DROPLET_NAME)
  --provision-only     Droplet and managed database, no stack
  --setup-managed-db   the managed database alone, its URL in a file on this machine
  --pull               pull the images anew, where a tag has moved
  --dry-run            tell what would be done; change nothing
  --help               this help

A flag beats an exported variable, which beats the configuration.
Exit status: 0 done; 2 usage or configuration; 3 no doctl or no token; 4 no usable
answer, or the stack did not start; 5 a deadline passed; 6 a local file; 128+N signal N.
END
}

usage_error() {
    error "$1; see --help"
    exit 2
}

parse_arguments() {
    while [ $# -gt 0 ]; do
        case $1 in
        --config | --name)
            [ -n "${2:-}" ] || usage_error "$1 needs a value"
            if [ "$1" = --config ]; then CONFIG_FILE=$2; else NAME_GIVEN=$2; fi
            shift
            ;;
        --provision-only) PROVISION_ONLY=true ;;
        --setup-managed-db) SETUP_MANAGED_DB_ONLY=true ;;
        --pull) PULL=true ;;
        --dry-run) DRY_RUN=true ;;
        --help | -h)
            usage
            exit 0
            ;;
        *) usage_error "unknown argument $1" ;;
        esac
        shift
    done
}

# ===========================================
# Configuration
# ===========================================

# The program reads the file, as data; every value it hands on is quoted for the shell.
load_config() {
    if [ ! -f "$CONFIG_FILE" ] || [ ! -r "$CONFIG_FILE" ]; then
        error "There is no configuration $CONFIG_FILE: copy $SCRIPT_DIR/deploy.config.example to it, or to deploy.config in this folder"
        return 2
    fi
    CONFIG_DIR=$(cd -- "$(dirname -- "$CONFIG_FILE")" && pwd)
    CONFIG_FILE=$CONFIG_DIR/$(basename -- "$CONFIG_FILE")
    KNOWN_HOSTS=$CONFIG_DIR/known_hosts
    MANAGED_DB_ENV_FILE=$CONFIG_FILE
    [ -z "$NAME_GIVEN" ] || export DROPLET_NAME=$NAME_GIVEN
    SETTINGS=$(managed_db settings --output env) || return $?
    eval "$SETTINGS"
    # A name that is asked for counts more than an ID, wherever that comes from.
    [ -z "$NAME_GIVEN" ] || DROPLET_ID=
    [ "$SETUP_MANAGED_DB_ONLY" = false ] || USE_MANAGED_DB=true
    unset COMPOSE_PROFILES
    export USE_MANAGED_DB=${USE_MANAGED_DB:-false} USE_DO_SPACES=${USE_DO_SPACES:-false}
    case $USE_MANAGED_DB/$USE_DO_SPACES in
    true/true | true/false | false/true | false/false) ;;
    *)
        error "USE_MANAGED_DB and USE_DO_SPACES are true or false," \
            "not '$USE_MANAGED_DB' and '$USE_DO_SPACES': see $CONFIG_FILE"
        return 2
        ;;
    esac
    APP_DIR=$(beside_config "${DEPLOY_APP_DIR:-$PROJECT_DIR}")
    # As the program writes paths: without . and ..
    [ ! -d "$APP_DIR" ] || APP_DIR=$(cd "$APP_DIR" && pwd)
    [ -z "$DEPLOY_SSH_IDENTITY" ] || DEPLOY_SSH_IDENTITY=$(beside_config "$DEPLOY_SSH_IDENTITY")
    APP_SECRETS=${DEPLOY_SECRETS:+$(beside_config "$DEPLOY_SECRETS")}
    case :$DEPLOY_COMPOSE_FILES: in
    *":$OVERLAY:"*) ;;
    *) DEPLOY_COMPOSE_FILES=$DEPLOY_COMPOSE_FILES:$OVERLAY ;;
    esac
    IFS=: read -r -a FILE_LIST <<<"$DEPLOY_COMPOSE_FILES${DEPLOY_FILES:+:$DEPLOY_FILES}"
}

# Before anything is made: ssh says it only once there is a Droplet.
check_identity() {
    local file=$DEPLOY_SSH_IDENTITY
    case $file in \~/*) file=$HOME/${file#\~/} ;; esac
    if [ -n "$file" ] && [ ! -r "$file" ]; then
        error "DEPLOY_SSH_IDENTITY: there is no file $file that can be read"
        return 2
    fi
}

# A path of the configuration, from its folder on. ~ is ssh's to understand.
beside_config() {
    case $1 in
    /* | "~"*) printf '%s\n' "$1" ;;
    *) printf '%s\n' "$CONFIG_DIR/$1" ;;
    esac
}

print_summary() {
    info "Configuration: $CONFIG_FILE"
    if [ "$SETUP_MANAGED_DB_ONLY" = false ]; then
        echo "  Droplet:  ${DROPLET_ID:-$DROPLET_NAME} ($DO_DROPLET_SIZE, $DO_REGION)"
        echo "  Stack:    $APP_DIR to $DEPLOY_DIR: ${DEPLOY_COMPOSE_FILES//:/ }"
    fi
    if [ "$USE_MANAGED_DB" = "true" ]; then
        echo "  Database: managed, $DO_DB_NAME ($DO_DB_SIZE, $DO_REGION)"
    else
        echo "  Database: self-hosted"
    fi
} >&2

# ===========================================
# Droplet
# ===========================================

# What can be known before anything is made: the account, and that DigitalOcean offers what is asked for.
# Sets DROPLET_ID where the Droplet is there, DROPLET_NAME, DO_DB_TAGS and DROPLET_LACKS_FIREWALL.
preflight() {
    local answer
    answer=$(managed_db preflight --output env) || return $?
    eval "$answer"
}

provision_droplet() {
    local address
    # An old one lets its users in at once, or not at all.
    MOST_DENIALS=1
    if [ -z "$DROPLET_ID" ]; then
        MOST_DENIALS=12
        DROPLET_ID=$(managed_db droplet create "$DROPLET_NAME" \
            --user-data-file "$SCRIPT_DIR/lib/cloud-init.yaml") || return $?
        DROPLET_LACKS_FIREWALL=$DO_CLOUD_FIREWALL
    fi
    [ "$DROPLET_LACKS_FIREWALL" = false ] || managed_db firewall "$DROPLET_NAME" >/dev/null || return $?
    address=$(managed_db droplet wait "$DROPLET_ID" --output env) || return $?
    eval "$address"
    hold_droplet "$MANAGED_DB_SECRETS_DIR" "$DEPLOY_DIR" || return $?
    read -r _ RUNS HAS_HAD <<<"$STATE"
}

warn_of_change() {
    case $RUNS/$USE_MANAGED_DB in
    managed/false | self-hosted/true)
        warning "The application on this Droplet changes its database, and its data does not move with it:" \
            "docs/DEPLOY.md tells how to move it"
        ;;
    esac
}

# ===========================================
# Managed Database Setup
# ===========================================

# Sets DB_CLUSTER_ID. The URL goes from the program into the file on the Droplet, through the connection and
# nowhere else. What the program says is also kept, for the reason of a failure.
setup_managed_database() {
    if [ "${USE_MANAGED_DB:-false}" != "true" ]; then
        info "Using self-hosted PostgreSQL (containerized)"
        return 0
    fi
    if [ -z "$DROPLET_PRIVATE_ADDRESS" ]; then
        echo "✗ the Droplet $DROPLET_ID has no private address, by which a managed database could be reached;" \
            "one that is made in a VPC has: take another name" >"$WORK/story"
        return 4
    fi
    write_way "$WORK/way" || return 6
    keep_story managed_db setup_managed_database --db-tags "$DO_DB_TAGS" --no-secret-file --ca-file "$WORK/ca-certificate.crt" \
        --droplet "$DROPLET_ID" --via "$WORK/way" >"$WORK/cluster" || return $?
    DB_CLUSTER_ID=$(cat "$WORK/cluster")
    [ "$PROVISION_ONLY" = false ] || return 0

    bring_url true "$URL_FILE" "Connection string" || return $?
    [ -z "$DIRECT_FILE" ] || bring_url false "$DIRECT_FILE" "Direct connection string"
}

# USE_POOL: true for the pool's URL, false for the direct one.
bring_url() { # USE_POOL FILE WHAT
    local status=0
    step "Bringing to the Droplet: $3..."
    { keep_story managed_db url "$DB_CLUSTER_ID" "$1" --droplet "$DROPLET_ID" || echo $? >"$WORK/status"; } |
        remote receive_url "$2" "$MANAGED_DB_SECRET_OWNER" "$DEPLOY_DIR" >"$WORK/changed" || status=$?
    # The program could not have the URL. Where the connection ended first, it could not write it.
    if [ "$status" = 3 ] && [ -s "$WORK/status" ]; then
        return "$(cat "$WORK/status")"
    fi
    if [ "$status" != 0 ]; then
        error "The connection string did not get to the Droplet (exit status $status); run again"
        exit 4
    fi
    if [ -s "$WORK/changed" ]; then
        success "$3 saved on the Droplet: $2"
    else
        success "$3 unchanged on the Droplet: $2"
    fi
}

# From where the application runs, as it connects. Without psql there it cannot be shown, which is said.
verify_connection() {
    local status=0
    [ "$USE_MANAGED_DB" = true ] || return 0
    step "Verifying the connection from the Droplet..."
    managed_db verify "$DB_CLUSTER_ID" --droplet "$DROPLET_ID" --ca-file "$WORK/stage/secrets/ca-certificate.crt" \
        --via "$WORK/way" >/dev/null 2>"$WORK/verified" || status=$?
    case $status in
    0) grep -E 'Connected:|PgBouncer|pool' "$WORK/verified" >&2 || true ;;
    3) warning "The connection was not verified: $(sed -n 's/^✗ //p' "$WORK/verified")" ;;
    *) cat "$WORK/verified" >&2 ;;
    esac
    [ "$status" = 3 ] || return "$status"
}

# Runs a command; its stderr goes to stderr and to the file story. Its status is the command's. The certificate
# is only passing through the folder of this run.
keep_story() {
    local line color=never
    { [ ! -t 2 ] || [ -n "${NO_COLOR:-}" ]; } || color=always
    { "$@" --color "$color" 2>&1 >&3 3>&- | while IFS= read -r line; do
        line=${line//"$WORK/ca-certificate.crt"/ca-certificate.crt, for the Droplet}
        printf '%s\n' "$line"
    done | tee "$WORK/story" >&2; } 3>&1
}

# A managed database that cannot be set up: the Droplet's own takes its place where that is safe.
fall_back_or_stop() { # STATUS
    local reason
    # The last failure that the program told, without colours.
    reason=$(sed -n "s/$(printf '\033')\[[0-9;]*m//g; s/^✗ //p" "$WORK/story" 2>/dev/null | tail -n 1)
    FALLEN_BACK=${reason:-exit status $1}
    # Interrupted, or a setting that is wrong: not the database's fault.
    if [ "$1" -ge 128 ] || [ "$1" = 2 ] || [ "$PROVISION_ONLY" = true ]; then
        error "Managed database setup failed: $FALLEN_BACK"
        exit "$1"
    fi
    if [ "$HAS_HAD" = yes ]; then
        error "Managed database setup failed: $FALLEN_BACK"
        if [ "$RUNS" = managed ]; then
            error "The application on this Droplet has its data in the managed database: the self-hosted one would" \
                "be empty"
        else
            error "This Droplet has the URL of a managed database: what was written there is not in the self-hosted one"
        fi
        error "Stopped; the stack and its secrets are as they were. Run again later;" \
            "USE_MANAGED_DB=false takes the self-hosted database on purpose"
        exit "$1"
    fi
    warning "Managed database setup failed, continuing with self-hosted mode"
    warning "The reason: $FALLEN_BACK"
    USE_MANAGED_DB=false
}

# ===========================================
# Main
# ===========================================

setup_managed_db_only() {
    managed_db setup || exit $?
    exit 0
}

dry_run() {
    local status=0
    if [ "$SETUP_MANAGED_DB_ONLY" = true ]; then
        validate_doctl_auth || exit $?
        check_existing_database "$DO_DB_NAME" || status=$?
        [ "$status" -le 1 ] || exit "$status"
        [ "$status" = 0 ] || info "It would be created: $DO_DB_SIZE, $DO_REGION"
    fi
    [ "$SETUP_MANAGED_DB_ONLY" = true ] || [ "$PROVISION_ONLY" = true ] ||
        info "The stack would be brought to $DEPLOY_DIR and started, profiles: $(managed_db compose profiles)"
    info "Nothing was changed"
    exit 0
}

# What was interrupted may be cleaning up in there itself for a moment.
clean_up() {
    local try
    release_droplet
    for try in 1 2 3 4 5; do
        if rm -rf "$WORK" 2>/dev/null; then
            return 0
        fi
        sleep "0.$try"
    done
}

# A script of this folder, for this deployment.
command_line() { # NAME
    printf '%q --config %q' "$SCRIPT_DIR/$1" "$CONFIG_FILE"
    [ -z "$NAME_GIVEN" ] || printf ' --name %q' "$NAME_GIVEN"
}

next_steps() {
    local sudo='' again
    again=$(command_line deploy-digitalocean.sh)
    [ "$DEPLOY_SSH_USER" = root ] || sudo="sudo "
    echo
    echo "Droplet:  $DROPLET_ID, $DROPLET_ADDRESS"
    if [ -n "$FALLEN_BACK" ]; then
        echo "Database: self-hosted, because the managed one could not be set up:"
        echo "          $FALLEN_BACK"
    elif [ "$USE_MANAGED_DB" = "true" ]; then
        echo "Database: managed, https://cloud.digitalocean.com/databases/$DB_CLUSTER_ID"
    else
        echo "Database: self-hosted"
    fi
    echo
    echo "Next steps:"
    if [ "$PROVISION_ONLY" = true ]; then
        echo "  Start the stack:  $again"
    else
        echo "  Point your domain at $DROPLET_ADDRESS"
        echo "  See how it runs:  ssh $DEPLOY_SSH_USER@$DROPLET_ADDRESS" \
            "$(quoted "cd $(printf %q "$DEPLOY_DIR") && ${sudo}docker compose ps")"
        [ -z "$FALLEN_BACK" ] || echo "  Try the managed database again, before there is data:  $again"
    fi
    echo "  Take it all down:  $(command_line destroy-digitalocean.sh)"
}

main() {
    parse_arguments "$@"
    load_config || exit $?
    if [ "${USE_MANAGED_DB:-false}" = "true" ]; then
        # shellcheck source=scripts/lib/managed-db-helpers.sh
        source "${SCRIPT_DIR}/lib/managed-db-helpers.sh" || {
            error "managed-db-helpers.sh not found. Required when USE_MANAGED_DB=true."
            exit 1
        }
    fi
    print_summary
    [ "$SETUP_MANAGED_DB_ONLY" = false ] || [ "$DRY_RUN" = true ] || setup_managed_db_only

    umask 077
    WORK=$(mktemp -d "${TMPDIR:-/tmp}/deploy-digitalocean.XXXXXX")
    trap clean_up EXIT
    trap 'exit 129' HUP
    trap 'exit 130' INT
    trap 'exit 143' TERM
    if [ "$SETUP_MANAGED_DB_ONLY" = false ]; then
        check_files && check_identity && { [ "$PROVISION_ONLY" = true ] || ask_compose_here; } && preflight || exit $?
    fi
    [ "$DRY_RUN" = false ] || dry_run
    if ! : >>"$KNOWN_HOSTS"; then
        error "The Droplet's host key cannot be remembered in $KNOWN_HOSTS"
        exit 6
    fi

    provision_droplet || exit $?
    [ "$PROVISION_ONLY" = true ] || ask_compose || exit $?
    setup_managed_database || fall_back_or_stop $?
    if [ "$PROVISION_ONLY" = false ]; then
        warn_of_change
        deploy_stack || exit $?
        verify_connection || exit $?
    fi
    next_steps
}

main "$@"
