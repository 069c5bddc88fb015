#!/usr/bin/env bash
# What a deployment on DigitalOcean needs besides the database: source this file and call the functions.
#
#   validate_doctl_auth            returns 0 when doctl is there and has a token that works
#   ensure_vpc [NAME [REGION]]     prints the UUID of the VPC, which is made where there is none
#   validate_region [REGION]       returns 0 when the region takes new Droplets
#   get_ssh_key_fingerprint [NAME] prints the fingerprint of the account's SSH key
#   create_cloud_init [PATH]       writes what a new Droplet does on its first start; prints it without a path
#   ensure_cloud_firewall [NAME]   prints the ID of the Cloud Firewall of the Droplet that 'droplet create' made
#
# It also gives the script the story lines step, success, warning, error and info (on stderr), unless it
# has functions of these names. Needs managed-db-helpers.sh beside it, and sources it.

if ! declare -F managed_db >/dev/null; then
    # shellcheck source-path=SCRIPTDIR
    . "$(dirname -- "${BASH_SOURCE[0]}")/managed-db-helpers.sh"
fi

declare -F step >/dev/null || step() { printf '==> %s\n' "$*" >&2; }
declare -F success >/dev/null || success() { printf '✓ %s\n' "$*" >&2; }
declare -F warning >/dev/null || warning() { printf '⚠ %s\n' "$*" >&2; }
declare -F error >/dev/null || error() { printf '✗ %s\n' "$*" >&2; }
declare -F info >/dev/null || info() { printf 'ℹ %s\n' "$*" >&2; }

validate_doctl_auth() {
    managed_db validate_doctl_auth >/dev/null
}

ensure_vpc() {
    managed_db ensure_vpc -- "${1:-}" "${2:-${DO_REGION:-}}"
}

validate_region() {
    managed_db validate_region -- "${1:-${DO_REGION:-}}" >/dev/null
}

get_ssh_key_fingerprint() {
    managed_db get_ssh_key_fingerprint -- "${1:-${DO_SSH_KEY_NAME:-}}"
}

create_cloud_init() {
    if [ -n "${1:-}" ]; then
        cp -- "$MANAGED_DB_LIB_DIR/cloud-init.yaml" "$1"
    else
        cat -- "$MANAGED_DB_LIB_DIR/cloud-init.yaml"
    fi
}

ensure_cloud_firewall() {
    managed_db ensure_cloud_firewall -- "${1:-${DROPLET_NAME:-}}"
}
