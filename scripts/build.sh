#!/usr/bin/env bash
# build.sh [--tests]: builds the release program, and with --tests the tests in the same run, so that the dependencies
# are compiled once. Leaves the stripped program at .build/gibbon/kong.
set -euo pipefail
source "$(dirname "$0")/common.sh"

"$root/scripts/packages.sh" build
flags=(-c release --static-swift-stdlib)
[[ ${1:-} == --tests ]] && flags+=(--build-tests)
cd "$root"
say "swift build ${flags[*]}"
swift build "${flags[@]}"

mkdir -p "$work"
built=$(swift build -c release --static-swift-stdlib --show-bin-path)/kong
if [[ ! $kong -nt $built ]]; then
    # A running node keeps its old file: the new one takes its name, not its place.
    strip -o "$kong.new" "$built"
    mv "$kong.new" "$kong"
fi
say "$kong: $(du -h "$kong" | cut -f1)"
