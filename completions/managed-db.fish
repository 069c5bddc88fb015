# Completion for managed-db in fish. Put this file into ~/.config/fish/completions, or source it.
# Checked by tests/scenario/docs.bats.

# The command that stands on the line, under its short name.
function __managed_db_command
    set -l valued --doctl --dialect --jobs --context --manifest --env-file --timeout --wait-timeout \
        --poll-interval --lock-timeout --color --output --name --region --size --pg-version --nodes --db-tags --storage --vpc --vpc-ip-range \
        --pool --pool-size --pool-mode --droplet --trust --secret-file --compose --secret-owner --ca-file --network --ssl-mode \
        --url-param --direct-file --app-user --app-database --from --psql --via --compose-command --config \
        --droplet-name --only --force-shared --droplet-size --image --tags --ssh-key --user-data-file
    set -l words (commandline -opc)
    set -e words[1]
    set -l skip no
    for word in $words
        if test $skip = yes
            set skip no
        else if contains -- $word $valued
            set skip yes
        else if not string match -q -- '-*' $word
            switch $word
                case check check_existing_database
                    echo check
                case create create_managed_database
                    echo create
                case pool create_connection_pool
                    echo pool
                case ca download_ssl_certificate
                    echo ca
                case url get_connection_string
                    echo url
                case save save_connection_string
                    echo save
                case trust configure_trusted_sources
                    echo trust
                case untrust
                    echo untrust
                case info show_database_info
                    echo info
                case vpc ensure_vpc
                    echo vpc
                case auth validate_doctl_auth
                    echo auth
                case plan
                    echo plan
                case setup
                    echo setup
                case setup_managed_database
                    echo setup_managed_database
                case verify
                    echo verify
                case grant
                    echo grant
                case psql
                    echo psql
                case compose
                    echo compose
                case settings
                    echo settings
                case droplet
                    echo droplet
                case manifest
                    echo manifest
                case preflight
                    echo preflight
                case key get_ssh_key_fingerprint
                    echo key
                case region validate_region
                    echo region
                case firewall ensure_cloud_firewall
                    echo firewall
                case destroy
                    echo destroy
                case '*'
                    echo unknown
            end
            return
        end
    end
end

# Whether the command on the line is one of these.
function __managed_db_is
    set -l command (__managed_db_command)
    test -n "$command"; and contains -- $command $argv
end

function __managed_db_has_none
    test -z (__managed_db_command)
end

complete -c managed-db -f

complete -c managed-db -n __managed_db_has_none -a check -d 'Look for the cluster of this name'
complete -c managed-db -n __managed_db_has_none -a create -d 'Create the cluster, its pool and its CA file'
complete -c managed-db -n __managed_db_has_none -a pool -d 'Create a PgBouncer pool'
complete -c managed-db -n __managed_db_has_none -a ca -d 'Save the CA certificate'
complete -c managed-db -n __managed_db_has_none -a url -d 'Print the connection URL'
complete -c managed-db -n __managed_db_has_none -a save -d 'Save the pooled connection URL in a file'
complete -c managed-db -n __managed_db_has_none -a trust -d 'Let a Droplet connect'
complete -c managed-db -n __managed_db_has_none -a untrust -d 'Take a trusted source away'
complete -c managed-db -n __managed_db_has_none -a info -d 'Show the cluster, its pools and its trusted sources'
complete -c managed-db -n __managed_db_has_none -a vpc -d 'Find or create the VPC'
complete -c managed-db -n __managed_db_has_none -a auth -d 'See that doctl works'
complete -c managed-db -n __managed_db_has_none -a setup -d 'Do it all'
complete -c managed-db -n __managed_db_has_none -a plan -d 'Show what setup would do'
complete -c managed-db -n __managed_db_has_none -a verify -d 'Open a connection as the application will'
complete -c managed-db -n __managed_db_has_none -a grant -d "Give the application's user its rights"
complete -c managed-db -n __managed_db_has_none -a psql -d 'Become psql on the cluster'
complete -c managed-db -n __managed_db_has_none -a compose -d 'Check Compose files'
complete -c managed-db -n __managed_db_has_none -a settings -d 'Show the settings in force'
complete -c managed-db -n __managed_db_has_none -a droplet -d 'Find, create or wait for a Droplet'
complete -c managed-db -n __managed_db_has_none -a manifest -d 'Write a manifest'
complete -c managed-db -n __managed_db_has_none -a preflight -d 'Check what a deployment would make'
complete -c managed-db -n __managed_db_has_none -a key -d 'Look for an SSH key of the account'
complete -c managed-db -n __managed_db_has_none -a region -d 'See that a region takes new Droplets'
complete -c managed-db -n __managed_db_has_none -a firewall -d 'Find or create the Cloud Firewall of a Droplet'
complete -c managed-db -n __managed_db_has_none -a destroy -d 'Delete a deployment'
complete -c managed-db -n __managed_db_has_none -a get_ssh_key_fingerprint -d key
complete -c managed-db -n __managed_db_has_none -a validate_region -d region
complete -c managed-db -n __managed_db_has_none -a ensure_cloud_firewall -d firewall
complete -c managed-db -n __managed_db_has_none -a check_existing_database -d check
complete -c managed-db -n __managed_db_has_none -a create_managed_database -d create
complete -c managed-db -n __managed_db_has_none -a create_connection_pool -d pool
complete -c managed-db -n __managed_db_has_none -a download_ssl_certificate -d ca
complete -c managed-db -n __managed_db_has_none -a get_connection_string -d url
complete -c managed-db -n __managed_db_has_none -a save_connection_string -d save
complete -c managed-db -n __managed_db_has_none -a configure_trusted_sources -d trust
complete -c managed-db -n __managed_db_has_none -a show_database_info -d info
complete -c managed-db -n __managed_db_has_none -a ensure_vpc -d vpc
complete -c managed-db -n __managed_db_has_none -a validate_doctl_auth -d auth
complete -c managed-db -n __managed_db_has_none -a setup_managed_database -d 'setup without auth'

