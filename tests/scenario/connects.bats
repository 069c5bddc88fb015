#!/usr/bin/env bats
# verify, psql and grant with a real PostgreSQL behind a real PgBouncer.

load helper
load rig

OWN=(--app-user app --app-database appdb)

setup() {
    open_box 1.166
    use_rig
}

@test "setup --verify: a connection as the application makes it, in words" {
    rig_cluster --verify
    works
    said "Connected: user doadmin, database defaultdb, PostgreSQL"
    said "TLSv1."
    said "Through PgBouncer in transaction mode"
    said "Managed PostgreSQL configured"
}

# verified URL [CA]: verify with a URL in a file of its own.
verified() {
    mkdir -p "$SECRETS"
    chmod 700 "$SECRETS"
    printf '%s' "$1" >"$SECRETS/database_url"
    local began=$EPOCHREALTIME
    mdb verify --timeout 2 --ca-file "${2:-$RIG/ca.crt}"
    took=$((${EPOCHREALTIME/./} - ${began/./}))
    no_password
}

no_password() {
    if grep -q AVNS_rig "$BOX/out" "$BOX/err"; then
        fail "the password is shown"
    fi
}

url_with() { # [HOST] [PORT] [PASSWORD] [DATABASE]
    printf 'postgresql://doadmin:%s@%s:%s/%s?sslmode=require' "${3:-AVNS_rig}" "${1:-localhost}" \
        "${2:-$POOL_PORT}" "${4:-app-pool}"
}

@test "verify: the saved URL and CA; the answer as text and JSON; doctl is not called" {
    rig_cluster
    : >"$LOG"
    mdb verify
    works
    grep -qx "user:          doadmin" "$BOX/out" || fail "no user"
    grep -qx "pooler:        transaction" "$BOX/out" || fail "no pooler"
    mdb verify --output json
    works
    python3 -c 'import json, sys; answer = json.load(sys.stdin)["connection"]; assert answer["database"] == "defaultdb", answer
assert answer["pooler"] == "transaction" and answer["tls"].startswith("TLSv1.") and answer["milliseconds"] >= 0' \
        <"$BOX/out"
    no_calls
    verified "$(url_with "" "$PG_PORT" "" defaultdb)"
    works
    said "Not through a pool"
}

@test "verify CLUSTER: by ID and by name, with what doctl tells; nothing is written but the CA, which is no secret" {
    rig_cluster
    ID=$(cat "$BOX/out")
    rm -r "$SECRETS"
    mdb verify "$ID"
    works
    mdb verify freshtrack-db
    works
    [ ! -e "$SECRETS" ] || fail "secrets were written"
    equal "$(find "$BOX/home" -type f)" "$BOX/home/.cache/managed-db/$ID.crt"
    mdb verify nothing-db
    fails 2
}

@test "verify tells what is wrong, each in its own words" {
    rig_cluster
    # name
    verified "$(url_with nowhere.invalid)"
    fails 4
    said "the host's name does not resolve"
    # nobody there
    verified "$(url_with "" 1)"
    fails 4
    said "nothing listens at this host and port"
    # another CA
    verified "$(url_with)" "$RIG/other.crt"
    fails 4
    said "the server's certificate is not from this CA"
    # another name
    verified "$(url_with 127.0.0.1)"
    fails 4
    said "the server's certificate is for another host"
    # no CA file
    verified "$(url_with)" "$RIG/none.crt"
    fails 6
    said "the CA file cannot be read"
    # password, at the pool and at the database
    verified "$(url_with "" "" AVNS_rigwrong)"
    fails 4
    said "user and password are not taken"
    verified "$(url_with "" "$PG_PORT" AVNS_rigwrong defaultdb)"
    fails 4
    said "user and password are not taken"
    # pool, database
    verified "$(url_with "" "" "" no-pool)"
    fails 4
    said "there is no such pool or database"
    verified "$(url_with "" "$PG_PORT" "" no-database)"
    fails 4
    said "there is no such pool or database"
}

