#!/usr/bin/env bats
# Taking a deployment down: what is its own goes, what anybody else uses stays.

load deploy

# destroy TYPED WORD…: the script, with a line on its standard input.
destroy() {
    status=0
    env -i "${ENVIRONMENT[@]}" bash "$PROJECT/scripts/destroy-digitalocean.sh" "${@:2}" <<<"$1" \
        >"$BOX/out" 2>"$BOX/err" || status=$?
}

# account [PERSONALITY]: one with a key, for deployments without scripts.
account() {
    open_box "${1:-1.166}"
    doctl sim ssh-key add laptop
    with DO_SSH_KEY_NAME=laptop USE_MANAGED_DB=true MANAGED_DB_WAIT_TIMEOUT=5
}

# up NAME: what the deployment script has DigitalOcean make.
up() {
    with "DROPLET_NAME=$1"
    mdb droplet create "$1"
    exits 0
    local id
    id=$(cat "$BOX/out")
    mdb firewall "$1"
    exits 0
    mdb setup --droplet "$id" --db-tags "managed-db,managed-db:${1//./_}"
    works
}

# down NAME: what destroys it; $status and the story are those of the last call.
down() {
    local first
    with "DROPLET_NAME=$1"
    mdb destroy
    [ "$status" = 0 ] || return 0
    first=$(head -n 1 "$BOX/out" | cut -f 2)
    mdb destroy "$first"
    exits 0
}

lists() { # KIND NAME
    cut -f 1,2 "$BOX/out" | grep -qx "$1	$2" || fail "no $1 $2 in: $(cat "$BOX/out")"
}

stays() { # TEXT
    grep -q "^⚠ .* stays: .*$1" "$BOX/err" || fail "nothing stays because of '$1': $(cat "$BOX/err")"
}

@test "the scripts: it names what it will delete, says why, and wants the name of the first" {
    open_stage
    deployed
    doctl sim droplet add 78 --name web-2
    destroy ""
    exits 2
    said "nothing was deleted"
    said "DROPLET_NAME names it"
    said "it has the tag managed-db:web, and it trusts the Droplet web"
    said "nothing else is in it"
    said "The cluster freshtrack-db has no backup"
    local wrong
    for wrong in freshtrack-dB freshtrack-db-staging web; do
        destroy "$wrong"
        exits 2
        account_is_whole
    done
    destroy freshtrack-db
    works
    said "All of it is deleted"
    equal "$(count droplet name=web\ )" 0 Droplets
    equal "$(count droplet)" 3 "other Droplets"
    equal "$(count cluster)$(count vpc)$(count firewall)" 000 "things left"
    destroy freshtrack-db
    exits 1
}

@test "the scripts: tags of the configuration stand beside the deployment's own" {
    open_stage
    config USE_MANAGED_DB=true DO_DB_TAGS=team-a DROPLET_NAME=web.example.org
    deploy
    works
    equal "$(count cluster tags=team-a,managed-db,managed-db:web_example_org)" 1 "clusters with the tags"
    destroy freshtrack-db --name web.example.org
    works
    equal "$(count cluster)$(count firewall)" 00 "things left"
}

@test "the scripts: --name of a second deployment that never was touches nothing of the first" {
    open_stage
    deployed
    doctl sim droplet add 78 --name staging
    destroy staging --name staging
    works
    said "Database cluster freshtrack-db stays: it is used by the deployment web, the Droplet web"
    account_is_whole
    equal "$(count droplet name=staging\ )" 0 "Droplets of the second"
}

@test "the scripts: a configuration that does not use a managed database never offers one" {
    open_stage
    doctl sim cluster add freshtrack-db --tags managed-db,managed-db:web >/dev/null
    config USE_MANAGED_DB=false
    deployed
    destroy web
    works
    said "Database cluster freshtrack-db stays: USE_MANAGED_DB is not true"
    equal "$(count cluster)" 1 clusters
}

@test "the scripts: the database alone; the files on the Droplet that point nowhere are named" {
    open_stage
    deployed
    destroy freshtrack-db --only database
    works
    said "do_database_url and database_url_direct in $APP/secrets point nowhere now"
    equal "$(count cluster)$(count droplet name=web\ )" 01 "things left"
}

@test "a refused deletion is told, and the next run goes on; a VPC that fills up again is left" {
    open_stage
    deployed
    with "DOCTL_SIM_FAULT=compute droplet delete=500"
    destroy freshtrack-db
    exits 4
    equal "$(count cluster)$(count droplet name=web\ )$(count vpc)" 011 "things left"
    with DOCTL_SIM_FAULT= DOCTL_SIM_MEMBER_POLLS=-1
    config MANAGED_DB_WAIT_TIMEOUT=1 USE_MANAGED_DB=true
    destroy web
    exits 4
    said "a VPC costs nothing"
    equal "$(count droplet name=web\ )$(count firewall)" 00 "things left"
}

