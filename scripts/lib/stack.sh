#!/usr/bin/env bash
# Bringing the stack to the Droplet and starting it there: source this file after remote.sh. It uses the
# settings of deploy-digitalocean.sh, and WORK, a folder that only its owner can read.
#
#   check_files      what can be known before anything is billed
#   ask_compose_here the same, of Compose on this machine
#   ask_compose      what Compose on the Droplet makes of the stack; sets URL_FILE and DIRECT_FILE
#   deploy_stack     brings files, configuration and secrets, but not the managed database's URL; starts it

# Where a file of the stack is on this machine: the application's own, or the overlay of this project.
source_of() {
    if [ "$1" = "$OVERLAY" ] && [ ! -e "$APP_DIR/$1" ]; then
        printf '%s\n' "$PROJECT_DIR/$1"
    else
        printf '%s\n' "$APP_DIR/$1"
    fi
}

# Files and folders have to be there, and hold nothing that stays on this machine.
check_file() { # FILE
    local found source
    source=$(source_of "$1")
    if [ ! -r "$source" ]; then
        error "$source is not there: DEPLOY_APP_DIR, DEPLOY_COMPOSE_FILES and DEPLOY_FILES name the" \
            "application's files"
        return 2
    fi
    found=$(find -L "$source" \( -samefile "$CONFIG_FILE" -o -samefile "${APP_SECRETS:-$CONFIG_FILE}" \
        -o -name $'*\n*' -o -type l \) -print) || found=$source
    if [ -n "$found" ]; then
        error "DEPLOY_FILES: $1 cannot be brought to the Droplet, because of $found. The configuration and the" \
            "folder DEPLOY_SECRETS stay on this machine, a link has to lead somewhere, and no name may have a line" \
            "break: name what the application needs one by one"
        return 2
    fi
}

