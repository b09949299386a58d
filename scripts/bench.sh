#!/usr/bin/env bash
# bench.sh [OPTION...]: starts a node with one event loop and runs Benchmarks/bench.py on it with these options; then
# the router's benchmark, unless options were given.
set -euo pipefail
source "$(dirname "$0")/common.sh"
forget_settings

prefix=$(mktemp -d /tmp/gibbon-bench.XXXXXX)
trap '"$kong" stop -p "$prefix" >/dev/null 2>&1 || true; rm -rf "$prefix"' EXIT

"$root/scripts/packages.sh" build bench
"$root/scripts/build.sh"
for port in 8000 8443 8001; do
    ! is_taken "$port" || die "port $port is taken"
done
cat >"$prefix.conf" <<CONF
prefix = $prefix
database = sqlite
anonymous_reports = off
proxy_listen = 127.0.0.1:8000 http2, 127.0.0.1:8443 ssl
admin_listen = 127.0.0.1:8001
nginx_worker_processes = 1
CONF
"$kong" start -c "$prefix.conf"
rm -f "$prefix.conf"
python3 "$root/Benchmarks/bench.py" --pid "$(cat "$prefix/pids/nginx.pid")" "$@"
if (($# == 0)); then
    "$root/scripts/build.sh" --product RouterBenchmark
    "$root/.build/release/RouterBenchmark"
fi
