#!/usr/bin/env python3
"""Measures the Admin API on SQLite and on PostgreSQL, and what its writes cost the requests that are proxied meanwhile.

  admin.py --kong PROGRAM [--seconds S] [--rounds N] [--databases sqlite,postgres] [--json FILE]

Starts a node with one event loop for each database, with 1,000 services, routes and consumers, and a PostgreSQL server
of its own (scripts/postgres.sh, which does not sync to the disk; SQLite does at every commit). Needs Debian's wrk,
nginx-light and postgresql.

Proxied requests are sent at a steady pace (64 connections that each rest 20 ms between two requests), in rounds: without
writes, then with 20 writes a second over services, routes, consumers, keys and plugins. Figures of one machine, whose
generator of load runs beside the node: compare those of the same run.
"""
import argparse
import http.client
import itertools
import json
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ROWS = 1000
WRITES_PER_SECOND = 20
UPSTREAM = """
worker_processes 1; daemon off; pid %(folder)s/upstream.pid; error_log %(folder)s/upstream.log;
events { worker_connections 1024; }
http { access_log off; keepalive_requests 1000000000; client_body_temp_path %(folder)s/body;
  server { listen 127.0.0.1:%(port)d backlog=1024; location / { return 200 'hello'; } } }
"""
STEADY = 'delay = function() return 20 end\n'
WRITE = """
local thread, counter = 0, 0
setup = function(t) t:set("number", thread); thread = thread + 1 end
request = function()
  counter = counter + 1
  local name = string.format("%s-%%d-%%d", number, counter)
  return wrk.format("POST", "/consumers", {["Content-Type"] = "application/json"}, '{"username":"' .. name .. '"}')
end
"""
READ = """
local counter = 0
request = function()
  counter = counter + 1
  return wrk.format("GET", "/consumers/c" .. (counter * 7 %% %d))
end
"""


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def milliseconds(text):
    value, unit = re.fullmatch(r"([\d.]+)(us|ms|s)", text).groups()
    return float(value) * {"us": 0.001, "ms": 1, "s": 1000}[unit]


class Load:
    """Runs wrk and keeps what it says."""

    def __init__(self, folder):
        self.folder = folder

    def run(self, url, connections, seconds, script):
        path = os.path.join(self.folder, "load.lua")
        with open(path, "w") as file:
            file.write(script)
        out = subprocess.check_output(
            ["wrk", "-t1", f"-c{connections}", f"-d{seconds}", "--latency", "-s", path, url], text=True)
        bad = re.search(r"Non-2xx or 3xx responses: (\d+)", out)
        if bad:
            raise SystemExit(f"{url}: {bad[1]} requests failed")
        latency = {share: milliseconds(text) for share, text in re.findall(r"^ +(\d+)%\s+(\S+)$", out, re.M)}
        return {"per_second": float(re.search(r"Requests/sec:\s+([\d.]+)", out)[1]),
                "p50_ms": latency["50"], "p99_ms": latency["99"]}


class Node:
    """A node with one event loop."""

    def __init__(self, kong, folder, settings):
        self.kong, self.prefix = kong, folder
        self.admin, self.proxy = free_ports(2)
        os.makedirs(folder)
        lines = {"prefix": folder, "anonymous_reports": "off", "nginx_worker_processes": "1",
                 "proxy_listen": f"127.0.0.1:{self.proxy}", "admin_listen": f"127.0.0.1:{self.admin}",
                 "proxy_access_log": "off", "admin_access_log": "off", **settings}
        with open(folder + ".conf", "w") as file:
            file.writelines(f"{name} = {value}\n" for name, value in lines.items())
        if settings["database"] == "postgres":
            subprocess.check_output([kong, "migrations", "bootstrap", "-c", folder + ".conf"])
        subprocess.check_output([kong, "start", "-c", folder + ".conf"])

    def stop(self):
        subprocess.run([self.kong, "stop", "-p", self.prefix], stdout=subprocess.DEVNULL, check=False)


