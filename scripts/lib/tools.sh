#!/usr/bin/env bash
# Docker for the tests, into build/tools and nowhere else: source this file after build.sh. Nothing is installed, so
# a Docker that is on the machine stays as it is.
#
#   fetch_compose    Compose 2 and the docker command, of Debian 13: build/tools/bin and build/tools/config
#   fetch_docker     dockerd of this Debian, and a static busybox
#   fetch_kubectl    kubectl of this Debian
#   fetch_cloud_init cloud-init of this Debian, for its schema, with the Python modules that it needs

TOOLS=$BUILD/tools

# Downloads Debian packages and unpacks them into build/tools/root. The options are apt-get's.
unpack_packages() { # PACKAGE... -- OPTION...
    local packages=() file
    while [ "$1" != -- ]; do
        packages+=("$1")
        shift
    done
    shift
    rm -rf "$TOOLS/download"
    mkdir -p "$TOOLS/download" "$TOOLS/root" && (
        cd "$TOOLS/download" && timeout 300 apt-get "$@" -q download "${packages[@]}" || exit
        for file in *.deb; do
            dpkg-deb -x "$file" "$TOOLS/root" || exit
        done
    )
}

# apt-get with a state of its own, for another release of Debian.
other_release() { # RELEASE
    local state=$TOOLS/apt
    mkdir -p "$state/lists/partial" "$state/cache/archives/partial"
    echo "deb http://deb.debian.org/debian $1 main" >"$state/sources.list"
    OTHER=(-o Dir::State="$state" -o Dir::Cache="$state/cache" -o Dir::Etc::SourceList="$state/sources.list"
        -o Dir::Etc::SourceParts=/dev/null -o Dir::State::status=/var/lib/dpkg/status
        -o Acquire::Languages=none -o APT::Sandbox::User=root)
    timeout 300 apt-get "${OTHER[@]}" -q update
}

fetch_compose() {
    [ ! -x "$TOOLS/bin/docker" ] || return 0
    say "Fetching Docker Compose"
    mkdir -p "$LOGS" "$TOOLS/bin" "$TOOLS/config/cli-plugins"
    { other_release trixie && unpack_packages docker-compose docker-cli -- "${OTHER[@]}"; } \
        >"$LOGS/compose.log" 2>&1 </dev/null || return
    ln -sf "$TOOLS/root/usr/libexec/docker/cli-plugins/docker-compose" "$TOOLS/config/cli-plugins/docker-compose"
    mv "$TOOLS/root/usr/bin/docker" "$TOOLS/bin/docker"
}

fetch_docker() {
    [ ! -x "$TOOLS/root/usr/sbin/dockerd" ] || return 0
    say "Fetching Docker"
    mkdir -p "$LOGS"
    unpack_packages docker.io containerd runc busybox-static -- >"$LOGS/docker.log" 2>&1 </dev/null
}

fetch_kubectl() {
    [ ! -x "$TOOLS/root/usr/bin/kubectl" ] || return 0
    say "Fetching kubectl"
    mkdir -p "$LOGS"
    unpack_packages kubernetes-client -- >"$LOGS/kubectl.log" 2>&1 </dev/null
}

fetch_cloud_init() {
    [ ! -d "$TOOLS/root/usr/lib/python3/dist-packages/cloudinit" ] || return 0
    say "Fetching cloud-init"
    mkdir -p "$LOGS"
    unpack_packages cloud-init python3-{attr,certifi,chardet,charset-normalizer,configobj,idna,jinja2,json-pointer} \
        python3-{jsonpatch,jsonschema,markupsafe,netifaces,oauthlib,pyrsistent,requests,six,urllib3,yaml} -- \
        >"$LOGS/cloud-init.log" 2>&1 </dev/null
}
