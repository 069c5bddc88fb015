#!/usr/bin/env bats
# Every recorded call of the real doctl, made again to the simulator.

load transcripts

setup() {
    transcripts_setup
}

@test "every recorded call is replayed here, and no other" {
    local replayed recorded folder
    replayed=$(sed -nE 's/^ +replay ([a-z-]+)$/\1/p' "$BATS_TEST_FILENAME" | sort)
    for folder in "$transcripts_dir"/v*/; do
        recorded=$(cd "$folder" && printf '%s\n' */ | tr -d / | sort)
        diff <(echo "$replayed") <(echo "$recorded")
    done
}

@test "account get" {
    replay account-get
}

@test "account get, token refused" {
    stage() { with DOCTL_SIM_FAULT='account get=401'; }
    replay account-get-unauthorized
}

@test "the plan's ca get shows a help page and succeeds" {
    after() { unchanged; }
    replay ca-get-plan
}

@test "connection" {
    stage() { cluster; }
    replay connection
}

@test "connection with a token that may not see credentials" {
    stage() { cluster; with DOCTL_SIM_BLANK_CREDENTIALS=1; }
    replay connection-without-credentials
}

@test "connection while the cluster is being created" {
    stage() { cluster --status creating; }
    replay connection-without-credentials-header
}

@test "create" {
    stage() {
        with DOCTL_SIM_PASSWORD=AVNS_s3cr3tPassw0rd
        with DOCTL_SIM_EARLY_CREDENTIALS=1
    }
    after() { [ "$(grep -c '^cluster .* name=freshtrack-db ' "$work/left")" -eq 1 ]; }
    replay databases-create
}

@test "create, name taken" {
    stage() { sim cluster add freshtrack-db; }
    after() { unchanged; }
    replay databases-create-duplicate
}

@test "create in the plan's words sends nothing" {
    after() { unchanged; }
    replay databases-create-plan
}

@test "create, no credentials yet" {
    after() { [ "$(grep -c '^cluster .* name=freshtrack-db ' "$work/left")" -eq 1 ]; }
    replay databases-create-still-creating
}

@test "get" {
    stage() { sim cluster add freshtrack-db-staging; cluster; }
    replay databases-get
}

@test "get, unknown column" {
    stage() { cluster; }
    replay databases-get-bad-column
}

@test "get, as JSON" {
    stage() {
        sim vpc add freshtrack-vpc --id "$(recorded_uuid 2)"
        cluster --vpc "$(recorded_uuid 2)"
    }
    replay databases-get-json
}

@test "get, status" {
    stage() { cluster; }
    replay databases-get-status
}

@test "get, status of a cluster that is being created" {
    stage() { cluster --status creating; }
    replay databases-get-status-creating
}

@test "get, unknown cluster" {
    stage() { sim cluster add freshtrack-db; }
    replay databases-get-unknown
}

two_clusters() {
    sim cluster add freshtrack-db-staging --id "$(recorded_uuid 1)"
    nth=2 cluster
}

@test "list" {
    stage() { two_clusters; }
    replay databases-list
}

@test "list with header" {
    stage() { two_clusters; }
    replay databases-list-header
}

@test "list, only a name that begins alike" {
    stage() { sim cluster add freshtrack-db-staging --id "$(recorded_uuid 1)"; }
    replay databases-list-prefix-decoy
}

@test "droplet get" {
    replay droplet-get
}

@test "droplet get, no private address" {
    replay droplet-get-no-private-ip
}

@test "droplet get, where it is" {
    stage() {
        sim vpc add freshtrack-vpc --id "$(recorded_uuid 1)"
        sim droplet add 42 --private-ip 10.116.0.2 --vpc "$(recorded_uuid 1)"
    }
    replay droplet-get-vpc
}

@test "droplet get, unknown" {
    replay droplet-get-unknown
}

@test "an error as JSON" {
    stage() { with DIGITALOCEAN_OUTPUT=json; }
    replay error-as-json
}

