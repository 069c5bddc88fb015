# deploy-digitalocean.sh where something is in the way: it stops or falls back, says why, and leaves what stands on
# the Droplet as it was, or exactly right.

load deploy

# ---- it stops or falls back ---------------------------------------------------------------------------

# The calls of a managed setup on a new account whose refusal ends it.
SETUP_CALLS="databases list
databases create
databases pool list
databases pool create
databases firewalls append
databases connection
databases get"

@test "managed setup that fails at a step, on a new Droplet: self-hosted, with the reason" {
    local call
    while IFS= read -r call; do
        open_stage
        with "DOCTL_SIM_FAULT=$call=403"
        deploy
        exits 0
        said "Managed database setup failed, continuing with self-hosted mode"
        said "The reason: "
        sed -n 's/.*The reason: //p' "$BOX/err" | grep -q 403 || fail "$call: the reason is not told"
        grep -q "self-hosted, because the managed one could not be set up" "$BOX/out"
        is_self_hosted
    done <<<"$SETUP_CALLS"
}

@test "the reason is told on a terminal too, where the story is coloured" {
    need_terminal
    open_stage
    with "DOCTL_SIM_FAULT=databases list=403" TERM=xterm
    env -i "${ENVIRONMENT[@]}" script -qec "bash '$PROJECT/scripts/deploy-digitalocean.sh'" /dev/null \
        >"$BOX/out" 2>"$BOX/err" </dev/null
    grep -q 'The reason: Failed to create managed database: could not list' "$BOX/out" || fail "no reason"
}

@test "managed setup that fails at a step, on a Droplet that runs on it: stop, all as it was" {
    local call
    open_stage
    deployed
    freeze
    droplet_files >"$BATS_TEST_TMPDIR/before"
    for call in "vpcs list" "databases list" "databases pool list" "databases connection" "databases get"; do
        thaw
        with "DOCTL_SIM_FAULT=$call=403"
        deploy
        exits 4
        said "Managed database setup failed: "
        said "Stopped; the stack and its secrets are as they were"
        grep "Managed database setup failed: " "$BOX/err" | grep -q 403 || fail "$call: the reason is not told"
        not_said "continuing with self-hosted mode"
        droplet_files >"$BATS_TEST_TMPDIR/after"
        diff "$BATS_TEST_TMPDIR/before" "$BATS_TEST_TMPDIR/after" || fail "$call: the Droplet was changed"
        left_nothing
    done
    without DOCTL_SIM_FAULT
    deploy
    works
    is_managed
}

@test "the URL cannot be had after the setup: the same rule" {
    open_stage
    # The setup reads the cluster's details; what follows the second look at it is for the Droplet.
    with "DOCTL_SIM_FAULT=databases get=403@5+"
    deploy
    exits 0
    said "continuing with self-hosted mode"
    is_self_hosted
}

@test "after a fallback, the next run takes the managed database, and says that data does not move" {
    open_stage
    with "DOCTL_SIM_FAULT=databases create=403"
    deploy
    exits 0
    is_self_hosted
    without DOCTL_SIM_FAULT
    deploy
    works
    said "its data does not move with it"
    is_managed
    grep -q "^stop postgres$" "$BOX/docker-log"
}

@test "switching to self-hosted on purpose keeps the managed URL, and says that data does not move" {
    open_stage
    deployed
    config
    deploy
    works
    said "its data does not move with it"
    env_says "USE_MANAGED_DB='false'"
    backend_has database_url
    [ -s "$APP/secrets/do_database_url" ]
    only_one_password
    # With the URL there, a failure is no reason to go on beside the managed database.
    config USE_MANAGED_DB=true
    with "DOCTL_SIM_FAULT=databases list=403"
    deploy
    exits 4
    env_says "USE_MANAGED_DB='false'"
}

@test "a managed URL where the plan's script left it also counts as running on it" {
    open_stage
    mkdir -p "$APP/secrets"
    printf 'postgresql://u:p@x-pooler.db.ondigitalocean.com:25060/d?sslmode=require' >"$APP/secrets/database_url"
    with "DOCTL_SIM_FAULT=databases list=403"
    deploy
    exits 4
    said "Stopped"
    # Where the plan's overlay has its secrets, and what Compose takes for the mode in a .env of any origin.
    local file infisical=$DROPLET/var/infisical/secrets
    mkdir -p "$infisical"
    mv "$APP/secrets/database_url" "$infisical/"
    for file in "$infisical/database_url" "$infisical/do_database_url" "$APP/secrets/do_database_url"; do
        [ -e "$file" ] || echo x >"$file"
        deploy
        exits 4
        said "Stopped"
        rm "$file"
    done
    for file in "export USE_MANAGED_DB=true" "  USE_MANAGED_DB = 'true'"; do
        echo "$file" >"$APP/.env"
        deploy
        exits 4
        said "Stopped"
    done
    # A folder that Docker made is no URL.
    rm "$APP/.env"
    mkdir "$APP/secrets/do_database_url"
    deploy
    exits 0
    said "continuing with self-hosted mode"
    # A stack of another origin.
    config
    rm "$APP/.env"
    echo x >"$infisical/do_database_url"
    deploy
    works
    said "its data does not move with it"
}

