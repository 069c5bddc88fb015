#!/usr/bin/env bash
# Builds managed-db in several ways and runs every test; the last line is "N passed, N failed".
#
#   ./scripts/test.sh            everything
#   ./scripts/test.sh quick      one build, its unit tests and scenarios
#   ./scripts/test.sh full       with every scenario of the program under sanitizers and valgrind too
#
# Warnings are errors where CI is set. Logs are in build/logs/.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/lib/build.sh
. scripts/lib/build.sh
# shellcheck source=scripts/lib/tools.sh
. scripts/lib/tools.sh

passed=0
failed=0
werror=()
[ -z "${CI:-}" ] || werror=(--enable-werror)

# tally NAME PASSED FAILED
tally() {
    passed=$((passed + $2))
    failed=$((failed + $3))
    printf '   %-44s %4d passed, %d failed\n' "$1" "$2" "$3"
}

# check NAME COMMAND...: one test that is a command of its own.
check() {
    local name=$1
    shift
    if "$@" >"$LOGS/$name.log" 2>&1 </dev/null; then
        tally "$name" 1 0
    else
        tail -n 40 "$LOGS/$name.log"
        tally "$name" 0 1
    fi
}

# Unit tests of a build; each Check program ends with "…%: Checks: N, Failures: N, Errors: N".
unit_tests() {
    local folder=$1 name=$2 good=0 bad=0 log status checks failures errors
    # Those of tests that are not there any more would count.
    rm -f "$BUILD/$folder"/tests/check_*.log
    make -s -C "$BUILD/$folder" check-TESTS >"$LOGS/$name.log" 2>&1 </dev/null || true
    for log in "$BUILD/$folder"/tests/check_*.log; do
        read -r checks failures errors < <(sed -n \
            's/^[0-9]*%: Checks: \([0-9]*\), Failures: \([0-9]*\), Errors: \([0-9]*\)$/\1 \2 \3/p' \
            "$log" | awk '{c += $1; f += $2; e += $3} END {print c + 0, f + 0, e + 0}')
        status=$(sed -n 's/^:test-result: //p' "${log%.log}.trs" 2>/dev/null || true)
        good=$((good + checks - failures - errors))
        bad=$((bad + failures + errors))
        # A program that crashed, or whose leak checker complained, has failed whatever it counted.
        if [ "$status" != PASS ] || [ "$checks" = 0 ]; then
            [ $((failures + errors)) -gt 0 ] || bad=$((bad + 1))
            tail -n 40 "$log"
        fi
    done
    [ $((good + bad)) -gt 0 ] || bad=1
    tally "$name" "$good" "$bad"
}

# Scenarios (bats) with the program of a build.
scenarios() {
    local folder=$1 name=$2 good bad
    shift 2
    BUILD_DIR=$BUILD/$folder bats --tap --jobs "$JOBS" "$@" >"$LOGS/$name.log" 2>&1 </dev/null || true
    good=$(grep -c '^ok ' "$LOGS/$name.log" || true)
    bad=$(grep -c '^not ok ' "$LOGS/$name.log" || true)
    # Fewer results than were announced: bats itself came to an end.
    if [ $((good + bad)) != "$(sed -n 's/^1\.\.//p' "$LOGS/$name.log" | head -n 1)" ]; then
        bad=$((bad + 1))
    fi
    [ "$bad" = 0 ] || grep -A 15 '^not ok ' "$LOGS/$name.log" | head -n 200
    tally "$name" "$good" "$bad"
}

# Ten seconds of each fuzz harness. make fuzz runs them ten million times.
fuzzing() {
    local good bad
    FUZZ_CONFIG=$BUILD/gcc FUZZ_BUILD=$BUILD/fuzz FUZZ_SECONDS=10 tests/fuzz/fuzz.sh run \
        >"$LOGS/fuzz.log" 2>&1 </dev/null || true
    good=$(grep -c ', no finding$' "$LOGS/fuzz.log" || true)
    bad=$(($(grep -l '^FUZZ(' tests/fuzz/*.c | wc -l) - good))
    [ "$bad" = 0 ] || tail -n 40 "$LOGS/fuzz.log"
    tally fuzz "$good" "$bad"
}

# The scenarios that are about the program itself: those run again in builds that look for errors.
about_program() {
    local file
    for file in "$BUILD/source/tests/scenario"/*.bats; do
        case ${file##*/} in
        transcripts.bats | docs.bats | lost.bats | build.bats | clients.bats | docker.bats | deploy*.bats | redeploy.bats) ;;
        *) printf '%s\n' "$file" ;;
        esac
    done
}

