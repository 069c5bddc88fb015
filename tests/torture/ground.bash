# Common ground of tests/torture/run and tests/crash/run: an account and a secrets folder that are put back
# before each try, and what must hold after a try and after the run that follows it.
#
#   BUILD_DIR   where managed-db and simulator/doctl were built (.)
#
# Few processes are started: there are thousands of tries.
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2016,SC2119,SC2120  # the scripts that source this file use the variables

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
BUILD=$(cd "${BUILD_DIR:-.}" && pwd)
PROGRAM=$BUILD/managed-db
SIMULATOR=$BUILD/simulator/doctl
# In no message and no file but the two, whatever fails.
PASSWORD=AVNS_nobody-may-see-me
OLD_CERTIFICATE="an older certificate"
OLD_URL=postgresql://u:AVNS_old@elsewhere.example.com:5432/d

if [ ! -x "$PROGRAM" ] || [ ! -x "$SIMULATOR" ]; then
    echo "no managed-db in $BUILD: build it, and name the folder with BUILD_DIR" >&2
    exit 2
fi

# break_ground: a folder of its own, gone at the end; with a file of descriptor 7 that ends when no process
# that was started with descriptor 8 is left.
break_ground() {
    GROUND=$(mktemp -d)
    trap 'rm -rf "$GROUND"' EXIT
    STATE=$GROUND/state
    SECRETS=$GROUND/secrets
    LOG=$GROUND/log
    mkdir "$GROUND/bin" "$GROUND/locks" "$GROUND/home"
    ln -s "$SIMULATOR" "$GROUND/bin/doctl"
    mkfifo "$GROUND/holders"
    # shellcheck disable=SC2094  # a FIFO
    exec 9<>"$GROUND/holders" 7<"$GROUND/holders" 9>&-
    findings=0
}

