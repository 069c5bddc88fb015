#!/usr/bin/env bats
# The secret file: there whole, for its owner, or not at all.

load helper

setup() {
    open_box 1.166
    with DOCTL_SIM_PASSWORD=AVNS_secret
}

teardown() {
    case $BATS_TEST_TMPDIR in
    /tmp/managed-db-test.*) rm -rf "$BATS_TEST_TMPDIR" ;;
    esac
}

OTHER="postgresql://me:mine@elsewhere.example.com:5432/mine?sslmode=require"

@test "0600 (the certificate 0644), no newline, folder 0700, whatever the umask" {
    local mask
    for mask in 000 022 077 177; do
        open_box 1.166
        mkdir "$BOX/app"
        umask "$mask"
        mdb setup
        umask 022
        works
        equal "$(mode_of "$SECRETS")" 700 "folder with umask $mask"
        equal "$(mode_of "$SECRETS/database_url")" 600 "URL with umask $mask"
        equal "$(mode_of "$SECRETS/ca-certificate.crt")" 644 "certificate with umask $mask"
        equal "$(wc -l <"$SECRETS/database_url")" 0 newlines
    done
}

@test "parents that have to be made are as the umask says, a folder that is there stays as it is" {
    mdb setup --secret-file "$BOX/a/b/c/url" --ca-file "$BOX/a/b/d/ca.pem"
    works
    equal "$(mode_of "$BOX/a")" 755
    equal "$(mode_of "$BOX/a/b")" 755
    equal "$(mode_of "$BOX/a/b/c")" 700
    equal "$(mode_of "$BOX/a/b/d")" 700
    mkdir -m 750 "$BOX/mine"
    mdb setup --secret-file "$BOX/mine/url"
    works
    equal "$(mode_of "$BOX/mine")" 750
}

@test "a file with other rights gets 0600, a whole one is left alone" {
    mdb setup
    works
    chmod 644 "$SECRETS/database_url"
    mdb setup
    works
    equal "$(mode_of "$SECRETS/database_url")" 600
    local before
    before=$(files)
    mdb setup
    works
    equal "$(files)" "$before"
    said "Connection string unchanged: $SECRETS/database_url"
    said "SSL certificate unchanged: $SECRETS/ca-certificate.crt"
}

@test "a symbolic link to a file is replaced, not followed, and that is said" {
    mkdir -p "$SECRETS"
    echo theirs >"$BOX/theirs"
    ln -s "$BOX/theirs" "$SECRETS/database_url"
    mdb setup
    works
    said "$SECRETS/database_url was a link: a file has taken its place"
    [ ! -L "$SECRETS/database_url" ]
    equal "$(cat "$BOX/theirs")" theirs
    url | grep -q '^postgresql://doadmin:' || fail "no URL"
}

@test "other links, devices, and what is below /dev and /proc are 6 before any change" {
    local place before
    before=$(stat -c '%F %i' /dev/stdout /dev/null)
    mkdir -p "$SECRETS"
    ln -s "$BOX/nowhere" "$SECRETS/nowhere"
    ln -s /dev/null "$SECRETS/null"
    for place in /dev/stdout /dev/fd/1 /proc/self/fd/1 /dev/null /dev/managed-db/url "$SECRETS/nowhere" \
        "$SECRETS/null"; do
        mdb setup --secret-file "$place"
        fails 6
        said "managed-db url"
        mdb setup --ca-file "$place"
        fails 6
    done
    equal "$(mutations)" ""
    equal "$(stat -c '%F %i' /dev/stdout /dev/null)" "$before"
    [ ! -e /dev/managed-db ]
    [ -L "$SECRETS/nowhere" ] && [ -L "$SECRETS/null" ] && [ ! -e "$BOX/nowhere" ]
}

@test "a symbolic link to a good copy is replaced too" {
    mdb setup
    works
    mv "$SECRETS/database_url" "$BOX/copy"
    ln -s "$BOX/copy" "$SECRETS/database_url"
    mdb setup
    works
    [ ! -L "$SECRETS/database_url" ]
}

@test "a hard link elsewhere keeps the old content" {
    mkdir -p "$SECRETS"
    printf '%s' "$OTHER" >"$SECRETS/database_url"
    ln "$SECRETS/database_url" "$BOX/linked"
    mdb setup
    works
    equal "$(cat "$BOX/linked")" "$OTHER"
}

