# deploy-digitalocean.sh, from an empty account to a running stack: what it says, what it leaves at
# DigitalOcean, and what stands on the Droplet afterwards: files, modes, owners, profiles, services.

load deploy

# ---- it works -----------------------------------------------------------------------------------------

@test "a fresh account: Droplet, database, stack; the password is in one file in the whole world" {
    open_stage
    with DOCTL_SIM_DROPLET_POLLS=2
    printf '%s\n' "not started" running >"$BOX/cloud-init"
    deploy
    works
    account_is_whole
    is_managed
    called "compute droplet create web --region nyc3 --size s-2vcpu-4gb --image ubuntu-24-04-x64 --ssh-keys 51000001"
    said "Waiting until the Droplet has started up..."
    said "waiting for cloud-init"
    said "Managed PostgreSQL configured"
    grep -q "Next steps:" "$BOX/out"
    equal "$(cat "$BOX/ssh-target")" root@198.51.100.3 "SSH target"
    # No file is named that is not there any more.
    said "SSL certificate saved: ca-certificate.crt, for the Droplet"
    not_said "$BOX/tmp"
}

@test "the same again changes nothing, anywhere" {
    open_stage
    deployed
    freeze
    droplet_files >"$BATS_TEST_TMPDIR/before"
    deploy
    works
    said "Connection string unchanged on the Droplet"
    equal "$(calls | grep -cE ' (create|append) ')" 0 "changes at DigitalOcean"
    rm -f "$BOX/docker-log"
    droplet_files >"$BATS_TEST_TMPDIR/after"
    # The services are told to be up again; the backend is left as it is.
    diff <(grep -v -e '/running/[^b]' "$BATS_TEST_TMPDIR/before") \
        <(grep -v -e '/running/[^b]' "$BATS_TEST_TMPDIR/after")
    is_managed
}

@test "everything is there already but the stack" {
    open_stage
    doctl sim droplet add 77 --name web --private-ip 10.116.0.7
    doctl sim droplet add 78 --name web-2
    whole
    deploy
    works
    not_called "compute droplet create"
    not_called "databases create"
    is_whole droplet:42 droplet:77
    is_managed
}

@test "self-hosted: no database is made, the stack has its own" {
    open_stage
    config
    deploy
    works
    said "Using self-hosted PostgreSQL (containerized)"
    not_called databases
    is_self_hosted
    equal "$(grep -raoF selfhosted-password "$APP" | wc -l)" 2 "times that the self-hosted password occurs"
}

@test "every doctl: the plan's and each release's" {
    local personality
    for personality in plan 1.94 1.123; do
        open_stage "$personality"
        deploy
        if [ "$personality" = 1.94 ]; then
            # The application needs the certificate, which this doctl cannot fetch.
            fails 4
            said "There is no CA certificate for the application"
            printf -- '-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n' >"$PROJECT/secrets/ca-certificate.crt"
            deploy
        fi
        works
        account_is_whole
        [ -s "$APP/secrets/ca-certificate.crt" ]
        files_with_password "$personality:"
    done
}

@test "a Droplet without a private address: the managed database could not be reached from it" {
    open_stage
    doctl sim droplet add 77 --name web --private-ip none
    deploy --provision-only
    exits 4
    said "has no private address"
    deploy
    exits 0
    said "continuing with self-hosted mode"
    said "The reason: the Droplet 77 has no private address"
    grep -q "the Droplet 77 has no private address" "$BOX/out"
    # Known before anything is billed.
    equal "$(mutations)" ""
    is_self_hosted
    mkdir -p "$APP/secrets"
    echo postgresql://managed >"$APP/secrets/do_database_url"
    deploy
    exits 4
    said "Stopped; the stack and its secrets are as they were"
    mdb droplet wait 77 --output json
    answered '{"address": "203.0.113.9", "private_address": null}'
}

@test "--provision-only brings nothing to the Droplet" {
    open_stage
    deploy --provision-only
    works
    account_is_whole
    [ ! -e "$APP" ] || fail "there is $APP"
    grep -q "Start the stack:" "$BOX/out"
    left_nothing_here
}

