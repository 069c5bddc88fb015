#!/usr/bin/env bats
# The Compose overlay, what the program reads in Compose files, and whether the real Compose agrees.
#
#   BUILD_DIR             where managed-db was built (.)
#   MANAGED_DB_WRAPPER    what stands before the binary in every run, such as "valgrind -q …"
#
# No doctl is on PATH but in the tests of setup: the commands must not need one.

setup() {
    TOP=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
    PROGRAM=$(cd "${BUILD_DIR:-.}" && pwd)/managed-db
    [ -x "$PROGRAM" ] || {
        echo "no $PROGRAM: build it, and name the folder with BUILD_DIR" >&2
        return 1
    }
    OVERLAY=$TOP/docker/compose.digitalocean.yaml
    FIXTURES=$TOP/tests/compose
    BASE=$FIXTURES/base.yaml
    BOX=$BATS_TEST_TMPDIR
    SECRETS=$BOX/secrets
    ENVIRONMENT=("PATH=/usr/bin:/bin" "HOME=$BOX" "MANAGED_DB_SECRETS_DIR=$SECRETS")
    read -r -a WRAPPER <<<"${MANAGED_DB_WRAPPER:-}"
    cd "$BOX" || return 1
}

# with NAME=VALUE…: in the environment of the runs that follow.
with() {
    ENVIRONMENT+=("$@")
}

# An account of one's own: the simulator as doctl.
account() {
    with "MANAGED_DB_DOCTL=${PROGRAM%/*}/simulator/doctl" "DOCTL_SIM_STATE=$BOX/sim" "MANAGED_DB_LOCK_DIR=$BOX/lock"
}

# mdb WORD…: $status, $BOX/out and $BOX/err tell what came of it.
mdb() {
    status=0
    env -i "${ENVIRONMENT[@]}" ${WRAPPER[@]+"${WRAPPER[@]}"} "$PROGRAM" "$@" \
        >"$BOX/out" 2>"$BOX/err" </dev/null 3>&- || status=$?
}

fail() {
    printf 'failed: %s\nstatus: %s\n--- out\n%s\n--- err\n%s\n' "$*" "$status" \
        "$(head -c 4000 "$BOX/out")" "$(head -c 4000 "$BOX/err")" >&2
    return 1
}

exits() {
    [ "$status" = "$1" ] || fail "the exit status is $status, expected $1"
}

answers() {
    printf '%s\n' "$1" | cmp -s - "$BOX/out" || fail "stdout is not '$1'"
}

says() {
    grep -qF -- "$1" "$BOX/err" || fail "stderr does not say '$1'"
}

# refused TEXT: exit status 2, one short message and no answer.
refused() {
    exits 2
    [ ! -s "$BOX/out" ] || fail "something stands on stdout"
    [ "$(wc -l <"$BOX/err")" = 1 ] || fail "more than one line on stderr"
    [ "$(wc -c <"$BOX/err")" -lt 600 ] || fail "the message is not short"
    says "$1"
}

# unreadable TEXT: the same for a file that cannot be read.
unreadable() {
    exits 6
    [ ! -s "$BOX/out" ] || fail "something stands on stdout"
    [ "$(wc -l <"$BOX/err")" = 1 ] || fail "more than one line on stderr"
    says "$1"
}

need_compose() {
    command -v docker-compose >/dev/null && /usr/bin/python3 -c 'import compose' 2>/dev/null ||
        skip "docker-compose 1.29 is not installed (Debian: docker-compose)"
}

# Secrets as a deployment has them, with the self-hosted URL.
write_secrets() {
    local name
    mkdir -m 700 "$SECRETS"
    for name in postgres_password database_url database_url_direct ca-certificate.crt stack_auth_secret spaces_access_key spaces_secret_key; do
        printf 'of %s' "$name" >"$SECRETS/$name"
        chmod 600 "$SECRETS/$name"
    done
}

# modes COMMAND…: runs it with $managed and $spaces in all four modes.
modes() {
    local managed spaces
    for managed in true false; do
        for spaces in true false; do
            with "USE_MANAGED_DB=$managed" "USE_DO_SPACES=$spaces"
            "$@"
        done
    done
}

# The rules and places of a file's findings, as its head lists them.
findings_of() {
    mdb compose check "$@" --output json
    /usr/bin/python3 -c 'import json, sys
for f in json.load(open(sys.argv[1]))["findings"]:
    print("%d:%d %s" % (f["line"], f["column"], f["rule"]))
    assert f["file"] and f["message"] and f["advice"], f' "$BOX/out"
}

