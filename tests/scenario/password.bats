#!/usr/bin/env bats
# A password with every character from 0x21 to 0x7e comes out of the URL as it went in, and stands nowhere
# else.

load helper

# In an order that no other text has, with a long run of letters that every encoding leaves alone.
MARK=ZyXwVuTsRqPoNmLkJiHgFeDcBa
PASSWORD='!"#$%&'\''()*+,-./0123456789:;<=>?@'$MARK'AbCdEfGhIjKlMnOpQrStUvWxYz[\]^_`{|}~'

setup() {
    open_box 1.166
    with "DOCTL_SIM_PASSWORD=$PASSWORD"
}

# url_part URL PART: the user's, the password's or the database's part of a URL, decoded.
url_part() {
    local url=$1 userinfo rest value
    rest=${url#postgresql://}
    userinfo=${rest%%@*}
    rest=${rest#*@}
    case $2 in
    user) value=${userinfo%%:*} ;;
    password) value=${userinfo#*:} ;;
    host) value=${rest%%/*} ;;
    database)
        value=${rest#*/}
        value=${value%%\?*}
        ;;
    esac
    value=${value//\\/\\\\}
    printf '%b' "${value//%/\\x}"
}

# No other file of the box holds the mark.
nowhere_but() {
    local expected found
    expected=$(printf '%s\n' "$@" | sort)
    found=$(grep -rlF "$MARK" "$BOX" | sort)
    equal "$found" "$expected" "files that hold the password"
}

@test "the password holds every character from 0x21 to 0x7e" {
    local code
    for ((code = 0x21; code <= 0x7e; code++)); do
        # shellcheck disable=SC2059
        [[ $PASSWORD == *"$(printf "\\x$(printf %x "$code")")"* ]] || fail "no character $code"
    done
}

@test "the URL's parts read back, on every doctl" {
    local personality
    for personality in plan 1.94 1.123 1.166; do
        open_box "$personality"
        with "DOCTL_SIM_PASSWORD=$PASSWORD"
        mdb setup --droplet 42
        works
        equal "$(url_part "$(url)" password)" "$PASSWORD" "password on $personality"
        equal "$(url_part "$(url)" user)" doadmin
        # No character that a URL reader could trip over.
        url | grep -qE '^postgresql://doadmin:[A-Za-z0-9%._~-]+@[a-z0-9.-]+:[0-9]+/[a-z-]+\?sslmode=require$' ||
            fail "the URL is not fully encoded"
        nowhere_but "$SECRETS/database_url"
    done
}

@test "the URL's parts read back with --faithful" {
    open_box plan
    with "DOCTL_SIM_PASSWORD=$PASSWORD"
    mdb --faithful setup --droplet 42
    works
    equal "$(url_part "$(url)" password)" "$PASSWORD"
    nowhere_but "$SECRETS/database_url"
}

@test "the password is in no argv, on no stream and in no other file, -v included" {
    mdb -v setup --droplet 42
    works
    said "databases connection"
    nowhere_but "$SECRETS/database_url"
    mdb -v setup --droplet 42
    works
    ID=$(cat "$BOX/out")
    nowhere_but "$SECRETS/database_url"
    mdb -v save "$ID"
    works
    nowhere_but "$SECRETS/database_url" "$SECRETS/do_database_url"
    mdb -v save "$ID" --output json
    nowhere_but "$SECRETS/database_url" "$SECRETS/do_database_url"
    mdb -v info "$ID"
    works
    nowhere_but "$SECRETS/database_url" "$SECRETS/do_database_url"
}

@test "url prints the password on stdout only" {
    half_made
    doctl sim pool add "$ID" app-pool
    mdb -v url "$ID"
    works
    equal "$(url_part "$(cat "$BOX/out")" password)" "$PASSWORD"
    nowhere_but "$BOX/out"
}

@test "no process that a run starts has the password in its argv or environment (strace)" {
    command -v strace >/dev/null || skip "no strace here"
    strace -f -o "$BATS_TEST_TMPDIR/probe" true 2>/dev/null || skip "strace may not trace here"
    [ "${#WRAPPER[@]}" -eq 0 ] || skip "the wrapper's own argv is in the way"
    WRAPPER=("$(command -v strace)" -f -qq -s 100000 -v -e "trace=execve,execveat" -o "$BATS_TEST_TMPDIR/trace")
    # From here on only doctl's answers hold it.
    half_made
    without DOCTL_SIM_PASSWORD
    # The leak checker of a build with sanitizers does not work under strace.
    with ASAN_OPTIONS=detect_leaks=0
    mdb setup --droplet 42
    works
    equal "$(url_part "$(url)" password)" "$PASSWORD"
    grep -q 'execve.*"databases", "connection"' "$BATS_TEST_TMPDIR/trace" || fail "nothing was traced"
    if grep -F "$MARK" "$BATS_TEST_TMPDIR/trace" >&2; then
        fail "the password is in an argv or an environment"
    fi
}

@test "a run that fails after the password was read shows it nowhere" {
    half_made
    local fault
    for fault in 'databases pool get=500' 'databases pool list=500' 'databases connection=truncated' \
        'databases connection=ok-exit1' 'databases get=error-exit0' 'databases pool list=garbage' \
        'databases pool list=truncated' 'databases pool list=ok-exit1' 'databases get=500'; do
        with "DOCTL_SIM_FAULT=$fault"
        mdb -v setup --droplet 42
        [ "$status" != 0 ] || fail "$fault had no effect"
        if grep -F "$MARK" "$BOX/out" "$BOX/err" >&2; then
            fail "the password is shown after $fault"
        fi
        if grep -rF "$MARK" "$BOX/log" "$BOX/tmp" "$BOX/home" >&2; then
            fail "the password is in a file after $fault"
        fi
    done
}

@test "the create's own table holds the password, and it is not shown" {
    # doctl prints the whole URI after `databases create`.
    mdb -v create
    works
    if grep -F "$MARK" "$BOX/out" "$BOX/err" >&2; then
        fail "the password is shown"
    fi
    with "DOCTL_SIM_FAULT=databases create=ok-exit1"
    mdb -v create another-db
    if grep -F "$MARK" "$BOX/out" "$BOX/err" >&2; then
        fail "the password is shown after a failed create"
    fi
}

@test "what is shown of the URL is masked" {
    mdb setup
    works
    said 'Connection: postgresql://doadmin:****@'
}

@test "libpq reads the URL back to the same password" {
    local compiler=${CC:-cc}
    command -v "${compiler%% *}" >/dev/null || skip "no C compiler here"
    command -v pkg-config >/dev/null && pkg-config --exists libpq || skip "no libpq here"
    cat >"$BATS_TEST_TMPDIR/read.c" <<'C'
#include <libpq-fe.h>
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
    char *error = NULL;
    PQconninfoOption *options = PQconninfoParse(argv[1], &error);
    if (argc != 3 || !options) {
        fprintf(stderr, "%s", error ? error : "usage");
        return 1;
    }
    for (PQconninfoOption *option = options; option->keyword; option++)
        if (strcmp(option->keyword, argv[2]) == 0 && option->val)
            fputs(option->val, stdout);
    return 0;
}
C
    # shellcheck disable=SC2046
    $compiler -o "$BATS_TEST_TMPDIR/read" "$BATS_TEST_TMPDIR/read.c" $(pkg-config --cflags --libs libpq) ||
        skip "a program with libpq cannot be built here"
    local personality
    for personality in plan 1.166; do
        open_box "$personality"
        with "DOCTL_SIM_PASSWORD=$PASSWORD"
        mdb setup
        works
        equal "$("$BATS_TEST_TMPDIR/read" "$(url)" password)" "$PASSWORD" "password as libpq reads it"
        equal "$("$BATS_TEST_TMPDIR/read" "$(url)" user)" doadmin
        equal "$("$BATS_TEST_TMPDIR/read" "$(url)" sslmode)" require
    done
}
