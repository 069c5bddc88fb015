# A stage for deploy-digitalocean.sh: the project in $PROJECT, as an operator has it; "the Droplet" in
# $DROPLET, a folder; the simulator as doctl; stand-ins for ssh, and for docker on the Droplet.
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154  # shared with the tests and with helper.bash

load helper
load compose

PASSWORD=AVNS_deployPasswordThatIsUnique

# open_stage [PERSONALITY]: an account with an SSH key and nothing else but the Droplets 42 and 100.
open_stage() {
    find_compose
    open_box "${1:-1.166}"
    without MANAGED_DB_SECRETS_DIR
    PROJECT=$BOX/project
    DROPLET=$BOX/droplet
    APP=$DROPLET/opt/freshtrack-pro
    CONFIG=$PROJECT/scripts/deploy.config
    mkdir -p "$PROJECT" "$DROPLET/bin" "$DROPLET/root" "$PROJECT/secrets" "$BOX/lock"
    cp -R "$TOP/scripts" "$TOP/docker" "$PROJECT/"
    cp "$TOP/tests/compose/base.yaml" "$PROJECT/docker-compose.yml"
    ln -s "$BATS_TEST_DIRNAME/deploy/ssh" "$BOX/bin/ssh"
    ln -s "$BATS_TEST_DIRNAME/deploy/docker" "$BATS_TEST_DIRNAME/deploy/cloud-init" \
        "$BATS_TEST_DIRNAME/deploy/psql" "$DROPLET/bin/"
    echo "KEYOFTHEDROPLET" >"$DROPLET/hostkey"
    printf '#!/bin/sh\nexec %s "$@"\n' "${WRAPPER[*]+${WRAPPER[*]} }$PROGRAM" >"$BOX/bin/managed-db"
    chmod 755 "$BOX/bin/managed-db"
    printf selfhosted-password >"$PROJECT/secrets/postgres_password"
    printf 'postgresql://app:selfhosted-password@pgbouncer:6432/app' >"$PROJECT/secrets/database_url"
    printf stack-secret >"$PROJECT/secrets/stack_auth_secret"
    with "MANAGED_DB=$BOX/bin/managed-db" "PROGRAM=$PROGRAM" "BOX=$BOX" "COMPOSE=$COMPOSE" "DOCTL_SIM_PASSWORD=$PASSWORD" \
        "MANAGED_DB_LOCK_DIR=$BOX/lock"
    doctl sim ssh-key add "my laptop"
    config USE_MANAGED_DB=true
}

# config LINE…: the configuration of these tests, and these lines.
config() {
    cat >"$CONFIG" <<END
# The token of the account: DO_API_TOKEN=in-a-comment
export DO_API_TOKEN="sekret-token-of-the-account"
DO_SSH_KEY_NAME='my laptop'
DROPLET_NAME=web
DEPLOY_DIR=$APP
MANAGED_DB_SECRETS_DIR=$APP/secrets
MANAGED_DB_SECRET_OWNER=$(owner)
DEPLOY_SECRETS=../secrets
MANAGED_DB_POLL_INTERVAL=0.02
MANAGED_DB_WAIT_TIMEOUT=20
DEPLOY_TIMEOUT=20
DOMAIN=example.org
END
    printf '%s\n' "$@" >>"$CONFIG"
}

# Whom secrets are to belong to: somebody else, where these tests may give files away.
owner() {
    if [ "$(id -u)" = 0 ]; then echo 1001:1002; else echo "$(id -u):$(id -g)"; fi
}

# script NAME WORD…: runs scripts/NAME as an operator does.
script() {
    status=0
    env -i "${ENVIRONMENT[@]}" bash "$PROJECT/scripts/$1" "${@:2}" >"$BOX/out" 2>"$BOX/err" </dev/null ||
        status=$?
}

deploy() {
    script deploy-digitalocean.sh "$@"
}

# An account and a Droplet as a whole deployment leaves them.
deployed() {
    deploy
    works
    rm -f "$BOX/ssh-log" "$BOX/ssh-calls" "$BOX/docker-log"
    : >"$LOG"
}

# ---- what stands on the Droplet -----------------------------------------------------------------------

running() {
    (cd "$DROPLET/running" 2>/dev/null && echo *)
}

on_droplet() {
    (cd "$APP" && find . -mindepth 1 -printf '%P %m %U:%G\n' | sort)
}

