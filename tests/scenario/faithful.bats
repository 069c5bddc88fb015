#!/usr/bin/env bats
# --faithful makes the plan's doctl calls and no others; the default mode makes the same changes.
# The sequences stand in tests/golden; the plan's own bash is run beside them.

load helper

setup() {
    open_box plan
}

# The log, with what differs from run to run put back into words.
normalised() {
    local cluster vpc
    cluster=$(doctl sim dump | sed -n 's/^cluster id=\([^ ]*\) name=freshtrack-db .*/\1/p')
    vpc=$(doctl sim dump | sed -n 's/^vpc id=\([^ ]*\) .*/\1/p')
    calls | sed -E -e "s|${cluster:-none}|CLUSTER_ID|g" -e "s|${vpc:-none}|VPC_UUID|g" \
        -e "s|$SECRETS|SECRETS|g" -e 's|(ca-certificate\.crt\.)[^ /]*$|\1TEMPORARY|'
}

# matches NAME: the calls are those of the golden file.
matches() {
    normalised >"$BOX/seen"
    diff "$GOLDEN/$1.calls" "$BOX/seen" >&2 || fail "other calls than in $1.calls"
}

# The plan's bash with DROPLET_ID=$1; it puts its files into the box.
plan_bash() {
    sed "s|/opt/freshtrack-pro/secrets|$SECRETS|" "$BATS_TEST_DIRNAME/plan.bash" >"$BOX/plan.bash"
    env -i "${ENVIRONMENT[@]}" DO_REGION=nyc3 DO_DB_SIZE=db-s-1vcpu-2gb USE_MANAGED_DB=true \
        "DROPLET_ID=$1" bash -c '. "$1" && setup_managed_database' bash "$BOX/plan.bash" \
        >"$BOX/out" 2>"$BOX/err"
    # The plan gives the final name; managed-db gives one beside it.
    sed -i 's|ca-certificate\.crt$|&.plan|' "$LOG"
}

# The changes of a golden file, in the wording of the default mode on any doctl.
golden_mutations() {
    grep -oE '^(vpcs create|databases create|databases pool create|databases firewalls append)' "$GOLDEN/$1.calls"
}

@test "faithful: a fresh account with a Droplet takes the plan's 12 calls" {
    mdb --faithful setup_managed_database --droplet 42
    works
    matches fresh-droplet
    equal "$(calls | grep -c .)" 12 calls
    is_whole droplet:42
    no_temporary_files
}

@test "faithful: a fresh account without a Droplet takes 10 calls" {
    mdb --faithful setup_managed_database
    works
    matches fresh
    is_whole
}

@test "faithful: a fresh account with the VPC takes 11 calls" {
    doctl sim vpc add freshtrack-vpc
    mdb --faithful setup_managed_database --droplet 42
    works
    matches fresh-vpc-droplet
    is_whole droplet:42
}

@test "faithful: an existing cluster takes the plan's 7 calls" {
    half_made
    mdb --faithful setup_managed_database --droplet 42
    works
    answered "$ID"
    matches existing-droplet
    equal "$(calls | grep -c .)" 7 calls
    # As the plan does: it returns early, whatever the cluster lacks.
    equal "$(count pool)" 0 pools
    [ ! -e "$SECRETS/ca-certificate.crt" ]
}

@test "faithful: an existing cluster without a Droplet takes 5 calls" {
    half_made
    mdb --faithful setup_managed_database
    works
    matches existing
}

@test "faithful: setup authenticates first, then makes the same calls" {
    mdb --faithful setup --droplet 42
    works
    matches setup
    said "Authenticated as: "
}

@test "faithful: DROPLET_ID, DO_REGION and DO_DB_SIZE come from the environment, as in the plan" {
    with DROPLET_ID=42 DO_REGION=ams3 DO_DB_SIZE=db-s-2vcpu-4gb USE_MANAGED_DB=true
    mdb --faithful setup_managed_database
    works
    called "vpcs create --name freshtrack-vpc --region ams3 "
    called "databases create freshtrack-db --engine pg --version 15 --region ams3 --size db-s-2vcpu-4gb "
    called "databases firewalls append .* --rule droplet:42"
}

@test "faithful: a rule is appended again, as the plan does" {
    whole
    mdb --faithful setup_managed_database --droplet 42
    works
    matches existing-droplet
}

@test "faithful: the VPC's UUID in the call is the bare one" {
    mdb --faithful setup_managed_database
    works
    local vpc
    vpc=$(doctl sim dump | sed -n 's/^vpc id=\([^ ]*\) .*/\1/p')
    equal "$(calls | sed -n 's/.*--private-network-uuid //p')" "$vpc"
}

@test "faithful: doctl writes the certificate beside the final file, never to it" {
    mdb --faithful setup_managed_database
    works
    local path
    path=$(calls | sed -n 's/^databases ca get .* --output //p')
    equal "$(dirname "$path")" "$SECRETS"
    [ "$path" != "$SECRETS/ca-certificate.crt" ]
    [ ! -e "$path" ]
    grep -q 'BEGIN CERTIFICATE' "$SECRETS/ca-certificate.crt"
}

@test "faithful: the secret file holds the plan's pooler URL and nothing else" {
    with DOCTL_SIM_PASSWORD=AVNS_plain
    mdb --faithful setup_managed_database
    works
    local host=freshtrack-db-do-user-1234567-0.k-pooler.db.ondigitalocean.com
    equal "$(url)" "postgresql://doadmin:AVNS_plain@$host:25060/defaultdb?sslmode=require"
    equal "$(wc -l <"$SECRETS/database_url")" 0 "newlines in the secret file"
}

