#!/usr/bin/env bash
# fuzz.sh [OPTION...]: sends 20,000 generated requests to the Admin API of a node on SQLite and of one on a PostgreSQL
# server of its own (Tests/Fuzz/fuzz.py, which has the options). Needs a built program (scripts/build.sh).
set -euo pipefail
source "$(dirname "$0")/common.sh"
forget_settings

"$root/scripts/packages.sh" test
[[ -x $kong ]] || die "$kong is not built: scripts/build.sh"
python3 "$root/Tests/Fuzz/fuzz.py" --kong "$kong" "$@"
