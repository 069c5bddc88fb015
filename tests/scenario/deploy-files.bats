# deploy-digitalocean.sh and the application's files: what is brought to the Droplet, what is not, and what .env
# says there.

load deploy

@test "files and folders of DEPLOY_FILES come together, whatever they are named with" {
    local app
    open_stage
    # The application has a folder of the overlay's name, and not the overlay.
    app=$PROJECT/app
    mkdir -p "$app/docker" "$app/conf/empty/deep" "$app/data"
    mv "$PROJECT/docker-compose.yml" "$app/"
    echo one >"$app/docker/nginx.conf"
    echo two >"$app/conf/nginx.conf"
    ln -s ../docker/nginx.conf "$app/conf/a link"
    config USE_MANAGED_DB=true DEPLOY_APP_DIR=../app DEPLOY_FILES=docker:conf/:conf/nginx.conf:data/
    (cd "$app" && find . -printf '%p %y %i\n' | sort) >"$BATS_TEST_TMPDIR/before"
    deploy
    works
    (cd "$app" && find . -printf '%p %y %i\n' | sort) >"$BATS_TEST_TMPDIR/after"
    diff "$BATS_TEST_TMPDIR/before" "$BATS_TEST_TMPDIR/after" || fail "the operator's files were changed"
    equal "$(cd "$APP" && find conf data docker | sort | tr '\n' ' ')" "conf conf/a link conf/empty conf/empty/deep \
conf/nginx.conf data docker docker/compose.digitalocean.yaml docker/nginx.conf " files
    equal "$(cat "$APP/docker/nginx.conf" "$APP/conf/nginx.conf" "$APP/conf/a link")" $'one\ntwo\none' contents
    [ ! -L "$APP/conf/a link" ]
    rm -r "$APP/conf" "$APP/data" "$APP/docker/nginx.conf"
    mv "$app/docker-compose.yml" "$PROJECT/"
    is_managed
}

@test "a file takes the place of the folder that Docker made for it; a local failure changes nothing" {
    open_stage
    mkdir "$PROJECT/conf"
    echo one >"$PROJECT/conf/nginx.conf"
    config USE_MANAGED_DB=true DEPLOY_FILES=conf
    deployed
    rm "$APP/conf/nginx.conf" "$APP/docker-compose.yml"
    mkdir "$APP/conf/nginx.conf" "$DROPLET/elsewhere"
    ln -s "$DROPLET/elsewhere" "$APP/docker-compose.yml"
    deploy
    works
    equal "$(cat "$APP/conf/nginx.conf")" one
    [ ! -L "$APP/docker-compose.yml" ]
    equal "$(ls -A "$DROPLET/elsewhere")" "" "files in a folder behind a link"

    # tar that finds fault when it has sent everything.
    printf '#!/bin/sh\n/usr/bin/tar "$@"\nexit 1\n' >"$BOX/bin/tar"
    chmod 755 "$BOX/bin/tar"
    echo two >"$PROJECT/conf/nginx.conf"
    droplet_files >"$BATS_TEST_TMPDIR/before"
    deploy
    exits 4
    said "nothing was changed"
    droplet_files >"$BATS_TEST_TMPDIR/after"
    diff "$BATS_TEST_TMPDIR/before" "$BATS_TEST_TMPDIR/after" || fail "the Droplet was changed"
    rm "$BOX/bin/tar"
    deploy
    works
    equal "$(cat "$APP/conf/nginx.conf")" two
    rm -r "$APP/conf"
    is_managed
}

@test "what may not be brought is refused before anything is made" {
    local files
    open_stage
    mkdir -p "$PROJECT/conf/linked" "$PROJECT/lines" "$PROJECT/dangling"
    ln -s nowhere "$PROJECT/dangling/x"
    ln -s "$CONFIG" "$PROJECT/conf/linked/x"
    : >"$PROJECT/lines/a"$'\n'"b"
    for files in scripts . scripts/deploy.config secrets conf lines dangling; do
        config "DEPLOY_FILES=docker:$files"
        deploy
        exits 2
        said DEPLOY_FILES
        no_calls
    done
    cp "$PROJECT/docker-compose.yml" "$PROJECT/it's.yml"
    config "DEPLOY_COMPOSE_FILES=\"it's.yml\""
    deploy
    exits 2
    said DEPLOY_COMPOSE_FILES
    no_calls
    [ ! -e "$APP" ] || fail "there is $APP"
}

