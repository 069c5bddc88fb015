# What is wanted beside what is there: plan, differences, and the changes of --apply and --prune-rules.
# shellcheck shell=bash

load helper

setup() {
    open_box 1.166
}

# The doctl commands that change something, one a line, with the IDs of what was made by names.
changed() {
    local vpc cluster
    cluster=$(doctl sim dump | sed -n 's/^cluster .*id=\([^ ]*\) .*name=freshtrack-db .*/\1/p')
    vpc=$(doctl sim dump | sed -n 's/^vpc .*id=\([^ ]*\) .*name=freshtrack-vpc.*/\1/p')
    calls | grep -E '^(vpcs create|databases (create|resize|pool (create|update)|firewalls (append|replace)|user create|db create)) ' |
        sed -e "s/${cluster:-none}/CLUSTER/g" -e "s/${vpc:-none}/VPC/g" || true
}

# What the plan on stdout says that doctl will be asked for.
planned() {
    local vpc cluster
    cluster=$(doctl sim dump | sed -n 's/^cluster .*id=\([^ ]*\) .*name=freshtrack-db .*/\1/p')
    vpc=$(doctl sim dump | sed -n 's/^vpc .*id=\([^ ]*\) .*name=freshtrack-vpc.*/\1/p')
    jq -r '.changed[].command | select(. != null)' "$BOX/out" | sed 's/; doctl /\n/g' |
        sed -e 's/^doctl //' -e 's/NEW-CLUSTER/CLUSTER/g' -e 's/NEW-VPC/VPC/g' \
            -e "s/${cluster:-none}/CLUSTER/g" -e "s/${vpc:-none}/VPC/g"
}

# keeps_its_word OPTION…: plan changes nothing, setup does what the plan said, and then nothing is left to do.
keeps_its_word() {
    local before wanted
    before=$(doctl sim dump)
    rm -f "$LOG"
    mdb plan --output json "$@"
    [ "$status" -le 1 ] || fail "plan failed"
    equal "$(changed)" "" "changes by plan"
    equal "$(doctl sim dump)" "$before" "the account after plan"
    equal "$status" "$(jq 'if (.changed | length) > 0 then 1 else 0 end' "$BOX/out")" "exit status of plan"
    wanted=$(planned)
    cp "$BOX/out" "$BOX/plan.json"
    rm -f "$LOG"
    mdb setup "$@"
    works
    equal "$(changed)" "$wanted" "changes by setup"
    mdb plan --output json "$@"
    exits 0
    equal "$(jq '.changed | length' "$BOX/out")" 0 "changes left"
}

@test "setup does what plan says, from an empty account and from each state on the way" {
    local release state
    for release in 1.94 1.123 1.166; do
        for state in ":" "doctl sim vpc add freshtrack-vpc" half_made whole; do
            open_box "$release"
            doctl sim droplet add 42 >/dev/null
            $state >/dev/null
            keeps_its_word --droplet 42 --trust tag:a --trust tag:b
            [ ! -e "$BOX/lock" ] || [ -n "$(ls "$BOX/lock")" ] || fail "no lock was taken"
        done
    done
}

@test "setup does what plan says on a hand-made doctl" {
    local state
    for state in ":" half_made whole; do
        open_box plan
        doctl sim droplet add 42 >/dev/null
        $state >/dev/null
        mdb plan --output json --droplet 42
        [ "$status" -le 1 ] || fail "plan failed"
        equal "$(changed)" "" "changes by plan"
        equal "$(find "$BOX/app" 2>/dev/null)" "" "files by plan"
        equal "$(jq -r '.changed[] | select(.what == "file") | .action' "$BOX/out" | tr '\n' ' ')" "make make " "files in the plan"
        rm -f "$LOG"
        planned >"$BOX/planned"
        mdb setup --droplet 42
        works
        # Such a doctl does not tell which rules are there.
        equal "$(changed | grep -v firewalls)" "$(grep -v firewalls "$BOX/planned")" "changes by setup"
    done
}

