# A manifest that says all of it: several applications and pools, trusted sources, and one made of what is there.
# shellcheck shell=bash

load helper

setup() {
    open_box 1.166
    printf '#!/bin/sh\nexit 0\n' >"$BOX/psql"
    chmod +x "$BOX/psql"
    with "MANAGED_DB_PSQL=$BOX/psql"
    MANIFEST=$BOX/managed-db.yaml
    setup_manifest
    OPTIONS+=(--manifest "$MANIFEST")
    doctl sim droplet add 77 --name web-1 >/dev/null
}

setup_manifest() {
    cat >"$MANIFEST" <<YAML
name: shop-db
region: nyc3
size: db-s-2vcpu-4gb
pg-version: 16
nodes: 2
vpc: shop-vpc
network: public
applications:
  - user: shop
    pool-size: 20
    direct-file: $SECRETS/direct_url_shop
  - {user: mail, database: post, pool: letters, pool-size: 10, pool-mode: session}
pools:
  - {name: report, size: 5, mode: session, user: shop, database: shop}
trust: [droplet:web-1, tag:a, tag:b, ip_addr:203.0.113.9, ip_addr:10.0.0.0/8, "k8s:98de743c-8e34-4f12-9a6b-0123456789ab"]
YAML
}

MUTATIONS='^(vpcs create|databases (create|resize|pool (create|update)|firewalls (append|replace|remove)|user create|db create)) '

changes() {
    calls | grep -cE "$MUTATIONS" || true
}

# What the account holds, without IDs, passwords and times.
state() {
    doctl sim dump | sed -E -e 's/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/ID/g' -e 's/ created="[^"]*"//' -e 's/ (password|polls|early)=[^ ]*//g' |
        grep -E '^(vpc name=shop|vpc id|cluster|pool|user|database|rule) ' | sort
}

# The state that the manifest asks for, and nothing left to do.
is_reached() {
    equal "$(state)" "$WANTED" "the account"
    local name
    for name in database_url_shop direct_url_shop database_url_mail; do
        [ -s "$SECRETS/$name" ] || fail "no file $name"
    done
    grep -q '://shop:.*/shop-pool' "$SECRETS/database_url_shop" || fail "the URL of shop"
    grep -q '://shop:.*/shop?' "$SECRETS/direct_url_shop" || fail "the direct URL of shop"
    grep -q '://mail:.*/letters' "$SECRETS/database_url_mail" || fail "the URL of mail"
    equal "$(find "$SECRETS" -name 'database_url*' | wc -l)" 2 "files of URLs"
    rm -f "$LOG"
    mdb setup
    works
    equal "$(changes)" 0 "changes of the next run"
    said "Nothing had to be changed"
    mdb plan
    exits 0
}

reach() {
    mdb setup
    works
    WANTED=$(state)
}

@test "two applications, three pools and six rules, from an empty account" {
    reach
    equal "$(count pool)" 3 pools
    equal "$(count user)" 2 users
    equal "$(count database)" 2 databases
    equal "$(count rule)" 6 rules
    doctl sim dump | grep "^pool .*name=letters" | grep "size=10" | grep "mode=session" | grep "user=mail" |
        grep -q "database=post" || fail "the pool of mail"
    doctl sim dump | grep "^pool .*name=report" | grep -q "user=shop" || fail "the pool of reports"
    is_reached
}

@test "from each prefix of its changes" {
    reach
    local total i
    total=$(changes)
    [ "$total" -ge 10 ] || fail "only $total changes"
    for ((i = 1; i < total; i++)); do
        open_box 1.166
        setup
        with "KILL_AFTER=$i" "MUTATIONS=$MUTATIONS"
        fake_doctl <<'FAKE'
#!/bin/sh
if printf '%s ' "$*" | grep -qE "$MUTATIONS"; then
    "$REAL" "$@"
    echo >>"$BOX/changes"
    [ "$(grep -c '' "$BOX/changes")" -lt "$KILL_AFTER" ] || kill -9 "$PPID"
    exit
fi
exec "$REAL" "$@"
FAKE
        mdb setup
        exits 137
        equal "$(changes)" "$i" "changes of the killed run"
        without KILL_AFTER
        with KILL_AFTER=1000
        mdb setup
        works
        is_reached
    done
}

