#!/usr/bin/env bats
# Deployments over a real sshd, to a real Docker: what a second one changes in the running containers, and what not.
# sshd of these tests listens on loopback, with a host key of its own; "the Droplet" is a folder and that Docker.

load deploy
load dockerd

setup_file() {
    local i
    begin_ground
    [ -x /usr/sbin/sshd ] || skip "NOT TRIED OVER A REAL SSHD: openssh-server is not there"
    mkdir -p /run/sshd "$GROUND/there"
    # There is no database here that could be connected to.
    printf '#!/bin/sh\necho "psql: not found" >&2\nexit 127\n' >"$GROUND/there/psql"
    chmod 755 "$GROUND/there/psql"
    ssh-keygen -q -t ed25519 -N '' -f "$GROUND/hostkey"
    ssh-keygen -q -t ed25519 -N '' -f "$GROUND/id"
    ssh-keygen -q -t ed25519 -N '' -f "$GROUND/stranger"
    cp "$GROUND/id.pub" "$GROUND/keys"
    PORT=$((20000 + $$ % 20000))
    export PORT
    write_sshd_config
    /usr/sbin/sshd -D -e -f "$GROUND/sshd_config" >>"$GROUND/sshd-log" 2>&1 3>&- 4>&- </dev/null &
    echo $! >"$GROUND/sshd-pid"
    for ((i = 0; i < 100; i++)); do
        ! grep -q "Server listening" "$GROUND/sshd-log" || return 0
        sleep 0.05
    done
    cat "$GROUND/sshd-log" >&2
    return 1
}

# write_sshd_config LINE…
write_sshd_config() {
    cat >"$GROUND/sshd_config" <<END
ListenAddress 127.0.0.1
Port $PORT
HostKey $GROUND/hostkey
AuthorizedKeysFile $GROUND/keys
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication no
PermitRootLogin yes
MaxStartups 100
SetEnv PATH=$GROUND/there:$DOCKER:/usr/sbin:/usr/bin:/sbin:/bin DOCKER_HOST=$DOCKER_HOST DOCKER_CONFIG=$DOCKER_CONFIG DOCKER_BUILDKIT=0
END
    printf '%s\n' "$@" >>"$GROUND/sshd_config"
}

# The next connection goes by the new configuration.
sshd_has() {
    write_sshd_config "$@"
    kill -HUP "$(cat "$GROUND/sshd-pid")"
    local i
    for ((i = 0; i < 100; i++)); do
        ! (: <"/dev/tcp/127.0.0.1/$PORT") 2>/dev/null || return 0
        sleep 0.05
    done
}

teardown_file() {
    [ -z "${GROUND:-}" ] || [ ! -e "$GROUND/sshd-pid" ] || kill "$(cat "$GROUND/sshd-pid")" || true
    end_ground
}

# An application with an image of its own, files that are mounted, and a job.
setup() {
    open_stage
    rm "$BOX/bin/ssh"
    mkdir -p "$BOX/real" "$PROJECT/app" "$PROJECT/conf.d"
    cat >"$BOX/ssh_config" <<END
Host *
HostName 127.0.0.1
Port $PORT
END
    printf '#!/bin/sh\necho x >>"$BOX/ssh-log"\nexec /usr/bin/ssh -F "$BOX/ssh_config" "$@"\n' >"$BOX/bin/ssh"
    chmod 755 "$BOX/bin/ssh"
    printf 'FROM images\nCOPY message /message\n' >"$PROJECT/app/Dockerfile"
    echo one >"$PROJECT/app/message"
    echo first >"$PROJECT/site.conf"
    echo first >"$PROJECT/conf.d/a.conf"
    cat >"$PROJECT/app.yaml" <<'END'
services:
  postgres: {stop_grace_period: 0s}
  postgres_backup: {stop_grace_period: 0s}
  backend:
    stop_grace_period: 0s
    image: backend-of-this-test
    build: ./app
  web:
    image: images
    stop_grace_period: 0s
    restart: unless-stopped
    volumes: ['./site.conf:/site.conf:ro', './conf.d:/conf.d:ro']
  migrate:
    image: images
    command: ['true']
END
    app
}

# app LINE…: the configuration, and these lines.
app() {
    config USE_MANAGED_DB=false DEPLOY_COMPOSE_FILES=docker-compose.yml:app.yaml DEPLOY_FILES=app:site.conf:conf.d \
        "DEPLOY_SSH_IDENTITY=$GROUND/id" DEPLOY_START_TIMEOUT=8 "MANAGED_DB_SECRET_OWNER=0:0" "$@"
}

