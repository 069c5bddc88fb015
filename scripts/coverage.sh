#!/usr/bin/env bash
# Line coverage of src/ by the unit tests and the scenarios, with gcov, in a build of its own
# (build/coverage). The last line is the total; below 95 % the exit status is 1.
#
#   scripts/coverage.sh          builds, runs the tests, prints the figures
#   scripts/coverage.sh show     the figures of the last run again, and the lines that were not run
#
# Environment:
#   COVERAGE_LEAST    percent that the total has to reach (95)
#   COVERAGE_JOBS     scenarios at a time (the number of processors)
#
# A process that a signal ends writes no counts: what only such runs reach counts as not run. Where it
# is killed while it writes them, they are spoilt for all that follow: so they are read, and begun anew,
# after each file of scenarios. Scenarios that look at every file that is opened fail here, because the
# counts are opened too; their lines count all the same.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/lib/build.sh
. scripts/lib/build.sh
LEAST=${COVERAGE_LEAST:-95}
FOLDER=$BUILD/coverage

# Starts counting. Some scenarios run the program as another user, who has counts to write as well.
begin_counts() {
    find "$FOLDER" -name '*.gcda' -delete
    "$FOLDER/managed-db" --version >/dev/null
    "$FOLDER/simulator/doctl" version >/dev/null 2>&1 || true
    find "$FOLDER" \( -type d -o -name '*.gcda' \) -exec chmod a+rwX {} +
}

# keep_counts NAME: gcov's annotated sources of what ran since, in gcov/NAME.
keep_counts() {
    mkdir -p "$FOLDER/gcov/$1"
    (
        cd "$FOLDER/gcov/$1"
        # -p keeps folders apart in the names of the files.
        find ../../src -name '*.gcno' -exec env LC_ALL=C gcov -p {} + >>"$LOGS/gcov.log" 2>&1
    )
}

run_tests() {
    local file name bad=()
    build_packages
    need_packages check libpq-dev bats strace python3
    export_sources
    WITH_TESTS=1 build_variant coverage --enable-coverage CFLAGS=-g
    rm -rf "$FOLDER/gcov" "$LOGS/gcov.log"
    # bats runs several at a time where GNU parallel is there.
    command -v parallel >/dev/null || COVERAGE_JOBS=1
    say "Unit tests"
    begin_counts
    make -s -C "$FOLDER" check-TESTS >"$LOGS/coverage-unit.log" 2>&1 </dev/null || bad+=(unit)
    keep_counts unit
    say "Scenarios"
    for file in "$BUILD"/source/tests/scenario/*.bats; do
        name=$(basename "$file" .bats)
        begin_counts
        BUILD_DIR=$FOLDER bats --tap --jobs "${COVERAGE_JOBS:-$JOBS}" "$file" \
            >"$LOGS/coverage-$name.log" 2>&1 </dev/null || bad+=("$name")
        keep_counts "$name"
    done
    [ "${#bad[@]}" = 0 ] ||
        echo "Tests failed in ${bad[*]}, see build/logs/coverage-*.log; the figures are of what ran." >&2
}

# FOLDER/NAME.c:LINE:RAN for each line of src/ that can run; RAN is 1 where any of the tests ran it.
lines() {
    cat "$FOLDER"/gcov/*/*'#src#'*.c.gcov | awk -F: '
        {gsub(/ /, "", $1); gsub(/ /, "", $2)}
        $2 == 0 && $3 == "Source" {name = $4; sub(/^.*\/src\//, "", name)}
        $2 > 0 && $1 != "-" {seen[name ":" $2] += ($1 ~ /^[0-9]/)}
        END {for (line in seen) print line ":" (seen[line] > 0)}'
}

print_figures() {
    lines | awk -F: '
        {lines[$1]++; run[$1] += $3}
        END {for (name in lines) print name, lines[name], run[name]}' | sort | awk -v least="$LEAST" '
        {printf "%-24s %5d of %5d lines  %5.1f %%\n", $1, $3, $2, 100 * $3 / $2
         lines += $2; run += $3}
        END {
            if (!lines) {print "coverage.sh: there are no figures"; exit 1}
            printf "%-24s %5d of %5d lines  %5.1f %%\n", "src/", run, lines, 100 * run / lines
            exit 100 * run < least * lines
        }'
}

# FILE:LINE and the line, of all that was not run.
print_missed() {
    local name number ran
    lines | sort -t: -k1,1 -k2,2n | while IFS=: read -r name number ran; do
        [ "$ran" = 1 ] || printf '%s:%s: %s\n' "$name" "$number" \
            "$(sed -n "${number}p" "$BUILD/source/src/$name")"
    done
}

command=${1:-run}
[ "$command" = show ] || run_tests
say "Lines of src/ that the tests run"
result=0
print_figures || result=1
[ "$command" != show ] || print_missed
[ "$result" = 0 ] || echo "coverage.sh: less than $LEAST %" >&2
exit "$result"
