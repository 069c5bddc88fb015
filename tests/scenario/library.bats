#!/usr/bin/env bats
# scripts/lib/*.sh: what a deployment script sources.

load helper

LIBRARY=$TOP/scripts/lib

setup() {
    open_box 1.166
    with "MANAGED_DB=$PROGRAM" "LIBRARY=$LIBRARY" DOCTL_SIM_POLLS=0
}

# script: runs the script of stdin in bash; $status, $BOX/out, $BOX/err.
script() {
    cat >"$BOX/script"
    status=0
    env -i "${ENVIRONMENT[@]}" "${SHELL_UNDER_TEST:-bash}" "$BOX/script" >"$BOX/out" 2>"$BOX/err" </dev/null 3>&- ||
        status=$?
}

# The plan's setup_managed_database, line for line; the folder of the secrets is put in.
plan_setup() {
    sed -n '/^setup_managed_database() {/,/^}/p' "$BATS_TEST_DIRNAME/plan.bash" |
        sed "s|/opt/freshtrack-pro/secrets|$SECRETS|"
}

@test "bash -n, and at least nine functions that the plan's grep finds" {
    local file
    for file in "$LIBRARY"/managed-db-helpers.sh "$LIBRARY"/doctl-helpers.sh; do
        bash -n "$file"
    done
    local found
    found=$(grep -c "^[a-z_]*() {" "$LIBRARY/managed-db-helpers.sh")
    [ "$found" -ge 9 ] || fail "$found functions"
    local name
    for name in check_existing_database create_managed_database create_connection_pool download_ssl_certificate \
        get_connection_string save_connection_string configure_trusted_sources show_database_info; do
        grep -q "^$name() {" "$LIBRARY/managed-db-helpers.sh" || fail "no $name"
    done
    for name in validate_doctl_auth ensure_vpc; do
        grep -q "^$name() {" "$LIBRARY/doctl-helpers.sh" || fail "no $name"
    done
}

@test "no construct that bash 3.2 has not" {
    local file
    for file in "$LIBRARY"/managed-db-helpers.sh "$LIBRARY"/doctl-helpers.sh; do
        if grep -nE '(declare|local|typeset) +-[a-zA-Z]*[Ang]|mapfile|readarray|coproc|\$\{[a-zA-Z_]+(\[[^]]*\])?(\^|,|@[A-Z])|&>>|\|&|\$\{[a-zA-Z_]+: -|printf +-v +[a-z]+\[|wait -n|EPOCH|BASHPID|inherit_errexit|local -' \
            "$file" >&2; then
            fail "newer than bash 3.2: $file"
        fi
    done
}

@test "the plan's setup_managed_database, line for line, under set -euo pipefail: a fresh account" {
    local personality
    for personality in plan 1.94 1.166; do
        open_box "$personality"
        with "MANAGED_DB=$PROGRAM" "LIBRARY=$LIBRARY" DOCTL_SIM_POLLS=0
        {
            cat <<'SCRIPT'
set -euo pipefail
. "$LIBRARY/doctl-helpers.sh"
. "$LIBRARY/managed-db-helpers.sh"
USE_MANAGED_DB=true
DO_REGION=nyc3
DO_DB_SIZE=db-s-1vcpu-2gb
DROPLET_ID=42
SCRIPT
            plan_setup
            cat <<'SCRIPT'
validate_doctl_auth || exit 1
setup_managed_database || exit 1
echo "DB_CLUSTER_ID=$DB_CLUSTER_ID"
SCRIPT
        } >"$BOX/plan"
        script <"$BOX/plan"
        exits 0
        is_whole droplet:42
        local id
        id=$(doctl sim dump | sed -n 's/^cluster id=\([^ ]*\) .*/\1/p')
        grep -qx "DB_CLUSTER_ID=$id" "$BOX/out" || fail "DB_CLUSTER_ID is not set"
        url | grep -qE '^postgresql://doadmin:[^ ]*\?sslmode=require$' || fail "no URL in the secret file"
        said "==> Setting up DigitalOcean Managed PostgreSQL..."
        said "✓ Managed PostgreSQL configured"
        called "databases create .* --private-network-uuid $(doctl sim dump | sed -n 's/^vpc id=\([^ ]*\) .*/\1/p')\$"
    done
}

