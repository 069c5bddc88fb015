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
