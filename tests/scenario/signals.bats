#!/usr/bin/env bats
# Signals while doctl runs: the child ends too, nothing is left behind, the program ends by the same signal.

load helper

setup() {
    open_box 1.166
}

# hanging WORDS: a doctl whose calls that start with these words leave their process ID and hang.
hanging() {
    with "HANG=$1"
    fake_doctl <<'FAKE'
#!/bin/sh
case "$*" in
"$HANG"*)
    echo $$ >>"$BOX/children"
    exec sleep 300
    ;;
*) exec "$REAL" "$@" ;;
esac
FAKE
}

children_are_gone() {
    local child
    while read -r child; do
        if kill -0 "$child" 2>/dev/null; then
            fail "the child $child still runs"
        fi
    done <"$BOX/children"
}

@test "SIGINT, SIGTERM and SIGHUP during a call: the child ends, the exit status is 128+N" {
    local name number words
    for name in INT TERM HUP; do
        number=$(kill -l "$name")
        for words in "vpcs list" "databases connection"; do
            open_box 1.166
            whole
            mkdir -p "$SECRETS"
            echo before >"$SECRETS/database_url"
            hanging "$words"
            start_mdb setup --droplet 42
            await test -s "$BOX/children"
            kill -s "$name" "$pid"
            finish_mdb
            exits $((128 + number))
            answered_nothing
            children_are_gone
            equal "$(cat "$SECRETS/database_url")" before
            [ ! -e "$SECRETS/database_url.previous" ]
            no_temporary_files
            [ "$(grep -c '^✗ ' "$BOX/err")" -le 1 ] || fail "more than one message"
        done
    done
}

@test "it ends by the signal itself, so that a script that runs it ends too" {
    command -v perl >/dev/null || skip "no perl here"
    local name
    for name in INT TERM HUP; do
        open_box 1.166
        hanging "databases list"
        # shellcheck disable=SC2016
        env -i "${ENVIRONMENT[@]}" perl -e '
            $SIG{$ARGV[0]} = "DEFAULT";
            my $pid = fork;
            if (!$pid) { exec @ARGV[2 .. $#ARGV] or exit 1 }
            open(my $file, ">", "$ARGV[1].new"); print $file $pid; close $file;
            rename "$ARGV[1].new", $ARGV[1];
            waitpid($pid, 0);
            print $? & 127' "$name" "$BOX/pid" ${WRAPPER[@]+"${WRAPPER[@]}"} "$PROGRAM" check freshtrack-db \
            >"$BOX/out" 2>"$BOX/err" </dev/null 3>&- &
        await test -s "$BOX/children"
        await test -s "$BOX/pid"
        kill -s "$name" "$(cat "$BOX/pid")"
        wait $! || true
        equal "$(cat "$BOX/out")" "$(kill -l "$name")" "signal that ended it"
        children_are_gone
    done
}

@test "several calls at a time all end" {
    whole
    hanging "databases "
    sed -i 's/^"\$HANG"\*)/"databases list"* | "databases pool get") exec "$REAL" "$@" ;;\n&/' "$BOX/bin/doctl"
    start_mdb setup --droplet 42
    some_children() {
        [ "$(grep -c . "$BOX/children")" -ge 3 ]
    }
    await some_children
    kill -s TERM "$pid"
    finish_mdb
    exits 143
    children_are_gone
}

@test "what a wrapper script as doctl has started ends too" {
    fake_doctl <<'FAKE'
#!/bin/sh
sleep 300 &
echo $! >>"$BOX/children"
wait
FAKE
    start_mdb check freshtrack-db
    await test -s "$BOX/children"
    kill -s TERM "$pid"
    finish_mdb
    exits 143
    gone() {
        ! kill -0 "$(cat "$BOX/children")" 2>/dev/null
    }
    await gone
}

@test "a child that takes no signal is killed, at once at the second signal" {
    fake_doctl <<'FAKE'
#!/bin/sh
trap '' INT TERM HUP
echo $$ >>"$BOX/children"
while :; do sleep 0.1; done
FAKE
    start_mdb check freshtrack-db
    await test -s "$BOX/children"
    kill -s INT "$pid"
    sleep 0.2
    kill -s INT "$pid"
    finish_mdb
    exits 130
    children_are_gone
}

@test "a signal while the cluster is waited for: it says that a run takes it up" {
    with DOCTL_SIM_POLLS=100000
    OPTIONS=(--poll-interval 30)
    start_mdb setup
    waits() {
        calls | grep -q '^databases get '
    }
    await waits
    sleep 0.1
    kill -s INT "$pid"
    finish_mdb
    exits 130
    said "run again"
    equal "$(count cluster)" 1 clusters
}

@test "half a certificate that was written when the signal came is removed, the old one stays" {
    open_box plan
    whole
    mkdir -p "$SECRETS"
    echo old >"$SECRETS/ca-certificate.crt"
    fake_doctl <<'FAKE'
#!/bin/sh
case "$*" in
"databases ca get "*)
    printf -- '-----BEGIN CERTIFICATE-----\n' >"$6"
    echo $$ >>"$BOX/children"
    exec sleep 300
    ;;
*) exec "$REAL" "$@" ;;
esac
FAKE
    local mode
    for mode in "--jobs 8" "--jobs 1" --faithful; do
        rm -f "$BOX/children"
        # shellcheck disable=SC2086
        start_mdb $mode ca "$ID"
        await test -s "$BOX/children"
        kill -s TERM "$pid"
        finish_mdb
        exits 143
        children_are_gone
        equal "$(ls "$SECRETS")" ca-certificate.crt
        equal "$(cat "$SECRETS/ca-certificate.crt")" old
    done
}

