#!/usr/bin/env bats
# doctor; the JSON object and its schema; offers; and that what the pages and the help say to type can be typed.
# shellcheck shell=bash

load helper

setup() {
    open_box 1.166
    with "PATH=$BOX/bin:$BUILD:/usr/bin:/bin"
}

# valid: the answer fits the schema.
valid() {
    python3 "$TOP/tests/screens/valid.py" "$TOP/docs/answer.schema.json" <"$BOX/out" || fail "not as docs/answer.schema.json"
}

# has FORM MARK WHAT…: doctor has the line "MARK WHAT…".
has() {
    grep -qF -- "$*" "$BOX/out" || fail "doctor does not say: $*"
}

# ---- doctor ----

@test "doctor before and after a setup; nothing is changed" {
    half_made
    doctl sim rule add "$ID" ip_addr:203.0.113.9
    freeze
    mdb doctor
    exits 0
    has "✓ doctl: $BOX/bin/doctl, 1.166.0"
    has "✓ account: ops@example.com, team FreshTrack"
    has "✓ scopes: the token has vpc:read, database:read, droplet:read"
    has "✓ cluster: freshtrack-db is online"
    has "✓ trusted sources: 1"
    has "⚠ URL: $SECRETS/database_url cannot be read"
    equal "$(mutations)" "" "changes"
    [ ! -e "$SECRETS" ] || fail "a folder was made"
    mdb setup --droplet 42
    works
    mdb doctor --psql /nowhere/psql
    exits 0
    has "✓ CA certificate: $SECRETS/ca-certificate.crt"
    has "⚠ psql: it was not found"
}

@test "doctor: no cluster yet, and one that is open" {
    mdb doctor
    exits 0
    has "⚠ cluster: there is no freshtrack-db yet"
    doctl sim cluster add freshtrack-db
    mdb doctor
    exits 0
    has "⚠ trusted sources: none: every address may connect"
}

@test "doctor: what a release cannot do" {
    open_box 1.94
    mdb doctor
    exits 0
    has "⚠ doctl: before 1.110 it cannot change a pool (--apply)"
    has "⚠ doctl: before 1.114 it cannot fetch the CA certificate"
    has "⚠ doctl: before 1.123 it cannot set a cluster's storage (--storage)"
    open_box 1.123
    mdb doctor
    exits 0
    ! grep -q '⚠ doctl' "$BOX/out" || fail "1.123 can all of it"
}

@test "doctor: no doctl, no token, a token without a scope" {
    mdb doctor --doctl "$BOX/none"
    exits 1
    has "✗ doctl: "
    said "checks failed"
    with DOCTL_SIM_FAULT="account get=401"
    mdb doctor
    exits 1
    has "✗ token: "
    has "doctl auth init"
    without DOCTL_SIM_FAULT
    with DOCTL_SIM_FAULT="vpcs list=403;account get=403"
    mdb doctor
    exits 1
    has "✗ vpc:read: "
    has "⚠ account: the token may not see it (scope account:read)"
    has "✓ scopes: the token has database:read, droplet:read"
}

@test "doctor: folders that cannot be used, with the setting and the remedy" {
    mkdir -p "$SECRETS"
    chmod 0777 "$SECRETS"
    mdb doctor
    exits 1
    has "✗ secrets: others can write in the folder $SECRETS"
    has "sudo install -d -m 0700 -o \"\$USER\" $SECRETS"
    rmdir "$SECRETS"
    : >"$BOX/file"
    with "MANAGED_DB_SECRETS_DIR=$BOX/file/secrets"
    mdb doctor
    exits 1
    has "✗ secrets: "
    mdb setup
    fails 6
    said "MANAGED_DB_SECRETS_DIR"
}

@test "doctor: sudo, snap, contexts and HOME" {
    mkdir -p "$BOX/snap/bin"
    mv "$BOX/bin/doctl" "$BOX/snap/bin/doctl"
    ln -s "$BOX/snap/bin/doctl" "$BOX/bin/doctl"
    rm "$BOX/snap/bin/doctl"
    printf '#!/bin/sh\nexec %s "$@"\n' "$SIMULATOR" >"$BOX/snap/bin/doctl"
    chmod 755 "$BOX/snap/bin/doctl"
    without HOME
    with SUDO_USER=ann
    mdb doctor --context Team
    has "⚠ snap: doctl is a snap"
    has "✗ HOME: neither HOME nor XDG_CONFIG_HOME is set"
    has "⚠ context: doctl keeps contexts in small letters, --context is Team"
    [ "$(id -u)" != 0 ] || has "⚠ sudo: doctl reads the configuration of root, not that of ann"
}

@test "doctor: a signal ends it, and what was not asked is no fault" {
    with DOCTL_SIM_FAULT="account get=hang"
    start_mdb doctor
    await grep -q '^account get' "$LOG"
    kill -s INT "$pid"
    finish_mdb
    exits 130
    answered_nothing
    said "interrupted by signal 2"
}

# ---- JSON ----