@test "verify: a host that does not answer, and a pool that is full; how long it takes to tell is shown" {
    rig_cluster
    # A listener whose queue is full lets nobody in, as a firewall does.
    python3 -c '
import socket, sys, time
server = socket.socket(); server.bind(("127.0.0.1", 0)); server.listen(0)
port = server.getsockname()[1]
held = [socket.socket() for _ in range(2)]
for one in held:
    one.setblocking(False)
    one.connect_ex(("127.0.0.1", port))
print(port, flush=True)
time.sleep(60)' >"$BOX/port" 3>&- &
    local listener=$!
    await test -s "$BOX/port"
    verified "$(url_with 127.0.0.1 "$(cat "$BOX/port")")"
    kill "$listener"
    fails 5
    said "the host does not answer"
    said "trusted source"
    echo "# time-out 2 s, told after $((took / 1000)) ms" >&3

    # The one server of the pool is in a transaction of somebody else's.
    env -i PATH="$PATH" PGPASSWORD=AVNS_rig PGSSLMODE=require psql -XqAtw -h localhost -p "$POOL_PORT" -U doadmin \
        -d full-pool -c 'BEGIN; SELECT pg_sleep(20)' >/dev/null 2>&1 3>&- &
    local holder=$!
    sleep 0.5
    verified "$(url_with "" "" "" full-pool)"
    kill "$holder"
    fails 5
    said "the pool is full"
    echo "# time-out 2 s, told after $((took / 1000)) ms" >&3
}

@test "verify: a user who may not create in the schema" {
    as_superuser postgres -c "CREATE ROLE reader LOGIN PASSWORD 'AVNS_rig'"
    verified "postgresql://reader:AVNS_rig@localhost:$PG_PORT/defaultdb"
    as_superuser postgres -c "DROP ROLE reader"
    fails 4
    said "the user reader may not create tables in the schema public of the database defaultdb"
}

@test "verify: no file, no psql, and files that are not what they should be" {
    mdb verify
    fails 6
    said "there is no URL in $SECRETS/database_url"
    verified "not a URL"
    fails 4
    said "$SECRETS/database_url: that is not a PostgreSQL connection URI"
    printf '%s' "$(url_with)" >"$SECRETS/database_url"
    mdb verify --psql /nowhere/psql
    fails 3
    said "install psql"
}

@test "verify --via: the same behind another command; the password and the CA go through its stdin" {
    rig_cluster
    cat >"$BOX/bin/over" <<'OVER'
#!/bin/sh
# Like ssh: a shell there, whose environment is another one.
echo "$@" >>"$BOX/over.log"
exec env -i PATH="$PATH" PGHOST=wrong PGSERVICE=wrong "$@"
OVER
    chmod 755 "$BOX/bin/over"
    mdb verify --via "over  "
    works
    said "Through PgBouncer in transaction mode"
    equal "$(sort -u "$BOX/over.log")" sh
    mdb verify --via "over" --ca-file "$RIG/other.crt"
    fails 4
    said "the server's certificate is not from this CA"
    mdb verify --via nowhere
    fails 3
    # ssh's own complaint is not about the database.
    printf '#!/bin/sh\necho "ssh: connect to host 192.0.2.1 port 22: Connection refused" >&2\nexit 255\n' >"$BOX/bin/lost"
    chmod 755 "$BOX/bin/lost"
    mdb verify --via lost
    fails 4
    said "--via does not lead to its machine (ssh: connect to host 192.0.2.1"
    mkdir "$BOX/few"
    local tool
    for tool in sh env sed mktemp rm cat; do
        ln -s "$(command -v "$tool")" "$BOX/few/$tool"
    done
    printf '#!/bin/sh\nexec env -i PATH="$BOX/few" sh\n' >"$BOX/bin/over"
    mdb verify --via over
    fails 3
    said "there is no psql where --via leads"
    equal "$(find "$BOX/tmp" -type f)" "" "files that are left"
}