@test "the application's own lines are brought as they are, or refused" {
    local line
    local good=(DEPLOY_ENV=prod COMPOSE_PROJECT_NAME=shop DIGITALOCEAN_SPACE=media export_dir=/x "SAYS=it's"
        "ONE='one line' # of it" 'TWO="two \" words"' HASH=a#b)
    open_stage
    config USE_MANAGED_DB=true "${good[@]}" $'  export  BLANK=1\r' USE_DO_SPACES=false DO_REGION=nyc3
    deploy
    works
    for line in "${good[@]}" BLANK=1; do
        env_says "$line"
    done
    equal "$(sed 's/=.*//' "$APP/.env" | sort | uniq -d)" "" "variables that are set twice"
    if grep -qE '^(DO_|DEPLOY_DIR|DROPLET_)' "$APP/.env"; then fail "$(cat "$APP/.env")"; fi
    is_managed
    : >"$LOG"
    for line in $'A="one\ntwo"' "B='open" 'C="x" y' 'D=1 # DO_API_TOKEN=sekret-token-of-the-account' \
        MY_DO_API_TOKEN=sekret-token-of-the-account E=dop_v1_0123456789 COMPOSE_PROFILES=x COMPOSE_FILE=x; do
        config "$line"
        deploy
        exits 2
        said "$CONFIG:13: "
        not_said sekret
        no_calls
    done
    # Taking it down needs none of them.
    script destroy-digitalocean.sh
    exits 2
    said "nothing was deleted"
}

@test "a secret beside the Compose files is beside them on the Droplet too" {
    open_stage
    sed -i 's|file: .*/do_database_url|file: ./secrets/do_database_url|' "$PROJECT/docker/compose.digitalocean.yaml"
    deploy
    works
    [ ! -e "$PROJECT/secrets/do_database_url" ] || fail "the URL went to the operator's folder"
    is_managed
}

@test "cloud-init accepts what a new Droplet is given, by its own schema" {
    find_tools
    local modules=$TOOLS/root/usr/lib/python3/dist-packages
    [ -d "$modules/cloudinit" ] || skip "cloud-init is not there: scripts/test.sh fetches it"
    check() {
        PYTHONPATH=$modules /usr/bin/python3 -m cloudinit.cmd.main schema --config-file "$1"
    }
    check "$TOP/scripts/lib/cloud-init.yaml"
    sed 's/^ssh_pwauth: false/ssh_pwauth: [1]/' "$TOP/scripts/lib/cloud-init.yaml" >"$BATS_TEST_TMPDIR/wrong.yaml"
    ! check "$BATS_TEST_TMPDIR/wrong.yaml" || return 1
}

@test "where Compose is on this machine, what it refuses is told before anything is made" {
    open_stage
    ln -s "$DOCKER/docker" "$BOX/bin/docker"
    with "DOCKER_CONFIG=$DOCKER_CONFIG_DIR"
    printf 'services:\n  extra: {depends_on: [nobody]}\n' >"$PROJECT/extra.yml"
    config USE_MANAGED_DB=true DEPLOY_COMPOSE_FILES=docker-compose.yml:extra.yml
    deploy
    exits 2
    said "Compose refuses the stack, see above: mend its files; nothing was made"
    no_calls
    nothing_was_made
    config USE_MANAGED_DB=true
    deploy
    works
    is_managed
}

@test "an overlay of the application's own is used and said; what is wrong in the stack is warned of" {
    open_stage
    mkdir -p "$BOX/mine/docker"
    cp "$PROJECT/docker-compose.yml" "$BOX/mine/"
    cp "$PROJECT/docker/compose.digitalocean.yaml" "$BOX/mine/docker/"
    sed -i "s/'127.0.0.1:6379:6379'/'6379:6379'/" "$BOX/mine/docker/compose.digitalocean.yaml"
    config USE_MANAGED_DB=true "DEPLOY_APP_DIR=$BOX/mine"
    deploy
    works
    said "Your own overlay is used: $BOX/mine/docker/compose.digitalocean.yaml"
    grep "^⚠ .*redis" "$BOX/err" | grep -q 6379 || fail "that Redis is open is not said"
    cmp "$BOX/mine/docker/compose.digitalocean.yaml" "$APP/docker/compose.digitalocean.yaml"
    config USE_MANAGED_DB=true
    deploy
    works
    not_said "Your own overlay"
}

@test "configurations and secrets that DEPLOY_FILES brings are not missing, and a variable named file is none" {
    open_stage
    mkdir "$PROJECT/etc"
    echo x >"$PROJECT/etc/site.conf"
    echo y >"$PROJECT/etc/api_key"
    cat >"$PROJECT/extra.yml" <<'END'
services:
  web:
    image: images
    environment: {file: /nowhere/at/all}
    configs: [site]
    secrets: [api_key]
configs:
  site: {file: ./etc/site.conf}
secrets:
  api_key: {file: ./etc/api_key}
END
    config USE_MANAGED_DB=false DEPLOY_COMPOSE_FILES=docker-compose.yml:extra.yml DEPLOY_FILES=etc
    deploy
    works
    sed -i 's|./etc/api_key|./etc/other_key|' "$PROJECT/extra.yml"
    deploy
    exits 2
    said "neither on the Droplet nor in the folder DEPLOY_SECRETS: $APP/etc/other_key"
}

@test "lines of others that cannot be read end the run: .env stays as it is" {
    open_stage
    mkdir -p "$APP"
    echo THEIRS=yes >"$APP/.env"
    printf '#!/bin/sh\ncase $* in */.env) exit 4 ;; esac\nexec /usr/bin/sed "$@"\n' >"$DROPLET/bin/sed"
    chmod 755 "$DROPLET/bin/sed"
    config USE_MANAGED_DB=false
    deploy
    exits 4
    equal "$(cat "$APP/.env")" THEIRS=yes
    rm "$DROPLET/bin/sed"
    deploy
    works
    env_says THEIRS=yes
}
