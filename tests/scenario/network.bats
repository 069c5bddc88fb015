#!/usr/bin/env bats
# Which of the cluster's two hosts the URL gets, and that a VPC is not made for nobody.

load helper

setup() {
    open_box 1.166
    with DOCTL_SIM_PASSWORD=x
}

# has_host private|public: the host of the URL that setup wrote, or that url printed.
has_host() {
    local url
    url=$(cat "${2:-$SECRETS/database_url}")
    case $url in
    *@private-freshtrack-db-do-user-*:25061/app-pool?*) equal private "$1" "host of $url" ;;
    *@freshtrack-db-do-user-*:25061/app-pool?*) equal public "$1" "host of $url" ;;
    *) fail "no URL of the pool: $url" ;;
    esac
}

# droplet_in VPC_UUID [REGION]: Droplet 42.
droplet_in() {
    doctl sim droplet add 42 --name web --private-ip 10.116.0.2 --vpc "$1" --region "${2:-nyc3}"
}

# cluster_is_in VPC_UUID
cluster_is_in() {
    doctl sim dump | grep -q "^cluster .* vpc=$1 " || fail "the cluster is not in the VPC $1"
}

refuses_before_anything() {
    fails 2
    said "--network private cannot work"
    equal "$(mutations)" "" "changes"
    [ ! -e "$SECRETS/database_url" ] || fail "a URL was written"
}

@test "url: --network public and private; auto without a Droplet is public, and says what would be private" {
    whole
    mdb url "$ID" --network public
    works
    has_host public "$BOX/out"
    not_called "databases connection .* --private"
    mdb url "$ID" --network private
    works
    has_host private "$BOX/out"
    : >"$LOG"
    mdb url "$ID"
    works
    has_host public "$BOX/out"
    not_called "databases connection .* --private"
    said "No Droplet is named, so the URL has the public host; --network private"
}

@test "url and save compare the Droplet of DROPLET_ID with the cluster" {
    whole
    droplet_in "$VPC"
    with DROPLET_ID=42
    mdb url "$ID"
    works
    has_host private "$BOX/out"
    droplet_in "$(doctl sim vpc add elsewhere)"
    mdb save "$ID"
    works
    has_host public "$SECRETS/do_database_url"
    said "The URL gets the public host: the Droplet 42 is in the VPC elsewhere"
    mdb url "$ID" --network private
    fails 2
}

@test "Droplet in the VPC of the cluster: the private host, for a new cluster and for one that is there" {
    droplet_in "$(doctl sim vpc add freshtrack-vpc)"
    mdb setup --droplet 42
    works
    has_host private
    mdb setup --droplet 42
    works
    has_host private
    said "Nothing had to be changed"
    not_said "public host"
    mdb setup --droplet 42 --network private
    works
    has_host private
}

@test "Droplet in another VPC of the region: the public host, and one warning that names the VPC" {
    local other
    doctl sim vpc add freshtrack-vpc
    other=$(doctl sim vpc add elsewhere)
    droplet_in "$other"
    mdb setup --droplet 42 --network private
    refuses_before_anything
    mdb setup --droplet 42
    works
    has_host public
    equal "$(grep -c '^⚠ The URL gets the public host' "$BOX/err")" 1 "warnings"
    said "the Droplet 42 is in the VPC elsewhere (nyc3), the cluster will be in freshtrack-vpc (nyc3)"
    said "run with --vpc elsewhere"
    : >"$LOG"
    mdb setup --droplet 42
    works
    has_host public
    equal "$(mutations)" "" "changes of the second run"
    said "the Droplet 42 is in the VPC elsewhere (nyc3), the cluster in freshtrack-vpc (nyc3)"
    : >"$LOG"
    mdb setup --droplet 42 --network private
    fails 2
    equal "$(mutations)" "" "changes"
}

@test "the advice is right: with --vpc the URL has the private host" {
    local other
    doctl sim vpc add freshtrack-vpc
    other=$(doctl sim vpc add elsewhere)
    droplet_in "$other"
    mdb setup --droplet 42 --vpc elsewhere
    works
    has_host private
    cluster_is_in "$other"
}

@test "no VPC of that name: the database goes into the Droplet's, and none is made" {
    local own
    own=$(doctl sim vpc add default-nyc3 --default yes)
    droplet_in "$own"
    mdb setup --droplet 42 --network private
    works
    has_host private
    cluster_is_in "$own"
    not_called "vpcs create"
    said "There is no VPC freshtrack-vpc, and none is made"
}

@test "Droplet in another region: the public host, no VPC is made; private is refused" {
    droplet_in "$(doctl sim vpc add far --region sfo3)" sfo3
    mdb setup --droplet 42 --network private
    refuses_before_anything
    mdb setup --droplet 42
    works
    has_host public
    not_called "vpcs create"
    said "the Droplet 42 is in the VPC far (sfo3), the cluster will be in the default VPC (nyc3)"
}

@test "an existing cluster in another VPC: no VPC is made, the public host; private is refused" {
    local theirs
    theirs=$(doctl sim vpc add theirs)
    doctl sim cluster add freshtrack-db --vpc "$theirs"
    droplet_in "$(doctl sim vpc add elsewhere)"
    mdb setup --droplet 42 --network private
    refuses_before_anything
    mdb setup --droplet 42
    works
    has_host public
    not_called "vpcs create"
    said "There is no VPC freshtrack-vpc, and none is made: the cluster freshtrack-db is there already"
    said "the cluster in theirs (nyc3)"
}

@test "an existing cluster in the VPC of the Droplet, which has another name: the private host" {
    local theirs
    theirs=$(doctl sim vpc add theirs)
    doctl sim cluster add freshtrack-db --vpc "$theirs"
    droplet_in "$theirs"
    mdb setup --droplet 42
    works
    has_host private
    not_called "vpcs create"
}

@test "without a Droplet: the public host; a VPC is made unless only addresses may connect" {
    mdb setup --trust ip_addr:203.0.113.7
    works
    has_host public
    not_called "vpcs create"
    said "only addresses may connect"

    open_box 1.166
    mdb setup --trust ip_addr:203.0.113.7 --trust tag:web
    works
    has_host public
    called "vpcs create"

    open_box 1.166
    mdb setup
    works
    has_host public
    called "vpcs create"
}

@test "--network private on a hand-made doctl, which knows no such host: 2, and nothing is made" {
    open_box plan
    mdb setup --network private
    refuses_before_anything
    said "use a released one"
    whole
    mdb url "$ID" --network private
    fails 2
    said "use a released one"
    # Each release tells it with the rest about a cluster, 1.94 too.
    open_box 1.94
    mdb setup --network private
    works
    has_host private
}

@test "where the Droplet's VPC cannot be told, nothing is compared" {
    # The simulator's Droplet 42 tells no VPC; the plan's doctl is not able to.
    mdb setup --droplet 42
    works
    has_host private
    open_box plan
    mdb setup --droplet 42
    works
    not_said "The URL gets the public host"
    : >"$LOG"
    mdb --faithful setup --droplet 42
    not_called "VPCUUID"
    not_called "-o json"
}

@test "a cluster whose VPC cannot be read stops the run before a change" {
    local fault
    for fault in 500 403 network; do
        open_box 1.166
        half_made
        droplet_in "$VPC"
        with "DOCTL_SIM_FAULT=databases get=$fault"
        mdb setup --droplet 42
        fails 4
        equal "$(mutations)" "" "changes after $fault"
    done
}
