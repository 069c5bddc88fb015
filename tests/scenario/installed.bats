#!/usr/bin/env bats
# What `make install` brings: all that the pages speak of, and scripts that find each other. And docs/FROM-BASH.md, followed
# to the letter.
# shellcheck shell=bash

load helper

setup_file() {
    local build
    build=$(cd "${BUILD_DIR:-.}" && pwd)
    make -s -C "$build" install prefix=/usr "DESTDIR=$BATS_FILE_TMPDIR" >"$BATS_FILE_TMPDIR/log" 2>&1 </dev/null
}

setup() {
    ROOT=$BATS_FILE_TMPDIR
    DOC=$ROOT/usr/share/doc/managed-db
    open_box 1.166
    with "PATH=$ROOT/usr/bin:$BOX/bin:/usr/bin:/bin"
}

@test "every link of the installed pages leads somewhere" {
    local page target wrong=()
    while IFS= read -r page; do
        while IFS= read -r target; do
            [[ $target != *:* ]] || continue
            target=${target%%#*}
            [ -z "$target" ] || [ -e "$(dirname "$page")/$target" ] || wrong+=("${page#"$DOC"/}: $target")
        done < <(sed '/^ *```/,/^ *```/d; s/`[^`]*`//g' "$page" | grep -oE '\]\([^) ]+\)' | sed 's/^](//; s/)$//')
    done < <(find "$DOC" -name '*.md')
    equal "${wrong[*]:-}" "" "links to nowhere"
    [ "$(find "$DOC" -name '*.md' | wc -l)" -gt 12 ] || fail "too few pages"
}

@test "program, simulator, manual page, completions, library, scripts, overlay and example are there" {
    local file
    for file in bin/managed-db libexec/managed-db/doctl share/man/man1/managed-db.1 \
        share/bash-completion/completions/managed-db.bash share/zsh/site-functions/_managed-db \
        share/fish/vendor_completions.d/managed-db.fish share/managed-db/docker/compose.digitalocean.yaml \
        share/managed-db/scripts/deploy.config.example share/managed-db/scripts/lib/cloud-init.yaml \
        share/managed-db/scripts/lib/managed-db-helpers.sh share/managed-db/scripts/lib/doctl-helpers.sh; do
        [ -s "$ROOT/usr/$file" ] || fail "$file is not there"
    done
    env -i "${ENVIRONMENT[@]}" managed-db setup --simulate="$BOX/account" >"$BOX/out" 2>"$BOX/err" || fail "no setup"
    [ -s "$BOX/account/secrets/database_url" ] || fail "no URL"
}

@test "the installed deployment scripts find their parts, and a configuration in the working folder" {
    cd "$BOX"
    status=0
    env -i "${ENVIRONMENT[@]}" "$ROOT/usr/share/managed-db/scripts/deploy-digitalocean.sh" >"$BOX/out" 2>"$BOX/err" || status=$?
    [ "$status" != 0 ]
    said "There is no configuration"
    said "deploy.config.example"
    printf 'DROPLET_NAME=-x\n' >deploy.config
    status=0
    env -i "${ENVIRONMENT[@]}" "$ROOT/usr/share/managed-db/scripts/deploy-digitalocean.sh" >"$BOX/out" 2>"$BOX/err" || status=$?
    said "deploy.config:1"
}

# The plan's deploy script, as far as it is about the database.
plan_script() {
    cat <<'END'
set -euo pipefail
success() { echo "✓ $*"; }
info() { echo "ℹ $*"; }
warning() { echo "⚠ $*"; }
step() { echo "==> $*"; }
error() { echo "✗ $*"; }
source "${SCRIPT_DIR}/lib/doctl-helpers.sh"
source "${SCRIPT_DIR}/lib/managed-db-helpers.sh"
END
    sed -n '/^setup_managed_database() {/,/^}/p' "$BATS_TEST_DIRNAME/plan.bash"
    cat <<'END'
main() {
    validate_doctl_auth || exit 1
    DROPLET_ID=42
    setup_managed_database || { warning "Managed database setup failed, continuing with self-hosted mode"; }
    success "Deployed"
}
main
END
}

# The three lines of the page, with the root of this installation in front.
page_line() {
    awk '/^ *```sh/ {code = 1; next} /^ *```/ {code = 0} code' "$TOP/docs/FROM-BASH.md" | sed -n "s/^ *//; ${1}p" |
        sed "s|/usr/share|$ROOT/usr/share|"
}

@test "docs/FROM-BASH.md: the plan's script, its three changed lines, a run" {
    local one two three
    one=$(page_line 1) two=$(page_line 2) three=$(page_line 3)
    [[ $one == source*doctl-helpers.sh && $two == source*managed-db-helpers.sh && $three == managed_db\ * ]] || fail "other lines"
    plan_script | awk -v one="$one" -v two="$two" -v three="$three" '
        /^source .*\/doctl-helpers/ {print one; next}
        /^source .*managed-db-helpers/ {print two; next}
        /^    setup_managed_database / {print three; next} {print}' >"$BOX/script"
    equal "$(diff <(plan_script) "$BOX/script" | grep -c '^>')" 3 "changed lines"
    doctl sim droplet add 42 >/dev/null
    local i
    for i in 1 2; do
        env -i "${ENVIRONMENT[@]}" USE_MANAGED_DB=true bash "$BOX/script" >"$BOX/out" 2>"$BOX/err" </dev/null || fail "run $i"
        grep -qx '✓ Deployed' "$BOX/out" || fail "run $i did not go on"
    done
    equal "$(calls | grep -c '^databases create ')" 1 "clusters"
    equal "$(mode_of "$SECRETS/database_url")" 600
    # A step that fails ends the deployment, with its status.
    with DOCTL_SIM_FAULT="databases list=500"
    status=0
    env -i "${ENVIRONMENT[@]}" bash "$BOX/script" >"$BOX/out" 2>"$BOX/err" </dev/null || status=$?
    equal "$status" 4 "exit status"
    ! grep -q Deployed "$BOX/out" || fail "it went on"
}
