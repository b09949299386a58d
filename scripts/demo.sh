#!/usr/bin/env bash
# demo.sh start|stop: what `make run` and `make stop` do. Starts a node on its embedded store and an upstream, gives the
# node a service, a route and a key, and shows what it makes of requests. Can be run again and again.
#
# PROXY_PORT, TLS_PORT and ADMIN_PORT choose other ports than Kong's 8000, 8443 and 8001.
set -euo pipefail
source "$(dirname "$0")/common.sh"
forget_settings

proxy_port=${PROXY_PORT:-8000}
tls_port=${TLS_PORT:-8443}
admin_port=${ADMIN_PORT:-8001}
demo=$work/demo
proxy=http://127.0.0.1:$proxy_port
admin=http://127.0.0.1:$admin_port

# Shows a command as a person would type it, and what it prints.
show() {
    printf '\n$ %s\n' "$*"
    "$@"
    printf '\n'
}

# Sends a form to the Admin API: METHOD PATH FIELD=VALUE...
declare_entity() {
    local method=$1 path=$2 fields=() field answer
    shift 2
    for field in "$@"; do fields+=(--data-urlencode "$field"); done
    printf '  %-4s %-40s %s\n' "$method" "$path" "$*"
    answer=$(curl -sS -X "$method" "${fields[@]}" -w '\n%{http_code}' "$admin$path")
    [[ ${answer##*$'\n'} == 20[01] ]] || die "the Admin API answered $answer"
}

stop_upstream() {
    local pid
    pid=$(cat "$demo/upstream.pid" 2>/dev/null) || return 0
    # The number may belong to somebody else by now.
    if tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null | grep -q 'scripts/echo\.py'; then kill "$pid"; fi
    rm -f "$demo/upstream.pid"
}

start_upstream() {
    upstream_port=$(free_port 9000)
    setsid python3 "$root/scripts/echo.py" "$upstream_port" </dev/null >/dev/null 2>&1 &
    printf '%s\n' $! >"$demo/upstream.pid"
    within 5 is_taken "$upstream_port" || die "the upstream of the demonstration did not start"
}

is_running() { "$kong" health -p "$demo/prefix" >/dev/null 2>&1; }

stop() {
    if [[ -x $kong ]] && is_running; then "$kong" stop -p "$demo/prefix"; fi
    stop_upstream
}

check_ports() {
    local port
    for port in "$proxy_port" "$tls_port" "$admin_port"; do
        is_taken "$port" || continue
        die "port $port is taken. Stop what listens there, or try" \
            "again with other ports: make run PROXY_PORT=9080 TLS_PORT=9443 ADMIN_PORT=9081"
    done
}

start_node() {
    cat >"$demo/kong.conf" <<CONF
# The demonstration's node: one process, no database server.
prefix = $demo/prefix
database = sqlite
proxy_listen = 127.0.0.1:$proxy_port, 127.0.0.1:$tls_port ssl
admin_listen = 127.0.0.1:$admin_port
nginx_worker_processes = 1
CONF
    "$kong" start -c "$demo/kong.conf"
}

configure() {
    say "a service (where requests go) and a route (which requests go there), over the Admin API"
    declare_entity PUT /services/echo "url=http://127.0.0.1:$upstream_port"
    declare_entity PUT /routes/echo "paths[]=/echo" "service.id=$(entity_id /services/echo)"
}

entity_id() { curl -sS "$admin$1" | python3 -c 'import json, sys; print(json.load(sys.stdin)["id"])'; }

# The same id at every start, so that a PUT makes the plugin only once.
guard() {
    say "a plugin that asks for a key on that route, and a consumer who has one"
    declare_entity PUT /plugins/6c1ab3b0-8d4e-4c55-9b5e-3f6a0d2f7c11 name=key-auth \
        "route.id=$(entity_id /routes/echo)"
    declare_entity PUT /consumers/anna username=anna
    if [[ $(curl -sS -o /dev/null -w '%{http_code}' "$admin/consumers/anna/key-auth/annas-key") != 200 ]]; then
        declare_entity POST /consumers/anna/key-auth key=annas-key
    fi
}

unguard() {
    curl -sS -o /dev/null -X DELETE "$admin/plugins/6c1ab3b0-8d4e-4c55-9b5e-3f6a0d2f7c11"
}

start() {
    "$root/scripts/packages.sh" demo
    "$root/scripts/build.sh"
    mkdir -p "$demo"
    stop
    check_ports
    say "kong start, on an embedded database in $demo/prefix"
    start_node
    start_upstream
    unguard
    configure
    say "a request, proxied"
    show curl -sS -i "$proxy/echo/hello?who=you"
    guard
    say "the same request without a key is refused, with it admitted"
    show curl -sS -i "$proxy/echo/hello"
    show curl -sS -i -H "apikey: annas-key" "$proxy/echo/hello"
    verify
    cat <<END
==> the gateway goes on running
    proxy       $proxy and https://127.0.0.1:$tls_port
    Admin API   $admin
    files       $demo/prefix (logs/, kong.sqlite)
    stop it     make stop
END
}

status_of() { curl -sS -o /dev/null -w '%{http_code}' "$@"; }

verify() {
    local refused admitted
    refused=$(status_of "$proxy/echo/hello")
    admitted=$(status_of -H "apikey: annas-key" "$proxy/echo/hello")
    [[ $refused == 401 && $admitted == 200 ]] || die "expected 401 and 200, got $refused and $admitted"
}

case ${1:-} in
start) start ;;
stop) stop ;;
*) die "usage: demo.sh start|stop" ;;
esac