@test "that data does not move is said where the database changes, and only there" {
    local moves="its data does not move with it"
    # The URL arrived, a stack did not: nothing has its data anywhere.
    open_stage
    echo "5 cut" >"$BOX/ssh-fault"
    deploy
    exits 4
    [ -s "$APP/secrets/do_database_url" ]
    with "DOCTL_SIM_FAULT=databases list=403"
    deploy
    exits 4
    said "Stopped"
    not_said "has its data in the managed database"
    without DOCTL_SIM_FAULT
    deploy
    works
    not_said "$moves"
    is_managed

    config
    deploy --provision-only
    works
    not_said "$moves"
    deploy
    said "$moves"
    deploy
    works
    not_said "$moves"
    # There is live data in it now.
    config USE_MANAGED_DB=true
    with "DOCTL_SIM_FAULT=databases list=403"
    deploy
    exits 4
    not_said "$moves"
    not_said "would be empty"
    without DOCTL_SIM_FAULT
    deploy
    works
    said "$moves"
    is_managed

    open_stage
    config
    deploy
    config USE_MANAGED_DB=true
    with "DOCTL_SIM_FAULT=databases list=403"
    deploy
    exits 0
    said "continuing with self-hosted mode"
    not_said "$moves"
}

@test "a new URL: the backend is recreated, and only it; also when that was interrupted" {
    open_stage
    deployed
    printf 'postgresql://other' >"$APP/secrets/do_database_url"
    deploy
    works
    grep -q "^rm -s -f backend$" "$BOX/docker-log"
    is_managed
    # As a run leaves it that ended between the new file and the new backend.
    echo "$APP/secrets/do_database_url 1" >"$DROPLET/running/backend"
    echo "$APP/secrets/do_database_url" >"$APP/.recreate"
    deploy
    works
    is_managed
}

@test "wrong mode, owner or kind of file on the Droplet is put right" {
    open_stage
    deployed
    chmod 644 "$APP/secrets/do_database_url" "$APP/.env"
    rm "$APP/secrets/stack_auth_secret"
    mkdir "$APP/secrets/stack_auth_secret"
    printf elsewhere >"$DROPLET/elsewhere"
    rm "$APP/secrets/database_url"
    ln -s "$DROPLET/elsewhere" "$APP/secrets/database_url"
    deploy
    works
    is_managed
    equal "$(cat "$DROPLET/elsewhere")" elsewhere "a file behind a link"
}

# ---- what is wrong is said before anything is made ------------------------------------------------------

@test "no configuration, a wrong one, a wrong word" {
    open_stage
    local line
    rm "$CONFIG"
    deploy
    exits 2
    said "deploy.config.example"
    for line in USE_MANAGED_DB=True USE_DO_SPACES=yes DO_REGION=NYC3 'DO_REGION=$(touch executed)' \
        'DROPLET_NAME="a b"' DEPLOY_DIR=relative MANAGED_DB_SECRETS_DIR=relative DEPLOY_TIMEOUT=soon \
        DEPLOY_COMPOSE_FILES=missing.yml DEPLOY_COMPOSE_FILES=../x.yml DEPLOY_FILES=no/such DEPLOY_SECRETS=nowhere \
        DO_DB_NAME=Freshtrack_DB DEPLOY_SSH_USER=-root; do
        config "$line"
        deploy
        exits 2
        said "${line%%=*}"
        no_calls
    done
    config
    deploy --wrong
    exits 2
    said "unknown argument --wrong"
    deploy --config
    exits 2
    [ ! -e "$BOX/project/executed" ] && [ ! -e executed ]
    nothing_was_made
}

@test "the configuration is data: what a shell would do with it is not done" {
    open_stage
    config "HARMLESS=\$(touch $BOX/executed)" "touch $BOX/executed" "DO_DB_NAME='freshtrack-db'"
    deploy
    works
    [ ! -e "$BOX/executed" ] || fail "it was executed"
    env_says "HARMLESS=\$(touch $BOX/executed)"
    if grep -q "^touch" "$APP/.env"; then fail "a line that is no setting is in .env"; fi
}

@test "no token, a token that is not good, no doctl" {
    open_stage
    sed -i /DO_API_TOKEN/d "$CONFIG"
    with DOCTL_SIM_NO_TOKEN=1
    deploy
    exits 3
    said "doctl auth init"
    without DOCTL_SIM_NO_TOKEN
    with "DOCTL_SIM_FAULT=account get=401"
    deploy
    exits 3
    rm "$BOX/bin/doctl"
    deploy
    exits 3
    said "install doctl"
    nothing_was_made
}