class Admin:
    """One connection to the Admin API."""

    def __init__(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

    def __call__(self, method, path, body=None):
        text = None if body is None else json.dumps(body)
        self.connection.request(method, path, text, {"Content-Type": "application/json"})
        answer = self.connection.getresponse()
        data = answer.read()
        if answer.status not in (200, 201, 204):
            raise SystemExit(f"{method} {path}: {answer.status} {data[:300]}")
        return json.loads(data) if data else None


def fill(admin, upstream):
    for number in range(ROWS):
        admin("POST", "/services", {"name": f"s{number}", "url": f"http://127.0.0.1:{upstream}"})
        admin("POST", f"/services/s{number}/routes", {"name": f"r{number}", "paths": [f"/r{number}"]})
        admin("POST", "/consumers", {"username": f"c{number}"})


class Writer:
    """Writes all sorts of rows at a steady pace."""

    def __init__(self, port):
        self.admin, self.written, self.made, self.fault = Admin(port), 0, None, None

    def during(self, work):
        """Does some work while a thread writes, and gives what that gave."""
        stopped = threading.Event()
        thread = threading.Thread(target=self.run, args=(stopped,), daemon=True)
        thread.start()
        result = work()
        stopped.set()
        thread.join()
        if self.fault:
            raise SystemExit(self.fault)
        return result

    def run(self, stopped):
        began = time.monotonic()
        for number in itertools.count():
            if stopped.wait(max(0, began + number / WRITES_PER_SECOND - time.monotonic())):
                return
            try:
                self.write(self.written)
            except (SystemExit, OSError, http.client.HTTPException) as error:
                self.fault = f"a write failed: {error}"
                return
            self.written += 1

    def write(self, number):
        row = number // 6 % ROWS
        name = f"w{id(self)}-{number}"
        match number % 6:
            case 0: self.admin("POST", "/consumers", {"username": name})
            case 1: self.admin("POST", f"/consumers/c{row}/key-auth", {"key": name})
            case 2: self.admin("PATCH", f"/services/s{row}", {"retries": number % 10})
            case 3: self.admin("PATCH", f"/routes/r{row}", {"paths": [f"/r{row}"], "regex_priority": number % 10})
            case 4: self.made = self.admin("POST", f"/services/s{row}/plugins", {"name": "correlation-id"})["id"]
            case 5: self.admin("DELETE", f"/plugins/{self.made}")


def measure_admin(node, load, options):
    """Throughput and latency of reads and writes, one at a time and eight at once."""
    url, result = f"http://127.0.0.1:{node.admin}", {}
    for connections in (1, 8):
        result[f"read, {connections} at once"] = load.run(url, connections, options.seconds, READ % ROWS)
        result[f"list of 100, {connections} at once"] = load.run(url + "/services", connections, options.seconds, "")
        result[f"write, {connections} at once"] = load.run(
            url, connections, options.seconds, WRITE % f"w{connections}-{time.time_ns()}")
    return result


def measure_proxy(node, load, options):
    """The latency of proxied requests in quiet and busy rounds."""
    url = f"http://127.0.0.1:{node.proxy}/r7"
    load.run(url, 64, 2, STEADY)
    quiet, busy, writer = [], [], Writer(node.admin)
    for _ in range(options.rounds):
        quiet.append(load.run(url, 64, options.seconds, STEADY))
        busy.append(writer.during(lambda: load.run(url, 64, options.seconds, STEADY)))

    def middle(rounds, what):
        return round(statistics.median(one[what] for one in rounds), 3)

    return {name: {what: middle(rounds, what) for what in ("per_second", "p50_ms", "p99_ms")}
            for name, rounds in (("quiet", quiet), ("busy", busy))} | {
        "writes_per_second": round(writer.written / options.rounds / options.seconds, 1),
        "p99_ratio": round(middle(busy, "p99_ms") / middle(quiet, "p99_ms"), 3)}


def measure(options, database, settings, folder, upstream):
    node, load = Node(options.kong, os.path.join(folder, database), {"database": database, **settings}), Load(folder)
    try:
        fill(Admin(node.admin), upstream)
        result = {"proxy": measure_proxy(node, load, options), "admin": measure_admin(node, load, options)}
    finally:
        node.stop()
    print(f"\n{database}")
    for name, one in result["admin"].items():
        print(f"  {name:24} {one['per_second']:8.0f}/s   p50 {one['p50_ms']:7.2f} ms   p99 {one['p99_ms']:7.2f} ms")
    proxy = result["proxy"]
    for name in ("quiet", "busy"):
        one = proxy[name]
        print(f"  proxied, {name:15} {one['per_second']:8.0f}/s   p50 {one['p50_ms']:7.2f} ms   p99 {one['p99_ms']:7.2f} ms")
    print(f"  {proxy['writes_per_second']} writes/s, p99 busy / quiet = {proxy['p99_ratio']}", flush=True)
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kong", default=os.path.join(ROOT, ".build/gibbon/kong"))
    parser.add_argument("--seconds", type=int, default=5, help="of each measurement")
    parser.add_argument("--rounds", type=int, default=5, help="of the comparison of quiet and busy")
    parser.add_argument("--databases", default="sqlite,postgres")
    parser.add_argument("--json", help="a file for the figures")
    options = parser.parse_args()
    script, results = os.path.join(ROOT, "scripts/postgres.sh"), {}
    with tempfile.TemporaryDirectory(prefix="gibbon-admin-bench.") as folder:
        os.chmod(folder, 0o755)
        [upstream] = free_ports(1)
        with open(os.path.join(folder, "nginx.conf"), "w") as file:
            file.write(UPSTREAM % {"folder": folder, "port": upstream})
        nginx = subprocess.Popen(["nginx", "-c", os.path.join(folder, "nginx.conf")], stderr=subprocess.DEVNULL)
        server = os.path.join(folder, "server")
        try:
            for database in options.databases.split(","):
                settings = {}
                if database == "postgres":
                    started = subprocess.check_output([script, "start", server], text=True, stderr=subprocess.DEVNULL)
                    settings = {"pg_host": "127.0.0.1", "pg_port": started.split()[-1], "pg_user": "postgres",
                                "pg_password": "postgres", "pg_database": "postgres"}
                results[database] = measure(options, database, settings, folder, upstream)
        finally:
            nginx.terminate()
            nginx.wait()
            subprocess.run([script, "stop", server], check=False)
    if options.json:
        with open(options.json, "w") as file:
            json.dump(results, file, indent=1)


if __name__ == "__main__":
    sys.exit(main())