@test "setup does what plan says with an application's user, with changes and with rules to take away" {
    with "MANAGED_DB_PSQL=/nowhere/psql"
    half_made >/dev/null
    local before
    before=$(doctl sim dump)
    mdb plan --output json --app-user app --app-database app
    exits 1
    equal "$(doctl sim dump)" "$before" "the account after plan"
    equal "$(planned)" "databases user create CLUSTER app
databases db create CLUSTER app
databases pool create CLUSTER app-pool --db app --user app --size 25 --mode transaction"
    grep -q '"what": "rights", "name": "app"' "$BOX/out" || fail "the rights are not planned"
    without MANAGED_DB_PSQL

    open_box 1.166
    VPC=$(doctl sim vpc add freshtrack-vpc)
    ID=$(doctl sim cluster add freshtrack-db --vpc "$VPC" --size db-s-1vcpu-1gb)
    doctl sim droplet add 42 >/dev/null
    doctl sim pool add "$ID" app-pool --size 5 --mode session
    doctl sim rule add "$ID" tag:theirs
    keeps_its_word --droplet 42 --trust tag:a --apply --prune-rules
    doctl sim dump | grep "^pool " | grep "size=25" | grep -q "mode=transaction" || fail "the pool was not changed"
    doctl sim dump | grep "^cluster " | grep -q "size=db-s-1vcpu-2gb" || fail "the cluster was not resized"
    equal "$(doctl sim dump | grep -c "^rule ")" 2 "rules"
}

@test "plan writes nothing: no file, no folder, no lock" {
    mdb plan --droplet 42 --direct-file "$BOX/app/direct"
    exits 1
    [ ! -e "$BOX/app" ] || fail "a folder was made"
    [ ! -e "$BOX/lock" ] || fail "a lock was taken"
    mdb setup --droplet 42
    works
    chmod 644 "$SECRETS/database_url"
    echo other >"$SECRETS/ca-certificate.crt"
    mdb plan --droplet 42
    exits 1
    grep -q "^~ file $SECRETS/database_url" "$BOX/out" || fail "the mode of the URL's file is not seen"
    grep -q "^~ file $SECRETS/ca-certificate.crt" "$BOX/out" || fail "the other certificate is not seen"
    equal "$(cat "$SECRETS/ca-certificate.crt")" other
}

@test "plan on a terminal: marks, doctl's commands with -v, a last line that counts" {
    mdb plan --droplet 42
    exits 1
    said "6 changes: 'managed-db setup' with the same options makes them"
    diff - "$BOX/out" >&2 <<EXPECTED || fail "the plan is another one"
+ VPC freshtrack-vpc: nyc3, 10.116.0.0/20
+ cluster freshtrack-db: PostgreSQL 15, nyc3, db-s-1vcpu-2gb, nodes: 1
+ pool app-pool: 25 connections, transaction mode, database defaultdb, user doadmin
+ file $SECRETS/ca-certificate.crt
+ trusted source droplet:42
+ file $SECRETS/database_url
6 to make, 0 to change, 0 as wanted
EXPECTED
    mdb plan --droplet 42 -v
    grep -q "^    doctl databases pool create NEW-CLUSTER app-pool --db defaultdb" "$BOX/out" || fail "no command with -v"
    mdb setup --dry-run --droplet 42
    exits 1
    grep -q "^+ cluster freshtrack-db" "$BOX/out" || fail "--dry-run is no plan"
    with USE_MANAGED_DB=false
    mdb setup_managed_database --dry-run --droplet 42
    exits 0
    without USE_MANAGED_DB
    mdb setup_managed_database --dry-run --droplet 42
    exits 1
    equal "$(changed)" ""
}

@test "plan fails where setup would, with the same status" {
    mdb plan --size db-s-9vcpu-9gb
    fails 2 "db-s-9vcpu-9gb"
    with "DOCTL_SIM_FAULT=databases list=500"
    mdb plan
    fails 4
    without DOCTL_SIM_FAULT
    mdb plan --droplet no-such-droplet
    fails 2 "there is no Droplet no-such-droplet"
}

@test "a cluster that is being made: what cannot be known yet is not made up" {
    doctl sim cluster add freshtrack-db --polls -1 >/dev/null
    mdb plan
    exits 1
    said "setup will wait until it is online"
    grep -q "^+ file $SECRETS/database_url" "$BOX/out" || fail "the URL's file is not planned"
}

# ---- differences ---------------------------------------------------------------------------------------

# A cluster that differs in all that can.
drifted() {
    OTHER=$(doctl sim vpc add other-vpc --region fra1 --ip-range 10.9.0.0/20)
    ID=$(doctl sim cluster add freshtrack-db --vpc "$OTHER" --region fra1 --size db-s-2vcpu-4gb --nodes 2 --version 16)
    doctl sim pool add "$ID" app-pool --size 7 --mode session
    doctl sim rule add "$ID" droplet:42
    doctl sim rule add "$ID" tag:theirs
    doctl sim droplet add 42 >/dev/null
}

