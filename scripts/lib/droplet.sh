# shellcheck shell=sh
# The Droplet's side of deploy-digitalocean.sh (remote.sh sends this text with every call): POSIX sh and
# GNU tools. What comes over stdin may be secret: it goes into files of mode 0600, never into an argument.
# A file is replaced whole, by rename, or left as it is.

# What keeps the Droplet from being used: prints "waiting WHY" or "failed WHY", or nothing.
not_ready() {
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
    elif ! command -v flock >/dev/null; then
        echo "failed flock is not there: install util-linux"
    fi
}

# Waits for another deployment of the same stack, and keeps the next one out until stdin ends. Prints "busy" while it
# waits, "late" where that took too long, and "held RUNS HAS_HAD" (droplet_state) once it is alone.
hold() { # SECRETS_DIR DEPLOY_DIR SECONDS
    state=$(not_ready)
    if [ -n "$state" ]; then
        echo "$state"
        return 0
    fi
    while :; do
        (umask 022 && mkdir -p "$2") && exec 9<"$2" || return
        if ! flock -n 9; then
            echo busy
            if ! flock -w "$3" 9; then
                echo late
                return 0
            fi
        fi
        # The folder that the lock is on may have been taken away meanwhile.
        [ "$(stat -L -c %d:%i /proc/self/fd/9)" != "$(stat -L -c %d:%i "$2" 2>/dev/null)" ] || break
    done
    echo "held $(droplet_state "$1" "$2")"
    cat >/dev/null
    # A run that brought nothing leaves nothing.
    rmdir "$2" 2>/dev/null || :
}

# Prints "RUNS HAS_HAD". RUNS is the database that the stack here was started with: "managed", "self-hosted" or
# "none". HAS_HAD is "yes" once the URL of a managed database came here, by whatever way: data may be in it.
droplet_state() { # SECRETS_DIR DEPLOY_DIR
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
    echo "$runs $had"
}

# Whether a file of another name has held a URL.
has_content() { # FILE
    if [ -f "$1" ] && [ -s "$1" ]; then echo yes; else echo no; fi
}