@test "the password is in no argument" {
    rig_cluster "${OWN[@]}"
    local real name
    real=$(command -v psql)
    # All that is started behind these names, here and behind --via, leaves its arguments.
    for name in psql over; do
        printf '#!/bin/bash\nprintf "%%s " "$@" >>"$BOX/arguments"\n%s\n' \
            "$([ "$name" = psql ] && echo "exec $real \"\$@\"" || echo 'exec "$@"')" >"$BOX/bin/$name"
        chmod 755 "$BOX/bin/$name"
    done
    mdb verify
    works
    mdb verify --via over
    works
    mdb grant "${OWN[@]}"
    works
    mdb psql -- -XAtc 'SELECT 1'
    [ "$(wc -w <"$BOX/arguments")" -gt 20 ] || fail "no arguments were seen"
    local secret
    for secret in AVNS_rig "$(sed 's#.*:\(.*\)@.*#\1#' "$SECRETS/database_url")"; do
        ! grep -F "$secret" "$BOX/arguments" || fail "a password is in an argument"
    done
    rm "$BOX/bin/psql"
    if strace -f -o /dev/null true 2>/dev/null; then
        WRAPPER=(strace -f -qq -s 4096 -e trace=execve -o "$BOX/trace")
        mdb verify
        # What stands between the brackets of an execve is the argv.
        ! grep -o 'execve("[^"]*", \[[^]]*\]' "$BOX/trace" | grep -F "$secret" || fail "a password is in an argument"
    fi
}

@test "psql: a session as doadmin past the pool, with the CA; its arguments and exit status are psql's" {
    rig_cluster
    ID=$(cat "$BOX/out")
    mdb -q psql "$ID" -- -XAtc "SELECT current_user || ' ' || current_database() || ' ' || ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
    equal "$status" 0
    answered "doadmin defaultdb true"
    mdb -q psql -- -XAtc 'SELECT nothing'
    equal "$status" 1
    with PGHOST=wrong PGSSLMODE=disable PGOPTIONS=-crole=x
    mdb -q psql freshtrack-db -- -XAt -c 'SELECT 7'
    answered 7
    mdb psql nothing-db
    fails 2
    mdb psql --psql /nowhere -- -c x
    fails 3
    printf 'no program' >"$BOX/bin/psql"
    chmod 755 "$BOX/bin/psql"
    mdb psql -- -c x
    fails 6
    said "cannot run $BOX/bin/psql"
    rm "$BOX/bin/psql"
}

# ---- a user of its own ---------------------------------------------------------------------------------



# as_user URL_FILE SQL: with what the application was given.
as_user() {
    env -i PATH="$PATH" PGSSLROOTCERT="$RIG/ca.crt" psql -XqAtw -v ON_ERROR_STOP=1 "$(cat "$1")" -c "$2" 2>&1
}

drop_application() {
    local name
    for name in appdb other-1; do
        as_superuser postgres -c "DROP DATABASE IF EXISTS \"$name\" WITH (FORCE)"
    done
    for name in app app_owner other-1 other-1_owner late; do
        as_superuser postgres -c "DROP ROLE IF EXISTS \"$name\""
    done
}

# The SQL that has changed anything, so far.
sql_writes() {
    grep -cE 'statement: (CREATE|ALTER|GRANT|REVOKE|DROP)' "$RIG/postgres.log" || true
}

