#!/usr/bin/env bats
# Nothing lost: bad answers in every call of the flow, two runs at once, kills, secrets, hostile names. What is asked
# after each: no ✓ for what is not there, no wrong file, nothing made twice, and a clean run that ends right.

# shellcheck disable=SC2030,SC2031,SC2016,SC2034,SC2143,SC2153,SC2154  # each test is a subshell of its own; some text is for other shells

load helper

# What cannot be run thousands of times: with a wrapper or sanitizers, only every fifth of many tries.
EVERY=1
SLOW=
if [ "${#WRAPPER[@]}" -gt 0 ] || grep -q __asan_init "$PROGRAM"; then
    EVERY=5
    SLOW=1
fi

TOKEN=dop_v1_0123456789abcdef-may-be-in-no-argv

setup() {
    open_box 1.166
    with DOCTL_SIM_SEED=lost
}

# Tells which try it was, too, and ends the subshell of a try.
eval "$(declare -f fail | sed '1s/fail/fail_plainly/')"
fail() {
    [ -z "${FAULT:-}" ] || printf 'try: %s\n' "$FAULT" >&2
    fail_plainly "$@" || [ -z "${IN_A_TRY:-}" ] || exit 1
    return 1
}

# holds ASSERTION…: whether it does, without an end to the test.
holds() {
    (
        IN_A_TRY=1
        "$@"
    )
}

# ---- bad answers --------------------------------------------------------------------------------------

CALLS=(
    "account get" "vpcs list" "vpcs create" "databases list" "databases create" "databases get"
    "databases pool list" "databases pool create" "databases get-ca" "compute droplet get"
    "databases firewalls list" "databases firewalls append" "databases connection" "databases pool get"
)
CHANGES=("vpcs create" "databases create" "databases pool create" "databases firewalls append")
PLANS_CALLS=(
    "account get" "vpcs list" "vpcs create" "databases list" "databases create" "databases pool list"
    "databases pool create" "databases ca get" "compute droplet get" "databases firewalls append"
    "databases connection" "databases get"
)

# set_stage fresh|existing: what every try starts from, and what it must come to.
set_stage() {
    rm -rf "$BATS_TEST_TMPDIR/stage"
    if [ "$1" = existing ]; then
        half_made
        mkdir -p "$SECRETS"
        chmod 700 "$SECRETS"
        printf 'postgresql://u:p@elsewhere.example.com:5432/d' >"$SECRETS/database_url"
        printf 'an older certificate\n' >"$SECRETS/ca-certificate.crt"
        chmod 600 "$SECRETS"/*
        cp -R "$SECRETS" "$BATS_TEST_TMPDIR/stage"
        OLD_URL=$(<"$SECRETS/database_url") OLD_CERTIFICATE="an older certificate"
    else
        doctl sim dump >/dev/null
        OLD_URL='' OLD_CERTIFICATE=''
    fi
    freeze
    mdb setup --droplet 42
    works
    GOOD_URL=$(<"$SECRETS/database_url")
    GOOD_CERTIFICATE=$(<"$SECRETS/ca-certificate.crt")
    GOOD_ACCOUNT=$(doctl sim dump)
}

back_to_stage() {
    thaw
    rm -rf "$SECRETS"
    if [ -e "$BATS_TEST_TMPDIR/stage" ]; then
        mkdir -p "${SECRETS%/*}"
        cp -R "$BATS_TEST_TMPDIR/stage" "$SECRETS"
    fi
}

# The changes of a kind that doctl can have sent: what a released doctl refuses for its flags does not count.
sent() {
    local line number=0
    while read -r line; do
        case $line in
        "$1 "*"--format ID"*) [[ ${ENVIRONMENT[*]} != *DOCTL_SIM_PERSONALITY=plan* ]] || number=$((number + 1)) ;;
        "$1 "*) number=$((number + 1)) ;;
        esac
    done <<<"$2"
    echo "$number"
}

# claims ✓-WORDS KIND [WORD]…: where the story says so, the account has it.
claims() {
    local story=$1 words=$2
    shift 2
    [[ $story != *"✓ $words"* ]] || [ "$(count "$@")" != 0 ] || fail "✓ $words: but there is none"
}

# Each ✓ stands for something that is there.
no_false_mark() {
    local story ACCOUNT
    story=$(<"$BOX/err")
    look
    claims "$story" "Created VPC" vpc
    claims "$story" "Using existing VPC" vpc
    claims "$story" "Found existing database cluster" cluster 'name=freshtrack-db '
    claims "$story" "Database cluster created" cluster 'name=freshtrack-db '
    claims "$story" "Connection pool" pool 'name=app-pool '
    claims "$story" "Added Droplet" rule 'value=42 '
    claims "$story" "Droplet is a trusted source" rule 'value=42 '
    [[ $story != *"✓ SSL certificate"* ]] || [ "$(<"$SECRETS/ca-certificate.crt")" = "$GOOD_CERTIFICATE" ] ||
        fail "✓ SSL certificate: it is not the right one"
    [[ $story != *"✓ Connection string"* ]] || [ "$(<"$SECRETS/database_url")" = "$GOOD_URL" ] ||
        fail "✓ Connection string: it is not the right one"
    [[ $story != *"✓ Managed PostgreSQL configured"* ]] || [ "$status" = 0 ] || fail "✓ configured, and yet $status"
}

# Files are the old ones or the right ones.
no_wrong_file() {
    local file text
    for file in "$SECRETS"/* "$SECRETS"/.[!.]*; do
        [ -e "$file" ] || continue
        text=$(<"$file")
        case ${file##*/}:$text in
        "database_url:$GOOD_URL" | "ca-certificate.crt:$GOOD_CERTIFICATE") ;;
        "database_url:$OLD_URL" | "database_url.previous:$OLD_URL" | "ca-certificate.crt:$OLD_CERTIFICATE")
            [ -n "$OLD_URL" ] || fail "${file##*/} is empty"
            ;;
        *) fail "a wrong file: ${file##*/}" ;;
        esac
    done
    [ -n "$OLD_URL" ] || return 0
    for file in database_url ca-certificate.crt; do
        [ -s "$SECRETS/$file" ] || fail "$file is gone"
    done
    if [ ! -e "$SECRETS/database_url.previous" ]; then
        equal "$(<"$SECRETS/database_url")" "$OLD_URL" "the old database_url"
    fi
}

# After 429, which made nothing, a change is sent again.
nothing_twice() {
    local log words most
    log=$(calls)
    for words in "${CHANGES[@]}"; do
        most=1
        [[ ${FAULT:-} != "$words=429@1" ]] || most=2
        [ "$(sent "$words" "$log")" -le "$most" ] || fail "'$words' was sent twice"
    done
}