teardown() {
    local all
    all=$(docker ps -aq)
    # shellcheck disable=SC2086  # words
    [ -z "$all" ] || docker rm -f -v $all >/dev/null
    docker network prune -f >/dev/null
}

ids() { # SERVICE…: service and container of each, or of all
    docker ps -a --no-trunc --format '{{.Label "com.docker.compose.service"}} {{.ID}}' | sort |
        grep -E "^($(IFS='|'; echo "${*:-.*}")) "
}

in_service() { # SERVICE COMMAND…
    docker exec "$(docker ps -q --filter "label=com.docker.compose.service=$1")" "${@:2}"
}

# renews SERVICE…: a deployment gives these a new container, and no other.
renews() {
    local before after new
    before=$(ids)
    deploy
    works
    after=$(ids)
    new=$(comm -13 <(echo "$before") <(echo "$after") | cut -d ' ' -f 1 | tr '\n' ' ')
    equal "${new% }" "$*" "services with a new container"
    if [ $# -gt 0 ]; then
        said "✓ The stack is running; started anew: $*"
    else
        said "✓ The stack is running; no container was changed"
    fi
}

ALL="backend migrate minio minio-setup pgbouncer pgbouncer_exporter postgres postgres_backup redis web"

@test "a deployment and a second one: no container is changed, one connection, nothing is left" {
    local first second
    deploy
    works
    said "started anew: $ALL"
    equal "$(in_service backend cat /message)" one
    first=$(grep -c "Accepted publickey" "$GROUND/sshd-log")
    : >"$LOG"
    rm -f "$BOX/ssh-log"
    renews
    second=$(grep -c "Accepted publickey" "$GROUND/sshd-log")
    equal "$((second - first))" 1 "connections of the second run"
    equal "$(mutations)" ""
    left_nothing
    no_token
}

@test "a build context, a mounted file, one in a mounted folder, a secret: what reads it is made anew, nothing else" {
    deploy
    works
    echo two >"$PROJECT/app/message"
    renews backend
    equal "$(in_service backend cat /message)" two
    echo second >"$PROJECT/site.conf"
    renews web
    equal "$(in_service web cat /site.conf)" second
    echo b >"$PROJECT/conf.d/b.conf"
    renews web
    rm "$PROJECT/conf.d/a.conf"
    renews web
    equal "$(in_service web ls /conf.d)" b.conf
    [ ! -e "$APP/conf.d/a.conf" ] || fail "the file is still on the Droplet"
    echo other >"$PROJECT/secrets/stack_auth_secret"
    renews backend
    equal "$(in_service backend cat /run/secrets/stack_auth_secret)" other
    echo other >"$PROJECT/secrets/postgres_password"
    renews postgres postgres_backup
    renews
}

@test "what left DEPLOY_FILES leaves the Droplet; what others put there, lines of .env included, stays" {
    mkdir -p "$APP"
    printf 'HANDMADE=yes\nDOMAIN=theirs.example.org' >"$APP/.env"
    echo theirs >"$APP/theirs.txt"
    mkdir -p "$PROJECT/extra/deep"
    echo x >"$PROJECT/extra/deep/x"
    app DEPLOY_FILES=app:site.conf:conf.d:extra
    deploy
    works
    [ -e "$APP/extra/deep/x" ]
    app
    deploy
    works
    [ ! -e "$APP/extra" ] || fail "it is still there"
    equal "$(cat "$APP/theirs.txt")" theirs
    env_says HANDMADE=yes
    equal "$(grep -c HANDMADE "$APP/.env")" 1 "lines of others"
    # Compose takes the last line of a name: that of the configuration.
    equal "$(grep ^DOMAIN "$APP/.env" | tail -n 1)" DOMAIN=example.org
    echo ADDED=later >>"$APP/.env"
    renews
    env_says ADDED=later
}

@test "a service that left the files goes; the containers of the other mode are stopped and stay" {
    deploy
    works
    sed -i '/^  migrate:/,$d' "$PROJECT/app.yaml"
    deploy
    works
    equal "$(ids migrate | wc -l)" 0 "containers of migrate"
    app USE_MANAGED_DB=true
    deploy
    works
    equal "$(running)" "backend minio minio-setup redis web "
    equal "$(ids postgres | wc -l)" 1 "containers of postgres"
    in_service backend cat /run/secrets/database_url | cmp - "$APP/secrets/do_database_url"
}

@test "a crash loop, a job that fails, a check of health that does not pass: 4, with the end of the log; then mended" {
    deploy
    works
    local fault
    for fault in "command: ['sh', '-c', 'echo no database here; exit 3']" \
        "{restart: 'no', command: ['sh', '-c', 'echo no database here; exit 3']}" \
        "{command: ['sh', '-c', 'echo no database here; sleep 1000'], healthcheck: {test: ['CMD', 'false'], interval: 1s, retries: 1}}"; do
        printf 'services:\n  web: %s\n' "$([ "${fault#\{}" != "$fault" ] && echo "$fault" || echo "{$fault}")" \
            >"$PROJECT/broken.yaml"
        app DEPLOY_COMPOSE_FILES=docker-compose.yml:app.yaml:broken.yaml
        deploy
        exits 4
        said "no database here"
        said "web "
        not_said "The stack is running"
    done
    app
    deploy
    works
    said "The stack is running"
}

@test "two at once wait for each other" {
    deploy
    works
    app DOMAIN=second.example.org
    # As a deployment holds the Droplet whose doctl takes its time.
    mkfifo "$BOX/slow"
    (cd "$APP" && exec 9<. && flock 9 && timeout 60 cat "$BOX/slow") 3>&- 4>&- &
    deploy_in_background
    await grep -q "Another deployment is at work" "$BOX/err2"
    : >"$BOX/slow"
    wait "$SECOND"
    equal "$(cat "$BOX/status2")" 0 "status of the one that waited"
    env_says DOMAIN=second.example.org
    left_nothing
}

deploy_in_background() {
    (
        result=0
        env -i "${ENVIRONMENT[@]}" bash "$PROJECT/scripts/deploy-digitalocean.sh" >"$BOX/out2" 2>"$BOX/err2" </dev/null || result=$?
        echo "$result" >"$BOX/status2"
    ) 3>&- 4>&- &
    SECOND=$!
}

@test "killed in the middle: the lock is free, and the next run ends it" {
    local group
    app USE_MANAGED_DB=true
    with "DOCTL_SIM_FAULT=databases list=hang@2"
    setsid -w bash -c 'echo $$ >"$0"; exec "$@"' "$BOX/group" env -i "${ENVIRONMENT[@]}" \
        bash "$PROJECT/scripts/deploy-digitalocean.sh" >"$BOX/out" 2>"$BOX/err" </dev/null 3>&- 4>&- &
    await grep -q "Setting up DigitalOcean Managed" "$BOX/err"
    group=$(cat "$BOX/group")
    kill -KILL -- "-$group"
    rm -rf "$BOX/tmp"/*
    with DOCTL_SIM_FAULT=
    deploy
    works
    not_said "Another deployment"
    equal "$(count droplet name=web\ )" 1 Droplets
    left_nothing
}

@test "a login shell that prints is not taken for the answer; one that ends is said; a wrong key ends at once" {
    sshd_has 'ForceCommand echo "Welcome to this Droplet"; eval "$SSH_ORIGINAL_COMMAND"'
    deploy
    works
    renews
    sshd_has 'ForceCommand echo "Only for people"'
    deploy
    exits 4
    said "ended without running what it was given"
    sshd_has
    app "DEPLOY_SSH_IDENTITY=$GROUND/stranger"
    deploy
    exits 4
    said "Permission denied"
    said DEPLOY_SSH_IDENTITY
    sshd_has
}

@test "Docker stopped and started, as at a reboot: all is back; then nothing has to be changed" {
    deploy
    works
    local before i
    before=$(running)
    stop_docker
    start_docker
    for ((i = 0; i < 100; i++)); do
        [ "$(running)" != "${before/minio-setup /}" ] || break
        sleep 0.1
    done
    equal "$(running)" "${before/minio-setup /}" "services after the reboot"
}

@test "--pull pulls; a base without the overlay's names is explained" {
    deploy
    works
    deploy --pull
    exits 4
    said "pull"
    sed -i 's/^  backend:/  api:/' "$PROJECT/docker-compose.yml" "$PROJECT/app.yaml"
    deploy
    exits 2
    said "The overlay is for services named postgres pgbouncer"
    said DEPLOY_BACKEND_SERVICE
    mkdir -p "$PROJECT/docker"
    sed -i 's/^  backend:/  api:/' "$PROJECT/docker/compose.digitalocean.yaml"
    app DEPLOY_BACKEND_SERVICE=api USE_MANAGED_DB=true
    deploy
    works
    in_service api cat /run/secrets/database_url | cmp - "$APP/secrets/do_database_url"
}