@test "setup with a user of its own: it may do all in its database, and nothing else; again nothing changes" {
    drop_application
    rig_cluster "${OWN[@]}" --direct-file "$SECRETS/database_url_direct" --verify
    works
    said "Created the user: app"
    said "Created the database: appdb"
    said "Granted the user app its rights in the database appdb"
    said "+ rights app"
    said "Connected: user app, database appdb"
    said "Through PgBouncer in transaction mode"
    local file
    for file in database_url database_url_direct; do
        equal "$(as_user "$SECRETS/$file" "SELECT session_user || ' ' || current_user || ' ' || current_database()")" \
            "app app_owner appdb"
    done
    file=$SECRETS/database_url
    as_user "$file" "CREATE TABLE t (id serial PRIMARY KEY, n int); ALTER TABLE t ADD m text; CREATE SCHEMA more;
        CREATE TABLE more.u (id int); DROP TABLE more.u; INSERT INTO t (n) VALUES (1)"
    equal "$(as_superuser appdb -c "SELECT tableowner FROM pg_tables WHERE tablename = 't'")" app_owner
    [[ $(as_user "$file" "CREATE ROLE evil") == *"permission denied"* ]] || fail "it made a role"
    [[ $(as_user "$file" "CREATE DATABASE evil") == *"permission denied"* ]] || fail "it made a database"
    [[ $(as_user "$file" "ALTER ROLE app CREATEROLE") == *"ermission denied"* || $? = 0 ]] || fail "it raised itself"
    equal "$(as_superuser postgres -c "SELECT rolcreaterole, rolcreatedb, rolsuper FROM pg_roles WHERE rolname = 'app'")" "f|f|f"

    local writes dump
    writes=$(sql_writes)
    dump=$(doctl sim dump)
    : >"$LOG"
    rig_cluster "${OWN[@]}" --direct-file "$SECRETS/database_url_direct" --verify
    works
    said "The user app has its rights in the database appdb"
    said "Nothing had to be changed"
    equal "$(sql_writes)" "$writes" "SQL writes of the second run"
    equal "$(doctl sim dump)" "$dump"
    equal "$(calls | grep -cE 'create|append')" 0 "changes of the second run"
}

@test "two applications: neither connects to the other's database" {
    drop_application
    rig_cluster "${OWN[@]}" --pool-size 5
    works
    rig_cluster --pool-size 5 --app-user other-1 --app-database other-1 --pool other-pool --secret-file "$SECRETS/other_url"
    works
    local url writes
    writes=$(sql_writes)
    mdb grant --app-user other-1 --app-database other-1
    works
    equal "$(sql_writes)" "$writes" "SQL writes of the second time"
    as_user "$SECRETS/other_url" "SELECT 1"
    url=$(sed "s#other-pool#app-pool#" "$SECRETS/other_url")
    printf '%s' "$url" >"$BOX/wrong"
    [[ $(as_user "$BOX/wrong" "SELECT 1") == *"permission denied for database"* ]] || fail "other is in appdb"
    # PgBouncer lets a client wait once a login has failed; the database says it at once.
    verified "$(sed "s#:$POOL_PORT/other-pool#:$PG_PORT/appdb#" "$SECRETS/other_url")"
    fails 4
    said "the user may not connect to this database"
    url=$(sed "s#:$POOL_PORT/app-pool#:$PG_PORT/other-1#" "$SECRETS/database_url")
    printf '%s' "$url" >"$BOX/wrong"
    [[ $(as_user "$BOX/wrong" "SELECT 1") == *"permission denied for database"* ]] || fail "app is in other"
}

@test "grant: another user takes over what the first one made" {
    drop_application
    rig_cluster "${OWN[@]}"
    works
    as_user "$SECRETS/database_url" "CREATE TABLE first (n int)"
    as_superuser postgres -c "CREATE ROLE late LOGIN PASSWORD 'AVNS_rig'; GRANT app_owner TO late"
    printf 'postgresql://late:AVNS_rig@localhost:%s/appdb?sslmode=require' "$PG_PORT" >"$BOX/late"
    as_user "$BOX/late" "ALTER TABLE first ADD m int; DROP TABLE first"
}