complete -c managed-db -n '__managed_db_is ca save' -F
complete -c managed-db -n '__managed_db_is compose' -a 'check profiles services secret' -F
complete -c managed-db -n '__managed_db_is droplet' -a 'find create wait'
complete -c managed-db -n '__managed_db_is manifest' -a init
complete -c managed-db -n '__managed_db_is url' -a 'true false' -d 'through the pool'

complete -c managed-db -l doctl -rF -d 'The doctl to run'
complete -c managed-db -l simulate -a '(__fish_complete_directories)' -d 'Run the simulator'
complete -c managed-db -l faithful -d "The plan's doctl calls, and no others"
complete -c managed-db -l dialect -x -a 'auto plan shipped' -d 'The words for doctl'
complete -c managed-db -l jobs -x -d 'Processes at a time'
complete -c managed-db -l context -x -d "doctl's context"
complete -c managed-db -l manifest -rF -d 'Settings from a YAML file'
complete -c managed-db -l env-file -rF -d 'Settings from a KEY=VALUE file'
complete -c managed-db -l timeout -x -d 'Seconds for one call'
complete -c managed-db -l wait-timeout -x -d 'Seconds until a cluster is online'
complete -c managed-db -l poll-interval -x -d 'Seconds between two looks'
complete -c managed-db -l lock-timeout -x -d 'Seconds for another run'
complete -c managed-db -l quiet -s q -d 'Warnings and errors only'
complete -c managed-db -l verbose -s v -d 'Show the doctl calls'
complete -c managed-db -l color -x -a 'auto always never' -d 'Colour'
complete -c managed-db -l output -x -a 'text json env' -d 'Form of the answer'
complete -c managed-db -l help -s h -d 'Help'
complete -c managed-db -l version -s V -d 'The version'

