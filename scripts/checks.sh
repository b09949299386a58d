# Counts named checks, for scripts that end with 'N passed, N failed'. Read with `source`, once `scratch` is a folder.
# shellcheck shell=bash

passed=0
failed=0

# check WHAT COMMAND...: the last lines of a command that fails are shown.
check() {
    local what=$1
    shift
    if "$@" >"$scratch/check" 2>&1; then
        printf '  ok      %s\n' "$what"
        passed=$((passed + 1))
    else
        printf '  FAILED  %s\n' "$what"
        tail -8 "$scratch/check" | sed 's/^/          /'
        failed=$((failed + 1))
    fi
}

# The last line, and the verdict.
conclude() {
    printf '%s\n' "$passed passed, $failed failed"
    ((failed == 0))
}
