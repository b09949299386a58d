#!/usr/bin/env bash
# test-deb.sh [PACKAGE]: plays the life of the Debian package (scripts/deb.sh makes it if none is named) in a clean
# Debian that debootstrap makes: install, start on the embedded store, proxy a request, upgrade under load, reload, rotate
# logs, remove, purge; and has lintian look at it. Needs root, for chroot. The last line is 'N passed, N failed'.
#
# ROOT_CACHE is a folder for the clean Debian, so that it is downloaded only once; MIRROR where from.
set -euo pipefail
source "$(dirname "$0")/common.sh"
source "$(dirname "$0")/checks.sh"
forget_settings

((EUID == 0)) || die "test-deb.sh needs root"
"$root/scripts/packages.sh" package package-test
cache=${ROOT_CACHE:-$work/debian-root}
scratch=$(mktemp -d /tmp/gibbon-test-deb.XXXXXX)
# What a chroot enters must be open to everybody, or the worker's user could not reach its files.
chmod 755 "$scratch"
clean=$scratch/root
proxy_port=$(free_port 18100)
admin_port=$(free_port $((proxy_port + 1)))
upstream_port=$(free_port $((admin_port + 1)))
upstream=
load=

clean_up() {
    local pid
    if pid=$(master); then kill "$pid" 2>/dev/null || true; fi
    for pid in $upstream $load; do kill "$pid" 2>/dev/null || true; done
    for folder in proc dev; do umount "$clean/$folder" 2>/dev/null || true; done
    # Never into a folder that is still mounted.
    rm -rf --one-file-system "$scratch"
}
trap clean_up EXIT

inside() { LC_ALL=C chroot "$clean" "$@"; }

master() { cat "$clean/usr/local/kong/pids/nginx.pid" 2>/dev/null; }
workers() { cat "/proc/$(master)/task/$(master)/children"; }

make_root() {
    if [[ ! -e $cache/etc/debian_version ]]; then
        say "a clean Debian, by debootstrap"
        debootstrap --variant=minbase bookworm "$cache.new" ${MIRROR:+"$MIRROR"} >"$scratch/debootstrap" ||
            { tail "$scratch/debootstrap"; die "debootstrap failed"; }
        mv "$cache.new" "$cache"
    fi
    cp -a "$cache" "$clean"
    mount -t proc proc "$clean/proc"
    mount --bind /dev "$clean/dev"
    cp /etc/resolv.conf "$clean/etc/resolv.conf"
    # Every installed system has one, a bare one of debootstrap doesn't.
    [[ -e $clean/etc/hosts ]] || printf '127.0.0.1 localhost\n' >"$clean/etc/hosts"
    inside apt-get update -qq
}

# The same package with a higher version and a program that differs: what an upgrade brings.
make_upgrade() {
    dpkg-deb -R "$package" "$scratch/tree"
    sed -i 's/^Version: .*/&+upgrade/' "$scratch/tree/DEBIAN/control"
    # Behind the end of the file's sections there is room for anything.
    printf 'upgrade' >>"$scratch/tree/usr/local/bin/kong"
    dpkg-deb --root-owner-group -Znone -b "$scratch/tree" "$clean/upgrade.deb" >/dev/null
}

write_settings() {
    cat >"$clean/etc/kong/kong.conf" <<CONF
database = sqlite
proxy_listen = 127.0.0.1:$proxy_port
admin_listen = 127.0.0.1:$admin_port
proxy_access_log = /var/log/kong/access.log
proxy_error_log = /var/log/kong/error.log
admin_access_log = /var/log/kong/admin_access.log
admin_error_log = /var/log/kong/error.log
CONF
}

admin() { curl -sSf -o /dev/null "$@"; }

start_and_proxy() {
    inside kong start -c /etc/kong/kong.conf &&
        admin -X PUT "http://127.0.0.1:$admin_port/services/app" -d "url=http://127.0.0.1:$upstream_port" &&
        admin "http://127.0.0.1:$admin_port/services/app/routes" -d 'paths[]=/app' &&
        admin "http://127.0.0.1:$proxy_port/app/hello"
}