@test "firewalls append" {
    stage() { cluster; }
    after() { [ "$(grep -c "^rule cluster=$(recorded_uuid 1) .*type=droplet value=42$" "$work/left")" -eq 1 ]; }
    replay firewalls-append
}

@test "firewalls append, rate limited" {
    stage() { cluster; with DOCTL_SIM_FAULT='databases firewalls append=429'; }
    after() { unchanged; }
    replay firewalls-append-rate-limited
}

@test "firewalls list" {
    stage() { cluster; sim rule add "$(recorded_uuid 1)" droplet:42 --uuid "$(recorded_uuid 2)"; }
    replay firewalls-list
}

@test "firewalls list, no rule" {
    stage() { cluster; }
    replay firewalls-list-empty
}

three_rules() {
    cluster
    sim rule add "$(recorded_uuid 1)" droplet:42 --uuid "$(recorded_uuid "${1:-2}")"
    sim rule add "$(recorded_uuid 1)" tag:web --uuid "$(recorded_uuid "${2:-3}")"
    sim rule add "$(recorded_uuid 1)" ip_addr:203.0.113.9 --uuid "$(recorded_uuid "${3:-4}")"
}

@test "firewalls list, three rules" {
    stage() { three_rules; }
    replay firewalls-list-three
}

@test "firewalls remove" {
    # The rule of the call, which its answer does not show any more.
    stage() { three_rules 2 3 4; }
    replay firewalls-remove
}

@test "firewalls remove, unknown rule" {
    stage() {
        cluster
        sim rule add "$(recorded_uuid 1)" tag:web --uuid "$(recorded_uuid 3)"
        sim rule add "$(recorded_uuid 1)" ip_addr:203.0.113.9 --uuid "$(recorded_uuid 4)"
    }
    after() { unchanged; }
    replay firewalls-remove-unknown
}

@test "firewalls replace" {
    stage() { cluster; sim rule add "$(recorded_uuid 1)" tag:other; }
    after() { [ "$(grep -c "^rule " "$work/left")" -eq 3 ]; }
    replay firewalls-replace
}

@test "get-ca" {
    stage() { cluster; }
    replay get-ca
}

@test "get-ca, server error" {
    stage() { cluster; with DOCTL_SIM_FAULT='databases get-ca=500'; }
    replay get-ca-server-error
}

@test "no network" {
    stage() {
        with DIGITALOCEAN_API_URL=http://127.0.0.1:9
        with DOCTL_SIM_FAULT='*=network'
    }
    replay network-down
}

@test "no token" {
    stage() { with DOCTL_SIM_NO_TOKEN=1; }
    replay no-token
}

@test "pool create" {
    stage() { cluster; }
    after() { [ "$(grep -c '^pool .* name=app-pool user=doadmin size=25 ' "$work/left")" -eq 1 ]; }
    replay pool-create
}

with_pool() {
    cluster
    sim pool add "$(recorded_uuid 1)" app-pool
}

@test "pool create, name taken" {
    stage() { with_pool; }
    after() { unchanged; }
    replay pool-create-duplicate
}

@test "pool create, refused" {
    stage() { cluster; with DOCTL_SIM_FAULT='databases pool create=422'; }
    after() { unchanged; }
    replay pool-create-unprocessable
}

@test "pool get" {
    stage() { with_pool; }
    replay pool-get
}

@test "pool get, unknown pool" {
    stage() { cluster; }
    replay pool-get-missing
}

@test "pool get without arguments" {
    replay pool-get-missing-argument
}

@test "pool update" {
    stage() {
        cluster
        sim user add "$(recorded_uuid 1)" app
        sim database add "$(recorded_uuid 1)" app
        sim pool add "$(recorded_uuid 1)" app-pool
    }
    replay pool-update
}

@test "resize" {
    stage() { cluster; }
    replay resize
}

@test "pool list" {
    stage() { with_pool; }
    replay pool-list
}

