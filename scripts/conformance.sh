#!/usr/bin/env bash
# conformance.sh [AREA...]: replays the recorded cases that Tests/Conformance/areas lists (or those named, as they are
# written there) against nodes that it starts for that, and stops them. The Admin API's areas run twice: with an
# embedded database and with a PostgreSQL server of its own. Needs a built program (scripts/build.sh).
#
# The last line is 'N passed, N failed, N skipped'.
set -euo pipefail
source "$(dirname "$0")/common.sh"
forget_settings

cases=$root/Tests/Conformance
skip=$cases/skip
proxy_port=$(free_port 18000)
tls_port=$(free_port 18443)
admin_port=$(free_port $((proxy_port + 1)))
scratch=$(mktemp -d /tmp/gibbon-conformance.XXXXXX)
chmod 755 "$scratch"

passed=0
failed=0
skipped=0

clean_up() {
    local prefix
    for prefix in "$scratch"/*/; do
        if [[ -d $prefix/pids ]]; then "$kong" stop -p "$prefix" >/dev/null 2>&1 || true; fi
    done
    "$root/scripts/postgres.sh" stop "$scratch/postgres"
    rm -rf "$scratch"
}
trap clean_up EXIT

# The areas in one folder, as paths.
areas_in() {
    local area
    for area in "${areas[@]}"; do
        if [[ $area == "$1"/* ]]; then printf '%s\n' "$cases/$area"; fi
    done
}

# Starts a node: NAME SETTING...
start_node() {
    local name=$1
    shift
    mkdir -p "$scratch/$name"
    {
        printf '%s\n' "prefix = $scratch/$name" "anonymous_reports = off" "nginx_worker_processes = 1" \
            "proxy_listen = 127.0.0.1:$proxy_port, 127.0.0.1:$tls_port ssl" "admin_listen = 127.0.0.1:$admin_port"
        printf '%s\n' "$@"
    } >"$scratch/$name.conf"
    "$kong" start -c "$scratch/$name.conf"
}

stop_node() {
    "$kong" stop -p "$scratch/$1" >/dev/null
    # Whatever the node complained about while the cases ran is worth a look.
    if grep -qE '\[(crit|alert|emerg)\]' "$scratch/$1/logs/error.log"; then
        say "the error log of this node:"
        grep -E '\[(crit|alert|emerg)\]' "$scratch/$1/logs/error.log" | head -20
        failed=$((failed + 1))
    fi
}

# Runs a runner, shows what it prints and adds its last line to the sums.
count() {
    local out=$scratch/out summary
    "$@" 2>&1 | tee "$out" || true
    summary=$(tail -1 "$out")
    if [[ $summary =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed(,\ ([0-9]+)\ skipped)?$ ]]; then
        passed=$((passed + BASH_REMATCH[1]))
        failed=$((failed + BASH_REMATCH[2]))
        skipped=$((skipped + ${BASH_REMATCH[4]:-0}))
    else
        failed=$((failed + 1))
    fi
}

conform() {
    count python3 "$cases/conform.py" --admin "127.0.0.1:$admin_port" --proxy "127.0.0.1:$proxy_port" \
        --proxy-tls "127.0.0.1:$tls_port" --skip "$skip" "$@"
}

# The same cases on a node with an embedded database.
run_cases() {
    local files
    mapfile -t files < <(areas_in cases)
    ((${#files[@]})) || return 0
    say "${#files[@]} areas on a node with database = sqlite"
    start_node sqlite "database = sqlite"
    conform "${files[@]}"
    stop_node sqlite
}

run_dbless_cases() {
    local files
    mapfile -t files < <(areas_in cases-dbless)
    ((${#files[@]})) || return 0
    say "${#files[@]} areas on a node with database = off"
    start_node dbless "database = off"
    conform --dbless "${files[@]}"
    stop_node dbless
}

# Starts the PostgreSQL server once; its port is in pg_port then.
need_postgres() {
    [[ -z ${pg_port:-} ]] || return 0
    mkdir "$scratch/postgres"
    pg_port=$("$root/scripts/postgres.sh" start "$scratch/postgres" 2>/dev/null | tail -1)
}

# What concerns stored entities and counters, on a node that keeps them in PostgreSQL.
run_postgres_cases() {
    local files settings
    mapfile -t files < <(areas_in cases | grep -E '/cases/(admin-|plugin-(response-)?rate-?limiting)' || true)
    ((${#files[@]})) || return 0
    say "${#files[@]} areas on a node with database = postgres"
    need_postgres
    settings=("database = postgres" "pg_host = 127.0.0.1" "pg_port = $pg_port" "pg_user = postgres"
        "pg_password = postgres" "pg_database = postgres")
    printf '%s\n' "${settings[@]}" >"$scratch/migrations.conf"
    "$kong" migrations bootstrap -c "$scratch/migrations.conf" >/dev/null
    start_node postgres-node "${settings[@]}"
    conform "${files[@]}"
    stop_node postgres-node
}

run_command_line_cases() {
    local files
    mapfile -t files < <(areas_in cli-cases)
    ((${#files[@]})) || return 0
    say "${#files[@]} areas of the command line"
    need_postgres
    count command_line "${files[@]}"
    second_try "${files[@]}"
}

command_line() {
    python3 "$cases/cli.py" --kong "$kong" --pg "127.0.0.1:$pg_port" --pg-superuser postgres:postgres \
        --skip "$skip" "$@"
}

# Some cases look into a file at once, when the disk of a busy machine may not have been written to yet. A few that
# failed are played once more: what is broken fails again, what came too late is named and counts as passed.
second_try() {
    local name names again
    mapfile -t names < <(sed -nE 's/^FAILED (.*) \([^()]*\.json\)$/\1/p' "$scratch/out")
    ((${#names[@]} > 0 && ${#names[@]} <= 2)) || return 0
    for name in "${names[@]}"; do
        say "once more: $name"
        again=$(command_line --only "${name//[\[*?]/?}" "$@" | tee /dev/stderr | tail -1 || true)
        if [[ $again =~ ^[1-9][0-9]*\ passed,\ 0\ failed ]]; then
            passed=$((passed + 1))
            failed=$((failed - 1))
            say "passed only alone: $name"
        fi
    done
}

[[ -x $kong ]] || die "$kong is not built: scripts/build.sh"
# The runner's own upstream listens on these: one run at a time.
for port in 15555 15556 15557 15558 15560; do
    ! is_taken "$port" || die "port $port, which the recorded cases use, is taken"
done
if (($#)); then
    areas=("$@")
else
    mapfile -t areas < <(grep -vE '^[[:space:]]*(#|$)' "$cases/areas")
fi
run_cases
run_postgres_cases
run_dbless_cases
run_command_line_cases
printf '%s\n' "$passed passed, $failed failed, $skipped skipped"
((failed == 0 && passed > 0))