@test "no SSH key, or none of that name, or two; a region that takes no Droplets" {
    open_stage
    sed -i /DO_SSH_KEY_NAME/d "$CONFIG"
    deploy
    exits 2
    said DO_SSH_KEY_NAME
    config DO_SSH_KEY_NAME=other
    deploy
    exits 2
    said "no SSH key with the name other"
    doctl sim ssh-key add twice
    doctl sim ssh-key add twice
    config DO_SSH_KEY_NAME=twice
    deploy
    exits 4
    said "several SSH keys have the name twice"
    config DO_REGION=sfo1
    deploy
    exits 2
    said "no region sfo1"
    nothing_was_made
}

@test "two Droplets of the name, or one that is switched off" {
    open_stage
    doctl sim droplet add 77 --name web
    doctl sim droplet add 78 --name web
    deploy
    exits 4
    said "several Droplets have the name web (77, 78)"
    config DROPLET_ID=78 USE_MANAGED_DB=true
    deploy
    works
    is_managed
    open_stage
    doctl sim droplet add 77 --name web --status off
    deploy
    exits 4
    said "switched off"
}

# ---- the Droplet's side ---------------------------------------------------------------------------------

@test "SSH that comes up late; SSH that never comes up; a key that is not let in" {
    open_stage
    printf '%s 255 ssh: connect to host: Connection refused\n' 1 2 3 >"$BOX/ssh-fault"
    deploy
    works
    said "Connection refused"
    is_managed

    open_stage
    config USE_MANAGED_DB=true DEPLOY_TIMEOUT=1
    seq -f '%.0f 255 ssh: connect to host: Connection timed out' 1 200 >"$BOX/ssh-fault"
    deploy
    exits 5
    said "Connection timed out"
    not_called "databases create"
    : >"$BOX/ssh-fault"
    deploy
    works
    is_managed

    open_stage
    seq -f '%.0f 255 root@198.51.100.3: Permission denied (publickey).' 1 200 >"$BOX/ssh-fault"
    deploy
    exits 4
    said "Permission denied"
    said DEPLOY_SSH_IDENTITY
    # A new Droplet lets nobody in until cloud-init has put the keys there, an old one at once.
    [ "$(cat "$BOX/ssh-calls")" -gt 5 ]
    rm "$BOX/ssh-calls"
    deploy
    exits 4
    equal "$(cat "$BOX/ssh-calls")" 1 "tries to get in"
}

@test "what no waiting heals ends the run at once, with the words of ssh" {
    local words
    open_stage
    deployed
    for words in "sudo: a password is required" "sudo: sorry, you must have a tty" "me is not in the sudoers file." \
        "/home/me/.ssh/config: line 1: Bad configuration option: hostnam" 'Load key "/k": invalid format' \
        "@ WARNING: UNPROTECTED PRIVATE KEY FILE! @"; do
        rm -f "$BOX/ssh-calls"
        seq -f "%.0f 255 $words" 1 50 >"$BOX/ssh-fault"
        deploy
        exits 4
        said "$words"
        equal "$(cat "$BOX/ssh-calls")" 1 "tries after '$words'"
    done
    rm -f "$BOX/ssh-fault"
    config USE_MANAGED_DB=true DEPLOY_SSH_IDENTITY=../keys/nobody
    : >"$LOG"
    deploy
    exits 2
    said "there is no file $PROJECT/scripts/../keys/nobody that can be read"
    no_calls
}

@test "the host key is remembered at the first contact, and another one ends the run" {
    open_stage
    deployed
    equal "$(cat "$PROJECT/scripts/known_hosts")" "droplet-410000001 ssh-ed25519 KEYOFTHEDROPLET" "known hosts"
    echo "KEYOFSOMEBODYELSE" >"$DROPLET/hostkey"
    deploy
    exits 4
    said "host key is not the one of the first contact"
    said "ssh-keygen -R droplet-410000001 -f $PROJECT/scripts/known_hosts"
    not_called "databases get"
    left_nothing
}

@test "cloud-init that fails, a Droplet without Docker" {
    open_stage
    echo error >"$BOX/cloud-init"
    deploy
    exits 4
    said "cloud-init ended with an error"
    rm "$DROPLET/bin/docker"
    printf '#!/bin/sh\nexit 1\n' >"$DROPLET/bin/docker"
    chmod 755 "$DROPLET/bin/docker"
    deploy
    exits 4
    said "Docker Compose is not there"
    not_called "databases create"
}

