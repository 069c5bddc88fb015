#!/usr/bin/env bats
# Nothing is created on a guess: exact names only, and a list that cannot be read never leads to a create.

load helper

PERSONALITIES="plan 1.94 1.123 1.166"

nothing_created() {
    not_called "vpcs create"
    not_called "databases create"
    not_called "databases pool create"
    not_called "databases firewalls append"
}

@test "freshtrack-db-staging is never taken for freshtrack-db" {
    local personality
    for personality in $PERSONALITIES; do
        open_box "$personality"
        local staging
        staging=$(doctl sim cluster add freshtrack-db-staging)
        doctl sim cluster add old-freshtrack-db >/dev/null
        mdb check freshtrack-db
        is_none
        mdb setup
        works
        equal "$(count cluster)" 3 "clusters on $personality"
        equal "$(count cluster name=freshtrack-db\ )" 1
        equal "$(count pool "cluster=$staging")" 0 "pools of the other cluster"
        [ "$(cat "$BOX/out")" != "$staging" ]
    done
}

@test "the decoy does not matter in --faithful either, nor where the cluster is there" {
    open_box plan
    doctl sim cluster add freshtrack-db-staging >/dev/null
    half_made
    doctl sim cluster add freshtrack-db2 >/dev/null
    mdb --faithful check freshtrack-db
    works
    answered "$ID"
    mdb check freshtrack-db
    works
    answered "$ID"
}

@test "names of VPC and pool are exact too" {
    open_box 1.166
    local other
    other=$(doctl sim vpc add freshtrack-vpc-old)
    doctl sim vpc add my-freshtrack-vpc --ip-range 10.200.0.0/20 >/dev/null
    mdb vpc
    works
    [ "$(cat "$BOX/out")" != "$other" ]
    equal "$(count vpc)" 3 VPCs

    open_box 1.166
    half_made
    doctl sim pool add "$ID" app-pool-2 --size 5
    doctl sim pool add "$ID" my-app-pool --size 5
    mdb pool "$ID"
    works
    equal "$(count pool)" 3 pools
}

@test "a regular expression is no name" {
    open_box 1.166
    doctl sim cluster add freshtrackxdb >/dev/null
    mdb check 'freshtrack.db'
    fails 2
    no_calls
}

@test "a list of clusters that cannot be read is 4 and creates nothing" {
    local personality kind
    for personality in plan 1.166; do
        open_box "$personality"
        half_made
        freeze
        for kind in garbage truncated ok-exit1 error-exit0 wrong-columns network 403 500 429 signal-9; do
            thaw
            with "DOCTL_SIM_FAULT=databases list=$kind"
            mdb create
            fails 4
            nothing_created
        done
    done
}

@test "nor does one on 1.94 and 1.123, nor with --faithful" {
    local personality kind
    for personality in 1.94 1.123; do
        open_box "$personality"
        half_made
        for kind in garbage truncated 403; do
            with "DOCTL_SIM_FAULT=databases list=$kind"
            mdb create
            fails 4
            nothing_created
        done
    done
    open_box plan
    half_made
    for kind in garbage truncated ok-exit1 error-exit0 wrong-columns network 500 signal-9; do
        with "DOCTL_SIM_FAULT=databases list=$kind"
        mdb --faithful create
        fails 4
        nothing_created
        mdb --faithful check freshtrack-db
        fails 4
    done
}

@test "a list of VPCs that cannot be read is 4 and creates nothing" {
    local personality kind
    for personality in plan 1.166; do
        open_box "$personality"
        half_made
        freeze
        for kind in garbage truncated ok-exit1 error-exit0 network 500 signal-11; do
            thaw
            with "DOCTL_SIM_FAULT=vpcs list=$kind"
            mdb setup
            fails 4
            nothing_created
        done
    done
}

