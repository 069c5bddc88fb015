# shellcheck shell=sh
# The Droplet's side of deploy-digitalocean.sh (remote.sh sends this text with every call): POSIX sh and
# GNU tools. What comes over stdin may be secret: it goes into files of mode 0600, never into an argument.
# A file is replaced whole, by rename, or left as it is.

# Prints one line: "waiting WHY", "failed WHY", or "ready RUNS HAS_HAD". RUNS is the database that the stack here
# was started with: "managed", "self-hosted" or "none". HAS_HAD is "yes" once the URL of a managed database came
# here, by whatever way: data may be in it.
droplet_state() { # SECRETS_DIR DEPLOY_DIR
    if command -v cloud-init >/dev/null 2>&1; then
        state=$(cloud-init status 2>/dev/null) || :
        case $state in
        *running* | *"not run"* | *"not started"*)
            echo "waiting for cloud-init"
            return 0
            ;;
        *error*)
            echo "failed cloud-init ended with an error: see /var/log/cloud-init-output.log there"
            return 0
            ;;
        esac
    fi
    if ! docker compose version >/dev/null 2>&1; then
        echo "failed Docker Compose is not there: install docker.io and docker-compose-v2"
        return 0
    fi
    runs=none had=no plain=no
    # /var/infisical is where the plan's own overlay has its secrets.
    for file in "$1/do_database_url" /var/infisical/secrets/do_database_url; do
        [ ! -f "$file" ] || [ ! -s "$file" ] || had=yes
    done
    if grep -qs '@[^/]*db\.ondigitalocean\.com' "$1/database_url" /var/infisical/secrets/database_url; then
        had=yes plain=yes
    fi
    case $(sed -n "s/[ \t\"']//g; s/^\(export\)\{0,1\}USE_MANAGED_DB=//p" "$2/.env" 2>/dev/null | tail -n 1) in
    true*) runs=managed had=yes ;;
    false*) runs=self-hosted ;;
    *)
        if [ "$plain" = yes ] || { [ "$had" = yes ] && [ -n "$(docker ps -aq 2>/dev/null)" ]; }; then
            runs=managed
        elif [ -e "$2/.env" ]; then
            runs=self-hosted
        fi
        ;;
    esac
    echo "ready $runs $had"
}

# Whether a file of another name has held a URL.
has_content() { # FILE
    if [ -f "$1" ] && [ -s "$1" ]; then echo yes; else echo no; fi
}

# A folder that has to be made is 0700, its parents as usual.
secrets_folder() { # DIR
    if [ ! -d "$1" ]; then
        (umask 022 && mkdir -p "$(dirname "$1")") && mkdir -m 700 "$1"
    fi
}

# Renames a file, and to exactly this name: not into a folder that is there. Docker makes an empty folder where a
# file to be mounted was missing.
rename() { # NEW FILE
    if [ -d "$2" ] && [ ! -L "$2" ]; then
        rmdir "$2" || return
    fi
    mv -fT "$1" "$2"
}

# Puts a new file in the place of a secret, unless it is the same. A backend that was started with the old
# one has to be recreated: `.recreate` says so until that is done, however often it is interrupted.
install_secret() { # NEW FILE OWNER DEPLOY_DIR
    case $2 in
    *.crt) chmod 644 "$1" || return ;; # a certificate is no secret
    *) chmod 600 "$1" || return ;;
    esac
    [ -z "$3" ] || chown "$3" "$1" || return
    if [ ! -L "$2" ] && cmp -s "$1" "$2" && [ "$(stat -c %a:%u:%g "$1")" = "$(stat -c %a:%u:%g "$2")" ]; then
        rm -f "$1"
        return 0
    fi
    : >"$4/.recreate" && rename "$1" "$2" && echo "$2"
}

