# Completion for managed-db in fish. The program knows what fits: managed-db --print-completions WORD... tells it.
# Put this file into ~/.config/fish/completions as managed-db.fish, or: managed-db completion fish | source

function __managed_db_complete
    set -l words (commandline -opc)
    set -l token (commandline -ct)
    set -l answer ($words[1] --print-completions $words[2..-1] "$token" 2>/dev/null)
    set -l before (string match -r -- '^--[a-z-]+=' "$token")
    switch "$answer[1]"
        case files folders
            __fish_complete_path (string replace -r -- '^--[a-z-]+=' '' "$token")
        case words
            for line in $answer[2..-1]
                echo "$before$line"
            end
    end
end

complete -c managed-db -f -a '(__managed_db_complete)'