@test "the URL of another database is kept as .previous, 0600, once" {
    mkdir -p "$SECRETS"
    printf '%s' "$OTHER" >"$SECRETS/database_url"
    mdb setup
    works
    equal "$(cat "$SECRETS/database_url.previous")" "$OTHER"
    equal "$(mode_of "$SECRETS/database_url.previous")" 600
    said "$SECRETS/database_url.previous"
    not_said mine
    # The first one is the one that counts.
    printf '%s' "postgresql://x:y@third.example.com/z" >"$SECRETS/database_url"
    mdb setup
    works
    equal "$(cat "$SECRETS/database_url.previous")" "$OTHER"
}

@test "what is no URL is kept too, an empty file is not" {
    mkdir -p "$SECRETS"
    printf 'do not lose me\n' >"$SECRETS/database_url"
    mdb setup
    works
    equal "$(cat "$SECRETS/database_url.previous")" "do not lose me"
    rm "$SECRETS"/database_url*
    : >"$SECRETS/database_url"
    mdb setup
    works
    [ ! -e "$SECRETS/database_url.previous" ]
    printf '\0do not lose me' >"$SECRETS/database_url"
    cp "$SECRETS/database_url" "$BOX/before"
    mdb setup
    works
    cmp "$SECRETS/database_url.previous" "$BOX/before"
}

@test "an older URL of the same database is no other one" {
    mdb setup
    works
    local host=freshtrack-db-do-user-1234567-0.k
    local older
    for older in "postgresql://doadmin:old@private-$host.db.ondigitalocean.com:25061/app-pool?sslmode=require" \
        "postgresql://doadmin:old@$host.db.ondigitalocean.com:25060/defaultdb?sslmode=require" \
        "postgres://doadmin:old@$host-pooler.db.ondigitalocean.com:25060/defaultdb"; do
        printf '%s' "$older" >"$SECRETS/database_url"
        mdb setup
        works
        [ ! -e "$SECRETS/database_url.previous" ] || fail "kept: $older"
        [ "$(url)" != "$older" ] || fail "not replaced: $older"
    done
}

@test "another database of the same cluster is another one" {
    mdb setup
    works
    local other="postgresql://doadmin:old@freshtrack-db-do-user-1234567-0.k.db.ondigitalocean.com:25061/orders"
    printf '%s' "$other" >"$SECRETS/database_url"
    mdb setup
    works
    equal "$(cat "$SECRETS/database_url.previous")" "$other"
}

@test "what could not be written is told before a cluster is billed" {
    mdb setup --secret-file "$SECRETS/$(printf 'n%.0s' {1..245})"
    fails 6
    said "File name too long"
    mdb setup --secret-file "$SECRETS/one" --ca-file "$SECRETS/one"
    fails 2
    said "cannot hold both"
    mkdir "$BOX/s"
    ln -s s "$BOX/t"
    cd "$BOX"
    mdb setup --secret-file s/a --ca-file s/./a
    fails 2
    mdb setup --secret-file t/a --ca-file "$BOX//s/../s/a"
    fails 2
    said "cannot hold both"
    cd "$OLDPWD"
    equal "$(mutations)" "" changes
    [ "$(id -u)" = 0 ] || skip "the rest needs root"
    # As nobody: an owner that it may not give files to, and a file of its own that it cannot read.
    local nobody=("$(command -v setpriv)" --reuid=nobody --regid=nogroup --clear-groups)
    chmod 755 "$BATS_RUN_TMPDIR" "$BATS_TEST_TMPDIR" "$BOX"
    mkdir -p "$SECRETS"
    chown -R nobody "$BOX/app"
    "${nobody[@]}" test -x "$PROGRAM" || skip "nobody cannot reach the program"
    "${nobody[@]}" test -x "$BOX/bin" || skip "nobody cannot reach the box"
    rm -rf "$STATE" "$BOX/lock"
    mkdir -m 777 "$STATE" "$BOX/lock"
    WRAPPER=("${nobody[@]}" ${WRAPPER[@]+"${WRAPPER[@]}"})
    with DOCTL_SIM_LOG=
    mdb setup --secret-owner 1000
    exits 6
    said "to user 1000"
    install -m 000 -o nobody /dev/null "$SECRETS/database_url"
    mdb setup
    exits 6
    said "cannot read"
    WRAPPER=()
    equal "$(count cluster)" 0 clusters
}

@test "save keeps .previous too" {
    whole
    mkdir -p "$SECRETS"
    printf '%s' "$OTHER" >"$SECRETS/do_database_url"
    mdb save "$ID"
    works
    equal "$(cat "$SECRETS/do_database_url.previous")" "$OTHER"
}

