#!/usr/bin/env bats
# Whether the documentation fits the program: README.md, the manual page, --help and the completions against
# the program's own table (managed-db --print-table); links, exit statuses, settings; and the rooms' includes
# against docs/ARCHITECTURE.md. A test that fails lists what is missing ("<") or not true (">").
#
#   BUILD_DIR    where managed-db was built (.)
# shellcheck disable=SC2016  # backquotes are Markdown's
# shellcheck disable=SC2013,SC2046  # words without blanks

setup() {
    TOP=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
    PROGRAM=$(cd "${BUILD_DIR:-.}" && pwd)/managed-db
    README=$TOP/README.md
    REFERENCE=$TOP/docs/REFERENCE.md
    MAN=$TOP/man/managed-db.1
    ROOMS=$TOP/docs/ARCHITECTURE.md
    TABLE=$BATS_TEST_TMPDIR/table
    "$PROGRAM" --print-table >"$TABLE"
    [ -s "$TABLE" ]
}

# ---- what the program's table says ----

# Commands, by their short names.
commands() {
    awk -F '\t' '$1 == "command" {print $2}' "$TABLE"
}

# Commands and the plan's functions; the first word of those that have two.
names() {
    awk -F '\t' '$1 == "command" {sub(/ .*/, "", $2); print $2; if ($3 != "-") print $3}' "$TABLE" | sort -u
}

# seconds WORD: the words that may follow as the second of a command.
seconds() {
    awk -F '\t' -v word="$1" '$1 == "command" && index($2, word " ") == 1 {print substr($2, length(word) + 2)}' "$TABLE" |
        sort
}

# options common|own: as usage shows them, such as "-q, --quiet" or "--name NAME".
options() {
    awk -F '\t' -v kind="$1" '$1 == "option" && $5 == kind {
        printf "%s%s%s\n", $3 == "-" ? "" : "-" $3 ", ", $2,
            $4 == "-" ? "" : ($4 ~ /^\[/ ? "" : " ") $4}' "$TABLE"
}

# Long options, bare: all, or those that a command takes, the common ones included.
long_options() {
    awk -F '\t' -v command="${1:-}" '
        $1 == "takes" && $2 == command {print $3}
        $1 == "option" && (command == "" || $5 == "common") {print $2}' "$TABLE" | sort
}

# takes OPTION: the commands that take it; "all" in front stands for plan, the two setups and manifest init.
takes() {
    awk -F '\t' -v option="$1" '$1 == "takes" && $3 == option {print $2}' "$TABLE" |
        awk '/^setup_managed_database$/ {all = "all\n"; next} {list = list $0 "\n"}
            END {if (all) gsub(/(^|\n)(setup\n|plan\n|manifest init\n)+/, "\n", list); sub(/^\n/, "", list); printf "%s%s", all, list}' |
        paste -sd ' '
}

# The values of an option that has a list of them, as the program's own message gives them.
values() {
    "$PROGRAM" setup "$1" '?' 2>&1 |
        sed -n "s/^.*: '*?'* is not \\([a-z, -]* or [a-z-]*\\).*\$/\\1/p" | sed 's/ or /,/; s/, */\n/g' | sort
}

# The options that have a list of values; at least the one whose list is known.
enumerated() {
    local option
    [ "$(values --network | paste -sd ' ')" = 'auto private public' ] || echo "values-of-network-not-found"
    for option in $(awk -F '\t' '$1 == "option" && $4 ~ /^[A-Z]/ {print $2}' "$TABLE"); do
        [ -z "$(values "$option")" ] || echo "$option"
    done
}

# ---- helpers ----

# same WHAT SEEN EXPECTED: compares two lists; shows what is missing and what should not be there.
same() {
    if ! diff <(printf '%s\n' "$3") <(printf '%s\n' "$2") >"$BATS_TEST_TMPDIR/diff"; then
        printf '%s: missing (<) and wrong (>):\n' "$1"
        grep '^[<>]' "$BATS_TEST_TMPDIR/diff"
        return 1
    fi
}

