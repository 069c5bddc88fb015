#!/usr/bin/env bats
# Where a value comes from, what is no value, and what reaches doctl.

load helper

setup() {
    open_box 1.166
}

# region_is WORD…: the region that `vpc` asks for with these options.
region_of() {
    rm -rf "$STATE"
    : >"$LOG"
    mdb vpc "$@"
    works
    calls | sed -n 's/^vpcs create .* --region \([^ ]*\) .*/\1/p' | head -n 1
}

@test "flag, environment, env file, manifest, constant: in this order" {
    echo 'region: ams3' >"$BOX/managed-db.yaml"
    echo 'DO_REGION=fra1' >"$BOX/deploy.config"
    equal "$(region_of)" nyc3 constant
    equal "$(region_of --manifest "$BOX/managed-db.yaml")" ams3 manifest
    equal "$(region_of --manifest "$BOX/managed-db.yaml" --env-file "$BOX/deploy.config")" fra1 "env file"
    with DO_REGION=lon1
    equal "$(region_of --manifest "$BOX/managed-db.yaml" --env-file "$BOX/deploy.config")" lon1 environment
    equal "$(region_of --manifest "$BOX/managed-db.yaml" --env-file "$BOX/deploy.config" -- "" sfo3)" sfo3 argument
    with DO_REGION=
    equal "$(region_of --env-file "$BOX/deploy.config")" fra1 "an empty variable counts as left out"
}

@test "the flag of setup is stronger than the environment" {
    doctl sim droplet add 7
    with DO_REGION=lon1 DO_DB_SIZE=db-s-2vcpu-4gb DROPLET_ID=42
    mdb setup --region sgp1 --size db-s-4vcpu-8gb --droplet 7
    works
    called "databases create freshtrack-db .* --region sgp1 --size db-s-4vcpu-8gb "
    called "compute droplet get 7 "
    not_called "compute droplet get 42 "
}

@test "an env file is data: quotes and comments are read, nothing is executed" {
    cat >"$BOX/deploy.config" <<EOF2
# settings of the deployment
export DO_REGION="ams3"   # Amsterdam
DO_DB_SIZE='db-s-2vcpu-4gb'
SOMETHING_ELSE=\$(touch $BOX/executed)
touch $BOX/executed
DROPLET_ID=42
EOF2
    mdb setup --env-file "$BOX/deploy.config"
    works
    called "databases create freshtrack-db .* --region ams3 --size db-s-2vcpu-4gb "
    is_whole droplet:42
    [ ! -e "$BOX/executed" ] || fail "the env file was executed"
}

@test "an env file whose value would be expanded is 2 and names the line" {
    local value
    for value in '$(hostname)' '`hostname`' '"$REGION"' '$REGION' "'nyc3" 'nyc3; rm -rf x'; do
        printf '\nDO_REGION=%s\n' "$value" >"$BOX/deploy.config"
        mdb setup --env-file "$BOX/deploy.config"
        fails 2
        said "$BOX/deploy.config:2"
    done
    no_calls
}

@test "an env file with DOS line ends" {
    printf 'DO_REGION=ams3\r\nDROPLET_ID="42"\r\n' >"$BOX/deploy.config"
    mdb setup --env-file "$BOX/deploy.config"
    works
    called "vpcs create .* --region ams3 "
    is_whole droplet:42
}

@test "an env file or manifest that is not there is an error" {
    mdb setup --env-file "$BOX/nowhere"
    fails 6
    said "$BOX/nowhere"
    mdb setup --manifest "$BOX/nowhere"
    fails 6
    mdb setup --env-file "$BOX"
    fails 6
    mdb setup --manifest "$BOX"
    fails 6
    no_calls
}

@test "a manifest is read only when it is named" {
    mkdir "$BOX/cwd"
    cd "$BOX/cwd"
    echo 'region: ams3' >managed-db.yaml
    mdb vpc
    works
    called "vpcs create .* --region nyc3 "
}

@test "a manifest holds the settings and the rules" {
    cat >"$BOX/managed-db.yaml" <<'YAML'
name: shop-db
region: fra1
size: db-s-2vcpu-4gb
pg-version: 16
vpc: shop-net
pool: shop-pool
pool-size: 10
droplet: 42
trust:
  - tag:web
  - ip_addr:198.51.100.7
YAML
    mdb setup --manifest "$BOX/managed-db.yaml"
    works
    called "databases create shop-db --engine pg --version 16 --region fra1 --size db-s-2vcpu-4gb "
    called "databases pool create .* shop-pool .* --size 10 "
    equal "$(count rule)" 3 rules
}

