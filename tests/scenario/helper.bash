# Common ground of the scenario tests: the real binary, run in a clean environment with the simulator on
# PATH as doctl, all files in a box of the test's own.
#
#   BUILD_DIR             where managed-db and simulator/doctl were built (.)
#   MANAGED_DB_WRAPPER    what stands before the binary in every run, such as "valgrind -q …"
#
# A test opens a box, sets up the account with `doctl sim …`, runs `mdb …`, and asserts what a user
# would notice. Assertions print what was seen and fail the test.
# shellcheck shell=bash
# shellcheck disable=SC2034  # the tests use the variables

TOP=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
BUILD=$(cd "${BUILD_DIR:-.}" && pwd)
PROGRAM=$BUILD/managed-db
SIMULATOR=$BUILD/simulator/doctl
GOLDEN=$TOP/tests/golden

# Deadlines in seconds for a call that hangs. SHORT where the run fails anyway, LONG where all other calls
# have to be in time.
read -r -a WRAPPER <<<"${MANAGED_DB_WRAPPER:-}"
if [ "${#WRAPPER[@]}" -gt 0 ]; then
    WRAPPER[0]=$(command -v "${WRAPPER[0]}")
    SHORT=4
else
    SHORT=0.5
fi
LONG=${SHORT/0.5/1.5}

# ---- the box ------------------------------------------------------------------------------------------

# open_box PERSONALITY: an empty account, no secrets.
open_box() {
    if [ ! -x "$PROGRAM" ] || [ ! -x "$SIMULATOR" ]; then
        echo "no managed-db in $BUILD: build it, and name the folder with BUILD_DIR" >&2
        return 1
    fi
    BOX=$BATS_TEST_TMPDIR/box
    STATE=$BATS_TEST_TMPDIR/state
    rm -rf "$BOX" "$STATE"
    mkdir -p "$BOX/bin" "$BOX/home" "$BOX/tmp"
    ln -s "$SIMULATOR" "$BOX/bin/doctl"
    LOG=$BOX/log
    SECRETS=$BOX/app/secrets
    ENVIRONMENT=(
        "PATH=$BOX/bin:/usr/bin:/bin" "HOME=$BOX/home" "TMPDIR=$BOX/tmp"
        "DOCTL_SIM_STATE=$STATE" "DOCTL_SIM_LOG=$LOG" "DOCTL_SIM_PERSONALITY=$1"
        DOCTL_SIM_POLLS=1 DOCTL_SIM_WAIT_MS=5
        "MANAGED_DB_SECRETS_DIR=$SECRETS" "MANAGED_DB_LOCK_DIR=$BOX/lock"
    )
    OPTIONS=(--poll-interval 0.02)
    status=
    ACCOUNT=
}

# with NAME=VALUE…: sets variables for the runs that follow.
with() {
    ENVIRONMENT+=("$@")
}

# without NAME…: takes variables away again.
without() {
    local entry name kept=()
    for entry in "${ENVIRONMENT[@]}"; do
        for name in "$@"; do
            [ "${entry%%=*}" != "$name" ] || continue 2
        done
        kept+=("$entry")
    done
    ENVIRONMENT=("${kept[@]}")
}

# The simulator, by hand; not in the log.
doctl() {
    env -i "${ENVIRONMENT[@]}" DOCTL_SIM_LOG= DOCTL_SIM_FAULT= "$SIMULATOR" "$@"
}

# mdb WORD…: runs managed-db; $status, $BOX/out and $BOX/err tell what came of it.
mdb() {
    status=0
    env -i "${ENVIRONMENT[@]}" ${WRAPPER[@]+"${WRAPPER[@]}"} "$PROGRAM" ${OPTIONS[@]+"${OPTIONS[@]}"} "$@" \
        >"$BOX/out" 2>"$BOX/err" </dev/null 3>&- || status=$?
}

# start_mdb WORD…: the same in the background, as a shell with job control starts it; $pid is its process.
start_mdb() {
    set -m
    env -i "${ENVIRONMENT[@]}" ${WRAPPER[@]+"${WRAPPER[@]}"} "$PROGRAM" ${OPTIONS[@]+"${OPTIONS[@]}"} "$@" \
        >"$BOX/out" 2>"$BOX/err" </dev/null 3>&- &
    pid=$!
    set +m
}

# Waits for what start_mdb started.
finish_mdb() {
    status=0
    wait "$pid" || status=$?
}

# await CONDITION…: until it holds, 20 s at most.
await() {
    local i
    for ((i = 0; i < 1000; i++)); do
        if "$@" 2>/dev/null; then
            return 0
        fi
        sleep 0.02
    done
    fail "waited in vain for: $*"
}

# An account as a run that was cut short leaves it: VPC, Droplet 42 and a cluster online, nothing else.
half_made() {
    VPC=$(doctl sim vpc add freshtrack-vpc)
    ID=$(doctl sim cluster add freshtrack-db --vpc "$VPC")
}

# The same, finished.
whole() {
    half_made
    doctl sim pool add "$ID" app-pool
    doctl sim rule add "$ID" droplet:42
}

# freeze and thaw: the account as it was, in a moment.
freeze() {
    rm -rf "$STATE.frozen"
    cp -R "$STATE" "$STATE.frozen"
}

thaw() {
    rm -rf "$STATE"
    cp -R "$STATE.frozen" "$STATE"
    : >"$LOG"
}

