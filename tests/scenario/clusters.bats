#!/usr/bin/env bats
# What stands in the account already: clusters on their way, other engines, pools, Droplets, rules.

load helper

setup() {
    open_box 1.166
}

@test "a cluster that is still creating is taken up: waited for, then finished" {
    local release
    for release in plan 1.94 1.123 1.166; do
        open_box "$release"
        ID=$(doctl sim cluster add freshtrack-db --status creating --polls 2)
        mdb setup --droplet 42
        works
        answered "$ID"
        said "Waiting until the database cluster is online (creating)"
        not_called "databases create"
        is_whole droplet:42
    done
}

@test "resizing, migrating and forking clusters are waited for too" {
    local state
    for state in resizing migrating forking; do
        open_box 1.166
        ID=$(doctl sim cluster add freshtrack-db --status "$state" --polls 2)
        mdb setup
        works
        said "Waiting until the database cluster is online ($state)"
        is_whole
    done
}

@test "a cluster that does not come online is 5 after --wait-timeout, and the next run takes it up" {
    ID=$(doctl sim cluster add freshtrack-db --status creating --polls 20)
    mdb --wait-timeout 0.3 setup
    fails 5
    said "run again to continue"
    equal "$(count pool)" 0 pools
    mdb setup
    works
    answered "$ID"
    is_whole
}

@test "a status that nobody has heard of is no reason to stop" {
    ID=$(doctl sim cluster add freshtrack-db --status polishing)
    mdb check freshtrack-db
    works
    answered "$ID"
    mdb create
    [ "$status" = 0 ] || [ "$status" = 4 ] || fail "exit status $status"
    grep -q polishing "$BOX/err" || fail "the status is not told"
}

@test "check finds a cluster whatever its status" {
    ID=$(doctl sim cluster add freshtrack-db --status creating --polls 9)
    mdb check freshtrack-db
    works
    answered "$ID"
    said "  Status: creating"
}

@test "a cluster that is still creating has no credentials and takes no pool: 4, and the reason" {
    ID=$(doctl sim cluster add freshtrack-db --status creating --polls 99)
    mdb url "$ID"
    fails 4
    said "still being created"
    mdb pool "$ID"
    fails 4
    said 412
    equal "$(count pool)" 0 pools
}

@test "another engine is refused with 4, in every command that looks a cluster up" {
    local engine words
    for engine in mysql valkey mongodb; do
        open_box 1.166
        doctl sim cluster add freshtrack-db --engine "$engine" >/dev/null
        for words in "check freshtrack-db" create setup; do
            # shellcheck disable=SC2086
            mdb $words
            fails 4
            said "$engine"
        done
        not_called "databases create"
        not_called "databases pool create"
        [ ! -e "$SECRETS/database_url" ]
    done
    open_box plan
    doctl sim cluster add freshtrack-db --engine mysql >/dev/null
    mdb --faithful setup
    fails 4
    said mysql
}

@test "blank credentials are 4 and name the scope, on every doctl" {
    local personality words
    for personality in plan 1.94 1.123 1.166; do
        open_box "$personality"
        whole
        with DOCTL_SIM_BLANK_CREDENTIALS=1
        for words in "url $ID" "save $ID" "setup --droplet 42"; do
            # shellcheck disable=SC2086
            mdb $words
            fails 4
            said database:view_credentials
            grep -qi 'user' "$BOX/err" || fail "the blank cell is not named"
        done
        [ ! -e "$SECRETS/database_url" ] || fail "a secret file with blank credentials"
        [ ! -e "$SECRETS/do_database_url" ] || fail "a secret file with blank credentials"
    done
    open_box plan
    whole
    with DOCTL_SIM_BLANK_CREDENTIALS=1
    mdb --faithful url "$ID"
    fails 4
}