# ---- the overlay ----

@test "the overlay passes the plan's own checks" {
    cd "$TOP"
    [ "$(grep -c "do_database_url\|USE_MANAGED_DB\|pooler" docker/compose.digitalocean.yaml)" -ge 5 ]
    [ "$(grep -ic "pooler" docker/compose.digitalocean.yaml)" -ge 3 ]
    grep -qE -- '-pooler.*sslmode=require' docker/compose.digitalocean.yaml
}

@test "check has nothing to say about the overlay, alone and over the base, in any mode" {
    silent() {
        mdb compose check "$@"
        exits 0
        [ ! -s "$BOX/out" ] || fail "$*"
    }
    local named=("${ENVIRONMENT[@]}")
    ENVIRONMENT=("PATH=/usr/bin:/bin" "HOME=$BOX")
    modes silent "$OVERLAY"
    says "not looked at"
    ENVIRONMENT=("${named[@]}")
    write_secrets
    printf 'url' >"$SECRETS/do_database_url"
    chmod 600 "$SECRETS/do_database_url"
    modes silent "$BASE" "$OVERLAY"
    if grep -q "not looked at" "$BOX/err"; then fail "the secrets are there"; fi
}

@test "each mode has its services and its file of the URL" {
    local db=(postgres pgbouncer pgbouncer_exporter postgres_backup)
    look() {
        local expected=()
        [ "$managed" = true ] || expected+=("${db[@]}")
        expected+=(redis)
        [ "$spaces" = true ] || expected+=(minio minio-setup)
        expected+=(backend)
        mdb compose services "$BASE" "$OVERLAY"
        exits 0
        answers "$(printf '%s\n' "${expected[@]}")"
        mdb compose secret backend:database_url "$BASE" "$OVERLAY"
        if [ "$managed" = true ]; then
            answers "$SECRETS/do_database_url"
        else
            answers "$SECRETS/database_url"
        fi
        mdb compose secret backend:spaces_access_key "$BASE" "$OVERLAY"
        if [ "$spaces" = true ]; then
            answers "$SECRETS/spaces_access_key"
        else
            answers /dev/null
        fi
    }
    modes look
}

@test "the real Compose agrees about the overlay in all four modes" {
    need_compose
    compare() {
        local profiles agreed
        mdb compose profiles
        profiles=$(<"$BOX/out")
        mkdir -p "$BOX/case"
        cp "$BASE" "$BOX/case/1-base.yaml"
        cp "$OVERLAY" "$BOX/case/2-overlay.yaml"
        printf '%s\n' "$profiles" >"$BOX/case/profiles"
        agreed=$(env -i "${ENVIRONMENT[@]}" /usr/bin/python3 "$FIXTURES/agree.py" "$PROGRAM" "$BOX/case") || {
            echo "$agreed" >&2
            return 1
        }
    }
    modes compare
}

@test "setup writes the URL where the backend of the managed mode reads it, and only there" {
    need_compose
    account
    write_secrets
    with USE_MANAGED_DB=true
    mdb --poll-interval 0.02 setup --compose "$BASE" --compose "$OVERLAY"
    exits 0
    says "Connection string saved: $SECRETS/do_database_url"
    [ "$(stat -c %a "$SECRETS/do_database_url")" = 600 ]
    grep -qE '^postgresql://.*@.*sslmode=require$' "$SECRETS/do_database_url"
    [ "$(<"$SECRETS/database_url")" = "of database_url" ] || fail "the self-hosted URL is gone"
    [ ! -e "$SECRETS/database_url.previous" ]

    mdb compose check "$BASE" "$OVERLAY"
    exits 0
    real() {
        env -i "${ENVIRONMENT[@]}" /usr/bin/python3 - "$BASE" "$OVERLAY" <<'END'
import sys
from compose.config import config
from compose.config.environment import Environment
from compose.project import get_secrets
loaded = config.load(config.find("/", sys.argv[1:], Environment.from_env_file("/")))
backend = [service for service in loaded.services if service["name"] == "backend"][0]
for mount in get_secrets("backend", backend["secrets"], loaded.secrets):
    if mount["secret"].target == "database_url":
        print(mount["file"])
END
    }
    [ "$(real 2>/dev/null)" = "$SECRETS/do_database_url" ] || fail "Compose mounts $(real)"
    with USE_MANAGED_DB=false
    [ "$(real 2>/dev/null)" = "$SECRETS/database_url" ] || fail "Compose mounts $(real)"
}

