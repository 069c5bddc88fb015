#!/usr/bin/env bash
# Static analysis of src/ and simulator/: gcc -fanalyzer, clang-tidy, cppcheck and scan-build. A finding
# ends it with status 1, a tool that is missing with status 2. It installs nothing.
#
#   scripts/analyze.sh [gcc|clang-tidy|cppcheck|scan-build]...     all four by default
#
# Environment:
#   ANALYZE_CONFIG   the folder of the config.h that configure made (build/gcc)
#   ANALYZE_BUILD    where logs and reports go (build/analyze)
#
# Which checks of clang-tidy are left out, and why, is in .clang-tidy.
set -euo pipefail
TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
CONFIG=${ANALYZE_CONFIG:-$TOP/build/gcc}
BUILD=${ANALYZE_BUILD:-$TOP/build/analyze}
JOBS=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
status=0

# need TOOL PACKAGE
need() {
    command -v "$1" >/dev/null && return
    echo "analyze.sh: $1 is missing (Debian: $2)" >&2
    [ "$status" != 0 ] || status=2
    return 1
}

# tell NAME STATUS: a line about a tool, after what it found.
tell() {
    if [ "$2" = 0 ]; then
        printf '%-14s no findings in %d files\n' "$1" "${#files[@]}"
    else
        cat "$BUILD/$1.log"
        printf '%-14s FINDINGS, see %s\n' "$1" "$BUILD/$1.log"
        status=1
    fi
}

# The sources of the program, of the simulator, or both, as arguments that end in NUL.
sources() {
    printf '%s\0' "${files[@]}"
}

# Compiles every source with the command and flags of the arguments, several at a time.
compile_all() {
    sources | xargs -0 -n 1 -P "$JOBS" "$@" "${flags[@]}" -c -o /dev/null
}

run_gcc() {
    local result=0
    need gcc gcc || return 0
    compile_all gcc -O2 -fanalyzer -Werror >"$BUILD/gcc.log" 2>&1 || result=1
    tell gcc "$result"
}

run_clang_tidy() {
    local result=0
    need clang-tidy clang-tidy || return 0
    printf '%s\n' "${files[@]}" |
        xargs -P "$JOBS" -I{} clang-tidy --quiet --warnings-as-errors='*' {} -- "${flags[@]}" \
            >"$BUILD/clang-tidy.log" 2>"$BUILD/clang-tidy.err" || result=1
    tell clang-tidy "$result"
}

run_cppcheck() {
    local result=0
    need cppcheck cppcheck || return 0
    # Newer versions tell of every file in which they do not follow all branches.
    cppcheck --quiet --error-exitcode=1 --std=c11 --inline-suppr -j "$JOBS" \
        --enable=warning,performance,portability --suppress=missingIncludeSystem \
        --suppress=normalCheckLevelMaxBranches \
        "${defines[@]}" "${includes[@]}" "${files[@]}" >"$BUILD/cppcheck.log" 2>&1 || result=1
    tell cppcheck "$result"
}

run_scan_build() {
    local result=0
    need scan-build clang-tools || return 0
    need clang clang || return 0
    rm -rf "$BUILD/reports"
    # scan-build puts its own compiler into CC and reports what it saw when the command has ended.
    # shellcheck disable=SC2016  # the inner shell expands CC
    sources | scan-build --status-bugs --use-cc=clang -o "$BUILD/reports" \
        bash -c 'xargs -0 -n 1 -P 2 "$CC" "$@" -c -o /dev/null' compile "${flags[@]}" \
        >"$BUILD/scan-build.log" 2>&1 || result=1
    tell scan-build "$result"
}

if [ ! -e "$CONFIG/config.h" ]; then
    echo "analyze.sh: there is no config.h in $CONFIG: run configure, and name its folder with ANALYZE_CONFIG" >&2
    exit 2
fi
mkdir -p "$BUILD"
cd "$TOP"
mapfile -t files < <(find src simulator -name '*.c' | sort)
defines=('-DPKGLIBEXECDIR="/usr/libexec/managed-db"')
includes=("-I$CONFIG" -Iinclude -Isimulator)
read -r -a libraries <<<"$(pkg-config --cflags libpcre2-8 yaml-0.1 libmd)"
# The simulator asks for POSIX on the command line, the program in config.h.
flags=(-std=c11 -Wall -Wextra -D_POSIX_C_SOURCE=200809L "${defines[@]}" "${includes[@]}"
    ${libraries[@]+"${libraries[@]}"})
[ $# -gt 0 ] || set -- gcc clang-tidy cppcheck scan-build
for tool in "$@"; do
    case $tool in
    gcc) run_gcc ;;
    clang-tidy) run_clang_tidy ;;
    cppcheck) run_cppcheck ;;
    scan-build) run_scan_build ;;
    *)
        sed -n '2,/^set /{s/^# \{0,1\}//p}' "$TOP/scripts/analyze.sh" >&2
        exit 2
        ;;
    esac
done
exit "$status"
