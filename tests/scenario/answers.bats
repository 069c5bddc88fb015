#!/usr/bin/env bats
# The answer on stdout, bare; the story on stderr. In every mode, by every name.

load helper

uuid='^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$'

# What $(…) gives a script: stdout of one run, without its last newline; stderr is kept in the box.
captured() {
    mdb "$@"
    [ "$status" = 0 ] || fail "$* ends with $status"
    cat "$BOX/out"
}

# is_uuid VALUE
is_uuid() {
    [[ $1 =~ $uuid ]] || fail "'$1' is no bare UUID"
}

@test "ID=\$(managed-db create) is the bare ID, in every mode" {
    local personality mode id
    for personality in plan 1.94 1.123 1.166; do
        for mode in "" --faithful -q -v --color=always "--jobs 1"; do
            [ "$mode" != --faithful ] || [ "$personality" = plan ] || continue
            open_box "$personality"
            # shellcheck disable=SC2086
            id=$(captured $mode create)
            is_uuid "$id"
            equal "$(count cluster "id=$id")" 1 "clusters of that ID"
            # shellcheck disable=SC2086
            equal "$(captured $mode create_managed_database)" "$id" "the second run"
        done
    done
}

@test "UUID=\$(managed-db vpc) is the bare UUID, in every mode" {
    local personality mode vpc
    for personality in plan 1.94 1.166; do
        for mode in "" --faithful -q -v; do
            [ "$mode" != --faithful ] || [ "$personality" = plan ] || continue
            open_box "$personality"
            # shellcheck disable=SC2086
            vpc=$(captured $mode vpc)
            is_uuid "$vpc"
            equal "$(count vpc "id=$vpc")" 1 "VPCs of that UUID"
            # shellcheck disable=SC2086
            equal "$(captured $mode ensure_vpc)" "$vpc" "the second run"
        done
    done
}

