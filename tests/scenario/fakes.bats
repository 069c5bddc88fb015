#!/usr/bin/env bats
# The default mode on a fake doctl of a few lines of shell that knows the plan's calls and nothing else. Its
# tables have single blanks, as a fake's have.

load helper

DATABASE_HOST=freshtrack-db-do-user-1-0.b.db.ondigitalocean.com
POOLER_HOST=freshtrack-db-do-user-1-0.b-pooler.db.ondigitalocean.com
URL="postgresql://doadmin:s3cret@$POOLER_HOST:25060/defaultdb?sslmode=require"

# fake OTHERWISE: what the fake does with a call that the plan has not.
fake() {
    open_box plan
    with "FAKE=$BOX/fake" "LOG=$LOG" "CERTIFICATE=$BOX/certificate" "DATABASE_HOST=$DATABASE_HOST"
    mkdir "$BOX/fake"
    doctl databases ca get "$(doctl sim cluster add some-db)" --output "$BOX/certificate"
    fake_doctl <<FAKE
#!/bin/sh
echo "\$*" >>"\$LOG"
case "\$*" in
"account get --format Email --no-header") echo dev@example.com ;;
"vpcs list --format Name,ID --no-header") cat "\$FAKE/vpcs" 2>/dev/null ;;
"vpcs create --name freshtrack-vpc --region nyc3 --ip-range 10.116.0.0/20 --format ID --no-header")
    echo "freshtrack-vpc vpc-uuid-1" >>"\$FAKE/vpcs"
    echo vpc-uuid-1
    ;;
"databases list --format Name,ID,Engine,Status --no-header") cat "\$FAKE/clusters" 2>/dev/null ;;
"databases create freshtrack-db --engine pg --version 15 --region nyc3 --size db-s-1vcpu-2gb --num-nodes 1 --wait --format ID --no-header"*)
    echo "freshtrack-db db-uuid-1 pg online" >>"\$FAKE/clusters"
    echo db-uuid-1
    ;;
"databases pool list db-uuid-1 --format Name --no-header") cat "\$FAKE/pools" 2>/dev/null ;;
"databases pool create db-uuid-1 app-pool --db defaultdb --user doadmin --size 25 --mode transaction")
    echo app-pool >>"\$FAKE/pools"
    ;;
"databases ca get db-uuid-1 --output "*) cp "\$CERTIFICATE" "\$6" ;;
"databases connection db-uuid-1 --format Host,Port,User,Password,Database --no-header")
    echo "\$DATABASE_HOST 25060 doadmin s3cret defaultdb"
    ;;
"compute droplet get 42 --format PrivateIPv4 --no-header") echo 10.116.0.2 ;;
"databases firewalls append db-uuid-1 --rule droplet:42") echo droplet:42 >>"\$FAKE/rules" ;;
"databases get db-uuid-1 --format ID,Name,Engine,Version,Status,Region,Size")
    echo "ID Name Engine Version Status Region Size"
    echo "db-uuid-1 freshtrack-db pg 15 online nyc3 db-s-1vcpu-2gb"
    ;;
"databases pool list db-uuid-1 --format Name,Size,Mode,Database,User")
    echo "Name Size Mode Database User"
    echo "app-pool 25 transaction defaultdb doadmin"
    ;;
*) $1 ;;
esac
exit 0
FAKE
}

REFUSES='echo "fake doctl: unexpected call: $*" >&2; exit 1'
REFUSES_ON_STDOUT='echo "unexpected call: $*"; exit 1'
IS_SILENT='exit 0'

# each_fake FUNCTION: runs it on each.
each_fake() {
    local otherwise
    for otherwise in "$REFUSES" "$REFUSES_ON_STDOUT" "$IS_SILENT"; do
        fake "$otherwise"
        echo "on the fake with: $otherwise"
        "$@"
    done
}

fresh_setup() {
    mdb setup --droplet 42
    works
    answered db-uuid-1
    equal "$(url)" "$URL"
    equal "$(cat "$BOX/fake/vpcs")" "freshtrack-vpc vpc-uuid-1"
    equal "$(cat "$BOX/fake/clusters")" "freshtrack-db db-uuid-1 pg online"
    equal "$(cat "$BOX/fake/pools")" app-pool
    equal "$(cat "$BOX/fake/rules")" droplet:42
    cmp "$BOX/certificate" "$SECRETS/ca-certificate.crt"
    equal "$(calls | sed -n 's/.*--private-network-uuid //p')" vpc-uuid-1
    no_temporary_files
}

@test "setup on a fresh account with a Droplet" {
    each_fake fresh_setup
}

without_droplet() {
    mdb setup
    works
    answered db-uuid-1
    equal "$(url)" "$URL"
    [ ! -e "$BOX/fake/rules" ] || fail "a rule"
    not_called "compute droplet"
}

@test "setup on a fresh account without a Droplet" {
    each_fake without_droplet
}

second_setup() {
    mdb setup --droplet 42
    works
    local before
    before=$(files)
    mdb setup --droplet 42
    works
    answered db-uuid-1
    equal "$(files)" "$before" files
    equal "$(wc -l <"$BOX/fake/clusters")" 1 clusters
    equal "$(wc -l <"$BOX/fake/pools")" 1 pools
    equal "$(wc -l <"$BOX/fake/vpcs")" 1 VPCs
}

@test "setup twice" {
    each_fake second_setup
}

the_function() {
    with USE_MANAGED_DB=true DROPLET_ID=42
    mdb setup_managed_database
    works
    answered db-uuid-1
    equal "$(url)" "$URL"
    not_called "account get"
}

