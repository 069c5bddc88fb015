#!/usr/bin/env bats
# The default mode on the doctl that people have: setup, and setup again.

load helper

RELEASES="1.94 1.123 1.166"

# The URL that setup is to write: $1 is the host's prefix.
expected_url() {
    printf 'postgresql://doadmin:AVNS_secret@%sfreshtrack-db-do-user-1234567-0.k.db.ondigitalocean.com:25061/app-pool?sslmode=require' "$1"
}

@test "setup on each release: cluster online, one pool, one rule, the pool's URL" {
    local release
    for release in $RELEASES; do
        open_box "$release"
        with DOCTL_SIM_PASSWORD=AVNS_secret
        mdb setup --droplet 42
        works
        is_whole droplet:42
        equal "$(url)" "$(expected_url private-)" "URL on $release"
        equal "$(mode_of "$SECRETS/database_url")" 600
        equal "$(mode_of "$SECRETS")" 700
        answered "$(doctl sim dump | sed -n 's/^cluster id=\([^ ]*\) .*/\1/p')"
        said "Managed PostgreSQL configured"
        no_temporary_files
    done
}

@test "setup on each release: the cluster stands in the VPC that was made" {
    local release vpc
    for release in $RELEASES; do
        open_box "$release"
        mdb setup
        works
        vpc=$(doctl sim dump | sed -n 's/^vpc id=\([^ ]*\) name=freshtrack-vpc .*/\1/p')
        equal "$(count cluster "vpc=$vpc")" 1 "clusters in the VPC on $release"
        equal "$(count vpc)" 1 VPCs
    done
}

@test "setup again on each release: no change, every inode as it was, and it says so" {
    local release
    local before dump id
    for release in $RELEASES; do
        open_box "$release"
        mdb setup --droplet 42
        works
        id=$(cat "$BOX/out")
        before=$(files)
        dump=$(doctl sim dump)
        : >"$LOG"
        mdb setup --droplet 42
        works
        answered "$id"
        equal "$(mutations)" "" "changes of the second run on $release"
        equal "$(files)" "$before" "files after the second run on $release"
        equal "$(doctl sim dump)" "$dump" "account after the second run on $release"
        said "Nothing had to be changed"
        said "Connection string unchanged: $SECRETS/database_url"
        no_temporary_files
    done
}

@test "setup again on the plan's doctl: only the rule, which it cannot list, is appended; no file changes" {
    open_box plan
    mdb setup --droplet 42
    works
    local before
    before=$(files)
    : >"$LOG"
    mdb setup --droplet 42
    works
    equal "$(mutations)" "databases firewalls append"
    equal "$(files)" "$before" "files after the second run"
    : >"$LOG"
    mdb setup
    works
    equal "$(mutations)" ""
    said "Nothing had to be changed"
}

@test "setup on 1.94: the certificate that it cannot fetch is a warning that names the version" {
    open_box 1.94
    mdb setup --droplet 42
    works
    grep -q '^⚠ .*certificate.*1\.114' "$BOX/err" || fail "no warning that names 1.114"
    [ ! -e "$SECRETS/ca-certificate.crt" ]
    said "You may need to download manually from DigitalOcean dashboard"
    said "Managed PostgreSQL configured"
}

@test "setup on 1.123 and 1.166: the certificate is a PEM file, 0644" {
    local release
    for release in 1.123 1.166; do
        open_box "$release"
        mdb setup
        works
        equal "$(mode_of "$SECRETS/ca-certificate.crt")" 644
        equal "$(grep -c 'BEGIN CERTIFICATE' "$SECRETS/ca-certificate.crt")" 1
        equal "$(tail -n 1 "$SECRETS/ca-certificate.crt")" "-----END CERTIFICATE-----"
    done
}

@test "ca alone on 1.94 is 4 and names the version that can" {
    open_box 1.94
    whole
    mdb ca "$ID"
    fails 4
    said 1.114
    [ ! -e "$SECRETS/ca-certificate.crt" ]
}

@test "setup writes database_url, save writes do_database_url" {
    open_box 1.166
    mdb setup
    works
    equal "$(ls "$SECRETS")" "$(printf 'ca-certificate.crt\ndatabase_url')"
    ID=$(cat "$BOX/out")
    mdb save "$ID"
    works
    answered "$SECRETS/do_database_url"
    cmp "$SECRETS/database_url" "$SECRETS/do_database_url"
}

