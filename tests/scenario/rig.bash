# A managed PostgreSQL on this machine: Debian's PostgreSQL and PgBouncer (transaction mode), TLS by a CA of its own, in
# a folder of its own. The simulator hands out its addresses and its CA, and what doctl makes is made there too: users,
# databases and pools. Load it after helper.bash: one rig serves the tests of a file, one after the other.
# shellcheck shell=bash
# shellcheck disable=SC2154  # helper.bash sets the rest

setup_file() {
    export BATS_NO_PARALLELIZE_WITHIN_FILE=true
    start_rig
}

teardown_file() {
    stop_rig
}

# The tests are skipped where the servers are not installed.
start_rig() {
    RIG=$BATS_FILE_TMPDIR/rig
    PG_BIN=$(find /usr/lib/postgresql/*/bin -maxdepth 0 2>/dev/null | sort -V | tail -n 1)
    if [ ! -x "$PG_BIN/postgres" ] || [ ! -x /usr/sbin/pgbouncer ] || ! command -v psql >/dev/null; then
        RIG=
        return 0
    fi
    mkdir -p "$RIG/socket"
    make_certificates
    AS=()
    if [ "$(id -u)" = 0 ]; then
        AS=(setpriv --reuid postgres --regid postgres --clear-groups --)
        chmod 755 "$BATS_RUN_TMPDIR" "$BATS_FILE_TMPDIR" 2>/dev/null || true
        open_way "$RIG"
        chown -R postgres:postgres "$RIG"
    fi
    PG_PORT=$(free_port)
    POOL_PORT=$(free_port)
    start_postgres
    start_pgbouncer
    declare -p RIG PG_BIN AS PG_PORT POOL_PORT | sed "s/^declare /declare -g /" >"$BATS_FILE_TMPDIR/rig.variables"
}

# The user postgres has to get to its folder.
open_way() {
    local folder=$1
    while [ "$folder" != / ]; do
        folder=$(dirname "$folder")
        chmod a+x "$folder"
    done
}

free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

make_certificates() {
    local name
    for name in ca other; do
        openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj "/CN=$name of the rig" \
            -keyout "$RIG/$name.key" -out "$RIG/$name.crt" 2>/dev/null
    done
    openssl req -newkey rsa:2048 -nodes -subj /CN=localhost -keyout "$RIG/server.key" -out "$RIG/server.csr" 2>/dev/null
    openssl x509 -req -in "$RIG/server.csr" -CA "$RIG/ca.crt" -CAkey "$RIG/ca.key" -CAcreateserial -days 30 \
        -extfile <(echo subjectAltName=DNS:localhost) -out "$RIG/server.crt" 2>/dev/null
    chmod 600 "$RIG"/*.key
    chmod 644 "$RIG"/*.crt
}

start_postgres() {
    # ssl_min_protocol and the like are the server's own choice.
    "${AS[@]}" "$PG_BIN/initdb" -D "$RIG/data" -U postgres -A trust -E UTF8 --locale=C >"$RIG/initdb.log" 2>&1
    cat >>"$RIG/data/postgresql.conf" <<END
listen_addresses = 'localhost'
port = $PG_PORT
unix_socket_directories = '$RIG/socket'
ssl = on
ssl_cert_file = '$RIG/server.crt'
ssl_key_file = '$RIG/server.key'
fsync = off
log_statement = ddl
logging_collector = off
END
    cat >"$RIG/data/pg_hba.conf" <<END
local all all trust
hostssl all all 127.0.0.1/32 scram-sha-256
hostssl all all ::1/128 scram-sha-256
END
    "${AS[@]}" "$PG_BIN/pg_ctl" -D "$RIG/data" -w -l "$RIG/postgres.log" start >/dev/null
    as_superuser postgres -c "CREATE ROLE doadmin LOGIN CREATEDB CREATEROLE PASSWORD 'AVNS_rig'"
    as_superuser postgres -c "CREATE DATABASE defaultdb OWNER doadmin"
}

start_pgbouncer() {
    cat >"$RIG/pgbouncer.ini" <<END
[databases]
full-pool = host=$RIG/socket port=$PG_PORT dbname=defaultdb pool_size=1
%include $RIG/pools.ini
[pgbouncer]
listen_addr = localhost
listen_port = $POOL_PORT
unix_socket_dir =
auth_type = scram-sha-256
auth_file = $RIG/users.txt
pool_mode = transaction
default_pool_size = 5
client_tls_sslmode = require
client_tls_cert_file = $RIG/server.crt
client_tls_key_file = $RIG/server.key
ignore_startup_parameters = extra_float_digits
logfile = $RIG/pgbouncer.log
pidfile = $RIG/pgbouncer.pid
END
    : >"$RIG/pools.ini"
    echo '"doadmin" "AVNS_rig"' >"$RIG/users.txt"
    [ "${#AS[@]}" = 0 ] || chown postgres "$RIG"/*.ini "$RIG/users.txt"
    "${AS[@]}" /usr/sbin/pgbouncer -q -d "$RIG/pgbouncer.ini"
}

stop_rig() {
    [ -f "$BATS_FILE_TMPDIR/rig.variables" ] || return 0
    # shellcheck disable=SC1091
    . "$BATS_FILE_TMPDIR/rig.variables"
    [ ! -s "$RIG/pgbouncer.pid" ] || kill "$(cat "$RIG/pgbouncer.pid")" 2>/dev/null || true
    "${AS[@]}" "$PG_BIN/pg_ctl" -D "$RIG/data" -m immediate stop >/dev/null || true
}

# as_superuser DATABASE ARGUMENT...: psql past all that is tested.
as_superuser() {
    env -i PATH="$PATH" psql -XqAtw -v ON_ERROR_STOP=1 -h "$RIG/socket" -p "$PG_PORT" -U postgres -d "$@"
}

# use_rig: in setup, after open_box.
use_rig() {
    [ -f "$BATS_FILE_TMPDIR/rig.variables" ] || skip "PostgreSQL, PgBouncer or psql is not installed"
    # shellcheck disable=SC1091
    . "$BATS_FILE_TMPDIR/rig.variables"
    with DOCTL_SIM_PASSWORD=AVNS_rig DOCTL_SIM_HOST=localhost DOCTL_SIM_PRIVATE_HOST=localhost \
        "DOCTL_SIM_PORT=$PG_PORT" "DOCTL_SIM_POOL_PORT=$POOL_PORT" "DOCTL_SIM_CA=$RIG/ca.crt" \
        "RIG=$RIG" "PG_PORT=$PG_PORT"
    fake_doctl <<'FAKE'
#!/bin/bash
# The simulator; what it makes is made in the real servers too.
out=$("$REAL" "$@"; echo "status $?")
status=${out##*status }
printf '%s' "${out%status *}"
[ "$status" = 0 ] || exit "$status"
# PgBouncer reads its users again where the file has another second as its time.
reload() {
    touch -d "@$(($(cat "$RIG/time" 2>/dev/null || echo 1000000000) + 1))" "$RIG/users.txt"
    stat -c %Y "$RIG/users.txt" >"$RIG/time"
    kill -HUP "$(cat "$RIG/pgbouncer.pid")"
    sleep 0.3
}
sql() { psql -XqAtw -h "$RIG/socket" -p "$PG_PORT" -U postgres -d postgres -c "$1" >&2; }
case "$1 $2 $3" in
"databases user create")
    password=$(awk 'NR == 2 {print $3}' <<<"$out")
    # One that a test before this one has made is still there.
    sql "CREATE ROLE \"$5\" LOGIN PASSWORD '$password'" 2>/dev/null || sql "ALTER ROLE \"$5\" PASSWORD '$password'"
    echo "\"$5\" \"$password\"" >>"$RIG/users.txt"
    ;;
"databases user reset")
    password=$(awk 'NR == 2 {print $3}' <<<"$out")
    sql "ALTER ROLE \"$5\" PASSWORD '$password'"
    { grep -v "^\"$5\" " "$RIG/users.txt"; echo "\"$5\" \"$password\""; } >"$RIG/users.new"
    cat "$RIG/users.new" >"$RIG/users.txt"
    reload
    ;;
"databases db create") sql "CREATE DATABASE \"$5\" OWNER doadmin" ;;
"databases pool create")
    echo "$5 = host=$RIG/socket port=$PG_PORT dbname=$7" >>"$RIG/pools.ini"
    reload
    ;;
esac
FAKE
    : >"$RIG/pools.ini"
    echo '"doadmin" "AVNS_rig"' >"$RIG/users.txt"
    kill -HUP "$(cat "$RIG/pgbouncer.pid")"
}

# An account whose cluster is the rig: pool app-pool, user and database of the plan.
rig_cluster() {
    mdb setup --trust ip_addr:127.0.0.1 "$@"
}