@test "pool list, no pool" {
    stage() { cluster; }
    replay pool-list-empty
}

@test "pool list as info shows it" {
    stage() { with_pool; }
    replay pool-list-info
}

@test "unknown command" {
    replay unknown-command
}

app() { cluster; sim user add "$(recorded_uuid 1)" app; sim database add "$(recorded_uuid 1)" app; }

@test "user create" {
    stage() { cluster; }
    replay user-create
}

@test "user create, name taken" {
    stage() { app; }
    after() { unchanged; }
    replay user-create-duplicate
}

@test "user get" {
    stage() { app; }
    replay user-get
}

@test "user get, missing" {
    stage() { app; }
    replay user-get-missing
}

@test "user reset" {
    stage() { app; }
    replay user-reset
}

@test "user list" {
    stage() { app; }
    replay user-list
}

@test "db create" {
    stage() { cluster; }
    replay db-create
}

@test "db create, name taken" {
    stage() { app; }
    after() { unchanged; }
    replay db-create-duplicate
}

@test "db list" {
    stage() { app; }
    replay db-list
}

@test "vpcs create" {
    after() { [ "$(grep -c '^vpc .* name=freshtrack-vpc ' "$work/left")" -eq 1 ]; }
    replay vpcs-create
}

@test "vpcs create in the plan's words sends nothing" {
    after() { unchanged; }
    replay vpcs-create-plan
}

@test "vpcs list" {
    stage() { sim vpc add freshtrack-vpc --id "$(recorded_uuid 1)"; }
    replay vpcs-list
}

@test "vpcs list, none" {
    replay vpcs-list-empty
}

# --- what follows is not recorded: doctl's source says it (see docs/DOCTL.md) ---

api=https://api.digitalocean.com/v2

@test "droplet delete says which Droplet it could not delete" {
    local release
    for release in 1.94 1.123 1.166; do
        open_account "$release"
        ask compute droplet delete 4711 --force
        complained 1 "Unable to delete Droplet 4711: DELETE $api/droplets/4711: 404 (request \"REQUEST\") The resource you were accessing could not be found."
        with DIGITALOCEAN_HTTP_RETRY_MAX=0
        with DOCTL_SIM_FAULT='compute droplet delete=503@1;compute droplet delete=network@2;compute droplet delete=lost@3'
        ask compute droplet delete 42 --force
        complained 1 "Unable to delete Droplet 42: DELETE $api/droplets/42: 503 (request \"REQUEST\") injected failure"
        ask compute droplet delete 42 --force
        complained 1 "Unable to delete Droplet 42: Delete \"$api/droplets/42\": dial tcp 203.0.113.10:443: connect: connection refused"
        ask compute droplet delete 42 --force
        complained 1 "Unable to delete Droplet 42: Delete \"$api/droplets/42\": EOF"
    done
}

@test "droplet delete names the one of several that it could not delete, and the ones before are gone" {
    open_account
    ask compute droplet delete 42 4711 100 --force
    complained 1 "Unable to delete Droplet 4711: DELETE $api/droplets/4711: 404 (request \"REQUEST\") The resource you were accessing could not be found."
    equal_lines "droplet id=100 name=no-private-ip" "$(in_simulation sim dump | grep -o '^droplet id=[^ ]* name=[^ ]*')"
}

@test "a Droplet is looked up by name with a list, whose errors stand alone" {
    open_account
    with DIGITALOCEAN_HTTP_RETRY_MAX=0
    with DOCTL_SIM_FAULT='compute droplet delete=503@1;compute droplet delete=lost@2'
    ask compute droplet delete freshtrack-pro --force
    complained 1 "GET $api/droplets?page=1&per_page=200: 503 (request \"REQUEST\") injected failure"
    ask compute droplet delete freshtrack-pro --force
    complained 1 "Unable to delete Droplet 42: Delete \"$api/droplets/42\": EOF"
}