# fake_doctl: puts the program text of stdin on PATH as doctl. $REAL in it is the simulator.
fake_doctl() {
    rm -f "$BOX/bin/doctl"
    cat >"$BOX/bin/doctl"
    chmod 755 "$BOX/bin/doctl"
    with "REAL=$SIMULATOR" "BOX=$BOX"
}

# Skips the test where the script of the system cannot give a terminal, as in a chroot without /dev/pts.
need_terminal() {
    command script -qec true /dev/null >/dev/null 2>&1 </dev/null || skip "no script(1) here, or no terminals"
}

# ---- what was seen ------------------------------------------------------------------------------------

# The calls of doctl, in the order in which they were started.
calls() {
    cat "$LOG" 2>/dev/null || true
}

# Those that change something, words alone; a call that was put in two wordings counts once.
mutations() {
    calls | grep -oE '^(vpcs create|databases create|databases pool create|databases firewalls append)' |
        uniq || true
}

# look: keeps what the account holds in $ACCOUNT, for many questions.
look() {
    ACCOUNT=$(doctl sim dump)
}

# count KIND [WORD]…: how many things of a kind the account has; words narrow it.
count() {
    local line word number=0
    while read -r line; do
        [[ $line == "$1 "* ]] || continue
        for word in "${@:2}"; do
            [[ "$line " == *" $word"* ]] || continue 2
        done
        number=$((number + 1))
    done <<<"${ACCOUNT:-$(doctl sim dump)}"
    echo "$number"
}

# The files of the secrets: name, inode, mode, time, target of a link, content.
files() {
    [ -d "$SECRETS" ] || return 0
    (cd "$SECRETS" && find . ! -type d -printf '%p %i %m %T@ %l\n' -exec cksum {} + | sort)
}

url() {
    cat "$SECRETS/database_url"
}

mode_of() {
    stat -c %a "$1"
}

# ---- assertions ---------------------------------------------------------------------------------------

fail() {
    {
        printf 'failed: %s\n' "$*"
        printf 'status: %s\n' "${status:-}"
        local file
        for file in out err log; do
            [ -s "$BOX/$file" ] || continue
            printf -- '--- %s\n' "$file"
            head -c 6000 "$BOX/$file"
            printf '\n'
        done
    } >&2
    return 1
}

# equal SEEN EXPECTED [WHAT]
equal() {
    [ "$1" = "$2" ] || fail "${3:-value}: seen '$1', expected '$2'"
}

# exits N: the exit status.
exits() {
    [ "$status" = "$1" ] || fail "the exit status is $status, expected $1"
}

# answered TEXT: it and a newline are all of stdout.
answered() {
    printf '%s\n' "$1" | cmp -s - "$BOX/out" || fail "stdout is not '$1'"
}

answered_nothing() {
    [ ! -s "$BOX/out" ] || fail "something stands on stdout"
}

# said TEXT: on stderr.
said() {
    grep -qF -- "$1" "$BOX/err" || fail "stderr does not say '$1'"
}

not_said() {
    if grep -qF -- "$1" "$BOX/err"; then
        fail "stderr says '$1'"
    fi
}

# called WORDS: a call that starts with these words was made.
called() {
    calls | grep -q "^$1" || fail "no call '$1'"
}

not_called() {
    if calls | grep -q -- "^$1"; then
        fail "there is a call '$1'"
    fi
}

no_calls() {
    [ ! -s "$LOG" ] || fail "doctl was called"
}

# has_line TEXT PATTERN: whether a line of the text starts with the pattern (of a [[ ]]).
has_line() {
    # shellcheck disable=SC2053
    [[ $'\n'$1 == *$'\n'$2* ]]
}

no_help_page() {
    local text word
    text=$(<"$BOX/out")$'\n'$(<"$BOX/err")
    for word in Usage: Flags: 'Global Flags:' 'Available Commands:' Aliases:; do
        if has_line "$text" "$word"; then
            fail "a help page is shown"
        fi
    done
}

# fails N [TEXT]: ends with N, says why in one message, the last line, in which TEXT stands; no answer.
fails() {
    local text last
    exits "$1"
    answered_nothing
    no_help_page
    text=$(<"$BOX/err")
    last=${text##*$'\n'}
    [[ $last == '✗ '?* ]] || fail "the message of failure is not the last line"
    ! has_line "${text%"$last"}" '✗ ' || fail "more than one message of failure"
    [ $# -lt 2 ] || [[ $last == *"$2"* ]] || fail "the message of failure does not say '$2'"
}

# is_none: the plan's "no", which is no failure: 1, without an answer.
is_none() {
    exits 1
    answered_nothing
    no_help_page
    not_said '✗'
}

# works: ends with 0 and without a message of failure.
works() {
    exits 0
    no_help_page
    ! has_line "$(<"$BOX/err")" '✗ ' || fail "a message of failure at exit status 0"
}

no_temporary_files() {
    local left
    left=$(find "$BOX" \( -name '*.tmp' -o -name '*.tmp.*' -o -path "$BOX/tmp/*" \))
    [ -z "$left" ] || fail "left behind: $left"
}

# is_whole RULE…: one cluster that is online, one pool, these rules and no other.
is_whole() {
    local ACCOUNT rule
    look
    equal "$(count cluster 'name=freshtrack-db ')" 1 clusters
    equal "$(count cluster 'name=freshtrack-db ' 'status=online ')" 1 "clusters online"
    equal "$(count pool 'name=app-pool ')" 1 pools
    equal "$(count rule)" "$#" rules
    for rule in "$@"; do
        equal "$(count rule "type=${rule%%:*} " "value=${rule#*:} ")" 1 "rules $rule"
    done
}
