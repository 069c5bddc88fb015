#!/bin/sh
# Makes ./configure. Needs autoconf, automake and pkg-config (Debian: autoconf automake pkg-config).
set -eu
cd "$(dirname "$0")"
for tool in autoconf automake pkg-config; do
    if ! command -v "$tool" >/dev/null 2>&1; then
        echo "autogen.sh: $tool is missing: apt-get install autoconf automake pkg-config" >&2
        exit 1
    fi
done
exec autoreconf --install --force --warnings=all