@test "a name that two Droplets have is nobody's, in get and in delete" {
    local words
    open_account
    sim droplet add 43 --name freshtrack-pro
    for words in "get freshtrack-pro" "delete freshtrack-pro --force" "delete 100 freshtrack-pro --force"; do
        # shellcheck disable=SC2086
        ask compute droplet $words
        complained 1 'There are 2 Droplets with the name "freshtrack-pro"; please provide a specific Droplet ID. [42, 43]'
    done
    [ "$(in_simulation sim dump | grep -c '^droplet ')" -eq 3 ]
    ask compute droplet delete 43 freshtrack-other --force
    complained 1 'Droplet with the name "freshtrack-other" could not be found.'
    is_accepted compute droplet delete 43 --force
    is_accepted compute droplet get freshtrack-pro --format ID
    is_accepted compute droplet delete 42 freshtrack-pro 42 --force
}

# --- what the service refuses (its documentation; the wording is the simulator's) ---

@test "slugs that are not offered are refused, those of the other kind included" {
    local region size
    open_account
    for region in sfo1 ams2 mars1 NYC3 ''; do
        is_refused 422 databases create aaa --region "$region" --size db-s-1vcpu-2gb
        is_refused 422 compute droplet create a --region "$region" --size s-1vcpu-2gb --image ubuntu-24-04-x64
        [ -z "$region" ] || is_refused 422 vpcs create --name a --region "$region"
    done
    for size in s-1vcpu-2gb xxx-99vcpu-1gb db-s-99vcpu-1gb db-s-1vcpu-2gb-; do
        is_refused 422 databases create aaa --region nyc3 --size "$size"
    done
    for size in db-s-1vcpu-2gb s-99vcpu-1gb s-1vcpu-2gb-; do
        is_refused 422 compute droplet create a --region nyc3 --size "$size" --image ubuntu-24-04-x64
    done
    is_refused 422 compute droplet create a --region nyc3 --size s-1vcpu-2gb --image nosuch
    [ "$(in_simulation sim dump | grep -c .)" -eq 2 ]
}

@test "regions that are listed as available are accepted" {
    local region
    open_account
    for region in $(in_simulation compute region list --format Slug,Available --no-header | sed -n 's/ *true$//p'); do
        is_accepted vpcs create --name "vpc-$region" --region "$region"
    done
    [ "$(in_simulation sim dump | grep -c '^vpc ')" -eq 14 ]
}

@test "tags of a Droplet have a form, and are shown sorted" {
    local tags new=(compute droplet create app --region nyc3 --size s-2vcpu-4gb --image ubuntu-24-04-x64)
    open_account
    for tags in 'b a,%%' 'b a' 'ok,ü' 'a/b'; do
        is_refused 422 "${new[@]}" --tag-names "$tags"
    done
    is_refused 422 "${new[@]}" --tag-name a,b
    is_accepted "${new[@]}" --tag-names web,app --tag-name env:prod --format Tags --no-header
    equal_lines app,env:prod,web "$(cat "$work/stdout")"
}

@test "a Droplet's row shows the image by its name, and what the size holds" {
    open_account
    is_accepted compute droplet create app --region nyc3 --size s-2vcpu-4gb --image ubuntu-24-04-x64 \
        --format Name,Memory,VCPUs,Disk,Image --no-header
    equal_lines "app    4096    2    80    Ubuntu 24.04 (LTS) x64" "$(cat "$work/stdout")"
}

@test "members of a VPC count for a while after they were deleted" {
    local vpc id
    open_account
    vpc=$(in_simulation sim vpc add net)
    id=$(in_simulation sim cluster add one --vpc "$vpc")
    sim droplet add 43 --vpc "$vpc"
    is_refused 403 vpcs delete "$vpc" --force
    is_accepted databases delete "$id" --force
    is_refused 403 vpcs delete "$vpc" --force
    with DOCTL_SIM_MEMBER_POLLS=2
    is_accepted compute droplet delete 43 --force
    is_refused 403 vpcs delete "$vpc" --force
    is_refused 403 vpcs delete "$vpc" --force
    is_accepted vpcs delete "$vpc" --force
    is_refused 404 vpcs delete "$vpc" --force
}

