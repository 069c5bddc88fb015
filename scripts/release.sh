#!/usr/bin/env bash
# Makes a release of what is committed: the sources of `make dist`, the Debian package, and the static program, each
# with its checksum, in build/release.
#
#   ./scripts/release.sh TAG     such as v0.2.0; it has to be the version of configure.ac
#   ./scripts/release.sh HEAD    the same without a tag, to see that it can be made
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/lib/build.sh
source scripts/lib/build.sh

TAG=${1:?"name a tag, such as v0.2.0, or HEAD"}
VERSION=$(git show "$TAG:configure.ac" | sed -n 's/^AC_INIT(\[managed-db\], \[\([^]]*\)\].*/\1/p')
OUT=$PWD/build/release
WORK=$OUT/work

if [ "$TAG" != HEAD ] && [ "$TAG" != "v$VERSION" ]; then
    echo "$TAG is not the version of its configure.ac, $VERSION: tag v$VERSION, or change the version" >&2
    exit 1
fi
for file in CHANGELOG.md debian/changelog; do
    if ! git show "$TAG:$file" | grep -qE "(^## |\()${VERSION//./\\.}([,)]|\$)"; then
        echo "$file does not tell of $VERSION" >&2
        exit 1
    fi
done

build_packages
need_packages debhelper lintian dpkg-dev
rm -rf "$OUT"
mkdir -p "$WORK/source" "$WORK/build"

echo "==> The sources"
git archive "$TAG" | tar -x -C "$WORK/source"
(cd "$WORK/source" && ./autogen.sh) >"$OUT/log" 2>&1
(cd "$WORK/build" && ../source/configure && make -j "$(nproc)" && make dist) >>"$OUT/log" 2>&1
cp "$WORK/build/managed-db-$VERSION.tar.xz" "$OUT"

echo "==> The static program"
make -C "$WORK/build" static >>"$OUT/log" 2>&1
(cd "$WORK/build" && mv static "managed-db-$VERSION-static" &&
    tar -czf "$OUT/managed-db-$VERSION-linux-$(dpkg --print-architecture)-static.tar.gz" "managed-db-$VERSION-static")

echo "==> The Debian package"
tar -xJf "$OUT/managed-db-$VERSION.tar.xz" -C "$WORK"
(cd "$WORK/managed-db-$VERSION" && DEB_BUILD_OPTIONS="nocheck parallel=$(nproc)" dpkg-buildpackage -us -uc -b) >>"$OUT/log" 2>&1
lintian --fail-on error,warning "$WORK/managed-db_${VERSION}_$(dpkg --print-architecture).changes"
cp "$WORK/managed-db_${VERSION}"_*.deb "$OUT"

rm -rf "$WORK"
(cd "$OUT" && sha256sum managed-db* >SHA256SUMS && cat SHA256SUMS)