@test "a list of pools that cannot be read is 4 and creates nothing" {
    local kind
    open_box 1.166
    half_made
    doctl sim pool add "$ID" app-pool
    freeze
    for kind in garbage truncated ok-exit1 error-exit0 network 500 signal-6; do
        thaw
        with "DOCTL_SIM_FAULT=databases pool list=$kind"
        mdb pool "$ID"
        fails 4
        nothing_created
    done
}

@test "a list of rules that cannot be read is 4 and appends nothing" {
    local kind
    open_box 1.166
    half_made
    doctl sim rule add "$ID" droplet:7
    freeze
    for kind in truncated error-exit0 network 500 signal-6; do
        thaw
        with "DOCTL_SIM_FAULT=databases firewalls list=$kind"
        mdb trust "$ID" 42
        fails 4
        nothing_created
    done
}

@test "a help page instead of the list is 4 and creates nothing" {
    open_box 1.166
    fake_doctl <<'FAKE'
#!/bin/sh
case "$*" in
"databases list "*) exec "$REAL" databases ;;
*) exec "$REAL" "$@" ;;
esac
FAKE
    mdb create
    fails 4
    nothing_created
    mdb setup
    exits 4
    not_called "databases create"
}

@test "an error text on stdout, exit status 0, is no list" {
    open_box 1.166
    fake_doctl <<'FAKE'
#!/bin/sh
case "$*" in
"databases list "*) echo "something went wrong on our side" ;;
*) exec "$REAL" "$@" ;;
esac
FAKE
    mdb create
    fails 4
    nothing_created
}

@test "JSON errors on stdout, exit status 0, are no list" {
    open_box 1.166
    fake_doctl <<'FAKE'
#!/bin/sh
case "$*" in
"databases list "*)
    echo '{"errors":[{"detail":"GET https://api.digitalocean.com/v2/databases: 500 (request \"r\") oops"}]}'
    ;;
*) exec "$REAL" "$@" ;;
esac
FAKE
    mdb create
    fails 4
    said oops
    nothing_created
}

@test "an empty list is an answer: the cluster is created" {
    open_box 1.166
    mdb create
    works
    equal "$(count cluster)" 1 clusters
}

@test "check tells \"none\" (1) from \"could not tell\"" {
    open_box 1.166
    mdb check freshtrack-db
    is_none
    said "there is no database cluster freshtrack-db"
    with "DOCTL_SIM_FAULT=databases list=500"
    mdb check freshtrack-db
    fails 4
    with "DOCTL_SIM_FAULT=databases list=401"
    mdb check freshtrack-db
    fails 3
    with "DOCTL_SIM_FAULT=databases list=hang"
    mdb --timeout "$SHORT" check freshtrack-db
    fails 5
}

@test "a list with notices around it is read" {
    open_box 1.166
    half_made
    fake_doctl <<'FAKE'
#!/bin/sh
echo "Notice: a new version of doctl is available" >&2
echo "Warning: something harmless" >&2
exec "$REAL" "$@"
FAKE
    mdb check freshtrack-db
    works
    answered "$ID"
}

@test "ten thousand clusters are a list" {
    open_box 1.166
    half_made
    with "CLUSTER=$ID"
    fake_doctl <<'FAKE'
#!/bin/sh
case "$*" in
"databases list "*)
    awk 'BEGIN { for (i = 0; i < 10000; i++) printf "freshtrack-db-%05d    %08x-0000-4000-8000-000000000000    pg    online\n", i, i }'
    echo "freshtrack-db          $CLUSTER    pg    online"
    ;;
*) exec "$REAL" "$@" ;;
esac
FAKE
    mdb check freshtrack-db
    works
    answered "$ID"
}

@test "an answer that hides in 50 MB of rows is found" {
    open_box 1.166
    half_made
    with "DOCTL_SIM_FAULT=databases list=huge"
    mdb check freshtrack-db
    works
    answered "$ID"
}

@test "an answer that comes in dribbles is read to its end" {
    open_box 1.166
    half_made
    with "DOCTL_SIM_FAULT=databases list=slow"
    mdb check freshtrack-db
    works
    answered "$ID"
}
