# Completion for managed-db in bash 3.2 and later; it needs no other package. The program knows what fits:
# managed-db --print-completions WORD... tells it. In ~/.bashrc: eval "$(managed-db completion bash)"
# shellcheck shell=bash

_managed_db() {
    local IFS=$'\n' kind line prefix="" word=${COMP_WORDS[COMP_CWORD]}
    COMPREPLY=()
    # shellcheck disable=SC2207  # mapfile is not in bash 3.2
    local answer=($("${COMP_WORDS[0]}" --print-completions "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
    kind=${answer[0]:-words}
    # "--size=" is two words here, the second is no part of the value; or one word, where "=" is no word break.
    [ "$word" != = ] || word=
    [[ $word != --*=* ]] || prefix=${word%%=*}= word=${word#*=}
    case $kind in
    words)
        for line in "${answer[@]:1}"; do
            [[ $line != "$word"* ]] || COMPREPLY+=("$prefix${line%%$'\t'*}")
        done
        ;;
    files | folders)
        compopt -o filenames 2>/dev/null
        [ "$kind" = files ] && kind=-f || kind=-d
        # shellcheck disable=SC2207
        COMPREPLY=($(compgen "$kind" -- "$word"))
        ;;
    esac
}

complete -F _managed_db managed-db
