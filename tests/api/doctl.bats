#!/usr/bin/env bats
# The whole program with a real doctl and no account: DOCTL names the doctl, tests/api/server.py is the API.
# `make check-doctl DOCTL=PATH` runs it.
# shellcheck shell=bash

setup_file() {
    [ -n "${DOCTL:-}" ] || skip "no doctl: make check-doctl DOCTL=PATH"
}

setup() {
    PROGRAM=$(cd "${BUILD_DIR:-.}" && pwd)/managed-db
    BOX=$BATS_TEST_TMPDIR/box
    API=$BATS_TEST_TMPDIR/api
    SECRETS=$BOX/secrets
    mkdir -p "$BOX/home" "$API"
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout /dev/null -subj "/CN=Project CA" \
        -days 2 2>/dev/null | base64 -w 0 >"$API/ca.base64"
    python3 "$BATS_TEST_DIRNAME/server.py" "$API" 3>&- &
    SERVER=$!
    local i
    for ((i = 0; i < 200; i++)); do
        [ ! -e "$API/port" ] || break
        sleep 0.05
    done
    URL=http://127.0.0.1:$(cat "$API/port")
    ENVIRONMENT=("PATH=/usr/bin:/bin" "HOME=$BOX/home" "DIGITALOCEAN_API_URL=$URL" "DO_API_TOKEN=good"
        "MANAGED_DB_SECRETS_DIR=$SECRETS" "MANAGED_DB_LOCK_DIR=$BOX/lock")
    droplet 77 web-1
}

teardown() {
    [ -z "${SERVER:-}" ] || kill "$SERVER"
}

# droplet ID NAME: puts a Droplet into the account; without a name it is gone.
droplet() {
    python3 - "$URL" "$@" <<'PY'
import json, sys, urllib.request
url, number, name = sys.argv[1], int(sys.argv[2]), sys.argv[3] if len(sys.argv) > 3 else ""
body = json.dumps({"id": number, "name": name, "gone": not name}).encode()
urllib.request.urlopen(urllib.request.Request(url + "/v2/stage/droplet", body, method="PUT"))
PY
}

mdb() {
    status=0
    : >"$API/log"
    env -i "${ENVIRONMENT[@]}" "$PROGRAM" --doctl "$DOCTL" --poll-interval 0.1 "$@" >"$BOX/out" 2>"$BOX/err" </dev/null 3>&- ||
        status=$?
}

fail() {
    printf '%s\n--- status %s\n' "$1" "$status" >&2
    cat "$BOX/out" "$BOX/err" "$API/log" >&2
    return 1
}

exits() {
    [ "$status" = "$1" ] || fail "the status is not $1"
}

said() {
    grep -qF -- "$1" "$BOX/err" || fail "it does not say: $1"
}

changes() {
    grep -vcE '^GET ' "$API/log" || true
}

# asked REQUEST…: how many of them were made.
asked() {
    grep -cxE "$1" "$API/log" || true
}

setup_web() {
    mdb setup --droplet web-1 --trust tag:web --trust ip_addr:203.0.113.9 "$@"
}

@test "setup makes one of everything; the next run changes nothing, and asks for nothing twice" {
    setup_web
    exits 0
    said "Managed PostgreSQL configured"
    [ "$(asked "POST .*")" = 3 ] || fail "more or less than VPC, cluster and pool"
    grep -q '^postgresql://doadmin:AVNS_[0-9a-f]*@.*:25061/app-pool?sslmode=require$' <(cat "$SECRETS/database_url"; echo) ||
        fail "the URL: $(cat "$SECRETS/database_url")"
    grep -q 'BEGIN CERTIFICATE' "$SECRETS/ca-certificate.crt"
    setup_web
    exits 0
    said "Nothing had to be changed"
    [ "$(changes)" = 0 ] || fail "changes"
    mdb setup_managed_database --droplet 77 --trust tag:web --trust ip_addr:203.0.113.9
    exits 0
    [ "$(wc -l <"$API/log")" -le 9 ] || fail "more than nine requests"
    [ -z "$(sort "$API/log" | uniq -d | grep -vxE 'GET databases/[^/]*')" ] || fail "requests made twice"
}

@test "plan changes nothing, and setup does what it says" {
    mdb plan --droplet web-1
    exits 1
    [ "$(changes)" = 0 ] || fail "changes by plan"
    grep -q '^+ cluster freshtrack-db' "$BOX/out" || fail "no plan"
    mdb setup --droplet web-1
    exits 0
    mdb plan --droplet web-1
    exits 0
    [ "$(grep -vc '^=' "$BOX/out")" = 1 ] || fail "something is left"
}