@test "--dry-run says what would be done, and does nothing" {
    open_stage
    deploy --dry-run
    works
    said "Nothing was changed"
    equal "$(calls | grep -cE ' (create|append) ')" 0 changes
    [ ! -e "$BOX/ssh-log" ] && [ ! -e "$APP" ] && [ ! -e "$PROJECT/scripts/known_hosts" ]
    deployed
    deploy --dry-run
    works
    said "Found existing Droplet: web"
    said "Found existing database cluster: freshtrack-db"
    config DROPLET_ID=410000001
    deploy --dry-run
    works
    said "Found existing Droplet: web"
    config DROPLET_ID=999
    deploy --dry-run
    exits 4
    said "404"
    said "DROPLET_ID"
}

@test "--setup-managed-db makes the database alone, with the plan's closing lines and the program's status" {
    open_stage
    config
    with "MANAGED_DB_SECRETS_DIR=$SECRETS"
    deploy --setup-managed-db
    works
    said "Managed database setup complete."
    said "Update DATABASE_URL in your application to use the managed database."
    is_whole
    equal "$(mode_of "$SECRETS/database_url")" 600 mode
    equal "$(cat "$BOX/out")" "$(doctl databases list --format ID --no-header)" answer
    [ ! -e "$BOX/ssh-log" ]
    not_called compute
    with "DOCTL_SIM_FAULT=databases list=403"
    deploy --setup-managed-db
    exits 4
    with "DOCTL_SIM_NO_TOKEN=1"
    config USE_MANAGED_DB=true
    sed -i /DO_API_TOKEN/d "$CONFIG"
    deploy --setup-managed-db
    exits 3
}

@test "a flag counts more than an exported variable, and that more than the file" {
    open_stage
    with DROPLET_NAME=exported
    deploy --dry-run
    said "there is no Droplet exported"
    deploy --dry-run --name flagged
    said "there is no Droplet flagged"
    with USE_MANAGED_DB=false
    deploy --dry-run
    said "Database: self-hosted"
    config DROPLET_ID=42 USE_MANAGED_DB=true
    without DROPLET_NAME USE_MANAGED_DB
    deploy --dry-run
    said "Droplet:  42"
    deploy --dry-run --name flagged
    said "there is no Droplet flagged"
    # The same for the script that deletes.
    with DROPLET_NAME=exported
    deploy --dry-run
    said "Droplet:  exported"
    said "there is no Droplet exported"
    destroy ""
    exits 1
    said "there is nothing to delete of a Droplet exported"
    config DROPLET_NAME=filed
    with DROPLET_ID=42
    without DROPLET_NAME
    deploy --dry-run
    said "Droplet:  42"
    destroy ""
    exits 2
    said " 42"
}

# words_after LINE: sets WORDS to the words of the command that is printed after "LINE:", as a shell reads it.
words_after() {
    local line
    line=$(sed -n "s/^  $1:  //p" "$BOX/out")
    eval "WORDS=($line)"
}

@test "the next steps are commands that mean this deployment" {
    open_stage
    local name folder="$BOX/it's 100%"
    local deployment=(--config "$folder/deploy.config" --name web-2)
    mkdir "$folder"
    mv "$PROJECT" "$folder/a project"
    PROJECT="$folder/a project"
    sed "s|^DEPLOY_SECRETS=.*|DEPLOY_SECRETS='a project/secrets'|" "$PROJECT/scripts/deploy.config" \
        >"$folder/deploy.config"
    printf '#!/bin/sh\n[ "$1" = -n ] && shift && exec "$@"\n' >"$DROPLET/bin/sudo"
    chmod 755 "$DROPLET/bin/sudo"
    echo DEPLOY_SSH_USER=deployer >>"$folder/deploy.config"
    deploy "${deployment[@]}" --provision-only
    works
    [ -s "$folder/known_hosts" ] || fail "no known hosts"
    for name in "Start the stack" "Take it all down"; do
        words_after "$name"
        equal "${WORDS[*]:1}" "${deployment[*]}" "$name"
        [ -x "${WORDS[0]}" ] || fail "no ${WORDS[0]}"
    done
    with "DOCTL_SIM_FAULT=databases list=403"
    deploy "${deployment[@]}"
    exits 0
    words_after "Try the managed database again, before there is data"
    equal "${WORDS[*]:1}" "${deployment[*]}" "again"
    words_after "See how it runs"
    equal "${WORDS[*]}" "ssh deployer@198.51.100.3 cd $APP && sudo docker compose ps" "ssh"
}

