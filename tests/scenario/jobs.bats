#!/usr/bin/env bats
# --jobs: reads are prefetched, at most so many doctl at a time; changes never are.

load helper

# Each doctl counts those that run beside it, itself included.
setup() {
    open_box 1.166
    with DOCTL_SIM_LATENCY_MS=30
    mkdir "$BOX/running"
    fake_doctl <<'FAKE'
#!/bin/sh
: >"$BOX/running/$$"
ls "$BOX/running" | wc -l >>"$BOX/counts"
"$REAL" "$@"
status=$?
case "$*" in
"vpcs create"* | "databases create"* | "databases pool create"* | "databases firewalls append"*)
    ls "$BOX/running" | wc -l >>"$BOX/beside_writes"
    ;;
esac
rm "$BOX/running/$$"
exit $status
FAKE
}

most() {
    sort -n "$BOX/counts" | tail -n 1 | tr -d ' '
}

@test "never more than N at a time" {
    local jobs
    half_made
    freeze
    for jobs in 2 3 8; do
        rm -f "$BOX/counts"
        thaw
        mdb --jobs "$jobs" setup --droplet 42
        works
        is_whole droplet:42
        [ "$(most)" -le "$jobs" ] || fail "$(most) at a time with --jobs $jobs"
        rm -f "$BOX/counts"
        mdb --jobs "$jobs" setup --droplet 42
        works
        [ "$(most)" -le "$jobs" ] || fail "$(most) at a time with --jobs $jobs in the second run"
    done
}

@test "one at a time with --faithful and with --jobs 1" {
    with DOCTL_SIM_PERSONALITY=plan
    mdb --faithful setup --droplet 42
    works
    equal "$(most)" 1 "doctl at a time"
    mdb --jobs 1 setup --droplet 42
    works
    equal "$(most)" 1 "doctl at a time"
}

@test "reads are prefetched by default" {
    whole
    with DOCTL_SIM_LATENCY_MS=150
    mdb setup --droplet 42
    works
    [ "$(most)" -ge 3 ] || fail "only $(most) at a time"
}

@test "writes never run beside each other, and stay in the plan's order" {
    mdb setup --droplet 42
    works
    equal "$(mutations)" "$(printf 'vpcs create\ndatabases create\ndatabases pool create\ndatabases firewalls append')"
}

@test "the number of jobs changes neither answer nor files nor story" {
    with DOCTL_SIM_LATENCY_MS=0 DOCTL_SIM_PASSWORD=AVNS_secret
    whole
    freeze
    local jobs story="" url=""
    for jobs in 1 2 8; do
        thaw
        rm -rf "$SECRETS"
        mdb --jobs "$jobs" setup --droplet 42
        works
        answered "$ID"
        [ -z "$story" ] || equal "$(cat "$BOX/err")" "$story" "story with --jobs $jobs"
        [ -z "$url" ] || equal "$(url)" "$url" "URL with --jobs $jobs"
        story=$(cat "$BOX/err")
        url=$(url)
    done
}

@test "the number of jobs changes no call" {
    with DOCTL_SIM_LATENCY_MS=0
    whole
    freeze
    local jobs seen=""
    for jobs in 1 2 8; do
        thaw
        rm -rf "$SECRETS"
        mdb --jobs "$jobs" setup --droplet 42
        works
        [ -z "$seen" ] || equal "$(calls | sed 's/\.[0-9]*\.tmp$//' | sort)" "$seen" "calls with --jobs $jobs"
        seen=$(calls | sed 's/\.[0-9]*\.tmp$//' | sort)
    done
}

@test "no doctl outlives the run" {
    whole
    with "DOCTL_SIM_FAULT=databases firewalls list=hang"
    mdb --timeout 60 url "$ID"
    works
    with "DOCTL_SIM_FAULT=account get=401" DOCTL_SIM_LATENCY_MS=200
    mdb setup --droplet 42
    fails 3
    # What was prefetched is ended with the run; the shells that count are killed with their group.
    sleep 0.3
    if pgrep -f "$BOX/bin/doctl" >&2; then
        fail "a doctl still runs"
    fi
}