@test "from a drifted account" {
    reach
    local id wanted=$WANTED
    open_box 1.166
    setup
    sed -i '/^pools:/,/report/d' "$MANIFEST"
    reach
    WANTED=$wanted
    setup_manifest
    id=$(doctl sim dump | sed -n 's/^cluster id=\([^ ]*\) .*/\1/p')
    doctl databases pool update "$id" letters --db post --user mail --size 3 --mode transaction
    doctl databases firewalls replace "$id" --rule tag:theirs,tag:A >/dev/null
    rm "$SECRETS/database_url_mail"
    mdb plan
    exits 1
    grep -q '^! pool letters: the size is 3, wanted: 10; the mode is transaction, wanted: session' "$BOX/out" || fail "pool"
    grep -q '^+ pool report' "$BOX/out" || fail "no pool is planned"
    grep -q '^! trusted source tag:theirs' "$BOX/out" || fail "no difference of the rules"
    grep -q "^+ file $SECRETS/database_url_mail" "$BOX/out" || fail "no file is planned"
    grep -q "^= file $SECRETS/database_url_shop" "$BOX/out" || fail "the other application's file is not as wanted"
    mdb setup --apply --prune-rules
    works
    # The service keeps the spelling of the rule that was there.
    WANTED=${WANTED//value=a/value=A}
    WANTED=$(sort <<<"$WANTED")
    is_reached
}

@test "one application by its user; the commands about one take the first" {
    reach
    mdb url
    works
    grep -q '://shop:' "$BOX/out" || fail "not the first application"
    mdb url --app-user mail
    works
    grep -q '://mail:.*/letters' "$BOX/out" || fail "not the application that was named"
    mdb url --app-user nobody
    fails 2 "none with the user nobody"
    rm -f "$LOG" "$SECRETS"/database_url_*
    mdb setup --app-user mail
    works
    equal "$(changes)" 0
    [ -e "$SECRETS/database_url_mail" ] && [ ! -e "$SECRETS/database_url_shop" ] || fail "the files of another application"
}

@test "pools that together do not fit the size: the place of the one that is too much" {
    sed -i 's/size: 5, mode: session, user/size: 80, mode: session, user/' "$MANIFEST"
    mdb setup
    fails 2 "$MANIFEST:14:5: pools of 110 connections do not fit into a cluster of the size db-s-2vcpu-4gb, which has 97"
    mdb plan
    fails 2
    equal "$(changes)" 0
    sed -i "/^trust:/d" "$MANIFEST"
    mdb --faithful setup
    fails 2 "leave applications and pools out"
}

@test "manifest init --from: what is there, and a plan of it has nothing to do" {
    reach
    mdb manifest init --from shop-db
    works
    cp "$BOX/out" "$BOX/adopted.yaml"
    local id
    id=$(doctl sim dump | sed -n 's/^cluster id=\([^ ]*\) .*/\1/p')
    OPTIONS=(--poll-interval 0.02)
    mdb manifest init --from "$id"
    works
    cmp "$BOX/out" "$BOX/adopted.yaml" || fail "by ID it is another one"
    mdb plan --manifest "$BOX/adopted.yaml"
    [ "$status" -le 1 ] || fail "plan failed"
    equal "$(grep -v '^[=+] file' "$BOX/out" | grep -c '^[+~!] ')" 0 "what would be changed"
    equal "$(grep -c '^= pool' "$BOX/out")" 3 pools
    equal "$(grep -c '^= trusted source' "$BOX/out")" 6 rules
    mdb setup --manifest "$BOX/adopted.yaml"
    works
    mdb plan --manifest "$BOX/adopted.yaml"
    exits 0
    mdb manifest init --from no-such-db
    fails 2 "there is no database cluster no-such-db"
}

@test "manifest init --from: a pool that a manifest cannot say is left out, and told" {
    reach
    local id
    id=$(doctl sim dump | sed -n 's/^cluster id=\([^ ]*\) .*/\1/p')
    doctl sim pool add "$id" $'x\033[31mred' --size 1
    doctl sim pool add "$id" each --user '' --size 1
    OPTIONS=(--poll-interval 0.02)
    mdb manifest init --from shop-db
    works
    equal "$(grep -c '^⚠ The pool .* is left out' "$BOX/err")" 2 "warnings"
    if grep -q $'\033' "$BOX/out" "$BOX/err"; then
        fail "an escape is shown"
    fi
}

@test "manifest init: the settings in force, which read back" {
    OPTIONS=(--poll-interval 0.02)
    mdb manifest init --size db-s-4vcpu-8gb --region fra1 --app-user app --app-database app --trust tag:web \
        --url-param 'a=b&c=%20' --db-tags one,two
    works
    no_calls
    cp "$BOX/out" "$MANIFEST"
    mdb settings --manifest "$MANIFEST" --output json
    works
    local pair
    for pair in size:db-s-4vcpu-8gb region:fra1 app-user:app app-database:app 'url-param:a=b&c=%20' db-tags:one,two; do
        equal "$(jq -r --arg name "${pair%%:*}" '.[] | select(.name == $name) | .value + " " + .source' "$BOX/out")" \
            "${pair#*:} manifest"
    done
    mdb manifest init --manifest "$MANIFEST"
    works
    cmp "$BOX/out" "$MANIFEST" || fail "it does not read back"
}

# ---- the schema for editors ---------------------------------------------------------------------------

SCHEMA=$TOP/docs/manifest.schema.json

# accepts YAML: whether the reader takes it.
accepts() {
    printf '%s\n' "$1" >"$BOX/one.yaml"
    # The two belong together.
    case $1 in
    app-user:*) echo 'app-database: app' >>"$BOX/one.yaml" ;;
    app-database:*) echo 'app-user: app' >>"$BOX/one.yaml" ;;
    esac
    mdb settings --manifest "$BOX/one.yaml"
    [ "$status" = 0 ]
}