# section FILE HEADING: the lines below a heading of a Markdown file, up to the next one.
section() {
    awk -v heading="$2" '
        /^```/ {code = !code}
        !code && /^#/ {inside = $0 ~ "^#+ " heading "$"; next}
        inside' "$1"
}

# cells FILE HEADING COLUMN [TABLE]: a column of the tables below a heading, without backquotes.
cells() {
    section "$1" "$2" | awk -F ' *[|] *' -v column="$3" -v wanted="${4:-0}" '
        /^\| *---/ {table++; inside = 1; next}
        !/^\|/ {inside = 0}
        inside && (!wanted || table == wanted) {print $(column + 1)}' | tr -d '`'
}

# The manual page without font changes; one of its sections.
man_section() {
    sed 's/\\f[BIRP]//g; s/\\-/-/g; s/^\.B[IR]* \(.*\)$/\1/; s/"//g' "$MAN" |
        awk -v heading="$1" '/^\.S[HS] / {inside = substr($0, 5) == heading; next} inside'
}

# The lines that stand after ".TP" in a section: what is described there.
man_tags() {
    man_section "$1" | awk 'previous == ".TP" {print} {previous = $0}'
}

# every_name FILE: fails where a command or a function of the plan is not named in it, or not as a word.
every_name() {
    local name missing=()
    for name in $(names); do
        grep -qE "(^|[^a-z_-])$name([^a-z_-]|\$)" "$1" || missing+=("$name")
    done
    [ "${#missing[@]}" = 0 ] || {
        echo "$1 does not name: ${missing[*]}"
        return 1
    }
}

# every_option FILE: the same for the long options. "\-" is a hyphen of the manual page.
every_option() {
    local option missing=()
    for option in $(long_options); do
        sed 's/\\-/-/g; s/\\f[BIR]//g' "$1" | grep -qE -- "$option([^a-z-]|\$)" || missing+=("$option")
    done
    [ "${#missing[@]}" = 0 ] || {
        echo "$1 does not name: ${missing[*]}"
        return 1
    }
}

# Options that pages may name and that are not this program's: doctl's, and those of configure and of tools.
FOREIGN='--format --no-header --wait --private --rule --engine --num-nodes --private-network-uuid --db --user
    --mode --uuid --output --ip-range --trace
    --config --dry-run --provision-only --pull --tag --tag-names --setup-managed-db --public-key-file --no-owner
    --compose-file --filter --secret-add --secret-rm --entrypoint --force-recreate --no-deps --profile --remove-orphans --rm
    --enable-werror --enable-sanitizers --disable-extras --enable-coverage'

no_foreign_option() {
    local option wrong=()
    for option in $(sed 's/\\-/-/g' "$1" | grep -oE '(^|[^a-zA-Z-])--[a-z][a-z-]*' | grep -oE -- '--.*' | sort -u); do
        # shellcheck disable=SC2086  # a list
        printf '%s\n' $FOREIGN $(long_options) | grep -qxF -- "$option" || wrong+=("$option")
    done
    [ "${#wrong[@]}" = 0 ] || {
        echo "$1 names what is no option: ${wrong[*]}"
        return 1
    }
}

# ---- help ----

@test "--help names every command and the common options" {
    "$PROGRAM" --help >"$BATS_TEST_TMPDIR/help"
    same "commands of --help" "$(sed -nE '/^Options/q; s/^  ([a-z]+[a-z_ ]*[a-z])  +.*/\1/p' "$BATS_TEST_TMPDIR/help")" \
        "$(commands | grep -v setup_managed_database)"
    same "options of --help" \
        "$(sed -n '/^Options of every/,/^$/p' "$BATS_TEST_TMPDIR/help" | grep -oE -- '--[a-z][a-z-]*' | sort -u)" \
        "$(long_options none)"
}

@test "the help of each command names the options that it takes, and no others" {
    local command function
    while IFS=$'\t' read -r _ command function _; do
        # shellcheck disable=SC2086  # one word or two
        "$PROGRAM" $command --help >"$BATS_TEST_TMPDIR/help"
        same "options of '$command --help'" \
            "$(sed -n '/^Options/,$p; /^Every command/,$p' "$BATS_TEST_TMPDIR/help" |
                awk '/^Every/ {all = 1} all || /^  (-.,|   ) --/' | sed "s/'managed-db --help'//" | grep -oE -- '--[a-z][a-z-]*' |
                awk '!seen[$0]++' | sort)" \
            "$(long_options "$command")"
        [ "$function" = - ] || "$PROGRAM" "$function" --help | cmp - "$BATS_TEST_TMPDIR/help"
    done < <(grep '^command' "$TABLE")
}

