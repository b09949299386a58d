#!/usr/bin/env bash
# packages.sh STAGE...: installs the Debian packages of these stages (packaging/debian-packages) that are not there yet.
# Installs nothing, and needs no rights, when all are.
set -euo pipefail
source "$(dirname "$0")/common.sh"

wanted() {
    local stage
    for stage in "$@"; do
        awk -v stage="$stage" '$1 == stage { print $2 }' "$root/packaging/debian-packages"
    done | sort -u
}

is_installed() { [[ $(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null) == installed ]]; }

command -v swift >/dev/null || die "there is no swift command here: install Swift 6.3 first (https://www.swift.org/install)"
command -v dpkg-query >/dev/null || die "this is no Debian: install what packaging/debian-packages names by hand"

missing=()
while read -r package; do
    is_installed "$package" || missing+=("$package")
done < <(wanted "$@")
((${#missing[@]})) || exit 0

say "installing ${missing[*]}"
as_root=()
((EUID == 0)) || as_root=(sudo)
# A package that starts a service at its installation would take ports that nobody asked it to take.
policy=/usr/sbin/policy-rc.d
if [[ ! -e $policy ]]; then
    printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" >/dev/null
    "${as_root[@]}" chmod 755 "$policy"
    trap '"${as_root[@]}" rm -f "$policy"' EXIT
fi
"${as_root[@]}" apt-get update -qq
DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}"