@test "a new password is written" {
    whole
    mdb setup
    works
    local inode
    inode=$(stat -c %i "$SECRETS/database_url")
    fake_doctl <<'FAKE'
#!/bin/sh
"$REAL" "$@" | sed 's/AVNS_secret/AVNS_rotated/g'
FAKE
    mdb setup
    works
    url | grep -q AVNS_rotated || fail "the old password"
    [ "$(stat -c %i "$SECRETS/database_url")" != "$inode" ] || fail "written in place"
    said "Connection string saved: $SECRETS/database_url"
    [ ! -e "$SECRETS/database_url.previous" ]
}

@test "a path below a regular file is 6 before any change" {
    echo file >"$BOX/file"
    local words
    for words in "--secret-file $BOX/file/url" "--ca-file $BOX/file/ca.crt"; do
        # shellcheck disable=SC2086
        mdb setup $words
        fails 6
        said "$BOX/file"
        equal "$(mutations)" "" changes
        equal "$(count cluster)" 0 clusters
    done
    with "MANAGED_DB_SECRETS_DIR=$BOX/file/secrets"
    for words in setup create; do
        mdb "$words"
        fails 6
        equal "$(mutations)" "" changes
    done
    mdb --faithful --dialect plan setup
    fails 6
    equal "$(mutations)" "" changes
}

@test "a folder at the secret's path is 6 before any change" {
    mkdir -p "$SECRETS/database_url"
    mdb setup
    fails 6
    equal "$(mutations)" "" changes
    rmdir "$SECRETS/database_url"
    mkdir "$SECRETS/ca-certificate.crt"
    mdb setup
    fails 6
    equal "$(mutations)" "" changes
    mdb setup --secret-file "$BOX/"
    [ "$status" = 6 ] || [ "$status" = 2 ] || fail "exit status $status"
    equal "$(mutations)" "" changes
}

@test "a folder that may not be written is 6 before any change" {
    [ "$(id -u)" != 0 ] || skip "root may write everywhere"
    mkdir -m 500 -p "$SECRETS"
    mdb setup
    fails 6
    equal "$(mutations)" "" changes
}

@test "a folder without the right to write, as nobody" {
    [ "$(id -u)" = 0 ] || skip "only root can become nobody"
    command -v setpriv >/dev/null || skip "no setpriv here"
    BATS_TEST_TMPDIR=$(mktemp -d /tmp/managed-db-test.XXXXXX)
    chmod 755 "$BATS_TEST_TMPDIR"
    open_box 1.166
    mkdir -m 755 -p "$SECRETS" "$STATE"
    chown -R nobody "$STATE" "$BOX"
    chown root "$SECRETS"
    touch "$LOG"
    chmod 666 "$LOG"
    setpriv --reuid=nobody --regid=nogroup --clear-groups test -x "$PROGRAM" || skip "nobody cannot reach the program"
    setpriv --reuid=nobody --regid=nogroup --clear-groups test -x "$BOX/bin" || skip "nobody cannot reach the box"
    WRAPPER=("$(command -v setpriv)" --reuid=nobody --regid=nogroup --clear-groups ${WRAPPER[@]+"${WRAPPER[@]}"})
    mdb setup
    rm -rf "$STATE"
    fails 6
    said "$SECRETS"
    equal "$(mutations)" "" changes
}

@test "--secret-owner gives both files away (root only)" {
    [ "$(id -u)" = 0 ] || skip "only root can give files away"
    mdb setup --secret-owner 12345:23456
    works
    equal "$(stat -c %u:%g:%a "$SECRETS/database_url")" 12345:23456:600
    equal "$(stat -c %u:%g:%a "$SECRETS/ca-certificate.crt")" 12345:23456:644
    local before
    before=$(files)
    mdb setup --secret-owner 12345:23456
    works
    equal "$(files)" "$before" "files after the second run"
    ID=$(cat "$BOX/out")
    mdb save "$ID" --secret-owner 4711
    works
    equal "$(stat -c %u:%a "$SECRETS/do_database_url")" 4711:600
}

@test "a file that belongs to somebody else is 6 before any change (root only)" {
    [ "$(id -u)" = 0 ] || skip "only root can give files away"
    local file
    for file in database_url ca-certificate.crt; do
        open_box 1.166
        mkdir -p "$SECRETS"
        echo theirs >"$SECRETS/$file"
        chown 12345 "$SECRETS/$file"
        mdb setup
        fails 6
        said "belongs to user 12345"
        said "--secret-owner"
        equal "$(cat "$SECRETS/$file")" theirs
        equal "$(mutations)" "" changes
    done
}

