#!/usr/bin/env bats
# Whatever goes wrong with doctl: the right exit status, one message, no file changed, no change after it.

load helper

# The steps of a setup that finds a half-made cluster, and how many changes come before each.
STEPS=(
    "account get|0" "vpcs list|0" "databases list|0" "databases get|0" "databases pool list|0"
    "databases pool create|0" "compute droplet get|0" "databases firewalls list|1"
    "databases firewalls append|1" "databases connection|2" "databases pool get|2"
)

setup() {
    open_box 1.166
}

# Files of an earlier deployment, which no failure may touch.
earlier_files() {
    mkdir -p "$SECRETS"
    printf 'postgresql://u:p@elsewhere.example.com:5432/d' >"$SECRETS/database_url"
    printf 'an older certificate\n' >"$SECRETS/ca-certificate.crt"
    chmod 600 "$SECRETS"/*
}

# nothing_after STEP BEFORE: the changes that were made are those before the step, and the step itself at most. But
# a cluster whose pool failed is not left open: the rule is added all the same.
nothing_after() {
    local step=$1 before=$2 made ACCOUNT
    look
    made=$(($(count pool) + $(count rule)))
    case $step in "databases pool list" | "databases pool create") made=$(count pool) ;; esac
    [ "$made" -le "$((before + 1))" ] || fail "$made changes, $before come before '$step'"
    case $step in
    "databases pool create" | "databases firewalls append") ;;
    *) [ "$made" = "$before" ] || fail "$made changes, $before come before '$step'" ;;
    esac
    equal "$(count cluster)" 1 clusters
    equal "$(count vpc)" 1 VPCs
}

files_but_certificate() {
    files | grep -v ca-certificate
}

# tries KIND STATUS: each step in turn fails so.
tries() {
    local kind=$1 expected=$2 entry step before_files
    half_made
    freeze
    earlier_files
    before_files=$(files_but_certificate)
    for entry in "${STEPS[@]}"; do
        step=${entry%|*}
        # A token that may not see the account may do all the rest.
        [ "$kind:$step" != "403:account get" ] || continue
        thaw
        with "DOCTL_SIM_FAULT=$step=$kind"
        mdb --timeout "${TIMEOUT:-60}" setup --droplet 42
        # What DigitalOcean does not take when it is to make something is a wrong setting.
        case $kind:$step in
        422:*create) fails 2 ;;
        *) fails "$expected" ;;
        esac
        nothing_after "$step" "${entry#*|}"
        equal "$(files_but_certificate)" "$before_files" "files after '$step'"
        no_temporary_files
    done
}

@test "API 401 on any step is 3 and advises 'doctl auth init'" {
    tries 401 3
    said "doctl auth init"
}

@test "API 403 on any step is 4 and tells of the token's scope" {
    tries 403 4
    said scope
}

@test "API 404 on any step is 4" {
    tries 404 4
}

@test "API 422 on any step is 4, on one that makes something 2, and 409 on a change is 4" {
    tries 422 4
    said 422
    open_box 1.166
    STEPS=("databases pool create|0" "databases firewalls append|1")
    tries 409 4
    said 409
}

@test "API 429 on any step is 4 and advises to wait" {
    tries 429 4
    said wait
}

@test "API 500 and 503 on any step are 4 and advise to run again" {
    tries 500 4
    said "run again"
    open_box 1.166
    STEPS=("vpcs list|0" "databases pool create|0" "databases get|0")
    tries 503 4
}

@test "no network on any step is 4 and advises to check it" {
    tries network 4
    said network
}

@test "a connection that breaks during a read is 4" {
    STEPS=("account get|0" "vpcs list|0" "databases list|0" "databases pool list|0" "compute droplet get|0"
        "databases firewalls list|1" "databases get|0" "databases connection|2" "databases pool get|2")
    tries lost 4
}

@test "an API error with exit status 0 is 4 on any step" {
    tries error-exit0 4
}

@test "doctl that a signal ended is 4 on any step" {
    tries signal-9 4
    said "signal 9"
    open_box 1.166
    STEPS=("vpcs list|0" "databases pool create|0" "databases get|0")
    tries signal-11 4
}

@test "a good answer with exit status 1 is 4 on a read" {
    local step
    half_made
    freeze
    for step in "account get" "vpcs list" "databases list" "databases pool list" "compute droplet get" \
        "databases connection" "databases get"; do
        thaw
        with "DOCTL_SIM_FAULT=$step=ok-exit1"
        mdb setup --droplet 42
        fails 4
        said "exit status 1"
    done
}

@test "garbage is 4" {
    local step
    half_made
    freeze
    for step in "account get" "vpcs list" "databases list" "databases pool list" "databases connection" \
        "databases get"; do
        thaw
        with "DOCTL_SIM_FAULT=$step=garbage"
        mdb setup --droplet 42
        fails 4
        if grep -q $'[\001-\010\013-\037\177]' "$BOX/err"; then
            fail "control characters on the terminal"
        fi
    done
}

@test "half a table is 4" {
    local step
    half_made
    doctl sim pool add "$ID" app-pool
    doctl sim rule add "$ID" droplet:7
    freeze
    for step in "vpcs list" "databases list" "databases pool list" "compute droplet get" \
        "databases firewalls list" "databases connection" "databases get"; do
        thaw
        with "DOCTL_SIM_FAULT=$step=truncated"
        mdb setup --droplet 42
        fails 4
        not_called "databases pool create"
        [ ! -e "$SECRETS/database_url" ] || fail "a secret file after half of '$step'"
    done
}

@test "an empty answer where there must be one is 4" {
    local step
    whole
    freeze
    for step in "account get" "databases connection" "databases get"; do
        thaw
        with "DOCTL_SIM_FAULT=$step=empty"
        mdb setup --droplet 42
        fails 4
    done
}

@test "a read that fails in passing is retried, and the run goes on" {
    local kind step
    half_made
    freeze
    for kind in 429 500 network; do
        for step in "account get" "vpcs list" "databases list" "databases pool list" "compute droplet get" \
            "databases firewalls list" "databases connection" "databases pool get" "databases get"; do
            thaw
            with "DOCTL_SIM_FAULT=$step=$kind@1;$step=$kind@2"
            mdb setup --droplet 42
            works
            is_whole droplet:42
        done
    done
}

@test "a change is retried after 429 only, and no call with --faithful" {
    local kind step
    for kind in 429 500 network; do
        for step in "vpcs create" "databases create" "databases pool create" "databases firewalls append"; do
            # A create that waits may have its 429 from a look at the cluster that it made.
            [[ $kind != 429 || $step == "databases create" ]] || continue
            open_box plan
            with "DOCTL_SIM_FAULT=$step=$kind@1"
            mdb setup --droplet 42
            fails 4
            equal "$(calls | grep -c "^$step ")" 1 "calls of $step"
        done
        open_box plan
        with "DOCTL_SIM_FAULT=databases list=$kind@1"
        mdb --faithful setup
        fails 4
        equal "$(calls | grep -c "^databases list ")" 1 "calls of databases list"
    done
}

@test "an answer about the question is not asked for again" {
    local kind
    half_made
    freeze
    for kind in 401 403 404 409 422; do
        thaw
        with "DOCTL_SIM_FAULT=databases list=$kind@1"
        mdb check freshtrack-db
        fails "$([ "$kind" = 401 ] && echo 3 || echo 4)"
        equal "$(calls | grep -c .)" 1 "calls after $kind"
    done
}

@test "asking again ends at --timeout" {
    OPTIONS=(--poll-interval 60)
    half_made
    with "DOCTL_SIM_FAULT=databases list=500"
    SECONDS=0
    mdb --timeout 1 check freshtrack-db
    fails 4
    [ "$SECONDS" -lt 20 ] || fail "it took $SECONDS s"
}

@test "a call that hangs is 5 at the deadline, on a fresh account" {
    local step
    for step in "account get" "vpcs list" "vpcs create" "databases list" "databases create"; do
        open_box 1.166
        earlier_files
        local before
        before=$(files)
        with "DOCTL_SIM_FAULT=$step=hang"
        mdb --timeout "$SHORT" setup --droplet 42
        fails 5
        said "--timeout"
        equal "$(files)" "$before" "files after '$step'"
        equal "$(count cluster)" 0 clusters
    done
}

@test "a call that hangs is 5 at the deadline, on a half-made cluster" {
    STEPS=(
        "databases get|0" "databases pool create|0" "databases firewalls append|1" "databases connection|2"
        "databases pool get|2"
    )
    TIMEOUT=$SHORT tries hang 5
}

@test "after an answer about the question, no other words are tried" {
    local kind step
    for kind in 409 422 500 network; do
        for step in "vpcs create" "databases create"; do
            open_box plan
            with "DOCTL_SIM_FAULT=$step=$kind"
            mdb setup --droplet 42
            case $kind in 422) fails 2 ;; *) fails 4 ;; esac
            equal "$(calls | grep -c "^$step")" 1 "calls '$step' after $kind"
        done
    done
    open_box plan
    whole
    with "DOCTL_SIM_FAULT=databases ca get=422"
    mdb ca "$ID"
    fails 4
    not_called "databases get-ca"
}

@test "a create that answers 409 because doctl's own retry had made it is looked up by name" {
    local step
    for step in "vpcs create" "databases create" "databases pool create"; do
        open_box 1.166
        with "STEP=$step"
        fake_doctl <<'FAKE'
#!/bin/sh
case "$*" in
*"--format ID"*) exec "$REAL" "$@" ;;
"$STEP "*)
    "$REAL" "$@" >/dev/null 2>&1
    exec "$REAL" "$@"
    ;;
*) exec "$REAL" "$@" ;;
esac
FAKE
        mdb setup --droplet 42
        works
        is_whole droplet:42
        equal "$(count vpc)" 1 VPCs
    done
}

@test "a doctl that takes no signal is killed" {
    half_made
    with "DOCTL_SIM_FAULT=vpcs list=hang-hard"
    mdb --timeout "$SHORT" vpc
    fails 5
}

@test "each API refusal on a fresh account: nothing is created after it" {
    local code step
    for code in 401 403 409 422 429 500; do
        for step in "vpcs create" "databases create"; do
            open_box 1.166
            earlier_files
            local before
            before=$(files)
            with "DOCTL_SIM_FAULT=$step=$code"
            mdb setup --droplet 42
            case $code in 401) fails 3 ;; 422) fails 2 ;; *) fails 4 ;; esac
            equal "$(count cluster)" 0 clusters
            equal "$(files)" "$before" files
            [ "$step" != "vpcs create" ] || not_called "databases create"
        done
    done
}

@test "an API error keeps DigitalOcean's text and request ID" {
    with "DOCTL_SIM_FAULT=databases list=422"
    mdb check freshtrack-db
    fails 4
    said "injected failure"
    grep -qE '^✗ could not list the database clusters: DigitalOcean answered 422, .*request [0-9a-f-]{36}' "$BOX/err" ||
        fail "no request ID"
}

@test "no doctl on PATH is 3 and says what to do" {
    rm "$BOX/bin/doctl"
    with "PATH=$BOX/bin"
    earlier_files
    local before
    before=$(files)
    mdb setup
    fails 3
    said "doctl was not found on PATH"
    said "--doctl"
    equal "$(files)" "$before" files
    mdb --doctl "$BOX/nowhere/doctl" setup
    fails 3
    said "$BOX/nowhere/doctl"
    with "MANAGED_DB_DOCTL=$BOX/nowhere/too"
    mdb setup
    fails 3
    said "$BOX/nowhere/too"
}

@test "a doctl that is not executable is 3" {
    rm "$BOX/bin/doctl"
    printf '#!/bin/sh\n' >"$BOX/bin/doctl"
    chmod 644 "$BOX/bin/doctl"
    with "PATH=$BOX/bin"
    mdb setup
    fails 3
    said "$BOX/bin/doctl is not an executable program"
    rm "$BOX/bin/doctl"
    mkdir "$BOX/bin/doctl"
    mdb setup
    fails 3
}

@test "a doctl that cannot be started is a failure with one message" {
    rm "$BOX/bin/doctl"
    printf '#!%s\n' "$BOX/no/interpreter" >"$BOX/bin/doctl"
    chmod 755 "$BOX/bin/doctl"
    mdb setup
    [ "$status" = 3 ] || [ "$status" = 6 ] || fail "exit status $status"
    fails "$status"
}

@test "doctl without a token is 3 and says what to do, on each release" {
    local release
    for release in 1.94 1.123 1.166; do
        open_box "$release"
        with DOCTL_SIM_NO_TOKEN=1
        mdb setup
        fails 3
        said "doctl auth init"
        said DO_API_TOKEN
        mdb check freshtrack-db
        fails 3
        not_called "vpcs create"
    done
}

@test "JSON errors are read too" {
    # DIGITALOCEAN_OUTPUT is taken away; a doctl with output: json in its config file prints them all the same.
    fake_doctl <<'FAKE'
#!/bin/sh
DIGITALOCEAN_OUTPUT=json exec "$REAL" "$@"
FAKE
    with "DOCTL_SIM_FAULT=databases list=422"
    mdb check freshtrack-db
    fails 4
    said 422
    with "DOCTL_SIM_FAULT=databases list=401"
    mdb check freshtrack-db
    fails 3
}

@test "a doctl that knows nothing shows no stack of help pages" {
    fake_doctl <<'FAKE'
#!/bin/sh
exec "$REAL" databases
FAKE
    mdb setup
    fails 4
    mdb create
    fails 4
    mdb vpc
    fails 4
}

@test "a failed poll or two do not end the wait" {
    local kind
    for kind in 404 429 500 network ok-exit1 garbage; do
        open_box 1.166
        with "DOCTL_SIM_FAULT=databases get=$kind@1"
        mdb setup --droplet 42
        works
        is_whole droplet:42
    done
}

@test "polls that are refused for good end the wait" {
    with "DOCTL_SIM_FAULT=databases get=403"
    mdb setup
    fails 4
    without DOCTL_SIM_FAULT
    mdb setup
    works
    is_whole
}

@test "a change whose answer got lost, or was a failure, is looked for and taken up" {
    local kind step
    for step in "vpcs create" "databases create" "databases pool create" "databases firewalls append"; do
        for kind in lost ok-exit1 done-empty; do
            open_box 1.166
            with "DOCTL_SIM_FAULT=$step=$kind@1"
            mdb setup --droplet 42
            works
            is_whole droplet:42
            equal "$(count vpc)" 1 VPCs
            equal "$(calls | grep -c "^$step .*")" 1 "calls of $step"
        done
    done
}

@test "a change that was carried out and then hangs is looked for after the deadline" {
    local step
    for step in "vpcs create" "databases create" "databases pool create" "databases firewalls append"; do
        open_box 1.166
        with "DOCTL_SIM_FAULT=$step=done-hang@1"
        mdb --timeout "$LONG" setup --droplet 42
        works
        is_whole droplet:42
    done
}

@test "with --faithful a change whose answer got lost is a failure, and the next run takes it up" {
    local step
    for step in "vpcs create" "databases create" "databases pool create" "databases firewalls append"; do
        open_box plan
        with "DOCTL_SIM_FAULT=$step=lost@1"
        mdb --faithful setup --droplet 42
        fails 4
        equal "$(calls | tail -n 1 | cut -d ' ' -f "1-$(wc -w <<<"$step")")" "$step" "the last call"
        without DOCTL_SIM_FAULT
        mdb setup --droplet 42
        works
        equal "$(count cluster)" 1 clusters
        equal "$(count vpc)" 1 VPCs
        equal "$(count pool)" 1 pools
    done
}

@test "what a failed change did not make is not taken for made" {
    local step
    for step in "vpcs create" "databases create" "databases pool create" "databases firewalls append"; do
        open_box 1.166
        with "DOCTL_SIM_FAULT=$step=network"
        mdb setup --droplet 42
        fails 4
        [ ! -e "$SECRETS/database_url" ] || fail "a secret file after a failed '$step'"
    done
}
