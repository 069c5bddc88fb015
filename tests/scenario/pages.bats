#!/usr/bin/env bats
# Lists of more than a page, 251 things: doctl leaves a page out that it did not get, and exits with 0. What is
# looked for stands on the second page.

load helper

# fill KIND: 250 things of a kind.
fill() {
    local i
    for ((i = 1; i <= 250; i++)); do
        case $1 in
        vpc) doctl sim vpc add "filler-$i" --ip-range "172.20.$i.0/24" >/dev/null ;;
        cluster) doctl sim cluster add "filler-$i" >/dev/null ;;
        droplet) doctl sim droplet add "$((1000 + i))" --name "filler-$i" >/dev/null ;;
        key) doctl sim ssh-key add "filler-$i" >/dev/null ;;
        esac
    done
}

# lost LIST TIMES WORD…: runs managed-db with the second page of a list lost so often: once, twice, always.
lost() {
    local list=$1 fault="$1=page-lost"
    case $2 in
    once) fault="$list=page-lost@1" ;;
    twice) fault="$list=page-lost@1;$list=page-lost@2" ;;
    esac
    thaw
    with "DOCTL_SIM_FAULT=$fault"
    mdb "${@:3}"
    without DOCTL_SIM_FAULT
}

# not_told LIST: ends with 4 and changes nothing.
not_told() {
    fails 4
    said "it cannot be told whether that is all"
    equal "$(calls | grep -cE ' (create|append|delete) ')" 0 "changes"
    equal "$(calls | grep -c "^$1 ")" 4 "looks at $1"
}

@test "a cluster on a lost page is found, or nothing is made" {
    open_box 1.166
    doctl sim vpc add freshtrack-vpc
    fill cluster
    whole
    freeze
    for times in once twice; do
        lost "databases list" "$times" setup --droplet 42
        works
        equal "$(mutations)" ""
    done
    lost "databases list" always setup --droplet 42
    not_told "databases list"
    lost "databases list" once check freshtrack-db
    works
    answered "$ID"
    lost "databases list" always check freshtrack-db
    not_told "databases list"
}

@test "a VPC on a lost page is found, or nothing is made" {
    open_box 1.166
    fill vpc
    whole
    freeze
    lost "vpcs list" once setup --droplet 42
    works
    equal "$(mutations)" ""
    lost "vpcs list" always setup --droplet 42
    not_told "vpcs list"
}

@test "a Droplet on a lost page is found, or nothing is made" {
    open_box 1.166
    half_made
    fill droplet
    doctl sim droplet add 77 --name web
    freeze
    for command in "droplet find web" "droplet create web --ssh-key mine"; do
        read -ra words <<<"$command"
        lost "compute droplet list" once "${words[@]}"
        works
        answered 77
        not_called "compute droplet create"
        lost "compute droplet list" always "${words[@]}"
        not_told "compute droplet list"
    done
}

@test "an SSH key on a lost page is given to the Droplet, or none is made" {
    open_box 1.166
    half_made
    fill key
    key=$(doctl sim ssh-key add mine)
    freeze
    lost "compute ssh-key list" once droplet create web --ssh-key mine
    works
    calls | grep '^compute droplet create' | grep -q "$key" || fail "without the key on the second page"
    lost "compute ssh-key list" always droplet create web --ssh-key mine
    not_told "compute ssh-key list"
}

@test "destroy lists all that there is, or deletes nothing" {
    open_box 1.166
    fill cluster
    fill vpc
    fill droplet
    whole
    doctl sim droplet add 42 --name web --vpc "$VPC"
    freeze
    for list in "databases list" "vpcs list" "compute droplet list"; do
        lost "$list" always destroy freshtrack-db --droplet-name web
        not_told "$list"
        lost "$list" once destroy freshtrack-db --droplet-name web
        works
        equal "$(count cluster 'name=freshtrack-db ') $(count vpc 'name=freshtrack-vpc ') $(count droplet 'name=web ')" \
            "0 0 0" "what is left after $list"
    done
}

