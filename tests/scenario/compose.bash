# The real Compose 2 for the tests: the one that scripts/test.sh has fetched, else the machine's own.
# shellcheck shell=bash
# shellcheck disable=SC2034  # used by the tests

# find_tools: sets TOOLS, the folder that they were fetched to: beside the build, or beside these sources.
find_tools() {
    for TOOLS in "${BUILD_DIR:-.}/../tools" "$BATS_TEST_DIRNAME/../../../tools" "$BATS_TEST_DIRNAME/../../build/tools"; do
        if [ -d "$TOOLS" ]; then
            TOOLS=$(cd "$TOOLS" && pwd)
            return 0
        fi
    done
    TOOLS=/nowhere
}

# find_compose: sets DOCKER, the folder of a docker command that knows `compose`, DOCKER_CONFIG_DIR, and COMPOSE, the
# same as one program. Without one the test is left out, which CI does not do.
find_compose() {
    local plugin TOOLS
    find_tools
    if [ -x "$TOOLS/bin/docker" ]; then
        DOCKER=$TOOLS/bin
        DOCKER_CONFIG_DIR=$TOOLS/config
        COMPOSE=$DOCKER_CONFIG_DIR/cli-plugins/docker-compose
        return 0
    fi
    for plugin in "$HOME/.docker" /usr/local/lib/docker /usr/local/libexec/docker /usr/lib/docker /usr/libexec/docker; do
        if [ -x "$plugin/cli-plugins/docker-compose" ] && command -v docker >/dev/null; then
            DOCKER=$(dirname "$(command -v docker)")
            DOCKER_CONFIG_DIR=$HOME/.docker
            COMPOSE=$plugin/cli-plugins/docker-compose
            return 0
        fi
    done
    if [ -n "${CI:-}" ]; then
        echo "no Docker Compose 2: scripts/test.sh fetches it" >&2
        return 1
    fi
    skip "THERE IS NO DOCKER COMPOSE 2: scripts/test.sh fetches it"
}