complete -c managed-db -n '__managed_db_is plan setup setup_managed_database manifest verify grant psql preflight destroy' -l name -x -d "The cluster's name"
complete -c managed-db -n '__managed_db_is plan setup setup_managed_database manifest droplet' -l region -x -d 'Region'
complete -c managed-db -n '__managed_db_is plan setup setup_managed_database manifest' -l size -x -d "The cluster's size"
complete -c managed-db -n '__managed_db_is create plan setup setup_managed_database manifest' -l pg-version -x -d 'Version'
complete -c managed-db -n '__managed_db_is create plan setup setup_managed_database manifest' -l nodes -x -d 'Nodes'
complete -c managed-db -n '__managed_db_is plan setup setup_managed_database manifest preflight droplet destroy' -l vpc -x -d "The VPC's name"
complete -c managed-db -n '__managed_db_is vpc plan setup setup_managed_database manifest droplet' -l vpc-ip-range -x -d 'Range of the VPC'
complete -c managed-db -n '__managed_db_is create url save plan setup setup_managed_database manifest verify' -l pool -x -d "The pool's name"
complete -c managed-db -n '__managed_db_is create plan setup setup_managed_database manifest' -l pool-size -x -d 'Connections'
complete -c managed-db -n '__managed_db_is create plan setup setup_managed_database manifest' -l storage -x -d 'Disk of a new cluster'
complete -c managed-db -n '__managed_db_is create plan setup setup_managed_database manifest' -l pool-mode -x -a 'transaction session statement' -d 'Mode of the pool'
complete -c managed-db -n '__managed_db_is url save plan setup setup_managed_database manifest verify grant psql' -l droplet -x -d 'The Droplet that may connect'
complete -c managed-db -n '__managed_db_is plan setup setup_managed_database manifest' -l trust -x -d 'Another trusted source'
complete -c managed-db -n '__managed_db_is plan setup setup_managed_database manifest verify' -l secret-file -rF -d 'File of the URL'
complete -c managed-db -n '__managed_db_is save plan setup setup_managed_database manifest' -l compose -rF -d 'Compose file'
complete -c managed-db -n '__managed_db_is plan setup setup_managed_database manifest' -l no-secret-file -d 'Write no URL to a file'
complete -c managed-db -n '__managed_db_is create ca save plan setup setup_managed_database manifest' -l secret-owner -x -d 'Owner of the files'
complete -c managed-db -n '__managed_db_is create plan setup setup_managed_database manifest verify grant psql' -l ca-file -rF -d 'File of the certificate'
complete -c managed-db -n '__managed_db_is url save plan setup setup_managed_database manifest verify grant psql' -l network -x -a 'private public auto' -d 'Which host'
complete -c managed-db -n '__managed_db_is url save plan setup setup_managed_database manifest' -l ssl-mode -x -a 'require verify-ca verify-full' -d 'sslmode of the URL'
complete -c managed-db -n '__managed_db_is url save plan setup setup_managed_database manifest' -l url-param -x -d 'Parameter of the URL'
complete -c managed-db -n '__managed_db_is plan setup setup_managed_database manifest' -l direct-file -rF -d 'File of the direct URL'
complete -c managed-db -n '__managed_db_is url save plan setup setup_managed_database manifest verify grant psql' -l app-user -x -d "The application's user"
complete -c managed-db -n '__managed_db_is url save plan setup setup_managed_database manifest verify grant psql' -l app-database -x -d 'And its database'
complete -c managed-db -n '__managed_db_is manifest' -l from -x -d 'The cluster that is there'
complete -c managed-db -n '__managed_db_is plan setup setup_managed_database manifest' -l dry-run -d 'Show what would be done'
complete -c managed-db -n '__managed_db_is plan setup setup_managed_database manifest' -l strict -d 'A difference is an error'
complete -c managed-db -n '__managed_db_is plan setup setup_managed_database manifest' -l apply -d 'Change what differs'
complete -c managed-db -n '__managed_db_is plan setup setup_managed_database manifest' -l prune-rules -d 'Take other trusted sources away'
complete -c managed-db -n '__managed_db_is plan setup setup_managed_database manifest' -l verify -d 'Open a connection at the end'
complete -c managed-db -n '__managed_db_is plan setup setup_managed_database manifest verify grant psql' -l psql -rF -d 'The psql to run'
complete -c managed-db -n '__managed_db_is plan setup setup_managed_database manifest verify grant' -l via -x -d 'Run psql behind this'
complete -c managed-db -n '__managed_db_is save plan setup setup_managed_database manifest compose' -l compose-command -x -d 'The Docker Compose to run'
complete -c managed-db -n '__managed_db_is compose' -l config -rF -d 'A configuration from elsewhere'
complete -c managed-db -n '__managed_db_is compose' -l write -d 'Put the lines into .env'
complete -c managed-db -n '__managed_db_is create plan setup setup_managed_database manifest' -l db-tags -x -d 'Tags of a new cluster'
complete -c managed-db -n '__managed_db_is destroy' -l only -x -a 'droplet database vpc' -d 'A part of the deployment'
complete -c managed-db -n '__managed_db_is destroy' -l force-shared -x -d 'The cluster goes too, whoever uses it'
complete -c managed-db -n '__managed_db_is preflight destroy' -l droplet-name -x -d "The Droplet's name"
complete -c managed-db -n '__managed_db_is droplet' -l droplet-size -x -d "The Droplet's size"
complete -c managed-db -n '__managed_db_is droplet' -l image -x -d 'Image of a new Droplet'
complete -c managed-db -n '__managed_db_is droplet' -l tags -x -d 'Tags of a new Droplet'
complete -c managed-db -n '__managed_db_is droplet' -l ssh-key -x -d 'SSH key for a new Droplet'
complete -c managed-db -n '__managed_db_is droplet' -l user-data-file -rF -d 'File for cloud-init'