@test "two deployments that share a cluster: in every order, nothing that the other uses goes" {
    local personality order step
    for personality in 1.94 1.166; do
        for order in "+a +b -a -b" "+a +b -b -a" "+b +a -a -b" "+a -a +b -b" "+a +b -b +b -a -b" "+a +b -a +a -b -a"; do
            account "$personality"
            local live=""
            for step in $order; do
                case $step in
                +*)
                    up "${step#+}"
                    live="$live ${step#+}"
                    ;;
                -*)
                    down "${step#-}"
                    live=${live/ ${step#-}/}
                    ;;
                esac
                equal "$(count droplet tags=freshtrack-pro,managed-db)" "$(wc -w <<<"$live")" "Droplets after $step of $order"
                equal "$(count firewall)" "$(wc -w <<<"$live")" "firewalls after $step of $order"
                equal "$(count cluster)" "$([ -z "$live" ] && echo 0 || echo 1)" "clusters after $step of $order"
                equal "$(count vpc)" "$([ -z "$live" ] && echo 0 || echo 1)" "VPCs after $step of $order"
            done
        done
    done
}

@test "whoever else a cluster trusts keeps it, each by name; addresses and Droplets that are gone do not" {
    local rule
    for rule in "app:11111111-2222-3333-4444-555555555555" "k8s:11111111-2222-3333-4444-555555555555" tag:nobody \
        droplet:42 tag:theirs; do
        account
        up web
        doctl sim droplet add 43 --name other --tags theirs
        doctl sim rule add "$(cat "$BOX/out")" "$rule"
        mdb destroy
        works
        stays "is used by "
        ! grep -q "^Database" "$BOX/out" || fail "offered in spite of $rule"
        case $rule in tag:theirs) said "the Droplet other (43)" ;; *) said "${rule#*:}" ;; esac
        down web
        equal "$(count cluster)$(count vpc)" 11 "clusters and VPCs with $rule"
    done
    for rule in ip_addr:203.0.113.9 droplet:999 tag:freshtrack-pro; do
        account
        up web
        doctl sim rule add "$(cat "$BOX/out")" "$rule"
        down web
        equal "$(count cluster)" 0 "clusters with $rule"
    done
}

@test "--force-shared takes the cluster all the same and names the other user; of another name it does nothing" {
    account
    up web
    doctl sim rule add "$(cat "$BOX/out")" droplet:42
    mdb destroy --force-shared freshtrack-db-2
    works
    stays "used by the Droplet"
    mdb destroy --force-shared freshtrack-db
    works
    lists "Database cluster" freshtrack-db
    grep -q "force-shared names it; it is used by the Droplet .* (42) too" "$BOX/out" || fail "$(cat "$BOX/out")"
    mdb destroy freshtrack-db --force-shared freshtrack-db
    works
    equal "$(count cluster)" 0 clusters
}

@test "a token that may set no tags makes the cluster without; its trusted source says whose it is" {
    account
    with "DOCTL_SIM_FAULT=databases create=403@1"
    up web
    equal "$(count cluster tags=managed-db)" 0 "clusters with tags"
    with DOCTL_SIM_FAULT=
    mdb destroy
    works
    grep -q "it trusts the Droplet web" "$BOX/out" || fail "$(cat "$BOX/out")"
}

@test "a name alone proves nothing; an engine other than pg neither" {
    account
    doctl sim cluster add freshtrack-db >/dev/null
    doctl sim droplet add 43 --name web
    with DROPLET_NAME=web
    mdb destroy
    works
    stays "nothing but its name says"
    account
    doctl sim cluster add freshtrack-db --engine mysql --tags managed-db:web >/dev/null
    doctl sim droplet add 43 --name web
    with DROPLET_NAME=web
    mdb destroy
    works
    stays "it has the engine mysql"
    # The trusted sources cannot be read: nothing is offered on a guess.
    account
    up web
    with "DOCTL_SIM_FAULT=databases firewalls list=403"
    mdb destroy
    fails 4
    equal "$(mutations | grep -c delete)" 0 deletions
}

@test "a default VPC and one with other members stay; --only takes a part down" {
    account
    up web
    doctl sim cluster add other --vpc "$(doctl sim dump | sed -n 's/^vpc id=\([^ ]*\) .*/\1/p')" >/dev/null
    mdb destroy
    works
    stays "in it there is the database cluster other"
    lists Droplet web
    mdb destroy --only droplet
    works
    equal "$(cut -f 1 "$BOX/out" | tr '\n' ' ')" "Droplet Cloud Firewall " parts
    not_said stays
    mdb destroy --only database
    works
    equal "$(cut -f 1 "$BOX/out")" "Database cluster" parts
    mdb destroy --only database web
    fails 2
    said "begins with freshtrack-db, another name was given"
    mdb destroy --only droplet web
    works
    equal "$(count droplet 'name=web ')$(count firewall)$(count cluster)$(count vpc)" 0021 "things left"
    local wrong
    for wrong in droplets "" database,droplet; do
        mdb destroy --only "$wrong"
        fails 2
    done
    account
    doctl sim droplet add 43 --name web
    doctl sim vpc add default-nyc3 --default yes >/dev/null
    with DROPLET_NAME=web DO_VPC_NAME=default-nyc3
    mdb destroy
    works
    stays "it is the default VPC of its region"
    not_called "vpcs delete"
}