@test "a pool with a user of its own: the URL has that user and its password" {
    half_made
    doctl sim pool add "$ID" app-pool --user app
    with DOCTL_SIM_PASSWORD=AVNS_admin
    mdb url "$ID"
    works
    local url expected
    url=$(cat "$BOX/out")
    expected=$(doctl databases pool get "$ID" app-pool --format URI --no-header)
    equal "${url%%@*}" "${expected%%@*}" "user and password"
    [[ $url == postgresql://app:* ]] || fail "not the pool's user"
    [[ $url == *:25061/app-pool\?sslmode=require ]] || fail "not the pool's endpoint"
}

@test "a pool without a user: the URL has the cluster's" {
    half_made
    doctl sim pool add "$ID" app-pool --user ""
    mdb url "$ID"
    works
    grep -q '^postgresql://doadmin:[^@]' "$BOX/out" || fail "not the cluster's user"
}

@test "a pool that is missing is an error that says how to make it" {
    half_made
    mdb url "$ID"
    fails 4
    said "the connection pool app-pool does not exist: run 'managed-db pool $ID'"
    mdb save "$ID" --pool jobs-pool
    fails 4
    said "run 'managed-db pool $ID jobs-pool'"
    [ ! -e "$SECRETS/do_database_url" ]
}

@test "a pool of another mode or size is left as it is" {
    half_made
    doctl sim pool add "$ID" app-pool --mode session --size 3
    mdb setup
    works
    equal "$(count pool name=app-pool\  mode=session size=3)" 1
    equal "$(mutations)" ""
}

@test "a pool that does not fit the plan's backend connections: known before the cluster is made" {
    mdb setup --size db-s-1vcpu-1gb
    fails 2
    said "a pool of 25 connections does not fit into a cluster of the size db-s-1vcpu-1gb, which has 22"
    equal "$(mutations)" ""
    mdb setup --size db-s-1vcpu-1gb --pool-size 22
    works
    # Of a cluster that is there DigitalOcean says so itself.
    open_box 1.166
    doctl sim cluster add freshtrack-db --size db-s-1vcpu-1gb >/dev/null
    mdb setup --size db-s-1vcpu-1gb
    fails 2
    said "✗ could not create the connection pool app-pool: DigitalOcean answered 422"
    [ ! -e "$SECRETS/database_url" ]
}

@test "a Droplet without a private address: a warning and no rule; trust alone answers nothing, 0" {
    mdb setup --droplet 100
    works
    said "⚠ Could not get Droplet private IP, database may not be accessible"
    is_whole
    ID=$(cat "$BOX/out")
    mdb trust "$ID" 100
    exits 0
    answered_nothing
    said "⚠ Could not get Droplet private IP, database may not be accessible"
    equal "$(count rule)" 0 rules
}

@test "a Droplet that nobody knows is 4 and no rule" {
    whole
    mdb trust "$ID" 4711
    fails 4
    equal "$(count rule)" 1 rules
    mdb setup --droplet 4711
    fails 4
    [ ! -e "$SECRETS/database_url" ]
    # And nothing is made for it.
    open_box 1.166
    mdb setup --droplet 4711
    fails 4
    equal "$(mutations)" "" changes
}

@test "several trusts at once: every rule is there, once" {
    local i pids=()
    whole
    with DOCTL_SIM_RACE_MS=150
    for i in 42 7 7 8; do
        doctl sim droplet add "$i" >/dev/null
        env -i "${ENVIRONMENT[@]}" ${WRAPPER[@]+"${WRAPPER[@]}"} "$PROGRAM" trust "$ID" "$i" \
            >/dev/null 2>"$BOX/err.$i" </dev/null 3>&- &
        pids+=($!)
    done
    for i in "${pids[@]}"; do
        wait "$i"
    done
    look
    for i in 42 7 8; do
        equal "$(count rule type=droplet "value=$i ")" 1 "rules for $i"
    done
}

@test "trust twice: one rule" {
    local release
    for release in 1.94 1.123 1.166; do
        open_box "$release"
        half_made
        mdb trust "$ID" 42
        works
        answered droplet:42
        said "Added Droplet as trusted source"
        mdb trust "$ID" 42
        works
        answered droplet:42
        said "Droplet is a trusted source already"
        equal "$(count rule)" 1 rules
    done
}

@test "other rules stay" {
    half_made
    doctl sim rule add "$ID" ip_addr:198.51.100.7
    doctl sim rule add "$ID" droplet:420
    mdb trust "$ID" 42
    works
    is_rules="$(doctl sim dump | sed -n 's/^rule .*type=\(.*\) value=\(.*\)/\1:\2/p' | sort | tr '\n' ' ')"
    equal "$is_rules" "droplet:42 droplet:420 ip_addr:198.51.100.7 "
}

@test "--trust adds rules beside the Droplet's, once each" {
    local rules=(tag:web ip_addr:198.51.100.0/24 k8s:11111111-2222-4333-8444-555555555555)
    mdb setup --droplet 42 --trust "${rules[0]}" --trust "${rules[1]}" --trust="${rules[2]}"
    works
    is_whole droplet:42 "${rules[@]}"
    : >"$LOG"
    mdb setup --droplet 42 --trust "${rules[2]}" --trust "${rules[0]}" --trust "${rules[1]}"
    works
    equal "$(mutations)" ""
    is_whole droplet:42 "${rules[@]}"
    said "Nothing had to be changed"
}

@test "a rule named twice on the command line is appended once" {
    mdb setup --droplet 42 --trust droplet:42 --trust tag:web --trust tag:web
    works
    is_whole droplet:42 tag:web
}

@test "--trust refuses what is no rule" {
    local rule
    for rule in web tag: droplet:1,2 'tag:a b' ip_addr:localhost host:x --force droplet:a_b k8s:X \
        ip_addr:999.1.1.1 ip_addr:1.2.3.4/33; do
        mdb setup --trust "$rule"
        fails 2
    done
    no_calls
}

@test "no Droplet and no rule: a warning that every address may connect" {
    mdb setup
    works
    grep -q '^⚠ .*every address may connect' "$BOX/err" || fail "no warning"
    mdb setup --trust tag:web
    works
    not_said "every address may connect"
    mdb setup
    works
    not_said "every address may connect"
}

@test "a certificate that DigitalOcean refuses lets the rest complete, then 4" {
    with "DOCTL_SIM_FAULT=databases get-ca=500"
    mdb setup --droplet 42
    exits 4
    answered_nothing
    is_whole droplet:42
    [ -s "$SECRETS/database_url" ] || fail "no secret file"
    [ ! -e "$SECRETS/ca-certificate.crt" ]
    said "Failed to download SSL certificate"
    not_said "Managed PostgreSQL configured"
    equal "$(grep -c '^✗ ' "$BOX/err")" 1 "messages of failure"
    without DOCTL_SIM_FAULT
    mdb setup --droplet 42
    works
    [ -s "$SECRETS/ca-certificate.crt" ]
}

@test "a certificate that is none never replaces one that is" {
    whole
    mkdir -p "$SECRETS"
    doctl databases get-ca "$ID" --format Certificate --no-header >"$SECRETS/ca-certificate.crt"
    local before kind
    before=$(cksum <"$SECRETS/ca-certificate.crt")
    for kind in garbage truncated empty error-exit0 ok-exit1; do
        with "DOCTL_SIM_FAULT=databases get-ca=$kind;databases ca get=$kind"
        mdb ca "$ID"
        exits 4
        answered_nothing
        equal "$(cksum <"$SECRETS/ca-certificate.crt")" "$before" "certificate after $kind"
        no_temporary_files
    done
}

@test "a certificate in half, written to a file by the plan's doctl, is not taken" {
    open_box plan
    whole
    fake_doctl <<'FAKE'
#!/bin/sh
case "$*" in
"databases ca get "*) printf -- '-----BEGIN CERTIFICATE-----\nMIIB\n' >"$6" ;;
*) exec "$REAL" "$@" ;;
esac
FAKE
    local mode
    for mode in "" --faithful; do
        # shellcheck disable=SC2086
        mdb $mode ca "$ID"
        fails 4
        [ ! -e "$SECRETS/ca-certificate.crt" ]
        no_temporary_files
    done
}

