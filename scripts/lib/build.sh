#!/usr/bin/env bash
# For quickstart.sh and test.sh: packages through apt, and builds in build/, outside the source tree.
# shellcheck disable=SC2034  # the scripts that source this file use the variables

TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
BUILD=$TOP/build
LOGS=$BUILD/logs
JOBS=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)

say() {
    printf '\n== %s\n' "$*"
}

# Installs what is missing of some Debian packages.
need_packages() {
    local package missing=()
    command -v dpkg-query >/dev/null || return 0
    for package in "$@"; do
        case $(dpkg-query -W -f '${Status}' "$package" 2>/dev/null) in
        *" installed") ;;
        *) missing+=("$package") ;;
        esac
    done
    [ "${#missing[@]}" -gt 0 ] || return 0
    local apt=(apt-get)
    if [ "$(id -u)" != 0 ]; then
        if ! command -v sudo >/dev/null; then
            echo "These packages are missing: ${missing[*]}; as root: apt-get install ${missing[*]}" >&2
            return 1
        fi
        apt=(sudo apt-get)
    fi
    say "Installing ${missing[*]}"
    mkdir -p "$LOGS"
    if ! { with_apt "${apt[@]}" update -q &&
        DEBIAN_FRONTEND=noninteractive with_apt "${apt[@]}" install -q -y --no-install-recommends \
            "${missing[@]}"; }; then
        tail -n 20 "$LOGS/apt.log" >&2
        echo "apt-get could not install ${missing[*]}" >&2
        return 1
    fi
}

# Runs apt-get, again while another one holds its locks, as the first upgrade of a new machine does: for ten minutes.
with_apt() { # COMMAND...
    local try
    for ((try = 0; try < 120; try++)); do
        if "$@" >"$LOGS/apt.log" 2>&1 </dev/null; then
            return 0
        fi
        grep -qE 'Could not get lock|Unable to (acquire|lock)' "$LOGS/apt.log" || return 1
        [ "$try" -gt 0 ] || say "Waiting for another apt"
        sleep "${APT_PAUSE:-5}"
    done
    return 1
}

build_packages() {
    need_packages gcc libc6-dev make autoconf automake pkg-config libpcre2-dev libyaml-dev libmd-dev
}

# The package with clang's sanitizers and fuzzer, which has the version of clang in its name.
clang_runtime() {
    printf 'libclang-rt-%s-dev\n' "$(clang -dumpversion | cut -d . -f 1)"
}

# Copies the sources to build/source and makes configure there: builds neither find nor leave anything
# in the tree itself. Times of change come along, so that make builds what has changed.
export_sources() {
    local source=$BUILD/source
    mkdir -p "$source" "$LOGS"
    (cd "$source" && rm -rf -- src include simulator tests scripts docs man completions docker)
    # build/source itself is no checkout, though one is around it.
    if [ -e "$TOP/.git" ] && git -C "$TOP" rev-parse --git-dir >/dev/null 2>&1; then
        git -C "$TOP" ls-files -z --cached --others --exclude-standard
    else
        (cd "$TOP" && find . \( -path ./build -o -path ./.git \) -prune -o -type f -print0)
    fi | (cd "$TOP" && while IFS= read -r -d '' file; do
        [ ! -e "$file" ] || printf '%s\0' "$file"
    done | tar --null -T - -cf -) | tar -C "$source" -xf -
    if [ ! -f "$source/configure" ] || [ "$source/configure.ac" -nt "$source/configure" ] ||
        [ "$source/Makefile.am" -nt "$source/Makefile.in" ]; then
        (cd "$source" && ./autogen.sh) >"$LOGS/autogen.log" 2>&1 || {
            tail -n 20 "$LOGS/autogen.log" >&2
            return 1
        }
    fi
}

# build_variant FOLDER [CONFIGURE_ARGUMENT]...: configures and builds in build/FOLDER. With WITH_TESTS
# set, the unit tests too.
build_variant() {
    local folder=$1
    shift
    mkdir -p "$BUILD/$folder"
    (
        cd "$BUILD/$folder" || exit
        if [ ! -f Makefile ] || [ "$BUILD/source/configure" -nt Makefile ] ||
            [ "$*" != "$(cat configured 2>/dev/null)" ]; then
            "$BUILD/source/configure" --quiet "$@" && printf '%s' "$*" >configured
        fi && make -s -j "$JOBS" &&
            { [ -z "${WITH_TESTS:-}" ] || make -s -j "$JOBS" check TESTS=; }
    ) >"$LOGS/$folder.log" 2>&1 || {
        tail -n 40 "$LOGS/$folder.log" >&2
        echo "The build in build/$folder failed; its log is build/logs/$folder.log" >&2
        return 1
    }
}