# Every file, mode and owner, whatever the mode of the stack; the secrets that are named beside the others.
files_are() {
    local me there
    me=$(id -u):$(id -g)
    there=$(owner)
    {
        printf '%s\n' ".deployed 644 $me" ".env 600 $me" "docker 755 $me" "docker-compose.yml 644 $me" \
            "docker/compose.digitalocean.yaml 644 $me" "secrets 700 $me"
        local name
        for name in postgres_password database_url stack_auth_secret "$@"; do
            case $name in *.crt) echo "secrets/$name 644 $there" ;; *) echo "secrets/$name 600 $there" ;; esac
        done
    } | sort >"$BOX/expected"
    on_droplet >"$BOX/seen"
    diff "$BOX/expected" "$BOX/seen" >&2 || fail "other files stand on the Droplet"
    rm -f "$BOX/expected" "$BOX/seen"
    cmp "$PROJECT/docker/compose.digitalocean.yaml" "$APP/docker/compose.digitalocean.yaml"
    cmp "$PROJECT/docker-compose.yml" "$APP/docker-compose.yml"
    cmp "$PROJECT/secrets/database_url" "$APP/secrets/database_url"
}

# Compose accepts what stands there, with the .env that stands there.
compose_accepts() {
    (cd "$APP" && env -i PATH=/usr/bin:/bin "$COMPOSE" config) >"$BOX/config.out" 2>&1 ||
        fail "Compose: $(cat "$BOX/config.out")"
    grep -qF "$1" "$BOX/config.out" || fail "Compose does not mount $1"
    rm -f "$BOX/config.out"
}

# The backend runs with the file that stands there now.
backend_has() { # FILE
    equal "$(cat "$DROPLET/running/backend")" "$APP/secrets/$1 $(stat -c %i "$APP/secrets/$1")" backend
}

env_says() {
    grep -qxF "$1" "$APP/.env" || fail ".env does not say $1: $(cat "$APP/.env")"
}

# is_managed and is_self_hosted: all of it, in this mode.
is_managed() {
    stands_managed
    compose_accepts "$APP/secrets/do_database_url"
}

stands_managed() {
    local url=$APP/secrets/do_database_url
    files_are do_database_url database_url_direct ca-certificate.crt
    case $(cat "$url") in
    "postgresql://doadmin:$PASSWORD@private-freshtrack-db-"*":25061/app-pool?sslmode=require") ;;
    *) fail "another URL: $(sed 's/:[^:@]*@/:****@/' "$url")" ;;
    esac
    equal "$(wc -l <"$url")" 0 "newlines of the URL"
    env_says "USE_MANAGED_DB='true'"
    env_says "COMPOSE_PROFILES='self-hosted-storage'"
    env_says DOMAIN=example.org
    equal "$(running)" "backend minio minio-setup redis" services
    backend_has do_database_url
    only_one_password
    no_token
    left_nothing
}

is_self_hosted() {
    files_are
    env_says "USE_MANAGED_DB='false'"
    env_says "COMPOSE_PROFILES='self-hosted-db,self-hosted-storage'"
    equal "$(running)" \
        "backend minio minio-setup pgbouncer pgbouncer_exporter postgres postgres_backup redis" services
    backend_has database_url
    compose_accepts "$APP/secrets/database_url"
    no_token
    left_nothing
}

left_nothing_here() {
    equal "$(ls -A "$BOX/tmp")" "" "left in TMPDIR"
}

# Nothing of a run stays on the operator's machine but the host key.
left_nothing() {
    left_nothing_here
    equal "$(ls -A "$BOX/home")" "" "left in HOME"
    equal "$(cd "$APP" && find . -name '.incoming*' -o -name '*.new.*' -o -name .recreate)" "" "left on the Droplet"
}

# In the whole of both sides, logs of arguments and streams included.
files_with_password() { # WHAT
    equal "$(grep -rlF "$PASSWORD" "$BOX" | sort)" "$APP/secrets/database_url_direct
$APP/secrets/do_database_url" "$1 files with the password"
}

only_one_password() {
    equal "$(grep -raoF "$PASSWORD" "$BOX" | wc -l)" 2 "times that the password occurs"
    files_with_password ""
}

no_token() {
    equal "$(grep -rlF sekret-token "$BOX")" "$CONFIG" "files with the token"
}

# Every file of the Droplet, with all that a change would show in.
droplet_files() {
    (cd "$DROPLET" && find . -type f -printf '%p %i %m %T@\n' | sort)
}

# One Droplet of the name, and the database as it should be, open to it alone.
account_is_whole() {
    equal "$(count droplet name=web\ )" 1 Droplets
    equal "$(count vpc)" 1 VPCs
    is_whole droplet:410000001
}

nothing_was_made() {
    equal "$(calls | grep -cE ' (create|append) ')" 0 "changes at DigitalOcean"
    [ ! -e "$APP" ] || fail "there is $APP"
    left_nothing_here
}
