#!/usr/bin/env bats
# What a wait says, and when it ends.

load helper

# waits_for FAULT REASON WORD…: looks that fail so until --wait-timeout; the reason is told at once and at the end.
waits_for() {
    open_box 1.166
    doctl sim droplet add 77 --status new
    with "DOCTL_SIM_FAULT=$1"
    mdb --wait-timeout 1 "${@:3}"
    fails 5
    grep -qF "  could not read the status of" "$BOX/err" || fail "the reason is not told before the end"
    said "its status was not seen; the last look failed: could not read the status of"
    tail -n 1 "$BOX/err" | grep -qF "$2" || fail "the last line has no reason"
    said "after 1 s"
    said "run again to continue"
}

@test "a wait whose looks fail says why" {
    waits_for "databases get=garbage" "doctl's answer was cut off" setup
    waits_for "databases get=empty" "doctl printed no table" setup
    waits_for "databases get=404" "DigitalOcean answered 404" setup
    waits_for "databases get=network" "connection refused" setup
    waits_for "compute droplet get=503" "DigitalOcean answered 503" droplet wait 77
}

@test "a look that hangs does not outlast --wait-timeout" {
    waits_for "databases get=hang" "doctl gave no answer in time" --timeout 20 setup
    waits_for "compute droplet get=hang" "doctl gave no answer in time" --timeout 20 droplet wait 77
}

@test "the reason of a look is gone with the next look that works" {
    open_box 1.166
    with DOCTL_SIM_POLLS=-1 "DOCTL_SIM_FAULT=databases get=503@1"
    mdb --wait-timeout 1 setup
    fails 5
    said "DigitalOcean answered 503"
    said "after 1 s (creating); DigitalOcean goes on"
}

@test "a Droplet that there is not is not waited for" {
    open_box 1.166
    mdb droplet wait nobody
    fails 2
    said "there is no Droplet nobody"
    not_called "compute droplet get"
    doctl sim droplet add 77 --name web
    mdb droplet wait web
    works
}

@test "a pool that was just made may be unknown for a moment, an older one not" {
    open_box 1.166
    with "DOCTL_SIM_FAULT=databases pool get=404@1"
    mdb setup
    works
    is_whole
    equal "$(calls | grep -c '^databases pool get .')" 2 "looks at the pool"
    : >"$LOG"
    with "DOCTL_SIM_FAULT=databases pool get=404"
    mdb url freshtrack-db
    fails 4
    equal "$(calls | grep -c '^databases pool get .')" 1 "looks at the pool"
}