@test "a manifest that is none is 2 and names line and column" {
    local text
    for text in 'region: [' 'regoin: nyc3' 'region: nyc3
region: ams3' 'region: Nowhere!' '- region' 'trust: 5:x'; do
        printf '%s\n' "$text" >"$BOX/managed-db.yaml"
        mdb setup --manifest "$BOX/managed-db.yaml"
        fails 2
        grep -qE "managed-db\.yaml:[0-9]+:[0-9]+: " "$BOX/err" || fail "no place for: $text"
    done
    no_calls
}

# refuses OPTION VALUE…: each value of the option is 2, and no control character comes to the terminal.
refuses() {
    local option=$1 value
    shift
    for value in "$@"; do
        mdb setup "$option=$value"
        fails 2
        [[ $(<"$BOX/err") != *[$'\001'-$'\010'$'\013'-$'\037']* ]] || fail "control characters on the terminal"
    done
}

@test "hostile values are 2, and doctl is not called" {
    local option
    # shellcheck disable=SC2016
    local hostile=('a b' '; touch x' '$(touch x)' '`touch x`' '--force' '-rf' $'a\nb' $'a\tb' 'a"b' "a'b" 'a|b' 'a&b'
        'a/../b' 'ä' $'\033[2J' "$(printf 'a%.0s' {1..300})")
    for option in --name --region --vpc --droplet --trust; do
        refuses "$option" "${hostile[@]}"
    done
    for option in --size --pool --pg-version --nodes --pool-size --vpc-ip-range --network --ssl-mode \
        --secret-owner --dialect --jobs --timeout --wait-timeout; do
        refuses "$option" 'a b' --force $'1\n2'
    done
    no_calls
}

@test "hostile values from the environment are 2 too" {
    local value name
    for name in DO_REGION DO_DB_SIZE DROPLET_ID; do
        for value in 'a b' '; touch x' '--force' $'nyc3\n--wait' '$(x)'; do
            with "$name=$value"
            mdb setup
            fails 2
            said "$name"
        done
        without "$name"
    done
    no_calls
}

@test "hostile arguments are 2" {
    local value
    for value in '--force' '-h;x' 'a b' $'a\nb' '../x' '$(x)' ''; do
        mdb url -- "$value"
        fails 2
        mdb pool -- 1234 "$value x"
        fails 2
        mdb trust 1234 -- "$value y"
        fails 2
    done
    no_calls
}

@test "an empty value of a flag is 2" {
    local option
    for option in --name --region --size --vpc --pool --droplet --secret-file --ca-file --manifest --env-file --doctl; do
        mdb setup "$option="
        fails 2
        said "$option"
    done
    no_calls
}

@test "numbers have to be numbers" {
    local word
    for word in --pool-size=0 --pool-size=-1 --pool-size=1e3 --nodes=0 --jobs=0 --jobs=100 --timeout=-1 \
        --timeout=1s --pg-version=0 --pg-version=15.2 --secret-owner=root --secret-owner=1:2:3 \
        --vpc-ip-range=10.0.0.0 --vpc-ip-range=10.0.0.300/20 --vpc-ip-range=10.0.0.0/33; do
        mdb setup "$word"
        fails 2
    done
    no_calls
}

# A doctl that tells its environment and argv.
telling_doctl() {
    fake_doctl <<'FAKE'
#!/bin/sh
env >>"$BOX/environment"
echo "$*" >>"$BOX/words"
exec "$REAL" "$@"
FAKE
}

variable() {
    sed -n "s/^$1=//p" "$BOX/environment" | sort -u
}

@test "DO_API_TOKEN reaches doctl through the environment only, in the context default" {
    telling_doctl
    half_made
    with DO_API_TOKEN=dop_v1_topsecret DIGITALOCEAN_ACCESS_TOKEN=dop_v1_older DIGITALOCEAN_CONTEXT=work
    mdb -v setup
    works
    equal "$(variable DIGITALOCEAN_ACCESS_TOKEN)" dop_v1_topsecret
    equal "$(variable DIGITALOCEAN_CONTEXT)" default
    if grep dop_v1 "$BOX/words" "$BOX/log" "$BOX/err" "$BOX/out" >&2; then
        fail "the token is in an argv or shown"
    fi
}