@test "setup and save find the file whatever the moment's mode, and change nothing the second time" {
    account
    with USE_MANAGED_DB=false
    mdb --poll-interval 0.02 setup --compose "$OVERLAY"
    exits 0
    [ -s "$SECRETS/do_database_url" ] && [ ! -e "$SECRETS/database_url" ]
    mdb --poll-interval 0.02 setup --compose "$OVERLAY"
    exits 0
    says "Connection string unchanged: $SECRETS/do_database_url"
    says "Nothing had to be changed"
    local id
    id=$(<"$BOX/out")
    rm "$SECRETS/do_database_url"
    mdb save "$id" --compose "$OVERLAY"
    exits 0
    answers "$SECRETS/do_database_url"
}

@test "setup_managed_database takes the mode from .env beside the first file" {
    cp "$OVERLAY" compose.yaml
    echo "USE_MANAGED_DB=false" >.env
    mdb --simulate="$BOX/sim" setup_managed_database --compose compose.yaml
    exits 0
    says "Using self-hosted PostgreSQL"
    [ ! -e "$SECRETS" ]
}

@test "the simulator's URL never takes the place of a real one" {
    mdb --simulate="$BOX/sim" --poll-interval 0.02 setup --compose "$OVERLAY"
    exits 0
    says "Connection string saved: $BOX/sim/secrets/do_database_url"
    sed 's|\${MANAGED_DB_SECRETS_DIR:-[^}]*}|'"$BATS_TEST_TMPDIR/somewhere"'|' "$OVERLAY" >fixed.yaml
    mdb --simulate="$BOX/sim" setup --compose fixed.yaml
    refused "$BATS_TEST_TMPDIR/somewhere/do_database_url, where a real one belongs"
}

@test "--compose and a file of one's own exclude each other" {
    mdb setup --compose "$OVERLAY" --secret-file "$BOX/url"
    refused "leave --secret-file"
    mdb save 123 "$BOX/url" --compose "$OVERLAY"
    refused "leave --secret-file"
    mdb setup --compose "$OVERLAY" --no-secret-file
    refused "leave --no-secret-file"
    mdb url 123 --compose "$OVERLAY"
    refused "--compose is not an option of 'url'"
}

@test "files without a secret for the backend stop setup before doctl is called" {
    printf 'services:\n  web: {image: app}\n' >compose.yaml
    mdb --doctl /no/doctl setup --compose compose.yaml
    refused "no service has a secret at /run/secrets/database_url"
    mdb --doctl /no/doctl setup --compose nowhere.yaml
    unreadable "cannot read nowhere.yaml"
}

@test "DATABASE_URL_FILE tells which secret the URL is in" {
    account
    cat >compose.yaml <<'END'
services:
  api:
    image: app
    environment: [DATABASE_URL_FILE=/etc/app/dsn]
    secrets: [database_url, {source: dsn, target: /etc/app/dsn}]
secrets:
  database_url: {file: ./secrets/other}
  dsn: {file: ./secrets/dsn}
END
    mdb --poll-interval 0.02 setup --compose compose.yaml
    exits 0
    grep -q sslmode "$SECRETS/dsn"
}

@test "a DATABASE_URL_FILE that names no secret stops setup" {
    cat >compose.yaml <<'END'
services:
  backend:
    image: app
    environment: {DATABASE_URL_FILE: /run/secrets/dsn}
    secrets: [database_url]
secrets:
  database_url: {file: ./secrets/other}
END
    mdb --doctl /no/doctl setup --compose compose.yaml
    refused "compose.yaml:4:38: DATABASE_URL_FILE of backend names a file at which it has no secret"
}

# ---- profiles ----

@test "profiles are those of the mode, in every form" {
    mdb compose profiles
    answers "self-hosted-db,self-hosted-storage"
    with USE_MANAGED_DB=true
    mdb compose profiles
    answers "self-hosted-storage"
    mdb compose profiles --output json
    answers '{"profiles": ["self-hosted-storage"]}'
    with USE_DO_SPACES=true
    mdb compose profiles
    exits 0
    answers ""
    with USE_MANAGED_DB=false
    mdb compose profiles
    answers "self-hosted-db"
}