all_is_there() {
    local seen
    seen=$(doctl sim dump)
    # Rules cannot be listed in the plan's dialect, so that one is added again.
    [[ ${ENVIRONMENT[*]} != *DOCTL_SIM_PERSONALITY=plan* ]] || seen=$(awk '!/^rule / || !rules++' <<<"$seen")
    [ "$seen" = "$GOOD_ACCOUNT" ] || fail "the account is not as it should be: $seen"
    [ -e "$SECRETS/database_url" ] || fail "there is no database_url"
    [ -e "$SECRETS/ca-certificate.crt" ] || fail "there is no ca-certificate.crt"
    [ "$(<"$SECRETS/database_url")" = "$GOOD_URL" ] || fail "database_url is not the right one"
    [ "$(<"$SECRETS/ca-certificate.crt")" = "$GOOD_CERTIFICATE" ] || fail "ca-certificate.crt is not the right one"
}

# A run without faults makes it whole, and makes nothing that was there.
ends_right() {
    local ACCOUNT log
    look
    : >"$LOG"
    without DOCTL_SIM_FAULT
    mdb setup --droplet 42
    works
    all_is_there
    no_temporary_files
    log=$(calls)
    [ "$(count vpc)" = 0 ] || equal "$(sent "vpcs create" "$log")" 0 "VPCs created again"
    [ "$(count cluster)" = 0 ] || equal "$(sent "databases create" "$log")" 0 "clusters created again"
    [ "$(count pool)" = 0 ] || equal "$(sent "databases pool create" "$log")" 0 "pools created again"
    [[ ${ENVIRONMENT[*]} == *DOCTL_SIM_PERSONALITY=plan* ]] || [ "$(count rule)" = 0 ] ||
        equal "$(sent "databases firewalls append" "$log")" 0 "rules appended again"
}

# The statuses that a first answer of this kind can come to.
right_status() {
    local kind=$1
    # An empty answer is what doctl says of a Droplet without a private address.
    # One about its VPC is no answer.
    if [[ $kind:$2 == *empty:compute* ]] && grep -q "Could not get Droplet private IP" "$BOX/err"; then
        works
        equal "$(count rule)" 0 rules
        return
    fi
    # The plan's doctl that writes no certificate is one that cannot: a warning.
    if [[ $2:$status == "databases ca get:0" && ! -e $SECRETS/ca-certificate.crt ]]; then
        said "Failed to download SSL certificate"
        return
    fi
    case $kind:$status in
    *:0) all_is_there ;;
    401:3 | *hang:5) fails "$status" ;;
    401:* | *hang:*) fail "exit status $status" ;;
    422:2) [[ $2 == *create ]] && fails 2 ;;
    *:4) fails 4 ;;
    *) fail "exit status $status" ;;
    esac
}

# passing KIND CALL: what fails so once is retried, and all is well.
passing() {
    case $2 in
    *create | *append)
        [ "$1" = 429 ]
        return
        ;;
    esac
    case $1 in
    429 | 5?? | network | lost) ;;
    *) return 1 ;;
    esac
}

# a_try KIND CALL
a_try() {
    FAULT="$2=$1@1"
    back_to_stage
    with "DOCTL_SIM_FAULT=$FAULT"
    mdb --timeout "${TIMEOUT:-60}" --wait-timeout 60 setup --droplet 42
    right_status "$1" "$2"
    if passing "$1" "$2"; then
        exits 0
    fi
    no_false_mark
    no_wrong_file
    nothing_twice
    no_temporary_files
    ends_right
    FAULT=
}

# cross KINDS CALL…: every kind with every call.
cross() {
    local kinds=$1 kind call number=0 bad=0
    shift
    for kind in $kinds; do
        for call in "$@"; do
            number=$((number + 1))
            [ $((number % EVERY)) = 0 ] || continue
            # The plan's doctl is believed: a rule it cannot list, and a hand-made one's list of pools may
            # be the same whatever was made.
            [[ ${ENVIRONMENT[*]} != *DOCTL_SIM_PERSONALITY=plan* ||
                ! $kind:$call =~ ^(empty|garbage):.*(append|pool create)$ ]] || continue
            holds a_try "$kind" "$call" || bad=$((bad + 1))
        done
    done
    [ "$bad" = 0 ] || fail "$bad of $number tries"
}

@test "each call, answered badly: on an empty account" {
    set_stage fresh
    cross "truncated empty done-empty garbage wrong-columns error-exit0 ok-exit1 lost network signal-9" "${CALLS[@]}"
}

@test "each call, refused by the API: on an empty account" {
    set_stage fresh
    cross "401 404 409 422 429 500" "${CALLS[@]}"
}

@test "each call, answered badly: in the plan's dialect" {
    open_box plan
    with DOCTL_SIM_SEED=lost
    set_stage fresh
    cross "truncated empty done-empty garbage wrong-columns error-exit0 ok-exit1 lost" "${PLANS_CALLS[@]}"
}

@test "each call, answered badly: a cluster that is there, and the files of another database" {
    set_stage existing
    cross "truncated empty done-empty garbage wrong-columns error-exit0 ok-exit1 lost 403 500" "${CALLS[@]:5}"
}

@test "each call, answered badly: without prefetching" {
    OPTIONS+=(--jobs 1)
    set_stage existing
    cross "truncated empty garbage wrong-columns ok-exit1" "${CALLS[@]:6}"
}

@test "each call hangs once, before or after it is carried out" {
    TIMEOUT=$SHORT
    set_stage fresh
    cross hang "${CALLS[@]}"
    cross done-hang "vpcs create" "databases create" "databases pool create" "databases firewalls append"
}

@test "calls answered with 50 MB" {
    set_stage fresh
    cross huge "databases list" "databases create" "databases pool list" "databases get-ca" "databases connection"
}

@test "all calls slow, piece by piece, and with a grandchild that holds the pipes" {
    local kind
    set_stage existing
    for kind in slow grandchild; do
        FAULT="*=$kind"
        back_to_stage
        with "DOCTL_SIM_FAULT=$FAULT"
        mdb setup --droplet 42
        works
        all_is_there
        nothing_twice
        no_temporary_files
    done
}

@test "a read that fails in passing is retried, as often as it takes and no more" {
    local kind most
    set_stage existing
    for kind in 429 500 503 network lost; do
        most=6
        [[ $kind != network && $kind != lost ]] || most=4
        FAULT="databases list=$kind@1"
        back_to_stage
        with "DOCTL_SIM_FAULT=$FAULT"
        mdb setup --droplet 42
        works
        equal "$(calls | grep -c '^databases list')" 2 "calls"
        said "asking again"
        back_to_stage
        with "DOCTL_SIM_FAULT=databases list=$kind"
        mdb setup --droplet 42
        fails 4
        equal "$(calls | grep -c '^databases list')" "$most" "calls"
        equal "$(mutations)" ""
    done
}

@test "a read that fails for good is not retried" {
    local kind
    set_stage existing
    for kind in 403 404 422 garbage error-exit0; do
        FAULT="databases list=$kind"
        back_to_stage
        with "DOCTL_SIM_FAULT=$FAULT"
        mdb setup --droplet 42
        fails 4
        [ "$kind" = error-exit0 ] || equal "$(calls | grep -c '^databases list')" 1 "calls after $kind"
        equal "$(mutations)" ""
    done
}

