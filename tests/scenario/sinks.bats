#!/usr/bin/env bats
# Where the URL goes besides the secret file: file, env, credential, command. Swarms, Kubernetes and Compose have tests
# with the real engines (swarm.bats, kubernetes.bats, docker.bats).

load helper

setup() {
    open_box 1.166
    with DOCTL_SIM_PASSWORD=AVNS_sunk
    # What reads the value, and says how often it was asked to.
    cat >"$BOX/bin/vault" <<END
#!/bin/bash
echo "\$*" >>"$BOX/vault.calls"
cat >"$BOX/vault.value"
END
    chmod 755 "$BOX/bin/vault"
}

# as_last_time: a second run writes nothing, starts nothing, and says so.
as_last_time() {
    local before
    before=$(find "$BOX/app" "$BOX"/vault.* "$BOX/there" -type f -printf '%p %i %T@\n' 2>/dev/null | LC_ALL=C sort)
    mdb setup "$@"
    works
    said "Nothing had to be changed"
    equal "$(find "$BOX/app" "$BOX"/vault.* "$BOX/there" -type f -printf '%p %i %T@\n' 2>/dev/null | LC_ALL=C sort)" "$before" files
}

@test "file: another file with the URL, 0600; nothing is written again" {
    mdb setup --sink "file:$BOX/there/url"
    works
    said "Given to file:$BOX/there/url"
    equal "$(cat "$BOX/there/url")" "$(url)"
    equal "$(mode_of "$BOX/there/url")" 600
    as_last_time --sink "file:$BOX/there/url"
    said "file:$BOX/there/url has it already"
}

@test "env: one line of a file, the others stay byte for byte; 0600" {
    mkdir "$BOX/there"
    printf '# ours\nA="x y"\nDATABASE_URL=old\n\nexport B=1' >"$BOX/there/.env"
    chmod 644 "$BOX/there/.env"
    mdb setup --sink "env:$BOX/there/.env#DATABASE_URL"
    works
    equal "$(cat "$BOX/there/.env")" "$(printf '# ours\nA="x y"\nDATABASE_URL='\''%s'\''\n\nexport B=1' "$(url)")"
    equal "$(mode_of "$BOX/there/.env")" 600
    as_last_time --sink "env:$BOX/there/.env#DATABASE_URL"
    mdb setup --sink "env:$BOX/there/new#URL"
    works
    equal "$(cat "$BOX/there/new")" "URL='$(url)'"
}

@test "env: what cannot be written into safely is refused, and stays" {
    mkdir "$BOX/there"
    printf 'A="open\n' >"$BOX/there/.env"
    mdb setup --sink "env:$BOX/there/.env#DATABASE_URL"
    fails 2 "the quote of A is not closed"
    said "env:$BOX/there/.env#DATABASE_URL: $BOX/there/.env: "
    equal "$(cat "$BOX/there/.env")" 'A="open'
    mdb setup --url-param "options=it's" --sink "env:$BOX/there/new#URL"
    fails 2 "a single quote"
    [ ! -e "$BOX/there/new" ] || fail "written"
}

@test "command: the URL on its standard input, once for each content; one that fails is asked again" {
    mdb setup --sink "command:vault kv put secret/db url=-"
    works
    equal "$(cat "$BOX/vault.value")" "$(url)"
    equal "$(cat "$BOX/vault.calls")" "kv put secret/db url=-"
    as_last_time --sink "command:vault kv put secret/db url=-"
    # The direct URL is not what it has.
    mdb setup --direct-file "$SECRETS/direct" --sink "command:vault kv put secret/db url=-"
    works
    equal "$(wc -l <"$BOX/vault.calls")" 1 calls
    mdb setup --network private --sink "command:vault kv put secret/db url=-"
    works
    equal "$(cat "$BOX/vault.value")" "$(url)"
    equal "$(wc -l <"$BOX/vault.calls")" 2 calls
    equal "$(mode_of "$SECRETS/database_url.delivered")" 600
    printf '#!/bin/sh\necho "Error: sealed" >&2\nexit 2\n' >"$BOX/bin/vault"
    mdb setup --sink "command:vault kv put secret/db url=-"
    fails 4 "command:vault kv put secret/db url=-: vault failed with status 2: Error: sealed"
    mdb setup --sink "command:vault kv put secret/db url=-"
    fails 4
    mdb setup --sink command:nosuch
    fails 3 "nosuch"
}

@test "command: all of its words, however many" {
    local words
    words=$(seq -s ' ' 1 200)
    mdb setup --sink "command:vault  $words"
    works
    equal "$(cat "$BOX/vault.calls")" "$words"
}

@test "command: one that prints without an end is ended, and told" {
    printf '#!/bin/sh\nexec yes\n' >"$BOX/bin/vault"
    mdb setup --sink command:vault
    fails 4 "command:vault: vault printed more than 16 MiB"
}

@test "command: one that hangs is ended, and says nothing of the value" {
    printf '#!/bin/sh\nsleep 30\n' >"$BOX/bin/vault"
    mdb setup --timeout 0.5 --sink command:vault
    fails 5 "vault has not ended within"
}