@test "profiles --output env is a .env that Compose and the program read alike" {
    need_compose
    with USE_MANAGED_DB=true
    mdb compose profiles --output env
    exits 0
    cp "$BOX/out" .env
    cp "$BASE" compose.yaml
    ENVIRONMENT=("PATH=/usr/bin:/bin" "HOME=$BOX")
    mdb compose services compose.yaml "$OVERLAY"
    answers "$(printf '%s\n' redis minio minio-setup backend)"
    mdb compose secret backend:database_url compose.yaml "$OVERLAY"
    answers "$SECRETS/do_database_url"
    env -i "${ENVIRONMENT[@]}" docker-compose -f compose.yaml -f "$OVERLAY" config 2>/dev/null >merged
    grep -q "file: $SECRETS/do_database_url" merged
    grep -q "source: use_managed_db_true" merged
}

@test "a folder that .env cannot hold is refused" {
    with "MANAGED_DB_SECRETS_DIR=$BOX/it's"
    mdb compose profiles --output env
    refused "which .env cannot hold"
    mdb compose profiles
    exits 0
}

@test "the mode may come from the env file of the deployment" {
    printf 'USE_MANAGED_DB=true\nUSE_DO_SPACES="true"\n' >deploy.config
    mdb compose profiles --env-file deploy.config
    answers ""
    mdb compose secret backend:database_url "$OVERLAY" --env-file deploy.config
    answers "$SECRETS/do_database_url"
}

# ---- findings ----

