#!/usr/bin/env bats
# What the application is given besides the URL: the CA certificate, parameters of the URL, the way past the pool.

load helper

setup() {
    open_box 1.166
    with DOCTL_SIM_PASSWORD=x
}

URL=postgresql://doadmin:x@freshtrack-db-do-user-1234567-0.k.db.ondigitalocean.com

@test "setup tells where the CA is, in words and for programs" {
    local ca=$SECRETS/ca-certificate.crt
    mdb setup
    works
    said "The client finds the CA certificate with PGSSLROOTCERT=$ca and NODE_EXTRA_CA_CERTS=$ca"
    mdb setup --output env
    works
    answered "DB_CLUSTER_ID='$(doctl sim dump | sed -n 's/^cluster id=\([^ ]*\) .*/\1/p')'
PGSSLROOTCERT='$ca'
NODE_EXTRA_CA_CERTS='$ca'"
    mdb setup --output json
    works
    equal "$(jq -r '.files[] | select(.what == "ca_certificate").path' "$BOX/out")" "$ca"
}

@test "a relative path of the CA is told as an absolute one" {
    mkdir "$BOX/here"
    cd "$BOX/here"
    mdb setup --ca-file ca.crt --output env
    works
    grep -qx "PGSSLROOTCERT='$BOX/here/ca.crt'" "$BOX/out" || fail "not absolute"
}

@test "where doctl cannot fetch the certificate, no variable names it" {
    open_box 1.94
    mdb setup --output env
    works
    equal "$(wc -l <"$BOX/out")" 1 "lines"
    not_said PGSSLROOTCERT
    mdb setup --output json
    not_said PGSSLROOTCERT
    equal "$(jq -r '.files[].what' "$BOX/out")" url
}

@test "self-hosted: no variable, no cluster" {
    with USE_MANAGED_DB=false
    mdb setup_managed_database --output env
    works
    answered "DB_CLUSTER_ID=''"
    mdb setup_managed_database --output json
    works
    equal "$(jq -c '[.cluster_id, .cluster, .files, .changed]' "$BOX/out")" '[null,null,null,[]]'
}

@test "the CA is no secret: 0644, and one of an earlier run becomes so" {
    mdb setup
    works
    equal "$(mode_of "$SECRETS/ca-certificate.crt")" 644
    equal "$(mode_of "$SECRETS/database_url")" 600
    equal "$(mode_of "$SECRETS")" 700
    chmod 600 "$SECRETS/ca-certificate.crt"
    (umask 077 && mdb setup) # the umask takes nothing away
    equal "$(mode_of "$SECRETS/ca-certificate.crt")" 644
    mdb setup
    said "Nothing had to be changed"
}

@test "--url-param: in the file, in url and in what is shown, in their order" {
    local more='pgbouncer=true&sslrootcert=/run/secrets/database_ca_true'
    mdb setup --url-param pgbouncer=true --url-param sslrootcert=/run/secrets/database_ca_true
    works
    equal "$(url)" "$URL:25061/app-pool?sslmode=require&$more"
    said "postgresql://doadmin:****@freshtrack-db-do-user-1234567-0.k.db.ondigitalocean.com:25061/app-pool?sslmode=require&$more"
    with "DO_DB_URL_PARAMS=$more"
    mdb url freshtrack-db
    mdb setup
    works
    said "Nothing had to be changed"
    mdb setup --url-param ssl=true
    works
    equal "$(url)" "$URL:25061/app-pool?ssl=true"
}

@test "--url-param: what is no parameter of a URL is refused, before doctl is called" {
    local bad
    for bad in a =b 'a=b c' sslmode=disable password=x 'a=#'; do
        mdb setup --url-param "$bad"
        fails 2
        said "--url-param"
    done
    mdb setup --url-param a=b --url-param a=c
    fails 2
    no_calls
}

@test "--direct-file: the cluster's own port and database, on the host of the pooled URL; no pgbouncer= there" {
    local direct=$SECRETS/database_url_direct
    mdb setup --direct-file "$direct" --url-param pgbouncer=true --url-param connect_timeout=9
    works
    equal "$(cat "$direct")" "$URL:25060/defaultdb?sslmode=require&connect_timeout=9"
    equal "$(url)" "$URL:25061/app-pool?sslmode=require&pgbouncer=true&connect_timeout=9"
    equal "$(mode_of "$direct")" 600
    said "Direct connection string saved: $direct"
    mdb setup --direct-file "$direct" --url-param pgbouncer=true --url-param connect_timeout=9
    said "Nothing had to be changed"
    mdb setup --direct-file "$direct" --network private
    works
    equal "$(cat "$direct")" "${URL/@/@private-}:25060/defaultdb?sslmode=require"
}