@test "a deployment of doadmin in defaultdb is moved over: its objects, a pool of its own; the old pool stays" {
    drop_application
    as_superuser postgres -c "DROP DATABASE defaultdb WITH (FORCE)" -c "CREATE DATABASE defaultdb OWNER doadmin"
    rig_cluster
    works
    as_user "$SECRETS/database_url" "CREATE TABLE old (id serial PRIMARY KEY, n int); CREATE TYPE mood AS ENUM ('a');
        CREATE SCHEMA area; CREATE VIEW area.v AS SELECT n FROM old; INSERT INTO old (n) VALUES (5);
        CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'"
    cp "$SECRETS/database_url" "$BOX/old_url"
    mdb setup --app-user app --app-database defaultdb
    fails 4
    said "the connection pool app-pool belongs to the user doadmin and the database defaultdb"
    mdb setup --app-user app --app-database defaultdb --pool new-pool --pool-size 5 --verify
    works
    equal "$(as_user "$SECRETS/database_url" "SELECT n FROM area.v; ALTER TABLE old ADD m int; DROP FUNCTION f(); DROP TYPE mood")" 5
    equal "$(as_user "$BOX/old_url" "SELECT n FROM old")" 5
    equal "$(doctl sim dump | grep -c '^pool ')" 2 pools
    as_superuser postgres -c "DROP DATABASE defaultdb WITH (FORCE)" -c "CREATE DATABASE defaultdb OWNER doadmin"
}

@test "where psql cannot connect, the SQL is there for review, and is right; grant does that step alone" {
    drop_application
    rig_cluster "${OWN[@]}" --psql /nowhere/psql
    fails 3
    said "SQL for the rights saved: $SECRETS/grant-app.sql"
    said "the rights are not granted"
    [ -s "$SECRETS/database_url" ] || fail "the URL was not written"
    as_user "$SECRETS/database_url" "SELECT 1"
    mdb psql freshtrack-db "${OWN[@]}" -- -Xqf "$SECRETS/grant-app.sql"
    works
    as_user "$SECRETS/database_url" "CREATE TABLE t (n int)"
    mdb grant "${OWN[@]}"
    works
    answered app
    said "The user app has its rights"
    # A right that somebody took away comes back.
    as_superuser appdb -c "SET ROLE NONE; REVOKE CREATE ON SCHEMA public FROM app_owner"
    mdb verify
    fails 4
    said "may not create tables in the schema public"
    mdb grant "${OWN[@]}" --via env
    works
    said "Granted the user app its rights"
    mdb verify
    works
    mdb grant
    fails 2
    said "--app-user"
}

@test "migrations: two clients exclude each other past the pool, and not through it" {
    drop_application
    rig_cluster "${OWN[@]}" --direct-file "$SECRETS/database_url_direct"
    works
    # holder FILE: takes a lock, shows it, and holds its session for a moment.
    holder() {
        env -i PATH="$PATH" PGSSLROOTCERT="$RIG/ca.crt" psql -XqAtw "$(cat "$1")" 3>&- >"$BOX/first" <<'SQL'
SELECT pg_try_advisory_lock(42);
\! sleep 1
SQL
    }
    local file
    for file in database_url_direct database_url; do
        rm -f "$BOX/first"
        holder "$SECRETS/$file" &
        await grep -q t "$BOX/first"
        as_user "$SECRETS/$file" "SELECT pg_try_advisory_lock(42)" >"$BOX/second.$file"
        wait $!
    done
    equal "$(cat "$BOX/second.database_url_direct")" f
    equal "$(cat "$BOX/second.database_url")" t
}

@test "verify: a pool in session mode is not taken for one in transaction mode" {
    rig_cluster
    works
    echo "session-pool = host=$RIG/socket port=$PG_PORT dbname=defaultdb pool_mode=session" >>"$RIG/pools.ini"
    kill -HUP "$(cat "$RIG/pgbouncer.pid")"
    sleep 0.3
    verified "$(url_with "" "" "" session-pool)"
    works
    said "Through a pool, whose mode did not show"
}