@test "the JSON of setup, plan, create, info, verify and doctor fits the schema, and so does an error" {
    command -v python3 >/dev/null || skip "no python3 here"
    local words
    for words in "plan --droplet 42" "setup --droplet 42" "setup --droplet 42" "plan --pool-size 3" create info doctor \
        "plan --name second" "setup --no-wait --name third" "setup_managed_database" "info nosuch" "setup --droplet nosuch" \
        "verify --psql /nowhere/psql" "setup --no-such-option" "doctor --doctl /nowhere/doctl"; do
        [ -n "$(doctl sim dump | grep '^droplet')" ] || doctl sim droplet add 42 >/dev/null
        # shellcheck disable=SC2086
        mdb $words --output json
        equal "$(wc -l <"$BOX/out")" 1 "lines of $words"
        valid
    done
}

@test "what is not there is null; an error is an object, beside its sentence" {
    mdb check nosuch --output json
    exits 1
    answered '{"cluster_id": null}'
    mdb url nosuch -o json
    exits 2
    equal "$(jq -r '.error | "\(.kind) \(.status)"' "$BOX/out")" "usage 2"
    equal "$(jq -r '.error.message' "$BOX/out")" "$(sed -n 's/^✗ //p' "$BOX/err")"
    with DOCTL_SIM_FAULT="databases list=503"
    mdb --timeout 1 check freshtrack-db -o json
    exits 4
    equal "$(jq -r '.error | "\(.kind) \(.status)"' "$BOX/out")" "api 4"
    without DOCTL_SIM_FAULT
    whole
    mdb url "$ID" -o json
    works
    [[ $(jq -r .url "$BOX/out") == postgresql://doadmin:* ]] || fail "no URL"
    mdb url "$ID" -o env
    works
    grep -q "^DATABASE_URL='postgresql" "$BOX/out" || fail "no variable"
}

@test "offers lists what doctl knows, and an unknown size says so" {
    mdb offers size
    works
    grep -qx db-s-1vcpu-2gb "$BOX/out" || fail "no size"
    mdb offers region -o json
    works
    [ "$(jq '.offers | length' "$BOX/out")" -gt 5 ] || fail "no regions"
    mdb setup --size db-s-1vcpu-3gb
    fails 2
    said "'managed-db offers size' lists all"
}

# ---- what one is told to type ----

# An account, an application's files, and psql and Compose that do nothing, for the commands of the pages.
stage() {
    whole
    doctl sim droplet add 43 --name web-1 >/dev/null
    doctl sim droplet add 123456789 --name other >/dev/null
    doctl sim ssh-key add laptop >/dev/null
    doctl sim rule add "$ID" tag:web >/dev/null
    doctl sim rule add "$ID" tag:other >/dev/null
    mkdir -p "$BOX/here"
    cp "$TOP/docker/compose.digitalocean.yaml" "$BOX/here/docker-compose.yml"
    printf '#!/bin/sh\nexit 1\n' >"$BOX/bin/psql"
    printf '#!/bin/sh\necho "{\\"name\\": \\"app\\", \\"services\\": {\\"web\\": {\\"image\\": \\"x\\"}}}"\n' >"$BOX/bin/ssh"
    chmod 755 "$BOX/bin/psql" "$BOX/bin/ssh"
    with "FILES=docker-compose.yml" "ID=$ID"
    freeze
}

# may_be_typed COMMAND…: it is understood: whatever comes of it, it is no wrong usage.
may_be_typed() {
    local line result
    while IFS= read -r line; do
        thaw
        result=0
        (cd "$BOX/here" && env -i "${ENVIRONMENT[@]}" timeout 60 bash -c "$line") >"$BOX/out" 2>"$BOX/err" </dev/null || result=$?
        status=$result
        [ "$result" != 2 ] || fail "cannot be typed: $line"
        [ "$result" != 127 ] || fail "not found: $line"
        count=$((count + 1))
    done
}

@test "every example of the help can be typed" {
    local count=0 command
    stage
    while IFS= read -r command; do
        # shellcheck disable=SC2086
        "$PROGRAM" $command --help >"$BOX/help"
        may_be_typed < <(sed -n '/^Example/,/^$/s/^  //p' "$BOX/help")
    done < <("$PROGRAM" --print-table | awk -F '\t' '$1 == "command" {print $2}')
    [ "$count" -gt 34 ] || fail "only $count examples"
}

@test "every managed-db line of README, docs and the manual page can be typed" {
    local count=0
    stage
    may_be_typed < <(awk 'FNR == 1 {code = 0} /^ *```sh/ {code = 1; next} /^ *```/ {code = 0}
        code && /^ *([A-Z_]+=[a-z]+ )?managed-db |\| managed-db /' "$TOP/README.md" "$TOP"/docs/*.md)
    [ "$count" -gt 15 ] || fail "only $count lines in the pages"
    may_be_typed < <(sed -n '/^\.SH EXAMPLES/,/^\.SH NOTES/p' "$TOP/man/managed-db.1" | sed 's/\\-/-/g' | grep managed-db)
    [ "$count" -gt 20 ] || fail "only $count lines"
}

@test "a bare managed-db shows help, and ends with 2" {
    OPTIONS=()
    mdb
    exits 2
    grep -q '^Usage: managed-db' "$BOX/out" || fail "no help"
    [ ! -s "$BOX/err" ] || fail "something on stderr"
    mdb setpu
    exits 2
    said "did you mean setup?"
}
