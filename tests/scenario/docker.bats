#!/usr/bin/env bats
# The overlay on a real Docker: dockerd of these tests, with a socket, folders and a network of its own, and images
# made of a static busybox. The procedures of docs/COMPOSE.md are run as they stand there.

load compose

setup_file() {
    # One Docker, and ports that only one project can have.
    export BATS_NO_PARALLELIZE_WITHIN_FILE=true
    local program
    find_tools
    if [ ! -x "$TOOLS/root/usr/sbin/dockerd" ] || [ "$(id -u)" != 0 ]; then
        if [ -n "${CI:-}" ]; then
            echo "no dockerd, or not root: scripts/test.sh fetches it" >&2
            return 1
        fi
        skip "NOT TRIED ON A REAL DOCKER: that needs root, and dockerd, which scripts/test.sh fetches"
    fi
    # Not even root may do it everywhere, and no test can mend that.
    unshare -n true 2>/dev/null || skip "NOT TRIED ON A REAL DOCKER: this machine makes no network namespace"
    find_compose
    program=$(cd "${BUILD_DIR:-.}" && pwd)
    # A socket has a short name.
    GROUND=$(mktemp -d /tmp/managed-db-docker.XXXXXX)
    export TOOLS GROUND DOCKER_CONFIG=$DOCKER_CONFIG_DIR DOCKER_HOST=unix://$GROUND/socket
    export PATH=$GROUND/bin:$DOCKER:/usr/sbin:/usr/bin:/sbin:/bin
    mkdir -p "$GROUND/bin" "$GROUND/image/bin" "$GROUND/image/etc" "$GROUND/image/tmp"
    ln -s "$program/managed-db" "$GROUND/bin/managed-db"
    start_docker
    cp "$TOOLS/root/bin/busybox" "$GROUND/image/bin/"
    "$TOOLS/root/bin/busybox" --install -s "$GROUND/image/bin" 2>/dev/null || true
    find "$GROUND/image/bin" -type l -exec ln -sfn busybox {} \;
    # What the images of the base are told to run.
    printf '#!/bin/sh\nexec sleep 100000\n' >"$GROUND/image/bin/server"
    chmod 755 "$GROUND/image/bin/server"
    tar -C "$GROUND/image" -c . | docker import --change 'CMD ["/bin/sleep", "100000"]' - images >/dev/null
    local image
    sed -n 's/^ *image: //p' "$BATS_TEST_DIRNAME/../compose/base.yaml" | while read -r image; do
        docker tag images "$image"
    done
}

# In a network of its own, so that no port is taken.
start_docker() {
    PATH=$TOOLS/root/usr/sbin:$TOOLS/root/usr/bin:$PATH unshare -n sh -c \
        "$TOOLS/root/bin/busybox ip link set lo up; exec dockerd --iptables=false -H $DOCKER_HOST --data-root $GROUND/data \
            --exec-root $GROUND/exec -p $GROUND/pid" >>"$GROUND/log" 2>&1 3>&- 4>&- </dev/null &
    local i
    for ((i = 0; i < 300; i++)); do
        if docker version >/dev/null 2>&1; then
            return 0
        fi
        sleep 0.1
    done
    cat "$GROUND/log" >&2
    return 1
}

stop_docker() {
    local pid i
    pid=$(cat "$GROUND/pid") || return 0
    kill "$pid"
    for ((i = 0; i < 600; i++)); do
        if ! kill -0 "$pid" 2>/dev/null; then
            return 0
        fi
        sleep 0.1
    done
    return 1
}

teardown_file() {
    [ -n "${GROUND:-}" ] || return 0
    local all
    all=$(docker ps -aq 2>/dev/null)
    [ -z "$all" ] || docker rm -f $all >/dev/null
    stop_docker
    rm -rf "$GROUND"
}

# A project as a team has it: the base, the overlay, and the folder of its secrets.
setup() {
    TOP=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
    cd "$BATS_TEST_TMPDIR" || return 1
    unset "${!DOCTL_SIM@}" "${!COMPOSE_@}" USE_MANAGED_DB USE_DO_SPACES
    export MANAGED_DB_LOCK_DIR=$BATS_TEST_TMPDIR/lock DOCTL_SIM_STATE=$BATS_TEST_TMPDIR/sim
    MANAGED_DB_DOCTL=$(dirname "$(readlink "$GROUND/bin/managed-db")")/simulator/doctl
    export MANAGED_DB_DOCTL MANAGED_DB_SECRETS_DIR=$BATS_TEST_TMPDIR/secrets
    mkdir docker
    mkdir -m 700 secrets
    cp "$TOP/tests/compose/base.yaml" docker-compose.yml
    cp "$TOP/docker/compose.digitalocean.yaml" docker/
    local name
    for name in postgres_password database_url stack_auth_secret spaces_access_key spaces_secret_key; do
        (umask 077 && echo "of $name" >"secrets/$name")
    done
    FILES="docker-compose.yml docker/compose.digitalocean.yaml"
}

