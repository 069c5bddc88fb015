# Completion for managed-db in bash 3.2 and later. Needs no other package.
#
# Source this file, or put it under the name managed-db into a folder that bash-completion reads, such as
# ~/.local/share/bash-completion/completions. Checked by tests/scenario/docs.bats.
# shellcheck shell=bash

# The command that is meant by a word, under its short name.
_managed_db_command() {
    case $1 in
    check | check_existing_database) echo check ;;
    create | create_managed_database) echo create ;;
    pool | create_connection_pool) echo pool ;;
    ca | download_ssl_certificate) echo ca ;;
    url | get_connection_string) echo url ;;
    save | save_connection_string) echo save ;;
    trust | configure_trusted_sources) echo trust ;;
    untrust) echo untrust ;;
    info | show_database_info) echo info ;;
    vpc | ensure_vpc) echo vpc ;;
    auth | validate_doctl_auth) echo auth ;;
    setup) echo setup ;;
    plan) echo plan ;;
    setup_managed_database) echo setup_managed_database ;;
    verify) echo verify ;;
    grant) echo grant ;;
    psql) echo psql ;;
    compose) echo compose ;;
    settings) echo settings ;;
    droplet) echo droplet ;;
    manifest) echo manifest ;;
    preflight) echo preflight ;;
    key | get_ssh_key_fingerprint) echo key ;;
    region | validate_region) echo region ;;
    firewall | ensure_cloud_firewall) echo firewall ;;
    destroy) echo destroy ;;
    esac
}

_managed_db_commands="check create pool ca url save trust untrust info vpc auth setup plan verify grant psql compose settings manifest preflight droplet key region firewall
    destroy
    check_existing_database create_managed_database create_connection_pool download_ssl_certificate
    get_connection_string save_connection_string configure_trusted_sources show_database_info ensure_vpc
    validate_doctl_auth setup_managed_database get_ssh_key_fingerprint validate_region ensure_cloud_firewall"

# Options with a value, which is the next word or follows "=".
_managed_db_valued=" --doctl --dialect --jobs --context --manifest --env-file --timeout --wait-timeout
    --poll-interval --lock-timeout --color --output --name --region --size --pg-version --nodes --db-tags --storage --vpc --vpc-ip-range --pool
    --pool-size --pool-mode --droplet --trust --secret-file --compose --secret-owner --ca-file --network
    --ssl-mode --url-param --direct-file --app-user --app-database --from --psql --via --compose-command --config --droplet-name --only --force-shared --droplet-size --image --tags --ssh-key --user-data-file "

# The options that a command takes; those of every command where there is none.
_managed_db_options() {
    echo "--doctl --simulate --faithful --dialect --jobs --context --manifest --env-file --timeout"
    echo "--wait-timeout --poll-interval --lock-timeout --quiet --verbose --color --output --help --version"
    case $1 in
    create) echo "--pg-version --nodes --db-tags --storage --pool --pool-size --pool-mode --secret-owner --ca-file" ;;
    ca) echo "--secret-owner" ;;
    url) echo "--pool --droplet --network --ssl-mode --url-param --app-user --app-database" ;;
    save)
        echo "--pool --droplet --compose --secret-owner --network --ssl-mode --url-param --app-user --app-database"
        echo "--compose-command"
        ;;
    verify)
        echo "--name --pool --droplet --secret-file --ca-file --network --app-user --app-database --psql --via"
        ;;
    grant) echo "--name --droplet --ca-file --network --app-user --app-database --psql --via" ;;
    psql) echo "--name --droplet --ca-file --network --app-user --app-database --psql" ;;
    vpc) echo "--vpc-ip-range" ;;
    "compose profiles") echo "--write" ;;
    compose\ *) echo "--compose-command --config" ;;
    "droplet create")
        echo "--region --vpc --vpc-ip-range --droplet-size --image --tags --ssh-key --user-data-file"
        ;;
    preflight) echo "--name --vpc --droplet-name" ;;
    destroy) echo "--name --vpc --droplet-name --only --force-shared" ;;
    plan | setup | setup_managed_database | "manifest init")
        [ "$1" != "manifest init" ] || echo "--from"
        echo "--name --region --size --pg-version --nodes --db-tags --storage --vpc --vpc-ip-range --pool --pool-size --pool-mode --droplet"
        echo "--trust --secret-file --compose --no-secret-file --secret-owner --ca-file --network --ssl-mode"
        echo "--url-param --direct-file --app-user --app-database --dry-run --strict --apply --prune-rules --verify --psql --via --compose-command"
        ;;
    esac
}

