#!/usr/bin/env bash
# build.sh [--tests | --product NAME]: builds the release program, with --tests the tests in the same run, so that the
# dependencies are compiled once; or another product alone. Leaves the stripped program at .build/gibbon/kong.
set -euo pipefail
source "$(dirname "$0")/common.sh"

"$root/scripts/packages.sh" build
mkdir -p "$work"
cd "$root"

# The program links Swift's libraries statically, the tests can't: the toolchain has the testing library in its dynamic
# form only. Code is compiled the same way for both; what differs is the folder in which the compiler finds modules. So
# the testing modules of the other folder are shown to it, and three libraries that exist in the static form only (the
# dynamic Foundation contains them) are stood in for by empty ones. The program finds the real ones first.
toolchain=$(swiftc -print-target-info | sed -n 's/.*"runtimeResourcePath": "\(.*\)".*/\1/p')
modules=$work/modules
empty=$work/empty
mkdir -p "$modules" "$empty"
for module in "$toolchain"/linux/{Testing,_Testing,XCTest}*.swift{module,crossimport}; do
    if [[ -e $module ]]; then ln -sfn "$module" "$modules/"; fi
done
for library in CoreFoundation _FoundationCShims _FoundationCollections; do
    [[ -e $empty/lib$library.a ]] || ar rcs "$empty/lib$library.a"
done

# The same flags with and without tests, or each would compile everything anew.
flags=(-c release --static-swift-stdlib -Xswiftc "-I$modules" -Xlinker "-L$empty")
if [[ ${1:-} == --tests ]]; then
    say "building the program and its tests"
    swift build "${flags[@]}" --build-tests
elif [[ ${1:-} == --product ]]; then
    swift build "${flags[@]}" --product "$2"
    exit
else
    say "building the program"
    swift build "${flags[@]}" --product kong
fi

built=$(swift build "${flags[@]}" --show-bin-path)/kong
if [[ ! $kong -nt $built ]]; then
    # A running node keeps its old file: the new one takes its name, not its place.
    strip -o "$kong.new" "$built"
    mv "$kong.new" "$kong"
fi
say "$kong, $(du -h "$kong" | cut -f1)"