@test "URL=\$(managed-db url) is the bare URL, in every mode, warnings and all" {
    local personality mode url
    for personality in plan 1.94 1.123 1.166; do
        open_box "$personality"
        with DOCTL_SIM_PASSWORD=AVNS_secret
        whole
        for mode in "" --faithful -q -v --color=always; do
            [ "$mode" != --faithful ] || [ "$personality" = plan ] || continue
            # shellcheck disable=SC2086
            url=$(captured $mode url "$ID")
            [[ $url =~ ^postgresql://doadmin:AVNS_secret@[a-z0-9.-]+:2506[01]/[a-z-]+\?sslmode=require$ ]] ||
                fail "'$url' is no bare URL"
            # shellcheck disable=SC2086
            equal "$(captured $mode get_connection_string "$ID")" "$url"
        done
    done
}

@test "the story is on stderr, warnings too" {
    open_box 1.94
    mdb setup
    exits 0
    equal "$(grep -c . "$BOX/out")" 1 "lines on stdout"
    said "==> Creating managed PostgreSQL cluster: freshtrack-db..."
    grep -q '^⚠ ' "$BOX/err" || fail "no warning on stderr"
}

@test "each command's answer, by both of its names" {
    open_box 1.166
    whole
    local cases=(
        "check check_existing_database freshtrack-db|$ID"
        "create create_managed_database|$ID"
        "pool create_connection_pool $ID|app-pool"
        "ca download_ssl_certificate $ID|$SECRETS/ca-certificate.crt"
        "save save_connection_string $ID|$SECRETS/do_database_url"
        "trust configure_trusted_sources $ID 42|droplet:42"
        "vpc ensure_vpc|$VPC"
        "auth validate_doctl_auth|ops@example.com"
        "setup setup_managed_database|$ID"
    )
    local line words
    for line in "${cases[@]}"; do
        read -r -a words <<<"${line%%|*}"
        mdb "${words[0]}" "${words[@]:2}"
        works
        answered "${line#*|}"
        mdb "${words[@]:1}"
        works
        answered "${line#*|}"
    done
}

@test "info prints the tables as the plan does, and the trusted sources" {
    open_box 1.166
    whole
    local name
    for name in info show_database_info; do
        mdb "$name" "$ID"
        works
        {
            printf '\nManaged PostgreSQL Cluster Information:\n========================================\n'
            doctl databases get "$ID" --format ID,Name,Engine,Version,Status,Region,Size
            printf '\nConnection Pools:\n'
            doctl databases pool list "$ID" --format Name,Size,Mode,Database,User
            printf '\nTrusted Sources:\ndroplet:42\n'
            printf '\nDashboard: https://cloud.digitalocean.com/databases/%s\n\n' "$ID"
        } >"$BOX/expected"
        diff "$BOX/expected" "$BOX/out" >&2 || fail "$name prints something else"
    done
}

@test "within setup the tables of info are part of the story" {
    open_box 1.166
    mdb setup
    works
    said "Managed PostgreSQL Cluster Information:"
    said "Dashboard: https://cloud.digitalocean.com/databases/$(cat "$BOX/out")"
}

@test "a command that fails answers nothing" {
    open_box 1.166
    mdb check freshtrack-db
    is_none
    with "DOCTL_SIM_FAULT=*=500"
    mdb create
    fails 4
    mdb vpc
    fails 4
    mdb url 11111111-2222-4333-8444-555555555555
    fails 4
    mdb setup
    fails 4
}

@test "--output json is one object" {
    open_box 1.166
    whole
    mdb check freshtrack-db --output json
    works
    answered "{\"cluster_id\": \"$ID\"}"
    mdb --output=json vpc
    works
    answered "{\"vpc_uuid\": \"$VPC\"}"
    mdb pool "$ID" --output json
    works
    answered '{"pool": "app-pool"}'
    mdb trust "$ID" 42 --output json
    works
    answered '{"rule": "droplet:42"}'
    mdb trust "$ID" 100 --output json
    works
    answered '{"rule": null}'
    mdb auth --output json
    works
    answered '{"email": "ops@example.com"}'
    mdb save "$ID" --output json
    works
    answered "{\"secret_file\": \"$SECRETS/do_database_url\"}"
}

@test "info --output json holds cluster, pools and dashboard" {
    open_box 1.166
    whole
    mdb info "$ID" --output json
    works
    equal "$(jq -c '[.cluster_id, .cluster.name, .cluster.version, .cluster.nodes, .cluster.storage_mib, .cluster.tags]' "$BOX/out")" \
        "[\"$ID\",\"freshtrack-db\",\"15\",1,30720,[]]"
    equal "$(jq -c '[.pools[0].name, .pools[0].size, .rules, .files, .connection, .checks, .dashboard]' "$BOX/out")" \
        "[\"app-pool\",25,[\"droplet:42\"],null,null,null,\"https://cloud.digitalocean.com/databases/$ID\"]"
}

@test "--output env is what a shell evaluates" {
    open_box 1.166
    whole
    local DB_CLUSTER_ID="" VPC_UUID="" DB_POOL="" DB_CA_FILE="" DB_SECRET_FILE=""
    SECRETS="$BOX/it's here \$(exit)"
    with "MANAGED_DB_SECRETS_DIR=$SECRETS"
    local words
    for words in "check freshtrack-db" vpc "pool $ID" "ca $ID" "save $ID"; do
        # shellcheck disable=SC2086
        mdb $words --output env
        works
        equal "$(grep -c . "$BOX/out")" 1 lines
        eval "$(cat "$BOX/out")"
    done
    equal "$DB_CLUSTER_ID" "$ID"
    equal "$VPC_UUID" "$VPC"
    equal "$DB_POOL" app-pool
    equal "$DB_CA_FILE" "$SECRETS/ca-certificate.crt"
    equal "$DB_SECRET_FILE" "$SECRETS/do_database_url"
    [ -s "$DB_SECRET_FILE" ]
}

@test "-q tells no story, but warnings and failures" {
    open_box 1.166
    mdb -q setup --droplet 42
    works
    [ ! -s "$BOX/err" ] || fail "a story with -q"
    mdb --quiet check nobody-here
    is_none
    [ ! -s "$BOX/err" ] || fail "a story with --quiet"
    mdb --quiet ca nobody-here
    fails 2
    equal "$(grep -c . "$BOX/err")" 1 "lines on stderr"
    open_box 1.94
    mdb setup -q
    exits 0
    [ -s "$BOX/err" ] || fail "the warnings are missing"
    if grep -qv '^⚠ ' "$BOX/err"; then
        fail "something besides warnings"
    fi
}

@test "-v shows the doctl calls that are made" {
    open_box 1.166
    whole
    mdb -v setup --droplet 42
    works
    diff <(sed -n 's/^+ doctl //p' "$BOX/err" | sort) <(calls | sort) >&2 || fail "not the calls"
    mdb setup --droplet 42
    works
    not_said '+ doctl'
}

@test "--color always colours the story, not the answer; never and auto do not" {
    open_box 1.166
    whole
    mdb --color always check freshtrack-db
    works
    answered "$ID"
    grep -q $'\033\[' "$BOX/err" || fail "no colour"
    # A user who asks for it gets it, NO_COLOR or not.
    with NO_COLOR=1
    mdb --color always check freshtrack-db
    grep -q $'\033\[' "$BOX/err" || fail "no colour with NO_COLOR and --color always"
    without NO_COLOR
    local mode
    for mode in never auto; do
        mdb --color "$mode" check freshtrack-db
        works
        if grep -q $'\033' "$BOX/err"; then
            fail "coloured with --color $mode"
        fi
    done
    mdb check freshtrack-db --color sometimes
    fails 2
}

@test "colour on a terminal, none with NO_COLOR, TERM=dumb or TERM unset" {
    need_terminal
    open_box 1.166
    whole
    on_terminal() {
        env -i "${ENVIRONMENT[@]}" "$@" "$(command -v script)" -qec "'$PROGRAM' check freshtrack-db" /dev/null \
            </dev/null >"$BOX/terminal" 2>&1
    }
    on_terminal TERM=xterm
    grep -q $'\033\[' "$BOX/terminal" || fail "no colour on a terminal"
    grep -q "Found existing database cluster" "$BOX/terminal" || fail "no story on the terminal"
    local setting
    for setting in "TERM=xterm NO_COLOR=1" "TERM=dumb" "TERM="; do
        # shellcheck disable=SC2086
        on_terminal $setting
        if grep -q $'\033\[' "$BOX/terminal"; then
            fail "coloured with $setting"
        fi
    done
}

@test "help and version go to stdout and end with 0" {
    open_box 1.166
    mdb --version
    exits 0
    grep -qE '^managed-db [0-9.]+$' "$BOX/out" || fail "no version"
    mdb --help
    exits 0
    local word
    for word in check create pool ca url save trust info vpc auth setup setup_managed_database; do
        grep -qw -- "$word" "$BOX/out" || fail "help does not tell of $word"
    done
    for word in check create pool ca url save trust info vpc auth setup check_existing_database \
        create_managed_database create_connection_pool download_ssl_certificate get_connection_string \
        save_connection_string configure_trusted_sources show_database_info ensure_vpc validate_doctl_auth \
        setup_managed_database; do
        mdb "$word" --help
        exits 0
        grep -q "^Usage: managed-db " "$BOX/out" || fail "no help for $word"
        [ ! -s "$BOX/err" ] || fail "help for $word on stderr"
    done
    no_calls
}

@test "wrong usage is 2, two lines at most, and no call" {
    open_box 1.166
    local words
    for words in "" "frobnicate" "--frobnicate" "check" "check a-b extra" "url a/b" "untrust $PPID" "setup extra" \
        "setup --region" "check freshtrack-db --region nyc3" "setup --output yaml" "setup --jobs 0" "-x" \
        "setup --timeout soon" "--color"; do
        # shellcheck disable=SC2086
        mdb $words
        fails 2
        [ "$(grep -c . "$BOX/err")" -le 2 ] || fail "more than two lines for '$words'"
    done
    no_calls
}

@test "options stand before or after the command, and end at --" {
    open_box 1.166
    whole
    mdb check --quiet freshtrack-db --jobs 1
    works
    answered "$ID"
    mdb --jobs=1 -qv check -- freshtrack-db
    works
    answered "$ID"
    with POSIXLY_CORRECT=1
    mdb check freshtrack-db --output json
    works
    answered "{\"cluster_id\": \"$ID\"}"
}

@test "an empty positional argument counts as left out" {
    open_box 1.166
    half_made
    mdb pool "$ID" "" ""
    works
    answered app-pool
    equal "$(count pool name=app-pool\  size=25)" 1
    mdb create "" "" ""
    works
    answered "$ID"
    mdb url "$ID" "" ""
    works
    grep -q ':25061/app-pool?sslmode=require$' "$BOX/out" || fail "not the defaults"
    mdb check ""
    fails 2
    mdb vpc "" ""
    works
    answered "$VPC"
}

@test "create takes the plan's four arguments" {
    open_box 1.166
    local vpc
    vpc=$(doctl sim vpc add net --region fra1)
    mdb create shop-db fra1 db-s-2vcpu-4gb "$vpc"
    works
    equal "$(count cluster name=shop-db\  region=fra1 size=db-s-2vcpu-4gb "vpc=$vpc")" 1
    equal "$(count pool)" 1 pools
    [ -s "$SECRETS/ca-certificate.crt" ]
}

@test "pool takes name and size" {
    open_box 1.166
    half_made
    mdb pool "$ID" jobs-pool 7
    works
    answered jobs-pool
    said "Connection pool created: jobs-pool (transaction mode, 7 connections)"
    equal "$(count pool name=jobs-pool\  size=7)" 1
    mdb pool "$ID" jobs-pool 7
    works
    answered jobs-pool
    said "Connection pool already exists: jobs-pool"
}
