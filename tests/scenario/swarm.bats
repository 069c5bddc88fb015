#!/usr/bin/env bats
# The sink of a Docker Swarm on a real one: dockerd of these tests, a swarm of one node, and the PostgreSQL and the
# PgBouncer of the rig behind it. The stack of docker/stack.digitalocean.yaml is deployed as docs/BEYOND.md has it.

load helper
load rig
load compose
load dockerd

OWN=(--app-user app --pool-size 5 --sink swarm:app_url)

setup_file() {
    begin_ground
    start_rig
    docker swarm init --advertise-addr 127.0.0.1 >/dev/null
    declare -p GROUND DOCKER_HOST DOCKER_CONFIG | sed 's/^declare -x /export /' >"$BATS_FILE_TMPDIR/ground"
}

teardown_file() {
    stop_rig
    [ -z "${GROUND:-}" ] || docker swarm leave --force >/dev/null 2>&1 || true
    end_ground
}

setup() {
    open_box 1.166
    use_rig
    as_superuser postgres -c "ALTER ROLE doadmin PASSWORD 'AVNS_rig'"
    with "DOCKER_HOST=$DOCKER_HOST" "DOCKER_CONFIG=$DOCKER_CONFIG"
    ln -s "$(command -v docker)" "$BOX/bin/docker"
}

teardown() {
    docker stack rm app >/dev/null 2>&1 || true
    docker service rm backend other >/dev/null 2>&1 || true
    local i
    for ((i = 0; i < 100; i++)); do
        [ -n "$(docker ps -q --filter label=com.docker.swarm.service.id)" ] || break
        sleep 0.1
    done
    docker secret ls -q | xargs -r docker secret rm >/dev/null 2>&1 || true
}

secrets() { # LABEL
    docker secret ls --filter "label=managed-db=$1" --format '{{.Name}}'
}

tasks() {
    docker ps -q --filter "label=com.docker.swarm.service.name=$1"
}

logs_in() {
    PGCONNECT_TIMEOUT=5 psql -XqAtwc 'SELECT session_user' "$1&sslrootcert=$RIG/ca.crt" 2>&1
}

# answers SERVICE: a task of it runs, and what it reads logs in; tasks that are being stopped do not count.
answers() {
    local task text
    for task in $(tasks "$1"); do
        text=$(docker exec "$task" cat /run/secrets/database_url 2>/dev/null) || continue
        logs_in "$text" >/dev/null || return 1
        return 0
    done
    return 1
}

# service NAME WORD…: a service of two tasks that holds the secret under a path of its own.
service() {
    docker service create --detach=false -q --name "$1" --replicas 2 --stop-grace-period 1s --update-order start-first \
        --update-monitor 1s --secret "source=$(secrets app_url),target=database_url,uid=65534,gid=65534,mode=0400" "${@:2}" \
        images >/dev/null
}

# How often its tasks were made: each roll-out makes those of each slot once.
roll_outs() {
    docker service ps "$1" --format '{{.Name}}' | grep -c '\.1$'
}

@test "setup, three rotations: one roll-out each, the service answers at every moment, no secret is left over" {
    rig_cluster "${OWN[@]}"
    works
    equal "$(secrets app_url | wc -l)" 1
    equal "$(secrets app_url_ca | wc -l)" 1
    service backend
    docker service create --detach=false -q --name other images >/dev/null
    rig_cluster "${OWN[@]}"
    works
    said "Nothing had to be changed"
    local i
    : >"$BOX/looks"
    (while [ ! -e "$BOX/stop" ]; do
        if answers backend; then echo good; else echo failed; fi >>"$BOX/looks"
    done) 3>&- &
    for i in 1 2 3; do
        mdb rotate "${OWN[@]}"
        [ "$status" = 0 ] || break
        said "Ended the old password"
        equal "$(roll_outs backend)" $((i + 1)) "roll-outs"
    done
    touch "$BOX/stop"
    wait
    works
    echo "# $(grep -c good "$BOX/looks") looks" >&3
    equal "$(grep -c failed "$BOX/looks")" 0 "looks that failed"
    equal "$(secrets app_url | wc -l)" 1 "secrets"
    equal "$(roll_outs other)" 1 "roll-outs of a service that has nothing to do with it"
    # The same path, owner and mode.
    equal "$(docker exec "$(tasks backend | head -n 1)" stat -c '%u %g %a' /run/secrets/database_url)" "65534 65534 400"
    equal "$(docker exec "$(tasks backend | head -n 1)" cat /run/secrets/database_url)" "$(url)"
    # Nothing is written or restarted again.
    rig_cluster "${OWN[@]}"
    works
    said "swarm:app_url has it already"
    equal "$(roll_outs backend)" 4
}

