#!/usr/bin/env bats
# The Compose overlay, and what the program says of Compose files. The real Compose 2 is asked in all of it.
#
#   BUILD_DIR             where managed-db was built (.)
#   MANAGED_DB_WRAPPER    what stands before the binary in every run, such as "valgrind -q …"
#
# No doctl is on PATH but in the tests of setup: the commands must not need one.

load compose

setup() {
    TOP=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
    PROGRAM=$(cd "${BUILD_DIR:-.}" && pwd)/managed-db
    [ -x "$PROGRAM" ] || {
        echo "no $PROGRAM: build it, and name the folder with BUILD_DIR" >&2
        return 1
    }
    find_compose
    OVERLAY=$TOP/docker/compose.digitalocean.yaml
    FIXTURES=$TOP/tests/compose
    BASE=$FIXTURES/base.yaml
    BOX=$BATS_TEST_TMPDIR
    SECRETS=$BOX/secrets
    ENGINE=("PATH=$DOCKER:/usr/bin:/bin" "HOME=$BOX" "DOCKER_CONFIG=$DOCKER_CONFIG_DIR")
    ENVIRONMENT=("${ENGINE[@]}" "MANAGED_DB_SECRETS_DIR=$SECRETS")
    read -r -a WRAPPER <<<"${MANAGED_DB_WRAPPER:-}"
    # Some tests leave nothing on PATH.
    [ "${#WRAPPER[@]}" = 0 ] || WRAPPER[0]=$(command -v "${WRAPPER[0]}")
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

# What Compose says that a service finds at /run/secrets/database_url, with the files and the environment of the test.
mounted() { # FILE...
    local file named=()
    for file in "$@"; do named+=(-f "$file"); done
    env -i "${ENVIRONMENT[@]}" "$COMPOSE" "${named[@]}" config --format json 2>/dev/null | /usr/bin/python3 -c '
import json, sys
project = json.load(sys.stdin)
for service in project["services"].values():
    for mount in service.get("secrets", []):
        if mount.get("target") == "database_url":
            print(project["secrets"][mount["source"]]["file"])'
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

# modes COMMAND…: runs it with $managed and $spaces in all four modes, and the profiles that go with them.
modes() {
    local managed spaces
    for managed in true false; do
        for spaces in true false; do
            with "USE_MANAGED_DB=$managed" "USE_DO_SPACES=$spaces" COMPOSE_PROFILES=
            mdb compose profiles
            with "COMPOSE_PROFILES=$(<"$BOX/out")"
            "$@"
        done
    done
}

# The rules and places of a file's findings, as its head lists them.
findings_of() {
    mdb compose check "$@" --output json
    /usr/bin/python3 -c 'import json, sys
for f in json.load(open(sys.argv[1]))["findings"]:
    print("%d:%d" % (f["line"], f["column"]) if "line" in f else f["path"], f["rule"])
    assert (f["file"] if "line" in f else f["path"]) and f["message"] and f["advice"], f' "$BOX/out"
}

# ---- the overlay ----

@test "the overlay passes the plan's own checks" {
    cd "$TOP"
    [ "$(grep -c "do_database_url\|USE_MANAGED_DB\|pooler" docker/compose.digitalocean.yaml)" -ge 5 ]
    [ "$(grep -ic "pooler" docker/compose.digitalocean.yaml)" -ge 3 ]
    grep -qE -- '-pooler.*sslmode=require' docker/compose.digitalocean.yaml
}

@test "check has nothing to say about the overlay over the base, in any mode" {
    silent() {
        mdb compose check "$BASE" "$OVERLAY"
        exits 0
        [ ! -s "$BOX/out" ] || fail "$managed $spaces"
    }
    write_secrets
    printf 'url' >"$SECRETS/do_database_url"
    chmod 600 "$SECRETS/do_database_url"
    modes silent
    if grep -q "not looked at" "$BOX/err"; then fail "the secrets are there"; fi
    # Without a folder of secrets that is named, the default one, which is another machine's.
    ENVIRONMENT=("${ENGINE[@]}")
    modes silent
    says "not looked at"
}

@test "each mode has its services and its file of the URL" {
    local db=(pgbouncer pgbouncer_exporter postgres postgres_backup)
    look() {
        local expected=(backend)
        [ "$spaces" = true ] || expected+=(minio minio-setup)
        [ "$managed" = true ] || expected+=("${db[@]}")
        expected+=(redis)
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

@test "setup writes the URL where the backend of the managed mode reads it, and only there" {
    account
    write_secrets
    with USE_MANAGED_DB=true COMPOSE_PROFILES=self-hosted-storage
    mdb --poll-interval 0.02 setup --compose "$BASE" --compose "$OVERLAY"
    exits 0
    says "Connection string saved: $SECRETS/do_database_url"
    [ "$(stat -c %a "$SECRETS/do_database_url")" = 600 ]
    grep -qE '^postgresql://.*@.*sslmode=require$' "$SECRETS/do_database_url"
    [ "$(<"$SECRETS/database_url")" = "of database_url" ] || fail "the self-hosted URL is gone"
    [ ! -e "$SECRETS/database_url.previous" ]
    mdb compose check "$BASE" "$OVERLAY"
    exits 0
    [ "$(mounted "$BASE" "$OVERLAY")" = "$SECRETS/do_database_url" ] || fail "Compose mounts another"
    with USE_MANAGED_DB=false
    [ "$(mounted "$BASE" "$OVERLAY")" = "$SECRETS/database_url" ] || fail "Compose mounts another"
}

@test "setup and save find the file whatever the moment's mode, and change nothing the second time" {
    account
    with USE_MANAGED_DB=false
    mdb --poll-interval 0.02 setup --compose "$BASE" --compose "$OVERLAY"
    exits 0
    [ -s "$SECRETS/do_database_url" ] && [ ! -e "$SECRETS/database_url" ]
    mdb --poll-interval 0.02 setup --compose "$BASE" --compose "$OVERLAY"
    exits 0
    says "Connection string unchanged: $SECRETS/do_database_url"
    says "Nothing had to be changed"
    local id
    id=$(<"$BOX/out")
    rm "$SECRETS/do_database_url"
    mdb save "$id" --compose "$BASE" --compose "$OVERLAY"
    exits 0
    answers "$SECRETS/do_database_url"
}

@test "setup_managed_database takes the mode from .env beside the first file" {
    cp "$BASE" compose.yaml
    echo "USE_MANAGED_DB=false" >.env
    mdb --simulate="$BOX/sim" setup_managed_database --compose compose.yaml --compose "$OVERLAY"
    exits 0
    says "Using self-hosted PostgreSQL"
    [ ! -e "$SECRETS" ]
}

# The URL goes to the file that Compose mounts, or nowhere: what the imitation of 1.29 got wrong.
@test "a secret of the same target in another file takes the place of the first, and its file gets the URL" {
    account
    write_secrets
    cat >compose.yaml <<'END'
services:
  app:
    image: app
    secrets: [{source: own, target: database_url}]
secrets:
  own: {file: ./secrets/database_url}
END
    cat >over.yaml <<'END'
services:
  app:
    secrets: [{source: managed, target: database_url}]
secrets:
  managed: {file: ./secrets/managed_url}
END
    mdb --poll-interval 0.02 setup --compose compose.yaml --compose over.yaml
    exits 0
    [ "$(mounted compose.yaml over.yaml)" = "$SECRETS/managed_url" ] || fail "Compose mounts another"
    grep -q '^postgresql://' "$SECRETS/managed_url"
    [ "$(<"$SECRETS/database_url")" = "of database_url" ] || fail "the self-hosted URL is gone"
}

@test "two secrets at one place, an external one, one from the environment: refused before anything is made" {
    local secrets text
    write_secrets
    while IFS='|' read -r secrets text; do
        printf 'services:\n  app:\n    image: app\n    secrets: %s\n' "$secrets" >compose.yaml
        cat >>compose.yaml <<'END'
secrets:
  database_url: {file: ./secrets/database_url}
  other: {file: ./secrets/other}
  external: {external: true}
  environment: {environment: HOME}
END
        mdb --doctl /no/doctl setup --compose compose.yaml
        refused "$text"
    done <<'END'
[database_url, {source: other, target: database_url}]|only one of them can be meant
[database_url, {source: other, target: do_database_url}]|only one of them can be meant
[{source: external, target: database_url}]|the secret external comes from no file on this host
[{source: environment, target: database_url}]|the secret environment comes from no file on this host
[{source: other, target: elsewhere}]|no service that starts has a secret at /run/secrets/database_url
END
    [ "$(<"$SECRETS/database_url")" = "of database_url" ]
}

@test "include, --env-file, \$(…) in a command, a second document and an empty override are Compose's to read" {
    account
    mkdir part
    printf 'services:\n  app:\n    image: app\n    secrets: [database_url]\n' >part/compose.yaml
    printf 'secrets:\n  database_url: {file: "${FOLDER:-none}/url"}\n---\n' >>part/compose.yaml
    printf "services:\n  app: {command: sh -c 'echo \$(cat /x)'}\n" >>part/compose.yaml
    printf 'include: [part/compose.yaml]\n' >compose.yaml
    : >empty.yaml
    echo "FOLDER=$BOX/of-env" >.env
    echo "FOLDER=$BOX/named" >named.env
    mdb compose secret app:database_url compose.yaml empty.yaml
    answers "$BOX/of-env/url"
    mdb compose secret app:database_url compose.yaml empty.yaml --env-file named.env
    answers "$BOX/named/url"
    mdb --poll-interval 0.02 setup --compose compose.yaml --compose empty.yaml
    exits 0
    grep -q '^postgresql://' "$BOX/of-env/url"
    mdb compose check compose.yaml empty.yaml
    exits 1
    grep -q "^$BOX/part/compose.yaml:4:15: app has its database's URL" "$BOX/out" || fail "the place"
}

@test "the simulator's URL never takes the place of a real one" {
    mdb --simulate="$BOX/sim" --poll-interval 0.02 setup --compose "$BASE" --compose "$OVERLAY"
    exits 0
    says "Connection string saved: $BOX/sim/secrets/do_database_url"
    sed 's|\${MANAGED_DB_SECRETS_DIR:-[^}]*}|'"$BATS_TEST_TMPDIR/somewhere"'|' "$OVERLAY" >fixed.yaml
    mdb --simulate="$BOX/sim" setup --compose "$BASE" --compose fixed.yaml
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

@test "files without a secret for the URL, or that Compose refuses, stop setup before doctl is called" {
    printf 'services:\n  web: {image: app}\n' >compose.yaml
    mdb --doctl /no/doctl setup --compose compose.yaml
    refused "no service that starts has a secret at /run/secrets/database_url"
    mdb --doctl /no/doctl setup --compose "$OVERLAY"
    refused "Compose refuses these files: service"
    mdb --doctl /no/doctl setup --compose nowhere.yaml
    refused "Compose refuses these files: open $BOX/nowhere.yaml: no such file or directory"
}

# ---- which Compose ----

# fake NAME BODY: a program on a PATH of its own, where there is no other Docker.
fake() {
    mkdir -p "$BOX/bin"
    printf '#!/bin/sh\n%s\n' "$2" >"$BOX/bin/$1"
    chmod 755 "$BOX/bin/$1"
    with "PATH=$BOX/bin"
}

@test "without Compose 2 it ends with 3, and tells how to get it on each system" {
    local old='case "$*" in "version --short") echo 1.29.2 ;; *) echo "Validate and view the Compose file." ;; esac'
    printf 'services:\n  web: {image: app}\n' >compose.yaml
    fake nothing ''
    mdb compose check compose.yaml
    exits 3
    says "'docker compose' is not there, 'docker-compose' is not there"
    fake docker 'echo "docker: unknown command: docker compose" >&2; exit 125'
    fake docker-compose "$old"
    mdb compose check compose.yaml
    exits 3
    says "'docker compose' is no Docker Compose, 'docker-compose' is version 1.29.2"
    says "Ubuntu: docker-compose-v2; Debian 13: docker-compose;"
    says "macOS: Docker Desktop"
    says "or give a configuration of another machine with --config"
    [ ! -s "$BOX/out" ] && [ "$(wc -l <"$BOX/err")" = 1 ] || fail "more than a sentence"
    fake ours "$old"
    mdb compose services compose.yaml --compose-command "ours --ansi never"
    exits 3
    says "'ours --ansi never' is no Docker Compose"
    mdb --doctl /no/doctl setup --compose compose.yaml
    exits 3
}

@test "docker-compose takes the place of a docker without the plugin; --compose-command that of both" {
    printf 'services:\n  web: {image: app}\n' >compose.yaml
    fake docker 'echo "docker: unknown command: docker compose" >&2; exit 125'
    fake docker-compose "exec $COMPOSE \"\$@\""
    mdb compose services compose.yaml
    answers web
    fake docker-compose 'exit 1'
    with "MANAGED_DB_COMPOSE=$COMPOSE --profile never --project-directory $BOX"
    mdb compose services compose.yaml -v
    answers web
    says "+ $COMPOSE --profile never --project-directory $BOX -f compose.yaml config --format json"
    mdb compose services compose.yaml --compose-command /no/compose
    exits 3
}

@test "a Compose that hangs, crashes or prints what nobody can read" {
    printf 'services:\n  web: {image: app}\n' >compose.yaml
    local is='[ "$1" != version ] || { echo 2.26.1; exit; }'
    fake docker-compose "$is; exec /bin/sleep 30"
    mdb compose check compose.yaml --timeout 0.3
    exits 5
    says "'docker-compose config' gave no answer within"
    fake docker-compose "$is; kill -SEGV \$\$"
    mdb compose check compose.yaml
    exits 4
    says "was ended by signal 11"
    fake docker-compose "$is; exec /usr/bin/head -c 5000000 /dev/zero"
    mdb compose check compose.yaml
    exits 4
    says "'docker-compose config' printed more than 4 MiB"
    fake docker-compose "$is; echo nonsense"
    mdb compose check compose.yaml
    exits 4
    fake docker-compose "$is; echo '{\"services\": {\"a\": 1}}'"
    mdb compose check compose.yaml
    exits 4
    fake docker-compose "$is; echo 'no: postgres://u:hunter2@h/d' >&2; exit 15"
    mdb compose check compose.yaml
    exits 1
    if grep -q hunter2 "$BOX/out" "$BOX/err"; then fail "a password"; fi
}

@test "a signal while Compose runs ends both" {
    printf 'services:\n  web: {image: app}\n' >compose.yaml
    fake docker-compose 'echo $$ >pid; exec /bin/sleep 30'
    env -i "${ENVIRONMENT[@]}" ${WRAPPER[@]+"${WRAPPER[@]}"} "$PROGRAM" compose check compose.yaml 2>"$BOX/err" 3>&- &
    local child=$! i
    for ((i = 0; i < 500; i++)); do
        [ ! -s pid ] || break
        sleep 0.02
    done
    kill -TERM "$child"
    status=0
    wait "$child" || status=$?
    [ "$status" = 143 ]
    ! kill -0 "$(<pid)" 2>/dev/null || return 1
}

@test "--config takes what Compose resolved elsewhere, without any Compose here" {
    with USE_MANAGED_DB=true
    env -i "${ENVIRONMENT[@]}" "$COMPOSE" -f "$BASE" -f "$OVERLAY" config --format json >config.json
    env -i "${ENVIRONMENT[@]}" "$COMPOSE" -f "$BASE" -f "$OVERLAY" config >config.yaml
    ENVIRONMENT=("PATH=/nowhere" "HOME=$BOX")
    mdb compose secret backend:database_url --config config.json
    answers "$SECRETS/do_database_url"
    mdb compose services --config config.yaml
    answers "$(printf 'backend\nredis')"
    mdb compose check --config config.json
    exits 0
}

@test "what --config holds may come over a pipe; the places are in the files that are named" {
    printf 'services:\n  db:\n    image: postgres\n    ports: ["5432:5432"]\n' >compose.yaml
    env -i "${ENVIRONMENT[@]}" "$COMPOSE" -f compose.yaml config --format json >config.json
    env -i "${ENVIRONMENT[@]}" "$PROGRAM" compose check --config - <config.json >"$BOX/out" && fail "found nothing"
    grep -q '^services.db.ports\[0\]: db publishes port 5432 to every network' "$BOX/out" || fail "the path"
    env -i "${ENVIRONMENT[@]}" "$PROGRAM" compose check --output json --config - <config.json >"$BOX/out" && fail "found nothing"
    grep -q '"path": "services.db.ports\[0\]", "rule": "published"' "$BOX/out" || fail "JSON"
    mdb compose check --config config.json compose.yaml
    exits 1
    grep -q '^compose.yaml:4:13: db publishes port 5432' "$BOX/out" || fail "the place"
    echo '{"name": "x"}' >config.json
    mdb compose check --config config.json
    refused "config.json: this is no configuration of Compose"
    mdb compose check --config nowhere.json
    unreadable "cannot read nowhere.json"
}

@test "the files that Compose finds by itself, and COMPOSE_FILE, need no name" {
    printf 'services:\n  web: {image: app}\n' >compose.yaml
    printf 'services:\n  other: {image: app}\n' >other.yaml
    mdb compose services
    answers web
    with COMPOSE_FILE=other.yaml
    mdb compose services
    answers other
    mdb compose secret web:x
    exits 1
    says "no service web starts"
}

# ---- where the URL goes ----

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
    refused "✗ DATABASE_URL_FILE of backend names a file at which it has no secret"
}

# Ten lines of one's own, over a stack that is not ours (docs/COMPOSE.md, "Your own stack").
@test "an overlay of one's own is all that another stack needs" {
    account
    cat >compose.yaml <<'END'
services:
  shop_db: {image: 'postgres:16', volumes: ['data:/var/lib/postgresql/data']}
  shop:
    image: ghcr.io/example/shop:v1
    environment: [BASE_URL=http://localhost]
    depends_on: [shop_db]
volumes: {data: }
END
    sed -n '/^```yaml$/,/^```$/p' "$TOP/docs/COMPOSE.md" | sed -n '/managed.yaml/,/^```$/p' | sed '$d; s/YOUR_APP/shop/; s/YOUR_DB/shop_db/' >managed.yaml
    [ "$(grep -c . managed.yaml)" -ge 8 ] || fail "there is no such overlay in docs/COMPOSE.md"
    mdb --poll-interval 0.02 setup --compose compose.yaml --compose managed.yaml
    exits 0
    grep -q '^postgresql://' "$SECRETS/database_url"
    mdb compose check compose.yaml managed.yaml
    exits 0
    mdb compose services compose.yaml managed.yaml
    answers shop
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
    with USE_MANAGED_DB=true
    mdb compose profiles --output env
    exits 0
    cp "$BOX/out" .env
    cp "$BASE" compose.yaml
    ENVIRONMENT=("${ENGINE[@]}")
    mdb compose services compose.yaml "$OVERLAY"
    answers "$(printf '%s\n' backend minio minio-setup redis)"
    mdb compose secret backend:database_url compose.yaml "$OVERLAY"
    answers "$SECRETS/do_database_url"
    [ "$(mounted compose.yaml "$OVERLAY")" = "$SECRETS/do_database_url" ]
}

@test "profiles --write changes its own lines of .env and no other, and flips no other switch" {
    ENVIRONMENT=("${ENGINE[@]}")
    printf '# mine\nAPP_KEY="a b"\nUSE_DO_SPACES=true\nexport COMPOSE_PROFILES=monitoring,self-hosted-db\nMANAGED_DB_SECRETS_DIR=%s\n' \
        "$BOX/elsewhere" >.env
    printf 'USE_MANAGED_DB=false # for now\nLAST=1' >>.env
    chmod 640 .env
    with USE_MANAGED_DB=true
    mdb compose profiles --write
    exits 0
    answers monitoring
    says "Written: $BOX/.env"
    cat >expected <<END
# mine
APP_KEY="a b"
USE_DO_SPACES='true'
COMPOSE_PROFILES='monitoring'
MANAGED_DB_SECRETS_DIR='$BOX/elsewhere'
USE_MANAGED_DB='true'
LAST=1
END
    diff <(head -c -1 expected) .env || fail "other lines"
    mdb compose profiles --write
    says "Unchanged: $BOX/.env"
    # The way back, which .env alone decides from then on.
    with USE_MANAGED_DB=false
    mdb compose profiles --write
    answers self-hosted-db,monitoring
    ENVIRONMENT=("${ENGINE[@]}")
    mdb compose profiles
    answers self-hosted-db,monitoring
    mdb compose profiles --output env
    grep -qx "USE_DO_SPACES='true'" "$BOX/out" && grep -qx "MANAGED_DB_SECRETS_DIR='$BOX/elsewhere'" "$BOX/out" ||
        fail "another switch or folder"
}

@test "profiles --write: beside the first file, where there is none yet, and where nothing may be read" {
    mkdir sub
    : >sub/compose.yaml
    mdb compose profiles --write sub/compose.yaml
    exits 0
    [ "$(wc -l <sub/.env)" = 4 ] && [ ! -e .env ]
    printf 'A="open\nUSE_MANAGED_DB=true\n' >.env
    mdb compose profiles --write
    refused ".env: the quote of A is not closed"
    printf 'USE_MANAGED_DB=$X\n' >.env
    mdb compose profiles --write
    refused ".env: the value of USE_MANAGED_DB holds another variable"
    [ "$(<.env)" = 'USE_MANAGED_DB=$X' ]
    mdb compose profiles --env-file own.env --write
    unreadable "cannot read own.env"
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
    mdb compose secret backend:database_url "$BASE" "$OVERLAY" --env-file deploy.config
    answers "$SECRETS/do_database_url"
}

# ---- findings ----

@test "each planted fault is found where it stands, and nothing else" {
    local file place
    # Without a folder of secrets that is named, the default one.
    ENVIRONMENT=("${ENGINE[@]}")
    for file in "$FIXTURES"/faults/*.yaml; do
        diff <(sed -n 's/^# finds //p' "$file") <(findings_of "$file") || fail "$file"
        mdb compose check "$file"
        exits 1
        [ "$(wc -l <"$BOX/out")" = "$(grep -c '^# finds' "$file")" ] || fail "$file: not a line each"
        place=$file:[0-9]+:[0-9]+
        ! grep -q '^# finds Compose' "$file" || place=Compose
        grep -qE "^$place: .+; .+" "$BOX/out" || fail "$file: form"
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
    # All folders above are open, as those of a server are.
    local open
    open=$(mktemp -d "${TMPDIR:-/tmp}/managed-db-open.XXXXXX")
    chmod 755 "$open"
    SECRETS=$open/secrets
    with "MANAGED_DB_SECRETS_DIR=$SECRETS"
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
    mdb compose check "$BASE" compose.yaml "$OVERLAY"
    exits 1
    grep -q "do_database_url, which is no regular file" "$BOX/out" || fail "a folder"
    grep -q "stack_auth_secret, which every user of this host can read" "$BOX/out" || fail "open"
    grep -q "runs as user 4000:4001 and cannot read $SECRETS/spaces_access_key" "$BOX/out" || fail "closed"
    # A command is named where it does that: managed-db writes the one file and not the other.
    grep -q "spaces_access_key.*; chown 4000:4001 $SECRETS/spaces_access_key$" "$BOX/out" || fail "remedy"
    if grep "stack_auth_secret" "$BOX/out" | grep -q "'managed-db"; then fail "another remedy"; fi
    grep -q "database_url_direct.*--secret-owner 4000:4001$" "$BOX/out" || fail "remedy of the URL"
    rmdir "$SECRETS/do_database_url"
    mdb compose check "$BASE" compose.yaml "$OVERLAY"
    grep -q "uses the file $SECRETS/do_database_url, which is not there" "$BOX/out" || fail "missing"
    chmod 700 "$SECRETS"
    mdb compose check "$BASE" compose.yaml "$OVERLAY"
    if grep -q "every user of this host can read" "$BOX/out"; then fail "the folder is closed"; fi
    chmod 755 "$SECRETS"
    chmod 700 "$open"
    mdb compose check "$BASE" compose.yaml "$OVERLAY"
    if grep -q "every user of this host can read" "$BOX/out"; then fail "a folder above is closed"; fi
    with USE_MANAGED_DB=false
    mdb compose check "$BASE" compose.yaml "$OVERLAY"
    if grep -q "uses the file $SECRETS/do_database_url" "$BOX/out"; then fail "not used in this mode"; fi
    rm -rf "$open"
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
    mdb compose check "$BASE" "$OVERLAY"
    exits 1
    grep -q "uses the file $SECRETS/do_database_url, which is not there; 'managed-db setup --compose FILE' writes it" "$BOX/out" || fail "missing"
}

@test "what the overlay needs is missed when it is taken out" {
    local edit text
    write_secrets
    printf 'url' >"$SECRETS/do_database_url"
    with COMPOSE_PROFILES=self-hosted-db,self-hosted-storage
    while IFS='|' read -r edit text; do
        sed "$edit" "$OVERLAY" >compose.digitalocean.yaml
        mdb compose check "$BASE" compose.digitalocean.yaml
        exits 1
        grep -qF "$text" "$BOX/out" || fail "$edit: '$text'"
    done <<'END'
s/127.0.0.1:5432:5432/127.0.0.1:5433:5432/|postgres does not publish port 5432 on 127.0.0.1
s/127.0.0.1:6379:6379/127.0.0.1:6379:6380/|redis does not publish port 6379 on 127.0.0.1
s/127.0.0.1:6379:6379/127.0.0.1:6380:6379/|redis does not publish port 6379
/127.0.0.1:9001:9001/d|minio does not publish port 9001
s/cpus: '1.0'/cpus: '64'/|postgres has not the limits of cpus 1.0
s/memory: 256MB/memory: 25600KB/|redis has not the reservations of memory 256MB
/reservations:/,+2d|postgres has not the reservations of cpus 0.5
s/restart: unless-stopped/restart: on-failure/|redis, which backend needs, does not come back after a reboot: its restart policy is on-failure
/DATABASE_URL_FILE:/d|the backend is not told DATABASE_URL_FILE
/PGSSLROOTCERT:/d|the backend is not told PGSSLROOTCERT
/NODE_EXTRA_CA_CERTS:/d|the backend is not told NODE_EXTRA_CA_CERTS
/STACK_AUTH_SECRET_KEY_FILE:/d|the backend is not told STACK_AUTH_SECRET_KEY_FILE
s/target: stack_auth_secret/target: other/|backend is told to read /run/secrets/stack_auth_secret, and no secret of it is there
s#file: .*/do_database_url#file: /var/infisical/secrets/do_database_url#|the secret do_database_url is not where managed-db keeps it
s#file: .*/stack_auth_secret#file: /opt/freshtrack-pro/secrets/stack_auth_secret#|the secret stack_auth_secret is not where managed-db keeps it
s#use_managed_db_.{USE_MANAGED_DB:-false}#do_database_url#|the backend does not read its database's URL by USE_MANAGED_DB
/^  postgres:/,/^    restart/{/- self-hosted-db/d;s/profiles:/profiles: [other, self-hosted-storage]/}|postgres runs in every mode
END
}

@test "the overlay over other projects: what is missing is one finding" {
    local edit text
    while IFS='|' read -r edit text; do
        sed "$edit" "$BASE" >compose.yaml
        ENVIRONMENT=("${ENGINE[@]}" COMPOSE_PROFILES=self-hosted-db,self-hosted-storage)
        mdb compose check compose.yaml "$OVERLAY"
        if [ -z "$text" ]; then
            exits 0
        else
            exits 1
            [ "$(wc -l <"$BOX/out")" = 1 ] && grep -qF "$text" "$BOX/out" || fail "$edit: '$text'"
        fi
    done <<'END'
s#image: freshtrack/backend:1.0#build: .#|
s/  minio-setup:/  minio-init:/|service "minio-setup" has neither an image nor a build context
s/  redis:/  cache:/;s/- redis$/- cache/|service "redis" has neither an image nor a build context
s/  backend:/  api:/|service "backend" has neither an image nor a build context
END
}

@test "what the overlay names is reachable from nowhere else, whatever it is" {
    local edit text
    write_secrets
    with COMPOSE_PROFILES=self-hosted-db,self-hosted-storage
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

@test "a port that the base opens: the overlay closes it, and one before !override was known is told" {
    sed 's|image: redis:7|&\n    ports: ["6379:6379"]|' "$BASE" >compose.yaml
    ENVIRONMENT=("${ENGINE[@]}" COMPOSE_PROFILES=self-hosted-db,self-hosted-storage)
    mdb compose check compose.yaml "$OVERLAY"
    exits 0
    sed 's/ !override//' "$OVERLAY" >compose.digitalocean.yaml
    mdb compose check compose.yaml compose.digitalocean.yaml
    exits 1
    grep -qE "^compose.yaml:[0-9]+:13: redis publishes port 6379 " "$BOX/out" || fail "not told"
}

@test "a backend that depends on the profiled database is told, in the mode that has it off" {
    sed 's|      - redis$|      - redis\n      - pgbouncer|' "$BASE" >compose.yaml
    with USE_MANAGED_DB=true COMPOSE_PROFILES=self-hosted-storage
    mdb compose check compose.yaml "$OVERLAY"
    exits 1
    grep -q 'Compose refuses these files: service "backend" depends on undefined service "pgbouncer"' "$BOX/out" || fail "now"
    with USE_MANAGED_DB=false COMPOSE_PROFILES=self-hosted-db,self-hosted-storage
    mdb compose check compose.yaml "$OVERLAY"
    exits 1
    grep -q 'with USE_MANAGED_DB=true and USE_DO_SPACES=true, Compose refuses these files: service "backend" depends' "$BOX/out" ||
        fail "in the other mode"
}

@test "a switch that is neither true nor false is told, and so are profiles of another mode" {
    with USE_MANAGED_DB=yes
    mdb compose check "$BASE" "$OVERLAY"
    exits 1
    grep -q "refers to undefined secret use_managed_db_yes; set USE_MANAGED_DB to true or false" "$BOX/out" || fail "yes"
    mdb compose profiles
    refused "USE_MANAGED_DB has to be true or false"
    ENVIRONMENT=("${ENGINE[@]}")
    mdb compose check "$BASE" "$OVERLAY"
    exits 1
    grep -q "USE_MANAGED_DB is false, and postgres is not started; 'managed-db compose profiles --write'" "$BOX/out" || fail "none"
    with USE_MANAGED_DB=true COMPOSE_PROFILES=self-hosted-db,self-hosted-storage
    mdb compose check "$BASE" "$OVERLAY"
    exits 1
    grep -q "USE_MANAGED_DB is true, and postgres is started nevertheless" "$BOX/out" || fail "both"
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

@test "the words of the command line" {
    mdb compose
    refused "followed by check"
    mdb compose chek x
    refused "followed by check"
    mdb compose check nowhere.yaml
    unreadable "cannot read nowhere.yaml"
    mdb compose services --config x --compose y
    refused "--compose is not an option of 'compose services'"
    mdb compose profiles --config x
    refused "--config is not an option of 'compose profiles'"
    mdb compose check --write
    refused "--write is not an option of 'compose check'"
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

# bounded WHAT…: our own part of it within 5 seconds and 128 MiB; Compose has limits of its own.
bounded() {
    mdb compose check "$@"
    [ "$status" -le 2 ] || fail "not bounded: $*"
    [ "$(wc -c <"$BOX/err")" -lt 1000 ] || fail "a long message"
}

@test "10,000 levels, NUL bytes, bad UTF-8: Compose's own refusal, and no place" {
    { echo -n 'x: '; printf '[%.0s' $(seq 10000); } >deep.yaml
    bounded deep.yaml
    exits 1
    printf -- '- %.0s' $(seq 10000) >deep.yaml
    bounded deep.yaml
    exits 1
    printf 'services:\n  a\0b: {}\n' >bad.yaml
    bounded bad.yaml
    exits 1
    printf 'services:\n  a: {image: \xff}\n' >bad.yaml
    bounded bad.yaml
    printf '\xff\xfes\0' >bad.yaml
    bounded bad.yaml
    printf 'services: {a: \033[31m}\n' >bad.yaml
    bounded bad.yaml
    exits 1
    if grep -q $'\e' "$BOX/out"; then fail "an escape sequence"; fi
}

@test "a file of 100 MB, one without an end, a folder, a named pipe" {
    truncate -s 100000000 large.yaml
    mdb compose check large.yaml
    refused "large.yaml: the file is larger than 4 MiB"
    mdb compose check /dev/zero
    refused "/dev/zero: the file is larger than 4 MiB"
    mdb compose check "$BOX"
    unreadable "cannot read"
    mkfifo pipe
    mdb compose check pipe
    unreadable "cannot read pipe: it is a named pipe"
    echo 'services: {a: {image: x}}' >compose.yaml
    mdb compose services compose.yaml --env-file pipe
    unreadable "cannot read pipe: it is a named pipe"
    mdb compose check --config pipe
    unreadable "cannot read pipe: it is a named pipe"
}

@test "a configuration of 1000 services with all that is looked at, in bounded time" {
    /usr/bin/python3 - >many.json <<'END'
import json
names = ["s%d" % i for i in range(1000)]
service = {"image": "postgres", "environment": {"A%d" % i: "postgres://s%d/x" % i for i in range(20)},
           "ports": [{"target": i, "published": str(i), "protocol": "tcp"} for i in range(10)],
           "depends_on": {"s%d" % i: {"condition": "service_started"} for i in range(20)}}
print(json.dumps({"services": {name: service for name in names}}))
END
    [ "$(wc -c <many.json)" -gt 1000000 ]
    status=0
    (
        ulimit -t 20
        exec env -i "${ENVIRONMENT[@]}" "$PROGRAM" compose check --config many.json
    ) >"$BOX/out" 2>"$BOX/err" || status=$?
    [ "$status" -le 2 ] || fail "not bounded"
}

@test "a pipe that never ends is read until a signal comes" {
    mkfifo pipe
    exec 7<>pipe
    env -i "${ENVIRONMENT[@]}" ${WRAPPER[@]+"${WRAPPER[@]}"} "$PROGRAM" compose check --config /dev/fd/7 2>err 3>&- &
    local child=$!
    sleep "$([ "${#WRAPPER[@]}" = 0 ] && echo 0.5 || echo 3)"
    kill -TERM "$child"
    status=0
    wait "$child" || status=$?
    exits 143
    grep -q "while reading /dev/fd/7" err || fail "no word of it"
}

@test ".env counts as Compose counts it: the last of two lines, no folder, a mark before the text" {
    cp "$BASE" compose.yaml
    printf '\xef\xbb\xbfA=1\nUSE_MANAGED_DB=false\nA=2\nUSE_MANAGED_DB=true\n' >.env
    mdb compose secret backend:database_url compose.yaml "$OVERLAY"
    answers "$SECRETS/do_database_url"
    rm .env
    mkdir .env
    mdb compose secret backend:database_url compose.yaml "$OVERLAY"
    answers "$SECRETS/database_url"
}

# What check_dotenv.c says of single lines, by Compose itself.
@test "the lines of .env, as Compose reads them" {
    local line value
    printf 'services: {web: {image: x, secrets: [s]}}\nsecrets: {s: {file: "/${A}"}}\n' >compose.yaml
    while IFS='|' read -r line value; do
        printf '%b' "$line" >.env
        mdb compose secret s compose.yaml
        answers "/$value"
    done <<'END'
A=1\n|1
A=1\nA=2\n|2
export A=1\n|1
  A = 1 2 \n|1 2
A: 1\n|1
A=1 # one\n|1
A=1#one\n|1#one
#A=1\n|
B='\\nA=2\\n'\nA=1\n|1
B=2\nA=1\r\n|1
END
}

@test "garbage ends with 1 or 2, and never otherwise" {
    local i
    for i in $(seq 10); do
        head -c $((i * 80)) "$OVERLAY" >bad.yaml
        head -c 30 /dev/urandom >>bad.yaml
        bounded bad.yaml
        head -c $((i * 500)) "$OVERLAY" >bad.yaml
        bounded bad.yaml
    done
}

# ---- the real Compose ----

@test "54 files of other shapes: services by profiles and secrets as Compose has them" {
    local out
    out=$(env -i "${ENVIRONMENT[@]}" /usr/bin/python3 "$FIXTURES/agree.py" "$COMPOSE" \
        "${WRAPPER[*]:+${WRAPPER[*]} }$PROGRAM --compose-command $COMPOSE" "$FIXTURES"/agree/*/) || {
        echo "$out" >&2
        return 1
    }
    [ "${out##*$'\n'}" = "54 files, 0 differ" ] || {
        echo "$out" >&2
        return 1
    }
}