@test "the plan's setup_managed_database takes up an existing cluster" {
    whole
    {
        cat <<'SCRIPT'
set -euo pipefail
. "$LIBRARY/managed-db-helpers.sh"
. "$LIBRARY/doctl-helpers.sh"
USE_MANAGED_DB=true
DO_REGION=nyc3
DO_DB_SIZE=db-s-1vcpu-2gb
DROPLET_ID=
SCRIPT
        plan_setup
        cat <<'SCRIPT'
setup_managed_database
echo "DB_CLUSTER_ID=$DB_CLUSTER_ID"
SCRIPT
    } >"$BOX/plan"
    script <"$BOX/plan"
    exits 0
    grep -qx "DB_CLUSTER_ID=$ID" "$BOX/out" || fail "DB_CLUSTER_ID is not set"
    equal "$(mutations)" ""
}

@test "the plan's setup_managed_database with USE_MANAGED_DB=false calls nothing" {
    {
        echo 'set -euo pipefail; . "$LIBRARY/doctl-helpers.sh"; USE_MANAGED_DB=false'
        plan_setup
        echo setup_managed_database
    } >"$BOX/plan"
    script <"$BOX/plan"
    exits 0
    no_calls
    said "Using self-hosted PostgreSQL (containerized)"
}

@test "a failure comes back as the program's status, under set -e too" {
    with "DOCTL_SIM_FAULT=databases list=403"
    script <<'SCRIPT'
set -euo pipefail
. "$LIBRARY/managed-db-helpers.sh"
status=0
create_managed_database freshtrack-db nyc3 db-s-1vcpu-2gb || status=$?
echo "status $status, cluster ${DB_CLUSTER_ID:-none}"
check_existing_database freshtrack-db || echo "check $?"
create_managed_database freshtrack-db
echo "not reached"
SCRIPT
    exits 4
    equal "$(cat "$BOX/out")" "$(printf 'status 4, cluster none\ncheck 4')"
}

@test "check_existing_database sets DB_CLUSTER_ID, and is 1 where there is none" {
    whole
    script <<'SCRIPT'
set -euo pipefail
. "$LIBRARY/managed-db-helpers.sh"
if check_existing_database freshtrack-db; then echo "found $DB_CLUSTER_ID"; fi
DB_CLUSTER_ID=before
check_existing_database nobody-db || echo "status $? $DB_CLUSTER_ID"
SCRIPT
    exits 0
    equal "$(cat "$BOX/out")" "$(printf 'found %s\nstatus 1 before' "$ID")"
}

@test "ensure_vpc, get_connection_string and show_database_info print their answer, the others none" {
    whole
    with DOCTL_SIM_PASSWORD=AVNS_secret
    script <<SCRIPT
set -euo pipefail
. "\$LIBRARY/doctl-helpers.sh"
vpc=\$(ensure_vpc freshtrack-vpc nyc3)
[ "\$vpc" = "$VPC" ]
url=\$(get_connection_string "$ID")
case \$url in postgresql://*:25061/app-pool\?sslmode=require) ;; *) exit 1 ;; esac
url=\$(get_connection_string "$ID" false verify-full)
case \$url in postgresql://*:25060/defaultdb\?sslmode=verify-full) ;; *) exit 1 ;; esac
show_database_info "$ID" | grep -q 'Dashboard: https://cloud.digitalocean.com/databases/$ID'
echo quiet:
validate_doctl_auth
check_existing_database freshtrack-db
create_managed_database freshtrack-db nyc3 db-s-1vcpu-2gb "$VPC"
create_connection_pool "$ID"
download_ssl_certificate "$ID"
save_connection_string "$ID" "$BOX/url"
configure_trusted_sources "$ID" 42
SCRIPT
    exits 0
    answered quiet:
    [ -s "$BOX/url" ]
    [ -s "$SECRETS/ca-certificate.crt" ]
    is_whole droplet:42
}