# ---- docs/REFERENCE.md ----

@test "docs/REFERENCE.md has the table of commands" {
    same "commands of docs/REFERENCE.md" \
        "$(paste -d '|' <(cells "$REFERENCE" Commands 1) <(cells "$REFERENCE" Commands 2) <(cells "$REFERENCE" Commands 3))" \
        "$(awk -F '\t' '$1 == "command" {
            printf "%s|%s|%s\n", $2, $3 == "-" ? "" : $3, $4 == "-" ? "" : $4}' "$TABLE")"
}

@test "docs/REFERENCE.md has the tables of options, and who takes them" {
    same "common options of docs/REFERENCE.md" "$(cells "$REFERENCE" Options 1 1)" "$(options common)"
    same "other options of docs/REFERENCE.md" "$(cells "$REFERENCE" Options 1 2)" "$(options own)"
    local option
    for option in $(awk -F '\t' '$1 == "option" && $5 == "own" {print $2}' "$TABLE"); do
        same "who takes $option, in docs/REFERENCE.md" \
            "$(paste -d '|' <(cells "$REFERENCE" Options 1 2) <(cells "$REFERENCE" Options 2 2) |
                sed -nE "s/^$option( [^|]*)?\|//p" | tr -d ,)" \
            "$(takes "$option")"
    done
}

@test "docs/REFERENCE.md tells what each command answers" {
    same "answers in docs/REFERENCE.md" "$(cells "$REFERENCE" Answers 1)" "$(commands)"
}

@test "docs/REFERENCE.md has every setting, with its variable, key and default" {
    same "settings in docs/REFERENCE.md" \
        "$(paste -d '|' <(cells "$REFERENCE" Settings 4) <(cells "$REFERENCE" Settings 3) <(cells "$REFERENCE" Settings 5) |
            sed -E 's/, a list//; s/\|(\[Files\].*|none|whoever .*|doctl.s own)$/|/; s/^(\|USE_MANAGED_DB)\|true$/\1|/' | grep -v '^||' | sort)" \
        "$( (
            echo 'trust||'
            awk '/specs\[SETTING_COUNT\] = \{/ {inside = 1; next} inside && /^\};/ {exit} inside' \
                "$TOP/src/settings/settings.c" | tr -d '\n' | grep -oE '\{[^}]*\}' |
                sed -E 's/, +/,/g; s/^\{([^,]*),([^,]*),([^,]*),.*/\1|\2|\3/; s/NULL//g; s/"//g' | grep -v '^||'
        ) | sort)"
}

@test "the commands that README.md leads with are there" {
    local command
    for command in $(grep -oE '^\./scripts/[a-z]+\.sh' "$README"); do
        [ -x "$TOP/$command" ] || {
            echo "$command cannot be run"
            return 1
        }
    done
    [ -n "$command" ]
}

# shellcheck disable=SC2030,SC2031  # each test is a process of its own
@test "the fake doctl of docs/REFERENCE.md is enough, in both modes" {
    local mode
    mkdir "$BATS_TEST_TMPDIR/bin"
    section "$REFERENCE" 'In test harnesses' | sed -n '/^```sh$/,/^```$/{/^```/d;p;}' >"$BATS_TEST_TMPDIR/bin/doctl"
    chmod 755 "$BATS_TEST_TMPDIR/bin/doctl"
    for mode in --faithful --dialect=auto; do
        run env -i "PATH=$BATS_TEST_TMPDIR/bin:/usr/bin:/bin" "MANAGED_DB_LOCK_DIR=$BATS_TEST_TMPDIR/lock" \
            "MANAGED_DB_SECRETS_DIR=$BATS_TEST_TMPDIR/secrets" "$PROGRAM" setup_managed_database "$mode"
        echo "$output"
        [ "$status" = 0 ]
        [ "$(cat "$BATS_TEST_TMPDIR/secrets/database_url")" = \
            'postgresql://doadmin:secret@c-1-pooler.db.ondigitalocean.com:25060/defaultdb?sslmode=require' ]
    done
}

# ---- the manual page ----

@test "the manual page has every command, with its arguments and its function" {
    same "commands of the manual page" "$(man_tags COMMANDS)" \
        "$(awk -F '\t' '$1 == "command" {
            printf "%s%s%s\n", $2, $4 == "-" ? "" : " " $4, $3 == "-" ? "" : " (" $3 ")"}' "$TABLE")"
}

