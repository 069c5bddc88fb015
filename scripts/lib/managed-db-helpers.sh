#!/usr/bin/env bash
# DigitalOcean Managed PostgreSQL for a deployment script: source this file and call the functions.
# Each one runs the program managed-db, which does the work; see 'managed-db --help'.
#
#   check_existing_database NAME                         sets DB_CLUSTER_ID; 1 if there is none
#   create_managed_database [NAME [REGION [SIZE [VPC]]]] sets DB_CLUSTER_ID
#   create_connection_pool CLUSTER_ID [POOL [SIZE]]
#   download_ssl_certificate CLUSTER_ID [PATH]
#   get_connection_string CLUSTER_ID [USE_POOL [MODE]]   prints the URL (of the pooler, unless "false")
#   save_connection_string CLUSTER_ID [PATH]             keeps the URL of the pooler in a secret file
#   configure_trusted_sources CLUSTER_ID DROPLET_ID
#   show_database_info CLUSTER_ID                        prints the tables
#
# An empty argument counts as left out; but for VPC, which is empty where ensure_vpc failed. The story goes to stderr. A function returns the exit status of
# managed-db: 0 done, 1 not there, 2 usage, 3 no doctl or no token, 4 no usable answer, 5 too late,
# 6 a local file. Works under 'set -euo pipefail', in bash 3.2 and later.
#
# MANAGED_DB_ENV_FILE names a file with settings, KEY=VALUE lines, that every call reads (--env-file).
# MANAGED_DB names the program; else it is looked for beside this file, in the build tree, and on PATH.

MANAGED_DB_LIB_DIR=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)

# Prints the path of the program.
managed_db_program() {
    local candidate
    if [ -n "${MANAGED_DB:-}" ]; then
        if [ -f "$MANAGED_DB" ] && [ -x "$MANAGED_DB" ]; then
            printf '%s\n' "$MANAGED_DB"
            return 0
        fi
        printf '%s\n' "MANAGED_DB names $MANAGED_DB, which is no program: correct or unset it" >&2
        return 3
    fi
    for candidate in "$MANAGED_DB_LIB_DIR/managed-db" \
        "$MANAGED_DB_LIB_DIR/../../managed-db" \
        "$MANAGED_DB_LIB_DIR/../../build/managed-db" \
        "$MANAGED_DB_LIB_DIR/../../../../bin/managed-db"; do
        if [ -f "$candidate" ] && [ -x "$candidate" ]; then
            printf '%s\n' "$candidate"
            return 0
        fi
    done
    if candidate=$(type -P managed-db); then
        printf '%s\n' "$candidate"
        return 0
    fi
    printf '%s\n' "managed-db is not built: run './autogen.sh && ./configure && make' in" \
        "$(CDPATH='' cd -- "$MANAGED_DB_LIB_DIR/../.." && pwd), or name the program with MANAGED_DB" >&2
    return 3
}

# Runs the program. The token counts even where the script does not export it.
managed_db() {
    local program
    program=$(managed_db_program) || return $?
    DO_API_TOKEN=${DO_API_TOKEN:-} "$program" ${MANAGED_DB_ENV_FILE:+"--env-file=$MANAGED_DB_ENV_FILE"} "$@"
}

check_existing_database() {
    local id
    id=$(managed_db check_existing_database -- "${1:-}") || return $?
    DB_CLUSTER_ID=$id
}

create_managed_database() {
    local id
    # The script's own variables count even where it does not export them.
    id=$(managed_db create_managed_database -- "${1:-}" "${2:-${DO_REGION:-}}" \
        "${3:-${DO_DB_SIZE:-}}" ${4+"$4"}) || return $?
    # shellcheck disable=SC2034  # for the script that sources this file
    DB_CLUSTER_ID=$id
}

create_connection_pool() {
    managed_db create_connection_pool -- "${1:-}" "${2:-}" "${3:-}" >/dev/null
}

download_ssl_certificate() {
    managed_db download_ssl_certificate -- "${1:-}" "${2:-}" >/dev/null
}

get_connection_string() {
    managed_db get_connection_string -- "${1:-}" "${2:-}" "${3:-}"
}

save_connection_string() {
    managed_db save_connection_string -- "${1:-}" "${2:-}" >/dev/null
}

configure_trusted_sources() {
    managed_db configure_trusted_sources -- "${1:-}" "${2:-}" >/dev/null
}

show_database_info() {
    managed_db show_database_info -- "${1:-}"
}