@test "url without the pool is the cluster's own port and database" {
    open_box 1.166
    with DOCTL_SIM_PASSWORD=AVNS_secret
    whole
    mdb url "$ID" false --network private
    works
    answered "postgresql://doadmin:AVNS_secret@private-freshtrack-db-do-user-1234567-0.k.db.ondigitalocean.com:25060/defaultdb?sslmode=require"
    said "Using direct connection (not recommended for production)"
}

@test "url takes the SSL mode, and refuses one that does not encrypt" {
    open_box 1.166
    whole
    mdb url "$ID" true verify-full
    works
    grep -q '?sslmode=verify-full$' "$BOX/out" || fail "not verify-full"
    mdb url "$ID" --ssl-mode verify-ca
    works
    grep -q '?sslmode=verify-ca$' "$BOX/out" || fail "not verify-ca"
    : >"$LOG"
    local mode
    for mode in disable allow prefer; do
        mdb url "$ID" true "$mode"
        fails 2
    done
    no_calls
}

@test "the settings of setup reach doctl" {
    open_box 1.166
    mdb setup --name shop-db --region fra1 --size db-s-2vcpu-4gb --pg-version 16 --nodes 2 --vpc shop-net \
        --vpc-ip-range 10.20.0.0/20 --pool shop-pool --pool-size 10
    works
    called "vpcs create --name shop-net --region fra1 --ip-range 10.20.0.0/20"
    called "databases create shop-db --engine pg --version 16 --region fra1 --size db-s-2vcpu-4gb --num-nodes 2"
    called "databases pool create .* shop-pool --db defaultdb --user doadmin --size 10 --mode transaction"
    grep -q '/shop-pool?' "$SECRETS/database_url" || fail "the URL is not that of shop-pool"
}

@test "the story is the plan's, in the plan's order" {
    open_box 1.166
    mdb setup --droplet 42
    works
    grep -E '^(==>|✓|ℹ|⚠)' "$BOX/err" | sed -E "s/[0-9a-f]{8}-[0-9a-f-]{27}/UUID/; s|$SECRETS|SECRETS|g" |
        grep -v '^==> Waiting until' >"$BOX/story"
    diff - "$BOX/story" >&2 <<'STORY'
==> Validating DigitalOcean CLI...
✓ Authenticated as: ops@example.com
==> Setting up DigitalOcean Managed PostgreSQL...
==> Checking for existing VPC: freshtrack-vpc...
==> Creating VPC: freshtrack-vpc...
✓ Created VPC: UUID
==> Checking for existing database cluster: freshtrack-db...
==> Creating managed PostgreSQL cluster: freshtrack-db...
ℹ Database will be in VPC for private networking
✓ Database cluster created: UUID
==> Creating connection pool: app-pool...
✓ Connection pool created: app-pool (transaction mode, 25 connections)
==> Downloading SSL certificate...
✓ SSL certificate saved: SECRETS/ca-certificate.crt
==> Configuring trusted sources...
✓ Added Droplet as trusted source
==> Retrieving connection string...
ℹ Using connection pooler endpoint
✓ Connection string saved: SECRETS/database_url
ℹ Connection: postgresql://doadmin:****@private-freshtrack-db-do-user-1234567-0.k.db.ondigitalocean.com:25061/app-pool?sslmode=require
ℹ The client finds the CA certificate with PGSSLROOTCERT=SECRETS/ca-certificate.crt and NODE_EXTRA_CA_CERTS=SECRETS/ca-certificate.crt
✓ Managed PostgreSQL configured
STORY
}

@test "--dialect shipped never uses the plan's words, --dialect plan only them" {
    open_box 1.166
    mdb setup --dialect shipped --droplet 42
    works
    not_called "databases ca get"
    not_called "vpcs create .* --format"
    not_called "databases create .* --format"
    is_whole droplet:42

    open_box plan
    mdb setup --dialect plan --droplet 42
    works
    not_called "databases get-ca"
    not_called "databases pool get"
    not_called "databases connection .* --private"
    is_whole droplet:42

    open_box 1.166
    mdb setup --dialect plan
    fails 4
    equal "$(count cluster)" 0 clusters
}

@test "setup knows in time that this doctl is a released one: the plan's words are not tried" {
    open_box 1.166
    mdb setup
    works
    not_called "vpcs create .* --format"
    not_called "databases create .* --format"
    not_called "databases ca get"
    # Alone, a command learns it from the words that are refused.
    open_box 1.166
    mdb vpc
    works
    called "vpcs create .* --format ID --no-header"
}
