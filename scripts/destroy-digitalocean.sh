#!/usr/bin/env bash
# Takes down what deploy-digitalocean.sh has made and nobody else uses: database cluster, Droplet, Cloud Firewall
# and VPC. It names them, says why each counts as this deployment's, and deletes them when the name of the first is
# typed. There is no way back: data and backups go with them.
set -euo pipefail
unset CDPATH

SCRIPT_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
CONFIG_FILE=$SCRIPT_DIR/deploy.config
# Where the scripts are installed, the configuration is in the working folder.
if [ ! -e "$CONFIG_FILE" ] && [ -e deploy.config ]; then
    CONFIG_FILE=$PWD/deploy.config
fi
NAME_GIVEN=
OPTIONS=()

# shellcheck source=scripts/lib/doctl-helpers.sh
source "${SCRIPT_DIR}/lib/doctl-helpers.sh"

usage() {
    cat <<'END'
Usage: destroy-digitalocean.sh [OPTION]...

Deletes the database cluster, the Droplet with its Cloud Firewall and the VPC of a
deployment, after it has named them and the name of the first was typed. What
another deployment, an app or a Kubernetes cluster uses too stays.

  --config PATH           the configuration of the deployment (scripts/deploy.config)
  --name NAME             the Droplet's name (DROPLET_NAME)
  --only PART             a part of it: droplet, database, vpc
  --force-shared CLUSTER  the cluster of this name goes too, whoever else uses it
  --help                  this help

Exit status: 0 deleted; 1 there is nothing; 2 usage, configuration, or another
name was typed; 3 no doctl or no token; 4 no usable answer; 128+N signal N.
END
}

while [ $# -gt 0 ]; do
    case $1 in
    --config | --name | --only | --force-shared)
        if [ -z "${2:-}" ]; then
            error "$1 needs a value; see --help"
            exit 2
        fi
        case $1 in
        --config) CONFIG_FILE=$2 ;;
        --name) NAME_GIVEN=$2 ;;
        *) OPTIONS+=("$1" "$2") ;;
        esac
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

[ -z "$NAME_GIVEN" ] || OPTIONS+=(--droplet-name "$NAME_GIVEN")
# As in deploy-digitalocean.sh.
export USE_MANAGED_DB=${USE_MANAGED_DB:-false}
validate_doctl_auth || exit $?
things=$(managed_db destroy ${OPTIONS[@]+"${OPTIONS[@]}"}) || exit $?
IFS=$'\t' read -r _ first _ <<<"$things"
{
    echo
    echo "This will be deleted, with all data and all backups:"
    echo
    printf '%s\n' "$things" | while IFS=$'\t' read -r kind name id why; do
        printf '  %-18s %-24s %s\n  %18s (%s)\n' "$kind" "$name" "$id" "" "$why"
    done
    echo
    printf 'Type the first name (%s) to delete it all: ' "$first"
} >&2
typed=
IFS= read -r typed || true
[ -t 0 ] || echo >&2
if [ "$typed" != "$first" ]; then
    error "That is not its name: nothing was deleted"
    exit 2
fi
managed_db destroy "$typed" ${OPTIONS[@]+"${OPTIONS[@]}"} >/dev/null || exit $?
success "All of it is deleted"
case $things in
*$'\nDroplet\t'*) ;;
"Database cluster"*)
    warning "On the Droplet, do_database_url and database_url_direct in $MANAGED_DB_SECRETS_DIR point nowhere now:" \
        "deploy again, with a new cluster or with USE_MANAGED_DB=false"
    ;;
esac