# set_stage PERSONALITY fresh|existing|options: what each try finds, and what it must end with.
set_stage() {
    PERSONALITY=$1
    ENVIRONMENT=(
        "PATH=$GROUND/bin:/usr/bin:/bin" "HOME=$GROUND/home" "DOCTL_SIM_STATE=$STATE"
        "DOCTL_SIM_LOG=$LOG" "DOCTL_SIM_PERSONALITY=$1" DOCTL_SIM_POLLS=1 DOCTL_SIM_WAIT_MS=5
        DOCTL_SIM_SEED=stage "DOCTL_SIM_PASSWORD=$PASSWORD" "MANAGED_DB_SECRETS_DIR=$SECRETS"
        "MANAGED_DB_LOCK_DIR=$GROUND/locks" ${MORE_ENVIRONMENT[@]+"${MORE_ENVIRONMENT[@]}"}
    )
    SETUP=(--poll-interval 0.01 setup --droplet 42)
    OLD_FILES=()
    rm -rf "$GROUND/stage"
    mkdir "$GROUND/stage"
    case $2 in
    fresh) ;;
    existing | options)
        env -i "${ENVIRONMENT[@]}" "DOCTL_SIM_STATE=$GROUND/stage/state" bash -c '
            vpc=$(doctl sim vpc add freshtrack-vpc)
            doctl sim cluster add freshtrack-db --vpc "$vpc" --password "$DOCTL_SIM_PASSWORD" >/dev/null'
        mkdir -m 700 "$GROUND/stage/secrets"
        printf '%s' "$OLD_URL" >"$GROUND/stage/secrets/database_url"
        printf '%s' "$OLD_CERTIFICATE" >"$GROUND/stage/secrets/ca-certificate.crt"
        chmod 600 "$GROUND/stage/secrets"/*
        OLD_FILES=(database_url.previous)
        ;;
    esac
    if [ "$2" = options ]; then
        printf 'pool-size: 10\ntrust: &rules\n  - ip_addr:192.0.2.1\n  - "tag:web"\n' >"$GROUND/manifest"
        printf '# of a deployment\nexport DO_REGION="ams3"\nDO_DB_SIZE=db-s-2vcpu-4gb\n' >"$GROUND/env"
        SETUP+=(--manifest "$GROUND/manifest" --env-file "$GROUND/env")
        [ "$(id -u)" != 0 ] || SETUP+=(--secret-owner "0:0")
    fi
    put_back
    env -i "${ENVIRONMENT[@]}" "$PROGRAM" "${SETUP[@]}" >"$GROUND/out" 2>"$GROUND/err" </dev/null || {
        cat "$GROUND/err" >&2
        echo "setup does not work even when nothing fails" >&2
        exit 2
    }
    GOOD_ANSWER=$(<"$GROUND/out")
    GOOD_URL=$(<"$SECRETS/database_url")
    GOOD_FILES=(database_url ${OLD_FILES[@]+"${OLD_FILES[@]}"})
    GOOD_CERTIFICATE="-----BEGIN, but doctl 1.94 cannot fetch it"
    if [ "$1" != 1.94 ]; then
        GOOD_FILES+=(ca-certificate.crt)
        GOOD_CERTIFICATE=$(<"$SECRETS/ca-certificate.crt")
    fi
    GOOD_ACCOUNT=$(account)
    [[ $GOOD_URL == *"$PASSWORD"* && $GOOD_CERTIFICATE == "-----BEGIN"* ]] || {
        echo "the reference run has no URL or certificate" >&2
        exit 2
    }
}

put_back() {
    rm -rf "$STATE" "$SECRETS" "$LOG" "$GROUND/report" "$GROUND/locks"/*
    if [ -e "$GROUND/stage/state" ]; then
        cp -R "$GROUND/stage/state" "$GROUND/stage/secrets" "$GROUND"
    fi
}

# In the plan's dialect the rules cannot be listed: one that was added is added again.
account() {
    if [ "$PERSONALITY" = plan ]; then
        env -i "${ENVIRONMENT[@]}" "$SIMULATOR" sim dump | awk '!/^rule / || !rules++'
    else
        env -i "${ENVIRONMENT[@]}" "$SIMULATOR" sim dump
    fi
}

# Ends when nothing that was started with descriptor 8 is left, or fails after 3 s.
all_gone() {
    local ignored status=0
    read -r -t 3 -u 7 ignored || status=$?
    [ "$status" -le 128 ]
}

# try_setup [NAME=VALUE]...: one run; $status, $out, $err.
try_setup() {
    status=0
    {
        env -i "${ENVIRONMENT[@]}" "$@" "$PROGRAM" "${SETUP[@]}" >"$GROUND/out" 2>"$GROUND/err" </dev/null \
            8>"$GROUND/holders" || status=$?
    } 2>/dev/null
    out=$(<"$GROUND/out")
    err=$(<"$GROUND/err")
}

# ---- what must hold -----------------------------------------------------------------------------------

# finding WHAT: shown with the try that it comes from, in $TRY.
finding() {
    findings=$((findings + 1))
    printf '✗ %s: %s\n' "$TRY" "$1"
    [ -z "${SHOW:-}" ] || printf '    status %s\n%s\n' "$status" "${err//$'\n'/$'\n'    }"
}

# The files of the secrets are the old ones or the new ones, for their owner only.
check_files() {
    local file name text mode
    [ -d "$SECRETS" ] || return 0
    for file in "$SECRETS"/* "$SECRETS"/.[!.]*; do
        [ -e "$file" ] || continue
        name=${file##*/}
        text=$(<"$file")
        case $name in
        database_url)
            [ "$text" = "$GOOD_URL" ] ||
                { [ "${#OLD_FILES[@]}" -gt 0 ] && [ "$text" = "$OLD_URL" ]; } ||
                finding "$name is neither the old one nor the new one"
            ;;
        database_url.previous)
            [[ ${#OLD_FILES[@]} -gt 0 && $text = "$OLD_URL" ]] ||
                finding "$name does not hold what stood there"
            ;;
        ca-certificate.crt)
            [ "$text" = "$GOOD_CERTIFICATE" ] ||
                { [ "${#OLD_FILES[@]}" -gt 0 ] && [ "$text" = "$OLD_CERTIFICATE" ]; } ||
                finding "$name is neither the old one nor the new one"
            ;;
        *) finding "left behind: $name" ;;
        esac
    done
    while read -r mode name; do
        [ "$mode" = 600 ] || [ "$mode $name" = "644 ./ca-certificate.crt" ] || finding "$name has the mode $mode"
    done < <(cd "$SECRETS" && stat -c '%a %n' ./* 2>/dev/null)
    check_nothing_lost
}

# What stood there is there, or its successor is, and then beside it what stood there.
check_nothing_lost() {
    local name
    [ "${#OLD_FILES[@]}" -gt 0 ] || return 0
    for name in database_url ca-certificate.crt; do
        [ -s "$SECRETS/$name" ] || finding "$name is gone"
    done
    if [ ! -e "$SECRETS/database_url.previous" ] && [ -e "$SECRETS/database_url" ] &&
        [ "$(<"$SECRETS/database_url")" != "$OLD_URL" ]; then
        finding "what stood in database_url is lost"
    fi
}

# All that should stand stands: account, files, answer.
check_whole() {
    local seen name
    seen=$(account)
    [ "$seen" = "$GOOD_ACCOUNT" ] ||
        finding "$1: the account differs: $(diff <(printf '%s\n' "$GOOD_ACCOUNT") <(printf '%s\n' "$seen") | tr '\n' ' ')"
    for name in "${GOOD_FILES[@]}"; do
        [ -e "$SECRETS/$name" ] || finding "$1: $name is missing"
    done
    [ ! -e "$SECRETS/database_url" ] || [ "$(<"$SECRETS/database_url")" = "$GOOD_URL" ] ||
        finding "$1: database_url is not the new one"
    [ "$out" = "$GOOD_ANSWER" ] || finding "$1: the answer is not the cluster's ID"
}

# One message where it failed, as the last line of the story, and none where it worked.
check_message() {
    local mark='✗ '
    local rest=${err//"$mark"/}
    # A locale decides how long the mark is.
    local count=$(((${#err} - ${#rest}) / ${#mark}))
    if [ "$status" = 0 ]; then
        [ "$count" = 0 ] || finding "a message of failure at exit status 0"
    else
        [ "$count" = 1 ] || finding "$count messages of failure"
        [[ ${err##*$'\n'} == "✗ "?* ]] || finding "the message of failure is not the last line"
        [ -z "$out" ] || finding "an answer at exit status $status"
    fi
}

check_no_secret() {
    [[ $err != *"$PASSWORD"* && $out != *"$PASSWORD"* && $err != *AVNS_old* ]] || finding "a password is shown"
}

# The run that follows makes it whole, and makes nothing twice.
run_again() {
    local had=
    had=$(account 2>/dev/null || true)
    : >"$LOG"
    try_setup
    [ "$status" = 0 ] || {
        finding "the next run ends with $status: ${err##*$'\n'}"
        return
    }
    check_message
    check_no_secret
    check_files
    check_whole "the next run"
    local log
    log=$(<"$LOG")
    [[ $had != *"cluster id="* || $log != *"databases create"* ]] || finding "the next run creates a cluster again"
    [[ $had != *"pool cluster="* || $log != *"databases pool create"* ]] || finding "the next run creates a pool again"
}
