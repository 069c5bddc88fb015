# Names in the places of IDs, and trusted sources by what they mean.
# shellcheck shell=bash

load helper

setup() {
    open_box 1.166
}

@test "clusters by name, by ID, or the one of the settings" {
    whole
    local command
    for command in info url ca pool save; do
        mdb "$command" "$ID"
        works
        cp "$BOX/out" "$BOX/by-id"
        mdb "$command" freshtrack-db
        works
        diff "$BOX/by-id" "$BOX/out" >&2 || fail "$command by name answers something else"
        mdb "$command"
        works
        diff "$BOX/by-id" "$BOX/out" >&2 || fail "$command of the default cluster answers something else"
    done
    mdb trust freshtrack-db 42
    answered droplet:42
    with DROPLET_ID=42
    mdb trust
    answered droplet:42
    without DROPLET_ID
    with DO_DB_NAME=other-db
    mdb info
    fails 2 "there is no database cluster other-db"
    mdb info freshtrack-db
    works
    mdb trust freshtrack-db
    fails 2 "needs a Droplet"
}

@test "an ID that a script did not find is not one that was left out" {
    whole
    mdb info ''
    fails 2 "is empty"
    mdb trust "$ID" ''
    fails 2 "is empty"
    no_calls
    mdb --faithful info
    fails 2 "the cluster's ID is needed"
    no_calls
}

@test "a name that is none, and a cluster that is no PostgreSQL, fail before anything is asked of them" {
    whole
    doctl sim cluster add cache --engine valkey >/dev/null
    mdb url no-such-db
    fails 2 "there is no database cluster no-such-db"
    mdb url cache
    fails 4 "has the engine valkey"
    equal "$(calls | grep -vc "^databases list\|^databases pool get$")" 0
}

@test "Droplets by name: the ID is known before anything is made" {
    doctl sim droplet add 77 --name web-1 >/dev/null
    mdb setup --droplet web9 --trust tag:web
    fails 2 "there is no Droplet web9"
    mdb setup --droplet web-1 --trust droplet:web-9
    fails 2 "there is no Droplet web-9"
    equal "$(calls | grep -c create)" 0 "changes"
    mdb setup --droplet web-1 --trust droplet:web-1 --trust tag:web
    works
    equal "$(doctl sim dump | sed -n 's/^rule .*type=\([a-z]*\) value=\([^ ]*\).*/\1:\2/p' | sort | tr '\n' ' ')" \
        "droplet:77 tag:web "
    with DROPLET_ID=web-1
    mdb setup --trust tag:web
    works
    grep -q "Nothing had to be changed" "$BOX/err" || fail "a name is not its ID"
}

@test "a hand-made doctl means an ID by a word that it does not list" {
    open_box plan
    whole
    mdb --faithful url "$ID"
    works
    mdb setup --droplet my-droplet
    said "my-droplet"
    calls | grep -q "^compute droplet get my-droplet " || fail "the word was not taken for an ID"
}

@test "the same rule in another spelling is not added again" {
    whole
    doctl sim rule add "$ID" tag:Web-Server
    doctl sim rule add "$ID" ip_addr:203.0.113.9
    mdb setup --droplet 42 --trust tag:web-server --trust ip_addr:203.0.113.9/32
    works
    mdb setup --droplet 42 --trust tag:WEB-SERVER --trust ip_addr:203.0.113.9
    works
    equal "$(calls | grep -c "firewalls append\|firewalls replace")" 0 "changes of the rules"
    # Another tag, and a range that only begins like it, are others.
    mdb setup --droplet 42 --trust tag:web-server2 --trust ip_addr:203.0.113.9/31
    works
    equal "$(doctl sim dump | grep -c "^rule ")" 5
}

@test "several rules are added in one request, beside those that others added" {
    whole
    doctl sim rule add "$ID" tag:theirs
    mdb setup --droplet 42 --trust tag:a --trust tag:b --trust ip_addr:10.0.0.0/8 --trust tag:A
    works
    equal "$(calls | grep -c "firewalls append")" 0
    equal "$(calls | grep -c "firewalls replace")" 1
    equal "$(doctl sim dump | grep -c "^rule ")" 5
    mdb setup --droplet 42 --trust tag:a --trust tag:b --trust ip_addr:10.0.0.0/8
    works
    equal "$(calls | grep -c "firewalls replace")" 1
}

@test "an answer to several rules that is lost or not shown is looked for" {
    local fault
    for fault in lost done-empty truncated 502; do
        open_box 1.166
        whole
        with "DOCTL_SIM_FAULT=databases firewalls replace=$fault@1"
        mdb setup --droplet 42 --trust tag:a --trust tag:b
        if [ "$fault" = 502 ]; then
            fails 4
            mdb setup --droplet 42 --trust tag:a --trust tag:b
        fi
        works
        equal "$(doctl sim dump | grep -c "^rule ")" 3 "rules after $fault"
    done
}