@test "--direct-file: not the file of something else, and one that cannot be written stops the run at once" {
    mdb setup --direct-file "$SECRETS/database_url"
    fails 2
    mdb setup --direct-file "$SECRETS/ca-certificate.crt"
    fails 2
    no_calls
    mdb setup --direct-file /proc/x
    fails 6
    equal "$(mutations)" ""
}

@test "a pool or a certificate that fails leaves no cluster open: the trusted sources are set, the run fails" {
    local fault
    for fault in "databases pool create=422" "databases pool list=500" "databases get-ca=500"; do
        open_box 1.166
        with "DOCTL_SIM_FAULT=$fault"
        mdb setup --droplet 42
        case $fault in *422) fails 2 ;; *) fails 4 ;; esac
        equal "$(doctl sim dump | grep -c '^rule .* value=42')" 1 "rules after $fault"
        not_said "every address may connect"
    done
}

@test "a run that ends with a cluster without a trusted source says so in its last line" {
    local id
    last() {
        tail -n 1 "$BOX/err" | grep -q "has no trusted source: every address may connect" || fail "not in the last line"
    }
    mdb setup
    works
    last
    mdb setup
    works
    last
    mdb setup_managed_database
    works
    last
    with "DOCTL_SIM_FAULT=databases pool list=500"
    mdb setup
    fails 4
    last
    without DOCTL_SIM_FAULT
    mdb setup --trust tag:web
    works
    not_said "every address may connect"
    mdb setup
    works
    not_said "every address may connect"
    open_box 1.166
    mdb create
    works
    last
    open_box 1.166
    with "DOCTL_SIM_FAULT=databases firewalls append=403"
    mdb setup --droplet 42
    fails 4
    last
}

@test "a doctl that knows the plan's words alone: what it cannot be asked is left out, and the run ends well" {
    open_box plan
    mdb setup --droplet 42 --app-user app --app-database appdb --direct-file "$SECRETS/database_url_direct"
    works
    said "This doctl knows no users and databases: the pool and the URL are those of doadmin and defaultdb"
    is_whole droplet:42
    grep -q '^postgresql://doadmin:' "$SECRETS/database_url"
    grep -q '^postgresql://doadmin:.*:25060/defaultdb' "$SECRETS/database_url_direct"
    ! grep -q pooler "$SECRETS/database_url_direct" || fail "the direct URL names the pooler"
}

@test "--app-database without --app-user, and names of others, are refused" {
    local words
    for words in "--app-database app" "--app-user doadmin --app-database app" \
        "--faithful --app-user a --app-database a" "--app-user pg_x --app-database x"; do
        # shellcheck disable=SC2086
        mdb setup $words
        fails 2
    done
    no_calls
}

@test "a user or a database whose answer got lost is looked for; a token without rights stops before the pool" {
    local fault
    for fault in "databases user create=lost@1" "databases db create=lost@1" "databases user create=ok-exit1@1"; do
        open_box 1.166
        with "DOCTL_SIM_FAULT=$fault"
        mdb setup --trust tag:web --app-user app --app-database appdb --psql /nowhere
        fails 3
        equal "$(doctl sim dump | grep -cE '^(user|database) ')" 2 "things after $fault"
        grep -q '^postgresql://app:' "$SECRETS/database_url" || fail "no URL after $fault"
    done
    open_box 1.166
    with "DOCTL_SIM_FAULT=databases user create=403"
    mdb setup --trust tag:web --app-user app --app-database appdb
    fails 4
    not_called "databases pool create"
}

@test "a certificate that the API refused is what the run ends with, not what psql says without it" {
    with "DOCTL_SIM_FAULT=databases get-ca=500"
    mdb setup --trust tag:web --app-user app --app-database appdb --verify
    fails 4
    said "could not fetch the CA certificate"
    not_said "Looking after the rights"
    not_said "Verifying the connection"
}
