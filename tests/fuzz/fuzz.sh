#!/usr/bin/env bash
# Builds the libFuzzer harnesses with AddressSanitizer and UndefinedBehaviorSanitizer, and runs them.
#
#   tests/fuzz/fuzz.sh run [HARNESS]...        runs them; a finding ends it with status 1
#   tests/fuzz/fuzz.sh merge HARNESS FOLDER    adds to tests/corpus/HARNESS what FOLDER has that reaches
#                                              something new
#   tests/fuzz/fuzz.sh build [HARNESS]...      only builds
#
# Environment:
#   FUZZ_RUNS      inputs for each harness (10000000)
#   FUZZ_SECONDS   instead of FUZZ_RUNS: how long each harness runs
#   FUZZ_BUILD     where it builds and keeps logs and what it found (build/fuzz)
#   FUZZ_CONFIG    the folder of the config.h that configure made (build/gcc)
#   FUZZ_JOBS      harnesses at a time (the number of processors)
#   CC             clang; with AFL++'s afl-clang-fast "build" makes its harnesses
set -euo pipefail
TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
BUILD=${FUZZ_BUILD:-$TOP/build/fuzz}
CONFIG=${FUZZ_CONFIG:-$TOP/build/gcc}
JOBS=${FUZZ_JOBS:-$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)}
SELF=$TOP/tests/fuzz/$(basename "${BASH_SOURCE[0]}")
: "${CC:=clang}" "${FUZZ_RUNS:=10000000}"

sanitizers=(-fsanitize=address -fsanitize=undefined -fno-sanitize-recover=all)
flags=(-std=c11 -g -O2 -fno-omit-frame-pointer -Wall -Wextra "-I$CONFIG"
    "-I$TOP/include" '-DPKGLIBEXECDIR="/nonexistent"')