@test "a doctl that cannot replace rules adds them one by one" {
    open_box plan
    mdb setup --droplet 42 --trust tag:a --trust tag:b
    works
    equal "$(calls | grep -c "firewalls append")" 3
    equal "$(calls | grep -c "firewalls replace")" 0
}

@test "untrust takes one rule away, by value, and never the last one" {
    whole
    doctl sim rule add "$ID" tag:Web
    doctl sim droplet add 77 --name web-1 >/dev/null
    doctl sim rule add "$ID" droplet:77
    mdb untrust freshtrack-db tag:web
    works
    answered tag:web
    mdb untrust "$ID" droplet:web-1
    works
    answered droplet:77
    mdb untrust "$ID" tag:web
    is_none
    mdb untrust "$ID" droplet:42
    fails 4 "the last trusted source"
    equal "$(doctl sim dump | grep -c "^rule ")" 1
    with "DOCTL_SIM_FAULT=databases firewalls remove=empty"
    doctl sim rule add "$ID" tag:stays
    mdb untrust "$ID" tag:stays
    fails 4 "still there"
    mdb untrust "$ID" nonsense
    fails 2 "is not"
}

@test "the rule of a Droplet that is gone is named as the one in the way" {
    whole
    doctl sim rule add "$ID" droplet:99
    with "DOCTL_SIM_FAULT=databases firewalls append=422;databases firewalls replace=422"
    mdb setup --droplet 42 --trust tag:a
    fails 4 "the trusted source droplet:99 is gone"
    said "managed-db untrust $ID droplet:99"
    mdb setup --droplet 42 --trust tag:a --trust tag:b
    fails 4 "the trusted source droplet:99 is gone"
    without DOCTL_SIM_FAULT
    mdb untrust "$ID" droplet:99
    works
}

@test "info shows who may connect" {
    whole
    mdb info
    works
    grep -q '^droplet:42$' "$BOX/out" || fail "the rule is not shown"
    doctl sim cluster add open-db >/dev/null
    mdb info open-db
    works
    grep -q 'every address may connect' "$BOX/out" || fail "an open cluster is not told"
}

@test "Kubernetes clusters and apps by name" {
    whole
    fake_doctl <<'FAKE'
#!/bin/sh
case "$*" in
"kubernetes cluster list"*) echo "98de743c-8e34-4f12-9a6b-0123456789ab    shop-k8s" ;;
"apps list"*) printf '11111111-8e34-4f12-9a6b-0123456789ab    other\n22222222-8e34-4f12-9a6b-0123456789ab    shop\n' ;;
*) exec "$REAL" "$@" ;;
esac
FAKE
    mdb setup --droplet 42 --trust k8s:shop-k8s --trust app:shop
    works
    equal "$(doctl sim dump | sed -n 's/^rule .*type=\([a-z0-9]*\) value=\([^ ]*\).*/\1:\2/p' | sort | tr '\n' ' ')" \
        "app:22222222-8e34-4f12-9a6b-0123456789ab droplet:42 k8s:98de743c-8e34-4f12-9a6b-0123456789ab "
    mdb untrust "$ID" app:shop
    works
    mdb setup --trust k8s:none
    fails 2 "there is no Kubernetes cluster none"
    mdb setup --trust app:none
    fails 2 "there is no app none"
}

@test "docs/REFERENCE.md lists the scopes of all calls" {
    diff <(grep -o 'scope = "[^"]*"' "$TOP/src/doctl/dialect.c" | cut -d'"' -f2 | sort -u) \
        <(sed -n '/^| scope | for/,/^$/p' "$TOP/docs/REFERENCE.md" | awk -F'|' 'NR > 2 {print $2}' | grep -oE '[a-z_]+:[a-z_]+' | sort) >&2 ||
        fail "the scopes differ"
}

@test "a rule with a terminal escape is shown without it, and goes into no argument" {
    whole
    doctl sim rule add "$ID" $'tag:\033[31mred'
    doctl sim rule add "$ID" "droplet:--help"
    mdb setup --droplet 42
    works
    said "nobody asked for it"
    mdb plan --droplet 42
    exits 0
    with "DOCTL_SIM_FAULT=databases firewalls append=422"
    mdb setup --droplet 42 --trust tag:new
    fails 4
    not_called "compute droplet get --help"
    mdb info
    if grep -q $'\033' "$BOX/out" "$BOX/err"; then
        fail "an escape is shown"
    fi
    without DOCTL_SIM_FAULT
    mdb setup --droplet 42
    mdb plan --droplet 42
    if grep -q $'\033' "$BOX/out" "$BOX/err"; then
        fail "an escape is shown by plan"
    fi
    mdb setup --droplet 42
    if grep -q $'\033' "$BOX/out" "$BOX/err"; then
        fail "an escape is shown by setup"
    fi
}
