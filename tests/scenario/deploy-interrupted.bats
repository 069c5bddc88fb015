# deploy-digitalocean.sh interrupted at each step, and run again.

load deploy

# ---- interrupted, and run again -------------------------------------------------------------------------

# interrupted STEP SIGNAL WHEN: a run that ends at the STEP-th program that it starts.
interrupted() {
    local name
    mkdir -p "$BOX/real"
    for name in doctl ssh; do
        [ -e "$BOX/real/$name" ] || mv "$BOX/bin/$name" "$BOX/real/$name"
        ln -sfn "$BATS_TEST_DIRNAME/deploy/tripwire" "$BOX/bin/$name"
    done
    rm -f "$BOX/steps"
    status=0
    env -i "${ENVIRONMENT[@]}" "TRIP=$1" "TRIP_SIGNAL=$2" "TRIP_WHEN=$3" setsid -w bash -c \
        'echo $$ >"$BOX/group"; exec bash "$0"' "$PROJECT/scripts/deploy-digitalocean.sh" \
        >"$BOX/out" 2>"$BOX/err" </dev/null || status=$?
    for name in doctl ssh; do
        ln -sfn "$(readlink "$BOX/real/$name")" "$BOX/bin/$name"
    done
    rm -rf "$BOX/real"
    # What was started by it may still be on its way out.
    await nothing_runs
}

nothing_runs() {
    ! pgrep -f "$BOX/" >/dev/null
}

# Interrupts after steps in turn, runs again, and looks at what there is. The three tests meet each step once
# (a wrapper such as valgrind: every second one).
interrupt_everywhere() { # SIGNAL WHEN FIRST EVERY
    local step=$3
    while :; do
        open_stage
        interrupted "$step" "$1" "$2"
        if [ "$(cat "$BOX/steps")" -lt "$step" ]; then
            break
        fi
        [ "$status" != 0 ] || fail "step $step: the run was not interrupted"
        # SIGKILL leaves the folder of the run in TMPDIR, with nothing secret in it.
        if grep -rqF "$PASSWORD" "$BOX/tmp" "$BOX/project" "$BOX/out" "$BOX/err"; then
            fail "step $step: the password is on the operator's machine"
        fi
        [ "$1" = KILL ] || left_nothing_here
        rm -rf "$BOX/tmp"/* "$BOX/out" "$BOX/err"
        deploy
        works
        account_is_whole
        stands_managed
        step=$((step + $4 * (${#WRAPPER[@]} + 1)))
    done
    [ "$step" -gt 20 ] || fail "only $step steps were seen"
}

@test "killed after a step and run again: one Droplet, one database, the stack as it should be" {
    interrupt_everywhere KILL after 1 3
}

@test "interrupted after a step and run again" {
    interrupt_everywhere INT after 2 3
}

@test "ended by SIGTERM after a step and run again" {
    interrupt_everywhere TERM after 3 3
}