@test "a Droplet known by its ID has no part in what belongs to the default name" {
    account
    doctl sim droplet add 42 --name freshtrack-pro
    mdb firewall freshtrack-pro
    exits 0
    said "⚠ The Droplet has no Cloud Firewall"
    doctl sim droplet add 42 --name elsewhere
    up freshtrack-pro
    without DROPLET_NAME
    doctl sim droplet add 43 --name web9
    with DROPLET_ID=43
    mdb destroy
    works
    equal "$(cut -f 1,2 "$BOX/out")" "Droplet	web9" "what is offered"
    stays "used by the deployment freshtrack-pro, the Droplet freshtrack-pro"
    mdb destroy web9
    works
    equal "$(count firewall)$(count cluster)" 11 "things of the other"
    # It is gone; the ID is still in the configuration.
    mdb destroy
    exits 1
    equal "$(count firewall)$(count cluster)" 11 "things of the other"
}

@test "names and rules from elsewhere are shown without terminal escapes" {
    account
    doctl sim cluster add freshtrack-db --tags managed-db:web >/dev/null
    doctl sim droplet add 43 --name web
    doctl sim rule add "$(doctl sim dump | sed -n 's/^cluster id=\([^ ]*\) .*/\1/p')" $'app:x\e[31mred'
    with DROPLET_NAME=web
    mdb destroy
    works
    stays "the app x.*red"
    if grep -q $'\e' "$BOX/err" "$BOX/out"; then fail "an escape was shown"; fi
    doctl sim droplet add 44 --name $'we\e[31mb'
    with DROPLET_ID=44
    without DROPLET_NAME
    mdb destroy
    if grep -q $'\e' "$BOX/err" "$BOX/out"; then fail "an escape was shown"; fi
}

@test "backups: none, an old one, one of today" {
    local when
    for when in "" "2020-01-01 03:00:00 +0000 UTC" "$(date -u '+%F %T +0000 UTC')"; do
        account
        doctl sim cluster add freshtrack-db --tags managed-db:web --backup "$when" >/dev/null
        with DROPLET_NAME=web
        mdb destroy
        works
        case $when in
        "") said "⚠ The cluster freshtrack-db has no backup" ;;
        2020*) said "⚠ The last backup of the cluster freshtrack-db is of 2020-01-01 03:00:00" ;;
        *) not_said backup ;;
        esac
    done
    with "DOCTL_SIM_FAULT=databases backups=403"
    mdb destroy
    works
}

@test "the files with a URL of the cluster that is gone are named, others are not" {
    account
    up web
    printf 'postgresql://u:p@elsewhere.example.com:5432/d' >"$SECRETS/do_database_url"
    down web
    said "⚠ $SECRETS/database_url has the URL of the cluster that is gone"
    not_said do_database_url
}

@test "a Cloud Firewall: once, for the Droplet that a deployment made, off by a setting, a token without the scope" {
    open_stage
    deployed
    equal "$(doctl compute firewall list --format Name,Tags --no-header)" "web-firewall    managed-db:web"
    local rules
    rules=$(doctl compute firewall list --format InboundRules --no-header)
    equal "$(grep -o 'protocol:tcp,ports:[0-9a-z]*' <<<"$rules" | tr '\n' ' ')" \
        "protocol:tcp,ports:22 protocol:tcp,ports:80 protocol:tcp,ports:443 "
    deploy
    works
    equal "$(count firewall)" 1 firewalls
    # Somebody took it away: it comes back.
    doctl compute firewall delete "$(doctl compute firewall list --format ID --no-header)" --force
    deploy
    works
    equal "$(count firewall)" 1 firewalls
    # A Droplet that was there before has ports that somebody may need.
    open_stage
    doctl sim droplet add 77 --name web --private-ip 10.116.0.7
    deployed
    equal "$(count firewall)" 0 firewalls
    open_stage
    config USE_MANAGED_DB=false DO_CLOUD_FIREWALL=false
    deployed
    equal "$(count firewall)" 0 firewalls
    open_stage
    config USE_MANAGED_DB=false
    with "DOCTL_SIM_FAULT=compute firewall list=403"
    deploy
    works
    said "⚠ The Droplet has no Cloud Firewall: "
    said DO_CLOUD_FIREWALL=false
    # Two at once, or an answer that was lost: there is one.
    open_stage
    with "DOCTL_SIM_FAULT=compute firewall create=lost@1"
    config USE_MANAGED_DB=false
    deploy
    deploy
    works
    equal "$(count firewall)" 1 firewalls
}