@test "an update that fails leaves the old password alive, and the next run finishes" {
    rig_cluster "${OWN[@]}"
    works
    local first
    first=$(url)
    # It does not start with another URL than the first.
    service backend --update-failure-action pause --restart-max-attempts 1 --restart-delay 100ms \
        --entrypoint "/bin/sh -c 'if [ -e /tmp/x ] || grep -q app: /run/secrets/database_url; then exec sleep 1000; else sleep 0.2; exit 3; fi'"
    mdb rotate "${OWN[@]}" --timeout 60
    fails 4 "swarm:app_url: docker failed"
    logs_in "$first" >/dev/null || fail "the old URL does not log in"
    logs_in "$(url)" >/dev/null || fail "the written URL does not log in"
    docker service update -q --detach --entrypoint "sleep 1000" backend >/dev/null
    sleep 1
    mdb rotate "${OWN[@]}" --timeout 60
    works
    said "Going on with the rotation from app to app_b"
    if logs_in "$first" >/dev/null; then fail "the old URL still logs in"; fi
    equal "$(secrets app_url | wc -l)" 1 "secrets"
}

@test "the stack of docker/stack.digitalocean.yaml, by the commands of docs/BEYOND.md; compose check accepts it" {
    rig_cluster "${OWN[@]}"
    works
    export BACKEND_IMAGE=images
    cd "$TOP"
    local commands
    commands=$(sed -n '/^## A Docker Swarm/,/^## /p' docs/BEYOND.md | sed -n '/^```sh$/,/^```$/p' | grep -E '^(export|docker)')
    equal "$(wc -l <<<"$commands")" 3 commands
    # The tasks are busybox's: they run at once, and need not be watched.
    eval "${commands/--compose-file docker/--detach=true --compose-file docker}"
    await eval '[ "$(tasks app_backend | wc -l)" = 2 ]'
    equal "$(docker exec "$(tasks app_backend | head -n 1)" cat /run/secrets/database_url)" "$(url)"
    mdb rotate "${OWN[@]}" --timeout 300
    works
    equal "$(docker exec "$(tasks app_backend | head -n 1)" cat /run/secrets/database_url)" "$(url)"
    with "DATABASE_URL_SECRET=$DATABASE_URL_SECRET" "DATABASE_CA_SECRET=$DATABASE_CA_SECRET" BACKEND_IMAGE=images
    mdb compose check docker/stack.digitalocean.yaml
    works
    without DATABASE_URL_SECRET
    mdb compose check docker/stack.digitalocean.yaml
    [ "$status" != 0 ] || fail "a stack without its secret passes"
}

@test "the password is in no argument, no environment and nothing that is shown: docker gets it on its standard input" {
    command -v strace >/dev/null || skip "strace is not installed"
    strace -o /dev/null true 2>/dev/null || skip "strace is not allowed here"
    rig_cluster "${OWN[@]}"
    works
    service backend
    with ASAN_OPTIONS=detect_leaks=0
    WRAPPER=(strace -f -qq -v -s 65536 -e trace=execve -o "$BOX/trace")
    mdb rotate -v "${OWN[@]}"
    works
    grep -q 'docker.*secret.*create' "$BOX/trace" || fail "nothing was traced"
    local password
    password=$(url | sed 's/.*:\(AVNS_[^@]*\)@.*/\1/')
    # psql has to have it; and the fake doctl tells the servers of the rig.
    if sed -e '/ALTER ROLE/d; /CREATE ROLE/d; s/"PGPASSWORD=[^"]*"//g' "$BOX/trace" | cat - "$BOX/out" "$BOX/err" "$LOG" | grep -qF "$password"; then
        fail "the password shows"
    fi
}

@test "docker that is no manager is told, and the files are written" {
    docker swarm leave --force >/dev/null
    rig_cluster "${OWN[@]}"
    fails 4 "swarm:app_url: docker failed with status 1: Error response from daemon: This node is not a swarm manager"
    [ -e "$SECRETS/database_url" ] || fail "no file"
    docker swarm init --advertise-addr 127.0.0.1 >/dev/null
}
