#!/usr/bin/env bats
# Values that DigitalOcean does not offer: told with the nearest ones that it does, before anything is made.

load deploy

setup() {
    open_box 1.166
}

# refused COMMAND…: exit 2, nothing made, nothing saved.
refused() {
    "$@"
    exits 2
    equal "$(mutations)" "" "changes of $*"
    [ ! -e "${SECRETS:-$BOX/none}" ] || equal "$(ls -A "$SECRETS")" "" "files of $*"
}

@test "setup: each value that is not offered, on each release, makes nothing" {
    local personality
    for personality in 1.94 1.123 1.166; do
        open_box "$personality"
        refused mdb setup --size db-s-1vcpu-2bg --droplet 42
        said "no database size db-s-1vcpu-2bg: set DO_DB_SIZE to another one; the nearest are db-s-1vcpu-2gb, db-s-1vcpu-1gb"
        refused mdb setup --pg-version 99
        said "no PostgreSQL 99: set DO_DB_VERSION to another one; the nearest are "
        refused mdb setup --region nyc9
        said "no databases in the region nyc9: set DO_REGION to another one; the nearest are nyc1, nyc2, nyc3"
        refused mdb setup --nodes 4
        said "a cluster of the size db-s-1vcpu-2gb cannot have 4 nodes, but one of [1,2,3]"
        refused mdb setup --size db-s-1vcpu-1gb --pool-size 10 --nodes 2
        said "cannot have 2 nodes, but one of [1]"
        refused mdb create freshtrack-db nyc3 db-s-9vcpu-9gb
        said "no database size db-s-9vcpu-9gb"
    done
}

@test "the forms of names and sizes are known without asking" {
    local wrong
    for wrong in "--size s-1vcpu-2gb" "--pool ab" "--pool $(printf 'a%.0s' {1..61})" "--trust ip_addr:2001:db8::1"; do
        # shellcheck disable=SC2086  # words
        refused mdb setup $wrong
        equal "$(calls)" "" "calls of $wrong"
    done
    with DO_DROPLET_SIZE=db-s-1vcpu-2gb
    refused mdb droplet create web
    said "the size of a Droplet, such as s-2vcpu-4gb"
}

@test "a cluster that is there is not asked about, and a doctl that cannot say stops nothing" {
    mdb setup --droplet 42
    works
    : >"$LOG"
    mdb setup --droplet 42 --size db-s-9vcpu-9gb --pg-version 99
    works
    not_called "databases options"
    local fault
    for fault in 403 404 500 garbage empty network; do
        open_box 1.166
        with "DOCTL_SIM_FAULT=databases options versions=$fault;databases options slugs=$fault;databases options regions=$fault"
        mdb setup --droplet 42
        works
        is_whole droplet:42
    done
    open_box plan
    mdb setup --droplet 42
    works
    open_box 1.166
    mdb --faithful --dialect shipped setup --size db-s-1vcpu-2bg
    not_called "databases options"
}

@test "what the API refuses with 422 when it is to make something is a wrong setting" {
    local call
    for call in "vpcs create" "databases create" "databases pool create"; do
        open_box 1.166
        with "DOCTL_SIM_FAULT=$call=422"
        mdb setup --droplet 42
        fails 2
        said "change the setting that it names"
    done
}

@test "a given but empty VPC is an error; left out it is the default one; --faithful takes it for none" {
    local ending
    refused mdb create freshtrack-db nyc3 db-s-1vcpu-2gb ""
    said "argument 4 of 'create', the ID of the VPC, is empty"
    mdb create freshtrack-db nyc3 db-s-1vcpu-2gb
    works
    not_called "databases create .*--private-network-uuid"
    open_box plan
    mdb --faithful create freshtrack-db nyc3 db-s-1vcpu-2gb ""
    works
}

@test "the plan's own lines, where ensure_vpc fails and its caller goes on: no cluster" {
    open_box 1.166
    with "MANAGED_DB=$PROGRAM" "LIBRARY=$TOP/scripts/lib" "DOCTL_SIM_FAULT=vpcs list=403"
    cat >"$BOX/script" <<'SCRIPT'
. "$LIBRARY/managed-db-helpers.sh"
. "$LIBRARY/doctl-helpers.sh"
vpc_uuid=$(ensure_vpc "freshtrack-vpc" nyc3)
create_managed_database freshtrack-db nyc3 db-s-1vcpu-2gb "$vpc_uuid"
SCRIPT
    status=0
    env -i "${ENVIRONMENT[@]}" bash "$BOX/script" >"$BOX/out" 2>"$BOX/err" || status=$?
    exits 2
    equal "$(count cluster)" 0 clusters
}

@test "a deployment: each wrong value, with a new Droplet or for one that is there, 0 changes and 0 Droplets" {
    local wrong
    open_stage
    for wrong in DO_DB_SIZE=db-s-1vcpu-2bg DO_DB_VERSION=99 DO_REGION=nyc9 DO_DROPLET_SIZE=s-2vcpu-4bg \
        DO_DROPLET_IMAGE=ubuntu-99-04-x64 DO_DB_SIZE=s-1vcpu-2gb DO_DROPLET_SIZE=db-s-1vcpu-2gb DO_DB_POOL=ab \
        DO_DB_POOL_SIZE=48; do
        config USE_MANAGED_DB=true "$wrong"
        refused deploy
        nothing_was_made
        # Known in the dry run too.
        refused deploy --dry-run
    done
    said "does not fit into a cluster"
    config USE_MANAGED_DB=false DO_DROPLET_IMAGE=ubuntu-99-04-x64
    refused deploy
    said "no image ubuntu-99-04-x64: set DO_DROPLET_IMAGE to another one; the nearest are ubuntu-"
    config USE_MANAGED_DB=false DO_DB_SIZE=db-s-1vcpu-2bg
    deployed
    config USE_MANAGED_DB=true DO_DB_SIZE=db-s-1vcpu-2bg
    refused deploy
    # An ID of an image counts, whatever is on the list of distributions.
    mdb droplet find web
    exits 0
}