@test "what a hand-made doctl gives for a certificate is taken as it is, with a warning" {
    open_box plan
    whole
    fake_doctl <<'FAKE'
#!/bin/sh
case "$*" in
"databases ca get "*) printf %b "$CERTIFICATE" >"$6" ;;
*) exec "$REAL" "$@" ;;
esac
FAKE
    local mode given
    for given in fake-cert MIIB '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n'; do
        for mode in "" --faithful; do
            with "CERTIFICATE=$given"
            rm -rf "$SECRETS"
            # shellcheck disable=SC2086
            mdb $mode ca "$ID"
            works
            said "doctl gave no CA certificate"
            equal "$(cat "$SECRETS/ca-certificate.crt")" "$(printf %b "$given")"
        done
    done
    with CERTIFICATE=
    rm -rf "$SECRETS"
    mdb ca "$ID"
    fails 4
}

@test "of a certificate's file only the certificates are saved, and no more than 64 KiB" {
    open_box 1.166
    whole
    fake_doctl <<'FAKE'
#!/bin/sh
case "$*" in
"databases get-ca "*)
    [ -z "$LONG" ] || head -c 70000 /dev/zero | tr '\0' x
    echo
    echo "AVNS_no_certificate"
    "$REAL" "$@"
    echo "and more"
    ;;