@test "credential: encrypted by systemd-creds where it is there, else plain; the line for the unit is told" {
    cat >"$BOX/bin/systemd-creds" <<'END'
#!/bin/sh
[ "$*" = "encrypt --name=database_url - -" ] || exit 9
tr A-Za-z N-ZA-Mn-za-m
END
    chmod 755 "$BOX/bin/systemd-creds"
    local sink=credential:$BOX/there/database_url
    mdb setup --sink "$sink"
    works
    equal "$(tr A-Za-z N-ZA-Mn-za-m <"$BOX/there/database_url")" "$(url)"
    equal "$(mode_of "$BOX/there/database_url")" 600
    said "LoadCredentialEncrypted=database_url:$BOX/there/database_url"
    as_last_time --sink "$sink"
    rm "$BOX/there/database_url"
    mdb setup --sink "$sink"
    works
    said "Given to $sink"
    mkdir "$BOX/only"
    ln -s "$SIMULATOR" "$BOX/only/doctl"
    with "PATH=$BOX/only"
    mdb setup --network private --sink "$sink"
    works
    equal "$(cat "$BOX/there/database_url")" "$(url)"
    said "with LoadCredential=database_url:$BOX/there/database_url"
}

@test "plan shows what the sinks lack, and gives them nothing" {
    local sinks=(--sink "file:$BOX/there/url" --sink command:vault)
    mdb plan "${sinks[@]}"
    exits 1
    grep -q "^~ sink.*file:$BOX/there/url" "$BOX/out" || fail "not planned"
    mdb setup "${sinks[@]}"
    works
    mdb plan "${sinks[@]}"
    works
    rm "$BOX/there/url" "$BOX/vault.value"
    mdb plan "${sinks[@]}" --sink "command:vault other"
    exits 1
    equal "$(grep -c '^~' "$BOX/out")" 2 changes
    [ ! -e "$BOX/there/url" ] && [ ! -e "$BOX/vault.value" ] || fail "something was written"
}

@test "the manifest lists them, for all or for each application; one place for two URLs is refused" {
    cat >"$BOX/manifest.yaml" <<END
sink: ["file:$BOX/there/all", command:vault]
END
    mdb setup --manifest "$BOX/manifest.yaml"
    works
    equal "$(cat "$BOX/there/all")" "$(url)"
    mdb manifest init --manifest "$BOX/manifest.yaml"
    works
    cp "$BOX/out" "$BOX/again.yaml"
    mdb setup --manifest "$BOX/again.yaml"
    works
    said "Nothing had to be changed"
    cat >"$BOX/manifest.yaml" <<END
applications:
  - user: shop
    pool-size: 3
    sink: ["file:$BOX/there/shop", "file:$BOX/there/shop2"]
  - user: blog
    pool-size: 3
    sink: file:$BOX/there/shop
END
    mdb setup --manifest "$BOX/manifest.yaml"
    fails 2 "two URLs would be given to file:$BOX/there/shop"
    mdb manifest init --manifest "$BOX/manifest.yaml"
    fails 2
    sed -i 's/sink: file.*//' "$BOX/manifest.yaml"
    mdb manifest init --manifest "$BOX/manifest.yaml"
    works
    grep -A2 'sink:' "$BOX/out" | grep -q "      - file:$BOX/there/shop2" || fail "not in the manifest that init writes"
}

@test "what is no sink is refused before doctl is called" {
    local bad
    for bad in vault:x file: env:x swarm:-x kubernetes:x compose:; do
        mdb setup --sink "$bad"
        fails 2 "--sink: '$bad' is not file:PATH"
    done
    mdb setup --sink swarm:a --sink swarm:a
    fails 2 "none of them twice"
    mdb setup --faithful --sink command:vault
    fails 2 "leave --sink out"
    no_calls
}

@test "ended in a sink, the next run gives what is missing" {
    printf '#!/bin/sh\nkill -KILL $PPID\n' >"$BOX/bin/killer"
    chmod 755 "$BOX/bin/killer"
    mdb setup --sink "file:$BOX/there/one" --sink command:killer --sink command:vault
    [ "$status" = 137 ] || fail "status $status"
    [ ! -e "$BOX/vault.value" ] || fail "the last one was given something"
    mdb setup --sink "file:$BOX/there/one" --sink command:vault
    works
    said "file:$BOX/there/one has it already"
    equal "$(cat "$BOX/vault.value")" "$(url)"
}

@test "over all these sinks: the password is in no argument, no environment, no log, and in no file but those asked for" {
    command -v strace >/dev/null || skip "strace is not installed"
    strace -o /dev/null true 2>/dev/null || skip "strace is not allowed here"
    cat >"$BOX/bin/systemd-creds" <<'END'
#!/bin/sh
tr A-Za-z N-ZA-Mn-za-m
END
    chmod 755 "$BOX/bin/systemd-creds"
    with ASAN_OPTIONS=detect_leaks=0
    WRAPPER=(strace -f -qq -v -s 65536 -e trace=execve,openat,creat,rename,renameat,renameat2 -o "$BOX/trace")
    mdb setup -v --sink "file:$BOX/there/url" --sink "env:$BOX/there/.env#URL" --sink "credential:$BOX/there/database_url" \
        --sink command:vault
    works
    grep -q execve "$BOX/trace" || fail "nothing was traced"
    if grep -q 'AVNS_sunk' <(grep execve "$BOX/trace" | grep -v DOCTL_SIM_PASSWORD=); then fail "in an argument"; fi
    # The variable is the simulator's; no other has it.
    if sed 's/DOCTL_SIM_PASSWORD=AVNS_sunk//g' "$BOX/trace" | grep -q AVNS_sunk; then fail "handed to a program"; fi
    if grep -q AVNS_sunk "$BOX/out" "$BOX/err" "$LOG"; then fail "in the log"; fi
    equal "$(grep -rl AVNS_sunk "$BOX" --exclude=trace --exclude-dir=state | LC_ALL=C sort | sed "s|$BOX/||" | tr '\n' ' ')" \
        "app/secrets/database_url there/.env there/url vault.value "
}