@test "the script's own variables count, exported or not; an empty argument is left out" {
    script <<'SCRIPT'
set -euo pipefail
. "$LIBRARY/doctl-helpers.sh"
DO_REGION=ams3
DO_DB_SIZE=db-s-2vcpu-4gb
vpc=$(ensure_vpc freshtrack-vpc "$DO_REGION")
create_managed_database "" "" ""
create_connection_pool "$DB_CLUSTER_ID" "" 7
SCRIPT
    exits 0
    called "vpcs create --name freshtrack-vpc --region ams3 "
    called "databases create freshtrack-db .* --region ams3 --size db-s-2vcpu-4gb "
}

@test "the functions that the plan's parent script has; the token counts without an export" {
    doctl sim ssh-key add laptop --fingerprint aa:bb:cc
    script <<'SCRIPT'
set -euo pipefail
. "$LIBRARY/doctl-helpers.sh"
DO_API_TOKEN=token-of-the-script DO_REGION=fra1 DROPLET_NAME=web
export DO_SSH_KEY_NAME=laptop
get_ssh_key_fingerprint
get_ssh_key_fingerprint nobody || echo "none: $?"
validate_region
validate_region nyc9 || echo "no region: $?"
create_cloud_init | head -n 1
create_cloud_init "$HOME/cloud-init" && cmp "$HOME/cloud-init" "$LIBRARY/cloud-init.yaml"
managed_db droplet create web
ensure_cloud_firewall | wc -l
ensure_cloud_firewall web | wc -l
SCRIPT
    exits 0
    equal "$(tr '\n' ' ' <"$BOX/out")" "aa:bb:cc none: 1 no region: 2 #cloud-config 410000001 1 1 "
    equal "$(count firewall)" 1 firewalls
    script <<'SCRIPT'
set -euo pipefail
cat >"$HOME/doctl" <<'DOCTL'
#!/bin/sh
echo "$DIGITALOCEAN_ACCESS_TOKEN" >"$HOME/token"
DOCTL
chmod 755 "$HOME/doctl"
. "$LIBRARY/doctl-helpers.sh"
DO_API_TOKEN=token-of-the-script
MANAGED_DB_DOCTL=$HOME/doctl
export MANAGED_DB_DOCTL
validate_doctl_auth || true
SCRIPT
    equal "$(cat "$BOX/home/token")" token-of-the-script
}

@test "the story functions of the script are kept" {
    script <<'SCRIPT'
set -euo pipefail
step() { echo "my step: $*"; }
. "$LIBRARY/doctl-helpers.sh"
step one
success two
warning three
error four
info five
SCRIPT
    exits 0
    answered "my step: one"
    equal "$(cat "$BOX/err")" "$(printf '✓ two\n⚠ three\n✗ four\nℹ five')"
}

@test "arguments are never taken for options" {
    script <<'SCRIPT'
set -euo pipefail
. "$LIBRARY/managed-db-helpers.sh"
get_connection_string --help || echo "status $?"
create_managed_database "--faithful" || echo "status $?"
SCRIPT
    exits 0
    equal "$(cat "$BOX/out")" "$(printf 'status 2\nstatus 2')"
    no_calls
}

@test "sourcing says nothing, runs nothing, and may be done twice" {
    script <<'SCRIPT'
set -euo pipefail
. "$LIBRARY/managed-db-helpers.sh"
. "$LIBRARY/doctl-helpers.sh"
. "$LIBRARY/managed-db-helpers.sh"
. "$LIBRARY/doctl-helpers.sh"
SCRIPT
    exits 0
    answered_nothing
    [ ! -s "$BOX/err" ] || fail "it says something"
    no_calls
}