check_files() {
    local file
    if [ -n "$APP_SECRETS" ] && [ ! -d "$APP_SECRETS" ]; then
        error "DEPLOY_SECRETS: there is no folder $APP_SECRETS"
        return 2
    fi
    for file in "${FILE_LIST[@]}"; do
        check_file "$file" || return $?
    done
    case $MANAGED_DB_SECRETS_DIR in
    /*) export MANAGED_DB_SECRETS_DIR ;;
    *)
        error "MANAGED_DB_SECRETS_DIR is a folder on the Droplet: write it from / on"
        return 2
        ;;
    esac
    case $DEPLOY_COMPOSE_FILES$MANAGED_DB_SECRETS_DIR in
    *\'*)
        error "DEPLOY_COMPOSE_FILES, MANAGED_DB_SECRETS_DIR: Compose cannot read a name with a ' from .env"
        return 2
        ;;
    esac
    application_env >/dev/null || return $?
    if [ "$(source_of "$OVERLAY")" = "$APP_DIR/$OVERLAY" ] && ! cmp -s "$APP_DIR/$OVERLAY" "$PROJECT_DIR/$OVERLAY"; then
        info "Your own overlay is used: $APP_DIR/$OVERLAY"
    fi
}

# The application's own lines of the configuration, as they are. A line that Compose would read otherwise, that
# has to follow from the mode, or that holds an API token, is refused.
application_env() {
    local line key value why token number=0
    local setting='^[[:space:]]*(export[[:space:]]+)?([A-Za-z_][A-Za-z0-9_]*)=(.*)$'
    local closed="^('([^'\\\\]|\\\\.)*'|\"([^\"\\\\]|\\\\.)*\")[[:space:]]*(#.*)?\$"
    token=$(sed -n 's/^[[:space:]]*\(export[[:space:]]\{1,\}\)\{0,1\}DO_API_TOKEN=//p' "$CONFIG_FILE" | tail -n 1)
    token=${token#[\"\']}
    token=${token%%[\"\'[:space:]]*}
    while IFS= read -r line || [ -n "$line" ]; do
        number=$((number + 1))
        line=${line%$'\r'}
        [[ ${line#$'\xef\xbb\xbf'} =~ $setting ]] || continue
        key=${BASH_REMATCH[2]} value=${BASH_REMATCH[3]} why=
        case $'\nDO_API_TOKEN=\n'$SETTINGS in
        *$'\n'"$key="*) continue ;;
        esac
        case $key in
        COMPOSE_FILE | COMPOSE_PROFILES | COMPOSE_PATH_SEPARATOR)
            why="$key follows from DEPLOY_COMPOSE_FILES, USE_MANAGED_DB and USE_DO_SPACES"
            ;;
        esac
        case $value in
        [\"\']*) [[ $value =~ $closed ]] || why="the value of $key does not end on its line, at its quote" ;;
        esac
        case $line in
        *"${token:-dop_v1_}"* | *"${DO_API_TOKEN:-dop_v1_}"* | *do[opr]_v1_*)
            why="this line holds an API token, which stays on this machine"
            ;;
        esac
        if [ -n "$why" ]; then
            error "$CONFIG_FILE:$number: $why: mend the line or leave it out"
            return 2
        fi
        printf '%s=%s\n' "$key" "$value"
    done <"$CONFIG_FILE"
}

# What Compose reads on the Droplet: the application's lines, and the mode.
compose_env() {
    echo "# Written by deploy-digitalocean.sh"
    application_env && echo "COMPOSE_FILE='$DEPLOY_COMPOSE_FILES'" && managed_db compose profiles --output env &&
        echo "# End of what deploy-digitalocean.sh wrote"
}

# Lays out what Compose on the Droplet goes by, in links. Sets MEMBERS, for tar.
stage_app() {
    local file
    mkdir -p "$WORK/stage/secrets" "$WORK/project" && ln -sfn "$APP_DIR" "$WORK/stage/app" &&
        ln -sfn "$PROJECT_DIR" "$WORK/project/app" || return 6
    compose_env >"$WORK/stage/env" && : >"$WORK/stage/end" || return $?
    MEMBERS=(-C "$WORK/stage" secrets env)
    for file in "${FILE_LIST[@]}"; do
        if [ "$(source_of "$file")" = "$APP_DIR/$file" ]; then
            MEMBERS+=(-C "$WORK/stage" "app/$file")
        else
            MEMBERS+=(-C "$WORK/project" "app/$file")
        fi
    done
}

# What is brought of DEPLOY_SECRETS.
BROUGHT="postgres_password database_url stack_auth_secret spaces_access_key spaces_secret_key"

# The secrets too: none is copied on this machine.
stage_secrets() {
    local file
    for file in $BROUGHT; do
        [ ! -f "${APP_SECRETS:-/nowhere}/$file" ] ||
            ln -s "$APP_SECRETS/$file" "$WORK/stage/secrets/$file" || return 6
    done
    # Of a doctl that is too old to fetch it, from the folder of the secrets.
    for file in "$WORK" "${APP_SECRETS:-/nowhere}"; do
        [ "$USE_MANAGED_DB" = "false" ] || [ ! -f "$file/ca-certificate.crt" ] ||
            [ -e "$WORK/stage/secrets/ca-certificate.crt" ] ||
            ln -s "$file/ca-certificate.crt" "$WORK/stage/secrets/" || return 6
    done
    if [ "$USE_MANAGED_DB" = "true" ] && [ ! -e "$WORK/stage/secrets/ca-certificate.crt" ]; then
        error "There is no CA certificate for the application, because this doctl cannot fetch it: upgrade doctl to" \
            "1.114 or later, or bring the file of DigitalOcean's dashboard as ca-certificate.crt in DEPLOY_SECRETS"
        return 4
    fi
}

# Two archives: the end is sent when all before it could be read.
send_files() {
    COPYFILE_DISABLE=1 tar -chf - "${MEMBERS[@]}" && tar -cf - -C "$WORK/stage" end
}

# The file on the Droplet behind a secret of the backend, by CONFIG.
file_there() { # TARGET
    managed_db compose secret "$DEPLOY_BACKEND_SERVICE:$1" --config - <<<"$CONFIG"
}

# Whether a path on the Droplet is a file of the stack that this run brings.
is_brought() { # PATH
    local brought
    for brought in "${FILE_LIST[@]}"; do
        case $1 in
        "$DEPLOY_DIR/$brought" | "$DEPLOY_DIR/$brought"/*) [ ! -f "$(source_of "${1#"$DEPLOY_DIR/"}")" ] || return 0 ;;
        esac
    done
    return 1
}

# The files of secrets, by CONFIG, that this run will not bring.
secrets_of_others() {
    local file name
    sed -n '/^  "secrets": {$/,/^  }/s/^      "file": "\(.*\)",\{0,1\}$/\1/p' <<<"$CONFIG" | sort -u |
        while IFS= read -r file; do
            name=${file##*/}
            case $file in
            "${URL_FILE:-}" | "${DIRECT_FILE:-}" | */ca-certificate.crt) continue ;;
            esac
            ! is_brought "$file" || continue
            [[ " $BROUGHT " = *" $name "* && -f ${APP_SECRETS:-/nowhere}/$name &&
                $file = "$MANAGED_DB_SECRETS_DIR/$name" ]] || printf '%s\n' "$file"
        done
}