@test "each planted fault is found where it stands, and nothing else" {
    local file
    # Without a folder of secrets that is named, the default one.
    ENVIRONMENT=("PATH=/usr/bin:/bin" "HOME=$BOX")
    for file in "$FIXTURES"/faults/*.yaml; do
        diff <(sed -n 's/^# finds //p' "$file") <(findings_of "$file") || fail "$file"
        mdb compose check "$file"
        exits 1
        [ "$(wc -l <"$BOX/out")" = "$(grep -c '^# finds' "$file")" ] || fail "$file: not a line each"
        grep -qE "^$file:[0-9]+:[0-9]+: .+; .+" "$BOX/out" || fail "$file: form"
    done
}

@test "other people's Compose files are left alone" {
    local many=$FIXTURES/shapes/many
    silent() {
        mdb compose check "$@"
        exits 0
        [ ! -s "$BOX/out" ] || fail "$*"
    }
    silent "$FIXTURES/shapes/anchors.yaml"
    silent "$FIXTURES/shapes/long.yaml"
    silent "$many/compose.yaml" "$many/compose.dev.yaml"
    silent "$many/compose.yaml" "$many/compose.dev.yaml" "$many/compose.prod.yaml"
    mdb compose services "$many/compose.yaml" "$many/compose.dev.yaml" "$many/compose.prod.yaml"
    answers "$(printf 'app\ndb')"
}

@test "files of secrets: missing, a folder, open to all, closed to the container's user" {
    write_secrets
    chmod 644 "$SECRETS/stack_auth_secret"
    chmod 755 "$SECRETS"
    mkdir "$SECRETS/do_database_url"
    with USE_MANAGED_DB=true USE_DO_SPACES=true
    cat >compose.yaml <<'END'
services:
  backend:
    image: app
    user: '4000:4001'
    deploy: {}
END
    mdb compose check compose.yaml "$OVERLAY"
    exits 1
    grep -q "do_database_url, which is no regular file" "$BOX/out" || fail "a folder"
    grep -q "stack_auth_secret, which every user of this host can read" "$BOX/out" || fail "open"
    grep -q "runs as user 4000:4001 and cannot read $SECRETS/spaces_access_key" "$BOX/out" || fail "closed"
    grep -q -- "--secret-owner 4000:4001" "$BOX/out" || fail "remedy"
    rmdir "$SECRETS/do_database_url"
    mdb compose check compose.yaml "$OVERLAY"
    grep -q "uses the file $SECRETS/do_database_url, which is not there" "$BOX/out" || fail "missing"
    chmod 700 "$SECRETS"
    mdb compose check compose.yaml "$OVERLAY"
    if grep -q "every user of this host can read" "$BOX/out"; then fail "the folder is closed"; fi
    with USE_MANAGED_DB=false
    mdb compose check compose.yaml "$OVERLAY"
    if grep -q "uses the file $SECRETS/do_database_url" "$BOX/out"; then fail "not used in this mode"; fi
}

@test "a group that is not told may be the one that can read" {
    local line
    write_secrets
    chmod 640 "$SECRETS"/*
    chgrp 4001 "$SECRETS"/* 2>/dev/null || skip "only root gives files away"
    while IFS='|' read -r line found; do
        printf 'services:\n  web: {image: app, secrets: [stack_auth_secret], %s}\nsecrets:\n' "$line" >compose.yaml
        printf '  stack_auth_secret: {file: "%s/stack_auth_secret"}\n' "$SECRETS" >>compose.yaml
        mdb compose check compose.yaml
        [ "$(grep -c "cannot read" "$BOX/out")" = "$found" ] || fail "$line"
    done <<'END'
user: '4000:4001'|0
user: '4000:4000'|1
user: '4000'|0
user: '4000:4000', group_add: ['4001']|0
user: '4000:4000', group_add: ['4002']|1
user: '4000:4000', group_add: [readers]|0
END
}

@test "a folder of secrets that was named and is not there is a finding" {
    with USE_MANAGED_DB=true COMPOSE_PROFILES=self-hosted-storage
    mdb compose check "$OVERLAY"
    exits 1
    grep -q "uses the file $SECRETS/do_database_url, which is not there" "$BOX/out" || fail "missing"
}

@test "what the plan requires of the overlay is missed when it is taken out" {
    local edit text
    write_secrets
    while IFS='|' read -r edit text; do
        sed "$edit" "$OVERLAY" >compose.digitalocean.yaml
        mdb compose check compose.digitalocean.yaml
        exits 1
        grep -qF "$text" "$BOX/out" || fail "$edit: '$text'"
    done <<'END'
/127.0.0.1:5432:5432/d|postgres does not publish port 5432 on 127.0.0.1
/127.0.0.1:6379:6379/d|redis does not publish port 6379 on 127.0.0.1
s/127.0.0.1:6379:6379/127.0.0.1:6380:6379/|redis does not publish port 6379
/127.0.0.1:9001:9001/d|minio does not publish port 9001
s/cpus: '1.0'/cpus: '64'/|postgres has not the limits of cpus 1.0
s/memory: 256MB/memory: 25600KB/|redis has not the reservations of memory 256MB
/reservations:/,+2d|postgres has not the reservations of cpus 0.5
s/condition: on-failure/condition: none/|redis is not restarted when it fails
/DATABASE_URL_FILE:/d|the backend is not told DATABASE_URL_FILE
/PGSSLROOTCERT:/d|the backend is not told PGSSLROOTCERT
/NODE_EXTRA_CA_CERTS:/d|the backend is not told NODE_EXTRA_CA_CERTS
/STACK_AUTH_SECRET_KEY_FILE:/d|the backend is not told STACK_AUTH_SECRET_KEY_FILE
s/target: stack_auth_secret/target: other/|the backend does not find the secret stack_auth_secret at /run/secrets/stack_auth_secret
s#file: .*/do_database_url#file: /var/infisical/secrets/do_database_url#|the secret do_database_url is not where managed-db keeps it
s#file: .*/stack_auth_secret#file: /opt/freshtrack-pro/secrets/stack_auth_secret#|the secret stack_auth_secret is not where managed-db keeps it
/^  pgbouncer:/,/^$/d|there is no service pgbouncer
/^  redis:/,/^$/d|there is no service redis
/^  backend:/,/^$/d|there is no service backend
END
}

@test "what the overlay names is reachable from nowhere else, whatever it is" {
    local edit text
    write_secrets
    while IFS='|' read -r edit text; do
        sed "$edit" "$BASE" >compose.yaml
        mdb compose check compose.yaml "$OVERLAY"
        exits 1
        grep -qF "$text" "$BOX/out" || fail "$edit: '$text'"
    done <<'END'
s/127.0.0.1:3000:3000/3000:3000/|backend publishes port 3000 to every network
s/image: prometheus.*/&\n    ports: ['9127']/|pgbouncer_exporter publishes port 9127
s/image: redis:7/image: ours\n    network_mode: host/|redis listens on every network
s/image: minio.mc.*/&\n    ports: [{target: 80, published: 80}]/|minio-setup publishes port 80
END
}

@test "a port that the base opens is told with the place in the base" {
    sed 's|image: redis:7|&\n    ports: ["6379:6379"]|' "$BASE" >compose.yaml
    mdb compose check compose.yaml "$OVERLAY"
    exits 1
    grep -qE "^compose.yaml:[0-9]+:13: redis publishes port 6379 " "$BOX/out" || fail "not told"
}