*) exec "$REAL" "$@" ;;
esac
FAKE
    with LONG=
    mdb ca "$ID"
    works
    equal "$(sed -n '1p;$p' "$SECRETS/ca-certificate.crt")" "$(printf -- '-----%s CERTIFICATE-----\n' BEGIN END)"
    if grep -v "^[A-Za-z0-9+/=]*$\|^-----" "$SECRETS/ca-certificate.crt"; then
        fail "more than certificates"
    fi
    with LONG=1
    rm -rf "$SECRETS"
    mdb ca "$ID"
    fails 4
    [ ! -e "$SECRETS/ca-certificate.crt" ]
}

@test "info prints no more than 64 KiB of what doctl prints" {
    open_box 1.166
    whole
    fake_doctl <<'FAKE'
#!/bin/sh
case "$*" in
"databases get "*) "$REAL" "$@" | awk '{ last = $0; print } END { for (i = 0; i < 2000; i++) print last }' ;;
*) exec "$REAL" "$@" ;;
esac
FAKE
    mdb info "$ID"
    works
    [ "$(wc -c <"$BOX/out")" -lt 70000 ] || fail "it printed $(wc -c <"$BOX/out") bytes"
    grep -q "cut here, doctl printed" "$BOX/out" || fail "it does not say so"
}

@test "a doctl without HOME, and one that cannot send its token, say why" {
    open_box 1.166
    fake_doctl <<'FAKE'
#!/bin/sh
case $WHY in
home) echo 'Error: neither $XDG_CONFIG_HOME nor $HOME are defined' ;;
token) echo 'Error: Get "https://x/y": net/http: invalid header field value for "Authorization"' >&2 ;;
x509) echo 'Error: Get "https://x/y": tls: x509: certificate signed by unknown authority' >&2 ;;
eof) [ -e "$BOX/asked" ] && exec "$REAL" "$@"; : >"$BOX/asked"; echo 'Error: EOF' >&2 ;;
panic) printf 'Notice: new\npanic: nil pointer\n\ngoroutine 1\n' >&2; exit 2 ;;
esac
exit 1
FAKE
    with WHY=home
    mdb auth
    fails 4
    said 'neither $XDG_CONFIG_HOME nor $HOME are defined'
    with WHY=token
    mdb auth
    fails 3
    said "a byte that no token has"
    with WHY=x509
    mdb auth
    fails 4
    said "ca-certificates"
    not_said "asking again"
    with WHY=panic
    mdb auth
    fails 4
    said "panic: nil pointer"
    with WHY=eof
    mdb auth
    works
    said "asking again"
}

@test "a cluster in another region or size is taken as it is" {
    ID=$(doctl sim cluster add freshtrack-db --region fra1 --size db-s-4vcpu-8gb --version 16)
    mdb setup --region nyc3
    works
    answered "$ID"
    is_whole
}

@test "clusters of other names are nobody's business" {
    mdb setup --name one-db --secret-file "$SECRETS/one"
    works
    mdb setup --name two-db --secret-file "$SECRETS/two"
    works
    equal "$(count cluster)" 2
    equal "$(count vpc)" 1
    grep -q one-db "$SECRETS/one"
    grep -q two-db "$SECRETS/two"
}

@test "IDs of clusters that are not there are 4, with the API's text" {
    local words id=00000000-0000-4000-8000-000000000000
    for words in "pool $id" "ca $id" "url $id" "save $id" "trust $id 42" "info $id"; do
        # shellcheck disable=SC2086
        mdb $words
        fails 4
        said 404
    done
}

@test "two setups at the same time: one creates, the other waits and takes up what is there" {
    fake_doctl <<'FAKE'
#!/bin/sh
case "$*" in
"databases create "*)
    : >"$BOX/creating"
    while [ ! -e "$BOX/go" ]; do sleep 0.02; done
    ;;