# copied FOLDER: a copy of the library without a binary anywhere near.
copied() {
    mkdir -p "$1"
    cp "$LIBRARY"/managed-db-helpers.sh "$LIBRARY"/doctl-helpers.sh "$1/"
    without MANAGED_DB
    with "LIBRARY=$1"
}

check_script() {
    script <<'SCRIPT'
set -euo pipefail
. "$LIBRARY/managed-db-helpers.sh"
check_existing_database freshtrack-db
echo "$DB_CLUSTER_ID"
SCRIPT
}

@test "the binary is found beside the library" {
    half_made
    copied "$BOX/some where/lib"
    ln -s "$PROGRAM" "$BOX/some where/lib/managed-db"
    check_script
    exits 0
    answered "$ID"
}

@test "the binary is found in the build tree" {
    half_made
    copied "$BOX/tree/scripts/lib"
    ln -s "$PROGRAM" "$BOX/tree/managed-db"
    check_script
    exits 0
    answered "$ID"
}

@test "the binary is found on PATH" {
    half_made
    copied "$BOX/tree/scripts/lib"
    ln -s "$PROGRAM" "$BOX/bin/managed-db"
    check_script
    exits 0
    answered "$ID"
}

@test "the library works from any folder, and by a relative path" {
    half_made
    copied "$BOX/tree/scripts/lib"
    ln -s "$PROGRAM" "$BOX/tree/managed-db"
    cd "$BOX/tree"
    with LIBRARY=scripts/lib
    script <<'SCRIPT'
set -euo pipefail
. "$LIBRARY/managed-db-helpers.sh"
cd /
check_existing_database freshtrack-db
echo "$DB_CLUSTER_ID"
SCRIPT
    exits 0
    answered "$ID"
}

@test "the library works with an IFS of its own, with CDPATH, and says what is wrong with MANAGED_DB" {
    printf 'DO_REGION=fra1\n' >"$BOX/env"
    run env -i "${ENVIRONMENT[@]}" CDPATH=.:/tmp "MANAGED_DB_ENV_FILE=$BOX/env" "MANAGED_DB=$PROGRAM" bash -c '
        set -euo pipefail
        IFS=$'"'\\n\\t'"'
        cd "$1/.."
        . scripts/lib/doctl-helpers.sh
        [ "$(printf "%s\n" "$MANAGED_DB_LIB_DIR" | wc -l)" = 1 ]
        ensure_vpc >/dev/null
        MANAGED_DB=/nowhere
        ensure_vpc' bash "$TOP/scripts"
    [ "$status" = 3 ] || fail "status $status: $output"
    [[ $output == *"MANAGED_DB names /nowhere"* ]] || fail "$output"
    equal "$(count vpc region=fra1)" 1 VPCs
}

@test "a missing binary says how to build it" {
    copied "$BOX/tree/scripts/lib"
    check_script
    [ "$status" != 0 ]
    said "make"
    said "$BOX/tree"
    answered_nothing
    no_calls
    script <<'SCRIPT'
set -euo pipefail
. "$LIBRARY/managed-db-helpers.sh"
. "$LIBRARY/doctl-helpers.sh"
validate_doctl_auth || echo "status $?"
url=$(get_connection_string some-id) || echo "url '$url'"
SCRIPT
    exits 0
    grep -qx "url ''" "$BOX/out" || fail "an answer without a binary"
}

@test "a MANAGED_DB that is not there is a failure" {
    with "MANAGED_DB=$BOX/nowhere"
    check_script
    [ "$status" != 0 ]
    answered_nothing
}

@test "the library is clean for shellcheck" {
    command -v shellcheck >/dev/null || skip "no shellcheck here"
    cd "$LIBRARY"
    shellcheck -x managed-db-helpers.sh doctl-helpers.sh
}