# ---- taking it down -------------------------------------------------------------------------------------

destroy() { # TYPED WORD…
    status=0
    env -i "${ENVIRONMENT[@]}" bash "$PROJECT/scripts/destroy-digitalocean.sh" "${@:2}" <<<"$1" \
        >"$BOX/out" 2>"$BOX/err" || status=$?
}

# ---- the old way ----------------------------------------------------------------------------------------

@test "a script that sources the library and does as the plan's setup_managed_database ends the same" {
    open_stage
    doctl sim droplet add 77 --name web --private-ip 10.116.0.7
    cat >"$PROJECT/scripts/old-way.sh" <<'END'
#!/bin/bash
set -euo pipefail
SCRIPT_DIR="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
source "${SCRIPT_DIR}/lib/doctl-helpers.sh"
if [ "${USE_MANAGED_DB:-false}" = "true" ]; then
    source "${SCRIPT_DIR}/lib/managed-db-helpers.sh" 2>/dev/null || exit 1
fi
setup_managed_database() {
    if [ "${USE_MANAGED_DB:-false}" != "true" ]; then
        info "Using self-hosted PostgreSQL (containerized)"
        return 0
    fi
    step "Setting up DigitalOcean Managed PostgreSQL..."
    local vpc_uuid
    vpc_uuid=$(ensure_vpc "freshtrack-vpc" "$DO_REGION")
    create_managed_database "freshtrack-db" "$DO_REGION" "$DO_DB_SIZE" "$vpc_uuid" || {
        error "Failed to create managed database"
        return 1
    }
    if [ -n "$DROPLET_ID" ]; then
        configure_trusted_sources "$DB_CLUSTER_ID" "$DROPLET_ID"
    fi
    save_connection_string "$DB_CLUSTER_ID" "$SECRETS/database_url"
    show_database_info "$DB_CLUSTER_ID"
    success "Managed PostgreSQL configured"
}
setup_managed_database || {
    warning "Managed database setup failed, continuing with self-hosted mode"
}
echo "done with $DB_CLUSTER_ID"
END
    with USE_MANAGED_DB=true DO_REGION=nyc3 DO_DB_SIZE=db-s-1vcpu-2gb DROPLET_ID=77 "SECRETS=$SECRETS" \
        "MANAGED_DB_SECRETS_DIR=$SECRETS" MANAGED_DB_POLL_INTERVAL=0.02
    script old-way.sh
    works
    said "Managed PostgreSQL configured"
    is_whole droplet:77
    grep -q "^done with $(doctl databases list --format ID --no-header)$" "$BOX/out"
    equal "$(mode_of "$SECRETS/database_url")" 600 mode
    # The same state as the script's own way.
    cp "$SECRETS/database_url" "$BATS_TEST_TMPDIR/old"
    rm "$SECRETS/database_url"
    without MANAGED_DB_SECRETS_DIR
    deploy
    works
    is_whole droplet:77
    cmp "$BATS_TEST_TMPDIR/old" "$APP/secrets/do_database_url"
}

# ---- the scripts themselves -------------------------------------------------------------------------------

@test "nothing newer than bash 3.2, and the Droplet's part is plain sh" {
    local file found
    for file in "$TOP"/scripts/deploy-digitalocean.sh "$TOP"/scripts/destroy-digitalocean.sh \
        "$TOP"/scripts/lib/{doctl-helpers,managed-db-helpers,remote,stack}.sh; do
        bash -n "$file"
        found=$(sed 's/^[[:space:]]*#.*//' "$file" | grep -nE \
            -e '\b(declare|local|typeset) +-[a-zA-Z]*[Anglu]' -e '\b(mapfile|readarray|coproc)\b' \
            -e '\$\{!?[A-Za-z_][A-Za-z0-9_]*(\[[^]]*\])?(\^|,|@)' -e '&>>' -e '\|&' -e ';;?&' \
            -e '\bwait +-n' -e "printf +[\"']?%\\(" -e 'printf +-v +[A-Za-z_]+\[' -e '\[\[ +-v ' \
            -e 'EPOCHSECONDS|EPOCHREALTIME|BASHPID|SRANDOM|BASH_ARGV0' -e '\{[a-z_]+\}[<>]' \
            -e 'shopt.*(globstar|lastpipe|inherit_errexit)' -e '\[-[0-9]+\]' -e '\$\{[A-Za-z_]+:[^}]*:-[0-9]' \
            -e '\bread +-[a-zA-Z]*[iN]' || true)
        [ -z "$found" ] || fail "$file: $found"
    done
    dash -n "$TOP/scripts/lib/droplet.sh"
    if grep -nE '\[\[|\blocal\b|<<<|function ' "$TOP/scripts/lib/droplet.sh"; then fail "not plain sh"; fi
}

