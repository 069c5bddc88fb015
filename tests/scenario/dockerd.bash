# A dockerd of the tests: its socket, folders and network are its own, and its images are made of a static busybox.
# shellcheck shell=bash
# shellcheck disable=SC2034  # shared with the tests

# begin_ground: sets GROUND, a folder with a short name, and DOCKER_HOST; skips where no Docker can be run.
begin_ground() {
    # One Docker, and ports that only one project can have.
    export BATS_NO_PARALLELIZE_WITHIN_FILE=true
    find_tools
    if [ ! -x "$TOOLS/root/usr/sbin/dockerd" ] || [ "$(id -u)" != 0 ]; then
        if [ -n "${CI:-}" ]; then
            echo "no dockerd, or not root: scripts/test.sh fetches it" >&2
            return 1
        fi
        skip "NOT TRIED ON A REAL DOCKER: that needs root, and dockerd, which scripts/test.sh fetches"
    fi
    # Not even root may do it everywhere, and no test can mend that.
    unshare -n true 2>/dev/null || skip "NOT TRIED ON A REAL DOCKER: this machine makes no network namespace"
    find_compose
    local program
    program=$(cd "${BUILD_DIR:-.}" && pwd)
    # A socket has a short name.
    GROUND=$(mktemp -d /tmp/managed-db-docker.XXXXXX)
    export TOOLS GROUND DOCKER_CONFIG=$DOCKER_CONFIG_DIR DOCKER_HOST=unix://$GROUND/socket
    export PATH=$GROUND/bin:$DOCKER:/usr/sbin:/usr/bin:/sbin:/bin
    mkdir -p "$GROUND/bin" "$GROUND/image/bin" "$GROUND/image/etc" "$GROUND/image/tmp"
    ln -s "$program/managed-db" "$GROUND/bin/managed-db"
    start_docker
    cp "$TOOLS/root/bin/busybox" "$GROUND/image/bin/"
    "$TOOLS/root/bin/busybox" --install -s "$GROUND/image/bin" 2>/dev/null || true
    find "$GROUND/image/bin" -type l -exec ln -sfn busybox {} \;
    # What the images of the base are told to run.
    printf '#!/bin/sh\nexec sleep 100000\n' >"$GROUND/image/bin/server"
    chmod 755 "$GROUND/image/bin/server"
    tar -C "$GROUND/image" -c . | docker import --change 'CMD ["/bin/sleep", "100000"]' - images >/dev/null
    local image
    sed -n 's/^ *image: //p' "$BATS_TEST_DIRNAME/../compose/base.yaml" | while read -r image; do
        docker tag images "$image"
    done
}

# In a network of its own, so that no port is taken.
start_docker() {
    PATH=$TOOLS/root/usr/sbin:$TOOLS/root/usr/bin:$PATH unshare -n sh -c \
        "$TOOLS/root/bin/busybox ip link set lo up; exec dockerd --iptables=false -H $DOCKER_HOST --data-root $GROUND/data \
            --exec-root $GROUND/exec -p $GROUND/pid" >>"$GROUND/log" 2>&1 3>&- 4>&- </dev/null &
    local i
    for ((i = 0; i < 300; i++)); do
        if docker version >/dev/null 2>&1; then
            return 0
        fi
        sleep 0.1
    done
    cat "$GROUND/log" >&2
    return 1
}

stop_docker() {
    local pid i
    pid=$(cat "$GROUND/pid") || return 0
    kill "$pid"
    for ((i = 0; i < 600; i++)); do
        if ! kill -0 "$pid" 2>/dev/null; then
            return 0
        fi
        sleep 0.1
    done
    return 1
}

end_ground() {
    [ -n "${GROUND:-}" ] || return 0
    local all
    all=$(docker ps -aq 2>/dev/null)
    [ -z "$all" ] || docker rm -f $all >/dev/null
    stop_docker
    rm -rf "$GROUND"
}

running() {
    docker ps --format '{{.Label "com.docker.compose.service"}}' | sort | tr '\n' ' '
}