_managed_db_reply() {
    local IFS=$'\n'
    # shellcheck disable=SC2207  # mapfile is not in bash 3.2
    COMPREPLY=($(compgen "${@:2}" -- "$1"))
}

_managed_db_words() {
    local IFS=$' \t\n'
    # shellcheck disable=SC2207
    COMPREPLY=($(compgen -W "$2" -- "$1"))
}

_managed_db_files() {
    compopt -o filenames 2>/dev/null
    _managed_db_reply "$1" "$2"
}

# _managed_db_value OPTION WORD: completes the value of an option.
_managed_db_value() {
    case $1 in
    --dialect) _managed_db_words "$2" "auto plan shipped" ;;
    --pool-mode) _managed_db_words "$2" "transaction session statement" ;;
    --network) _managed_db_words "$2" "private public auto" ;;
    --ssl-mode) _managed_db_words "$2" "require verify-ca verify-full" ;;
    --only) _managed_db_words "$2" "droplet database vpc" ;;
    --color) _managed_db_words "$2" "auto always never" ;;
    --output) _managed_db_words "$2" "text json env" ;;
    --doctl | --manifest | --env-file | --secret-file | --compose | --ca-file | --user-data-file | \
        --direct-file | --psql | --config) _managed_db_files "$2" -f ;;
    --simulate) _managed_db_files "$2" -d ;;
    esac
}

_managed_db() {
    local word=${COMP_WORDS[COMP_CWORD]} command="" second="" arguments=0 only_words="" i=1
    COMPREPLY=()

    # What stands before the cursor. bash makes "--a=b" three words, unless "=" is no word break.
    while [ "$i" -lt "$COMP_CWORD" ]; do
        local before=${COMP_WORDS[i]}
        if [ -z "$only_words" ] && [ "$before" = -- ]; then
            only_words=yes
        elif [ -z "$only_words" ] && [[ $before == -* ]]; then
            if [ "${COMP_WORDS[i + 1]}" = "=" ]; then
                if [ $((i + 1)) -ge $((COMP_CWORD - 1)) ]; then
                    [ "$word" != "=" ] || word=""
                    _managed_db_value "$before" "$word"
                    return
                fi
                i=$((i + 2))
            elif [[ $_managed_db_valued =~ [[:space:]]"$before"[[:space:]] ]]; then
                i=$((i + 1))
                if [ "$i" = "$COMP_CWORD" ]; then
                    _managed_db_value "$before" "$word"
                    return
                fi
            fi
        elif [ -z "$command" ]; then
            command=$(_managed_db_command "$before")
            [ -n "$command" ] || return
        else
            [[ $command:$arguments != @(droplet|compose|manifest):0 ]] || second=" $before"
            arguments=$((arguments + 1))
        fi
        i=$((i + 1))
    done

    if [ -z "$only_words" ] && [[ $word == -* ]]; then
        _managed_db_words "$word" "$(_managed_db_options "$command$second")"
    elif [ -z "$command" ]; then
        _managed_db_words "$word" "$_managed_db_commands"
    else
        case $command:$arguments in
        ca:1 | save:1) _managed_db_files "$word" -f ;;
        compose:0) _managed_db_words "$word" "check profiles services secret" ;;
        droplet:0) _managed_db_words "$word" "find create wait" ;;
        manifest:0) _managed_db_words "$word" "init" ;;
        compose:*) _managed_db_files "$word" -f ;;
        url:1) _managed_db_words "$word" "true false" ;;
        url:2) _managed_db_words "$word" "require verify-ca verify-full" ;;
        esac
    fi
}

complete -F _managed_db managed-db
