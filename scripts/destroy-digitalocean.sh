#!/usr/bin/env bash
# Takes down what deploy-digitalocean.sh has made: Droplet, database cluster and VPC. It names them, and
# deletes them when the cluster's name is typed. There is no way back: data and backups go with them.
set -euo pipefail
unset CDPATH

SCRIPT_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
CONFIG_FILE=$SCRIPT_DIR/deploy.config
NAME_GIVEN=

# shellcheck source=scripts/lib/doctl-helpers.sh
source "${SCRIPT_DIR}/lib/doctl-helpers.sh"

usage() {
    cat <<'END'
Usage: destroy-digitalocean.sh [OPTION]...

Deletes the Droplet, the database cluster and the VPC of a deployment, after it
has named them and the cluster's name was typed.

  --config PATH   the configuration of the deployment (scripts/deploy.config)
  --name NAME     the Droplet's name (DROPLET_NAME)
  --help          this help

Exit status: 0 deleted; 1 there is nothing; 2 usage, configuration, or another
name was typed; 3 no doctl or no token; 4 no usable answer; 128+N signal N.
END
}

while [ $# -gt 0 ]; do
    case $1 in
    --config | --name)
        if [ -z "${2:-}" ]; then
            error "$1 needs a value; see --help"
            exit 2
        fi
        if [ "$1" = --config ]; then CONFIG_FILE=$2; else NAME_GIVEN=$2; fi
        shift
        ;;
    --help | -h)
        usage
        exit 0
        ;;
    *)
        error "unknown argument $1; see --help"
        exit 2
        ;;
    esac
    shift
done

if [ ! -f "$CONFIG_FILE" ]; then
    error "There is no configuration $CONFIG_FILE; --config names it"
    exit 2
fi
MANAGED_DB_ENV_FILE=$(cd -- "$(dirname -- "$CONFIG_FILE")" && pwd)/$(basename -- "$CONFIG_FILE")
export MANAGED_DB_ENV_FILE

settings=$(managed_db settings --output env) || exit $?
eval "$settings"

validate_doctl_auth || exit $?
things=$(managed_db destroy ${NAME_GIVEN:+--droplet-name "$NAME_GIVEN"}) || exit $?
{
    echo
    echo "This will be deleted, with all data and all backups:"
    echo
    printf '%s\n' "$things" | while IFS=$'\t' read -r kind name id; do
        printf '  %-18s %-24s %s\n' "$kind" "$name" "$id"
    done
    echo
    printf 'Type the name of the database cluster (%s) to delete it all: ' "$DO_DB_NAME"
} >&2
typed=
IFS= read -r typed || true
[ -t 0 ] || echo >&2
if [ "$typed" != "$DO_DB_NAME" ]; then
    error "That is not its name: nothing was deleted"
    exit 2
fi
managed_db destroy "$typed" ${NAME_GIVEN:+--droplet-name "$NAME_GIVEN"} >/dev/null || exit $?
success "All of it is deleted"
