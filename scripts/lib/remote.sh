#!/usr/bin/env bash
# Running the functions of droplet.sh on the Droplet, over SSH: source this file. It uses DROPLET_ID,
# DROPLET_ADDRESS, DEPLOY_SSH_USER, DEPLOY_SSH_IDENTITY and KNOWN_HOSTS, the file that host keys are
# remembered in.
#
#   remote FUNCTION [ARGUMENT]...   runs it there; stdin, stdout and stderr are its own
#   write_way FILE                  makes FILE a command that runs its arguments there

REMOTE_LIB_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

# One word of a POSIX shell.
quoted() {
    printf "'%s'" "$(printf '%s' "$1" | sed "s/'/'\\\\''/g")"
}

# How the Droplet is reached: sets OPTIONS.
ssh_options() {
    OPTIONS=(-o BatchMode=yes -o ConnectTimeout=10 -o ServerAliveInterval=15
        -o ForwardAgent=no -o ForwardX11=no
        # The key is remembered at the first contact and has to be the same ever after. It is filed under
        # the Droplet's ID: a new Droplet may get the address of an old one, never its ID.
        -o StrictHostKeyChecking=accept-new -o CheckHostIP=no -o HashKnownHosts=no
        -o "UserKnownHostsFile=\"${KNOWN_HOSTS//%/%%}\"" -o "HostKeyAlias=droplet-$DROPLET_ID")
    [ -z "${DEPLOY_SSH_IDENTITY:-}" ] || OPTIONS+=(-o IdentitiesOnly=yes -i "$DEPLOY_SSH_IDENTITY")
}

# A program that starts another one on the Droplet, as --via wants it.
write_way() { # FILE
    local option
    ssh_options
    {
        printf '#!/bin/sh\nexec ssh'
        for option in "${OPTIONS[@]}"; do
            printf ' %s' "$(quoted "$option")"
        done
        printf " -- %s \"exec \$*\"\n" "$(quoted "$DEPLOY_SSH_USER@$DROPLET_ADDRESS")"
    } >"$1" && chmod 700 "$1"
}

remote() {
    local command word
    ssh_options
    command=$(cat "$REMOTE_LIB_DIR/droplet.sh")$'\n'$1
    shift
    for word in "$@"; do
        command="$command $(quoted "$word")"
    done
    command="sh -c $(quoted "$command")"
    [ "$DEPLOY_SSH_USER" = root ] || command="sudo -n $command"
    ssh "${OPTIONS[@]}" -- "$DEPLOY_SSH_USER@$DROPLET_ADDRESS" "exec $command"
}

# Why ssh failed, in one line: the last thing that it said.
ssh_reason() { # FILE
    tail -n 1 "$1" | tr -d '\r' | cut -c 1-200
}

# Waits until the Droplet lets us in and has finished its first start. Prints RUNS and HAS_HAD
# of droplet_state(), which takes the first two arguments; FILE is for what ssh says.
wait_until_started() { # SECRETS_DIR DEPLOY_DIR FILE
    local state told='' denied=0 deadline=$((SECONDS + DEPLOY_TIMEOUT)) minute=$((SECONDS + 60))
    step "Waiting until the Droplet has started up..."
    while :; do
        state=$(remote droplet_state "$1" "$2" 2>"$3" </dev/null) || state=
        case $state in
        "ready "*)
            success "Droplet is ready"
            printf '%s\n' "${state#ready }"
            return 0
            ;;
        "failed "*)
            error "The Droplet cannot be used: ${state#failed }"
            return 4
            ;;
        esac
        if [ -z "$state" ]; then
            if grep -q 'Host key verification failed' "$3"; then
                cat "$3" >&2
                error "The Droplet's host key is not the one of the first contact. If you know why, run" \
                    "$(printf 'ssh-keygen -R droplet-%s -f %q' "$DROPLET_ID" "$KNOWN_HOSTS");" \
                    "if not, somebody may be in between"
                return 4
            fi
            # A new Droplet denies entry until cloud-init has put the keys there.
            if grep -q 'Permission denied' "$3"; then
                denied=$((denied + 1))
            fi
            state="no entry by SSH yet: $(ssh_reason "$3")"
        fi
        if [ "$SECONDS" -ge "$deadline" ] || [ "$denied" -ge 12 ]; then
            error "The Droplet is not ready after $DEPLOY_TIMEOUT s at most ($state)." \
                "Run again to continue; DEPLOY_TIMEOUT sets how long to wait," \
                "DEPLOY_SSH_IDENTITY names the file of your private key"
            return 5
        fi
        if [ "$state" != "$told" ] || [ "$SECONDS" -ge "$minute" ]; then
            printf '  %s\n' "$state" >&2
            told=$state
            minute=$((SECONDS + 60))
        fi
        sleep "$MANAGED_DB_POLL_INTERVAL"
    done
}
