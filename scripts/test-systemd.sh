#!/usr/bin/env bash
# test-systemd.sh [PACKAGE]: the units of the Debian package (scripts/deb.sh makes it if none is named) under a real
# systemd, which systemd-nspawn starts as the first process of a Debian of its own: start, reload, loss of the worker and
# of the master, stop, for kong.service and for kong-hardened.service. Needs root, and a system that lets it make control
# groups and namespaces. The last line is 'N passed, N failed'.
#
# ROOT_CACHE is a folder for the clean Debian, so that it is downloaded only once; MIRROR where from.
set -euo pipefail
source "$(dirname "$0")/common.sh"
source "$(dirname "$0")/checks.sh"
forget_settings

((EUID == 0)) || die "test-systemd.sh needs root"
"$root/scripts/packages.sh" package package-test
cache=${ROOT_CACHE:-$work/debian-systemd-root}
scratch=$(mktemp -d /tmp/gibbon-test-systemd.XXXXXX)
chmod 755 "$scratch"
machine=$scratch/root
container=

clean_up() {
    if [[ -n $container ]]; then
        kill "$container" 2>/dev/null || true
        wait "$container" 2>/dev/null || true
    fi
    rm -rf --one-file-system "$scratch"
}
trap clean_up EXIT

make_machine() {
    if [[ ! -e $cache/etc/debian_version ]]; then
        say "a Debian with systemd, by debootstrap"
        debootstrap --variant=minbase --include=systemd,systemd-sysv,dbus,curl,procps bookworm "$cache.new" \
            ${MIRROR:+"$MIRROR"} >"$scratch/debootstrap" || { tail "$scratch/debootstrap"; die "debootstrap failed"; }
        mv "$cache.new" "$cache"
    fi
    cp -a "$cache" "$machine"
    cp "$package" "$machine/gibbon.deb"
    cp /etc/resolv.conf "$machine/etc/resolv.conf"
    [[ -e $machine/etc/hosts ]] || printf '127.0.0.1 localhost\n' >"$machine/etc/hosts"
    printf 'gibbon-test\n' >"$machine/etc/hostname"
    LC_ALL=C chroot "$machine" sh -c 'apt-get update -qq && apt-get install -y -qq --no-install-recommends /gibbon.deb' \
        >"$scratch/install" 2>&1 || { tail "$scratch/install"; die "the package cannot be installed"; }
    cat >"$machine/etc/kong/kong.conf" <<CONF
database = sqlite
nginx_worker_processes = 1
proxy_listen = 127.0.0.1:80
admin_listen = 127.0.0.1:8001
proxy_access_log = /var/log/kong/access.log
proxy_error_log = /var/log/kong/error.log
admin_access_log = /var/log/kong/admin_access.log
admin_error_log = /var/log/kong/error.log
CONF
}

# The machine has a network of its own, where its ports are nobody else's.
boot() {
    systemd-nspawn --quiet --register=no --keep-unit --private-network --resolv-conf=off --timezone=off \
        --directory="$machine" --boot systemd.log_target=console >"$scratch/console" 2>&1 </dev/null &
    container=$!
    within 60 is_booted || { tail -20 "$scratch/console"; die "the machine did not come up"; }
}

# The machine's first process, a child of systemd-nspawn.
init() {
    local child
    for child in $(cat "/proc/$container/task/$container/children"); do
        if [[ $(cat "/proc/$child/comm") == systemd ]]; then printf '%s\n' "$child"; fi
    done
}

inside() { LC_ALL=C nsenter --all --target "$(init)" -- "$@"; }

is_booted() {
    local state
    [[ -n $(init) ]] || return 1
    state=$(inside systemctl is-system-running 2>/dev/null || true)
    # A bare machine has no use for some units, which is "degraded".
    [[ $state == running || $state == degraded ]]
}

property() { inside systemctl show --value -p "$2" "$1"; }
master() { inside cat /usr/local/kong/pids/nginx.pid; }
workers() { inside pgrep -P "$(master)"; }
answers() { inside curl -s -o /dev/null http://127.0.0.1:8001/status; }
is_active() { [[ $(property "$1" ActiveState) == active ]]; }
has_restarted() { [[ $(property "$1" NRestarts) == "$2" ]] && is_active "$1" && answers; }
has_other_worker() { local found; found=$(workers) && [[ -n $found && $found != "$1" ]] && answers; }
is_gone() { ! inside pgrep -x kong; }

# What holds for both units: UNIT
life() {
    local unit=$1 before
    say "$unit"
    check "it starts" inside systemctl start "$unit"
    check "when systemctl returns, the node serves" answers
    check "systemd counts it as active" is_active "$unit"
    before=$(workers || true)
    check "a reload succeeds" inside systemctl reload "$unit"
    check "another worker serves after it" within 10 has_other_worker "$before"
    sleep 1.5
    before=$(workers || true)
    check "a worker that is killed" inside kill -9 "$before"
    check "is replaced" within 10 has_other_worker "$before"
    check "without a restart of the node" test "$(property "$unit" NRestarts)" == 0
    check "a master that is killed" inside kill -9 "$(master)"
    check "makes systemd start the node again" within 20 has_restarted "$unit" 1
}

end() {
    check "it stops" inside systemctl stop "$1"
    check "it is not counted as failed" test "$(property "$1" ActiveState)" == inactive
    check "nothing of it runs" within 5 is_gone
}

package=${1:-}
if [[ -z $package ]]; then package=$("$root/scripts/deb.sh" | tee /dev/stderr | tail -1); fi
[[ -f $package ]] || die "no such package: $package"
make_machine
say "a machine boots"
boot

life kong.service
check "systemd knows the master by its pid file" test "$(property kong.service MainPID)" == "$(master)"
end kong.service

life kong-hardened.service
check "the node says that it serves" test "$(property kong-hardened.service StatusText)" == \
    "serving 127.0.0.1:80, 127.0.0.1:8001"
check "the worker is nobody's" inside sh -c "ps -o user= -p \$(pgrep -P $(master)) | grep -qx nobody"
check "it sees no other files" inside sh -c '! nsenter --mount --target "$1" touch /etc/gibbon-test' sh "$(master)"
check "one unit takes the place of the other" inside systemctl start kong.service
check "the other one is then inactive" test "$(property kong-hardened.service ActiveState)" == inactive
check "the node serves" answers
end kong.service

say "the journal"
check "nothing of the units is worse than a warning but what was killed" sh -c \
    "! grep -E 'kong.*(Permission denied|Operation not permitted|timed out)' '$scratch/console'"
check "the error log has nothing bad but the killed workers" inside sh -c \
    '! grep -E "\[(error|crit|alert|emerg)\]" /var/log/kong/error.log | grep -v "exited on signal 9"'

conclude