@test "setup tells of each difference, and changes none" {
    drifted
    local before
    before=$(doctl sim dump)
    mdb setup --droplet 42 --network public --db-tags blue
    works
    said "cluster freshtrack-db: the region is fra1, wanted: nyc3"
    said "cluster freshtrack-db: PostgreSQL is 16, wanted: 15"
    said "cluster freshtrack-db: the size is db-s-2vcpu-4gb, wanted: db-s-1vcpu-2gb; a cluster cannot be made smaller"
    said "cluster freshtrack-db: the number of nodes is 2, wanted: 1; fewer have to be set by hand"
    said "cluster freshtrack-db: it lacks the tag blue"
    said "pool app-pool: the size is 7, wanted: 25; the mode is session, wanted: transaction; --apply changes it"
    said "trusted source tag:theirs: nobody asked for it; --prune-rules takes it away"
    equal "$(doctl sim dump)" "$before" "the account after setup"
    mdb plan --droplet 42 --network public --db-tags blue
    equal "$(grep -c '^!' "$BOX/out")" 7 "differences in the plan"
    # The same with what cannot be changed: nothing but the pool and the rule is.
    mdb setup --droplet 42 --network public --apply --prune-rules
    works
    equal "$(changed | cut -d' ' -f1-3 | tr '\n' ';')" "databases pool update;databases firewalls replace;"
    # Another VPC in the same region.
    open_box 1.166
    OTHER=$(doctl sim vpc add other-vpc --ip-range 10.9.0.0/20)
    WANTED=$(doctl sim vpc add freshtrack-vpc)
    doctl sim cluster add freshtrack-db --vpc "$OTHER" >/dev/null
    mdb setup --trust tag:a
    works
    said "the VPC is $OTHER, wanted: $WANTED"
}

@test "nothing is said where nothing differs, and of rules where none was asked for" {
    whole
    mdb setup --droplet 42
    works
    not_said "wanted:"
    doctl sim rule add "$ID" tag:theirs
    mdb setup
    works
    not_said "nobody asked"
    mdb setup --prune-rules
    works
    equal "$(doctl sim dump | grep -c "^rule ")" 2 "rules"
}

@test "--strict: a difference is an error, before anything is changed" {
    drifted
    local before
    before=$(doctl sim dump)
    mdb setup --droplet 42 --network public --strict
    fails 4 "--strict: 4 of what is there is not as wanted"
    equal "$(doctl sim dump)" "$before" "the account after setup"
    mdb plan --droplet 42 --network public --strict
    exits 4
    grep -q '^! pool app-pool' "$BOX/out" || fail "plan --strict does not show all"
    # The pool alone differs: the rules are left alone too.
    open_box 1.166
    half_made
    doctl sim pool add "$ID" app-pool --size 7
    before=$(doctl sim dump)
    mdb setup --droplet 42 --strict
    fails 4 "--strict: 1 of"
    equal "$(doctl sim dump)" "$before" "the account after setup"
    open_box 1.166
    whole
    mdb setup --droplet 42 --strict
    works
    doctl sim rule add "$ID" tag:theirs
    mdb setup --droplet 42 --strict
    fails 4 "--strict: 1 of"
}

@test "--apply changes all four values of a pool, and looks for a change whose answer was lost" {
    local fault
    for fault in "" lost 502 done-empty; do
        open_box 1.166
        half_made
        doctl sim user add "$ID" app
        doctl sim database add "$ID" app
        doctl sim pool add "$ID" app-pool --size 7 --mode session --user app --db app
        with "DOCTL_SIM_FAULT=databases pool update=${fault:-none}@1"
        [ -n "$fault" ] || without DOCTL_SIM_FAULT
        mdb setup --trust tag:a --apply
        if [ "$fault" = 502 ]; then
            fails 4
            continue
        fi
        works
        said "Connection pool changed: app-pool"
        doctl sim dump | grep "^pool " | grep "size=25" | grep "mode=transaction" | grep "user=doadmin" |
            grep -q "database=defaultdb" || fail "the pool is not as wanted after '$fault'"
        grep -q app-pool "$SECRETS/database_url" || fail "the URL is another pool's"
    done
    open_box 1.94
    half_made
    doctl sim pool add "$ID" app-pool --size 7
    mdb setup --trust tag:a --apply
    fails 4 "doctl 1.110 and later can change a pool"
}

