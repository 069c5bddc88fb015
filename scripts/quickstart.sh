#!/usr/bin/env bash
# Builds managed-db and runs its main job, a whole setup, on the bundled simulator; then runs it again,
# which changes nothing. Needs Debian (or a system with the packages below) and no DigitalOcean account.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/lib/build.sh
. scripts/lib/build.sh

build_packages
say "Building managed-db in build/quickstart"
export_sources
build_variant quickstart
ln -sfn quickstart/managed-db build/managed-db
program=build/quickstart/managed-db
"$program" --version

account=$(mktemp -d "${TMPDIR:-/tmp}/managed-db-quickstart.XXXXXX")
trap 'rm -rf "$account"' EXIT

# Nothing of the caller's own set-up takes part: the account is simulated.
setup() {
    env -u DO_REGION -u DO_DB_SIZE -u DO_API_TOKEN -u DROPLET_ID -u USE_MANAGED_DB \
        -u MANAGED_DB_SECRETS_DIR -u MANAGED_DB_DOCTL \
        "$program" setup --simulate="$account" --droplet 42 --poll-interval 0.2
}

say "managed-db setup --droplet 42, on a fresh simulated account"
cluster=$(setup)
say "The answer, alone on stdout: $cluster"

say "The same again: it finds everything and changes nothing"
before=$(ls -i "$account/secrets")
again=$(setup)
if [ "$again" != "$cluster" ] || [ "$(ls -i "$account/secrets")" != "$before" ]; then
    echo "The second run made another cluster or wrote a file again" >&2
    exit 1
fi

say "The secret file, with its URL masked"
ls -l "$account/secrets/database_url"
sed -E 's#//([^:]*):.*@#//\1:****@#' "$account/secrets/database_url"
printf '\n\n%s\n' "With your own account: install doctl, run 'doctl auth init', then $program doctor"