@test "a backend that depends on the profiled database is told" {
    sed 's|      - redis$|      - redis\n      - pgbouncer|' "$BASE" >compose.yaml
    mdb compose check compose.yaml "$OVERLAY"
    exits 1
    grep -q "backend needs pgbouncer, which runs only with the profile self-hosted-db" "$BOX/out"
}

@test "a switch that is neither true nor false is told, and so are profiles of another mode" {
    with USE_MANAGED_DB=yes
    mdb compose check "$BASE" "$OVERLAY"
    exits 1
    grep -q "USE_MANAGED_DB is neither true nor false" "$BOX/out"
    grep -q "uses the secret use_managed_db_yes, which no file defines" "$BOX/out"
    mdb compose profiles
    refused "USE_MANAGED_DB has to be true or false"
    ENVIRONMENT=("PATH=/usr/bin:/bin" "HOME=$BOX")
    with USE_DO_SPACES=TRUE
    mdb compose services "$OVERLAY"
    refused "USE_DO_SPACES has to be true or false"
    with USE_DO_SPACES=
    mdb compose check "$OVERLAY"
    exits 0
    says "COMPOSE_PROFILES is not set, so Compose would start without postgres, pgbouncer"
    with COMPOSE_PROFILES=
    mdb compose check "$OVERLAY"
    exits 1
    grep -q "COMPOSE_PROFILES and USE_MANAGED_DB=false disagree about postgres" "$BOX/out"
    with USE_MANAGED_DB=true COMPOSE_PROFILES=self-hosted-db,self-hosted-storage
    mdb compose check "$BASE" "$OVERLAY"
    exits 1
    grep -q "COMPOSE_PROFILES and USE_MANAGED_DB=true disagree about postgres" "$BOX/out"
}

@test "secret: relative paths, other places, and the plan's no" {
    mkdir sub
    cat >sub/compose.yaml <<'END'
services:
  web: {image: app, secrets: [one, two]}
secrets:
  one: {file: ../files/./one}
  two: {external: true}
END
    mdb compose secret one sub/compose.yaml
    answers "$BOX/files/one"
    mdb compose secret two sub/compose.yaml
    exits 1
    says "comes from no file on this host"
    mdb compose secret three sub/compose.yaml
    exits 1
    mdb compose secret web:nothing sub/compose.yaml
    exits 1
    mdb compose secret one sub/compose.yaml --output json
    answers "{\"secret_file\": \"$BOX/files/one\"}"
}

