#!/usr/bin/env bats
# rotate, with a real PostgreSQL behind a real PgBouncer: users that take turns, and no login that fails.
#
#   ROTATE_STEP   of the calls of a rotation, each how many-th is tried as the last one (5)

load helper
load rig

OWN=(--app-user app --pool-size 5)

setup() {
    open_box 1.166
    use_rig
    as_superuser postgres -c "ALTER ROLE doadmin PASSWORD 'AVNS_rig'"
}

# rotate WORD…: as the one who has set up with OWN.
rotate() {
    mdb rotate "${OWN[@]}" "$@"
}

# logs_in URL: whether somebody can connect with it now.
logs_in() {
    PGCONNECT_TIMEOUT=5 psql -XqAtwc 'SELECT session_user' "$1&sslrootcert=$RIG/ca.crt" 2>"$BOX/psql"
}

# user_is NAME: the written URL logs in, as this user.
user_is() {
    local user
    user=$(logs_in "$(url)") || fail "the written URL does not log in: $(cat "$BOX/psql")"
    equal "$user" "$1" user
}

set_up() {
    rig_cluster "${OWN[@]}" "$@"
    works
    : >"$LOG"
}

pools() {
    doctl databases pool list "$(cluster_id)" --format Name,User,Size --no-header | tr -s ' ' | LC_ALL=C sort
}

cluster_id() {
    doctl sim dump | sed -n 's/^cluster id=\([^ ]*\) .*/\1/p'
}

no_secrets() {
    if grep -rqE 'AVNS_[A-Za-z0-9]{5}' "$BOX/out" "$BOX/err"; then
        fail "a password is shown"
    fi
}

@test "rotate: the other user with a new password, its rights and its pool; then the old password is ended" {
    set_up
    local first
    first=$(url)
    rotate --grace 0
    works
    answered app_b
    no_secrets
    said "Granted the user app_b its rights in the database app"
    said "Ended the old password of app; connections that are open stay open"
    user_is app_b
    if logs_in "$first"; then fail "the old URL still logs in"; fi
    equal "$(pools)" "app-pool app 5
app-pool_b app_b 5"
    equal "$(ls "$SECRETS")" "ca-certificate.crt
database_url"
    # What one of them makes the other may change: one role owns it.
    local second
    second=$(url)
    psql -Xqw -c 'CREATE TABLE made_by_b (i int)' "$second&sslrootcert=$RIG/ca.crt"
    rotate --grace 0
    works
    answered app
    user_is app
    psql -Xqw -c 'ALTER TABLE made_by_b ADD j int; DROP TABLE made_by_b' "$(url)&sslrootcert=$RIG/ca.crt"
    equal "$(pools | wc -l)" 2 pools
    equal "$(grep -c 'user create' "$LOG")" 1 "users made"
}

@test "setup, url, verify and plan know whose turn it is" {
    set_up
    rotate --grace 0
    works
    rig_cluster "${OWN[@]}" --verify
    works
    said "Connected: user app_b, database app"
    said "Nothing had to be changed"
    mdb url --app-user app
    works
    equal "$(cat "$BOX/out")" "$(url)"
    mdb plan "${OWN[@]}" --trust ip_addr:127.0.0.1
    works
    mdb verify freshtrack-db --app-user app --ca-file "$RIG/ca.crt"
    works
    grep -qx 'user:          app_b' "$BOX/out"
}

@test "without a sink that hands over, the old password waits for --finish; a second run says so and rotates nothing" {
    set_up
    local first
    first=$(url)
    rotate --finish
    exits 1
    said "no rotation of app has come to the new URL"
    rotate
    works
    said "The old password of app lives on"
    said "the same command with --finish ends it"
    user_is app_b
    logs_in "$first" || fail "the old URL was ended: $(cat "$BOX/psql")"
    equal "$(cat "$SECRETS/database_url.rotation")" "app app_b"
    equal "$(mode_of "$SECRETS/database_url.rotation")" 600
    local second
    second=$(url)
    rotate
    exits 1
    said "the rotation from app to app_b waits for --finish"
    equal "$(url)" "$second"
    rotate --finish
    works
    equal "$(url)" "$second"
    if logs_in "$first"; then fail "the old URL still logs in"; fi
    rotate --finish
    exits 1
}

@test "a rotation of several applications: each of its own, or the one that is named" {
    cat >"$BOX/manifest.yaml" <<'END'
applications:
  - user: shop
    pool-size: 3
  - user: blog
    pool-size: 3
END
    rig_cluster --manifest "$BOX/manifest.yaml"
    works
    mdb rotate blog --manifest "$BOX/manifest.yaml" --grace 0
    works
    answered blog_b
    mdb rotate --manifest "$BOX/manifest.yaml" --grace 0 --output json
    works
    equal "$(jq -c .users "$BOX/out")" '["shop_b","blog"]'
    logs_in "$(cat "$SECRETS/database_url_shop")"
    logs_in "$(cat "$SECRETS/database_url_blog")"
}

@test "the second pool takes the connections that are left, and setup leaves it so" {
    OWN=(--app-user app --pool-size 25) # of 47
    set_up
    rotate --grace 0
    works
    equal "$(pools)" "app-pool app 25
app-pool_b app_b 22"
    rig_cluster "${OWN[@]}"
    works
    said "Nothing had to be changed"
}

@test "no connection left for a second pool: refused, and what is in use stays" {
    OWN=(--app-user app --pool-size 47)
    set_up
    local before
    before=$(url)
    rotate --grace 0
    fails 2 "none is left for the pool app-pool_b"
    equal "$(url)" "$before"
    user_is app
}

