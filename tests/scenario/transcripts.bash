# Replays recorded doctl calls against the simulator. For transcripts.bats.
#
# A test stages the account with the functions below (one function `stage`, called
# once for every release, in a fresh account) and then calls `replay CASE`.

transcripts_dir="$BATS_TEST_DIRNAME/../transcripts"

# Placeholders are as long as what they stand for: column offsets stay as they are.
placeholder_uuid=uuuuuuuu-uuuu-uuuu-uuuu-uuuuuuuuuuuu
uuid_form='[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'

transcripts_setup() {
    simulator="${DOCTL_SIM:-${BUILD_DIR:-.}/simulator/doctl}"
    [ -x "$simulator" ] || {
        echo "no simulator at $simulator (set DOCTL_SIM or BUILD_DIR)" >&2
        return 1
    }
    simulator="$(cd "$(dirname "$simulator")" && pwd)/$(basename "$simulator")"
    stage() { :; }
}

# --- staging -----------------------------------------------------------------

# in_simulation ARGUMENT...: the simulator in the case's account, nothing else in its environment.
in_simulation() {
    env -i PATH="$PATH" HOME="$work" DOCTL_SIM_STATE="$work/state" DOCTL_SIM_PERSONALITY="$personality" \
        "${environment[@]}" "$simulator" "$@"
}

sim() {
    in_simulation sim "$@" >/dev/null
}

# with NAME=VALUE: in the environment of the call.
with() {
    environment+=("$1")
}

# The N-th different UUID of the recorded call, argv first.
recorded_uuid() {
    cat "$recorded/argv" "$recorded/stdout" | grep -Eo "$uuid_form" | awk '!seen[$0]++' | sed -n "${1}p"
}

# The cluster that the recorded call is about.
cluster() {
    sim cluster add freshtrack-db --id "$(recorded_uuid "${nth:-1}")" --password AVNS_s3cr3tPassw0rd "$@"
}

# --- comparing ---------------------------------------------------------------

# What differs from run to run is replaced; all else must be equal to the byte.
normalised() {
    local expressions=() known
    # Identifiers that the stage or the command line gave must come back as they are.
    for known in $(cat "$recorded/argv" "$work/staged" | grep -Eo "$uuid_form" | sort -u); do
        expressions+=(-e "s/$known/$(tr '0-9a-f' 'G-V' <<<"$known")/g")
    done
    sed -E -e "s/request (\\\\?\")$uuid_form/request \1$placeholder_uuid/g" "${expressions[@]}" \
        -e "s/$uuid_form/$placeholder_uuid/g" \
        -e 's/[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2} \+0000 UTC/YYYY-MM-DD hh:mm:ss +0000 UTC/g' \
        -e 's/[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z/YYYY-MM-DDThh:mm:ssZ/g' \
        -e 's/AVNS_([0-9a-f]{20}|[A-Za-z0-9]{17})$/AVNS_[made up]/' \
        -e '/-----BEGIN CERTIFICATE-----/,/-----END CERTIFICATE-----/s,^[A-Za-z0-9+/=]{1\,64}$,[base64],' "$1"
}

# A help page, with or without its first paragraph, is the line [help page]; errors stand before it.
without_help_page() {
    if grep -q '^Usage:$' "$1"; then
        grep '^Error: ' "$1" || true
        echo '[help page]'
    else
        cat "$1"
    fi
}

compare_stream() {
    local stream=$1
    normalised "$recorded/$stream" >"$work/expected.$stream"
    without_help_page "$work/$stream" >"$work/shown.$stream"
    normalised "$work/shown.$stream" >"$work/actual.$stream"
    cmp -s "$work/expected.$stream" "$work/actual.$stream" || {
        echo "$release $case_name: $stream differs (recorded, simulated):"
        diff "$work/expected.$stream" "$work/actual.$stream" | cat -A
        return 1
    }
}

replay_one() {
    local recorded="$transcripts_dir/$release/$case_name" work="$BATS_TEST_TMPDIR/$release-$case_name"
    local environment=() arguments=() status=0 failed=0 personality
    personality=$(sed -E 's/^v([0-9]+\.[0-9]+).*/\1/' <<<"$release")
    [ -d "$recorded" ] || { echo "$release has no case $case_name"; return 1; }
    mkdir -p "$work"
    stage || { echo "$release $case_name: the stage could not be set"; return 1; }
    in_simulation sim dump >"$work/staged"
    mapfile -t arguments <"$recorded/argv"

    in_simulation "${arguments[@]}" >"$work/stdout" 2>"$work/stderr" || status=$?
    [ "$status" -eq "$(cat "$recorded/status")" ] || {
        echo "$release $case_name: exit status $status, recorded $(cat "$recorded/status")"
        failed=1
    }
    compare_stream stdout || failed=1
    compare_stream stderr || failed=1
    in_simulation sim dump >"$work/left"
    after || failed=1
    return "$failed"
}

# What must hold in the account after the call: a test may define its own.
after() { :; }

# For calls that must not change anything.
unchanged() {
    cmp "$work/staged" "$work/left" || {
        echo "$release $case_name: the call changed something"
        diff "$work/staged" "$work/left"
        return 1
    }
}

# replay CASE: in every release, all of them before it fails.
replay() {
    local case_name=$1 release folder failed=0 count=0
    for folder in "$transcripts_dir"/v*/; do
        release=$(basename "$folder")
        count=$((count + 1))
        replay_one || failed=1
    done
    [ "$count" -ge 3 ] || { echo "only $count releases in $transcripts_dir"; return 1; }
    return "$failed"
}

# --- calls that nobody recorded ----------------------------------------------

# open_account [PERSONALITY]: a fresh account, for ask and sim.
open_account() {
    work=$BATS_TEST_TMPDIR/account
    personality=${1:-1.166}
    environment=()
    rm -rf "$work"
    mkdir -p "$work"
}

# ask ARGUMENT...: a call; $status, $work/stdout and $work/stderr are its answer.
ask() {
    status=0
    in_simulation "$@" >"$work/stdout" 2>"$work/stderr" || status=$?
}

# complained STATUS TEXT: the call ended so, and its error, all of stderr, is the text; request IDs are REQUEST.
complained() {
    [ "$status" -eq "$1" ] && [ ! -s "$work/stdout" ] &&
        diff <(printf 'Error: %s\n' "$2") <(sed -E "s/request \"$uuid_form\"/request \"REQUEST\"/" "$work/stderr") || {
        echo "exit status $status, expected $1; stdout:"
        cat "$work/stdout"
        return 1
    }
}

# equal_lines EXPECTED SEEN
equal_lines() {
    diff <(printf '%s\n' "$1") <(printf '%s\n' "$2")
}

# is_refused STATUS ARGUMENT...: the API answers the call with the status.
is_refused() {
    local code=$1
    shift
    ask "$@"
    [ "$status" -eq 1 ] && grep -qE "^Error: [A-Z]+ https://[^ ]+: $code \(request " "$work/stderr" || {
        echo "not refused with $code: $*"
        cat "$work/stdout" "$work/stderr"
        return 1
    }
}

is_accepted() {
    ask "$@"
    [ "$status" -eq 0 ] || {
        echo "not accepted: $*"
        cat "$work/stderr"
        return 1
    }
}