@test "a cluster or a Droplet that asks for no VPC goes into its region's default one" {
    local vpc
    open_account
    is_accepted databases create one --region ams3 --size db-s-1vcpu-1gb
    is_accepted compute droplet create app --region ams3 --size s-2vcpu-4gb --image ubuntu-24-04-x64 \
        --format VPCUUID --no-header
    vpc=$(cat "$work/stdout")
    is_accepted vpcs list --format ID,Name,Region,Default --no-header
    equal_lines "$vpc    default-ams3    ams3    true" "$(cat "$work/stdout")"
    in_simulation sim dump | grep "^cluster .* vpc=$vpc "
    is_accepted databases create two --region nyc3 --size db-s-1vcpu-1gb
    is_accepted vpcs list --format Name --no-header
    equal_lines $'default-ams3\ndefault-nyc3' "$(cat "$work/stdout")"
    is_accepted compute droplet delete app --force
    is_refused 403 vpcs delete "$vpc" --force
}

@test "a pool wants a database and a user that exist" {
    local id new
    open_account
    id=$(in_simulation sim cluster add one --size db-s-4vcpu-8gb)
    new=(databases pool create "$id")
    is_refused 422 "${new[@]}" pool-1 --size 5 --db nosuch --user doadmin
    is_refused 422 "${new[@]}" pool-1 --size 5 --db defaultdb --user nobody
    is_accepted "${new[@]}" pool-1 --size 5 --db defaultdb --user doadmin
    is_refused 422 databases pool update "$id" pool-1 --db nosuch --user doadmin
    is_refused 422 databases pool update "$id" pool-1 --user nobody
    sim user add "$id" app
    sim database add "$id" appdb
    is_accepted "${new[@]}" pool-2 --size 5 --db appdb --user app
    is_accepted "${new[@]}" pool-3 --size 5 --db defaultdb
    is_accepted databases pool update "$id" pool-1 --db appdb --user app
}

@test "firewalls append puts the new rule before the others" {
    local release id
    for release in 1.94 1.123 1.166; do
        open_account "$release"
        id=$(in_simulation sim cluster add one)
        sim rule add "$id" tag:one
        is_accepted databases firewalls append "$id" --rule tag:two
        is_accepted databases firewalls append "$id" --rule tag:three
        equal_lines $'three\ntwo\none' "$(sed -nE 's/.* tag +//p' "$work/stdout")"
    done
}

@test "the times between doctl's own retries are hidden flags of 1.123 and 1.166" {
    local flag release
    for flag in http-retry-wait-max http-retry-wait-min; do
        for release in 1.123 1.166; do
            open_account "$release"
            is_accepted vpcs list "--$flag" 3
            is_accepted vpcs list --help
            [ "$(grep -c -e "$flag" "$work/stdout")" -eq 0 ]
            ask vpcs list "--$flag" soon
            [ "$status" -eq 255 ]
        done
        open_account 1.94
        ask vpcs list "--$flag" 3
        [ "$status" -eq 255 ]
    done
}

@test "an account's folder that cannot be made is explained by what failed first" {
    # Nobody can make a folder below a file. The last name is too long, so the whole path fails for another reason.
    local folder=$BATS_TEST_TMPDIR/file/account/$(printf '%05000d' 0)
    : >"$BATS_TEST_TMPDIR/file"
    run env -i DOCTL_SIM_STATE="$folder" "$simulator" vpcs list
    [ "$status" -eq 70 ]
    [[ $output == "doctl simulator: cannot create $folder"*": Not a directory" ]]
}

# --- the simulator's sources ---

