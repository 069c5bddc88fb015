#!/usr/bin/env bats
# What stands on a terminal of 60 and of 100 columns, compared with the files of tests/screens; and what a log gets.
#
#   UPDATE_SCREENS=FOLDER    a copy of the sources: its tests/screens and docs/setup.svg are written anew
# shellcheck shell=bash

load helper

setup() {
    command -v python3 >/dev/null || skip "no python3 here"
    open_box 1.166
    cd "$BOX"
    # Names of a fixed length, so that lines end where they did.
    SECRETS=secrets
    without MANAGED_DB_SECRETS_DIR
    with MANAGED_DB_SECRETS_DIR=secrets TERM=xterm
    OPTIONS=(--poll-interval 0.2 --doctl bin/doctl)
    doctl sim vpc add freshtrack-vpc --id 5d1f6c3a-1111-4222-8333-444455556666
    doctl sim droplet add 42 --name web-1 --vpc 5d1f6c3a-1111-4222-8333-444455556666
}

cluster() {
    doctl sim cluster add freshtrack-db --id 9cc10173-1111-4222-8333-444455556666 --vpc 5d1f6c3a-1111-4222-8333-444455556666 "$@"
}

record() {
    env -i "${ENVIRONMENT[@]}" python3 "$TOP/tests/screens/record.py" "$@"
}

# shows NAME COLUMNS [OPTION…] -- WORD…: the screen of managed-db WORD… is the one on file; options are record.py's.
shows() {
    local file=$1.$2 columns=$2 options=()
    shift 2
    while [ "$1" != -- ]; do
        options+=("$1")
        shift
    done
    shift
    record "$columns" ${options[@]+"${options[@]}"} "$PROGRAM" "${OPTIONS[@]}" "$@" >seen || true
    sed -i -E -e 's/: [0-9]+ s so far/: 0 s so far/' -e 's/again in [0-9.]+ s/again in 0.0 s/' \
        -e 's/request [0-9a-f]{8}-[0-9a-f-]{27}/request 00000000-0000-0000-0000-000000000000/' seen
    if [ -n "${UPDATE_SCREENS:-}" ]; then
        cp seen "$UPDATE_SCREENS/tests/screens/$file"
        return
    fi
    diff "$TOP/tests/screens/$file" seen || fail "another screen than tests/screens/$file (<)"
}

@test "the wait: one live line, cut to the width" {
    cluster --polls 2000
    shows wait 60 --colour --until 'so far' -- setup --droplet web-1
    shows wait 100 --until 'so far' -- setup --droplet web-1
}

@test "the wait: a look that fails is on the line, with the reason" {
    cluster --polls 2000
    with "DOCTL_SIM_FAULT=databases get=500@3+"
    shows wait-failing 100 --until 'the last look failed' -- setup --droplet web-1
}

@test "the live line is gone when the wait is over, and when a signal ends it" {
    cluster --polls 3
    record 100 "$PROGRAM" "${OPTIONS[@]}" setup --droplet web-1 >seen
    grep -q 'Status: online' seen
    ! grep -q 'so far' seen || fail "it is still there"
}

@test "the end of setup" {
    cluster
    shows end 60 --from 'Managed PostgreSQL configured' -- setup --droplet web-1
    rm -r secrets
    shows end 100 --colour --from 'Managed PostgreSQL configured' -- setup --droplet web-1
}

@test "the end of setup for an open cluster: the warning stands last" {
    cluster
    shows end-open 60 --colour --from 'Managed PostgreSQL configured' -- setup
}

@test "the end of setup shows no terminal escape that came from doctl" {
    cluster
    fake_doctl <<'FAKE'
#!/bin/sh
case $* in
"databases get "*" -o json") "$REAL" "$@" | sed -E 's/"(version|region)": *"([^"]*)"/"\1": "\2\\u001b[31m"/' ;;
*) exec "$REAL" "$@" ;;
esac
FAKE
    mdb setup --droplet web-1
    works
    said "Cluster:      freshtrack-db, PostgreSQL 15"
    ! grep -q $'\033' "$BOX/err" || fail "an escape"
}

@test "plan, an error and help" {
    cluster --size db-s-2vcpu-4gb
    shows plan 60 -- plan --droplet web-1
    shows plan 100 -- plan --droplet web-1
    shows error 60 --colour -- setup --region nowhere-1 --name other-db
    shows error 100 -- setup --region nowhere-1 --name other-db
    shows help 60 -- pool --help
    shows help 100 -- pool --help
}

@test "doctor" {
    cluster
    OPTIONS+=(--psql /nowhere/psql --compose-command /nowhere/compose)
    without MANAGED_DB_LOCK_DIR
    with MANAGED_DB_LOCK_DIR=lock
    shows doctor 60 -- doctor
    shows doctor 100 -- doctor
}

@test "the picture of the README is that of a setup" {
    cluster
    record 112 --svg --from 'Configuring trusted sources' "$PROGRAM" "${OPTIONS[@]}" setup --droplet web-1 >seen
    if [ -n "${UPDATE_SCREENS:-}" ]; then
        cp seen "$UPDATE_SCREENS/docs/setup.svg"
        return
    fi
    cmp seen "$TOP/docs/setup.svg" || fail "docs/setup.svg shows something else"
}

@test "a log gets no live line, no control characters, and a line every 30 s" {
    cluster --polls 4
    mdb setup --droplet web-1
    works
    ! grep -q $'[\r\033]' "$BOX/err" || fail "control characters in the log"
    not_said 'so far'
}

@test "without a terminal that can erase a line there is no live line" {
    cluster --polls 4
    with TERM=dumb
    record 100 "$PROGRAM" "${OPTIONS[@]}" setup --droplet web-1 >seen
    ! grep -q 'so far' seen || fail "a live line on a dumb terminal"
}

@test "--no-wait leaves the rest to a later run, and says so" {
    with DOCTL_SIM_POLLS=3
    mdb setup --droplet web-1 --no-wait
    exits 0
    said 'the same command again when the cluster is online, usually after 4 to 6 min'
    not_said 'setup complete'
    said 'every address may connect'
    equal "$(calls | grep -c 'pool create')" 0 "pools"
    [ ! -e secrets/database_url ] || fail "a URL was written"
    mdb create --no-wait
    exits 0
    mdb setup --droplet web-1
    works
    said 'setup complete'
    equal "$(calls | grep -c '^databases create ')" 1 "clusters"
    equal "$(calls | grep -c 'pool create')" 1 "pools"
    mdb setup --droplet web-1 --no-wait
    works
    said 'Nothing had to be changed'
    mdb setup --faithful --no-wait
    fails 2
}