@test "a folder in which others can write is 6 before any change" {
    mkdir -p "$SECRETS"
    chmod 777 "$SECRETS"
    mdb setup
    fails 6
    said "others can write in the folder $SECRETS"
    equal "$(mutations)" "" changes
    mkdir -m 1777 "$BOX/sticky"
    mdb setup --secret-file "$BOX/sticky/url" --ca-file "$BOX/sticky/ca"
    fails 6
    equal "$(mutations)" "" changes
}

@test "a folder in which a group can write is 6, unless it is one's own group (root only)" {
    [ "$(id -u)" = 0 ] || skip "only root can give folders away"
    mkdir -p "$SECRETS"
    chgrp 4711 "$SECRETS"
    chmod 770 "$SECRETS"
    mdb setup
    fails 6
    said "group 4711 can write"
    equal "$(mutations)" "" changes
    chgrp "$(id -g)" "$SECRETS"
    mdb setup
    works
}

@test "what a killed run left beside the files goes with the next run, and nothing else does" {
    mkdir -p "$SECRETS"
    sh -c 'echo $$' >"$BOX/ended"
    local ended
    ended=$(cat "$BOX/ended")
    echo left >"$SECRETS/database_url.$ended-1f.tmp"
    echo left >"$SECRETS/ca-certificate.crt.$ended.tmp"
    echo mine >"$SECRETS/database_url.old"
    echo mine >"$SECRETS/database_url.1.tmp.txt"
    echo mine >"$SECRETS/notes.tmp"
    mdb setup
    works
    equal "$(ls "$SECRETS" | tr '\n' ' ')" \
        "ca-certificate.crt database_url database_url.1.tmp.txt database_url.old notes.tmp "
}

@test "--secret-owner of another user is 6 for everybody else" {
    [ "$(id -u)" != 0 ] || skip "root can give files away"
    whole
    mdb save "$ID" --secret-owner 0:0
    fails 6
    no_temporary_files
}

@test "--no-secret-file writes no URL" {
    mdb setup --no-secret-file
    works
    [ ! -e "$SECRETS/database_url" ]
    said "Connection: postgresql://doadmin:****@"
    is_whole
    mdb setup --no-secret-file --secret-file "$BOX/url"
    fails 2
    # Its folder does not matter then.
    echo file >"$BOX/file"
    mdb setup --no-secret-file --ca-file "$BOX/ca.crt"
    works
}

@test "paths with blanks, quotes and newlines in them" {
    whole
    mdb save "$ID" "$BOX/a folder/it's \"here\" \$(x) é"
    works
    answered "$BOX/a folder/it's \"here\" \$(x) é"
    [ -s "$BOX/a folder/it's \"here\" \$(x) é" ]
    mdb save "$ID" "$BOX/a"$'\n'"b"
    fails 2
    mdb save "$ID" -- --hostile
    fails 2
}

@test "a relative path is one of the working folder" {
    whole
    mkdir "$BOX/cwd"
    cd "$BOX/cwd"
    mdb save "$ID" here
    works
    answered here
    [ -s "$BOX/cwd/here" ]
    mdb ca "$ID" ./ca.pem
    works
    [ -s "$BOX/cwd/ca.pem" ]
}

@test "stdout that is closed is told before anything is made" {
    status=0
    env -i "${ENVIRONMENT[@]}" ${WRAPPER[@]+"${WRAPPER[@]}"} "$PROGRAM" setup >&- 2>"$BOX/err" </dev/null || status=$?
    exits 6
    equal "$(count cluster)" 0 clusters
}

@test "stdout that is closed or full is 6, and one message tells it" {
    whole
    local words
    for words in "check freshtrack-db" "url $ID" "vpc" "info $ID" "--help" "--version"; do
        status=0
        # shellcheck disable=SC2086
        env -i "${ENVIRONMENT[@]}" ${WRAPPER[@]+"${WRAPPER[@]}"} "$PROGRAM" $words >&- 2>"$BOX/err" </dev/null ||
            status=$?
        exits 6
        said stdout
        [ -e /dev/full ] || continue
        status=0
        # shellcheck disable=SC2086
        env -i "${ENVIRONMENT[@]}" ${WRAPPER[@]+"${WRAPPER[@]}"} "$PROGRAM" $words >/dev/full 2>"$BOX/err" \
            </dev/null || status=$?
        exits 6
        said stdout
    done
}

@test "a reader of stdout that is gone is 6, not a silent end" {
    whole
    mkfifo "$BOX/fifo"
    sleep 20 <"$BOX/fifo" 3>&- &
    local reader=$!
    exec 9>"$BOX/fifo"
    kill "$reader"
    wait "$reader" || true
    status=0
    env -i "${ENVIRONMENT[@]}" ${WRAPPER[@]+"${WRAPPER[@]}"} "$PROGRAM" check freshtrack-db >&9 2>"$BOX/err" \
        </dev/null || status=$?
    exec 9>&-
    exits 6
    said stdout
}

