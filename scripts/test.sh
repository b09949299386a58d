#!/usr/bin/env bash
# test.sh: everything that must hold before a change goes in. `make test` and the CI run this and nothing else.
#
# Goes through all stages even if one fails, says how long each took, and ends with the line 'N passed, N failed'.
set -euo pipefail
source "$(dirname "$0")/common.sh"
forget_settings
cd "$root"

scratch=$(mktemp -d /tmp/gibbon-test.XXXXXX)
trap 'rm -rf "$scratch"' EXIT

passed=0
failed=0
report=()

# Runs a stage: NAME COMMAND... Its output is kept in $scratch/NAME for the counts.
stage() {
    local name=$1 began=$SECONDS code=0
    shift
    say "$name"
    # Bash does not leave a function at an error when its caller asks how it went, so every stage is one command.
    "$@" 2>&1 | tee "$scratch/$name" || code=${PIPESTATUS[0]}
    report+=("$(printf '%-12s %5d s  %s' "$name" $((SECONDS - began)) "$( ((code)) && echo FAILED || echo ok)")")
    return "$code"
}

# A stage that counts as one test: it holds or it doesn't.
single() {
    if stage "$@"; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
}

# A run of swift test. Which tests failed stands in the output; how many ran, in its summary lines.
suite() {
    local name=$1 code=0 total bad
    stage "$@" || code=$?
    total=$(grep -aoE 'Test run with [0-9]+ tests?( in [0-9]+ suites?)? (passed|failed) after' "$scratch/$name" |
        awk '{ sum += $4 } END { print sum + 0 }')
    bad=$(failed_tests "$name" | wc -l)
    # A run that ended without a summary has crashed.
    if ((code != 0 && bad == 0)); then bad=1; fi
    if ((code == 0 && total == 0)); then bad=1; fi
    passed=$((passed + (total > bad ? total - bad : 0)))
    failed=$((failed + bad))
}

# The names of the tests that failed in a run, a line each.
failed_tests() {
    grep -aE 'Test .* failed after' "$scratch/$1" | grep -av 'Test run with' |
        sed -E 's/^[^"]*Test "(.*)" (with [0-9]+ test cases )?failed after.*$/\1/' | sort -u || true
}

# Tests have a machine with two busy cores for themselves and their peers. One that fails gets a second try alone: what
# is broken fails again, what only came too late is named at the end and counts as passed.
second_try() {
    local first=$1 names count filter
    names=$(failed_tests "$first")
    count=$(grep -c . <<<"$names" || true)
    # More than a few have a reason that they share, and a run without a summary has crashed.
    if ((count == 0 || count > 3)); then return; fi
    grep -aqE 'Test run with .* failed after' "$scratch/$first" || return 0
    filter=$(sed -E 's/[][().*+?^${}|\\]/./g' <<<"$names" | paste -sd'|')
    if stage "$first-again" swift test -c release --skip-build --filter "$filter"; then
        passed=$((passed + count))
        failed=$((failed - count))
        report+=("passed only alone: $(paste -sd';' <<<"$names")")
    fi
}

conformance() {
    local name=conformance code=0 summary
    stage "$name" "$root/scripts/conformance.sh" || code=$?
    summary=$(tail -1 "$scratch/$name")
    if [[ $summary =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed ]]; then
        passed=$((passed + BASH_REMATCH[1]))
        failed=$((failed + BASH_REMATCH[2]))
        if ((code != 0 && BASH_REMATCH[2] == 0)); then failed=$((failed + 1)); fi
    else
        failed=$((failed + 1))
    fi
}

finish() {
    say "times"
    printf '    %s\n' "${report[@]}"
    printf '%s\n' "$passed passed, $failed failed"
    ((failed == 0))
}

stage packages "$root/scripts/packages.sh" build demo test
single format swift format lint --strict --recursive Sources Tests Package.swift
stage build "$root/scripts/build.sh" --tests || {
    failed=$((failed + 1))
    finish
    exit 1
}

export KONG_BINARY=$kong
# End-to-end tests watch the clock and the memory of a node: they run alone.
suite unit swift test -c release --skip-build --skip EndToEndTests
second_try unit
suite end-to-end swift test -c release --skip-build --filter EndToEndTests
second_try end-to-end
conformance
finish
