#!/usr/bin/env bash
# postgres.sh start|stop FOLDER: a PostgreSQL server of one's own, for tests that write to it and throw it away.
#
# start makes a new server in FOLDER on a free port of 127.0.0.1, and prints the port as its last line. FOLDER must be
# empty and below folders that everybody may enter. The role postgres has the password postgres. stop ends the server
# and removes FOLDER. PostgreSQL refuses to run as root, so root runs it as the user whom Debian's package made for it.
set -euo pipefail
source "$(dirname "$0")/common.sh"
forget_settings

[[ $# == 2 ]] || die "usage: postgres.sh start|stop FOLDER"
folder=$2

as_owner() {
    if ((EUID == 0)); then runuser -u postgres -- "$@"; else "$@"; fi
}

# The newest version that is installed: Debian keeps the programs apart by version and out of PATH.
programs() {
    local found
    found=$(find /usr/lib/postgresql -maxdepth 2 -name bin 2>/dev/null | sort -V | tail -1)
    [[ -n $found ]] || die "PostgreSQL is not installed (Debian's package postgresql)"
    printf '%s\n' "$found"
}

start() {
    local bin port
    bin=$(programs)
    mkdir -p "$folder"
    [[ -z $(ls -A "$folder") ]] || die "$folder is not empty"
    chmod 755 "$folder"
    echo postgres >"$folder/password"
    ((EUID != 0)) || chown -R postgres "$folder"
    # Passwords are asked for, since the cases of the command line show what happens with a wrong one.
    as_owner "$bin/initdb" -D "$folder/data" -U postgres --auth=scram-sha-256 --pwfile="$folder/password" \
        --encoding=UTF8 --locale=C --no-sync >"$folder/initdb.log" 2>&1 || {
        cat "$folder/initdb.log" >&2
        die "initdb failed"
    }
    port=$(free_port 15432)
    # What is lost with the machine is no loss here: no syncing. Sockets lie in the folder, so that nobody meets them.
    as_owner "$bin/pg_ctl" -D "$folder/data" -l "$folder/server.log" -w -t 30 \
        -o "-p $port -c listen_addresses=127.0.0.1 -k '' -c fsync=off -c full_page_writes=off -c max_connections=200" \
        start >&2 || {
        cat "$folder/server.log" >&2
        die "PostgreSQL did not start"
    }
    printf '%s\n' "$port" >"$folder/port"
    printf '%s\n' "$port"
}

stop() {
    if [[ -d $folder/data ]]; then
        as_owner "$(programs)/pg_ctl" -D "$folder/data" -m immediate -w stop >/dev/null 2>&1 || true
        rm -rf "$folder"
    fi
}

case $1 in
start) start ;;
stop) stop ;;
*) die "usage: postgres.sh start|stop FOLDER" ;;
esac