@test "reads are retried within the deadline of one call" {
    half_made
    with "DOCTL_SIM_FAULT=databases list=500"
    OPTIONS=(--poll-interval 100)
    SECONDS=0
    mdb --timeout 2 check freshtrack-db
    fails 4
    [ "$SECONDS" -lt 10 ] || fail "it took $SECONDS s"
}

@test "a change is retried after 429, which made nothing, as often as a read" {
    local call
    set_stage fresh
    for call in "${CHANGES[@]}"; do
        FAULT="$call=429@1;$call=429@2"
        back_to_stage
        with "DOCTL_SIM_FAULT=$FAULT"
        mdb setup --droplet 42
        works
        said "429"
        said "asking again in "
        equal "$(sent "$call" "$(calls)")" 3 "'$call' sent"
        all_is_there
        FAULT="$call=429"
        back_to_stage
        with "DOCTL_SIM_FAULT=$FAULT"
        mdb setup --droplet 42
        fails 4
        equal "$(sent "$call" "$(calls)")" 6 "'$call' sent"
    done
}

@test "a change that may have been carried out is never retried in the same run" {
    local kind call
    set_stage fresh
    for kind in 500 503 network; do
        for call in "${CHANGES[@]}"; do
            FAULT="$call=$kind"
            back_to_stage
            with "DOCTL_SIM_FAULT=$FAULT"
            mdb setup --droplet 42
            fails 4
            equal "$(sent "$call" "$(calls)")" 1 "'$call' sent"
        done
    done
}

# Released doctls after 1.94 send a request again by themselves where no answer came, and Droplets of one name can
# be two: the program must not let them.
@test "an answer that got lost leaves one of each, with every release" {
    local personality call
    for personality in 1.94 1.123 1.166; do
        for call in "${CHANGES[@]}" "compute droplet create"; do
            open_box "$personality"
            doctl sim ssh-key add mine >/dev/null
            FAULT="$personality: $call=lost@1"
            with "DOCTL_SIM_FAULT=$call=lost@1"
            mdb droplet create web --ssh-key mine
            works
            mdb setup --droplet "$(<"$BOX/out")"
            works
            equal "$(count droplet 'name=web ') $(count vpc 'name=freshtrack-vpc ')" "1 1" "Droplets and VPCs"
            equal "$(count cluster) $(count pool) $(count rule)" "1 1 1" "clusters, pools and rules"
        done
    done
}

# ---- waiting and taking up ----------------------------------------------------------------------------

@test "a create whose answer got lost is looked up by its name and taken up at once" {
    local kind
    for kind in lost done-hang done-empty 409 422 500; do
        open_box 1.166
        with "KIND=$kind"
        # Doctl's own retry: made by the first request, and the second one is refused.
        fake_doctl <<'FAKE'
#!/bin/sh
case "$*" in
*"--format ID"*) exec "$REAL" "$@" ;;
"databases create "*)
    case $KIND in
    lost | done-*) DOCTL_SIM_FAULT="databases create=$KIND" exec "$REAL" "$@" ;;
    esac
    "$REAL" "$@" >/dev/null 2>&1
    DOCTL_SIM_FAULT="databases create=$KIND" exec "$REAL" "$@"
    ;;
*) exec "$REAL" "$@" ;;
esac
FAKE
        mdb --timeout "$([ "$kind" = done-hang ] && echo "$SHORT" || echo 60)" setup --droplet 42
        works
        said "the cluster exists: continuing"
        is_whole droplet:42
    done
}

@test "a cluster of the same name that somebody else made is not taken for ours when nothing was found out" {
    with "DOCTL_SIM_FAULT=databases create=500;databases list=network@2+"
    mdb setup --droplet 42
    fails 4
    said "injected failure"
    equal "$(count cluster)" 0 clusters
    not_said "✓ Database cluster created"
}

@test "clusters that are creating, forking, migrating or resizing are waited for" {
    local kind
    for kind in creating forking migrating resizing; do
        open_box 1.166
        with "KIND=$kind"
        ID=$(doctl sim cluster add freshtrack-db)
        fake_doctl <<'FAKE'
#!/bin/sh
case "$*" in
"databases list "* | "databases get "*)
    echo >>"$BOX/polls"
    [ "$(wc -l <"$BOX/polls")" -gt 4 ] || status=$KIND
    "$REAL" "$@" | sed "s/online/${status:-online}/"
    ;;
"databases pool get") exec "$REAL" "$@" ;;
"databases "*)
    [ "$(wc -l <"$BOX/polls")" -gt 4 ] || echo "$*" >>"$BOX/early"
    exec "$REAL" "$@"
    ;;
*) exec "$REAL" "$@" ;;
esac
FAKE
        mdb setup --droplet 42
        works
        answered "$ID"
        said "Waiting until the database cluster is online ($kind)"
        [ ! -e "$BOX/early" ] || fail "not waited: $(cat "$BOX/early")"
        not_called "databases create"
        is_whole droplet:42
    done
}

@test "the wait goes on through polls that fail, and the 404 right after a create" {
    local kinds
    for kinds in 404@1 "404@1;databases get=404@2;databases get=network@3;databases get=503@4" garbage@1 \
        truncated@1 empty@1 ok-exit1@1 429@1; do
        open_box 1.166
        with DOCTL_SIM_POLLS=8 "DOCTL_SIM_FAULT=databases get=$kinds"
        FAULT=$kinds
        mdb setup --droplet 42
        works
        is_whole droplet:42
        equal "$(sent "databases create" "$(calls)")" 1 "clusters created"
    done
}

@test "a wait that comes to no end is 5 and says that a run takes it up" {
    with "DOCTL_SIM_FAULT=databases get=404"
    mdb --wait-timeout 0.3 setup --droplet 42
    fails 5
    said "run again to continue"
    equal "$(count cluster)" 1 clusters
    without DOCTL_SIM_FAULT
    mdb setup --droplet 42
    works
    is_whole droplet:42
}

@test "Ctrl-C while the cluster is waited for: it goes on being created, and a run takes it up" {
    local name
    for name in INT TERM HUP; do
        open_box 1.166
        with DOCTL_SIM_POLLS=12
        OPTIONS=(--poll-interval 30)
        start_mdb setup --droplet 42
        waiting() {
            grep -q '^databases get ' "$LOG" && grep -q "Waiting until" "$BOX/err"
        }
        await waiting
        kill -s "$name" "$pid"
        finish_mdb
        fails $((128 + $(kill -l "$name")))
        said "DigitalOcean goes on creating the cluster: run again to continue"
        equal "$(count cluster)" 1 clusters
        OPTIONS=(--poll-interval 0.02)
        mdb setup --droplet 42
        works
        is_whole droplet:42
        no_temporary_files
    done
}

# ---- two at once --------------------------------------------------------------------------------------

# several N [NAME=VALUE]…: N setups at the same time; their statuses are in $statuses.
several() {
    local i number=$1 pids=()
    shift
    statuses=
    for ((i = 1; i <= number; i++)); do
        env -i "${ENVIRONMENT[@]}" "${@//%/$i}" ${WRAPPER[@]+"${WRAPPER[@]}"} "$PROGRAM" "${OPTIONS[@]}" setup --droplet 42 \
            >"$BOX/out.$i" 2>"$BOX/err.$i" </dev/null 3>&- &
        pids+=($!)
    done
    for i in "${pids[@]}"; do
        status=0
        wait "$i" || status=$?
        statuses+="$status "
    done
}