esac
exec "$REAL" "$@"
FAKE
    start_mdb setup --droplet 42
    local first=$pid
    await test -e "$BOX/creating"
    mv "$BOX/out" "$BOX/first.out"
    mv "$BOX/err" "$BOX/first.err"
    start_mdb setup --droplet 42
    await grep -q "Waiting for another run for the cluster freshtrack-db" "$BOX/err"
    : >"$BOX/go"
    wait "$first"
    finish_mdb
    works
    answered "$(cat "$BOX/first.out")"
    is_whole droplet:42
    equal "$(count vpc)" 1 VPCs
    equal "$(doctl sim dump | grep -c '^cluster ')" 1 clusters
    said "Database cluster already exists. Skipping creation."
}

@test "two runs at the same time make one Droplet of a name" {
    local i pids=()
    doctl sim ssh-key add laptop
    with DOCTL_SIM_LATENCY_MS=60 DO_SSH_KEY_NAME=laptop
    for i in 1 2; do
        env -i "${ENVIRONMENT[@]}" ${WRAPPER[@]+"${WRAPPER[@]}"} "$PROGRAM" "${OPTIONS[@]}" droplet create web \
            >"$BOX/out.$i" 2>"$BOX/err.$i" </dev/null 3>&- &
        pids+=($!)
    done
    for i in "${pids[@]}"; do
        wait "$i"
    done
    equal "$(count droplet 'name=web ')" 1 Droplets
    cmp "$BOX/out.1" "$BOX/out.2"
}

@test "a run that does not want to wait for another is 5" {
    half_made
    with "DOCTL_SIM_FAULT=databases list=hang"
    start_mdb create
    await test -s "$LOG"
    local first=$pid
    status=0
    env -i "${ENVIRONMENT[@]}" ${WRAPPER[@]+"${WRAPPER[@]}"} "$PROGRAM" --lock-timeout 0.1 create \
        >"$BOX/second" 2>"$BOX/second.err" </dev/null 3>&- || status=$?
    kill -s TERM "$first"
    wait "$first" || true
    exits 5
    grep -q "another run of managed-db for the cluster freshtrack-db is still running" "$BOX/second.err" ||
        fail "the other run is not named"
    # Clusters of other names do not wait for each other, and the lock ends with its holder.
    without DOCTL_SIM_FAULT
    mdb --lock-timeout 0.1 create
    works
}

@test "destroy waits for members of the VPC that are deleted and still count" {
    local deleted
    half_made
    doctl sim droplet add 43 --name app --vpc "$VPC"
    with DOCTL_SIM_MEMBER_POLLS=3
    mdb destroy freshtrack-db --droplet-name app --force-shared freshtrack-db
    works
    deleted=$(calls | grep -c '^vpcs delete ')
    equal "$deleted" 4 "tries to delete the VPC"
    equal "$(count vpc)$(count cluster)$(count droplet 'name=app ')" 000 "things left"
}

@test "destroy leaves a VPC whose members never stop counting, and says so" {
    half_made
    with DOCTL_SIM_MEMBER_POLLS=-1
    mdb --wait-timeout 0.3 destroy freshtrack-db --droplet-name nobody --force-shared freshtrack-db
    exits 4
    said "a VPC costs nothing"
    equal "$(count vpc)$(count cluster)" 10 "things left"
}

# ---- what DigitalOcean refuses ------------------------------------------------------------------------

@test "the scope that a token lacks is named, and setup goes on without account:read" {
    open_box 1.166
    with "DOCTL_SIM_FAULT=account get=403"
    mdb setup --droplet 42
    works
    said "account:read"
    local line
    for line in "databases list=403|database:read" "databases create=403|database:create" "vpcs create=403|vpc:create" \
        "databases pool create=403|database:create" "databases firewalls append=403|database:update" \
        "databases connection=403|database:view_credentials" "compute droplet get=403|droplet:read"; do
        open_box 1.166
        with "DOCTL_SIM_FAULT=${line%|*}"
        mdb setup --droplet 42
        fails 4 "use a token with the scope ${line#*|}"
    done
    open_box 1.166
    with "DOCTL_SIM_FAULT=account get=403"
    mdb --faithful setup --droplet 42
    fails 4
}

@test "a cluster under maintenance is told to be busy, and the next run goes on" {
    open_box 1.166
    with "DOCTL_SIM_FAULT=databases pool create=412"
    mdb setup --droplet 42
    fails 4 "it is busy, with maintenance or another change: run again when that is over"
    without DOCTL_SIM_FAULT
    mdb setup --droplet 42
    works
}
