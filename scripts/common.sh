# What all scripts here share: where things lie, and how they speak. Read with `source`, after `set -euo pipefail`.
# shellcheck shell=bash

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# Everything that the scripts make lies below the build folder, which git ignores.
work=$root/.build/gibbon
# The program as it is shipped: linked statically with Swift's libraries, without symbols.
# shellcheck disable=SC2034 # used by those who read this
kong=$work/kong

say() { printf '%s\n' "==> $*"; }
die() {
    printf '%s\n' "error: $*" >&2
    exit 1
}

# The settings of the caller's own node must not reach ours.
forget_settings() {
    local name
    for name in $(compgen -e KONG_) $(compgen -e PG); do unset "$name"; done
}

# Whether something listens on a port of this machine.
is_taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# A port that nothing listens on, from the given one upwards.
free_port() {
    local port=$1
    while is_taken "$port"; do port=$((port + 1)); done
    printf '%s\n' "$port"
}

# Runs a command again and again until it succeeds, for so many seconds.
within() {
    local limit=$((SECONDS + $1))
    shift
    until "$@"; do
        ((SECONDS < limit)) || return 1
        sleep 0.1
    done
}