@test "five runs at once: one creates, the others wait and take up what is there" {
    local i
    with DOCTL_SIM_LATENCY_MS=10 DOCTL_SIM_RACE_MS=20
    several 5
    equal "$statuses" "0 0 0 0 0 "
    is_whole droplet:42
    equal "$(count vpc)" 1 VPCs
    for i in "${CHANGES[@]}"; do
        equal "$(sent "$i" "$(calls)")" 1 "'$i' sent"
    done
    grep -q "Waiting for another run for the cluster freshtrack-db" "$BOX"/err.[1-5] || fail "nobody waited"
    no_temporary_files
}

@test "create and setup of one cluster wait for each other, setups of two clusters do not" {
    half_made
    with "DOCTL_SIM_FAULT=databases list=hang@1"
    start_mdb create
    await grep -q '^databases list' "$LOG"
    local holder=$pid file
    status=0
    for file in create setup; do
        env -i "${ENVIRONMENT[@]}" ${WRAPPER[@]+"${WRAPPER[@]}"} "$PROGRAM" --lock-timeout 0.2 $file \
            >"$BOX/second" 2>"$BOX/second.err" </dev/null 3>&- || status=$?
        exits 5
        grep -q "^✗ another run of managed-db for the cluster freshtrack-db is still running.*--lock-timeout" \
            "$BOX/second.err" || fail "$file: the other run is not told of"
        equal "$(grep -c '^✗' "$BOX/second.err")" 1 "messages of $file"
        equal "$(cat "$BOX/second")" "" "answer of $file"
    done
    env -i "${ENVIRONMENT[@]}" ${WRAPPER[@]+"${WRAPPER[@]}"} "$PROGRAM" "${OPTIONS[@]}" --lock-timeout 0.2 \
        setup --name other-db --secret-file "$SECRETS/other" >"$BOX/second" 2>"$BOX/second.err" </dev/null 3>&- ||
        fail "another cluster waits: $(tail -n 1 "$BOX/second.err")"
    kill -KILL "$holder"
    wait "$holder" || true
    pkill_doctl
}

# Ends the doctl that hangs, by the box that it runs in.
pkill_doctl() {
    local process
    for process in /proc/[0-9]*; do
        if [ "$(readlink "$process/cwd" 2>/dev/null)" = "$PWD" ] &&
            tr '\0' '\n' <"$process/environ" 2>/dev/null | grep -qxF "DOCTL_SIM_STATE=$STATE" &&
            [ "$(cat "$process/comm" 2>/dev/null)" = doctl ]; then
            kill -KILL "${process#/proc/}" 2>/dev/null || true
        fi
    done
}

@test "SIGKILL of the run that holds the lock frees it" {
    whole
    with "DOCTL_SIM_FAULT=databases list=hang@1"
    start_mdb setup --droplet 42
    await grep -q '^databases list' "$LOG"
    kill -KILL "$pid"
    wait "$pid" || true
    mdb --lock-timeout 0.2 setup --droplet 42
    works
    is_whole droplet:42
    pkill_doctl
}

@test "two machines: the loser of the race finds the winner's cluster and takes it up" {
    local i
    for i in 1 2 3; do
        open_box 1.166
        with DOCTL_SIM_LATENCY_MS=20 DOCTL_SIM_POLLS=4
        several 2 "MANAGED_DB_LOCK_DIR=$BOX/lock.%" "MANAGED_DB_SECRETS_DIR=$BOX/app.%/secrets"
        equal "$statuses" "0 0 "
        equal "$(count vpc)" 1 VPCs
        equal "$(count cluster)" 1 clusters
        equal "$(count pool)" 1 pools
        equal "$(cat "$BOX/out.1")" "$(cat "$BOX/out.2")" answers
        cmp "$BOX/app.1/secrets/database_url" "$BOX/app.2/secrets/database_url"
    done
}

@test "what a doctl left running does not keep the lock of a run that has ended" {
    half_made
    fake_doctl <<'FAKE'
#!/bin/sh
case "$*" in
"databases pool create "* | "databases firewalls append "*)
    sleep 20 >/dev/null 2>&1 &
    echo $! >>"$BOX/background"
    ;;
esac
exec "$REAL" "$@"
FAKE
    mdb setup --droplet 42
    works
    mdb --lock-timeout 0.2 setup --droplet 42
    works
    # shellcheck disable=SC2046
    kill $(cat "$BOX/background")
}

@test "a folder for all has a lock for each user, and another folder is taken where one cannot be written" {
    [ "$(id -u)" = 0 ] || skip "needs another user, and a mount"
    half_made
    mkdir -m 1777 "$BOX/lock"
    local file=$BOX/lock/managed-db-freshtrack-db.lock own=$BOX/lock/managed-db-0-freshtrack-db.lock
    # Somebody else holds the file that all users would share.
    : >"$file"
    chown 65534 "$file"
    exec 7<"$file"
    flock -n 7
    mdb --lock-timeout 0.2 create
    exec 7<&-
    works
    equal "$(stat -c %a:%u "$own")" 600:0
    # Nor can they have the name of one's own file.
    chown 65534 "$own"
    mdb create
    fails 6
    said "$own belongs to user 65534"
    rm "$own"
    # Of one that is held the process is told.
    : >"$own"
    chmod 600 "$own"
    exec 7<"$own"
    flock -n 7
    mdb --lock-timeout 0.2 create
    exec 7<&-
    fails 5
    [ ! -r /proc/locks ] || grep -qE "still running \\(process [0-9]+\\);" "$BOX/err" || fail "no process"
}

@test "a folder for locks that cannot be written is not the last one (root only)" {
    unshare -m mount -t tmpfs -o ro tmpfs /run/lock 2>/dev/null || skip "no mount here"
    local name=locks-$$-test
    without MANAGED_DB_LOCK_DIR
    # shellcheck disable=SC2016
    WRAPPER=("$(command -v unshare)" -m sh -c 'mount -t tmpfs -o ro tmpfs /run/lock && exec "$@"' sh
        ${WRAPPER[@]+"${WRAPPER[@]}"})
    mdb create "$name"
    rm -f "/run/lock/managed-db-$(id -u)-$name.lock"
    rm "/tmp/managed-db-$(id -u)-$name.lock" || fail "no lock in the folder that can be written"
    works
}

@test "both locks are taken before anything is made" {
    half_made
    mkdir "$BOX/lock"
    : >"$BOX/lock/managed-db-rules-$ID.lock"
    exec 7<"$BOX/lock/managed-db-rules-$ID.lock"
    flock -n 7
    mdb --lock-timeout 0.2 setup --droplet 42
    exec 7<&-
    fails 5
    said "the cluster's trusted sources"
    equal "$(mutations)" ""
}