@test "--emergency: the old password is ended first, and it is told what that costs" {
    set_up
    local first
    first=$(url)
    rotate --emergency
    works
    said "no new connection can be made until the new URL is there"
    if logs_in "$first"; then fail "the old URL still logs in"; fi
    user_is app_b
    # The reset comes before all other changes.
    equal "$(grep -oE 'user (create|reset)|pool create' "$LOG" | head -n 2 | tr '\n' ,)" "user reset,user create,"
}

@test "doadmin has no second user: the gap is told, and measured" {
    rig_cluster --pool-size 5
    works
    local first
    first=$(url)
    mdb rotate --pool-size 5
    works
    answered doadmin
    said "no new connection can be made until it has the new URL"
    said "From the reset to the first login with the new URL: "
    user_is doadmin
    if logs_in "$first"; then fail "the old URL still logs in"; fi
}

@test "doadmin: a reset that was refused has ended nothing, and says nothing of the sort" {
    rig_cluster --pool-size 5
    works
    with DOCTL_SIM_FAULT="databases user reset=403"
    mdb rotate --pool-size 5
    fails 4
    not_said "does not work any more"
    user_is doadmin
}

@test "what cannot be rotated is refused, and nothing is changed" {
    mdb rotate --app-user app
    fails 2 "there is no database cluster freshtrack-db"
    set_up
    mdb rotate --faithful
    fails 2
    rotate --grace soon
    fails 2
    mdb rotate --app-user other --secret-file "$SECRETS/other"
    fails 4 "has no URL of the user other"
    echo 'app app_c' >"$SECRETS/database_url.rotation"
    rotate
    fails 4 "is of another rotation"
    equal "$(grep -cE 'user (create|reset)' "$LOG" || true)" 0 changes
    user_is app
    # One that was ended before the new URL was there is no reason to end the old one.
    echo 'app app_b' >"$SECRETS/database_url.rotation"
    rotate --finish
    exits 1
    rm "$SECRETS/database_url.rotation"
    user_is app
    # A user of that name that no rotation has made.
    doctl databases user create "$(cluster_id)" app_b
    rotate --grace 0
    fails 4 "there is a user app_b already, and no pool app-pool_b of its own"
    rotate --emergency
    fails 4 "there is a user app_b already"
    equal "$(grep -cE 'user (create|reset)' "$LOG" || true)" 0 changes
    user_is app
}

# A client that reads the URL and connects, again and again; a line for each login that failed.
client() {
    local count=0
    while [ ! -e "$BOX/stop" ]; do
        if logs_in "$(cat "$SECRETS/database_url")" >/dev/null; then
            count=$((count + 1))
        else
            sed "s/^/$1: /" "$BOX/psql" >>"$BOX/failed"
        fi
    done
    echo "$count" >"$BOX/logins.$1"
}

@test "under load: 16 clients that connect all the time, 10 rotations, no login fails" {
    set_up
    local i
    : >"$BOX/failed"
    for i in {1..16}; do
        (BOX=$BOX client "$i") 3>&- &
    done
    for i in {1..10}; do
        rotate --grace 2
        [ "$status" = 0 ] || break
    done
    touch "$BOX/stop"
    wait
    works
    equal "$(wc -l <"$BOX/failed")" 0 "logins that failed"
    local sum
    sum=$(cat "$BOX"/logins.* | paste -sd+ | bc)
    echo "# $sum logins" >&3
    [ "$sum" -ge 300 ] || fail "only $sum logins"
    user_is app
}

# Puts a counter around doctl, psql and the sink: after call number $LAST the program is killed.
count_calls() {
    local name
    mv "$BOX/bin/doctl" "$BOX/bin/doctl.real"
    printf '#!/bin/sh\nexec "%s" "$@"\n' "$(command -v psql)" >"$BOX/bin/psql.real"
    printf '#!/bin/sh\ncat >>"%s"\n' "$BOX/sunk" >"$BOX/bin/sink.real"
    chmod 755 "$BOX/bin"/*.real
    for name in doctl psql sink; do
        cat >"$BOX/bin/$name" <<END
#!/bin/bash
$name.real "\$@"
status=\$?
exec 9>>"$BOX/calls.lock"
flock 9
echo "$name" >>"$BOX/calls"
[ "\$(wc -l <"$BOX/calls")" != "\$(cat "$BOX/last")" ] || kill -KILL \$PPID
exit \$status
END
        chmod 755 "$BOX/bin/$name"
    done
}

@test "ended after any call, what is written logs in, and the next run goes on" {
    set_up
    count_calls
    echo 0 >"$BOX/last"
    : >"$BOX/calls"
    rotate --grace 0 --sink command:sink
    works
    local calls at
    calls=$(wc -l <"$BOX/calls")
    [ "$calls" -ge 15 ] || fail "$calls calls"
    for ((at = 1; at <= calls; at++)); do
        # The last ones, from the written URL on, are always tried.
        [ "$at" -gt $((calls - 5)) ] || [ $((at % ${ROTATE_STEP:-5})) = 1 ] || [ "${ROTATE_STEP:-5}" = 1 ] || continue
        : >"$BOX/calls"
        echo "$at" >"$BOX/last"
        rotate --grace 0 --sink command:sink
        logs_in "$(url)" >/dev/null || fail "ended after call $at: the written URL does not log in"
        echo 0 >"$BOX/last"
        rotate --grace 0 --sink command:sink
        works
        [ ! -e "$SECRETS/database_url.rotation" ] || fail "ended after call $at: not gone through"
        logs_in "$(url)" >/dev/null || fail "ended after call $at: the URL of the next run does not log in"
    done
}