# Takes the database's URL from stdin: one line. Prints the file's path if it changed. Returns 3, and nothing else
# does, if there was none.
receive_url() { # FILE OWNER DEPLOY_DIR
    umask 077
    if ! IFS= read -r url || [ -z "$url" ]; then
        echo "no URL arrived, or only a part of one: nothing was changed" >&2
        return 3
    fi
    (umask 022 && mkdir -p "$3") && secrets_folder "$(dirname "$1")" || return
    rm -f "$1".new.*
    new=$(mktemp "$1.new.XXXXXX") || return
    trap 'rm -f "$new"' EXIT
    # A builtin: the URL is in no argument of a process.
    printf %s "$url" >"$new" && install_secret "$new" "$1" "$2" "$3"
}

place() { # NEW FILE MODE
    if [ ! -L "$2" ] && cmp -s "$1" "$2" && [ "$(stat -c %a "$2")" = "$3" ]; then
        return 0
    fi
    chmod "$3" "$1" && rename "$1" "$2"
}

# Takes archives from stdin, one behind the other: app/…, secrets/…, env, and at last `end`, without which they
# are not whole.
unpack() { # FOLDER
    if ! tar -xiof - -C "$1" || [ ! -f "$1/end" ]; then
        echo "the files did not arrive whole: nothing was changed" >&2
        return 1
    fi
}

# Prints what Compose here makes of the stack that comes over stdin: the folder that it was unpacked into for as
# long as that takes, and behind it the configuration, as JSON. Returns 3 where Compose refuses the files.
resolve_stack() {
    umask 077
    incoming=$(mktemp -d) || return
    trap 'rm -rf "$incoming"' EXIT
    unpack "$incoming" && mv "$incoming/env" "$incoming/app/.env" && cd "$incoming/app" || return
    pwd && { docker compose config --format json || return 3; }
}

receive_files() { # DEPLOY_DIR SECRETS_DIR OWNER
    umask 022
    mkdir -p "$1" && secrets_folder "$2" || return
    rm -rf "$1"/.incoming.*
    incoming=$(mktemp -d "$1/.incoming.XXXXXX") || return
    trap 'rm -rf "$incoming"' EXIT
    unpack "$incoming" || return
    (cd "$incoming/app" && find . -type d -o -type f) >"$incoming/list" || return
    while IFS= read -r file; do
        if [ -d "$incoming/app/$file" ]; then
            mkdir -p "$1/$file" || return
            continue
        fi
        mode=644
        [ ! -x "$incoming/app/$file" ] || mode=755
        place "$incoming/app/$file" "$1/${file#./}" "$mode" || return
    done <"$incoming/list"
    for file in "$incoming"/secrets/*; do
        [ ! -f "$file" ] || install_secret "$file" "$2/${file##*/}" "$3" "$1" || return
    done
    # Last: it is what Compose goes by.
    place "$incoming/env" "$1/.env" 600
}

# Starts the stack with the profiles of .env, and stops the services of the other mode.
start_stack() { # DEPLOY_DIR
    cd "$1" || return
    old=$(docker compose ps -q backend 2>/dev/null) || old=
    docker compose up -d || return
    if [ -e .recreate ]; then
        if [ -n "$old" ]; then
            echo "The secrets changed: recreating the backend"
            docker compose up -d --no-deps --force-recreate backend || return
        fi
        rm -f .recreate
    fi
    active=" $(docker compose config --services | tr '\n' ' ')" || return
    for service in $(COMPOSE_PROFILES=self-hosted-db,self-hosted-storage docker compose config --services); do
        case $active in
        *" $service "*) continue ;;
        esac
        if [ -n "$(COMPOSE_PROFILES=self-hosted-db,self-hosted-storage \
            docker compose ps -q "$service" 2>/dev/null)" ]; then
            echo "Stopping $service: it is not of this mode; its data stays"
            COMPOSE_PROFILES=self-hosted-db,self-hosted-storage docker compose stop "$service" || return
        fi
    done
}