@test "the manual page has every option, and who takes it" {
    same "common options of the manual page" "$(man_tags 'Options of every command')" "$(options common)"
    same "other options of the manual page" "$(man_tags 'Options of single commands')" "$(options own)"
    local option
    for option in $(awk -F '\t' '$1 == "option" && $5 == "own" {print $2}' "$TABLE"); do
        same "who takes $option, in the manual page" \
            "$(man_section 'Options of single commands' | awk -v option="$option" '
                previous == ".TP" {inside = $1 == option}
                inside && /^Taken by / {gsub(/^Taken by |,|\.$/, ""); print}
                {previous = $0}')" \
            "$(takes "$option")"
    done
}

@test "the manual page has every variable, the sections, and the version" {
    local variable section version
    for variable in $(cells "$REFERENCE" Settings 3); do
        man_tags ENVIRONMENT | grep -qx "$variable" || {
            echo "the manual page lacks $variable"
            return 1
        }
    done
    for section in NAME SYNOPSIS DESCRIPTION COMMANDS OPTIONS ENVIRONMENT FILES 'EXIT STATUS' EXAMPLES NOTES 'SEE ALSO'; do
        grep -qxE "\.SH \"?$section\"?" "$MAN" || {
            echo "the manual page lacks the section $section"
            return 1
        }
    done
    version=$("$PROGRAM" --version)
    grep -q "^\.TH .*\"$version\"" "$MAN" || {
        echo "the manual page is not that of $version"
        return 1
    }
    grep -qE "^## ${version#* }(,|\$)" "$TOP/CHANGELOG.md" || {
        echo "CHANGELOG.md does not tell of $version"
        return 1
    }
}

@test "the manual page's macros are fine" {
    command -v groff >/dev/null || skip "groff is not installed (Debian: groff-base)"
    run groff -man -Tutf8 -wall -wmac -z "$MAN"
    echo "$output"
    [ "$status" = 0 ]
    [ -z "$output" ]
    if command -v mandoc >/dev/null; then
        run mandoc -T lint -W warning "$MAN"
        echo "$output"
        [ "$status" = 0 ]
    fi
}

# ---- all pages ----

@test "no page names an option that does not exist, and none forgets one" {
    local page
    every_name "$REFERENCE"
    every_option "$REFERENCE"
    every_option "$MAN"
    for page in "$README" "$MAN" "$TOP/CONTRIBUTING.md" "$TOP/CHANGELOG.md" "$TOP"/docs/*.md "$TOP"/scripts/lib/*-helpers.sh; do
        no_foreign_option "$page"
    done
}

@test "the exit statuses agree, and are true" {
    local statuses page
    statuses=$("$PROGRAM" --help | sed -n '/^Exit status:/,$p' | tr '\n' ' ' |
        sed 's/^Exit status: //' | tr ';' '\n' | awk '{print $1}')
    [ "$(wc -l <<<"$statuses")" -gt 6 ]
    same "statuses of docs/REFERENCE.md" "$(cells "$REFERENCE" 'Exit status' 1)" "$statuses"
    same "statuses of the manual page" "$(man_tags 'EXIT STATUS')" "$statuses"
    same "statuses of error.h" \
        "$(sed -nE 's/^ +ERROR_[A-Z_]+,? .* exit ([0-9]+)( \+ N)? \*\/$/\1\2/p' "$TOP/include/base/error.h" | tr -d ' ' | uniq)" \
        "$statuses"
    same "statuses of managed-db-helpers.sh" \
        "$(sed -n '/exit status of/,/Works/p' "$TOP/scripts/lib/managed-db-helpers.sh" | sed 's/Works.*//' |
            grep -oE '[0-9]+ [a-z]' | cut -d ' ' -f 1)" \
        "$(grep -v + <<<"$statuses")"

    run "$PROGRAM" --version
    [ "$status" = 0 ]
    run "$PROGRAM" no-such-command
    [ "$status" = 2 ]
    run "$PROGRAM" auth --doctl "$BATS_TEST_TMPDIR/missing"
    [ "$status" = 3 ]
    if [ -e /dev/full ]; then
        run bash -c '"$1" --help >/dev/full' - "$PROGRAM"
        [ "$status" = 6 ]
    fi
}