teardown() {
    [ ! -e docker-compose.yml ] || compose --profile '*' down -t 0 -v >/dev/null 2>&1
}

compose() {
    # shellcheck disable=SC2046,SC2086  # words
    docker compose $(printf -- '-f %s ' $FILES) "$@"
}

running() {
    docker ps --format '{{.Label "com.docker.compose.service"}}' | sort | tr '\n' ' '
}

# procedure HEADING: the commands of the first block below it in docs/COMPOSE.md, run as they are.
procedure() {
    local text
    text=$(sed -n "/^### $1\$/,/^#/p" "$TOP/docs/COMPOSE.md" | sed -n '/^```sh$/,/^```$/p' | sed '/^```/d')
    [ -n "$text" ] || return 1
    FILES=$FILES bash -euo pipefail -c "$text"
}

set_up() {
    # shellcheck disable=SC2046,SC2086  # words
    managed-db -q --poll-interval 0.02 setup "$@" $(printf -- '--compose %s ' $FILES) >/dev/null
}

SELF_HOSTED="backend minio minio-setup pgbouncer pgbouncer_exporter postgres postgres_backup redis "
MANAGED="backend minio minio-setup redis "

@test "the managed mode: the container reads the very file that setup wrote, as root and as another user" {
    USE_MANAGED_DB=true managed-db compose profiles --write >/dev/null
    set_up
    compose up -d
    [ "$(running)" = "$MANAGED" ]
    compose exec -T backend cat /run/secrets/database_url >seen
    cmp seen secrets/do_database_url
    compose exec -T backend cat /run/secrets/database_ca_true | cmp - secrets/ca-certificate.crt

    FILES="$FILES user.yaml"
    printf 'services:\n  backend: {user: "1000:1000"}\n' >user.yaml
    run managed-db compose check $FILES
    [ "$status" = 1 ]
    [[ $output == *"runs as user 1000:1000 and cannot read"*"--secret-owner 1000:1000"* ]]
    set_up --secret-owner 1000:1000
    chown 1000:1000 secrets/s*
    managed-db compose check $FILES
    compose up -d
    [ "$(compose exec -T backend id -u)" = 1000 ]
    compose exec -T backend cat /run/secrets/database_url >seen
    cmp seen secrets/do_database_url
}

@test "docker compose restart reads what setup has written since; up -d alone does not" {
    USE_MANAGED_DB=true managed-db compose profiles --write >/dev/null
    set_up
    compose up -d
    echo "another URL" >secrets/new
    mv secrets/new secrets/do_database_url
    compose up -d
    [ "$(compose exec -T backend cat /run/secrets/database_url)" != "another URL" ]
    compose restart -t 0 backend
    [ "$(compose exec -T backend cat /run/secrets/database_url)" = "another URL" ]
}

@test "Docker stopped and started again: every service is back" {
    managed-db compose profiles --write >/dev/null
    compose up -d
    [ "$(running)" = "$SELF_HOSTED" ]
    stop_docker
    start_docker
    local i
    for ((i = 0; i < 100; i++)); do
        [ "$(running)" != "${SELF_HOSTED/minio-setup /}" ] || break
        sleep 0.1
    done
    # A job that has done its work is not started again.
    [ "$(running)" = "${SELF_HOSTED/minio-setup /}" ]
}

@test "the switch and the way back, as docs/COMPOSE.md has them" {
    managed-db compose profiles --write >/dev/null
    compose up -d
    [ "$(compose exec -T backend cat /run/secrets/database_url)" = "of database_url" ]
    set_up
    procedure "To the managed database"
    [ "$(running)" = "$MANAGED" ]
    compose exec -T backend cat /run/secrets/database_url | cmp - secrets/do_database_url

    procedure "Back to the self-hosted one"
    [ "$(running)" = "$SELF_HOSTED" ]
    [ "$(compose exec -T backend cat /run/secrets/database_url)" = "of database_url" ]
}

# What check says of two secrets at one place is what Docker does.
@test "of two secrets at one path Docker mounts the last" {
    cat >docker-compose.yml <<'END2'
services:
  app:
    image: images
    secrets: [one, {source: two, target: one}]
secrets:
  one: {file: ./secrets/database_url}
  two: {file: ./secrets/postgres_password}
END2
    FILES=docker-compose.yml
    compose up -d
    [ "$(compose exec -T app cat /run/secrets/one)" = "of postgres_password" ]
}