# Before a database is made.
check_secrets() {
    local missing
    missing=$(secrets_of_others | remote missing) || return 4
    [ -n "$missing" ] || return 0
    error "The stack needs secrets that are neither on the Droplet nor in the folder DEPLOY_SECRETS:" \
        "$(tr '\n' ' ' <<<"$missing")"
    return 2
}

# What is wrong in the stack but does not keep it from starting.
tell_findings() {
    local findings line
    findings=$(managed_db compose check --config - 2>/dev/null <<<"$CONFIG") || [ $? = 1 ] || return 0
    while IFS= read -r line; do
        [ -z "$line" ] || warning "$line"
    done <<<"$findings"
}

# The Compose that will start the stack says what the files come to, before anything there is changed. URL_FILE is
# the file that it mounts as the managed database's URL, DIRECT_FILE the one for the URL past the pool, or empty:
# the backend may have no such secret. What it says may hold secrets: it is in no file and in no argument.
ask_compose() {
    local CONFIG status=0
    step "Asking Compose on the Droplet..."
    stage_app || return $?
    CONFIG=$(send_files | remote resolve_stack "$DEPLOY_DIR" 2>"$WORK/refusal") || status=$?
    cat "$WORK/refusal" >&2
    if [ "$status" = 3 ]; then
        error "Compose on the Droplet refuses the stack, see above: mend its files; nothing was changed there"
        explain_names
        return 2
    elif [ "$status" != 0 ]; then
        error "Compose on the Droplet could not be asked; nothing was changed there. Run again"
        return 4
    fi
    # Where the files were looked at is not where they will be.
    CONFIG=${CONFIG//"${CONFIG%%$'\n'*}"/"$DEPLOY_DIR"}
    CONFIG=${CONFIG#*$'\n'}
    tell_findings
    if [ "$USE_MANAGED_DB" = false ]; then
        check_secrets
        return
    fi
    URL_FILE=$(file_there database_url) || return 2
    DIRECT_FILE=$(file_there database_url_direct 2>/dev/null) || [ $? = 1 ] || return 2
    if [ "$HAS_HAD" = no ] && [ "$URL_FILE" != "$MANAGED_DB_SECRETS_DIR/do_database_url" ]; then
        HAS_HAD=$(remote has_content "$URL_FILE" </dev/null) || return 4
    fi
    check_secrets || return $?
    success "The backend reads the database's URL from $URL_FILE${DIRECT_FILE:+, the direct one from $DIRECT_FILE}"
}

# The overlay is written for services of certain names: where there is none of a name, it makes an empty one.
explain_names() {
    grep -q 'has neither an image nor a build' "$WORK/refusal" || return 0
    info "The overlay is for services named" \
        "$(sed -n 's/^  \([a-z_-]*\):$/\1/p' "$PROJECT_DIR/$OVERLAY" | sed '/^backend$/q' | tr '\n' ' ')" \
        "- if yours have other names, put them into $APP_DIR/$OVERLAY, a copy of $PROJECT_DIR/$OVERLAY, and name the" \
        "one that reads the database's URL with DEPLOY_BACKEND_SERVICE"
}

# The same before anything is made, where Compose is on this machine too. Here and there it may be another release.
ask_compose_here() {
    local status=0
    docker compose version >/dev/null 2>&1 || return 0
    stage_app || return $?
    send_files | (
        # shellcheck source=scripts/lib/droplet.sh
        source "$PROJECT_DIR/scripts/lib/droplet.sh"
        resolve_stack "$WORK/nothing"
    ) >/dev/null 2>"$WORK/refusal" || status=$?
    [ "$status" = 3 ] || return 0
    cat "$WORK/refusal" >&2
    error "Compose refuses the stack, see above: mend its files; nothing was made"
    explain_names
    return 2
}

deploy_stack() {
    local new
    step "Bringing the files to the Droplet..."
    stage_app && stage_secrets || return $?
    send_files |
        remote receive_files "$DEPLOY_DIR" "$MANAGED_DB_SECRETS_DIR" "$MANAGED_DB_SECRET_OWNER" >/dev/null || {
        error "The files did not all get to the Droplet; nothing was restarted there. Run again"
        return 4
    }
    success "Files are on the Droplet: $DEPLOY_DIR"

    step "Starting the stack..."
    new=$(remote start_stack "$DEPLOY_DIR" "$PULL" "$DEPLOY_START_TIMEOUT" </dev/null) || {
        error "The stack did not start, see above. A secret that is missing in $MANAGED_DB_SECRETS_DIR" \
            "is brought there from the folder DEPLOY_SECRETS. Run again"
        return 4
    }
    if [ -n "$new" ]; then
        success "The stack is running; started anew: ${new% }"
    else
        success "The stack is running; no container was changed"
    fi
}
