#!/usr/bin/env bash
# Running the functions of droplet.sh on the Droplet, over SSH: source this file. It uses DROPLET_ID,
# DROPLET_ADDRESS, DEPLOY_SSH_USER, DEPLOY_SSH_IDENTITY, KNOWN_HOSTS, the file that host keys are
# remembered in, and WORK, a folder that only its owner can read.
#
#   hold_droplet SECRETS_DIR DEPLOY_DIR   waits until the Droplet is ready and no other deployment of this stack is
#                                         running; STATE is then "held RUNS HAS_HAD" (droplet.sh)
#   release_droplet                       lets the next one in
#   remote FUNCTION [ARGUMENT]...         runs it there; stdin, stdout and stderr are its own
#   write_way FILE                        makes FILE a command that runs its arguments there
#
# What hold_droplet() opens carries the others too: one connection serves a whole run.

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
    # The name of a socket is short.
    if [ "${#WORK}" -lt 80 ]; then
        OPTIONS+=(-o "ControlPath=\"${WORK//%/%%}/s\"" -o "ControlMaster=${MASTER:-no}" -o ControlPersist=no)
    fi
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

# What a login shell prints of its own accord comes before this line.
MARK="--- managed-db"

remote() {
    local command word statuses=(0)
    ssh_options
    command=$(cat "$REMOTE_LIB_DIR/droplet.sh")$'\n'"echo '$MARK'"$'\n'$1
    shift
    for word in "$@"; do
        command="$command $(quoted "$word")"
    done
    command="sh -c $(quoted "$command")"
    [ "$DEPLOY_SSH_USER" = root ] || command="sudo -n $command"
    ssh "${OPTIONS[@]}" -- "$DEPLOY_SSH_USER@$DROPLET_ADDRESS" "exec $command" 7<&- 8>&- | behind_mark ||
        statuses=("${PIPESTATUS[@]}")
    return "${statuses[0]}"
}

behind_mark() {
    local line
    while IFS= read -r line; do
        if [ "$line" = "$MARK" ]; then
            cat
            return
        fi
    done
}

# Why ssh failed, in one line: the last thing that it said.
ssh_reason() { # FILE
    tail -n 1 "$1" | tr -d '\r' | cut -c 1-200
}

# What no waiting will heal: sets ADVICE. A new Droplet denies entry until cloud-init has put the keys there.
is_final() { # FILE
    if [ "$HELD" = 0 ]; then
        ADVICE="The login shell of $DEPLOY_SSH_USER on the Droplet ended without running what it was given: see its \
.bashrc or .profile there"
    elif grep -q 'Host key verification failed' "$1"; then
        ADVICE="The Droplet's host key is not the one of the first contact. If you know why, run \
$(printf 'ssh-keygen -R droplet-%s -f %q' "$DROPLET_ID" "$KNOWN_HOSTS"); if not, somebody may be in between"
    elif grep -qE 'sudo: |sudoers' "$1"; then
        ADVICE="The user $DEPLOY_SSH_USER needs sudo without a password on the Droplet (DEPLOY_SSH_USER)"
    elif grep -qE 'Bad configuration option|UNPROTECTED PRIVATE KEY|Load key .*: |no such identity' "$1"; then
        ADVICE="ssh cannot be used so: see DEPLOY_SSH_IDENTITY and your ~/.ssh/config"
    elif grep -q 'Permission denied' "$1" && [ "$DENIALS" -ge "$MOST_DENIALS" ]; then
        ADVICE="The Droplet does not let $DEPLOY_SSH_USER in: DEPLOY_SSH_IDENTITY names the file of your private key, \
DO_SSH_KEY_NAME the one that a new Droplet gets"
    else
        return 1
    fi
}

# Starts the session that holds the lock, with a pipe in each direction. STATE is its first answer that matters.
ask_to_hold() { # SECRETS_DIR DEPLOY_DIR
    release_droplet
    rm -f "$WORK/hold" "$WORK/held"
    mkfifo "$WORK/hold" "$WORK/held" || return 6
    MASTER=yes remote hold "$1" "$2" "$DEPLOY_TIMEOUT" <"$WORK/hold" >"$WORK/held" 2>"$WORK/ssh" &
    HOLDER=$!
    exec 8>"$WORK/hold" 7<"$WORK/held"
    STATE=''
    while IFS= read -r STATE <&7 && [ "$STATE" = busy ]; do
        info "Another deployment is at work on this Droplet: waiting until it has ended"
    done
}

release_droplet() {
    [ -n "${HOLDER:-}" ] || return 0
    exec 8>&- 7<&-
    HELD=0
    wait "$HOLDER" || HELD=$?
    HOLDER=''
}

hold_droplet() { # SECRETS_DIR DEPLOY_DIR
    local told='' deadline=$((SECONDS + DEPLOY_TIMEOUT)) minute=$((SECONDS + 60))
    DENIALS=0
    step "Waiting until the Droplet has started up..."
    while :; do
        ask_to_hold "$1" "$2" || return $?
        case $STATE in
        "held "*)
            success "Droplet is ready"
            return 0
            ;;
        "failed "*)
            error "The Droplet cannot be used: ${STATE#failed }"
            return 4
            ;;
        late)
            error "Another deployment has been at work on this Droplet for $DEPLOY_TIMEOUT s: run again when it has ended"
            return 5
            ;;
        "")
            release_droplet
            ! grep -q 'Permission denied' "$WORK/ssh" || DENIALS=$((DENIALS + 1))
            if is_final "$WORK/ssh"; then
                cat "$WORK/ssh" >&2
                error "$ADVICE"
                return 4
            fi
            STATE="no entry by SSH yet: $(ssh_reason "$WORK/ssh")"
            ;;
        esac
        if [ "$SECONDS" -ge "$deadline" ]; then
            error "The Droplet is not ready after $DEPLOY_TIMEOUT s at most ($STATE)." \
                "Run again to continue; DEPLOY_TIMEOUT sets how long to wait"
            return 5
        fi
        if [ "$STATE" != "$told" ] || [ "$SECONDS" -ge "$minute" ]; then
            printf '  %s\n' "$STATE" >&2
            told=$STATE
            minute=$((SECONDS + 60))
        fi
        sleep "$MANAGED_DB_POLL_INTERVAL"
    done
}