@test "every relative link leads somewhere" {
    local page target anchor wrong=()
    while IFS= read -r page; do
        while IFS= read -r target; do
            [[ $target != *:* ]] || continue
            anchor=
            [[ $target != *#* ]] || anchor=${target#*#}
            target=${target%%#*}
            if [ -n "$target" ]; then target=$(dirname "$page")/$target; else target=$page; fi
            if [ ! -e "$target" ]; then
                wrong+=("${page#"$TOP"/}: $target")
            elif [ -n "$anchor" ] && ! sed -n 's/^##* //p' "$target" | tr 'A-Z ' 'a-z-' | tr -cd 'a-z0-9_\n-' |
                grep -qx -- "$anchor"; then
                wrong+=("${page#"$TOP"/}: #$anchor")
            fi
        done < <(grep -oE '\]\([^) ]+\)' "$page" | sed 's/^](//; s/)$//')
    done < <(find "$TOP" \( -name .git -o -name build \) -prune -o -name '*.md' -print)
    [ "${#wrong[@]}" = 0 ] || {
        printf '%s\n' "links to nowhere:" "${wrong[@]}"
        return 1
    }
}

@test "functions and files that the pages name are there" {
    local page name wrong=()
    for page in "$TOP"/docs/*.md "$TOP/CONTRIBUTING.md"; do
        for name in $(grep -oE '`[a-z_]+\(\)`' "$page" | tr -d '`()' | sort -u); do
            [[ $name =~ ^(poll|main|free)$ ]] || grep -rqE "(^|[ *])$name\(" "$TOP/src" "$TOP/include" ||
                wrong+=("${page##*/}: $name()")
        done
        for name in $(grep -oE '`(src|include|scripts|tests|simulator)/[a-zA-Z0-9_./-]+`' "$page" | tr -d '`' | sort -u); do
            [[ $name = simulator/doctl ]] || [ -e "$TOP/$name" ] || wrong+=("${page##*/}: $name")
        done
        # "`function()` in `src/file.c`"
        while read -r name; do
            grep -qE "(^|[ *])${name%% *}\(" "$TOP/${name#* }" || wrong+=("${page##*/}: ${name%% *}() is not in ${name#* }")
        done < <(tr '\n' ' ' <"$page" | grep -oE '`[a-z_]+\(\)` in `src/[a-z_/]+\.c`' | sed 's/`//g; s/()//; s/ in / /')
    done
    [ "${#wrong[@]}" = 0 ] || {
        printf '%s\n' "not there:" "${wrong[@]}"
        return 1
    }
}

# ---- completions ----

# complete_bash WORD…: what the completion for bash offers for the last word.
complete_bash() (
    eval "$("$PROGRAM" completion bash)"
    # shellcheck disable=SC2034
    COMP_WORDS=("$PROGRAM" "$@")
    # shellcheck disable=SC2034
    COMP_CWORD=$#
    _managed_db
    [ "${#COMPREPLY[@]}" = 0 ] || printf '%s\n' "${COMPREPLY[@]}" | sort
)

# What stands first on the line: commands, and "help". The plan's names are offered once one is begun.
first_words() {
    (commands | sed 's/ .*//' && echo help) | sort -u
}

@test "bash completes commands, functions and options" {
    local name
    same "commands" "$(complete_bash '')" "$(first_words)"
    same "options without a command" "$(complete_bash --)" "$(long_options none)"
    while read -r name; do
        # shellcheck disable=SC2086  # one word or two
        same "options of $name" "$(complete_bash $name --)" "$(long_options "$name")"
    done < <(commands)
    for name in compose droplet manifest; do
        same "words after $name" "$(complete_bash "$name" '')" "$(seconds "$name")"
    done
    while IFS=$'\t' read -r _ name function _; do
        [ "$function" = - ] || [ "$function" = "$name" ] || {
            same "the function $function" "$(complete_bash "$function")" "$function"
            same "options of $function" "$(complete_bash "$function" --)" "$(long_options "$name")"
        }
    done < <(grep '^command' "$TABLE")
}

@test "bash knows which options have a value" {
    local option
    for option in $(awk -F '\t' '$1 == "option" && $4 ~ /^[^-[]/ {print $2}' "$TABLE") -o; do
        same "command after $option" "$(complete_bash "$option" x che)" "$(names | grep '^che')"
    done
    for option in $(awk -F '\t' '$1 == "option" && $4 ~ /^[-[]/ {print $2}' "$TABLE"); do
        same "command after $option" "$(complete_bash "$option" che)" "$(names | grep '^che')"
    done
    same "command after --jobs=3" "$(complete_bash --jobs = 3 che)" "$(names | grep '^che')"
}

@test "bash completes values and paths" {
    local option
    cd "$BATS_TEST_TMPDIR"
    touch 'a file'
    mkdir 'a folder'
    for option in $(enumerated); do
        same "values of $option" "$(complete_bash setup "$option" '')" "$(values "$option")"
        same "values of $option=" "$(complete_bash setup "$option" =)" "$(values "$option")"
    done
    for option in $(awk -F '\t' '$1 == "option" && $4 ~ /^(PATH|FILE)$/ {print $2}' "$TABLE"); do
        same "paths of $option" "$(complete_bash setup "$option" 'a f')" $'a file\na folder'
    done
    same "folders of --simulate=" "$(complete_bash --simulate = 'a f')" 'a folder'
    same "path of save" "$(complete_bash save ID 'a f')" $'a file\na folder'
    same "path of ca" "$(complete_bash download_ssl_certificate -q ID 'a f')" $'a file\na folder'
    same "USE_POOL" "$(complete_bash url ID '')" $'false\ntrue'
    same "SSL_MODE" "$(complete_bash url ID true '')" "$(values --ssl-mode)"
    same "shells" "$(complete_bash completion '')" $'bash\nfish\nzsh'
    same "options after --" "$(complete_bash url -- --)" ''
}

@test "bash completes what DigitalOcean offers, from the doctl that the line names" {
    local simulate="--simulate=$BATS_TEST_TMPDIR/account"
    same "sizes" "$(complete_bash "$simulate" setup --size db-s-1)" "$("$PROGRAM" "$simulate" offers size | grep ^db-s-1 | sort)"
    same "regions" "$(complete_bash "$simulate" setup --region = ny)" $'nyc1\nnyc2\nnyc3'
    same "versions" "$(complete_bash "$simulate" create --pg-version '')" "$("$PROGRAM" "$simulate" offers pg-version | sort)"
    [ -n "$(complete_bash "$simulate" droplet create --droplet-size s-)" ]
    same "one word" "$(complete_bash "$simulate" setup --region=ny)" $'--region=nyc1\n--region=nyc2\n--region=nyc3'
    same "without doctl" "$(complete_bash --doctl /nowhere/doctl setup --size '')" ''
}

@test "zsh and fish ask the program as well" {
    local shell
    for shell in zsh fish; do
        "$PROGRAM" completion "$shell" >"$BATS_TEST_TMPDIR/$shell"
        grep -q -- '--print-completions' "$BATS_TEST_TMPDIR/$shell"
        ! command -v "$shell" >/dev/null || "$shell" -n "$BATS_TEST_TMPDIR/$shell"
    done
    grep -q '^#compdef managed-db' "$BATS_TEST_TMPDIR/zsh"
    grep -q '^complete -c managed-db' "$BATS_TEST_TMPDIR/fish"
    if command -v fish >/dev/null; then
        same "fish, commands" "$(fish -c "source $BATS_TEST_TMPDIR/fish; PATH=${PROGRAM%/*}:\$PATH complete -C 'managed-db comp'" |
            cut -f 1 | sort)" $'completion\ncompose'
    fi
}

# ---- the house ----

# ROOM INCLUDED, for each #include of a header of the project: a room is a file below src/ with its header below
# include/, and is named by its path without those and without the ending.
arrows() {
    local file room included
    find "$TOP/src" "$TOP/include" -name '*.[ch]' | while read -r file; do
        room=${file#"$TOP"/*/}
        room=${room%.?}
        sed -nE 's/^[ \t]*#[ \t]*include[ \t]+"(.+)\.h".*/\1/p' "$file" | while read -r included; do
            [ "$included" = config ] || [ "$included" = "$room" ] || printf '%s %s\n' "$room" "$included"
        done
    done | sort -u
}

@test "no room includes another that includes it, directly or over others" {
    arrows >"$BATS_TEST_TMPDIR/arrows"
    [ "$(wc -l <"$BATS_TEST_TMPDIR/arrows")" -gt 100 ]
    run tsort "$BATS_TEST_TMPDIR/arrows"
    [ "$status" = 0 ] || {
        echo "a circle:"
        grep '^tsort: ' <<<"$output"
        return 1
    }
}

@test "folders include only what docs/ARCHITECTURE.md allows, and that is below them" {
    paste -d '|' <(cells "$ROOMS" 'The folders' 1) <(cells "$ROOMS" 'The folders' 3) >"$BATS_TEST_TMPDIR/folders"
    same "folders" "$(cut -d '|' -f 1 "$BATS_TEST_TMPDIR/folders" | sort)" \
        "$( (echo main && find "$TOP/src" -mindepth 1 -maxdepth 1 -type d -exec basename {} \;) | sort)"
    same "folders of headers" "$(find "$TOP/include" -mindepth 1 -maxdepth 1 -exec basename {} \; | sort)" \
        "$(find "$TOP/src" -mindepth 1 -maxdepth 1 -type d -exec basename {} \; | sort)"
    run awk '
        FNR == NR {
            split($0, parts, "|")
            place[parts[1]] = ++count
            n = split(parts[2], names, /, */)
            for (i = 1; i <= n; i++) allowed[parts[1] " " names[i]] = 1
            next
        }
        {
            from = $1; to = $2
            sub("/.*", "", from); sub("/.*", "", to)
            if (from == to) next
            if (!((from " " to) in allowed)) print $1 " includes " $2
            else if (place[to] <= place[from]) print from " includes " to ", which is not below it"
        }' "$BATS_TEST_TMPDIR/folders" <(arrows)
    echo "$output"
    [ -z "$output" ]
}

@test "every folder says in at most ten lines what is in it and what is not" {
    local folder
    for folder in "$TOP"/src/*/; do
        [ "$(wc -l <"$folder/README")" -le 10 ]
        grep -q '^Not here: ' "$folder/README"
    done
}

@test "every header begins with the name of its room, and every room has a place in docs/ARCHITECTURE.md" {
    local file name wrong=()
    while read -r file; do
        name=$(basename "$file" .h)
        [ "$(sed -n 2p "$file" | cut -d : -f 1)" = " * $name" ] || wrong+=("${file#"$TOP"/}: does not say what $name is")
        grep -q "\*$name\*" "$ROOMS" || wrong+=("docs/ARCHITECTURE.md: says nothing of $name")
    done < <(find "$TOP/include" -name '*.h')
    [ "${#wrong[@]}" = 0 ] || {
        printf '%s\n' "${wrong[@]}"
        return 1
    }
}

# All but tables of data and state.c, which only frees.
@test "every room with code has a planted defect" {
    local file room wrong=()
    while read -r file; do
        room=${file#"$TOP/src/"}
        room=${room%.c}
        grep -q "^mutant $room " "$TOP/tests/mutants/table" || wrong+=("$room")
    done < <(find "$TOP/src" -name '*.c' ! -path '*/cli/options.c' ! -path '*/flow/state.c')
    same "rooms without a defect in tests/mutants/table" "${wrong[*]:-}" ""
}

# Words that only those who were there understand, and what to say instead:
#   doctl does not know the command; prefetched; retried; the caller goes on without it; ignored; running;
#   context, cause, failure, found (for names).
@test "riddles occur nowhere" {
    local words='\bturn(s|ed|ing)? ((the|these|those) )?(words |it |them )?down\b|TURNED_DOWN'
    words+='|ask(s|ed|ing)? ahead|r[au]n(s|ning)? ahead|ahead_of_|\b(put|puts|putting) ((it|them|a question|a change) )?again'
    words+='|\b(done|do|does) without\b|\bpass(ed|es|ing)? ((it|them) )?over\b|\bpa(y|ys|id) (no )?heed|\bstill at it\b|\bis at it\b'
    words+='|\bstruct error (mine|none)\b|\b(char|void|bool|size_t|int|long) (const )?[*&]?(mine|told|none|stranger)\b|\bstranger\('
    run grep -rnIE "$words" "$TOP" --include='*' --exclude-dir=.git --exclude-dir=build --exclude-dir=corpus \
        --exclude=docs.bats --exclude-dir=autom4te.cache --exclude='Makefile.in' --exclude=configure --exclude-dir=build-aux
    echo "$output"
    [ "$status" = 1 ]
}