@test "the plan's own checks pass, and shellcheck has nothing to say" {
    cd "$TOP"
    [ "$(grep -c "USE_MANAGED_DB\|setup_managed_database\|managed-db-helpers" scripts/deploy-digitalocean.sh)" -ge 5 ]
    [ "$(grep "USE_MANAGED_DB" scripts/deploy-digitalocean.sh | wc -l)" -ge 3 ]
    grep -q 'source.*managed-db-helpers' scripts/deploy-digitalocean.sh
    bash -n scripts/lib/managed-db-helpers.sh
    local name
    for name in load_config setup_managed_database main; do
        grep -q "^$name() {" scripts/deploy-digitalocean.sh
    done
    command -v shellcheck >/dev/null || skip "no shellcheck"
    shellcheck -x scripts/deploy-digitalocean.sh scripts/destroy-digitalocean.sh scripts/lib/*.sh
    if grep -rn "shellcheck disable" scripts/deploy-digitalocean.sh scripts/destroy-digitalocean.sh \
        scripts/lib/remote.sh scripts/lib/stack.sh scripts/lib/droplet.sh; then
        fail "an exception"
    fi
}

@test "wherever they are called from: CDPATH, a configuration that begins with a hyphen" {
    open_stage
    cp "$CONFIG" "$PROJECT/scripts/-c"
    cd "$PROJECT"
    local name
    for name in deploy destroy; do
        status=0
        (cd scripts && env -i "${ENVIRONMENT[@]}" CDPATH=..:. bash "../scripts/$name-digitalocean.sh" --config -c \
            $([ "$name" = destroy ] || echo --dry-run)) >"$BOX/out" 2>"$BOX/err" </dev/null || status=$?
        if [ "$name" = deploy ]; then works; else exits 1; fi
    done
}

@test "the example is a configuration: it works once the SSH key is named" {
    open_stage
    cp "$PROJECT/scripts/deploy.config.example" "$CONFIG"
    deploy --dry-run
    works
    # Every key that it shows is one that the program or the script knows.
    local key
    mdb settings --output json
    while IFS= read -r key; do
        grep -qF "\"variable\": \"$key\"" "$BOX/out" || fail "$key is no setting"
    done < <(sed -n 's/^#\{0,1\}\([A-Z][A-Z_]*\)=.*/\1/p' "$CONFIG" | grep -vx DOMAIN)
}

@test "a user of the application's own: its rights are granted from the Droplet, and its URL is brought there" {
    open_stage
    config USE_MANAGED_DB=true DO_DB_APP_USER=app DO_DB_APP_DATABASE=appdb
    deploy
    works
    said "Created the user: app"
    said "The user app has its rights in the database appdb"
    said "Connected: user app, database defaultdb"
    case $(cat "$APP/secrets/do_database_url")$(cat "$APP/secrets/database_url_direct") in
    postgresql://app:*:25061/app-pool?*postgresql://app:*:25060/appdb?*) ;;
    *) fail "other URLs" ;;
    esac
    # As doadmin past the pool for the rights; as the application through the pool.
    equal "$(sort -u "$BOX/psql-log")" "app app-pool
doadmin appdb"
}

@test "a connection that cannot be made from the Droplet ends the run; without psql there it is said" {
    open_stage
    rm "$DROPLET/bin/psql"
    ln -s "$BATS_TEST_DIRNAME/deploy/psql-that-fails" "$DROPLET/bin/psql"
    deploy
    fails 5
    said "the host does not answer"
    said "The stack is running"
    rm "$DROPLET/bin/psql"
    printf '#!/bin/sh\nexit 127\n' >"$DROPLET/bin/psql"
    chmod 755 "$DROPLET/bin/psql"
    deploy
    works
    said "The connection was not verified: cannot connect to"
    said "there is no psql where --via leads"
}