@test "closed stdin and stderr do not end up in files or pipes" {
    [ "${#WRAPPER[@]}" -eq 0 ] || skip "valgrind itself needs them"
    status=0
    env -i "${ENVIRONMENT[@]}" ${WRAPPER[@]+"${WRAPPER[@]}"} "$PROGRAM" "${OPTIONS[@]}" setup --droplet 42 \
        >"$BOX/out" 2>&- <&- || status=$?
    exits 0
    is_whole droplet:42
    equal "$(wc -c <"$SECRETS/database_url")" "$(tr -d '\n' <"$SECRETS/database_url" | wc -c)"
    url | grep -qE '^postgresql://[^ ]*sslmode=require$' || fail "the story is in the secret file"
    grep -q 'BEGIN CERTIFICATE' "$SECRETS/ca-certificate.crt"
}

@test "a file that is mounted, immutable or append-only is 6 before any change (root only)" {
    [ "$(id -u)" = 0 ] || skip "only root can mount"
    mkdir -p "$SECRETS"
    local name=database_url tried=
    for name in database_url ca-certificate.crt; do
        echo theirs >"$SECRETS/$name"
        if mount --bind "$SECRETS/$name" "$SECRETS/$name" 2>/dev/null; then
            mdb setup
            umount "$SECRETS/$name"
            fails 6
            said "$SECRETS/$name is mounted by itself"
            tried=1
        fi
        for flag in i a; do
            chattr "+$flag" "$SECRETS/$name" 2>/dev/null || continue
            mdb setup
            chattr "-$flag" "$SECRETS/$name"
            fails 6
            said "cannot replace $SECRETS/$name"
            tried=1
        done
        equal "$(cat "$SECRETS/$name")" theirs
        rm "$SECRETS/$name"
    done
    equal "$(mutations)" ""
    [ "$tried" ] || skip "neither mount nor chattr here"
}

@test "a limit for the size of files is 6 before any change" {
    [ "${#WRAPPER[@]}" -eq 0 ] || skip "valgrind writes files too"
    mkdir -p "$SECRETS"
    printf '%s' "$OTHER" >"$SECRETS/database_url"
    status=0
    (
        ulimit -f 4
        with DOCTL_SIM_LOG=
        mdb setup
        exit "$status"
    ) || status=$?
    fails 6
    said "File too large"
    equal "$(count cluster)$(count vpc)" 00
    equal "$(url)" "$OTHER"
    no_temporary_files
}

@test "saves at the same time do not take each other's files away" {
    local i failed=0 jobs=()
    whole
    for ((i = 0; i < 40; i++)); do
        env -i "${ENVIRONMENT[@]}" DOCTL_SIM_LOG= "$PROGRAM" save "$ID" \
            >/dev/null 2>"$BOX/err.$i" </dev/null 3>&- &
        jobs+=("$!")
    done
    for i in "${!jobs[@]}"; do
        wait "${jobs[i]}" || {
            failed=$((failed + 1))
            tail -n 1 "$BOX/err.$i" >&2
        }
    done
    equal "$failed" 0 "saves that failed"
    equal "$(ls -A "$SECRETS")" do_database_url "files"
}

@test "a disk that is full keeps the old file, and is known before any change" {
    [ "$(id -u)" = 0 ] || skip "only root can mount"
    mkdir -p "$SECRETS"
    mount -t tmpfs -o size=8k tmpfs "$SECRETS" 2>/dev/null || skip "no mount here"
    printf '%s' "$OTHER" >"$SECRETS/database_url"
    dd if=/dev/zero of="$SECRETS/filler" bs=1k count=100 2>/dev/null || true
    mdb setup
    local content left
    content=$(cat "$SECRETS/database_url")
    left=$(ls "$SECRETS")
    umount "$SECRETS"
    fails 6
    equal "$content" "$OTHER"
    equal "$left" "$(printf 'database_url\nfiller')" "files left behind"
    equal "$(mutations)" ""
}

@test "a secret of a megabyte and more is not read, and told" {
    whole
    mkdir -p "$SECRETS"
    dd if=/dev/zero of="$SECRETS/database_url" bs=1M count=2 2>/dev/null
    mdb setup
    fails 6
    said "$SECRETS/database_url"
    equal "$(wc -c <"$SECRETS/database_url")" 2097152
}