@test "DO_API_TOKEN works where doctl has no token of its own" {
    with DOCTL_SIM_NO_TOKEN=1
    mdb auth
    fails 3
    with DO_API_TOKEN=dop_v1_topsecret
    mdb auth
    works
    answered ops@example.com
    without DO_API_TOKEN
    echo 'DO_API_TOKEN="dop_v1_fromfile"' >"$BOX/deploy.config"
    mdb auth --env-file "$BOX/deploy.config"
    works
    answered ops@example.com
}

@test "without DO_API_TOKEN the caller's token and context stay" {
    telling_doctl
    with DIGITALOCEAN_ACCESS_TOKEN=dop_v1_own DIGITALOCEAN_CONTEXT=default
    mdb auth
    works
    equal "$(variable DIGITALOCEAN_ACCESS_TOKEN)" dop_v1_own
    equal "$(variable DIGITALOCEAN_CONTEXT)" default
}

@test "a token that cannot be one is 2, and is not shown" {
    local token
    for token in 'dop_v1 secret' $'dop_v1\nsecret' 'dop_v1_ä'; do
        with "DO_API_TOKEN=$token"
        mdb auth
        fails 2
        said DO_API_TOKEN
        not_said dop_v1
    done
    no_calls
}

@test "--context names doctl's context; with DO_API_TOKEN it is 2" {
    telling_doctl
    mkdir -p "$STATE"
    doctl sim dump >/dev/null
    printf 'default\nwork\n' >"$STATE/auth"
    with DIGITALOCEAN_CONTEXT=default
    mdb auth --context work
    works
    equal "$(variable DIGITALOCEAN_CONTEXT)" work
    # doctl keeps contexts in lower case, whatever its user wrote.
    mdb auth --context Work
    works
    equal "$(variable DIGITALOCEAN_CONTEXT)" work
    mdb auth --context nobody
    fails 3
    rm "$BOX/words"
    with DO_API_TOKEN=dop_v1_topsecret
    mdb auth --context work
    fails 2
    said --context
    [ ! -e "$BOX/words" ] || fail "doctl was called"
    without DO_API_TOKEN
    echo 'DO_API_TOKEN=dop_v1_fromfile' >"$BOX/deploy.config"
    mdb auth --context work --env-file "$BOX/deploy.config"
    fails 2
}

@test "DIGITALOCEAN_OUTPUT and DIGITALOCEAN_TRACE do not reach doctl" {
    telling_doctl
    with DIGITALOCEAN_OUTPUT=json DIGITALOCEAN_TRACE=true
    mdb setup --droplet 42
    works
    is_whole droplet:42
    if grep -E '^DIGITALOCEAN_(OUTPUT|TRACE)=' "$BOX/environment" >&2; then
        fail "they reach doctl"
    fi
}

@test "all else of the environment reaches doctl" {
    telling_doctl
    with https_proxy=http://proxy:3128 HTTPS_PROXY=http://proxy:3129 NO_PROXY=localhost "XDG_CONFIG_HOME=$BOX/config" \
        DIGITALOCEAN_API_URL=https://api.example.com "SOMETHING=with  blanks" EMPTY=
    mdb auth
    works
    equal "$(variable https_proxy)" http://proxy:3128
    equal "$(variable HTTPS_PROXY)" http://proxy:3129
    equal "$(variable NO_PROXY)" localhost
    equal "$(variable XDG_CONFIG_HOME)" "$BOX/config"
    equal "$(variable DIGITALOCEAN_API_URL)" https://api.example.com
    equal "$(variable SOMETHING)" "with  blanks"
    equal "$(variable HOME)" "$BOX/home"
    grep -q '^EMPTY=$' "$BOX/environment" || fail "an empty variable is lost"
}

@test "no token, no context: neither variable is made up" {
    telling_doctl
    mdb auth
    works
    if grep -E '^DIGITALOCEAN_' "$BOX/environment" | grep -v '^DIGITALOCEAN_HTTP_RETRY_MAX=0$' >&2; then
        fail "a variable that the caller has not"
    fi
}