@test "the schema has the keys that the reader takes, and no others, with examples and values that it takes" {
    OPTIONS=()
    local key example
    # The table of docs/REFERENCE.md is held to the program by docs.bats.
    diff <(jq -r '.properties | keys[]' "$SCHEMA" | sort) \
        <({
            sed -n '/^| setting | option/,/^$/p' "$TOP/docs/REFERENCE.md" | awk -F'|' '{print $5}' | grep -oE '`[a-z-]+`' | tr -d '`'
            printf '%s\n' applications pools
        } | sort) >&2 || fail "the keys differ"
    equal "$(jq '.additionalProperties' "$SCHEMA")" false
    while IFS=$'\t' read -r key example; do
        accepts "$key: $example" || fail "the example of $key is refused: $example"
    done < <(jq -r '.properties | to_entries[] | .key as $key | (.value.examples // .value.enum)[] | [$key, tojson] | @tsv' "$SCHEMA")
    while IFS=$'\t' read -r key; do
        ! accepts "$key: nonsense" || fail "$key takes any value"
    done < <(jq -r '.properties | to_entries[] | select(.value.enum) | .key' "$SCHEMA")
    equal "$(jq -r '.properties | to_entries[] | select((.value.examples // .value.enum) == null) | .key' "$SCHEMA")" "" "keys without an example"
    local list entry
    for list in applications pools; do
        equal "$(jq ".properties.$list.items.additionalProperties" "$SCHEMA")" false
        for key in $(jq -r ".properties.$list.items.properties | keys[]" "$SCHEMA"); do
            entry=$(jq -c ".properties.$list.examples[0][0]" "$SCHEMA")
            jq -e --arg key "$key" 'has($key)' <<<"$entry" >/dev/null || fail "the example of $list lacks $key"
        done
        accepts "$list: [{unknown: x}]" && fail "an unknown key in $list"
        entry=$(jq -c ".properties.$list.examples[0][0] | del(.$(jq -r ".properties.$list.items.required[0]" "$SCHEMA"))" "$SCHEMA")
        accepts "$list: [$entry]" && fail "the reader does not need what the schema requires in $list"
    done
    return 0
}
