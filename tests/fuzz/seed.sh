#!/usr/bin/env bash
# Inputs to start from, made of the recorded calls of doctl and of what the documentation shows:
#
#   tests/fuzz/seed.sh FOLDER      writes FOLDER/HARNESS/…; fuzz.sh merge takes what is new of them
# shellcheck disable=SC2016,SC1003  # what looks like an expansion is data for the harnesses
set -euo pipefail
TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
OUT=$1
mkdir -p "$OUT"

# seed HARNESS: an input from standard input, under a name made of its content.
seed() {
    mkdir -p "$OUT/$1"
    cat >"$OUT/new"
    mv "$OUT/new" "$OUT/$1/$(cksum <"$OUT/new" | tr ' ' -)"
}

for call in "$TOP"/tests/transcripts/*/*/; do
    # The first byte of the harnesses chooses; a NUL parts stdout from stderr.
    { printf '\021'; cat "$call/stdout"; printf '\0'; cat "$call/stderr"; } | seed verdict
    { printf '\0'; cat "$call/stdout"; printf '\0'; cat "$call/stderr"; } | seed verdict
    cat "$call/stderr" "$call/stdout" | seed quote
    for columns in '\0' '\002' '\006' '\010'; do
        # shellcheck disable=SC2059
        { printf "$columns"; cat "$call/stdout"; } | seed table
    done
    for question in '\0' '\002' '\004' '\005' '\006' '\010' '\011' '\012' '\013' '\016' '\025' '\027' \
        '\031' '\033' '\035' '\037'; do
        # shellcheck disable=SC2059
        { printf "$question"; cat "$call/stdout"; } | seed reply
    done
    [ ! -s "$call/argv" ] || seed cli <"$call/argv"
done
printf '\011Host\n25060\nµ é\n\ndefaultdb\nh\n1\nu\np\nd\n' | seed table

for value in 'doadmin\0AVNS_s3cr3tPassw0rd\0defaultdb' 'a@b\0p:/?#[]@!$&\0d b' 'u\0p%%41é\n\0d' \
    'app\0%%zz\0a/b?c#d'; do
    # shellcheck disable=SC2059
    for first in '\001\0' '\001\005' '\001\002'; do
        printf "$first$value" | seed conninfo
    done
done
for uri in postgresql://doadmin:AVNS_x@h.db.ondigitalocean.com:25061/app-pool?sslmode=require \
    postgres://u:p%40w@private-h.db.ondigitalocean.com:25060/d postgresql:// postgres://h \
    'postgres://u:p@q:r@[fd00::1]:5432/d%20b?x=@' postgresql:///d; do
    printf '\0%s\0h-pooler.db.ondigitalocean.com' "$uri" | seed conninfo
done

# Certificates of all lengths of a length.
for size in 3 200 300; do
    {
        echo '-----BEGIN CERTIFICATE-----'
        {
            if [ "$size" -lt 128 ]; then printf '\060\003'
            elif [ "$size" -lt 256 ]; then printf '\060\201\310'
            else printf '\060\202\001\054'; fi
            head -c "$size" /dev/zero
        } | base64
        echo '-----END CERTIFICATE-----'
    } >"$OUT/pem.$size"
    seed pem <"$OUT/pem.$size"
    { echo 'Certificate'; cat "$OUT/pem.$size"; echo between; cat "$OUT/pem.$size"; } | seed pem
    rm "$OUT/pem.$size"
done
for call in "$TOP"/tests/transcripts/*/get-ca; do
    seed pem <"$call/stdout"
done

{
    printf '\0# of the deploy script\nexport DO_REGION=nyc3\nDO_DB_SIZE="db-s-1vcpu-2gb" # size\n\n'
    printf "USE_MANAGED_DB='true'\r\nDROPLET_ID=42\nAPP_NAME=\$(basename x)\nMANAGED_DB_SECRETS_DIR=/a\n"
} | seed envfile
for first in '\001' '\003' '\005' '\017'; do
    # shellcheck disable=SC2059
    { printf "$first"; printf '%s' '/opt/a b/$x`"\\'; } | seed envfile
done
{
    printf '\0name: freshtrack-db\nregion: nyc3\nsize: db-s-1vcpu-2gb\npg-version: 15\nnodes: 1\n'
    printf 'vpc: freshtrack-vpc\npool: app-pool\npool-size: "25"\ntrust:\n  - droplet:42\n'
    printf '  - ip_addr:10.0.0.0/8\nnetwork: |-\n  private\nssl-mode: >-\n  require\n'
} | seed manifest
printf '\0---\n{name: a, "region": &x nyc3, trust: [tag:web]}\n...\n' | seed manifest
printf '\001/run/secrets/"x"' | seed manifest

for line in 'setup --name db --region nyc3 --droplet 42' 'check freshtrack-db -q' \
    'create db fra1 db-s-1vcpu-1gb --pg-version=16 --nodes 2' 'url 6bb9e193 true require --network auto' \
    'save 6bb9e193 /tmp/url --secret-owner 1000:1000' 'trust 6bb9e193 42' 'vpc -v --vpc-ip-range 10.0.0.0/16' \
    'setup --simulate=/tmp/s --faithful --jobs 1' 'info x --output json' '--help' 'ca -h' '-V' '--print-table' \
    'setup --trust tag:web --trust ip_addr:fd00::/8 --no-secret-file' 'pool 6bb9e193 -- app-pool 25' \
    'auth --context work --timeout 5 --poll-interval 0.02 --wait-timeout 9 --lock-timeout 1'; do
    tr ' ' '\n' <<<"$line" | seed cli
done

number=0
for value in freshtrack-db nyc3 db-s-1vcpu-2gb 15 1 freshtrack-vpc 10.116.0.0/20 5a4981aa-9653 app-pool 25 \
    12345678 6bb9e193-4ce1 true auto verify-full /opt/secrets /opt/url 1000:1000 /opt/ca.crt true dop_v1_x \
    work doctl shipped 8 120 1800 0.5 60 /run/lock always json deploy.config managed-db.yaml tag:web; do
    # shellcheck disable=SC2059
    { printf "\\$(printf %03o "$number")"; printf '\004%s\0' "$value"; } | seed settings
    number=$((number + 1))
done

for question in 0 1 2 3 4 5 6 7 10 11 12 13 14 15 16 17 20; do
    # shellcheck disable=SC2059
    { printf "\\0$question"; printf 'a b\n$1\n?6\n--x\n%%s\nuuid\n'; } | seed dialect
done

# Compose files, as a configuration and as they are written, alone and two of them.
if [ -d "$TOP/tests/compose" ]; then
    find "$TOP/tests/compose" "$TOP/docker" -name '*.y*ml' -size -3k | sort | while read -r file; do
        { cat "$file"; printf '\0'; cat "$file"; } | seed compose
        { printf '\0'; cat "$file"; } | seed parse
        base=$(dirname "$file")/compose.yaml
        if [ -e "$base" ] && [ "$base" != "$file" ]; then
            { cat "$file"; printf '\0'; cat "$base"; printf '\0'; cat "$file"; } | seed compose
        fi
    done
    printf '\001it is "a\\b"' | seed parse
fi
printf 'x\n# c\nA=b # d\nexport B="f\\n${A}\ng"\nH='"'i\nj'"'\nK = l m\r\n' | seed dotenv
printf 'x\nB: 1\nA = "2\\""\nA='"'3\n4'" | seed dotenv