@test "what Compose would not take ends with 2, and says where" {
    local text
    while IFS='|' read -r text place; do
        printf '%b' "$text" >bad.yaml
        mdb compose check bad.yaml
        refused "$place"
    done <<'END'
services: [a]|bad.yaml:1:11: this is not Compose: services has to be a mapping
services:\n  web: nginx|bad.yaml:2:8: this is not Compose: web has to be a mapping
service:\n  web: {}|bad.yaml:1:1: this is not Compose: service is no key
web: {image: x}|bad.yaml:1:1: this is not Compose: web is no key of a Compose file; a service belongs under services
x-only: 1|there are no services
|bad.yaml: this is not Compose: the file is empty
services:\n  "a b": {}|a b is no name
services:\n  a: {depends_on: b}|depends_on has to be a mapping or a list
services:\n  a: {profiles: b}|profiles has to be a list
services:\n  a: {secrets: [{target: b}]}|with a source
services:\n  a: {image: "${A"}|is not a valid variable
services:\n  a: {image: "${UNSET:?name it}"}|bad.yaml:2:14: the variable UNSET has to be set: name it
services:\n  a: {extends: b}|the service b to extend is not there
services:\n  a: {extends: b}\n  b: {extends: a}|perhaps in a circle
services:\n  a: {image: x}\n  a: {image: y}|bad.yaml:3:3: a appears twice in this mapping, first in line 2
services:\n  a: *b|there is no anchor &b above this alias
services: {a: {image: [}}|this is not YAML
END
    mdb compose check
    refused "needs FILE..."
    mdb compose
    refused "followed by check"
    mdb compose chek x
    refused "followed by check"
}

@test "a finding shows no control characters" {
    printf 'services:\n  a: {image: x, secrets: [s]}\nsecrets:\n  s: {file: "./no\\e[31m\\nsuch"}\n' >compose.yaml
    mdb compose check compose.yaml
    exits 1
    [ "$(wc -l <"$BOX/out")" = 1 ] || fail "more than a line"
    if grep -q $'\e' "$BOX/out"; then fail "an escape sequence"; fi
    mdb compose check compose.yaml --output json
    grep -q 'no\\u001b\[31m\\u000asuch' "$BOX/out" || fail "JSON"
}

# ---- hostile files ----

# bounded WHAT…: within 5 seconds and 128 MiB, by the shell's limits.
bounded() {
    [ ${#WRAPPER[@]} -eq 0 ] && ! nm "$PROGRAM" 2>/dev/null | grep -q __asan_init || {
        mdb compose check "$@"
        return 0
    }
    status=0
    (
        ulimit -v 131072 -t 5
        exec env -i "${ENVIRONMENT[@]}" "$PROGRAM" compose check "$@"
    ) >"$BOX/out" 2>"$BOX/err" </dev/null 3>&- || status=$?
}

@test "an alias bomb, in bounded time and memory" {
    {
        echo 'x-0: &x0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]'
        for i in $(seq 1 40); do
            p="*x$((i - 1))"
            echo "x-$i: &x$i [$p, $p, $p, $p, $p, $p, $p, $p, $p]"
        done
    } >bomb.yaml
    bounded bomb.yaml
    refused "more than 100000 values here, aliases counted"
}

@test "a bomb of merge keys" {
    {
        echo 'x-0: &x0 {a0: 1}'
        for i in $(seq 1 30); do
            echo "x-$i: &x$i {a: *x$((i - 1)), b: *x$((i - 1)), c$i: {<<: *x$((i - 1))}}"
        done
    } >bomb.yaml
    bounded bomb.yaml
    refused "more than 100000 values"
}

@test "10,000 levels of nesting, in flow and in block style" {
    { echo -n 'x: '; printf '[%.0s' $(seq 10000); } >deep.yaml
    bounded deep.yaml
    refused "nested more than 100 levels deep"
    printf -- '- %.0s' $(seq 10000) >deep.yaml
    bounded deep.yaml
    refused "nested more than 100 levels deep"
    printf '? %.0s' $(seq 10000) >deep.yaml
    bounded deep.yaml
    refused "a key has to be one plain value"
}

@test "a file of 100 MB, and one without an end" {
    truncate -s 100000000 large.yaml
    bounded large.yaml
    refused "large.yaml: the file is larger than 4 MiB"
    bounded /dev/zero
    refused "/dev/zero: the file is larger than 4 MiB"
    bounded "$BOX"
    unreadable "cannot read"
}

@test "a named pipe is refused; a pipe that never ends is read until a signal comes" {
    mkfifo pipe
    bounded pipe
    unreadable "cannot read pipe: it is a named pipe"
    echo 'services: {a: {image: x}}' >compose.yaml
    mdb compose services compose.yaml --env-file pipe
    unreadable "cannot read pipe: it is a named pipe"
    mdb compose services --manifest pipe compose.yaml
    unreadable "cannot read pipe: it is a named pipe"
    [ "$(env -i "${ENVIRONMENT[@]}" "$PROGRAM" compose services /dev/stdin < <(cat compose.yaml))" = a ]

    exec 7<>pipe
    env -i "${ENVIRONMENT[@]}" ${WRAPPER[@]+"${WRAPPER[@]}"} "$PROGRAM" compose check /dev/fd/7 \
        2>err 3>&- &
    local child=$!
    sleep 0.3
    kill -TERM "$child"
    status=0
    wait "$child" || status=$?
    exits 143
    grep -q "while reading /dev/fd/7" err || fail "no word of it"
}

@test ".env counts as Compose counts it: the last of two lines, no folder, a mark before the text" {
    printf 'services: {web: {image: "x:$A"}}\n' >compose.yaml
    printf '\xef\xbb\xbfA=1\nUSE_MANAGED_DB=false\nA=2\nUSE_MANAGED_DB=true\n' >.env
    mdb compose secret backend:database_url compose.yaml "$OVERLAY"
    answers "$SECRETS/do_database_url"
    rm .env
    mkdir .env
    mdb compose secret backend:database_url compose.yaml "$OVERLAY"
    answers "$SECRETS/database_url"
}

@test "NUL bytes, bad UTF-8, control characters, UTF-16" {
    printf 'services:\n  a\0b: {}\n' >bad.yaml
    bounded bad.yaml
    refused "bad.yaml:2:4: a NUL byte is not allowed"
    printf 'services:\n  a: {image: "\\0"}\n' >bad.yaml
    bounded bad.yaml
    refused "bad.yaml:2:14: a value holds a NUL character"
    printf 'services:\n  a: {image: \xff}\n' >bad.yaml
    bounded bad.yaml
    refused "bad.yaml:2:14: this byte is not UTF-8 text"
    printf 'services: {a: {image: "\xc0\xaf"}}\n' >bad.yaml
    bounded bad.yaml
    refused "not UTF-8 text"
    printf '\xff\xfes\0' >bad.yaml
    bounded bad.yaml
    refused "not UTF-8 text"
    printf 'services: {a: \033[31m}\n' >bad.yaml
    bounded bad.yaml
    refused "control character"
}

@test "variables that grow without end, and defaults within defaults" {
    with "LONG=$(printf 'x%.0s' $(seq 10000))"
    { echo -n 'services: {a: {image: "'; printf '$LONG%.0s' $(seq 3000); echo '"}}'; } >grow.yaml
    bounded grow.yaml
    refused "more than 16 MiB"
    { echo -n 'services: {a: {image: "'; printf '${A:-%.0s' $(seq 5000); printf '}%.0s' $(seq 5000); echo '"}}'; } >deep.yaml
    bounded deep.yaml
    refused "more than 20 deep"
}

@test "profiles, extends and variables that multiply" {
    numbered() {
        seq -s ', ' -f "$1" "$2"
    }
    {
        echo "x-p: &p [$(numbered p%.0f 300)]"
        echo "x-d: &d [$(numbered s%.0f 100)]"
        echo "services:"
        seq -f '  s%.0f: {image: x, profiles: *p}' 100
        seq -f '  t%.0f: {image: x, profiles: *p, depends_on: *d}' 150
    } >many.yaml
    bounded many.yaml
    exits 0
    {
        echo "services:"
        echo "  s: {image: x, environment: {$(numbered 'A%.0f: 1' 900)}, volumes: [$(numbered v:/v%.0f 900)]}"
        seq -f '  s%.0f: {extends: s, environment: {B: 1}, volumes: [x:/b]}' 400
    } >many.yaml
    bounded many.yaml
    exits 0
    {
        echo "services:"
        echo "  s: {image: x, environment: {$(numbered 'A%.0f: 1' 900)}, volumes: [$(numbered v:/v%.0f 900)]}"
        echo "  t: {extends: s, build: {args: {$(numbered 'A%.0f: 1' 900)}, labels: {$(numbered 'A%.0f: 1' 900)}}}"
        seq -f '  s%.0f: {extends: t, environment: {B: 1}, volumes: [x:/b], build: {args: {B: 1}, labels: {B: 1}}}' 950
    } >many.yaml
    bounded many.yaml
    refused "more than 48 MiB as they are merged"
    { echo -n 'services: {a: {image: "'; printf '$A%.0s' $(seq 110000); echo '"}}'; } >many.yaml
    bounded many.yaml
    refused "more than 100000 variables"
    echo 'services: {a: {image: x}}' >many.yaml
    seq -f 'A%.0f=1' 100000 >.env
    bounded many.yaml
    refused ".env: there are more than 1000 variables"
}

@test "garbage ends with 0, 1 or 2, and never otherwise" {
    local i
    for i in $(seq 20); do
        head -c $((i * 40)) "$OVERLAY" >bad.yaml
        head -c 30 /dev/urandom >>bad.yaml
        bounded bad.yaml
        [ "$status" = 2 ] || fail "cut at $((i * 40)), with noise"
        head -c $((i * 290)) "$OVERLAY" >bad.yaml
        bounded bad.yaml
        [ "$status" -le 2 ] || fail "cut at $((i * 290))"
    done
}

# ---- the real Compose ----

@test "54 files of other shapes: services by profiles and secrets as the real Compose has them" {
    need_compose
    local out
    # A path is compared with the one in HOME, and the program finds HOME in the environment.
    out=$(env -i "${ENVIRONMENT[@]}" /usr/bin/python3 "$FIXTURES/agree.py" \
        "${WRAPPER[*]:+${WRAPPER[*]} }$PROGRAM" "$FIXTURES"/agree/*/) || {
        echo "$out" >&2
        return 1
    }
    [ "${out##*$'\n'}" = "54 files, 0 differ" ] || {
        echo "$out" >&2
        return 1
    }
}