@test "the pool of another application: an error that --apply mends" {
    half_made
    doctl sim pool add "$ID" app-pool --size 25
    mdb setup --app-user app --app-database app --trust tag:a
    fails 4 "belongs to the user doadmin"
    said "change it with --apply"
    mdb plan --app-user app --app-database app --trust tag:a
    exits 1
    grep -q "^! pool app-pool: the database is defaultdb, wanted: app" "$BOX/out" || fail "the plan does not tell"
    with MANAGED_DB_PSQL=/nowhere/psql
    mdb setup --app-user app --app-database app --trust tag:a --apply
    exits 3
    doctl sim dump | grep "^pool " | grep -q "user=app" || fail "the pool is not the application's"
}

@test "--apply resizes upward alone, tells what it costs, and waits" {
    half_made
    mdb setup --trust tag:a --size db-s-2vcpu-4gb --nodes 2 --apply
    works
    said "It costs more from now on"
    said "Status: online"
    doctl sim dump | grep "^cluster " | grep "size=db-s-2vcpu-4gb" | grep -q "nodes=2" || fail "it was not resized"
    rm "$LOG"
    mdb setup --trust tag:a --size db-s-4vcpu-8gb --nodes 1 --apply
    works
    said "fewer have to be set by hand"
    mdb setup --trust tag:a --size db-s-1vcpu-2gb --nodes 3 --apply
    works
    said "a cluster cannot be made smaller"
    mdb setup --trust tag:a --size db-s-2vcpu-5gb --nodes 2 --apply
    fails 2 "db-s-2vcpu-5gb"
    equal "$(changed | grep -c resize)" 0 "resizes"
    with "DOCTL_SIM_FAULT=databases resize=lost@1"
    mdb setup --trust tag:a --size db-s-4vcpu-8gb --nodes 2 --apply
    works
    said "the change of the cluster exists"
    with "DOCTL_SIM_FAULT=databases resize=412"
    mdb setup --trust tag:a --size db-s-4vcpu-8gb --nodes 3 --apply
    fails 4 "it is busy"
}

@test "--prune-rules never takes the last one, and keeps what was asked for in whatever spelling" {
    half_made
    doctl sim rule add "$ID" tag:Theirs
    doctl sim rule add "$ID" tag:Ours
    doctl sim rule add "$ID" ip_addr:203.0.113.9
    mdb setup --trust tag:ours --trust ip_addr:203.0.113.9/32 --prune-rules
    works
    equal "$(doctl sim dump | sed -n 's/^rule .*value=\([^ ]*\).*/\1/p' | sort | tr '\n' ' ')" "203.0.113.9 Ours "
    with "DOCTL_SIM_FAULT=databases firewalls replace=done-empty"
    doctl sim rule add "$ID" tag:Theirs
    mdb setup --trust tag:ours --prune-rules
    works
    equal "$(doctl sim dump | grep -c "^rule ")" 1
}

# ---- two rounds ----------------------------------------------------------------------------------------

@test "a run that finds everything asks nine times at most, and nothing twice" {
    local release options
    for release in 1.123 1.166; do
        for options in "--droplet 42" ""; do
            open_box "$release"
            whole
            # shellcheck disable=SC2086
            mdb setup_managed_database $options --trust tag:a
            works
            rm "$LOG"
            # shellcheck disable=SC2086
            mdb setup_managed_database $options --trust tag:a
            works
            [ "$(calls | wc -l)" -le 9 ] || fail "more than nine calls"
            not_called "databases ca get"
            equal "$(calls | sort | uniq -d)" "" "calls made twice"
            said "Nothing had to be changed"
        done
    done
}

@test "what setup shows is what doctl's own tables show" {
    whole
    mdb setup --droplet 42
    works
    doctl databases get "$ID" --format ID,Name,Engine,Version,Status,Region,Size >"$BOX/tables"
    doctl databases pool list "$ID" --format Name,Size,Mode,Database,User >>"$BOX/tables"
    local line
    while IFS= read -r line; do
        grep -qxF -- "$line" "$BOX/err" || fail "the story lacks: $line"
    done <"$BOX/tables"
}

@test "--storage: the disk of a new cluster, a difference later, and 1.94 says what it takes" {
    mdb setup --storage 61440
    works
    called "databases create .* --storage-size-mib 61440"
    doctl sim dump | grep "^cluster " | grep -q "storage=61440" || fail "another storage"
    mdb setup --storage 71680
    works
    said "the storage in MiB is 61440, wanted: 71680"
    open_box 1.94
    mdb setup --storage 61440
    fails 4 "doctl 1.123 and later can give a cluster its storage"
    equal "$(doctl sim dump | grep -c "^cluster ")" 0 clusters
}