@test "setup_managed_database" {
    each_fake the_function
}

single_commands() {
    mdb check freshtrack-db
    is_none
    mdb vpc
    works
    answered vpc-uuid-1
    mdb vpc
    works
    answered vpc-uuid-1
    mdb auth
    works
    answered dev@example.com
    mdb create
    works
    answered db-uuid-1
    mdb check freshtrack-db
    works
    answered db-uuid-1
    mdb create
    works
    answered db-uuid-1
    mdb pool db-uuid-1
    works
    answered app-pool
    mdb ca db-uuid-1
    works
    answered "$SECRETS/ca-certificate.crt"
    mdb url db-uuid-1
    works
    answered "$URL"
    mdb url db-uuid-1 false
    works
    answered "postgresql://doadmin:s3cret@$DATABASE_HOST:25060/defaultdb?sslmode=require"
    mdb save db-uuid-1
    works
    answered "$SECRETS/do_database_url"
    equal "$(cat "$SECRETS/do_database_url")" "$URL"
    mdb trust db-uuid-1 42
    works
    answered droplet:42
    mdb info db-uuid-1
    works
    grep -q '^app-pool 25 transaction defaultdb doadmin$' "$BOX/out" || fail "no table of pools"
}

@test "every single command" {
    each_fake single_commands
}

create_alone() {
    mdb create
    works
    answered db-uuid-1
    equal "$(cat "$BOX/fake/pools")" app-pool
    cmp "$BOX/certificate" "$SECRETS/ca-certificate.crt"
}

@test "create on a fresh account" {
    each_fake create_alone
}

creating_cluster() {
    echo "freshtrack-db db-uuid-1 pg creating" >"$BOX/fake/clusters"
    mdb setup --droplet 42
    works
    answered db-uuid-1
}

@test "a cluster that is still creating is waited for with the plan's own words" {
    each_fake creating_cluster
}

faithful_setup() {
    mdb --faithful setup --droplet 42
    works
    equal "$(url)" "$URL"
    equal "$(calls | grep -c .)" 13 calls
}

@test "--faithful" {
    each_fake faithful_setup
}

one_at_a_time() {
    mdb --jobs 1 setup --droplet 42
    works
    equal "$(url)" "$URL"
}

@test "--jobs 1" {
    each_fake one_at_a_time
}

odd_hosts() {
    DATABASE_HOST=db.internal
    with DATABASE_HOST=db.internal
    mdb url db-uuid-1
    works
    # As in the plan: a host that is not DigitalOcean's stays as it is.
    answered "postgresql://doadmin:s3cret@db.internal:25060/defaultdb?sslmode=require"
}

@test "a host outside ondigitalocean.com stays as it is" {
    each_fake odd_hosts
}

@test "a fake that fails a plan's call fails the run" {
    fake "$REFUSES"
    rm -f "$BOX/certificate"
    mdb setup
    [ "$status" != 0 ] || said "Failed to download SSL certificate"
    fake "$REFUSES"
    sed -i 's/^"databases connection .*/"never")/' "$BOX/bin/doctl"
    mdb setup
    fails 4
    [ ! -e "$SECRETS/database_url" ] || fail "a secret file without connection details"
    fake "$IS_SILENT"
    sed -i 's/^"databases connection .*/"never")/' "$BOX/bin/doctl"
    mdb setup
    fails 4
    [ ! -e "$SECRETS/database_url" ] || fail "a secret file without connection details"
}

@test "a fake that cannot create fails the run" {
    fake "$REFUSES"
    sed -i 's/^"databases create .*/"never")/' "$BOX/bin/doctl"
    mdb create
    fails 4
    fake "$IS_SILENT"
    sed -i 's/^"databases create .*/"never")/' "$BOX/bin/doctl"
    mdb create
    fails 4
    fake "$IS_SILENT"
    sed -i 's/^"databases pool create .*/"never")/' "$BOX/bin/doctl"
    mdb create
    # Exit status 0 and nothing is what this fake says to a good `pool create` too.
    works
}

@test "a released doctl that answers oddly is not taken for a fake: no host is made up" {
    local fault before
    open_box 1.166
    whole
    mdb save "$ID" --network public
    works
    before=$(cat "$SECRETS/do_database_url")
    for fault in empty ok-exit1 wrong-columns; do
        with "DOCTL_SIM_FAULT=databases pool get=$fault"
        mdb save "$ID" --network public
        fails 4
        equal "$(cat "$SECRETS/do_database_url")" "$before" "the URL after $fault"
        without DOCTL_SIM_FAULT
        with "DOCTL_SIM_FAULT=databases firewalls list=$fault"
        mdb trust "$ID" 42
        fails 4
        equal "$(count rule)" 1 rules
        without DOCTL_SIM_FAULT
    done
}

@test "a pool that the list of a fake does not show is not called done, and no reason to stop" {
    fake "$IS_SILENT"
    sed -i 's|echo app-pool >>"$FAKE/pools"|:|' "$BOX/bin/doctl"
    mdb setup --droplet 42
    works
    said "⚠ doctl said that it made the connection pool app-pool, but its list does not show it"
    not_said "✓ Connection pool created"
    equal "$(url)" "$URL"
}

@test "a fake whose complaint sounds like doctl's own is ignored" {
    local complaint
    for complaint in "could not handle this call" "Unable to handle this" "requires something" \
        "accepts only plan calls"; do
        fake "echo 'Error: $complaint' >&2; exit 1"
        mdb setup --droplet 42
        works
        equal "$(url)" "$URL"
    done
}