@test "a half-written certificate is removed at a deadline too" {
    open_box plan
    whole
    fake_doctl <<'FAKE'
#!/bin/sh
case "$*" in
"databases ca get "*)
    printf -- '-----BEGIN CERTIFICATE-----\n' >"$6"
    exec sleep 300
    ;;
*) exec "$REAL" "$@" ;;
esac
FAKE
    mdb --timeout "$SHORT" ca "$ID"
    fails 5
    equal "$(ls "$SECRETS")" ""
}

@test "SIGHUP under nohup is ignored" {
    fake_doctl <<'FAKE'
#!/bin/sh
echo $$ >>"$BOX/children"
while [ ! -e "$BOX/go" ]; do sleep 0.05; done
exec "$REAL" "$@"
FAKE
    half_made
    trap '' HUP
    start_mdb check freshtrack-db
    trap - HUP
    await test -s "$BOX/children"
    kill -s HUP "$pid"
    sleep 0.2
    kill -0 "$pid" || fail "SIGHUP ended it"
    : >"$BOX/go"
    finish_mdb
    works
    answered "$ID"
}

@test "SIGPIPE of the caller's is not inherited as ignored by doctl" {
    half_made
    fake_doctl <<'FAKE'
#!/bin/sh
sh -c 'kill -s PIPE $$; echo ignored' >"$BOX/pipe" 2>/dev/null
exec "$REAL" "$@"
FAKE
    mdb check freshtrack-db
    works
    equal "$(cat "$BOX/pipe")" ""
}

@test "a grandchild that keeps the pipes open does not hang the run" {
    whole
    local kind
    SECONDS=0
    for kind in "databases list" "databases connection" "vpcs list"; do
        with "DOCTL_SIM_FAULT=$kind=grandchild"
        mdb setup --droplet 42
        works
        answered "$ID"
    done
    [ "$SECONDS" -lt 25 ] || fail "it took $SECONDS s"
}

@test "a grandchild that goes on printing does not hang the run" {
    half_made
    fake_doctl <<'FAKE'
#!/bin/sh
(
    i=0
    while [ $i -lt 200 ]; do
        echo noise >&2
        i=$((i + 1))
        sleep 0.1
    done
) 2>&2 >/dev/null &
exec "$REAL" "$@"
FAKE
    SECONDS=0
    mdb check freshtrack-db
    works
    answered "$ID"
    [ "$SECONDS" -lt 15 ] || fail "it took $SECONDS s"
}

@test "doctl gets no input, whatever stands on stdin" {
    half_made
    fake_doctl <<'FAKE'
#!/bin/sh
cat >"$BOX/input"
exec "$REAL" "$@"
FAKE
    status=0
    echo yes | env -i "${ENVIRONMENT[@]}" ${WRAPPER[@]+"${WRAPPER[@]}"} "$PROGRAM" check freshtrack-db \
        >"$BOX/out" 2>"$BOX/err" || status=$?
    works
    answered "$ID"
    [ ! -s "$BOX/input" ] || fail "doctl read the input"
}

@test "doctl inherits no descriptor of the program" {
    [ -d /proc/self/fd ] || skip "no /proc here"
    whole
    # A shell's own descriptors start at 10; those below that the caller has open are not ours to judge.
    fake_doctl <<'FAKE'
#!/bin/sh
for number in 3 4 5 6 7 8 9; do
    [ -e "/proc/$$/fd/$number" ] && echo "$number" >>"$BOX/descriptors"
done
exec "$REAL" "$@"
FAKE
    : >"$BOX/descriptors"
    mdb setup --droplet 42 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-
    works
    equal "$(cat "$BOX/descriptors")" "" "descriptors beyond the three"
}

@test "killed at any moment, the next run ends in the same state" {
    local i
    with DOCTL_SIM_LATENCY_MS=8
    for ((i = 1; i <= 10; i++)); do
        start_mdb setup --droplet 42
        sleep "0.0$((i * 9 / 10))$((i * 9 % 10))"
        kill -s KILL "$pid" 2>/dev/null || true
        finish_mdb
        if [ -e "$SECRETS/database_url" ]; then
            url | grep -qE '^postgresql://[^ ]*\?sslmode=require$' || fail "half a secret file"
            equal "$(mode_of "$SECRETS/database_url")" 600
        fi
    done
    sleep 0.2
    mdb setup --droplet 42
    works
    is_whole droplet:42
    equal "$(count vpc)" 1 VPCs
}

# full_pipe PATH: a pipe that is full, of which 9 is an end; nobody reads it.
full_pipe() {
    mkfifo "$1"
    exec 9<>"$1"
    dd if=/dev/zero of="$1" bs=4096 count=16 oflag=nonblock 2>/dev/null
}

@test "a signal ends a run whose story or answer nobody reads" {
    local stream
    for stream in story answer; do
        open_box 1.166
        whole
        full_pipe "$BOX/pipe"
        set -m
        if [ "$stream" = story ]; then
            env -i "${ENVIRONMENT[@]}" ${WRAPPER[@]+"${WRAPPER[@]}"} "$PROGRAM" setup >/dev/null 2>&9 </dev/null 3>&- 9>&- &
        else
            env -i "${ENVIRONMENT[@]}" ${WRAPPER[@]+"${WRAPPER[@]}"} "$PROGRAM" info "$ID" >&9 2>"$BOX/err" </dev/null \
                3>&- 9>&- &
        fi
        pid=$!
        set +m
        [ "$stream" = story ] || await grep -q "databases pool list" "$LOG"
        sleep 0.3
        kill -0 "$pid" || fail "it did not wait for the reader"
        kill -s TERM "$pid"
        await eval "! kill -0 $pid" || kill -s KILL "$pid"
        finish_mdb
        exec 9>&-
        exits 143
    done
}