@test "differences are told, and --apply changes what can be" {
    setup_web
    exits 0
    setup_web --size db-s-2vcpu-4gb --pool-size 30 --pg-version 16 --region fra1
    exits 0
    said "the size is db-s-1vcpu-2gb, wanted: db-s-2vcpu-4gb; --apply changes it"
    said "the region is nyc3, wanted: fra1"
    said "PostgreSQL is 15, wanted: 16"
    said "pool app-pool: the size is 25, wanted: 30"
    [ "$(changes)" = 0 ] || fail "changes without --apply"
    setup_web --size db-s-2vcpu-4gb --pool-size 30 --apply
    exits 0
    [ "$(asked "PUT databases/[^/]*/resize")" = 1 ] || fail "no resize"
    [ "$(asked "PUT databases/[^/]*/pools/app-pool")" = 1 ] || fail "no change of the pool"
    setup_web --size db-s-2vcpu-4gb --pool-size 30 --strict
    exits 0
    [ "$(changes)" = 0 ] || fail "changes left"
}

@test "rules: by value, in one request, taken away, and of a Droplet that is gone" {
    mdb setup --droplet web-1 --trust tag:a --trust tag:b --trust ip_addr:203.0.113.9/32
    exits 0
    [ "$(asked "PUT databases/[^/]*/firewall")" = 2 ] || fail "not one for the Droplet and one for the rest"
    mdb setup --droplet web-1 --trust tag:A --trust tag:B --trust ip_addr:203.0.113.9
    exits 0
    [ "$(changes)" = 0 ] || fail "rules in another spelling are added"
    mdb untrust freshtrack-db tag:a
    exits 0
    mdb info
    exits 0
    [ "$(grep -cE '^(droplet:77|tag:b|ip_addr:203.0.113.9(/32)?)$' "$BOX/out")" = 3 ] || fail "the rules that info shows"
    ! grep -q '^tag:a$' "$BOX/out" || fail "the rule is still there"
    droplet 77
    mdb setup --trust tag:new
    exits 4
    said "the Droplet of the trusted source droplet:77 is gone"
    mdb untrust freshtrack-db droplet:77
    exits 0
    mdb setup --trust tag:new
    exits 0
}

@test "trusted sources by name: a Kubernetes cluster, an app, a Droplet" {
    mdb setup --trust k8s:shop-k8s --trust app:shop --trust droplet:web-1
    exits 0
    mdb info
    grep -qx 'k8s:98de743c-8e34-4f12-9a6b-0123456789ab' "$BOX/out" || fail "no rule of the Kubernetes cluster"
    grep -qx 'app:22222222-8e34-4f12-9a6b-0123456789ab' "$BOX/out" || fail "no rule of the app"
    grep -qx 'droplet:77' "$BOX/out" || fail "no rule of the Droplet"
}

@test "an application of its own, and a manifest of what is there" {
    printf '#!/bin/sh\nexit 0\n' >"$BOX/psql"
    chmod +x "$BOX/psql"
    mdb setup --droplet web-1 --app-user app --app-database app --psql "$BOX/psql"
    exits 0
    grep -q '^postgresql://app:AVNS_' "$SECRETS/database_url" || fail "the URL is another user's"
    mdb manifest init --from freshtrack-db
    exits 0
    cp "$BOX/out" "$BOX/manifest.yaml"
    mdb plan --manifest "$BOX/manifest.yaml" --droplet web-1 --psql "$BOX/psql"
    exits 0
    [ "$(grep -vc '^=' "$BOX/out")" = 1 ] || fail "something is left"
}

@test "what DigitalOcean refuses: the token, a scope, maintenance, a name that is none" {
    setup_web
    exits 0
    ENVIRONMENT+=(DO_API_TOKEN=wrong)
    mdb setup
    exits 3
    ENVIRONMENT+=($'DO_API_TOKEN=good')
    echo 'GET account 403 You are missing the required permission account:read' >"$API/faults"
    setup_web
    exits 0
    said "account:read"
    echo 'GET databases/[^/]*/firewall 403 You are missing the required permission database:read' >"$API/faults"
    setup_web
    exits 4
    said "use a token with the scope database:read"
    echo 'POST databases/[^/]*/pools 412 cluster is undergoing maintenance' >"$API/faults"
    mdb pool freshtrack-db other-pool 3
    exits 4
    said "it is busy, with maintenance or another change"
    rm "$API/faults"
    mdb setup --droplet web-9
    exits 2
    said "there is no Droplet web-9"
    mdb info no-such-db
    exits 2
    ENVIRONMENT+=("DIGITALOCEAN_ACCESS_TOKEN="$'bad\x01token' "DO_API_TOKEN=")
    mdb auth
    exits 3
    said "a byte that no token has"
}

@test "no server: said once, not for each question" {
    kill "$SERVER"
    wait "$SERVER" 2>/dev/null || true
    SERVER=
    mdb setup
    exits 4
    [ "$(grep -c '^✗' "$BOX/err")" = 1 ] || fail "more than one message"
}