# Prints those of the paths on stdin at which there is no file.
missing() {
    while IFS= read -r file; do
        [ -f "$file" ] || [ -c "$file" ] || printf '%s\n' "$file"
    done
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

# What was started with the old file has to be recreated: .recreate names it until that is done, however often it is
# interrupted.
note_change() { # FILE DEPLOY_DIR
    printf '%s\n' "$1" >>"$2/.recreate"
}

# Puts a new file in the place of a secret, unless it is the same. Prints its path if it changed.
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
    note_change "$2" "$4" && rename "$1" "$2" && echo "$2"
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

place() { # NEW FILE MODE DEPLOY_DIR
    if [ ! -L "$2" ] && cmp -s "$1" "$2" && [ "$(stat -c %a "$2")" = "$3" ]; then
        return 0
    fi
    chmod "$3" "$1" && note_change "$2" "$4" && rename "$1" "$2"
}

# .env as it is to be: the lines that others wrote stay, in front of ours, which count more: Compose takes the last.
merge_env() { # OLD NEW
    others=
    [ ! -f "$1" ] ||
        others=$(sed '/^# Written by deploy-digitalocean.sh/,/^# End of what deploy-digitalocean.sh wrote/d' "$1") ||
        return
    [ -z "$others" ] || printf '%s\n' "$others" || return
    cat "$2"
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
resolve_stack() { # DEPLOY_DIR
    umask 077
    incoming=$(mktemp -d) || return
    trap 'rm -rf "$incoming"' EXIT
    unpack "$incoming" && merge_env "$1/.env" "$incoming/env" >"$incoming/app/.env" && cd "$incoming/app" || return
    pwd && { docker compose config --format json || return 3; }
}

# The files below a folder, as paths from there on.
files_below() { # FOLDER
    (cd "$1" && find . -type f | sed 's|^\./||' | LC_ALL=C sort)
}

# What an earlier run brought and this one does not leaves the Droplet; what others put there stays.
remove_gone() { # DEPLOY_DIR LIST
    [ -f "$1/.deployed" ] || return 0
    LC_ALL=C sort -u "$1/.deployed" | LC_ALL=C comm -23 - "$2" | while IFS= read -r file; do
        [ -f "$1/$file" ] || continue
        note_change "$1/$file" "$1" && rm -f "$1/$file" || return
        (cd "$1" && rmdir -p "$(dirname "$file")" 2>/dev/null) || :
    done
}

receive_files() { # DEPLOY_DIR SECRETS_DIR OWNER
    umask 022
    mkdir -p "$1" && secrets_folder "$2" || return
    rm -rf "$1"/.incoming.*
    incoming=$(mktemp -d "$1/.incoming.XXXXXX") || return
    trap 'rm -rf "$incoming"' EXIT
    unpack "$incoming" && files_below "$incoming/app" >"$incoming/files" || return
    (cd "$incoming/app" && find . -type d) >"$incoming/folders" || return
    while IFS= read -r folder; do
        mkdir -p "$1/$folder" || return
    done <"$incoming/folders"
    # Until all of it is done, both lists count.
    cmp -s "$incoming/files" "$1/.deployed" || cat "$incoming/files" >>"$1/.deployed" || return
    while IFS= read -r file; do
        mode=644
        [ ! -x "$incoming/app/$file" ] || mode=755
        place "$incoming/app/$file" "$1/$file" "$mode" "$1" || return
    done <"$incoming/files"
    for file in "$incoming"/secrets/*; do
        [ ! -f "$file" ] || install_secret "$file" "$2/${file##*/}" "$3" "$1" || return
    done
    remove_gone "$1" "$incoming/files" || return
    cmp -s "$incoming/files" "$1/.deployed" || mv -fT "$incoming/files" "$1/.deployed" || return
    # Last: it is what Compose goes by.
    merge_env "$1/.env" "$incoming/env" >"$incoming/merged" || return
    if ! cmp -s "$incoming/merged" "$1/.env" || [ "$(stat -c %a "$1/.env")" != 600 ]; then
        chmod 600 "$incoming/merged" && rename "$incoming/merged" "$1/.env"
    fi
}

# ---- starting --------------------------------------------------------------------------------------------

# The containers of the stack, those of the other mode included.
containers() {
    docker ps -aq --no-trunc --filter "label=com.docker.compose.project.working_dir=$PWD"
}

service_of='{{index .Config.Labels "com.docker.compose.service"}}'
mounts_of="{{\$service := index .Config.Labels \"com.docker.compose.service\"}}{{range .Mounts}}{{println \$service .Source}}{{end}}"
state_of="$service_of {{.State.Status}} {{.State.ExitCode}} \
{{if .State.Health}}{{.State.Health.Status}}{{else}}none{{end}} {{.State.StartedAt}}"

# The services of containers that mount a file of .recreate, or a folder above one.
readers_of_changes() { # CONTAINERS
    [ -e .recreate ] || return 0
    printf '%s\n' "$1" | xargs -r docker inspect --format "$mounts_of" | while read -r service source; do
        while IFS= read -r changed; do
            case ${source:+$changed/} in
            "$source"/*)
                echo "$service"
                break
                ;;
            esac
        done <.recreate
    done | sort -u
}

# The services of these that are not up yet, and why; "bad" before those that will not be.
not_up() { # SERVICES NOW SETTLE
    containers | xargs -r docker inspect --format "$state_of" | while read -r service state code health started; do
        case " $1 " in
        *" $service "*) ;;
        *) continue ;;
        esac
        case $state/$health in
        running/healthy) ;;
        running/none)
            age=$(($2 - $(date +%s -d "$started")))
            [ "$age" -ge "$3" ] || echo "wait $service has been up for $age s only"
            ;;
        running/*) echo "wait $service is $health" ;;
        exited/*) [ "$code" = 0 ] || echo "bad $service ended with exit status $code" ;;
        restarting/*) echo "wait $service ended with exit status $code and is started again and again" ;;
        *) echo "wait $service is $state" ;;
        esac
    done
}

# Waits until the services are healthy, or have stayed up for a while; a job has ended well.
await_services() { # SERVICES SECONDS
    now=$(date +%s)
    deadline=$((now + $2))
    settle=$(($2 / 4))
    [ "$settle" -le 10 ] || settle=10
    while :; do
        waits=$(not_up "$1" "$now" "$settle") || return
        bad=$(printf '%s\n' "$waits" | sed -n '/^bad /{s///p;q;}')
        [ -n "$bad" ] || [ "$now" -lt "$deadline" ] || bad=$(printf '%s\n' "$waits" | sed -n '1s/^wait //p')
        if [ -n "$bad" ]; then
            echo "The end of its log:" >&2
            docker compose logs --no-color --no-log-prefix --tail 20 "${bad%% *}" >&2 || :
            echo "$bad" >&2
            return 1
        fi
        [ -n "$waits" ] || return 0
        sleep 1
        now=$(date +%s)
    done
}

# Stops the services of the other mode.
stop_others() { # SERVICES
    for service in $(COMPOSE_PROFILES=self-hosted-db,self-hosted-storage docker compose config --services); do
        case " $1 " in
        *" $service "*) continue ;;
        esac
        if [ -n "$(COMPOSE_PROFILES=self-hosted-db,self-hosted-storage \
            docker compose ps -q "$service" 2>/dev/null)" ]; then
            echo "Stopping $service: it is not of this mode; its data stays" >&2
            COMPOSE_PROFILES=self-hosted-db,self-hosted-storage docker compose stop "$service" >&2 || return
        fi
    done
}

# Starts the stack with the profiles of .env: images are built, and pulled where PULL is true; what mounts a file that
# changed is recreated. Prints the services whose container is a new one.
start_stack() { # DEPLOY_DIR PULL SECONDS
    cd "$1" || return
    before=$(containers)
    [ "$2" = false ] || docker compose pull --ignore-buildable >&2 || return
    docker compose up -d --build --remove-orphans >&2 || return
    # What stands in both lists, and below what stands in the new one alone.
    kept=$({ printf '%s\n' "$before" && containers; } | sort | uniq -d)
    services=$(docker compose config --services | tr '\n' ' ') || return
    readers=$(readers_of_changes "$kept") || return
    if [ -n "$readers" ]; then
        echo "Files changed that they read: recreating $(printf %s "$readers" | tr '\n' ' ')" >&2
        # With --no-deps --force-recreate Compose keeps another hash, and would do it once more the next time.
        printf '%s\n' "$readers" | xargs docker compose rm -s -f >&2 && docker compose up -d >&2 || return
    fi
    rm -f .recreate
    stop_others "$services" && await_services "$services" "$3" || return
    new=$({ printf '%s\n' "$before" "$before" && containers; } | sort | uniq -u)
    printf '%s\n' "$new" | xargs -r docker inspect --format "$service_of" | sort -u | tr '\n' ' '
}