@test "the simulator's files include each other in one direction, and have names of their own" {
    local top=$BATS_TEST_DIRNAME/../.. file name
    for file in "$top"/simulator/*.[ch]; do
        name=${file##*/}
        name=${name%.*}
        [ -z "$(find "$top/src" "$top/include" -name "$name.[ch]")" ] || { echo "src/ has a $name too"; return 1; }
        sed -n "s/^#include \"\(.*\)\.h\"$/$name \1/p" "$file"
    done >"$BATS_TEST_TMPDIR/includes"
    [ "$(wc -l <"$BATS_TEST_TMPDIR/includes")" -gt 50 ]
    # tsort complains of a circle; a file and its own header are a pair of equals to it.
    tsort "$BATS_TEST_TMPDIR/includes" >/dev/null
}

# --- databases create --wait (doctl's source) ---

waiting=(databases create freshtrack-db --engine pg --region nyc3 --size db-s-1vcpu-2gb --wait)

@test "create --wait shows a dot a look, and the connection as it was right after the create" {
    local release
    for release in 1.94 1.123 1.166; do
        open_account "$release"
        with DOCTL_SIM_POLLS=3
        with DOCTL_SIM_WAIT_MS=1
        is_accepted "${waiting[@]}"
        equal_lines "Notice: Database creation is in progress, waiting for database to be online
...
Notice: Database created" "$(cat "$work/stderr")"
        grep -q ' online ' "$work/stdout"
        grep -q ' postgresql://freshtrack-db-do-user' "$work/stdout"
        is_accepted databases get "$(created)" --format URI --no-header
        grep -q '^postgresql://doadmin:' "$work/stdout"
    done
    open_account
    with DOCTL_SIM_POLLS=0
    is_accepted "${waiting[@]}"
    [ "$(wc -l <"$work/stderr")" -eq 2 ]
}

created() {
    in_simulation databases list --format ID --no-header
}

@test "create --wait gives up at the first look that fails, and the cluster stays" {
    local list look text dots
    for list in 404@1 '404@1+' 503@2 network@2 lost@1; do
        open_account
        with DOCTL_SIM_POLLS=5
        with DOCTL_SIM_WAIT_MS=1
        with "DOCTL_SIM_FAULT=databases get=$list"
        ask "${waiting[@]}"
        [ "$status" -eq 1 ]
        [ ! -s "$work/stdout" ]
        look=$api/databases/$(created)
        case $list in
        404* | 503*) text="GET $look: ${list%%@*} (request \"REQUEST\") injected failure" ;;
        network*) text="Get \"$look\": dial tcp 203.0.113.10:443: connect: connection refused" ;;
        lost*) text="Get \"$look\": EOF" ;;
        esac
        dots=
        [[ $list != *@2 ]] || dots=$'.\n'
        equal_lines "Notice: Database creation is in progress, waiting for database to be online
${dots}Error: database couldn't enter the \`online\` state: $text" \
            "$(sed -E "s/request \"$uuid_form\"/request \"REQUEST\"/" "$work/stderr")" || return 1
    done
}

@test "create --wait looks once more at the end" {
    open_account
    with DOCTL_SIM_POLLS=0
    with 'DOCTL_SIM_FAULT=databases get=503@2'
    ask "${waiting[@]}"
    [ "$status" -eq 1 ]
    grep -qF "Error: failed to retrieve the new database: GET $api/databases/$(created): 503 " "$work/stderr"
    open_account 1.94
    with DOCTL_SIM_POLLS=0
    with 'DOCTL_SIM_FAULT=databases get=503@2'
    ask "${waiting[@]}"
    [ "$status" -eq 70 ]
}

@test "create --wait ends after 180 looks" {
    open_account
    with DOCTL_SIM_POLLS=-1
    with DOCTL_SIM_WAIT_MS=1
    ask "${waiting[@]}"
    [ "$status" -eq 1 ]
    equal_lines "$(printf '%179s' '' | tr ' ' .)
Error: database couldn't enter the \`online\` state: timeout waiting for database ($(created)) to enter \`online\` state" \
        "$(tail -n +2 "$work/stderr")"
}
