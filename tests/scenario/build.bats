#!/usr/bin/env bats
# What quickstart.sh and test.sh share: scripts/lib/build.sh.

setup() {
    LIBRARY=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)/scripts/lib/build.sh
}

@test "clang's sanitizers come from the package of its version" {
    # shellcheck source=scripts/lib/build.sh
    . "$LIBRARY"
    local version
    clang() { [ "$*" = -dumpversion ] && echo "$version"; }
    for version in 14.0.6 19.1.7 21; do
        [ "$(clang_runtime)" = "libclang-rt-${version%%.*}-dev" ]
    done
}

@test "the sources of a clone are exported without git, and nothing else of the folder is" {
    local clone=$BATS_TEST_TMPDIR/clone
    mkdir -p "$clone/scripts/lib" "$clone/src" "$clone/.git" "$clone/build/old"
    cp "$LIBRARY" "$clone/scripts/lib/"
    printf '#!/bin/sh\n: >configure\n' >"$clone/autogen.sh"
    chmod 755 "$clone/autogen.sh"
    touch "$clone/configure.ac" "$clone/Makefile.am" "$clone/src/main.c" "$clone/.git/HEAD" "$clone/build/old/main.o"
    # Where git is installed, it finds no repository here.
    GIT_CEILING_DIRECTORIES=$BATS_TEST_TMPDIR bash -euc '. "$1/scripts/lib/build.sh"; export_sources' - "$clone"
    cd "$clone/build/source"
    [ -e src/main.c ] && [ -e scripts/lib/build.sh ] && [ -e configure ]
    [ ! -e .git ] && [ ! -e build ]
}

@test "another apt is waited for; any other failure is not" {
    mkdir "$BATS_TEST_TMPDIR/bin"
    cat >"$BATS_TEST_TMPDIR/bin/apt-get" <<'END'
#!/bin/sh
echo x >>"$CALLS"
if [ "$(wc -l <"$CALLS")" -lt 4 ]; then
    echo "E: $FAULT" >&2
    exit 100
fi
END
    chmod 755 "$BATS_TEST_TMPDIR/bin/apt-get"
    attempt() { # FAULT
        env "FAULT=$1" "CALLS=$BATS_TEST_TMPDIR/calls" APT_PAUSE=0 "PATH=$BATS_TEST_TMPDIR/bin:$PATH" bash -c "
            source '$LIBRARY'; LOGS=$BATS_TEST_TMPDIR; with_apt apt-get update"
    }
    attempt "Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 42 (apt-get)"
    [ "$(wc -l <"$BATS_TEST_TMPDIR/calls")" = 4 ]
    rm "$BATS_TEST_TMPDIR/calls"
    ! attempt "Unable to locate package nothing" || return 1
    [ "$(wc -l <"$BATS_TEST_TMPDIR/calls")" = 1 ]
}