@test "a connection that breaks while something is brought: nothing half is left, the next run ends it" {
    local call
    for call in 2 3 4 5 6; do
        open_stage
        echo "$call cut" >"$BOX/ssh-fault"
        deploy
        [ "$status" != 0 ] || fail "call $call: the run ended well"
        not_said "continuing with self-hosted mode"
        [ ! -s "$APP/secrets/do_database_url" ] || [ "$call" -gt 4 ] || fail "half a URL"
        left_nothing_half
        rm "$BOX/ssh-fault"
        deploy
        works
        is_managed
    done
}

# Also where it breaks, or sudo refuses, before the URL is there: then the program cannot write it.
@test "a connection that breaks before the URL is brought is no reason to fall back" {
    local reason
    open_stage
    whole
    with DOCTL_SIM_LATENCY_MS=100
    doctl sim droplet add 77 --name web --private-ip 10.116.0.7
    for reason in "255 ssh: connect to host: Connection timed out" "1 sudo: a password is required"; do
        rm -f "$BOX/ssh-calls"
        echo "4 $reason" >"$BOX/ssh-fault"
        deploy
        exits 4
        said "The connection string did not get to the Droplet (exit status ${reason%% *})"
        not_said "continuing with self-hosted mode"
        not_said "Managed database setup failed"
        [ ! -e "$APP" ] || fail "there is $APP"
    done
}

@test "a stack that the Droplet's Compose refuses is told before anything is changed there, or a database made" {
    open_stage
    deployed
    droplet_files >"$BOX/before"
    sed -i 's/^services:$/&\n  web: {}/' "$PROJECT/docker-compose.yml"
    deploy
    exits 2
    said "neither an image nor a build"
    said "Compose on the Droplet refuses the stack"
    not_called "databases pool"
    droplet_files | diff "$BOX/before" - || fail "something was changed on the Droplet"
}

@test "the URL goes to the file that the Droplet's Compose mounts, by its own .env" {
    open_stage
    sed -i 's|^  do_database_url: &managed$|  other: \&managed|; s|/do_database_url$|/${URL_NAME:-x}|' \
        "$PROJECT/docker/compose.digitalocean.yaml"
    config USE_MANAGED_DB=true URL_NAME=own_url
    deploy
    works
    grep -q '^postgresql://' "$APP/secrets/own_url" || fail "no URL there"
    [ ! -e "$APP/secrets/x" ] && [ ! -e "$APP/secrets/do_database_url" ]
}

left_nothing_half() {
    left_nothing_here
    [ ! -d "$APP" ] || equal "$(find "$APP" -name '.incoming*' -o -name '*.new.*')" "" "half files"
}

@test "a secret that the stack needs is missing: it says so before a database is made, the next run ends it" {
    open_stage
    rm "$PROJECT/secrets/stack_auth_secret"
    deploy
    exits 2
    said "neither on the Droplet nor in the folder DEPLOY_SECRETS: $APP/secrets/stack_auth_secret"
    not_called "databases create"
    # Somebody else may bring it.
    mkdir -p -m 700 "$APP/secrets"
    printf stack-secret >"$APP/secrets/stack_auth_secret"
    deploy
    works
    rm "$APP/secrets/stack_auth_secret"
    printf stack-secret >"$PROJECT/secrets/stack_auth_secret"
    deploy
    works
    is_managed
}

@test "another user than root, a key file, more files of the application, the overlay named" {
    open_stage
    mkdir -p "$PROJECT/conf/deep"
    echo one >"$PROJECT/conf/nginx.conf"
    printf '#!/bin/sh\n' >"$PROJECT/conf/deep/run me.sh"
    chmod 755 "$PROJECT/conf/deep/run me.sh"
    printf '#!/bin/sh\n[ "$1" = -n ] && shift && exec "$@"\n' >"$DROPLET/bin/sudo"
    chmod 755 "$DROPLET/bin/sudo"
    mkdir -p "$PROJECT/keys"
    touch "$BOX/id" "$PROJECT/keys/id"
    config USE_MANAGED_DB=true DEPLOY_SSH_USER=deployer "DEPLOY_SSH_IDENTITY=$BOX/id" DEPLOY_FILES=conf \
        DEPLOY_COMPOSE_FILES=docker-compose.yml:docker/compose.digitalocean.yaml
    deploy
    works
    equal "$(cat "$BOX/ssh-target")" deployer@198.51.100.3 "SSH target"
    grep -qxF "$BOX/id" "$BOX/ssh-log"
    echo "DEPLOY_SSH_IDENTITY=../keys/id" >>"$CONFIG"
    deploy
    works
    grep -qxF "$PROJECT/scripts/../keys/id" "$BOX/ssh-log" || fail "the key is not looked for beside the configuration"
    equal "$(cat "$APP/conf/nginx.conf")" one
    equal "$(mode_of "$APP/conf/deep/run me.sh")" 755 mode
    rm -r "$APP/conf"
    is_managed
}