# The unit files with a program and a manual that this machine has.
units_are_valid() {
    local unit
    command -v systemd-analyze >/dev/null || return 0
    mkdir "$scratch/units"
    for unit in "$clean"/lib/systemd/system/kong*.service; do
        sed "s,/usr/local/bin/kong,$clean/usr/local/bin/kong," "$unit" >"$scratch/units/${unit##*/}"
    done
    systemd-analyze verify --man=no "$scratch"/units/*.service 2>&1 | tee "$scratch/verify"
    [[ ! -s $scratch/verify ]]
}

under_five_seconds() {
    local began=${EPOCHREALTIME/[.,]/} took
    "$@" || return 1
    took=$(((${EPOCHREALTIME/[.,]/} - began) / 1000))
    printf '%s ms\n' "$took"
    ((took < 5000))
}

has_file() {
    local mode=$1 owner=$2 path=$3
    [[ $(stat -c '%a %U' "$clean$path") == "$mode $owner" ]] || { stat "$clean$path"; return 1; }
}

# Runs the load until the given command has ended and a moment after it.
under_load() {
    local code=0
    mkfifo "$scratch/end"
    "$root/scripts/steady-load.py" "$proxy_port" /app/ <"$scratch/end" >"$scratch/load" &
    load=$!
    exec 4>"$scratch/end"
    sleep 1
    "$@" || code=$?
    sleep 2
    exec 4>&-
    wait "$load" || code=1
    load=
    rm "$scratch/end"
    cat "$scratch/load"
    return "$code"
}

runs_new_program() {
    local worker program
    program=$(stat -c %i "$clean/usr/local/bin/kong")
    for worker in $(workers); do
        if [[ $(stat -L -c %i "/proc/$worker/exe") == "$program" ]]; then return 0; fi
    done
    return 1
}

worker_is_nobody() {
    local worker found
    found=$(workers)
    [[ -n $found ]] || return 1
    for worker in $found; do grep -q '^Uid:.65534' "/proc/$worker/status" || return 1; done
}

# As logrotate does it with the package's file.
rotates() {
    mv "$clean/var/log/kong/access.log" "$clean/var/log/kong/access.log.1" || return 1
    kill -USR1 "$(master)"
    within 5 test -e "$clean/var/log/kong/access.log"
    admin "http://127.0.0.1:$proxy_port/app/after-rotation"
    within 5 grep -qs after-rotation "$clean/var/log/kong/access.log"
}

is_gone() { [[ ! -e /proc/$1 ]] && ! is_taken "$proxy_port"; }

package=${1:-}
if [[ -z $package ]]; then package=$("$root/scripts/deb.sh" | tee /dev/stderr | tail -1); fi
[[ -f $package ]] || die "no such package: $package"
make_root
make_upgrade
cp "$package" "$clean/gibbon.deb"
python3 "$root/scripts/echo.py" "$upstream_port" >/dev/null 2>&1 &
upstream=$!
within 5 is_taken "$upstream_port"

say "install"
check "lintian finds nothing wrong" lintian --fail-on error,warning "$package"
check "apt installs it with its libraries" inside apt-get install -y -qq --no-install-recommends /gibbon.deb
check "the command is there" inside kong version
check "every library is found" inside sh -c '! ldd /usr/local/bin/kong | grep "not found"'
check "kong.conf.default" has_file 644 root /etc/kong/kong.conf.default
check "logrotate's file" has_file 644 root /etc/logrotate.d/kong
check "the unit" has_file 644 root /lib/systemd/system/kong.service
check "the prefix" has_file 755 root /usr/local/kong
check "the folder of the logs" has_file 755 root /var/log/kong
check "systemd finds nothing wrong with the units" units_are_valid
check "files are as packed" inside dpkg --verify gibbon

say "run"
write_settings
check "from start to a proxied request in less than 5 s" under_five_seconds start_and_proxy
printf '          %s\n' "$(tail -1 "$scratch/check")"
check "the worker is nobody's" worker_is_nobody
check "logs are rotated" rotates

say "upgrade"
before=$(master || true)
check "an upgrade under load fails no request" under_load inside dpkg -i /upgrade.deb
sed 's/^/          /' "$scratch/load"
check "the new program serves" runs_new_program
check "the master is the one of before" test "$(master)" == "$before"
check "the worker is nobody's" worker_is_nobody
check "the configuration is as it was" admin "http://127.0.0.1:$admin_port/services/app"
check "another reload under load fails no request" under_load inside kong reload -c /etc/kong/kong.conf
check "the error log has nothing bad" sh -c "! grep -E '\[(error|crit|alert|emerg)\]' '$clean/var/log/kong/error.log'"

say "remove"
before=$(master || true)
check "removing stops the node" inside dpkg --remove gibbon
check "nothing of it runs" within 5 is_gone "$before"
check "the settings stay" test -e "$clean/etc/kong/kong.conf"
check "the data stays" test -e "$clean/usr/local/kong/kong.sqlite"
check "a purge ends well" inside dpkg --purge gibbon
check "a purge keeps the data" test -e "$clean/usr/local/kong/kong.sqlite"
check "a purge takes the logs" test ! -e "$clean/var/log/kong"

conclude