# The drivers of applications that clients.bats tries, as far as they are to be had; it leaves the others out.
drivers() {
    local package there=()
    for package in "$@"; do
        if apt-cache show "$package" >/dev/null 2>&1; then
            there+=("$package")
        fi
    done
    need_packages ${there[@]+"${there[@]}"} || true
}

# Those of Node.js come from npm, where there is one, into the project's own tree.
node_drivers() {
    if ! command -v npm >/dev/null; then
        drivers nodejs node-pg
        return 0
    fi
    export DRIVERS_NODE=$BUILD/drivers/node_modules
    [ ! -d "$DRIVERS_NODE/pg" ] || return 0
    say "Fetching the drivers of Node.js"
    mkdir -p "$LOGS"
    timeout 300 npm install --prefix "$BUILD/drivers" --no-audit --no-fund --no-package-lock pg@8 postgres@3 drizzle-orm knex \
        sequelize@6 typeorm reflect-metadata >"$LOGS/npm.log" 2>&1 </dev/null || rm -rf "$BUILD/drivers"
}

build_packages
need_packages check libpq-dev bats parallel shellcheck strace python3 jq procps libdevmapper1.02.1 libseccomp2
need_packages postgresql postgresql-client pgbouncer openssl openssh-server openssh-client
drivers python3-psycopg2 python3-psycopg python3-asyncpg python3-sqlalchemy python3-django ruby-pg \
    ruby-activerecord php-cli php-pgsql
[ "${1:-}" = quick ] || drivers golang-go golang-github-lib-pq-dev golang-github-jackc-pgx-v4-dev \
    default-jdk-headless libpostgresql-jdbc-java
node_drivers
# Where they cannot be fetched, a Docker of the machine's own is tried, and the tests say what they leave out.
fetch_compose || echo "Docker Compose could not be fetched: see build/logs/compose.log" >&2
fetch_cloud_init || echo "cloud-init could not be fetched: see build/logs/cloud-init.log" >&2
fetch_kubectl || echo "kubectl could not be fetched: see build/logs/kubectl.log" >&2
fetch_docker || echo "Docker could not be fetched: see build/logs/docker.log" >&2
export_sources

say "gcc"
WITH_TESTS=1 build_variant gcc "${werror[@]}"
unit_tests gcc unit-gcc
scenarios gcc scenarios-gcc "$BUILD/source/tests/scenario"
if [ -n "${DOCTL:-}" ]; then
    scenarios gcc real-doctl "$BUILD/source/tests/api"
else
    say "SKIPPED, for DOCTL names no doctl: the program with a real one (make check-doctl DOCTL=PATH)"
fi

if [ "${1:-}" != quick ]; then
    need_packages clang clang-tidy clang-tools valgrind cppcheck groff-base
    need_packages "$(clang_runtime)"

    say "clang"
    WITH_TESTS=1 build_variant clang CC=clang "${werror[@]}"
    unit_tests clang unit-clang

    say "AddressSanitizer and UndefinedBehaviorSanitizer"
    WITH_TESTS=1 build_variant sanitizers --enable-sanitizers CFLAGS='-g -O1' "${werror[@]}"
    unit_tests sanitizers unit-sanitizers
    if [ "${1:-}" = full ]; then
        mapfile -t files < <(about_program)
        more=("$BUILD/source/tests/scenario/lost.bats")
    else
        files=() more=()
        for name in faithful releases password jobs; do
            files+=("$BUILD/source/tests/scenario/$name.bats")
        done
    fi
    scenarios sanitizers scenarios-sanitizers "${files[@]}" ${more[@]+"${more[@]}"}

    # valgrind cannot follow PCRE2's JIT, so it runs the build without what some systems lack.
    say "The fallbacks, and valgrind"
    WITH_TESTS=1 build_variant fallbacks --disable-extras "${werror[@]}"
    unit_tests fallbacks unit-fallbacks
    MANAGED_DB_WRAPPER="valgrind -q --error-exitcode=99 --leak-check=full --show-leak-kinds=all" \
        scenarios fallbacks scenarios-valgrind "${files[@]}"

    say "Fuzzing"
    fuzzing

    say "Static checks and packaging"
    check shellcheck shellcheck -x scripts/*.sh scripts/lib/*.sh .ci/run autogen.sh
    for tool in gcc clang-tidy cppcheck scan-build; do
        check "analyze-$tool" scripts/analyze.sh "$tool"
    done
    check distcheck make -s -C "$BUILD/gcc" distcheck
    # Without git there is nothing to release.
    if git rev-parse --verify -q HEAD >/dev/null; then
        check release scripts/release.sh HEAD
    fi
fi

printf '\n%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" = 0 ]
