#!/usr/bin/env bash
# Bringing the stack to the Droplet and starting it there: source this file after remote.sh. It uses the
# settings of deploy-digitalocean.sh, and WORK, a folder that only its owner can read.
#
#   source_of FILE   prints where a file of the stack is on this machine
#   deploy_stack     brings files, configuration and secrets, but not the managed database's URL; starts it

# Where a file of the stack is on this machine: the application's own, or the overlay of this project.
source_of() {
    if [ "$1" = "$OVERLAY" ] && [ ! -e "$APP_DIR/$1" ]; then
        printf '%s\n' "$PROJECT_DIR/$1"
    else
        printf '%s\n' "$APP_DIR/$1"
    fi
}

# The configuration for Compose on the Droplet: that of the application, without the token, and the mode.
compose_env() {
    echo "# Written by deploy-digitalocean.sh"
    tr -d '\r' <"$CONFIG_FILE" |
        sed -n 's/^[[:space:]]*//; s/^export[[:space:]]*//; /^[A-Za-z_][A-Za-z0-9_]*=/p' |
        sed -e '/^DO_API_TOKEN=/d' -e '/^DIGITALOCEAN_/d' -e '/do[opr]_v1_/d' -e '/^COMPOSE_/d' \
            -e '/^USE_MANAGED_DB=/d' -e '/^USE_DO_SPACES=/d' -e '/^MANAGED_DB_/d' -e '/^DEPLOY_/d'
    echo "COMPOSE_FILE='$DEPLOY_COMPOSE_FILES'"
    managed_db compose profiles --output env
}

# Lays out what the Droplet gets, in links: no secret is copied on this machine.
stage_files() {
    local file
    mkdir -p "$WORK/stage/secrets"
    for file in "${FILE_LIST[@]}"; do
        mkdir -p "$(dirname "$WORK/stage/app/$file")"
        ln -s "$(source_of "$file")" "$WORK/stage/app/$file"
    done
    for file in postgres_password database_url stack_auth_secret spaces_access_key spaces_secret_key; do
        [ ! -f "${APP_SECRETS:-/nowhere}/$file" ] || ln -s "$APP_SECRETS/$file" "$WORK/stage/secrets/$file"
    done
    [ "$USE_MANAGED_DB" = "false" ] || [ ! -f "$WORK/ca-certificate.crt" ] ||
        ln -s "$WORK/ca-certificate.crt" "$WORK/stage/secrets/"
    compose_env >"$WORK/stage/env" || return $?
    : >"$WORK/stage/end"
}

deploy_stack() {
    step "Bringing the files to the Droplet..."
    stage_files || return $?
    COPYFILE_DISABLE=1 tar -C "$WORK/stage" -chf - app secrets env end |
        remote receive_files "$DEPLOY_DIR" "$MANAGED_DB_SECRETS_DIR" "$MANAGED_DB_SECRET_OWNER" >/dev/null || {
        error "The files did not get to the Droplet; the stack there is as it was. Run again"
        return 4
    }
    success "Files are on the Droplet: $DEPLOY_DIR"

    step "Starting the stack..."
    remote start_stack "$DEPLOY_DIR" </dev/null >&2 || {
        error "The stack did not start, see above. A secret that is missing in $MANAGED_DB_SECRETS_DIR" \
            "is brought there from the folder DEPLOY_SECRETS. Run again"
        return 4
    }
    success "The stack is running"
}
