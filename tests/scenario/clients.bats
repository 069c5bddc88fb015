#!/usr/bin/env bats
# The drivers that applications use, with the URL and the variables that they are given. What each is to do stands in the
# table of docs/CLIENTS.md. A driver that is not installed is skipped: DRIVERS_NODE is a folder of npm's modules.

load helper
load rig
load compose

setup() {
    open_box 1.166
    use_rig
    DRIVERS=$TOP/tests/drivers
    export GOPATH=/usr/share/gocode GO111MODULE=off GOCACHE=$BATS_FILE_TMPDIR/go
    export NODE_PATH=${DRIVERS_NODE:-$TOP/build/drivers/node_modules}:/usr/share/nodejs
}

# client PROGRAM URL [CA]: what the driver prints.
client() {
    local environment=("PATH=$PATH" "HOME=$BOX/home" "NODE_PATH=$NODE_PATH" "DATABASE_URL=$2")
    [ -z "${3:-}" ] || environment+=("PGSSLROOTCERT=$3" "NODE_EXTRA_CA_CERTS=$3")
    local command=()
    case $1 in
    psql) command=(psql -XAtc "SELECT 1" "$2") ;;
    *.js) command=(node "$DRIVERS/$1") ;;
    *.py) command=(/usr/bin/python3 "$DRIVERS/$1") ;;
    *.rb) command=(ruby "$DRIVERS/$1") ;;
    *.php) command=(php "$DRIVERS/$1") ;;
    *.go) command=("$BATS_FILE_TMPDIR/${1%.go}") ;;
    *.java) command=(java -cp "$BATS_FILE_TMPDIR:/usr/share/java/postgresql.jar" "${1%.java}") ;;
    esac
    timeout 30 env -i "${environment[@]}" "${command[@]}" 2>>"$BOX/$1.err" | tail -n 1
}

# Whether it can run here; a program that has to be compiled is.
is_there() {
    case $1 in
    psql) ;;
    *.js) node -e "for (const name of [...require('fs').readFileSync('$DRIVERS/$1', 'utf8').matchAll(/require\('([^']+)'\)/g)]) require(name[1])" 2>/dev/null ;;
    *.py) /usr/bin/python3 -c "$(grep -E '^(import|from) ' "$DRIVERS/$1")" 2>/dev/null ;;
    *.rb) ruby -e "$(grep '^require' "$DRIVERS/$1")" -e "require 'pg'" 2>/dev/null ;;
    *.php) php -r 'exit(extension_loaded("pdo_pgsql") ? 0 : 1);' 2>/dev/null ;;
    *.go) go build -o "$BATS_FILE_TMPDIR/${1%.go}" "$DRIVERS/$1" 2>/dev/null ;;
    *.java) [ -e /usr/share/java/postgresql.jar ] && javac -d "$BATS_FILE_TMPDIR" "$DRIVERS/$1" 2>/dev/null ;;
    esac
}

# is_as_told WHAT WANTED PROGRAM URL [CA]
is_as_told() {
    local seen=refuses
    [ "$(client "${@:3}")" != 1 ] || seen=connects
    [ "$seen" = "$2" ] || fail "$3 $seen ($1): $(tail -n 5 "$BOX/$3.err")"
}

# drivers PATTERN: those rows of the table.
drivers() {
    local name program plain other full without direct pooled strict tried=0
    rig_cluster --direct-file "$SECRETS/database_url_direct"
    works
    # The variables are those of the overlay, and name the file that it mounts.
    for name in PGSSLROOTCERT NODE_EXTRA_CA_CERTS; do
        grep -q "^      $name: /run/secrets/database_ca_true$" "$TOP/docker/compose.digitalocean.yaml"
    done
    find_compose
    with USE_MANAGED_DB=true "MANAGED_DB_COMPOSE=$COMPOSE"
    mdb compose secret backend:database_ca_true "$TOP/tests/compose/base.yaml" \
        "$TOP/docker/compose.digitalocean.yaml"
    answered "$SECRETS/ca-certificate.crt"
    pooled=$(cat "$SECRETS/database_url")
    direct=$(cat "$SECRETS/database_url_direct")
    strict=${pooled/sslmode=require/sslmode=verify-full}
    while IFS='|' read -r _ name program plain other full without _; do
        read -r program <<<"$program"
        [[ $program == $1 ]] || continue
        is_there "$program" || continue
        read -r plain <<<"$plain"
        read -r other <<<"$other"
        read -r full <<<"$full"
        read -r without <<<"$without"
        tried=$((tried + 1))
        is_as_told "the pool" "$plain" "$program" "$pooled" "$SECRETS/ca-certificate.crt"
        is_as_told "past the pool" "$plain" "$program" "$direct" "$SECRETS/ca-certificate.crt"
        is_as_told "verify-full" "$plain" "$program" "$strict" "$SECRETS/ca-certificate.crt"
        is_as_told "another CA, require" "$other" "$program" "$pooled" "$RIG/other.crt"
        is_as_told "another CA, verify-full" "$full" "$program" "$strict" "$RIG/other.crt"
        is_as_told "without the variables" "$without" "$program" "$pooled"
    done < <(grep -E '^\|.*(connects|refuses)' "$TOP/docs/CLIENTS.md")
    [ "$tried" -gt 0 ] || skip "none of these drivers is installed"
    echo "# $tried drivers of $1" >&3
}

@test "every program is in the table, and every row has its program" {
    equal "$(sed -nE 's/^\|[^|]*\| ([A-Za-z0-9.-]+) \| (connects|refuses).*/\1/p' "$TOP/docs/CLIENTS.md" | grep -vx psql | sort)" \
        "$(cd "$DRIVERS" && printf '%s\n' *.* | sort)"
}

@test "libpq" { drivers psql; }
@test "Node.js" { drivers '*.js'; }
@test "Python" { drivers '*.py'; }
@test "Ruby" { drivers '*.rb'; }
@test "PHP" { drivers '*.php'; }
@test "Go" { drivers '*.go'; }
@test "Java" { drivers '*.java'; }

@test "the entrypoint of docs/COMPOSE.md gives an application that reads DATABASE_URL alone what is mounted" {
    local line words
    line=$(sed -n 's/^ *entrypoint: \(\[.*\]\)$/\1/p' "$TOP/docs/COMPOSE.md" | head -n 1)
    printf 'a b$c"d' >"$BOX/url"
    # As Compose reads it: JSON, and $$ is a $.
    mapfile -d '' -t words < <(python3 -c 'import json, sys
for word in json.loads(sys.argv[1]): print(word.replace("$$", "$").replace("/run/secrets/database_url", sys.argv[2]), end="\0")' \
        "$line" "$BOX/url")
    equal "$(env -i "PATH=$PATH" "${words[@]}" env FIRST='a  b' sh -c 'echo "$DATABASE_URL|$FIRST"')" 'a b$c"d|a  b'
}