@test "faithful: every command makes the plan's call of its function" {
    whole
    # command, then its calls
    local cases=(
        "check freshtrack-db|databases list --format Name,ID,Engine,Status --no-header"
        "create|databases list --format Name,ID,Engine,Status --no-header"
        "pool $ID|databases pool list CLUSTER_ID --format Name --no-header"
        "ca $ID|databases ca get CLUSTER_ID --output SECRETS/ca-certificate.crt.TEMPORARY"
        "url $ID|databases connection CLUSTER_ID --format Host,Port,User,Password,Database --no-header"
        "save $ID|databases connection CLUSTER_ID --format Host,Port,User,Password,Database --no-header"
        "vpc|vpcs list --format Name,ID --no-header"
        "auth|account get --format Email --no-header"
    )
    local line words
    for line in "${cases[@]}"; do
        : >"$LOG"
        read -r -a words <<<"${line%%|*}"
        mdb --faithful "${words[@]}"
        works
        equal "$(normalised)" "${line#*|}" "${words[0]}"
    done
    : >"$LOG"
    mdb --faithful trust "$ID" 42
    works
    equal "$(normalised)" "$(sed -n 3,4p "$GOLDEN/existing-droplet.calls")" trust
    : >"$LOG"
    mdb --faithful info "$ID"
    works
    equal "$(normalised)" "$(tail -n 2 "$GOLDEN/existing.calls")" info
}

@test "faithful: create makes the pool and fetches the certificate, as the plan's function does" {
    mdb --faithful create
    works
    normalised >"$BOX/seen"
    diff <(sed -n 3,7p "$GOLDEN/fresh-droplet.calls" | sed 's/ --private-network-uuid VPC_UUID$//') "$BOX/seen" >&2
}

@test "faithful: the golden files are what the plan's bash does" {
    plan_bash 42
    matches fresh-droplet
    open_box plan
    plan_bash ""
    matches fresh
    open_box plan
    doctl sim vpc add freshtrack-vpc
    plan_bash 42
    matches fresh-vpc-droplet
    open_box plan
    half_made
    plan_bash 42
    matches existing-droplet
    open_box plan
    half_made
    plan_bash ""
    matches existing
}

@test "faithful: beside the plan's bash, the account and the URL come out the same" {
    with DOCTL_SIM_PASSWORD=AVNS_same
    plan_bash 42
    # The secret file of the plan's bash holds story lines before the URL only where the story is on stdout.
    local url state
    url=$(url)
    state=$(doctl sim dump | sed -E 's/[0-9a-f]{8}-[0-9a-f-]{27}/UUID/g; s/created="[^"]*"//')
    open_box plan
    with DOCTL_SIM_PASSWORD=AVNS_same
    mdb --faithful setup_managed_database --droplet 42
    works
    equal "$(url)" "$url" URL
    equal "$(doctl sim dump | sed -E 's/[0-9a-f]{8}-[0-9a-f-]{27}/UUID/g; s/created="[^"]*"//')" "$state" account
}

@test "default mode: the plan's changes in the plan's order, on every doctl" {
    local personality
    for personality in plan 1.94 1.123 1.166; do
        open_box "$personality"
        mdb setup_managed_database --droplet 42
        works
        equal "$(mutations)" "$(golden_mutations fresh-droplet)" "changes on $personality"
        is_whole droplet:42

        open_box "$personality"
        mdb setup_managed_database
        works
        equal "$(mutations)" "$(golden_mutations fresh)" "changes on $personality without Droplet"
        is_whole

        open_box "$personality"
        doctl sim vpc add freshtrack-vpc
        mdb setup_managed_database --droplet 42
        works
        equal "$(mutations)" "$(golden_mutations fresh-vpc-droplet)" "changes on $personality with the VPC"
    done
}

@test "default mode: on the plan's doctl the changes are the plan's, argument for argument" {
    mdb setup_managed_database --droplet 42
    works
    equal "$(normalised | grep -E '^(vpcs create|databases (create|pool create|firewalls append))')" \
        "$(grep -E '^(vpcs create|databases (create|pool create|firewalls append))' "$GOLDEN/fresh-droplet.calls")"
}

@test "default mode: an existing cluster gets what it lacks, and no second cluster" {
    local personality
    for personality in plan 1.94 1.123 1.166; do
        open_box "$personality"
        half_made
        mdb setup_managed_database --droplet 42
        works
        answered "$ID"
        equal "$(mutations)" "$(printf 'databases pool create\ndatabases firewalls append')" "changes on $personality"
        is_whole droplet:42
    done
}

@test "faithful: on a released doctl it fails with 4, says why, and creates nothing" {
    local release
    for release in 1.94 1.123 1.166; do
        open_box "$release"
        mdb --faithful setup --droplet 42
        fails 4
        said --faithful
        equal "$(count vpc)" 0 VPCs
        equal "$(count cluster)" 0 clusters
        equal "$(calls | grep -c .)" 3 calls
    done
}

@test "faithful: --dialect shipped, --trust and --faithful exclude each other" {
    mdb --faithful setup --dialect shipped
    fails 2
    mdb --faithful setup --trust tag:web
    fails 2
    no_calls
}