@test "the lock's file: no link is followed, and another user's serves as well" {
    half_made
    mkdir -p "$BOX/lock"
    echo precious >"$BOX/precious"
    ln -s "$BOX/precious" "$BOX/lock/managed-db-freshtrack-db.lock"
    mdb create
    fails 6
    equal "$(cat "$BOX/precious")" precious
    rm "$BOX/lock"/*
    mkfifo "$BOX/lock/managed-db-freshtrack-db.lock"
    mdb create
    fails 6
    rm "$BOX/lock"/*
    : >"$BOX/lock/managed-db-freshtrack-db.lock"
    chmod 444 "$BOX/lock/managed-db-freshtrack-db.lock"
    [ "$(id -u)" != 0 ] || chown 65534 "$BOX/lock/managed-db-freshtrack-db.lock"
    mdb create
    works
    : # The file stays: one that is removed would let two runs lock two files.
    [ -e "$BOX/lock/managed-db-freshtrack-db.lock" ]
}

# ---- secrets ------------------------------------------------------------------------------------------

# traced WORD…: a run under strace; $trace holds what the program did itself, $execs all programs that were started.
traced() {
    command -v strace >/dev/null || skip "no strace here"
    strace -f -o "$BATS_TEST_TMPDIR/probe" true 2>/dev/null || skip "strace may not trace here"
    [ -z "$SLOW" ] || skip "not under another tool"
    status=0
    env -i "${ENVIRONMENT[@]}" "$(command -v strace)" -f -qq -v -s 4096 -o "$BATS_TEST_TMPDIR/trace" \
        -e trace=execve,execveat,write,writev,pwrite64,pwritev,sendto,sendmsg,open,openat,creat,link,linkat,symlink,rename,renameat,renameat2,mkdir,mkdirat,connect \
        "$PROGRAM" "${OPTIONS[@]}" "$@" >"$BOX/out" 2>"$BOX/err" </dev/null 3>&- || status=$?
    local process
    read -r process _ <"$BATS_TEST_TMPDIR/trace"
    trace=$(grep "^$process " "$BATS_TEST_TMPDIR/trace" | sed '1d')
    execs=$(grep -E '^[0-9]+ +execve(at)?\(' "$BATS_TEST_TMPDIR/trace" | sed '1d')
}

# seen_by_nobody SECRET: in no argv and no environment of any program, in no open, in no write of the program's.
seen_by_nobody() {
    [ -n "$1" ] || fail "there is no secret to look for"
    [ -z "$(grep -F -- "$1" <<<"$execs")" ] || fail "a program is given it: $(grep -F -- "$1" <<<"$execs" | head -n 1)"
    [ -z "$(grep -F -- "$1" <<<"$trace")" ] || fail "it is written: $(grep -F -- "$1" <<<"$trace" | head -n 1)"
    not_said "$1"
}

# The program opens for writing what it should, and nothing else.
opens_only() {
    local line path
    while read -r line; do
        path=${line#*\"}
        path=${path%%\"*}
        case $path in
        /dev/null | "$SECRETS"/database_url.*.tmp | "$SECRETS"/do_database_url.*.tmp | "$SECRETS"/ca-certificate.crt.*.tmp | "$BOX"/lock/*) ;;
        *) fail "opened for writing: $line" ;;
        esac
        case $path in
        "$SECRETS"/*) [[ $line == *O_EXCL*O_NOFOLLOW*0600* ]] || fail "opened carelessly: $line" ;;
        esac
    done < <(grep -E '(open|openat|creat)\(.*(O_WRONLY|O_RDWR|O_CREAT)' <<<"$trace" || true)
}

@test "setup under strace: password and token are in no argv, and in no write but the secret file's" {
    local password file writes
    with "DO_API_TOKEN=$TOKEN"
    for file in "setup -v" "setup --output json"; do
        rm -rf "$SECRETS"
        # shellcheck disable=SC2086
        traced $file --droplet 42
        works
        password=$(url)
        password=${password#*//doadmin:}
        password=${password%%@*}
        [ "${#password}" -ge 10 ] || fail "no password in the URL"
        # One write of the whole URL, to the temporary file that becomes the secret file.
        writes=$(grep -F -- "$password" <<<"$trace" || true)
        equal "$(grep -c . <<<"$writes")" 1 "writes of the password"
        [[ $writes == *" write("*"\"postgresql://doadmin:$password@"* ]] || fail "written: $writes"
        local descriptor=${writes#* write(}
        descriptor=${descriptor%%,*}
        grep -qE "openat\(.*$SECRETS/database_url\.[0-9]+-[0-9a-f]+\.tmp\", .*O_EXCL.*, 0600\) = $descriptor\$" <<<"$trace" ||
            fail "the password goes to descriptor $descriptor"
        equal "$(mode_of "$SECRETS/database_url")" 600
        trace=$(grep -vF -- "$writes" <<<"$trace")
        seen_by_nobody "$password"
        equal "$(grep -cF -- "$password" "$BOX/out" || true)" 0 "lines of the answer with it"
        opens_only
        # The token: in doctl's environment, nowhere else.
        grep -qF -- "DIGITALOCEAN_ACCESS_TOKEN=$TOKEN" <<<"$execs" || fail "doctl has no token"
        equal "$(grep -vE '^[0-9]+ +execve\("[^"]*/doctl", ' <<<"$execs" | grep -F -- "$TOKEN")" "" \
            "programs beside doctl with the token"
        equal "$(sed -E 's/^([^[]*\[[^]]*\]).*/\1/' <<<"$execs" | grep -F -- "$TOKEN")" "" "argvs with the token"
        equal "$(grep -F -- "$TOKEN" <<<"$trace")" "" "what is done with the token"
        equal "$(grep -rlF -- "$TOKEN" "$BOX" || true)" "" "files with the token"
    done
}

@test "url under strace: the password is on stdout, once, and nowhere else" {
    local password writes
    whole
    traced url "$ID"
    works
    password=$(<"$BOX/out")
    password=${password#*//doadmin:}
    password=${password%%@*}
    [ "${#password}" -ge 10 ] || fail "no password in the URL"
    writes=$(grep -F -- "$password" <<<"$trace" || true)
    equal "$(grep -c . <<<"$writes")" 1 "writes of the password"
    [[ $writes == *" write(1, "* ]] || fail "written: $writes"
    trace=$(grep -vF -- "$writes" <<<"$trace")
    seen_by_nobody "$password"
    opens_only
    [ ! -d "$SECRETS" ] || fail "a folder was made"
}

# A password that a URL has to encode, in both of its forms; so long that buffers have to grow for it.
ODD_PASSWORD='AVNS_0/a+b=c@d:e?f&g#h/i+j=k@l:m?n&o#p/q+r=s'
ODD_ENCODED='AVNS_0%2Fa%2Bb%3Dc%40d%3Ae%3Ff%26g%23h%2Fi%2Bj%3Dk%40l%3Am%3Fn%26o%23p%2Fq%2Br%3Ds'
ODD_PASSWORD+=1$ODD_PASSWORD+2$ODD_PASSWORD
ODD_ENCODED+=1$ODD_ENCODED%2B2$ODD_ENCODED

# An account as whole makes it, with that password.
whole_and_odd() {
    VPC=$(doctl sim vpc add freshtrack-vpc)
    ID=$(doctl sim cluster add freshtrack-db --vpc "$VPC" --password "$ODD_PASSWORD")
    doctl sim pool add "$ID" app-pool
    doctl sim rule add "$ID" droplet:42
}

@test "save, create, ca, info and runs that fail under strace: no password but in the secret file" {
    local command writes count
    whole_and_odd
    for command in "-v save $ID" "-v create" "-v ca $ID" "-v info $ID" "--output json info $ID" \
        "FAILS -v save $ID" "FAILS -v setup --droplet 42" "FAILS -v url $ID"; do
        FAULT=$command
        rm -rf "$SECRETS" "$LOG"
        without DOCTL_SIM_FAULT
        [[ $command != FAILS* ]] || with "DOCTL_SIM_FAULT=databases pool get=403;databases firewalls list=403"
        # shellcheck disable=SC2086
        traced ${command#FAILS }
        case $command in
        FAILS*)
            fails 4
            # setup begins it early: the trusted sources' failure may end it before it is in the log.
            if [[ $command == *" setup "* ]]; then
                said "+ doctl databases connection "
            else
                called "databases connection"
            fi
            ;;
        *) works ;;
        esac
        count=0
        [[ $command != "-v save"* ]] || count=1
        writes=$(grep -F -- "$ODD_ENCODED" <<<"$trace" || true)
        equal "$(grep -c . <<<"$writes" || true)" "$count" "writes of the password"
        if [ "$count" = 1 ]; then
            [[ $writes == *" write("*"\"postgresql://doadmin:$ODD_ENCODED@"* ]] || fail "written: $writes"
            equal "$(grep -cF "$ODD_ENCODED" "$SECRETS/do_database_url")" 1 "passwords in the secret file"
            trace=$(grep -vF -- "$writes" <<<"$trace")
        fi
        seen_by_nobody "$ODD_ENCODED"
        seen_by_nobody "$ODD_PASSWORD"
        equal "$(grep -cF -e "$ODD_ENCODED" -e "$ODD_PASSWORD" "$BOX/out" || true)" 0 "lines of the answer with it"
        opens_only
    done
}

# reaches_the_disk PATH: in the trace of one process, a temporary file is written, synced and renamed, and the folder
# is opened and synced, in this order.
reaches_the_disk() {
    local line step=opened descriptor='' temporary='' folder=''
    while [ -n "$step" ] && read -r line; do
        # The first one is a trial, and removed.
        if [[ $line =~ ^openat\(AT_FDCWD,\ \"("${1%.previous}"\.[0-9]+-[0-9a-f]+\.tmp)\",.*O_EXCL.*\)\ =\ ([0-9]+)$ ]]; then
            temporary=${BASH_REMATCH[1]} descriptor=${BASH_REMATCH[2]} step=written
        fi
        case $step in
        written) [[ $line != "write($descriptor, "* ]] || step=synced ;;
        synced) [[ ! $line =~ ^f(data)?sync\("$descriptor"\)\ +=\ 0$ ]] || step=renamed ;;
        renamed) [[ ! $line =~ ^rename.*\"$temporary\",.*\"$1\".*\ =\ 0$ ]] || step="the folder opened" ;;
        "the folder opened")
            [[ $line =~ ^openat\(AT_FDCWD,\ \"${1%/*}\",.*O_DIRECTORY.*\)\ =\ ([0-9]+)$ ]] || continue
            folder=${BASH_REMATCH[1]} step="the folder synced"
            ;;
        "the folder synced") [[ ! $line =~ ^fsync\("$folder"\)\ +=\ 0$ ]] || step= ;;
        esac
    done <<<"$trace"
    [ -z "$step" ] || fail "$1: not $step in its turn"
}

@test "secret files reach the disk: written, synced, renamed, the folder synced, in this order" {
    command -v strace >/dev/null || skip "no strace here"
    strace -o "$BATS_TEST_TMPDIR/probe" true 2>/dev/null || skip "strace may not trace here"
    [ -z "$SLOW" ] || skip "not under another tool"
    local name
    whole
    mkdir -p "$SECRETS"
    chmod 700 "$SECRETS"
    printf 'postgresql://u:p@elsewhere.example.com:5432/d' >"$SECRETS/database_url"
    WRAPPER=("$(command -v strace)" -qq -s 64 -o "$BATS_TEST_TMPDIR/trace"
        -e "trace=openat,open,creat,write,fsync,fdatasync,close,rename,renameat,renameat2")
    mdb setup --droplet 42
    works
    trace=$(<"$BATS_TEST_TMPDIR/trace")
    for name in ca-certificate.crt database_url.previous database_url; do
        reaches_the_disk "$SECRETS/$name"
    done
}

@test "no password stays in memory: searched at the end of each command" {
    [ -z "$SLOW" ] || skip "not under another tool"
    [ "$(uname -s)" = Linux ] || skip "for Linux"
    make -s -C "$BUILD" tests/torture/remains.so
    local command seen=$BATS_TEST_TMPDIR/remains other
    whole_and_odd
    # Blocks of another size, with the same end.
    other=$(doctl sim cluster add other-db --vpc "$VPC" --password "${ODD_PASSWORD##*+2}")
    doctl sim pool add "$other" app-pool
    # What stands there is read and kept beside the new URL.
    mkdir -p "$SECRETS"
    chmod 700 "$SECRETS"
    # It is longer than what is read into the same memory after it.
    printf 'postgresql://u:%0900dAVNS_older_and_of_nobody_0x8f@elsewhere.example.com:5432/d' 0 >"$SECRETS/database_url"
    printf '%s\n' "$ODD_PASSWORD" "${ODD_PASSWORD:0:100}" "$ODD_ENCODED" "${ODD_ENCODED:0:120}" \
        "$(printf '%0100dAVNS_older_and_of_nobody_0x8f' 0)" >"$BATS_TEST_TMPDIR/secrets"
    with "LD_PRELOAD=$BUILD/tests/torture/remains.so" "REMAINS_SECRETS=$BATS_TEST_TMPDIR/secrets" "REMAINS_REPORT=$seen"
    for command in "setup --droplet 42" "setup --droplet 42" "create" "url $ID" "url $ID false" "save $ID" "info $ID" \
        "--output json info $ID" "url $other" "save $other" "save $other" "FAILS save $ID"; do
        FAULT=$command
        rm -f "$seen"
        [[ $command != FAILS* ]] || with "DOCTL_SIM_FAULT=databases pool get=403"
        # shellcheck disable=SC2086
        mdb ${command#FAILS }
        [[ $command == FAILS* ]] || works
        grep -q '^searched [1-9]' "$seen" || fail "nothing was searched"
        equal "$(grep -c '^kept' "$seen" || true)" 0 "secrets left: $(grep '^kept' "$seen" | tr '\n' ' ')"
    done
    # It finds what there is: an argument, by its end, freed or not.
    rm -f "$seen"
    env -i "${ENVIRONMENT[@]}" /bin/true "$ODD_PASSWORD"
    grep -q '^kept 1 \[stack\]' "$seen" || fail "an argument is not found"
}

@test "the strace test sees what it looks for" {
    whole
    traced url "$ID"
    local password
    password=$(<"$BOX/out")
    password=${password#*//doadmin:}
    password=${password%%@*}
    if holds seen_by_nobody "$password" 2>/dev/null; then
        fail "the write to stdout is not seen"
    fi
    execs="1 execve(\"/bin/true\", [\"true\", \"$password\"]" trace=
    if holds seen_by_nobody "$password" 2>/dev/null; then
        fail "an argv is not seen"
    fi
    trace='1 openat(AT_FDCWD, "/tmp/secret", O_WRONLY|O_CREAT, 0644) = 5'
    if holds opens_only 2>/dev/null; then
        fail "an open is not seen"
    fi
}

@test "no core dump: neither the program's nor doctl's" {
    [ -r /proc/self/limits ] || skip "no /proc here"
    [ -z "$SLOW" ] || skip "not under another tool"
    fake_doctl <<'FAKE'
#!/bin/sh
cat "/proc/$PPID/limits" >"$BOX/limits"
cat /proc/self/limits >"$BOX/limits.doctl"
exec "$REAL" "$@"
FAKE
    half_made
    ulimit -S -c unlimited 2>/dev/null || ulimit -S -c 1024 2>/dev/null || true
    mdb check freshtrack-db
    works
    grep -qE '^Max core file size +([01]) +\1 ' "$BOX/limits" || fail "the program may dump"
    grep -qE '^Max core file size +([01]) +\1 ' "$BOX/limits.doctl" || fail "doctl may dump"
}

@test "a folder that others can write in is refused before anything is changed" {
    local mode
    whole
    freeze
    for mode in 777 1777 702; do
        thaw
        mkdir -p "$SECRETS"
        chmod "$mode" "$SECRETS"
        mdb setup --droplet 42
        fails 6
        said "others can write in the folder $SECRETS"
        equal "$(mutations)" ""
        equal "$(ls -A "$SECRETS")" "" files
        mdb save "$ID" "$SECRETS/url"
        fails 6
        equal "$(ls -A "$SECRETS")" "" files
        mdb ca "$ID"
        fails 6
        equal "$(ls -A "$SECRETS")" "" files
        mdb create
        fails 6
        equal "$(mutations)" ""
    done
    chmod 700 "$SECRETS"
    mdb setup --droplet 42
    works
}

@test "a file or folder of another user is refused, one of the wanted owner is not" {
    [ "$(id -u)" = 0 ] || skip "only root can give a file away"
    half_made
    local file
    mkdir -p "$SECRETS"
    chmod 700 "$SECRETS"
    for file in database_url ca-certificate.crt; do
        freeze
        echo theirs >"$SECRETS/$file"
        chown 65534 "$SECRETS/$file"
        mdb setup --droplet 42
        fails 6
        said "$SECRETS/$file belongs to user 65534"
        equal "$(cat "$SECRETS/$file")" theirs
        equal "$(mutations)" ""
        rm "$SECRETS/$file"
    done
    chown 65534 "$SECRETS"
    mdb setup --droplet 42
    fails 6
    said "the folder $SECRETS belongs to user 65534"
    equal "$(mutations)" ""
    chown 0 "$SECRETS"
    echo theirs >"$SECRETS/database_url"
    chown 65534 "$SECRETS/database_url"
    mdb setup --droplet 42 --secret-owner 65534:65534
    works
    equal "$(stat -c %u:%a "$SECRETS/database_url")" 65534:600
}

@test "what killed runs left is swept, what somebody works on or made is not" {
    whole
    mkdir -p "$SECRETS"
    chmod 700 "$SECRETS"
    local file gone=4194300 holder
    while kill -0 "$gone" 2>/dev/null; do gone=$((gone - 1)); done
    for file in "database_url.$gone-1f.tmp" "ca-certificate.crt.$gone-2e.tmp" "ca-certificate.crt.$gone.tmp" \
        "database_url.$$-4c.tmp"; do
        echo "postgresql://u:p@h/d" >"$SECRETS/$file"
    done
    for file in database_url.tmp database_url.bak "database_url.$$-5b.tmp" database_url.old.tmp "other.$gone-1f.tmp" \
        "database_url.$gone-zz.tmp"; do
        echo mine >"$SECRETS/$file"
    done
    exec 5<"$SECRETS/database_url.$$-5b.tmp"
    flock -n 5
    mdb setup --droplet 42
    exec 5<&-
    works
    # The order depends on the process IDs.
    equal "$(cd "$SECRETS" && printf '%s\n' * | sort)" "$(printf '%s\n' ca-certificate.crt database_url \
        "database_url.$$-5b.tmp" "database_url.$gone-zz.tmp" database_url.bak database_url.old.tmp database_url.tmp \
        "other.$gone-1f.tmp" | sort)" files
}

@test "a temporary file that a stopped run works on is not swept by another run" {
    harness
    half_made
    mkdir -p "$SECRETS"
    chmod 700 "$SECRETS"
    with "LD_PRELOAD=$BUILD/tests/torture/torture.so" TORTURE_AT=0 TORTURE_MODE=stop "TORTURE_REPORT=$BATS_TEST_TMPDIR/report"
    start_mdb setup --droplet 42
    without LD_PRELOAD TORTURE_AT TORTURE_MODE TORTURE_REPORT
    local stopped=$pid file
    await grep -q '^State:[[:space:]]*T' "/proc/$stopped/status"
    file=$(cd "$SECRETS" && echo ca-certificate.crt.*.tmp)
    [ -s "$SECRETS/$file" ] || fail "it was not stopped at a temporary file: $file"
    env -i "${ENVIRONMENT[@]}" "$PROGRAM" "${OPTIONS[@]}" setup --name other-db >"$BOX/second" 2>"$BOX/second.err" \
        </dev/null 3>&- || fail "the other run fails: $(tail -n 1 "$BOX/second.err")"
    [ -e "$SECRETS/$file" ] || holds fail "the other run took the temporary file away" || status=swept
    kill -CONT "$stopped"
    [ "$status" != swept ] || {
        wait "$stopped" || true
        return 1
    }
    finish_mdb
    works
    no_temporary_files
}

# ---- hostile names ------------------------------------------------------------------------------------

LONG=$(printf '%010000d' 0)
NEVER=($'a\nb' $'a\033[31mb' "-x" "$LONG")
HOSTILE=("${NEVER[@]}" " " "a b" "\$(id)" "%s%n%x" "a;b" "a'b" 'a"b' "../x" "a/b" $'a\tb' "é" "*")

# refused VALUE WORD…: exit status 2, one message of one short line, no call.
refused() {
    local value=$1 text
    shift
    tried=$((tried + 1))
    [ $((tried % EVERY)) = 0 ] || [ -z "$SLOW" ] || [ $((tried % 25)) = 0 ] || return 0
    mdb "$@"
    FAULT="${*:0:200}"
    fails 2
    no_calls
    text=$(<"$BOX/err")
    [[ $text != *$'\n'*$'\n'* ]] || fail "the message is not one line"
    [[ $text != *$'\033'* ]] || fail "the message holds an escape"
    [ "${#text}" -lt 1200 ] || fail "the message has ${#text} characters"
    FAULT=
}

@test "hostile names in every argument of every command are 2, without a call" {
    local value entry command place i words tried=0
    # The command, and how many of its arguments are names; what is no name is a path.
    for entry in "check n" "create nnnn" "pool nnn" "ca np" "url nnn" "save np" "trust nn" "info n" "vpc nn" \
        "check_existing_database n" "create_managed_database nnnn" "get_connection_string nnn"; do
        command=${entry% *}
        place=${entry#* }
        for ((i = 0; i < ${#place}; i++)); do
            # What stands before it is fine.
            case $command in
            create*) words=(a-name nyc3 db-s-1vcpu-2gb) ;;
            vpc) words=(a-name) ;;
            pool) words=(an-id app-pool) ;;
            url | get*) words=(an-id true) ;;
            *) words=(an-id) ;;
            esac
            local values=("${HOSTILE[@]}")
            [ "${place:i:1}" = n ] || values=("${NEVER[@]}")
            for value in "${values[@]}"; do
                refused "$value" "$command" ${words[@]+"${words[@]:0:i}"} -- "$value"
            done
            refused -x "$command" ${words[@]+"${words[@]:0:i}"} -x
        done
    done
    [ "$tried" -ge 250 ] || fail "only $tried tries"
}

@test "hostile names in every option of setup are 2, without a call" {
    local option value tried=0
    for option in name region size pg-version nodes vpc vpc-ip-range pool pool-size droplet trust secret-owner network \
        ssl-mode context dialect jobs timeout wait-timeout poll-interval lock-timeout output color; do
        for value in "${HOSTILE[@]}" ""; do
            refused "$value" setup "--$option" "$value"
            refused "$value" setup "--$option=$value"
        done
    done
    for option in secret-file ca-file doctl env-file manifest; do
        for value in "${NEVER[@]}"; do
            refused "$value" setup "--$option=$value"
        done
    done
    for value in "${HOSTILE[@]}"; do
        refused "$value" setup --trust "tag:$value"
        refused "$value" setup --trust "ip_addr:$value"
        refused "$value" setup --trust "$value:1"
    done
    [ "$tried" -ge 700 ] || fail "only $tried tries"
}

@test "hostile names in the environment and the env file are 2, without a call" {
    local name value tried=0
    for name in DO_REGION DO_DB_SIZE DROPLET_ID MANAGED_DB_SECRETS_DIR MANAGED_DB_DOCTL MANAGED_DB_LOCK_DIR; do
        local values=("${HOSTILE[@]}")
        [[ $name != MANAGED* ]] || values=("${NEVER[@]}")
        for value in "${values[@]}"; do
            with "$name=$value"
            refused "$value" setup
            without "$name"
            [ "$name" != MANAGED_DB_SECRETS_DIR ] || with "MANAGED_DB_SECRETS_DIR=$SECRETS"
        done
    done
    # A token is not shown, however wrong it is.
    for value in "$TOKEN"$'\n' "$TOKEN $TOKEN" "$TOKEN"$'\033'; do
        with "DO_API_TOKEN=$value"
        refused "$value" setup
        not_said "$TOKEN"
        without DO_API_TOKEN
    done
    for value in 'DO_REGION=$(id)' "DO_REGION='a b'" 'DROPLET_ID="-1"' "DO_DB_SIZE=%s%n"; do
        printf '%s\n' "$value" >"$BOX/deploy.config"
        refused "$value" setup --env-file "$BOX/deploy.config"
    done
}

@test "what stands behind an option that there is not is never shown" {
    local option
    for option in --passwort=hunter2 --tokn=hunter2 --quiet=hunter2; do
        mdb setup "$option"
        fails 2
        not_said hunter2
    done
}

@test "nothing is deleted under another name than the cluster's" {
    local name
    whole
    with DROPLET_ID=42
    for name in freshtrack-db-staging freshtrack freshtrack-vpc freshtrack-d; do
        mdb destroy "$name"
        fails 2
        equal "$(mutations)" ""
    done
    is_whole droplet:42
}

@test "what doctl and the API say is shown without terminal escapes" {
    half_made
    local words
    for words in "account get" "databases list" "databases get" "databases pool list" "vpcs list"; do
        with "WORDS=$words"
        fake_doctl <<'FAKE'
#!/bin/sh
case "$*" in
"$WORDS"*)
    printf 'Error: GET https://api.digitalocean.com/v2/x: 422 (request "1\0332") \033[31mred\033]0;title\a \342\200\256 text\n' >&2
    exit 1
    ;;
*) exec "$REAL" "$@" ;;
esac
FAKE
        mdb setup --droplet 42
        fails 4
        said "red"
        if LC_ALL=C grep -q $'[\001-\010\013-\037\177]' "$BOX/err"; then
            fail "control characters from '$words'"
        fi
    done
    # The tables of info are doctl's own text.
    fake_doctl <<'FAKE'
#!/bin/sh
case "$*" in
"databases get "* | "databases pool list "*) "$REAL" "$@" | sed 's/$/    \x1b[31mred\x1b]0;title\x07/' ;;
*) exec "$REAL" "$@" ;;
esac
FAKE
    mdb info "$ID"
    if LC_ALL=C grep -q $'[\001-\010\013-\037\177]' "$BOX/out" "$BOX/err"; then
        fail "control characters in the tables"
    fi
}

# ---- samples of make torture and make crash -----------------------------------------------------------

harness() {
    [ -z "$SLOW" ] || skip "not under another tool"
    [ "$(uname -s)" = Linux ] || skip "for Linux"
    make -s -C "$BUILD" tests/torture/torture.so
}

@test "a sample of make torture: failures in allocations and in system calls" {
    harness
    BUILD_DIR="$BUILD" "$TOP/tests/torture/run" --modes 0,stay --every 139 --jobs 2
    BUILD_DIR="$BUILD" "$TOP/tests/torture/run" --stages existing --modes calls,1,2 --every 19 --jobs 2
    BUILD_DIR="$BUILD" "$TOP/tests/torture/run" --stages existing,plan --modes 3 --jobs 2
    # All that a file's safety hangs on.
    BUILD_DIR="$BUILD" "$TOP/tests/torture/run" --stages fresh,existing --modes 0 --jobs 2 \
        --functions fsync,rename,chmod,fchmod,fchown
    BUILD_DIR="$BUILD" "$TOP/tests/torture/run" --stages existing --modes 0 --functions close --every 2 --jobs 2
}

@test "a sample of make crash: kills at doctl calls, at moments and at system calls" {
    harness
    BUILD_DIR="$BUILD" "$TOP/tests/crash/run" --moments 8 --system-calls 60 --jobs 2
    BUILD_DIR="$BUILD" "$TOP/tests/crash/run" --calls --dialects 1.166
}