@test "--doctl and MANAGED_DB_DOCTL name the program" {
    half_made
    mv "$BOX/bin/doctl" "$BOX/my doctl"
    with "PATH=$BOX/bin"
    mdb --doctl "$BOX/my doctl" check freshtrack-db
    works
    with "MANAGED_DB_DOCTL=$BOX/my doctl"
    mdb check freshtrack-db
    works
    mdb --doctl "$BOX/nowhere" check freshtrack-db
    fails 3
    cd "$BOX"
    mdb --doctl "./my doctl" check freshtrack-db
    works
}

@test "an empty PATH does not run a doctl of the working folder by accident" {
    mkdir "$BOX/cwd"
    cd "$BOX/cwd"
    printf '#!/bin/sh\n: >"%s"\n' "$BOX/ran" >doctl
    chmod 755 doctl
    with "PATH=$BOX/home"
    mdb check freshtrack-db
    fails 3
    [ ! -e "$BOX/ran" ] || fail "the doctl of the working folder was run"
}

@test "MANAGED_DB_SECRETS_DIR is the folder of all three files" {
    with "MANAGED_DB_SECRETS_DIR=$BOX/other"
    mdb setup
    works
    ID=$(cat "$BOX/out")
    mdb save "$ID"
    works
    equal "$(ls "$BOX/other")" "$(printf 'ca-certificate.crt\ndatabase_url\ndo_database_url')"
    [ ! -e "$SECRETS" ]
    with "MANAGED_DB_SECRETS_DIR=-x"
    mdb setup
    fails 2
}

@test "USE_MANAGED_DB=false: setup_managed_database does nothing, setup means it" {
    local value
    for value in false no 0 FALSE; do
        : >"$LOG"
        with "USE_MANAGED_DB=$value"
        mdb setup_managed_database
        exits 0
        answered_nothing
        said "ℹ Using self-hosted PostgreSQL (containerized)"
        no_calls
        mdb --faithful setup_managed_database
        exits 0
        no_calls
    done
    # Not even folders.
    [ ! -e "$SECRETS" ]
    mdb setup
    works
    is_whole
    with USE_MANAGED_DB=true
    mdb setup_managed_database
    works
    is_whole
}

@test "USE_MANAGED_DB=false: setup_managed_database needs no doctl" {
    with USE_MANAGED_DB=false MANAGED_DB_DOCTL=/nowhere/doctl
    mdb setup_managed_database
    works
    said "Using self-hosted PostgreSQL (containerized)"
}

@test "a deployment's variables are no other command's concern" {
    with DEPLOY_TIMEOUT=15m DEPLOY_DIR=relative
    mdb vpc
    works
    mdb settings
    fails 2
    said DEPLOY_
}

@test "--simulate wants a folder where there is none of one's own" {
    mdb setup --simulate=
    fails 2
    said "--simulate: the value is empty"
    without HOME XDG_STATE_HOME
    mdb setup --simulate
    fails 2
    said "--simulate=DIR"
    no_calls
}

@test "--simulate does not write where the environment's secrets are" {
    mkdir -p "$SECRETS"
    printf real >"$SECRETS/database_url"
    mdb setup --simulate="$BOX/simulated"
    works
    equal "$(url)" real
    [ -s "$BOX/simulated/secrets/database_url" ] || fail "no URL in the simulator's folder"
}

@test "USE_MANAGED_DB from the env file counts for setup_managed_database" {
    echo 'USE_MANAGED_DB=false' >"$BOX/deploy.config"
    mdb setup_managed_database --env-file "$BOX/deploy.config"
    exits 0
    said "Using self-hosted PostgreSQL (containerized)"
    no_calls
}

@test "--simulate needs no account and keeps its secrets apart" {
    without DOCTL_SIM_STATE DOCTL_SIM_LOG DOCTL_SIM_PERSONALITY MANAGED_DB_SECRETS_DIR
    rm "$BOX/bin/doctl"
    with "PATH=$BOX/bin"
    mdb "--simulate=$BOX/simulated" setup
    works
    [ -s "$BOX/simulated/secrets/database_url" ]
    ID=$(cat "$BOX/out")
    mdb "--simulate=$BOX/simulated" setup
    works
    answered "$ID"
    said "Nothing had to be changed"
    mdb --simulate setup
    works
    [ -s "$BOX/home/.local/state/managed-db/simulator/secrets/database_url" ]
}
