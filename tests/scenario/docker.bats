#!/usr/bin/env bats
# The overlay on a real Docker: dockerd of these tests, with a socket, folders and a network of its own, and images
# made of a static busybox. The procedures of docs/COMPOSE.md are run as they stand there.

load compose
load dockerd

setup_file() {
    begin_ground
}

teardown_file() {
    end_ground
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

@test "the sink compose:SERVICE makes the one service anew when the URL has changed, and starts none that is down" {
    local first second other
    managed-db -q compose profiles --write docker-compose.yml >/dev/null
    export USE_MANAGED_DB=true
    set_up --sink compose:backend
    # None runs: there is nothing to do, and nothing to start.
    [ -z "$(running)" ]
    compose up -d >/dev/null 2>&1
    first=$(compose ps -q backend)
    other=$(compose ps -q redis)
    set_up --sink compose:backend
    [ "$(compose ps -q backend)" = "$first" ]
    set_up --sink compose:backend --network private
    second=$(compose ps -q backend)
    [ -n "$second" ] && [ "$second" != "$first" ] && [ "$(compose ps -q redis)" = "$other" ]
    [ "$(compose exec -T backend cat /run/secrets/database_url)" = "$(cat secrets/do_database_url)" ]
    set_up --sink compose:backend --network private
    [ "$(compose ps -q backend)" = "$second" ]
    # The folder that only this program knows is the one that Compose mounts from.
    echo "secrets-dir: $PWD/secrets" >manifest.yaml
    (unset MANAGED_DB_SECRETS_DIR && set_up --sink compose:backend --manifest manifest.yaml)
    [ "$(compose exec -T backend cat /run/secrets/database_url)" = "$(cat secrets/do_database_url)" ]
    [ "$(compose ps -q backend)" != "$second" ]
    # What does not come up is a failure, and is tried again.
    ! set_up --sink compose:nosuch --network private
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
