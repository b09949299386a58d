#!/usr/bin/env bash
# faults.sh [OPTION...]: the fault run (Tests/Faults/faults.py), on the program that was built last or KONG_BINARY.
#
# As root it runs in a network of its own, where its ports, its name server and the network that it cuts are nobody
# else's, and which no packet leaves.
set -euo pipefail
source "$(dirname "$0")/common.sh"
kong=${KONG_BINARY:-$kong}
forget_settings

[[ -x $kong ]] || die "$kong is not built: scripts/build.sh"
# Debian's Python, which has Debian's python3-h2.
run=(/usr/bin/python3 -B "$root/Tests/Faults/faults.py" --kong "$kong" "$@")
if ((EUID == 0)) && unshare --net ip link set lo up 2>/dev/null; then
    # shellcheck disable=SC2016 # for the inner shell
    exec unshare --net sh -c 'ip link set lo up && exec "$@"' sh "${run[@]}"
fi
exec "${run[@]}"