harnesses() {
    local file name
    for file in "$TOP"/tests/fuzz/*.c; do
        name=$(basename "$file" .c)
        ! grep -q '^FUZZ(' "$file" || echo "$name"
    done
}

# Bytes that a harness tries at most: a few lines, and over the limits of what it reads.
longest() {
    case $1 in
    dialect | settings | conninfo) echo 128 ;;
    cli | envfile | manifest | table | dotenv) echo 256 ;;
    compose | parse) echo 768 ;;
    *) echo 400 ;;
    esac
}

# build HARNESS...
build() {
    local file name object coverage pq=()
    mkdir -p "$BUILD/rooms" "$BUILD/harnesses" "$BUILD/logs" "$BUILD/findings"
    if [ ! -e "$CONFIG/config.h" ]; then
        echo "fuzz.sh: there is no config.h in $CONFIG: run configure, and name its folder with FUZZ_CONFIG" >&2
        return 1
    fi
    if ! command -v "$CC" >/dev/null; then
        echo "fuzz.sh: $CC is missing (Debian: clang)" >&2
        return 1
    fi
    if ! echo 'int LLVMFuzzerTestOneInput(const char *b, unsigned long n) { return !b && n; }' |
        "$CC" -fsanitize=fuzzer,address -x c -o "$BUILD/probe" - 2>"$BUILD/logs/probe.log"; then
        echo "fuzz.sh: $CC cannot link a fuzzer (Debian: libclang-rt-VERSION-dev)" >&2
        return 1
    fi
    ! pkg-config --exists libpq || pq=(-DFUZZ_LIBPQ)
    read -r -a libraries <<<"$(pkg-config --libs libpcre2-8 yaml-0.1 libmd)"
    [ "${#pq[@]}" = 0 ] || read -r -a pq_libraries <<<"$(pkg-config --libs libpq)"
    [ "${#pq[@]}" = 0 ] || read -r -a pq_flags <<<"$(pkg-config --cflags libpq)"
    for file in "$TOP"/src/*/*.c; do
        name=${file#"$TOP/src/"}
        object=$BUILD/rooms/${name//\//-}.o
        # Comparisons are PCRE2's or the C library's here: following the compiled ones only costs time,
        # and so does following how buffers grow.
        coverage=(-fsanitize=fuzzer-no-link -fno-sanitize-coverage=trace-cmp)
        [ "$name" != base/memory.c ] || coverage=()
        if [ "$file" -nt "$object" ] || [ -n "$(find "$TOP/include" -newer "$object" -name '*.h')" ]; then
            "$CC" "${flags[@]}" "${sanitizers[@]}" "${coverage[@]}" -c -o "$object" "$file"
        fi
    done
    for name in support forms; do
        "$CC" "${flags[@]}" "${sanitizers[@]}" -c -o "$BUILD/$name.o" "$TOP/tests/fuzz/$name.c"
    done
    for name in "$@"; do
        object=$BUILD/harnesses/$name.o
        "$CC" "${flags[@]}" "${pq[@]}" "${pq_flags[@]}" "${sanitizers[@]}" -c -o "$object" \
            "$TOP/tests/fuzz/$name.c"
        "$CC" "${sanitizers[@]}" -fsanitize=fuzzer -o "$BUILD/harnesses/$name" "$object" \
            "$BUILD/support.o" "$BUILD/forms.o" "$BUILD"/rooms/*.o "${libraries[@]}" \
            "${pq_libraries[@]}"
    done
}
pq_flags=()
pq_libraries=()

# One harness, to its end; a line about it.
run_one() {
    local name=$1 log=$BUILD/logs/$1.log limit status=0 runs seconds rate
    local options=(-max_len="$(longest "$name")" -timeout=10 -rss_limit_mb=1024 -print_final_stats=1
        -artifact_prefix="$BUILD/findings/$name-")
    limit=(-runs="$FUZZ_RUNS")
    [ -z "${FUZZ_SECONDS:-}" ] || limit=(-max_total_time="$FUZZ_SECONDS")
    [ ! -e "$TOP/tests/fuzz/$name.dict" ] || options+=(-dict="$TOP/tests/fuzz/$name.dict")
    mkdir -p "$BUILD/work/$name" "$TOP/tests/corpus/$name"
    env -i PATH="$PATH" HOME=/nonexistent ASAN_OPTIONS=malloc_context_size=2:quarantine_size_mb=4 \
        "$BUILD/harnesses/$name" "${limit[@]}" "${options[@]}" "$BUILD/work/$name" \
        "$TOP/tests/corpus/$name" >"$log" 2>&1 </dev/null || status=$?
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
    rate=$(sed -n 's/^stat::average_exec_per_sec: *//p' "$log")
    seconds=$(sed -n 's/^Done [0-9]* runs in \([0-9]*\) second.*/\1/p' "$log")
    if [ "$status" = 0 ]; then
        printf '%-10s %9s runs, %5s s, %6s a second, no finding\n' "$name" "$runs" "$seconds" "$rate"
    elif [ "$status" = 72 ]; then
        printf '%-10s was interrupted after %s runs, until then no finding\n' "$name" "${runs:-?}"
    else
        tail -n 40 "$log" >&2
        printf '%-10s FINDING after %s runs; the input is in %s, the log is %s\n' "$name" "${runs:-?}" \
            "$BUILD/findings" "$log"
    fi
    return "$status"
}

# Adds what reaches something new, the shortest first, under short names. To the first inputs of a
# corpus it counts how often they reach it: what a pattern matches shows only so. Later ones have to
# reach other code, or there would be thousands of files.
merge() {
    local name=$1 from=$2 corpus=$TOP/tests/corpus/$1 file counters=0
    mkdir -p "$corpus"
    [ -n "$(ls "$corpus")" ] || counters=1
    "$BUILD/harnesses/$name" -merge=1 -use_counters="$counters" -max_len="$(longest "$name")" \
        "$corpus" "$from" >"$BUILD/logs/merge-$name.log" 2>&1
    for file in "$corpus"/*; do
        [ "${#file}" = $((${#corpus} + 13)) ] || mv "$file" "$corpus/$(basename "$file" | cut -c 1-12)"
    done
    printf '%s: %d inputs, %d bytes\n' "$name" "$(find "$corpus" -type f | wc -l)" \
        "$(find "$corpus" -type f -printf '%s\n' | awk '{n += $1} END {print n + 0}')"
}

command=${1:-run}
[ $# = 0 ] || shift
case $command in
build | run)
    # shellcheck disable=SC2046  # names are words
    [ $# -gt 0 ] || set -- $(harnesses)
    build "$@"
    [ "$command" = build ] || printf '%s\n' "$@" | xargs -n 1 -P "$JOBS" "$SELF" run-one
    ;;
run-one)
    run_one "$1"
    ;;
merge)
    merge "$1" "$2"
    ;;
*)
    sed -n '2,/^set /{s/^# \{0,1\}//p}' "$SELF" >&2
    exit 2
    ;;
esac
